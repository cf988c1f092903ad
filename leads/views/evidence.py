"""The evidence on a lead's page: criteria, points and candidates, ready to be drawn."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handoff import words
from handoff.labels import humanise, labels_of
from leads.chronicle.fading import LIMIT
from leads.models import Assignment, Handoff, Judgement, Lead, Touchpoint

SENIORITIES = {"c_level": "C-level", "vp": "VP"}
SOURCES = {"person": "typed by a person", "form": "they wrote it", "enrichment": "from enrichment"}
DERIVED = {"seniority": "role", "function": "role", "email_domain": "email", "free_mail": "email"}
OF_ACCOUNT = ("industry", "country", "company", "employees", "customer", "target", "competitor")
"""What an account tells where the lead itself does not (docs/decisions/0005)."""


SAME_DAY = {"today": "that day", "yesterday": "the day before"}


@dataclass(frozen=True, slots=True)
class Criterion:
    """One row of fit: `state` is met, unmet or unknown."""

    label: str
    state: str
    because: str
    points: float

    @property
    def icon(self) -> str:
        return {"met": "circle-check", "unmet": "x", "unknown": "help-circle"}[self.state]

    @property
    def word(self) -> str:
        return {"met": "Met", "unmet": "Not met", "unknown": "Unknown"}[self.state]


@dataclass(frozen=True, slots=True)
class Part:
    """One row of intent: what it is, why it counts so much, and how much; `now`: how much it is
    worth by now, None where that is not shown."""

    label: str
    because: str
    points: float
    key: str = ""
    now: float | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who could have got the lead, and why they did or did not."""

    name: str
    served: str
    why: str
    chosen: bool


def criteria(judgement: Judgement, document: Mapping[str, Any], lead: Lead) -> list[Criterion]:
    """Every fit row that was asked of the lead: met ones first, then unmet, then unknown. What
    would count against it and does not hold is left out."""
    order = {"met": 0, "unmet": 1, "unknown": 2}
    rows = [
        _criterion(row, judgement, lead)
        for row in document.get("fit", ())
        if (not row.get("motion") or row["motion"] == judgement.motion)
        and (row["points"] >= 0 or row["key"] in judgement.fit_parts)
    ]
    rows.sort(key=lambda row: order[row.state])
    if LIMIT in judgement.fit_parts:
        limit = judgement.fit_parts[LIMIT]
        rows.append(Criterion("Rounded, kept between 0 and 100", "met", "", limit))
    return rows


def intent_parts(
    judgement: Judgement, document: Mapping[str, Any], touchpoints: Iterable[Touchpoint]
) -> list[Part]:
    """Every signal row that counted, greatest first, and those that were seen but do not count."""
    seen: dict[str, list[Touchpoint]] = {}
    for touchpoint in touchpoints:
        happened, told = touchpoint.occurred_at, touchpoint.recorded_at
        if happened <= judgement.as_of and told <= judgement.judged_at:
            seen.setdefault(touchpoint.signal, []).append(touchpoint)
    parts = []
    for row in document.get("signals", ()):
        found = seen.get(row.get("signal") or row["key"], [])
        points = judgement.intent_parts.get(row["key"])
        if points is None and not found:
            continue
        label = row.get("label") or humanise(row["key"])
        because = _how_counted(row, found, points, judgement.as_of)
        parts.append(Part(label, because, points or 0.0, row["key"]))
    parts.sort(key=lambda part: -part.points)
    if LIMIT in judgement.intent_parts:
        limit = judgement.intent_parts[LIMIT]
        parts.append(Part("Rounded, kept between 0 and 100", "", limit, LIMIT))
    return parts


def candidates(assignment: Assignment) -> list[Candidate]:
    """Everybody weighed for an assignment, the chosen one first."""
    rows = [
        Candidate(
            row.get("name") or row.get("email") or "",
            "" if row.get("served") is None else words.number(float(row["served"])),
            str(row.get("why") or ""),
            bool(row.get("chosen")),
        )
        for row in assignment.explanation.get("candidates", ())
    ]
    return sorted(rows, key=lambda row: not row.chosen)


def _criterion(row: Mapping[str, Any], judgement: Judgement, lead: Lead) -> Criterion:
    label = row.get("label") or humanise(row["key"])
    fields = list(dict.fromkeys(_fields(row.get("when"))))
    known = {name: getattr(judgement, name, None) for name in fields}
    said = ", ".join(_value(v).rstrip(".") for v in known.values() if v is not None)
    sources = {_source(lead, name): None for name, value in known.items() if value is not None}
    said = ", ".join(filter(None, (said, *sources)))
    if row["key"] in judgement.fit_parts:
        against = row["points"] < 0
        said = f"Counts against: {said or 'yes'}" if against else said
        state = "unmet" if against else "met"
        return Criterion(label, state, said, judgement.fit_parts[row["key"]])
    unknown = [name for name, value in known.items() if value is None]
    if unknown and len(unknown) == len(fields):
        return Criterion(label, "unknown", f"Unknown: {_names(unknown)}. Ask on the call", 0.0)
    missing = f", {_names(unknown)} unknown" if unknown else ""
    return Criterion(label, "unmet", f"Not met: {said or 'no'}{missing}", 0.0)


def _source(lead: Lead, name: str) -> str:
    """Where a value came from, in words; empty for what follows from other values."""
    told = DERIVED.get(name, name)
    if told in lead.provenance:
        return SOURCES.get(lead.provenance[told], "")
    has_own = getattr(lead, name, None) not in (None, "")
    return "" if has_own or name not in OF_ACCOUNT or not lead.account_id else "from the account"


def _fields(when: Any) -> Iterable[str]:
    rows = when.get("all") or when.get("any") or () if isinstance(when, dict) else when or ()
    return (row["field"] for row in rows if "field" in row)


def _names(fields: Iterable[str]) -> str:
    return ", ".join(humanise(name).lower() for name in fields)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return words.number(value) if isinstance(value, float) else SENIORITIES.get(value, str(value))


def _before(at: dt.datetime, as_of: dt.datetime) -> str:
    """How long before `as_of`, which stands beside it: “that day”, “3 days before”."""
    ago = words.ago(at, as_of)
    return SAME_DAY.get(ago) or ago.replace(" ago", " before")


def _how_counted(
    row: Mapping[str, Any], found: list[Touchpoint], points: float | None, as_of: dt.datetime
) -> str:
    newest = _before(max(t.occurred_at for t in found), as_of) if found else ""
    times = f"{len(found)} times, newest {newest}" if len(found) > 1 else newest
    if points is None:
        return f"{times}, does not count here"
    worth = f"{words.number(row['points'])} points" + (" each" if len(found) > 1 else "")
    fades = (
        f"halves in {words.number(row['half_life_days'])} days" if row.get("half_life_days") else ""
    )
    cap = row.get("cap")
    capped = f"newest {cap} count" if cap and len(found) > cap else ""
    return ", ".join(filter(None, (times, worth, fades, capped)))


def tier_of(handoff: Handoff) -> str:
    """What the judging definition calls the tier of a hand-over."""
    return labels_of(handoff.version_id).tiers.get(handoff.tier or "") or humanise(handoff.tier)

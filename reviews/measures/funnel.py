"""How far what came in got, from received to won, and where the rest stayed. SQL.

A passage is one first hand-over of marketing's, as everywhere in the measures, on the day it was
made; or a lead that was never handed over, on the day it was first received. Each is at one step,
the furthest it reached, and has reached every step before, whether or not anybody logged them; and
it is there in one way: still under way, won, or out by a named exit. So what reached a step is what
reached the next one and what stayed, and nothing is lost between.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from handoff import statements
from handoff.checklists import FIRST_STEP

from .behind import Behind
from .catalogue import IS_WORKED
from .dimensions import DIMENSIONS, NONE
from .intervals import Share, share
from .promises import Question


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way. `means`: who is at it or past it."""

    key: str
    title: str
    means: str


STEPS = (
    Step("received", "Received", "Everything that came in."),
    Step("judged", "Judged", "The definition has said what it is."),
    Step(
        "fit",
        "For sales",
        "Judged sales-ready, for qualification, or an existing account.",
    ),
    Step("handed", "Handed over", "Marketing handed it over to sales."),
    Step(
        "accepted",
        "Accepted",
        "Sales said yes. What was closed for want of a response was accepted before.",
    ),
    Step("touched", "First touch", "A touch was logged."),
    Step("qualified", "Qualified", "Handed on to the next step, or converted."),
    Step("opportunity", "Opportunity", "An opportunity was opened, whatever came of it."),
    Step("won", "Won", "The opportunity was won."),
)
PLACES = {one.key: place for place, one in enumerate(STEPS, 1)}
HANDED = PLACES["handed"]

WAYS = {
    "open": "Still under way",
    "won": "Won",
    "lost": "Lost",
    "rejected": "Rejected",
    "no_response": "Never responded",
    "returned": "Returned to marketing",
    "nurture": "Nurture",
    "disqualified": "Disqualified",
    "duplicate": "Duplicate",
    "ended": "Taken out of the queue",
    "held": "Not handed over",
    "unjudged": "Not judged yet",
}
"""How something stands where it is. `held`: waits for an approval, or was declined."""

FURTHEST = f"""CASE WHEN outcome = 'won' THEN {PLACES["won"]}
        WHEN outcome <> '' THEN {PLACES["opportunity"]} WHEN qualified THEN {PLACES["qualified"]}
        WHEN answer = 'rejected' THEN {HANDED} WHEN to_touch IS NOT NULL THEN {PLACES["touched"]}
        WHEN {IS_WORKED} OR to_accept IS NOT NULL THEN {PLACES["accepted"]} ELSE {HANDED} END"""
WAY = """CASE WHEN outcome <> '' THEN outcome
        WHEN answer IN ('rejected', 'returned', 'no_response') THEN answer
        WHEN qualified THEN 'open' WHEN disposition IN ('nurture', 'recycled') THEN 'nurture'
        WHEN disposition = 'bad_fit' THEN 'disqualified'
        WHEN disposition = 'duplicate' THEN 'duplicate'
        WHEN state = 'closed' THEN 'ended' ELSE 'open' END"""
OF_SALES = f"""SELECT id, {{value}} AS value, ({FURTHEST})::int AS furthest, {WAY} AS way,
        CASE WHEN {WAY} = 'rejected' THEN reason_id END AS reason_id, made_at AS at,
        to_accept, to_touch, to_deal, to_close FROM ({{rows}}) r"""
"""Of what was handed over."""

KEPT = f"""SELECT p.id, {{value}} AS value, CASE WHEN p.status = '' THEN {PLACES["received"]}
        WHEN p.status IN ('sales_ready', 'needs_qualification', 'existing_account')
            AND p.merged_into_id IS NULL THEN {PLACES["fit"]}
            ELSE {PLACES["judged"]} END AS furthest,
        CASE WHEN p.merged_into_id IS NOT NULL THEN 'duplicate' WHEN p.status = '' THEN 'unjudged'
            WHEN p.status IN ('nurture', 'disqualified', 'duplicate') THEN p.status
            ELSE 'held' END AS way, NULL::bigint AS reason_id, p.first_seen_at AS at
    FROM (
        SELECT l.id, l.status, l.merged_into_id, l.first_seen_at, NULL::bigint AS team_id,
            NULL::bigint AS owner_id, {{facts}}
        FROM leads_lead l LEFT JOIN leads_judgement j ON j.id = l.judgement_id
        WHERE l.first_seen_at >= %s AND l.first_seen_at < %s
            AND NOT EXISTS (SELECT FROM leads_handoff h WHERE h.lead_id = l.id)
            AND (%s OR NOT EXISTS (SELECT FROM leads_delivery d
                WHERE d.lead_id = l.id AND d.historical))
    ) p WHERE {{conditions}}"""
"""Of what never was; its facts are those that its last judgement saw."""
FACTS = """j.version_id, j.tier, j.source, j.campaign, j.offer, j.trigger, j.landing_page,
            j.motion, j.fit, j.intent, j.seniority, j.function, j.country, j.region, j.industry,
            j.employees"""

COUNTED = """
SELECT {key}, {name}, g.furthest, g.way, g.reason_id, g.n FROM (
    SELECT value, furthest, way, reason_id, count(*) AS n FROM ({passages}) one
    GROUP BY value, furthest, way, reason_id) g {joined}"""

K = TypeVar("K", int, str)
Counts = Mapping[tuple[int, str, int | None], int]


@dataclass(frozen=True)
class Path:
    """How far the passages of one team, source, … or of all together got: how many by furthest
    step, way and reason of the rejection."""

    counts: Counts = field(default_factory=dict)
    key: str = ""
    name: str = ""

    @cached_property
    def received(self) -> int:
        return sum(self.counts.values())

    def reached(self, place: int) -> int:
        """How many came to a step or past it."""
        return sum(n for (furthest, _, _), n in self.counts.items() if furthest >= place)

    def passed(self, place: int) -> Share:
        """Of those that reached the step before, how many reached this one."""
        return share(self.reached(place), self.reached(place - 1))

    def of_all(self, place: int) -> Share:
        return share(self.reached(place), self.received)

    def stayed(self, place: int) -> dict[str, int]:
        """How many are at a step and no further, by way; most first."""
        return _most((way, n) for (furthest, way, _), n in self.counts.items() if furthest == place)

    def ways(self) -> dict[str, int]:
        """The same of all steps together."""
        return _most((way, n) for (_, way, _), n in self.counts.items())

    def reasons(self) -> dict[int, int]:
        """How many were rejected, by reason (its primary key); most first."""
        given = ((reason, n) for (_, _, reason), n in self.counts.items() if reason is not None)
        return _most(given)


def _most(pairs: Iterable[tuple[K, int]]) -> dict[K, int]:
    found: dict[K, int] = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return dict(sorted(found.items(), key=lambda one: (-one[1], str(one[0]))))


def whole(paths: Iterable[Path]) -> Path:
    """All of them together."""
    counts: dict[tuple[int, str, int | None], int] = {}
    for path in paths:
        for key, n in path.counts.items():
            counts[key] = counts.get(key, 0) + n
    return Path(counts)


def paths(question: Question, *, by: str = "", at: dt.datetime) -> list[Path]:
    """The passages of a question by a dimension, most first; by none, all in one."""
    found: dict[str, dict[tuple[int, str, int | None], int]] = {}
    names: dict[str, str] = {}
    key, name, joined = "NULL", "NULL", ""
    if by:
        (key, name), joined = DIMENSIONS[by].telling, DIMENSIONS[by].joined
    for passages, values in _passages(question, by, at=at):
        text = COUNTED.format(key=key, name=name, joined=joined, passages=passages)
        for value, called, furthest, way, reason, n in statements.ask(text, values):
            place = value or (NONE if by else "")
            counts = found.setdefault(place, {})
            counts[furthest, way, reason] = counts.get((furthest, way, reason), 0) + n
            names[place] = called or ""
    made = [Path(counts, place, names[place]) for place, counts in found.items()]
    return sorted(made, key=lambda one: (-one.received, one.key))


def first_place(question: Question) -> int:
    """The place of the first step that is told: who sees only some leads, or asks of a later
    hand-over, knows of nothing before it."""
    tells_all = question.sees_all and question.step in ("", FIRST_STEP)
    return 1 if tells_all else HANDED


def _passages(question: Question, by: str, *, at: dt.datetime) -> list[tuple[str, list[Any]]]:
    """The statements that give a row a passage, and their values: what was handed over, and what
    never was."""
    value = DIMENSIONS[by].column if by else "NULL::text"
    rows, values = question.rows(at=at, also=f"{value} AS value,")
    made = [(OF_SALES.format(rows=rows, value="value"), values)]
    if first_place(question) == 1:
        conditions, narrowed = ["true"], list[Any]()
        for key, asked in question.narrowed.items():
            condition, given = DIMENSIONS[key].narrowing(asked)
            conditions.append(condition)
            narrowed += given
        text = KEPT.format(value=value, facts=FACTS, conditions=" AND ".join(conditions))
        made.append((text, [question.since, question.until, question.with_past, *narrowed]))
    return made


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which passages of a question: those that reached the step at `place`, or `stays` there; in a
    `way`, for a `reason` (primary key)."""

    place: int = 1
    stays: bool = False
    way: str = ""
    reason: int | None = None

    def condition(self) -> tuple[str, list[Any]]:
        wanted = [f"furthest {'=' if self.stays else '>='} {self.place:d}"]
        values: list[Any] = []
        if self.way:
            wanted.append("way = %s")
            values.append(self.way)
        if self.reason is not None:
            wanted.append("reason_id = %s")
            values.append(self.reason)
        return " AND ".join(wanted), values


@dataclass(frozen=True, slots=True)
class Passage:
    """One of them: a hand-over (`handoff_id`) or a lead that never had one (`lead_id`)."""

    handoff_id: int | None
    lead_id: int | None
    furthest: int
    way: str
    at: dt.datetime


PASSED = ("id AS handoff_id, NULL::bigint AS lead_id", "NULL::bigint AS handoff_id, id AS lead_id")
"""How the numbers of the two kinds of passages are called: handed over, and never."""


def behind(question: Question, wanted: Wanted, *, at: dt.datetime) -> Behind[Passage]:
    """The passages behind a figure, the newest first."""
    condition, given = wanted.condition()
    texts, every = [], list[Any]()
    for is_kept, (text, values) in enumerate(_passages(question, "", at=at)):
        texts.append(
            f"SELECT {PASSED[is_kept]}, furthest, way, at FROM ({text}) one WHERE {condition}"
        )
        every += [*values, *given]
    order = "at DESC, handoff_id DESC NULLS LAST, lead_id DESC"
    return Behind(" UNION ALL ".join(texts), every, Passage, order=order)

"""Rows of a definition as sentences, and what of a sentence changed, word by word. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from handoff.in_words import renamed
from handoff.labels import humanise
from handoff.models import DecideRule
from handoff.models.definition import Document
from handoff.promised import BREACHES, REASSIGNED
from handoff.rules.conditions import Condition, Scope, parse_when
from handoff.rules.definition import ON_REASSIGN, SAME_BUSINESS_DAY
from handoff.rules.faults import Report
from handoff.rules.sentences import sentence, value_name
from handoff.words import number

STATUSES: dict[str, str] = dict(DecideRule.Status.choices)
CLOCKS = {
    "assign": "given to somebody",
    "accept": "accepted",
    "first_touch": "first touch",
    "follow_up": "follow-up",
}
WORDS = re.compile(r"\s+|[^\s,;:]+|[,;:]")


class Part(NamedTuple):
    """A piece of a sentence; `tone` is the element it stands in, or ""."""

    text: str
    tone: str = ""


@dataclass(frozen=True)
class Names:
    """What the keys that a definition names are called."""

    motions: Mapping[str, str] = field(default_factory=dict)
    signals: Mapping[str, str] = field(default_factory=dict)
    tiers: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    tracks: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str, key: str) -> str:
        """The name of a motion, tier, team, reason or track; its key in words where unknown."""
        return str(getattr(self, kind).get(key) or humanise(key))


def labels_in(document: Document) -> dict[str, dict[str, str]]:
    """The labels a document gives its motions, tiers and signals, by key."""

    def named(section: str, key: str = "key") -> dict[str, str]:
        rows = document.get(section) or []
        return {row.get(key) or row["key"]: row["label"] for row in rows if row.get("label")}

    return {
        "motions": named("motions"),
        "tiers": named("tiers"),
        "signals": named("signals", "signal"),
    }


def told(section: str, row: Document, names: Names) -> list[Part]:
    """The sentence of a row."""
    return list(TELLERS[section](row, names))


def conditions_told(section: str, when: Any, names: Names) -> str:
    """Conditions in the middle of a sentence; "" where the row always holds."""
    if not when:
        return ""
    read = parse_when(when, "when", Scope(section), Report())
    if read is None:
        return "conditions that cannot be read hold"
    said = (_inside(sentence(_named(one, names), names.signals)) for one in read.conditions)
    return (" and " if read.mode == "all" else " or ").join(said)


def _named(one: Condition, names: Names) -> Condition:
    """A condition about a status, tier or motion, with its name instead of its key."""
    known = {"status": STATUSES, "tier": names.tiers, "motion": names.motions}.get(one.subject)
    if one.is_signal or known is None:
        return one
    return replace(one, tests=tuple((test, renamed(value, known)) for test, value in one.tests))


def _inside(said: str) -> str:
    """A sentence's beginning as it stands inside another."""
    return said if said[:2].isupper() else said[:1].lower() + said[1:]


def _when(section: str, row: Document, names: Names, otherwise: str) -> Iterator[Part]:
    said = conditions_told(section, row.get("when"), names)
    yield Part(f" when {said}" if said else otherwise)


def _name(row: Document) -> str:
    return str(row.get("label") or humanise(row["key"]))


def _motion(row: Document, names: Names) -> Iterator[Part]:
    yield Part(_name(row), "b")
    yield from _when("motions", row, names, " for every lead")


def _fit(row: Document, names: Names) -> Iterator[Part]:
    yield Part(number(row["points"]), "mark")
    if row.get("motion"):
        yield Part(f" for {names.of('motions', row['motion'])}")
    yield from _when("fit", row, names, " for every lead")


def _signal(row: Document, names: Names) -> Iterator[Part]:
    yield Part(number(row["points"]), "mark")
    yield Part(f" for “{_name(row)}”")
    if row.get("signal") and row["signal"] != row["key"]:
        yield Part(f", counted as “{humanise(row['signal'])}”")
    if row.get("half_life_days"):
        days = row["half_life_days"]
        yield Part(f", halves in {number(days)} day{'' if days == 1 else 's'}")
    else:
        yield Part(", never fades")
    if cap := row.get("cap"):
        yield Part(", only the newest counts" if cap == 1 else f", newest {cap} count")
    if row.get("sources"):
        sources = [value_name("source", one) for one in row["sources"]]
        yield Part(f", only from {_listed(sources)}")
    if row.get("motion"):
        yield Part(f", only for {names.of('motions', row['motion'])}")


def _decide(row: Document, names: Names) -> Iterator[Part]:
    yield Part(STATUSES.get(row["status"], str(row["status"])), "b")
    if row.get("tier"):
        yield Part(f", {names.of('tiers', row['tier'])} tier")
    if row.get("track"):
        yield Part(f", track “{names.of('tracks', row['track'])}”")
    if row.get("reason"):
        yield Part(f", reason “{names.of('reasons', row['reason'])}”")
    if row.get("approve"):
        yield Part(", after a marketing person’s yes")
    yield from _when("decide", row, names, ", everyone else")


def _route(row: Document, names: Names) -> Iterator[Part]:
    ((kind, key),) = row["to"].items()
    if kind == "owner_of":
        yield Part("To the ")
        yield Part(f"{key} owner", "b")
    else:
        yield Part("To the queue of " if kind == "queue" else "To ")
        yield Part(names.of("teams", key), "b")
    if row.get("sticky"):
        yield Part(", a returning lead goes back to who had it")
    if row.get("overflow"):
        yield Part(", if nobody is free the next rule")
    yield from _when("route", row, names, ", everyone else who is handed over")


def _tier(row: Document, names: Names) -> Iterator[Part]:
    yield Part(_name(row), "b")
    promises = [f"{CLOCKS[c]} {_within(row[c])}" for c in CLOCKS if row.get(c) is not None]
    yield Part(f": {', '.join(promises)}" if promises else ": promises nothing")
    if row.get("hours") == "always":
        yield Part(", every hour of the week")
    if row.get("remind_before") is not None:
        yield Part(f", reminder {minutes(row['remind_before'])} before")
    for clock, way in (row.get("on_reassign") or {}).items():
        if clock in CLOCKS and ON_REASSIGN.get(clock) != way:
            said = humanise(clock).lower()
            yield Part(f", in other hands {said} {REASSIGNED.get(way, way)}")
    breach = row.get("on_breach")
    if isinstance(breach, dict):
        for clock, actions in breach.items():
            if actions:
                yield Part(f". {CLOCKS[clock].capitalize()} late: {_then(actions)}")
    elif breach:
        yield Part(f". When late: {_then(breach)}")


def _then(actions: Iterable[str]) -> str:
    return ", then ".join(BREACHES.get(action, action) for action in actions)


def _within(promise: Any) -> str:
    return "the same business day" if promise == SAME_BUSINESS_DAY else f"within {minutes(promise)}"


def minutes(count: int) -> str:
    """A promise in minutes as people say it: “15 min”, “4 h”, “1 h 30”."""
    hours, rest = divmod(count, 60)
    if not hours:
        return f"{count} min"
    return f"{hours} h {rest:02}" if rest else f"{hours} h"


def _listed(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"{', '.join(values[:-1])} or {values[-1]}"


TELLERS = {
    "motions": _motion,
    "fit": _fit,
    "signals": _signal,
    "decide": _decide,
    "route": _route,
    "tiers": _tier,
}
IN_SENTENCE = frozenset({"motions", "signals", "tiers"})
"""Sections whose sentence says the row's label."""


def plain(parts: Iterable[Part]) -> str:
    """A sentence without its tones."""
    return "".join(part.text for part in parts)


def drawn(parts: Iterable[Part]) -> SafeString:
    """A sentence as HTML."""
    return mark_safe("".join(_drawn(part.text, part.tone) for part in parts))


def marked(before: Iterable[Part], after: Iterable[Part]) -> SafeString:
    """What became of a sentence: old words in `del`, new ones in `ins`."""
    old, new = list(_words(before)), list(_words(after))
    pieces: list[str] = []
    for change, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if change == "equal":
            pieces.append(drawn(_joined(new[c:d])))
            continue
        if gone := plain(old[a:b]).strip():
            pieces.append(format_html("<del>{}</del> ", gone))
        if came := plain(new[c:d]).strip():
            pieces.append(format_html("<ins>{}</ins> ", came))
    return mark_safe("".join(pieces))


def _words(parts: Iterable[Part]) -> Iterator[Part]:
    for text, tone in parts:
        for word in WORDS.findall(text):
            yield Part(word, tone)


def _joined(words: Iterable[Part]) -> Iterator[Part]:
    """Neighbours of one tone as one part."""
    held: Part | None = None
    for word in words:
        if held is not None and held.tone == word.tone:
            held = Part(held.text + word.text, held.tone)
        else:
            if held is not None:
                yield held
            held = word
    if held is not None:
        yield held


def _drawn(text: str, tone: str) -> SafeString:
    if not tone:
        return format_html("{}", text)
    return format_html("<{}>{}</{}>", mark_safe(tone), text, mark_safe(tone))

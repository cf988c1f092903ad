"""An example as the fields of a form, and back.

Pure. `typed_of` gives what a browser would send for an example left as it is; `row_of` reads what
was sent. Whether it makes sense in its definition is for `handoff.rules.parse` to say.

`f` and `t` list the numbers of the fields and touchpoints in order; what belongs to one begins with
its letter, its number and a dash. Expectations begin with `x-`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict

from handoff.models.definition import Document
from handoff.rules.facts import Unreadable, moment
from handoff.rules.faults import Fault
from handoff.rules.fields import CATALOGUE, FACTS, Kind, boolean, number
from handoff.views.sent import whole

Typed = MultiValueDict[str, str]

KEYS_EXPECTED = ("status", "rule", "tier", "route", "team", "motion", "reason", "track")
FIGURES_EXPECTED = ("fit", "intent")
NONE = "~none"
"""Expecting that nothing comes out, such as no route; no key may look like this."""

UNITS = {"days": 1.0, "hours": 24.0, "minutes": 1440.0}
MOMENT = "moment"
MOST_PARTS = 200


def typed_of(row: Mapping[str, Any]) -> Typed:
    """An example as its form sends it."""
    typed: Typed = MultiValueDict()
    typed["kind"] = str(row.get("kind") or "example")
    typed["name"], typed["why"] = str(row.get("name") or ""), str(row.get("why") or "")
    facts = [
        one for one in (row.get("lead") or {}).items() if one[0] in FACTS and one[1] is not None
    ]
    typed.setlist("f", [str(n) for n, _ in enumerate(facts)])
    for n, (name, value) in enumerate(facts):
        typed[f"f{n}-name"], typed[f"f{n}-value"] = name, written(value)
    touches = list(row.get("touchpoints") or ())
    typed.setlist("t", [str(n) for n, _ in enumerate(touches)])
    for n, touch in enumerate(touches):
        unit, when = _typed_time(touch)
        typed[f"t{n}-signal"], typed[f"t{n}-was"] = str(touch.get("signal") or ""), str(n)
        typed[f"t{n}-unit"], typed[f"t{n}-when"] = unit, when
    for name, value in (row.get("expect") or {}).items():
        if name == "missing":
            typed["x-missing-said"] = "on"
            typed.setlist("x-missing", list(value or ()))
        else:
            typed[f"x-{name}"] = NONE if value is None else written(value)
    return typed


def row_of(sent: Typed, *, was: Mapping[str, Any] | None = None) -> tuple[Document, list[Fault]]:
    """The example that a form spells out, with what could not be read, at its place in it.

    `was`: the example before; what the form says the same is kept to the letter, and so is what it
    does not show.
    """
    reading = _Reading(sent, was or {})
    row = reading.row()
    return row, reading.faults


def written(value: Any) -> str:
    """A value as one types it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _typed_time(touch: Mapping[str, Any]) -> tuple[str, str]:
    if touch.get("occurred_at") is not None:
        return MOMENT, str(touch["occurred_at"])
    days = touch.get("days_ago") or 0
    if not isinstance(days, int | float):
        return "days", str(days)
    minutes = days * UNITS["minutes"]
    if days == 0 or minutes >= 2 * UNITS["minutes"] or float(days).is_integer():
        return "days", _brief(days)
    unit = "hours" if minutes >= 120 else "minutes"
    return unit, _brief(days * UNITS[unit])


def _brief(length: float) -> str:
    """A length as somebody would have typed it: 2.25 stays, 45.8375 is 45.8."""
    typed, close = round(length, 2), round(length, 6)
    return written(typed if typed == close else round(length, 1) or typed)


class _Reading:
    """Reads one example; what is wrong is gathered."""

    def __init__(self, sent: Typed, was: Mapping[str, Any]) -> None:
        self.sent, self.was = sent, was
        self.faults: list[Fault] = []

    def text(self, name: str) -> str:
        return str(self.sent.get(name) or "").strip()

    def wrong(self, place: str, message: str) -> None:
        self.faults.append(Fault(place, message))

    def row(self) -> Document:
        row: Document = {"kind": self.text("kind") or "example", "name": self.text("name")}
        if why := self.text("why"):
            row["why"] = why
        if not row["name"]:
            self.wrong("name", "give it a name, such as: Demo request from a 400-person fintech")
        row["expect"] = self.expectations()
        row["lead"] = self.lead()
        if touches := self.touches():
            row["touchpoints"] = touches
        return row

    def numbers(self, letter: str) -> Iterator[str]:
        """The prefixes of the fields or touchpoints, in order."""
        for n in self.sent.getlist(letter)[:MOST_PARTS]:
            yield f"{letter}{n}"

    def lead(self) -> Document:
        old = self.was.get("lead") or {}
        lead: Document = {}
        for prefix in self.numbers("f"):
            name, said = self.text(f"{prefix}-name"), self.text(f"{prefix}-value")
            place = f"{prefix}-value"
            if not name and not said:
                continue
            if name not in FACTS:
                self.wrong(place, "choose which field this is")
            elif name in lead:
                self.wrong(place, "this field is there already; an example has each once")
            elif not said:
                self.wrong(place, "write a value, or take the field away")
            elif name in old and old[name] is not None and written(old[name]) == said:
                lead[name] = old[name]
            else:
                lead[name] = self.value(name, said, place)
        unseen = {n: v for n, v in old.items() if n not in FACTS or (v is None and n not in lead)}
        return lead | unseen

    def value(self, name: str, said: str, place: str) -> Any:
        kind = CATALOGUE[name].kind
        if kind is Kind.BOOL:
            found = boolean(said)
            if found is None:
                self.wrong(place, f"write yes or no, not “{said}”")
            return found
        return self.figure(said, place) if kind is Kind.NUMBER else said

    def figure(self, said: str, place: str) -> int | float | None:
        found = number(said)
        if found is None:
            self.wrong(place, f"“{said}” is no number")
            return None
        return int(found) if found.is_integer() and abs(found) < 2**53 else found

    def touches(self) -> list[Document]:
        old = list(self.was.get("touchpoints") or ())
        touches: list[Document] = []
        for prefix in self.numbers("t"):
            signal, when = self.text(f"{prefix}-signal"), self.text(f"{prefix}-when")
            if not signal and not when:
                continue
            if not signal:
                self.wrong(f"{prefix}-signal", "choose what they did")
            at = whole(self.text(f"{prefix}-was"))
            before = old[at] if at is not None and at < len(old) else {}
            rest = {k: v for k, v in before.items() if k not in ("occurred_at", "days_ago")}
            if before and _typed_time(before) == (self.text(f"{prefix}-unit"), when):
                touches.append({**before, "signal": signal})
            else:
                touches.append({**rest, "signal": signal, **self.time(prefix, when)})
        return touches

    def time(self, prefix: str, said: str) -> Document:
        unit, place = self.text(f"{prefix}-unit"), f"{prefix}-when"
        if unit == MOMENT:
            try:
                moment(said)
            except Unreadable:
                self.wrong(place, f"“{said}” is no moment; write it like 2026-10-12T14:00Z")
            return {"occurred_at": said}
        found = self.figure(said or "0", place)
        days = (found or 0) / UNITS.get(unit, 1.0)
        if abs(days) > 1_000_000:
            self.wrong(place, "that is longer than a million days")
        return {"days_ago": int(days) if float(days).is_integer() else days}

    def expectations(self) -> Document:
        expect: Document = {}
        for name in KEYS_EXPECTED:
            if said := self.text(f"x-{name}"):
                expect[name] = None if said == NONE else said
        for name in FIGURES_EXPECTED:
            if said := self.text(f"x-{name}"):
                expect[name] = self.figure(said, f"x-{name}")
        if self.text("x-missing-said"):
            expect["missing"] = list(self.sent.getlist("x-missing"))
        if not expect:
            self.wrong("expect", "say what is expected, at least the status")
        old = self.was.get("expect") or {}
        if dict(old) == expect:
            return dict(old)
        return expect

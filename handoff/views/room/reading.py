"""A row of a definition as the fields of a form, and back.

Pure. `typed_of` gives what a browser would send for a row left as it is; `row_of` reads what was
sent. Whether the row makes sense where it stands is for `handoff.rules.parse` to say.

Fields of a condition begin with `c`, its number and a dash; `c` itself lists the numbers in order.
"""

import re
from typing import Any

from django.utils.datastructures import MultiValueDict

from handoff.models.definition import Document
from handoff.models.definition_rows import CLOCK_KEYS
from handoff.rules.definition import ON_REASSIGN
from handoff.rules.faults import Fault, shown
from handoff.rules.fields import CATALOGUE, Kind, boolean, number
from handoff.rules.lines import operand_of, texts_of, written
from handoff.rules.operators import LISTS

Typed = MultiValueDict[str, str]
Sent = MultiValueDict[str, str]
"""What a form sent; a request’s POST is one."""

CONDITIONAL = ("motions", "fit", "decide", "route")
EDITED = (*CONDITIONAL, "signals", "tiers")
"""Sections whose rows are edited in the room."""

SIGNAL = "@signal"
"""The subject of a condition that counts a signal."""

COUNTS = (("least", "at_least"), ("most", "at_most"), ("days", "within_days"))
NO_PROMISE, MINUTES, SAME_DAY = "none", "minutes", "same_business_day"
WHOLE = re.compile(r"[+-]?\d{1,400}")


def whole_number(text: str) -> int | None:
    """A whole number as it was typed; None where it is none."""
    return int(text) if WHOLE.fullmatch(text) else None


def row_of(
    section: str, sent: Sent, *, was: Document | None = None
) -> tuple[Document, list[Fault]]:
    """The row that a form spells out, with what could not be read, at its place in the row.

    `was`: the row before, kept to the letter where the form says the same.
    """
    reading = _Reading(sent)
    row = reading.head()
    getattr(reading, section)(row)
    if section in CONDITIONAL:
        reading.when(row)
    if was is not None and not reading.faults and typed_of(section, was) == typed_of(section, row):
        return was, []
    return row, reading.faults


def typed_of(section: str, row: Document) -> Typed:
    """A row as its form sends it."""
    typed: Typed = MultiValueDict()
    for name in ("key", "label", "motion", "signal", "status", "tier", "reason", "track"):
        if row.get(name) is not None:
            typed[name] = str(row[name])
    for name in ("points", "half_life_days", "cap", "remind_before"):
        if row.get(name) is not None:
            typed[name] = written(row[name])
    if row.get("sources"):
        typed["sources"] = written(row["sources"])
    for name, marked in (("approve", True), ("overflow", "next"), ("sticky", True)):
        if row.get(name) == marked:
            typed[name] = "on"
    if "to" in row:
        ((kind, key),) = row["to"].items()
        typed["to"] = f"{kind}:{key}"
    if section == "tiers":
        _type_tier(row, typed)
    if section in CONDITIONAL:
        _type_when(row.get("when"), typed)
    return typed


def _type_tier(row: Document, typed: Typed) -> None:
    typed["hours"] = str(row.get("hours") or "business")
    for clock in CLOCK_KEYS:
        promise = row.get(clock)
        if promise == SAME_DAY:
            typed[f"{clock}-kind"] = SAME_DAY
        elif promise is not None:
            typed[f"{clock}-kind"], typed[f"{clock}-minutes"] = MINUTES, written(promise)
    for clock, way in (row.get("on_reassign") or {}).items():
        if ON_REASSIGN.get(clock) != way:
            typed[f"{clock}-reassign"] = str(way)
    breach = row.get("on_breach") or []
    if isinstance(breach, dict) and any(breach.values()):
        typed["breach"] = "each"
        for clock, actions in breach.items():
            if actions:
                typed.setlist(f"breach-{clock}", list(actions))
    elif isinstance(breach, dict):
        typed["breach"] = "same"
    else:
        typed["breach"] = "same"
        if breach:
            typed.setlist("breach-all", list(breach))


def _type_when(when: Any, typed: Typed) -> None:
    mode = "any" if isinstance(when, dict) and "any" in when else "all"
    conditions = (when.get(mode) if isinstance(when, dict) else when) or []
    typed["mode"] = mode
    typed.setlist("c", [str(index) for index in range(len(conditions))])
    for index, condition in enumerate(conditions):
        for name, value in _typed_condition(condition).items():
            typed[f"c{index}-{name}"] = value


def _typed_condition(condition: Document) -> dict[str, str]:
    if "signal" in condition:
        counts = {short: written(condition[name]) for short, name in COUNTS if name in condition}
        return {"subject": SIGNAL, "signal": str(condition["signal"]), **counts}
    typed = {"subject": str(condition.get("field", ""))}
    tests = {name: operand for name, operand in condition.items() if name != "field"}
    if set(tests) == {"at_least", "at_most"}:
        bounds = {"from": written(tests["at_least"]), "to": written(tests["at_most"])}
        return {**typed, "operator": "range", **bounds}
    for operator, operand in tests.items():
        if operator == "known":
            typed["operator"] = "known" if operand else "unknown"
        elif operator == "between" and isinstance(operand, list) and len(operand) == 2:
            typed |= {"operator": operator, "from": written(operand[0]), "to": written(operand[1])}
        else:
            typed |= {"operator": operator, "value": _plain(operand)}
    return typed


def _plain(operand: Any) -> str:
    """As `written`, but a single text keeps its commas bare."""
    bare = (
        isinstance(operand, str)
        and "," in operand
        and written(operand.replace(",", "")) == (operand.replace(",", ""))
    )
    return operand if bare else written(operand)


class _Reading:
    """Reads the sections' forms; each method fills in what its section adds."""

    def __init__(self, sent: Sent) -> None:
        self.sent = sent
        self.faults: list[Fault] = []

    def text(self, name: str) -> str:
        return str(self.sent.get(name, "") or "").strip()

    def wrong(self, place: str, message: str) -> None:
        self.faults.append(Fault(place, message))

    def head(self) -> Document:
        row: Document = {"key": self.text("key")}
        self.fill(row, "label")
        return row

    def fill(self, row: Document, *names: str) -> None:
        """Texts, left out where nothing was typed."""
        row |= {name: said for name in names if (said := self.text(name))}

    def number(self, text: str, place: str) -> int | float | None:
        """A number, or None with a fault."""
        found, is_whole = number(text), bool(WHOLE.fullmatch(text))
        if found is None:
            said = f"{shown(text)} is {'too large' if is_whole else 'no number'}"
            self.wrong(place, said if text else "a number is missing")
            return None
        if is_whole:
            return int(text)
        return int(found) if found.is_integer() and abs(found) < 2**53 else found

    def figures(self, row: Document, *names: str) -> None:
        """Numbers, left out where nothing was typed."""
        for name in names:
            if (said := self.text(name)) and (found := self.number(said, name)) is not None:
                row[name] = found

    def motions(self, row: Document) -> None:
        """A motion is its head and its conditions."""

    def fit(self, row: Document) -> None:
        self.points(row)
        self.fill(row, "motion")

    def points(self, row: Document) -> None:
        found = self.number(self.text("points"), "points")
        row["points"] = float(found or 0) if abs(found or 0) < 1e300 else found

    def signals(self, row: Document) -> None:
        self.fill(row, "signal")
        if not any(row.get(name) for name in ("key", "label", "signal")):
            self.wrong("signal", "choose what they did, or name a new signal")
        self.points(row)
        self.figures(row, "half_life_days", "cap")
        try:
            sources = texts_of(self.text("sources"))
        except ValueError as error:
            self.wrong("sources", str(error))
        else:
            row |= {"sources": sources} if sources else {}
        self.fill(row, "motion")

    def decide(self, row: Document) -> None:
        row["status"] = self.text("status")
        self.fill(row, "tier", "reason", "track")
        if self.text("approve"):
            row["approve"] = True

    def route(self, row: Document) -> None:
        kind, _, key = self.text("to").partition(":")
        if kind and key:
            row["to"] = {kind: key}
        else:
            self.wrong("to", "choose who gets the lead")
        if self.text("overflow"):
            row["overflow"] = "next"
        if self.text("sticky"):
            row["sticky"] = True

    def tiers(self, row: Document) -> None:
        row["hours"] = self.text("hours") or "business"
        for clock in CLOCK_KEYS:
            kind = self.text(f"{clock}-kind")
            if kind == SAME_DAY:
                row[clock] = SAME_DAY
            elif kind == MINUTES:
                minutes = self.number(self.text(f"{clock}-minutes"), clock)
                if minutes is not None:
                    row[clock] = minutes
        self.figures(row, "remind_before")
        if breach := self.breach():
            row["on_breach"] = breach
        ways = {clock: self.text(f"{clock}-reassign") or way for clock, way in ON_REASSIGN.items()}
        if unusual := {clock: way for clock, way in ways.items() if way != ON_REASSIGN[clock]}:
            row["on_reassign"] = unusual

    def breach(self) -> list[str] | dict[str, list[str]]:
        """What follows when a clock is late: once for all, or for each its own. Without a script
        the fields of the other choice were on the page; what they say is kept."""
        each = {clock: self.actions(f"breach-{clock}") for clock in CLOCK_KEYS}
        is_drawn = any(f"breach-{clock}" in self.sent for clock in CLOCK_KEYS)
        if is_drawn and (self.text("breach") == "each" or "breach-all" not in self.sent):
            return {clock: actions for clock, actions in each.items() if actions}
        return self.actions("breach-all")

    def actions(self, name: str) -> list[str]:
        return [action for action in self.sent.getlist(name) if action]

    def when(self, row: Document) -> None:
        conditions = [
            self.condition(f"c{number}-", f"when[{index}]")
            for index, number in enumerate(self.sent.getlist("c"))
        ]
        if conditions:
            row["when"] = {"any": conditions} if self.text("mode") == "any" else conditions

    def condition(self, prefix: str, place: str) -> Document:
        subject = self.text(f"{prefix}subject")
        if subject == SIGNAL:
            return self.count(prefix, place)
        condition: Document = {"field": subject}
        operator = self.text(f"{prefix}operator")
        field = CATALOGUE.get(subject)
        if field is None:
            self.wrong(f"{place}.field", "choose what this is about")
        elif operator in ("known", "unknown"):
            condition["known"] = operator == "known"
        elif operator in ("range", "between"):
            ends = [
                self.number(self.text(prefix + end), f"{place}.{operator}")
                for end in ("from", "to")
            ]
            pair = {"at_least": ends[0], "at_most": ends[1]}
            condition |= pair if operator == "range" else {"between": ends}
        elif not operator:
            self.wrong(place, "choose how to compare")
        else:
            condition[operator] = self.operand(field, operator, prefix, f"{place}.{operator}")
        return condition

    def operand(self, field: Any, operator: str, prefix: str, place: str) -> Any:
        picked = (one.strip() for one in self.sent.getlist(f"{prefix}value"))
        said = ", ".join(filter(None, picked))
        if not said:
            self.wrong(place, "a value is missing")
            return None
        if field.kind is Kind.BOOL:
            return boolean(said)
        if field.kind is Kind.NUMBER and operator not in LISTS:
            return self.number(said, place)
        try:
            return operand_of(field, operator, said)
        except ValueError as error:
            self.wrong(place, str(error))
            return None

    def count(self, prefix: str, place: str) -> Document:
        condition: Document = {"signal": self.text(f"{prefix}signal")}
        if not condition["signal"]:
            self.wrong(f"{place}.signal", "choose what they did")
        for short, name in COUNTS:
            said = self.text(prefix + short)
            if said and (found := self.number(said, f"{place}.{name}")) is not None:
                condition[name] = found
        return condition

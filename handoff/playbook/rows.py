"""Reading the rows of a playbook file: every value by its kind, every fault at its place."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from handoff.rules.faults import Report, kind_of, one_of, shown

KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
EMAIL = re.compile(r"[^\s@<>,;\"]+@[^\s@<>,;\".]+(?:\.[^\s@<>,;\".]+)+")
MOST_ROWS = 1000
MOST_COUNT = 32767
SHORT = 200

Row = TypeVar("Row")


class RowReader:
    """Reads one mapping: every value by its kind, every unknown key a fault."""

    def __init__(self, raw: Mapping[str, Any], place: str, report: Report, keys: str) -> None:
        self.raw, self.place, self.report = raw, place, report
        report.unknown_keys(raw, keys.split(), place)

    def wrong(self, name: str, message: str) -> None:
        self.report.wrong(f"{self.place}.{name}", message)

    def missing(self, name: str, what: str) -> None:
        self.report.wrong(self.place, f"needs {name}: {what}")

    def key(self, name: str = "key") -> str:
        value = self.raw.get(name)
        if value is None:
            self.missing(name, "a short name for this row")
        elif not isinstance(value, str) or not KEY.fullmatch(value):
            self.wrong(name, f"must be letters, digits, - or _ (at most 64), not {shown(value)}")
        else:
            return value
        return ""

    def text(self, name: str, default: str = "", most: int = SHORT) -> str:
        value = self.raw.get(name)
        if value is None:
            return default
        if not isinstance(value, str):
            self.wrong(name, f"must be text, not {kind_of(value)}; put it in quotes")
            return default
        if len(value) > most or not is_storable(value):
            self.wrong(name, f"must be at most {most} characters, without control characters")
            return default
        return value.strip()

    def texts(self, name: str, most: int = SHORT) -> tuple[str, ...]:
        """A list of texts, or one text, each once and none empty."""
        given = self.raw.get(name)
        given = [] if given is None else [given] if isinstance(given, str) else given
        if not isinstance(given, list):
            self.wrong(name, f"must be a list, not {kind_of(given)}")
            return ()
        read = []
        for index, value in enumerate(given):
            if not isinstance(value, str):
                said = f"must be text, not {kind_of(value)}; put it in quotes"
            elif not value.strip() or len(value) > most or not is_storable(value):
                said = f"must have 1 to {most} characters, without control characters"
            else:
                read.append(value.strip())
                continue
            self.wrong(f"{name}[{index}]", said)
        return tuple(dict.fromkeys(read))

    def email(self, name: str, *, needed: bool) -> str:
        value = self.raw.get(name)
        if value is None:
            if needed:
                self.missing(name, "the email address of a person")
            return ""
        if not isinstance(value, str) or len(value) > 254 or not EMAIL.fullmatch(value.strip()):
            self.wrong(name, f"must be an email address, not {shown(value)}")
            return ""
        return value.strip().lower()

    def choice(self, name: str, choices: Collection[str], default: str | None) -> str:
        value = self.raw.get(name, default)
        if value is None:
            self.missing(name, one_of(choices))
        elif value not in choices:
            self.wrong(name, f"unknown {name} {shown(value)}; {one_of(choices)}")
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.raw.get(name, default)
        if not isinstance(value, bool):
            self.wrong(name, f"must be true or false, not {shown(value)}")
            return default
        return value

    def count(self, name: str, least: int, default: int | None) -> int | None:
        value = self.raw.get(name)
        if value is None:
            return default
        whole = isinstance(value, int) and not isinstance(value, bool)
        if not whole or not least <= value <= MOST_COUNT:
            self.wrong(
                name, f"must be a whole number from {least} to {MOST_COUNT}, not {shown(value)}"
            )
            return default
        return int(value)

    def reference(self, name: str, known: Collection[str] | None, *, needed: bool) -> str:
        """The key of a row elsewhere; `known` None: not checked."""
        value = self.raw.get(name)
        if value is None:
            if needed:
                self.missing(name, "the key of one")
            return ""
        if not isinstance(value, str) or (known is not None and value not in known):
            there = (
                f"; there {'is' if len(known) == 1 else 'are'} {', '.join(sorted(known))}"
                if known
                else ""
            )
            self.wrong(name, f"there is no {name} {shown(value)}{there}")
        return str(value)

    def rows(self, name: str, read: Callable[[Mapping[str, Any], str], Row]) -> tuple[Row, ...]:
        return read_rows(self.raw.get(name), f"{self.place}.{name}", self.report, read)


def is_storable(value: str) -> bool:
    """Whether a database can hold it: no NUL, no lone half of a character."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def read_rows(
    raw: Any, place: str, report: Report, read: Callable[[Mapping[str, Any], str], Row]
) -> tuple[Row, ...]:
    """Every mapping of a list, read; what is no list, or no mapping, is a fault."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        report.wrong(place, f"must be a list, not {kind_of(raw)}")
        return ()
    if len(raw) > MOST_ROWS:
        report.wrong(place, f"has {len(raw)} rows; at most {MOST_ROWS} are allowed")
        return ()
    rows = []
    for index, row in enumerate(raw):
        if isinstance(row, dict):
            rows.append(read(row, f"{place}[{index}]"))
        else:
            report.wrong(f"{place}[{index}]", f"must be a mapping, not {kind_of(row)}")
    return tuple(rows)


def once(keys: Collection[str], place: str, name: str, report: Report) -> None:
    """A fault for each key that stands twice; keys that could not be read are passed over."""
    seen: set[str] = set()
    for index, key in enumerate(keys):
        if key and key in seen:
            report.wrong(f"{place}[{index}].{name}", f"“{key}” stands twice")
        seen.add(key)

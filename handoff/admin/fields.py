"""What the admin's forms let a person type as lines of text instead of JSON."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from handoff.calendars import DAY_NAMES
from handoff.models import CLOCK_KEYS
from handoff.playbook import yaml12
from handoff.rules import conditions
from handoff.rules.definition import ON_REASSIGN


class LinesField(forms.CharField):
    """A value typed as lines of text. Subclasses write `read` and `told`; both raise nothing but
    ValidationError, and `told` shows what `read` would take."""

    empty: Any = None

    def __init__(self, *, rows: int = 3, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}))
        options.setdefault("required", False)
        super().__init__(**options)

    def read(self, lines: list[str]) -> Any:
        raise NotImplementedError

    def told(self, value: Any) -> str:
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        lines = [line.strip() for line in (value or "").splitlines() if line.strip()]
        return self.read(lines) if lines else self.empty

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else self.told(value) if value else ""

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        return _normal(self.prepare_value(initial)) != _normal(data or "")

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Lines are checked as they are read."""


def _normal(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class HoursField(LinesField):
    """Working hours: a line for each range of days, `mon-fri 09:00-12:30 13:30-17:30`."""

    empty: Any = {}

    def read(self, lines: list[str]) -> dict[str, list[str]]:
        hours: dict[str, list[str]] = {}
        for line in lines:
            days, *windows = line.replace(",", " ").replace(":  ", " ").split()
            if not windows:
                raise ValidationError(
                    f"“{line}”: after the days come the hours, such as 09:00-17:30."
                )
            hours.setdefault(days.removesuffix(":").lower(), []).extend(windows)
        return hours

    def told(self, value: Any) -> str:
        week = sorted(value.items(), key=lambda days: _first_day(days[0]))
        return "\n".join(f"{days} {' '.join(windows)}" for days, windows in week)


def _first_day(days: str) -> int:
    first = days.split("-")[0]
    return DAY_NAMES.index(first) if first in DAY_NAMES else len(DAY_NAMES)


class DatesField(LinesField):
    """Dates, one a line."""

    empty: Any = []

    def read(self, lines: list[str]) -> list[dt.date]:
        wrong = [line for line in lines if _date(line) is None]
        if wrong:
            raise ValidationError([f"“{line}” is no date. Write 2026-12-24." for line in wrong])
        return sorted({day for line in lines if (day := _date(line))})

    def told(self, value: Any) -> str:
        return "\n".join(str(day) for day in value)


def _date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


class ClocksField(LinesField):
    """Deadlines: a line for each clock, `accept 15` in minutes or `accept same_business_day`."""

    empty: Any = {}

    def read(self, lines: list[str]) -> dict[str, int | str]:
        clocks: dict[str, int | str] = {}
        faults = []
        for line in lines:
            clock, _, said = line.replace(":", " ").partition(" ")
            said = said.strip()
            if clock not in CLOCK_KEYS:
                faults.append(f"“{clock}” is no clock. Clocks are {', '.join(CLOCK_KEYS)}.")
            elif clock in clocks:
                faults.append(f"“{clock}” is there twice.")
            elif not said.isdecimal() and said != "same_business_day":
                faults.append(f"“{line}”: write minutes or same_business_day.")
            else:
                clocks[clock] = int(said) if said.isdecimal() else said
        if faults:
            raise ValidationError(faults)
        return clocks

    def told(self, value: Any) -> str:
        return "\n".join(f"{clock} {value[clock]}" for clock in CLOCK_KEYS if clock in value)


class ReassignField(LinesField):
    """What clocks do on a change of hands: a line for each, `accept carry_on`."""

    empty: Any = {}

    def read(self, lines: list[str]) -> dict[str, str]:
        said: dict[str, str] = {}
        for line in lines:
            clock, _, way = line.replace(":", " ").partition(" ")
            if clock not in ON_REASSIGN:
                raise ValidationError(f"“{clock}” is none of {', '.join(ON_REASSIGN)}.")
            if clock in said:
                raise ValidationError(f"“{clock}” is there twice.")
            said[clock] = way.strip()
        return said

    def told(self, value: Any) -> str:
        return "\n".join(f"{clock} {way}" for clock, way in value.items())


class BreachField(LinesField):
    """What a missed deadline does: `notify_owner, task` for every clock, or a line for each,
    `accept: notify_owner, reassign`."""

    empty: Any = []

    def read(self, lines: list[str]) -> list[str] | dict[str, list[str]]:
        if all(":" not in line for line in lines):
            return _names(" ".join(lines))
        acts: dict[str, list[str]] = {}
        for line in lines:
            clock, colon, said = line.partition(":")
            if not colon:
                raise ValidationError(
                    f"“{line}”: begin with a clock and a colon, as the others do."
                )
            acts[clock.strip()] = _names(said)
        return acts

    def told(self, value: Any) -> str:
        if isinstance(value, dict):
            return "\n".join(f"{clock}: {', '.join(acts)}" for clock, acts in value.items())
        return ", ".join(value)


class ConditionsField(LinesField):
    """Conditions, one a line: `employees at_least 100`. All hold, or, after a first line `any of:`,
    one does. No line: always holds."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "Conditions")
        super().__init__(**options)

    def read(self, lines: list[str]) -> Any:
        try:
            return conditions.from_lines("\n".join(lines))
        except ValueError as error:
            raise ValidationError(re.split(r"; (?=Line \d)", str(error))) from error

    def told(self, value: Any) -> str:
        return conditions.to_lines(value)


class MappingField(LinesField):
    """A mapping as the playbook file writes it, `industry: fintech` on each line."""

    empty: Any = {}

    def to_python(self, value: Any) -> Any:
        if not (value or "").strip():
            return self.empty
        read = _yaml(value)
        if not isinstance(read, dict):
            raise ValidationError("Write a name, a colon and a value on each line.")
        return read

    def told(self, value: Any) -> str:
        return yaml12.as_text(value)


class MappingsField(LinesField):
    """A list of mappings, `- {signal: demo_request, days_ago: 0}` on each line."""

    empty: Any = []

    def to_python(self, value: Any) -> Any:
        if not (value or "").strip():
            return self.empty
        read = _yaml(value)
        if not isinstance(read, list) or not all(isinstance(one, dict) for one in read):
            raise ValidationError("Write each on a line: - {signal: demo_request, days_ago: 0}")
        return read

    def told(self, value: Any) -> str:
        return yaml12.as_text(value)


def _yaml(text: str) -> Any:
    try:
        return yaml12.from_text(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class NamesField(LinesField):
    """Names, separated by commas or lines."""

    empty: Any = []

    def read(self, lines: list[str]) -> list[str]:
        return [name for line in lines for name in map(str.strip, line.split(",")) if name]

    def told(self, value: Any) -> str:
        return ", ".join(value)


def _names(text: str) -> list[str]:
    return text.replace(",", " ").split()


class PicksField(forms.MultipleChoiceField):
    """Several of a few choices, kept as a list in their own order."""

    def __init__(self, *, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        options.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(choices=choices, **options)
        self.order = [key for key, _ in choices]

    def clean(self, value: Any) -> list[str]:
        picked = super().clean(value)
        return [key for key in self.order if key in picked]

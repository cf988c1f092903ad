"""Which column of a file is which field of a lead or an opportunity. Pure; knows no table. See
docs/importing.md."""

import datetime as dt
import functools
import re
import zoneinfo
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handoff.playbook import yaml12

from .knowing import RANK
from .reading import MEASURES, NAMES, TEXTS, TOUCH_TEXTS

FIELDS = ("email", "external_id", "phone", *NAMES, *TEXTS, *MEASURES, "occurred_at")
"""What a column may become; besides `answers.ANYTHING`."""

DEAL_FIELDS = (
    "ref", "lead", "account", "stage", "step", "amount", "owner", "first_owner", "opened_at",
    "closed_at", "reason", "competitor", "objections", "triggers", "note",
)  # fmt: skip
"""What a column of a file of opportunities may become. `first_owner`: who had the first hand-over
of an imported past; `owner` is then who had the last."""

FIELDS_OF = {"leads": FIELDS, "opportunities": DEAL_FIELDS}
MOMENTS = frozenset({"occurred_at", "opened_at", "closed_at"})
PERSONS = ("owner", "first_owner")

KEYS = frozenset(
    {
        "of",
        "people",
        "system",
        "history",
        "origin",
        "columns",
        "constants",
        "touchpoints",
        "date_format",
        "timezone",
    }
)
COLUMN_KEYS = frozenset({"field", "values", "format"})
DEED_KEYS = frozenset({"signal", "occurred_at", "seconds", *TOUCH_TEXTS})
LONGEST_SYSTEM = 100
DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}")


class MappingFaults(ValueError):
    """A mapping that cannot be used; `faults` are all that is wrong, each with its place."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True)
class Column:
    """What one column becomes. `target` "" leaves it out; `values` translates what it holds."""

    target: str
    values: dict[str, Any] = field(default_factory=dict)
    format: str = ""


@dataclass(frozen=True)
class Deed:
    """A touchpoint that each row tells of: a fixed signal, the columns of the rest."""

    signal: str
    columns: dict[str, str]


@dataclass(frozen=True)
class Map:
    """How a file is read. Columns not named become answers under their own names; of a file of
    opportunities (`of`) they are left out. `people`: the domain at which persons who are named by
    no address have one."""

    system: str
    of: str = "leads"
    people: str = ""
    history: bool = False
    origin: str = "form"
    columns: dict[str, Column] = field(default_factory=dict)
    constants: dict[str, Any] = field(default_factory=dict)
    touchpoints: tuple[Deed, ...] = ()
    date_format: str = ""
    timezone: str = "UTC"

    def document(self) -> dict[str, Any]:
        """The mapping as its file says it."""
        columns = {
            name: column.target or None
            if not (column.values or column.format)
            else {
                "field": column.target,
                **({"values": column.values} if column.values else {}),
                **({"format": column.format} if column.format else {}),
            }
            for name, column in self.columns.items()
        }
        deeds = [{"signal": deed.signal, **deed.columns} for deed in self.touchpoints]
        document = {
            "system": self.system,
            "of": "" if self.of == "leads" else self.of,
            "people": self.people,
            "history": self.history,
            "origin": self.origin,
            "columns": columns,
            "constants": self.constants,
            "touchpoints": deeds,
            "date_format": self.date_format,
            "timezone": self.timezone,
        }
        return {name: value for name, value in document.items() if value not in ("", [], {})}

    def missing(self, headers: Iterable[str]) -> list[str]:
        """Columns that the mapping names and the file lacks."""
        named = {
            *self.columns,
            *(name for deed in self.touchpoints for name in deed.columns.values()),
        }
        return sorted(named.difference(headers))

    def payload(self, headers: Sequence[str], cells: Sequence[Any]) -> tuple[dict[str, Any], str]:
        """A row as a request of a lead or an opportunity, and what is wrong with its times (""
        where nothing is)."""
        said = dict(zip(headers, cells, strict=True))
        payload: dict[str, Any] = {}
        answers: dict[str, Any] = {}
        wrong: list[str] = []
        for name in headers:
            column = self.columns.get(name) or self.unnamed(name)
            value = _translated(said[name], column.values)
            if value in ("", None) or not column.target:
                continue
            if column.target in MOMENTS:
                value = self._moment(value, column.format, name, wrong)
            elif isinstance(value, dt.datetime):
                value = value.isoformat()
            elif column.target in PERSONS and self.people and "@" not in value:
                value = f"{value}@{self.people}"
            if column.target.startswith("answers."):
                answers[column.target.removeprefix("answers.")] = value
            else:
                payload[column.target] = value
        payload = {**self.constants, **payload}
        if answers:
            payload["answers"] = answers
        if deeds := [self._deed(deed, said, wrong) for deed in self.touchpoints]:
            payload["touchpoints"] = deeds
        return payload, " ".join(wrong)

    def unnamed(self, column: str) -> Column:
        """What becomes of a column that the mapping does not name."""
        return Column("" if self.of == "opportunities" else f"answers.{column}")

    def _deed(self, deed: Deed, said: Mapping[str, Any], wrong: list[str]) -> dict[str, Any]:
        told: dict[str, Any] = {"signal": deed.signal}
        for name, column in deed.columns.items():
            value = _translated(said[column], {})
            if name == "occurred_at" and value:
                given = self.columns.get(column)
                value = self._moment(value, given.format if given else "", column, wrong)
            if value not in ("", None):
                told[name] = value
        return told

    def _moment(self, value: Any, form: str, column: str, wrong: list[str]) -> str:
        form = form or self.date_format
        try:
            return _moment_text(value, form, self.timezone)
        except ValueError:
            fits = f"does not fit {form}" if form else "is no ISO-8601 time; say its date_format"
            wrong.append(f"{column}: “{str(value)[:60]}” {fits}.")
            return str(value)


def _translated(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        value = value.strip()
        return values.get(value, value) if values else value
    return value


@functools.lru_cache(maxsize=4096)
def _moment_text(value: Any, form: str, timezone: str) -> str:
    if isinstance(value, dt.datetime):
        found = value
    elif form:
        found = dt.datetime.strptime(value, form)  # noqa: DTZ007 - the mapping's zone is next
    else:
        found = dt.datetime.fromisoformat(value)
    if found.tzinfo is None:
        found = found.replace(tzinfo=zoneinfo.ZoneInfo(timezone))
    return found.isoformat()


def read_mapping(text: str | bytes) -> Map:
    """A mapping file (YAML 1.2). Raises MappingFaults with everything that is wrong."""
    try:
        document = yaml12.from_text(text)
    except ValueError as error:
        raise MappingFaults([str(error)]) from error
    return mapping_of(document)


def mapping_of(document: Any) -> Map:
    """A mapping as its file says it. Raises MappingFaults with everything that is wrong."""
    if not isinstance(document, dict):
        raise MappingFaults(["A mapping is an object with `system` and `columns`."])
    faults = [
        f"{key}: unknown; known are {', '.join(sorted(KEYS))}."
        for key in document
        if key not in KEYS
    ]
    system = document.get("system")
    if not isinstance(system, str) or not 0 < len(system.strip()) <= LONGEST_SYSTEM:
        faults.append(
            f"system: the name of the system, at most {LONGEST_SYSTEM} characters, is needed."
        )
    history = document.get("history", False)
    if not isinstance(history, bool):
        faults.append("history: true or false.")
    origin = document.get("origin", "form")
    if origin not in RANK:
        faults.append(f"origin: one of {', '.join(RANK)}.")
    timezone = document.get("timezone", "UTC")
    if timezone not in zoneinfo.available_timezones():
        faults.append(f"timezone: “{timezone}” is no time zone such as Europe/Berlin.")
    of = document.get("of", "leads")
    if of not in FIELDS_OF:
        faults.append(f"of: one of {', '.join(FIELDS_OF)}.")
        of = "leads"
    people = _people(document.get("people", ""), faults)
    date_format = document.get("date_format", "")
    if not isinstance(date_format, str):
        faults.append("date_format: a text such as %d/%m/%Y.")
    columns = _columns(document.get("columns"), of, faults)
    constants = _constants(document.get("constants"), of, faults)
    if of == "opportunities":
        _check_deals(document, {*constants, *(one.target for one in columns.values())}, faults)
    deeds = _deeds(document.get("touchpoints"), faults)
    if faults:
        raise MappingFaults(faults)
    return Map(
        system=str(system).strip(),
        of=str(of),
        people=people,
        history=bool(history),
        origin=str(origin),
        columns=columns,
        constants=constants,
        touchpoints=deeds,
        date_format=str(date_format),
        timezone=str(timezone),
    )


def _people(given: Any, faults: list[str]) -> str:
    if isinstance(given, str) and (not given or DOMAIN.fullmatch(given)):
        return given
    faults.append("people: a domain such as crm.example.")
    return ""


def _check_deals(document: dict[str, Any], targets: set[str], faults: list[str]) -> None:
    if not faults and "ref" not in targets:
        faults.append("columns: one of them is the ref, by which a deal is known again.")
    if document.get("touchpoints"):
        faults.append("touchpoints: a file of opportunities has none.")


def _columns(given: Any, of: str, faults: list[str]) -> dict[str, Column]:
    if not isinstance(given, dict) or not given:
        faults.append("columns: which column is which field, such as {E-mail: email}.")
        return {}
    columns: dict[str, Column] = {}
    taken: dict[str, str] = {}
    for name, said in given.items():
        column = _column(name, said, of, faults)
        if column.target and column.target in taken:
            faults.append(f"columns.{name}: “{taken[column.target]}” is {column.target} already.")
        taken[column.target] = str(name)
        columns[str(name)] = column
    return columns


def _column(name: str, said: Any, of: str, faults: list[str]) -> Column:
    place = f"columns.{name}"
    if not isinstance(said, dict):
        said = {"field": said}
    faults += [f"{place}.{key}: unknown." for key in said if key not in COLUMN_KEYS]
    target, values = said.get("field") or "", said.get("values") or {}
    form = said.get("format") or ""
    known, besides = FIELDS_OF[of], ", answers.NAME" if of == "leads" else ""
    is_free = isinstance(target, str) and of == "leads" and _is_answer(target)
    if not isinstance(target, str) or not (target in ("", *known) or is_free):
        faults.append(f"{place}: “{target}” is no field; known are {', '.join(known)}{besides}.")
    if not isinstance(values, dict):
        faults.append(f"{place}.values: an object such as {{old: new}}.")
        values = {}
    if not isinstance(form, str):
        faults.append(f"{place}.format: a text such as %d/%m/%Y.")
    return Column(str(target), {str(key): value for key, value in values.items()}, str(form))


def _is_answer(target: str) -> bool:
    return target.startswith("answers.") and len(target) > len("answers.")


def _constants(given: Any, of: str, faults: list[str]) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        faults.append("constants: an object such as {source: fair}.")
        return {}
    faults += [f"constants.{name}: no field." for name in given if name not in FIELDS_OF[of]]
    return dict(given)


def _deeds(given: Any, faults: list[str]) -> tuple[Deed, ...]:
    if given is None:
        return ()
    if not isinstance(given, list):
        faults.append("touchpoints: a list of {signal: KEY, occurred_at: COLUMN}.")
        return ()
    deeds = []
    for index, said in enumerate(given):
        place = f"touchpoints[{index}]"
        if not isinstance(said, dict) or not isinstance(said.get("signal"), str):
            faults.append(f"{place}: an object with a signal.")
            continue
        faults += [f"{place}.{key}: unknown." for key in said if key not in DEED_KEYS]
        columns = {key: said[key] for key in said if key in DEED_KEYS - {"signal"}}
        faults += [
            f"{place}.{key}: the name of a column."
            for key in columns
            if not isinstance(columns[key], str)
        ]
        deeds.append(Deed(said["signal"], columns))
    return tuple(deeds)

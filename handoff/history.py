"""What changed, when and by whom, in words: the history tables read back."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from .models import User
from .playbook import yaml12
from .rules import conditions

MOST = 500
"""The newest changes of one object that are read."""

NAMING = ("label", "name", "key", "email", "area")
"""Where a row says what it is called, best first."""

DID = {"insert": "added", "update": "changed", "delete": "removed"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: when, by whom, of what, and what each field said before and after."""

    at: dt.datetime
    who: str
    did: str
    what: str
    lines: tuple[str, ...]


Hiding = Mapping[str, Callable[[Any], str]]
"""What may be said of a field that is a secret, by its name."""


def changes_of(
    thing: models.Model,
    parts: Sequence[tuple[type[models.Model], str]] = (),
    *,
    hiding: Hiding | None = None,
) -> list[Change]:
    """The changes of `thing` and of its `parts` (model, name of the foreign key), newest first.

    A model that keeps only what was (leads, accounts) ends with what is. Of the fields that
    `hiding` names is said that they changed, and what it makes of them.
    """
    found = _of_one(type(thing), "pgh_obj", thing, hiding or {})
    for model, link in parts:
        found += _of_one(model, link, thing, hiding or {})
    people = User.objects.in_bulk({entry.user for entry in found if entry.user})
    found.sort(key=lambda entry: (entry.at, entry.place), reverse=True)
    return [entry.told(people) for entry in found[:MOST]]


@dataclass(frozen=True, slots=True)
class _Entry:
    at: dt.datetime
    place: int
    user: int | None
    by: str
    did: str
    what: str
    lines: tuple[str, ...]

    def told(self, people: dict[int, User]) -> Change:
        person = people.get(self.user) if self.user else None
        return Change(self.at, str(person or self.by or "Handoff"), self.did, self.what, self.lines)


def _of_one(
    model: type[models.Model], link: str, thing: models.Model, hiding: Hiding
) -> list[_Entry]:
    table: Any = model._meta.get_field("history").related_model
    rows = list(table.objects.filter(**{f"{link}_id": thing.pk}).order_by("-pgh_id")[:MOST])[::-1]
    fields = [f for f in table._meta.fields if not f.name.startswith("pgh_") and f.name != link]
    named = _Names(model, fields, rows, hiding)
    keeps_old = not any(isinstance(one, pghistory.InsertEvent) for one in table.pgh_trackers)
    entries: list[_Entry] = []
    before: dict[int, Any] = {}
    for row, after in _with_next(rows, {thing.pk: thing} if link == "pgh_obj" else {}):
        old, new = (row, after) if keeps_old else (before.get(row.pgh_obj_id), row)
        before[row.pgh_obj_id] = row
        entries.append(
            _Entry(
                at=row.pgh_created_at,
                place=row.pgh_id,
                user=(row.pgh_context or {}).get("user"),
                by=(row.pgh_context or {}).get("by", ""),
                did=DID[row.pgh_label],
                what=named.title(row),
                lines=named.lines(row.pgh_label, old, new),
            )
        )
    return entries


def _with_next(
    rows: list[Any], now: dict[int, models.Model]
) -> Iterable[tuple[Any, models.Model | None]]:
    """Each row with the one that came after it, the present one at the end."""
    after = dict(now)
    pairs = []
    for row in reversed(rows):
        pairs.append((row, after.get(row.pgh_obj_id)))
        after[row.pgh_obj_id] = row
    return reversed(pairs)


class _Names:
    """A model's fields and values as people call them."""

    def __init__(
        self, model: type[models.Model], fields: list[Any], rows: list[Any], hiding: Hiding
    ) -> None:
        self.model = model
        self.hiding = hiding
        self.fields = [f for f in fields if f.name not in ("id", "created_at", "joined_at")]
        self.related: dict[str, dict[int, models.Model]] = {}
        for field in self.fields:
            if isinstance(field, models.ForeignKey):
                keys = {getattr(row, field.attname) for row in rows} - {None}
                self.related[field.name] = field.related_model._base_manager.in_bulk(keys)

    def title(self, row: Any) -> str:
        """What kind of thing it is, and its name where it has one."""
        kind = capfirst(str(self.model._meta.verbose_name))
        name = next((text for at in NAMING if (text := getattr(row, at, ""))), "")
        if not name and hasattr(row, "number"):
            name = f"v{row.number}"
        if not name:
            linked = (f for f in self.fields if f.many_to_one and getattr(row, f.attname))
            name = ", ".join([self.value(f, getattr(row, f.attname)) for f in linked][:2])
        return f"{kind} “{name}”" if name else kind

    def lines(self, label: str, old: Any, new: Any) -> tuple[str, ...]:
        if label == "delete":
            return ()
        told = []
        for field in self.fields:
            was = getattr(old, field.attname) if old is not None else None
            value = getattr(new, field.attname) if new is not None else None
            if label == "insert" or old is None:
                if value not in (None, "", [], {}, False) and field.name != "position":
                    told.append(f"{self.label(field)}: {self.value(field, value)}")
            elif was != value:
                before, after = self.value(field, was), self.value(field, value)
                said = f"another, at {after}" if before == after else f"{before} → {after}"
                told.append(f"{self.label(field)}: {said}")
        return tuple(told)

    def label(self, field: Any) -> str:
        own: Any = self.model._meta.get_field(field.name)
        return capfirst(str(own.verbose_name))

    def value(self, field: Any, value: Any) -> str:
        if field.name in self.hiding and value:
            return self.hiding[field.name](value)
        if field.name in self.related and value is not None:
            return str(self.related[field.name].get(value, f"no. {value}"))
        return said(self.model._meta.get_field(field.name), value).replace("\n", "; ")


def said(field: Any, value: Any) -> str:
    """The value of a model's field in words; nothing is “empty”."""
    if value in (None, "", [], {}):
        return "empty"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).strftime("%-d %b %Y %H:%M")
    if field.name == "when":
        return conditions.to_lines(value)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    if isinstance(value, dict):
        return ", ".join(f"{name}: {yaml12.inline(one)}" for name, one in value.items())
    if isinstance(value, list):
        return "\n".join(yaml12.inline(one) for one in value)
    if isinstance(value, float):
        return f"{value:g}"
    return str(dict(field.flatchoices).get(value, value))

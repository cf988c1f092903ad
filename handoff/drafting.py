"""Changing a draft, one thing at a time: a row put in, taken out or moved, the head reworded.

Each change is one transaction under the lock of the versions and counts up the draft's
`revision`; whoever changes a draft says which revision they saw, so that two people never overwrite
each other. A row that does not hold together on its own is refused with its faults, their
places inside of the row. What it breaks elsewhere (a rule that names a tier taken away) is told
there by `publishing.check`.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from . import publishing, versions
from .models import SECTIONS, DefinitionVersion, User
from .models.definition import Document
from .publishing import Overtaken
from .rules.faults import Fault, Faulty

__all__ = ["Faulty", "Overtaken", "insert", "move", "place_for", "put", "remove", "reword"]

ROW_CLASSES = dict(SECTIONS)
ENDING = ("decide", "route")
"""Sections whose last row has no conditions, so that it always holds."""


def put(
    draft: DefinitionVersion,
    section: str,
    row: Document,
    *,
    place: int | None = None,
    revision: int,
    actor: User,
    at: dt.datetime,
) -> DefinitionVersion:
    """Put a row, as the playbook file writes it, in the place of another (0 the first), or where a
    new one goes; examples and counterexamples too. Raises Faulty, Overtaken.
    """
    with _changing(draft, revision, actor, at) as document:
        rows = document.setdefault(section, [])
        if place is None:
            place = place_for(section, row, rows)
            rows.insert(place, row)
        else:
            rows[_there(rows, place)] = row
        _refuse_faults(document, section, place)
    return _fresh(draft)


def insert(
    draft: DefinitionVersion,
    section: str,
    row: Document,
    *,
    place: int,
    revision: int,
    actor: User,
    at: dt.datetime,
) -> DefinitionVersion:
    """Put a row before the one in a place, as undoing a removal does, or where a new one goes where
    the section is shorter by now. Raises Faulty, Overtaken."""
    with _changing(draft, revision, actor, at) as document:
        rows = document.setdefault(section, [])
        place = min(place, place_for(section, row, rows))
        rows.insert(place, row)
        _refuse_faults(document, section, place)
    return _fresh(draft)


def place_for(section: str, row: Document, rows: list[Document]) -> int:
    """Where a new row goes: last, but one with conditions before the rule for everyone else, which
    would keep every lead from it."""
    ends = section in ENDING and bool(rows) and not rows[-1].get("when")
    return len(rows) - 1 if ends and row.get("when") else len(rows)


def remove(
    draft: DefinitionVersion,
    section: str,
    place: int,
    *,
    revision: int,
    actor: User,
    at: dt.datetime,
) -> Document:
    """Take a row out; the row, for undoing. Raises Overtaken."""
    with _changing(draft, revision, actor, at) as document:
        rows = document.setdefault(section, [])
        taken: Document = rows.pop(_there(rows, place))
    return taken


def move(
    draft: DefinitionVersion,
    section: str,
    place: int,
    to: int,
    *,
    revision: int,
    actor: User,
    at: dt.datetime,
) -> DefinitionVersion:
    """Move a row to another place of its section. Raises Overtaken."""
    with _changing(draft, revision, actor, at) as document:
        rows = document.setdefault(section, [])
        rows.insert(max(0, min(to, len(rows) - 1)), rows.pop(_there(rows, place)))
    return _fresh(draft)


def reword(
    draft: DefinitionVersion,
    *,
    summary: str,
    required: list[str],
    marketing: dict[str, int | None],
    revision: int,
    actor: User,
    at: dt.datetime,
) -> DefinitionVersion:
    """Change what is no row: the summary, the required context, and marketing's half in minutes
    (None, or left out: no promise). Raises Faulty, Overtaken."""
    with _changing(draft, revision, actor, at) as document:
        document["summary"] = summary
        document["required"] = required
        document["marketing"] = {key: said for key, said in marketing.items() if said is not None}
        found = publishing.read_document(document).faults
        here = [f for f in found if f.place.split(".")[1].split("[")[0] in HEAD]
        if here:
            raise Faulty([Fault(f.place.removeprefix("definition."), f.message) for f in here])
    return _fresh(draft)


HEAD = ("summary", "required", "marketing")


@contextmanager
def _changing(
    draft: DefinitionVersion, revision: int, actor: User, at: dt.datetime
) -> Iterator[Document]:
    """The draft's document under the lock, written back to its rows when it was changed."""
    with transaction.atomic():
        versions.lock()
        fresh = _fresh(draft)
        if not fresh.is_editable:
            raise Overtaken(f"{fresh} is {fresh.get_state_display().lower()} by now; clone it.")
        if fresh.revision != revision:
            who = fresh.edited_by or "Somebody"
            raise Overtaken(
                f"{who} changed {fresh} meanwhile. Look at it again, then try once more."
            )
        document = fresh.document()
        before = {name: list(document.get(name) or ()) for name in ROW_CLASSES}
        yield document
        fresh.summary = document.get("summary") or ""
        fresh.required = document.get("required") or []
        fresh.promise(document)
        fresh.revision, fresh.edited_at, fresh.edited_by = revision + 1, at, actor
        fresh.save()
        for section, rows in before.items():
            if rows != (document.get(section) or []):
                _rewrite(fresh, section, document)


def _rewrite(version: DefinitionVersion, section: str, document: Document) -> None:
    """Make a section's rows say what the document says, keeping those that say it already."""
    row_class = ROW_CLASSES[section]
    kept: dict[str, list[int]] = {}
    for row in getattr(version, section).all():
        kept.setdefault(_identity(row), []).append(row.pk)
    rows = versions.rows_of(section, document)
    for row in rows:
        row.version = version
        same = kept.get(_identity(row))
        row.pk = same.pop(0) if same else None
    row_class.objects.filter(pk__in=[pk for pks in kept.values() for pk in pks]).delete()
    names = [f.name for f in row_class._meta.concrete_fields if not f.primary_key]
    row_class.objects.bulk_update([row for row in rows if row.pk], names)
    row_class.objects.bulk_create([row for row in rows if not row.pk])


def _there(rows: list[Document], place: int) -> int:
    """The place, where a row stands in it."""
    if not 0 <= place < len(rows):
        raise Overtaken("That row is not there any more.")
    return place


def _identity(row: Any) -> str:
    return str(getattr(row, "key", "") or getattr(row, "name", ""))


def _refuse_faults(document: Document, section: str, place: int) -> None:
    _refuse_second(document[section], place)
    here = f"definition.{section}[{place}]"
    # With a row after it: that the last one has no conditions is a matter of the whole.
    whole = {**document, section: [*document[section], {"key": "after"}]}
    faults = [f for f in publishing.read_document(whole).faults if f.place.startswith(here)]
    inside = [Fault(f.place.removeprefix(here).lstrip("."), f.message) for f in faults]
    if not faults:
        alone = {section: [document[section][place]]}
        first = f"definition.{section}[0]."
        inside = [Fault(p.removeprefix(first), said) for p, said in versions.too_long(alone)]
    if inside:
        raise Faulty(inside)


def _refuse_second(rows: list[Document], place: int) -> None:
    """Two rows of one key, or two examples of one name, could not be told apart."""
    row = rows[place]
    name = "name" if "name" in row else "key"
    if any(other.get(name) == row.get(name) for n, other in enumerate(rows) if n != place):
        taken = Fault(name, f"“{row.get(name)}” is the {name} of another one; choose another")
        raise Faulty([taken])


def _fresh(draft: DefinitionVersion) -> DefinitionVersion:
    return DefinitionVersion.objects.with_rows().select_related("edited_by").get(pk=draft.pk)

"""A version that is only read, as sections of rows in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from handoff.history import said
from handoff.models import SECTIONS, DefinitionVersion

from .definition_rows import INLINES

HIDDEN = frozenset({"id", "version", "position", "label", "name"})


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row: its name, and each field that says something."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReadSection:
    """A section: its name, what it means, its rows in order."""

    name: str
    says: str
    rows: tuple[ReadRow, ...]


def sections_of(version: DefinitionVersion) -> list[ReadSection]:
    """Every section of `version`."""
    by_model = {inline.model: inline for inline in INLINES}
    return [
        ReadSection(
            str(by_model[kind].verbose_name_plural),
            by_model[kind].says,
            tuple(_row(row) for row in getattr(version, name).all()),
        )
        for name, kind in SECTIONS
    ]


def _row(row: Any) -> ReadRow:
    fields = [field for field in row._meta.concrete_fields if field.name not in HIDDEN]
    told = ((field, getattr(row, field.attname)) for field in fields)
    return ReadRow(
        str(row),
        tuple(
            (capfirst(str(field.verbose_name)), said(field, value))
            for field, value in told
            if value not in (None, "", [], {}, False)
        ),
    )

"""Making versions of the definition out of documents: the `definition` section of a file.

A document and the rows of a version say the same; this is the way from the one to the other.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, models
from django.db.models import Max

from .models import (
    CLOCK_KEYS,
    SECTIONS,
    DecideRule,
    DefinitionVersion,
    Example,
    FitCriterion,
    Motion,
    RouteRule,
    Signal,
    Tier,
    User,
)
from .models.definition import Document

AGREEMENT_LOCK = 7_301_984
"""Advisory lock held by whoever makes, publishes or withdraws a version."""


def lock() -> None:
    """Wait for, and hold until the transaction ends, the right to change versions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (AGREEMENT_LOCK,))


def make_draft(
    document: Document,
    *,
    actor: User | None,
    cloned_from: DefinitionVersion | None = None,
) -> DefinitionVersion:
    """A new draft that says what `document` says. The caller holds `lock` in a transaction.

    The document must be one that `rules.parse` finds no fault with, or an empty one.
    """
    last = DefinitionVersion.objects.aggregate(last=Max("number"))["last"] or 0
    draft = DefinitionVersion(
        number=last + 1,
        summary=document.get("summary") or "",
        required=document.get("required") or [],
        created_by=actor,
        cloned_from=cloned_from,
    )
    draft.promise(document)
    draft.save()
    for section, row_class in SECTIONS:
        rows = rows_of(section, document)
        for row in rows:
            row.version = draft
        row_class.objects.bulk_create(rows)
    return DefinitionVersion.objects.with_rows().get(pk=draft.pk)


def rows_of(section: str, document: Document) -> list[Any]:
    """The unsaved rows of a section, without their version."""
    made = []
    for position, row in enumerate(document.get(section) or [], 1):
        model_row = BUILDERS[section](row)
        model_row.position = position
        made.append(model_row)
    return made


def canonical(document: Document) -> Document:
    """The document as a version that holds it would write it; two that mean the same are equal."""
    said: Document = {
        "summary": document.get("summary") or "",
        "required": list(document.get("required") or []),
        "marketing": {
            key: minutes
            for key, minutes in (document.get("marketing") or {}).items()
            if minutes is not None
        },
    }
    for section, _ in SECTIONS:
        rows = [row.as_row() for row in rows_of(section, document)]
        for row in rows:
            when = row.get("when")
            if isinstance(when, dict) and "all" in when:
                row["when"] = when["all"]
        said[section] = [_as_judged(row) for row in rows]
    return said


def _as_judged(value: Any) -> Any:
    """The value with its numbers as rules read them: the database gives 1e100 back as a whole
    number, which is another to the digit and the same to every rule."""
    if isinstance(value, dict):
        return {key: _as_judged(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_judged(one) for one in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= sys.float_info.max:
        return float(value)
    return value


def too_long(document: Document) -> Iterator[tuple[str, str]]:
    """What the tables have no room for, as (place, sentence)."""
    for section, _ in SECTIONS:
        for index, row in enumerate(rows_of(section, document)):
            for field in row._meta.get_fields():
                if not isinstance(field, models.CharField) or not field.max_length:
                    continue
                value = getattr(row, field.attname)
                if isinstance(value, str) and len(value) > field.max_length:
                    place = f"definition.{section}[{index}].{field.name}"
                    yield place, f"must be at most {field.max_length} characters"


def _head(row: Document) -> Document:
    return {"key": row["key"], "label": (row.get("label") or "").strip()}


def _motion(row: Document) -> Motion:
    return Motion(**_head(row), when=row.get("when"))


def _fit(row: Document) -> FitCriterion:
    motion = row.get("motion") or ""
    return FitCriterion(**_head(row), points=row["points"], motion=motion, when=row.get("when"))


def _signal(row: Document) -> Signal:
    return Signal(
        **_head(row),
        signal=row.get("signal") or "",
        points=row["points"],
        half_life_days=row.get("half_life_days"),
        cap=row.get("cap"),
        sources=list(row.get("sources") or []),
        motion=row.get("motion") or "",
    )


def _decide(row: Document) -> DecideRule:
    return DecideRule(
        **_head(row),
        status=row["status"],
        tier=row.get("tier") or "",
        reason=row.get("reason") or "",
        track=row.get("track") or "",
        approve=row.get("approve") or False,
        when=row.get("when"),
    )


def _tier(row: Document) -> Tier:
    return Tier(
        **_head(row),
        hours=row.get("hours") or Tier.Hours.BUSINESS,
        clocks={clock: row[clock] for clock in CLOCK_KEYS if row.get(clock) is not None},
        remind_before=row.get("remind_before"),
        on_breach=row.get("on_breach") or [],
        on_reassign=row.get("on_reassign") or {},
    )


def _route(row: Document) -> RouteRule:
    ((kind, key),) = row["to"].items()
    return RouteRule(
        **_head(row),
        to_kind=kind,
        to_key=key,
        overflow=row.get("overflow") == "next",
        sticky=row.get("sticky") is True,
        when=row.get("when"),
    )


def _example(row: Document) -> Example:
    return Example(
        kind=row.get("kind") or Example.Kind.EXAMPLE,
        name=row["name"].strip(),
        why=(row.get("why") or "").strip(),
        expect=row["expect"],
        lead=row["lead"],
        touchpoints=row.get("touchpoints") or [],
    )


BUILDERS: dict[str, Callable[[Document], Any]] = {
    "motions": _motion,
    "fit": _fit,
    "signals": _signal,
    "decide": _decide,
    "tiers": _tier,
    "route": _route,
    "examples": _example,
}

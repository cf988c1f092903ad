"""The hand-overs behind a figure of a study."""

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from reviews.measures.lift.results import OUTCOMES, Clause
from reviews.models import LiftLead, LiftStudy

FILTERS = ("outcome", "is", "clause", "held", "band", "rule", "left")
"""What a list may be narrowed by, in its address."""

POINTS = ("today", "suggestion")


def find(
    study: LiftStudy, clauses: Sequence[Clause], asked: Mapping[str, str]
) -> QuerySet[LiftLead]:
    """The hand-overs of a study that is done which an address asks for; nobody where it names what
    the study does not know. Without an outcome, all that were gathered."""
    rows = study.rows.select_related("lead").order_by("-made_at", "-lead_id")
    outcome = asked.get("outcome", "")
    if outcome in OUTCOMES:
        rows = _told(rows, study, outcome, asked.get("left", ""))
        if asked.get("is") in ("yes", "no"):
            rows = rows.filter(**{outcome: asked["is"] == "yes"})
        rows = _in_band(rows, outcome, asked.get("band", ""))
    if "clause" in asked:
        rows = _held(rows, clauses, asked["clause"], asked.get("held", "yes"))
    if "rule" in asked:
        rows = rows.filter(rule=asked["rule"])
    return rows


def _told(
    rows: QuerySet[LiftLead], study: LiftStudy, outcome: str, left: str
) -> QuerySet[LiftLead]:
    """Those that tell of an outcome, or those left out: too young, or undecided."""
    until = dt.datetime.fromisoformat((study.result or {})["until"][outcome])
    if left == "young":
        return rows.filter(made_at__gt=until)
    rows = rows.filter(made_at__lte=until)
    if left == "undecided":
        return rows.filter(**{f"{outcome}__isnull": True})
    return rows.filter(**{f"{outcome}__isnull": False})


def _in_band(rows: QuerySet[LiftLead], outcome: str, band: str) -> QuerySet[LiftLead]:
    """`band`: whose points, and which band of prospects, as “today.0”."""
    if not band:
        return rows
    points, _, number = band.partition(".")
    if points not in POINTS or not number.isdecimal() or len(number) > 2:
        return rows.none()
    place = 2 * OUTCOMES.index(outcome) + POINTS.index(points)
    return rows.filter(**{f"bands__{place}": int(number)})


def _held(
    rows: QuerySet[LiftLead], clauses: Sequence[Clause], named: str, held: str
) -> QuerySet[LiftLead]:
    """`named`: section and key of a clause, as “fit.size”."""
    places = {f"{clause.section}.{clause.key}": n for n, clause in enumerate(clauses)}
    if named not in places:
        return rows.none()
    place = places[named]
    return rows.filter(**{f"counts__{place}": 0} if held == "no" else {f"counts__{place}__gt": 0})

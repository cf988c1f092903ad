"""Both halves of the agreement on one page, and as a file."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff import goals
from handoff.labels import document_of
from handoff.models import DefinitionVersion, Step
from handoff.permissions import may_set_goals
from handoff.views.signed_in import SignedIn
from leads.journey import causing
from leads.journey.stepping import name_of
from leads.views import downloads
from reviews.asking import Asked, Asking, asked, options, shown_names
from reviews.measures import causes, lateness
from reviews.measures.sla import DIMENSIONS, Figures, Half, Row, figures

TABLES = (("team", "Team"), ("rep", "Owner"), ("source", "Source"), ("version", "Version"))
LATE_SHOWN = 8
HEADS = (
    "by", "key", "name", "handed_over", "sales_kept", "sales_missed", "sales_open", "sales_low",
    "sales_high", "first_touch_median_s", "first_touch_p90_s", "marketing_kept", "marketing_missed",
    "late", "incomplete", "marketing_low", "marketing_high", "hand_over_median_s",
    "hand_over_p90_s",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One row of a table: the figures, what it is called, and the address that narrows to it."""

    row: Row
    label: str
    href: str
    promise: str = ""


@dataclass(frozen=True)
class Sides:
    """Who takes and who gives in a hand-over, and what each half is called."""

    takes: str
    gives: str
    giving: str
    said: str
    lacking: str


def sides_of(step: str) -> Sides:
    """The two sides of a step; marketing and sales where none is named."""
    steps = Step.objects.filter(key=step).values_list("comes_from", flat=True)
    before = steps.first() if step else ""
    if not before:
        handed = "Marketing: handed over in time and complete"
        return Sides("Sales", "marketing", handed, "in time and complete", "incomplete")
    gives, takes = name_of(before), name_of(step)
    return Sides(takes, gives, f"{gives}: handed on for good", "never sent back", "sent back")


@login_required
@require_GET
@never_cache
def sla(request: SignedIn) -> HttpResponse:
    """The two halves, mirrored; by tier, team, owner, source and version; what is late now."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    found = figures(wanted.question, at=at, zone=zone)
    late = lateness.late_now(wanted.question, at=at)
    why = causes.why(wanted.question, at=at)
    sides = sides_of(wanted.question.step)
    lines = {name: list(_lines(wanted, name, found.by[name])) for name in DIMENSIONS}
    seen = {name: [(line.row.key, line.label) for line in lines[name]] for name in DIMENSIONS}
    context: dict[str, Any] = {
        "section": "measures",
        "here": "sla",
        "asked": wanted,
        "selects": options(wanted, seen, shown_names(wanted)),
        "headline": headline(found, sides),
        "sides": sides,
        "figures": found,
        "weeks": [_week(wanted, row) for row in found.weeks],
        "tiers": lines["tier"],
        "tables": [(name, title, lines[name]) for name, title in TABLES],
        "late": late[:LATE_SHOWN],
        "late_count": len(late),
        "late_marketing": sum(one.is_marketing for one in late),
        "besides": found.besides,
        "why": why,
        "why_most": max((one.all for one in why), default=0),
        "why_all": sum(one.all for one in why),
        "to_confirm": causing.to_confirm(request.user).count(),
        "goals": goals.read(wanted.question.step),
        "may_set_goals": may_set_goals(request.user),
        "address": wanted.address(),
        "is_screen": request.GET.get("screen") == "1",
        "now": at,
    }
    return render(request, "reviews/sla/sla.html", context)


def headline(found: Figures, sides: Sides) -> str:
    """What the two halves come to, in a sentence."""
    sales, marketing = found.all.sales.share, found.all.marketing.share
    if not (sales.is_enough and marketing.is_enough):
        return "Both halves of the agreement"
    return (
        f"{sides.takes} keeps {sales.value or 0:.0%} of its half, {sides.gives}"
        f" {marketing.value or 0:.0%} of its own"
    )


def _lines(wanted: Asked, name: str, rows: tuple[Row, ...]) -> Iterator[Line]:
    promises = _promises(wanted.question.step) if name == "tier" else {}
    for row in rows:
        label = wanted.names.of(name, row.key, row.label)
        yield Line(row, label, wanted.address(**{name: row.key}), promises.get(row.key, ""))


def _promises(step: str) -> dict[str, str]:
    """By tier, within how long the definition in force promises the first touch; of a later step,
    the step itself."""
    live = DefinitionVersion.objects.live().values_list("pk", flat=True).first()
    own = Step.objects.filter(key=step).values_list("tiers", flat=True).first() if step else None
    tiers = own or (document_of(live).get("tiers", ()) if live else ())
    return {tier["key"]: _promise(tier) for tier in tiers if "first_touch" in tier}


def _promise(tier: dict[str, Any]) -> str:
    target = tier["first_touch"]
    if target == "same_business_day":
        return "same business day"
    hours = "business " if tier.get("hours", "business") == "business" else ""
    if target % 60:
        return f"{target:g} {hours}min"
    return f"{target / 60:g} {hours}{'hour' if target == 60 else 'hours'}"


def _week(wanted: Asked, row: Row) -> Line:
    monday = dt.date.fromisoformat(row.key)
    last = min(monday + dt.timedelta(days=6), wanted.until)
    href = wanted.address(since=monday.isoformat(), until=last.isoformat())
    return Line(row, f"{monday.day} {monday:%b}", href)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """Every figure of the page as a file, a line for each row of each table."""
    at, zone = timezone.now(), timezone.get_current_timezone_name()
    wanted = asked(request.GET, request.user, at=at, zone=zone)
    found = figures(wanted.question, at=at, zone=zone)
    rows = [["all", "", "", *_cells(found.all)]]
    for dimension in DIMENSIONS:
        for row in found.by[dimension]:
            label = wanted.names.of(dimension, row.key, row.label)
            rows.append([dimension, row.key, label, *_cells(row)])
    rows += [["week", row.key, "", *_cells(row)] for row in found.weeks]
    return downloads.whole(f"sla-{wanted.since}-{wanted.until}.csv", HEADS, rows)


def _cells(row: Row) -> list[Any]:
    sales, marketing = row.sales, row.marketing
    return [
        row.handed,
        *(sales.kept, sales.missed, sales.open, *_ends(sales), *_times(sales)),
        *(marketing.kept, marketing.missed, row.late, row.incomplete),
        *(*_ends(marketing), *_times(marketing)),
    ]


def _ends(half: Half) -> tuple[str, str]:
    """The interval, where there are cases enough for one."""
    one = half.share
    return (f"{one.low:.4f}", f"{one.high:.4f}") if one.is_enough else ("", "")


def _times(half: Half) -> tuple[str, str]:
    if half.median is None or half.ninth is None:
        return "", ""
    return f"{half.median:.0f}", f"{half.ninth:.0f}"

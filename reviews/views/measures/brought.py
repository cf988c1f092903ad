"""What each source and campaign brought, and for which reasons sales rejected."""

from collections.abc import Iterator

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.views.signed_in import SignedIn
from leads.views import downloads
from reviews.asking import Asked, Asking, asked
from reviews.measures import reasons as mixing
from reviews.measures import sources as bringing

from .narrowing import narrowing

SHOWN = 200
HEADS = ("source", "campaign", "enquiries", "handed_over") + tuple(
    f"{one.key}_{end}" for one in bringing.SHARES for end in ("count", "n")
)


@login_required
@require_GET
@never_cache
def sources(request: SignedIn) -> HttpResponse:
    """Enquiries, hand-overs, yeses, opportunities and won deals by source and campaign."""
    wanted = _asked(request)
    lines = bringing.lines(wanted.question, at=timezone.now())
    context = narrowing(wanted, "sources") | {
        "shares": bringing.SHARES,
        "lines": list(_named(wanted, lines[:SHOWN])),
        "left_out": max(0, len(lines) - SHOWN),
        "knows_enquiries": any(line.received is not None for line in lines),
    }
    return render(request, "reviews/measures/sources.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def sources_csv(request: SignedIn) -> HttpResponse:
    """The same as a file, every line of it."""
    wanted = _asked(request)
    rows = (
        [
            *(line.source, line.campaign, line.received, line.handed),
            *(number for _, share in line.shares for number in (share.count, share.n)),
        ]
        for line in bringing.lines(wanted.question, at=timezone.now())
    )
    return downloads.whole(f"sources-{wanted.since}-{wanted.until}.csv", HEADS, rows)


@login_required
@require_GET
@never_cache
def reasons(request: SignedIn) -> HttpResponse:
    """The mix of reasons, now and before, and week by week."""
    wanted = _asked(request)
    mix = _mix(wanted)
    lines = [
        (
            place,
            one,
            mix.share(one),
            mix.moved(one) if wanted.compares else None,
            [(number, one.weeks.get(number, 0)) for number, _ in enumerate(mix.mondays, 1)],
        )
        for place, one in enumerate(mix.reasons)
    ]
    context = narrowing(wanted, "reasons") | {
        "mix": mix,
        "lines": lines,
        "mondays": [f"{one.day} {one:%b}" for one in mix.mondays],
        "formula": mixing.FORMULA,
        "has_weeks": any(mix.week(place) for place, _ in enumerate(mix.mondays, 1)),
    }
    return render(request, "reviews/measures/reasons.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def reasons_csv(request: SignedIn) -> HttpResponse:
    """The same as a file."""
    wanted = _asked(request)
    mix = _mix(wanted)
    heads = ["reason", "label", "rejected", "before", *(f"{one:%Y-%m-%d}" for one in mix.mondays)]
    rows = (
        [
            *(one.key, one.label, one.now, one.before),
            *(one.weeks.get(place, 0) for place, _ in enumerate(mix.mondays, 1)),
        ]
        for one in mix.reasons
    )
    return downloads.whole(f"reasons-{wanted.since}-{wanted.until}.csv", heads, rows)


def _asked(request: SignedIn) -> Asked:
    zone = timezone.get_current_timezone_name()
    return asked(request.GET, request.user, at=timezone.now(), zone=zone)


def _mix(wanted: Asked) -> mixing.Mix:
    zone = timezone.get_current_timezone_name()
    return mixing.mix(wanted.question, at=timezone.now(), zone=zone)


def _named(
    wanted: Asked, lines: list[bringing.Line]
) -> Iterator[tuple[bringing.Line, str, str, str]]:
    for line in lines:
        source = wanted.names.of("source", line.source)
        campaign = wanted.names.of("campaign", line.campaign)
        yield line, source, campaign, wanted.address(source=line.source, campaign=line.campaign)

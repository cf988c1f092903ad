"""The playbook: one page, always true because it is drawn from live data."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from handoff import rules
from handoff.labels import humanise
from handoff.models import (
    CLOCK_KEYS,
    AreaOwner,
    Calendar,
    DecideRule,
    DefinitionVersion,
    Reason,
    Stage,
    Team,
    Tier,
    Track,
)

STATUSES = dict(DecideRule.Status.choices)
CLOCKS = {"assign": "Assignment", "accept": "Accept", "first_touch": "First touch", "follow_up": "Follow-up"}


@login_required
@require_GET
def playbook(request: HttpRequest) -> HttpResponse:
    """Everything both teams agreed on, in sentences; made for reading and printing."""
    live = DefinitionVersion.objects.live().with_rows().select_related("published_by").first()
    teams = Team.objects.select_related("calendar", "responsible").prefetch_related("memberships__user")
    context = {
        "section": "playbook",
        "version": live,
        **(_definition(live) if live else {}),
        "teams": teams,
        "calendars": [(calendar, _hours(calendar)) for calendar in Calendar.objects.all()],
        "reasons": Reason.objects.filter(active=True),
        "tracks": Track.objects.select_related("owner"),
        "stages": Stage.objects.all(),
        "areas": AreaOwner.objects.select_related("owner"),
        "changes": DefinitionVersion.objects.exclude(published_at=None).select_related("published_by")[:10],
    }
    return render(request, "handoff/playbook.html", context)


def _definition(version: DefinitionVersion) -> dict[str, Any]:
    parsed = rules.parse(version.document(), teams=None, reasons=None, tracks=None).definition
    labels = {team.key: team.name for team in Team.objects.all()}
    return {
        "motions": [(row, rules.said(row.when)) for row in parsed.motions] if parsed else [],
        "fit": [(row, rules.said(row.when)) for row in parsed.fit] if parsed else [],
        "signals": version.signals.all(),
        "decide": [
            (row, STATUSES.get(row.status, row.status), rules.said(row.when))
            for row in parsed.decide
        ]
        if parsed
        else [],
        "tiers": [(tier, _promises(tier)) for tier in version.tiers.all()],
        "route": [(row, _taker(row, labels), rules.said(row.when)) for row in parsed.route] if parsed else [],
        "required": [humanise(name) for name in version.required],
        "examples": version.examples.all(),
    }

"""The playbook: one page, always true because it is drawn from live data."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from handoff import rules
from handoff.labels import humanise
from handoff.models import (
    AreaOwner,
    Calendar,
    DecideRule,
    DefinitionVersion,
    Reason,
    Stage,
    Team,
    Track,
)
from handoff.rules.definition import Definition, RouteRule, SignalRow, Tier
from handoff.rules.sentences import said
from handoff.views.signed_in import SignedIn
from handoff.words import number

STATUSES = dict(DecideRule.Status.choices)
PROMISES = {
    "assign": "given to somebody",
    "accept": "accepted",
    "first_touch": "first touch",
    "follow_up": "follow-up after it",
}
BREACHES = {
    "notify_owner": "tell the owner",
    "notify_manager": "tell the responsible person",
    "escalate": "escalate",
    "reassign": "give it to the next in turn",
    "task": "make a follow-up task",
    "requalify": "qualify it again",
    "nurture": "send it to nurture",
}


@login_required
@require_GET
def playbook(request: SignedIn) -> HttpResponse:
    """Everything both teams agreed on, in sentences; made for reading and printing."""
    live = DefinitionVersion.objects.live().with_rows().select_related("published_by").first()
    teams = list(
        Team.objects.select_related("calendar", "responsible").prefetch_related("memberships__user")
    )
    context = {
        "section": "playbook",
        "version": live,
        **(_definition(live, teams) if live else {}),
        "teams": teams,
        "calendars": [(calendar, _hours(calendar)) for calendar in Calendar.objects.all()],
        "reasons": Reason.objects.filter(active=True),
        "tracks": Track.objects.select_related("owner"),
        "stages": Stage.objects.all(),
        "areas": AreaOwner.objects.select_related("owner"),
        "changes": DefinitionVersion.objects.exclude(published_at=None)
        .select_related("published_by")
        .order_by("-published_at", "-pk")[:10],
    }
    return render(request, "handoff/playbook.html", context)


def _definition(version: DefinitionVersion, teams: list[Team]) -> dict[str, Any]:
    parsed = rules.parse(version.document(), teams=None, reasons=None, tracks=None).definition
    if parsed is None:
        return {}
    names = {row.signal: row.label or humanise(row.signal) for row in parsed.signals}
    team_names = {team.key: team.name for team in teams}
    motions = {row.key: row.label or humanise(row.key) for row in parsed.motions}
    return {
        "motions": [(_label(row), said(row.when, names)) for row in parsed.motions],
        "fit": [
            (_label(row), said(row.when, names), motions.get(row.motion or ""), number(row.points))
            for row in parsed.fit
        ],
        "signals": [
            (_label(row), _fading(row, motions), number(row.points)) for row in parsed.signals
        ],
        "decide": _decide(parsed, names),
        "tiers": [(_label(tier), _promises(tier), _breach(tier)) for tier in parsed.tiers],
        "route": [
            (_label(row), _taker(row, team_names), said(row.when, names)) for row in parsed.route
        ],
        "required": [humanise(name).lower() for name in parsed.required],
        "handover": parsed.handover_minutes,
        "examples": parsed.examples,
    }


def _label(row: Any) -> str:
    return row.label or humanise(row.key)


def _decide(parsed: Definition, names: dict[str, str]) -> list[tuple[str, str, str, str, str]]:
    tiers = {tier.key: _label(tier) for tier in parsed.tiers}
    rows = []
    for row in parsed.decide:
        more = [f"tier {tiers.get(row.tier, row.tier)}"] if row.tier else []
        more += [f"track {humanise(row.track).lower()}"] if row.track else []
        more += ["after a person’s yes"] if row.approve else []
        rows.append(
            (row.key, _label(row), said(row.when, names), STATUSES[row.status], ", ".join(more))
        )
    return rows


def _fading(row: SignalRow, motions: dict[str, str]) -> str:
    parts = []
    if row.half_life_days:
        parts.append(f"halves every {number(row.half_life_days)} days")
    if row.cap:
        parts.append(f"the newest {row.cap} count" if row.cap > 1 else "counts once")
    if row.sources:
        parts.append(f"only from {', '.join(row.sources)}")
    if row.motion:
        parts.append(f"only for {motions.get(row.motion, row.motion)}")
    return ", ".join(parts)


def _promises(tier: Tier) -> list[str]:
    hours = "" if tier.hours == "always" else " business"
    promises = []
    for clock, words in PROMISES.items():
        value = tier.clocks.get(clock)
        if value is None:
            continue
        within = "the same business day" if isinstance(value, str) else f"{value}{hours} minutes"
        promises.append(f"{words} within {within}")
    return promises


def _breach(tier: Tier) -> str:
    if not tier.on_breach:
        return ""
    if isinstance(tier.on_breach, tuple):
        return ", then ".join(BREACHES[action] for action in tier.on_breach)
    return "; ".join(
        f"{humanise(clock).lower()}: {', then '.join(BREACHES[action] for action in actions)}"
        for clock, actions in tier.on_breach.items()
    )


def _taker(row: RouteRule, teams: dict[str, str]) -> str:
    if row.to_kind == "owner_of":
        return f"The owner of the {row.to_key}"
    name = teams.get(row.to_key, humanise(row.to_key))
    queue = f"The queue of {name}" if row.to_kind == "queue" else name
    return f"{queue}, else the next rule" if row.overflow else queue


def _hours(calendar: Calendar) -> str:
    return "; ".join(f"{days} {', '.join(windows)}" for days, windows in calendar.hours.items())

"""Leads that stand still: in queues nobody looks at, and with people who left.

An opening is the first time that its owner saw a lead, as the lead's page notes it.
"""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse

from handoff.models import User
from handoff.words import count_of

from .finding import Finding, Span

STILL = dt.timedelta(days=3)
"""So long a lead may wait unseen: a weekend is no gap."""

OPENED = """EXISTS (SELECT FROM leads_event e WHERE e.lead_id = c.lead_id
    AND e.handoff_id = c.id AND e.kind = 'opened')"""
UNTAKEN = "c.owner_id IS NULL AND c.state = 'waiting' AND c.made_at < %s"
UNSEEN = """c.owner_id IS NOT NULL AND c.state = 'waiting' AND c.opened_at IS NULL
    AND c.assigned_at < %s AND NOT EXISTS (SELECT FROM handoff_user u
        WHERE u.id = c.owner_id AND NOT u.is_active)"""

GONE = "EXISTS (SELECT FROM handoff_user u WHERE u.id = c.owner_id AND NOT u.is_active)"
LEFT_TEAM = """EXISTS (SELECT FROM handoff_membership m
    WHERE m.user_id = c.owner_id AND m.team_id = c.team_id AND NOT m.active)"""


def unseen(span: Span) -> Iterator[Finding]:
    """Queues of which nobody opened a lead, and leads that wait unseen now."""
    yield from _never_opened(span)
    yield from _waiting(span, "untaken", UNTAKEN, "made_at")
    yield from _waiting(span, "unseen", UNSEEN, "assigned_at")


def _never_opened(span: Span) -> Iterator[Finding]:
    """Teams of which nobody opened any of what came."""
    silent = span.counted(
        "c.team_id, count(*)::int, min(c.made_at), max(c.made_at)",
        "WHERE c.team_id IS NOT NULL GROUP BY 1 HAVING count(c.opened_at) = 0 ORDER BY 2 DESC",
    )
    if not silent:
        return
    teams = [row[0] for row in silent]
    where = f"WHERE c.team_id = ANY(%s) AND {OPENED}"
    before = {team_id for (team_id,) in span.counted("DISTINCT c.team_id", where, teams)}
    for team_id, count, since, last in silent:
        if team_id in before or last > span.at - STILL:
            continue
        team = span.teams[team_id]
        yield Finding(
            key=f"queue:unopened:{team.key}",
            area="queues",
            says=f"Nobody has opened any of {count_of(count, 'lead')} that came to {team} in"
            f" {span.days} days.",
            count=count,
            since=since,
            team=team,
            href=reverse("leads:roster", args=[team.key]),
            action="The team",
            behind=span.of_came("c.team_id = %s", team.pk),
        )


def _waiting(span: Span, kind: str, condition: str, since: str) -> Iterator[Finding]:
    before = span.at - STILL
    behind = span.of_open(condition, before)
    figures = f"c.team_id, count(*)::int, min(c.{since}), min(c.made_at)"
    for team_id, count, first, _ in behind.counted(figures, "GROUP BY 1 ORDER BY 2 DESC"):
        team = span.teams.get(team_id)
        where = team.name if team else "no team"
        says = {
            "untaken": f"{count_of(count, 'lead waits', 'leads wait')} in the queue of {where} for"
            f" more than {STILL.days} days, and nobody has taken {_them(count)}.",
            "unseen": f"{count_of(count, 'lead')} of {where} {'was' if count == 1 else 'were'}"
            f" given to somebody more than {STILL.days} days ago, who has not opened"
            f" {_them(count)}.",
        }
        yield Finding(
            key=f"queue:{kind}:{team.key if team else '-'}",
            area="queues",
            says=says[kind],
            count=count,
            since=first,
            team=team,
            href=reverse("leads:team", args=[team.key])
            if team and team.kind != "marketing"
            else "",
            action="The queue",
            behind=span.of_open(
                f"c.team_id IS NOT DISTINCT FROM %s AND {condition}", team_id, before
            ),
        )


def _them(count: int) -> str:
    return "it" if count == 1 else "them"


def left(span: Span) -> Iterator[Finding]:
    """Open leads of people who are not here any more, or not in the team that the lead is with."""
    figures = f"c.owner_id, {GONE}, c.team_id, count(*)::int, min(c.assigned_at)"
    behind = span.of_open(f"{GONE} OR {LEFT_TEAM}")
    rows = behind.counted(figures, "GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 3")
    people = User.objects.in_bulk([row[0] for row in rows])
    for owner_id, is_gone, team_id, count, since in rows:
        team, person = span.teams.get(team_id), people[owner_id]
        why = "is not here any more" if is_gone else f"has left {team}"
        whose = f" of {team}" if is_gone and team else ""
        yield Finding(
            key=f"left:{owner_id}:{team.key if team else '-'}",
            area="left",
            says=f"{person} {why} and still owns {count_of(count, 'open lead')}{whose}.",
            count=count,
            since=since,
            team=team,
            href=reverse("leads:hand-on", args=[owner_id]) + (f"?team={team.key}" if team else ""),
            action="Hand them on",
            behind=span.of_open(
                "c.owner_id = %s AND c.team_id IS NOT DISTINCT FROM %s", owner_id, team_id
            ),
        )

"""Whom nobody serves: leads that came to a team of which no member takes leads like them.

Who serves whom is routing's own answer (`leads.journey.serving`): each list of a member by itself,
then all of them together.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from handoff.labels import humanise, live_labels
from handoff.models import Membership, Team
from handoff.rules.countries import country_name
from handoff.words import count_of
from leads.journey.serving import Serves, Wanted

from .finding import Finding, Span

COLUMNS = ("tier", "country", "region", "language", "product_interest", "motion")
OF = {
    "territories": ("country", "region"),
    "languages": ("language",),
    "products": ("product_interest",),
    "motions": ("motion",),
}
"""Which columns each list of a member is about."""

SAME = {name: f"c.{name} IS NOT DISTINCT FROM %s" for name in COLUMNS}


@dataclass(frozen=True)
class Segment:
    """Leads of one team that have the same to say about themselves."""

    team_id: int
    has: dict[str, str | None]
    count: int
    since: dt.datetime


@dataclass(frozen=True)
class Gap:
    """What nobody in a team serves: the columns that say so, and their values."""

    team_id: int
    kind: str
    names: tuple[str, ...]
    values: tuple[str | None, ...]

    @property
    def key(self) -> str:
        told = ":".join(value or "-" for value in self.values)
        return f"segment:{self.kind}:{self.team_id}:{told}"[:200]


def unserved(span: Span) -> Iterator[Finding]:
    """One finding for each thing that nobody of a team serves, most leads first."""
    members = _members(span.teams)
    gaps: dict[Gap, list[Segment]] = defaultdict(list)
    for segment in _segments(span):
        for gap in _gaps(segment, members[segment.team_id]):
            gaps[gap].append(segment)
    told = sorted(gaps.items(), key=lambda one: -sum(part.count for part in one[1]))
    for gap, parts in told:
        yield _told(span, gap, parts)


def _segments(span: Span) -> Iterator[Segment]:
    names = [f"c.{name}" for name in COLUMNS]
    rows = span.counted(
        f"c.team_id, {', '.join(names)}, count(*)::int, min(c.made_at)",
        "WHERE c.team_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6, 7",
    )
    for team_id, *values, count, since in rows:
        yield Segment(team_id, dict(zip(COLUMNS, values, strict=True)), count, since)


def _members(teams: dict[int, Team]) -> dict[int, list[Membership]]:
    """Who takes leads in each team: in a queue that waits, every member does."""
    found: dict[int, list[Membership]] = defaultdict(list)
    at_work = Membership.objects.filter(team__in=teams, active=True, user__is_active=True)
    for one in at_work.order_by("pk"):
        if one.weight or teams[one.team_id].pick == Team.Pick.PULL:
            found[one.team_id].append(one)
    return found


def _gaps(segment: Segment, members: list[Membership]) -> Iterator[Gap]:
    if not members:
        yield _gap(segment, "tier", ("tier",))
        return
    wanted = Wanted(**{name: segment.has[name] for name in COLUMNS[1:]})
    alone = [name for name in OF if all(_serves(one, name).why_not(wanted) for one in members)]
    for name in alone:
        yield _gap(segment, name, OF[name])
    if not alone and all(_serves(one, *OF).why_not(wanted) for one in members):
        yield _gap(segment, "together", COLUMNS[1:])


def _gap(segment: Segment, kind: str, names: tuple[str, ...]) -> Gap:
    return Gap(segment.team_id, kind, names, tuple(segment.has[name] for name in names))


def _serves(member: Membership, *names: str) -> Serves:
    """Whom a member serves as far as some of their lists go."""
    return Serves(**{name: tuple(getattr(member, name)) for name in names})


def _told(span: Span, gap: Gap, parts: list[Segment]) -> Finding:
    team = span.teams[gap.team_id]
    count = sum(part.count for part in parts)
    came = f"{count_of(count, 'lead')} came to it"
    who = ", ".join(filter(None, map(_name, gap.names, gap.values)))
    says = {
        "tier": f"Nobody takes leads in {team}: {came}, {who or 'of no tier'}.",
        "together": f"Each alone is served in {team}, but nobody serves {who} together: {came}.",
    }
    conditions = [SAME[name] for name in gap.names]
    return Finding(
        key=gap.key,
        area="segments",
        says=says.get(gap.kind, f"Nobody in {team} serves {who}: {came}."),
        count=count,
        since=min(part.since for part in parts),
        team=team,
        href=reverse("leads:roster", args=[team.key]),
        action="The team",
        behind=span.of_came(
            " AND ".join(["c.team_id = %s", *conditions]), gap.team_id, *gap.values
        ),
    )


def _name(column: str, value: str | None) -> str:
    said = value or ""
    if not said:
        return "leads of no motion" if column == "motion" else ""
    if column == "country":
        return country_name(said)
    if column == "tier":
        return f"tier {live_labels().tiers.get(said) or humanise(said)}"
    if column in ("language", "motion", "region"):
        return f"{column} {said}"
    return humanise(said)

"""Reading teams under their row locks, and writing their turns back."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Any

from handoff import business_time, statements
from handoff.models import Membership
from leads.models import Handoff

from .serving import Serves
from .turns import LedgerRow, Member, Roster

LOCK = "SELECT id FROM handoff_team WHERE key = ANY(%s) ORDER BY id FOR NO KEY UPDATE"

MEMBERS = """
SELECT t.id, t.key, t.name, t.pick, t.responsible_id, tc.id,
    json_build_object('key', tc.key, 'timezone', tc.timezone, 'hours', tc.hours,
                      'holidays', tc.holidays, 'closed', tc.closed)::text,
    m.id, u.id, u.email, coalesce(nullif(u.name, ''), u.email), m.active AND u.is_active, m.weight,
    CASE WHEN mc.id IS NOT NULL THEN
        json_build_object('key', mc.key, 'timezone', mc.timezone, 'hours', mc.hours,
                          'holidays', mc.holidays, 'closed', mc.closed)::text END,
    m.served, m.last_served_at,
    EXISTS (SELECT 1 FROM leads_turn ledger WHERE ledger.membership_id = m.id),
    m.away_since,
    (SELECT json_agg(json_build_array(a.starts_at, a.ends_at))::text FROM handoff_absence a
     WHERE a.user_id = m.user_id AND a.cancelled_at IS NULL
        AND a.ends_at > %s AND a.starts_at < %s),
    m.max_open, m.max_per_day,
    CASE WHEN m.max_open IS NOT NULL OR t.pick = 'least_loaded' THEN
        (SELECT count(*) FROM leads_handoff h
         WHERE h.owner_id = m.user_id AND h.ended_at IS NULL AND NOT h.historical) ELSE 0 END,
    CASE WHEN m.max_per_day IS NOT NULL THEN
        (SELECT count(*) FROM leads_handoff h
         WHERE h.owner_id = m.user_id AND h.team_id = t.id AND NOT h.historical
         AND h.assigned_at >= date_trunc('day', %s AT TIME ZONE tc.timezone)
                              AT TIME ZONE tc.timezone) ELSE 0 END,
    coalesce(mc.id, tc.id), m.languages, m.territories, m.products, m.motions
FROM handoff_team t
JOIN handoff_calendar tc ON tc.id = t.calendar_id
LEFT JOIN handoff_membership m ON m.team_id = t.id
LEFT JOIN handoff_user u ON u.id = m.user_id
LEFT JOIN handoff_calendar mc ON mc.id = m.calendar_id
WHERE t.key = ANY(%s)
ORDER BY t.id, m.id"""

PAST = """
SELECT h.team_id, h.owner_id, count(*) FROM leads_handoff h
WHERE h.historical AND h.owner_id IS NOT NULL AND h.team_id = ANY(%s)
GROUP BY h.team_id, h.owner_id"""

LEDGER = {
    "membership_id": "bigint",
    "amount": "numeric",
    "cause": "text",
    "at": "timestamptz",
    "handoff_id": "bigint",
}

POSITIONS = """
UPDATE handoff_membership m SET served = given.served, last_served_at = given.last_served_at,
    away_since = given.away_since
FROM unnest(%s::bigint[], %s::numeric[], %s::timestamptz[], %s::timestamptz[])
    AS given(id, served, last_served_at, away_since)
WHERE m.id = given.id"""

AHEAD = dt.timedelta(days=370)


@functools.lru_cache(maxsize=512)
def calendar_of(text: str) -> business_time.Calendar:
    """The calendar a row of `handoff_calendar` spells; parsed once for the same content."""
    mapping = {name: value for name, value in statements.loads(text).items() if value}
    return business_time.calendar_from(mapping)


def calendar_of_model(handoff: Handoff) -> tuple[business_time.Calendar, int] | None:
    """The hours that count for a hand-over: its owner's, else its team's; None for neither."""
    membership = (
        Membership.objects.filter(user=handoff.owner_id, team=handoff.team_id)
        .select_related("calendar")
        .first()
    )
    calendar = membership.calendar if membership is not None else None
    if calendar is None and handoff.team is not None:
        calendar = handoff.team.calendar
    if calendar is None:
        other = Membership.objects.filter(user=handoff.owner_id, active=True).first()
        calendar = other.calendar or other.team.calendar if other is not None else None
    return (calendar.windows(), calendar.pk) if calendar is not None else None


def read(
    keys: Collection[str], *, at: dt.datetime, until: dt.datetime, historical: bool
) -> dict[str, Roster]:
    """The teams of these keys as they stand, locked until the transaction ends, by key.

    `at` to `until` spans the moments for which turns will be asked. Of an imported past the
    positions are those of its own hand-overs, and nothing is locked, since nothing is charged.
    """
    if not historical:
        lock(keys)
    rosters = look(keys, at=at, until=until, historical=historical)
    if historical:
        _stand_in_the_past(rosters)
    return rosters


def lock(keys: Collection[str]) -> None:
    """Lock the teams of these keys until the transaction ends. Who will need several of them locks
    them at once, so that nobody waits crosswise."""
    statements.fetch(LOCK, [sorted(keys)])


def look(
    keys: Collection[str], *, at: dt.datetime, until: dt.datetime, historical: bool = False
) -> dict[str, Roster]:
    """As `read`, without a lock: how the teams stand, for saying whose turn it would be."""
    rows = statements.fetch(MEMBERS, [at, until + AHEAD, at, sorted(keys)])
    return _rosters(rows, historical)


def _rosters(rows: Iterable[tuple[Any, ...]], historical: bool) -> dict[str, Roster]:
    rosters: dict[str, Roster] = {}
    for row in rows:
        team_id, key, name, pick, responsible_id, calendar_id, calendar = row[:7]
        roster = rosters.get(key)
        if roster is None:
            roster = rosters[key] = Roster(
                team_id,
                key,
                name,
                pick,
                calendar_of(calendar),
                calendar_id,
                responsible_id,
                [],
                historical,
            )
        if row[7] is not None:
            roster.members.append(_member(row[7:], roster))
    return rosters


def _member(row: tuple[Any, ...], roster: Roster) -> Member:
    spans = statements.loads(row[11]) or ()
    return Member(
        membership_id=row[0],
        user_id=row[1],
        email=row[2],
        name=row[3],
        active=row[4],
        weight=row[5],
        calendar=calendar_of(row[6]) if row[6] else roster.calendar,
        served=row[7],
        last_served_at=row[8],
        has_ledger=row[9],
        away_since=row[10],
        away=tuple((dt.datetime.fromisoformat(a), dt.datetime.fromisoformat(b)) for a, b in spans),
        max_open=row[12],
        max_per_day=row[13],
        open=row[14],
        today=row[15],
        calendar_id=row[16],
        serves=Serves(*map(tuple, row[17:21])),
    )


def _stand_in_the_past(rosters: dict[str, Roster]) -> None:
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    team_ids = [roster.team_id for roster in rosters.values()]
    for team_id, user_id, count in statements.fetch(PAST, [team_ids]):
        counts[team_id][user_id] = count
    for roster in rosters.values():
        for member in roster.members:
            taken = counts[roster.team_id].get(member.user_id, 0)
            member.served = member.stride * taken if member.weight else Decimal(0)
            member.last_served_at, member.away_since, member.has_ledger = None, None, True


def write(rosters: Iterable[Roster], *, handoffs: dict[int, int]) -> None:
    """Keep what was charged and credited. `handoffs`: hand-over by lead. A past keeps nothing."""
    rows: list[tuple[Any, ...]] = []
    changed: list[Member] = []
    for roster in rosters:
        if roster.historical:
            continue
        rows += [_ledger_row(row, handoffs) for row in roster.ledger]
        moved = {row.membership_id for row in roster.ledger}
        changed += [
            member
            for member in roster.members
            if member.membership_id in moved or member.away_since is not None
        ]
        roster.ledger.clear()
    statements.insert("leads_turn", LEDGER, rows)
    if changed:
        statements.execute(
            POSITIONS,
            [
                [member.membership_id for member in changed],
                [member.served for member in changed],
                [member.last_served_at for member in changed],
                [member.away_since for member in changed],
            ],
        )


def _ledger_row(row: LedgerRow, handoffs: dict[int, int]) -> tuple[Any, ...]:
    handoff_id = handoffs.get(row.lead_id) if row.lead_id is not None else None
    return (row.membership_id, row.amount, row.cause, row.at, handoff_id)

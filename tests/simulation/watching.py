"""What must hold at every moment, asked of the database and not of the code that wrote it."""

import datetime as dt
from dataclasses import dataclass

from django.db import connection


class Violated(AssertionError):
    """A promise that did not hold; the text names it, the moment and the first who shows it."""


OWNERLESS = """
SELECT h.id, h.lead_id, h.state, coalesce(u.email, t.key) FROM leads_handoff h
LEFT JOIN handoff_user u ON u.id = h.owner_id LEFT JOIN handoff_team t ON t.id = h.team_id
LEFT JOIN handoff_user r ON r.id = t.responsible_id
WHERE h.ended_at IS NULL AND NOT h.historical AND NOT coalesce(u.is_active, false)
    AND NOT (h.owner_id IS NULL AND coalesce(r.is_active, false) AND (
        h.next_step_due IS NOT NULL OR EXISTS (
            SELECT FROM leads_clock c WHERE c.handoff_id = h.id AND c.state = 'running')))
LIMIT 1"""

IDLE = """
SELECT h.id, h.lead_id, h.state, u.email FROM leads_handoff h
JOIN handoff_user u ON u.id = h.owner_id
WHERE h.ended_at IS NULL AND NOT h.historical AND h.next_step_due IS NULL AND NOT EXISTS (
    SELECT FROM leads_clock c WHERE c.handoff_id = h.id AND c.state = 'running')
LIMIT 1"""

LOST = """
SELECT d.id, d.key, d.state FROM leads_delivery d
LEFT JOIN leads_lead l ON l.id = d.lead_id LEFT JOIN leads_judgement j ON j.id = l.judgement_id
WHERE d.id > %(delivery)s AND d.kind = 'lead' AND (d.state <> 'done' OR j.id IS NULL OR (
    j.status IN ('sales_ready', 'needs_qualification', 'existing_account')
    AND NOT EXISTS (SELECT FROM leads_handoff h WHERE h.lead_id = l.id)))
LIMIT 1"""

GIVEN = """
WITH given AS (
    SELECT a.id, a.handoff_id, a.at, a.owner_id, a.team_id, m.max_open, m.max_per_day,
        coalesce((a.explanation->>'at_opening')::timestamptz, a.at) AS moment
    FROM leads_assignment a
    JOIN handoff_membership m ON m.team_id = a.team_id AND m.user_id = a.owner_id
    WHERE a.id > %(assignment)s AND a.kind IN ('turn', 'breach')
        AND NOT a.explanation ? 'stays')
"""

OVER_OPEN = f"""{GIVEN}
SELECT g.id, g.handoff_id, u.email, g.max_open, had.open FROM given g
JOIN handoff_user u ON u.id = g.owner_id, LATERAL (
    SELECT count(*) AS open FROM leads_handoff h
    JOIN LATERAL (
        SELECT b.owner_id FROM leads_assignment b WHERE b.handoff_id = h.id AND b.id <= g.id
        ORDER BY b.id DESC LIMIT 1) last ON last.owner_id = g.owner_id
    WHERE (h.ended_at IS NULL OR h.ended_at > g.at) AND NOT h.historical
        AND h.id IN (SELECT id FROM leads_handoff WHERE owner_id = g.owner_id UNION
                     SELECT handoff_id FROM leads_assignment WHERE id > %(assignment)s)
) had WHERE g.max_open IS NOT NULL AND had.open > g.max_open LIMIT 1"""

OVER_DAY = f"""{GIVEN}
SELECT g.id, g.handoff_id, u.email, g.max_per_day, had.today FROM given g
JOIN handoff_user u ON u.id = g.owner_id JOIN handoff_team t ON t.id = g.team_id
JOIN handoff_calendar c ON c.id = t.calendar_id, LATERAL (
    SELECT count(*) AS today FROM leads_handoff h
    WHERE h.owner_id = g.owner_id AND h.team_id = g.team_id AND h.assigned_at <= g.at
        AND h.assigned_at >= date_trunc('day', g.at AT TIME ZONE c.timezone)
                             AT TIME ZONE c.timezone
) had WHERE g.max_per_day IS NOT NULL AND had.today > g.max_per_day LIMIT 1"""

TO_THE_ABSENT = f"""{GIVEN}
SELECT g.id, g.handoff_id, u.email, g.moment FROM given g JOIN handoff_user u ON u.id = g.owner_id
WHERE EXISTS (SELECT FROM handoff_absence b WHERE b.user_id = g.owner_id
    AND b.cancelled_at IS NULL AND b.entered_at < g.at
    AND b.starts_at <= g.moment AND b.ends_at > g.moment) LIMIT 1"""

UNLIKE_LEDGER = """
SELECT m.id, u.email, m.served, coalesce(sum(t.amount), 0) FROM handoff_membership m
JOIN handoff_user u ON u.id = m.user_id LEFT JOIN leads_turn t ON t.membership_id = m.id
GROUP BY m.id, u.email HAVING coalesce(sum(t.amount), 0) <> m.served LIMIT 1"""

UNCHARGED = """
SELECT a.id, a.handoff_id FROM leads_assignment a
WHERE a.id > %(assignment)s AND a.kind IN ('turn', 'breach') AND a.owner_id IS NOT NULL
    AND NOT a.explanation ? 'stays' AND NOT EXISTS (
        SELECT FROM leads_turn t
        WHERE t.handoff_id = a.handoff_id AND t.cause = 'turn' AND t.at = a.at)
LIMIT 1"""

TWICE = """
SELECT told.handoff_id, told.kind, told.times FROM (
    SELECT handoff_id, body->>'clock' AS kind, count(*) AS times FROM leads_event
    WHERE kind = 'breached' AND lead_id IN (
        SELECT h.lead_id FROM leads_clock c JOIN leads_handoff h ON h.id = c.handoff_id
        WHERE c.breached_at > %(since)s)
    GROUP BY 1, 2) told
WHERE told.times > (SELECT count(*) FROM leads_clock c WHERE c.handoff_id = told.handoff_id
    AND c.kind = told.kind AND c.breached_at IS NOT NULL) LIMIT 1"""

UNNOTICED = """
SELECT c.id, c.handoff_id, c.kind, c.due_at FROM leads_clock c
WHERE c.state = 'running' AND c.acts AND c.breached_at IS NULL AND c.due_at < %(at)s LIMIT 1"""

STUCK = """
SELECT c.id, c.handoff_id, c.kind, c.state FROM leads_clock c
JOIN leads_handoff h ON h.id = c.handoff_id
WHERE c.state IN ('running', 'paused') AND h.ended_at IS NOT NULL AND NOT h.historical LIMIT 1"""

SEEN = """
SELECT (SELECT coalesce(max(id), 0) FROM leads_assignment),
    (SELECT coalesce(max(id), 0) FROM leads_delivery)"""

PROMISES: tuple[tuple[str, str], ...] = (
    ("a lead is without an owner", OWNERLESS),
    ("a lead sits still: no clock runs and no next step has a date", IDLE),
    ("a lead was lost on its way in", LOST),
    ("somebody got more open leads by turn than they take", OVER_OPEN),
    ("somebody got more leads in a day by turn than they take", OVER_DAY),
    ("a lead was given to somebody who is away", TO_THE_ABSENT),
    ("a position is not the sum of its ledger", UNLIKE_LEDGER),
    ("a turn was given and not charged", UNCHARGED),
    ("a clock was breached twice", TWICE),
    ("a deadline passed and nobody noticed", UNNOTICED),
    ("a clock runs on after its hand-over ended", STUCK),
)


@dataclass
class Watch:
    """Asks every promise, of what happened since it asked last where the past cannot change."""

    since: dt.datetime
    assignment: int = 0
    delivery: int = 0
    looks: int = 0

    def look(self, at: dt.datetime) -> None:
        """Raises Violated with the first promise that does not hold at `at`."""
        known = {
            "at": at,
            "since": self.since,
            "assignment": self.assignment,
            "delivery": self.delivery,
        }
        with connection.cursor() as cursor:
            for promise, question in PROMISES:
                cursor.execute(question, known)
                found = cursor.fetchone()
                if found is not None:
                    raise Violated(f"{at:%Y-%m-%d %H:%M} UTC: {promise}: {found}")
            cursor.execute(SEEN)
            self.assignment, self.delivery = cursor.fetchone()
        self.since = at
        self.looks += 1

"""Working time of hand-overs that were made before their calendars were laid out, counted later."""

from django.db import transaction

from handoff import statements
from handoff.working_parts import BEGINNING

PORTION = 2000

MEASURE = """
WITH those AS (
    SELECT p.handoff_id FROM leads_promise p
    WHERE p.handoff_id > %s AND p.made_at >= %s
        AND (p.took_hand_over IS NOT NULL AND p.worked_hand_over IS NULL
            OR p.took_open IS NOT NULL AND p.worked_open IS NULL)
        AND EXISTS (SELECT FROM handoff_workingtime w
            WHERE w.calendar_id = handoff_hours_of(p.team_id))
    ORDER BY p.handoff_id LIMIT %s FOR UPDATE),
measured AS (
    UPDATE leads_promise p SET made_at = p.made_at FROM those WHERE p.handoff_id = those.handoff_id)
SELECT count(*), max(handoff_id) FROM those"""
"""The database counts whatever it has not counted yet of a row that is written."""


def measure() -> int:
    """Look once at every hand-over whose working time is not known though its calendar is laid out;
    how many there were."""
    seen, last = 0, 0
    while True:
        with transaction.atomic():
            ((count, newest),) = statements.fetch(MEASURE, [last, BEGINNING, PORTION])
        if not count:
            return seen
        seen, last = seen + count, newest

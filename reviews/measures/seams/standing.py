"""Who is in a seam now, and who passed one. SQL."""

import datetime as dt

from handoff import statements
from reviews.measures.behind import Behind
from reviews.measures.promises import Question

from .steps import Seam

IS_OPEN = "to_end IS NULL AND NOT historical AND state IN ('waiting', 'accepted')"
"""What waits for marketing is in none; as the index `promise_of_the_open` has it."""
STANDS = """CASE WHEN to_touch IS NOT NULL THEN 'end' WHEN to_accept IS NOT NULL THEN 'touch'
        WHEN to_open IS NOT NULL THEN 'accept' WHEN untold THEN 'notify'
        WHEN to_assign IS NOT NULL THEN 'open' ELSE 'assign' END"""
"""The seam that an open hand-over is in."""
SINCE = """made_at + make_interval(secs => coalesce(to_touch, to_accept, to_open, to_notify,
        to_assign, 0))"""
STANDING = f"""
SELECT {STANDS} AS stands, count(*), min({SINCE}) FROM ({{rows}}) r WHERE {IS_OPEN} GROUP BY 1"""


def queues(question: Question, *, at: dt.datetime) -> dict[str, tuple[int, dt.datetime]]:
    """By key of a seam how many are in it now, and since when the first of them is."""
    rows, values = question.rows(at=at)
    found = statements.ask(STANDING.format(rows=rows), values)
    return {key: (n, since) for key, n, since in found}


def passed(question: Question, seam: Seam, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) that passed a seam, those it took longest first."""
    return _behind(question, f"{seam.took} IS NOT NULL", f"-{seam.took}", at=at)


def standing(question: Question, seam: Seam, *, at: dt.datetime) -> Behind[int]:
    """The hand-overs (by primary key) in a seam, the one that has been there longest first."""
    return _behind(question, f"{IS_OPEN} AND {STANDS} = '{seam.key}'", SINCE, at=at)


def _behind(question: Question, which: str, order: str, *, at: dt.datetime) -> Behind[int]:
    rows, values = question.rows(at=at)
    text = f"SELECT id, {order} AS place FROM ({rows}) r WHERE {which}"
    return Behind(f"SELECT id FROM ({text}) behind", values, int, order="place, id DESC")

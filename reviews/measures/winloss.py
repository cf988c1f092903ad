"""Why deals were won and lost, by where their leads first came from.

A deal counts on the day it was over. Campaign and source are the first of its lead, which never
change. Words are the same whatever their case.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from handoff import statements

from .intervals import Share, share

NONE = "-"
"""Stands for a deal whose lead, campaign or source is not known."""

WORDS = ("objections", "triggers", "competitors")
MOST_WORDS = 12
MOST_OF_A_ROW = 3

ENDED = f"""
SELECT o.id, o.stage, o.told_at, o.objections, o.triggers,
    array_remove(ARRAY[nullif(btrim(o.competitor), '')], NULL) AS competitors,
    coalesce(nullif(l.first_campaign, ''), '{NONE}') AS campaign,
    coalesce(nullif(l.first_source, ''), '{NONE}') AS source
FROM leads_opportunity o LEFT JOIN leads_lead l ON l.id = o.lead_id
WHERE o.stage <> 'open' AND o.closed_at >= %s AND o.closed_at < %s"""


@dataclass(frozen=True)
class Question:
    """Which deals: over in `[since, until)`, of a first campaign, source, outcome, and in which
    something was named (objections, triggers, competitors)."""

    since: dt.datetime
    until: dt.datetime
    campaign: str = ""
    source: str = ""
    stage: str = ""
    objections: str = ""
    triggers: str = ""
    competitors: str = ""

    def rows(self) -> tuple[str, list[Any]]:
        """The statement that gives the deals asked for, and its values."""
        asked, values = [], [self.since, self.until]
        for name in ("campaign", "source", "stage"):
            if value := getattr(self, name):
                asked.append(f"{name} = %s")
                values.append(value)
        for name in WORDS:
            if value := getattr(self, name):
                asked.append(
                    f"EXISTS (SELECT FROM unnest({name}) AS w(text) WHERE lower(text) = lower(%s))"
                )
                values.append(value)
        where = f" WHERE {' AND '.join(asked)}" if asked else ""
        return f"SELECT * FROM ({ENDED}) ended{where}", values


@dataclass(frozen=True)
class Word:
    """What was named, in how many deals that were won and lost."""

    text: str
    won: int
    lost: int

    @property
    def all(self) -> int:
        return self.won + self.lost


@dataclass(frozen=True)
class Row:
    """The deals of one campaign or source: won, lost, of how many somebody said why, and what was
    named most."""

    key: str
    won: int
    lost: int
    told: int
    words: dict[str, list[Word]] = field(default_factory=dict)

    @property
    def all(self) -> int:
        return self.won + self.lost

    @property
    def share_won(self) -> Share:
        return share(self.won, self.all)


def whole(question: Question) -> Row:
    """All the deals asked for, with what was named in them."""
    text, values = question.rows()
    ((won, lost, told),) = statements.fetch(
        "SELECT count(*) FILTER (WHERE stage = 'won'), count(*) FILTER (WHERE stage = 'lost'),"
        f" count(told_at) FROM ({text}) r",
        values,
    )
    words = {name: _named(question, name).get("", [])[:MOST_WORDS] for name in WORDS}
    return Row("", won, lost, told, words)


def spread(question: Question, by: str) -> list[Row]:
    """The same by `campaign` or `source`, those with most deals first."""
    if by not in ("campaign", "source"):
        raise ValueError(f"Deals are not spread by {by}.")
    text, values = question.rows()
    rows = statements.fetch(
        f"SELECT {by}, count(*) FILTER (WHERE stage = 'won'),"
        " count(*) FILTER (WHERE stage = 'lost'), count(told_at)"
        f" FROM ({text}) r GROUP BY 1 ORDER BY count(*) DESC, 1",
        values,
    )
    named = {name: _named(question, name, by=by) for name in WORDS}
    return [
        Row(
            key,
            won,
            lost,
            said,
            {name: named[name].get(key, [])[:MOST_OF_A_ROW] for name in WORDS},
        )
        for key, won, lost, said in rows
    ]


def _named(question: Question, name: str, *, by: str = "") -> dict[str, list[Word]]:
    """What was named, most often first, by key of a campaign or source ("" for all)."""
    text, values = question.rows()
    key = by or "''"
    rows = statements.fetch(
        f"SELECT {key}, min(w.text), count(DISTINCT r.id) FILTER (WHERE stage = 'won'),"
        " count(DISTINCT r.id) FILTER (WHERE stage = 'lost')"
        f" FROM ({text}) r CROSS JOIN LATERAL unnest(r.{name}) AS w(text)"
        " GROUP BY 1, lower(w.text) ORDER BY count(DISTINCT r.id) DESC, 2",
        values,
    )
    found: dict[str, list[Word]] = {}
    for of, word, won, lost in rows:
        found.setdefault(of, []).append(Word(word, won, lost))
    return found


def told(question: Question, *, most: int | None = None) -> list[int]:
    """The deals asked for of which somebody said why, by primary key, the latest first."""
    text, values = question.rows()
    limit = f" LIMIT {most:d}" if most is not None else ""
    rows = statements.fetch(
        f"SELECT id FROM ({text}) r WHERE told_at IS NOT NULL"
        f" ORDER BY told_at DESC, id DESC{limit}",
        values,
    )
    return [row[0] for row in rows]


def known(question: Question) -> dict[str, list[str]]:
    """Campaigns and sources that ended deals came from in these days, by name."""
    rows = statements.fetch(
        f"SELECT DISTINCT campaign, source FROM ({ENDED}) ended", [question.since, question.until]
    )
    return {
        "campaign": sorted({row[0] for row in rows}),
        "source": sorted({row[1] for row in rows}),
    }

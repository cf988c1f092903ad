"""Why deals were won and lost, by where their leads first came from.

A deal counts on the day it was over. Campaign and source are the first of its lead, which never
change. Words are the same whatever their case.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
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

NAMED = " UNION ALL ".join(
    f"SELECT '{name}', lower(t), min(t) FROM unnest(alike.{name}) t GROUP BY 2" for name in WORDS
)
COUNTED = f"""
WITH alike AS MATERIALIZED (
    SELECT campaign, source, {", ".join(WORDS)}, count(*) FILTER (WHERE wanted AND stage = 'won')
            AS won, count(*) FILTER (WHERE wanted AND stage = 'lost') AS lost,
        count(told_at) FILTER (WHERE wanted) AS told
    FROM (SELECT ended.*, {{wanted}} AS wanted FROM ({ENDED}) ended) one
    GROUP BY campaign, source, {", ".join(WORDS)})
SELECT campaign, source, '', '', '', sum(won)::int, sum(lost)::int, sum(told)::int
FROM alike GROUP BY 1, 2
UNION ALL
SELECT campaign, source, named.list, named.word, min(named.text), sum(won)::int, sum(lost)::int, 0
FROM alike CROSS JOIN LATERAL ({NAMED}) named (list, word, text)
WHERE won + lost > 0 GROUP BY 1, 2, 3, 4"""
"""Deals that are alike are counted first, so that each of their words is looked at once; those that
are not wanted count for nothing but tell what there is to choose."""


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

    @property
    def ends(self) -> list[dt.datetime]:
        return [self.since, self.until]

    def narrowing(self) -> tuple[str, list[Any]]:
        """What an ended deal has to be besides, and the values."""
        asked, values = ["true"], list[Any]()
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
        return " AND ".join(asked), values


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


@dataclass(frozen=True, slots=True)
class _Part:
    """What was counted of the deals of one campaign and source, or of one word among them."""

    campaign: str
    source: str
    list: str
    word: str
    text: str
    won: int
    lost: int
    told: int


class Found:
    """The deals of a question, counted once."""

    def __init__(self, parts: Iterable[_Part]) -> None:
        listed = list(parts)
        self._deals = [one for one in listed if not one.list]
        self._words = [one for one in listed if one.list]

    @property
    def whole(self) -> Row:
        """All the deals asked for, with what was named in them."""
        return _row("", self._deals, self._words, most=MOST_WORDS)

    def spread(self, by: str) -> list[Row]:
        """The same by `campaign` or `source`, those with most deals first."""
        if by not in ("campaign", "source"):
            raise ValueError(f"Deals are not spread by {by}.")
        deals, words = _by(by, self._deals), _by(by, self._words)
        rows = [_row(key, deals[key], words.get(key, ()), most=MOST_OF_A_ROW) for key in deals]
        return sorted((row for row in rows if row.all), key=lambda row: (-row.all, row.key))

    def known(self, by: str) -> list[str]:
        """Campaigns or sources that ended deals came from in these days, by name."""
        return sorted(_by(by, self._deals))


def find(question: Question) -> Found:
    """The deals of a question, in one statement."""
    wanted, values = question.narrowing()
    rows = statements.ask(COUNTED.format(wanted=wanted), [*values, *question.ends])
    return Found(_Part(*row) for row in rows)


def _by(by: str, parts: Iterable[_Part]) -> dict[str, list[_Part]]:
    found: dict[str, list[_Part]] = {}
    for one in parts:
        found.setdefault(getattr(one, by), []).append(one)
    return found


def _row(key: str, deals: Iterable[_Part], words: Iterable[_Part], *, most: int) -> Row:
    sums = Counter[str]()
    for one in deals:
        sums.update(won=one.won, lost=one.lost, told=one.told)
    lists: dict[str, list[_Part]] = {name: [] for name in WORDS}
    for one in words:
        lists[one.list].append(one)
    named = {name: _named(parts)[:most] for name, parts in lists.items()}
    return Row(key, sums["won"], sums["lost"], sums["told"], named)


def _named(parts: Iterable[_Part]) -> list[Word]:
    """What was named, most often first."""
    found: dict[str, Word] = {}
    for one in parts:
        there = found.get(one.word, Word(one.text, 0, 0))
        text = min(there.text, one.text)
        found[one.word] = Word(text, there.won + one.won, there.lost + one.lost)
    return sorted(found.values(), key=lambda word: (-word.all, word.text))


def told(question: Question, *, most: int | None = None) -> list[int]:
    """The deals asked for of which somebody said why, by primary key, the latest first."""
    wanted, values = question.narrowing()
    limit = f" LIMIT {most:d}" if most is not None else ""
    rows = statements.ask(
        f"SELECT id FROM ({ENDED}) ended WHERE told_at IS NOT NULL AND {wanted}"
        f" ORDER BY told_at DESC, id DESC{limit}",
        [*question.ends, *values],
    )
    return [row[0] for row in rows]

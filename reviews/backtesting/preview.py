"""What a draft would do, at once: a sample of the last months, judged by the live version and by
the draft as it is being edited. Nothing is kept.

The sample is drawn by a hash of the lead, so that it is the same lead for lead while a threshold is
dragged, for some minutes, and for everybody.
"""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from django.core.cache import cache
from django.db import connection, transaction

from handoff import statements
from handoff.rules.definition import STATUSES, Definition
from leads.models import Lead
from reviews.measures.intervals import Share, share

from .finding import RANKS, READY
from .statement import GIVEN_FACTS, GIVEN_TOUCHES, WHOLE_JOINS, judged

SIZE = 3000
CANDIDATES = 12_000
PERIOD = dt.timedelta(days=90)
FRESH = dt.timedelta(minutes=5)
"""So long the same sample is asked, that figures do not jump while a threshold is dragged."""

DRAWN = """
WITH candidates AS MATERIALIZED (
    SELECT id, row_number() OVER (ORDER BY hashint8extended(id, 0), id) AS rank FROM (
        SELECT id FROM leads_lead ORDER BY hashint8extended(id, 0), id LIMIT %s) AS first
)
SELECT DISTINCT ON (c.rank) c.rank, c.id, j.id
FROM candidates c
JOIN leads_lead l ON l.id = c.id AND l.merged_into_id IS NULL
JOIN leads_judgement j ON j.lead_id = c.id AND j.as_of >= %s AND j.as_of < %s
LEFT JOIN leads_handoff quoting ON quoting.judgement_id = j.id AND quoting.step = 'sdr'
ORDER BY c.rank, quoting.id NULLS LAST, j.as_of, j.id"""

CROSSED = """WITH seen AS MATERIALIZED ({facts}),
was AS ({was}),
would AS ({would})
SELECT was.status, would.status, count(*) FROM was FULL JOIN would ON would.id = was.id
GROUP BY 1, 2"""


@dataclass(frozen=True)
class Sample:
    """Leads of the sample with the judgement taken of each; every one stands for `weight`."""

    leads: list[int]
    judgements: list[int]
    weight: float
    is_whole: bool


@dataclass(frozen=True)
class Volume:
    """One status a week: by the live version, and under the draft with the sample's interval."""

    status: str
    was: float
    would: float
    low: float
    high: float


@dataclass(frozen=True)
class Preview:
    """What the sample says. `n` leads, of which each stands for `weight`; all leads if whole."""

    n: int
    weight: float
    is_whole: bool
    counts: dict[tuple[str, str], int]

    @cached_property
    def volumes(self) -> list[Volume]:
        """Every status that occurs, a week."""
        there = {status for pair in self.counts for status in pair}
        return [self._volume(status) for status in STATUSES if status in there]

    @property
    def shown(self) -> list[Volume]:
        """Sales ready, and what else changes."""
        return [one for one in self.volumes if one.status == READY or one.was != one.would]

    @property
    def ready(self) -> Volume:
        return self._volume(READY)

    @property
    def most(self) -> float:
        """The longest bar of all volumes."""
        return max((max(one.was, one.would) for one in self.volumes), default=1.0)

    @property
    def closer(self) -> Share:
        return share(self._moved(-1), self.n)

    @property
    def further(self) -> Share:
        return share(self._moved(1), self.n)

    @property
    def changes(self) -> list[tuple[str, str, float]]:
        """(status by the live version, under the draft, leads a week), the most first."""
        moved = [(*pair, n * self._weekly) for pair, n in self.counts.items() if pair[0] != pair[1]]
        return sorted(moved, key=lambda one: -one[2])

    @property
    def _weekly(self) -> float:
        return self.weight * dt.timedelta(days=7) / PERIOD

    def _moved(self, way: int) -> int:
        return sum(
            n for (was, would), n in self.counts.items() if (RANKS[would] - RANKS[was]) * way > 0
        )

    def _volume(self, status: str) -> Volume:
        was = sum(n for (before, _), n in self.counts.items() if before == status)
        would = sum(n for (_, after), n in self.counts.items() if after == status)
        found = share(would, self.n)
        scale = self.n * self._weekly
        return Volume(
            status, was * self._weekly, would * self._weekly, found.low * scale, found.high * scale
        )


def sample(*, at: dt.datetime) -> Sample:
    """The sample of these minutes."""
    place = int(at.timestamp() // FRESH.total_seconds())
    key = f"backtest-sample-{place}"
    drawn: Sample | None = cache.get(key)
    if drawn is None:
        drawn = _draw(at)
        cache.set(key, drawn, FRESH.total_seconds())
    return drawn


def _draw(until: dt.datetime) -> Sample:
    everybody = Lead.objects.count()
    rows = statements.fetch(DRAWN, [CANDIDATES, until - PERIOD, until])
    taken = rows[:SIZE]
    looked_at = taken[-1][0] if len(rows) > SIZE else min(CANDIDATES, everybody)
    return Sample(
        leads=[lead for _, lead, _ in taken],
        judgements=[judgement for _, _, judgement in taken],
        weight=everybody / looked_at if looked_at else 1.0,
        is_whole=looked_at >= everybody,
    )


def preview(draft: Definition, live: Definition, *, at: dt.datetime) -> Preview:
    """The sample judged by both."""
    drawn = sample(at=at)
    sql = CROSSED.format(
        facts=GIVEN_FACTS,
        was=judged(live, "seen", GIVEN_TOUCHES),
        would=judged(draft, "seen", GIVEN_TOUCHES),
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(WHOLE_JOINS)
        cursor.execute(sql, {"leads": drawn.leads, "judgements": drawn.judgements})
        counts = {(was, would): n for was, would, n in cursor.fetchall()}
    return Preview(len(drawn.leads), drawn.weight, drawn.is_whole, counts)

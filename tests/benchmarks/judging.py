"""Judging one lead and all of them; assigning ten thousand; the nightly re-score."""

import datetime as dt
import statistics
import time
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from handoff import statements
from leads.journey import handing, nurturing
from leads.journey.handing import Passage
from leads.journey.judging import FACTS, TOUCHES, Ask, judge
from leads.journey.law import live_law
from leads.models import Lead

from . import house
from .table import Figure, ms, per_second

ASSIGNED = 10_000
BATCH = 500


def measure() -> Iterator[Figure]:
    """The figures of this part."""
    yield from _judge()
    yield from _assign()
    yield from _rescore()


def _judge() -> Iterator[Figure]:
    said = live_law().compiled.sql(facts="SELECT * FROM facts", touches=TOUCHES)
    one = f"WITH facts AS MATERIALIZED ({FACTS}) SELECT * FROM ({said}) AS said"
    every = (
        f"WITH facts AS MATERIALIZED ({FACTS}) SELECT count(*), sum(fit), sum(intent),"
        f" sum(cardinality(routes)), sum(length(fit_parts::text)) FROM ({said}) AS said"
    )
    now = timezone.now()
    ids = list(Lead.objects.order_by("pk").values_list("pk", flat=True))
    taken = [_seconds(one, [[lead_id], [now]]) for lead_id in ids[:: max(len(ids) // 300, 1)]]
    middle = statistics.median(taken[20:])
    yield Figure("judging one lead", ms(middle), target="under 3 ms", ok=middle < 0.003)
    took = min(_seconds(every, [ids, [now] * len(ids)]) for _ in range(2))
    allowed = 5.0 * max(len(ids), 1000) / 100_000
    yield Figure(
        f"judging {len(ids):,} leads",
        f"{took:.2f} s",
        target=f"under {allowed:.1f} s",
        ok=took < allowed,
    )


def _seconds(sql: str, params: list[object]) -> float:
    started = time.perf_counter()
    statements.fetch(sql, params)
    return time.perf_counter() - started


def _assign() -> Iterator[Figure]:
    """Hand over leads that have no open hand-over: route, turn, clocks, letters, all committed."""
    now, law = timezone.now(), live_law()
    free = Lead.objects.filter(status="sales_ready").exclude(
        handoffs__ended_at=None, handoffs__isnull=False
    )
    ids = list(free.order_by("pk").values_list("pk", flat=True)[:ASSIGNED])
    if len(ids) < ASSIGNED:
        ids = _freed(ASSIGNED)
    judged = {}
    for start in range(0, len(ids), 5000):
        asks = [Ask(lead_id, now) for lead_id in ids[start : start + 5000]]
        judged |= judge(asks, law=law, at=now)
    passages = [_passage(one, now) for one in judged.values() if one.routes]
    started = time.perf_counter()
    for start in range(0, len(passages), BATCH):
        with transaction.atomic():
            handing.hand_over(passages[start : start + BATCH])
    took = time.perf_counter() - started
    scaled = took * ASSIGNED / max(len(passages), 1)
    yield Figure(
        f"{len(passages):,} leads assigned",
        f"{took:.2f} s",
        target="10,000 under 3 s",
        ok=scaled < 3,
    )


def _freed(count: int) -> list[int]:
    """Leads whose hand-over was ended for the purpose."""
    with house.administrator(house.DATABASE) as admin:
        rows = admin.execute(
            "WITH ended AS (SELECT h.id, h.lead_id FROM leads_handoff h"
            " WHERE h.ended_at IS NULL AND h.status <> 'needs_qualification'"
            " ORDER BY h.id LIMIT %s)"
            " UPDATE leads_handoff h SET state = 'closed', ended_at = now() - interval '1 minute',"
            " due_at = NULL FROM ended WHERE ended.id = h.id RETURNING h.lead_id",
            [count],
        ).fetchall()
    return [int(str(lead_id)) for (lead_id,) in rows]


def _passage(judged: object, now: dt.datetime) -> Passage:
    return Passage(judged=judged, at=now, triggered_at=now, title="Bench", reentry=True)  # type: ignore[arg-type]


def _rescore() -> Iterator[Figure]:
    """The nightly re-score of everybody, beside a bare UPDATE … FROM of the same rows."""
    count = Lead.objects.count()
    started = time.perf_counter()
    changed = nurturing.rescore_all(at=timezone.now() + dt.timedelta(days=1))
    took = time.perf_counter() - started
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_lead l SET status = j.status, judgement_id = j.id"
            " FROM leads_judgement j WHERE j.id = l.judgement_id"
        )
    bare = time.perf_counter() - started
    rate, floor = count / took, count / bare
    yield Figure(
        f"re-score of {count:,} leads, {changed:,} changed",
        per_second(rate),
        f"{per_second(floor)} UPDATE … FROM",
        f"1/{floor / rate:.1f}",
        "at least 1/2",
        rate >= floor / 2,
    )

"""Judging one lead and all of them; assigning ten thousand; the nightly re-score."""

import datetime as dt
import statistics
import time
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.utils import timezone

from handoff import business_time, statements
from leads.journey import handing, nurturing, rosters
from leads.journey.handing import Passage
from leads.journey.judging import FACTS, TOUCHES, Ask, Judged, judge
from leads.journey.law import live_law
from leads.journey.routing import asked, place_all
from leads.models import Handoff, Lead

from . import house
from .table import Figure, ms, per_second

ASSIGNED = 10_000
BATCH = 500


def measure() -> Iterator[Figure]:
    """The figures of this part."""
    yield from _judge()
    yield from _rescore()
    yield from _assign()
    yield from _deadline()


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


def _deadline() -> Iterator[Figure]:
    hours = {"mon-fri": ["09:00-12:30", "13:30-17:30"]}
    us_east = {"key": "us", "timezone": "America/New_York", "hours": hours, "holidays": "US"}
    calendar = business_time.calendar_from(us_east)
    start = dt.datetime(2026, 10, 15, 16, 20, tzinfo=dt.UTC)
    business_time.due(calendar, start, 30)
    began = time.perf_counter()
    for _ in range(1000):
        business_time.due(calendar, start, 30)
    each = (time.perf_counter() - began) / 1000
    yield Figure("a deadline across a lunch", f"{each * 1e6:.0f} µs")


def _seconds(sql: str, params: list[object]) -> float:
    started = time.perf_counter()
    statements.fetch(sql, params)
    return time.perf_counter() - started


def _assign() -> Iterator[Figure]:
    """Give out leads that wait: whose turn, why not the others, the ledger; and, for its own sake,
    the whole hand-over with clocks, receipts and letters. Both committed."""
    now, law = timezone.now(), live_law()
    freed = _freed(2 * ASSIGNED)
    ids = [lead_id for lead_id, _ in freed]
    judged: dict[int, Judged] = {}
    for start in range(0, len(freed), 5000):
        asks = [Ask(*one) for one in freed[start : start + 5000]]
        judged |= judge(asks, law=law, at=now)
    passages = [_passage(one, now) for one in judged.values() if one.routes]
    whole = passages[: len(passages) // 2]
    took = _batches(whole, handing.hand_over)
    turns = passages[len(passages) // 2 :]
    made = dict(Handoff.objects.filter(lead__in=ids).order_by("pk").values_list("lead", "pk"))
    assigned = _batches(turns, lambda batch: _give(batch, made))
    scaled = assigned * ASSIGNED / len(turns)
    yield Figure(
        f"{len(turns):,} leads assigned",
        f"{assigned:.2f} s",
        target="10,000 under 3 s",
        ok=scaled < 3,
    )
    yield Figure(f"  {len(whole):,} handed over, clocks and letters too", f"{took:.2f} s")


def _batches(passages: list[Passage], work: Callable[[list[Passage]], object]) -> float:
    """Seconds that all took, batch by batch, each committed."""
    started = time.perf_counter()
    for start in range(0, len(passages), BATCH):
        with transaction.atomic():
            work(passages[start : start + BATCH])
    return time.perf_counter() - started


def _give(passages: list[Passage], made: dict[int, int]) -> None:
    """Decide whose turn it is; write the ledger, what was weighed, and the owner."""
    batch = [asked(one.judged, at=one.at) for one in passages]
    placements, teams = place_all(batch, historical=False)
    ids = [made[place.lead_id] for place in placements]
    rosters.write(teams, handoffs={place.lead_id: made[place.lead_id] for place in placements})
    handing.assign(ids, passages, placements)
    owners = [place.owner.user_id if place.owner else None for place in placements]
    statements.execute(
        "UPDATE leads_handoff h SET owner_id = given.owner, assigned_at = %s"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS given(id, owner) WHERE h.id = given.id",
        [passages[0].at, ids, owners],
    )


def _freed(count: int) -> list[tuple[int, dt.datetime]]:
    """Leads whose hand-over was ended for the purpose, and as of when they had been judged."""
    with house.administrator(house.DATABASE) as admin:
        rows = admin.execute(
            "WITH ended AS (SELECT h.id, j.as_of FROM leads_handoff h"
            " JOIN leads_judgement j ON j.id = h.judgement_id"
            " WHERE h.ended_at IS NULL AND h.status <> 'needs_qualification'"
            " ORDER BY h.id DESC LIMIT %s)"
            " UPDATE leads_handoff h SET state = 'closed', ended_at = now() - interval '1 minute',"
            " due_at = NULL FROM ended WHERE ended.id = h.id RETURNING h.lead_id, ended.as_of",
            [count],
        ).fetchall()
    return [(int(str(lead_id)), dt.datetime.fromisoformat(str(at))) for lead_id, at in rows]


def _passage(judged: Judged, now: dt.datetime) -> Passage:
    return Passage(judged=judged, at=now, triggered_at=now, title="Bench", reentry=True)


def _rescore() -> Iterator[Figure]:
    """The nightly re-score of everybody, beside a bare UPDATE … FROM of the same rows. The first
    after an import of the past, in which most outcomes are new, is told for its own sake."""
    count = Lead.objects.count()
    first, news = _rescored(days=0)
    yield Figure(f"first re-score, {news:,} changed", per_second(count / first))
    house.settle()
    took, changed = _rescored(days=1)
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE leads_lead l SET status = j.status, judgement_id = j.id"
            " FROM leads_judgement j WHERE j.id = l.judgement_id"
        )
    bare = time.perf_counter() - started
    rate, floor = count / took, count / bare
    yield Figure(
        f"nightly re-score of {count:,}, {changed:,} changed",
        per_second(rate),
        f"{per_second(floor)} UPDATE … FROM",
        f"1/{floor / rate:.1f}",
        "at least 1/2",
        rate >= floor / 2,
    )


def _rescored(*, days: int) -> tuple[float, int]:
    """Seconds that a re-score of everybody took, and how many outcomes changed."""
    started = time.perf_counter()
    changed = nurturing.rescore_all(at=timezone.now() + dt.timedelta(days=days))
    return time.perf_counter() - started, changed

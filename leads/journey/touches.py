"""What known leads did, told by other systems: kept at once, then each lead is judged again.

Source: contracts.md §2, `POST /touchpoints`. Two commits: the touchpoints, so that none is lost
when judging meets a fault; then the judging, with whatever follows from it. A fault in the second
leaves a delivery that `judge_stored` tries again.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

from handoff import statements
from handoff.rules import fields
from leads.models import Delivery

from . import knowing
from .intake import Envelope, store
from .law import NoLaw
from .nurturing import reconsider
from .reading import Problem, Refused, Touch, read_touch

log = logging.getLogger(__name__)

NAMES = ("lead", "email", "external_id")
BIGGEST_ID = 2**63 - 1
TRIES = 6
SWEPT = 50
PATIENCE = dt.timedelta(seconds=30)
"""How long a stored report is left to the request that brought it."""

FIND = """
SELECT given.place, coalesce(l.merged_into_id, l.id)
FROM unnest(%s::int[], %s::bigint[], %s::text[], %s::text[], %s::text[])
    AS given(place, id, email, system, external_id)
LEFT JOIN leads_externalid x ON x.system = given.system AND x.external_id = given.external_id
JOIN leads_lead l ON l.id = coalesce(given.id, x.lead_id) OR l.email = given.email"""

KEEP = f"""
WITH did AS ({knowing.TOUCH_SQL}),
seen AS (
    UPDATE leads_lead l SET last_seen_at = newest.at
    FROM (SELECT lead_id, max(occurred_at) AS at FROM did GROUP BY lead_id) newest
    WHERE l.id = newest.lead_id AND l.last_seen_at < newest.at
)
SELECT lead_id, count(*), max(occurred_at) FROM did GROUP BY lead_id"""

LOCK = """
SELECT id FROM leads_lead WHERE id = ANY(%s) AND merged_into_id IS NULL ORDER BY id
FOR NO KEY UPDATE"""

CLAIM = """
SELECT payload::text FROM leads_delivery WHERE id = %s AND state = 'stored'
FOR NO KEY UPDATE SKIP LOCKED"""


@dataclass(frozen=True)
class TouchpointReport:
    """What became of a batch. `quarantined`: the rows that were set aside, and why; `judged`: how
    many leads were judged again."""

    accepted: int
    repeated: int
    quarantined: tuple[Problem, ...]
    judged: int


@dataclass(frozen=True)
class _Named:
    """A touchpoint and the one name its lead was given."""

    place: int
    touch: Touch
    name: str
    value: Any


def record(
    rows: Sequence[Any], *, source: str, api_key_id: int | None, at: dt.datetime
) -> TouchpointReport:
    """Keep touchpoints of known leads and judge each of these leads again.

    Rows about unknown persons, and rows that cannot be read, go to quarantine one by one.
    """
    named, problems = _read(rows, at)
    found = _find(named, source)
    problems += [
        Problem(
            f"touchpoints[{one.place}].{one.name}", f"Nobody is known as “{str(one.value)[:100]}”."
        )
        for one in named
        if one.place not in found
    ]
    problems.sort(key=_place)
    deeds = [(found[one.place], one.touch) for one in named if one.place in found]
    with transaction.atomic():
        _quarantine(rows, problems, source, api_key_id, at)
        kept, newest = _keep(deeds, at)
        delivery_id = _remember(newest, source, api_key_id, at)
    judged = _judge(delivery_id, at=at) if delivery_id else 0
    return TouchpointReport(kept, len(deeds) - kept, tuple(problems), judged)


def _read(rows: Sequence[Any], at: dt.datetime) -> tuple[list[_Named], list[Problem]]:
    named: list[_Named] = []
    problems: list[Problem] = []
    for place, row in enumerate(rows):
        try:
            named.append(_named(place, row, at))
        except Refused as refused:
            problems += [
                Problem(f"touchpoints[{place}]{'.' if one.place else ''}{one.place}", one.message)
                for one in refused.problems[:1]
            ]
    return named, problems


def _named(place: int, row: Any, at: dt.datetime) -> _Named:
    if not isinstance(row, dict):
        raise Refused([Problem("", "A touchpoint is an object with a signal and a lead.")])
    touch = read_touch(row, received_at=at)
    given = [name for name in NAMES if row.get(name) not in (None, "")]
    if len(given) != 1:
        raise Refused([Problem("", "Exactly one of lead, email and external_id names the lead.")])
    name, value = given[0], row[given[0]]
    if name == "lead" and (isinstance(value, bool) or not _is_id(value)):
        raise Refused([Problem("lead", "This is no id of a lead.")])
    if isinstance(value, bool | dict | list | float):
        raise Refused([Problem(name, "This must be a text.")])
    return _Named(place, touch, name, value)


def _is_id(value: Any) -> bool:
    return (isinstance(value, int) or (isinstance(value, str) and value.isdecimal())) and (
        0 < int(value) <= BIGGEST_ID
    )


def _place(problem: Problem) -> int:
    return int(problem.place.partition("[")[2].partition("]")[0])


def _find(named: Sequence[_Named], source: str) -> dict[int, int]:
    """Lead ids by the row's place."""
    if not named:
        return {}
    rows = statements.fetch(
        FIND,
        [
            [one.place for one in named],
            [int(one.value) if one.name == "lead" else None for one in named],
            [
                fields.normalise("email", one.value) if one.name == "email" else None
                for one in named
            ],
            [source] * len(named),
            [str(one.value).strip() if one.name == "external_id" else None for one in named],
        ],
    )
    return dict(rows)


def _quarantine(
    rows: Sequence[Any],
    problems: Iterable[Problem],
    source: str,
    api_key_id: int | None,
    at: dt.datetime,
) -> None:
    store(
        [
            Envelope(
                source=source,
                key=uuid.uuid4().hex,
                payload=rows[_place(problem)],
                channel=Delivery.Channel.API,
                kind=Delivery.Kind.TOUCHPOINT,
                api_key_id=api_key_id,
                error=str(problem),
            )
            for problem in problems
        ],
        at=at,
    )


def _keep(
    deeds: Sequence[tuple[int, Touch]], at: dt.datetime
) -> tuple[int, dict[int, dt.datetime]]:
    """Write touchpoints; how many were new, and the newest new one of each lead."""
    if not deeds:
        return 0, {}
    statements.fetch(LOCK, [sorted({lead_id for lead_id, _ in deeds})])
    told = [knowing.touch_row(lead_id, touch, at) for lead_id, touch in deeds]
    columns = zip(*told, strict=True)
    rows = statements.fetch(KEEP, [list(column) for column in columns])
    return sum(row[1] for row in rows), {row[0]: row[2] for row in rows}


def _remember(
    newest: dict[int, dt.datetime], source: str, api_key_id: int | None, at: dt.datetime
) -> int | None:
    """Keep what has to be judged, until it is."""
    if not newest:
        return None
    payload = {"leads": [[lead_id, moment.isoformat()] for lead_id, moment in newest.items()]}
    envelope = Envelope(
        source=source,
        key=uuid.uuid4().hex,
        payload=payload,
        channel=Delivery.Channel.API,
        kind=Delivery.Kind.TOUCHPOINT,
        api_key_id=api_key_id,
    )
    return store([envelope], at=at)[0].delivery_id


def _judge(delivery_id: int, *, at: dt.datetime) -> int:
    """Judge the leads of a kept report again; how many. A fault leaves it for another try."""
    try:
        with transaction.atomic():
            rows = statements.fetch(CLAIM, [delivery_id])
            return _judge_all(delivery_id, statements.loads(rows[0][0])["leads"], at) if rows else 0
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError, NoLaw) as error:
        if not isinstance(error, NoLaw):
            log.exception("touchpoints of delivery %s could not be judged", delivery_id)
        _put_off(delivery_id, str(error), at=at, counts=not isinstance(error, NoLaw))
        return 0


def _judge_all(delivery_id: int, leads: list[list[Any]], at: dt.datetime) -> int:
    moments = {lead_id: dt.datetime.fromisoformat(text) for lead_id, text in leads}
    locked = [row[0] for row in statements.fetch(LOCK, [list(moments)])]
    judged = reconsider(locked, at=at, evidence_at=moments, why="touchpoint")
    statements.execute(
        "UPDATE leads_delivery SET state = 'done', error = '', retry_at = NULL, outcome = 'updated'"
        " WHERE id = %s",
        [delivery_id],
    )
    return judged


def _put_off(delivery_id: int, error: str, *, at: dt.datetime, counts: bool) -> None:
    statements.execute(
        "UPDATE leads_delivery SET error = %s, attempts = attempts + %s,"
        " retry_at = %s::timestamptz + least(power(4, attempts), 3600) * interval '1 second',"
        " state = CASE WHEN attempts + %s >= %s THEN 'quarantined' ELSE 'stored' END"
        " WHERE id = %s AND state = 'stored'",
        [error, int(counts), at, int(counts), TRIES, delivery_id],
    )


def judge_stored(*, at: dt.datetime) -> int:
    """Judge what a crash or a fault left behind; how many reports were tried."""
    left = Delivery.objects.filter(kind=Delivery.Kind.TOUCHPOINT, state=Delivery.State.STORED)
    due = left.filter(retry_at__lte=at) | left.filter(retry_at=None, received_at__lt=at - PATIENCE)
    ids = list(due.order_by("pk").values_list("pk", flat=True)[:SWEPT])
    for delivery_id in ids:
        _judge(delivery_id, at=at)
    return len(ids)

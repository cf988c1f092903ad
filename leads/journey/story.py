"""The second commit: stored deliveries go through the whole journey in one transaction.

Each function is one step of the story that `leads.journey` tells.
"""

import datetime as dt
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import Error as DatabaseError
from django.db import transaction

from handoff import statements
from leads.models import Delivery, Event

from . import awaiting, handing, intake, matching, promising, returning, tracks
from .awaiting import Asking, Plea
from .handing import Passage, Passed
from .judging import Ask, Judged, judge
from .law import InForce, NoLaw, in_force
from .matching import Arrival
from .outcome import Outcome
from .recording import Happening, record
from .returning import Standing
from .sides import judge_by_side
from .staying import stay

log = logging.getLogger(__name__)

AFTERWARDS = dt.timedelta(microseconds=1)
"""The least by which one moment comes after another."""

TRIES = 6
"""After so many faults a delivery goes to quarantine with its error."""

CLAIM = """
SELECT id, source, payload::text, channel, origin, historical, received_at, attempts, batch_id
FROM leads_delivery WHERE id = ANY(%s) AND state = 'stored' AND kind = 'lead'
ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"""

FINISH = """
UPDATE leads_delivery d SET state = 'done', lead_id = given.lead_id, outcome = given.outcome,
    notes = given.notes::text[], error = '', retry_at = NULL
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[])
    AS given(id, lead_id, outcome, notes)
WHERE d.id = given.id"""


@dataclass
class Wave:
    """Arrivals of different people, taken through the journey side by side."""

    arrivals: list[Arrival]
    at: dt.datetime
    judged: dict[int, Judged] = field(default_factory=dict)
    standing: dict[int, Standing] = field(default_factory=dict)
    passed: dict[int, Passed] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)

    def moment(self, arrival: Arrival) -> dt.datetime:
        """When things happen to an arrival: now, or in its own past."""
        return arrival.enquiry.occurred_at if arrival.historical else self.at

    @property
    def evidence_at(self) -> dict[int, dt.datetime | None]:
        """When the newest of what each lead told came about."""
        return {arrival.lead_id: arrival.newest_evidence for arrival in self.arrivals}


def take_in(delivery_ids: Sequence[int], *, at: dt.datetime) -> list[Outcome]:
    """Take stored deliveries through the journey; outcomes in the order of the ids.

    Those that another process works on, or that are done, come back as they are stored. A fault in
    a batch is looked for one by one, so that one delivery never stops the others; the faulty one is
    tried again later and quarantined after some tries.
    """
    if not delivery_ids:
        return []
    try:
        with transaction.atomic():
            outcomes = _journey(delivery_ids, at=at)
    except NoLaw as error:
        outcomes = put_off(delivery_ids, str(error), at=at, counts=False)
    except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        if len(delivery_ids) > 1:
            return [one for delivery_id in delivery_ids for one in take_in([delivery_id], at=at)]
        log.exception("delivery %s could not be taken in", delivery_ids[0])
        outcomes = put_off(delivery_ids, f"{type(error).__name__}: {error}", at=at, counts=True)
    found = {one.delivery_id: one for one in outcomes}
    rest = [delivery_id for delivery_id in delivery_ids if delivery_id not in found]
    found |= {one.delivery_id: one for one in _as_stored(rest)}
    return [found[delivery_id] for delivery_id in delivery_ids if delivery_id in found]


def _journey(delivery_ids: Sequence[int], *, at: dt.datetime) -> list[Outcome]:
    arrivals, refused = _claim(delivery_ids, at=at)
    outcomes = [Outcome.quarantined(*one) for one in refused]
    if arrivals:
        force = in_force()
        matching.lock(arrivals)
        for wave in _waves(arrivals, at=at):
            outcomes += _go(wave, force)
    return outcomes


def _claim(
    delivery_ids: Sequence[int], *, at: dt.datetime
) -> tuple[list[Arrival], list[tuple[int, str]]]:
    """Lock and read what is stored; what cannot be understood goes to quarantine."""
    arrivals, refused = [], []
    rows = statements.fetch(CLAIM, [list(delivery_ids)])
    for delivery_id, source, payload, channel, origin, historical, received_at, _, batch in rows:
        try:
            enquiry = intake.understand(statements.loads(payload), received_at=received_at)
        except intake.Refused as error:
            refused.append((delivery_id, str(error)))
            continue
        arrivals.append(
            Arrival(
                delivery_id=delivery_id,
                enquiry=enquiry,
                source=source,
                origin=origin,
                historical=historical,
                channel=channel,
                batch_id=batch,
            )
        )
    intake.quarantine(refused, at=at)
    return arrivals, refused


def _waves(arrivals: Iterable[Arrival], *, at: dt.datetime) -> list[Wave]:
    """Split a batch so that no wave holds one person twice, an imported past in its order.

    What a person told in a later wave comes after what an earlier one was judged on.
    """
    last: dict[Any, int] = {}
    waves: dict[tuple[int, bool], Wave] = {}
    for arrival in sorted(arrivals, key=lambda one: (one.enquiry.occurred_at, one.delivery_id)):
        names = matching.identities(arrival)
        place = max((last[name] + 1 for name in names if name in last), default=0)
        last |= dict.fromkeys(names, place)
        wave = waves.setdefault((place, arrival.historical), Wave([], at + place * AFTERWARDS))
        wave.arrivals.append(arrival)
    return [waves[key] for key in sorted(waves)]


def _go(wave: Wave, force: InForce) -> list[Outcome]:
    matching.match(wave.arrivals, at=wave.at)
    _judge(wave, force)
    known = {arrival.lead_id for arrival in wave.arrivals if arrival.created}
    with statements.together():
        _finish(wave.arrivals)
        _hand_over(wave)
        record(wave.happenings, first_of=known, webhooks=force.webhooks)
    due = _due_of_open(wave)
    return [
        Outcome.of(
            arrival,
            wave.judged[arrival.lead_id],
            passed=wave.passed.get(arrival.lead_id),
            standing=wave.standing.get(arrival.lead_id),
            due=due,
        )
        for arrival in wave.arrivals
    ]


def _judge(wave: Wave, force: InForce) -> None:
    asks = {a.lead_id: Ask(a.lead_id, a.enquiry.occurred_at) for a in wave.arrivals}
    if wave.arrivals[0].historical:
        wave.judged = judge(list(asks.values()), law=force.live, at=None)
    else:
        asked = list(asks.values())
        wave.judged = judge_by_side(asked, wave.evidence_at, force=force, at=wave.at)
    for arrival in wave.arrivals:
        wave.happenings += _received(arrival, wave.judged[arrival.lead_id], wave.moment(arrival))


def _received(arrival: Arrival, judged: Judged, at: dt.datetime) -> list[Happening]:
    enquiry = arrival.enquiry
    received = {
        "channel": arrival.channel,
        "source": arrival.source,
        "delivery": arrival.delivery_id,
        "outcome": "created" if arrival.created else "updated" if arrival.changed else "repeated",
        "trigger": enquiry.values.get("trigger", ""),
        "touchpoints": len(enquiry.touches),
    }
    happenings = [
        Happening(
            arrival.lead_id,
            Event.Kind.RECEIVED,
            at,
            by=f"{arrival.channel} {arrival.source}",
            body=received,
        )
    ]
    if arrival.account_id is not None and arrival.created:
        matched = {"account": arrival.account_id, "domain": arrival.account_domain}
        happenings.append(Happening(arrival.lead_id, Event.Kind.MATCHED, at, body=matched))
    happenings.append(Happening(arrival.lead_id, Event.Kind.JUDGED, at, body=verdict(judged)))
    return happenings


def verdict(judged: Judged) -> dict[str, Any]:
    """A judgement as an event tells it."""
    return {
        "status": judged.status,
        "rule": judged.rule,
        "rule_label": handing.rule_label(judged),
        "fit": round(judged.fit, 1),
        "intent": round(judged.intent, 1),
        "version": judged.law.number,
        "judgement": judged.judgement_id,
    }


def _hand_over(wave: Wave) -> None:
    seen_before = [arrival.lead_id for arrival in wave.arrivals if not arrival.created]
    wave.standing = returning.standings(seen_before)
    pleas = awaiting.pleas(seen_before)
    stay(wave.judged.values(), wave.standing, pleas, wave.evidence_at)
    passages: list[Passage] = []
    askings: list[Asking] = []
    judged_at: dict[int, dt.datetime] = {}
    for arrival in {arrival.lead_id: arrival for arrival in wave.arrivals}.values():
        judged, at = wave.judged[arrival.lead_id], wave.moment(arrival)
        standing, plea = wave.standing.get(arrival.lead_id), pleas.get(arrival.lead_id)
        if standing is not None and standing.handoff_id is not None:
            what = {"submission": arrival.enquiry.values.get("trigger", "")}
            judged_at[arrival.lead_id] = at
            wave.happenings += returning.add(
                judged, standing, at=at, title=arrival.title, what=what
            )
            continue
        begins = awaiting.may_begin(standing, plea, arrival.newest_evidence)
        if not judged.is_handed_over or not begins:
            continue
        if judged.approve:
            trigger = awaiting.trigger_of(plea, arrival.enquiry.occurred_at)
            askings.append(Asking(judged, at, trigger, arrival.historical))
        else:
            passages.append(_passage(arrival, judged, standing, plea, at))
    wave.happenings += promising.complete(wave.judged.values(), judged_at)
    _wait_for_marketing(wave, askings, pleas)
    _keep_nurture_tracks(wave)
    passed, happenings = handing.hand_over(passages)
    wave.passed = {one.lead_id: one for one in passed}
    wave.happenings += happenings
    wave.happenings += _leave_nurture(wave, askings)


def _wait_for_marketing(wave: Wave, askings: list[Asking], pleas: dict[int, Plea]) -> None:
    """Put before marketing what asks for it, and take back what waited and asks no more."""
    wave.happenings += awaiting.ask_for_approval(askings)
    if not wave.arrivals[0].historical:
        asked = {asking.judged.lead_id for asking in askings}
        rest = [one for lead_id, one in wave.judged.items() if lead_id not in asked]
        wave.happenings += awaiting.withdraw(rest, pleas, at=wave.at)


def _passage(
    arrival: Arrival, judged: Judged, standing: Standing | None, plea: Plea | None, at: dt.datetime
) -> Passage:
    return Passage(
        judged=judged,
        at=at,
        triggered_at=min(awaiting.trigger_of(plea, arrival.enquiry.occurred_at), at),
        title=arrival.title,
        historical=arrival.historical,
        previous_id=standing.last_id if standing else None,
        reentry=standing is not None,
        context=arrival.context,
    )


def _keep_nurture_tracks(wave: Wave) -> None:
    """Put leads on the track of the rule that decided; where a person chose one, that stays."""
    rows = [(one.lead_id, one.track) for one in wave.judged.values() if one.track]
    if rows:
        statements.execute(
            "UPDATE leads_lead l SET nurture_track = given.track"
            " FROM unnest(%s::bigint[], %s::text[]) AS given(id, track)"
            " WHERE l.id = given.id AND l.nurture_track <> given.track"
            " AND l.nurture_since IS NULL",
            [[lead_id for lead_id, _ in rows], [track for _, track in rows]],
        )


def _leave_nurture(wave: Wave, askings: Sequence[Asking]) -> list[Happening]:
    moments = {arrival.lead_id: wave.moment(arrival) for arrival in wave.arrivals}
    asked = [asking.judged.lead_id for asking in askings]
    passed = wave.passed.values()
    return tracks.leave_of(wave.judged, asked, passed, moments=moments, why="a new enquiry")


def _finish(arrivals: Sequence[Arrival]) -> None:
    statements.execute(
        FINISH,
        [
            [arrival.delivery_id for arrival in arrivals],
            [arrival.lead_id for arrival in arrivals],
            [arrival.result for arrival in arrivals],
            [statements.literal(arrival.enquiry.notes) for arrival in arrivals],
        ],
    )


def _due_of_open(wave: Wave) -> dict[int, dict[str, dt.datetime]]:
    open_ones = [one.handoff_id for one in wave.standing.values() if one.handoff_id is not None]
    return returning.deadlines_of(open_ones) if open_ones else {}


def put_off(
    delivery_ids: Sequence[int], error: str, *, at: dt.datetime, counts: bool
) -> list[Outcome]:
    """Keep deliveries for another try, later each time; quarantine one that failed too often."""
    rows = statements.fetch(
        "UPDATE leads_delivery SET error = %s, attempts = attempts + %s,"
        " retry_at = %s::timestamptz + least(power(4, attempts), 3600) * interval '1 second',"
        " state = CASE WHEN attempts + %s >= %s THEN 'quarantined' ELSE 'stored' END"
        " WHERE id = ANY(%s) AND state = 'stored' RETURNING id, state",
        [error, int(counts), at, int(counts), TRIES, list(delivery_ids)],
    )
    return [
        Outcome.quarantined(delivery_id, error)
        if state == Delivery.State.QUARANTINED
        else Outcome.stored(delivery_id, error)
        for delivery_id, state in rows
    ]


def _as_stored(delivery_ids: Sequence[int]) -> list[Outcome]:
    """Deliveries that were already done, or are being worked on by somebody else."""
    if not delivery_ids:
        return []
    rows = Delivery.objects.filter(pk__in=delivery_ids).values_list(
        "pk", "state", "error", "lead_id", "outcome"
    )
    return [Outcome.again(*row) for row in rows]

"""A lead's stay in nurture: on which track, why, until when, and what is kept of it when it ends.

Source: features F1, F2. The lead's own columns hold the stay that runs; `Comeback` keeps what it
was, once the lead goes back to sales or its date is reached and it stays. Whoever calls has locked
the leads.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from handoff import statements
from handoff.models import DecideRule, Track, User
from leads.models import Comeback, Event, Lead

from .handing import Passed
from .judging import Judged
from .recording import Happening, record

BACK = Comeback.Outcome.BACK.value
STAYS = Comeback.Outcome.STAYS.value

KEPT = """
gone AS (
    SELECT l.id, l.nurture_track AS track, l.nurture_reason AS reason, l.nurture_until AS until,
        l.nurture_since AS since, l.nurture_by_id AS put_by, given.at, given.handoff_id
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::bigint[]) AS given(id, at, handoff_id)
    JOIN leads_lead l ON l.id = given.id
    WHERE (l.nurture_track <> '' OR l.nurture_reason <> '' OR l.nurture_until IS NOT NULL)
), kept AS (
    INSERT INTO leads_comeback (lead_id, track, reason, until, since, put_by_id, at, why, outcome,
        handoff_id)
    SELECT id, track, reason, until, since, put_by, at, %s, %s, handoff_id FROM gone)"""

LEAVE = f"""WITH {KEPT}, cleared AS (
    UPDATE leads_lead l SET nurture_until = NULL, nurture_reason = '', nurture_since = NULL,
        nurture_by_id = NULL
    FROM gone WHERE l.id = gone.id)
SELECT id, track, reason, until, since, at, handoff_id FROM gone ORDER BY id"""

STAY_ON = f"""WITH {KEPT}, cleared AS (
    UPDATE leads_lead l SET nurture_until = NULL FROM gone WHERE l.id = gone.id)
SELECT id, track, reason, until, since, at, handoff_id FROM gone ORDER BY id"""


@dataclass(frozen=True)
class Stay:
    """On which track (its key), why (a reason's key), until when, who put it there and when."""

    track: str
    reason: str
    until: dt.date | None
    put_by: User | None
    at: dt.datetime

    def rested(self) -> "Stay":
        """The same; without a date, until the track's own rest is over, where it has one."""
        if self.until is not None:
            return self
        weeks = Track.objects.filter(key=self.track).values_list("rest_weeks", flat=True).first()
        if not weeks:
            return self
        return replace(self, until=self.at.date() + dt.timedelta(weeks=weeks))

    def body(self) -> dict[str, Any]:
        """How an event tells it."""
        return {
            "track": self.track,
            "reason": self.reason,
            "until": self.until.isoformat() if self.until else None,
            "sentence": f"To nurture: {label_of(self.track)}{until_in_words(self.until)}",
        }


def begin(lead_ids: Sequence[int], stay: Stay) -> None:
    """Put leads in nurture."""
    Lead.objects.filter(pk__in=lead_ids).update(
        status="nurture",
        nurture_track=stay.track,
        nurture_reason=stay.reason,
        nurture_until=stay.until,
        nurture_since=stay.at,
        nurture_by=stay.put_by,
    )


def leave_of(
    judged: Mapping[int, Judged],
    asked: Iterable[int],
    passed: Iterable[Passed],
    *,
    moments: Mapping[int, dt.datetime],
    why: str,
) -> list[Happening]:
    """`leave`, for those of the judged who were in nurture and were handed over just now, or wait
    for their approval (`asked`)."""
    went: dict[int, int | None] = dict.fromkeys(asked)
    went |= {one.lead_id: one.handoff_id for one in passed}
    stood = DecideRule.Status.NURTURE
    back = {i: (moments[i], went[i]) for i in went if judged[i].stood == stood}
    return leave(back, why=why)


def leave(went: Mapping[int, tuple[dt.datetime, int | None]], *, why: str) -> list[Happening]:
    """Keep what was known of the stays of leads that go back to sales, by lead when and to which
    hand-over (none while its approval waits); what happened, to be recorded by the caller."""
    rows = _kept(LEAVE, went, why=why, outcome=BACK)
    return [
        Happening(
            lead_id,
            Event.Kind.CAME_BACK,
            at,
            handoff_id,
            body={
                "track": track,
                "reason": reason,
                "until": until,
                "since": since,
                "sentence": f"Back from nurture ({label_of(track)}): {why}",
            },
        )
        for lead_id, track, reason, until, since, at, handoff_id in rows
    ]


def stay_on(lead_ids: Sequence[int], *, why: str, at: dt.datetime) -> None:
    """Leads whose date was reached and that are not ready: they stay, until they do something."""
    rows = _kept(STAY_ON, dict.fromkeys(lead_ids, (at, None)), why=why, outcome=STAYS)
    said = "Date reached, and not ready for sales: stays in nurture until they do something new"
    record(
        [
            Happening(row[0], Event.Kind.NURTURED, at, body={"track": row[1], "sentence": said})
            for row in rows
        ]
    )


def _kept(
    sql: str,
    went: Mapping[int, tuple[dt.datetime, int | None]],
    *,
    why: str,
    outcome: str,
) -> list[tuple[Any, ...]]:
    if not went:
        return []
    moments, handoffs = zip(*went.values(), strict=True)
    return statements.fetch(sql, [list(went), list(moments), list(handoffs), why, outcome])


def arrived(lead_id: int, handoff_id: int) -> None:
    """A lead that came back and waited for its approval is handed over now."""
    waits = Comeback.objects.filter(lead=lead_id, outcome=BACK, handoff=None).order_by("-at", "-pk")
    Comeback.objects.filter(pk__in=waits.values("pk")[:1]).update(handoff=handoff_id)


def label_of(track: str) -> str:
    """What a track is called; its key where it is not there any more."""
    if not track:
        return "no track"
    return Track.objects.filter(key=track).values_list("label", flat=True).first() or track


def until_in_words(until: dt.date | None) -> str:
    return f", until {until.day} {until:%b %Y}" if until else ", until they do something new"

"""What became of the leads of a trial, on either side, and how sure the difference is.

Every figure is one predicate over one relation, so that a figure and the list of its leads can
never tell different stories.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from handoff import segments
from handoff.checklists import FIRST_STEP
from handoff.models import Trial
from handoff.publications import Publication, publications
from handoff.rules import compile_definition
from handoff.words import count_of
from leads.journey.judging import FACT_COLUMNS
from leads.journey.law import folding
from leads.models import TrialMember

from .backtesting.statement import KNOWN_THEN
from .measures.answers import ANSWER, ANSWERED, OUTCOME
from .measures.intervals import LEAST, Difference, Share, difference, lasting, share
from .measures.past import IMPORTED, TOLD

EVERYBODY = 100
ARMS = {"trial": "on trial", "control": "control"}

HOLDS = {
    "leads": "true",
    "handed": "handoff_id IS NOT NULL",
    "answered": f"answer IN {ANSWERED}",
    "accepted": "answer = 'accepted'",
    "rejected": "answer = 'rejected'",
    "no_response": "answer = 'no_response'",
    "due": "in_time IS NOT NULL",
    "in_time": "in_time",
    "late": "NOT in_time",
    "opportunity": "outcome IS NOT NULL",
    "won": "outcome = 'won'",
}
"""What may be counted of a side, over the columns of `followed`."""

MEMBERS = f"""
SELECT lead_id, arm, joined_at, %s::timestamptz FROM leads_trialmember
WHERE trial_id = %s AND arm IN ('{TrialMember.Arm.TRIAL}', '{TrialMember.Arm.CONTROL}')"""

BEFORE = """
SELECT said.id, 'control', said.as_of, %s::timestamptz
FROM (WITH seen AS MATERIALIZED ({seen}) SELECT * FROM ({said}) AS judged) AS said
WHERE said.rule = '{inside}'"""

SEEN = f"""
SELECT l.id, j.as_of, j.judged_at, {{facts}} FROM leads_lead l
CROSS JOIN LATERAL (
    SELECT j.* FROM leads_judgement j WHERE j.lead_id = l.id ORDER BY j.id LIMIT 1) j
LEFT JOIN LATERAL (
    SELECT h.historical FROM leads_handoff h
    WHERE h.lead_id = l.id AND h.judgement_id = j.id AND h.step = '{FIRST_STEP}' LIMIT 1
) quoting ON true
LEFT JOIN LATERAL ({TOLD.format(leads="lead_id = l.id")}) told ON true
WHERE l.last_seen_at >= %s AND j.judged_at >= %s AND j.judged_at < %s AND NOT {IMPORTED}"""
"""Leads first judged between two moments, on what that judgement knew; without an imported
past, which nobody answered to a deadline."""

FOLLOWED = f"""
SELECT side.lead_id, side.arm, side.since, h.id AS handoff_id, h.reason_id,
    CASE WHEN h.id IS NOT NULL THEN {ANSWER} END AS answer, clock.in_time, deal.outcome
FROM side
LEFT JOIN LATERAL (
    SELECT * FROM leads_handoff h WHERE h.lead_id = side.lead_id AND h.step = '{FIRST_STEP}'
    AND NOT h.historical AND h.made_at >= side.since AND h.made_at <= side.until
    ORDER BY h.id LIMIT 1) h ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN c.breached_at IS NOT NULL OR (c.state = 'running' AND c.due_at < %s) THEN false
        WHEN c.state = 'met' THEN true END AS in_time
    FROM leads_clock c WHERE c.handoff_id = h.id AND c.kind = 'first_touch'
    ORDER BY c.id DESC LIMIT 1) clock ON true
LEFT JOIN LATERAL ({OUTCOME}) deal ON true"""
"""A row for each lead: its first hand-over since it came to its side and before the trial ended,
and what became of that hand-over. Without one there is neither answer nor outcome."""


@dataclass(frozen=True)
class Measure:
    """A share that is compared: how many of `count` among `of`. `does`: what a difference of so
    many points more or less means."""

    count: str
    of: str
    label: str
    among: str
    does: str


MEASURES = (
    Measure("handed", "leads", "Handed over", "leads", "Marketing hands over {}"),
    Measure("accepted", "answered", "Accepted by sales", "answered", "Sales accepts {}"),
    Measure("rejected", "answered", "Rejected by sales", "answered", "Sales rejects {}"),
    Measure("no_response", "answered", "No response", "answered", "{} never respond"),
    Measure("in_time", "due", "First touch in time", "due", "{} are reached in time"),
    Measure(
        "opportunity", "handed", "Became an opportunity", "handed over", "{} become opportunities"
    ),
    Measure("won", "handed", "Won", "handed over", "{} are won"),
)


@dataclass(frozen=True)
class Compared:
    """One measure on both sides. `said`: what can be said of the difference, in words."""

    measure: Measure
    trial: Share
    control: Share
    difference: Difference | None
    said: str

    @property
    def is_sure(self) -> bool:
        """Whether there are enough cases, and chance hardly explains the difference."""
        return self.is_enough and self.difference is not None and self.difference.is_sure

    @property
    def is_enough(self) -> bool:
        return self.trial.is_enough and self.control.is_enough


@dataclass(frozen=True)
class RejectedFor:
    """A reason for rejecting, as a share of what each side's hand-overs were answered."""

    key: str
    label: str
    trial: Share
    control: Share


@dataclass(frozen=True)
class Result:
    """Both sides of a trial. `counts` by arm and by the names of `HOLDS`; `outside`: leads that
    came in meanwhile and were not of the segment."""

    counts: dict[str, dict[str, int]]
    compared: tuple[Compared, ...]
    reasons: tuple[RejectedFor, ...]
    outside: int
    control_from: dt.datetime | None

    @property
    def rejected(self) -> Share:
        """As `rejected` tells it, of what was counted here."""
        mine = self.counts["trial"]
        return lasting(mine["rejected"], mine["answered"])

    @property
    def finding(self) -> str:
        """The whole in a sentence: what sales does with them."""
        accepted = next(one for one in self.compared if one.measure.count == "accepted")
        if not self.counts["trial"]["leads"]:
            return "No lead has come to the trial yet"
        return accepted.said


def result(trial: Trial, *, at: dt.datetime) -> Result:
    """Both sides of a trial as they stand at `at`."""
    sql, params = _followed(trial, at)
    listed = ", ".join(f"count(*) FILTER (WHERE {test})" for test in HOLDS.values())
    rows = _fetch(f"{sql} SELECT arm, {listed} FROM followed GROUP BY arm", params)
    counts: dict[str, dict[str, int]] = {arm: dict.fromkeys(HOLDS, 0) for arm in ARMS}
    counts |= {arm: dict(zip(HOLDS, figures, strict=True)) for arm, *figures in rows}
    reasons = _fetch(
        f"{sql} SELECT r.key, r.label, count(*) FILTER (WHERE arm = 'trial'),"
        " count(*) FILTER (WHERE arm = 'control')"
        " FROM followed JOIN handoff_reason r ON r.id = reason_id"
        f" WHERE {HOLDS['rejected']}"
        " GROUP BY 1, 2 ORDER BY count(*) DESC, 2",
        params,
    )
    answered = {arm: counts[arm]["answered"] for arm in ARMS}
    return Result(
        counts=counts,
        compared=tuple(_compared(measure, counts) for measure in MEASURES),
        reasons=tuple(
            RejectedFor(
                key, label, share(mine, answered["trial"]), share(theirs, answered["control"])
            )
            for key, label, mine, theirs in reasons
        ),
        outside=trial.members.filter(arm=TrialMember.Arm.OUTSIDE).count(),
        control_from=_control_from(trial, at),
    )


def rejected(trial: Trial, *, at: dt.datetime) -> Share:
    """How many of the answered sales rejected on the trial's side, without looking at the other;
    its interval holds however often it is looked at."""
    side, params = _members(trial, at)
    counted = ", ".join(f"count(*) FILTER (WHERE {HOLDS[n]})" for n in ("rejected", "answered"))
    ((count, n),) = _fetch(
        f"{_following(side)} SELECT {counted} FROM followed WHERE arm = 'trial'", [*params, at]
    )
    return lasting(count, n)


def leads_of(
    trial: Trial, *, arm: str, what: str, reason: str = "", at: dt.datetime, most: int
) -> list[tuple[int, int | None]]:
    """The leads behind a figure, newest first, each with the hand-over that was counted; of the
    rejected, perhaps those of one reason."""
    sql, params = _followed(trial, at)
    test = f"arm = %s AND ({HOLDS[what]})"
    if reason:
        test += " AND reason_id = (SELECT id FROM handoff_reason WHERE key = %s)"
    return _fetch(
        f"{sql} SELECT lead_id, handoff_id FROM followed WHERE {test}"
        " ORDER BY since DESC, lead_id DESC LIMIT %s",
        [*params, arm, *([reason] if reason else []), most],
    )


def published_meanwhile(trial: Trial, *, at: dt.datetime) -> list[Publication]:
    """What else became the law while the trial ran, in order: each judged the control in turn."""
    return [
        one
        for one in reversed(publications())
        if trial.started_at < one.at < (trial.ended_at or at) and one.version_id != trial.version_id
    ]


def _control_from(trial: Trial, at: dt.datetime) -> dt.datetime | None:
    """With everybody on trial the control came before: an equally long time. Else None."""
    if trial.share < EVERYBODY:
        return None
    return trial.started_at - ((trial.ended_at or at) - trial.started_at)


def _followed(trial: Trial, at: dt.datetime) -> tuple[str, list[Any]]:
    """`WITH … followed`, and its parameters."""
    side, params = _members(trial, at)
    begin = _control_from(trial, at)
    if begin is not None:
        definition = segments.read(trial.when, trial.version.document())
        told = compile_definition(definition, folding=folding())
        seen = SEEN.format(facts=", ".join(f'j."{name}"' for name in FACT_COLUMNS))
        touches = KNOWN_THEN.format(leads="true").format(facts="seen")
        said = told.sql(facts="SELECT * FROM seen", touches=touches)
        side += " UNION ALL" + BEFORE.format(seen=seen, said=said, inside=segments.INSIDE)
        params += [trial.started_at, begin, begin, trial.started_at]
    return _following(side), [*params, at]


def _members(trial: Trial, at: dt.datetime) -> tuple[str, list[Any]]:
    return MEMBERS, [trial.ended_at or at, trial.pk]


def _following(side: str) -> str:
    return f"WITH side(lead_id, arm, since, until) AS ({side}), followed AS ({FOLLOWED})"


def _fetch(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """A trial's statement differs from the next's, so it is not prepared."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _compared(measure: Measure, counts: dict[str, dict[str, int]]) -> Compared:
    mine, theirs = (share(counts[arm][measure.count], counts[arm][measure.of]) for arm in ARMS)
    found = difference(theirs, mine)
    return Compared(measure, mine, theirs, found, _said(measure, mine, theirs, found))


def _said(measure: Measure, trial: Share, control: Share, found: Difference | None) -> str:
    short = [
        f"{count_of(one.n, 'lead')} {where}"
        for one, where in ((trial, "on trial"), (control, "in the control"))
        if not one.is_enough
    ]
    if short or found is None:
        return f"Too early to tell: {' and '.join(short)}"
    points = _points(found.value)
    more = f"{points} {'point' if points == '1' else 'points'}"
    more += " more" if found.value >= 0 else " less"
    if found.is_sure:
        low, high = sorted((abs(found.low), abs(found.high)))
        return f"{measure.does.format(more)}, {_points(low)} to {_points(high)}, beyond chance"
    less = f"from {_points(found.low)} less to {_points(found.high)} more"
    return f"No difference beyond chance: {more}, {less}"


def _points(part: float) -> str:
    """Points of a hundred without a sign: whole, but for less than one: “19”, “0.3”."""
    points = abs(part) * 100
    return f"{points:.0f}" if points >= 1 or points < 0.05 else f"{points:.1f}"


def is_too_bad(trial: Trial, rejected: Share) -> bool:
    """Whether the stop rule holds: surely more than it allows is rejected, of enough answers.

    It is asked again and again, so `rejected` must have an interval that allows for that. Where
    sales rejects no more than the rule allows, it holds at any time in at most 5 of 100 trials.
    """
    return trial.stop_above is not None and rejected.n >= LEAST and rejected.low > trial.stop_above

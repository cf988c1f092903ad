"""Judging while a draft is on trial: each lead by the law of its side.

A lead comes to a side when it is judged for the first time, or comes back after its last hand-over
ended, while the trial runs; it stays there until the trial ends. Leads judged before, and an
imported past, belong to no side and are judged by the live version.
"""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

from handoff import segments, statements
from handoff.rules import compile_definition
from leads.models import TrialMember

from .judging import TOUCHES, Ask, Judged, facts_of, judge
from .law import InForce, OnTrial, folding
from .law import law as law_by_id

COMING = """
SELECT given.id, given.as_of
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS given(id, as_of, evidence_at)
JOIN leads_lead l ON l.id = given.id
WHERE NOT EXISTS (
    SELECT FROM leads_trialmember m WHERE m.trial_id = %s AND m.lead_id = given.id)
AND (l.judgement_id IS NULL OR (
    given.evidence_at > (SELECT max(h.ended_at) FROM leads_handoff h WHERE h.lead_id = given.id)
    AND NOT EXISTS (
        SELECT FROM leads_handoff h WHERE h.lead_id = given.id AND h.ended_at IS NULL)))"""
"""Those who come in or back now, and stand on no side yet."""

DRAW = "(hashtextextended(said.id::text, %s) %% 100 + 100) %% 100 < %s"
"""Whether chance, the same for a lead however often it is asked, puts it on trial."""

LEAVE = "DELETE FROM leads_trialmember WHERE trial_id = %s AND lead_id = ANY(%s)"
"""Whoever came to a side and was not judged after all, since nothing about them had changed."""


def judge_by_side(
    asks: Sequence[Ask],
    evidence: Mapping[int, dt.datetime | None],
    *,
    force: InForce,
    at: dt.datetime,
    keep_unchanged: bool = True,
) -> dict[int, Judged]:
    """As `judge`, each lead by its side's law. `evidence`: when what is new about it came about."""
    if force.trial is None:
        return judge(asks, law=force.live, at=at, keep_unchanged=keep_unchanged)
    on_trial, came = _sides(force.trial, asks, evidence, at)
    judged: dict[int, Judged] = {}
    for law, chosen in (
        (force.live, [ask for ask in asks if ask.lead_id not in on_trial]),
        (law_by_id(force.trial.version_id), [ask for ask in asks if ask.lead_id in on_trial]),
    ):
        if chosen:
            judged |= judge(chosen, law=law, at=at, keep_unchanged=keep_unchanged)
    if passed_over := came - judged.keys():
        statements.execute(LEAVE, [force.trial.trial_id, list(passed_over)])
    return judged


def _sides(
    trial: OnTrial, asks: Sequence[Ask], evidence: Mapping[int, dt.datetime | None], at: dt.datetime
) -> tuple[set[int], set[int]]:
    """Put those who come in on their side. Who of all stands on the trial's, and who came now."""
    ids = [ask.lead_id for ask in asks]
    coming = [ids, [ask.as_of for ask in asks], [evidence.get(lead_id) for lead_id in ids]]
    number = trial.trial_id
    rows = statements.fetch(
        _statement(trial.version_id, trial.when),
        [*coming, number, number, number, trial.share, at, number, ids],
    )
    on_trial = {lead_id for lead_id, arm, _ in rows if arm == TrialMember.Arm.TRIAL}
    return on_trial, {lead_id for lead_id, _, came in rows if came}


@functools.lru_cache(maxsize=16)
def _statement(version_id: int, when: str | None) -> str:
    """Places: ids, moments, evidence, trial; trial, seed, share, moment; trial, ids."""
    document = law_by_id(version_id).definition.document
    definition = segments.read(statements.loads(when), dict(document))
    told = compile_definition(definition, folding=folding())
    arm = TrialMember.Arm
    return f"""
    WITH coming AS MATERIALIZED ({COMING}),
    facts AS MATERIALIZED ({facts_of("coming")}),
    said AS ({told.sql(facts="SELECT * FROM facts", touches=TOUCHES)}),
    joined AS (
        INSERT INTO leads_trialmember (trial_id, lead_id, arm, joined_at)
        SELECT %s, said.id, CASE WHEN said.rule <> '{segments.INSIDE}' THEN '{arm.OUTSIDE}'
            WHEN {DRAW} THEN '{arm.TRIAL}' ELSE '{arm.CONTROL}' END, %s
        FROM said RETURNING lead_id, arm
    )
    SELECT lead_id, arm, true FROM joined
    UNION ALL
    SELECT lead_id, arm, false FROM leads_trialmember
    WHERE trial_id = %s AND lead_id = ANY(%s)"""

"""Where an answer sends the lead: the other end of a reason's `goes_to`.

Source: contracts.md §3 "Re-entry": nurture, requalify, reroute, merge or disqualify.
"""

import datetime as dt

from django.db.models import Exists, F, OuterRef, Sum

from handoff import rules, statements
from handoff.checklists import FIRST_STEP
from handoff.models import Membership, Step, Team, User
from handoff.rules.compile import compile_definition
from leads.models import Assignment, Event, Handoff, Lead, MergeProposal, Turn

from . import rosters
from .handing import Passage, hand_over
from .judging import FACTS, TOUCHES, judged_by, wanted_by
from .law import Law, folding, law
from .recording import Happening, record
from .routing import Asked, Placement, asked, rule_to
from .tracks import Stay, begin

ALIKE = """
SELECT other.id FROM leads_lead l JOIN leads_lead other ON other.id <> l.id
    AND other.merged_into_id IS NULL
    AND ((l.phone <> '' AND other.phone = l.phone) OR other.person_key = l.person_key)
WHERE l.id = %s ORDER BY other.id LIMIT 5"""


def send_on(
    handoff: Handoff,
    goes_to: str,
    *,
    actor: User | None,
    at: dt.datetime,
    reason: str = "",
    until: dt.date | None = None,
    track: str = "",
) -> Handoff | None:
    """Send a lead whose hand-over just ended where the answer leads; its next hand-over, if any.
    `track`: the nurture track it joins; without one it stays on the one it had, else it joins that
    of whoever the agreement nurtures by itself."""
    if goes_to == "nurture":
        _nurture(handoff, actor=actor, at=at, reason=reason, until=until, track=track)
    elif goes_to == "disqualify":
        _mark(handoff.lead_id, "disqualified")
    elif goes_to == "merge":
        _mark(handoff.lead_id, "duplicate")
        _propose_merges(handoff.lead_id, at=at)
        credit(handoff, Turn.Because.DUPLICATE, at=at)
    elif goes_to == "requalify":
        return _requalify(handoff, actor=actor, at=at)
    elif goes_to == "reroute":
        return _reroute(handoff, actor=actor, at=at)
    return None


def _mark(lead_id: int, status: str) -> None:
    Lead.objects.filter(pk=lead_id).update(status=status)


def _nurture(
    handoff: Handoff,
    *,
    actor: User | None,
    at: dt.datetime,
    reason: str,
    until: dt.date | None,
    track: str,
) -> None:
    had = handoff.lead.nurture_track
    stay = Stay(track or had or law(handoff.version_id).track, reason, until, actor, at)
    if not handoff.historical:
        stay = stay.rested()
    begin([handoff.lead_id], stay)
    record(
        [Happening(handoff.lead_id, Event.Kind.NURTURED, at, handoff.pk, actor, body=stay.body())]
    )


def _propose_merges(lead_id: int, *, at: dt.datetime) -> None:
    MergeProposal.objects.bulk_create(
        [
            MergeProposal(
                lead_id=min(lead_id, other_id),
                other_id=max(lead_id, other_id),
                why="A rep says they are one",
                proposed_at=at,
            )
            for (other_id,) in statements.fetch(ALIKE, [lead_id])
        ],
        ignore_conflicts=True,
    )


def _requalify(handoff: Handoff, *, actor: User | None, at: dt.datetime) -> Handoff:
    team = Team.objects.filter(kind=Team.Kind.QUALIFICATION).order_by("pk").first()
    if team is None:
        return _reroute(handoff, actor=actor, at=at)
    rule = rule_to(team.key, kind="queue", key="requalify", label="To be qualified again")
    request = Asked(handoff.lead_id, (rule,), at, (rule,))
    return pass_on(
        handoff,
        request,
        actor=actor,
        at=at,
        status="needs_qualification",
        step=FIRST_STEP,
        tier=_first_tier(handoff),
    )


def _first_tier(handoff: Handoff) -> str | None:
    """The tier in the definition of a lead that comes back to the first step."""
    return handoff.tier if handoff.step == FIRST_STEP else judged_by(handoff.judgement).tier


def _reroute(handoff: Handoff, *, actor: User | None, at: dt.datetime) -> Handoff:
    refused, missed = had_by(handoff)
    request, tier = _asked_again(handoff, refused | missed, at=at)
    if handoff.team is not None and not handoff.historical:
        rosters.lock({handoff.team.key, *_teams_of(request)})
    credit(handoff, Turn.Because.MISROUTED, at=at)
    return pass_on(handoff, request, actor=actor, at=at, tier=tier)


def _asked_again(
    handoff: Handoff, excluding: frozenset[int], *, at: dt.datetime
) -> tuple[Asked, str | None]:
    """What routing is asked of a lead once more, and the tier of a later step."""
    step = Step.objects.filter(key=handoff.step).exclude(comes_from="").first()
    if step is None:
        return asked(judged_by(handoff.judgement), at=at, excluding=excluding), None
    return asked_of(handoff, step, law(handoff.version_id), at=at, excluding=excluding)


def asked_of(
    handoff: Handoff,
    step: Step,
    law: Law,
    *,
    at: dt.datetime,
    excluding: frozenset[int] = frozenset(),
) -> tuple[Asked, str | None]:
    """The step's own routing rules, asked of the lead as it is now, by the law that judged it, and
    its tier. `excluding`: who is never asked."""
    definition = rules.step_definition(law.definition, route=step.route, tiers=step.tiers)
    compiled = compile_definition(definition, folding=folding())
    judge = compiled.sql(facts="SELECT * FROM facts", touches=TOUCHES)
    rows = statements.fetch(
        f"WITH facts AS MATERIALIZED ({FACTS}), said AS ({judge}) SELECT routes FROM said",
        [[handoff.lead_id], [at]],
    )
    held = set(rows[0][0]) or {definition.route[-1].key}
    chosen = tuple(rule for rule in definition.route if rule.key in held)
    tiers = {tier.key for tier in definition.tiers}
    fallback = definition.tiers[0].key if definition.tiers else handoff.tier
    tier = handoff.tier if handoff.tier in tiers else fallback
    wanted = wanted_by(handoff.judgement)
    request = Asked(
        handoff.lead_id, chosen, at, definition.route, excluding=excluding, wanted=wanted
    )
    return request, tier


def _teams_of(request: Asked) -> set[str]:
    """Keys of every team that routing may lock: an owner's may be any."""
    if any(rule.to_kind == "owner_of" for rule in request.rules):
        return set(Team.objects.values_list("key", flat=True))
    return request.teams


def had_by(handoff: Handoff) -> tuple[frozenset[int], frozenset[int]]:
    """Who refused a lead since it was triggered, and who else had it and missed it."""
    since = Handoff.objects.filter(lead=handoff.lead_id, triggered_at=handoff.triggered_at)
    rejected = since.filter(state=Handoff.State.REJECTED).values_list("owner", "answered_by")
    refused = {person for row in rejected for person in row if person is not None}
    owners = Assignment.objects.filter(handoff__in=since, owner__isnull=False)
    missed = set(owners.values_list("owner", flat=True)) - refused
    return frozenset(refused), frozenset(missed)


def pass_on(
    handoff: Handoff,
    request: Asked,
    *,
    actor: User | None,
    at: dt.datetime,
    status: str = "",
    step: str = "",
    tier: str | None = None,
    to: Placement | None = None,
    says: str = "",
) -> Handoff:
    """Hand a lead on under the same judgement; the new hand-over. `to`: with whom, decided already;
    `says`: what its owner is told of it."""
    passage = Passage(
        judged=judged_by(handoff.judgement),
        at=at,
        triggered_at=handoff.triggered_at,
        title=handoff.lead.title,
        historical=handoff.historical,
        step=step or handoff.step,
        previous_id=handoff.pk,
        context=handoff.context,
        asked=request,
        actor_id=actor.pk if actor else None,
        status=status,
        tier=tier or handoff.tier,
        to=to,
        says=says,
    )
    (passed,), happenings = hand_over([passage])
    record(happenings)
    return Handoff.objects.select_related("lead", "team", "owner").get(pk=passed.handoff_id)


def credit(handoff: Handoff, because: str, *, at: dt.datetime) -> None:
    """Give a turn back that was spent on a lead which was not theirs, once, whichever cause comes
    first. An imported past had none; what was taken back counts as never charged, or given back."""
    turns = Turn.objects.filter(handoff=handoff)
    undone = turns.filter(
        membership=OuterRef("membership"),
        pk__gt=OuterRef("pk"),
        because=Turn.Because.TAKEN_BACK,
        amount__lt=0,
    )
    charged = turns.filter(~Exists(undone), cause=Turn.Cause.TURN)
    turn = charged.select_related("membership").order_by("-pk").first()
    if turn is None:
        return
    since = turns.filter(membership=turn.membership, pk__gte=turn.pk)
    if since.aggregate(left=Sum("amount"))["left"] <= 0:
        return
    Team.objects.select_for_update(no_key=True).get(pk=turn.membership.team_id)
    Turn.objects.create(
        membership=turn.membership,
        amount=-turn.amount,
        cause=Turn.Cause.CREDIT,
        because=because,
        handoff=handoff,
        at=at,
    )
    Membership.objects.filter(pk=turn.membership_id).update(served=F("served") - turn.amount)

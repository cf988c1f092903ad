"""Who owns a hand-over: taking one from a queue, giving it to somebody else, giving out what waits.

Source: contracts.md §2 (`next`, `reassign`) and §3 "Tiers and clocks": on a change of hands the
accept clock restarts, the first-touch clock carries on, and its receipt says so.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from handoff import statements
from handoff.models import Membership, Reason, Team, User
from handoff.rules.definition import Tier
from leads.models import Assignment, Clock, Event, Handoff

from . import clocks, rosters
from .announcing import Letter, announce
from .consequences import credit
from .handing import placed
from .law import law, tier_of
from .recording import Happening, record
from .routing import Asked, Person, Placement, place_all, rule_to
from .states import Conflict, Invalid, NotAllowed, lock, move
from .turns import Roster

NEXT = """
SELECT h.id FROM leads_handoff h JOIN leads_lead l ON l.id = h.lead_id
WHERE h.team_id = ANY(%s) AND h.owner_id IS NULL AND h.state = 'waiting'
    AND h.ended_at IS NULL AND NOT h.historical
ORDER BY h.due_at NULLS LAST, h.id LIMIT 1
FOR NO KEY UPDATE OF h, l SKIP LOCKED"""


def may_act(handoff: Handoff, user: User) -> bool:
    """Whether a person may answer a hand-over: its owner, its team, who answers for it, or those
    who look after everybody's."""
    if handoff.owner_id == user.pk:
        return True
    if handoff.team is not None and (
        handoff.team.responsible_id == user.pk or is_member(handoff.team_id, user)
    ):
        return True
    return user.has_role("sales_manager", "marketing_ops", "administrator")


def is_member(team_id: int | None, user: User) -> bool:
    """Whether a person is in a team now."""
    return Membership.objects.filter(team=team_id, user=user, active=True).exists()


def enter(handoff_id: int, *, actor: User) -> Handoff:
    """The hand-over, locked, for a person who may answer it. Raises NotAllowed."""
    handoff = lock(handoff_id)
    if not may_act(handoff, actor):
        raise NotAllowed("This lead belongs to another team.")
    return handoff


def claim(handoff_id: int, *, actor: User, at: dt.datetime, by: str = "") -> Handoff:
    """Take an unowned hand-over. Raises Conflict when somebody has it."""
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        return take(handoff, actor=actor, at=at, by=by)


def claim_next(team: Team, *, actor: User, at: dt.datetime, by: str = "") -> Handoff | None:
    """Take the most urgent unowned hand-over of a team's queue; None when there is none."""
    if not is_member(team.pk, actor):
        raise NotAllowed(f"You are not in {team.name}.")
    return _claim_from([team.pk], actor=actor, at=at, by=by)


def next_for(user: User, *, at: dt.datetime) -> Handoff | None:
    """The next lead for a person: the most urgent of their teams' queues, claimed; else the first
    due of their own."""
    team_ids = list(user.memberships.filter(active=True).values_list("team", flat=True))
    claimed = _claim_from(team_ids, actor=user, at=at, by="")
    return claimed or Handoff.objects.working().filter(owner=user).by_due().first()


def _claim_from(
    team_ids: Collection[int], *, actor: User, at: dt.datetime, by: str
) -> Handoff | None:
    with transaction.atomic():
        rows = statements.fetch(NEXT, [list(team_ids)])
        return take(lock(rows[0][0]), actor=actor, at=at, by=by) if rows else None


def take(handoff: Handoff, *, actor: User, at: dt.datetime, by: str = "") -> Handoff:
    """Make a person the owner of a locked, unowned hand-over. No turn is charged."""
    if handoff.owner_id is not None:
        raise Conflict(f"{handoff.owner} took this lead a moment ago.")
    place = Placement(
        handoff.lead_id,
        handoff.route,
        Assignment.Kind.CLAIM,
        None,
        Person(actor.pk, actor.email, str(actor)),
    )
    return _own(handoff, place, verb="assign", actor=actor, at=at, by=by)


def reassign(
    handoff_id: int,
    *,
    to: User | Team,
    reason: str,
    note: str = "",
    actor: User,
    at: dt.datetime,
    by: str = "",
) -> Handoff:
    """Give a hand-over to a person, or to a team by its turn. Raises Invalid without a reason."""
    why = reason_of(reason)
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        if isinstance(to, User) and to.pk == handoff.owner_id:
            raise Invalid("to", f"It is {to}’s already.")
        if not handoff.accepted_at:
            credit(handoff, at=at)
        place, teams = _placement(handoff, to, at=at)
        moved = _own(
            handoff, place, verb="reassign", actor=actor, at=at, by=by, reason=why, note=note
        )
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return moved


def reason_of(key: str) -> Reason:
    """The reason of this key. Raises Invalid for none, an unknown or a retired one."""
    if not key:
        raise Invalid("reason", "Say why: a reason is needed.")
    reason = Reason.objects.filter(key=key, active=True).first()
    if reason is None:
        raise Invalid("reason", f"There is no reason “{key}”.")
    return reason


def _placement(
    handoff: Handoff, to: User | Team, *, at: dt.datetime, excluding: Collection[int] = ()
) -> tuple[Placement, Collection[Roster]]:
    if isinstance(to, Team):
        rule = rule_to(to.key, kind="team", key=handoff.route or "", label=to.name)
        passed_by = frozenset({*excluding, *([handoff.owner_id] if handoff.owner_id else [])})
        request = Asked(handoff.lead_id, (rule,), at, (rule,), passed_by)
        (place,), teams = place_all([request], historical=handoff.historical)
        place.route = handoff.route
        return place, teams
    if not to.is_active:
        raise Invalid("to", f"{to} is not active any more.")
    team = _team_for(handoff, to)
    teams_read = (
        rosters.read([team.key], at=at, until=at, historical=handoff.historical) if team else {}
    )
    place = Placement(
        handoff.lead_id,
        handoff.route,
        Assignment.Kind.MANUAL,
        teams_read.get(team.key) if team else None,
        Person(to.pk, to.email, str(to)),
    )
    return place, ()


def _team_for(handoff: Handoff, user: User) -> Team | None:
    """The team in which a person takes a hand-over: its own where they are in it."""
    teams = Team.objects.filter(memberships__user=user, memberships__active=True)
    return teams.filter(pk=handoff.team_id or 0).first() or teams.order_by("pk").first()


def _own(
    handoff: Handoff,
    place: Placement,
    *,
    verb: str,
    actor: User | None,
    at: dt.datetime,
    by: str = "",
    reason: Reason | None = None,
    note: str = "",
    kind: str = "",
) -> Handoff:
    """Write a change of hands: state, assignment, clocks, letter."""
    owner = place.owner
    told = {
        **placed(place),
        "reason": reason.key if reason else "",
        "reason_label": reason.label if reason else "",
        "note": note,
        "from": str(handoff.owner) if handoff.owner_id else "",
    }
    changes = _changes(place, anew=verb == "reassign", at=at)
    move(handoff, verb, actor=actor, at=at, by=by, changes=changes, body=told)
    Assignment.objects.create(
        handoff=handoff,
        at=at,
        kind=kind or place.kind,
        owner_id=owner.user_id if owner else None,
        team_id=place.roster.team_id if place.roster else handoff.team_id,
        route=place.route,
        explanation=place.explanation,
        reason=reason,
        note=note,
        actor=actor,
    )
    _move_clocks(handoff, place, restarts=verb == "reassign", at=at)
    fresh = Handoff.objects.select_related("lead", "team", "owner", "judgement").get(pk=handoff.pk)
    if owner is not None and not fresh.historical and (actor is None or actor.pk != owner.user_id):
        _tell_owner(fresh, owner, actor=actor, at=at)
    return fresh


def _changes(place: Placement, *, anew: bool, at: dt.datetime) -> dict[str, object]:
    """The columns that a change of hands sets; `anew`: the next owner starts from the beginning."""
    owner = place.owner
    changes: dict[str, object] = {
        "owner_id": owner.user_id if owner else None,
        "assigned_at": at if owner else None,
        "awaits_turn": place.awaits_turn,
        "opened_at": None,
    }
    if anew or place.roster is not None:
        changes["team_id"] = place.roster.team_id if place.roster else None
    if anew:
        changes |= {"accepted_at": None, "how": "", "answered_by_id": None}
    return changes


def _move_clocks(handoff: Handoff, place: Placement, *, restarts: bool, at: dt.datetime) -> None:
    if place.owner is not None:
        clocks.meet([handoff.pk], [Clock.Kind.ASSIGN], at=at)
    tier = tier_of(law(handoff.version_id), handoff.step, handoff.tier)
    roster = place.roster
    if restarts and tier is not None and roster is not None:
        clocks.stop([handoff.pk], [Clock.Kind.ACCEPT], at=at)
        _restart(handoff, place, tier, at=at)
        _carry_on(handoff, place, at=at)
    clocks.refresh_due([handoff.pk])


def _restart(handoff: Handoff, place: Placement, tier: Tier, *, at: dt.datetime) -> None:
    roster = place.roster
    if roster is None:
        return
    member = roster.member_of(place.owner.user_id) if place.owner else None
    kinds = [Clock.Kind.ACCEPT] if place.owner else [Clock.Kind.ACCEPT, Clock.Kind.ASSIGN]
    running = set(Clock.objects.running().filter(handoff=handoff).values_list("kind", flat=True))
    made = [
        clocks.deadline(
            tier,
            kind,
            started_at=at,
            calendar=member.calendar if member else roster.calendar,
            calendar_id=member.calendar_id if member else roster.calendar_id,
            note="Reassigned; this clock starts anew",
        )
        for kind in kinds
        if kind not in running
    ]
    clocks.store(
        one.row(handoff.pk, handoff.version_id, acts=not handoff.historical)
        for one in made
        if one is not None
    )


def _carry_on(handoff: Handoff, place: Placement, *, at: dt.datetime) -> None:
    name = place.owner.name if place.owner else place.roster.name if place.roster else ""
    for clock in Clock.objects.running().filter(handoff=handoff, kind=Clock.Kind.FIRST_TOUCH):
        moment = at.isoformat()
        why = f"Reassigned to {name}; first touch carries on"
        clock.receipt = [*clock.receipt, {"from": moment, "to": moment, "minutes": 0, "why": why}]
        clock.receipt.sort(key=lambda row: dt.datetime.fromisoformat(row["from"]))
        clock.save(update_fields=["receipt"])


def _tell_owner(handoff: Handoff, owner: Person, *, actor: User | None, at: dt.datetime) -> None:
    title = handoff.lead.title
    subject = f"{actor or 'Handoff'} gave you {title}"
    body = {"title": title, "due": handoff.due_at, "clock": handoff.due_clock}
    about = f"{handoff.pk}:{at.isoformat()}"
    announce(
        [Letter("assigned", about, owner.user_id, subject, at, handoff.lead_id, handoff.pk, body)]
    )


def give_out(handoff_id: int, *, at: dt.datetime) -> Handoff | None:
    """Give a waiting hand-over to whoever can take it now; None while nobody can."""
    with transaction.atomic():
        handoff = lock(handoff_id)
        if not handoff.awaits_turn or handoff.owner_id is not None or handoff.team is None:
            return None
        place, teams = _placement(handoff, handoff.team, at=at)
        if place.owner is None:
            return None
        owned = _own(handoff, place, verb="assign", actor=None, at=at, by="Handoff")
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return owned


def take_away(handoff_id: int, *, at: dt.datetime) -> Handoff | None:
    """Move a hand-over on after a missed deadline; past owners are asked again only if nobody
    else is left. None when it was accepted meanwhile."""
    with transaction.atomic():
        handoff = lock(handoff_id)
        if handoff.state != Handoff.State.WAITING or handoff.team is None:
            return None
        had_it = set(
            Assignment.objects.filter(handoff=handoff, owner__isnull=False).values_list(
                "owner", flat=True
            )
        )
        place, teams = _placement(handoff, handoff.team, at=at, excluding=had_it)
        if place.owner is None and had_it:
            place, teams = _placement(handoff, handoff.team, at=at)
            place.explanation["relaxed"] = "Nobody else was left, so past owners were asked again"
        if place.owner is None or place.owner.user_id == handoff.owner_id:
            return None
        moved = _own(
            handoff, place, verb="reassign", actor=None, at=at, by="Handoff", kind="breach"
        )
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return moved


def mark_opened(handoff_id: int, *, actor: User, at: dt.datetime) -> None:
    """Note when the owner first saw it."""
    with transaction.atomic():
        handoff = lock(handoff_id)
        if handoff.owner_id != actor.pk or handoff.opened_at is not None:
            return
        Handoff.objects.filter(pk=handoff_id).update(opened_at=at)
        record([Happening(handoff.lead_id, Event.Kind.OPENED, at, handoff_id, actor)])

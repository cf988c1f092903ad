"""Who owns a hand-over: taking one from a queue, giving it to somebody else, giving out what waits.

Source: contracts.md §2 (`next`, `reassign`). What clocks do on a change of hands: `rehanding`.
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from handoff import statements
from handoff.models import OVERSEERS, Membership, Reason, Team, User
from leads.models import Assignment, Event, Handoff, Turn
from leads.wording import subjects

from . import rosters, unplaced
from .announcing import Letter, announce
from .consequences import credit, had_by
from .handing import placed
from .judging import wanted_by
from .law import law
from .reasoning import given_in, reason_of
from .recording import Happening, record
from .rehanding import move_clocks
from .routing import Asked, Person, Placement, place_all, rule_to
from .states import Conflict, Invalid, NotAllowed, lock, lock_lead, move
from .turns import Roster

QUEUED = """
FROM leads_handoff h JOIN leads_lead l ON l.id = h.lead_id
WHERE h.team_id = {team} AND h.owner_id IS NULL AND h.state = 'waiting'
    AND h.ended_at IS NULL AND NOT h.historical
ORDER BY coalesce(h.due_at, h.next_step_due) NULLS LAST, h.id LIMIT 1"""

NEXT = f"SELECT h.id {QUEUED.format(team='%s')} FOR NO KEY UPDATE OF h, l SKIP LOCKED"

# One team at a time: only so the index gives the first due at once, however long the queue is.
MOST_URGENT = f"""
SELECT asked.team FROM unnest(%s::bigint[]) AS asked(team) CROSS JOIN LATERAL (
    SELECT h.id, coalesce(h.due_at, h.next_step_due) AS due {QUEUED.format(team="asked.team")}
) first ORDER BY first.due NULLS LAST, first.id"""


def may_act(handoff: Handoff, user: User) -> bool:
    """Whether a person may answer a hand-over: its owner, its team, who answers for it, or those
    who look after everybody's."""
    if handoff.owner_id == user.pk:
        return True
    if handoff.team is not None and (
        handoff.team.responsible_id == user.pk or is_member(handoff.team_id, user)
    ):
        return True
    return user.has_role(*OVERSEERS)


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
        for (team,) in statements.fetch(MOST_URGENT, [list(team_ids)]):
            if rows := statements.fetch(NEXT, [team]):
                return take(lock(rows[0][0]), actor=actor, at=at, by=by)
        return None


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
        given_in(why, handoff.step)
        if isinstance(to, User) and to.pk == handoff.owner_id:
            raise Invalid("to", f"It is {to}’s already.")
        _credit_misrouted(handoff, to, at=at)
        place, teams = _placement(handoff, to, at=at)
        moved = _own(
            handoff, place, verb="reassign", actor=actor, at=at, by=by, reason=why, note=note
        )
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return moved


def _credit_misrouted(handoff: Handoff, to: User | Team, *, at: dt.datetime) -> None:
    """Give the turn back where a lead goes to another team; both teams are locked at once."""
    team = to if isinstance(to, Team) else _team_for(handoff, to)
    if handoff.team is None or team is None or team.pk == handoff.team_id:
        return
    rosters.lock({handoff.team.key, team.key})
    credit(handoff, Turn.Because.MISROUTED, at=at)


def _placement(
    handoff: Handoff,
    to: User | Team,
    *,
    at: dt.datetime,
    excluding: frozenset[int] = frozenset(),
    spared: frozenset[int] = frozenset(),
) -> tuple[Placement, Collection[Roster]]:
    """Where it goes; a team gives it by turn, never to who has it now. `excluding`, `spared`: user
    ids, as in `Wish`."""
    if isinstance(to, Team):
        rule = rule_to(to.key, kind="team", key=handoff.route or "", label=to.name)
        never = excluding | ({handoff.owner_id} if handoff.owner_id else set())
        wanted = wanted_by(handoff.judgement)
        request = Asked(handoff.lead_id, (rule,), at, (rule,), never, spared, wanted)
        (place,), teams = place_all([request], historical=handoff.historical)
        place.route = handoff.route
        return place, teams
    if not to.is_active:
        raise Invalid("to", f"{to} is not active any more.")
    return place_with(handoff, to, at=at), ()


def place_with(handoff: Handoff, to: User, *, at: dt.datetime) -> Placement:
    """With a person, in the team in which they take it; no turn is charged."""
    team = _team_for(handoff, to)
    teams_read = (
        rosters.read([team.key], at=at, until=at, historical=handoff.historical) if team else {}
    )
    return Placement(
        handoff.lead_id,
        handoff.route,
        Assignment.Kind.MANUAL,
        teams_read.get(team.key) if team else None,
        Person(to.pk, to.email, str(to)),
    )


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
    move_clocks(handoff, place, restarts=verb == "reassign", at=at)
    fresh = Handoff.objects.select_related("lead", "team", "owner", "judgement").get(pk=handoff.pk)
    if owner is not None and not fresh.historical and (actor is None or actor.pk != owner.user_id):
        _tell_owner(fresh, owner, actor=actor, at=at)
    elif owner is None and not fresh.historical:
        _tell_responsible(fresh, place, at=at)
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


def _tell_owner(handoff: Handoff, owner: Person, *, actor: User | None, at: dt.datetime) -> None:
    title = handoff.lead.title
    subject = subjects.assigned(title, by=actor or "Handoff")
    body = {"title": title, "due": handoff.due_at, "clock": handoff.due_clock}
    about = f"{handoff.pk}:{at.isoformat()}"
    announce(
        [Letter("assigned", about, owner.user_id, subject, at, handoff.lead_id, handoff.pk, body)]
    )


def _tell_responsible(handoff: Handoff, place: Placement, *, at: dt.datetime) -> None:
    title, number = handoff.lead.title, law(handoff.version_id).number
    about = unplaced.About(handoff.pk, handoff.lead_id, title, at, number)
    body = {"title": title, "due": handoff.due_at, "clock": handoff.due_clock, "again": True}
    announce(unplaced.letters(place, about, body))


def give_out(handoff_id: int, *, at: dt.datetime) -> Handoff | None:
    """Give a waiting hand-over to whoever can take it now; None while nobody can. Who refused it
    is never asked again, who missed it only where nobody else is left."""
    with transaction.atomic():
        handoff = lock(handoff_id)
        if not handoff.awaits_turn or handoff.owner_id is not None or handoff.team is None:
            return None
        refused, missed = had_by(handoff)
        place, teams = _placement(handoff, handoff.team, at=at, excluding=refused, spared=missed)
        if place.owner is None:
            return None
        owned = _own(handoff, place, verb="assign", actor=None, at=at, by="Handoff")
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return owned


def take_away(handoff_id: int, *, at: dt.datetime) -> Handoff | None:
    """Move a hand-over on after a missed deadline. In this order: to who never had it; to who had
    it and missed it; else it stays. Who refused it is never asked again. None where it stays, or
    was accepted meanwhile."""
    with transaction.atomic():
        handoff = lock(handoff_id)
        if handoff.state != Handoff.State.WAITING or handoff.team is None:
            return None
        refused, missed = had_by(handoff)
        place, teams = _placement(handoff, handoff.team, at=at, excluding=refused, spared=missed)
        if place.owner is None:
            _say_it_stays(handoff, place, at=at)
            return None
        moved = _own(
            handoff, place, verb="reassign", actor=None, at=at, by="Handoff", kind="breach"
        )
        rosters.write(teams, handoffs={handoff.lead_id: handoff.pk})
    return moved


def _say_it_stays(handoff: Handoff, place: Placement, *, at: dt.datetime) -> None:
    """Keep that nobody else could take it, and who was weighed."""
    if handoff.owner_id is None:
        return
    stays = f"Nobody else could take it, so it stays with {handoff.owner}"
    Assignment.objects.create(
        handoff=handoff,
        at=at,
        kind=Assignment.Kind.BREACH,
        owner_id=handoff.owner_id,
        team_id=handoff.team_id,
        route=handoff.route,
        explanation={**place.explanation, "stays": True, "relaxed": stays},
    )


def mark_opened(handoff_id: int, *, actor: User, at: dt.datetime) -> None:
    """Note when the owner first saw it."""
    with transaction.atomic():
        lead_id = lock_lead(handoff_id)
        unseen = Handoff.objects.filter(pk=handoff_id, owner=actor, opened_at=None)
        if unseen.update(opened_at=at):
            record([Happening(lead_id, Event.Kind.OPENED, at, handoff_id, actor)])

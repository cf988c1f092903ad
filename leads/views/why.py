"""Why a hand-over went to whom it went: rule by rule, person by person, each change of hands.

Whoever is in a team that was weighed may read it, even where the lead is not theirs to see: then
nothing is told of the person but role and company.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.labels import humanise
from handoff.models import Team, User
from handoff.permissions import may_read_agreement
from handoff.views.signed_in import SignedIn
from leads.journey.weighing import HAD, KEPT, TURN
from leads.models import Assignment, Handoff

ORDINALS = (
    "",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
)

YOURS = {
    TURN: "it was your turn",
    KEPT: "you had this lead before, and a returning lead goes back",
    "More open for the weight": "you had more open leads for your share",
    "Served more for the weight": "you had had more turns for your share",
    "Served as much, more recently": "you had had as many turns, the last more recently",
    "Served as much, joined later": "you had had as many turns, and joined later",
    HAD: "you had this lead before",
}
"""What is said of somebody, said to them."""


@dataclass(frozen=True)
class Weighed:
    """A member as they were weighed. `turn`: place among those who could take it; None for who
    could not."""

    name: str
    served: float | None
    weight: int | None
    turn: int | None
    why: str
    chosen: bool
    is_you: bool

    @property
    def place(self) -> str:
        """Their place in turn, as one says it; empty where they could not take it."""
        if self.turn is None:
            return ""
        return ORDINALS[self.turn] if self.turn < len(ORDINALS) else f"number {self.turn}"


@dataclass(frozen=True)
class Rule:
    """A routing rule that was tried, and who was weighed for it."""

    name: str
    why: str
    holds: bool
    team: str
    weighed: Sequence[Weighed]


@dataclass(frozen=True)
class Hands:
    """One change of hands. `you`: what it says to the reader; empty where it has nothing to do with
    them."""

    assignment: Assignment
    rules: Sequence[Rule]
    you: str


@login_required
@require_GET
@never_cache
def why(request: SignedIn, pk: int) -> HttpResponse:
    """Every change of hands of one hand-over, the latest first."""
    rows = Handoff.objects.explained_to(request.user).select_related("lead", "team", "owner")
    handoff = get_object_or_404(rows, pk=pk)
    is_seen = Handoff.objects.visible_to(request.user).filter(pk=pk).exists()
    assignments = handoff.assignments.select_related("owner", "team", "actor", "reason")
    names = dict(Team.objects.values_list("key", "name"))
    told = [_hands(one, request.user, names) for one in assignments.order_by("-pk")]
    if not is_seen:
        for one in told:
            one.assignment.note = ""
    context = {
        "section": "leads",
        "handoff": handoff,
        "told": told,
        "you": next((one.you for one in told if one.you), "") or _waiting(handoff, request.user),
        "is_seen": is_seen,
        "teams": Team.objects.visible_to(request.user).filter(pk__in=_teams(told)),
        "may_read_agreement": may_read_agreement(request.user),
        "now": timezone.now(),
    }
    return render(request, "leads/why.html", context)


def _waiting(handoff: Handoff, you: User) -> str:
    """What a queue says to a member of its team; empty for others, and once somebody has it."""
    if handoff.owner_id is not None or not handoff.is_open:
        return ""
    if not you.memberships.filter(team=handoff.team_id, active=True).exists():
        return ""
    return f"It waits for whoever of {handoff.team} takes it, and you may."


def _teams(told: Sequence[Hands]) -> set[int]:
    """Whose turn it was, or in whose queue it waited."""
    return {one.assignment.team_id for one in told if one.assignment.team_id is not None}


def _hands(assignment: Assignment, you: User, names: Mapping[str, str]) -> Hands:
    told = assignment.explanation
    rules = [_rule(one, one.get("candidates", ()), you, names) for one in told.get("rules", ())]
    weighed = told.get("candidates", ())
    if weighed and rules:
        rules[-1] = _rule(told["rules"][-1], weighed, you, names)
    return Hands(assignment, rules, _to_you(assignment, rules, you))


def _rule(
    row: Mapping[str, Any],
    weighed: Sequence[Mapping[str, Any]],
    you: User,
    names: Mapping[str, str],
) -> Rule:
    key = row.get("team", "")
    members = [_weighed(one, you) for one in weighed]
    members.sort(key=lambda one: (not one.chosen, one.turn is None, one.turn or 0))
    return Rule(
        row.get("label") or humanise(row.get("key")),
        row.get("why", ""),
        bool(row.get("holds")),
        names.get(key, humanise(key)),
        members,
    )


def _weighed(row: Mapping[str, Any], you: User) -> Weighed:
    return Weighed(
        row.get("name") or row.get("email", ""),
        row.get("served"),
        row.get("weight"),
        row.get("turn"),
        row.get("why", ""),
        bool(row.get("chosen")),
        row.get("email") == you.email,
    )


def _to_you(assignment: Assignment, rules: Sequence[Rule], you: User) -> str:
    """What the reader wants to know first: why they got it, or why not."""
    mine = next((one for rule in rules for one in rule.weighed if one.is_you), None)
    if mine is not None and mine.chosen:
        return f"You got it: {_within(mine.why)}."
    if mine is not None and mine.turn is not None:
        before = next((o.name for r in rules for o in r.weighed if o.chosen), "somebody else")
        return f"You were {mine.place} in turn, and {before} got it: {_within(mine.why)}."
    if mine is not None:
        return f"You were passed over: {_within(mine.why)}."
    if assignment.owner_id == you.pk:
        return "You got it without a turn."
    return ""


def _within(why: str) -> str:
    """A reason within a sentence that speaks to its reader."""
    said = why[:1].lower() + why[1:]
    said = said.replace("not their ", "not your ").replace(": serves ", ", you serve ")
    return YOURS.get(why, said)

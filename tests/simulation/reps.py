"""How reps answer: most in time, some late, some not at all."""

import datetime as dt
import heapq
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from handoff import business_time
from handoff.models import Team
from leads.journey import responding
from leads.models import Assignment, Handoff

from .company import REVIEWERS
from .floor import Floor, Rep

TARGETS = {"urgent": 15.0, "high": 60.0, "standard": 240.0}
IGNORES, REJECTS, RETURNS = 0.08, 0.10, 0.03
"""The share of what a rep is given that they leave lying, refuse, or send back."""

AT_ONCE, AGAIN = 0.7, 0.1
"""How often they call before they accept, and once more after they called."""

REFUSALS = ("out_of_segment", "out_of_segment", "wrong_timing", "wrong_team", "unclear_fit")
ENDS = ("converted", "no_response", "no_response", "bad_fit", "nurture")
HURRY = 0.35
"""How much of the time they have reps take at the mean."""


@dataclass(order=True)
class Deed:
    """What somebody means to do with a lead, and when."""

    at: dt.datetime
    place: int
    verb: str = field(compare=False)
    handoff_id: int = field(compare=False)
    user_id: int = field(compare=False)


@dataclass
class Reps:
    """What every rep has in mind. `assignment`: the last one they have seen."""

    floor: Floor
    seed: int
    assignment: int = 0
    deeds: list[Deed] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._places = itertools.count()
        self._reviewers = Team.objects.get(key=REVIEWERS)

    def look(self, at: dt.datetime) -> None:
        """Everybody sees what they were given, and decides what to do with it."""
        rows = Assignment.objects.filter(pk__gt=self.assignment, owner__isnull=False).exclude(
            explanation__has_key="stays"
        )
        given = rows.order_by("pk").values_list("pk", "handoff", "owner", "handoff__tier")
        for pk, handoff_id, user_id, tier in given:
            self.assignment = pk
            self._decide(pk, handoff_id, user_id, TARGETS.get(tier or "", 60.0), at)

    def _decide(
        self, pk: int, handoff_id: int, user_id: int, target: float, at: dt.datetime
    ) -> None:
        dice = random.Random(f"{self.seed}-{pk}")
        roll = dice.random()
        wait = dice.expovariate(1 / (HURRY * target))
        if roll < IGNORES:
            verb, wait = "accept", 900.0
        elif roll < IGNORES + REJECTS:
            verb = "reject"
        elif roll < IGNORES + REJECTS + RETURNS:
            verb = "return"
        else:
            verb = "touch" if dice.random() < AT_ONCE else "accept"
        self._plan(verb, handoff_id, user_id, wait, at)

    def _plan(self, verb: str, handoff_id: int, user_id: int, wait: float, at: dt.datetime) -> None:
        """Mean to do it after so many minutes of work."""
        rep = self.floor.reps.get(user_id)
        calendar = rep.calendar if rep else None
        moment = at + dt.timedelta(minutes=wait)
        if rep is not None and calendar is not None:
            moment = rep.next_at_work(business_time.due(calendar, at, wait).due)
        heapq.heappush(self.deeds, Deed(moment, next(self._places), verb, handoff_id, user_id))

    def act(self, until: dt.datetime) -> None:
        """Do what was meant to be done by then, each at its own moment."""
        while self.deeds and self.deeds[0].at <= until:
            deed = heapq.heappop(self.deeds)
            rep = self.floor.reps.get(deed.user_id)
            if rep is not None and not rep.gone and not rep.works_at(deed.at):
                self._plan(deed.verb, deed.handoff_id, deed.user_id, 0, deed.at)
                continue
            try:
                self._do(deed, rep)
                self.done[deed.verb] += 1
            except (responding.Conflict, responding.NotAllowed):
                self.done["too late"] += 1

    def _do(self, deed: Deed, rep: Rep | None) -> None:
        dice = random.Random(f"{self.seed}-{deed.handoff_id}-{deed.verb}-{deed.at}")
        if deed.verb == "resume":
            responding.resume(deed.handoff_id, actor=self.floor.marketing, at=deed.at)
            self._plan("accept", deed.handoff_id, deed.user_id, dice.uniform(5, 60), deed.at)
            return
        if rep is None or rep.gone:
            raise responding.NotAllowed("They have left.")
        mine = Handoff.objects.filter(pk=deed.handoff_id, owner=rep.user).exists()
        if not mine:
            raise responding.Conflict("It went to somebody else.")
        for verb, wait in getattr(self, f"_{deed.verb}")(deed, rep, dice):
            self._plan(verb, deed.handoff_id, deed.user_id, wait, deed.at)

    def _accept(self, deed: Deed, rep: Rep, dice: random.Random) -> Iterator[tuple[str, float]]:
        responding.accept(deed.handoff_id, how="outreach_started", actor=rep.user, at=deed.at)
        yield "touch", dice.expovariate(1 / 20)

    def _touch(self, deed: Deed, rep: Rep, dice: random.Random) -> Iterator[tuple[str, float]]:
        step = dice.uniform(60, 2400)
        responding.touch(
            deed.handoff_id,
            channel=dice.choice(("call", "email")),
            next_step="Call again",
            next_step_due=deed.at + dt.timedelta(minutes=step),
            actor=rep.user,
            at=deed.at,
        )
        yield ("touch" if dice.random() < AGAIN else "close"), step

    def _close(self, deed: Deed, rep: Rep, dice: random.Random) -> Iterator[tuple[str, float]]:
        end = dice.choice(ENDS)
        responding.dispose(deed.handoff_id, disposition=end, actor=rep.user, at=deed.at)
        return
        yield

    def _reject(self, deed: Deed, rep: Rep, dice: random.Random) -> Iterator[tuple[str, float]]:
        reason = dice.choice(REFUSALS)
        later = deed.at.date() + dt.timedelta(days=dice.randrange(5, 30))
        responding.reject(
            deed.handoff_id,
            reason=reason,
            until=later if reason == "wrong_timing" else None,
            actor=rep.user,
            at=deed.at,
        )
        return
        yield

    def _return(self, deed: Deed, rep: Rep, dice: random.Random) -> Iterator[tuple[str, float]]:
        responding.return_to_marketing(
            deed.handoff_id,
            reason="missing_context",
            missing=["problem"],
            actor=rep.user,
            at=deed.at,
        )
        yield "resume", dice.uniform(10, 600)

    def review(self, at: dt.datetime) -> None:
        """Reviewers at work take one lead each from the queue, as long as there are any."""
        waiting = Handoff.objects.working().filter(team=self._reviewers, owner=None)
        left = waiting.count()
        for rep in self.floor.there:
            if not left:
                return
            if rep.membership.team_id == self._reviewers.pk and rep.works_at(at):
                left -= 1
                responding.claim_next(self._reviewers, actor=rep.user, at=at)

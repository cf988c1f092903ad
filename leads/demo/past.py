"""The ninety days before: companies whose people came, were answered, and came to something or not.

What happened last is told first, company by company, so that the recent past is there soon. Each
portion is one transaction that also notes how far the telling is; a killed run goes on from there,
and two at once take turns.
"""

import datetime as dt
import itertools
import random
from collections.abc import Generator
from dataclasses import dataclass

from django.db import transaction

from handoff.models import Team
from leads.models import DemoFill

from . import answer, cast
from .desk import Desk
from .stories import KINDS, Kind, Story, story
from .telling import Act, Clockwork, arrive, in_order
from .world import Company, companies, luck, register

DAYS = 90
STORIES = 1900
PORTION = 8
"""Companies told in one transaction."""

GATHERINGS = {"webinar": 14, "event": 30}
"""Every so many days: leads of this kind come on that day and the next."""

KEPT_FOR_TODAY = 150
"""Companies at the head of the list that belong to today's queues."""


@dataclass(frozen=True)
class Household:
    """A company and everybody of it who came, told together since they share its facts."""

    company: Company
    stories: tuple[Story, ...]

    @property
    def last(self) -> dt.datetime:
        return max(moment for one in self.stories for moment in one.moments)


def plan(anchor: dt.datetime, *, size: int = STORIES) -> list[Household]:
    """Everybody who came in the ninety days before `anchor`, who came last first."""
    households, count = [], 0
    for place, company in enumerate(itertools.islice(companies(), KEPT_FOR_TODAY, None)):
        dice = luck("household", place)
        (people,) = dice.choices((1, 2, 3, 4), (62, 24, 10, 4))
        stories = tuple(
            _story(f"past-{place}-{number}", company, dice, anchor) for number in range(people)
        )
        households.append(Household(company, stories))
        count += people
        if count >= size:
            break
    return sorted(households, key=lambda one: one.last, reverse=True)


def _story(key: str, company: Company, dice: random.Random, anchor: dt.datetime) -> Story:
    (kind,) = dice.choices(KINDS, [kind.share for kind in KINDS])
    moments = [_moment(dice, kind, anchor)]
    if dice.random() < kind.again:
        later = moments[0] + dt.timedelta(days=dice.uniform(14, 60))
        if later < anchor - dt.timedelta(hours=12):
            moments.append(later)
    return story(key, kind, company, tuple(moments))


def _moment(dice: random.Random, kind: Kind, anchor: dt.datetime) -> dt.datetime:
    """A moment of the ninety days: more of late, few on weekends, by day more than by night."""
    while True:
        ago = DAYS * dice.random() ** 1.15
        every = GATHERINGS.get(kind.key)
        if every:
            ago = min(ago - ago % every + dice.random() * 1.2 + 1, DAYS)
        day = anchor - dt.timedelta(days=ago)
        if day.weekday() >= 5 and dice.random() < 0.72:
            continue
        hour = min(max(dice.gauss(15.5, 4.2), 0.0), 23.9)
        moment = day.replace(hour=0, minute=0, second=0, microsecond=0)
        moment += dt.timedelta(hours=hour, seconds=dice.randrange(60))
        if moment < anchor - dt.timedelta(hours=20):
            return moment


def tell(
    *, at: dt.datetime, portion: int = PORTION, size: int = STORIES
) -> Generator[DemoFill, None, None]:
    """Tell the past portion by portion, from where it stood; how far it is after each.

    Nothing where today was not filled, or the demo was removed meanwhile.

    `at` is noted as the end of the telling.
    """
    fill = DemoFill.objects.filter(today_filled_at__isnull=False).first()
    if fill is None or not fill.is_filling:
        return
    households = plan(fill.anchor, size=size)
    DemoFill.objects.update(stories=sum(len(one.stories) for one in households))
    owners = [user.email for user in cast.sellers(Team.Kind.AE)]
    while True:
        with transaction.atomic():
            fill = DemoFill.objects.select_for_update().get()
            waiting = _from(households, fill.told) if fill.is_filling else []
            for household in waiting[:portion]:
                _tell(household, owners, anchor=fill.anchor)
                fill.told += len(household.stories)
            if not waiting and fill.removed_at is None and fill.finished_at is None:
                fill.finished_at = at
                answer.draft(at=at)
            fill.save()
        yield fill
        if not waiting:
            return


def _from(households: list[Household], told: int) -> list[Household]:
    counts = itertools.accumulate(len(one.stories) for one in households)
    place = sum(count <= told for count in counts)
    return households[place:]


def _tell(household: Household, owners: list[str], *, anchor: dt.datetime) -> None:
    arrivals = in_order(household.stories)
    dice = luck("owner", household.company.name)
    owner = dice.choice(owners) if owners else None
    register(household.company, owner=owner, at=arrivals[0][0] - dt.timedelta(days=20))
    clockwork = Clockwork(end=anchor)
    desks = {one.key: Desk(clockwork, one) for one in household.stories}
    for moment, one, place in arrivals:
        clockwork.plan(moment, _arrival(desks[one.key], one, place))
    clockwork.run()


def _arrival(desk: Desk, one: Story, place: int) -> Act:
    def act(at: dt.datetime) -> None:
        desk.answer(arrive(one, place, at=at, historical=True), at=at)

    return act

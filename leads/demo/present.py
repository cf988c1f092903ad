"""Today's queues: what came in over the last working hours, part of it answered.

Moments are counted back in working minutes of whoever sells there, so that the queues are as full
on a Sunday as on a Tuesday morning; the worker's reminders and breaches are written as they fall.
"""

import contextlib
import dataclasses
import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Coalesce

from handoff import business_time
from handoff.absences import Days, Refused
from handoff.models import Team
from leads.journey import absent, responding
from leads.journey.law import live_law
from leads.models import DemoFill, Handoff, Message

from . import campaigns, cast, looking
from .desk import Desk
from .stories import KINDS, Kind, Story, story
from .telling import Act, Clockwork, arrive
from .world import Company, companies, luck, register

BY_KEY = {kind.key: kind for kind in KINDS}
LEFT, TAKEN, WORKED = "left", "taken", "worked"
"""Nobody has looked; accepted and not yet called; in the hands of those who work it."""


@dataclass(frozen=True)
class Slot:
    """So many leads of a kind that came within these working minutes before now.

    `clock`: the minutes are counted from that promise of the most urgent tier instead, so that
    negative ones are about to run out and positive ones did. `known`: what the CRM knows of their
    company; `again`: they were refused some weeks ago; `vague`: they say little about themselves.
    """

    kind: str
    count: int
    since: tuple[float, float]
    then: str = WORKED
    clock: str = ""
    known: str = ""
    again: bool = False
    vague: bool = False


SCRIPT = (
    Slot("hand_raiser", 5, (1, 8), LEFT),
    Slot("hand_raiser", 3, (-8, -2), LEFT, clock="accept"),
    Slot("hand_raiser", 2, (-9, -3), TAKEN, clock="first_touch"),
    Slot("hand_raiser", 3, (4, 14), TAKEN, clock="first_touch"),
    Slot("partner", 2, (1, 11), LEFT),
    Slot("partner", 3, (200, 520)),
    Slot("trial", 4, (3, 45), LEFT),
    Slot("trial", 3, (150, 700)),
    Slot("trial", 1, (63, 75), LEFT),
    Slot("webinar", 6, (25, 200), LEFT),
    Slot("webinar", 1, (244, 280), LEFT),
    Slot("webinar", 7, (500, 1500)),
    Slot("reader", 5, (15, 190), LEFT),
    Slot("reader", 4, (400, 1200)),
    Slot("hand_raiser", 3, (20, 300), LEFT, vague=True),
    Slot("partner", 2, (30, 200), LEFT, vague=True),
    Slot("writer", 3, (20, 200), LEFT, vague=True),
    Slot("social", 4, (30, 700), LEFT),
    Slot("student", 3, (10, 600), LEFT),
    Slot("event", 4, (40, 330), LEFT),
    Slot("hand_raiser", 8, (200, 2300)),
    Slot("hand_raiser", 2, (20, 160), LEFT, known="customer"),
    Slot("partner", 2, (30, 200), LEFT, known="dealing"),
    Slot("trial", 1, (60, 90), LEFT, known="competitor"),
    Slot("reader", 2, (5, 50), LEFT, known="target"),
    Slot("hand_raiser", 3, (1, 10), LEFT, again=True),
    Slot("trial", 2, (5, 40), LEFT, again=True),
    Slot("listener", 26, (1900, 4300)),
)
"""The last fit the definition, and sales rejects most of them: an alert is open."""


def fill(*, at: dt.datetime, again: bool) -> int | None:
    """Make the cast and today's queues, all or nothing; how many people came.

    None where they had come before, and, unless `again` is asked for, where the demo was removed.
    Raises cast.NoCast.
    """
    with transaction.atomic():
        row, _ = DemoFill.objects.get_or_create(defaults={"anchor": at})
        row = DemoFill.objects.select_for_update().get(pk=row.pk)
        if row.removed_at is not None and again:
            row.delete()
            row = DemoFill.objects.create(anchor=at)
        if row.today_filled_at is not None:
            return None
        cast.prepare()
        campaigns.describe(at=at)
        count = _tell(now=at)
        _send_letters(at=at)
        _take_days_off(at=at)
        looking.share(at=at)
        row.today_filled_at = at
        row.save()
    return count


def _send_letters(*, at: dt.datetime) -> None:
    """What was to be mailed before `at` was, the moment it was due: nobody is mailed what happened
    before they came, and the time until somebody was told is that of the story."""
    due = Message.objects.filter(lead__is_demo=True, state=Message.State.WAITING, written_at__lt=at)
    mailed = due.exclude(held_until__gt=at).filter(channel=Message.Channel.EMAIL)
    mailed.update(state=Message.State.SENT, sent_at=Coalesce("held_until", "written_at"))


def _take_days_off(*, at: dt.datetime) -> None:
    """Two sellers have days off in the week that comes: one three of them, one an afternoon."""
    monday = at.date() + dt.timedelta(days=7 - at.weekday())
    long = Days(monday + dt.timedelta(days=1), monday + dt.timedelta(days=3))
    short = Days(monday + dt.timedelta(days=4), monday + dt.timedelta(days=4), from_midday=True)
    for person, days in zip(cast.sellers(Team.Kind.SDR)[-2:], (long, short), strict=False):
        with contextlib.suppress(Refused):
            absent.take_off(person, days, actor=person, at=at)


def _tell(*, now: dt.datetime) -> int:
    clockwork = Clockwork(end=now, live=True)
    owners = [user.email for user in cast.sellers(Team.Kind.AE)]
    promises = _promises()
    count = 0
    for number, (slot, company) in enumerate(zip(_slots(), _employers(), strict=False)):
        company = dataclasses.replace(company, known=slot.known)
        dice = luck("today", number)
        moment = _moment(slot, company, promises, now, dice.uniform(*slot.since))
        one = _story(f"today-{number}", slot, company, moment, dice.uniform(25, 80))
        owner = dice.choice(owners) if owners else None
        register(company, owner=owner, at=one.moments[0] - dt.timedelta(days=20))
        if slot.again:
            _tell_first(one)
        desk = Desk(clockwork, one)
        clockwork.plan(moment, _arrival(desk, one, slot, len(one.enquiries) - 1))
        count += 1
    clockwork.run()
    return count


def _slots() -> Iterator[Slot]:
    return itertools.chain.from_iterable(itertools.repeat(slot, slot.count) for slot in SCRIPT)


def _employers() -> Iterator[Company]:
    """Two companies of the Americas, then one of elsewhere, and so on."""
    first, second = itertools.tee(itertools.islice(companies(), 400))
    near = (one for one in first if one.land.code in cast.AMERICAS[:2])
    far = (one for one in second if one.land.code not in cast.AMERICAS[:2])
    while True:
        yield next(near)
        yield next(near)
        yield next(far)


def _promises() -> dict[str, float]:
    """Minutes of the most urgent tier's clocks."""
    tiers = live_law().definition.tiers
    clocks = tiers[0].clocks if tiers else {}
    return {
        kind: float(minutes) for kind, minutes in clocks.items() if isinstance(minutes, int | float)
    }


def _moment(
    slot: Slot, company: Company, promises: dict[str, float], now: dt.datetime, minutes: float
) -> dt.datetime:
    ago = max(promises.get(slot.clock, 0.0) + minutes, 0.5)
    team = cast.team_for(company.land.code)
    if team is None:
        return now - dt.timedelta(minutes=ago)
    return business_time.before(team.calendar.windows(), now, ago)


def _story(key: str, slot: Slot, company: Company, moment: dt.datetime, days: float) -> Story:
    kind = BY_KEY[slot.kind]
    if slot.vague:
        kind = dataclasses.replace(kind, gaps=2.0, free_mail=0.5, smallest=0)
    if not slot.again:
        return story(key, kind, company, (moment,))
    earlier = moment - dt.timedelta(days=days)
    return story(key, _refused(kind), company, (earlier, moment))


def _refused(kind: Kind) -> Kind:
    return dataclasses.replace(kind, yes=0.0, gaps=0.0, free_mail=0.0, noes=("wrong_timing",))


def _tell_first(one: Story) -> None:
    """What became of them the first time, some weeks ago."""
    first, last = one.moments[0], one.moments[-1]
    clockwork = Clockwork(end=last - dt.timedelta(days=5))
    desk = Desk(clockwork, one)
    clockwork.plan(first, lambda at: desk.answer(arrive(one, 0, at=at, historical=True), at=at))
    clockwork.run()


def _arrival(desk: Desk, one: Story, slot: Slot, place: int) -> Act:
    def act(at: dt.datetime) -> None:
        outcome = arrive(one, place, at=at, historical=False)
        if slot.then == WORKED:
            desk.answer(outcome, at=at)
        elif slot.then == TAKEN and outcome.handoff_id is not None:
            handoff_id = outcome.handoff_id
            later = at + dt.timedelta(minutes=2)
            desk.clockwork.plan(later, lambda now: _take(handoff_id, now))

    return act


def _take(handoff_id: int, at: dt.datetime) -> None:
    handoff = Handoff.objects.select_related("owner").get(pk=handoff_id)
    if handoff.owner is not None:
        how = Handoff.How.OUTREACH_STARTED
        responding.accept(handoff_id, how=how, actor=handoff.owner, at=at)

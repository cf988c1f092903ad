"""The demo's joint reviews: one that was held two weeks ago, with its votes, decisions, actions and
minutes, and the next one, whose sample is open for votes from the day before. Told by running the
real meeting under simulated time, once the demo's past is there; then the worker's look at
rejections is taken, and a study of lift asked for, which the worker runs.
"""

import contextlib
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from handoff import publishing
from handoff.models import DefinitionVersion, Team, User
from handoff.permissions import people_with
from leads.demo import cast
from leads.demo.world import luck
from leads.journey.states import Conflict
from leads.models import DemoFill, Handoff
from reviews.alerting import watching
from reviews.lifting import asking
from reviews.meetings import noting, planning, running
from reviews.meetings.dates import working_day
from reviews.meetings.noting import Asked
from reviews.models import Item, LiftStudy, Line, Meeting, Participant, Sampled, Series, Side
from reviews.voting import ballots, deciding, drawing, revealing
from reviews.voting.clauses import clauses_of

NAME = "Marketing and sales"
WEEKS = 2
TEN = dt.time(10)
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
STUDIED = 90 * DAY
"""So long a time the demo’s study of lift looks at."""
MOST_SELLERS = 3
SELLER, MARKETER = "sam@example.com", "mara@example.com"
"""As whom newcomers sign in."""
REVEALED = 5
"""So many leads the room got to, as rooms do."""

DECIDED = (
    "Forms ask for the size of the company before they ask for a phone number",
    "Leads from social ads keep their tier until the next review",
)
PROMISED = (
    ("Ask for the size of the company on the pricing form", 5, True),
    ("Write down what counts as “no clear problem”, with two examples", 12, False),
    ("Find out why webinar leads wait overnight", 16, False),
)
"""What was taken on: how many days later it is due, and whether it is done by now."""

NOTES = {
    Item.SLA: "The short forms do not ask for the size of the company; reps look it up first.",
    Item.TRENDS: "What sales calls low intent is mostly people who came to one webinar only.",
}
REMARKS = ("Nobody there decides anything", "Asked for a demo, so why not?", "Too small for us", "")


@dataclass(frozen=True)
class _Room:
    """Who takes part: the chair, whoever presents, and sides by person."""

    chair: User
    presenter: User
    sides: dict[User, Side]

    @property
    def seats(self) -> dict[int, str]:
        return {user.pk: side for user, side in self.sides.items()}


def tell(*, at: dt.datetime) -> Series | None:
    """Tell the demo's reviews; None where they were told before, where there is no demo or its past
    is not there yet, and where somebody has planned a series of their own."""
    if not settings.DEMO:
        return None
    with transaction.atomic():
        fill = DemoFill.objects.select_for_update().filter(removed_at=None).first()
        if fill is None or fill.finished_at is None or Series.objects.exists():
            return None
        room = _room()
        if room is None:
            return None
        series = _series(room, at=at)
        first = planning.keep_series(series, room.seats, actor=room.presenter, at=_before(series))
        if first is None or not drawing.draw_for(first.pk, at=drawing.opens_at(first)):
            return series
        _hold(first, room)
        planning.plan_ahead(at=first.starts_at + DAY)
        drawing.draw_due(at=at)
        for meeting in Meeting.objects.planned():
            _vote_some(meeting, room, at=at)
        watching.watch(at=at)
        asking.start(since=at - STUDIED, until=at, actor=room.presenter, at=at)
    return series


def withdraw(*, at: dt.datetime) -> None:
    """Once the demo is removed: no more meetings of it, and the drafts that it made go, unless
    somebody went on with them, and its study. The minutes of what was held stay, as minutes do."""
    if not DemoFill.objects.exclude(removed_at=None).exists():
        return
    told = Series.objects.running().filter(name=NAME, made_by__email__endswith=cast.PLACE)
    for series in told.select_related("chair"):
        with contextlib.suppress(Conflict):
            planning.end_series(series.pk, actor=series.chair, at=at)
        drafts = Line.objects.filter(meeting__series=series, kind=Line.Kind.DRAFT)
        for version in DefinitionVersion.objects.drafts().filter(pk__in=drafts.values("version")):
            with contextlib.suppress(publishing.Refused):
                publishing.discard(version)
        LiftStudy.objects.filter(asked_by__email__endswith=cast.PLACE, drafts=None).delete()


def _known() -> User | None:
    return User.objects.filter(email=SELLER).first()


def _room() -> _Room | None:
    managers = people_with("sales_manager").filter(is_demo=True, is_superuser=False)
    everybody = cast.sellers(Team.Kind.SDR)
    sellers = sorted(everybody, key=lambda one: one.email != SELLER)[:MOST_SELLERS]
    chair = managers.filter(responsible_for__kind=Team.Kind.SDR).first() or managers.first()
    administrator = User.objects.filter(email=cast.ADMINISTRATOR[0]).first()
    if chair is None or not sellers or administrator is None:
        return None
    marketers = people_with("marketing_ops").filter(is_demo=True, is_superuser=False)
    presenter = marketers.filter(email=MARKETER).first() or cast.marketer()
    sides: dict[User, Side] = dict.fromkeys(sellers, Side.SALES)
    sides |= dict.fromkeys((chair,), Side.SALES)
    sides |= dict.fromkeys((*marketers[:2], presenter), Side.MARKETING)
    return _Room(chair, presenter, {administrator: Side.OPERATIONS, **sides})


def _series(room: _Room, *, at: dt.datetime) -> Series:
    """So that its next meeting is on the next working day of those who sell."""
    teams = Team.objects.filter(kind=Team.Kind.SDR, memberships__user__in=room.sides)
    team = teams.select_related("calendar").order_by("pk").first()
    assert team is not None
    series = Series(name=NAME, chair=room.chair, local_time=TEN, every_weeks=WEEKS)
    series.calendar, series.timezone = team.calendar, team.calendar.timezone
    tomorrow = at.astimezone(series.zone).date() + DAY
    following = working_day(tomorrow, team.calendar.windows())
    series.weekday, series.first_on = following.weekday(), following - WEEKS * 7 * DAY
    return series


def _before(series: Series) -> dt.datetime:
    """Two days before its first meeting."""
    first = dt.datetime.combine(series.first_on, series.local_time, series.zone)
    return (first - 2 * DAY).astimezone(dt.UTC)


def _hold(meeting: Meeting, room: _Room) -> None:
    """The meeting as it went, each thing at its minute."""
    mara, at = room.presenter, meeting.starts_at + MINUTE
    _vote(meeting, list(meeting.sample.standing()), at=meeting.starts_at - 3 * 60 * MINUTE)
    running.begin(meeting.pk, actor=mara, at=at)
    for user in room.sides:
        running.join(meeting.pk, "", actor=user, at=at + MINUTE)
    running.go_to(meeting.pk, Item.SLA, seen=0, actor=mara, at=at + 2 * MINUTE)
    noting.note(meeting.pk, Item.SLA, NOTES[Item.SLA], actor=mara, at=at + 8 * MINUTE)
    running.go_to(meeting.pk, Item.TRENDS, seen=1, actor=mara, at=at + 11 * MINUTE)
    noting.note(meeting.pk, Item.TRENDS, NOTES[Item.TRENDS], actor=mara, at=at + 17 * MINUTE)
    noting.decide(meeting.pk, DECIDED[0], actor=mara, at=at + 18 * MINUTE)
    running.go_to(meeting.pk, Item.CHANGES, seen=2, actor=mara, at=at + 20 * MINUTE)
    _look(meeting, mara, at=at + 21 * MINUTE)
    noting.decide(meeting.pk, DECIDED[1], actor=room.chair, at=at + 28 * MINUTE)
    _promise(meeting, room, at=at + 29 * MINUTE)
    running.end(meeting.pk, actor=mara, at=at + 30 * MINUTE)


def _look(meeting: Meeting, presenter: User, *, at: dt.datetime) -> None:
    """Some leads are revealed and agreed on; from one that should not have passed comes a draft."""
    answered = None
    for number, one in enumerate(meeting.sample.standing()[:REVEALED]):
        moment = at + number * MINUTE
        revealing.show(one.pk, actor=presenter)
        with contextlib.suppress(Conflict):
            revealing.reveal(one.pk, actor=presenter, at=moment)
            met = _met(one.handoff)
            revealing.agree(one.pk, "yes" if met else "no", actor=presenter, at=moment + MINUTE / 2)
            answered = answered or (None if met else one)
    if answered is None:
        return
    clause = next((one.key for one in clauses_of(answered.handoff.judgement)), "")
    at += REVEALED * MINUTE
    with contextlib.suppress(Conflict):
        deciding.draft_from_lead(answered.pk, clause, actor=presenter, at=at)


def _promise(meeting: Meeting, room: _Room, *, at: dt.datetime) -> None:
    for (text, days, is_done), owner in zip(PROMISED, room.sides, strict=False):
        asked = Asked(text, owner, at.date() + days * DAY)
        action = noting.ask_for(meeting.pk, asked, actor=room.presenter, at=at)
        if is_done:
            noting.done(action.pk, actor=owner, at=at + (days - 1) * DAY)


def _met(handoff: Handoff) -> bool:
    """What the leads of the demo are really worth, as far as sales found out."""
    lost = (Handoff.Disposition.NO_RESPONSE, Handoff.Disposition.BAD_FIT)
    return handoff.state != Handoff.State.REJECTED and handoff.disposition not in lost


def _vote(meeting: Meeting, sample: Sequence[Sampled], *, at: dt.datetime) -> None:
    """Everybody votes on these; sales sees more in an answer of sales than marketing does."""
    for participant in meeting.participants.select_related("user"):
        for one, verdict, dice in _said(sample, participant):
            ballots.cast(one.pk, participant, at=at, **_in_full(one, verdict, dice))


def _vote_some(meeting: Meeting, room: _Room, *, at: dt.datetime) -> None:
    """Two sellers have begun to vote; whoever signs in finds their own ballot empty."""
    sales = [user for user in room.sides if room.sides[user] == Side.SALES]
    sellers = [user for user in sales if user not in (room.chair, _known())][:2]
    first = list(meeting.sample.standing()[:4])
    for participant in meeting.participants.filter(user__in=sellers).select_related("user"):
        for one, verdict, dice in _said(first, participant):
            with contextlib.suppress(Conflict):
                ballots.cast(one.pk, participant, at=at, **_in_full(one, verdict, dice))


def _said(
    sample: Sequence[Sampled], participant: Participant
) -> Iterator[tuple[Sampled, str, random.Random]]:
    """What somebody says of each lead, mostly what it is worth."""
    sure = 0.88 if participant.side == Side.SALES else 0.72
    for one in sample:
        dice = luck("vote", one.place, participant.user.email)
        met = _met(one.handoff) == (dice.random() < sure)
        unsure = dice.random() < 0.07
        yield one, "cannot_tell" if unsure else "yes" if met else "no", dice


def _in_full(one: Sampled, verdict: str, dice: random.Random) -> dict[str, str]:
    keys = [clause.key for clause in clauses_of(one.handoff.judgement)]
    clause = keys[min(len(keys) - 1, int(abs(dice.gauss(0, 2))))] if keys else ""
    remark = dice.choice(REMARKS) if dice.random() < 0.3 else ""
    return {"verdict": verdict, "clause": clause if verdict == "no" else "", "comment": remark}

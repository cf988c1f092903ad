"""The sales floor: who is there when, and what changes about them from day to day."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from handoff import absences, business_time
from handoff.models import Membership, Team, User
from leads.journey import absent
from leads.models import Handoff
from leads.views.people.forms import MemberForm

from . import company
from .company import Size

AWAY, PAUSES, BACK_EARLY = 0.02, 0.05, 0.004
"""How likely somebody enters time off on a day, pauses, or comes back before they said."""

LEAVES, JOINS, CHANGES = 0.001, 0.0015, 0.004
"""How likely, of each rep and day, somebody leaves, joins, or has weight or caps changed."""


@dataclass
class Rep:
    """A person on the floor. `away`: spans during which they do nothing."""

    user: User
    membership: Membership
    calendar: business_time.Calendar
    away: list[tuple[dt.datetime, dt.datetime]] = field(default_factory=list)
    gone: bool = False

    def next_at_work(self, at: dt.datetime) -> dt.datetime:
        """The first moment from `at` on at which they are at work."""
        while True:
            opened = self.calendar.next_opening(at)
            ends = [end for start, end in self.away if start <= opened < end]
            if not ends:
                return opened
            at = max(ends)

    def works_at(self, at: dt.datetime) -> bool:
        return not self.gone and self.next_at_work(at) == at


@dataclass
class Floor:
    """Everybody, by primary key, and what happened to them."""

    size: Size
    manager: User
    marketing: User
    reps: dict[int, Rep] = field(default_factory=dict)
    told: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice = random.Random(f"floor-{self.size.seed}")
        self.next_number = self.size.reps + 1
        keys = [*(desk.key for desk in company.desks(self.size)), company.REVIEWERS]
        members = Membership.objects.filter(active=True, team__key__in=keys)
        for membership in members.order_by("pk"):
            self._arrive(membership)

    def _arrive(self, membership: Membership) -> None:
        row = Membership.objects.select_related("user", "team__calendar", "calendar")
        found = row.get(pk=membership.pk)
        calendar = (found.calendar or found.team.calendar).windows()
        self.reps[found.user_id] = Rep(found.user, found, calendar)

    @property
    def there(self) -> list[Rep]:
        return [rep for rep in self.reps.values() if not rep.gone]

    def begin_day(self, at: dt.datetime) -> None:
        """What changes on a day, in an order that the seed decides."""
        for rep in self.there:
            if self.dice.random() < AWAY:
                self._take_off(rep, at)
            elif self.dice.random() < BACK_EARLY:
                self._come_back(rep, at)
        for rate, happens in (
            (LEAVES, self._leave),
            (JOINS, self._join),
            (CHANGES, self._change),
        ):
            if self.dice.random() < rate * len(self.reps):
                happens(self.dice.choice(self.there), at)
        for rep in self.reps.values():
            if rep.gone:
                self._hand_on(rep, at)

    def pause_some(self, at: dt.datetime) -> None:
        """Some who are at work want no leads for an hour, or for the rest of the day."""
        for rep in self.there:
            if self.dice.random() < PAUSES / 8 and rep.works_at(at):
                choices = absences.pause_choices(rep.calendar, rep.calendar.zone, at)
                ends = choices[self.dice.choice(("60", "day"))]
                absences.pause(rep.user, ends, actor=rep.user, at=at)
                self.told["pauses"] += 1

    def _take_off(self, rep: Rep, at: dt.datetime) -> None:
        today = at.astimezone(rep.calendar.zone).date()
        first = today + dt.timedelta(days=self.dice.randrange(1, 6))
        days = absences.Days(
            first,
            first + dt.timedelta(days=self.dice.choice((0, 0, 0, 1, 4, 9))),
            from_midday=self.dice.random() < 0.15,
        )
        if days.first == days.last and not days.from_midday:
            days = absences.Days(first, first, until_midday=self.dice.random() < 0.4)
        try:
            absence = absent.take_off(rep.user, days, actor=rep.user, at=at)
        except absences.Refused:
            return
        rep.away.append((absence.starts_at, absence.ends_at))
        self.told["half days" if days.from_midday or days.until_midday else "times off"] += 1

    def _come_back(self, rep: Rep, at: dt.datetime) -> None:
        standing = rep.user.absences.standing().filter(ends_at__gt=at, kind="time_off").first()
        if standing is None:
            return
        absent.take_back(standing, actor=self.manager, at=at)
        rep.away = [span for span in rep.away if span[0] != standing.starts_at]
        self.told["back early"] += 1

    def _leave(self, rep: Rep, at: dt.datetime) -> None:
        if rep.membership.team.memberships.filter(active=True).count() < 4:
            return
        self._save(rep, active=False)
        rep.gone = True
        self._hand_on(rep, at)
        self.told["left"] += 1

    def _hand_on(self, rep: Rep, at: dt.datetime) -> None:
        """Whoever left keeps no lead; one that is with marketing goes when it is back."""
        theirs = Handoff.objects.working().filter(owner=rep.user).exclude(state="returned")
        for went in self._handed_on(theirs, rep.membership.team, at):
            self.told["handed on"] += not went.fault

    def _handed_on(
        self, theirs: Iterable[Handoff], team: Team, at: dt.datetime
    ) -> list[absent.HandedOn]:
        return absent.hand_on(theirs, to=team, reason="away", actor=self.manager, at=at)

    def _join(self, beside: Rep, at: dt.datetime) -> None:
        team = beside.membership.team
        row = company.member(self.next_number, team.key)
        self.next_number += 1
        user = User.objects.create_user(row["email"], name=row["name"])
        membership = Membership.objects.create(team=team, user=user)
        self._arrive(membership)
        limits = {name: row[name] for name in ("weight", "max_open", "max_per_day") if name in row}
        self._save(self.reps[user.pk], **limits)
        self.told["joined"] += 1

    def _change(self, rep: Rep, at: dt.datetime) -> None:
        if self.dice.random() < 0.6:
            self._save(rep, weight=self.dice.choice((1, 1, 2, 3)))
        else:
            self._save(rep, max_open=self.dice.choice((8, 12, 20, "")))
        self.told["weights and caps changed"] += 1

    def _save(self, rep: Rep, **changes: object) -> None:
        """As a manager saves the page of a member."""
        fresh = Membership.objects.select_related("user", "team", "calendar").get(
            pk=rep.membership.pk
        )
        shown = MemberForm(instance=fresh).initial
        said = {
            name: "" if value is None else value for name, value in {**shown, **changes}.items()
        }
        lists = ("languages", "territories", "products")
        form = MemberForm({**said, **dict.fromkeys(lists, "")}, instance=fresh)
        if not form.is_valid():
            raise ValueError(form.errors.as_text())
        form.save()

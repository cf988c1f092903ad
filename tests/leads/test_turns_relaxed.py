"""Who had a lead and missed it is asked again only where nobody else is left; who refused it never.

The order: whoever never had it; then whoever had it and missed it, but not who has it now; then it
stays where it is, or waits for a person.
"""

import datetime as dt

import pytest

from handoff.models import Absence
from leads.journey import owning, responding
from leads.journey.weighing import RELAXED, Wish, choose
from leads.models import Assignment, Handoff
from leads.tasks import give_out_waiting
from tests.factories import (
    MONDAY,
    CalendarFactory,
    MembershipFactory,
    ReasonFactory,
    UserFactory,
    ines,
    sam,
    sdr_na,
)
from tests.leads.arriving import agreement, handed_over
from tests.leads.test_turns import MONDAY as THEN
from tests.leads.test_turns import member, team

DAY = dt.timedelta(days=1)


def five(**columns):
    away = ((THEN, THEN + DAY),)
    return team(*(member(n) for n in (1, 2, 3)), *(member(n, away=away) for n in (4, 5)))


def test_three_of_five_had_it_and_two_are_away_so_past_owners_are_asked():
    choice = choose(five(), Wish(1, spared=frozenset({1, 2, 3})), at=THEN)
    assert choice.member.user_id in (1, 2, 3)
    assert choice.relaxed == RELAXED
    assert [one["why"][:4] for one in choice.candidates[3:]] == ["Away", "Away"]


def test_but_not_who_has_it_now():
    wish = Wish(1, excluding=frozenset({1}), spared=frozenset({1, 2, 3}))
    assert choose(five(), wish, at=THEN).member.user_id == 2


def test_who_never_had_it_comes_first():
    roster = five()
    roster.members[4].away = ()
    choice = choose(roster, Wish(1, spared=frozenset({1, 2, 3})), at=THEN)
    assert (choice.member.user_id, choice.relaxed) == (5, "")


def test_three_who_refused_it_and_two_away_leave_it_waiting():
    choice = choose(five(), Wish(1, excluding=frozenset({1, 2, 3})), at=THEN)
    assert (choice.member, choice.relaxed) == (None, "")


def test_a_limit_of_one_still_gets_one_and_the_next_when_it_is_done():
    roster = team(member(1, max_open=1), member(2))
    first = [choose(roster, Wish(n), at=THEN).member.user_id for n in range(6)]
    assert first.count(1) == 1
    roster.members[0].open = 0
    then = [choose(roster, Wish(n), at=THEN + DAY).member.user_id for n in range(2)]
    assert then.count(1) == 1


@pytest.mark.django_db
class TestOnTheWay:
    @pytest.fixture(autouse=True)
    def _agreement(self):
        agreement()
        ReasonFactory(moved=True)

    def at(self, minutes: float) -> dt.datetime:
        return MONDAY + dt.timedelta(minutes=minutes)

    def test_taken_from_three_of_five_with_two_away_it_goes_round_again(self):
        for _ in range(3):
            MembershipFactory(team=sdr_na(), user=UserFactory(rep=True))
        handoff = handed_over()
        had = [handoff.owner]
        for minutes in (16, 32):
            had.append(owning.take_away(handoff.pk, at=self.at(minutes)).owner)
        assert len(set(had)) == 3
        for one in sdr_na().memberships.exclude(user__in=had):
            Absence.objects.create(user=one.user, starts_at=MONDAY, ends_at=MONDAY + DAY)
        moved = owning.take_away(handoff.pk, at=self.at(48))
        assert moved.owner in had[:2]
        assert moved.assignments.last().explanation["relaxed"] == RELAXED

    def test_where_nobody_else_is_left_it_stays(self):
        handoff = handed_over()
        other = ines() if handoff.owner == sam() else sam()
        Absence.objects.create(user=other, starts_at=MONDAY, ends_at=MONDAY + DAY)
        assert owning.take_away(handoff.pk, at=self.at(16)) is None
        assert Handoff.objects.get(pk=handoff.pk).owner == handoff.owner
        kept = Assignment.objects.filter(handoff=handoff).last()
        assert kept.owner == handoff.owner and kept.explanation["stays"]

    def test_who_refused_it_does_not_get_it_back_from_the_queue(self):
        handoff = handed_over()
        refuser, other = handoff.owner, ines() if handoff.owner == sam() else sam()
        away = Absence.objects.create(user=other, starts_at=MONDAY, ends_at=MONDAY + DAY)
        responding.reject(handoff.pk, reason="wrong_territory", actor=refuser, at=self.at(3))
        waits = Handoff.objects.open().get(lead=handoff.lead)
        assert waits.awaits_turn and waits.owner is None
        assert owning.give_out(waits.pk, at=self.at(4)) is None
        away.delete()
        assert owning.give_out(waits.pk, at=self.at(5)).owner == other

    def test_who_missed_it_may_get_it_back_from_the_queue(self):
        sdr_na().memberships.update(calendar=CalendarFactory(round_the_clock=True))
        handoff = handed_over()
        first = handoff.owner
        refuser = owning.take_away(handoff.pk, at=self.at(16)).owner
        responding.reject(handoff.pk, reason="wrong_territory", actor=refuser, at=self.at(20))
        waits = Handoff.objects.open().get(lead=handoff.lead)
        assert waits.awaits_turn
        assert give_out_waiting() == 1
        waits.refresh_from_db()
        assert waits.owner == first
        assert waits.assignments.last().explanation["relaxed"] == RELAXED

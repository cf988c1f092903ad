"""Whatever happens to a team, its turn stays fair.

For as long as the same members can take leads, with the same weights:

- the positions of those who can take one lie at most one apart (a turn of weight 1);
- what each got differs from their share by weight by at most twice their weight;
- nobody gets more than their weight and one in a row, and nobody waits for longer than the others
  take to get their weight and one each.

And at every moment each position is the sum of its ledger.
"""

import datetime as dt
from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from leads.journey.turns import Member
from leads.journey.weighing import Choice, Wish, choose
from tests.leads.test_turns import MONDAY, member, team

ROUNDED = Decimal("0.001")
"""Strides of 1/3 and the like are kept to six places."""

places = st.integers(0, 6)
caps = st.one_of(st.none(), st.integers(1, 6))
FOREVER = dt.timedelta(days=4000)


class Team(RuleBasedStateMachine):
    """A team to which leads come while people join, leave, rest, fill up and change their share."""

    def __init__(self) -> None:
        super().__init__()
        self.roster = team()
        self.at = MONDAY
        self.leads = 0
        self.those: tuple[tuple[int, int], ...] = ()
        self.got: Counter[int] = Counter()
        self.run: list[int] = []

    def any(self, place: int) -> Member:
        return self.roster.members[place % len(self.roster.members)]

    def has_members(self) -> bool:
        return bool(self.roster.members)

    @precondition(lambda self: len(self.roster.members) < 7)
    @rule(weight=st.integers(1, 5), most=caps)
    def joins(self, weight: int, most: int | None) -> None:
        number = len(self.roster.members) + 1
        self.roster.members.append(member(number, weight=weight, max_open=most, has_ledger=False))

    @precondition(has_members)
    @rule(place=places)
    def leaves_or_rejoins(self, place: int) -> None:
        one = self.any(place)
        one.active = not one.active

    @precondition(has_members)
    @rule(place=places, weight=st.integers(0, 5))
    def changes_weight(self, place: int, weight: int) -> None:
        self.any(place).weight = weight

    @precondition(has_members)
    @rule(place=places)
    def goes_away_or_comes_back(self, place: int) -> None:
        one = self.any(place)
        one.away = () if one.away else ((self.at, self.at + FOREVER),)

    @precondition(has_members)
    @rule(place=places, most=caps)
    def changes_the_cap(self, place: int, most: int | None) -> None:
        self.any(place).max_open = most

    @precondition(has_members)
    @rule(place=places, closed=st.integers(1, 10))
    def closes_leads(self, place: int, closed: int) -> None:
        one = self.any(place)
        one.open = max(0, one.open - closed)

    @precondition(has_members)
    @rule(count=st.integers(1, 40))
    def leads_come(self, count: int) -> None:
        for _ in range(count):
            self.leads += 1
            self.at += dt.timedelta(minutes=1)
            self.weigh(choose(self.roster, Wish(self.leads), at=self.at))

    def weigh(self, choice: Choice) -> None:
        could = [one for one in choice.candidates if one["turn"]]
        those = tuple((one["member"], one["weight"]) for one in could)
        if those != self.those:
            self.those, self.got, self.run = those, Counter(), []
        if choice.member is None:
            assert not could
            return
        served = [Decimal(str(one["served"])) for one in could]
        assert max(served) - min(served) <= 1 + ROUNDED
        self.got[choice.member.membership_id] += 1
        self.run.append(choice.member.membership_id)
        self.check_shares()
        self.check_order()

    def check_shares(self) -> None:
        whole, count = sum(weight for _, weight in self.those), len(self.run)
        for number, weight in self.those:
            assert abs(self.got[number] - count * weight / whole) <= 2 * weight + 0.01

    def check_order(self) -> None:
        """Of this lead: how many in a row its taker has got now, how long the others wait."""
        if len(self.those) < 2:
            return
        latest = self.run[::-1]
        for number, weight in self.those:
            others = sum(w + 1 for other, w in self.those if other != number)
            since = latest.index(number) if number in self.got else len(latest)
            assert since <= others
            in_a_row = next((n for n, one in enumerate(latest) if one != number), len(latest))
            assert in_a_row <= weight + 1

    @invariant()
    def every_position_is_the_sum_of_its_ledger(self) -> None:
        sums: Counter[int] = Counter()
        for row in self.roster.ledger:
            sums[row.membership_id] += row.amount  # type: ignore[assignment]
        assert all(one.served == sums[one.membership_id] for one in self.roster.members)


TestTeam = Team.TestCase


@given(away=st.integers(1, 400), others=st.integers(1, 4))
def test_nobody_makes_up_for_leads_that_came_while_they_were_full(away: int, others: int) -> None:
    full = member(1, max_open=1, open=1)
    roster = team(full, *(member(n + 2) for n in range(others)))
    for lead_id in range(away):
        choose(roster, Wish(lead_id), at=MONDAY + dt.timedelta(minutes=lead_id))
    full.max_open = None
    later = MONDAY + dt.timedelta(days=2)
    got = [choose(roster, Wish(n), at=later).member for n in range(2 * (others + 1))]
    assert 1 <= sum(one is full for one in got) <= 3


def test_where_everybody_was_away_nobody_starts_behind() -> None:
    long_gone, last = member(1, served=Decimal(5)), member(2, served=Decimal(300))
    roster = team(long_gone, last)
    for one in roster.members:
        one.away = ((MONDAY, MONDAY + dt.timedelta(days=9)),)
    assert choose(roster, Wish(0), at=MONDAY).member is None
    long_gone.away = ()
    assert choose(roster, Wish(1), at=MONDAY + dt.timedelta(days=1)).member is long_gone
    later = MONDAY + dt.timedelta(days=10)
    got = Counter(choose(roster, Wish(n), at=later).member.user_id for n in range(10))  # type: ignore[union-attr]
    assert got == {1: 5, 2: 5}

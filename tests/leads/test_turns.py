"""Whose turn it is: weights, joiners, absences, caps; and that everybody learns why not they."""

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff import business_time
from leads.journey.turns import Member, Roster
from leads.journey.weighing import Choice, Wish, why_not
from leads.journey.weighing import choose as choose_for

MONDAY = dt.datetime(2026, 3, 2, 10, tzinfo=dt.UTC)
ALWAYS = business_time.calendar_from(
    {"key": "always", "timezone": "UTC", "hours": {"mon-sun": ["00:00-24:00"]}}
)
OFFICE = business_time.calendar_from(
    {"key": "office", "timezone": "Europe/Berlin", "hours": {"mon-fri": ["09:00-17:00"]}}
)


def choose(roster: Roster, *, at: dt.datetime, lead_id: int, **asked) -> Choice:
    return choose_for(roster, Wish(lead_id, **asked), at=at)


def member(number: int, **columns) -> Member:
    defaults = {
        "membership_id": number,
        "user_id": number,
        "email": f"rep{number}@example.com",
        "name": f"Rep {number}",
        "active": True,
        "weight": 1,
        "calendar": ALWAYS,
        "calendar_id": 1,
        "served": Decimal(0),
        "last_served_at": None,
        "has_ledger": True,
        "away_since": None,
    }
    return Member(**{**defaults, **columns})


def team(*members: Member, pick: str = "round_robin", historical: bool = False) -> Roster:
    return Roster(1, "sdr", "SDR", pick, OFFICE, 1, 99, list(members), historical)


def give(roster: Roster, count: int, *, at: dt.datetime = MONDAY) -> Counter:
    given_to: Counter = Counter()
    for lead_id in range(count):
        chosen = choose(roster, at=at + dt.timedelta(seconds=lead_id), lead_id=lead_id).member
        given_to[chosen.user_id if chosen else None] += 1
    return given_to


def test_equal_weights_take_turns():
    assert give(team(member(1), member(2), member(3)), 9) == {1: 3, 2: 3, 3: 3}


def test_twice_the_weight_is_twice_the_turns():
    assert give(team(member(1, weight=2), member(2)), 30) == {1: 20, 2: 10}


def test_weight_zero_takes_none_and_breaks_nothing():
    assert give(team(member(1, weight=0), member(2)), 4) == {2: 4}


def test_a_team_of_weight_zero_gives_to_nobody():
    assert give(team(member(1, weight=0)), 1) == {None: 1}


def test_a_tie_goes_to_who_was_served_least_recently_not_to_seniors():
    early, late = MONDAY - dt.timedelta(days=2), MONDAY - dt.timedelta(days=1)
    roster = team(member(1, last_served_at=late), member(2, last_served_at=early))
    assert choose(roster, at=MONDAY, lead_id=1).member.user_id == 2


def test_a_joiner_starts_at_the_minimum_and_is_not_flooded():
    old = [member(n, served=Decimal(100 + n)) for n in (1, 2)]
    roster = team(*old, member(3, has_ledger=False))
    assert give(roster, 9)[3] <= 4
    joined = [row for row in roster.ledger if row.cause == "joined"]
    assert [row.amount for row in joined] == [Decimal(101)]


def test_who_returns_from_leave_starts_at_the_minimum():
    away = ((MONDAY - dt.timedelta(days=9), MONDAY - dt.timedelta(days=1)),)
    back = member(1, served=Decimal(5), away=away, away_since=MONDAY - dt.timedelta(days=8))
    roster = team(back, member(2, served=Decimal(80)), member(3, served=Decimal(81)))
    assert give(roster, 3)[1] == 1
    assert back.away_since is None


def test_absence_is_noted_only_when_a_turn_was_missed():
    away = ((MONDAY, MONDAY + dt.timedelta(days=1)),)
    roster = team(member(1, away=away), member(2))
    choose(roster, at=MONDAY, lead_id=1)
    assert roster.members[0].away_since == MONDAY


def test_capacity_one_still_gets_one():
    roster = team(member(1, max_open=1), member(2))
    assert give(roster, 5)[1] == 1


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"active": False}, "Left the team"),
        ({"weight": 0}, "Takes no turns (weight 0)"),
        ({"max_open": 3, "open": 3}, "Full, 3 of 3 open"),
        ({"max_per_day": 2, "today": 2}, "Full for the day, 2 of 2"),
        (
            {"away": ((MONDAY, MONDAY + dt.timedelta(hours=2)),)},
            "Away until 02 Mar 12:00",
        ),
        ({}, ""),
    ],
)
def test_everybody_learns_why_not(columns, why):
    assert why_not(member(1, **columns), at=MONDAY, historical=False) == why


def test_an_imported_past_knows_no_capacity():
    full = member(1, max_open=1, open=1, max_per_day=1, today=1)
    assert why_not(full, at=MONDAY, historical=True) == ""


def test_who_had_the_lead_before_is_passed_over():
    roster = team(member(1), member(2, served=Decimal(9)))
    choice = choose(roster, at=MONDAY, lead_id=1, excluding=frozenset({1}))
    assert choice.member.user_id == 2
    assert choice.candidates[0]["why"] == "Had this lead before"


def test_off_hours_the_turn_is_taken_among_those_at_the_next_opening():
    saturday = dt.datetime(2026, 3, 7, 12, tzinfo=dt.UTC)
    late_shift = business_time.calendar_from(
        {"key": "late", "timezone": "Europe/Berlin", "hours": {"mon-fri": ["12:00-20:00"]}}
    )
    roster = team(member(1, calendar=OFFICE, served=Decimal(50)), member(2, calendar=late_shift))
    choice = choose(roster, at=saturday, lead_id=1)
    assert choice.member.user_id == 1
    assert choice.at_opening == dt.datetime(2026, 3, 9, 8, tzinfo=dt.UTC)


def test_who_begins_a_little_earlier_does_not_get_every_lead_of_the_night():
    saturday = dt.datetime(2026, 3, 7, 12, tzinfo=dt.UTC)
    early, noon = (
        business_time.calendar_from(
            {"key": key, "timezone": "Europe/Berlin", "hours": {"mon-fri": hours}}
        )
        for key, hours in (("early", ["08:30-13:00"]), ("noon", ["09:31-18:00"]))
    )
    office, bird, owl = (
        member(1, calendar=OFFICE),
        member(2, calendar=early),
        member(3, calendar=noon),
    )
    roster = team(office, bird, owl)
    chosen = [choose(roster, at=saturday, lead_id=n) for n in range(10)]
    assert Counter(one.member.user_id for one in chosen) == {1: 5, 2: 5}
    assert {one.at_opening.astimezone(OFFICE.zone).time() for one in chosen} == {
        dt.time(8, 30),
        dt.time(9),
    }
    assert chosen[0].candidates[2]["why"] == "Outside working hours"


def test_somebody_at_work_but_full_leaves_the_lead_waiting():
    roster = team(member(1, max_open=1, open=1), member(2, calendar=OFFICE))
    night = MONDAY.replace(hour=22)
    choice = choose(roster, at=night, lead_id=1)
    assert choice.member is None
    assert [one["why"] for one in choice.candidates] == [
        "Full, 1 of 1 open",
        "Outside working hours",
    ]


def test_least_loaded_takes_the_lightest_for_its_weight():
    roster = team(member(1, open=4, weight=4), member(2, open=2), pick="least_loaded")
    assert choose(roster, at=MONDAY, lead_id=1).member.user_id == 1


@given(
    weights=st.lists(st.integers(1, 5), min_size=2, max_size=6),
    leads=st.integers(50, 200),
)
def test_shares_follow_weights(weights, leads):
    roster = team(*(member(n, weight=w) for n, w in enumerate(weights, start=1)))
    got = give(roster, leads)
    for number, weight in enumerate(weights, start=1):
        assert abs(got[number] - leads * weight / sum(weights)) <= len(weights)


@given(
    steps=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["away", "back", "lead", "lead", "lead"])),
        min_size=20,
        max_size=120,
    )
)
def test_nobody_is_flooded_after_an_absence_and_the_ledger_sums(steps):
    roster = team(*(member(n) for n in range(1, 5)))
    moment = MONDAY
    for lead_id, (number, step) in enumerate(steps):
        moment += dt.timedelta(minutes=1)
        one = roster.members[number - 1]
        if step == "away" and not one.away:
            one.away = ((moment, moment + dt.timedelta(days=400)),)
        elif step == "back" and one.away:
            one.away = ((one.away[0][0], moment),)
        elif step == "lead":
            choose(roster, at=moment, lead_id=lead_id)
        if one.away and one.away[0][1] <= moment:
            one.away = ()
    for one in roster.members:
        total = sum(
            (r.amount for r in roster.ledger if r.membership_id == one.membership_id), Decimal(0)
        )
        assert total == one.served
    present = [m.served for m in roster.members if not m.away and m.away_since is None]
    assert not present or max(present) - min(present) <= len(steps)

"""What the counts of a run say, and the load of teams beside what they can take."""

import datetime as dt

import pytest
from django.template.loader import get_template

from handoff.models import Absence, Membership
from reviews.backtesting import capacity
from reviews.backtesting.finding import Finding
from reviews.measures.intervals import difference
from tests import factories as make

WEEK = "2026-10-12"


def finding(*rows, weeks=10.0):
    return Finding({"outcomes": [list(row) for row in rows]}, weeks)


def test_too_few_answers_say_nothing_of_acceptance():
    found = finding(
        ("sales_ready", "sales_ready", "accepted", "", "", 5),
        ("sales_ready", "nurture", "rejected", "late", "", 5),
    )
    assert found.title("v8") == (
        "v8 would hand over 5 fewer leads as sales ready, and too few have an answer to say"
        " whether sales would accept more of them"
    )
    assert not found.accepted_would.is_enough


def test_a_sure_difference_is_told():
    found = finding(
        ("sales_ready", "sales_ready", "accepted", "", "", 900),
        ("sales_ready", "sales_ready", "rejected", "", "", 100),
        ("sales_ready", "nurture", "rejected", "", "", 500),
    )
    assert found.title("v8").endswith("and sales would accept more of them")
    assert (found.accepted_would.count, found.accepted_would.n) == (900, 1000)
    assert (found.spared.count, found.spared.n) == (500, 600)
    assert (found.weekly_was, found.weekly_would) == (150.0, 100.0)


def test_leads_on_both_sides_make_no_difference():
    """Nine in ten of both sides are the same leads: nothing is sure of those that leave alone."""
    found = finding(
        ("sales_ready", "sales_ready", "accepted", "", "", 700),
        ("sales_ready", "sales_ready", "rejected", "", "", 300),
        ("sales_ready", "nurture", "accepted", "", "", 30),
        ("sales_ready", "nurture", "rejected", "", "", 70),
    )
    was, would = found.accepted_was, found.accepted_would
    assert not difference(was, would).is_sure
    assert found.acceptance.is_sure
    assert found.acceptance.value == pytest.approx(would.value - was.value)
    assert (found.leaving, found.coming) == (100, 0)
    assert found.title("v8").endswith("and sales would accept more of them")


def test_the_same_leads_differ_by_nothing():
    found = finding(
        ("sales_ready", "sales_ready", "accepted", "", "", 60),
        ("sales_ready", "sales_ready", "rejected", "", "", 40),
        ("nurture", "disqualified", "", "", "", 5),
    )
    assert (found.acceptance.low, found.acceptance.value, found.acceptance.high) == (0, 0, 0)
    assert found.title("v8").endswith("about the same share of them")


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ((), "No lead was judged in this period, so v8 changes nothing"),
        (
            (("nurture", "nurture", "", "", "", 9),),
            "v8 would change the status of no lead",
        ),
        (
            (("sales_ready", "nurture", "", "", "", 9),),
            "v8 would hand over no lead as sales ready",
        ),
    ],
)
def test_nothing_to_say_is_said(rows, title):
    assert finding(*rows).title("v8") == title


def test_as_many_but_not_the_same():
    found = finding(
        ("sales_ready", "nurture", "", "", "", 3), ("nurture", "sales_ready", "", "", "", 3)
    )
    assert found.title("v8").startswith("v8 would hand over as many leads as sales ready, but not")


def test_a_winner_is_missed_where_the_draft_keeps_it_further_away():
    found = finding(
        ("sales_ready", "nurture", "accepted", "", "won", 2),
        ("sales_ready", "existing_account", "accepted", "", "won", 1),
        ("needs_qualification", "disqualified", "accepted", "", "won", 1),
        ("sales_ready", "sales_ready", "accepted", "", "won", 6),
        ("nurture", "disqualified", "", "", "won", 4),
    )
    assert (found.missed.count, found.missed.n) == (3, 10)
    assert (found.closer, found.further, found.sideways) == (0, 7, 1)


def test_what_became_of_the_leads_that_move():
    found = finding(
        ("sales_ready", "nurture", "rejected", "late", "", 6),
        ("sales_ready", "nurture", "rejected", "role", "", 2),
        ("sales_ready", "nurture", "accepted", "", "lost", 12),
        ("sales_ready", "nurture", "waiting", "", "", 5),
        ("nurture", "sales_ready", "", "", "won", 2),
    )
    lost, gained = found.groups
    assert (lost.n, lost.worked, lost.answered) == (25, 25, 20)
    told = {line.label: line.count for line in lost.lines}
    assert told == {
        "Rejected by sales": 8,
        "late": 6,
        "role": 2,
        "Accepted by sales": 12,
        "No response": 0,
        "Became an opportunity": 12,
        "Won": 0,
    }
    assert lost.lines[0].share.n == 20 and lost.lines[0].share.is_enough
    assert gained.lines[-1].label == "Won without ever being handed over"
    assert gained.lines[-1].count == 2 and gained.lines[-1].share is None


MONDAY = dt.datetime(2026, 10, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def load_of(was, would, *, weeks=1, week=WEEK):
    """The load of SDR North America that got all its leads of a period in one of its weeks."""
    end = MONDAY + weeks * 7 * DAY
    (load,) = capacity.loads([[make.sdr_na().key, week, was, would]], MONDAY, end)
    return load


@pytest.mark.django_db
def test_capacity_is_the_limits_over_the_days_of_a_week():
    make.sdr_na()
    Membership.objects.update(max_per_day=2)
    Membership.objects.filter(user=make.ines()).update(
        calendar=make.CalendarFactory(key="part", hours={"mon-wed": ["09:00-12:00"]})
    )
    load = load_of(40, 60, weeks=2)
    assert load.capacity == 2 * 5 + 2 * 3
    assert (load.was, load.would, load.over, load.verdict) == (20.0, 30.0, 14.0, "over by 14")
    assert (load.busiest.would, load.busiest.monday) == (60, MONDAY.date())
    assert load_of(40, 10, weeks=2).verdict == "back under capacity"
    assert load_of(4, 10, weeks=2).verdict == "11 to spare"


@pytest.mark.django_db
def test_a_week_with_a_holiday_has_less_room():
    team = make.sdr_na()
    Membership.objects.update(max_per_day=2)
    members = team.memberships.filter(active=True).count()
    usual = load_of(1, 1, weeks=2)
    assert usual.capacity == members * 2 * 5
    team.calendar.closed = [(MONDAY + DAY).date()]
    team.calendar.save()
    load = load_of(1, 100, weeks=2)
    assert load.busiest.capacity == members * 2 * 4
    assert load.capacity == members * 2 * 4.5
    assert load.weeks_over == 1
    team.calendar.closed, team.calendar.holidays = [], "US"
    team.calendar.save()
    columbus = load_of(1, 1, weeks=2)
    assert columbus.busiest.capacity == members * 2 * 4


@pytest.mark.django_db
def test_a_week_with_somebody_away_has_less_room():
    make.sdr_na()
    Membership.objects.update(max_per_day=3)
    usual = load_of(1, 1).capacity
    noon = MONDAY.replace(hour=16)
    away = Absence.objects.create(user=make.sam(), starts_at=noon, ends_at=noon + 2 * DAY)
    assert load_of(1, 1).capacity == usual - 3, "two half days are worked, the one between is not"
    Absence.objects.create(user=make.sam(), starts_at=away.ends_at, ends_at=away.ends_at + 30 * DAY)
    assert load_of(1, 1).capacity == usual - 4 * 3
    later = load_of(1, 1, weeks=2, week="2026-10-19")
    assert later.busiest.capacity == usual - 5 * 3
    Absence.objects.update(cancelled_at=MONDAY)
    assert load_of(1, 1).capacity == usual


@pytest.mark.django_db
def test_a_day_counts_in_the_week_in_which_it_opens_in_utc():
    """Monday in Sydney opens on Sunday in UTC, where its leads are counted too."""
    make.sdr_na()
    Membership.objects.update(max_per_day=1)
    sydney = make.CalendarFactory(
        key="syd", timezone="Australia/Sydney", hours={"mon": ["09:00-17:00"]}, holidays=""
    )
    Membership.objects.update(calendar=sydney)
    members = Membership.objects.filter(active=True, team=make.sdr_na()).count()
    assert load_of(1, 1).busiest.capacity == members
    assert load_of(1, 1, weeks=2, week="2026-10-19").busiest.capacity == members


@pytest.mark.django_db
def test_one_member_without_a_limit_is_no_limit():
    make.sdr_na()
    Membership.objects.filter(user=make.sam()).update(max_per_day=2)
    load = load_of(4, 10)
    assert load.capacity is None and load.verdict == "no daily limit"
    Membership.objects.filter(user=make.ines()).update(weight=0)
    assert load_of(4, 10).capacity == 10.0
    Membership.objects.update(active=False)
    assert load_of(4, 10).verdict == "nobody takes its leads"


@pytest.mark.django_db
def test_weeks_stand_in_order_beside_each_other():
    rows = [["", WEEK, 1, 2], ["gone", "2026-10-05", 3, 4], ["", "2026-10-19", 5, 9]]
    loads = capacity.loads(rows, MONDAY - 7 * DAY, MONDAY + 7 * DAY)
    assert [load.name for load in loads] == ["Owners of accounts and deals", "Gone"]
    weeks = capacity.by_week(loads)
    assert [monday.day for monday, _ in weeks] == [5, 12, 19]
    assert weeks[0][1][0] is None and weeks[0][1][1].would == 4
    assert capacity.scale(loads) == pytest.approx(1.05 * 5.5)


def test_the_room_loads_what_the_preview_is_drawn_with():
    """The preview stands in a row of the room, whose page alone can bring its rules."""
    assert "css/backtest.css" in get_template("handoff/room/room.html").template.source

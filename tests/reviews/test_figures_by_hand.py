"""Every figure of the catalogue, by every dimension, is what a slow count over hand-overs gives."""

import pytest
from django.db import transaction
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from leads.models import Handoff
from reviews.measures import figuring, promises, spans
from reviews.measures.catalogue import BY_KEY, MEASURES, RATES
from reviews.measures.dimensions import DIMENSIONS, NONE
from reviews.measures.figuring import Times
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews import counting
from tests.reviews.counting import DAY, NOW, a_floor, first_ones, key_of

ZONE = "America/New_York"
SINCE, UNTIL = MONDAY - 2 * DAY, MONDAY + 7 * DAY


def question(viewer=None, **narrowed):
    asked = {"since": SINCE, "until": UNTIL} | narrowed
    return promises.Question(viewer=viewer or make.mara(), **asked)


def those(asked):
    """The hand-overs of a question, as a person would look for them."""
    return [
        one
        for one in first_ones()
        if asked.since <= one.made_at < asked.until
        and (asked.with_past or not one.historical)
        and all(key_of(one, name) == wanted for name, wanted in asked.narrowed.items())
    ]


def as_counted(row):
    """(shares, times) of a row, those of nobody left out."""
    shares = {k: (f.count, f.n) for k, f in row.figures.items() if k in SHARES and f.n}
    times = {
        k: (f.n, f.median, f.ninth) for k, f in row.figures.items() if isinstance(f, Times) and f.n
    }
    return shares, times


SHARES = {one.key for one in RATES}


def by_hand(handoffs):
    return counting.shares_by_hand(handoffs), counting.times_by_hand(handoffs)


def told(asked, by=""):
    return figuring.told(asked, MEASURES, by=by, at=NOW, zone=ZONE)


class EveryFigure(TestCase):
    """Against a count by hand, whatever the hand-overs and the question."""

    @settings(max_examples=3, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), with_past=st.booleans())
    def test_is_what_a_count_by_hand_gives(self, seed, with_past):
        with transaction.atomic():
            a_floor(18, seed=seed)
            asked = question(with_past=with_past)
            handed, earlier = those(asked), those(asked.before)
            for by in DIMENSIONS:
                found = told(asked, by)
                assert as_counted(found.all) == by_hand(handed), by
                assert as_counted(found.before) == by_hand(earlier), by
                by_key = {row.key: as_counted(row) for row in found.rows}
                keys = {key_of(one, by) for one in handed}
                wanted = {
                    key: by_hand([one for one in handed if key_of(one, by) == key]) for key in keys
                }
                assert by_key == wanted, by
            transaction.set_rollback(True)

    @settings(max_examples=3, deadline=None, phases=[Phase.generate])
    @given(seed=st.integers(0, 10**6), data=st.data())
    def test_opens_the_leads_that_it_counts(self, seed, data):
        with transaction.atomic():
            a_floor(18, seed=seed)
            by = data.draw(st.sampled_from(sorted(DIMENSIONS)))
            for row in told(question(), by).rows:
                narrowed = question(**{by: row.key})
                for measure in MEASURES:
                    figure = row[measure.key]
                    counted = figure.n if isinstance(figure, Times) else figure.count
                    some = figuring.behind(narrowed, measure, all_of_them=False, at=NOW)
                    every = figuring.behind(narrowed, measure, all_of_them=True, at=NOW)
                    assert (len(some), len(every)) == (counted, figure.n), (by, row.key, measure)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_weeks_are_in_order_and_add_up():
    a_floor(20, seed=5)
    asked = question(since=MONDAY - 14 * DAY)
    found = told(asked)
    assert len(found.weeks) == spans.WEEKS
    assert [row.key for row in found.weeks[-3:]] == ["2026-10-05", "2026-10-12", "2026-10-19"]
    assert sum(row.handed for row in found.weeks) == len(those(asked))
    assert as_counted(found.all) == by_hand(those(asked))


@pytest.mark.django_db
def test_a_rep_counts_their_own_and_their_teams_only():
    a_floor(12, seed=3)
    make.HandoffFactory(team=make.qualification(), owner=None, assigned_at=None)
    mine = told(question(make.otto()), "team")
    assert mine.all.handed == 0 and mine.rows == ()
    assert told(question(make.sam()), "team").rows[0].key == "sdr-na"


@pytest.mark.django_db
def test_the_interval_of_a_half_holds_it_and_narrows_with_more():
    a_floor(20, seed=1)
    Handoff.objects.filter(assigned_at=None).update(assigned_at=MONDAY + 7 * DAY)
    found = told(question(since=MONDAY - 12 * DAY, with_past=True), "team").all
    times = found["speed_to_assignment"]
    assert times.n == 20
    assert times.low <= times.median <= times.high
    assert times.median <= times.ninth
    assert figuring.moved(times, times).value == 0
    assert figuring.moved(Times(0), times) is None


@pytest.mark.django_db
def test_of_nothing_there_are_no_figures():
    found = told(question())
    assert found.all.handed == 0
    assert all(found.all[key].n == 0 for key in BY_KEY)


@pytest.mark.django_db
def test_what_is_not_known_can_be_asked_for():
    judgement = make.JudgementFactory(campaign="")
    make.HandoffFactory(judgement=judgement, lead=judgement.lead)
    for name in ("campaign", "offer"):
        assert told(question(**{name: NONE}), "source").all.handed == 1
    assert told(question(campaign="Close faster"), "source").all.handed == 0


def test_a_share_and_a_time_are_not_compared():
    with pytest.raises(TypeError):
        figuring.moved(Times(1, 1, 1, 1, 1), figuring.share(1, 2))

"""Intent at another moment, held against the law's own statement."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from handoff.labels import document_of
from leads.chronicle import fading
from leads.journey.judging import Ask, judge
from leads.journey.law import live_law
from leads.models import Judgement, Touchpoint
from tests import factories as make

DOCUMENT = {
    "signals": [
        {"key": "demo_request", "points": 70.0, "half_life_days": 30, "cap": 1},
        {"key": "pricing_page", "points": 15.0, "half_life_days": 7, "cap": 3},
        {"key": "blog", "signal": "blog_visit", "points": 2.0, "sources": ["Organic"]},
        {"key": "big", "signal": "blog_visit", "points": 1.0, "motion": "enterprise", "cap": 2},
    ]
}


def touch(signal, days, *, told=None):
    at = make.MONDAY - dt.timedelta(days=days)
    return Touchpoint(signal=signal, occurred_at=at, recorded_at=told or at)


def worth(*touchpoints, source="organic", motion=None):
    return fading.worth(DOCUMENT, touchpoints, source=source, motion=motion, at=make.MONDAY)


def test_points_halve_and_the_newest_count():
    assert worth(touch("demo_request", 30), touch("demo_request", 90)) == {
        "demo_request": pytest.approx(35.0)
    }
    assert worth(*(touch("pricing_page", 7 * n) for n in range(4))) == {
        "pricing_page": pytest.approx(15 * 1.75)
    }


def test_a_row_may_be_for_some_leads_only():
    visits = [touch("blog_visit", 1)] * 3
    assert worth(*visits) == {"blog": 6.0}
    assert worth(*visits, source="email") == {}
    assert worth(*visits, source="ORGANIC", motion="enterprise") == {"blog": 6.0, "big": 2.0}


def test_what_is_later_or_told_later_does_not_exist_yet():
    assert worth(touch("demo_request", -1)) == {}
    told = make.MONDAY + dt.timedelta(hours=1)
    assert worth(touch("demo_request", 1, told=told)) == {}


def test_a_change_is_what_faded_and_what_came():
    moved = fading.change({"a": 60.0, "b": 10.0}, {"a": 50.0, "c": 5.0}, kept=70.0, total=55.0)
    assert (moved.faded, moved.new, moved.shows) == (20.0, 5.0, True)
    assert not fading.change({}, {}, kept=70.0, total=70.04).shows


def test_a_score_stays_between_0_and_100():
    assert fading.clamped({"a": 90.0, "b": 30.0}) == 100.0
    assert fading.clamped({"a": -5.0}) == 0.0


@pytest.mark.django_db
@settings(max_examples=12, deadline=None)
@given(
    some.lists(
        some.tuples(some.sampled_from(["demo_request", "pricing_page", "other"]),
                    some.floats(0, 90)),
        max_size=8,
    )
)  # fmt: skip
def test_it_says_what_the_law_says(told):
    make.agreement_in_force()
    lead = make.LeadFactory()
    for place, (signal, days) in enumerate(told):
        at = make.MONDAY - dt.timedelta(days=days, seconds=place)
        make.TouchpointFactory(lead=lead, signal=signal, occurred_at=at)
    judged = judge([Ask(lead.pk, make.MONDAY)], law=live_law(), at=make.MONDAY)[lead.pk]
    stored = Judgement.objects.get(pk=judged.judgement_id)
    found = fading.worth(
        document_of(stored.version_id),
        lead.touchpoints.all(),
        source=lead.source,
        motion=stored.motion,
        at=make.MONDAY,
    )
    assert fading.clamped(found) == pytest.approx(stored.intent, abs=1e-6)

"""Intent at a later moment, held against the law's own statement; the queue and the lead's page say
the same of it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as some

from handoff.labels import document_of
from leads.chronicle import fading
from leads.journey.judging import Ask, judge
from leads.journey.law import live_law
from leads.models import Judgement, Lead
from tests import factories as make

DAY = dt.timedelta(days=1)
DOCUMENT = {
    "signals": [
        {"key": "demo_request", "points": 70.0, "half_life_days": 30, "cap": 1},
        {"key": "blog", "signal": "blog_visit", "points": 2.0},
    ]
}


def faded(parts, days):
    return fading.faded(parts, DOCUMENT, since=make.MONDAY, at=make.MONDAY + days * DAY)


def test_points_halve_as_their_row_says_and_stay_where_it_says_nothing():
    parts = {"demo_request": 70.0, "blog": 6.0, "_limit": -1.0}
    assert faded(parts, 30) == {"demo_request": pytest.approx(35.0), "blog": 6.0}
    assert faded(parts, 0) == faded(parts, -1) == {"demo_request": 70.0, "blog": 6.0}


@pytest.mark.django_db
class TestSinceAHandOver:
    @pytest.fixture
    def version(self):
        return make.agreement_in_force()

    def then(self, parts, intent):
        return make.JudgementFactory(as_of=make.MONDAY, intent=intent, intent_parts=parts)

    def test_a_change_is_what_faded_and_what_came(self):
        then = self.then({"demo_request": 70.0}, 70.0)
        later = make.MONDAY + 30 * DAY
        latest = make.JudgementFactory(
            lead=then.lead,
            as_of=later,
            intent=50.0,
            intent_parts={"demo_request": 35.0, "pricing_page": 15.0},
        )
        change = fading.since(then, latest, at=later)
        assert (change.then, change.now, change.faded, change.new) == (70.0, 50.0, 35.0, 15.0)
        assert change.shows and change.whole == 50.0

    def test_what_rounding_left_over_is_no_change(self):
        then = self.then({"demo_request": 70.0, "pricing_page": 15.0}, 84.96)
        change = fading.since(then, then, at=make.MONDAY)
        assert change.now == pytest.approx(84.96) and not change.shows and change.whole is None

    def test_a_score_stays_between_0_and_100(self):
        parts = {"demo_request": 70.0, "pricing_page": 45.0, "_limit": -15.0}
        then = self.then(parts, 100.0)
        assert fading.since(then, then, at=make.MONDAY + dt.timedelta(hours=1)).now == 100.0
        assert 0.0 <= fading.since(then, then, at=make.MONDAY + 3000 * DAY).now < 1.0


@pytest.mark.django_db
@settings(max_examples=12, deadline=None)
@given(
    some.lists(
        some.tuples(
            some.sampled_from(["demo_request", "pricing_page", "other"]), some.floats(0, 90)
        ),
        max_size=8,
    ),
    some.floats(0, 120),
)
def test_it_says_what_the_law_would_say_that_day(told, days):
    make.agreement_in_force()
    lead = make.LeadFactory()
    for place, (signal, age) in enumerate(told):
        at = make.MONDAY - dt.timedelta(days=age, seconds=place)
        make.TouchpointFactory(lead=lead, signal=signal, occurred_at=at)
    later = make.MONDAY + days * DAY

    def judged(moment):
        said = judge([Ask(lead.pk, moment)], law=live_law(), at=moment)[lead.pk]
        return Judgement.objects.get(pk=said.judgement_id)

    then, by_law = judged(make.MONDAY), judged(later)
    rounded = 0.05 * (len(then.intent_parts) + 1)
    assert fading.since(then, then, at=later).now == pytest.approx(by_law.intent, abs=rounded)
    parts = fading.faded(
        then.intent_parts, document_of(then.version_id), since=then.as_of, at=later
    )
    for key, points in by_law.intent_parts.items():
        assert key == fading.LIMIT or parts[key] == pytest.approx(points, abs=0.11)


@pytest.mark.django_db
class TestWhereItIsSaid:
    """A queue and the page of a lead say the score it was handed over with, and what intent is
    worth now."""

    @pytest.fixture
    def sam(self, client):
        person = make.sam()
        make.sdr_na()
        client.force_login(person)
        return person

    def handed(self, days):
        lead, at = make.LeadFactory(), timezone.now() - days * DAY
        judgement = make.JudgementFactory(lead=lead, as_of=at)
        Lead.objects.filter(pk=lead.pk).update(judgement=judgement)
        return make.HandoffFactory(lead=lead, judgement=judgement, made_at=at, triggered_at=at)

    def shown(self, client, handoff):
        queue = client.get(reverse("leads:queue")).content.decode()
        page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
        cut = [text[(at := text.index('<dl class="scores">')) : text.index("</dl>", at)]
               for text in (queue, page)]  # fmt: skip
        assert cut[0] == cut[1]
        return cut[0]

    def test_a_lead_that_has_faded_shows_both(self, client, sam):
        shown = self.shown(client, self.handed(30))
        assert '<dd class="num">70</dd><dd class="scores-now">now 35</dd>' in shown

    def test_of_a_fresh_one_there_is_nothing_to_add(self, client, sam):
        shown = self.shown(client, self.handed(0))
        assert '<dd class="num">70</dd>' in shown and "scores-now" not in shown

    def test_the_heading_says_which_is_which(self, client, sam):
        self.handed(1)
        text = client.get(reverse("leads:queue")).content.decode()
        assert "Fit and intent at hand-over, and what intent is worth now" in text

    def test_it_costs_no_statement(self, client, sam, django_assert_max_num_queries):
        self.handed(30)
        client.get(reverse("leads:queue"))
        with django_assert_max_num_queries(20) as one:
            client.get(reverse("leads:queue"))
        for days in range(1, 20):
            self.handed(days)
        with django_assert_max_num_queries(len(one)):
            client.get(reverse("leads:queue"))
        assert len(one) <= 10

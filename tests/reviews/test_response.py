"""Time to the first touch against what became of the lead, in bands with enough cases each."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from reviews.measures import promises, response
from reviews.measures.intervals import LEAST
from reviews.measures.response import BECAME, EDGES, Band
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import DAY, MINUTE, NOW, a_floor, best_outcome, first_ones

DAYS = {"since": "2026-09-28", "until": "2026-10-25"}
ENDS = [*EDGES[1:], None]


@given(counts=st.lists(st.integers(0, 60), min_size=len(EDGES), max_size=len(EDGES)))
def test_every_band_has_enough_and_nothing_is_lost(counts):
    apart = [
        Band(least, most, n, (n // 2, n // 3, 0))
        for least, most, n in zip(EDGES, ENDS, counts, strict=True)
    ]
    found = response.merged(apart)
    assert sum(band.n for band in found) == sum(counts)
    assert [sum(band.counts[0] for band in found)] == [sum(n // 2 for n in counts)]
    assert all(band.n >= LEAST for band in found) or len(found) <= 1
    assert all(one.most == other.least for one, other in zip(found, found[1:], strict=False))


@pytest.mark.django_db
def test_a_band_holds_what_a_count_by_hand_puts_there():
    a_floor(30, seed=11)
    asked = promises.Question(MONDAY - 20 * DAY, MONDAY + 7 * DAY, make.mara())
    touched = [
        one
        for one in first_ones()
        if one.first_touch_at and not one.historical and asked.since <= one.made_at < asked.until
    ]
    found = response.bands(asked, at=NOW)
    assert sum(band.n for band in found) == len(touched)
    won = [one for one in touched if best_outcome(one) == "won"]
    assert sum(band.shares["won"].count for band in found) == len(won)
    quick = [one for one in touched if one.first_touch_at - one.made_at < 5 * MINUTE]
    assert len(response.behind(asked, 0, 5, "", at=NOW)) == len(quick)


def test_the_quickest_is_compared_with_all_the_rest():
    quick, slow = Band(0, 60, 100, (60, 50, 20)), Band(60, None, 100, (20, 10, 5))
    beside = response.quickest_beside_the_rest([quick, slow], "opportunity")
    assert beside is not None and beside.is_sure and round(beside.value, 2) == 0.4
    assert response.quickest_beside_the_rest([quick], "won") is None


@pytest.fixture
def mara(client, time_machine, db):
    time_machine.move_to(NOW, tick=False)
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def words_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_page_says_that_it_is_no_proof_and_each_count_opens_its_leads(mara):
    for minutes, outcome in [(1, "open")] * 21 + [(90, "")] * 22:
        touched_at = MONDAY + minutes * MINUTE
        make.HandoffFactory(accepted=True, first_touch_at=touched_at, outcome=outcome)
    page = mara.get(reverse("reviews:response"), DAYS)
    assert "Quick first touches go with more opportunities" in words_of(page)
    assert "no proof that speed is the cause" in words_of(page)
    hrefs = re.findall(r'href="(/measures/response/leads/[^"]+)"[^>]*>(\d+)', page.content.decode())
    assert len(hrefs) == 2 * (1 + len(BECAME))
    for href, count in hrefs:
        listed = words_of(mara.get(href.replace("&amp;", "&")))
        assert re.search(rf": {count} leads? ", listed), href


def test_without_a_touch_the_page_says_so(mara):
    make.HandoffFactory()
    assert "No first touch in these days" in words_of(mara.get(reverse("reviews:response"), DAYS))


@pytest.mark.parametrize("query", [{}, {"least": "x"}, {"least": "0", "became": "famous"}])
def test_a_band_there_is_not_is_not_found(mara, query):
    assert mara.get(reverse("reviews:response-leads"), DAYS | query).status_code == 404
    assert mara.get(reverse("reviews:response"), {"became": "famous"}).status_code == 404


def test_a_rep_counts_their_own_only(mara):
    make.HandoffFactory(accepted=True, first_touch_at=MONDAY)
    mara.force_login(make.otto())
    listed = mara.get(reverse("reviews:response-leads"), DAYS | {"least": "0"})
    assert ": 0 leads" in words_of(listed)


def test_it_costs_the_same_few_statements_however_many_there_are(mara):
    def statements():
        with CaptureQueriesContext(connection) as captured:
            mara.get(reverse("reviews:response"), DAYS)
        return len(captured)

    make.HandoffFactory(accepted=True, first_touch_at=MONDAY)
    few = statements()
    a_floor(20, seed=4)
    assert statements() <= few <= 20


def test_a_band_stands_beside_the_same_band_of_the_time_before(mara):
    for minutes, days in [(1, 0)] * 21 + [(90, 0)] * 22 + [(2, 20)] * 3 + [(70, 20)]:
        made_at = MONDAY - days * DAY
        make.HandoffFactory(
            accepted=True, made_at=made_at, first_touch_at=made_at + minutes * MINUTE
        )
    asked = promises.Question(MONDAY - 10 * DAY, MONDAY + 7 * DAY, make.mara())
    now = response.bands(asked, at=NOW)
    before = response.bands_like(now, asked.before, at=NOW)
    assert [(one.least, one.most) for one in before] == [(one.least, one.most) for one in now]
    assert [one.n for one in before] == [3, 1]


def test_the_bands_are_a_file_too(mara):
    make.HandoffFactory(accepted=True, first_touch_at=MONDAY + MINUTE)
    lines = mara.get(reverse("reviews:response-csv"), DAYS).content.decode().splitlines()
    assert lines == [
        "after_minutes,within_minutes,hand_overs,qualified,opportunity,won",
        "0,,1,0,0,0",
    ]
    assert mara.post(reverse("reviews:response-csv")).status_code == 405

"""The quarterly review: its quarters, its study, and the letter that reminds of it once."""

import datetime as dt

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from leads.models import Message
from reviews import quarterly, tasks
from reviews.lifting import quarters
from reviews.lifting.quarters import Quarter
from reviews.models import LiftStudy
from tests import factories as make
from tests.leads.test_many_at_once import at_once
from tests.reviews import lifting, meeting

FIRST = dt.datetime(2027, 1, 4, 15, 0, tzinfo=dt.UTC)
"""A Monday in the first week of a quarter, 10:00 in New York."""

Q4 = Quarter(2026, 4)


@given(some.dates(dt.date(2001, 1, 1), dt.date(2090, 12, 31)))
def test_the_last_full_quarter_is_over_and_the_one_after_is_not(day):
    last = quarters.last_full(day)
    assert last.next == quarters.quarter_of(day)
    assert last.until.date() <= day < last.next.until.date()
    assert quarters.called(last.key) == last


@pytest.mark.parametrize("key", ["2026-Q5", "2026-Q0", "26-Q1", "", "2026-Q3x", "0001-Q1"])
def test_what_is_no_quarter_is_none(key):
    assert quarters.called(key) is None


def test_a_quarter_is_named_by_its_months():
    assert str(Q4) == "October to December 2026"


@pytest.mark.django_db
class TestTheLetter:
    @pytest.fixture(autouse=True)
    def _handed_over(self):
        make.agreement_in_force()
        make.mara()
        lifting.handed()

    def told(self):
        found = Message.objects.filter(kind="quarter_due", channel="in_app")
        return {one.recipient for one in found}

    def test_marketing_operations_and_the_chair_are_told_once(self):
        meeting.planned(at=FIRST)
        assert quarterly.tell(at=FIRST) == 2
        assert quarterly.tell(at=FIRST + dt.timedelta(days=2)) == 0
        assert self.told() == {make.mara(), make.lena()}
        letter = Message.objects.filter(kind="quarter_due").first()
        assert letter.body["path"] == "/measures/quarter/?quarter=2026-Q4"
        assert letter.subject == "Review the definition by what came of October to December 2026"

    def test_the_study_that_the_page_reads_is_begun_once(self):
        meeting.planned(at=FIRST)
        quarterly.tell(at=FIRST)
        study = LiftStudy.objects.get()
        assert (study.since, study.until, study.asked_by) == (Q4.since, Q4.until, None)

    @pytest.mark.parametrize("at", [
        FIRST - dt.timedelta(hours=3), FIRST + dt.timedelta(days=4), FIRST + dt.timedelta(days=40),
        dt.datetime(2026, 12, 31, 15, 0, tzinfo=dt.UTC),
    ])  # fmt: skip
    def test_not_before_eight_nor_after_the_first_week(self, at):
        assert quarterly.tell(at=at) == 0

    def test_nobody_is_told_of_a_quarter_without_hand_overs(self):
        assert quarterly.tell(at=FIRST + dt.timedelta(days=90)) == 0
        assert not LiftStudy.objects.exists()

    def test_a_chair_who_may_not_read_it_is_not_told(self):
        meeting.planned(at=FIRST, chair=make.sam())
        quarterly.tell(at=FIRST)
        assert self.told() == {make.mara()}

    def test_where_the_quarter_is_not_over_in_utc_it_waits(self):
        far = make.UserFactory(marketing_ops=True, timezone="Pacific/Auckland")
        assert quarterly.tell(at=dt.datetime(2026, 12, 31, 20, 0, tzinfo=dt.UTC)) == 0
        assert quarterly.tell(at=dt.datetime(2027, 1, 1, 1, 0, tzinfo=dt.UTC)) == 1
        assert self.told() == {far}


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_for_a_quarter_at_once_are_given_one_study():
    make.agreement_in_force()
    mara = make.mara()

    def ask():
        return quarters.study_anew(Q4, actor=mara, at=FIRST)

    said = at_once([ask, ask])
    assert sorted(is_new for _, is_new in said) == [False, True]
    assert LiftStudy.objects.count() == 1


@pytest.mark.django_db
class TestThePage:
    @pytest.fixture(autouse=True)
    def _now(self, time_machine):
        time_machine.move_to(FIRST, tick=False)
        make.agreement_in_force()

    def page(self, client, person, query="?quarter=2026-Q4"):
        client.force_login(person)
        return client.get(reverse("reviews:quarter") + query)

    def test_the_last_full_quarter_is_offered_and_studied_on_request(self, client):
        lifting.handed()
        page = self.page(client, make.mara(), "").content.decode()
        assert "?quarter=2026-Q4" in page
        page = self.page(client, make.mara()).content.decode()
        assert "October to December 2026 was not studied yet" in page
        answer = client.post(reverse("reviews:quarter-study"), {"quarter": "2026-Q4"})
        study = LiftStudy.objects.get()
        assert answer["Location"] == reverse("reviews:study", args=[study.pk])
        assert "It is being studied" in self.page(client, make.mara()).content.decode()
        assert tasks.run_studies() == 1
        page = self.page(client, make.lena()).content.decode()
        for title in ("What became of leads, by clause", "By the rule that decided",
                      "Expected and real", "Clauses that never mattered", "Proposals"):  # fmt: skip
            assert title in page

    def test_while_one_is_under_way_no_other_begins(self, client):
        client.force_login(make.mara())
        for _ in range(2):
            client.post(reverse("reviews:quarter-study"), {"quarter": "2026-Q4"})
        assert LiftStudy.objects.count() == 1

    @pytest.mark.parametrize("key", ["2027-Q1", "", "x"])
    def test_a_quarter_that_is_not_over_is_not_studied(self, client, key):
        client.force_login(make.mara())
        assert client.post(reverse("reviews:quarter-study"), {"quarter": key}).status_code == 404

    def test_who_may_not_ask_and_what_is_no_address(self, client):
        client.force_login(make.lena())
        posted = {"quarter": "2026-Q4"}
        assert client.post(reverse("reviews:quarter-study"), posted).status_code == 403
        assert client.get(reverse("reviews:quarter-study")).status_code == 405
        assert self.page(client, make.lena(), "?quarter=x").status_code == 404
        assert self.page(client, make.sam()).status_code == 404
        assert client.post(reverse("reviews:quarter-study"), posted).status_code == 404

    def test_without_a_live_version_it_says_so(self, client):
        type(make.live_version()).objects.live().update(state="retired")
        client.force_login(make.mara())
        answer = client.post(reverse("reviews:quarter-study"), {"quarter": "2026-Q4"}, follow=True)
        assert "No definition is live yet" in answer.content.decode()

"""The list of leads: who sees whom, what it is narrowed by, its order, and the file of it."""

import csv
import datetime as dt
import io
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def mara(client):
    person = make.mara()
    client.force_login(person)
    return person


def found(client, **query):
    page = client.get(reverse("leads:leads"), query)
    return {row.record.pk for row in page.context["table"].page.object_list}


def rows_of(answer):
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_by_where_it_stands_and_with_whom(client, mara):
    open_one = make.HandoffFactory().lead
    ended = make.HandoffFactory(closed=True, team=make.TeamFactory(key="emea")).lead
    never = make.LeadFactory()
    assert found(client, standing="open") == {open_one.pk}
    assert found(client, standing="none") == {never.pk}
    assert found(client, team="emea") == {ended.pk}
    assert found(client, team="SDR North America") == {open_one.pk}
    assert found(client, owner="sam ortiz") == {open_one.pk, ended.pk}


def test_by_what_it_carries_and_when_it_was_seen(client, mara):
    now = timezone.now()
    new = make.LeadFactory(
        last_seen_at=now, source="webinar", campaign="spring", status="nurture", country="CA"
    )
    old = make.LeadFactory(last_seen_at=now - 40 * DAY, source="organic", campaign="", country="US")
    for query in (
        {"seen": "7"}, {"source": "Webinar"}, {"campaign": "spring"}, {"status": "nurture"},
        {"country": "CA"},
    ):  # fmt: skip
        assert found(client, **query) == {new.pk}, query
    assert found(client, seen="-30") == {old.pk} and found(client) == {new.pk, old.pk}


@pytest.mark.parametrize("typed", ["us", " US ", "usa", "united states"])
def test_a_country_is_found_by_its_code_however_written_and_by_its_name(client, mara, typed):
    there = make.LeadFactory(country="US")
    make.LeadFactory(country="CA")
    assert found(client, country=typed) == {there.pk}


def test_intent_is_said_to_be_as_last_judged_and_of_which_day(
    client, mara, django_assert_max_num_queries
):
    noon = dt.datetime(2026, 10, 12, 12, tzinfo=dt.UTC)
    for judgement in make.JudgementFactory.create_batch(9, as_of=noon):
        judgement.lead.judgement = judgement
        judgement.lead.save()
    with django_assert_max_num_queries(10):
        text = client.get(reverse("leads:leads")).content.decode()
    assert re.search(r'<th[^>]* title="As last judged; a lead’s page says what it is worth', text)
    assert f'<span title="As of 12 Oct 2026">{judgement.intent:.0f}</span>' in text
    assert "Fit and intent are as last judged." in text


def test_a_rep_finds_only_those_of_their_teams(client):
    ours = make.HandoffFactory(lead__last_name="Ribeiro").lead
    make.LeadFactory(last_name="Ribeiro")
    client.force_login(make.sam())
    assert found(client, q="ribeiro") == {ours.pk}
    client.force_login(make.otto())
    text = client.get(reverse("leads:leads"), {"q": "ribeiro"}).content.decode()
    assert "Nobody is found by “ribeiro”" in text and "Leads of other teams are not shown" in text


def test_who_sees_all_is_not_told_of_other_teams(client, mara):
    text = client.get(reverse("leads:leads"), {"q": "<i>"}).content.decode()
    assert "Nobody is found by “&lt;i&gt;”" in text and "of other teams" not in text


def test_a_list_too_long_to_be_counted_stays_in_one_order(client, mara, monkeypatch):
    now = timezone.now()
    make.LeadFactory(last_name="Abel", last_seen_at=now - DAY)
    make.LeadFactory(last_name="Zorn", last_seen_at=now)
    address = reverse("leads:leads")

    def first(query):
        page = client.get(address, query)
        return page.context["table"].page.object_list[0].record.last_name, page.context["too_many"]

    assert first({"sort": "who"}) == ("Abel", False) and first({}) == ("Zorn", False)
    monkeypatch.setattr("handoff.tables.COUNTED", 1)
    monkeypatch.setattr("leads.views.listing.COUNTED", 1)
    assert first({"sort": "who"}) == ("Zorn", True)
    text = client.get(address, {"sort": "who"}).content.decode()
    assert "Too many to be put in another order" in text
    assert first({}) == ("Zorn", False) and first({"sort": "who", "q": "abel"}) == ("Abel", False)


def test_the_file_holds_what_the_list_shows(client, mara):
    now = timezone.now()
    handoff = make.HandoffFactory(
        lead__first_name="Ana", lead__last_name="=1+1", lead__source="webinar",
        lead__status="sales_ready", lead__last_seen_at=now,
    )  # fmt: skip
    make.LeadFactory(source="webinar", last_seen_at=now - DAY, status="")
    make.LeadFactory(source="organic")
    answer = client.get(reverse("leads:leads-csv"), {"source": "webinar"})
    rows = rows_of(answer)
    assert [row["Lead"] for row in rows][0] == str(handoff.lead_id) and len(rows) == 2
    assert (rows[0]["Owner"], rows[0]["Team"]) == ("sam@northwind.example", "SDR North America")
    assert rows[0]["Status"] == "Sales ready" and rows[0]["Last name"] == "'=1+1"
    assert rows[1]["Status"] == "Not judged yet" and rows[1]["Owner"] == ""
    assert dt.datetime.fromisoformat(rows[0]["Last seen"]) == now.replace(microsecond=0)
    assert answer["Content-Disposition"].startswith('attachment; filename="leads-')


def test_the_file_holds_only_what_one_may_see(client):
    ours = make.HandoffFactory().lead
    make.LeadFactory()
    client.force_login(make.sam())
    rows = rows_of(client.get(reverse("leads:leads-csv")))
    assert [row["Lead"] for row in rows] == [str(ours.pk)]
    client.logout()
    assert client.get(reverse("leads:leads-csv")).status_code == 302
    assert client.post(reverse("leads:leads-csv")).status_code == 302


@pytest.mark.parametrize("query", [{"status": "zz"}, {"seen": "99"}, {"account": "abc"}])
def test_no_file_is_made_of_what_cannot_be_read(client, mara, query):
    make.LeadFactory()
    answer = client.get(reverse("leads:leads-csv"), query)
    assert answer.status_code == 422 and "There is no file" in answer.content.decode()

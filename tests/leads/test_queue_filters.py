"""What a queue can be narrowed by, and what the boxes offer."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    client.force_login(person)
    return person


def waiting(days=0, **columns):
    at = timezone.now() - days * DAY
    return make.HandoffFactory(made_at=at, triggered_at=at, **columns)


def found(client, **query):
    page = client.get(reverse("leads:team", args=["sdr-na"]), query)
    return {row.pk for row in page.context["rows"]}


def test_by_score(client, sam):
    high = waiting(judgement__fit=80.0, judgement__intent=90.0)
    low = waiting(judgement__fit=20.0, judgement__intent=30.0)
    assert found(client, fit="75") == {high.pk} and found(client, fit="-25") == {low.pk}
    assert found(client, intent="25") == {high.pk, low.pk} and found(client, intent="-25") == set()


def test_by_when_it_was_handed_over(client, sam):
    new, old = waiting(), waiting(days=12)
    assert found(client, handed="1") == {new.pk} and found(client, handed="30") == {new.pk, old.pk}
    assert found(client, handed="-7") == {old.pk} and found(client, handed="-30") == set()


def test_by_status_campaign_source_and_country(client, sam):
    one = waiting(
        lead__campaign="spring", lead__source="paid_search", lead__country="CA",
        status="needs_qualification",
    )  # fmt: skip
    waiting(lead__campaign="fall", lead__source="Expo 26", lead__country="US")
    for query in (
        {"campaign": "spring"}, {"source": "Paid search"}, {"source": " paid_search "},
        {"country": "CA"}, {"status": "needs_qualification"},
    ):  # fmt: skip
        assert found(client, **query) == {one.pk}, query
    assert len(found(client, source="Expo 26")) == 1 and found(client, source="nothing") == set()


def test_by_owner_by_email_by_name_and_by_nobody(client, sam):
    hers, free = waiting(owner=make.ines()), waiting(unowned=True)
    assert found(client, owner="INES@northwind.example") == {hers.pk}
    assert found(client, owner="ines ferro") == {hers.pk}
    assert found(client, owner="none") == {free.pk}
    page = client.get(reverse("leads:team", args=["sdr-na"]), {"owner": "none"})
    assert "Owner: nobody yet" in page.content.decode()


def test_the_button_says_how_many_of_its_filters_are_in_use(client, sam):
    query = {"fit": "75", "country": "CA", "tier": "nope"}
    text = client.get(reverse("leads:queue"), query).content.decode()
    assert "More (2)" in text and "Filters (2)" in text


def offers(client, field):
    return client.get(reverse("leads:offered", args=[field]))


def test_boxes_offer_people_and_teams_one_may_look_into(client, sam):
    make.TeamFactory(key="emea", members=(make.otto(),))
    owners, teams = (
        offers(client, "owner").content.decode(),
        offers(client, "team").content.decode(),
    )
    assert 'value="none" label="Nobody yet"' in owners and 'label="Ines Ferro"' in owners
    assert "Otto" not in owners and "emea" not in teams and 'value="sdr-na"' in teams


def carrying(source, **columns):
    judgement = make.JudgementFactory(source=source)
    judgement.lead.judgement = judgement
    judgement.lead.save()
    return make.HandoffFactory(lead=judgement.lead, judgement=judgement, **columns)


def test_a_reps_boxes_offer_what_leads_they_may_see_carry(client, sam):
    for _ in range(2):
        carrying("webinar")
    carrying("partner", owner=make.ines())
    carrying("secret_fair", owner=make.otto(), team=make.TeamFactory(members=(make.otto(),)))
    told = offers(client, "source").content.decode()
    assert 'value="webinar" label="webinar (2)"' in told and 'value="partner"' in told
    assert "secret" not in told
    client.force_login(make.lena())
    assert "secret_fair" in offers(client, "source").content.decode()


def test_boxes_offer_what_leads_carry(client, sam):
    make.agreement_in_force()
    for field in ("source", "campaign", "country"):
        assert offers(client, field).status_code == 200
    for field in ("email", "nothing"):
        assert offers(client, field).status_code == 404
    assert client.post(reverse("leads:offered", args=["owner"])).status_code == 405

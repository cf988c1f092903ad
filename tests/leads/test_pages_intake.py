"""Leads typed by a person, and payloads that could not be understood."""

import pytest
from django.urls import reverse

from leads.models import Delivery, Lead
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    person = make.mara()
    client.force_login(person)
    return person


ANA = {
    "first_name": "Ana", "last_name": "Ribeiro", "email": "ana@novapay.com", "company": "Nova Pay",
    "country": "US", "industry": "fintech", "employees": "400", "trigger": "demo_request",
    "problem": "Our close takes nine days", "source": "event",
}  # fmt: skip


def test_a_lead_added_by_hand_takes_the_whole_road(client, mara):
    answer = client.post(reverse("leads:add"), ANA, follow=True)
    lead = Lead.objects.get(email="ana@novapay.com")
    assert lead.status == "sales_ready" and lead.handoffs.count() == 1
    assert answer.redirect_chain[-1][0] == reverse("leads:lead", args=[lead.pk])
    taker = lead.handoffs.get().owner.name
    assert f"Ana Ribeiro, Nova Pay was added. It went to {taker}." in answer.content.decode()
    assert lead.provenance["employees"] == "person"


def test_the_same_person_again_is_no_second_lead(client, mara):
    client.post(reverse("leads:add"), ANA)
    answer = client.post(reverse("leads:add"), {**ANA, "role": "CFO"}, follow=True)
    taker = Lead.objects.get().handoffs.get().owner.name
    assert f"is known; this was added. It is with {taker}." in answer.content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"first_name": "Ana"}, "An email address or a phone number is needed"),
        ({"email": "ana@novapay"}, "ana@novapay"),
        ({"email": "no address"}, "no address"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(client, mara, values, said):
    answer = client.post(reverse("leads:add"), values)
    assert answer.status_code == 422
    assert said in answer.content.decode() and "field-error" in answer.content.decode()
    assert Lead.objects.count() == 0


def test_quarantine_lists_shows_mends_and_replays(client, mara):
    bad = make.DeliveryFactory(
        quarantined=True, payload={"email": "not an address", "first_name": "Ana"}, kind="lead"
    )
    assert "Quarantine" in client.get(reverse("leads:quarantine")).content.decode()
    address = reverse("leads:delivery", args=[bad.pk])
    assert "not an address" in client.get(address).content.decode()
    broken = client.post(address, {"payload": "{", "do": "replay"})
    assert broken.status_code == 422 and "no JSON" in broken.content.decode()
    still = client.post(
        address, {"payload": '{"email": "still wrong"}', "do": "replay"}, follow=True
    )
    assert "still cannot be understood" in still.content.decode()
    client.post(address, {"payload": '{"email": "ana@novapay.com"}', "do": "replay"}, follow=True)
    bad.refresh_from_db()
    assert bad.state == Delivery.State.DONE and bad.lead.email == "ana@novapay.com"


def test_a_body_that_was_no_json_is_shown_as_it_came(client, mara):
    raw = make.DeliveryFactory(quarantined=True, payload=None, raw=b"\xff<script>alert(1)</script>")
    text = client.get(reverse("leads:delivery", args=[raw.pk])).content.decode()
    assert "<script>alert" not in text


def test_approving_and_declining(client, mara):
    yes, no = make.ApprovalFactory(), make.ApprovalFactory()
    assert "2 leads wait for a yes" in client.get(reverse("leads:approval")).content.decode()
    client.post(reverse("leads:answer", args=[yes.pk]), {"answer": "approve", "note": "Call today"})
    client.post(reverse("leads:answer", args=[no.pk]), {"answer": "decline"})
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.state, no.state) == ("approved", "declined")
    assert yes.note == "Call today"
    assert yes.lead.handoffs.count() == 1 and no.lead.handoffs.count() == 0
    again = client.post(reverse("leads:answer", args=[yes.pk]), {"answer": "approve"}, follow=True)
    assert again.status_code == 409


def test_only_marketing_answers_approvals(client):
    make.agreement_in_force()
    asked = make.ApprovalFactory()
    client.force_login(make.sam())
    answer = client.post(reverse("leads:answer", args=[asked.pk]), {"answer": "approve"})
    asked.refresh_from_db()
    assert answer.status_code == 404 and asked.state == "waiting"


def test_what_is_discarded_leaves_the_list_and_can_still_be_replayed(client, mara):
    bad = make.DeliveryFactory(quarantined=True, payload={"email": "no"}, kind="lead")
    address = reverse("leads:delivery", args=[bad.pk])
    client.post(address, {"do": "discard"}, follow=True)
    bad.refresh_from_db()
    assert bad.state == Delivery.State.DISCARDED and bad.payload == {"email": "no"}
    again = client.post(address, {"do": "discard"}, follow=True)
    assert "Somebody dealt with it" in again.content.decode()
    client.post(address, {"payload": '{"email": "ana@novapay.com"}', "do": "replay"})
    bad.refresh_from_db()
    assert bad.state == Delivery.State.DONE


def test_who_adds_a_lead_that_sales_does_not_get_reads_why_and_what_to_do(client, mara):
    client.force_login(make.sam())
    typed = {"email": "bo@novapay.com", "company": "Nova Pay", "country": "", "press": ""}
    page = client.post(reverse("leads:add"), typed, follow=True)
    text = page.content.decode()
    assert "It was not handed over: rule “Rest” says nurture." in text
    assert "Why bo@novapay.com, Nova Pay is not with sales" in text
    assert "Not known yet: country." in text
    assert f"{reverse('playbook')}#rule-rest" in text
    assert f"{reverse('leads:add')}?email=bo%40novapay.com" in text


def test_why_is_told_to_whoever_added_it_and_only_while_it_holds(client, mara):
    client.force_login(make.sam())
    page = client.post(reverse("leads:add"), {"email": "bo@novapay.com"}, follow=True)
    there = page.redirect_chain[-1][0]
    assert "is not with sales" in client.get(there).content.decode()
    client.force_login(make.ines())
    assert "is not with sales" not in client.get(there).content.decode()
    assert client.get(f"{reverse('leads:add')}?kept=999999").status_code == 200
    client.force_login(make.sam())
    make.HandoffFactory(lead=Lead.objects.get())
    assert "is not with sales" not in client.get(there).content.decode()

"""The timeline of a lead: everything, who and when; narrowed, page by page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.journey.recording import Happening, record
from leads.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client):
    """Ana: a form came in, Sam accepted, she looked at pricing."""
    make.agreement_in_force()
    client.force_login(make.sam())
    at = timezone.now() - dt.timedelta(days=2)
    lead = make.LeadFactory(first_name="Ana", last_name="Doe")
    handoff = make.HandoffFactory(lead=lead, triggered_at=at)
    delivery = make.DeliveryFactory(lead=lead)
    received = {"trigger": "demo_request", "delivery": delivery.pk}
    record(
        [
            Happening(lead.pk, Event.Kind.RECEIVED, at, by="form Website", body=received),
            Happening(lead.pk, Event.Kind.JUDGED, at, body={"status": "sales_ready"}),
            Happening(lead.pk, Event.Kind.ACCEPTED, at, handoff.pk, actor=make.sam()),
        ]
    )
    make.TouchpointFactory(lead=lead, pricing=True, occurred_at=timezone.now())
    lead.delivery = delivery
    return lead


def timeline(client, lead, **query):
    return client.get(reverse("leads:timeline", args=[lead.pk]), query)


@pytest.mark.parametrize(
    ("show", "there", "missing"),
    [
        ("all", ["Demo request received", "Judged sales ready", "Accepted", "Pricing page"], []),
        ("people", ["Accepted", "Sam Ortiz"], ["Judged", "Pricing page", "received"]),
        ("machine", ["Judged sales ready"], ["Accepted", "Pricing page", "received"]),
        ("deeds", ["Demo request received", "Pricing page"], ["Judged", "Accepted"]),
        ("nonsense", ["Accepted", "Pricing page"], []),
    ],
)
def test_it_can_be_narrowed(client, ana, show, there, missing):
    text = timeline(client, ana, show=show).content.decode()
    body = text[text.index('id="h-lines"') :]
    assert all(said in body for said in there)
    assert not any(said in body for said in missing)


def test_days_are_headings_and_the_newest_comes_first(client, ana):
    days = timeline(client, ana).context["days"]
    assert days[0].title == "Today" and days[0].lines[0].said == "Pricing page"
    kinds = [line.event.kind for line in days[-1].lines]
    assert kinds == ["accepted", "judged", "received"]


def test_the_payload_is_for_marketing_only(client, ana):
    link = reverse("leads:delivery", args=[ana.delivery.pk])
    page = reverse("leads:lead", args=[ana.pk])
    assert link not in timeline(client, ana).content.decode()
    assert link not in client.get(page).content.decode()
    client.force_login(make.mara())
    assert link in timeline(client, ana).content.decode()
    assert link in client.get(page).content.decode()


def test_a_long_one_is_read_page_by_page(client, ana):
    for n in range(130):
        make.TouchpointFactory(lead=ana, occurred_at=timezone.now() - dt.timedelta(days=9, hours=n))
    first = timeline(client, ana)
    assert "1 to 50 of 134" in first.content.decode()
    last = timeline(client, ana, page=3)
    assert "101 to 134 of 134" in last.content.decode()
    seen = [
        line.at for page in (1, 2, 3)
        for day in timeline(client, ana, page=page).context["days"] for line in day.lines
    ]  # fmt: skip
    assert len(seen) == 134 and seen == sorted(seen, reverse=True)
    assert timeline(client, ana, page="minus one").context["page"].number == 1


def test_a_page_of_it_costs_the_same_however_long(client, ana, django_assert_max_num_queries):
    timeline(client, ana)
    with django_assert_max_num_queries(10) as few:
        timeline(client, ana)
    for n in range(60):
        make.TouchpointFactory(lead=ana, occurred_at=timezone.now() - dt.timedelta(hours=n))
    with django_assert_max_num_queries(10) as many:
        timeline(client, ana)
    assert len(many) <= len(few)


def test_a_script_gets_the_part_alone(client, ana):
    address = reverse("leads:timeline", args=[ana.pk])
    part = client.get(address, {"show": "people"}, headers={"HX-Request": "true"})
    text = part.content.decode()
    assert text.lstrip().startswith('<section class="card" id="timeline"') and "<html" not in text
    assert "Accepted" in text and "Pricing page" not in text and "HX-Request" in part["Vary"]


def test_nobody_else_reads_it(client, ana):
    assert client.post(reverse("leads:timeline", args=[ana.pk])).status_code == 405
    client.force_login(make.otto())
    assert timeline(client, ana).status_code == 404


def test_the_lead_page_has_the_newest_of_it(client, ana):
    page = client.get(reverse("leads:lead", args=[ana.pk]))
    assert [day.title for day in page.context["days"]][0] == "Today"
    text = page.content.decode()
    assert "The whole timeline" in text and 'hx-get="' in text


def test_a_lead_nothing_happened_to_says_so(client, ana):
    client.force_login(make.mara())
    text = timeline(client, make.LeadFactory()).content.decode()
    assert "Nothing of this kind happened yet." in text

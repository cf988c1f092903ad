"""For how many of the last 90 days' leads each row of a draft holds."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import drafting, publishing
from handoff.rules.reach import readable
from leads.journey import reach
from leads.models import Lead
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import arrive

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    """A clone of the live version, with a demo from a fintech, a visitor and a student come in."""
    live = make.agreement_in_force()
    arrive()
    arrive(country="DE", employees=None, touchpoints=[])
    arrive(role="PhD student", touchpoints=[])
    return publishing.clone(live, actor=make.mara(), at=MONDAY)


def changed(draft, section, row, place=None):
    return drafting.put(
        draft,
        section,
        row,
        place=place,
        revision=draft.revision,
        actor=make.mara(),
        at=MONDAY,
    )


def test_rows_hold_for_as_many_leads_as_meet_them(draft):
    found = reach.reach_of(draft, at=MONDAY)
    assert (found.of, found.leads, found.is_sample) == (3, 3, False)
    assert found.holds["fit", "size"] == 2
    assert found.holds["signals", "demo_request"] == 1
    assert found.holds["signals", "pricing_page"] == 0
    assert found.holds["decide", "rest"] == 3
    assert found.first["decide", "rest"] == 1
    assert found.first["decide", "student"] == 1
    assert found.unknown["employees"] == 1


def test_what_was_told_after_a_judgement_is_no_part_of_it(draft):
    quiet = Lead.objects.get(country="DE")
    told = {"occurred_at": MONDAY - dt.timedelta(hours=1), "recorded_at": MONDAY}
    quiet.touchpoints.create(signal="pricing_page", **told)
    assert reach.reach_of(draft, at=MONDAY).holds["signals", "pricing_page"] == 1
    quiet.touchpoints.update(recorded_at=MONDAY + dt.timedelta(days=1))
    later = MONDAY + dt.timedelta(days=2)
    assert reach.reach_of(draft, at=later).holds["signals", "pricing_page"] == 0
    assert reach.leads_held(draft, "signals", "pricing_page", at=later) == []


def test_routing_counts_those_handed_over_by_the_rule_that_takes_them(draft):
    found = reach.reach_of(draft, at=MONDAY)
    assert found.handed == 1
    assert found.holds["route", "na"] == 1
    assert found.holds["route", "default"] == 1
    assert found.first["route", "na"] == 1
    assert found.first["route", "default"] == 0


def test_leads_not_seen_for_90_days_do_not_count(draft):
    assert reach.reach_of(draft, at=MONDAY + dt.timedelta(days=91)).of == 0


def test_what_was_done_after_the_judgement_does_not_count(draft):
    lead = Lead.objects.order_by("pk")[1]
    make.TouchpointFactory(
        lead=lead, signal="demo_request", occurred_at=MONDAY + dt.timedelta(days=1)
    )
    found = reach.reach_of(draft, at=MONDAY + dt.timedelta(days=2))
    assert found.holds["signals", "demo_request"] == 1


def test_of_many_leads_the_same_sample_is_drawn_each_time(draft, monkeypatch):
    monkeypatch.setattr(reach, "MOST", 2)
    monkeypatch.setattr(reach, "DRAWN", 2)
    found = reach.reach_of_document(draft.document(), at=MONDAY)
    assert (found.of, found.leads, found.is_sample) == (3, 2, True)
    assert found == reach.reach_of_document(draft.document(), at=MONDAY)


def test_a_row_that_cannot_be_read_says_nothing_and_the_others_speak(draft):
    document = draft.document()
    document["fit"][0] = {"key": "industry", "points": "many"}
    document["decide"] = document["decide"][:2]
    found = reach.reach_of_document(document, at=MONDAY)
    assert ("fit", "industry") not in found.holds
    assert found.holds["fit", "size"] == 2
    assert found.first["decide", "student"] == 1


def test_after_a_rule_that_cannot_be_read_no_rule_is_said_to_decide(draft):
    document = draft.document()
    document["decide"][1] = {"key": "customer", "status": "nonsense"}
    found = reach.reach_of_document(document, at=MONDAY)
    assert not [row for row in found.first if row[0] == "decide"]
    assert found.holds["decide", "student"] == 1


@pytest.mark.parametrize("document", [{}, {"decide": [], "route": []}, {"fit": [{}], "x": 1}])
def test_a_draft_with_hardly_anything_in_it_is_read_as_far_as_it_goes(document):
    assert readable(document) is not None


def test_a_document_with_a_key_that_no_definition_has_is_not_read():
    assert readable({"fit.points": 1}) is None


def test_it_is_counted_again_when_the_draft_changes(draft):
    assert reach.reach_of(draft, at=MONDAY).holds["fit", "size"] == 2
    row = {"key": "size", "points": 50, "when": [{"field": "employees", "at_least": 1000}]}
    assert reach.reach_of(changed(draft, "fit", row, 1), at=MONDAY).holds["fit", "size"] == 0


def test_the_fragment_has_a_span_for_each_row(client, draft):
    Lead.objects.update(last_seen_at=timezone.now())
    client.force_login(make.mara())
    address = reverse("leads:reach", args=[draft.number])
    html = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'id="reach-fit-size" hx-swap-oob="true"' in html
    assert "holds for 2 of 3 leads" in html and "Employees unknown for 1" in html
    assert "decides 1 of 3 leads" in html
    assert "takes 1 of 1 handed over" in html
    assert '<span class="lacking" id="lacks-company" hx-swap-oob="true">missing for' in html


def test_without_a_script_the_reach_is_a_page_and_its_figures_open_the_leads(client, draft):
    Lead.objects.update(last_seen_at=timezone.now())
    client.force_login(make.lena())
    html = client.get(reverse("leads:reach", args=[draft.number])).content.decode()
    assert "3 leads seen in the last 90 days" in html and "decides 1 of 3 leads" in html
    leads = client.get(reverse("leads:reached", args=[draft.number, "decide", "student"]))
    assert "1 lead seen" in leads.content.decode()
    none = client.get(reverse("leads:reached", args=[draft.number, "signals", "pricing_page"]))
    assert "It holds for no lead" in none.content.decode()
    for section, key in (("decide", "gone"), ("tiers", "urgent")):
        gone = client.get(reverse("leads:reached", args=[draft.number, section, key]))
        assert gone.status_code == 404


def test_with_no_lead_the_page_says_what_would_be_counted(client):
    live = make.agreement_in_force()
    client.force_login(make.mara())
    html = client.get(reverse("leads:reach", args=[live.number])).content.decode()
    assert "No lead to count yet" in html


def test_reach_is_counted_in_one_statement_and_read_from_the_cache(
    draft, django_assert_num_queries
):
    with django_assert_num_queries(1):
        reach.reach_of(draft, at=MONDAY)
    with django_assert_num_queries(0):
        reach.reach_of(draft, at=MONDAY)


def test_a_row_opens_the_leads_it_holds_for(draft):
    ids = reach.leads_held(draft, "fit", "size", at=MONDAY)
    assert [lead.employees for lead in Lead.objects.filter(pk__in=ids)] == [400.0, 400.0]
    assert reach.leads_held(draft, "route", "na", at=MONDAY) == [ids[-1]]
    assert reach.leads_held(draft, "fit", "nothing", at=MONDAY) is None


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 404), ("otto", 404), ("lena", 200), ("mara", 200), ("ada", 200)]
)
def test_who_may_read_definitions_may_see_the_reach(client, draft, who, status):
    client.force_login(getattr(make, who)())
    address = reverse("leads:reach", args=[draft.number])
    headers = {"HX-Request": "true"}
    assert client.get(address, headers=headers).status_code == status
    values = reverse("leads:values", args=["industry"])
    assert client.get(values).status_code == status


def test_values_come_with_their_counts_the_most_frequent_first(client, draft):
    Lead.objects.update(last_seen_at=timezone.now())
    client.force_login(make.mara())

    def options(field, **query):
        return client.get(reverse("leads:values", args=[field]), query).content.decode()

    assert '<option value="fintech" label="fintech (3)">' in options("industry")
    countries = options("country")
    assert countries.index("United States of America (2)") < countries.index("Germany (1)")
    assert '<option value="false" label="no (3)">' in options("customer")
    assert 'value="demo_request" label="Demo request (1)"' in options("signal")
    assert "Pricing page (0)" in options("signal")
    assert "Hand-raiser" in options("tier", version=draft.number)
    assert "Sales ready" in options("status")
    assert "<option" not in options("email") and "<option" not in options("employees")
    assert client.get(reverse("leads:values", args=["shoe_size"])).status_code == 404
    picked = options("signal", picked="booth_visit", blank="Choose…")
    assert '<option value="booth_visit" label="Booth visit" selected>' in picked
    assert '<option value="">Choose…</option>' in picked

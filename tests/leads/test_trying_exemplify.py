"""A stored lead becomes an example of a draft."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from handoff import drafting, examples, publishing
from handoff.models import DefinitionVersion
from leads.models import Handoff, Lead
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import arrive

pytestmark = pytest.mark.django_db

DEMO = {"signal": "demo_request", "occurred_at": (MONDAY - dt.timedelta(days=3)).isoformat()}
PRICE = {"signal": "pricing_page", "occurred_at": (MONDAY - dt.timedelta(hours=30)).isoformat()}


@pytest.fixture
def live():
    return make.agreement_in_force()


@pytest.fixture
def ana(live):
    arrived = arrive(
        email="ana.ribeiro@novapay.com",
        first_name="Ana",
        last_name="Ribeiro",
        phone="+12025550143",
        role="Head of Finance",
        problem="My boss Joe wants it",
        touchpoints=[DEMO, PRICE],
    )
    return Lead.objects.get(pk=arrived.lead_id)


@pytest.fixture
def mara(client):
    person = make.mara()
    client.force_login(person)
    return person


def made(client, lead, **choice):
    return client.post(reverse("leads:exemplify", args=[lead.pk]), choice, follow=True)


def drafts():
    return DefinitionVersion.objects.drafts().with_rows()


def test_one_click_makes_an_example_of_the_draft_edited_last(client, mara, ana, live):
    older = publishing.clone(live, actor=mara, at=MONDAY)
    newer = publishing.clone(live, actor=mara, at=MONDAY)
    answer = made(client, ana)
    assert answer.redirect_chain[-1][0] == reverse("example", args=[newer.number, 0])
    (example,) = drafts().get(pk=newer.pk).examples.all()
    assert example.kind == "example"
    assert example.name == "Head of Finance at a 400-person fintech, pricing page"
    assert example.expect == {"status": "sales_ready", "tier": "urgent"}
    assert example.why.startswith("A lead judged on 12 Oct 2026; sales: waiting")
    assert not older.examples.exists()


def test_without_a_draft_one_begins(client, mara, ana, live):
    made(client, ana)
    (draft,) = drafts()
    assert draft.cloned_from == live and draft.examples.count() == 1


def test_ages_are_kept_so_that_it_comes_out_the_same_whenever_it_is_run(client, mara, ana, live):
    made(client, ana)
    (draft,) = drafts()
    (example,) = draft.examples.all()
    assert example.touchpoints == [
        {"signal": "demo_request", "days_ago": 3},
        {"signal": "pricing_page", "days_ago": 1.25},
    ]
    definition = publishing.validate(draft).definition
    for at in (MONDAY, MONDAY + dt.timedelta(days=500)):
        (outcome,) = examples.run(definition, at=at)
        assert outcome.passes
        assert outcome.decision.intent == pytest.approx(ana.judgement.intent)
        assert outcome.decision.fit == ana.judgement.fit


def test_what_was_done_after_the_judgement_is_left_out(client, mara, ana, live):
    make.TouchpointFactory(lead=ana, signal="later", occurred_at=MONDAY + dt.timedelta(days=1))
    made(client, ana)
    assert "later" not in json.dumps(drafts().get().examples.get().touchpoints)


def test_names_and_addresses_stay_out(client, mara, ana, live):
    made(client, ana)
    example = drafts().get().examples.get()
    said = json.dumps(example.as_row())
    for private in ("Ana", "Ribeiro", "ribeiro", "Joe", "0143"):
        assert private not in said, private
    assert example.lead["email"] == "somebody@novapay.com"
    assert "phone" not in example.lead and "region" not in example.lead
    assert example.lead["employees"] == 400


def test_what_a_rule_reads_to_the_letter_is_kept(client, mara, ana, live):
    draft = publishing.clone(live, actor=mara, at=MONDAY)
    row = {"key": "boss", "points": 5, "when": [{"field": "problem", "contains": "boss"}]}
    by = {"revision": draft.revision, "actor": mara, "at": MONDAY}
    drafting.put(draft, "fit", row, **by)
    made(client, ana)
    assert drafts().get().examples.get().lead["problem"] == "My boss Joe wants it"


def test_the_person_may_choose_draft_kind_and_what_must_come_out(client, mara, ana, live):
    draft = publishing.clone(live, actor=mara, at=MONDAY)
    publishing.clone(live, actor=mara, at=MONDAY)
    Handoff.objects.update(state="rejected", ended_at=MONDAY, reason=make.ReasonFactory())
    page = client.get(reverse("leads:exemplify", args=[ana.pk])).content.decode()
    assert f'<option value="{draft.number}">' in page and "A new draft" in page
    made(client, ana, draft=draft.number, kind="counterexample", status="nurture")
    (example,) = drafts().get(pk=draft.pk).examples.all()
    assert (example.kind, example.expect) == ("counterexample", {"status": "nurture"})
    assert example.why.endswith("sales: rejected as out of segment")


def test_making_it_twice_gives_a_second_one_with_a_name_of_its_own(client, mara, ana, live):
    made(client, ana)
    made(client, ana)
    names = [example.name for example in drafts().get().examples.all()]
    assert names[1] == f"{names[0]}, 2"


def test_a_draft_with_faults_takes_examples_too(client, mara, ana, live):
    draft = publishing.clone(live, actor=mara, at=MONDAY)
    draft.route.last().delete()
    answer = made(client, ana)
    assert answer.status_code == 200
    example = draft.examples.get()
    assert example.expect == {"status": "sales_ready"}
    assert "email" not in example.lead and example.lead["email_domain"] == "novapay.com"


def test_a_draft_that_is_none_any_more_is_told(client, mara, ana, live):
    answer = made(client, ana, draft=live.number)
    assert "That draft is no draft any more" in answer.content.decode()
    assert not drafts().exists()


def test_a_lead_that_was_not_judged_yet_says_so(client, mara, live):
    lead = make.LeadFactory()
    assert "It was not judged yet" in made(client, lead).content.decode()


def test_the_leads_page_offers_it_to_those_who_may(client, ana, live):
    for who, offers, tries in (("mara", True, True), ("lena", False, True), ("sam", False, False)):
        client.force_login(getattr(make, who)())
        html = client.get(reverse("leads:lead", args=[ana.pk])).content.decode()
        assert ("Make it an example" in html) is offers, who
        assert ("why and why not" in html) is tries, who


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 404), ("otto", 404), ("lena", 403), ("ada", 200)]
)
def test_who_may_make_an_example(client, ana, live, who, status):
    client.force_login(getattr(make, who)())
    address = reverse("leads:exemplify", args=[ana.pk])
    assert client.get(address).status_code == status
    assert made(client, ana).status_code == status
    assert drafts().exists() is (status == 200)
    assert client.put(address).status_code == 405

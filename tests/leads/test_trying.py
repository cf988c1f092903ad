"""Try it: a lead under a version, with every reason, and nothing saved."""

import datetime as dt
import json
import random

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from handoff import drafting, publishing, statements
from handoff.models import Membership
from handoff.rules.whole import faded
from leads.journey import rosters, trying
from leads.models import Lead
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import arrive

pytestmark = pytest.mark.django_db

DEMO = {
    "industry": "fintech",
    "employees": 400,
    "country": "US",
    "touchpoints": [{"signal": "demo_request", "days_ago": 3}],
}
TYPED = {
    "f": ["0", "1", "2"],
    "f0-name": "industry",
    "f0-value": "fintech",
    "f1-name": "employees",
    "f1-value": "400",
    "f2-name": "country",
    "f2-value": "US",
    "t": ["0", "1"],
    "t0-signal": "demo_request",
    "t0-when": "3",
    "t0-unit": "days",
    "t1-signal": "pricing_page",
    "t1-when": "7",
    "t1-unit": "days",
}


@pytest.fixture
def live():
    return make.agreement_in_force()


@pytest.fixture
def draft(live):
    """A draft in which a demo alone is not enough."""
    draft = publishing.clone(live, actor=make.mara(), at=MONDAY)
    row = {"key": "size", "points": 10, "when": [{"field": "employees", "at_least": 1000}]}
    by = {"revision": draft.revision, "actor": make.mara(), "at": MONDAY}
    return drafting.put(draft, "fit", row, place=1, **by)


@pytest.fixture
def mara(client):
    person = make.mara()
    client.force_login(person)
    return person


@pytest.fixture
def ana(live):
    return Lead.objects.get(pk=arrive().lead_id)


def page(client, version, **query):
    return client.get(reverse("leads:try", args=[version.number]), query)


def test_as_it_was_judged_knows_nothing_that_was_told_later(live, ana):
    judgement = ana.judgement
    told = MONDAY + dt.timedelta(days=1)
    before = MONDAY - dt.timedelta(hours=1)
    ana.touchpoints.create(signal="pricing_page", occurred_at=before, recorded_at=told)
    then = trying.try_stored(trying.as_judged(ana, judgement), live, at=told).whole.decision
    assert (then.fit, then.intent) == (judgement.fit, judgement.intent)
    now = trying.try_stored(trying.as_it_is(ana, at=told), live, at=told).whole.decision
    assert "pricing_page" in now.intent_parts


def everything():
    """How many rows every table has, and what the members have served."""
    names = [model._meta.db_table for app in ("handoff", "leads") for model in models_of(app)]
    counts = {name: statements.fetch(f'SELECT count(*) FROM "{name}"')[0][0] for name in names}
    served = list(Membership.objects.order_by("pk").values_list("served", "last_served_at"))
    leads = list(Lead.objects.order_by("pk").values_list("judgement", "status", "last_seen_at"))
    return counts, served, leads


def models_of(app):
    return apps.get_app_config(app).get_models()


def test_a_made_up_lead_is_decided_routed_and_given_deadlines(live):
    tried = trying.try_row(DEMO, live, at=MONDAY)
    assert tried.whole.decision.as_line()["status"] == "sales_ready"
    assert tried.placement.route == "na"
    assert tried.placement.owner.email in ("sam@northwind.example", "ines@northwind.example")
    assert [one.kind for one in tried.deadlines] == ["assign", "accept", "first_touch"]
    assert tried.deadlines[1].due_at == MONDAY + dt.timedelta(minutes=15)


def test_a_lead_kept_out_of_sales_goes_nowhere(live):
    tried = trying.try_row({"role": "student"}, live, at=MONDAY)
    assert tried.placement is None and tried.deadlines == []


def test_a_made_up_lead_with_an_owner_goes_to_the_owner_whoever_that_is(live):
    tried = trying.try_row({**DEMO, "owned": True}, live, at=MONDAY)
    assert tried.whole.decision.route == "account"
    assert tried.placement is None


def test_a_stored_lead_is_asked_as_its_judgement_saw_it_or_as_it_is_now(ana, live):
    later = MONDAY + dt.timedelta(days=40)
    Lead.objects.filter(pk=ana.pk).update(role="PhD student")
    ana.refresh_from_db()
    then = trying.try_stored(trying.as_judged(ana, ana.judgement), live, at=later)
    now = trying.try_stored(trying.as_it_is(ana, at=later), live, at=later)
    assert then.whole.decision.status == ana.judgement.status == "sales_ready"
    assert round(then.whole.decision.intent, 6) == round(ana.judgement.intent, 6)
    assert now.whole.decision.rule == "student"


def test_it_agrees_with_the_journey(ana, live):
    judgement = ana.judgement
    decision = trying.try_stored(trying.as_judged(ana, judgement), live, at=MONDAY).whole.decision
    for name in ("fit", "fit_parts", "intent_parts", "motion", "status", "rule", "tier"):
        assert getattr(decision, name) == getattr(judgement, name), name
    assert list(decision.routes) == judgement.routes


@pytest.mark.parametrize("seed", range(5))
def test_the_arithmetic_shown_adds_up_to_the_points_given(live, seed):
    chance = random.Random(seed)
    touches = [
        {
            "signal": chance.choice(["demo_request", "pricing_page"]),
            "days_ago": chance.uniform(0, 40),
        }
        for _ in range(chance.randint(1, 8))
    ]
    whole = trying.try_row({**DEMO, "touchpoints": touches}, live, at=MONDAY).whole
    for row in whole.definition.signals:
        shown = faded(row, whole.touches, whole.as_of)
        points = sum(one.points for one in shown if one.counts)
        assert whole.decision.intent_parts.get(row.key, 0.0) == pytest.approx(points, abs=0.051)


def test_a_lead_that_must_be_approved_shows_where_it_would_go_then(live, client, mara, ana):
    draft = publishing.clone(live, actor=mara, at=MONDAY)
    row = {
        "key": "hand_raiser",
        "status": "sales_ready",
        "tier": "urgent",
        "approve": True,
        "when": [{"signal": "demo_request"}],
    }
    by = {"revision": draft.revision, "actor": mara, "at": MONDAY}
    draft = drafting.put(draft, "decide", row, place=2, **by)
    html = page(client, draft, lead=ana.pk).content.decode()
    assert "approves it first" in html and "it is their turn" in html


def test_a_lead_nobody_can_take_waits_and_the_page_says_why(live):
    Membership.objects.update(active=False)
    tried = trying.try_row(DEMO, live, at=MONDAY)
    assert tried.placement.awaits_turn
    assert {one["why"] for one in tried.placement.explanation["candidates"]} == {"Left the team"}


def test_the_database_refuses_to_write_or_to_lock_while_trying(live):
    for statement in (
        "UPDATE handoff_membership SET served = served + 1",
        rosters.LOCK.replace("%s", "ARRAY['sdr-na']"),
    ):
        with pytest.raises(DatabaseError, match="read-only"), trying.reading_only():
            statements.fetch(statement + (" RETURNING id" if "UPDATE h" in statement else ""))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_read_only")
        assert cursor.fetchone() == ("off",)


def test_trying_changes_no_table_and_takes_no_turn(client, mara, ana, live, draft):
    before = everything()
    page(client, live, lead=ana.pk, beside=draft.number)
    page(client, live, lead=ana.pk, moment="now")
    client.post(reverse("leads:try", args=[live.number]), TYPED)
    assert everything() == before


def test_the_page_tells_every_reason_of_a_stored_lead(client, mara, ana, live):
    answer = page(client, live, lead=ana.pk)
    html = answer.content.decode()
    for said in (
        "Decided by “Asked for a demo and fits”",
        "Employees at least 100: saw 400",
        "Role contains student: <b>not known</b>",
        "70 × ½^(",
        "Never done",
        "Decides: the first that holds",
        "it is their turn",
        "Whose turn it would be",
        "Served",
        "Accept: due",
        "Calendar us-east",
    ):
        assert said in html, said


def test_a_made_up_lead_is_typed_and_the_form_keeps_it(client, mara, live):
    answer = client.post(reverse("leads:try", args=[live.number]), TYPED)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "Sales ready" in html and 'value="fintech"' in html
    assert "7.0 days ago: 15 × ½^(7.0 ÷ 7) = 7.5" in html


def test_a_lead_is_pasted_as_the_api_takes_it(client, mara, live):
    address = reverse("leads:try", args=[live.number])
    answer = client.post(address, {"pasted": json.dumps({"lead": DEMO})})
    assert answer.status_code == 200
    assert "Sales ready" in answer.content.decode() and 'value="400"' in answer.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"pasted": "{"}, "This is no JSON"),
        ({"pasted": "[1]"}, "Paste one lead"),
        ({"pasted": '{"fit": 80}'}, "judging makes them"),
        ({"pasted": '{"lead": {"touchpoints": 3}}'}, "touchpoints must be a list"),
        ({}, "Say something about the lead"),
        (TYPED | {"f1-value": "many"}, "“many” is no number"),
        (TYPED | {"f0-name": "shoe"}, "Choose which field this is"),
    ],
)
def test_what_cannot_be_read_is_told_and_stays(client, mara, live, sent, said):
    answer = client.post(reverse("leads:try", args=[live.number]), sent)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert said in html
    if sent.get("pasted") in ("{", "[1]"):
        assert f">{sent['pasted']}</textarea>" in html


def test_two_versions_side_by_side_say_what_comes_out_otherwise(client, mara, ana, live, draft):
    answer = page(client, live, lead=ana.pk, beside=draft.number)
    differs = {what: (one, other) for what, one, other in answer.context["differs"]}
    assert differs["Status"] == ("Sales ready", "Needs qualification")
    assert differs["Size"] == ("50 points", "0 points")
    assert "Industry" not in differs
    same = page(client, live, lead=ana.pk, beside=live.number)
    assert same.context["differs"] is None


def test_choosing_another_version_keeps_the_lead(client, mara, ana, live, draft):
    answer = page(client, live, lead=ana.pk, under=draft.number, beside="")
    assert answer.status_code == 302
    assert answer["Location"] == (
        reverse("leads:try", args=[draft.number]) + f"?lead={ana.pk}&beside="
    )


def test_an_example_is_tried_where_it_stands(client, mara, draft):
    example = {
        "name": "Demo",
        "expect": {"status": "sales_ready"},
        "lead": {"industry": "fintech", "employees": 400},
    }
    by = {"revision": draft.revision, "actor": mara, "at": MONDAY}
    draft = drafting.put(draft, "examples", example, **by)
    assert "Nurture" in page(client, draft, example=0).content.decode()
    assert page(client, draft, example=5).status_code == 404


def test_a_draft_with_faults_says_so_instead(client, mara, ana, draft):
    draft.route.last().delete()
    html = page(client, draft, lead=ana.pk).content.decode()
    assert "cannot judge yet" in html and "The last row must have no conditions, so" in html
    assert "definition.route" not in html and ">Routing rule " in html


def test_stored_leads_are_found_by_name(client, mara, ana, live):
    assert f"?lead={ana.pk}" in page(client, live, q="ana").content.decode()
    assert "Nobody is found" in page(client, live, q="zzz").content.decode()
    assert page(client, live, lead=987654321).status_code == 404
    assert page(client, live, lead="x").status_code == 404


def test_with_no_lead_the_page_says_what_to_do(client, mara, live):
    assert "No lead yet" in page(client, live).content.decode()


@pytest.mark.parametrize(
    ("who", "status"), [("sam", 404), ("otto", 404), ("lena", 200), ("mara", 200), ("ada", 200)]
)
def test_who_may_read_definitions_may_try_them(client, ana, live, who, status):
    client.force_login(getattr(make, who)())
    assert page(client, live, lead=ana.pk).status_code == status
    assert client.post(reverse("leads:try", args=[live.number]), TYPED).status_code == status
    assert client.put(reverse("leads:try", args=[live.number])).status_code == 405

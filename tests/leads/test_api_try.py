"""Trying a definition through the API: nothing is kept."""

from typing import Any

import pytest

from leads.models import Delivery, Lead
from tests.factories import DefinitionVersionFactory, agreement_in_force

from .calling import Caller, problem

ANA = {
    "email": "ana@novapay.example",
    "company": "Novapay",
    "country": "US",
    "industry": "fintech",
    "employees": 400,
    "touchpoints": [{"signal": "demo_request", "days_ago": 0}],
}


@pytest.fixture
def crm(db: None) -> Caller:
    agreement_in_force()
    return Caller("read")


def test_one_lead(crm: Caller) -> None:
    response = crm.post("/try", ANA)
    assert response.status_code == 200
    assert response.json() == {
        "fit": 80.0,
        "fit_parts": {"industry": 30.0, "size": 50.0},
        "intent": 70.0,
        "intent_parts": {"demo_request": 70.0},
        "motion": None,
        "missing": [],
        "status": "sales_ready",
        "rule": "hand_raiser",
        "tier": "urgent",
        "route": "na",
        "team": "sdr-na",
    }
    assert not Lead.objects.exists()
    assert not Delivery.objects.exists()


def test_many_leads_in_order(crm: Caller) -> None:
    rows = [ANA, {"role": "student"}, {"lead": {"email": "x@y.example"}, "touchpoints": []}]
    results = crm.post("/try", {"leads": rows}).json()["results"]
    assert [line["status"] for line in results] == ["sales_ready", "disqualified", "nurture"]


def test_a_named_version_and_moment(crm: Caller) -> None:
    document = {
        "decide": [{"key": "all", "status": "nurture"}],
        "route": [{"key": "default", "to": {"queue": "qualification"}}],
    }
    version = DefinitionVersionFactory(document=document)
    body = {"leads": [ANA], "version": version.number}
    assert crm.post("/try", body).json()["results"][0]["rule"] == "all"
    touch = {"signal": "demo_request", "occurred_at": "2026-10-12T13:59:00Z"}
    past = {"leads": [{**ANA, "touchpoints": [touch]}], "as_of": "2026-10-12T14:00:00Z"}
    assert crm.post("/try", past).json()["results"][0]["intent"] == 70.0
    past["as_of"] = "2026-10-12T13:00:00Z"
    assert crm.post("/try", past).json()["results"][0]["intent"] == 0.0


def test_a_bad_row_does_not_stop_the_others(crm: Caller) -> None:
    rows = [ANA, "text", {**ANA, "touchpoints": [{"signal": "x", "occurred_at": "soon"}]}]
    good, text, late = crm.post("/try", {"leads": rows}).json()["results"]
    assert good["status"] == "sales_ready"
    assert (text["status"], late["status"]) == (422, 422)


@pytest.mark.parametrize(
    "body",
    [
        {"leads": 3},
        {"leads": [{}] * 1001},
        {"leads": [], "version": 999},
        {"leads": [], "version": "x"},
        {"leads": [], "version": 2**70},
        {"leads": [], "as_of": "soon"},
        {"leads": [], "as_of": "0001-01-01T00:00:00Z"},
        [],
        "text",
        {"email": 7, "touchpoints": "x"},
    ],
)
def test_what_cannot_be_tried_is_refused(crm: Caller, body: Any) -> None:
    problem(crm.post("/try", body), 404 if body == {"leads": [], "version": 999} else 422)
    assert not Delivery.objects.exists()


@pytest.mark.django_db
def test_before_any_definition_is_live() -> None:
    problem(Caller("read").post("/try", ANA), 409)

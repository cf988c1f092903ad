"""Touchpoints of known leads, sent through the API."""

from typing import Any

import pytest
import time_machine

from leads.models import Delivery, Judgement, Lead, Touchpoint
from tests.factories import MONDAY, agreement_in_force

from .calling import Caller, problem

LEAD = {
    "email": "ana@novapay.example",
    "external_id": "C-1",
    "company": "Novapay",
    "country": "US",
    "industry": "fintech",
    "employees": 400,
}
DEMO = {"signal": "demo_request", "occurred_at": "2026-10-12T13:59:00Z"}


@pytest.fixture
def crm(db: None) -> Any:
    agreement_in_force()
    with time_machine.travel(MONDAY, tick=True):
        yield Caller()


@pytest.mark.parametrize("named", ["lead", "email", "external_id"])
def test_a_named_lead_is_judged_again(crm: Caller, named: str) -> None:
    lead = crm.post("/leads", LEAD).json()
    assert lead["status"] == "nurture"
    name = {"lead": lead["lead"], "email": "ANA@novapay.example", "external_id": "C-1"}[named]
    response = crm.post("/touchpoints", {"touchpoints": [{named: name, **DEMO}]})
    assert response.status_code == 200
    assert response.json() == {
        "accepted": 1, "repeated": 0, "quarantined": 0, "judged": 1, "errors": [],
    }  # fmt: skip
    known = Lead.objects.get()
    assert known.status == "sales_ready"
    assert known.handoffs.count() == 1


def test_the_same_deed_twice_is_one(crm: Caller) -> None:
    crm.post("/leads", LEAD)
    row = {"email": "ana@novapay.example", **DEMO}
    crm.post("/touchpoints", {"touchpoints": [row]})
    again = crm.post("/touchpoints", {"touchpoints": [row, row]}).json()
    assert (again["accepted"], again["repeated"]) == (0, 2)
    assert Touchpoint.objects.count() == 1
    assert Judgement.objects.count() >= 2


@pytest.mark.parametrize(
    "row",
    [
        {"email": "stranger@x.example", **DEMO},
        {"lead": 2**63, **DEMO},
        {"lead": "x", **DEMO},
        {"external_id": "unknown", **DEMO},
        DEMO,
        "text",
        None,
        {"email": "ana@novapay.example"},
        {"email": "ana@novapay.example", "signal": "a\0b"},
        {"email": "ana@novapay.example", "signal": "x", "occurred_at": "soon"},
    ],
)
def test_a_bad_row_is_kept_and_the_others_are_taken(crm: Caller, row: Any) -> None:
    crm.post("/leads", LEAD)
    good = {"email": "ana@novapay.example", **DEMO}
    response = crm.post("/touchpoints", {"touchpoints": [row, good]})
    assert response.status_code == 200
    answer = response.json()
    assert (answer["accepted"], answer["quarantined"]) == (1, 1)
    assert answer["errors"][0]["place"].startswith("touchpoints[0]")
    assert Delivery.objects.get(state="quarantined").kind == "touchpoint"


@pytest.mark.parametrize("body", [{}, [], {"touchpoints": 3}, {"touchpoints": [{}] * 1001}])
def test_a_bad_list_is_refused_and_kept(crm: Caller, body: Any) -> None:
    problem(crm.post("/touchpoints", body), 422)
    assert Delivery.objects.get().state == "quarantined"

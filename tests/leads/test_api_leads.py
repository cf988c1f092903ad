"""Leads sent through the API, and what it tells of one."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Delivery, Lead
from tests.factories import MONDAY, DefinitionVersionFactory, agreement_in_force

from .calling import Caller, problem

ANA = {
    "email": "Ana@NovaPay.example",
    "external_id": "C-1",
    "first_name": "Ana",
    "last_name": "Silva",
    "company": "Novapay",
    "country": "US",
    "industry": "fintech",
    "employees": 400,
    "source": "paid_search",
    "favourite_colour": "teal",
    "touchpoints": [{"signal": "demo_request", "occurred_at": "2026-10-12T13:59:00Z"}],
}


@pytest.fixture
def crm(db: None) -> Any:
    agreement_in_force()
    with time_machine.travel(MONDAY, tick=True):
        yield Caller()


def test_a_lead_is_judged_and_handed_over(crm: Caller) -> None:
    response = crm.post("/leads", ANA)
    assert response.status_code == 201
    answer = response.json()
    assert list(answer) == [
        "lead", "handoff", "status", "rule", "fit", "fit_parts", "intent", "intent_parts",
        "motion", "missing", "tier", "route", "owner", "team", "queue", "due", "definition",
        "reentry",
    ]  # fmt: skip
    assert answer["status"] == "sales_ready"
    assert answer["rule"] == "hand_raiser"
    assert answer["fit"] == 80.0
    assert answer["fit_parts"] == {"industry": 30.0, "size": 50.0}
    assert answer["intent"] == pytest.approx(70.0, abs=0.1)
    assert answer["tier"] == "urgent"
    assert answer["route"] == "na"
    assert answer["team"] == "sdr-na"
    assert answer["owner"] in {"sam@northwind.example", "ines@northwind.example"}
    assert answer["queue"] is None
    assert answer["motion"] is None
    assert answer["missing"] == []
    assert answer["reentry"] is False
    due = dt.datetime.fromisoformat(answer["due"]["accept"])
    assert dt.timedelta(minutes=14) < due - MONDAY < dt.timedelta(minutes=16)
    assert set(answer["due"]) == {"assign", "accept", "first_touch"}
    lead = Lead.objects.get(pk=answer["lead"])
    assert lead.email == "ana@novapay.example"
    assert lead.answers["favourite_colour"] == "teal"
    assert lead.external_ids.get().system == "crm"


def test_the_same_person_again_is_the_same_lead(crm: Caller) -> None:
    first, again = crm.post("/leads", ANA), crm.post("/leads", ANA)
    assert again.status_code == 201
    for name in ("lead", "handoff", "owner", "team", "due"):
        assert again.json()[name] == first.json()[name]
    assert Lead.objects.get().submissions.count() == 2


def test_what_is_kept_out_of_sales_has_no_handoff(crm: Caller) -> None:
    answer = crm.post("/leads", {"email": "jo@uni.example", "role": "PhD student"}).json()
    assert answer["status"] == "disqualified"
    for name in ("handoff", "route", "team", "queue", "owner", "due", "tier"):
        assert answer[name] is None


def test_a_queue_has_no_owner(crm: Caller) -> None:
    lead = {**ANA, "industry": "farming", "employees": 5}
    answer = crm.post("/leads", lead).json()
    assert answer["status"] == "needs_qualification"
    assert (answer["owner"], answer["team"], answer["queue"]) == (
        None,
        "qualification",
        "qualification",
    )


@pytest.mark.parametrize(
    ("lead", "place"),
    [
        ({"email": "no address"}, "email"),
        ({"email": "a@b@c"}, "email"),
        ({"company": "Novapay"}, ""),
        ({**ANA, "role": "a\0b"}, "role"),
        ({**ANA, "occurred_at": "1989-12-31T00:00:00Z"}, "occurred_at"),
        ({**ANA, "occurred_at": "2026-10-12T14:10:00Z"}, "occurred_at"),
        ({**ANA, "occurred_at": "soon"}, "occurred_at"),
        ({**ANA, "touchpoints": [{"signal": "x", "occurred_at": "?"}]}, "touchpoints[0]"),
        ([], ""),
        ("text", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_a_bad_lead_is_refused_and_kept(crm: Caller, lead: Any, place: str) -> None:
    answer = problem(crm.post("/leads", lead), 422)
    assert any(error["place"].startswith(place) for error in answer["errors"])
    delivery = Delivery.objects.get()
    assert delivery.state == "quarantined"
    assert delivery.error
    assert not Lead.objects.exists()


def test_every_fault_is_told_at_once(crm: Caller) -> None:
    bad = {"email": "no address", "occurred_at": "soon", "touchpoints": 3}
    places = {error["place"] for error in problem(crm.post("/leads", bad), 422)["errors"]}
    assert {"email", "occurred_at", "touchpoints"} <= places


def test_bulk_answers_row_by_row_in_order(crm: Caller) -> None:
    rows = [ANA, {"email": "no address"}, "text", {"email": "bo@payco.example"}]
    response = crm.post("/leads/bulk", {"leads": rows})
    assert response.status_code == 200
    good, bad, worse, other = response.json()["results"]
    assert good["status"] == "sales_ready"
    assert bad["status"] == worse["status"] == 422
    assert bad["errors"][0]["place"] == "email"
    assert other["lead"] != good["lead"]
    assert Delivery.objects.filter(state="quarantined").count() == 2


def test_bulk_of_one_person_twice(crm: Caller) -> None:
    first, again = crm.post("/leads/bulk", {"leads": [ANA, ANA]}).json()["results"]
    assert first["lead"] == again["lead"]
    assert Lead.objects.get().submissions.count() == 2


def test_bulk_costs_the_same_statements_whatever_its_size(crm: Caller) -> None:
    def costs(rows: int, name: str) -> int:
        leads = [{**ANA, "email": f"{name}{n}@x.example", "external_id": None} for n in range(rows)]
        with CaptureQueriesContext(connection) as queries:
            assert crm.post("/leads/bulk", {"leads": leads}).status_code == 200
        return len(queries)

    costs(2, "warm")
    assert costs(20, "many") <= costs(2, "few") + 1


@pytest.mark.parametrize("body", [{}, [], {"leads": {}}, {"leads": None}, {"lead": []}])
def test_bulk_without_a_list_is_refused_and_kept(crm: Caller, body: Any) -> None:
    problem(crm.post("/leads/bulk", body), 422)
    assert Delivery.objects.get().state == "quarantined"


def test_bulk_takes_a_thousand_and_no_more(crm: Caller) -> None:
    problem(crm.post("/leads/bulk", {"leads": [{}] * 1001}), 422)
    assert crm.post("/leads/bulk", {"leads": []}).json() == {"results": []}


def test_all_that_is_known_of_a_lead(crm: Caller) -> None:
    sent = crm.post("/leads", ANA).json()
    response = crm.get(f"/leads/{sent['lead']}")
    assert response.status_code == 200
    lead = response.json()
    assert lead["email"] == "ana@novapay.example"
    assert lead["external_ids"] == [{"system": "crm", "external_id": "C-1"}]
    assert [touch["signal"] for touch in lead["touchpoints"]] == ["demo_request"]
    assert lead["judgements"][-1]["status"] == "sales_ready"
    assert lead["handoffs"][0]["id"] == sent["handoff"]
    assert lead["handoffs"][0]["due"]["accept"] == sent["due"]["accept"]
    clocks = {clock["clock"]: clock for clock in lead["clocks"]}
    assert clocks["accept"]["receipt"][-1]["to"]
    assert [event["seq"] for event in lead["events"]] == list(range(1, len(lead["events"]) + 1))
    assert {"received", "judged", "handed_over"} <= {event["kind"] for event in lead["events"]}
    explanation = lead["explanation"]
    assert explanation["rule_label"] == "Asked for a demo and fits"
    assert explanation["fit"]["score"] == sum(p["points"] for p in explanation["fit"]["parts"])
    assert explanation["assignment"]["owner"] == sent["owner"]


def test_a_lead_costs_the_same_statements_however_long_its_history(crm: Caller) -> None:
    def costs() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert crm.get(f"/leads/{lead_id}").status_code == 200
        return len(queries)

    lead_id = crm.post("/leads", ANA).json()["lead"]
    costs()
    few = costs()
    for minute in range(5):
        touch = {"signal": "pricing_page", "occurred_at": f"2026-10-12T13:0{minute}:00Z"}
        crm.post("/leads", {**ANA, "touchpoints": [touch]})
    assert costs() == few


@pytest.mark.django_db
def test_before_any_definition_is_live_a_lead_is_stored() -> None:
    DefinitionVersionFactory()
    response = Caller().post("/leads", ANA)
    assert response.status_code == 202
    assert response.json()["status"] is None
    assert Delivery.objects.get().state == "stored"

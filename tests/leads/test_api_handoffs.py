"""Hand-overs answered through the API, in the name of a rep."""

import datetime as dt
import threading
from typing import Any

import pytest
import time_machine
from django.db import connection

from handoff.models import Membership
from leads.models import Event, Handoff
from tests.factories import (
    MONDAY,
    HandoffFactory,
    ReasonFactory,
    TeamFactory,
    agreement_in_force,
    ines,
    lena,
    otto,
    sam,
    sdr_na,
)

from .calling import Caller, problem

LEAD = {
    "email": "ana@novapay.example",
    "company": "Novapay",
    "country": "US",
    "industry": "fintech",
    "employees": 400,
    "touchpoints": [{"signal": "demo_request", "occurred_at": "2026-10-12T13:59:00Z"}],
}


@pytest.fixture
def crm(db: None) -> Any:
    agreement_in_force()
    with time_machine.travel(MONDAY, tick=True):
        yield Caller()


@pytest.fixture
def given(crm: Caller) -> dict[str, Any]:
    """A lead just handed over: its answer, whose `owner` is Sam or Ines."""
    return dict(crm.post("/leads", LEAD).json())


def act(crm: Caller, given: dict[str, Any], verb: str, **body: Any) -> Any:
    return crm.post(f"/handoffs/{given['handoff']}/{verb}", {"as": given["owner"], **body})


def test_accept(crm: Caller, given: dict[str, Any]) -> None:
    response = act(crm, given, "accept", how="meeting_booked")
    assert response.status_code == 200
    answer = response.json()
    assert answer["id"] == given["handoff"]
    assert answer["lead"] == given["lead"]
    assert answer["state"] == "accepted"
    assert answer["how"] == "meeting_booked"
    assert answer["owner"] == given["owner"]
    assert answer["team"] == "sdr-na"
    assert answer["queue"] is None
    assert answer["accepted_at"].endswith("Z")
    assert set(answer["due"]) == {"assign", "accept", "first_touch", "follow_up"}
    event = Event.objects.filter(kind="accepted").get()
    assert event.actor is not None and event.actor.email == given["owner"]
    assert event.by == "API key crm"


def test_accepting_twice_is_a_lost_race_for_the_same_rep_too(
    crm: Caller, given: dict[str, Any]
) -> None:
    act(crm, given, "accept", how="meeting_booked")
    assert "accepted" in problem(act(crm, given, "accept", how="meeting_booked"), 409)["detail"]


def test_a_colleague_cannot_accept_what_was_accepted(crm: Caller, given: dict[str, Any]) -> None:
    act(crm, given, "accept", how="meeting_booked")
    colleague = {sam().email: ines().email, ines().email: sam().email}[given["owner"]]
    problem(act(crm, {**given, "owner": colleague}, "accept", how="meeting_booked"), 409)


def test_a_member_who_accepts_an_unowned_lead_claims_it(crm: Caller) -> None:
    handoff = HandoffFactory(unowned=True)
    body = {"as": ines().email, "how": "outreach_started"}
    answer = crm.post(f"/handoffs/{handoff.pk}/accept", body).json()
    assert answer["owner"] == ines().email
    assert answer["queue"] is None


@pytest.mark.parametrize("verb", ["accept", "reject", "return", "touch", "dispose", "reassign"])
def test_an_outsider_may_not_answer(crm: Caller, given: dict[str, Any], verb: str) -> None:
    TeamFactory(key="sdr-emea", members=(otto(),))
    body = {
        "how": "meeting_booked",
        "reason": "out_of_segment",
        "channel": "call",
        "disposition": "working",
        "to": "sdr-emea",
    }
    problem(act(crm, {**given, "owner": otto().email}, verb, **body), 403)
    assert Handoff.objects.get().state == "waiting"


def test_who_left_the_team_may_not_answer(crm: Caller) -> None:
    handoff = HandoffFactory(unowned=True)
    Membership.objects.filter(user=ines()).update(active=False)
    body = {"as": ines().email, "how": "meeting_booked"}
    problem(crm.post(f"/handoffs/{handoff.pk}/accept", body), 403)


def test_a_manager_outside_the_team_may_not_answer_as_a_rep(
    crm: Caller, given: dict[str, Any]
) -> None:
    problem(act(crm, {**given, "owner": lena().email}, "accept", how="meeting_booked"), 403)


@pytest.mark.parametrize(
    ("verb", "body", "place"),
    [
        ("accept", {"as": "nobody@northwind.example", "how": "meeting_booked"}, "as"),
        ("accept", {"as": 7}, "as"),
        ("accept", {"as": "", "how": "meeting_booked"}, "as"),
        ("accept", {"how": "meeting_booked", "as": None}, "as"),
        ("accept", {"how": "by_pigeon"}, "how"),
        ("reject", {}, "reason"),
        ("reject", {"reason": ""}, "reason"),
        ("reject", {"reason": "no_such_reason"}, "reason"),
        ("reject", {"reason": "wrong_timing"}, "until"),
        ("reject", {"reason": "other"}, "note"),
        ("reject", {"reason": "wrong_timing", "until": "soon"}, "until"),
        ("reject", {"reason": "wrong_timing", "until": "2020-01-01"}, "until"),
        ("reject", {"reason": "out_of_segment", "note": "a\0b"}, "note"),
        ("return", {}, "reason"),
        ("return", {"reason": "missing_context", "missing": "country"}, "missing"),
        ("reassign", {"to": "sdr-na"}, "reason"),
        ("reassign", {"reason": "wrong_territory"}, "to"),
        ("reassign", {"reason": "wrong_territory", "to": "no-such-team"}, "to"),
        ("reassign", {"reason": "wrong_territory", "to": "nobody@northwind.example"}, "to"),
    ],
)
def test_what_is_missing_or_wrong_is_told_with_its_place(
    crm: Caller, given: dict[str, Any], verb: str, body: dict[str, Any], place: str
) -> None:
    answer = problem(act(crm, given, verb, **body), 422)
    assert answer["errors"][0]["place"] == place
    assert Handoff.objects.get().state == "waiting"


@pytest.mark.parametrize(
    ("verb", "body", "place"),
    [
        ("touch", {}, "channel"),
        ("touch", {"channel": "call", "at": "yesterday"}, "at"),
        ("touch", {"channel": "call", "at": "0001-01-01T00:00:00Z"}, "at"),
        (
            "touch",
            {"channel": "call", "next_step_due": "9999-12-31T23:59:59-14:00"},
            "next_step_due",
        ),
        ("dispose", {}, "disposition"),
        ("dispose", {"disposition": "lost"}, "disposition"),
    ],
)
def test_what_is_wrong_after_acceptance(
    crm: Caller, given: dict[str, Any], verb: str, body: dict[str, Any], place: str
) -> None:
    act(crm, given, "accept", how="meeting_booked")
    answer = problem(act(crm, given, verb, **body), 422)
    assert answer["errors"][0]["place"] == place


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"\xff"])
def test_an_unreadable_answer_is_invalid(crm: Caller, given: dict[str, Any], body: bytes) -> None:
    problem(crm.post(f"/handoffs/{given['handoff']}/accept", body), 422)


def test_reject(crm: Caller, given: dict[str, Any]) -> None:
    answer = act(crm, given, "reject", reason="wrong_timing", until="2027-01-15", note="In Q1")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["state"], said["reason"], said["until"], said["note"]) == (
        "rejected",
        "wrong_timing",
        "2027-01-15",
        "In Q1",
    )
    assert said["ended_at"]
    problem(act(crm, given, "accept", how="meeting_booked"), 409)


def test_return_to_marketing(crm: Caller, given: dict[str, Any]) -> None:
    answer = act(crm, given, "return", reason="missing_context", missing=["employees"])
    assert answer.status_code == 200
    assert answer.json()["state"] == "returned"


def test_touch_and_dispose(crm: Caller, given: dict[str, Any]) -> None:
    act(crm, given, "accept", how="outreach_started")
    touched = act(
        crm,
        given,
        "touch",
        channel="call",
        next_step="Send the offer",
        next_step_due="2026-10-14T15:00:00+02:00",
    )
    assert touched.status_code == 200
    said = touched.json()
    assert said["first_touch_at"]
    assert said["next_step"] == "Send the offer"
    assert said["next_step_due"] == "2026-10-14T13:00:00Z"
    assert said["due"]["follow_up"]
    working = act(crm, given, "dispose", disposition="working").json()
    assert (working["state"], working["disposition"]) == ("accepted", "working")
    done = act(crm, given, "dispose", disposition="converted").json()
    assert (done["state"], done["disposition"]) == ("closed", "converted")


def test_reassign_to_a_person_and_to_a_team(crm: Caller, given: dict[str, Any]) -> None:
    TeamFactory(key="sdr-emea", members=(otto(),), pull=True)
    colleague = {sam().email: ines().email, ines().email: sam().email}[given["owner"]]
    moved = act(crm, given, "reassign", to=colleague, reason="wrong_territory")
    assert moved.status_code == 200
    assert moved.json()["owner"] == colleague
    other = act(
        crm, {**given, "owner": colleague}, "reassign", to="sdr-emea", reason="wrong_territory"
    ).json()
    assert (other["team"], other["queue"], other["owner"]) == ("sdr-emea", "sdr-emea", None)


def test_advance_without_a_step_is_no_move(crm: Caller, given: dict[str, Any]) -> None:
    act(crm, given, "accept", how="meeting_booked")
    assert act(crm, given, "advance").status_code in {409, 422}


def test_next_claims_the_most_urgent_and_does_not_accept(crm: Caller) -> None:
    late = HandoffFactory(unowned=True, due_at=MONDAY + dt.timedelta(hours=2))
    soon = HandoffFactory(unowned=True, due_at=MONDAY + dt.timedelta(hours=1))
    body = {"as": sam().email}
    first = crm.post("/queues/sdr-na/next", body)
    assert first.status_code == 200
    assert (first.json()["id"], first.json()["state"]) == (soon.pk, "waiting")
    assert first.json()["owner"] == sam().email
    assert crm.post("/queues/sdr-na/next", body).json()["id"] == late.pk
    empty = crm.post("/queues/sdr-na/next", body)
    assert (empty.status_code, empty.content) == (204, b"")


def test_next_of_somebody_elses_queue(crm: Caller) -> None:
    HandoffFactory(unowned=True)
    problem(crm.post("/queues/sdr-na/next", {"as": otto().email}), 403)
    problem(crm.post("/queues/no-such/next", {"as": sam().email}), 404)
    problem(crm.post("/queues/sdr-na/next", {"as": "nobody@northwind.example"}), 422)


@pytest.mark.django_db(transaction=True)
def test_many_ask_for_the_next_at_once_and_none_gets_anothers() -> None:
    agreement_in_force()
    HandoffFactory.create_batch(12, unowned=True)
    crm, claimed = Caller(), []

    def ask() -> None:
        try:
            while (answer := crm.post("/queues/sdr-na/next", {"as": sam().email})).content:
                claimed.append(answer.json()["id"])
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(claimed) == sorted(Handoff.objects.values_list("pk", flat=True))


def test_the_reason_must_be_one_for_the_verb(crm: Caller, given: dict[str, Any]) -> None:
    ReasonFactory(key="only_returns", applies_to=["return"])
    problem(act(crm, given, "reject", reason="only_returns"), 422)


def test_the_team_is_the_queue(crm: Caller) -> None:
    handoff = HandoffFactory(unowned=True, team=sdr_na())
    answer = crm.get(f"/leads/{handoff.lead_id}").json()
    assert answer["handoffs"][0]["queue"] == "sdr-na"

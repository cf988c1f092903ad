"""The second hand-over through the API: what is open is named, and what comes back waits."""

from typing import Any

import pytest
import time_machine

from handoff.models import Step, User
from leads.journey import calling
from leads.models import Finding
from tests import factories as make
from tests.factories import MONDAY

from .calling import Caller, problem
from .test_api_handoffs import LEAD

TILDA = "tilda@northwind.example"


@pytest.fixture
def crm(db: None) -> Any:
    make.agreement_in_force()
    questions = [{"key": "need", "label": "What it costs"}, {"key": "signs", "label": "Who signs"}]
    make.StepFactory(checklist=make.ChecklistFactory(items=questions))
    person = make.UserFactory(email=TILDA, name="Tilda Marsh", rep=True)
    make.TeamFactory(key="ae", account_executives=True, members=(person,))
    make.ReasonFactory(key="thin", applies_to=["return"])
    with time_machine.travel(MONDAY, tick=True):
        yield Caller()


@pytest.fixture
def given(crm: Caller) -> dict[str, Any]:
    """A lead that was handed over and accepted."""
    answer = dict(crm.post("/leads", LEAD).json())
    body = {"as": answer["owner"], "how": "meeting_booked"}
    assert crm.post(f"/handoffs/{answer['handoff']}/accept", body).status_code == 200
    return answer


def act(crm: Caller, handoff: int, who: str, verb: str, **body: Any) -> Any:
    return crm.post(f"/handoffs/{handoff}/{verb}", {"as": who, **body})


def test_what_is_open_is_named_with_its_place(crm: Caller, given: dict[str, Any]) -> None:
    answers = {"signs": "Her CFO"}
    told = problem(act(crm, given["handoff"], given["owner"], "advance", answers=answers), 422)
    assert told["detail"] == (
        "Before it moves on to AE, answer: What it costs."
        ' Send what you know with this call, as “answers”: {"need": "…"}.'
    )
    assert told["errors"] == [{"place": "answers.need", "message": "What it costs: unanswered"}]
    assert not Finding.objects.exists()


def test_answers_are_kept_before_or_with_the_advance(crm: Caller, given: dict[str, Any]) -> None:
    first = given["handoff"], given["owner"]
    kept = act(crm, *first, "answers", answers={"need": "Nine days"})
    assert (kept.status_code, kept.json()["id"]) == (200, given["handoff"])
    problem(act(crm, *first, "answers", answers={"nonsense": "x"}), 422)
    onward = act(crm, *first, "advance", answers={"signs": "Her CFO"}, note="Warm")
    assert onward.status_code == 200
    answer = onward.json()
    assert (answer["step"], answer["owner"], answer["state"]) == ("ae", TILDA, "waiting")
    assert answer["previous"] == given["handoff"]
    problem(act(crm, *first, "answers", answers={"need": "Late"}), 409)


def test_returned_from_a_later_step_it_waits_for_the_step_before(
    crm: Caller, given: dict[str, Any]
) -> None:
    owner, answers = given["owner"], {"need": "Nine days", "signs": "Her CFO"}
    second = act(crm, given["handoff"], owner, "advance", answers=answers).json()["id"]
    problem(act(crm, second, owner, "return", reason="thin"), 403)
    back = act(crm, second, TILDA, "return", reason="thin", missing=["signs"], note="Sure?")
    assert (back.status_code, back.json()["id"], back.json()["state"]) == (200, second, "returned")
    problem(act(crm, second, TILDA, "return", reason="thin"), 409)
    handoffs = crm.get(f"/leads/{given['lead']}").json()["handoffs"]
    (there,) = [one for one in handoffs if one["previous"] == second]
    assert (there["step"], there["owner"], there["state"]) == ("sdr", owner, "waiting")
    assert there["due"]["accept"] is not None
    act(crm, there["id"], owner, "accept", how="in_discovery")
    again = act(crm, there["id"], owner, "advance").json()
    assert (again["id"], again["state"], again["owner"]) == (second, "waiting", TILDA)
    yes = act(crm, second, TILDA, "accept", how="meeting_booked")
    assert yes.json()["state"] == "accepted"


def test_the_lead_tells_what_was_found_out_and_noted(crm: Caller, given: dict[str, Any]) -> None:
    owner = User.objects.get(email=given["owner"])
    act(crm, given["handoff"], given["owner"], "answers", answers={"need": "Nine days"})
    said = {"channel": "call", "outcome": "reached", "with_whom": "Ana", "note": "Her CFO signs"}
    calling.note_call(
        given["handoff"], **said, answers={"signs": "Her CFO"}, actor=owner, at=MONDAY
    )
    told = crm.get(f"/leads/{given['lead']}").json()
    (call,) = told["calls"]
    assert (call["outcome"], call["with_whom"], call["actor"]) == ("reached", "Ana", owner.email)
    assert (call["note"], call["at"]) == ("Her CFO signs", "2026-10-12T14:00:00Z")
    need, signs = told["findings"]
    assert (need["question"], need["answer"], need["call"]) == ("need", "Nine days", None)
    assert need["by"] == "API key crm" and need["handoff"] == given["handoff"]
    assert (signs["answer"], signs["call"], signs["step"]) == ("Her CFO", call["id"], "sdr")
    act(crm, given["handoff"], given["owner"], "answers", answers={"need": ""})
    assert crm.get(f"/leads/{given['lead']}").json()["findings"][-1]["answer"] is None


def test_the_explanation_names_the_rule_of_the_step(crm: Caller, given: dict[str, Any]) -> None:
    Step.objects.update(route=[{"key": "na", "label": "Every AE", "to": {"team": "ae"}}])
    answers = {"need": "Nine days", "signs": "Her CFO"}
    first = crm.get(f"/leads/{given['lead']}").json()["explanation"]["assignment"]
    assert (first["route"], first["route_label"]) == ("na", "na".capitalize())
    act(crm, given["handoff"], given["owner"], "advance", answers=answers)
    second = crm.get(f"/leads/{given['lead']}").json()["explanation"]["assignment"]
    assert (second["route"], second["route_label"]) == ("na", "Every AE")

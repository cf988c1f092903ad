"""One Idempotency-Key, one answer."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse

from leads.models import Delivery, Handoff, IdempotentAnswer, Lead
from tests.factories import HandoffFactory, agreement_in_force, sam

from .calling import Caller, problem

LEAD = {"email": "ana@novapay.example", "company": "Novapay", "country": "US"}


@pytest.fixture
def crm(db: None) -> Caller:
    agreement_in_force()
    return Caller()


def test_the_same_key_and_body_gives_the_first_answer_byte_for_byte(crm: Caller) -> None:
    first = crm.post("/leads", LEAD, once="k1")
    again = crm.post("/leads", LEAD, once="k1")
    assert first.status_code == again.status_code == 201
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert Delivery.objects.count() == 1
    assert Lead.objects.get().submissions.count() == 1


def test_another_body_is_refused(crm: Caller) -> None:
    crm.post("/leads", LEAD, once="k1")
    problem(crm.post("/leads", {**LEAD, "role": "CFO"}, once="k1"), 422)
    assert Delivery.objects.count() == 1


def test_a_key_counts_for_its_path_and_system_alone(crm: Caller) -> None:
    crm.post("/leads", LEAD, once="k1")
    assert crm.post("/leads/bulk", {"leads": [LEAD]}, once="k1").status_code == 200
    assert Caller(name="website").post("/leads", LEAD, once="k1").status_code == 201
    assert Delivery.objects.count() == 3


def test_a_refusal_is_an_answer_too(crm: Caller) -> None:
    first = crm.post("/leads", {"email": "no address"}, once="k1")
    problem(first, 422)
    again = crm.post("/leads", {"email": "no address"}, once="k1")
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert Delivery.objects.count() == 1


def test_without_a_key_every_post_is_its_own_delivery(crm: Caller) -> None:
    crm.post("/leads", LEAD)
    crm.post("/leads", LEAD)
    assert Delivery.objects.count() == 2
    assert Lead.objects.count() == 1


def test_an_answer_is_kept_seven_days(crm: Caller) -> None:
    crm.post("/leads", LEAD, once="k1")
    kept = IdempotentAnswer.objects.get()
    kept.created_at -= dt.timedelta(days=6, hours=23)
    kept.save()
    crm.post("/leads", LEAD, once="k1")
    assert Delivery.objects.count() == 1
    kept.created_at -= dt.timedelta(hours=2)
    kept.save()
    assert crm.post("/leads", {**LEAD, "role": "CFO"}, once="k1").status_code == 201
    assert Delivery.objects.count() == 2


def test_too_long_a_key_is_refused(crm: Caller) -> None:
    problem(crm.post("/leads", LEAD, once="k" * 256), 422)
    assert not Delivery.objects.exists()


def test_a_failed_attempt_is_not_kept(crm: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    handoff = HandoffFactory(unowned=True)
    body = {"as": sam().email, "how": "outreach_started"}
    with monkeypatch.context() as broken:
        broken.setattr("leads.api.handoffs.told", _fail)
        problem(crm.post(f"/handoffs/{handoff.pk}/accept", body, once="k1"), 500)
    handoff.refresh_from_db()
    assert handoff.state == "waiting", "what was done is undone with the answer that failed"
    assert crm.post(f"/handoffs/{handoff.pk}/accept", body, once="k1").status_code == 200


def test_a_try_after_a_crash_does_not_receive_the_lead_twice(crm: Caller) -> None:
    crm.post("/leads", LEAD, once="k1")
    IdempotentAnswer.objects.update(status=None, body=None)
    again = crm.post("/leads", LEAD, once="k1")
    assert again.status_code == 201
    assert again.json()["lead"] == Lead.objects.get().pk
    assert again.json()["handoff"] == getattr(Handoff.objects.first(), "pk", None)
    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_still_runs_the_second_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    agreement_in_force()
    crm = Caller()
    inside, go_on = threading.Event(), threading.Event()
    answers: list[HttpResponse] = []

    def slow(*_: Any, **__: Any) -> None:
        inside.set()
        assert go_on.wait(10)
        raise ValueError("enough")

    def first() -> None:
        try:
            answers.append(crm.post("/try", {"leads": []}, once="k1"))
        finally:
            connection.close()

    monkeypatch.setattr("leads.api.try_it.decided", slow)
    thread = threading.Thread(target=first)
    thread.start()
    assert inside.wait(10)
    second = crm.post("/try", {"leads": []}, once="k1")
    other = crm.post("/try", {"leads": [{}]}, once="k1")
    go_on.set()
    thread.join(10)
    problem(second, 409)
    assert second["Retry-After"]
    problem(other, 422)
    problem(answers[0], 500)


def _fail(*_: Any, **__: Any) -> None:
    raise RuntimeError("broken")

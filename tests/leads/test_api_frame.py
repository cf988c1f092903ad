"""What every call has in common: keys, scopes, sizes, speed, and problems that say what to do."""

import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from handoff.models import ApiKey
from leads.api import leads as lead_calls
from leads.api import throttling
from leads.models import Delivery
from tests.factories import HandoffFactory, LeadFactory

from .calling import Caller, problem

pytestmark = pytest.mark.django_db


def test_a_call_without_a_key_is_refused() -> None:
    response = Client().get("/api/v1/handoffs")
    problem(response, 401)
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "Bearer ", "Bearer nonsense", "ho_crm"])
def test_a_bad_key_is_refused(header: str) -> None:
    problem(Client().get("/api/v1/handoffs", headers={"Authorization": header}), 401)


def test_a_revoked_key_is_refused_at_once() -> None:
    crm = Caller("read")
    assert crm.get("/handoffs").status_code == 200
    crm.key.revoked_at = timezone.now()
    crm.key.save()
    problem(crm.get("/handoffs"), 401)


def test_a_key_is_not_kept_in_clear() -> None:
    key, text = ApiKey.make("crm", ["read"])
    assert text not in str(vars(key))
    assert key.digest == ApiKey.digest_of(text)


def test_a_key_is_noted_as_used_once_an_hour() -> None:
    crm = Caller("read")
    crm.get("/handoffs")
    crm.key.refresh_from_db()
    first = crm.key.last_used_at
    assert first is not None
    crm.get("/handoffs")
    crm.key.refresh_from_db()
    assert crm.key.last_used_at == first
    crm.key.last_used_at = first - dt.timedelta(hours=2)
    crm.key.save()
    crm.get("/handoffs")
    crm.key.refresh_from_db()
    assert crm.key.last_used_at >= first


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("read", "POST", "/leads"),
        ("handoffs", "POST", "/leads/bulk"),
        ("read", "POST", "/touchpoints"),
        ("read", "PUT", "/accounts/novapay.example"),
        ("handoffs", "PUT", "/opportunities/OPP-1"),
        ("leads", "POST", "/handoffs/1/accept"),
        ("read", "POST", "/queues/sdr-na/next"),
        ("leads", "GET", "/handoffs"),
        ("handoffs", "GET", "/leads/1"),
        ("leads", "POST", "/try"),
    ],
)
def test_a_key_does_only_what_its_scope_says(scope: str, method: str, path: str) -> None:
    crm = Caller(scope)
    response = crm.client.generic(method, f"/api/v1{path}", b"{}", headers=crm.headers())
    assert "scope" in problem(response, 403)["detail"]
    assert not Delivery.objects.exists()


def test_an_address_that_is_not_there_is_a_problem_document() -> None:
    for path in ("/api/v1/nothing", "/api/v1/", "/api/v1", "/api/v1/leads/", "/api/v1/leads/abc"):
        problem(Client().get(path), 404)


def test_another_verb_is_a_problem_document() -> None:
    response = Client().delete("/api/v1/leads")
    assert "POST" in problem(response, 405)["detail"]
    assert response["Allow"] == "POST"


@pytest.mark.parametrize("lead_id", ["0", "99999999", str(2**63), "9" * 400])
def test_an_unknown_id_is_not_found(lead_id: str) -> None:
    crm = Caller()
    problem(crm.get(f"/leads/{lead_id}"), 404)
    problem(crm.post(f"/handoffs/{lead_id}/accept", {}), 404)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"email": NaN}', b'{"email": "\\ud800"}', b"[" * 5000]
)
def test_what_is_no_json_is_refused_and_kept(body: bytes) -> None:
    problem(Caller().post("/leads", body), 422)
    delivery = Delivery.objects.get()
    assert delivery.state == "quarantined"
    assert bytes(delivery.raw) == body
    assert delivery.source == "crm"


def test_too_large_a_body_is_refused_and_its_beginning_kept() -> None:
    body = b'{"email": "' + b"x" * (1024 * 1024) + b'"}'
    problem(Caller().post("/leads", body), 413)
    delivery = Delivery.objects.get()
    assert delivery.state == "quarantined"
    assert len(delivery.raw) == 1024 * 1024


def test_nothing_is_kept_of_a_stranger() -> None:
    problem(Client().post("/api/v1/leads", b"{", content_type="application/json"), 401)
    assert not Delivery.objects.exists()


def test_too_fast_is_refused_with_a_time_to_wait(settings: pytest.FixtureRequest) -> None:
    settings.API_CALLS_PER_SECOND = 2.0  # type: ignore[attr-defined]
    throttling.forget()
    crm = Caller("read")
    answers = [crm.get("/handoffs") for _ in range(4)]
    assert answers[0].status_code == 200
    problem(answers[-1], 429)
    assert int(answers[-1]["Retry-After"]) >= 1
    throttling.forget()


def test_one_key_does_not_slow_another(settings: pytest.FixtureRequest) -> None:
    settings.API_CALLS_PER_SECOND = 1.0  # type: ignore[attr-defined]
    throttling.forget()
    crm, website = Caller("read"), Caller("read", name="website")
    crm.get("/handoffs")
    problem(crm.get("/handoffs"), 429)
    assert website.get("/handoffs").status_code == 200
    throttling.forget()


def test_a_fault_of_ours_says_little(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(lead_calls, "lead_with_evidence", broken)
    response = Caller().get("/leads/1")
    assert "secret" not in problem(response, 500)["detail"]


def test_a_database_that_is_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(lead_calls, "lead_with_evidence", away)
    response = Caller().get("/leads/1")
    problem(response, 503)
    assert response["Retry-After"]


def test_a_session_is_no_key(client: Client) -> None:
    handoff = HandoffFactory()
    client.force_login(handoff.owner)
    problem(client.get(f"/api/v1/leads/{LeadFactory().pk}"), 401)

"""Anything may be sent to the API: no fault of ours, no answer that the document does not name."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from handoff.wsgi import application
from leads.models import Handoff
from tests.factories import HandoffFactory, StepFactory, agreement_in_force, ines, sam

from .calling import Caller

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


REAL = {
    "as": "sam@northwind.example",
    "email": "ana@novapay.example",
    "occurred_at": "2026-10-12T13:59:00Z",
    "reason": "out_of_segment",
    "to": "sdr-na",
}
"""Values that there are, in the place of most made-up ones."""

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def _house(db: None) -> Iterator[None]:
    """An agreement, people, a key, and hand-overs in several states.

    As in Django's own test client, the end of a request leaves the test's connection open.
    """
    agreement_in_force()
    StepFactory()
    HandoffFactory(unowned=True)
    HandoffFactory(owner=sam())
    HandoffFactory(owner=ines(), accepted=True)
    HandoffFactory(owner=sam(), rejected=True)
    Caller(name="fuzz")
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_house")
@schema.parametrize()
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
def test_whatever_is_sent_is_answered(case: schemathesis.Case) -> None:
    _make_real(case)
    case.call_and_validate(
        headers={**case.headers, "Authorization": "Bearer ho_fuzz", "Accept-Encoding": "identity"},
        checks=CHECKS,
    )


def _make_real(case: schemathesis.Case) -> None:
    """Put names that there are in the place of half of the made-up ones."""
    places: dict[str, Any] = case.path_parameters or {}
    known = list(Handoff.objects.values_list("pk", "lead_id"))
    for name, column in (("handoff_id", 0), ("lead_id", 1)):
        made_up = places.get(name)
        if isinstance(made_up, int) and made_up % 2:
            places[name] = known[made_up % len(known)][column]
    for name, real in (("key", "sdr-na"), ("domain", "novapay.example")):
        if name in places and len(str(places[name])) % 2:
            places[name] = real
    body = case.body
    if not isinstance(body, dict):
        return
    rows = next((body[name] for name in ("leads", "touchpoints") if name in body), None)
    for row in rows if isinstance(rows, list) else [body]:
        for name, real in REAL.items():
            if isinstance(row, dict) and isinstance(row.get(name), str) and len(row[name]) % 4:
                row[name] = real

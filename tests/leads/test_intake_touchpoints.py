"""What known leads did: kept, counted, and judged again; unknown persons are set aside."""

import datetime as dt
from typing import Any

import pytest

from leads.journey import Envelope, receive, touches
from leads.journey.touches import TouchpointReport
from leads.models import Delivery, Handoff, Judgement, Lead, Touchpoint
from tests.factories import MONDAY, ExternalIdFactory, LeadFactory, agreement_in_force

pytestmark = pytest.mark.django_db
LATER = MONDAY + dt.timedelta(hours=1)


def record(*rows: Any, at: dt.datetime = LATER) -> TouchpointReport:
    return touches.record(rows, source="website", api_key_id=None, at=at)


def test_a_lead_is_named_by_id_email_or_external_id() -> None:
    agreement_in_force()
    lead = LeadFactory(email="ana@novapay.com")
    ExternalIdFactory(system="website", external_id="7", lead=lead)
    ExternalIdFactory(system="crm", external_id="8", lead=lead)

    report = record(
        {"lead": lead.pk, "signal": "a"},
        {"email": " Ana@NovaPay.com", "signal": "b"},
        {"external_id": 7, "signal": "c", "seconds": 40, "url": "/pricing"},
        {"external_id": "8", "signal": "d"},
    )

    assert (report.accepted, report.repeated, report.judged) == (3, 0, 1)
    assert [problem.place for problem in report.quarantined] == ["touchpoints[3].external_id"]
    assert {deed.signal for deed in lead.touchpoints.all()} == {"a", "b", "c"}


def test_rows_that_cannot_be_read_are_kept_in_quarantine_each() -> None:
    agreement_in_force()
    LeadFactory(email="ana@novapay.com")
    good = {"email": "ana@novapay.com", "signal": "a"}

    report = record(
        good,
        7,
        {"email": "ana@novapay.com"},
        {"signal": "a"},
        {**good, "lead": 1},
        {**good, "occurred_at": "1970-01-01T00:00:00Z"},
        {"lead": 2**63, "signal": "a"},
        {"lead": True, "signal": "a"},
        {"email": "who@novapay.com", "signal": "a\0"},
        {"email": "who@novapay.com", "signal": "a"},
    )

    assert report.accepted == 1 and len(report.quarantined) == 9
    assert Delivery.objects.quarantined().filter(kind="touchpoint").count() == 9


def test_the_same_deed_again_is_repeated_and_judges_nobody() -> None:
    agreement_in_force()
    LeadFactory(email="ana@novapay.com")
    deed = {"email": "ana@novapay.com", "signal": "a", "occurred_at": "2026-10-12T14:30:00Z"}

    first, again = record(deed, deed), record(deed)

    assert (first.accepted, first.repeated, first.judged) == (1, 1, 1)
    assert (again.accepted, again.repeated, again.judged) == (0, 1, 0)
    assert Touchpoint.objects.count() == 1 and Judgement.objects.count() == 1


def test_a_demo_request_hands_a_quiet_lead_over() -> None:
    agreement_in_force()
    (outcome,) = receive(
        [
            Envelope(
                "website",
                "1",
                {
                    "email": "ana@novapay.com",
                    "industry": "fintech",
                    "employees": 400,
                    "country": "US",
                },
                "api",
            )
        ],
        at=MONDAY,
    )
    assert outcome.handoff_id is None

    record({"lead": outcome.lead_id, "signal": "demo_request"})

    assert Handoff.objects.get().status == "sales_ready"
    assert Lead.objects.get().last_seen_at == LATER


def test_while_nothing_can_be_judged_touchpoints_are_kept_and_judged_later() -> None:
    LeadFactory(email="ana@novapay.com")
    report = record({"email": "ana@novapay.com", "signal": "a"})
    assert (report.accepted, report.judged) == (1, 0)

    agreement_in_force()
    touches.judge_stored(at=LATER + dt.timedelta(minutes=5))

    assert Judgement.objects.count() == 1
    assert Delivery.objects.get(kind="touchpoint").state == "done"
    assert touches.judge_stored(at=LATER + dt.timedelta(minutes=9)) == 0


def test_a_thousand_rows_cost_a_fixed_number_of_statements(
    django_assert_max_num_queries: Any,
) -> None:
    agreement_in_force()
    leads = LeadFactory.create_batch(3)
    rows = [
        {
            "lead": leads[n % 3].pk,
            "signal": "a",
            "occurred_at": f"2026-10-{1 + n % 9:02}T10:{n % 60:02}Z",
        }
        for n in range(500)
    ]

    with django_assert_max_num_queries(30):
        record(*rows)

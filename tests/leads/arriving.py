"""A lead comes in through the journey, as tests need it."""

import datetime as dt
import itertools
from typing import Any

from leads.journey import Envelope, Outcome, receive
from leads.models import Handoff
from tests.factories import MONDAY, ReasonFactory, live_version, qualification, sdr_na

numbers = itertools.count(1)

DEMO = {"signal": "demo_request", "occurred_at": (MONDAY - dt.timedelta(minutes=2)).isoformat()}


def agreement() -> None:
    """The live definition and the teams it routes to."""
    live_version()
    sdr_na()
    qualification()
    ReasonFactory()
    ReasonFactory(wrong_timing=True)


def arrive(*, at: dt.datetime = MONDAY, historical: bool = False, **payload: Any) -> Outcome:
    """One enquiry that comes in; see `envelope`."""
    return receive([envelope(historical=historical, **payload)], at=at)[0]


def envelope(*, historical: bool = False, **payload: Any) -> Envelope:
    """One enquiry; without more said, a demo request from a US fintech of 400 people."""
    number = next(numbers)
    lead = {
        "email": f"ana{number}@novapay{number}.com",
        "first_name": "Ana",
        "company": f"Nova Pay {number}",
        "industry": "fintech",
        "employees": 400,
        "country": "US",
        "source": "organic",
        "touchpoints": [DEMO],
    }
    return Envelope(
        source="form",
        key=f"test-{number}",
        payload={**lead, **payload},
        channel="form",
        historical=historical,
    )


def handed_over(**payload: Any) -> Handoff:
    """The hand-over that an enquiry led to."""
    outcome = arrive(**payload)
    assert outcome.handoff_id is not None, outcome
    return Handoff.objects.get(pk=outcome.handoff_id)

"""Many at once: one person is one lead, one company one account, and nothing is lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from leads.journey import Envelope, Outcome, receive
from leads.models import Account, Handoff, Lead, Submission
from tests.factories import MONDAY, agreement_in_force

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20


def at_once(act: Callable[[int], Any]) -> list[Any]:
    """What `act` returns in each of THREADS threads, begun together."""
    results: list[Any] = [None] * THREADS
    ready = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            ready.wait()
            results[number] = act(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def post(number: int, payload: dict[str, Any]) -> Outcome:
    (outcome,) = receive([Envelope("website", str(number), payload, "api")], at=MONDAY)
    return outcome


HAND_RAISER = {
    "company": "NovaPay",
    "country": "US",
    "industry": "fintech",
    "employees": 400,
    "touchpoints": [{"signal": "demo_request"}],
}


def test_twenty_posts_of_one_person_are_one_lead_with_twenty_submissions() -> None:
    agreement_in_force()

    outcomes = at_once(lambda number: post(number, {**HAND_RAISER, "email": "ana@novapay.com"}))

    assert {outcome.state for outcome in outcomes} == {"done"}
    assert sorted(outcome.outcome for outcome in outcomes) == ["created"] + ["updated"] * 19
    assert Lead.objects.count() == 1 and Submission.objects.count() == 20
    assert Handoff.objects.count() == 1
    assert {outcome.handoff_id for outcome in outcomes} == {Handoff.objects.get().pk}


def test_one_person_under_email_and_phone_at_once_is_one_lead() -> None:
    agreement_in_force()
    names = ({"phone": "+12125550100"}, {"phone": "+12125550100", "email": "ana@novapay.com"})

    at_once(lambda number: post(number, {**HAND_RAISER, **names[number % 2]}))

    assert Lead.objects.count() == 1 and Submission.objects.count() == 20


def test_twenty_colleagues_at_once_share_one_account() -> None:
    agreement_in_force()

    outcomes = at_once(
        lambda number: post(number, {**HAND_RAISER, "email": f"p{number}@novapay.com"})
    )

    assert {outcome.state for outcome in outcomes} == {"done"}
    assert Lead.objects.count() == 20
    assert Account.objects.get().leads.count() == 20

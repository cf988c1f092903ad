"""What came in is kept before anybody judges it, once for each source and key."""

from typing import Any

import pytest

from leads.journey import intake, receive, replaying
from leads.journey.intake import Envelope
from leads.models import Delivery, Lead
from tests.factories import MONDAY, DeliveryFactory, agreement_in_force, mara

pytestmark = pytest.mark.django_db


def envelope(payload: Any, key: str = "1", **more: Any) -> Envelope:
    return Envelope("website", key, payload, Delivery.Channel.API, **more)


def kept(payload: Any) -> Delivery:
    (stored,) = intake.store([envelope(payload)], at=MONDAY)
    return Delivery.objects.get(pk=stored.delivery_id)


def test_a_payload_is_kept_as_it_came() -> None:
    payload = {"email": "ana@novapay.com", "answers": {"a": [1, 2.5, None, "É😀‏"]}}

    delivery = kept(payload)

    assert delivery.payload == payload
    assert (delivery.state, delivery.received_at) == ("stored", MONDAY)


def test_the_same_key_twice_is_kept_once() -> None:
    first = intake.store([envelope({"a": 1}), envelope({"b": 2}, "2")], at=MONDAY)
    again = intake.store([envelope({"c": 3}), envelope({"d": 4}, "3")], at=MONDAY)

    assert [one.repeated for one in first + again] == [False, False, True, False]
    assert again[0].delivery_id == first[0].delivery_id
    assert Delivery.objects.get(key="1").payload == {"a": 1}


def test_one_key_twice_in_a_batch_is_kept_once() -> None:
    one, two = intake.store([envelope({"a": 1}), envelope({"a": 1})], at=MONDAY)

    assert one.delivery_id == two.delivery_id and (one.repeated, two.repeated) == (False, True)


def test_a_batch_is_one_statement(django_assert_num_queries: Any) -> None:
    intake.store([envelope({}, "warm")], at=MONDAY)
    with django_assert_num_queries(3):  # savepoint, insert, release
        intake.store([envelope({"n": n}, str(n)) for n in range(50)], at=MONDAY)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_text_that_the_database_cannot_hold_is_kept_raw_in_quarantine(text: str) -> None:
    delivery = kept({"email": "ana@novapay.com", "company": text})

    assert delivery.state == "quarantined" and delivery.payload is None
    assert b"ana@novapay.com" in bytes(delivery.raw or b"")
    assert delivery.error.startswith("company: Text must not hold")


def test_a_written_backslash_is_no_nul() -> None:
    assert kept({"email": "ana@novapay.com", "company": "\\u0000"}).state == "stored"


def test_a_number_that_is_none_is_kept_as_its_text() -> None:
    assert kept({"employees": float("nan")}).payload == {"employees": "nan"}


def test_a_payload_above_a_mebibyte_is_cut_off_in_quarantine() -> None:
    delivery = kept({"email": "ana@novapay.com", "problem": "x" * 10_000_000})

    assert delivery.state == "quarantined" and len(bytes(delivery.raw or b"")) == 1024 * 1024


def test_what_cannot_be_understood_goes_to_quarantine_and_stops_nobody() -> None:
    agreement_in_force()

    bad, good = receive(
        [envelope({"email": "nobody"}), envelope({"email": "ana@novapay.com"}, "2")], at=MONDAY
    )

    assert (bad.state, good.state) == ("quarantined", "done")
    assert "nobody" in Delivery.objects.get(key="1").error


def test_without_a_definition_a_lead_is_kept_for_later() -> None:
    (outcome,) = receive([envelope({"email": "ana@novapay.com"})], at=MONDAY)

    assert outcome.state == "stored" and Delivery.objects.get().attempts == 0


def test_a_mended_payload_is_taken_in() -> None:
    agreement_in_force()
    delivery = DeliveryFactory(quarantined=True, payload={"email": "ana(at)novapay.com"})

    outcome = replaying.replay(delivery.pk, {"email": "ana@novapay.com"}, actor=mara(), at=MONDAY)

    assert outcome is not None and outcome.state == "done"
    assert Lead.objects.get().email == "ana@novapay.com"
    assert replaying.replay(delivery.pk, None, actor=mara(), at=MONDAY) is None

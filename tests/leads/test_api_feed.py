"""The change feed: ordered, none skipped, each at the place of its latest change."""

import base64
import threading

import pytest
from django.db import connection, transaction

from leads.api import feed
from leads.models import Handoff
from tests.factories import HandoffFactory

from .calling import Caller, problem

pytestmark = pytest.mark.django_db(transaction=True)


def test_from_the_beginning_to_the_end() -> None:
    made = [HandoffFactory().pk for _ in range(3)]
    crm = Caller("read")
    page = crm.get("/handoffs").json()
    assert [item["id"] for item in page["items"]] == made
    end = crm.get(f"/handoffs?after={page['next']}").json()
    assert end["items"] == []
    assert end["next"] == page["next"]


def test_an_empty_feed_has_a_cursor_that_can_be_kept() -> None:
    crm = Caller("read")
    nothing = crm.get("/handoffs").json()
    assert nothing["items"] == []
    handoff = HandoffFactory()
    after = crm.get(f"/handoffs?after={nothing['next']}").json()
    assert [item["id"] for item in after["items"]] == [handoff.pk]


def test_a_change_brings_a_handoff_back_at_its_latest_place() -> None:
    first, second = HandoffFactory(), HandoffFactory()
    crm = Caller("read")
    seen = crm.get("/handoffs").json()["next"]
    first.note = "changed"
    first.save()
    first.note = "changed twice"
    first.save()
    assert [item["note"] for item in crm.get(f"/handoffs?after={seen}").json()["items"]] == [
        "changed twice"
    ]
    assert [item["id"] for item in crm.get("/handoffs").json()["items"]] == [second.pk, first.pk]


def test_pages_of_at_least_a_hundred_and_nothing_lost_between_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert feed.PAGE >= 100
    monkeypatch.setattr(feed, "PAGE", 2)
    made = [HandoffFactory().pk for _ in range(3)]
    with transaction.atomic():
        made += [HandoffFactory().pk for _ in range(4)]
    crm, told, after = Caller("read"), [], ""
    while page := crm.get(f"/handoffs{after}").json():
        if not page["items"]:
            break
        told += [item["id"] for item in page["items"]]
        after = f"?after={page['next']}"
    assert told == made


def test_what_commits_late_is_not_skipped() -> None:
    early, late = HandoffFactory(), HandoffFactory()
    crm = Caller("read")
    start = crm.get("/handoffs").json()["next"]
    changed, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                Handoff.objects.filter(pk=early.pk).update(note="slow")
                changed.set()
                assert go_on.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert changed.wait(10)
    Handoff.objects.filter(pk=late.pk).update(note="quick")
    meanwhile = crm.get(f"/handoffs?after={start}").json()
    go_on.set()
    thread.join(10)
    rest = crm.get(f"/handoffs?after={meanwhile['next']}").json()
    told = [item["id"] for page in (meanwhile, rest) for item in page["items"]]
    assert told == [early.pk, late.pk]


@pytest.mark.parametrize(
    "after",
    [
        "",
        "abc",
        "%00",
        "☃",
        "=" * 50,
        base64.urlsafe_b64encode(b"1.2").decode(),
        base64.urlsafe_b64encode(b"2.1.1").decode(),
        base64.urlsafe_b64encode(b"1.-1.1").decode().rstrip("="),
        base64.urlsafe_b64encode(b"1.1.99999999999999999999").decode().rstrip("="),
        base64.urlsafe_b64encode(b"1. 1.1").decode().rstrip("="),
    ],
)
def test_what_is_no_cursor_is_refused(after: str) -> None:
    problem(Caller("read").get(f"/handoffs?after={after}"), 422)

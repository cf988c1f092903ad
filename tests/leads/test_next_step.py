"""After the first touch a lead has a next step, with a day and an owner; else somebody asks."""

import datetime as dt

import pytest
from django.urls import reverse

from handoff.rules.definition import Tier
from leads.journey import breaching, chasing, responding
from leads.journey.states import Invalid
from leads.models import Clock, Handoff, Message, Miss
from tests.factories import MONDAY, CalendarFactory, ReasonFactory, lena
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db

TUESDAY = MONDAY + dt.timedelta(days=1)
CLOSE = MONDAY.replace(hour=21, minute=30)


@pytest.fixture
def touched():
    """A lead touched on Monday, with a next step promised for Tuesday at the same time."""
    agreement()
    return touch(handed_over(), "Send the offer", TUESDAY)


def touch(handoff, step="", due=None, at=MONDAY):
    return responding.touch(
        handoff.pk,
        channel="call",
        next_step=step,
        next_step_due=due,
        actor=handoff.owner,
        at=at,
    )


def clock_of(handoff):
    return handoff.clocks.filter(kind="next_step").last()


def told(kind):
    inbox = Message.objects.filter(kind=kind, channel="in_app", body__clock="next_step")
    return list(inbox.values_list("recipient__email", flat=True))


def test_a_promised_step_is_a_clock_with_its_receipt(touched):
    clock = clock_of(touched)
    assert (clock.state, clock.due_at) == ("running", TUESDAY)
    assert clock.receipt[0]["why"] == "Promised: Send the offer"
    assert dt.datetime.fromisoformat(clock.receipt[-1]["to"]) == TUESDAY
    assert (touched.due_at, touched.due_clock) == (TUESDAY, "next_step")


def test_overdue_its_owner_hears_first_and_the_manager_after_the_follow_up_time(touched):
    responding.touch(
        touched.pk, channel="mail", next_step="Call", next_step_due=TUESDAY,
        actor=touched.owner, at=MONDAY + dt.timedelta(minutes=5),
    )  # fmt: skip
    breaching.sweep(at=TUESDAY)
    assert told("breached") == []
    for minutes in (1, 2, 300):
        breaching.sweep(at=TUESDAY + dt.timedelta(minutes=minutes))
    assert told("breached") == [touched.owner.email]
    assert told("breached_manager") == []
    clock = clock_of(touched)
    assert clock.act_at == dt.datetime(2026, 10, 14, 14, 31, tzinfo=dt.UTC)
    for minutes in (1, 2, 3000):
        breaching.sweep(at=clock.act_at + dt.timedelta(minutes=minutes))
    assert told("breached") == [touched.owner.email]
    assert told("breached_manager") == [lena().email]
    assert Miss.objects.get(clock=clock).evidence.endswith("had logged nothing by then.")


def test_a_touch_in_time_keeps_the_promise_and_begins_the_next(touched):
    later = touch(touched, "Meet", TUESDAY + dt.timedelta(days=2), at=TUESDAY)
    assert list(later.clocks.filter(kind="next_step").values_list("state", "due_at")) == [
        ("met", TUESDAY),
        ("running", TUESDAY + dt.timedelta(days=2)),
    ]
    breaching.sweep(at=TUESDAY + dt.timedelta(minutes=30))
    assert told("breached") == []


def test_without_a_next_step_one_is_owed_by_the_end_of_the_day():
    agreement()
    handoff = touch(handed_over())
    clock = clock_of(handoff)
    assert clock.due_at == CLOSE and clock.receipt[0]["why"] == chasing.OWED
    breaching.sweep(at=CLOSE + dt.timedelta(minutes=1))
    assert told("breached") == []
    breaching.sweep(at=MONDAY.replace(day=13, hour=13))
    assert told("breached") == [handoff.owner.email]
    assert Message.objects.get(kind="breached", channel="in_app").subject.startswith(
        "Say what comes next"
    )


def test_nobody_is_asked_for_a_step_of_what_has_ended(touched):
    ReasonFactory()
    responding.dispose(touched.pk, disposition="converted", actor=touched.owner, at=TUESDAY)
    breaching.sweep(at=TUESDAY + dt.timedelta(days=9))
    assert told("breached") == []
    assert clock_of(touched).state == "stopped"


def test_an_imported_past_owes_no_step():
    agreement()
    touch(handed_over(historical=True))
    assert not Clock.objects.filter(kind="next_step").exists()


def test_what_was_touched_before_there_were_such_clocks_is_found(touched):
    touched.clocks.filter(kind="next_step").delete()
    assert chasing.catch_up(at=TUESDAY) == 1
    assert chasing.catch_up(at=TUESDAY) == 0
    assert clock_of(touched).state == "running"


def test_it_is_listed_until_it_is_said(client, touched):
    Handoff.objects.update(next_step="", next_step_due=None, due_clock="next_step")
    client.force_login(touched.owner)
    for name in ("follow-ups", "unsaid"):
        assert touched.lead.title in client.get(reverse(f"leads:{name}")).content.decode()
    assert "Next step" in client.get(reverse("leads:follow-ups")).content.decode()


def test_the_lead_page_shows_its_clock_and_receipt(client, touched):
    client.force_login(touched.owner)
    page = client.get(reverse("leads:lead", args=[touched.lead_id])).content.decode()
    assert "Next step" in page and "Promised: Send the offer" in page


@pytest.mark.parametrize(
    ("tier", "told_at"),
    [
        (None, CLOSE),
        ({"follow_up": "same_business_day"}, CLOSE),
        ({"follow_up": 60}, MONDAY + dt.timedelta(hours=1)),
    ],
)
def test_when_the_responsible_person_hears(tier, told_at):
    calendar = CalendarFactory().windows()
    given = tier and Tier("t", "", "business", tier, None, ())
    assert chasing.told_next(given, calendar, at=MONDAY) == told_at


@pytest.mark.parametrize("year", [1, 1989, 2037, 2205, 9998])
def test_a_step_of_another_century_is_refused_and_nothing_is_lost(touched, year, client):
    due = dt.datetime(year, 3, 1, 12, tzinfo=dt.UTC)
    with pytest.raises(Invalid) as refused:
        touch(touched, "Call", due)
    assert refused.value.field == "next_step_due"
    assert Handoff.objects.get(pk=touched.pk).next_step == "Send the offer"
    client.force_login(touched.owner)
    answer = client.post(
        reverse("leads:touch", args=[touched.pk]),
        {
            "touch-channel": "call",
            "touch-next_step": "Call",
            "touch-next_step_due": f"{due:%Y-%m-%dT%H:%M}".zfill(16),
        },
    )
    assert answer.status_code == 422 and "Call" in answer.content.decode()


def test_a_promise_of_another_century_made_before_is_asked_for_and_stops_no_other(monkeypatch):
    agreement()
    first, second, third = (touch(handed_over()) for _ in range(3))
    Clock.objects.filter(kind="next_step").delete()
    Handoff.objects.filter(pk=first.pk).update(next_step_due=dt.datetime(2505, 1, 1, tzinfo=dt.UTC))
    begin = chasing.begin

    def fails(handoff, *, at):
        if handoff.pk == second.pk:
            raise ValueError("a fault")
        begin(handoff, at=at)

    monkeypatch.setattr(chasing, "begin", fails)
    chasing.catch_up(at=TUESDAY)
    begun = Clock.objects.filter(kind="next_step").values_list("handoff", flat=True)
    assert set(begun) == {first.pk, third.pk}
    assert clock_of(first).receipt[-1]["to"].startswith("2504-12-31")
    assert len(clock_of(first).receipt) == 2


@pytest.mark.parametrize(
    ("how_far", "due"),
    [
        ("tomorrow", dt.datetime(2026, 10, 13, 21, 30, tzinfo=dt.UTC)),
        ("three_days", dt.datetime(2026, 10, 15, 21, 30, tzinfo=dt.UTC)),
        ("next_week", dt.datetime(2026, 10, 19, 21, 30, tzinfo=dt.UTC)),
    ],
)
def test_so_far_ahead_is_the_end_of_a_working_day_of_the_owner(touched, how_far, due):
    assert chasing.ahead(touched.pk, how_far, at=MONDAY) == due


def test_from_a_friday_tomorrow_is_monday(touched):
    friday = MONDAY + dt.timedelta(days=4)
    assert chasing.ahead(touched.pk, "tomorrow", at=friday).day == 19
    assert chasing.ahead(touched.pk, "three_days", at=friday).day == 21


def test_where_nobodys_hours_are_known_every_day_counts():
    agreement()
    handoff = handed_over()
    Handoff.objects.filter(pk=handoff.pk).update(team=None, owner=None)
    assert chasing.ahead(handoff.pk, "tomorrow", at=MONDAY).day == 14


def test_a_step_named_without_a_day_is_due_by_the_follow_up_time():
    agreement()
    handoff = touch(handed_over(), "Send the offer")
    assert handoff.next_step_due == dt.datetime(2026, 10, 13, 14, 30, tzinfo=dt.UTC)
    assert clock_of(handoff).receipt[0]["why"] == "Promised: Send the offer"


def test_an_imported_past_promises_nothing():
    agreement()
    assert touch(handed_over(historical=True), "Send the offer").next_step_due is None

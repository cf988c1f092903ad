"""Quiet hours: email and chat wait, nothing is lost, and what waited comes as one."""

import datetime as dt
import ipaddress
import json
import threading
import zoneinfo

import pytest
import time_machine
from django.core import mail
from django.db import connection

from leads import sending, tasks
from leads.journey import absent, digesting, hearing, relaying
from leads.journey.announcing import Letter, announce
from leads.models import Message, Preference
from leads.sending import quiet
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.receiving import Listening

pytestmark = pytest.mark.django_db

NIGHT = dt.datetime(2026, 10, 12, 23, 0, tzinfo=dt.UTC)
"""Monday 19:00 in New York, after the day's work."""
TUESDAY = dt.datetime(2026, 10, 13, 13, 0, tzinfo=dt.UTC)
"""09:00 in New York: the next opening."""


@pytest.fixture
def sam():
    make.sdr_na()
    return make.sam()


def wants(person, quiet=Preference.Quiet.WORKING, **more):
    return Preference.objects.create(user=person, quiet=quiet, **more)


def tell(person, kind="assigned", about="1", *, at=NIGHT):
    announce([Letter(kind, about, person.pk, f"Letter {about}", at, body={"path": "/queue/"})])
    return Message.objects.filter(recipient=person, kind=kind).exclude(channel="in_app")


def test_mail_waits_for_the_next_opening_and_the_application_does_not(sam):
    wants(sam)
    (held,) = tell(sam)
    assert sending.send_due(at=NIGHT) == (0, 0) and not mail.outbox
    held.refresh_from_db()
    assert (held.state, held.attempts) == ("waiting", 0)
    assert held.held_until == held.next_attempt_at == TUESDAY
    assert Message.objects.inbox(sam).unread().count() == 1
    assert sending.send_due(at=TUESDAY - dt.timedelta(seconds=1)) == (0, 0)
    assert sending.send_due(at=TUESDAY) == (1, 0)
    assert mail.outbox[0].subject == "Letter 1"


def test_inside_the_hours_it_goes_at_once(sam):
    wants(sam)
    tell(sam, at=MONDAY)
    assert sending.send_due(at=MONDAY) == (1, 0)


def test_several_come_as_one_and_each_says_so(sam):
    wants(sam)
    for about in ("1", "2", "3"):
        tell(sam, about=about)
    sending.send_due(at=NIGHT)
    assert sending.send_due(at=TUESDAY) == (1, 0)
    (one,) = mail.outbox
    assert one.subject == "3 messages from your quiet hours"
    assert all(f"Letter {n}" in one.body for n in (1, 2, 3)) and "/queue/" in one.body
    together = Message.objects.get(kind="gathered")
    assert set(together.gathered.values_list("state", flat=True)) == {"gathered"}
    assert sending.send_due(at=TUESDAY) == (0, 0)


def test_what_is_urgent_breaks_through_unless_it_shall_not(sam):
    choice = wants(sam)
    tell(sam, "reminder")
    assert sending.send_due(at=NIGHT) == (1, 0)
    Preference.objects.filter(pk=choice.pk).update(break_through=False)
    tell(sam, "reminder", "2")
    assert sending.send_due(at=NIGHT) == (0, 0)


def test_time_off_is_quiet_too_and_its_end_lets_go(sam):
    wants(sam)
    away = make.AbsenceFactory(user=sam, ends_at=TUESDAY + dt.timedelta(days=2))
    (held,) = tell(sam, at=MONDAY)
    sending.send_due(at=MONDAY)
    held.refresh_from_db()
    assert held.held_until == TUESDAY + dt.timedelta(days=2)
    absent.take_back(away, actor=sam, at=MONDAY + dt.timedelta(minutes=1))
    sending.send_due(at=MONDAY + dt.timedelta(minutes=1))
    held.refresh_from_db()
    assert held.state == "sent"


def test_another_choice_lets_go_of_what_is_held(sam):
    choice = wants(sam)
    tell(sam)
    sending.send_due(at=NIGHT)
    choice.quiet = Preference.Quiet.NEVER
    hearing.choose(choice, on=(), kinds=(), channels=(), at=NIGHT)
    assert sending.send_due(at=NIGHT) == (1, 0)


def test_still_quiet_when_it_should_go_it_waits_again(sam):
    wants(sam)
    for about in ("1", "2"):
        tell(sam, about=about)
    sending.send_due(at=NIGHT)
    make.AbsenceFactory(user=sam, starts_at=NIGHT, ends_at=TUESDAY + dt.timedelta(days=1))
    assert sending.send_due(at=TUESDAY) == (0, 0)
    later = TUESDAY + dt.timedelta(days=1)
    assert set(Message.objects.held().values_list("held_until", flat=True)) == {later}
    assert sending.send_due(at=later) == (1, 0)


def test_who_is_in_no_team_has_no_hours(sam):
    otto = make.otto()
    wants(otto)
    tell(otto)
    assert sending.send_due(at=NIGHT) == (1, 0)


def test_a_manager_has_the_hours_of_a_team_they_answer_for(sam):
    lena = make.lena()
    wants(lena)
    assert quiet.of_person(lena.pk, urgent=False, at=NIGHT) == TUESDAY


def test_a_calendar_that_never_opens_again_holds_nothing_back(sam):
    calendar = make.sdr_na().calendar
    calendar.closed = [MONDAY.date() + dt.timedelta(days=n) for n in range(400)]
    calendar.save()
    wants(sam)
    tell(sam)
    assert sending.send_due(at=NIGHT) == (1, 0)
    Preference.objects.update(daily=True)
    assert digesting.write_due(at=TUESDAY) == 0


BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def local(day, hour, minute=0):
    return dt.datetime(2026, 10, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(12, 17, 59), None),
        (local(12, 18), local(13, 8)),
        (local(13, 2), local(13, 8)),
        (local(13, 8), None),
        (local(24, 23), local(25, 8)),
    ],
)
def test_a_span_of_the_day_may_go_over_midnight_and_a_change_of_the_clocks(at, until):
    found = quiet.after_quiet(dt.time(18), dt.time(8), BERLIN, at)
    assert found == until


def test_a_span_inside_the_day(sam):
    noon = dt.time(12), dt.time(13)
    assert quiet.after_quiet(*noon, BERLIN, local(12, 12, 30)) == local(12, 13)
    assert quiet.after_quiet(*noon, BERLIN, local(12, 13)) is None
    wants(sam, Preference.Quiet.BETWEEN, quiet_from=dt.time(18), quiet_until=dt.time(8))
    assert quiet.of_person(sam.pk, urgent=False, at=NIGHT) == TUESDAY - dt.timedelta(hours=1)


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    with Listening() as listening:
        yield listening


def said(receiver):
    return [json.loads(got.body)["text"] for got in receiver.got]


def test_an_own_chat_is_told_of_letters_and_keeps_the_quiet(sam, receiver):
    make.WebhookFactory(chat=True, person=sam, kinds=["letters"], url=receiver.url)
    wants(sam)
    tell(sam, at=MONDAY)
    assert sending.post_due(now=lambda: MONDAY) == (1, 0)
    assert said(receiver)[0].startswith("*Letter 1*")
    tell(sam, about="2")
    tell(sam, about="3")
    assert sending.post_due(now=lambda: NIGHT) == (0, 0)
    assert sending.post_due(now=lambda: TUESDAY) == (1, 0)
    together = said(receiver)[1]
    assert "2 messages" in together and "*Letter 2*" in together and "*Letter 3*" in together


def test_a_team_s_channel_keeps_the_hours_of_its_calendar(receiver):
    team = make.sdr_na()
    channel = make.WebhookFactory(chat=True, team=team, only_in_hours=True, url=receiver.url)
    for _ in range(2):
        relaying.send_test(channel, by="Ada", at=NIGHT)
    assert sending.post_due(now=lambda: NIGHT) == (0, 0)
    assert sending.post_due(now=lambda: TUESDAY) == (1, 0)
    assert said(receiver)[0].count("can hear us") == 2


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_bring_it_together_once(sam):
    wants(sam)
    for about in ("1", "2", "3"):
        tell(sam, about=about)
    sending.send_due(at=NIGHT)

    def work():
        try:
            sending.send_due(at=TUESDAY)
        finally:
            connection.close()

    jobs = [threading.Thread(target=work) for _ in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(mail.outbox) == 1
    assert Message.objects.filter(kind="gathered").count() == 1


def test_a_choice_costs_no_statement(sam, django_assert_num_queries):
    wants(sam, changed=["assigned:email"])
    letters = [
        Letter("assigned", str(n), person.pk, "A letter", NIGHT)
        for n in range(20)
        for person in (sam, make.ines())
    ]
    with django_assert_num_queries(1):
        announce(letters)
    assert Message.objects.filter(channel="in_app").count() == 40
    assert Message.objects.filter(channel="email").count() == 20


def test_what_brought_others_together_goes_after_a_month(sam):
    wants(sam)
    tell(sam, about="1"), tell(sam, about="2")
    sending.send_due(at=NIGHT)
    sending.send_due(at=TUESDAY)
    with time_machine.travel(TUESDAY + dt.timedelta(days=31), tick=False):
        assert tasks.housekeeping() == 1
    assert set(Message.objects.filter(state="gathered").values_list("sent_in", flat=True)) == {None}


def test_what_a_chat_got_with_others_goes_after_a_month_as_what_it_got_alone():
    chat = make.WebhookFactory(chat=True)
    for number, state in enumerate(("sent", "gathered", "dead", "waiting")):
        Message.objects.create(
            once=f"old-{number}", channel="chat", kind="assigned", webhook=chat, state=state,
            subject="Ana", written_at=NIGHT,
        )  # fmt: skip
    with time_machine.travel(NIGHT + dt.timedelta(days=31), tick=False):
        tasks.housekeeping()
    assert set(Message.objects.values_list("state", flat=True)) == {"dead", "waiting"}

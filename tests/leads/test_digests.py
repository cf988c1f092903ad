"""The summary of the day and week: once a person and day, in their zone, none without a line."""

import datetime as dt
import threading

import pytest
import time_machine
from django.core import mail
from django.db import connection

from leads import sending, tasks
from leads.journey import digesting
from leads.models import Digest, Message, Preference
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

EIGHT = dt.datetime(2026, 10, 12, 12, 29, tzinfo=dt.UTC)
"""Monday 08:29 in New York, a minute before it is time."""
TIME = EIGHT + dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


@pytest.fixture
def lena():
    """She answers for Sam's team, in which one lead is late."""
    make.sdr_na()
    make.HandoffFactory(lead__first_name="Ana", lead__last_name="Ruiz", due_at=TIME - DAY)
    return make.lena()


def written(**more):
    found = Message.objects.filter(kind__startswith="digest", **more)
    return list(found.order_by("written_at", "pk"))


def titles(message):
    return [part["title"] for part in message.body["parts"]]


def test_a_manager_is_told_what_is_late_at_their_time_and_once(lena):
    assert digesting.write_due(at=EIGHT) == 0
    assert digesting.write_due(at=TIME) == 1
    assert digesting.write_due(at=TIME + dt.timedelta(hours=3)) == 0
    (message,) = written(recipient=lena)
    assert message.subject.startswith("Today, Mon 12 Oct: 1 lead late")
    assert message.channel == "email" and "1 lead late" in titles(message)


def test_who_answers_for_marketing_and_one_queue_is_led_to_that_queue():
    team = make.TeamFactory(qualification=True, responsible=make.mara())
    make.TeamFactory(key="marketing", kind="marketing", responsible=make.mara())
    make.HandoffFactory(team=team, unowned=True, due_at=TIME - DAY)
    digesting.write_due(at=TIME)
    (message,) = written(recipient=make.mara())
    assert message.body["parts"][0]["path"] == "/queue/team/qualification/"


def test_the_mail_names_each_lead_with_its_link(lena):
    lead = make.HandoffFactory(unowned=True, lead__first_name="Bo", lead__last_name="Li").lead
    digesting.write_due(at=TIME)
    sending.send_due(at=TIME)
    (letter,) = mail.outbox
    html = letter.alternatives[0][0]
    assert "Bo Li" in letter.body and f"/leads/{lead.pk}/" in letter.body and "Bo Li" in html
    assert "1 lead waiting for somebody" in letter.body
    assert "List-Unsubscribe" in letter.extra_headers


def test_everything_a_day_begins_with(lena):
    mara = make.mara()
    later = {"made_at": TIME, "triggered_at": TIME}
    make.HandoffFactory(due_at=TIME + dt.timedelta(hours=5), **later)
    make.HandoffFactory(returned=True, **later)
    given = make.HandoffFactory(**later)
    make.AssignmentFactory(handoff=given, kind="manual", at=TIME - dt.timedelta(hours=1))
    make.AbsenceFactory(user=make.ines())
    make.ApprovalFactory()
    digesting.write_due(at=TIME)
    (hers,) = written(recipient=lena)
    said = " · ".join(titles(hers))
    for part in ("1 lead late", "returned to marketing", "due today", "given to somebody else",
                 "1 person away"):  # fmt: skip
        assert part in said, part
    assert "waiting for your yes" not in said
    assert any("waiting for your yes" in one for one in titles(written(recipient=mara)[0]))


def test_without_a_line_none_is_written_that_day_even_if_something_comes_later():
    make.sdr_na()
    lena = make.lena()
    assert digesting.write_due(at=TIME) == 0
    assert Digest.objects.get(user=lena).lines == 0
    make.HandoffFactory(due_at=TIME)
    assert digesting.write_due(at=TIME + dt.timedelta(hours=2)) == 0 and written() == []
    assert digesting.write_due(at=TIME + DAY) == 1


def test_a_rep_gets_one_only_by_choice_and_about_their_own_leads(lena):
    sam = make.sam()
    make.HandoffFactory(owner=make.ines(), due_at=TIME - DAY)
    digesting.write_due(at=TIME)
    assert written(recipient=sam) == []
    Preference.objects.create(user=sam, daily=True, daily_at=dt.time(9))
    digesting.write_due(at=TIME + dt.timedelta(minutes=30))
    (message,) = written(recipient=sam)
    assert titles(message) == ["1 lead late"]


def test_who_does_not_want_it_or_has_left_gets_none(lena):
    choice = Preference.objects.create(user=lena, daily=False)
    assert digesting.write_due(at=TIME) == 0
    choice.delete()
    type(lena).objects.filter(pk=lena.pk).update(is_active=False)
    assert digesting.write_due(at=TIME) == 0


def test_not_on_a_day_off_nor_while_away(lena):
    make.MembershipFactory(team=make.sdr_na(), user=lena)
    saturday = TIME + 5 * DAY
    assert digesting.write_due(at=saturday) == 0
    make.AbsenceFactory(user=lena)
    assert digesting.write_due(at=TIME) == 0 and not Digest.objects.exists()
    assert digesting.write_due(at=TIME + DAY) == 1


def test_the_week_is_summed_up_on_its_day_or_the_first_working_one_after(lena):
    Preference.objects.create(user=lena, daily=False, weekly=True, weekly_on=5)
    make.HandoffFactory(made_at=TIME - DAY)
    assert digesting.write_due(at=TIME + 4 * DAY) == 0
    Preference.objects.update(weekly_on=0)
    team = make.sdr_na()
    team.calendar.closed = [MONDAY.date()]
    team.calendar.save()
    make.MembershipFactory(team=team, user=lena)
    assert digesting.write_due(at=TIME) == 0
    assert digesting.write_due(at=TIME + DAY) == 1
    assert digesting.write_due(at=TIME + 2 * DAY) == 0
    (message,) = written()
    assert message.kind == "digest_weekly" and message.subject.startswith("Your week from Mon 12")
    assert titles(message)[0] == "The last seven days"


@pytest.mark.parametrize(("weekly_on", "closed"), [(4, 4), (5, None), (6, None)])
def test_a_week_that_ends_on_a_day_off_is_summed_up_on_monday(lena, weekly_on, closed):
    Preference.objects.create(user=lena, daily=False, weekly=True, weekly_on=weekly_on)
    team = make.sdr_na()
    if closed is not None:
        team.calendar.closed = [(MONDAY + closed * DAY).date()]
        team.calendar.save()
    make.MembershipFactory(team=team, user=lena)
    told = [digesting.write_due(at=TIME + n * DAY) for n in range(1, 11)]
    assert told == [0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert Digest.objects.get().day == (MONDAY + weekly_on * DAY).date()


def test_one_summary_that_cannot_be_written_stops_no_other(lena, monkeypatch):
    mara = make.mara()
    of_day = digesting.summarising.of_day

    def fails(reader, *, at):
        if reader == lena:
            raise ValueError("a fault")
        return of_day(reader, at=at)

    monkeypatch.setattr(digesting.summarising, "of_day", fails)
    digesting.write_due(at=TIME)
    assert [one.recipient for one in written()] == [mara]
    monkeypatch.undo()
    digesting.write_due(at=TIME)
    assert {one.recipient for one in written()} == {mara, lena}


def test_each_in_their_own_zone(lena):
    type(lena).objects.filter(pk=lena.pk).update(timezone="Europe/Berlin")
    assert digesting.write_due(at=MONDAY.replace(hour=6, minute=30)) == 1
    assert Digest.objects.get(user=lena).day == MONDAY.date()


def test_the_worker_writes_them(lena):
    with time_machine.travel(TIME, tick=False):
        assert tasks.write_digests() == 1
        assert tasks.write_digests() == 0


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_write_it_once(lena):
    def work():
        try:
            digesting.write_due(at=TIME)
        finally:
            connection.close()

    jobs = [threading.Thread(target=work) for _ in range(4)]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()
    assert len(written()) == 1 and Digest.objects.count() == 1

"""A rule that fails loses no lead; marketing operations hear of it, once an hour for each rule."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse

from leads import sending
from leads.models import Handoff, Message
from tests.factories import MONDAY, lena, mara, qualification, sam
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_team_that_is_gone():
    """The rule `na` names a team under a key that nobody has any more."""
    agreement()
    mara()
    sdr = handed_over().team
    Message.objects.all().delete()
    sdr.key = "sdr-americas"
    sdr.save()


def told() -> list[Message]:
    return list(Message.objects.inbox(mara()).filter(kind="route_failed").order_by("written_at"))


def test_the_lead_is_in_the_default_queue_with_its_error():
    handoff = handed_over()
    assert (handoff.team, handoff.owner, handoff.route) == (qualification(), None, None)
    assert "sdr-na does not exist" in handoff.fault
    rules = handoff.assignments.get().explanation["rules"]
    assert [(one["key"], one["holds"]) for one in rules] == [
        ("account", False),
        ("review", False),
        ("na", True),
    ]
    assert rules[-1]["why"].startswith("It failed: ")


def test_marketing_operations_hear_of_the_rule_once_an_hour():
    for minutes in (0, 10, 50, 61):
        handed_over(at=MONDAY + dt.timedelta(minutes=minutes))
    letters = told()
    assert [one.written_at - MONDAY for one in letters] == [
        dt.timedelta(0),
        dt.timedelta(minutes=61),
    ]
    first = Handoff.objects.order_by("pk")[1]
    assert (letters[0].lead_id, letters[0].handoff_id) == (first.lead_id, first.pk)
    assert "“Na”" in letters[0].subject or "“na”" in letters[0].subject
    assert not Message.objects.inbox(sam()).filter(kind="route_failed").exists()


def test_the_letter_leads_to_the_lead_and_the_rule(client):
    handoff = handed_over()
    sending.send_due(at=MONDAY)
    letter = next(one for one in mail.outbox if one.to == [mara().email])
    assert f"/leads/{handoff.lead_id}/" in letter.body
    assert f"{reverse('room', args=[handoff.version.number])}#row-route-na" in letter.body
    client.force_login(mara())
    page = client.get(reverse("leads:notifications")).content.decode()
    assert "Open the rule" in page
    room = client.get(reverse("room", args=[handoff.version.number])).content.decode()
    assert 'id="row-route-na"' in room


def test_whoever_is_responsible_is_told_that_it_waits():
    handoff = handed_over()
    letter = Message.objects.inbox(lena()).get(kind="waits")
    assert letter.subject.startswith("Routing failed for") and letter.handoff_id == handoff.pk

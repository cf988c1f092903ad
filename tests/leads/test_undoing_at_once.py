"""An answer is taken back while its letters are being brought together: one waits for the other."""

import datetime as dt
from uuid import uuid4

import pytest
from django.db import transaction

from leads.journey import responding, undoing
from leads.models import Handoff, Message, Promise, Undoable
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over
from tests.waiting import Beside

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY + dt.timedelta(minutes=5)
SOON = LATER + dt.timedelta(seconds=8)


def rejected():
    """A rejection that can be taken back, with a letter about it that quiet hours hold."""
    agreement()
    make.ReasonFactory(key="out_of_segment")
    handoff = handed_over(country="DE")
    owner = make.sam()
    Handoff.objects.filter(pk=handoff.pk).update(owner=owner)
    with undoing.keeping(handoff.pk, "reject", batch=uuid4(), actor=owner, at=LATER):
        responding.reject(handoff.pk, reason="out_of_segment", actor=owner, at=LATER)
    make.MessageFactory(
        email=True,
        recipient=make.lena(),
        lead=handoff.lead,
        handoff=handoff,
        written_at=LATER,
        held_until=SOON,
    )
    Promise.objects.filter(handoff=handoff).update(to_notify=None)
    return Undoable.objects.get()


def test_an_undo_and_the_gathering_of_its_letters_do_not_wait_for_each_other():
    given = rejected()
    held = Message.objects.held().filter(handoff=given.handoff_id)
    undo = Beside(lambda: undoing.undo(given.pk, actor=given.actor, at=SOON))
    with transaction.atomic():
        (letter,) = held.select_for_update()
        undo.begin_and_wait()
        held.update(state=Message.State.GATHERED, next_attempt_at=None)
    assert undo.has_ended_well(), undo.raised
    letter.refresh_from_db()
    assert letter.state == "gathered"
    assert Handoff.objects.get(pk=given.handoff_id).state == "waiting"

"""An answer is taken back while its letters are being brought together: one waits for the other."""

import datetime as dt
import threading
import time
from uuid import uuid4

import pytest
from django.db import connection, transaction

from handoff import statements
from leads.journey import responding, undoing
from leads.models import Handoff, Message, Promise, Undoable
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY + dt.timedelta(minutes=5)
SOON = LATER + dt.timedelta(seconds=8)
WAITED = 60
WAITS = "SELECT cardinality(pg_blocking_pids(%s)) > 0"


class TakingBack(threading.Thread):
    """Takes an answer back on a connection of its own."""

    def __init__(self, given):
        super().__init__(daemon=True)
        self.given, self.started, self.raised = given, threading.Event(), None

    def run(self):
        try:
            ((self.backend,),) = statements.fetch("SELECT pg_backend_pid()")
            self.started.set()
            undoing.undo(self.given.pk, actor=self.given.actor, at=SOON)
        except Exception as error:
            self.raised = error
        finally:
            connection.close()

    def begin_and_wait(self):
        """Start it; back once it waits for somebody's lock."""
        self.start()
        assert self.started.wait(WAITED)
        deadline = time.monotonic() + WAITED
        while not statements.fetch(WAITS, [self.backend])[0][0]:
            assert self.is_alive() and time.monotonic() < deadline, self.raised
            time.sleep(0.01)


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
    undo = TakingBack(given)
    with transaction.atomic():
        (letter,) = held.select_for_update()
        undo.begin_and_wait()
        held.update(state=Message.State.GATHERED, next_attempt_at=None)
    undo.join(WAITED)
    assert undo.raised is None and not undo.is_alive()
    letter.refresh_from_db()
    assert letter.state == "gathered"
    assert Handoff.objects.get(pk=given.handoff_id).state == "waiting"

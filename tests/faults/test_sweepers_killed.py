"""Sweepers of clocks side by side, and one killed in the midst: each breach is acted on once.

Real processes on the tests' own database; a sweeper waits for a line before it begins.
"""

import datetime as dt
import os
import subprocess
import sys
import time

import pytest
from django.conf import settings
from django.db import connection

from leads.journey import recording
from leads.models import Assignment, Clock, Event, Handoff, Message, Miss
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

LEADS = 60
LATE = MONDAY + dt.timedelta(minutes=45)

SWEEPER = """
import datetime as dt
import sys

import django
from django.conf import settings

settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
from leads.journey import breaching

breaching.BATCH = 15
print("ready", flush=True)
sys.stdin.readline()
breaching.sweep(at=dt.datetime.fromisoformat(sys.argv[2]))
"""


class Sweeper:
    """A process that sweeps once, as of LATE, when it is told to."""

    def __init__(self) -> None:
        name = connection.settings_dict["NAME"]
        self.process = subprocess.Popen(
            [sys.executable, "-c", SWEEPER, str(name), LATE.isoformat()],
            cwd=settings.BASE_DIR,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "handoff.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"

    def go(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self) -> int:
        return self.process.wait(120)


@pytest.fixture(autouse=True)
def late() -> None:
    """LEADS hand-overs whose accept and first touch are both missed, under a tier that tells the
    owner and gives the lead on."""
    agreement()
    document = make.DEFINITION | {
        "tiers": [
            {**make.DEFINITION["tiers"][0], "on_breach": ["notify_owner", "reassign", "escalate"]},
            make.DEFINITION["tiers"][1],
        ]
    }
    live = make.live_version()
    type(live).objects.filter(pk=live.pk).update(state="retired")
    make.DefinitionVersionFactory(document=document, live=True)
    for _ in range(LEADS):
        handed_over()


def everything_once() -> None:
    """Each missed clock has one verdict, one cause, one letter to each; each lead moved once."""
    missed = Clock.objects.filter(breached_at=LATE)
    accepts, touches = missed.filter(kind="accept"), missed.filter(kind="first_touch")
    assert (accepts.count(), touches.count()) == (LEADS, LEADS)
    assert Miss.objects.count() == missed.count()
    breached = Event.objects.filter(kind="breached")
    assert breached.filter(body__clock="accept").count() == LEADS
    assert breached.filter(body__clock="first_touch").count() == LEADS
    for kind in ("breached", "escalated"):
        assert Message.objects.filter(kind=kind, channel="in_app").count() == 2 * LEADS
        assert Message.objects.filter(kind=kind, channel="email").count() == 2 * LEADS
    moved = Assignment.objects.filter(kind="breach")
    assert moved.count() == LEADS == moved.values("handoff").distinct().count()
    assert not Clock.objects.filter(act_at__isnull=False, state="running").exists()
    for handoff in Handoff.objects.all():
        assert not recording.broken_links(handoff.lead_id)


def test_sweepers_side_by_side() -> None:
    sweepers = [Sweeper() for _ in range(3)]
    for one in sweepers:
        one.go()
    assert [one.end() for one in sweepers] == [0, 0, 0]
    everything_once()


def test_a_sweeper_killed_in_the_midst() -> None:
    victim = Sweeper()
    victim.go()
    deadline = time.monotonic() + 60
    while not Clock.objects.filter(breached_at=LATE).exists():
        assert time.monotonic() < deadline and victim.process.poll() is None
        time.sleep(0.001)
    victim.process.kill()
    victim.end()
    written = Clock.objects.filter(breached_at=LATE).count()
    assert 0 < written < 2 * LEADS
    sweepers = [Sweeper() for _ in range(2)]
    for one in sweepers:
        one.go()
    assert [one.end() for one in sweepers] == [0, 0]
    everything_once()

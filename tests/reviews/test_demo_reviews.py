"""The demo's joint reviews: one that was held, with its minutes, and the next, open for votes."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from handoff.models import DefinitionVersion, User
from leads.demo import past, present, removal
from leads.models import DemoFill, Handoff, Message
from reviews import demo, tasks
from reviews.meetings import planning
from reviews.meetings.dates import working_day
from reviews.models import Action, Alert, LiftStudy, Line, Meeting, Series, Vote
from reviews.voting import drawing
from tests import factories as make

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 11, 17, 16, 0, tzinfo=dt.UTC)
PLAYBOOK = Path(settings.BASE_DIR) / "docs/examples/default.playbook.yaml"
FEW = tuple(
    slot if slot.kind == "listener" else dataclasses.replace(slot, count=1)
    for slot in present.SCRIPT
)


@pytest.fixture
def northwind(monkeypatch, time_machine):
    """The demo company, its past a short one; DEMO is on."""
    monkeypatch.setattr(settings, "DEMO", True)
    monkeypatch.setattr(present, "SCRIPT", FEW)
    call_command("playbook", "load", str(PLAYBOOK), "--publish", verbosity=0)
    present.fill(at=TUESDAY, again=False)
    list(past.tell(at=TUESDAY, size=120))
    time_machine.move_to(TUESDAY, tick=False)


def test_a_review_was_held_and_the_next_is_tomorrow_with_its_vote_open(northwind):
    assert tasks.tell_demo()
    held, ahead = Meeting.objects.over().get(), Meeting.objects.planned().get()
    assert held.items.count() == 3 and held.turns.count() == 4
    assert held.participants.exclude(joined_at=None).count() == held.participants.count() >= 5
    said = set(Line.objects.filter(meeting=held).values_list("kind", flat=True))
    assert {"decision", "action", "verdict"} <= said
    assert Vote.objects.filter(sampled__meeting=held).count() >= 20
    assert Action.objects.open().count() == 2
    assert TUESDAY < ahead.starts_at < TUESDAY + dt.timedelta(hours=24)
    assert ahead.sample.exists() and drawing.opens_at(ahead) <= TUESDAY
    sam = User.objects.get(email="sam@example.com")
    assert ahead.participants.filter(user=sam).exists()
    assert not Vote.objects.filter(sampled__meeting=ahead, participant__user=sam).exists()


def test_an_alert_is_open_and_a_study_done(northwind):
    tasks.tell_demo()
    assert tasks.run_studies() == 1
    study = LiftStudy.objects.get()
    assert study.state == "done" and study.leads_count >= 20 and study.asked_by.is_demo
    (alert,) = Alert.objects.filter(dimension="source")
    assert (alert.key, alert.is_open) == ("webinar", True)
    assert (
        alert.rejected
        == Handoff.objects.filter(
            historical=False, judgement__source="webinar", state="rejected"
        ).count()
    )
    assert Message.objects.filter(kind="alert_opened").exists()
    assert tasks.watch_rejections() == 0


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_the_next_review_is_on_a_working_day_whenever_the_demo_begins(year, northwind):
    room = demo._room()
    calendar = demo._series(room, at=TUESDAY).calendar.windows()
    first = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    for hours in range(0, 366 * 24, 19):
        at = first + dt.timedelta(hours=hours)
        series = demo._series(room, at=at)
        (_, held), *_ = planning.next_dates(series, at=demo._before(series), count=1)
        (due, ahead), *_ = planning.next_dates(series, at=at, count=1)
        day = ahead.astimezone(series.zone).date()
        assert held < at < ahead and due == day == working_day(day, calendar)
        assert day > at.astimezone(series.zone).date()


def test_it_is_told_once_and_not_where_people_plan_reviews_of_their_own(northwind):
    assert demo.tell(at=TUESDAY) is not None
    assert demo.tell(at=TUESDAY) is None
    assert Series.objects.count() == 1


def test_nothing_is_told_before_the_past_is_there_or_without_a_demo(monkeypatch):
    make.agreement_in_force()
    DemoFill.objects.create(anchor=TUESDAY, today_filled_at=TUESDAY)
    assert demo.tell(at=TUESDAY) is None
    DemoFill.objects.update(finished_at=TUESDAY)
    monkeypatch.setattr(settings, "DEMO", False)
    assert demo.tell(at=TUESDAY) is None
    assert not Series.objects.exists()


def test_once_the_demo_is_removed_its_series_meets_no_more_and_its_drafts_go(northwind):
    tasks.tell_demo()
    removal.remove(at=TUESDAY)
    tasks.tell_demo()
    assert not Series.objects.running().exists()
    assert not Meeting.objects.ahead().exists() and not LiftStudy.objects.exists()
    made = Line.objects.filter(kind="draft").values("version")
    assert not DefinitionVersion.objects.drafts().filter(pk__in=made).exists()
    assert Meeting.objects.over().exists()

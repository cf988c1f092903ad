"""The demo: filled by the journey itself, said to be unfinished while it is, and removed whole."""

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from django.conf import LazySettings, settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from handoff.models import Absence, Membership, User
from leads.demo import cast, past, present, removal
from leads.journey import Envelope, receive
from leads.journey.recording import broken_links
from leads.models import (
    Account,
    Approval,
    Clock,
    Delivery,
    DemoFill,
    Event,
    Handoff,
    Judgement,
    Lead,
    Message,
    Opportunity,
    Promise,
    SavedView,
    Turn,
)

pytestmark = pytest.mark.django_db

TUESDAY = dt.datetime(2026, 11, 17, 16, 0, tzinfo=dt.UTC)
PLAYBOOK = Path(settings.BASE_DIR) / "docs/examples/default.playbook.yaml"
FEW = tuple(
    slot if slot.kind == "event" else dataclasses.replace(slot, count=1) for slot in present.SCRIPT
)
HEADS = sum(slot.count for slot in FEW)


@pytest.fixture
def northwind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The default agreement, and a short day."""
    call_command("playbook", "load", str(PLAYBOOK), "--publish", verbosity=0)
    monkeypatch.setattr(present, "SCRIPT", FEW)


def test_today_is_full_of_leads_in_every_state(northwind: None) -> None:
    assert present.fill(at=TUESDAY, again=False) == HEADS
    live = Handoff.objects.working()
    assert live.waiting().filter(owner__isnull=False).count() >= 8
    assert live.overdue(at=TUESDAY).exists()
    assert live.filter(due_at__range=(TUESDAY, TUESDAY + dt.timedelta(minutes=10))).exists()
    assert live.filter(state=Handoff.State.ACCEPTED).exists()
    assert live.filter(reentry=True).exists()
    assert live.filter(team__key="qualification", owner=None).exists()
    assert Approval.objects.filter(state=Approval.State.WAITING).exists()
    assert Absence.objects.filter(starts_at__gt=TUESDAY, cancelled_at=None).count() == 2
    shared = SavedView.objects.filter(team__key="sdr-na").values_list("name", flat=True)
    assert "Back again" in shared and len(shared) == 2
    assert not Lead.objects.filter(is_demo=False).exists()
    assert not Delivery.objects.exclude(state=Delivery.State.DONE).exists()
    assert not Event.objects.filter(at__gt=TUESDAY).exists()
    assert [broken_links(lead.pk) for lead in Lead.objects.all()] == [[]] * Lead.objects.count()


def test_nobody_is_mailed_what_happened_before_they_came(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    mails = Message.objects.filter(channel=Message.Channel.EMAIL, lead__is_demo=True)
    assert mails.exists()
    waiting = mails.filter(state=Message.State.WAITING)
    assert not waiting.filter(held_until=None, written_at__lt=TUESDAY).exists()
    told = Promise.objects.exclude(to_notify=None).exclude(to_assign=None)
    assert told.exists()
    for one in told:
        assert one.made_at + dt.timedelta(seconds=one.to_notify or 0) <= TUESDAY


def test_the_cast_can_sign_in_with_their_roles(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    assert all(person.check_password(cast.PASSWORD) for person in User.objects.filter(is_demo=True))
    roles = {
        "sam@example.com": "rep",
        "lena@example.com": "sales_manager",
        "mara@example.com": "marketing_ops",
        "admin@example.com": "administrator",
    }
    for email, role in roles.items():
        assert User.objects.get(email=email).has_role(role)


def test_a_password_that_somebody_has_is_left_alone(northwind: None) -> None:
    sam = User.objects.get(email="sam@example.com")
    sam.set_password("his own secret")
    sam.save()
    present.fill(at=TUESDAY, again=False)
    sam.refresh_from_db()
    assert sam.check_password("his own secret")
    assert not sam.is_demo


def test_filled_once_only(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    before = Lead.objects.count()
    assert present.fill(at=TUESDAY, again=False) is None
    assert Lead.objects.count() == before


def test_the_past_goes_on_where_it_stopped(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    telling = past.tell(at=TUESDAY, portion=3, size=12)
    first = next(telling)
    assert first.is_filling
    telling.close()
    told = DemoFill.objects.get().told
    *_, last = past.tell(at=TUESDAY, portion=3, size=12)
    assert not last.is_filling
    assert last.told == last.stories >= 12 > told
    assert Delivery.objects.filter(key__startswith="demo:past-").count() >= last.told
    assert list(past.tell(at=TUESDAY, size=12)) == []


def test_the_past_moves_nothing_of_today(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    before = (Turn.objects.count(), Message.objects.count(), Handoff.objects.working().count())
    list(past.tell(at=TUESDAY, size=15))
    after = (Turn.objects.count(), Message.objects.count(), Handoff.objects.working().count())
    assert after == before
    old = Handoff.objects.filter(historical=True, made_at__gt=TUESDAY - dt.timedelta(days=91))
    assert old.filter(first_touch_at__isnull=False).exists()
    assert not Clock.objects.filter(handoff__historical=True, acts=True).exists()


def test_the_same_story_each_time() -> None:
    first, second = past.plan(TUESDAY, size=40), past.plan(TUESDAY, size=40)
    assert first == second
    people = [story.person.email for household in first for story in household.stories]
    assert len(set(people)) == len(people)
    assert all(email.endswith((".example", "@gmail.com")) for email in people)


def test_removed_whole_and_nothing_else(northwind: None) -> None:
    present.fill(at=TUESDAY, again=False)
    list(past.tell(at=TUESDAY, size=8))
    real = {"email": "real@novapay.example", "company": "Nova Pay", "country": "US"}
    (kept,) = receive([Envelope("web", "1", real, "api")], at=TUESDAY)
    removal.remove(at=TUESDAY)
    assert list(Lead.objects.values_list("pk", flat=True)) == [kept.lead_id]
    assert set(Event.objects.values_list("lead", flat=True)) == {kept.lead_id}
    assert set(Judgement.objects.values_list("lead", flat=True)) == {kept.lead_id}
    assert Account.objects.get().name == "Nova Pay"
    assert not Opportunity.objects.exists() and not SavedView.objects.exists()
    assert not User.objects.filter(is_demo=True).exists() and not Absence.objects.exists()
    assert not User.objects.get(email="sam@example.com").has_usable_password()
    for member in Membership.objects.all():
        assert member.served == sum(turn.amount for turn in member.turns.all())
    assert past.tell(at=TUESDAY) is not None and list(past.tell(at=TUESDAY)) == []
    assert present.fill(at=TUESDAY, again=False) is None
    assert present.fill(at=TUESDAY, again=True) == HEADS


def test_no_demo_where_it_is_not_wanted(settings: LazySettings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=0"):
        call_command("demo", "fill", "--today")


def test_no_demo_without_its_people() -> None:
    with pytest.raises(CommandError, match="playbook"):
        call_command("demo", "fill", "--today")


def test_the_queue_says_that_older_history_is_missing(northwind: None, client: Client) -> None:
    present.fill(at=TUESDAY, again=False)
    client.force_login(
        User.objects.get(email="sam@example.com"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    said = "older history is still being filled in"
    assert said in client.get(reverse("leads:queue")).content.decode()
    list(past.tell(at=TUESDAY, size=2))
    assert said not in client.get(reverse("leads:queue")).content.decode()

"""What webhooks are told: every kind of event, in the transaction in which it happened."""

import datetime as dt
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from handoff import publishing
from handoff.models import DefinitionVersion
from leads import catalogue
from leads.journey import breaching, dealing, giving_back, relaying, responding, undoing
from leads.models import Event, Message, Undoable, Webhook
from leads.sending import chat
from reviews.alerting import telling
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import DEMO, arrive, handed_over
from tests.reviews.alerting import an_alert

pytestmark = pytest.mark.django_db

DOCS = Path(__file__).resolve().parents[2] / "docs" / "webhooks.md"


def after(minutes):
    return MONDAY + dt.timedelta(minutes=minutes)


@pytest.fixture
def house():
    make.agreement_in_force()
    make.StepFactory()
    make.TeamFactory(key="ae", account_executives=True, members=(make.ines(),))
    return make.WebhookFactory()


def told(webhook, kind=""):
    found = Message.objects.filter(webhook=webhook).order_by("written_at", "kind")
    return [one.body for one in found if not kind or one.kind == kind]


def kinds(webhook):
    return sorted({one["type"] for one in told(webhook)})


def everything(webhook):
    """A story in which every kind of event happens."""
    sam, mara = make.sam(), make.mara()
    one = handed_over(email="ana@novapay.com")
    owner = one.owner
    breaching.sweep(at=after(6))
    breaching.sweep(at=after(16))
    responding.accept(one.pk, how="meeting_booked", actor=owner, at=after(17))
    arrive(
        at=after(18),
        email="ana@novapay.com",
        touchpoints=[{**DEMO, "occurred_at": after(18).isoformat()}],
    )
    responding.touch(one.pk, channel="call", next_step="Demo", actor=owner, at=after(19))
    responding.return_to_marketing(
        one.pk, reason="missing_context", missing=["role"], actor=owner, at=after(20)
    )
    responding.resume(one.pk, note="Asked them", actor=mara, at=after(21))
    responding.dispose(one.pk, disposition="working", actor=owner, at=after(22))
    dealing.record_opportunity(
        "D-1",
        {"lead": "ana@novapay.com", "stage": "won", "amount": "9000"},
        actor=sam,
        at=after(23),
    )
    ahead = responding.advance(one.pk, actor=owner, at=after(24))
    giving_back.give_back(
        ahead.pk, reason="missing_context", note="Who signs?", actor=make.ines(), at=after(25)
    )
    two = handed_over()
    responding.reject(
        two.pk, reason="out_of_segment", note="Too small", actor=two.owner, at=after(2)
    )
    three = handed_over()
    with undoing.keeping(three.pk, "touch", batch=uuid4(), actor=three.owner, at=after(1)):
        responding.touch(three.pk, channel="call", actor=three.owner, at=after(1))
    undoing.undo(Undoable.objects.get().pk, actor=three.owner, at=after(2))
    responding.accept(three.pk, how="in_discovery", actor=three.owner, at=after(2))
    responding.dispose(three.pk, disposition="no_response", actor=three.owner, at=after(3))
    publishing.publish(
        make.DefinitionVersionFactory(number=2), actor=mara, at=after(30), reason="Agreed"
    )
    Webhook.objects.filter(pk=webhook.pk).update(created_at=MONDAY)
    relaying.relay_publications()
    telling.tell([an_alert(version=make.live_version())], at=after(31))


def test_every_kind_of_event_is_told_as_its_sample_shows(house):
    """docs/webhooks.md shows a sample of each: the same keys, with values of the same type."""
    everything(house)
    samples = {
        one["type"]: one
        for text in re.findall(r"```json\n(.*?)```", DOCS.read_text(), re.S)
        if (one := json.loads(text)).get("type")
    }
    assert kinds(house) == sorted(catalogue.BY_KEY)
    assert sorted(samples) == sorted([*catalogue.BY_KEY, catalogue.TEST])
    for kind in catalogue.BY_KEY:
        for body in told(house, kind):
            assert body.keys() == samples[kind].keys()
            assert body["data"].keys() == samples[kind]["data"].keys(), kind
            for key, value in body["data"].items():
                shown = samples[kind]["data"][key]
                if None not in (value, shown):
                    assert type(value) is type(shown), (kind, key, value)
            moment = dt.datetime.fromisoformat(body["timestamp"])
            assert moment.utcoffset() == dt.timedelta()


def test_every_kind_has_words_for_a_chat(house):
    everything(house)
    for kind in catalogue.BY_KEY:
        for body in told(house, kind):
            said = chat.text_of(body, zone="America/New_York")
            assert "None" not in said and "http" in said and len(said.splitlines()) == 2, said
    (late,) = {chat.text_of(b, zone="America/New_York") for b in told(house, "clock.breached")[:1]}
    assert late.startswith("*Late, assignment" if "assign" in late else "*Late, ")
    assert "(America/New_York)" in late


def test_what_is_told_is_how_it_was_then(house):
    one = handed_over()
    responding.accept(one.pk, how="meeting_booked", actor=one.owner, at=after(2))
    (made,) = told(house, "handoff.created")
    assert made["data"]["state"] == "waiting" and made["data"]["owner"] == one.owner.email
    assert made["data"]["due"]["accept"] == after(15).isoformat()
    (yes,) = told(house, "handoff.accepted")
    assert (yes["data"]["state"], yes["data"]["how"]) == ("accepted", "meeting_booked")
    assert (yes["data"]["by"], yes["data"]["handoff"]) == (one.owner.email, one.pk)


def test_it_is_told_with_the_event_or_not_at_all(house):
    one = handed_over()
    Message.objects.all().delete()
    with transaction.atomic():
        responding.accept(one.pk, how="meeting_booked", actor=one.owner, at=after(2))
        assert kinds(house) == ["handoff.accepted"]
        transaction.set_rollback(True)
    assert kinds(house) == [] and not Event.objects.filter(kind="accepted").exists()


def test_an_imported_past_tells_nobody(house):
    long_ago = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC).isoformat()
    arrive(
        historical=True,
        occurred_at=long_ago,
        touchpoints=[{"signal": "demo_request", "occurred_at": long_ago}],
    )
    assert Event.objects.filter(kind="handed_over").exists()
    assert told(house) == []


def test_one_is_told_only_of_what_it_asked_for_and_while_it_is_on(house):
    house.delete()
    some = make.WebhookFactory(kinds=["handoff.accepted"])
    off = make.WebhookFactory(off=True)
    one = handed_over()
    responding.accept(one.pk, how="meeting_booked", actor=one.owner, at=after(2))
    assert kinds(some) == ["handoff.accepted"] and told(off) == []


def test_a_teams_webhook_hears_only_of_that_team(house):
    mine = make.WebhookFactory(team=make.sdr_na(), kinds=["handoff.created"])
    others = make.WebhookFactory(team=make.qualification(), kinds=["handoff.created"])
    handed_over()
    assert (len(told(mine)), len(told(others))) == (1, 0)


def test_a_first_enquiry_is_no_coming_back(house):
    handed_over()
    assert told(house, "lead.reentered") == []


def test_a_lead_that_comes_back_after_its_end_is_told_as_both(house):
    one = handed_over(email="ana@novapay.com")
    responding.reject(one.pk, reason="out_of_segment", actor=one.owner, at=after(2))
    arrive(
        at=after(60),
        email="ana@novapay.com",
        touchpoints=[{**DEMO, "occurred_at": after(60).isoformat()}],
    )
    assert len(told(house, "handoff.created")) == 2
    assert len(told(house, "lead.reentered")) == 1


def test_nothing_is_written_where_nobody_listens():
    make.agreement_in_force()
    handed_over()
    assert not Message.objects.exclude(webhook=None).exists()


def test_a_publication_is_told_once_and_only_to_who_listened_before(house):
    Webhook.objects.update(created_at=MONDAY)
    publishing.publish(make.DefinitionVersionFactory(), actor=make.mara(), at=after(1))
    later = make.WebhookFactory()
    Webhook.objects.filter(pk=later.pk).update(created_at=after(2))
    for _ in range(2):
        relaying.relay_publications()
    (body,) = told(house, catalogue.PUBLISHED)
    assert body["data"]["by"] == "mara@northwind.example"
    assert told(later) == []
    assert DefinitionVersion.objects.live().get().number == body["data"]["definition"]


def test_a_webhook_told_of_nothing_and_one_without_a_secret_are_refused_by_the_database():
    for wrong in ({"kinds": []}, {"secret": ""}):
        with pytest.raises(Exception, match="webhook"), transaction.atomic():
            make.WebhookFactory(**wrong)

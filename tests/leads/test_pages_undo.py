"""What was answered on a page can be taken back there, or is refused with a sentence."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.models import Handoff, Undoable
from tests import factories as make

pytestmark = pytest.mark.django_db

QUEUE = reverse("leads:queue")


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    person = make.sam()
    client.force_login(person)
    return person


@pytest.fixture
def ana(sam):
    handoff = make.HandoffFactory(lead__first_name="Ana", lead__last_name="Ribeiro")
    make.ClockFactory(handoff=handoff)
    return handoff


def act(client, handoff, name, **values):
    said = {f"{name}-{key}": value for key, value in values.items()}
    return client.post(reverse(f"leads:{name}", args=[handoff.pk]), {**said, "next": QUEUE})


def undo(client, **values):
    return client.post(reverse("leads:undo", args=[Undoable.objects.latest("pk").batch]), values)


def state_of(handoff):
    return Handoff.objects.get(pk=handoff.pk).state


def test_the_queue_offers_to_take_it_back_once(client, ana):
    act(client, ana, "reject", reason="out_of_segment")
    text = client.get(QUEUE).content.decode()
    assert re.search("Rejected Ana Ribeiro, Payco [0-9]+: out of segment.", text)
    assert reverse("leads:undo", args=[Undoable.objects.get().batch]) in text
    assert "data-undo" not in client.get(QUEUE).content.decode()


def test_taken_back_it_waits_again_and_says_so_where_it_was_pressed(client, ana):
    act(client, ana, "reject", reason="out_of_segment")
    answer = undo(client, next=QUEUE)
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert state_of(ana) == "waiting"
    text = client.get(QUEUE).content.decode()
    assert "Taken back. Ana Ribeiro" in text and "waits again" in text
    timeline = client.get(reverse("leads:lead", args=[ana.lead_id])).content.decode()
    assert "Taken back: rejected" in timeline


def test_without_a_place_to_go_back_to_it_shows_the_lead(client, ana):
    act(client, ana, "accept")
    assert undo(client)["Location"] == reverse("leads:lead", args=[ana.lead_id])


def test_only_by_post_and_only_what_there_is(client, ana):
    act(client, ana, "accept")
    address = reverse("leads:undo", args=[Undoable.objects.get().batch])
    assert client.get(address).status_code == 405
    Undoable.objects.all().delete()
    assert client.post(address).status_code == 404


def test_a_colleague_may_not_and_an_outsider_knows_of_nothing(client, ana):
    act(client, ana, "accept")
    client.force_login(make.ines())
    refused = undo(client)
    assert refused.status_code == 403 and "Only who gave an answer" in refused.content.decode()
    client.force_login(make.otto())
    assert undo(client).status_code == 404
    assert state_of(ana) == "accepted"


def test_twice_and_too_late_are_refused_with_a_sentence(client, ana):
    act(client, ana, "accept")
    undo(client)
    again = undo(client)
    assert again.status_code == 409 and "taken back already" in again.content.decode()
    act(client, ana, "accept")
    Undoable.objects.update(at=timezone.now() - dt.timedelta(minutes=2))
    late = undo(client)
    assert late.status_code == 409 and "too late" in late.content.decode()
    assert state_of(ana) == "accepted"


def test_what_left_ones_sight_can_be_taken_back_while_nothing_happened(client, ana):
    emea = make.TeamFactory(key="emea", pull=True)
    act(client, ana, "reassign", to="emea", reason="wrong_territory")
    assert Handoff.objects.get(pk=ana.pk).team == emea
    undo(client)
    assert Handoff.objects.get(pk=ana.pk).owner == make.sam()


def test_what_left_ones_sight_and_stays_says_so_at_the_queue(client, ana):
    make.TeamFactory(key="emea", pull=True)
    act(client, ana, "reassign", to="emea", reason="wrong_territory")
    Undoable.objects.update(at=timezone.now() - dt.timedelta(minutes=2))
    answer = undo(client)
    assert answer["Location"] == QUEUE
    assert "too late" in client.get(QUEUE).content.decode()


def test_handing_on_can_be_taken_back_until_they_opened_it(client, sam):
    make.StepFactory()
    make.TeamFactory(key="ae", account_executives=True, members=(make.otto(),))
    handoff = make.HandoffFactory(accepted=True)
    address = reverse("leads:advance", args=[handoff.pk])
    assert "data-undo" in client.post(address, follow=True).content.decode()
    assert (
        "is being worked again"
        in client.post(
            reverse("leads:undo", args=[Undoable.objects.latest("pk").batch]), follow=True
        ).content.decode()
    )
    client.post(address)
    onward = Handoff.objects.open().get(step="ae")
    client.force_login(make.otto())
    client.get(reverse("leads:lead", args=[handoff.lead_id]))
    client.force_login(sam)
    refused = undo(client)
    assert refused.status_code == 409
    assert f"{onward.owner} opened it" in refused.content.decode()

"""A form that is sent twice counts once, whoever pressed twice, with or without a script."""

import datetime as dt
import re
import threading
import uuid

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from handoff.views.sent import press_of
from leads import tasks
from leads.journey import pressing
from leads.models import CallNote, Event, Handoff, Lead, Press, Submission, Undoable
from tests import factories as make

pytestmark = pytest.mark.django_db

QUEUE = reverse("leads:queue")
CALL = {"touch-channel": "call", "touch-note": "No answer"}


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    person = make.sam()
    client.force_login(person)
    return person


@pytest.fixture
def ana(sam):
    handoff = make.HandoffFactory(accepted=True, lead__first_name="Ana")
    make.ClockFactory(handoff=handoff)
    return handoff


def drawn(page, action):
    """The token of the form that posts to `action`."""
    form = page.content.decode().partition(f'action="{action}')[2]
    return re.search('name="press" value="([0-9a-f-]{36})"', form)[1]


def send(client, handoff, name, **said):
    return client.post(reverse(f"leads:{name}", args=[handoff.pk]), said, follow=True)


def touches():
    return Event.objects.filter(kind="touched").count()


def test_a_touch_pressed_twice_is_logged_once_and_says_so(client, ana):
    page = client.get(reverse("leads:lead", args=[ana.lead_id]))
    said = {**CALL, "press": drawn(page, reverse("leads:touch", args=[ana.pk]))}
    first, second = send(client, ana, "touch", **said), send(client, ana, "touch", **said)
    assert touches() == 1
    assert "Already logged: the same form came twice." in second.content.decode()
    undo = reverse("leads:undo", args=[Undoable.objects.get().batch])
    assert undo in first.content.decode() and undo in second.content.decode()


def test_filled_in_otherwise_or_drawn_anew_it_is_another_touch(client, ana):
    page = client.get(reverse("leads:lead", args=[ana.lead_id]))
    token = drawn(page, reverse("leads:touch", args=[ana.pk]))
    send(client, ana, "touch", **CALL, press=token)
    send(client, ana, "touch", **{**CALL, "touch-channel": "email"}, press=token)
    send(client, ana, "touch", **CALL, press=str(uuid.uuid4()))
    send(client, ana, "touch", **CALL)
    assert touches() == 4


def test_a_press_that_was_refused_is_none(client, ana):
    token = str(uuid.uuid4())
    late = {"touch-next_step": "Call", "touch-next_step_due": "2020-01-01T10:00"}
    assert send(client, ana, "touch", **CALL, **late, press=token).status_code == 422
    assert send(client, ana, "dispose", press=token).status_code == 422
    assert not Press.objects.exists()


def test_what_another_person_sent_with_the_same_form_is_theirs(rf, ana):
    sent = rf.post("/touch/", {**CALL, "press": str(uuid.uuid4()), "csrfmiddlewaretoken": "a"})
    again = rf.post("/touch/", {**sent.POST.dict(), "csrfmiddlewaretoken": "b"})
    sent.user = again.user = make.sam()
    assert press_of(sent) == press_of(again)
    again.user = make.ines()
    assert press_of(sent) != press_of(again)


def test_an_acceptance_pressed_twice_is_no_conflict(client, sam):
    handoff = make.HandoffFactory()
    said = {"press": str(uuid.uuid4())}
    send(client, handoff, "accept", **said)
    again = send(client, handoff, "accept", **said)
    assert again.status_code == 200 and "Already done" in again.content.decode()


def test_a_change_of_hands_pressed_twice_happens_once(client, ana):
    team = make.TeamFactory(key="emea", pick="round_robin", members=(make.otto(), make.lena()))
    token = str(uuid.uuid4())
    said = {"reassign-to": "emea", "reassign-reason": "wrong_territory", "press": token}
    send(client, ana, "reassign", **said)
    taker = Handoff.objects.get(pk=ana.pk).owner
    again = send(client, ana, "reassign", **said)
    assert "Already done" in again.content.decode()
    after = Handoff.objects.get(pk=ana.pk)
    assert (after.team, after.owner) == (team, taker)


def test_the_next_lead_pressed_twice_claims_one(client, sam):
    for _ in range(2):
        make.HandoffFactory(unowned=True, made_at=timezone.now())
    page = client.get(QUEUE)
    token = {"press": drawn(page, reverse("leads:next"))}
    first = client.post(reverse("leads:next"), token)
    second = client.post(reverse("leads:next"), token)
    assert Handoff.objects.filter(owner=sam).count() == 1
    assert second["Location"] == first["Location"]
    client.post(reverse("leads:next"), {"press": str(uuid.uuid4())})
    assert Handoff.objects.filter(owner=sam).count() == 2


def test_a_press_for_the_next_lead_that_found_none_may_come_again(client, sam):
    token = {"press": drawn(client.get(QUEUE), reverse("leads:next"))}
    client.post(reverse("leads:next"), token)
    make.HandoffFactory(unowned=True, made_at=timezone.now())
    client.post(reverse("leads:next"), token)
    assert Handoff.objects.filter(owner=sam).count() == 1


def test_a_call_noted_twice_is_one_call(client, ana):
    said = {"outcome": "message", "channel": "call", "press": str(uuid.uuid4())}
    send(client, ana, "call", **said)
    again = send(client, ana, "call", **said)
    assert (CallNote.objects.count(), touches()) == (1, 1)
    assert "Already logged" in again.content.decode()


def test_a_lead_added_twice_by_one_form_was_added_once(client, sam):
    page = client.get(reverse("leads:add"))
    token = re.search('name="press" value="([0-9a-f-]{36})"', page.content.decode())[1]
    said = {"email": "ana@novapay.com", "company": "Nova Pay", "country": "US", "press": token}
    client.post(reverse("leads:add"), said)
    client.post(reverse("leads:add"), said)
    assert (Lead.objects.count(), Submission.objects.count()) == (1, 1)


def test_several_answered_twice_are_answered_once_and_taken_back_once(client, sam):
    rows = [make.HandoffFactory() for _ in range(2)]
    said = {"do": "accept", "pick": [one.pk for one in rows], "press": str(uuid.uuid4())}
    first = client.post(reverse("leads:bulk"), said)
    second = client.post(reverse("leads:bulk"), said)
    assert second.context["heading"] == "2 accepted"
    assert "the same form came twice" in second.content.decode()
    assert first.context["undo"] == second.context["undo"]
    undone = client.post(reverse("leads:undo", args=[second.context["undo"]]))
    assert undone.context["heading"] == "2 taken back"


@pytest.mark.parametrize("place", ["queue", "lead"])
def test_every_form_that_answers_is_marked(client, ana, place):
    address = QUEUE if place == "queue" else reverse("leads:lead", args=[ana.lead_id])
    text = client.get(address).content.decode()
    forms = re.findall('<form[^>]*method="post".*?</form>', text, re.S)
    answers = [form for form in forms if re.search('action="/(handoffs|queue)/', form)]
    assert answers and all('name="press"' in form for form in answers)


def test_presses_go_with_the_night(sam):
    at = timezone.now()
    with pressing.once(uuid.uuid4(), actor=sam, at=at):
        pass
    with time_machine.travel(at + pressing.KEPT + dt.timedelta(seconds=1), tick=False):
        tasks.housekeeping()
    assert not Press.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_the_same_moment_are_one():
    person, key, done = make.sam(), uuid.uuid4(), []
    both = threading.Barrier(2)

    def press():
        both.wait()
        try:
            with pressing.once(key, actor=person, at=timezone.now()):
                done.append("done")
        except pressing.Repeated:
            done.append("repeated")
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["done", "repeated"]

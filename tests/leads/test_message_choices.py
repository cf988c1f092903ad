"""What a person is told, where: by themselves, by what they ticked, by what they stopped."""

import ipaddress

import pytest
from django.urls import reverse

from leads.journey import hearing
from leads.journey.announcing import Letter, announce
from leads.models import Message, Preference, Webhook
from leads.sending.composing import stop_address
from leads.wording.kinds import KINDS, kind_of, kinds_for
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.receiving import Listening, says

pytestmark = pytest.mark.django_db

PAGE = "/me/messages/"
AT_ANY_TIME = {"quiet": "never", "daily_at": "08:30", "weekly_on": "0"}


@pytest.fixture
def sam(client):
    make.sdr_na()
    client.force_login(make.sam())
    return make.sam()


def told(person, kind="assigned", about="1"):
    announce([Letter(kind, about, person.pk, "A letter", MONDAY)])
    rows = Message.objects.filter(recipient=person, kind=kind, once__contains=f":{about}:")
    return set(rows.values_list("channel", flat=True))


def ticks(person, *off, channels=("in_app", "email")):
    on = {f"{k.key}:{c}" for k in kinds_for(person) for c in channels if c in k.by_itself}
    return sorted(on - set(off))


def test_by_itself_everything_is_told_in_the_application_and_by_email(sam):
    for kind in ("assigned", "escalated", "a_kind_of_tomorrow"):
        assert told(sam, kind) == {"in_app", "email"}


def test_what_is_switched_off_is_not_written(sam, client):
    off = ticks(sam, "assigned:email", "added:in_app")
    assert client.post(PAGE, {**AT_ANY_TIME, "on": off}).status_code == 302
    assert told(sam) == {"in_app"} and told(sam, "added") == {"email"}
    assert told(sam, "reminder") == {"in_app", "email"}
    assert set(Preference.objects.get().changed) == {"assigned:email", "added:in_app"}
    client.post(PAGE, {**AT_ANY_TIME, "on": ticks(sam)})
    assert Preference.objects.get().changed == [] and told(sam, about="2") == {"in_app", "email"}


def test_an_escalation_cannot_be_silenced_in_the_application(client):
    make.sdr_na()
    lena = make.lena()
    client.force_login(lena)
    assert 'value="escalated:in_app" checked disabled' in client.get(PAGE).content.decode()
    client.post(PAGE, {**AT_ANY_TIME, "on": []})
    assert told(lena, "escalated") == {"in_app"} and told(lena, "breached_manager") == set()


def test_one_s_choice_changes_nothing_for_others(sam, client):
    client.post(PAGE, {**AT_ANY_TIME, "on": []})
    assert told(make.ines()) == {"in_app", "email"}


def test_a_person_chooses_about_what_their_role_may_be_told(sam, client):
    mine = {kind.key for kind in kinds_for(sam)}
    assert "assigned" in mine and not mine & {"escalated", "approval_asked", "digest_daily"}
    assert "approval_asked" in {kind.key for kind in kinds_for(make.mara())}
    assert {kind.key for kind in kinds_for(make.ada())} >= {"webhook_off"}
    html = client.get(PAGE).content.decode()
    assert "A lead becomes yours" in html and "A lead waits for your yes" not in html


def test_what_one_was_not_asked_about_stays(sam, client):
    Preference.objects.create(user=sam, changed=["escalated:email", "assigned:chat"])
    client.post(PAGE, {**AT_ANY_TIME, "on": ticks(sam)})
    assert set(Preference.objects.get().changed) == {"escalated:email", "assigned:chat"}


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"quiet": "between"}, "Say when, such as 18:00."),
        ({"quiet": "between", "quiet_from": "18:00", "quiet_until": "18:00"}, "the whole day"),
        ({"quiet": "between", "quiet_from": "25:00", "quiet_until": "08:00"}, "Enter a valid time"),
        ({"quiet": "sometimes"}, "not one of the available choices"),
        ({"weekly_on": "9"}, "not one of the available choices"),
    ],
)
def test_a_refused_form_loses_nothing(sam, client, typed, says):
    answer = client.post(PAGE, {**AT_ANY_TIME, "on": ["added:email"], **typed})
    html = answer.content.decode()
    assert answer.status_code == 422 and says in html
    assert 'value="added:email" checked' in html and 'value="assigned:email" checked' not in html
    assert not Preference.objects.exists()


def test_a_manager_gets_summaries_until_they_say_otherwise(client):
    make.sdr_na()
    client.force_login(make.lena())
    assert client.get(PAGE).context["form"]["daily"].value() is True
    client.post(PAGE, AT_ANY_TIME)
    assert Preference.objects.get().daily is False
    client.force_login(make.otto())
    assert not client.get(PAGE).context["form"]["daily"].value()


def test_what_is_held_is_told_on_the_page(sam, client):
    Preference.objects.create(user=sam, quiet="working")
    make.MessageFactory(email=True, recipient=sam, held_until=MONDAY)
    assert "1 message waits" in " ".join(client.get(PAGE).content.decode().split())


def test_a_first_choice_sent_twice_at_once_is_saved_once(sam):
    choices = [hearing.preference_of(sam), hearing.preference_of(sam)]
    for choice in choices:
        hearing.choose(
            choice,
            on=["assigned:in_app"],
            kinds=[kind_of("assigned")],
            channels=["in_app", "email"],
            at=MONDAY,
        )
    assert Preference.objects.get(user=sam).changed == ["assigned:email"]


def test_who_left_is_told_nothing_outside(sam):
    make.WebhookFactory(chat=True, person=sam, kinds=["letters"])
    assert told(sam) == {"in_app", "email", "chat"}
    type(sam).objects.filter(pk=sam.pk).update(is_active=False)
    assert told(sam, about="2") == {"in_app"}


class TestAChatOfOnesOwn:
    @pytest.fixture(autouse=True)
    def _this_machine_is_allowed(self, settings):
        settings.WEBHOOK_ALLOW = [ipaddress.ip_network("127.0.0.1")]

    def test_it_is_given_tried_and_told(self, sam, client):
        with Listening() as receiver:
            answer = client.post(reverse("leads:own-chat"), {"url": receiver.url}, follow=True)
            assert "told from now on" in answer.content.decode()
            answer = client.post(reverse("leads:own-chat-test"), follow=True)
            assert "It took the test" in answer.content.decode()
        assert b"this chat can hear us" in receiver.got[0].body
        assert Webhook.objects.get(person=sam).answered_at is not None
        assert told(sam) == {"in_app", "email", "chat"} and told(sam, "resumed") == {
            "in_app",
            "email",
        }
        assert receiver.url not in client.get(PAGE).content.decode()

    def test_what_it_does_not_take_is_said(self, sam, client):
        with Listening(says(404, b"gone")) as receiver:
            make.WebhookFactory(chat=True, person=sam, kinds=["letters"], url=receiver.url)
            answer = client.post(reverse("leads:own-chat-test"), follow=True)
        assert "Answered 404" in answer.content.decode()

    @pytest.mark.parametrize("url", ["http://10.0.0.1/hook", "http://[::1]/", "ftp://a.example"])
    def test_an_address_inside_is_refused(self, sam, client, url):
        answer = client.post(reverse("leads:own-chat"), {"url": url})
        assert answer.status_code == 422 and not Webhook.objects.exists()
        assert f'value="{url}"' in answer.content.decode()

    def test_it_is_taken_away_and_then_nothing_is_written_for_it(self, sam, client):
        make.WebhookFactory(chat=True, person=sam, kinds=["letters"])
        client.post(reverse("leads:own-chat-remove"))
        assert not Webhook.objects.exists() and told(sam) == {"in_app", "email"}
        again = client.post(reverse("leads:own-chat-remove"), follow=True)
        assert "removed already" in again.content.decode()

    def test_it_is_nobody_else_s_business(self, sam, client):
        chat = make.WebhookFactory(
            chat=True, person=sam, kinds=["letters"], url="https://hooks.example/very-secret"
        )
        client.force_login(make.ada())
        assert client.get(reverse("leads:webhook", args=[chat.pk])).status_code == 404
        assert chat.name not in client.get(reverse("leads:webhooks")).content.decode()
        assert client.post(reverse("leads:own-chat-test")).status_code == 404
        assert client.get(reverse("leads:own-chat-test")).status_code == 405

    def test_gone_it_is_switched_off_and_its_person_told(self, sam, client):
        with Listening(says(410)) as receiver:
            make.WebhookFactory(chat=True, person=sam, kinds=["letters"], url=receiver.url)
            client.post(reverse("leads:own-chat-test"))
        assert not Webhook.objects.get().active
        assert Message.objects.inbox(sam).get().subject == "Your own chat was switched off"
        assert told(sam) == {"in_app", "email"}


class TestStoppingFromAMail:
    def test_a_person_is_asked_first_and_can_take_it_back(self, sam, client):
        client.logout()
        address = stop_address(sam, "assigned")
        page = client.get(address)
        assert "Stop mail of this kind?" in page.content.decode() and told(sam) >= {"email"}
        assert "Stopped" in client.post(address).content.decode()
        assert told(sam, about="2") == {"in_app"}
        assert "On again" in client.post(address, {"again": "1"}).content.decode()
        assert told(sam, about="3") == {"in_app", "email"}

    def test_twice_is_as_good_as_once(self, sam, client):
        address = stop_address(sam, "assigned")
        client.post(address), client.post(address)
        assert Preference.objects.get().changed == ["assigned:email"]

    def test_a_program_needs_no_cookie_and_no_token_of_ours(self, sam, client):
        client.logout()
        client.handler.enforce_csrf_checks = True
        one_click = {"List-Unsubscribe": "One-Click"}
        assert client.post(stop_address(sam, "digest_daily"), one_click).status_code == 200
        assert Preference.objects.get().daily is False

    @pytest.mark.parametrize("token", ["nonsense", "eyJwIjoxfQ:1xUmkk:abc"])
    def test_an_address_that_is_not_ours_leads_nowhere(self, client, token):
        assert client.get(reverse("leads:stop", args=[token])).status_code == 404
        assert client.post(reverse("leads:stop", args=[token])).status_code == 404

    def test_it_does_that_one_thing_only(self, sam, client):
        address = stop_address(sam, "assigned")
        assert client.put(address).status_code == 405
        client.post(address, {"kind": "reminder", "person": make.ines().pk})
        assert told(sam, "reminder") == {"in_app", "email"}
        assert told(make.ines()) == {"in_app", "email"}


def test_every_kind_says_what_it_is():
    assert len({kind.key for kind in KINDS}) == len(KINDS)
    assert all(
        kind.says and kind.why and set(kind.by_itself) <= set(kind.offered) for kind in KINDS
    )
    assert kind_of("of_tomorrow").says == "Of tomorrow"

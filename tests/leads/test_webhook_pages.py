"""Administrators look after webhooks, and after what could not be sent."""

import ipaddress
import json
import re
import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from leads import catalogue, sending
from leads.journey import relaying
from leads.journey.recording import Happening, record
from leads.models import Message, Webhook
from tests import factories as make
from tests.leads.receiving import Listening, says

pytestmark = pytest.mark.django_db

PAGES = ("webhooks", "webhook-add", "unsent")
ACTIONS = ("switch", "rotate", "test", "resend", "remove")


@pytest.fixture
def ada(client, settings):
    settings.WEBHOOK_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    client.force_login(make.ada())
    return client


def page(client, name, /, *args, **query):
    answer = client.get(reverse(f"leads:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def press(client, name, /, *args, **values):
    return client.post(reverse(f"leads:{name}", args=args), values, follow=True).content.decode()


def given(**more):
    return {
        "form": "signed",
        "name": "CRM",
        "url": "http://127.0.0.1:9/hook",
        "team": "",
        "kinds": ["handoff.created", "handoff.accepted"],
        **more,
    }


@pytest.mark.parametrize("who", ["sam", "lena", "mara", "otto"])
def test_for_everybody_else_they_are_not_there(client, who):
    webhook = make.WebhookFactory()
    letter = relaying.send_test(webhook, by="Ada", at=timezone.now())
    client.force_login(getattr(make, who)())
    for name in PAGES:
        assert client.get(reverse(f"leads:{name}")).status_code == 404
    for name in ("webhook", "webhook-edit"):
        assert client.get(reverse(f"leads:{name}", args=[webhook.pk])).status_code == 404
    assert (
        client.get(reverse("leads:webhook-message", args=[webhook.pk, letter.pk])).status_code
        == 404
    )
    for name in ACTIONS:
        answer = client.post(reverse(f"leads:webhook-{name}", args=[webhook.pk]), {"on": "0"})
        assert answer.status_code == 404
    for name in ("webhook-add", "unsent-answer"):
        assert client.post(reverse(f"leads:{name}"), given(all="1")).status_code == 404
    webhook.refresh_from_db()
    assert webhook.active and Webhook.objects.count() == 1


@pytest.mark.parametrize("name", ACTIONS)
def test_actions_are_posts_only(ada, name):
    webhook = make.WebhookFactory()
    assert ada.get(reverse(f"leads:webhook-{name}", args=[webhook.pk])).status_code == 405


def test_a_new_webhook_shows_its_secret_once_and_only_then(ada):
    shown = press(ada, "webhook-add", **given())
    webhook = Webhook.objects.get()
    assert webhook.secret.startswith("whsec_") and webhook.secret in shown
    assert webhook.created_by.email == "ada@northwind.example"
    for html in (page(ada, "webhook", webhook.pk), page(ada, "webhook-edit", webhook.pk)):
        assert webhook.secret not in html


def test_a_chat_channel_has_no_secret(ada):
    make.sdr_na()
    press(ada, "webhook-add", **given(form="chat", team=make.sdr_na().pk))
    webhook = Webhook.objects.get()
    assert (webhook.secret, webhook.is_chat, webhook.team) == ("", True, make.sdr_na())
    assert "A chat channel has no secret" in press(ada, "webhook-rotate", webhook.pk)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "http://10.0.0.1/"}, "not a public address"),
        ({"url": "http://169.254.169.254/latest"}, "not a public address"),
        ({"url": "ftp://example.com/"}, "https://"),
        ({"url": "https://user:pw@example.com/"}, "user name"),
        ({"url": ""}, "required"),
        ({"url": "http://127.0.0.1/" + "x" * 2000}, "at most"),
        ({"kinds": []}, "at least one"),
        ({"kinds": ["everything"]}, "Select a valid choice"),
        ({"name": ""}, "required"),
        ({"form": "pigeon"}, "Select a valid choice"),
        ({"team": "999"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_is_said_at_its_field(ada, wrong, said):
    answer = ada.post(reverse("leads:webhook-add"), given(**wrong))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Webhook.objects.exists()


def test_changing_keeps_the_secret_and_what_it_speaks(ada):
    webhook = make.WebhookFactory()
    press(ada, "webhook-edit", webhook.pk, **given(name="Other", form="chat", secret="x"))
    changed = Webhook.objects.get()
    assert (changed.name, changed.form, changed.secret) == ("Other", "signed", webhook.secret)
    assert changed.kinds == ["handoff.created", "handoff.accepted"]


def test_another_secret_is_shown_once_and_the_old_one_signs_on_for_a_day(ada):
    webhook = make.WebhookFactory()
    shown = press(ada, "webhook-rotate", webhook.pk)
    fresh = Webhook.objects.get()
    assert fresh.secret in shown and fresh.secret != webhook.secret
    assert webhook.secret in fresh.secrets_at(timezone.now())
    press(ada, "webhook-rotate", webhook.pk, leaked="1")
    leaked = Webhook.objects.get()
    assert leaked.secrets_at(timezone.now()) == [leaked.secret]


def test_off_and_on_again(ada):
    webhook = make.WebhookFactory()
    assert "Switched off by Ada Moreau" in press(ada, "webhook-switch", webhook.pk, on="0")
    assert not Webhook.objects.get().active
    press(ada, "webhook-switch", webhook.pk, on="1")
    assert Webhook.objects.get().active and Webhook.objects.get().off_because == ""


def test_a_test_is_really_sent_and_its_answer_shown(ada):
    with Listening(says(418, b"<b>short and stout</b>")) as receiver:
        webhook = make.WebhookFactory(url=receiver.url)
        assert "Not tried yet" in press(ada, "webhook-test", webhook.pk)
        sending.post_due(now=timezone.now)
    letter = Message.objects.get(kind=catalogue.TEST)
    html = page(ada, "webhook-message", webhook.pk, letter.pk)
    assert "Answered 418" in html and "&lt;b&gt;short and stout" in html
    assert json.loads(receiver.got[0].body)["data"]["by"] == "ada@northwind.example"
    part = ada.get(
        reverse("leads:webhook-message", args=[webhook.pk, letter.pk]),
        headers={"HX-Request": "true"},
    ).content.decode()
    assert part.lstrip().startswith("<section") and "every 2s" in part


def test_what_is_off_is_not_tested(ada):
    webhook = make.WebhookFactory(off=True)
    assert "Switch it on, then test it" in press(ada, "webhook-test", webhook.pk)
    assert not Message.objects.exists()


def test_one_or_all_given_up_are_sent_again(ada):
    webhook, other = make.WebhookFactory(), make.WebhookFactory()
    for one in (webhook, webhook, other):
        relaying.send_test(one, by="Ada", at=timezone.now())
    Message.objects.update(state="dead", attempts=10)
    mine = Message.objects.filter(webhook=webhook)
    assert "1 message on the way" in press(ada, "webhook-resend", webhook.pk, message=mine[0].pk)
    assert "1 message on the way" in press(ada, "webhook-resend", webhook.pk)
    assert set(mine.values_list("state", "attempts")) == {("waiting", 0)}
    assert Message.objects.get(webhook=other).state == "dead"
    foreign = Message.objects.get(webhook=other).pk
    assert "0 messages" in press(ada, "webhook-resend", webhook.pk, message=foreign)
    assert "0 messages" in press(ada, "webhook-resend", webhook.pk, message="nonsense")


def test_only_what_is_off_is_removed(ada):
    webhook = make.WebhookFactory()
    relaying.send_test(webhook, by="Ada", at=timezone.now())
    assert "Switch it off first" in press(ada, "webhook-remove", webhook.pk)
    Webhook.objects.update(active=False)
    press(ada, "webhook-remove", webhook.pk)
    assert not Webhook.objects.exists() and not Message.objects.exists()


def test_a_message_of_another_webhook_is_not_shown(ada):
    webhook, other = make.WebhookFactory(), make.WebhookFactory()
    letter = relaying.send_test(other, by="Ada", at=timezone.now())
    for key in (letter.pk, uuid.uuid4()):
        address = reverse("leads:webhook-message", args=[webhook.pk, key])
        assert ada.get(address).status_code == 404


def dead(number=3):
    return [make.MessageFactory(dead=True, subject=f"Letter {n}") for n in range(number)]


def test_what_could_not_be_sent_is_listed_over_all_channels_and_counted(ada):
    dead(2)
    webhook = make.WebhookFactory(name="CRM")
    relaying.send_test(webhook, by="Ada", at=timezone.now())
    Message.objects.filter(webhook=webhook).update(state="dead", error="Answered 500.")
    html = page(ada, "unsent")
    assert "Letter 0" in html and "Answered 500." in html and "CRM" in html
    assert re.search(r'Webhooks <span class="count"[^>]*>3<', html)
    assert "Letter 0" not in page(ada, "unsent", channel="webhook")


def test_picked_ones_are_sent_again_and_the_others_stay(ada):
    one, two, three = dead()
    assert "2 messages on the way" in press(
        ada, "unsent-answer", pick=[one.pk, three.pk], do="resend"
    )
    assert [one.pk for one in Message.objects.dead()] == [two.pk]
    assert "Pick at least one" in press(ada, "unsent-answer", do="resend")
    assert "Pick at least one" in press(ada, "unsent-answer", do="resend", pick="no-id")


def test_all_are_sent_again_and_really_go_out(ada, mailoutbox):
    dead()
    press(ada, "unsent-answer", do="resend", all="1")
    sending.send_due(at=timezone.now())
    assert len(mailoutbox) == 3


def test_discarding_asks_why_and_keeps_who_when_and_why(ada):
    one, two, _ = dead()
    assert "nothing was discarded" in press(ada, "unsent-answer", pick=one.pk, do="discard")
    assert Message.objects.dead().count() == 3
    said = press(
        ada, "unsent-answer", pick=[one.pk, two.pk], do="discard", because="The address is gone"
    )
    assert "2 messages discarded" in said
    one.refresh_from_db()
    assert (one.state, one.discarded_because) == ("discarded", "The address is gone")
    assert one.discarded_by == make.ada() and one.discarded_at is not None
    assert "Letter 1" not in page(ada, "unsent")
    assert "The address is gone" in page(ada, "unsent", state="discarded")


def test_what_was_sent_or_waits_is_neither_discarded_nor_sent_again_here(ada):
    sent = make.MessageFactory()
    waiting = make.MessageFactory(email=True)
    press(ada, "unsent-answer", pick=[sent.pk, waiting.pk], do="discard", because="x")
    press(ada, "unsent-answer", pick=[sent.pk, waiting.pk], do="resend")
    assert set(Message.objects.values_list("state", flat=True)) == {"sent", "waiting"}


def test_pages_cost_the_same_with_one_row_and_with_fifty(ada, django_assert_max_num_queries):
    def costs():
        found = []
        for name, args in (("webhooks", ()), ("webhook", (webhook.pk,)), ("unsent", ())):
            with django_assert_max_num_queries(20) as seen:
                page(ada, name, *args)
            found.append(len(seen))
        return found

    webhook = make.WebhookFactory(team=make.sdr_na())
    relaying.send_test(webhook, by="Ada", at=timezone.now())
    Message.objects.update(state="dead")
    page(ada, "webhooks")
    before = costs()
    for _ in range(30):
        other = make.WebhookFactory(team=make.sdr_na())
        relaying.send_test(other, by="Ada", at=timezone.now())
        relaying.send_test(webhook, by="Ada", at=timezone.now())
    Message.objects.update(state="dead")
    assert costs() == before


def test_a_chats_secret_address_is_on_its_own_page_only(ada):
    make.WebhookFactory(chat=True, url="https://chat.example/services/T0/secret-path")
    html = page(ada, "webhooks")
    assert "chat.example" in html and "secret-path" not in html


def test_who_changed_a_webhook_is_told_and_no_secret_with_it(ada):
    webhook = make.WebhookFactory(chat=True, name="#sdr-na", url="https://hooks.example/one-secret")
    address = reverse("leads:webhook-edit", args=[webhook.pk])
    typed = {"name": "#sdr", "url": "https://hooks.example/two-secret", "kinds": webhook.kinds}
    assert ada.post(address, typed).status_code == 302
    ada.post(reverse("leads:webhook-switch", args=[webhook.pk]), {"on": "0"})
    html = page(ada, "webhook", webhook.pk)
    told = html[html.index("What changed") :]
    assert "Ada Moreau" in told and "Name: #sdr-na → #sdr" in told and "Active: yes → no" in told
    assert "Address: another, at hooks.example" in told and "-secret" not in told


def test_that_a_secret_was_changed_is_told_and_not_which(ada):
    webhook = make.WebhookFactory()
    ada.post(reverse("leads:webhook-rotate", args=[webhook.pk]))
    old, webhook = webhook.secret, Webhook.objects.get()
    html = page(ada, "webhook", webhook.pk)
    assert "Old secret until" in html
    assert old not in html and webhook.secret not in html


def test_whether_it_answers_is_no_change(ada):
    webhook = make.WebhookFactory()
    Webhook.objects.update(failing_since=timezone.now(), answered_at=timezone.now())
    webhook.save()
    assert webhook.history.count() == 1


def test_a_manager_s_channel_is_told_of_the_teams_they_answer_for(ada):
    make.sdr_na()
    channel = make.WebhookFactory(chat=True, responsible=make.lena())
    elsewhere = make.WebhookFactory(chat=True, responsible=make.mara())
    handoff = make.HandoffFactory(team=make.sdr_na())
    happened = Happening(handoff.lead_id, "accepted", timezone.now(), handoff.pk)
    with transaction.atomic():
        record([happened])
    assert channel.messages.count() == 1 and elsewhere.messages.count() == 0
    assert "of the teams of Lena Brandt" in page(ada, "webhook", channel.pk)
    assert "teams of Lena Brandt" in page(ada, "webhooks")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"form": "chat"}, "Choose the team whose hours it keeps."),
        ({"form": "signed"}, "Another system is told at once; only a chat waits."),
    ],
)
def test_only_a_chat_of_one_team_keeps_hours(ada, typed, says):
    given = {"name": "x", "url": "https://hooks.example/", "kinds": ["handoff.created"]}
    answer = ada.post(reverse("leads:webhook-add"), {**given, "only_in_hours": "on", **typed})
    assert answer.status_code == 422 and says in answer.content.decode()

"""Messages on their way to webhooks: at least once, with one id, fairly, and never side by side."""

import datetime as dt
import ipaddress
import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from django.db import connections
from django.utils import timezone
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from leads import sending
from leads.journey import relaying
from leads.models import Message, Webhook
from leads.models.webhook import new_secret
from leads.observing import Outbox
from leads.sending import hooks, posting
from leads.sending.schedule import WAITS
from tests import factories as make
from tests.leads.receiving import Listening, hangs, says

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _this_machine_is_allowed(settings):
    settings.WEBHOOK_ALLOW = [ipaddress.ip_network("127.0.0.1")]


def hook(url, **more):
    return make.WebhookFactory(url=url, **more)


def letter(webhook, *, at=NOW):
    return relaying.send_test(webhook, by="Ada", at=at)


def post(at=NOW):
    return sending.post_due(now=lambda: at)


def test_what_is_due_is_posted_once_and_its_answer_kept():
    with Listening(says(202, b"noted")) as receiver:
        sent = letter(hook(receiver.url))
        assert post() == (1, 0)
        assert post() == (0, 0)
    sent.refresh_from_db()
    assert (sent.state, sent.attempts, sent.sent_at) == ("sent", 1, NOW)
    (attempt,) = sent.log
    assert (attempt["status"], attempt["answer"], attempt["error"]) == (202, "noted", "")
    assert Webhook.objects.get().answered_at == NOW


def test_the_signature_is_over_the_raw_bytes_and_a_receiver_can_check_it():
    with Listening() as receiver:
        webhook = hook(receiver.url, name="Grüße")
        key = str(letter(webhook, at=timezone.now()).pk)
        sending.post_due(now=timezone.now)
    got = receiver.got[0]
    document = Verifier(webhook.secret).verify(got.body, got.headers)
    assert document["type"] == "webhook.test" and document["data"]["name"] == "Grüße"
    assert got.headers["webhook-id"] == key
    cut = {**got.headers, "webhook-signature": got.headers["webhook-signature"][:-5]}
    for body, headers, secret in (
        (got.body + b" ", got.headers, webhook.secret),
        (got.body, cut, webhook.secret),
        (got.body, {**got.headers, "webhook-id": "other"}, webhook.secret),
        (got.body, got.headers, new_secret()),
    ):
        with pytest.raises((WebhookVerificationError, ValueError)):
            Verifier(secret).verify(body, headers)


def test_while_a_secret_is_rotated_both_sign_and_afterwards_only_the_new_one():
    webhook = hook("https://hooks.example/")
    old = webhook.secret
    new = webhook.rotate(at=timezone.now())
    message = letter(webhook)
    for at, good in (
        (timezone.now(), {old, new}),
        (timezone.now() + dt.timedelta(hours=25), {new}),
    ):
        _, headers = hooks.request_of(message, webhook, at=at)
        signatures = headers["webhook-signature"].split(" ")
        text = json.dumps(message.body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        made = {one: Verifier(one).sign(str(message.pk), at, text) for one in (old, new)}
        assert {one for one, signature in made.items() if signature in signatures} == good


def test_it_is_tried_again_later_each_time_with_the_same_id_and_given_up_in_the_end():
    with Listening(says(500, b"broken")) as receiver:
        sent = letter(hook(receiver.url))
        at = NOW
        for wait in WAITS:
            assert post(at) == (0, 1)
            sent.refresh_from_db()
            assert sent.state == "waiting" and sent.error == "Answered 500 Internal Server Error."
            assert 0.9 * wait <= sent.next_attempt_at - at <= 1.1 * wait
            assert post(sent.next_attempt_at - dt.timedelta(seconds=0.1)) == (0, 0)
            at = sent.next_attempt_at
        post(at)
    sent.refresh_from_db()
    assert sent.state == "dead" and sent.next_attempt_at is None
    assert len(receiver.got) == len(WAITS) + 1 == 10
    assert set(receiver.ids) == {str(sent.pk)}
    assert len({one.body for one in receiver.got}) == 1
    assert Webhook.objects.get().failing_since == NOW


def test_what_the_other_side_asks_us_to_wait_is_waited_but_not_for_ever():
    for asked, least, most in (("90", 90, 90), ("1", 4.5, 5.5), ("999999", 86400, 86400)):
        with Listening(says(503, Retry_After=asked)) as receiver:
            sent = letter(hook(receiver.url))
            post()
        sent.refresh_from_db()
        assert least <= (sent.next_attempt_at - NOW).total_seconds() <= most


def test_gone_switches_the_webhook_off_says_why_and_tells_the_administrators():
    make.ada()
    with Listening(says(410)) as receiver:
        webhook = hook(receiver.url)
        first, _ = letter(webhook), letter(webhook)
        post()
        post(NOW + dt.timedelta(days=1))
    webhook.refresh_from_db()
    assert not webhook.active and "410 Gone" in webhook.off_because
    first.refresh_from_db()
    assert first.state == "dead" and "410" in first.error
    told = Message.objects.filter(kind="webhook_off", channel="in_app")
    assert [one.recipient.email for one in told] == ["ada@northwind.example"]


def test_a_webhook_that_is_off_is_told_nothing_until_it_is_on():
    with Listening() as receiver:
        webhook = hook(receiver.url, off=True)
        letter(webhook)
        assert post() == (0, 0)
        Webhook.objects.update(active=True)
        assert post() == (1, 0)


def test_inside_addresses_are_refused_without_the_setting(settings):
    settings.WEBHOOK_ALLOW = []
    with Listening() as receiver:
        sent = letter(hook(receiver.url))
        assert post() == (0, 1)
    sent.refresh_from_db()
    assert "not a public address" in sent.error and receiver.got == []


def test_one_that_hangs_holds_up_no_other():
    with Listening(hangs(3)) as slow, Listening() as quick:
        for _ in range(6):
            letter(hook(slow.url))
        for _ in range(20):
            letter(hook(quick.url))
        started = time.monotonic()
        post()
    assert len(quick.got) == 20
    assert max(one.at for one in quick.got) - started < 2.5


def test_one_webhook_has_a_few_lanes_and_one_while_it_fails():
    with Listening(hangs(0.2)) as receiver:
        receiver.answer = lambda handler: (time.sleep(0.1), says(200)(handler))
        webhook = hook(receiver.url)
        for _ in range(12):
            letter(webhook)
        post()
        assert len(receiver.got) == 12 and 1 < receiver.most_at_once <= hooks.LANES
        Webhook.objects.update(failing_since=NOW)
        receiver.most_at_once = 0
        receiver.answer = lambda handler: (time.sleep(0.1), says(500)(handler))
        for _ in range(3):
            letter(webhook)
        post()
        assert receiver.most_at_once == 1


def test_one_yes_ends_the_failing():
    with Listening() as receiver:
        webhook = hook(receiver.url, failing_since=NOW)
        letter(webhook)
        post()
    webhook.refresh_from_db()
    assert webhook.failing_since is None


def test_what_is_discarded_while_it_is_posted_stays_discarded():
    with Listening() as receiver:
        sent = letter(hook(receiver.url))
        sent.attempts = 1
        Message.objects.update(state="discarded", discarded_because="not wanted")
        hooks.write_down(sent, posting.Answer(200, "", "", 5), at=NOW)
    sent.refresh_from_db()
    assert sent.state == "discarded"


def test_sending_again_keeps_the_id_and_begins_anew():
    with Listening() as receiver:
        sent = letter(hook(receiver.url))
        post()
        assert sending.send_again(Message.objects.filter(pk=sent.pk), at=NOW) == 1
        post()
    sent.refresh_from_db()
    assert receiver.ids == [str(sent.pk)] * 2 and sent.state == "sent" and len(sent.log) == 2


def test_chat_is_told_in_words_that_ping_nobody():
    with Listening() as receiver:
        webhook = hook(receiver.url, chat=True, name="<!channel> @here *x*")
        letter(webhook)
        post()
    got = receiver.got[0]
    assert "webhook-signature" not in got.headers
    text = json.loads(got.body)["text"]
    assert "&lt;!channel&gt;" in text and "@here" not in text and "*x*" not in text


def test_a_message_that_cannot_be_written_out_holds_up_no_other():
    with Listening() as receiver:
        webhook = hook(receiver.url, chat=True)
        odd, _ = letter(webhook), letter(webhook)
        Message.objects.filter(pk=odd.pk).update(body={"type": "gone", "data": {}})
        assert post() == (1, 1)
    odd.refresh_from_db()
    assert odd.state == "waiting" and odd.error.startswith("It could not be written out")


@pytest.mark.django_db(transaction=True)
def test_several_senders_at_once_post_each_message_once():
    with Listening() as receiver:
        webhooks = [hook(receiver.url) for _ in range(3)]
        for number in range(60):
            letter(webhooks[number % 3])
        jobs = [threading.Thread(target=_claim_and_post) for _ in range(6)]
        for job in jobs:
            job.start()
        for job in jobs:
            job.join()
    assert len(receiver.ids) == len(set(receiver.ids)) == 60
    assert Message.objects.filter(state="sent").count() == 60


def _claim_and_post():
    """What another process does, which has a turn of its own."""
    try:
        while messages := hooks._claim({}, at=NOW):
            for message in messages:
                hooks.write_down(message, hooks._post(message, NOW), at=NOW)
    finally:
        connections.close_all()


KILLED = """
import os, signal, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[1]
from django.utils import timezone
from leads.sending import hooks
claimed = hooks._claim({}, at=timezone.now())
print([str(one.pk) for one in claimed], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_send_leaves_it_to_be_sent_with_the_same_id():
    with Listening() as receiver:
        at = timezone.now()
        sent = letter(hook(receiver.url), at=at)
        name = connections["default"].settings_dict["NAME"]
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "handoff.settings"}
        died = subprocess.run(
            [sys.executable, "-c", KILLED, name], env=env, capture_output=True, text=True
        )
        assert died.returncode == -signal.SIGKILL and str(sent.pk) in died.stdout, died.stderr
        assert post(at + dt.timedelta(minutes=1)) == (0, 0), "it is still held by the dead"
        assert post(timezone.now() + hooks.HELD) == (1, 0)
    assert receiver.ids == [str(sent.pk)]


def test_monitoring_is_told_what_waits_and_what_was_given_up():
    webhook = hook("https://hooks.example/")
    letter(webhook)
    letter(webhook)
    make.MessageFactory(dead=True)
    families = {family.name: family for family in Outbox().collect()}
    counted = {
        tuple(one.labels.values()): one.value for one in families["handoff_messages"].samples
    }
    assert counted == {("webhook", "waiting"): 2, ("email", "dead"): 1}
    oldest = families["handoff_messages_oldest_timestamp_seconds"].samples
    assert NOW.timestamp() in {one.value for one in oldest}

"""Posting to webhooks: side by side, so that one that hangs holds up no other.

A message is claimed by moving its next attempt ahead, as a letter is. Each webhook has a few lanes,
and one only while it fails; only the posting itself runs in other threads. A message keeps its id
over all its attempts.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from functools import cache
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from standardwebhooks import Webhook as Signing

from handoff import statements
from handoff.permissions import people_with
from leads.journey.announcing import Letter, announce
from leads.models import Message, Webhook
from leads.wording import subjects

from . import chat, posting
from .gathering import gather
from .posting import Answer
from .quiet import held_until
from .schedule import HELD, after_failure, hold

log = structlog.get_logger(__name__)

AT_ONCE = 32
"""Posts under way in one process."""

LANES = 4
"""Posts under way to one webhook; to one that fails there is one."""

LOOKS = 0.5
"""Seconds after which, while posts are under way, it is looked again for what became due."""

TRYING = 5.0
"""Seconds a person waits for the answer to a test."""

PLAIN = {"Content-Type": "application/json", "User-Agent": "Handoff/1"}

KEPT = 20
"""Attempts kept in a message's log."""

CLAIM = f"""
WITH due AS MATERIALIZED (
    SELECT m.id FROM leads_webhook e
    LEFT JOIN unnest(%s::bigint[], %s::integer[]) AS busy(id, posts) ON busy.id = e.id
    CROSS JOIN LATERAL (
        SELECT id, next_attempt_at FROM leads_message
        WHERE webhook_id = e.id AND state = 'waiting' AND next_attempt_at <= %s
        ORDER BY next_attempt_at, written_at
        LIMIT greatest(0, CASE WHEN e.failing_since IS NULL THEN {LANES} ELSE 1 END
            - coalesce(busy.posts, 0))
        FOR UPDATE SKIP LOCKED) m
    WHERE e.active ORDER BY m.next_attempt_at LIMIT %s)
UPDATE leads_message m SET attempts = attempts + 1, next_attempt_at = %s
FROM due WHERE m.id = due.id RETURNING m.id"""

_turn = threading.Lock()
"""Held by whoever claims in this process; a second worker thread need not."""


@cache
def _lanes() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook")


def post_due(
    *, now: Callable[[], dt.datetime], ends: Callable[[], bool] = lambda: False
) -> tuple[int, int]:
    """Post what is due until nothing is, or `ends` says so: how many were taken, how many failed.

    Nothing at all where this process is at it already.
    """
    if not _turn.acquire(blocking=False):
        return 0, 0
    under_way: dict[Future[Answer], Message] = {}
    tally: Counter[bool] = Counter()
    try:
        while not ends():
            for message in _claim(under_way, at=now()):
                under_way[_lanes().submit(_post, message, now())] = message
            if not under_way:
                break
            _settle(under_way, tally, now=now, timeout=LOOKS)
    finally:
        _turn.release()
    while under_way:
        _settle(under_way, tally, now=now, timeout=None)
    return tally[True], tally[False]


def _claim(under_way: dict[Future[Answer], Message], *, at: dt.datetime) -> list[Message]:
    busy = Counter(message.webhook_id for message in under_way.values())
    room = AT_ONCE - len(under_way)
    if room <= 0:
        return []
    gather((Message.Channel.CHAT,), at=at)
    rows = statements.fetch(CLAIM, [list(busy), list(busy.values()), at, room, at + HELD])
    ids = [row[0] for row in rows]
    if not ids:
        return []
    related = ("webhook__team__calendar", "recipient")
    found = Message.objects.filter(pk__in=ids).select_related(*related).order_by("written_at")
    return [message for message in found if not _waits(message, at=at)]


def _waits(message: Message, *, at: dt.datetime) -> bool:
    """Whether quiet hours hold it back; the zone of its reader is looked up here, since a lane
    touches no table."""
    if not message.webhook or not message.webhook.is_chat:
        return False
    if message.recipient is not None:
        message.recipient.timezone = message.recipient.zone_name() or "UTC"
    until = held_until(message, at=at)
    return until is not None and hold(message, until)


def _post(message: Message, at: dt.datetime) -> Answer:
    """Runs in a lane: touches no table. A message that cannot be written out fails like one that
    is not taken, and holds up no other."""
    webhook = message.webhook
    assert webhook is not None
    try:
        body, headers = request_of(message, webhook, at=at)
    except Exception as error:
        log.exception("webhook not written", message=str(message.pk))
        return Answer(None, "", f"It could not be written out: {error!r}.", 0)
    return posting.post(webhook.url, body, headers, allowed=settings.WEBHOOK_ALLOW)


def request_of(
    message: Message, webhook: Webhook, *, at: dt.datetime
) -> tuple[bytes, dict[str, str]]:
    """The bytes of a message and its headers, signed at `at` with every secret in use."""
    headers = PLAIN
    if webhook.is_chat:
        said = chat.line_of(message, zone=chat.zone_of(message))
        return statements.dumps({"text": said}).encode(), headers
    text, key = statements.dumps(message.body), str(message.pk)
    moment = at.astimezone(dt.UTC)
    signatures = [Signing(secret).sign(key, moment, text) for secret in webhook.secrets_at(at)]
    return text.encode(), {
        **headers,
        "webhook-id": key,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def try_chat(webhook: Webhook, *, at: dt.datetime) -> Answer:
    """Say hello to a chat at once, and note whether it listens."""
    body = statements.dumps({"text": "Test from Handoff: this chat can hear us."}).encode()
    answer = posting.post(webhook.url, body, PLAIN, allowed=settings.WEBHOOK_ALLOW, limit=TRYING)
    with transaction.atomic():
        _note(webhook, answer, at=at)
    return answer


def _settle(
    under_way: dict[Future[Answer], Message],
    tally: Counter[bool],
    *,
    now: Callable[[], dt.datetime],
    timeout: float | None,
) -> None:
    """Wait for the first answers, and write down what became of them."""
    done, _ = wait(under_way, timeout=timeout, return_when=FIRST_COMPLETED)
    for future in done:
        message, answer = under_way.pop(future), future.result()
        tally[answer.is_taken] += 1
        with transaction.atomic():
            write_down(message, answer, at=now())


def write_down(message: Message, answer: Answer, *, at: dt.datetime) -> None:
    """Keep what became of an attempt. A message discarded meanwhile stays discarded."""
    webhook = message.webhook
    assert webhook is not None
    attempt = {
        "at": at.isoformat(),
        "took": answer.took,
        "status": answer.status,
        "error": answer.error,
        "answer": answer.text,
    }
    values: dict[str, Any] = {"log": [*message.log, attempt][-KEPT:]}
    if answer.is_taken:
        values |= {"state": Message.State.SENT, "sent_at": at, "error": "", "next_attempt_at": None}
    elif answer.is_gone:
        dead = {"state": Message.State.DEAD, "next_attempt_at": None}
        values |= {**dead, "error": "Answered 410 Gone: the webhook was switched off."}
    else:
        values |= after_failure(message, answer.error, at=at, not_before=answer.wait)
        log.warning(
            "webhook not taken", webhook=webhook.pk, message=str(message.pk), error=answer.error
        )
    Message.objects.filter(pk=message.pk, state=Message.State.WAITING).update(**values)
    _note(webhook, answer, at=at)


def _note(webhook: Webhook, answer: Answer, *, at: dt.datetime) -> None:
    """Whether the webhook fails, as of its latest answer; one that is gone is switched off."""
    mine = Webhook.objects.filter(pk=webhook.pk)
    if answer.is_taken:
        mine.update(failing_since=None, answered_at=at)
        return
    mine.filter(failing_since=None).update(failing_since=at)
    gone = "It answered 410 Gone: nobody wants to be told there any more."
    if not answer.is_gone or not mine.on().update(active=False, off_because=gone):
        return
    if webhook.person_id is not None:
        _tell_its_person(webhook, webhook.person_id, gone, at=at)
    else:
        announce(
            Letter(
                "webhook_off",
                f"{webhook.pk}:{at.isoformat()}",
                person.pk,
                subjects.webhook_off(webhook.name),
                at,
                body={"title": webhook.name, "why": gone, "path": f"/webhooks/{webhook.pk}/"},
            )
            for person in people_with("administrator")
        )


def _tell_its_person(webhook: Webhook, person: int, gone: str, *, at: dt.datetime) -> None:
    about = f"{webhook.pk}:{at.isoformat()}"
    body = {"why": gone, "path": "/me/messages/#chat"}
    announce([Letter("webhook_off", about, person, subjects.own_chat_off(), at, body=body)])

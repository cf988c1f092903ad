"""One answer per Idempotency-Key: whoever asks again hears what was answered the first time.

A running call holds a lock of its database session. A process that dies loses its session and so
the lock; the next attempt with the key then takes over instead of waiting for seven days.
"""

import datetime as dt
import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpResponse

from handoff import statements

from .auth import Caller
from .problems import Refusal

KEPT = dt.timedelta(days=7)
LONGEST_KEY = 255

BEGIN = """
INSERT INTO leads_idempotentanswer AS kept
    (api_key_id, path, key, body_digest, content_type, created_at)
VALUES (%s, %s, %s, %s, '', %s)
ON CONFLICT (api_key_id, path, key) DO UPDATE SET
    body_digest = CASE WHEN kept.status IS NULL THEN excluded.body_digest ELSE kept.body_digest END
RETURNING id, body_digest, status, content_type, body, created_at
"""
RUNNING_DIGEST = """
SELECT body_digest FROM leads_idempotentanswer
WHERE api_key_id = %s AND path = %s AND key = %s
"""
KEEP = "UPDATE leads_idempotentanswer SET status = %s, content_type = %s, body = %s WHERE id = %s"
FORGET = "DELETE FROM leads_idempotentanswer WHERE id = %s"
LOCK = "SELECT pg_try_advisory_lock(%s)"
UNLOCK = "SELECT pg_advisory_unlock(%s)"


@dataclass(frozen=True, slots=True)
class Question:
    """A call that wants one answer: whose, where, under which key, with which body."""

    caller: Caller
    path: str
    key: str
    body: bytes

    @property
    def place(self) -> tuple[int, str, str]:
        return self.caller.key_id, self.path, self.key

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()

    @property
    def lock(self) -> int:
        text = "\0".join(map(str, self.place)).encode()
        return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), signed=True)


def once(
    question: Question, attempt: Callable[[str], HttpResponse], *, at: dt.datetime, whole: bool
) -> HttpResponse:
    """The first answer to `question`; made by `attempt` where there is none yet.

    `attempt` gets a text that stays the same when a call that died is tried again. An answer of
    500 or above is not kept. With `whole` the attempt and its answer are one transaction.
    Refuses with 422 another body under the same key, with 409 while the first still runs.
    """
    if len(question.key) > LONGEST_KEY or len(question.path) > 300:
        raise Refusal(422, f"An Idempotency-Key has at most {LONGEST_KEY} characters.")
    if not statements.fetch(LOCK, (question.lock,))[0][0]:
        raise _still_running(question)
    try:
        return _answer(question, attempt, at=at, whole=whole)
    finally:
        statements.fetch(UNLOCK, (question.lock,))


def _still_running(question: Question) -> Refusal:
    running = statements.fetch(RUNNING_DIGEST, question.place)
    if running and running[0][0] != question.digest:
        return _other_body()
    return Refusal(
        409,
        "The first call with this Idempotency-Key still runs. Ask again in a moment.",
        headers={"Retry-After": "1"},
    )


def _other_body() -> Refusal:
    return Refusal(422, "This Idempotency-Key was used with another body before.")


def _answer(
    question: Question, attempt: Callable[[str], HttpResponse], *, at: dt.datetime, whole: bool
) -> HttpResponse:
    begin = (*question.place, question.digest, at)
    row_id, digest, status, content_type, body, created_at = statements.fetch(BEGIN, begin)[0]
    if created_at < at - KEPT:
        statements.execute(FORGET, (row_id,))
        row_id, digest, status, *_ = statements.fetch(BEGIN, begin)[0]
    if status is not None:
        if digest != question.digest:
            raise _other_body()
        return HttpResponse(bytes(body), status=status, content_type=content_type or None)
    with transaction.atomic() if whole else nullcontext():
        response = attempt(f"once-{row_id}-{digest[:16]}")
        if response.status_code < 500:
            kept = (response.status_code, response.get("Content-Type", ""), response.content)
            statements.execute(KEEP, (*kept, row_id))
    return response

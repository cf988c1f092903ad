"""A message as mail: subject, text and HTML from the same lines, and what a mail program needs.

The same message always has the same Message-ID, so that whoever gets it twice can tell; those of
one lead to one reader name the same thread.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.utils import timezone

from handoff.labels import humanise
from handoff.models import User
from handoff.words import place
from leads.models import Handoff, Lead, Message
from leads.story import why_now
from leads.wording.kinds import DIGESTS, GATHERED, Kind, kind_of

SALT = "leads.messages.stop"
TEMPLATES = {
    GATHERED: "gathered",
    "review_minutes": "minutes",
    **dict.fromkeys(DIGESTS, "digest"),
}

Line = tuple[str, str]


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a letter; `type` as its Content-Type says it."""

    name: str
    type: str
    text: str


@dataclass(frozen=True)
class Mail:
    """What is sent. `headers` besides From, To and Subject."""

    subject: str
    text: str
    html: str
    headers: dict[str, str]
    attachments: tuple[Attachment, ...] = ()


def compose(message: Message, *, nonce: str = "") -> Mail:
    """The mail of a message, in its reader's zone. `nonce`: of the page that shows the HTML."""
    reader = message.recipient
    assert reader is not None
    kind = kind_of(message.kind)
    stop = stop_address(reader, message.kind)
    context = {
        "letter": message,
        "lines": list(_lines(message, reader, kind)),
        "kind": kind,
        "address": _absolute(message.path),
        "base": settings.BASE_URL.rstrip("/"),
        "stop": stop,
        "choices": _absolute("/me/messages/"),
        "nonce": nonce,
    }
    name = TEMPLATES.get(message.kind, "letter")
    with timezone.override(_zone(reader)):
        return Mail(
            subject=" ".join(message.subject.split())[:200],
            text=render_to_string(f"email/{name}.txt", context),
            html=render_to_string(f"email/{name}.html", context),
            headers=_headers(message, reader, stop),
            attachments=tuple(Attachment(**one) for one in message.body.get("attachments", ())),
        )


def _headers(message: Message, reader: User, stop: str) -> dict[str, str]:
    host = urlsplit(settings.BASE_URL).hostname
    headers = {
        "Message-ID": f"<{message.pk}@{host}>",
        "X-Handoff-Kind": message.kind,
        "Auto-Submitted": "auto-generated",
    }
    if stop:
        headers["List-Unsubscribe"] = f"<{stop}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    if message.lead_id:
        thread = f"<lead-{message.lead_id}.{reader.pk}@{host}>"
        headers |= {"In-Reply-To": thread, "References": thread}
    return headers


def stop_address(reader: User, kind: str) -> str:
    """Where a reader stops mail of one kind without signing in; empty for what brings together
    others."""
    if kind == GATHERED:
        return ""
    token = signing.dumps({"person": reader.pk, "kind": kind}, salt=SALT)
    return _absolute(f"/messages/stop/{token}/")


def asked_to_stop(token: str) -> tuple[int, str] | None:
    """The person (by primary key) and the kind of a stop address; None where it is not ours."""
    try:
        read = signing.loads(token, salt=SALT)
        return int(read["person"]), str(read["kind"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def _zone(reader: User) -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(reader.zone_name() or "UTC")


def _lines(message: Message, reader: User, kind: Kind) -> Iterator[Line]:
    """What a letter says, each under its name, what is unknown left out."""
    told, handoff = message.body, _handoff(message, reader)
    known = {
        "Who": _who(message.lead) if message.lead and (handoff or not message.handoff_id) else "",
        "Why now": told.get("why") or (why_now(handoff) if handoff else ""),
        "When": _when(told, reader),
        "Due": _due(told, handoff, reader),
        "Score": told.get("score") or _score(handoff),
        "What they did": told.get("did"),
        "Came from": told.get("source") or (humanise(handoff.lead.source) if handoff else ""),
        "Owner": told.get("owner") or (str(handoff.owner or "Nobody yet") if handoff else ""),
        "Team": told.get("team") or (str(handoff.team or "") if handoff else ""),
        "Missing": ", ".join(told.get("missing") or _missing(handoff)),
        "Promised next": handoff.next_step if handoff else "",
        "Note": told.get("note"),
        "Fault": told.get("fault"),
        "Why nobody": told.get("nobody"),
        "Next step": kind.do,
    }
    yield from ((name, str(value)) for name, value in known.items() if value)


def _handoff(message: Message, reader: User) -> Handoff | None:
    """The hand-over a letter is about, as far as its reader may still see it."""
    if not message.handoff_id:
        return None
    rows = Handoff.objects.visible_to(reader).filter(pk=message.handoff_id)
    return rows.select_related("lead", "team", "owner", "judgement").first()


def _who(lead: Lead) -> str:
    people = f"{lead.employees:,.0f} people" if lead.employees else ""
    return ", ".join(filter(None, (lead.role, lead.company, people, lead.email)))


def _score(handoff: Handoff | None) -> str:
    if handoff is None:
        return ""
    return f"fit {handoff.judgement.fit:.0f}, intent {handoff.judgement.intent:.0f}"


def _missing(handoff: Handoff | None) -> list[str]:
    return [humanise(name).lower() for name in handoff.missing] if handoff else []


def _when(told: dict[str, Any], reader: User) -> str:
    """When something begins, as the reader reads it."""
    if not told.get("when"):
        return ""
    zone = _zone(reader)
    moment = dt.datetime.fromisoformat(told["when"]).astimezone(zone)
    return f"{moment:%A} {moment.day} {moment:%B %Y, %H:%M} ({place(zone.key)} time)"


def _due(told: dict[str, Any], handoff: Handoff | None, reader: User) -> str:
    """The deadline as the reader reads it: which clock, when, in their zone."""
    due, clock = told.get("due"), told.get("clock")
    if not due and handoff is not None and handoff.due_at is not None:
        due, clock = handoff.due_at.isoformat(), handoff.due_clock
    if not due:
        return ""
    zone = _zone(reader)
    moment = dt.datetime.fromisoformat(due).astimezone(zone)
    name = str(clock or "").replace("_", " ")
    return f"{name} by {moment:%a %d %b, %H:%M} ({place(zone.key)} time)".strip()

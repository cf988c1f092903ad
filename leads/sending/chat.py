"""What happened, or a letter to a person, in one line for a chat: bold with `*`, an address of its
own line.

That much Slack, Mattermost, Google Chat and their like read alike.
"""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from leads import catalogue
from leads.models import Message
from leads.wording.kinds import GATHERED

Data = Mapping[str, Any]


def zone_of(message: Message) -> str:
    """The zone of a chat's times: its team's, else that of the person it is for."""
    webhook = message.webhook
    if webhook is not None and webhook.team is not None:
        return webhook.team.calendar.timezone
    return (message.recipient.zone_name() if message.recipient else "") or "UTC"


def line_of(message: Message, *, zone: str) -> str:
    """What a chat shows of a message; times in `zone`."""
    if message.kind == GATHERED:
        said = [letter["text"] for letter in message.body["letters"]]
        return "\n".join([f"*{plain(message.subject)}*", *said])
    if message.recipient_id is None:
        return text_of(message.body, zone=zone)
    return letter_of(message, zone=zone)


def letter_of(message: Message, *, zone: str) -> str:
    """A letter to a person: what, why now, until when."""
    body = message.body
    due = f"by {_moment(body['due'], zone)}" if body.get("due") else ""
    said = _told(plain(message.subject), plain(body.get("why") or ""), due)
    return _with_link(said, message.path)


def text_of(body: Data, *, zone: str) -> str:
    """The line for an event as `leads.journey.relaying` wrote it; times in `zone`."""
    data: Data = body["data"]
    if body["type"] == catalogue.TEST:
        return plain(f"Test from Handoff: “{data['name']}” can hear us.")
    if body["type"] == catalogue.PUBLISHED:
        again = " again" if data["went_back"] else ""
        why = f": {data['reason']}" if data["reason"] else ""
        return _with_link(f"*Definition {data['definition']} is the law{again}*{why}", "/playbook/")
    if body["type"] == catalogue.ALERT:
        return _with_link(_alert(data), f"/reviews/alerts/#alert-{data['alert']}")
    said = SAYINGS[body["type"]](data, lambda at: _moment(at, zone))
    return _with_link(said, f"/leads/{data['lead']}/")


def _alert(data: Data) -> str:
    ends = f"surely {100 * data['low']:.0f}% or more"
    counted = f"{data['rejected']:,} of {data['answered']:,} answered in {data['days']} days"
    return _told(f"Rejections passed {data['threshold']:.0%}: {plain(data['name'])}", counted, ends)


def plain(text: object) -> str:
    """Text that a chat shows as it is: no mention, link or markup of somebody else's making."""
    kept = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return " ".join(kept.replace("*", "∗").replace("@", "＠").split())[:500]


def _with_link(said: str, path: str) -> str:
    return f"{said}\n{settings.BASE_URL}{path}"


def _moment(at: str | None, zone: str) -> str:
    if not at:
        return ""
    moment = dt.datetime.fromisoformat(at).astimezone(zoneinfo.ZoneInfo(zone))
    return f"{moment:%a %d %b, %H:%M} ({zone})"


def _who(data: Data) -> str:
    known = [data["name"] or data["email"] or f"Lead {data['lead']}", data["company"]]
    return plain(", ".join(str(one) for one in known if one))


def _whom(data: Data) -> str:
    return plain(data["owner_name"] or data["team_name"] or "nobody")


def _by(data: Data) -> str:
    return plain(data["by"] or "Handoff")


def _because(data: Data) -> str:
    words = [str(data.get(name) or "").replace("_", " ") for name in ("reason", "note")]
    return plain(": ".join(word for word in words if word))


def _told(head: str, *rest: str) -> str:
    return " · ".join([f"*{head}*", *(part for part in rest if part)])


def _scores(data: Data) -> str:
    if data["fit"] is None:
        return ""
    return f"fit {data['fit']:.0f}, intent {data['intent']:.0f}"


def _clock(data: Data) -> str:
    return plain(str(data["clock"]).replace("_", " "))


Say = Callable[[Data, Callable[[str | None], str]], str]

SAYINGS: dict[str, Say] = {
    "handoff.created": lambda d, when: _told(
        f"New lead: {_who(d)}",
        f"for {_whom(d)}",
        plain(d["tier"] or ""),
        _scores(d),
        f"accept by {when(d['due']['accept'])}" if d["due"]["accept"] else "",
    ),
    "handoff.assigned": lambda d, _: _told(
        f"{_who(d)} is {_whom(d)}’s" if d["owner"] else f"{_who(d)} waits in {_whom(d)}",
        _because(d),
        plain(d["why"] or ""),
    ),
    "handoff.accepted": lambda d, _: _told(f"{_whom(d)} accepted {_who(d)}"),
    "handoff.rejected": lambda d, _: _told(f"{_by(d)} rejected {_who(d)}", _because(d)),
    "handoff.returned": lambda d, _: _told(
        f"{_by(d)} returned {_who(d)} to marketing", _because(d)
    ),
    "handoff.sent_back": lambda d, _: _told(
        f"{_by(d)} sent {_who(d)} back to {plain(d['to'] or '')}", _because(d)
    ),
    "handoff.resumed": lambda d, _: _told(f"{_by(d)} gave {_who(d)} back to {_whom(d)}"),
    "handoff.touched": lambda d, _: _told(
        f"{_by(d)} reached out to {_who(d)}", plain(d["channel"] or "")
    ),
    "handoff.disposed": lambda d, _: _told(f"{_who(d)}: {plain(d['disposition'] or '')}"),
    "handoff.advanced": lambda d, _: _told(f"{_who(d)} goes on to {plain(d['to'] or '')}"),
    "handoff.closed": lambda d, _: _told(
        f"{_who(d)} is closed", plain(str(d["disposition"] or d["because"] or "").replace("_", " "))
    ),
    "handoff.undone": lambda d, _: _told(
        f"{_by(d)} took back an answer about {_who(d)}", plain(d["undid"] or ""), f"with {_whom(d)}"
    ),
    "lead.reentered": lambda d, _: _told(f"{_who(d)} came back", f"with {_whom(d)}"),
    "clock.reminded": lambda d, when: _told(
        f"Soon due, {_clock(d)}: {_who(d)}", _whom(d), f"by {when(d['due_at'])}"
    ),
    "clock.breached": lambda d, when: _told(
        f"Late, {_clock(d)}: {_who(d)}", _whom(d), f"was due {when(d['due_at'])}"
    ),
    "opportunity.changed": lambda d, _: _told(
        f"Deal {plain(d['stage'] or '')}: {_who(d)}", plain(d["amount"] or ""), plain(d["ref"])
    ),
}

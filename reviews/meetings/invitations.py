"""The letters of a meeting, with the file that puts it into a calendar (iCalendar, RFC 5545, and
its invitations, RFC 5546): one UID for the life of a meeting, a SEQUENCE that grows with each
change, and a CANCEL where it is off.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, Literal
from urllib.parse import urlsplit

import icalendar
from django.conf import settings

from handoff.models import User
from leads.journey.announcing import Letter, announce
from leads.wording import subjects
from reviews.models import Item, Meeting

KIND = "joint_review"
PRODUCT = "-//Handoff//Joint review//EN"

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]


def invite(meeting: Meeting, people: Iterable[User], *, at: dt.datetime) -> None:
    """Write to everybody who is to come; once for each change of the meeting."""
    invited = list(people)
    file = calendar_file(meeting, invited, method="REQUEST", at=at)
    subject = subjects.joint_review_moved if meeting.sequence else subjects.joint_review
    _write(meeting, invited, subject(meeting, of=meeting.series), file, at=at)


def call_off(meeting: Meeting, people: Collection[User], *, at: dt.datetime) -> None:
    """Take a meeting out of the calendars of people: it is cancelled, or they are not needed."""
    if people:
        file = calendar_file(meeting, people, method="CANCEL", at=at)
        subject = subjects.joint_review_off(meeting, of=meeting.series)
        _write(meeting, people, subject, file, at=at, what="off")


def _write(
    meeting: Meeting,
    people: Iterable[User],
    subject: str,
    file: dict[str, str],
    *,
    at: dt.datetime,
    what: str = "on",
) -> None:
    body: dict[str, Any] = {
        "path": meeting.get_absolute_url(),
        "when": meeting.starts_at.isoformat(),
        "note": meeting.cancelled_because or _agenda(meeting),
        "attachments": [file],
    }
    announce(
        Letter(
            kind=KIND,
            about=f"{meeting.pk}:{what}:{meeting.sequence}",
            recipient_id=person.pk,
            subject=subject,
            at=at,
            body=body,
        )
        for person in people
    )


def calendar_file(
    meeting: Meeting, people: Iterable[User], *, method: Method, at: dt.datetime
) -> dict[str, str]:
    """The file as a letter carries it: name, type, text. Times are UTC, so that it needs no table
    of a time zone and says the same in each."""
    calendar, event = icalendar.Calendar(), icalendar.Event()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    address = f"{settings.BASE_URL.rstrip('/')}{meeting.get_absolute_url()}"
    called_off = method == "CANCEL"
    for name, value in {
        "uid": f"joint-review-{meeting.pk}@{urlsplit(settings.BASE_URL).hostname}",
        "sequence": meeting.sequence,
        "dtstamp": at.astimezone(dt.UTC),
        "dtstart": meeting.starts_at.astimezone(dt.UTC),
        "dtend": meeting.planned_end.astimezone(dt.UTC),
        "summary": f"{meeting}: {meeting.series}",
        "description": f"{_agenda(meeting)}\n{address}",
        "location": address,
        "url": address,
        "status": "CANCELLED" if called_off else "CONFIRMED",
    }.items():
        event.add(name, value)
    event.add("organizer", _address(meeting.chair, {}))
    for person in people:
        asked = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
        event.add("attendee", _address(person, {} if called_off else asked))
    calendar.add_component(event)
    return {
        "name": f"joint-review-{meeting.number}.ics",
        "type": f"text/calendar; method={method}",
        "text": calendar.to_ical().decode(),
    }


def _address(person: User, params: dict[str, str]) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{person.email}")
    for name, value in {"CN": str(person), **params}.items():
        address.params[name] = value
    return address


def _agenda(meeting: Meeting) -> str:
    items = ", ".join(f"{item.value}. {item.label}" for item in Item)
    return f"{items}. {meeting.item_minutes} minutes each."

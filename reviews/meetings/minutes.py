"""The minutes of a meeting: who was there, how long each item took, its figures as they stood then,
what was noted, decided and taken on. One reading serves the page, the file and the letter."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from handoff.words import count_of
from leads.journey.announcing import Letter, announce
from leads.wording import subjects
from reviews.models import OPENING, Item, Line, Meeting, Participant, Sampled, Shown, Side, Turn

from . import changing, performance, trends

KIND = "review_minutes"
MINUTE = dt.timedelta(minutes=1)
SENTENCES: dict[int, Callable[[dict[str, Any]], list[str]]] = {
    Item.SLA: performance.sentences,
    Item.TRENDS: trends.sentences,
    Item.CHANGES: changing.sentences,
}
BEFORE = "Before the first item"


@dataclass(frozen=True)
class Part:
    """One item: its length in words, its figures in sentences, the note, and its lines."""

    number: int
    title: str
    took: str
    figures: tuple[str, ...]
    note: str
    lines: tuple[Line, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.figures or self.note or self.lines)


@dataclass(frozen=True)
class Minutes:
    """The whole. `present` and `absent` by side, in its words."""

    meeting: Meeting
    present: tuple[tuple[str, str], ...]
    absent: tuple[str, ...]
    parts: tuple[Part, ...]
    verdicts: tuple[str, ...]

    @property
    def paths(self) -> set[str]:
        """The pages that its lines hang on."""
        return {line.path for part in self.parts for line in part.lines if line.path}

    @property
    def decisions(self) -> int:
        kinds = (Line.Kind.DECISION, Line.Kind.DRAFT, Line.Kind.EXAMPLE)
        return self._count(*kinds)

    @property
    def actions(self) -> int:
        return self._count(Line.Kind.ACTION)

    def _count(self, *kinds: str) -> int:
        lines = (line for part in self.parts for line in part.lines)
        return sum(line.kind in kinds and line.taken_back_at is None for line in lines)


def minutes_of(meeting: Meeting, *, at: dt.datetime) -> Minutes:
    """The minutes as they stand, in a constant number of statements."""
    people = list(meeting.participants.select_related("user"))
    turns, lines = list(meeting.turns.all()), list(meeting.lines.select_related("by"))
    shown = {one.item: one for one in meeting.items.all()}
    numbers = (OPENING, *Item)
    parts = (_part(one, turns, lines, shown.get(one), at=at) for one in numbers)
    agreed = Sampled.objects.standing().filter(meeting=meeting).exclude(agreed="")
    return Minutes(
        meeting=meeting,
        present=tuple(_by_side([one for one in people if one.joined_at])),
        absent=tuple(str(one.user) for one in people if not (one.joined_at or one.removed_at)),
        parts=tuple(one for one in parts if one.number != OPENING or not one.is_empty),
        verdicts=tuple(f"Lead {one.place}: {one.get_agreed_display()}" for one in agreed),
    )


def _part(
    number: int, turns: list[Turn], lines: list[Line], shown: Shown | None, *, at: dt.datetime
) -> Part:
    return Part(
        number=number,
        title=Item(number).label if number else BEFORE,
        took=took(number, turns, at=at),
        figures=tuple(SENTENCES[number](shown.figures)) if shown else (),
        note=shown.note if shown else "",
        lines=tuple(line for line in lines if line.item == number),
    )


def took(number: int, turns: list[Turn], *, at: dt.datetime) -> str:
    """How long an item was on the screen in all: “9 min”; empty where it never was."""
    lengths = [one.length(at=at) for one in turns if one.item == number]
    if not lengths:
        return ""
    minutes = round(sum(lengths, dt.timedelta()) / MINUTE)
    return f"{minutes} min" if minutes else "under a minute"


def _by_side(people: list[Participant]) -> list[tuple[str, str]]:
    named = ((side.label, [_name(one) for one in people if one.side == side]) for side in Side)
    return [(label, ", ".join(names)) for label, names in named if names]


def _name(one: Participant) -> str:
    return f"{one.user} (not to the end)" if one.removed_at else str(one.user)


def said(line: Line) -> str:
    """A line as the minutes say it, also when it was taken back."""
    told = f"{line.get_kind_display()}: {line.text}"
    return f"{told} (taken back)" if line.taken_back_at else told


def as_markdown(minutes: Minutes, *, base: str, closed: Collection[str] = ()) -> str:
    """The minutes as a file; `base` is where links begin, `closed` are addresses that whoever reads
    it could not open."""
    meeting = minutes.meeting
    zone = meeting.series.zone
    began = (meeting.began_at or meeting.starts_at).astimezone(zone)
    rows = [f"# {meeting}: {_plain(str(meeting.series))}", ""]
    rows += [f"{began:%A} {began.day} {began:%B %Y, %H:%M} {zone.key}.", ""]
    rows += [f"- {label}: {_plain(names)}" for label, names in minutes.present]
    rows += [f"- Not there: {_plain(', '.join(minutes.absent))}"] if minutes.absent else []
    for part in minutes.parts:
        rows += ["", f"## {_headed(part)}", ""]
        rows += [f"- {_plain(one)}" for one in part.figures]
        rows += ["", _plain(part.note)] if part.note else []
        rows += [""] if part.lines else []
        for line in part.lines:
            is_open = line.path and line.path not in closed
            link = f" ([page]({base}{line.path}))" if is_open else ""
            rows.append(f"- **{_plain(said(line))}**{link}")
    if minutes.verdicts:
        rows += ["", "## The sample", "", *(f"- {one}" for one in minutes.verdicts)]
    return "\n".join(rows) + "\n"


def _headed(part: Part) -> str:
    title = f"{part.number}. {part.title}" if part.number else part.title
    return f"{title}, {part.took}" if part.took else title


def _plain(text: str) -> str:
    """Text that Markdown leaves as it is, on one line."""
    flat = " ".join(text.split())
    return "".join(f"\\{one}" if one in "\\`*_[]<>#|" else one for one in flat)


def post(meeting: Meeting, *, at: dt.datetime) -> None:
    """Mail the minutes to everybody who takes part; once a meeting."""
    found = minutes_of(meeting, at=at)
    parts = [{"title": _headed(part), "lines": _letter_lines(part)} for part in found.parts]
    if found.verdicts:
        parts.append({"title": "The sample", "lines": list(found.verdicts)})
    counted = (count_of(found.decisions, "decision"), count_of(found.actions, "action"))
    body = {
        "path": f"{meeting.get_absolute_url()}minutes/",
        "intro": "{}, {}.".format(*counted),
        "note": "{}, {}.".format(*counted),
        "parts": [part for part in parts if part["lines"]],
    }
    readers = meeting.participants.taking_part().filter(user__is_active=True)
    announce(
        Letter(
            kind=KIND,
            about=str(meeting.pk),
            recipient_id=reader,
            subject=subjects.review_minutes(meeting, of=meeting.series),
            at=at,
            body=body,
        )
        for reader in readers.values_list("user", flat=True)
    )


def _letter_lines(part: Part) -> list[str]:
    note = [part.note] if part.note else []
    return [*part.figures, *note, *(said(line) for line in part.lines)]

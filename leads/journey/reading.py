"""A payload read into an enquiry: who, what they said, what they did. Pure; knows no table.

Source: contracts.md §2, “A lead in a request” and “Who is it”, and §3 “Values”.
"""

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from handoff.rules import fields

AHEAD = dt.timedelta(minutes=5)
"""How far a sender's clock may be ahead of ours; such a time counts as now."""

EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
MOST_TOUCHES = 1000
DEEPEST = 20
LONGEST_SIGNAL = 64
FEWEST_DIGITS = 5
LONGEST = {
    "email": 320,
    "external_id": 200,
    "phone": 100,
    "country": 64,
    "domain": 253,
    "first_name": 1000,
    "last_name": 1000,
    "company": 1000,
}
"""Characters; a longer value is refused. Other texts are bounded by the size of the payload."""

SHORT = min(LONGEST.values())
"""Characters that are within bounds for any text."""

NAMES = ("first_name", "last_name")
TEXTS = (
    "role",
    "company",
    "domain",
    "country",
    "region",
    "language",
    "industry",
    "funding_stage",
    "product_interest",
    "problem",
    "timing",
    "trigger",
    "source",
    "campaign",
    "offer",
    "landing_page",
)
MEASURES = ("employees", "revenue", "consent")
"""Values that may turn out unreadable; they are then unknown and their raw text is kept."""

KNOWN_KEYS = frozenset(
    {*NAMES, *TEXTS, *MEASURES, "email", "external_id", "phone", "answers", "occurred_at"}
    | {"touchpoints"}
)
TOUCH_TEXTS = ("url", "campaign", "offer", "detail")

ADDRESS = re.compile(
    r"[^\s@\"(),:;<>\[\]\\.\x00-\x1f]+(?:\.[^\s@\"(),:;<>\[\]\\.\x00-\x1f]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
LONGEST_LOCAL = 64
LONGEST_DOMAIN = 253


@dataclass(frozen=True)
class Problem:
    """Something wrong, and where: `email`, `touchpoints[2].occurred_at`; "" is the whole."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Refused(ValueError):
    """A payload that is no lead request; `problems` are all that is wrong with it."""

    def __init__(self, problems: list[Problem] | tuple[Problem, ...]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - 3
        told = " ".join(str(problem) for problem in self.problems[:3])
        super().__init__(f"{told} And {more} more." if more > 0 else told)


@dataclass(frozen=True)
class Touch:
    """One thing a lead did. Times are UTC."""

    signal: str
    occurred_at: dt.datetime
    url: str = ""
    seconds: float | None = None
    campaign: str = ""
    offer: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Enquiry:
    """A lead request, understood. `values` are normalised and never blank: catalogue fields that
    may be sent, `first_name`, `last_name` and `domain`. `unread`: raw texts of unreadable values.
    """

    email: str
    external_id: str
    phone: str
    values: dict[str, Any]
    occurred_at: dt.datetime
    unread: dict[str, str] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    touches: tuple[Touch, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def phone_identity(self) -> str:
        """The phone number, if it can tell a person apart: “n/a” cannot."""
        return self.phone if is_number(self.phone) else ""


def is_number(phone: str) -> bool:
    return sum(character.isdigit() for character in phone) >= FEWEST_DIGITS


def read_lead(payload: Any, *, received_at: dt.datetime) -> Enquiry:
    """The payload as an enquiry. Raises Refused with all problems at once."""
    if not isinstance(payload, dict):
        raise Refused([Problem("", "A lead is an object of names and values.")])
    problems = [] if _is_sound(payload) else list(wrong_text(payload))
    if problems:
        raise Refused(problems)
    reader = _Reader(payload, received_at, problems)
    enquiry = reader.enquiry()
    if problems:
        raise Refused(problems)
    return enquiry


def wrong_text(value: Any, place: str = "", depth: int = 0) -> Iterator[Problem]:
    """What no text may hold (NUL, half a surrogate pair), and nesting without end."""
    if isinstance(value, str):
        if "\0" in value:
            yield Problem(place, "Text must not hold a NUL character.")
        elif not value.isascii() and not is_whole(value):
            yield Problem(place, "Text must not hold half a character (a lone surrogate).")
    elif isinstance(value, dict | list):
        if depth >= DEEPEST:
            yield Problem(place, f"Nested more than {DEEPEST} levels deep.")
            return
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            if isinstance(key, str):
                yield from wrong_text(key, f"{place} (a name)".strip(), depth)
            if isinstance(inner, str | dict | list):
                yield from wrong_text(inner, _inside(place, key), depth + 1)


def _is_sound(value: Any, depth: int = 0) -> bool:
    """Whether `wrong_text` has nothing to say, asked quickly since that is nearly always so."""
    kind = type(value)
    if kind is str:
        return "\0" not in value and (value.isascii() or is_whole(value))
    if kind is dict:
        if depth >= DEEPEST:
            return False
        for key, inner in value.items():
            if not (_is_sound(key, depth) and _is_sound(inner, depth + 1)):
                return False
    elif kind is list:
        if depth >= DEEPEST:
            return False
        for inner in value:
            if not _is_sound(inner, depth + 1):
                return False
    return True


def is_whole(text: str) -> bool:
    """Whether no character of a text is half of one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _inside(place: str, key: Any) -> str:
    if isinstance(key, int):
        return f"{place}[{key}]"
    name = ascii(key)[1:-1][:60]
    return f"{place}.{name}" if place else name


def moment(value: Any) -> dt.datetime:
    """An ISO-8601 time in UTC; without a zone it is read as UTC. Raises ValueError."""
    if isinstance(value, dt.datetime):
        found = value
    elif isinstance(value, str):
        found = dt.datetime.fromisoformat(value.strip())
    else:
        raise ValueError("no text")
    if found.tzinfo is None:
        return found.replace(tzinfo=dt.UTC)
    try:
        return found.astimezone(dt.UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def blank(value: Any) -> bool:
    """Whether a value says nothing: null, or no more than spaces."""
    return value is None or (isinstance(value, str) and not value.strip())


@dataclass
class _Reader:
    """Reads one payload; what is wrong goes to `problems`."""

    payload: dict[str, Any]
    received_at: dt.datetime
    problems: list[Problem]

    def enquiry(self) -> Enquiry:
        email, external_id = self._email(), self._text("external_id")
        values, unread = self._values()
        phone = self._phone(values.get("country"))
        if not (email or external_id or is_number(phone)) and not self.problems:
            self._wrong(
                "phone" if phone else "email",
                f"“{phone}” is no phone number, and there is no email or external_id."
                if phone
                else "At least one of email, external_id and phone is needed.",
            )
        occurred_at = self._time("occurred_at", self.payload.get("occurred_at"), self.received_at)
        return Enquiry(
            email=email,
            external_id=external_id,
            phone=phone,
            values=values,
            occurred_at=occurred_at,
            unread=unread,
            answers=self._answers(),
            touches=self._touches(occurred_at),
            notes=tuple(
                f"{name}: “{text[:200]}” could not be read" for name, text in unread.items()
            ),
        )

    def _wrong(self, place: str, message: str) -> None:
        self.problems.append(Problem(place, message))

    def _text(self, name: str, holder: dict[str, Any] | None = None, place: str = "") -> str:
        """The trimmed text of a key, "" where blank; numbers are taken as their text."""
        value = (self.payload if holder is None else holder).get(name)
        if type(value) is str and len(value) <= SHORT and value.isascii():
            return value.strip()
        if value is None:
            return ""
        if not isinstance(value, str):
            if isinstance(value, dict | list):
                self._wrong(place or name, "This must be a text.")
                return ""
            value = str(value).lower() if isinstance(value, bool) else str(value)
        text = value.strip() if value.isascii() else unicodedata.normalize("NFC", value).strip()
        if len(text) > LONGEST.get(name, len(text)):
            self._wrong(place or name, f"Longer than {LONGEST[name]} characters.")
            return ""
        return text

    def _email(self) -> str:
        text = self._text("email")
        if not text:
            return ""
        address = str(fields.normalise("email", text) or "")
        local, _, domain = address.rpartition("@")
        fits = len(local.encode()) <= LONGEST_LOCAL and len(domain) <= LONGEST_DOMAIN
        if not fits or not ADDRESS.fullmatch(address):
            self._wrong("email", f"“{text[:100]}” is no email address.")
            return ""
        return address

    def _phone(self, country: Any) -> str:
        text = self._text("phone")
        return fields.phone(text, country if isinstance(country, str) else None) if text else ""

    def _values(self) -> tuple[dict[str, Any], dict[str, str]]:
        values: dict[str, Any] = {}
        unread: dict[str, str] = {}
        payload = self.payload
        for name in NAMES:
            if name in payload and (text := self._text(name)):
                values[name] = text
        for name in TEXTS:
            if name in payload and (text := self._text(name)):
                value = fields.normalise(name, text)
                if not blank(value):
                    values[name] = value
                else:
                    unread[name] = text
        for name in MEASURES:
            if blank(raw := payload.get(name)):
                continue
            if isinstance(raw, dict | list):
                self._wrong(name, "This must be a single value.")
                continue
            value = fields.normalise(name, raw)
            if value is None:
                unread[name] = str(raw)
            else:
                values[name] = value
        return values, unread

    def _answers(self) -> dict[str, Any]:
        given = self.payload.get("answers")
        if given is not None and not isinstance(given, dict):
            self._wrong("answers", "Answers are an object of questions and answers.")
            given = None
        other = {key: value for key, value in self.payload.items() if key not in KNOWN_KEYS}
        return {key: value for key, value in {**other, **(given or {})}.items() if not blank(value)}

    def _time(self, place: str, value: Any, default: dt.datetime) -> dt.datetime:
        if blank(value):
            return default
        try:
            found = moment(value)
        except ValueError:
            shown = str(value)[:60]
            self._wrong(place, f"“{shown}” is no ISO-8601 time such as 2026-10-12T14:00:00Z.")
            return default
        if found < EARLIEST:
            self._wrong(place, "This is before 1990.")
        elif found > self.received_at + AHEAD:
            self._wrong(place, "This is more than 5 minutes ahead.")
        return min(found, self.received_at)

    def _touches(self, occurred_at: dt.datetime) -> tuple[Touch, ...]:
        given = self.payload.get("touchpoints")
        if given is None:
            return ()
        if not isinstance(given, list):
            self._wrong("touchpoints", "Touchpoints are a list.")
            return ()
        if len(given) > MOST_TOUCHES:
            self._wrong("touchpoints", f"At most {MOST_TOUCHES} touchpoints come with a lead.")
            return ()
        touches = [
            self.touch(row, f"touchpoints[{place}]", occurred_at) for place, row in enumerate(given)
        ]
        return tuple(touch for touch in touches if touch is not None)

    def touch(self, row: Any, place: str, occurred_at: dt.datetime) -> Touch | None:
        """One touchpoint; `occurred_at` where it names no time of its own."""
        dot = f"{place}." if place else ""
        if not isinstance(row, dict):
            self._wrong(place, "A touchpoint is an object with a signal.")
            return None
        signal = self._text("signal", row, f"{dot}signal")
        if not signal or len(signal) > LONGEST_SIGNAL:
            wrong = f"Longer than {LONGEST_SIGNAL} characters." if signal else "A signal is needed."
            self._wrong(f"{dot}signal", wrong)
            return None
        texts = {name: self._text(name, row, f"{dot}{name}") for name in TOUCH_TEXTS}
        return Touch(
            signal=signal,
            occurred_at=self._time(f"{dot}occurred_at", row.get("occurred_at"), occurred_at),
            seconds=_seconds(row.get("seconds")),
            **texts,
        )


def read_touch(row: dict[str, Any], *, received_at: dt.datetime) -> Touch:
    """One touchpoint by itself. Raises Refused with all problems at once."""
    problems = list(wrong_text(row))
    reader = _Reader({}, received_at, problems)
    touch = None if problems else reader.touch(row, "", received_at)
    if touch is None or problems:
        raise Refused(problems)
    return touch


def _seconds(value: Any) -> float | None:
    """A length in seconds; None where it cannot be read."""
    if isinstance(value, bool) or blank(value):
        return None
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None

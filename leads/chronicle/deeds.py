"""What a lead did, in order and in plain language."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.utils import timezone

from handoff.labels import humanise
from handoff.words import count_of, short_span
from leads.models import Touchpoint

from .pages import NOBODY_SAID, Names, Page, is_pricing, page_of

TIMES = {2: "twice", 3: "three times", 4: "four times", 5: "five times"}
SOMETHING = re.compile(
    r"^(?P<verb>Read|Looked at|Viewed|Visited|Watched|Opened|Downloaded|Attended|Registered for)"
    r" an? .+$"
)
LOOKED = re.compile(r"^(?:Read|Looked at|Viewed|Visited|Watched) (?P<thing>.+)$")
VISITED = re.compile(r"^(?:Read|Looked|Viewed|Visited|Watched|Came back)|page|visit|view", re.I)
OPENED = "email_open"


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the lead did, perhaps several times in a row on one day.

    `is_trigger`: it started the hand-over; `is_since`: it came after the hand-over.
    """

    at: dt.datetime
    said: str
    detail: str
    signal: str = ""
    is_trigger: bool = False
    is_since: bool = False
    times: int = 1

    @property
    def in_text(self) -> str:
        """In the middle of a sentence: “read the ERP integration page twice”."""
        again = f" {_times(self.times)}" if self.times > 1 else ""
        return f"{self.said[:1].lower()}{self.said[1:]}{again}"


@dataclass(frozen=True, slots=True)
class Way:
    """What they did: `deeds`, oldest first, and what is told of all of it beside them."""

    deeds: Sequence[Deed] = ()
    notes: Sequence[str] = ()

    @property
    def trigger(self) -> Deed | None:
        return next((deed for deed in self.deeds if deed.is_trigger), None)

    def since(self, moment: dt.datetime) -> "Way":
        """What they did after a moment."""
        return Way([deed for deed in self.deeds if deed.at > moment])


def way(
    touchpoints: Sequence[Touchpoint],
    names: Mapping[str, str],
    trigger_at: dt.datetime | None,
    silent: Collection[str] = (),
    pages: Names = NOBODY_SAID,
) -> Way:
    """What `touchpoints` (oldest first) tell; `pages`: what marketing calls them. Email opens and
    other signals that are `silent`, which no definition counts, are told once, beside the rest."""

    def is_quiet(one: Touchpoint) -> bool:
        return one.signal in silent or one.signal.startswith(OPENED)

    loud = [one for one in touchpoints if not is_quiet(one)]
    quiet = [one for one in touchpoints if is_quiet(one)]
    notes = [*_pricing(loud), *_uncounted(quiet, names)]
    return Way(deeds(loud, names, trigger_at, pages), notes)


def deeds(
    touchpoints: Iterable[Touchpoint],
    names: Mapping[str, str],
    trigger_at: dt.datetime | None,
    pages: Names = NOBODY_SAID,
) -> list[Deed]:
    """What `touchpoints` (oldest first) tell, the same thing in a row on one day told once.

    `names` are the labels of signals; a signal without one is read from its key. The last deed not
    later than `trigger_at` is the one that started the hand-over.
    """
    told = list(_told(touchpoints, names, pages))
    if trigger_at is None:
        return told
    before = [n for n, deed in enumerate(told) if deed.at <= trigger_at]
    since = before[-1] + 1 if before else 0
    told[since:] = [replace(deed, is_since=True) for deed in told[since:]]
    if before:
        told[since - 1] = replace(told[since - 1], is_trigger=True)
    return told


def _told(
    touchpoints: Iterable[Touchpoint], names: Mapping[str, str], called: Names
) -> Iterator[Deed]:
    seen: dict[tuple[str, str], dt.date] = {}
    for (signal, day), group in groupby(touchpoints, key=_same):
        rows = list(group)
        pages = _pages(rows, called)
        page = pages[0] if len(pages) == 1 else None
        place = (signal, page.name if page else "")
        label = names.get(signal) or humanise(signal)
        said = _named(label, page)
        away = (day - seen[place]).days if place in seen else None
        if away is not None:
            said = _again(said)
        seen[place] = day
        yield Deed(
            rows[-1].occurred_at,
            said,
            _detail(rows, said, pages, away or 0),
            signal,
            times=len(rows),
        )


def _same(touchpoint: Touchpoint) -> tuple[str, dt.date]:
    return touchpoint.signal, timezone.localtime(touchpoint.occurred_at).date()


def _pages(rows: Iterable[Touchpoint], called: Names) -> list[Page]:
    """The pages of some deeds, each once, by what marketing calls them, else their sender."""
    found: dict[str, Page] = {}
    for row in rows:
        if (page := page_of(row.url, called)) is not None:
            page = page.called(row.detail)
            found.setdefault(page.name.casefold(), page)
    return list(found.values())


def _named(label: str, page: Page | None) -> str:
    """A label with the page in it: “Read an integration page” becomes “Read the ERP integration
    page”; one that names its thing already stays."""
    something = SOMETHING.match(label)
    if something is None or page is None or not page.leaf:
        return label
    return f"{something['verb']} the {page.name}"


def _again(said: str) -> str:
    """The same, done another day: “Came back to pricing”, “Asked for a demo again”."""
    looked = LOOKED.match(said)
    return f"Came back to {looked['thing']}" if looked else f"{said} again"


def _detail(rows: Sequence[Touchpoint], said: str, pages: Sequence[Page], away: int) -> str:
    newest = rows[-1]
    parts = [_after(away)] if away else []
    if len(rows) > 1:
        parts.append(_times(len(rows)))
    seconds = sum(row.seconds or 0 for row in rows)
    if seconds:
        parts.append(short_span(seconds) + (" in all" if len(rows) > 1 else ""))
    parts += [name for name in _page_names(pages, said) if not _says(said, name)]
    if newest.detail and not _says(said, newest.detail):
        parts.append(newest.detail)
    elif newest.campaign and not pages:
        parts.append(newest.campaign)
    detail = ", ".join(dict.fromkeys(parts))
    return f"{detail[:1].upper()}{detail[1:]}"


def _page_names(pages: Sequence[Page], said: str) -> list[str]:
    """Names that tell more than the deed; where somebody asked or started something, that it was on
    this or that page tells nothing."""
    if len(pages) > 1:
        return [page.leaf or page.kind for page in pages[:3]]
    telling = [page for page in pages if page.kind != "page" or VISITED.search(said)]
    return [page.name for page in telling if page.leaf]


def _says(said: str, name: str) -> bool:
    """Whether every word of a name is in a sentence already."""
    told = set(re.findall(r"\w+", said.casefold()))
    return told.issuperset(set(re.findall(r"\w+", name.casefold())) - {"page"})


def _times(number: int) -> str:
    return TIMES.get(number, f"{number} times")


def _after(days: int) -> str:
    return "the next day" if days == 1 else f"after {days} days"


def _pricing(rows: Iterable[Touchpoint]) -> Iterator[str]:
    """How long they looked at prices in all, where they did more than once or a time is known."""
    found = [row for row in rows if is_pricing(row.signal, row.url)]
    seconds = sum(row.seconds or 0 for row in found)
    if len(found) < 2 and not seconds:
        return
    days = len({timezone.localtime(row.occurred_at).date() for row in found})
    spread = f" on {days} days" if days > 1 else ""
    lasted = f", {short_span(seconds)} in all" if seconds else ""
    yield f"On pricing: {count_of(len(found), 'visit')}{spread}{lasted}."


def _uncounted(rows: Sequence[Touchpoint], names: Mapping[str, str]) -> Iterator[str]:
    opens = sum(row.signal.startswith(OPENED) for row in rows)
    if opens:
        yield f"Opened {count_of(opens, 'email')}: opening never counts towards a hand-over."
    others = [row.signal for row in rows if not row.signal.startswith(OPENED)]
    for signal in dict.fromkeys(others):
        label = names.get(signal) or humanise(signal)
        yield f"{label}, {count_of(others.count(signal), 'time')}: counts for nothing."

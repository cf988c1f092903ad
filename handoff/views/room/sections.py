"""The sections of the room: every row as a sentence, what changed in it, and what is wrong with it.

Pure but for `names_of`, which looks up what teams, reasons and tracks are called.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from handoff.complaints import CONDITION, Complaint
from handoff.differences import ORDERED
from handoff.models import Reason, Team, Track
from handoff.models.definition import Document
from handoff.rules.faults import Fault

from .naming import Misnamed, misnamed
from .reading import typed_of
from .telling import IN_SENTENCE, Names, Part, drawn, labels_in, marked, plain, told


@dataclass(frozen=True)
class About:
    """What a section is called, and what its order means."""

    key: str
    title: str
    says: str
    icon: str
    noun: str
    empty: str

    @property
    def reaches(self) -> bool:
        """Whether its rows hold for some leads."""
        return self.key != "tiers"


SECTIONS = (
    About(
        "fit",
        "Ideal customer",
        "Points add up to fit, 0 to 100",
        "target",
        "criterion",
        "Add who fits (industry, size, country, role) and who never does, with points below 0.",
    ),
    About(
        "signals",
        "Signals",
        "Points fade by half-life; repeats are capped",
        "activity",
        "signal",
        "Add what shows intent: a demo request, a visit to pricing, an answered email.",
    ),
    About(
        "motions",
        "Motions",
        "First that holds is the lead’s",
        "arrows-exchange",
        "motion",
        "Add a sales motion where some leads are sold to in another way, such as enterprise.",
    ),
    About(
        "decide",
        "Status rules",
        "First that holds decides",
        "list-check",
        "status rule",
        "Add a rule; the last one has no conditions, so that it always holds.",
    ),
    About(
        "route",
        "Routing",
        "First that holds and can take it",
        "route",
        "routing rule",
        "Add who gets what is handed over; the last rule has no conditions.",
    ),
    About(
        "tiers",
        "Response tiers",
        "In time of the owner’s calendar; an earlier tier is more urgent",
        "clock",
        "tier",
        "Add how fast an answer is owed; status rules name the tier.",
    ),
)


@dataclass(frozen=True)
class RowView:
    """A row as the page shows it. `change`: "", new or changed; `place` counts from 0."""

    section: str
    place: int
    key: str
    said: str
    html: SafeString
    label: str
    change: str
    is_last: bool
    faults: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    misnamed: Misnamed | None = None

    @property
    def order(self) -> int:
        return self.place + 1

    @property
    def id(self) -> str:
        return f"row-{self.section}-{self.key}"


@dataclass(frozen=True)
class GoneRow:
    """A row that the live version has and this one does not."""

    key: str
    said: str
    place: int
    row: str


@dataclass
class SectionView:
    """A section with its rows. `reordered`: the rows both have stand in another order."""

    about: About
    rows: list[RowView]
    gone: list[GoneRow]
    reordered: bool
    faults: list[str]
    open_place: int | None = None

    @property
    def key(self) -> str:
        return self.about.key

    @property
    def changes(self) -> int:
        changed = sum(1 for row in self.rows if row.change)
        return changed + len(self.gone) + (1 if self.reordered else 0)


def names_of(document: Document) -> Names:
    """What the keys that the document may name are called."""
    return Names(
        teams=dict(Team.objects.values_list("key", "name")),
        reasons=dict(Reason.objects.values_list("key", "label")),
        tracks=dict(Track.objects.values_list("key", "label")),
        **labels_in(document),
    )


def renamed(names: Names, document: Document) -> Names:
    """The same names of what stands outside, with the labels of another document."""
    return Names(
        teams=names.teams, reasons=names.reasons, tracks=names.tracks, **labels_in(document)
    )


def sections_of(
    document: Document, base: Document | None, names: Names, complaints: Iterable[Complaint]
) -> list[SectionView]:
    """Every section of a document, its changes against `base` marked."""
    said = list(complaints)
    old_names = renamed(names, base or {})
    return [_section(about, document, base, names, old_names, said) for about in SECTIONS]


def _section(
    about: About,
    document: Document,
    base: Document | None,
    names: Names,
    old_names: Names,
    complaints: list[Complaint],
) -> SectionView:
    rows = document.get(about.key) or []
    before = {row["key"]: row for row in (base or {}).get(about.key) or []}
    here = [one for one in complaints if one.section == about.key]
    views = [
        _row(about.key, place, row, len(rows), names, here, (base is not None, before, old_names))
        for place, row in enumerate(rows)
    ]
    keys = [row["key"] for row in rows]
    gone = [
        GoneRow(key, plain(told(about.key, row, old_names)), place, json.dumps(row))
        for place, (key, row) in enumerate(before.items())
        if key not in keys
    ]
    kept = [key for key in before if key in keys]
    moved = about.key in ORDERED and kept != [key for key in keys if key in before]
    whole = [one.text for one in here if one.place is None]
    return SectionView(about, views, gone, moved, whole)


def _row(
    section: str,
    place: int,
    row: Document,
    count: int,
    names: Names,
    complaints: list[Complaint],
    against: tuple[bool, dict[str, Document], Names],
) -> RowView:
    compared, before, old_names = against
    parts = sentence_of(section, row, names)
    old = before.get(row["key"])
    change, html = "", drawn(parts)
    if compared and old is None:
        change = "new"
    elif old is not None and typed_of(section, old) != typed_of(section, row):
        change, html = "changed", marked(sentence_of(section, old, old_names), parts)
    here = [one for one in complaints if one.place == place]
    return RowView(
        section=section,
        place=place,
        key=row["key"],
        said=plain(told(section, row, names)),
        html=html,
        label="" if section in IN_SENTENCE else row.get("label", ""),
        change=change,
        is_last=place == count - 1,
        faults=[one.text for one in here if one.is_fault],
        doubts=[one.text for one in here if not one.is_fault],
        misnamed=misnamed(section, row, old, names) if compared else None,
    )


def sentence_of(section: str, row: Document, names: Names) -> list[Part]:
    """A row's sentence, with its label where the sentence does not say it."""
    parts = told(section, row, names)
    if section not in IN_SENTENCE and row.get("label"):
        parts.append(Part(f" {row['label']}", "small"))
    return parts


def faults_by_place(faults: Iterable[Fault]) -> dict[str, list[str]]:
    """Faults of one row by the part of its form they belong to: `points`, `when[0]`, or ""."""
    found: dict[str, list[str]] = {}
    for fault in faults:
        condition = CONDITION.match(fault.place)
        name = f"when[{condition[1]}]" if condition else re.split(r"[.\[]", fault.place)[0]
        found.setdefault(name, []).append(fault.message)
    return found

"""Everything that is found for one person, and what of it is known."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from reviews.models import KnownGap

from . import hours, load, rules, segments, standing
from .finding import AREAS, Finding, Span
from .hours import Week


@dataclass(frozen=True)
class Told:
    """A finding, and the mark that it is known, where one stands."""

    finding: Finding
    known: KnownGap | None = None


@dataclass(frozen=True)
class Audit:
    """What is found: to be mended (`open`), known for a while, and the weeks of the teams."""

    open: list[Told]
    known: list[Told]
    weeks: list[Week]

    @property
    def by_area(self) -> list[tuple[str, str, list[Told]]]:
        """The open findings under their headings, what presses most first."""
        grouped = [
            (area, title, [one for one in self.open if one.finding.area == area])
            for area, title in AREAS.items()
        ]
        return [one for one in grouped if one[2]]


def audit(span: Span) -> Audit:
    """Look everywhere."""
    weeks = hours.weeks(span)
    found = [
        *standing.left(span),
        *standing.unseen(span),
        *segments.unserved(span),
        *load.over(span),
        *hours.unworked(span, weeks),
        *rules.fallen(span),
        *rules.unreached(span),
    ]
    told = _marked(found, at=span.at)
    return Audit(
        open=[one for one in told if one.known is None],
        known=[one for one in told if one.known is not None],
        weeks=weeks,
    )


def _marked(found: Iterable[Finding], *, at: dt.datetime) -> list[Told]:
    known = {gap.finding: gap for gap in KnownGap.objects.standing(at=at)}
    return [Told(one, known.get(one.key)) for one in found]

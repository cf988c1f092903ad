"""The look the worker takes: alerts open, are told once, follow what is answered, and close.

May run as often as one likes, in two workers at once too: one open alert a part is a unique
constraint, and whoever did not make the row tells nobody of it.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from handoff.models import DefinitionVersion
from reviews.asking import Names
from reviews.measures import rejecting
from reviews.measures.intervals import Share, share
from reviews.measures.promises import NONE
from reviews.measures.rejecting import Part, Span
from reviews.models import Alert, AlertRule

from . import telling
from .deciding import closes, opens
from .ruling import rule_in_force

TOGETHER = "All hand-overs"
SCORES = ("fit", "intent")
MOST_REASONS = 3


@dataclass(frozen=True)
class Look:
    """What was answered in the days before `at`, by the rule of that moment."""

    at: dt.datetime
    rule: AlertRule
    shares: dict[Part, Share]

    @property
    def span(self) -> Span:
        return span_of(self.rule.days, self.at)


def span_of(days: int, at: dt.datetime) -> Span:
    """The days before a moment."""
    return Span(at - dt.timedelta(days=days), at)


def look(*, at: dt.datetime) -> Look:
    """Count what was answered, and change nothing."""
    rule = rule_in_force()
    return Look(at, rule, rejecting.shares(span_of(rule.days, at), rule.dimensions))


def watch(*, at: dt.datetime) -> int:
    """Open and close alerts by what was answered until `at`; how many opened or closed."""
    seen = look(at=at)
    with transaction.atomic():
        changed = sum(
            _follow(one, seen) for one in Alert.objects.filter(closed_at=None).order_by("pk")
        )
        opened = _opened(seen)
        telling.tell(opened, at=at)
    return changed + len(opened)


def name_of(part: Part, names: Names) -> str:
    """“Webinar”, “Fit 10 to 19”; all together have a name too."""
    if not part.dimension:
        return TOGETHER
    told = names.of(part.dimension, part.key)
    is_band = part.dimension in SCORES and part.key != NONE
    return f"{part.dimension.capitalize()} {told}" if is_band else told


def _opened(seen: Look) -> list[Alert]:
    """The alerts that this look opens, in the order of their parts, so that two looks at once do
    not wait for each other."""
    standing = set(Alert.objects.filter(closed_at=None).values_list("dimension", "key"))
    over = [
        part
        for part, found in seen.shares.items()
        if opens(found, threshold=seen.rule.threshold)
        and (part.dimension, part.key) not in standing
    ]
    if not over:
        return []
    live, names = DefinitionVersion.objects.live().first(), Names()
    ordered = sorted(over, key=lambda part: (part.dimension, part.key))
    made = (_open(seen, part, name_of(part, names), live) for part in ordered)
    return [one for one in made if one is not None]


def _open(seen: Look, part: Part, name: str, live: DefinitionVersion | None) -> Alert | None:
    """A new alert; None where somebody else opened it a moment ago."""
    found = seen.shares[part]
    made = Alert(
        dimension=part.dimension,
        key=part.key,
        name=name,
        version=live,
        opened_at=seen.at,
        **{f"opened_{column}": value for column, value in _figures(seen, found).items()},
        **_found(seen, part, found),
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        if not Alert.objects.filter(dimension=part.dimension, key=part.key, closed_at=None):
            raise
        return None
    return made


def _follow(alert: Alert, seen: Look) -> bool:
    """Keep what an open alert stands at now, and close it where it holds no more; whether it
    closed. A look that is older than the one kept changes nothing."""
    part = Part(alert.dimension, alert.key)
    if part.dimension and part.dimension not in seen.rule.dimensions:
        because, kept = str(Alert.Because.UNWATCHED), dict[str, Any]()
    else:
        found = seen.shares.get(part, share(0, 0))
        because = closes(found, threshold=seen.rule.threshold)
        kept = _found(seen, part, found)
    if because:
        kept |= {"closed_at": seen.at, "closed_because": because}
    held = Alert.objects.filter(pk=alert.pk, closed_at=None, looked_at__lt=seen.at)
    return bool(held.update(**kept)) and bool(because)


def _found(seen: Look, part: Part, found: Share) -> dict[str, Any]:
    """What a look found of a part, as an alert keeps it."""
    reasons = rejecting.reasons(seen.span, part, most=MOST_REASONS)
    return {**_figures(seen, found), "looked_at": seen.at, "reasons": reasons}


def _figures(seen: Look, found: Share) -> dict[str, Any]:
    return {
        "threshold": seen.rule.threshold,
        "days": seen.rule.days,
        "rejected": found.count,
        "answered": found.n,
        "low": found.low,
        "high": found.high,
    }

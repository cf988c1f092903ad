"""What each publication did: how sales answered under the former version, and under this one.

A hand-over counts for the version that judged it, in the weeks before or after the publication in
which that version was the law. Only what marketing handed over counts, not what sales passed on.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from handoff import statements
from handoff.checklists import FIRST_STEP
from handoff.publications import Publication
from handoff.words import number, span

from .answers import ANSWER_KEPT, ANSWERED
from .intervals import Share, confidence_of, difference, share
from .rates import differ, rate

SPAN = dt.timedelta(weeks=8)
"""The longest time looked at on each side of a publication."""

WEEK = dt.timedelta(weeks=1)

COUNTED = f"""
SELECT side.place, side.is_after, {ANSWER_KEPT} AS answer, reason.key,
    reason.label, count(*)
FROM unnest(%s::int[], %s::boolean[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
    AS side(place, is_after, version_id, since, until)
JOIN leads_promise p ON p.version_id = side.version_id
    AND p.made_at >= side.since AND p.made_at < side.until
LEFT JOIN handoff_reason reason ON reason.id = p.reason_id AND p.state = 'rejected'
WHERE p.step = '{FIRST_STEP}' AND (%s::boolean OR NOT p.historical)
GROUP BY 1, 2, 3, 4, 5"""


@dataclass
class Side:
    """What was handed over under one version from `since` to `until`, by answer, and the rejected
    by reason."""

    version_id: int
    number: int
    since: dt.datetime
    until: dt.datetime
    answers: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def handed(self) -> int:
        return sum(self.answers.values())

    @property
    def answered(self) -> int:
        return sum(self.answers.get(answer, 0) for answer in ANSWERED)

    @property
    def length(self) -> dt.timedelta:
        return self.until - self.since

    @property
    def span(self) -> str:
        """How long it was looked at: “8 weeks”, “5 days”."""
        weeks = self.length / WEEK
        return f"{number(weeks)} weeks" if weeks >= 2 else span(self.length)


@dataclass(frozen=True)
class Moved:
    """One figure before and after, in words: “61% (n 212) → 72% (n 180)”, its intervals, and what
    can be said of the difference."""

    label: str
    figures: str
    spread: str
    said: str
    is_sure: bool


@dataclass(frozen=True)
class Effect:
    """What a publication did. `is_over`: no more hand-overs will count; `labels`: what the reasons
    are called."""

    before: Side
    after: Side
    is_over: bool
    labels: dict[str, str] = field(default_factory=dict)

    @cached_property
    def moved(self) -> tuple[Moved, ...]:
        """Accepted, rejected, the reason that moved most, and handed over a week; nothing where
        nobody was handed over."""
        return tuple(self._moved()) if self.before.handed or self.after.handed else ()

    def of_reason(self, key: str, *, looked_at: int) -> Moved:
        """How the share of the answered that were rejected for a reason moved, one of so many
        reasons `looked_at`."""
        counts = (one.reasons.get(key, 0) for one in self.sides)
        return self._share("Such rejections", *counts, looked_at=looked_at)

    def _moved(self) -> Iterator[Moved]:
        for label, answer in (("Accepted by sales", "accepted"), ("Rejected by sales", "rejected")):
            yield self._share(label, *(one.answers.get(answer, 0) for one in self.sides))
        if reason := self._reason():
            label = f"Rejected as “{self.labels[reason]}”, which moved most"
            counts = (one.reasons.get(reason, 0) for one in self.sides)
            yield self._share(label, *counts, looked_at=len(self._reasons))
        yield self._weekly()

    @property
    def sides(self) -> tuple[Side, Side]:
        return self.before, self.after

    @property
    def _reasons(self) -> set[str]:
        return {*self.before.reasons, *self.after.reasons}

    def _reason(self) -> str | None:
        """The reason whose share of the answered moved most; none before both can be told."""
        shares = {
            key: [share(one.reasons.get(key, 0), one.answered) for one in self.sides]
            for key in sorted(self._reasons)
        }
        enough = {key: two for key, two in shares.items() if all(one.is_enough for one in two)}
        return max(enough, key=lambda key: _distance(*enough[key]), default=None)

    def _share(self, label: str, before: int, after: int, *, looked_at: int = 1) -> Moved:
        """`looked_at`: the figures of which this one was chosen; chance has as many tries."""
        confidence = confidence_of(looked_at)
        counts = ((before, self.before), (after, self.after))
        was, now = (share(count, one.answered, confidence=confidence) for count, one in counts)
        found = difference(was, now)
        figures = f"{_percent(was)} → {_percent(now)}"
        if found is None or not (was.is_enough and now.is_enough):
            return Moved(label, figures, "", self._too_few("answered", was.n, now.n), is_sure=False)
        ends = f"{_points(found.low)} to {_points(found.high)} points"
        verdict = "more than chance" if found.is_sure else "may be chance"
        spread = f"{_range(was)} before, {_range(now)} after"
        return Moved(label, figures, spread, f"{verdict}, {ends}", found.is_sure)

    def _weekly(self) -> Moved:
        label = "Handed over a week"
        if not all(one.length for one in self.sides):
            return Moved(label, "– → –", "", "Too early to tell", is_sure=False)
        was, now = (rate(one.handed, one.length / WEEK) for one in self.sides)
        figures = " → ".join(f"{_a_week(one.value)} (n {one.count:,})" for one in (was, now))
        if not (was.is_enough and now.is_enough):
            said = self._too_few("handed over", was.count, now.count)
            return Moved(label, figures, "", said, is_sure=False)
        is_sure = differ(was, now)
        verdict = "more than chance" if is_sure else "may be chance"
        ends = (f"{_a_week(one.low)} to {_a_week(one.high)}" for one in (was, now))
        return Moved(label, figures, "{} before, {} after".format(*ends), verdict, is_sure)

    def _too_few(self, what: str, before: int, after: int) -> str:
        lead = "Too few to tell" if self.is_over else "Too early to tell"
        return f"{lead}: {before:,} {what} before, {after:,} after"


def effects(
    log: Sequence[Publication], *, at: dt.datetime, with_past: bool = False
) -> list[Effect | None]:
    """What each publication of the whole log, newest first, did up to `at`, in one statement; None
    for the first, since nothing was before it. `with_past`: imported hand-overs count too."""
    done = effects_of(log, log, at=at, with_past=with_past)
    return [done.get(one) for one in log]


def effects_of(
    wanted: Collection[Publication],
    log: Sequence[Publication],
    *,
    at: dt.datetime,
    with_past: bool = False,
) -> dict[Publication, Effect]:
    """As `effects`, of some publications of the log; the first of all has none."""
    ends, asked = [at, *(one.at for one in log)], set(wanted)
    found = {
        one: _effect(one, former, until=until, at=at)
        for until, (one, former) in zip(ends, pairwise(log), strict=False)
        if one in asked
    }
    if found:
        _count(list(found.values()), with_past=with_past)
    return found


def _effect(
    one: Publication, former: Publication, *, until: dt.datetime, at: dt.datetime
) -> Effect:
    before = Side(former.version_id, former.number, max(former.at, one.at - SPAN), one.at)
    after = Side(one.version_id, one.number, one.at, min(until, one.at + SPAN))
    return Effect(before, after, is_over=after.until < at)


def _count(found: Sequence[Effect], *, with_past: bool) -> None:
    places = [place for place, _ in enumerate(found) for _ in range(2)]
    sides = [side for effect in found for side in effect.sides]
    rows = statements.fetch(
        COUNTED,
        [
            places,
            [side is found[place].after for place, side in zip(places, sides, strict=True)],
            [side.version_id for side in sides],
            [side.since for side in sides],
            [side.until for side in sides],
            with_past,
        ],
    )
    for place, is_after, answer, key, label, count in rows:
        effect = found[place]
        side = effect.sides[is_after]
        side.answers[answer] = side.answers.get(answer, 0) + count
        if key is not None:
            side.reasons[key] = side.reasons.get(key, 0) + count
            effect.labels[key] = label


def _distance(before: Share, after: Share) -> float:
    return abs(after.count / after.n - before.count / before.n)


def _percent(share: Share) -> str:
    """“61% (n 212)”, or of few the mere counts: “9 of 14”."""
    if not share.is_enough or share.value is None:
        return f"{share.count:,} of {share.n:,}"
    return f"{share.value:.0%} (n {share.n:,})"


def _a_week(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else number(value)


def _range(share: Share) -> str:
    return f"{100 * share.low:.0f} to {100 * share.high:.0f}%"


def _points(part: float) -> str:
    return f"{100 * part:+.0f}".replace("-", "−")

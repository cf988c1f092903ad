"""What is allowed in a definition but hardly meant: rules no lead reaches, bands that overlap or
leave a gap, hand-overs without a clock, tiers that promise nothing. Told as warnings.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .conditions import Condition, When, bounds
from .definition import CLOCKS, HANDED_OVER, REMINDED, Definition, RouteRule, Tier
from .faults import Report
from .fields import CATALOGUE

POSITIVE = ("is", "in", "contains", "starts_with", "at_least", "at_most", "between")
"""Operators that hold only for known values."""

Key = tuple[Any, ...]


def doubt(definition: Definition, place: str, report: Report) -> None:
    """Report everything doubtful about a definition without faults."""
    for section in ("motions", "decide", "route"):
        _unreachable(getattr(definition, section), f"{place}.{section}", report)
    for section in ("motions", "fit", "decide", "route"):
        ordered = section != "fit"
        _bands(getattr(definition, section), f"{place}.{section}", ordered, report)
    for index, rule in enumerate(definition.decide):
        here = f"{place}.decide[{index}]"
        if rule.status in HANDED_OVER and rule.tier is None:
            report.doubtful(here, f"“{rule.key}” hands over without a tier, so no clock runs")
        if rule.status == "disqualified" and rule.reason is None:
            report.doubtful(here, f"“{rule.key}” disqualifies without a reason")
        if rule.approve and rule.status not in HANDED_OVER:
            report.doubtful(here, f"“{rule.key}” asks for approval of what is not handed over")
    last = definition.route[-1]
    if last.to_kind == "owner_of" or last.overflow:
        what = "an owner, who may not exist" if last.to_kind == "owner_of" else "a further rule"
        report.doubtful(
            f"{place}.route[{len(definition.route) - 1}]", f"the last rule looks for {what}"
        )
    doubt_tiers(definition.tiers, place, report)


def doubt_tiers(tiers: Sequence[Tier], place: str, report: Report) -> None:
    """Report what is doubtful about the tiers of a definition, or of a further step."""
    for index, tier in enumerate(tiers):
        _tier(tier, f"{place}.tiers[{index}]", report)


def _tier(tier: Tier, here: str, report: Report) -> None:
    if not tier.clocks:
        report.doubtful(
            here,
            f"“{tier.key}” promises nothing, so no clock runs; give it minutes for one of "
            f"{', '.join(CLOCKS)}",
        )
    for clock in REMINDED:
        promised, before = tier.clocks.get(clock), tier.remind_before
        if before is not None and isinstance(promised, int) and promised <= before:
            report.doubtful(
                f"{here}.remind_before",
                f"no reminder comes {before} minutes before the end of “{clock}”, which has only "
                f"{promised}",
            )
    for clock in ("first_touch", "follow_up"):
        if not isinstance(tier.on_breach, tuple) and "reassign" in tier.actions(clock):
            report.doubtful(
                f"{here}.on_breach.{clock}", "reassign does nothing once the lead is accepted"
            )


def _unreachable(rows: Sequence[Any], place: str, report: Report) -> None:
    for index, row in enumerate(rows):
        for earlier in rows[:index]:
            if _may_pass_on(earlier) or not _implies(row.when, earlier.when):
                continue
            why = "always holds" if earlier.when is None else "holds whenever this one does"
            report.doubtful(
                f"{place}[{index}]",
                f"“{row.key}” is never reached: “{earlier.key}” before it {why}",
            )
            break


def _may_pass_on(row: Any) -> bool:
    """Whether a rule that holds may still leave the lead to later ones."""
    return isinstance(row, RouteRule) and (row.to_kind == "owner_of" or row.overflow)


def _implies(one: When | None, other: When | None) -> bool:
    """Whether `other` surely holds wherever `one` does. May say no where it does."""
    if other is None:
        return True
    if one is None:
        return False
    if one.mode == "any" and len(one.conditions) > 1:
        return all(_implies(When("all", (each,)), other) for each in one.conditions)
    surely = [any(_tighter(mine, theirs) for mine in one.conditions) for theirs in other.conditions]
    return all(surely) if other.mode == "all" else any(surely)


def _tighter(one: Condition, other: Condition) -> bool:
    """Whether a condition holds only where the other holds too."""
    if one == other:
        return True
    if (one.subject, one.is_signal) != (other.subject, other.is_signal):
        return False
    if one.is_signal:
        return _tighter_count(one, other)
    if other.test("known") is True:
        return any(operator in POSITIVE for operator, _ in one.tests)
    mine, theirs = bounds(one), bounds(other)
    values = _values(one)
    if theirs is not None:
        if mine is not None:
            return theirs[0] <= mine[0] and mine[1] <= theirs[1]
        return values is not None and all(theirs[0] <= value <= theirs[1] for value in values)
    allowed = _values(other)
    return values is not None and allowed is not None and values <= allowed


def _values(condition: Condition) -> set[Any] | None:
    """The values a condition names, folded; None where it does not name them."""
    ((operator, operand), *_) = condition.tests
    if operator not in ("is", "in"):
        return None
    named = operand if operator == "in" else (operand,)
    return {one.casefold() if isinstance(one, str) else one for one in named}


def _tighter_count(one: Condition, other: Condition) -> bool:
    mine, theirs = one.test("within_days", math.inf), other.test("within_days", math.inf)
    least, most = other.test("at_least", 0), other.test("at_most", math.inf)
    reaches = least <= 0 or (one.test("at_least", 0) >= least and mine <= theirs)
    stays = most == math.inf or (one.test("at_most", math.inf) <= most and theirs <= mine)
    return reaches and stays


class _Band(NamedTuple):
    least: float
    most: float
    key: str
    place: int

    @property
    def is_closed(self) -> bool:
        return math.isfinite(self.least) and math.isfinite(self.most)


def _bands(rows: Sequence[Any], place: str, ordered: bool, report: Report) -> None:
    """Doubt neighbouring bands of one number, among rows that are otherwise alike."""
    groups: dict[Key, list[_Band]] = {}
    for index, row in enumerate(rows):
        for group, limits in _banded(row):
            groups.setdefault(group, []).append(_Band(*limits, row.key, index))
    for (name, *_), bands in groups.items():
        if not any(band.is_closed for band in bands):
            continue
        bands.sort()
        for low, high in itertools.pairwise(bands):
            _doubt_neighbours(name, low, high, place, ordered, report)


def _banded(row: Any) -> Iterator[tuple[Key, tuple[float, float]]]:
    if row.when is None or (row.when.mode == "any" and len(row.when.conditions) > 1):
        return
    for condition in row.when.conditions:
        limits = None if condition.is_signal else bounds(condition)
        if limits is not None and limits[0] <= limits[1]:
            others = frozenset(one for one in row.when.conditions if one is not condition)
            yield (condition.subject, others, getattr(row, "motion", None)), limits


def _doubt_neighbours(
    name: str, low: _Band, high: _Band, place: str, ordered: bool, report: Report
) -> None:
    here = f"{place}[{max(low.place, high.place)}]"
    both_closed = low.is_closed and high.is_closed
    if high.least <= low.most:
        if low.least == high.least == -math.inf or low.most == high.most == math.inf:
            return
        if both_closed or not ordered:
            most = min(low.most, high.most)
            span = f"at {most:g}" if most == high.least else f"from {high.least:g} to {most:g}"
            report.doubtful(here, f"bands overlap: “{low.key}” and “{high.key}” both hold for "
                            f"{name} {span}")  # fmt: skip
        return
    step = 1 if CATALOGUE[name].integral else 0
    if high.least - low.most > step:
        report.doubtful(
            here,
            f"bands leave a gap: neither “{low.key}” nor “{high.key}” holds for {name} "
            f"between {low.most:g} and {high.least:g}",
        )

"""Shares as a meeting keeps them, so that its minutes say tomorrow what the screen said today.

A kept share is `{count, n, value, low, high, enough}`; a kept row, `{label, now, before, said,
sure}`: a share now and before, and in words whether it moved beyond chance.
"""

from typing import Any

from leads.models import Promise
from reviews.measures.intervals import Share, confidence_of, difference, share
from reviews.measures.promises import EVERYBODYS, Question

Kept = dict[str, Any]


def question_of(since: Any, until: Any) -> Question:
    """What was handed over in a time, whoever looks. The imported past counts only where there is
    nothing else."""
    made = Promise.objects.filter(made_at__gte=since, made_at__lt=until).order_by()
    only_past = not made.filter(historical=False).exists() and made.exists()
    return Question(since, until, EVERYBODYS, with_past=only_past)


def kept(one: Share) -> Kept:
    """A share as it is kept."""
    return {
        "count": one.count,
        "n": one.n,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "enough": one.is_enough,
    }


def row(label: str, now: Share, before: Share, *, looked_at: int = 1) -> Kept:
    """A share now and before. `looked_at`: of so many rows that are looked at together, so that
    chance has as many tries."""
    confidence = confidence_of(looked_at)
    was, is_ = (share(one.count, one.n, confidence=confidence) for one in (before, now))
    moved = difference(was, is_)
    told = {"label": label, "now": kept(now), "before": kept(before), "sure": False}
    if not before.n:
        return {**told, "said": "nothing before to compare with"}
    if moved is None or not (now.is_enough and before.is_enough):
        return {**told, "said": "too few to tell"}
    ends = f"{points(moved.low)} to {points(moved.high)} points"
    verdict = "more than chance" if moved.is_sure else "may be chance"
    return {**told, "said": f"{verdict}, {ends}", "sure": moved.is_sure, "by": moved.value}


def points(part: float) -> str:
    """A difference of shares in points: “+3”, “−12”."""
    return f"{100 * part:+.0f}".replace("-", "−")


def in_words(one: Kept, nothing: str) -> str:
    """“84%, 76 to 90%, n 100”, or of few the mere counts: “9 of 14, not enough data”; `nothing`
    where there is nothing to count."""
    if not one["n"]:
        return nothing
    if not one["enough"]:
        return f"{one['count']:,} of {one['n']:,}, not enough data"
    ends = f"{100 * one['low']:.0f} to {100 * one['high']:.0f}%"
    return f"{one['value']:.0%}, {ends}, n {one['n']:,}"


def sentence(one: Kept, *, nothing: str) -> str:
    """A row as the minutes say it; `nothing`: what is said of a share of nothing."""
    now, before = (in_words(one[side], nothing) for side in ("now", "before"))
    if not one["before"]["n"]:
        return f"{one['label']}: {now}. {one['said'].capitalize()}."
    return f"{one['label']}: {now}. Before: {before}. {one['said'].capitalize()}."

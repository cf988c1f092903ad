"""What the page of a finished run shows, put together for its templates."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from handoff.models import Reason, Team
from reviews.backtesting import capacity, rows
from reviews.backtesting.beside import Beside, beside
from reviews.backtesting.finding import RANKS, Finding
from reviews.measures.intervals import Difference, Share
from reviews.models import Backtest, BacktestLead
from reviews.templatetags.backtests import points_of

SHOWN = 6
SOURCES = 12
OTHERS = 20


def result_of(found: Backtest) -> dict[str, Any]:
    """Figures, matrix, movers and volumes of a run that is done."""
    result = found.result or {}
    finding = Finding(result, found.weeks)
    loads = capacity.loads(result["teams"], found.since, found.until)
    missed = list(rows.missed(found)[:SHOWN]) if finding.missed.count else []
    spared = list(rows.spared(found)[:SHOWN]) if finding.spared.count else []
    why = rows.because(found, [*missed, *spared])
    reasons = dict(Reason.objects.values_list("key", "label"))
    return {
        "finding": finding,
        "title": finding.title(str(found.version)),
        "was_name": found.was_name,
        "loads": loads,
        "most_load": capacity.scale(loads),
        "weeks": capacity.by_week(loads),
        "over": [load for load in loads if load.over],
        "missed": _with_why(missed, why),
        "spared": _with_why(spared, why),
        "reasons": reasons,
        "sources": result["sources"][:SOURCES],
        "more_sources": max(0, len(result["sources"]) - SOURCES),
        "tiers": result["tiers"],
        "rules": result["rules"],
        "flips": result["examples"],
        "flips_beside": result.get("examples_beside", ""),
        "rule_names": rows.rule_names(found),
        "tier_names": _labels(found, "tiers"),
        "team_names": dict(Team.objects.values_list("key", "name")),
        "imported": result.get("imported", 0),
        "others": list(_others(found)),
    }


def _labels(found: Backtest, section: str) -> dict[str, str]:
    return {row["key"]: row.get("label") or "" for row in found.document.get(section) or ()}


def _with_why(listed: list[BacktestLead], why: dict[int, str]) -> list[tuple[BacktestLead, str]]:
    return [(row, why.get(row.lead_id, "")) for row in listed]


def _others(found: Backtest) -> QuerySet[Backtest]:
    alike = Backtest.objects.alike(found).select_related("version")
    return alike.defer("document", "result")[:OTHERS]


def beside_of(found: Backtest, asked: str) -> dict[str, Any]:
    """Another run of the same question beside this one, where `asked` names one."""
    runs = {str(run.pk): run for run in _others(found)} if asked else {}
    if asked not in runs:
        return {}
    other = runs[asked]
    both = beside(found, other)
    crossed = both.crossed
    statuses = [status for status in RANKS if any(status in pair for pair in crossed)]
    return {
        "beside": other,
        "in_both": both.mine.total,
        "names": names_of(found, other),
        "compared": _compared(both),
        "crossed": [(a, [(b, crossed[a, b]) for b in statuses]) for a in statuses],
        "crossed_heads": statuses,
    }


def names_of(found: Backtest, other: Backtest) -> tuple[str, str]:
    """What to call two runs: the versions, and when they were asked where the version is one."""
    if found.version_id != other.version_id:
        return str(found.version), str(other.version)
    return _of_when(found), _of_when(other)


def _of_when(run: Backtest) -> str:
    asked = timezone.localtime(run.asked_at)
    return f"{run.version} of {asked.day} {asked:%b %H:%M}"


def _compared(both: Beside) -> list[tuple[str, Any, Any, Any, str]]:
    """(figure, then, this draft, the other, what the difference says)."""
    mine, theirs = both.mine, both.theirs
    counts = [
        ("Sales ready", mine.ready_was, mine.ready_would, theirs.ready_would),
        ("Closer to sales", "", mine.closer, theirs.closer),
        ("Further from sales", "", mine.further, theirs.further),
        ("Won deals missed", "", mine.missed.count, theirs.missed.count),
        ("Rejections spared", "", mine.spared.count, theirs.spared.count),
    ]
    told: list[tuple[str, Any, Any, Any, str]] = [
        (name, was, one, two, _apart(one, two)) for name, was, one, two in counts
    ]
    for name, answer in (("Accepted by sales", "accepted"), ("Rejected by sales", "rejected")):
        was, one = mine.answered(answer, "was"), mine.answered(answer, "would")
        two = theirs.answered(answer, "would")
        told.append((name, was, one, two, _sure(one, two, both.shift(answer))))
    return told


def _apart(one: int, two: int) -> str:
    return "the same" if one == two else f"{abs(two - one):,} {'more' if two > one else 'fewer'}"


def _sure(one: Share, two: Share, found: Difference | None) -> str:
    if found is None or not (one.is_enough and two.is_enough):
        return "too few to say"
    if found.low == found.high:
        return "the same leads"
    points = points_of(found)
    return points if found.is_sure else f"could be chance: {points}"

"""What a study found, in sentences."""

import math
from dataclasses import dataclass

from handoff.labels import humanise
from handoff.words import count_of
from reviews.measures.intervals import Share, share
from reviews.measures.lift.results import (
    LOWERS,
    NOTHING,
    OUTCOMES,
    RAISES,
    Examined,
    Row,
    examined,
)
from reviews.models import LiftStudy

CAME = {
    "accepted": "were accepted by sales",
    "opportunity": "became an opportunity",
    "won": "were won",
}
NAMES = {"accepted": "Accepted by sales", "opportunity": "Became an opportunity", "won": "Won"}
NOBODY = "It never held of a lead that was handed over."
KEPT_OUT = (
    "It never held of a lead that was handed over. It takes points, so it may be what keeps such"
    " leads out; this cannot tell."
)
FIRST = ("won", "opportunity", "accepted")
"""Which outcome is told first: the furthest that tells enough."""


@dataclass(frozen=True)
class Rule:
    """A rule that decided: how many were handed over by it and, by outcome, how many came to it."""

    key: str
    label: str
    shares: dict[str, Share]


def outcomes_of(study: LiftStudy) -> dict[str, Examined]:
    """What a study that is done found, by outcome."""
    kept = (study.result or {}).get("outcomes") or {}
    return {outcome: examined(kept[outcome]) for outcome in OUTCOMES if outcome in kept}


def usual(found: dict[str, Examined]) -> str:
    """The outcome to tell of where nobody asked for one."""
    told = (one for one in FIRST if one in found and not found[one].why)
    return next(told, max(FIRST, key=lambda one: found[one].yes if one in found else -1))


def title(one: Examined) -> str:
    """What is most worth knowing of an outcome, in a sentence."""
    if not one.n:
        return "No hand-over is old enough to have an outcome"
    came = CAME[one.outcome]
    for verdict in (RAISES, LOWERS):
        sure = [row for row in one.rows if row.adjusted and row.adjusted.verdict == verdict]
        if sure:
            best = max(sure, key=_distance)
            return f"Leads with “{best.clause.label}” {came} {_times(best)}"
    alone = [row for row in one.rows if row.relative.is_sure and row.adjusted is None]
    if one.why and alone:
        best = max(alone, key=_distance)
        return f"Leads with “{best.clause.label}” {came} {_times(best)}, nothing else held still"
    if one.why:
        return f"Not enough data to say which clauses go with leads that {came}"
    return f"No clause goes surely with leads that {came}, the others held still"


def proposals(one: Examined) -> list[str]:
    """What the study proposes for the definition, a sentence for each clause it would change."""
    return [_proposal(row) for row in one.rows if row.suggested not in (None, row.clause.points)]


def idle(one: Examined) -> list[tuple[Row, str]]:
    """Clauses that made no difference, and why that is said."""
    found = []
    for row in one.rows:
        if row.why == "always held":
            found.append((row, "It always held, so it told no lead from another."))
        elif row.why == "never held":
            found.append((row, KEPT_OUT if row.clause.points < 0 else NOBODY))
        elif row.adjusted and row.adjusted.verdict == NOTHING:
            found.append((row, "Surely next to nothing, with the other clauses held still."))
        elif row.adjusted and row.adjusted.verdict == LOWERS and row.clause.points > 0:
            found.append(
                (row, "It gives points, and leads with it came to the outcome less often.")
            )
    return found


def rules_of(study: LiftStudy, labels: dict[str, str]) -> list[Rule]:
    """The rules that decided, the most hand-overs first."""
    kept = (study.result or {}).get("rules") or []
    return [
        Rule(
            key,
            labels.get(key) or humanise(key),
            {one: share(counts[2 * n + 1], counts[2 * n]) for n, one in enumerate(OUTCOMES)},
        )
        for key, *counts in kept
    ]


def _distance(row: Row) -> float:
    """How far with and without are apart, in either direction."""
    return abs(math.log(row.relative.value or 1.0))


def _times(row: Row) -> str:
    one = row.relative
    n = count_of(one.with_n + one.without_n, "lead")
    return f"{one.value:.1f} times as often ({one.low:.1f} to {one.high:.1f}, {n})"


def _proposal(row: Row) -> str:
    name, now = f"“{row.clause.label}”", f"{row.clause.points:g}"
    if row.is_gone:
        return f"Take {name} out: its {now} points surely tell next to nothing."
    if row.adjusted and row.adjusted.verdict == LOWERS and row.clause.points > 0:
        return f"Give {name} {row.suggested} points instead of {now}: leads with it do worse."
    return f"Give {name} {row.suggested} points instead of {now}."

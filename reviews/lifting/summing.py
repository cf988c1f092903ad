"""What the gathered hand-overs say: read once, in the order of time, into arrays of small numbers,
and examined outcome by outcome."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from handoff import statements
from reviews.measures.lift.examining import Bands, Cases, Left, examine
from reviews.measures.lift.results import OUTCOMES, Clause
from reviews.models import LiftStudy

HORIZON = 0.8
"""By so many days this part of those that came to an outcome had come to it."""

READ_AT_ONCE = 20_000
UNTOLD = -1

HORIZONS = "SELECT " + ", ".join(
    f"percentile_cont({HORIZON}) WITHIN GROUP (ORDER BY {outcome}_days)" for outcome in OUTCOMES
) + " FROM reviews_liftlead WHERE study_id = %s"  # fmt: skip

MARK = """UPDATE reviews_liftlead row SET bands = given.bands::smallint[]
FROM unnest(%s::bigint[], %s::text[]) AS given (lead_id, bands)
WHERE row.study_id = %s AND row.lead_id = given.lead_id"""

RULES = (
    "SELECT rule, {counts} FROM reviews_liftlead WHERE study_id = %s GROUP BY 1 ORDER BY 2 DESC, 1"
)


@dataclass(frozen=True)
class Gathered:
    """Every hand-over of a study, the earliest first: its lead, when it was made (seconds), what
    counts of it, whether it was imported, and by outcome 1, 0 or UNTOLD."""

    leads: NDArray[np.int64]
    made: NDArray[np.float64]
    counts: NDArray[np.int16]
    imported: NDArray[np.int16]
    outcomes: NDArray[np.int8]


def up(study: LiftStudy, clauses: Sequence[Clause]) -> dict[str, Any]:
    """What a study found, once every hand-over is gathered."""
    gathered = _read(study, len(clauses))
    ((*horizons,),) = statements.fetch(HORIZONS, [study.pk])
    bands = np.full((len(gathered.leads), 2 * len(OUTCOMES)), UNTOLD, dtype=np.int16)
    found, cutoffs = {}, {}
    for place, outcome in enumerate(OUTCOMES):
        horizon = float(horizons[place] or 0.0)
        cutoff = study.asked_at - dt.timedelta(days=horizon)
        cutoffs[outcome] = cutoff.isoformat()
        kept, cases, left = _cases(gathered, place, cutoff, horizon)
        examined, in_bands = examine(outcome, clauses, cases, left)
        found[outcome] = examined.as_json()
        _note(bands, kept, place, in_bands)
    _mark(study, gathered.leads, bands)
    return {
        "outcomes": found,
        "until": cutoffs,
        "rules": _rules(study, cutoffs),
        "imported": int(gathered.imported.sum()),
    }


def _read(study: LiftStudy, width: int) -> Gathered:
    n = study.rows.count()
    gathered = Gathered(
        np.empty(n, dtype=np.int64),
        np.empty(n),
        np.empty((n, width), dtype=np.int16),
        np.empty(n, dtype=np.int16),
        np.empty((n, len(OUTCOMES)), dtype=np.int8),
    )
    names = ("lead_id", "made_at", "imported", "counts", *OUTCOMES)
    rows = study.rows.order_by("made_at", "lead_id").values_list(*names)
    for place, row in enumerate(rows.iterator(chunk_size=READ_AT_ONCE)):
        lead, made_at, imported, counts, *told = row
        gathered.leads[place] = lead
        gathered.made[place] = made_at.timestamp()
        gathered.imported[place] = imported
        gathered.counts[place] = counts
        gathered.outcomes[place] = [UNTOLD if one is None else one for one in told]
    return gathered


def _cases(
    gathered: Gathered, place: int, cutoff: dt.datetime, horizon: float
) -> tuple[NDArray[np.bool_], Cases, Left]:
    """Which hand-overs tell of an outcome: old enough, and not open still."""
    told = gathered.outcomes[:, place]
    is_old = gathered.made <= cutoff.timestamp()
    kept = is_old & (told != UNTOLD)
    cases = Cases(gathered.counts[kept], told[kept] == 1, gathered.imported[kept][:, None])
    left = Left(int((~is_old).sum()), int((is_old & (told == UNTOLD)).sum()), horizon)
    return kept, cases, left


def _note(bands: NDArray[np.int16], kept: NDArray[np.bool_], place: int, found: Bands) -> None:
    """Write the bands of the later part of those kept beside them."""
    places = np.flatnonzero(kept)
    judged = places[len(places) - len(found.today) :]
    bands[judged, 2 * place] = found.today
    bands[judged, 2 * place + 1] = found.suggestion


def _mark(study: LiftStudy, leads: NDArray[np.int64], bands: NDArray[np.int16]) -> None:
    """Keep the bands in the rows, so that a band opens its leads."""
    judged = np.flatnonzero((bands != UNTOLD).any(axis=1))
    for first in range(0, len(judged), READ_AT_ONCE):
        part = judged[first : first + READ_AT_ONCE]
        texts = [statements.literal([int(one) for one in bands[row]]) for row in part]
        statements.execute(MARK, [[int(one) for one in leads[part]], texts, study.pk])


def _rules(study: LiftStudy, cutoffs: dict[str, str]) -> list[Any]:
    """Of each deciding rule, by outcome: how many were handed over by it, and came to it."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE made_at <= %s AND {one} IS NOT NULL),"
        f" count(*) FILTER (WHERE made_at <= %s AND {one})"
        for one in OUTCOMES
    )
    until = [dt.datetime.fromisoformat(cutoffs[one]) for one in OUTCOMES for _ in range(2)]
    return statements.fetch(RULES.format(counts=counts), [*until, study.pk])

"""Notes in a receipt: what happened while a clock ran, in the midst of its arithmetic. Pure.

A receipt's stretches are in order and without a gap, its counted minutes sum to the target and the
last ends at the deadline (contracts.md §3). A note is a stretch of no length and keeps all of that.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from handoff.business_time import COUNTED, EVERY_HOUR, PAUSED

Row = dict[str, Any]

ARITHMETIC = frozenset({COUNTED, EVERY_HOUR, PAUSED})


def noted(receipt: Sequence[Row], at: dt.datetime, why: str) -> list[Row]:
    """The receipt with a note at a moment; the stretch it falls into is cut in two.

    A note from after the deadline stands at the deadline and says when it was.
    """
    if not receipt:
        return [_note(at, why)]
    ends = _moment(receipt[-1]["to"])
    moment = at.astimezone(ends.tzinfo)
    if moment > ends:
        return [*receipt, _note(ends, f"{why} ({moment:%a %d %b, %H:%M}, after the deadline)")]
    rows: list[Row] = []
    placed = False
    for row in receipt:
        start, end = _moment(row["from"]), _moment(row["to"])
        if placed or end <= moment and not end == moment == ends:
            rows.append(row)
        elif start >= moment:
            rows += [_note(moment, why), row]
            placed = True
        else:
            before, after = _cut(row, start, moment, end)
            rows += [before, _note(moment, why), *after]
            placed = True
    return rows if placed else [*rows, _note(moment, why)]


def _cut(
    row: Row, start: dt.datetime, moment: dt.datetime, end: dt.datetime
) -> tuple[Row, list[Row]]:
    spent = round((moment - start) / dt.timedelta(minutes=1), 9) if row["minutes"] else 0
    before = {**row, "to": moment.isoformat(), "minutes": spent}
    if moment == end:
        return {**before, "minutes": row["minutes"]}, []
    left = round(row["minutes"] - spent, 9) if row["minutes"] else 0
    return before, [{**row, "from": moment.isoformat(), "minutes": left}]


def notes_of(receipt: Sequence[Row]) -> list[tuple[dt.datetime, str]]:
    """The notes in a receipt, in order, so that they outlive a new reckoning."""
    return [
        (_moment(row["from"]), str(row["why"]))
        for row in receipt
        if row["from"] == row["to"] and row.get("why") not in ARITHMETIC
    ]


def _note(at: dt.datetime, why: str) -> Row:
    return {"from": at.isoformat(), "to": at.isoformat(), "minutes": 0, "why": why}


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)

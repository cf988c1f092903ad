"""`python -m tests.benchmarks [--leads 100000] [--only post,import]`; the parts: see PARTS."""

import argparse
import os
import sys
import time
from collections.abc import Iterable

from leads.models import Lead

from . import (
    backtesting,
    copying,
    day,
    house,
    importing,
    judging,
    measuring,
    pages,
    posting,
    promises,
    simulating,
    sweeping,
)
from .table import Figure, shown

PARTS = (
    *("import", "pages", "judge", "post", "sla", "sweeping", "backtest", "day", "measures"),
    "simulation",
)
SMALL = 1000
TEN_THOUSAND = 10_000
COPIES = 10


def main() -> int:
    """Measure, print the table, and say by the exit code whether every target was reached."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks", description=__doc__)
    parser.add_argument("--leads", type=int, default=100_000, help="how large the house is")
    parser.add_argument("--rows", type=int, default=0, help="hand-overs that the measures count")
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    chosen = parser.parse_args()
    wanted = set(chosen.only.split(","))
    if unknown := wanted.difference(PARTS):
        parser.error(f"There is no part {', '.join(sorted(unknown))}.")
    started = time.perf_counter()
    figures: list[Figure] = []
    if wanted != {"simulation"}:
        with house.house():
            figures += _run(wanted, max(chosen.leads, SMALL), chosen.rows)
    if "simulation" in wanted:
        with house.house():
            figures += _told(simulating.measure(max(chosen.leads, SMALL)))
    took = time.perf_counter() - started
    print(shown(figures))
    print(
        f"{took:,.0f} s in all, on {os.cpu_count()} cores. Load of the last quarter of an hour: "
        f"{os.getloadavg()[2]:.1f}; figures of a machine that is busy otherwise mislead."
    )
    return 1 if any(figure.ok is False for figure in figures) else 0


def _run(wanted: set[str], leads: int, rows: int) -> list[Figure]:
    list(importing.grow(SMALL))
    figures: list[Figure] = []
    few = pages.visit() if "pages" in wanted else []
    if "import" in wanted:
        figures += _told(importing.measure())
    if "day" in wanted:
        _keep_smaller(leads)
    missing = leads - Lead.objects.count()
    if missing > 0:
        figures += _told(importing.grow(missing))
    if "pages" in wanted:
        many = pages.visit()
        figures += _told(pages.compare(few, many, small=SMALL, large=Lead.objects.count()))
    if "post" in wanted:
        figures += _told(posting.measure())
    if "judge" in wanted:
        figures += _told(judging.measure())
    if "sla" in wanted:
        figures += _told(promises.measure())
    if "sweeping" in wanted:
        figures += _told(sweeping.measure())
    if "backtest" in wanted:
        figures += _told(backtesting.measure())
    # Last, as it fills the house with copies.
    if wanted & {"backtest", "day"}:
        copying.multiply(COPIES)
    if "backtest" in wanted:
        figures += _told(backtesting.at_scale())
    if "day" in wanted:
        figures += _told(day.measure())
    if "measures" in wanted:
        figures += _told(measuring.measure(rows))
    return figures


def _keep_smaller(leads: int) -> None:
    """Keep a copy of the house while it holds ten thousand leads, or as many as are asked for."""
    missing = min(TEN_THOUSAND, leads) - Lead.objects.count()
    if missing > 0:
        list(importing.grow(missing))
    house.snapshot(house.SMALLER)


def _told(figures: Iterable[Figure]) -> list[Figure]:
    """The figures, each shown as it comes."""
    found = []
    for figure in figures:
        print(" ".join(filter(None, figure.cells())), file=sys.stderr, flush=True)
        found.append(figure)
    return found


if __name__ == "__main__":
    sys.exit(main())

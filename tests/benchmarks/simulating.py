"""Two months of a sales floor: what must hold at every hour, and how fair the turns were."""

import time
from collections.abc import Iterator

from handoff import statements
from tests.simulation import Simulation, Size, Violated
from tests.simulation.fairness import accounts

from . import house
from .table import Figure, per_second

MOST = 50_000
"""So many leads come in the full run, to 200 reps in 60 days."""

LATE = """
SELECT kind, count(*), count(breached_at) FROM leads_clock
WHERE kind <> 'handover' AND acts GROUP BY kind ORDER BY kind"""

MOVED = """
SELECT count(*) FILTER (WHERE kind = 'breach' AND NOT explanation ? 'stays'),
    count(*) FILTER (WHERE kind = 'manual'),
    (SELECT count(*) FROM leads_handoff)
FROM leads_assignment"""


def measure(leads: int) -> Iterator[Figure]:
    """The figures of this part, in an empty house of its own."""
    _commit_without_waiting()
    size = Size.of(min(leads, MOST))
    run, started = Simulation(size), time.perf_counter()
    name = f"{size.leads:,} leads, {size.reps} reps, {size.days} days"
    try:
        run.run()
    except Violated as violation:
        yield Figure(f"simulation, {name}", str(violation), target="every promise holds", ok=False)
        return
    took = time.perf_counter() - started
    yield Figure(
        f"simulation, {name}",
        f"{run.watch.looks:,} looks, nothing violated",
        target="every promise holds",
        ok=True,
    )
    yield Figure("  wall time", f"{took:,.0f} s, {per_second(size.leads / took)}")
    yield Figure("  the floor", _counted(run.floor.told))
    yield Figure("  the reps", _counted(run.reps.done))
    yield from _late()
    yield from _fair()


def _commit_without_waiting() -> None:
    """No promise of this part is about the disk."""
    house.let_go()
    with house.administrator() as admin:
        admin.execute(f"ALTER DATABASE {house.DATABASE} SET synchronous_commit = off")


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in sorted(counts.items()))


def _late() -> Iterator[Figure]:
    for kind, all_, late in statements.fetch(LATE):
        yield Figure(f"  late, {kind.replace('_', ' ')}", f"{late / all_:.1%} of {all_:,}")
    ((missed, by_hand, handed),) = statements.fetch(MOVED)
    said = f"{missed:,} after a missed deadline, {by_hand:,} to a person by hand"
    yield Figure(f"  reassigned, of {handed:,} hand-overs", said)


def _fair() -> Iterator[Figure]:
    for team, account in accounts().items():
        furthest = f"at most {account.furthest:.1f} from what was due, Gini {account.gini:.3f}"
        yield Figure(f"  turns in {team}, {account.turns:,}", furthest)

"""Ten days of a small sales floor, through the whole journey: what must hold, holds at each hour.

The large run, 200 reps and 50,000 leads over 60 days, is a part of the benchmarks.
"""

import pytest

from tests.simulation import Simulation, Size
from tests.simulation.fairness import accounts

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_small_floor_keeps_every_promise():
    run = Simulation(Size(reps=10, leads=200, days=10))
    run.run()
    assert run.watch.looks == 240
    assert run.reps.done["touch"] > 50
    assert sum(account.turns for account in accounts().values()) > 50

"""Two months of a sales floor in minutes: simulated people and leads, the real journey.

    company     teams, calendars and the agreement they work by
    arrivals    who comes, and when
    floor       time off, pauses, joiners, leavers, changed weights and caps
    reps        how each rep answers what they are given
    watching    what must hold at every moment; the first that does not ends the run
    fairness    who got how many turns, beside how many were theirs
    running     the clock that drives all of it

The same seed gives the same company, the same leads and the same moods.
"""

from .company import Size
from .running import Simulation
from .watching import Violated

__all__ = ["Simulation", "Size", "Violated"]

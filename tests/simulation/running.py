"""The clock of the simulation: ten minutes at a time, everything through the real journey."""

import datetime as dt
from dataclasses import dataclass, field

from handoff.models import User
from leads.journey import breaching, chasing, nurturing, receive, waiting

from . import company
from .arrivals import arrivals, envelope
from .company import Size
from .floor import Floor
from .reps import Reps
from .watching import Watch

STEP = dt.timedelta(minutes=10)


@dataclass
class Simulation:
    """One run; `run` raises Violated where a promise does not hold."""

    size: Size
    watch: Watch = field(init=False)
    floor: Floor = field(init=False)
    reps: Reps = field(init=False)

    def run(self) -> None:
        """From the first morning until everything that came was given time to be answered."""
        company.found(self.size)
        people = {one.email: one for one in User.objects.all()}
        manager, marketing = people[company.MANAGER], people[company.MARKETING]
        self.watch = Watch(self.size.begins)
        self.floor = Floor(self.size, manager, marketing)
        self.reps = Reps(self.floor, self.size.seed)
        coming = iter(arrivals(self.size))
        arrival = next(coming, None)
        now = self.size.begins
        while now < self.size.ends:
            now += STEP
            come = []
            while arrival is not None and arrival[0] <= now:
                come.append(envelope(arrival[1], arrival[0], self.size))
                arrival = next(coming, None)
            self._step(now, come)

    def _step(self, now: dt.datetime, come: list) -> None:  # type: ignore[type-arg]
        self.reps.act(now)
        if come:
            receive(come, at=now)
        self.reps.review(now)
        breaching.sweep(at=now)
        waiting.give_out_waiting(at=now)
        self.reps.look(now)
        if not now.minute:
            nurturing.come_back(at=now)
            chasing.catch_up(at=now)
            self.watch.look(now)
            self._change(now)

    def _change(self, now: dt.datetime) -> None:
        """After the look, which holds what was given to the limits that held until now."""
        if now.hour == 5 and now.weekday() < 5:
            self.floor.begin_day(now)
        self.floor.pause_some(now)

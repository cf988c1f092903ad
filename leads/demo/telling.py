"""The clockwork of the demo: what happens, in the order of its time."""

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Sequence

from django.db.models import F, Min

from leads.journey import Envelope, Outcome, breaching, receive
from leads.models import Clock

from .stories import Story

Act = Callable[[dt.datetime], None]
CHANNEL = "demo"
SENDERS = {
    "webinar_attendance": "Webinar tool",
    "event_attendance": "Badge scanner",
    "inbound_email": "Shared mailbox",
    "trial_start": "Product",
}
SOON = dt.timedelta(seconds=2)
"""How long the worker takes to see that a clock ran out."""


class Clockwork:
    """Acts planned for moments. Those planned later than the end are never done."""

    def __init__(self, *, end: dt.datetime, live: bool = False) -> None:
        self.end = end
        self.live = live
        self._acts: list[tuple[dt.datetime, int, Act]] = []
        self._order = itertools.count()

    def plan(self, at: dt.datetime, act: Act) -> None:
        """Do something at a moment."""
        if at <= self.end:
            heapq.heappush(self._acts, (at, next(self._order), act))

    def run(self) -> None:
        """Do everything, first things first; live, the worker's reminders and breaches between."""
        while self._acts:
            at, _, act = heapq.heappop(self._acts)
            if self.live:
                _sweep(until=at)
            act(at)
        if self.live:
            _sweep(until=self.end)


def _sweep(*, until: dt.datetime) -> None:
    """Do what the worker would have done by then, at the moments it would have done it."""
    running = Clock.objects.running().filter(acts=True)
    while True:
        due = running.filter(breached_at=None).aggregate(at=Min("due_at"))["at"]
        remind = running.filter(reminded_at=None, due_at__gt=F("remind_at")).aggregate(
            at=Min("remind_at")
        )["at"]
        moments = [moment + SOON for moment in (due, remind) if moment is not None]
        if not moments or min(moments) > until:
            return
        if breaching.sweep(at=min(moments)) == (0, 0):
            return


def arrive(story: Story, place: int, *, at: dt.datetime, historical: bool) -> Outcome:
    """One enquiry of a story takes the whole journey at its moment."""
    payload = story.enquiries[place]
    envelope = Envelope(
        source=SENDERS.get(payload.get("trigger", ""), "Website"),
        key=f"demo:{story.key}:{place}",
        payload=payload,
        channel=CHANNEL,
        historical=historical,
    )
    (outcome,) = receive([envelope], at=at)
    return outcome


def in_order(stories: Sequence[Story]) -> list[tuple[dt.datetime, Story, int]]:
    """Every enquiry of the stories with its moment and its place, first things first."""
    every = [
        (moment, story, place) for story in stories for place, moment in enumerate(story.moments)
    ]
    return sorted(every, key=lambda one: (one[0], one[1].key))

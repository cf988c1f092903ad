"""Who comes and when: mostly on working days, one in eight somebody who came before."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

from leads.journey import Envelope
from leads.management.commands.bench_data import payload
from leads.models import Delivery

from .company import Size

SOURCE = "simulation"
BEFORE = 0.12
RAISED = 0.4
"""The share of those who come again, and of those who ask for a demo."""


def arrivals(size: Size) -> list[tuple[dt.datetime, int]]:
    """When each lead comes, in order; at weekends a fifth as many."""
    dice = random.Random(size.seed)
    days = [size.begins + dt.timedelta(days=day) for day in range(size.days)]
    weights = [1 if day.weekday() < 5 else 0.2 for day in days]
    picked = dice.choices(days, weights, k=size.leads)
    moments = sorted(day + dt.timedelta(seconds=dice.randrange(86400)) for day in picked)
    return [(moment, number) for number, moment in enumerate(moments)]


def envelope(number: int, at: dt.datetime, size: Size) -> Envelope:
    """The lead of this number as a form would send it."""
    dice = random.Random(f"{size.seed}-{number}")
    again = number > 20 and dice.random() < BEFORE
    person = dice.randrange(number) if again else number
    told = payload(person, 2, now=at, spread=0)
    told["occurred_at"] = at.isoformat()
    told["touchpoints"] = [*_deeds(dice, told, at)]
    return Envelope(SOURCE, f"{SOURCE}:{number}", told, Delivery.Channel.FORM)


def _deeds(dice: random.Random, told: dict[str, Any], at: dt.datetime) -> Iterator[dict[str, Any]]:
    raised = dice.random() < RAISED
    told["trigger"] = "demo_request" if raised else "content_download"
    yield {"signal": told["trigger"], "occurred_at": at.isoformat()}
    if dice.random() < 0.5:
        earlier = at - dt.timedelta(hours=dice.randrange(1, 200))
        yield {"signal": "pricing_page", "occurred_at": earlier.isoformat()}

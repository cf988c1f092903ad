"""Leads for measuring, by the hundred thousand, through the same journey as any import."""

import argparse
import datetime as dt
import random
import time
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from leads.journey import Envelope, receive
from leads.journey.law import NoLaw, live_law
from leads.models import Delivery

SYSTEM = "bench"
"""The source by which these leads are told from others."""

BATCH = 500
DAYS = 180
AT_WORK = 400
"""So many of the newest are live, and one in twenty-five of the rest; the others are the past."""

COUNTRIES = ("US", "US", "US", "US", "CA", "GB", "GB", "DE", "FR", "NL", "BR", "IN", "AU", "SE")
INDUSTRIES = ("software", "fintech", "ecommerce", "logistics", "retail", "energy", "education")
ROLES = ("CFO", "Controller", "Head of Finance", "Finance Manager", "Analyst", "Buyer", "Student")
SOURCES = ("organic", "paid_search", "paid_social", "webinar", "partner", "event", "referral")
SIGNALS = (
    *("pricing_page", "pricing_page", "integration_page", "content_download", "content_download"),
    *("webinar_attended", "case_study", "case_study", "demo_request", "trial_started"),
)
FIRST = ("Ana", "Marcus", "Keiko", "Priya", "Tom", "Élodie", "Jürgen", "Łukasz", "Grace", "Omar")
LAST = ("Feld", "Ribeiro", "Osei", "Schröder", "Lefèvre", "Tan", "Wójcik", "Moreno", "Adler", "Ng")


def payload(
    number: int, touchpoints: int, *, now: dt.datetime, spread: float = DAYS
) -> dict[str, Any]:
    """The lead of this number, the same each time: one of four shares a company, one of eight has
    no company, as free mail has none."""
    dice = random.Random(number)
    at = now - dt.timedelta(days=spread * dice.random(), seconds=number % 60 + 1)
    first, last = FIRST[number % 10], LAST[number // 10 % 10]
    company = number - number % 4
    free = number % 8 == 7
    place = "gmail.com" if free else f"bench-{company}.example"
    deeds = [dice.choice(SIGNALS) for _ in range(touchpoints)]
    source = dice.choice(SOURCES)
    campaign = f"{at.year}q{(at.month + 2) // 3}_{source}_close-faster"
    told: dict[str, Any] = {
        "email": f"lead{number}@{place}",
        "first_name": first,
        "last_name": f"{last} {number}",
        "role": dice.choice(ROLES),
        "country": dice.choice(COUNTRIES),
        "source": source,
        "campaign": campaign,
        "offer": "The five-day close",
        "landing_page": "https://northwind-ledger.example/guides/close",
        "trigger": "demo_request" if "demo_request" in deeds else "content_download",
        "problem": "Our month-end close takes nine days.",
        "timing": dice.choice(("this quarter", "next quarter", "just looking")),
        "occurred_at": at.isoformat(),
        "answers": {"runs_on": dice.choice(("Spreadsheets", "NetSuite", "SAP"))},
        "touchpoints": [
            {
                "signal": deed,
                "occurred_at": (at - dt.timedelta(hours=37 * place_)).isoformat(),
                "url": f"https://northwind-ledger.example/{deed}",
                "seconds": dice.randrange(5, 300),
                "campaign": campaign,
            }
            for place_, deed in enumerate(deeds)
        ],
    }
    if not free:
        size = round(10 ** dice.uniform(1, 4))
        told |= {"company": f"Bench {company} Ltd", "employees": size}
        told["industry"] = dice.choice(INDUSTRIES)
    return told


def envelopes(
    start: int, count: int, touchpoints: int, *, now: dt.datetime, historical: bool
) -> list[Envelope]:
    """Leads `start` to `start + count`, as an import would store them."""
    spread = DAYS if historical else 1.0
    return [
        Envelope(
            source=SYSTEM,
            key=f"bench:{number}",
            payload=payload(number, touchpoints, now=now, spread=spread),
            channel=Delivery.Channel.IMPORT,
            historical=historical,
        )
        for number in range(start, start + count)
    ]


def fill(leads: int, touchpoints: int, *, now: dt.datetime) -> Iterator[int]:
    """Bring so many more leads in; how many are in after each batch.

    Raises NoLaw where no definition is live.
    """
    live_law()
    start = Delivery.objects.filter(source=SYSTEM).count()
    live = min(leads, AT_WORK + leads // 25)
    done = 0
    while done < leads:
        historical = done < leads - live
        end = leads - live if historical else leads
        count = min(BATCH, end - done)
        batch = envelopes(start + done, count, touchpoints, now=now, historical=historical)
        receive(batch, at=now)
        done += count
        yield done


class Command(BaseCommand):
    help = "Fill the database with leads for measuring: bench_data --leads 100000 --touchpoints 5."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--leads", type=int, required=True)
        parser.add_argument("--touchpoints", type=int, default=5)

    def handle(self, *args: Any, **options: Any) -> None:
        leads, touchpoints = options["leads"], options["touchpoints"]
        if leads < 1 or not 0 <= touchpoints <= 1000:
            raise CommandError("At least one lead, with 0 to 1000 touchpoints each.")
        started = time.perf_counter()
        try:
            for done in fill(leads, touchpoints, now=timezone.now()):
                if done % 10_000 < BATCH:
                    rate = done / (time.perf_counter() - started)
                    self.stdout.write(f"{done:,} of {leads:,} leads, {rate:,.0f} a second")
        except NoLaw as error:
            raise CommandError(str(error)) from error
        took = time.perf_counter() - started
        self.stdout.write(f"{leads:,} leads with {touchpoints} touchpoints each in {took:,.0f} s.")

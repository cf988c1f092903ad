"""The public Olist funnel as it stands here, beside a count of its two files: `manage.py
olist_figures LEADS.csv DEALS.csv`. See docs/importing.md."""

import csv
import datetime as dt
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand

from handoff import statements

SYSTEM = "olist"
ZONE = ZoneInfo("America/Sao_Paulo")
SHOWN = 10

WON = """
SELECT l.first_source, extract(epoch FROM o.closed_at - l.first_seen_at) / 86400,
    (SELECT split_part(u.email, '@', 1) FROM leads_handoff h
        JOIN handoff_user u ON u.id = h.owner_id
        WHERE h.lead_id = l.id AND h.step = 'sdr' AND h.outcome = 'won'),
    (SELECT split_part(u.email, '@', 1) FROM leads_handoff h
        JOIN handoff_user u ON u.id = h.owner_id
        WHERE h.lead_id = l.id AND h.step = 'ae' AND h.outcome = 'won')
FROM leads_opportunity o JOIN leads_lead l ON l.id = o.lead_id
JOIN leads_externalid x ON x.lead_id = l.id AND x.system = %s
WHERE o.stage = 'won'"""

LEADS = """
SELECT l.first_source, count(*) FROM leads_lead l
JOIN leads_externalid x ON x.lead_id = l.id AND x.system = %s GROUP BY 1"""


@dataclass
class Figures:
    """Leads by origin, and of those won: by origin, how many days each took, by SDR and by sales
    representative."""

    leads: Counter[str] = field(default_factory=Counter)
    won: Counter[str] = field(default_factory=Counter)
    days: list[float] = field(default_factory=list)
    by_sdr: Counter[str] = field(default_factory=Counter)
    by_rep: Counter[str] = field(default_factory=Counter)

    def lines(self) -> Iterable[tuple[str, str]]:
        """What is compared, by name, in order."""
        yield "leads", str(self.leads.total())
        yield "won", str(self.won.total())
        for origin, count in sorted(self.leads.items(), key=lambda one: (-one[1], one[0])):
            yield f"origin {origin}: leads, won", f"{count}, {self.won[origin]}"
        yield "days from first contact to won: median, p90", self._took()
        yield "SDRs with a deal won", str(len(self.by_sdr))
        yield from self._top("SDR", self.by_sdr)
        yield "sales representatives with a deal won", str(len(self.by_rep))
        yield from self._top("representative", self.by_rep)

    def _took(self) -> str:
        if len(self.days) < 2:
            return "too few"
        tenths = quantiles(self.days, n=10, method="inclusive")
        return f"{tenths[4]:.2f}, {tenths[8]:.2f}"

    def _top(self, what: str, counts: Counter[str]) -> Iterable[tuple[str, str]]:
        for name, count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:SHOWN]:
            yield f"{what} {name[:8]}: won", str(count)


class Command(BaseCommand):
    """Prints what the house says and what the files say, line by line; exit 1 where they differ."""

    help = "Compare the imported Olist funnel with a direct count of its two files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("leads", type=Path)
        parser.add_argument("deals", type=Path)

    def handle(self, *, leads: Path | str, deals: Path | str, **options: Any) -> None:
        here, there = of_the_house(), of_the_files(Path(leads), Path(deals))
        house, files = dict(here.lines()), dict(there.lines())
        self.stdout.write(f"{'':52}{'here':>18}{'files':>18}")
        for name in dict.fromkeys([*house, *files]):
            said, told = house.get(name, "–"), files.get(name, "–")
            mark = "" if said == told else "  differs"
            self.stdout.write(f"{name:52}{said:>18}{told:>18}{mark}")
        people = (here.by_sdr, here.by_rep) == (there.by_sdr, there.by_rep)
        if house != files or not people:
            self.stdout.flush()
            sys.exit(1)


def of_the_house() -> Figures:
    """What was imported, by the hand-overs of both steps."""
    found = Figures(Counter(dict(statements.fetch(LEADS, [SYSTEM]))))
    for origin, days, sdr, rep in statements.fetch(WON, [SYSTEM]):
        found.won[origin] += 1
        found.days.append(float(days))
        found.by_sdr[sdr or "nobody"] += 1
        found.by_rep[rep or "nobody"] += 1
    return found


def of_the_files(leads: Path, deals: Path) -> Figures:
    """The same, counted without Handoff."""
    found = Figures()
    first: dict[str, tuple[str, dt.datetime]] = {}
    for row in _rows(leads):
        origin = (row["origin"].strip() or "unknown").replace(" ", "_")
        origin = {"direct_traffic": "direct"}.get(origin, origin)
        day = dt.datetime.strptime(row["first_contact_date"], "%Y-%m-%d").replace(tzinfo=ZONE)
        first[row["mql_id"]] = (origin, day)
        found.leads[origin] += 1
    for row in _rows(deals):
        origin, asked = first[row["mql_id"]]
        won = dt.datetime.strptime(row["won_date"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZONE)
        took = won.astimezone(dt.UTC) - asked.astimezone(dt.UTC)
        found.won[origin] += 1
        found.days.append(took.total_seconds() / 86400)
        found.by_sdr[row["sdr_id"]] += 1
        found.by_rep[row["sr_id"]] += 1
    return found


def _rows(file: Path) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from csv.DictReader(opened)

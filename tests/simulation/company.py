"""The company that is simulated: its teams on four continents, and the agreement they work by."""

import datetime as dt
import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group

from handoff import playbook
from handoff.models import User

AGREEMENT = Path(__file__).parents[1] / "benchmarks" / "playbook.yaml"
FIRST_DAY = dt.date(2026, 9, 14)
"""A Monday; two months on, the clocks have gone back in Europe and in America."""

MANAGER = "lena@bench.example"
MARKETING = "mara@bench.example"
LOAD = 4
"""Leads for each rep and day."""
REVIEWERS = "qualification"


@dataclass(frozen=True)
class Size:
    """How much is simulated. Of `reps`, one in twenty takes what is to be qualified."""

    reps: int
    leads: int
    days: int
    seed: int = 26

    @classmethod
    def of(cls, leads: int) -> "Size":
        """A company as large as so many leads keep busy: 200 reps and 60 days for 50,000."""
        days = min(max(leads // 800, 10), 60)
        return cls(min(max(leads // days // LOAD, 10), 200), leads, days)

    @property
    def begins(self) -> dt.datetime:
        return dt.datetime.combine(FIRST_DAY, dt.time(), dt.UTC)

    @property
    def ends(self) -> dt.datetime:
        return self.begins + dt.timedelta(days=self.days)


@dataclass(frozen=True)
class Desk:
    """A team: its zone, holidays, the conditions of its leads, and its share of the reps."""

    key: str
    zone: str
    holidays: str
    when: tuple[dict[str, Any], ...]
    share: int
    pick: str = "round_robin"


def _of(*countries: str) -> tuple[dict[str, Any], ...]:
    return ({"field": "country", "in": list(countries)},)


ENTERPRISE = ({"field": "motion", "is": "enterprise"}, *_of("US"))
DESKS = (
    Desk("enterprise", "America/Los_Angeles", "US", ENTERPRISE, 14, "least_loaded"),
    Desk("na", "America/New_York", "US", _of("US", "CA", "MX"), 30),
    Desk("uk", "Europe/London", "GB", _of("GB"), 16),
    Desk("dach", "Europe/Berlin", "DE", _of("DE", "AT"), 12),
    Desk("latam", "America/Sao_Paulo", "BR", _of("BR"), 9),
    Desk("apac", "Asia/Kolkata", "IN", _of("IN", "AU"), 12),
    Desk("benelux", "Europe/Amsterdam", "NL", _of("FR", "NL", "SE"), 14),
)
TIERS: list[dict[str, Any]] = [
    {
        "key": "urgent",
        "label": "Hand-raiser",
        "assign": 5,
        "accept": 15,
        "first_touch": 30,
        "follow_up": 480,
        "remind_before": 5,
        "on_breach": {
            "accept": ["notify_owner", "reassign"],
            "first_touch": ["notify_owner", "notify_manager"],
        },
    },
    {
        "key": "high",
        "label": "High intent",
        "accept": 60,
        "first_touch": 120,
        "follow_up": 960,
        "remind_before": 15,
        "on_breach": {
            "accept": ["notify_owner", "notify_manager", "reassign"],
            "first_touch": ["escalate"],
        },
    },
    {
        "key": "standard",
        "label": "Standard",
        "accept": 240,
        "first_touch": "same_business_day",
        "on_breach": ["notify_owner", "task"],
    },
]
REASONS: list[dict[str, Any]] = [
    {"key": key, "label": key.replace("_", " ").capitalize(), "for": moments, **more}
    for key, moments, more in (
        ("out_of_segment", ["reject", "dispose", "disqualify"], {"goes_to": "nurture"}),
        ("wrong_timing", ["reject", "dispose"], {"goes_to": "nurture", "needs_date": True}),
        ("wrong_team", ["reject", "reassign"], {"goes_to": "reroute"}),
        ("unclear_fit", ["reject"], {"goes_to": "requalify"}),
        ("missing_context", ["return"], {"goes_to": "requalify"}),
        ("away", ["reassign"], {}),
    )
]


def desks(size: Size) -> tuple[Desk, ...]:
    """A small company has fewer teams; the last takes what is nobody's."""
    return DESKS[: min(max(size.reps // 4, 2), len(DESKS))]


def document(size: Size) -> dict[str, Any]:
    """The agreement as a playbook file spells it."""
    agreed = playbook.read(AGREEMENT).document
    definition = agreed["definition"]
    definition["tiers"] = [{"hours": "business", **tier} for tier in TIERS]
    teams = desks(size)
    definition["route"] = [
        {
            "key": "review",
            "to": {"queue": REVIEWERS},
            "when": [{"field": "status", "is": "needs_qualification"}],
        },
        *({"key": one.key, "to": {"team": one.key}, "when": list(one.when)} for one in teams),
        {"key": "rest", "to": {"team": teams[-1].key}},
    ]
    return {
        "calendars": [*_calendars(teams)],
        "teams": [*_teams(size, teams)],
        "reasons": REASONS,
        "tracks": agreed["tracks"],
        "definition": definition,
    }


def _calendars(teams: tuple[Desk, ...]) -> Iterator[dict[str, Any]]:
    for desk in teams:
        place = {"timezone": desk.zone, "holidays": desk.holidays}
        yield {"key": desk.key, "hours": {"mon-fri": ["09:00-12:30", "13:30-17:30"]}, **place}
        yield {"key": f"{desk.key}-mornings", "hours": {"mon-fri": ["08:30-13:00"]}, **place}


def _teams(size: Size, teams: tuple[Desk, ...]) -> Iterator[dict[str, Any]]:
    numbers = iter(range(1, size.reps + 1))
    reviewers = max(size.reps // 20, 1)
    left = size.reps - reviewers
    shares = sum(desk.share for desk in teams)
    for place, desk in enumerate(teams):
        count = left * desk.share // shares if place < len(teams) - 1 else None
        members = [member(n, desk.key) for n in itertools.islice(numbers, count)]
        if place == len(teams) - 1:
            members, spare = members[:-reviewers], members[-reviewers:]
        yield _team(desk.key, "sdr", desk.key, desk.pick, members)
    bare = [{"email": one["email"], "name": one["name"]} for one in spare]
    yield _team(REVIEWERS, "qualification", "na", "pull", bare)


def _team(
    key: str, kind: str, calendar: str, pick: str, members: list[dict[str, Any]]
) -> dict[str, Any]:
    answers = MARKETING if key == REVIEWERS else MANAGER
    return {
        "key": key,
        "name": key.capitalize(),
        "kind": kind,
        "calendar": calendar,
        "responsible": answers,
        "pick": pick,
        "members": members,
    }


def member(number: int, desk: str) -> dict[str, Any]:
    """The rep of this number: some take twice or three times as much, some are capped, some work
    mornings only."""
    row: dict[str, Any] = {"email": f"rep{number}@bench.example", "name": f"Rep {number}"}
    if number % 17 == 0 or number % 5 == 0:
        row["weight"] = 3 if number % 17 == 0 else 2
    if number % 3 == 0:
        row["max_open"] = 12
    if number % 4 == 1:
        row["max_per_day"] = 6
    if number % 11 == 5:
        row["calendar"] = f"{desk}-mornings"
    return row


def found(size: Size) -> None:
    """Bring the agreement into force and give people their roles."""
    file = playbook.read_text(json.dumps(document(size)))
    playbook.load(file, actor=None, at=size.begins, publish=True)
    for email, role in ((MANAGER, "sales_manager"), (MARKETING, "marketing_ops")):
        User.objects.get(email=email).groups.add(Group.objects.get_or_create(name=role)[0])

"""A whole definition: who fits, what counts as intent, which status follows, who gets it, how fast.

Frozen; made by `parsing.parse` from the `definition` section of a playbook file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .conditions import Condition, When

STATUSES = (
    "sales_ready",
    "needs_qualification",
    "existing_account",
    "nurture",
    "disqualified",
    "duplicate",
)
HANDED_OVER = frozenset(STATUSES[:3])
"""Statuses that become a hand-over; the others are kept out of sales queues."""

CLOCKS = ("assign", "accept", "first_touch", "follow_up")
MARKETING = ("handover", "context", "returned")
"""What marketing may promise, each in minutes: the hand-over, the missing context, an answer to
what sales returned."""

REMINDED = ("accept", "first_touch")
"""The clocks of which a tier's `remind_before` reminds."""

RESTART, CARRY_ON = "restart", "carry_on"
ON_REASSIGN = {"accept": RESTART, "first_touch": CARRY_ON, "follow_up": CARRY_ON}
"""What a clock does when the lead changes hands, where its tier does not say."""

SAME_BUSINESS_DAY = "same_business_day"
ACTIONS = (
    "notify_owner",
    "notify_manager",
    "escalate",
    "reassign",
    "task",
    "requalify",
    "nurture",
)


@dataclass(frozen=True)
class Motion:
    """A sales motion: the first that holds is the lead's."""

    key: str
    label: str
    when: When | None


@dataclass(frozen=True)
class FitRow:
    """Points for who the lead is, where the row holds and `motion`, if any, is the lead's."""

    key: str
    label: str
    points: float
    motion: str | None
    when: When | None


@dataclass(frozen=True)
class SignalRow:
    """Points for what the lead did: the newest `cap` touchpoints of `signal`, each fading by half
    every `half_life_days`. None: no cap, no fading. `sources` and `motion` limit it to some leads.
    """

    key: str
    label: str
    signal: str
    points: float
    half_life_days: float | None
    cap: int | None
    sources: tuple[str, ...]
    motion: str | None


@dataclass(frozen=True)
class DecideRule:
    """Which status follows, and what goes with it; the first that holds decides."""

    key: str
    label: str
    status: str
    tier: str | None
    reason: str | None
    track: str | None
    approve: bool
    when: When | None


@dataclass(frozen=True)
class Tier:
    """How fast each answer is owed. `clocks`: minutes in `hours`, or `same_business_day`.

    `remind_before`: minutes before the accept and first-touch deadlines. `on_reassign`: what clocks
    do when the lead changes hands, where not as in ON_REASSIGN.
    """

    key: str
    label: str
    hours: str
    clocks: Mapping[str, int | str]
    remind_before: int | None
    on_breach: tuple[str, ...] | Mapping[str, tuple[str, ...]]
    on_reassign: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def restarts(self, clock: str) -> bool:
        """Whether this clock starts anew when the lead changes hands."""
        return self.on_reassign.get(clock, ON_REASSIGN.get(clock)) == RESTART

    def actions(self, clock: str) -> tuple[str, ...]:
        """What happens, in order, when this clock is breached."""
        if isinstance(self.on_breach, tuple):
            return self.on_breach
        return self.on_breach.get(clock, ())


@dataclass(frozen=True)
class RouteRule:
    """Who gets it. `to_kind`: team, queue or owner_of; `to_key`: a team's key, or account or
    opportunity. `overflow`: nobody eligible tries the next rule. `sticky`: a lead that comes back
    goes to whoever of the team had it last."""

    key: str
    label: str
    to_kind: str
    to_key: str
    overflow: bool
    when: When | None
    sticky: bool = False


ConditionalRow = Motion | FitRow | DecideRule | RouteRule


@dataclass(frozen=True)
class Example:
    """A lead with the outcome it must have; `lead` and `touchpoints` as in a file to try."""

    kind: str
    name: str
    why: str
    expect: Mapping[str, Any]
    lead: Mapping[str, Any]
    touchpoints: tuple[Mapping[str, Any], ...]

    def as_row(self) -> dict[str, Any]:
        """The lead with its touchpoints, as `judge` takes it."""
        row = dict(self.lead)
        if self.touchpoints:
            row["touchpoints"] = [*row.get("touchpoints", ()), *self.touchpoints]
        return row


@dataclass(frozen=True, eq=False)
class Definition:
    """One definition, compared by identity. `marketing`: its half of the clock, minutes by
    promise (see MARKETING), those it makes."""

    summary: str
    motions: tuple[Motion, ...]
    fit: tuple[FitRow, ...]
    signals: tuple[SignalRow, ...]
    required: tuple[str, ...]
    decide: tuple[DecideRule, ...]
    tiers: tuple[Tier, ...]
    marketing: Mapping[str, int]
    route: tuple[RouteRule, ...]
    examples: tuple[Example, ...]
    routes_every_status: bool = False
    document: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def signal_labels(self) -> dict[str, str]:
        """Labels by signal key, for sentences."""
        return {row.signal: row.label for row in reversed(self.signals) if row.label}

    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of every row."""
        rows: tuple[ConditionalRow, ...] = (*self.motions, *self.fit, *self.decide, *self.route)
        whens = [row.when for row in rows]
        return tuple(one for when in whens if when for one in when.conditions)

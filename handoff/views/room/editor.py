"""The open row: what every control offers and holds, made from what was typed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handoff.models.definition import Document
from handoff.models.definition_rows import CLOCK_KEYS
from handoff.promised import BREACHES, CLOCK_NAMES
from handoff.rules.definition import ACTIONS, CARRY_ON, ON_REASSIGN, RESTART

from .curve import Curve, curve_of
from .picking import ConditionView, Option, conditions_of, options_of, rows_of, signals_of
from .reading import CONDITIONAL, MINUTES, NO_PROMISE, SAME_DAY, Typed
from .telling import STATUSES as STATUS_NAMES
from .telling import Names

OWN_PLACE = frozenset(
    {"key", "label", "points", "signal", "half_life_days", "cap", "sources", "motion", "status"}
    | {"tier", "reason", "track", "to", "sticky", "remind_before", *CLOCK_KEYS}
)
"""Parts of a row whose faults stand beside a control of their own."""


CARRIED = {
    "sales_ready": frozenset({"tier", "approve"}),
    "needs_qualification": frozenset({"tier", "approve"}),
    "existing_account": frozenset({"tier", "approve"}),
    "nurture": frozenset({"track", "reason"}),
    "disqualified": frozenset({"reason"}),
    "duplicate": frozenset({"reason"}),
}
"""What a rule for a status says besides."""


def carried_by(status: str | None) -> frozenset[str]:
    """What a rule for a status says besides; for no known status all that any says."""
    return CARRIED.get(status or "", frozenset().union(*CARRIED.values()))


@dataclass(frozen=True)
class ClockView:
    """A clock of a tier: what it promises, what follows when it is late, and what it does on a
    change of hands (nothing to choose for the clock that ends with an owner)."""

    key: str
    name: str
    kinds: list[Option]
    minutes: str
    steps: list[list[Option]]
    faults: list[str]
    reassign: list[Option]

    @property
    def counts(self) -> bool:
        """Whether it promises minutes."""
        return any(kind.selected and kind.value == MINUTES for kind in self.kinds)


@dataclass(frozen=True)
class Refused:
    """Why what was typed was not kept: faults by place, or that somebody was faster."""

    faults: Mapping[str, list[str]] = field(default_factory=dict)
    overtaken: str = ""


@dataclass(frozen=True)
class Editor:
    """The open row. `place` None: a new one; `was`: its key before."""

    section: str
    place: int | None
    was: str
    typed: Mapping[str, str]
    faults: Mapping[str, list[str]]
    choices: Mapping[str, list[Option]]
    conditions: list[ConditionView] = field(default_factory=list)
    clocks: list[ClockView] = field(default_factory=list)
    steps: list[list[Option]] = field(default_factory=list)
    curve: Curve | None = None
    overtaken: str = ""

    @property
    def has_conditions(self) -> bool:
        return self.section in CONDITIONAL

    @property
    def carries(self) -> frozenset[str]:
        """What a status rule is asked besides its status, and what it says all the same."""
        said = {name for name in carried_by(None) if self.typed.get(name)}
        return carried_by(self.typed.get("status")) | said

    @property
    def lists(self) -> list[str]:
        """The fields whose real values are offered, each once."""
        asked = ["source"] if self.section == "signals" else []
        asked += [one.values_of for one in self.conditions]
        return list(dict.fromkeys(filter(None, asked)))

    @property
    def said_faults(self) -> list[str]:
        """What is wrong at no control of its own."""
        shown = OWN_PLACE | {one.place for one in self.conditions}
        return [
            text for place, texts in self.faults.items() if place not in shown for text in texts
        ]


def editor_of(
    section: str,
    place: int | None,
    was: str,
    typed: Typed,
    *,
    document: Document,
    names: Names,
    refused: Refused,
) -> Editor:
    """The controls of a row as it was typed; `document` and `names` are what it may name."""
    found = refused.faults
    given = {name: typed.get(name, "") or "" for name in typed}
    return Editor(
        section=section,
        place=place,
        was=was,
        typed=given,
        faults=found,
        choices=_choices(section, given, document, names),
        conditions=conditions_of(section, typed, found, document),
        clocks=_clocks(typed, found) if section == "tiers" else [],
        steps=_steps(typed.getlist("breach-all")) if section == "tiers" else [],
        curve=curve_of(given) if section == "signals" else None,
        overtaken=refused.overtaken,
    )


def _choices(
    section: str, typed: Mapping[str, str], document: Document, names: Names
) -> dict[str, list[Option]]:
    def current(name: str) -> str:
        return typed.get(name, "")

    teams = names.teams.items()
    takers = [("owner_of:account", "the account owner")]
    takers += [("owner_of:opportunity", "the opportunity owner")]
    takers += [(f"team:{key}", f"{name}, by turns") for key, name in teams]
    takers += [(f"queue:{key}", f"the queue of {name}") for key, name in teams]
    choices = {
        "motion": options_of(rows_of(document, "motions"), current("motion"), "every motion"),
        "status": options_of(STATUS_NAMES.items(), current("status")),
        "tier": options_of(rows_of(document, "tiers"), current("tier"), "no tier, no clock"),
        "signal": signals_of(document, current("signal"), "a new one, called as below"),
        "reason": options_of(names.reasons.items(), current("reason"), "no reason"),
        "track": options_of(names.tracks.items(), current("track"), "no track"),
        "to": options_of(takers, current("to")),
        "mode": options_of(
            [("all", "all of these hold"), ("any", "any of these holds")], current("mode")
        ),
        "hours": options_of(
            [("business", "in business hours"), ("always", "every hour of the week")],
            current("hours"),
        ),
        "breach": options_of(
            [("same", "the same for every clock"), ("each", "for each clock its own")],
            current("breach"),
        ),
    }
    wanted = {
        "motions": ("mode",),
        "fit": ("motion", "mode"),
        "signals": ("signal", "motion"),
        "decide": ("status", "tier", "reason", "track", "mode"),
        "route": ("to", "mode"),
        "tiers": ("hours", "breach"),
    }
    return {name: choices[name] for name in wanted[section]}


def _clocks(typed: Typed, faults: Mapping[str, list[str]]) -> list[ClockView]:
    """Each clock's controls; where all had the same actions, each begins with those."""
    is_own = any(f"breach-{clock}" in typed for clock in CLOCK_KEYS)
    same = [] if is_own else typed.getlist("breach-all")
    kinds = [
        (NO_PROMISE, "no promise"),
        (MINUTES, "within minutes"),
        (SAME_DAY, "the same business day"),
    ]
    return [
        ClockView(
            key=clock,
            name=CLOCK_NAMES[clock],
            kinds=options_of(kinds, typed.get(f"{clock}-kind", "") or NO_PROMISE),
            minutes=typed.get(f"{clock}-minutes", "") or "",
            steps=_steps(
                typed.getlist(f"breach-{clock}") or (same if typed.get(f"{clock}-kind") else [])
            ),
            faults=faults.get(clock, []),
            reassign=_reassign(clock, typed),
        )
        for clock in CLOCK_KEYS
    ]


def _reassign(clock: str, typed: Typed) -> list[Option]:
    if clock not in ON_REASSIGN:
        return []
    ways = [(RESTART, "starts anew"), (CARRY_ON, "carries on")]
    return options_of(ways, typed.get(f"{clock}-reassign", "") or ON_REASSIGN[clock])


def _steps(actions: list[str]) -> list[list[Option]]:
    """A select for each action that is taken in turn, and an empty one for the next."""
    taken = [action for action in actions if action]
    made = [options_of(_actions(), action, "nothing") for action in taken]
    if len(taken) == len(ACTIONS):
        return made
    return [*made, options_of(_actions(), "", "then…" if taken else "nothing")]


def _actions() -> list[tuple[str, str]]:
    return [(action, BREACHES[action]) for action in ACTIONS]


def blank(section: str, document: Document) -> Typed:
    """What a new row's form holds."""
    typed: Typed = Typed()
    starts: dict[str, Any] = {
        "fit": {"points": "10"},
        "signals": {"points": "10", "half_life_days": "14", "cap": "1"},
        "decide": {"status": "sales_ready"},
        "tiers": {"hours": "business", "breach": "same", "accept-kind": MINUTES},
    }
    for name, value in starts.get(section, {}).items():
        typed[name] = value
    if section in CONDITIONAL:
        typed["mode"] = "all"
        typed.setlist("c", ["0"])
    return typed

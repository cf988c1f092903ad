"""What a definition promises and what follows where a promise is missed, in words."""

from collections.abc import Mapping, Sequence

from handoff.rules.definition import ON_REASSIGN, Tier

from .labels import humanise
from .words import count_of, number

BREACHES = {
    "notify_owner": "tell the owner",
    "notify_manager": "tell the responsible person",
    "escalate": "escalate",
    "reassign": "give it to the next in turn",
    "task": "make a follow-up task",
    "requalify": "qualify it again",
    "nurture": "send it to nurture",
}
CLOCK_NAMES = {
    "assign": "Given to somebody",
    "accept": "Accepted",
    "first_touch": "First touch",
    "follow_up": "Follow-up after it",
}
REASSIGNED = {"restart": "starts anew", "carry_on": "carries on"}
MARKETING = {
    "handover": "A lead is handed over within {} of its trigger, every hour counting, with nothing "
    "of the required context missing.",
    "context": "What is missing is completed within {} of marketing’s working time.",
    "returned": "What sales returns is answered within {} of marketing’s working time.",
}
"""What marketing promises, in sentences."""


def marketing_promises(promised: Mapping[str, int]) -> list[str]:
    """Marketing's half, minutes by promise, a sentence for each."""
    return [
        said.format(_whole_minutes(promised[key]))
        for key, said in MARKETING.items()
        if key in promised
    ]


def minutes(value: int | str | None) -> str:
    """A promise in words: “15 min”, “4 h”, “same business day”; a dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return humanise(value).lower()
    if value < 60 or value % 30:
        return f"{value} min"
    return f"{number(value / 60)} h"


def _whole_minutes(value: int) -> str:
    """“10 minutes”, “4 h”."""
    return count_of(value, "minute") if value < 60 or value % 30 else minutes(value)


def missed(tier: Tier) -> list[str]:
    """What follows from a missed deadline: once for all clocks, or a line for each."""
    return missed_by(tier.on_breach)


def missed_by(on_breach: Sequence[str] | Mapping[str, Sequence[str]]) -> list[str]:
    """As `missed`, of the row of a tier as its document has it."""
    if not isinstance(on_breach, Mapping):
        return [_actions(on_breach)] if on_breach else []
    return [
        f"{CLOCK_NAMES[clock].lower()}: {_actions(actions)}"
        for clock, actions in on_breach.items()
        if actions
    ]


def reassigned(tier: Tier) -> str:
    """What its clocks do on a change of hands, where a tier says something of its own."""
    return reassigned_by(tier.on_reassign)


def reassigned_by(on_reassign: Mapping[str, str]) -> str:
    """As `reassigned`, of the row of a tier as its document has it."""
    return ", ".join(
        f"{CLOCK_NAMES[clock].lower()} {REASSIGNED[way]}"
        for clock, way in on_reassign.items()
        if ON_REASSIGN[clock] != way
    )


def _actions(actions: Sequence[str]) -> str:
    return ", then ".join(BREACHES[action] for action in actions)

"""The columns a queue can show: which there are, and which stand there by themselves."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a queue. Who it is about always stands first and is none of these."""

    key: str
    label: str
    says: str


COLUMNS = {
    column.key: column
    for column in (
        Column("why", "Why now", "What brought the lead here, or what you promised"),
        Column("tier", "Tier", "How urgent the definition says it is"),
        Column("score", "Score", "Fit and intent at hand-over, and what intent is worth now"),
        Column("source", "Source", "Where the latest enquiry came from"),
        Column("owner", "Owner", "Who has it, or nobody yet"),
        Column("state", "State", "Waiting, accepted or returned to marketing"),
        Column("status", "Status", "What the definition decided"),
        Column("campaign", "Campaign", "The campaign of the latest enquiry"),
        Column("country", "Country", "Where the lead is"),
        Column("handed", "Handed over", "When sales was given it"),
        Column("seen", "Last seen", "When the lead last did something"),
        Column("due", "Time left", "What is due next, and by when"),
    )
}

USUAL = ("why", "tier", "score", "source", "due")
OF_A_TEAM = ("why", "tier", "score", "owner", "due")


def usual(kind: str) -> tuple[str, ...]:
    """The columns of a kind of queue for who chose none."""
    return OF_A_TEAM if kind in ("team", "returned", "back-again") else USUAL


def known(keys: Iterable[str]) -> tuple[str, ...]:
    """Those of `keys` that are columns, each once, in their order."""
    return tuple(dict.fromkeys(key for key in keys if key in COLUMNS))

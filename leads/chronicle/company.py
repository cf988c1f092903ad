"""What is being sold to a lead's company, and what they use today."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

TOOLS = ("runs_on", "current_tools", "current_tool", "current_solution", "current_system",
         "tools", "uses_today", "competitor")  # fmt: skip
"""Answers that tell what somebody works with today, the more telling first."""


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity as a page shows it; `amount` in the house's currency. Of one that is not
    `whole` only that it is open is told, and whose it is."""

    stage: str
    amount: Decimal | None
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    reason: str
    competitor: str
    owner: str
    whole: bool = True

    @property
    def moment(self) -> dt.datetime | None:
        return self.closed_at or self.opened_at

    @property
    def word(self) -> str:
        return {"open": "Open", "won": "Won", "lost": "Lost"}[self.stage]

    @property
    def why(self) -> str:
        """Why it was lost or won, and to whom."""
        rival = f"against {self.competitor}" if self.competitor else ""
        return ", ".join(filter(None, (self.reason, rival)))


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody else of the same company. `pk` and `name` are told only to who may see the lead."""

    pk: int | None
    name: str
    role: str
    did: str
    at: dt.datetime | None
    owner: str
    team: str

    @property
    def holder(self) -> str:
        """Who has them, as far as anybody."""
        return self.owner or self.team


def deals(rows: Iterable[Mapping[str, Any]]) -> list[Deal]:
    """Opportunities as the database tells them in JSON, open ones first. `whole` says of each
    whether the reader may know more of it than whose it is."""
    return sorted((_deal(row) for row in rows), key=lambda deal: deal.stage != "open")


def _deal(row: Mapping[str, Any]) -> Deal:
    owner = row["owner"] or ""
    if not row["whole"]:
        return Deal(row["stage"], None, None, None, "", "", owner, whole=False)
    return Deal(
        row["stage"],
        None if row["amount"] is None else Decimal(row["amount"]),
        _moment(row["opened_at"]),
        _moment(row["closed_at"]),
        row["reason"],
        row["competitor"],
        owner,
    )


def uses_today(answers: Mapping[str, Any], deals: Sequence[Deal]) -> str:
    """What they work with: as they answered, else whom a deal was fought against."""
    for key in TOOLS:
        if value := answers.get(key):
            return str(value)
    rival = next((deal for deal in deals if deal.competitor), None)
    if rival is None:
        return ""
    when = f" {rival.moment:%b %Y}" if rival.moment else ""
    return f"{rival.competitor}, named when a deal was {rival.word.lower()}{when}"


def _moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None

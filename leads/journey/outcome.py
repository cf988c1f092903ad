"""What became of one delivery, as the API, the form and the import tell it."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from .handing import Passed
from .judging import Judged
from .matching import Arrival
from .returning import Standing

DUE = ("assign", "accept", "first_touch")


@dataclass(frozen=True)
class Outcome:
    """The end of a journey, or how far it came.

    `state`: done, stored (kept for another try) or quarantined. `outcome`: created, updated or
    repeated, for what is done.
    """

    delivery_id: int
    state: str
    error: str = ""
    outcome: str = ""
    lead_id: int | None = None
    handoff_id: int | None = None
    judged: Judged | None = None
    team: str | None = None
    owner: str | None = None
    queue: str | None = None
    route: str | None = None
    due: dict[str, dt.datetime] = field(default_factory=dict)
    reentry: bool = False

    @classmethod
    def of(
        cls,
        arrival: Arrival,
        judged: Judged,
        *,
        passed: Passed | None,
        standing: Standing | None,
        due: dict[int, dict[str, dt.datetime]],
    ) -> "Outcome":
        """The outcome of an arrival: its new hand-over, else the open one it was added to."""
        outcome = cls(
            arrival.delivery_id,
            "done",
            outcome=arrival.result,
            lead_id=arrival.lead_id,
            judged=judged,
        )
        if passed is not None:
            return outcome._with(_passed_columns(passed))
        if standing is not None and standing.handoff_id is not None:
            return outcome._with(_standing_columns(standing, due))
        return outcome

    def _with(self, columns: dict[str, Any]) -> "Outcome":
        return Outcome(**{**self.__dict__, **columns})

    @classmethod
    def stored(cls, delivery_id: int, error: str) -> "Outcome":
        return cls(delivery_id, "stored", error)

    @classmethod
    def quarantined(cls, delivery_id: int, error: str) -> "Outcome":
        return cls(delivery_id, "quarantined", error)

    @classmethod
    def again(
        cls, delivery_id: int, state: str, error: str, lead_id: int | None, outcome: str
    ) -> "Outcome":
        """A delivery met once more: as it is stored."""
        return cls(delivery_id, state, error, outcome, lead_id)

    def as_answer(self) -> dict[str, Any]:
        """The answer to `POST /leads` (contracts.md §2), for a delivery that was judged."""
        judged = self.judged
        if judged is None:
            raise ValueError("What was not judged has no answer yet.")
        due = {name: self.due.get(name) for name in DUE} if self.handoff_id else None
        return {
            "lead": self.lead_id,
            "handoff": self.handoff_id,
            "status": judged.status,
            "rule": judged.rule,
            "fit": shown(judged.fit_parts),
            "fit_parts": judged.fit_parts,
            "intent": shown(judged.intent_parts),
            "intent_parts": judged.intent_parts,
            "motion": judged.motion,
            "missing": list(judged.missing),
            "tier": judged.tier,
            "route": self.route,
            "owner": self.owner,
            "team": self.team,
            "queue": self.queue,
            "due": due,
            "definition": judged.law.number,
            "reentry": self.reentry,
        }


def shown(parts: dict[str, float]) -> float:
    """A score as it is shown, to one decimal: its parts always add up to it."""
    return round(sum(parts.values(), 0.0), 1)


def _passed_columns(passed: Passed) -> dict[str, Any]:
    place = passed.placement
    team = place.roster.key if place.roster else None
    return {
        "handoff_id": passed.handoff_id,
        "team": team,
        "owner": place.owner.email if place.owner else None,
        "queue": None if place.owner else team,
        "route": place.route,
        "due": passed.due,
        "reentry": passed.reentry,
    }


def _standing_columns(standing: Standing, due: dict[int, dict[str, dt.datetime]]) -> dict[str, Any]:
    return {
        "handoff_id": standing.handoff_id,
        "team": standing.team,
        "owner": standing.owner,
        "queue": None if standing.owner else standing.team,
        "route": standing.route,
        "due": due.get(standing.handoff_id or 0, {}),
        "reentry": standing.reentry,
    }

"""Who got how many turns, beside how many were theirs."""

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from leads.models import Assignment

NOT_IN_TURN = ("Left", "Takes no turns", "Away", "Had this lead", "Full", "Not their")
"""How the reasons begin of those who have no claim to the lead. Who is merely off hours has one:
they catch up when they are back at work."""


@dataclass
class Account:
    """A team's turns. `expected`: of every turn, one's weight among those with a claim to it."""

    received: Counter[str] = field(default_factory=Counter)
    expected: Counter[str] = field(default_factory=Counter)

    @property
    def turns(self) -> int:
        return self.received.total()

    @property
    def furthest(self) -> float:
        """The largest difference between received and expected, in turns."""
        names = {*self.received, *self.expected}
        return max((abs(self.received[one] - self.expected[one]) for one in names), default=0.0)

    @property
    def gini(self) -> float:
        """Of received for each expected turn, among those who expected at least ten: 0 is even."""
        shares = sorted(self.received[one] / due for one, due in self.expected.items() if due >= 10)
        if not shares or not sum(shares):
            return 0.0
        ranked = sum(place * share for place, share in enumerate(shares, 1))
        return 2 * ranked / (len(shares) * sum(shares)) - (len(shares) + 1) / len(shares)


def accounts() -> dict[str, Account]:
    """Each team's account, by its key; from what was weighed at every turn."""
    found: dict[str, Account] = defaultdict(Account)
    given = Assignment.objects.filter(kind__in=("turn", "breach"), owner__isnull=False).exclude(
        explanation__has_key="stays"
    )
    rows = given.values_list("team__key", "explanation").iterator(chunk_size=2000)
    for team, explanation in rows:
        weighed = explanation if isinstance(explanation, dict) else json.loads(explanation)
        with_claim = [
            one for one in weighed["candidates"] if not one["why"].startswith(NOT_IN_TURN)
        ]
        whole = sum(one["weight"] for one in with_claim)
        for one in with_claim:
            found[team].expected[one["email"]] += one["weight"] / whole  # type: ignore[assignment]
            found[team].received[one["email"]] += one["chosen"]
    return dict(sorted(found.items()))

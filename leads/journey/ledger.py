"""The ledger of a team's turns over a time: what each had, got and was given back, and how that
adds up to where they stand; and what each would have got by weight alone.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

from handoff import statements
from handoff.models import Membership, Team
from leads.models import Turn

NONE = Decimal(0)

FAIR = """
SELECT member, sum(weight::float8 / whole), count(*) FROM (
    SELECT c.member, c.weight, sum(c.weight) OVER (PARTITION BY a.id) AS whole
    FROM leads_assignment a
    JOIN leads_handoff h ON h.id = a.handoff_id AND NOT h.historical,
    jsonb_to_recordset(a.explanation -> 'candidates') AS c(member bigint, weight int, turn int)
    WHERE a.team_id = %s AND a.at >= %s AND a.at < %s AND a.owner_id IS NOT NULL
        AND c.turn IS NOT NULL
) weighed GROUP BY member"""


@dataclass(frozen=True, slots=True)
class Entry:
    """So many rows of one cause, and how far they moved a position together."""

    count: int = 0
    amount: Decimal = NONE


@dataclass(slots=True)
class Account:
    """One member over a time. `fair`: the turns they would have got had each gone by weight among
    those who could take it; `could`: how many of them they could have taken.
    """

    membership: Membership
    before: Decimal = NONE
    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)
    fair: float = 0.0
    could: int = 0

    def _of(self, *causes: str) -> Entry:
        found = [one for (cause, _), one in self.entries.items() if cause in causes]
        return Entry(sum(one.count for one in found), sum((o.amount for o in found), NONE))

    @property
    def turns(self) -> Entry:
        return self._of(Turn.Cause.TURN)

    @property
    def given_back(self) -> Entry:
        return self._of(Turn.Cause.CREDIT)

    @property
    def raised(self) -> Entry:
        """Started at the team's minimum: as they joined, or came back."""
        return self._of(Turn.Cause.JOINED, Turn.Cause.RETURNED)

    @property
    def corrected(self) -> Entry:
        return self._of(Turn.Cause.CORRECTED)

    @property
    def causes_given_back(self) -> list[tuple[str, int]]:
        """Why turns were given back, and how many for each cause."""
        labels = dict(Turn.Because.choices)
        return [
            (labels.get(because, "No cause on record"), one.count)
            for (cause, because), one in sorted(self.entries.items())
            if cause == Turn.Cause.CREDIT and one.count
        ]

    @property
    def after(self) -> Decimal:
        """Where they stood at the end: the start and every row since."""
        return self.before + sum((one.amount for one in self.entries.values()), NONE)

    @property
    def ahead(self) -> float:
        """By how many turns they got more than by weight alone; less where negative."""
        return self.turns.count - self.fair

    @property
    def is_empty(self) -> bool:
        return not self.before and not self.entries and not self.could


def accounts(team: Team, begin: dt.datetime, end: dt.datetime) -> list[Account]:
    """The accounts of a team's members from `begin` to before `end`, by name; who left and had
    nothing to do with it is left out. Three statements."""
    found = {one.pk: Account(one) for one in _members(team)}
    inside = Q(at__gte=begin)
    rows = Turn.objects.filter(membership__team=team, at__lt=end).order_by()
    for row in rows.values("membership", "cause", "because").annotate(
        earlier=Sum("amount", filter=~inside),
        moved=Sum("amount", filter=inside),
        times=Count("pk", filter=inside),
    ):
        account = found[row["membership"]]
        account.before += row["earlier"] or NONE
        if row["times"]:
            key = (row["cause"], row["because"])
            account.entries[key] = Entry(row["times"], row["moved"])
    for member, fair, could in statements.fetch(FAIR, [team.pk, begin, end]):
        if member in found:
            found[member].fair, found[member].could = fair, could
    return [one for one in found.values() if one.membership.active or not one.is_empty]


def _members(team: Team) -> Iterable[Membership]:
    return team.memberships.select_related("user").order_by("user__name", "pk")


def standing_after(rows: Iterable[Turn], last: Decimal) -> list[tuple[Turn, Decimal]]:
    """Rows of one membership, newest first, each with where it left the member; `last`: where the
    newest did."""
    stands, position = [], last
    for row in rows:
        stands.append((row, position))
        position -= row.amount
    return stands


def total(found: Iterable[Account]) -> dict[str, int]:
    """How many rows there are of each cause, over all members."""
    counts: dict[str, int] = defaultdict(int)
    for account in found:
        for (cause, _), one in account.entries.items():
            counts[cause] += one.count
    return counts

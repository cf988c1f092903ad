"""What the counts of a run say: figures with their n and interval, in the words of the page. Pure.

Closer to sales is sales ready and existing account, then needs qualification, then nurture, then
disqualified and duplicate.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from handoff.rules.definition import HANDED_OVER, STATUSES
from reviews.measures.answers import ANSWERED
from reviews.measures.intervals import Difference, Share, share, shift

READY = "sales_ready"
RANKS = {
    "sales_ready": 0,
    "existing_account": 0,
    "needs_qualification": 1,
    "nurture": 2,
    "disqualified": 3,
    "duplicate": 3,
}


@dataclass(frozen=True, slots=True)
class Counted:
    """So many leads that went this way; `answer`, `reason`, `outcome` as in `BacktestLead`."""

    was: str
    would: str
    answer: str
    reason: str
    outcome: str
    n: int

    @property
    def is_further(self) -> bool:
        return RANKS[self.would] > RANKS[self.was]

    @property
    def is_closer(self) -> bool:
        return RANKS[self.would] < RANKS[self.was]

    @property
    def is_lost(self) -> bool:
        """Handed over then, and the draft keeps it further away."""
        return self.is_further and self.was in HANDED_OVER

    @property
    def is_gained(self) -> bool:
        """Handed over under the draft, and kept further away then."""
        return self.is_closer and self.would in HANDED_OVER

    @property
    def is_won(self) -> bool:
        return self.outcome == "won"


Holds = Callable[[Counted], bool]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix; `mood` is same, up or down, `strength` 1 or 2."""

    was: str
    would: str
    n: int
    mood: str
    strength: int

    @property
    def css(self) -> str:
        return self.mood if self.mood in ("same", "side") else f"{self.mood}-{self.strength}"


@dataclass(frozen=True, slots=True)
class Line:
    """One outcome of a group of leads: `query` finds them. Without a share: just a count."""

    label: str
    count: int
    share: Share | None
    query: str
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Leads that move the same way, and what became of them. `worked`: how many were handed over
    at all; `answered`: how many sales answered."""

    key: str
    title: str
    n: int
    worked: int
    answered: int
    lines: tuple[Line, ...]


def shift_of(
    rows: Iterable[Counted], answer: str, *, before: Holds, after: Holds
) -> Difference | None:
    """How much larger the share of an answer is among the answered leads for which `after` holds
    than among those of `before`, of which most are the same. None where there are none."""
    known = [row for row in rows if row.answer in ANSWERED]

    def part(was: bool, would: bool) -> Share:
        inside = [row for row in known if (before(row), after(row)) == (was, would)]
        return share(_sum(row for row in inside if row.answer == answer), _sum(inside))

    return shift(part(True, True), part(True, False), part(False, True))


class Finding:
    """What one run says. `weeks` is the length of its period."""

    def __init__(self, result: dict[str, Any], weeks: float) -> None:
        self.rows = [Counted(*row) for row in result["outcomes"]]
        self.weeks = max(weeks, 1 / 7)

    def count(self, holds: Holds) -> int:
        return sum(row.n for row in self.rows if holds(row))

    @cached_property
    def total(self) -> int:
        return sum(row.n for row in self.rows)

    @cached_property
    def ready_was(self) -> int:
        return self.count(lambda row: row.was == READY)

    @cached_property
    def ready_would(self) -> int:
        return self.count(lambda row: row.would == READY)

    def weekly(self, n: int) -> float:
        return n / self.weeks

    @property
    def weekly_was(self) -> float:
        return self.weekly(self.ready_was)

    @property
    def weekly_would(self) -> float:
        return self.weekly(self.ready_would)

    def answered(self, answer: str, side: str) -> Share:
        """The share of leads sales ready on a side (`was` or `would`) that got this answer, of
        those that got any."""
        ready = [row for row in self.rows if getattr(row, side) == READY]
        known = sum(row.n for row in ready if row.answer in ANSWERED)
        return share(sum(row.n for row in ready if row.answer == answer), known)

    @cached_property
    def accepted_was(self) -> Share:
        return self.answered("accepted", "was")

    @cached_property
    def accepted_would(self) -> Share:
        return self.answered("accepted", "would")

    @cached_property
    def rejected_was(self) -> Share:
        return self.answered("rejected", "was")

    @cached_property
    def rejected_would(self) -> Share:
        return self.answered("rejected", "would")

    @cached_property
    def missed(self) -> Share:
        """Won deals whose lead the draft keeps further from sales, of all that were handed over
        and won."""
        won = self.count(lambda row: row.is_won and row.was in HANDED_OVER)
        return share(self.count(lambda row: row.is_won and row.is_lost), won)

    @cached_property
    def spared(self) -> Share:
        """Rejections that would not have happened, of all."""
        rejected = self.count(lambda row: row.answer == "rejected" and row.was in HANDED_OVER)
        return share(self.count(lambda row: row.answer == "rejected" and row.is_lost), rejected)

    @cached_property
    def changed(self) -> Share:
        return share(self.count(lambda row: row.was != row.would), self.total)

    @property
    def gained(self) -> int:
        """Leads newly handed over, or straight to sales."""
        return self.count(lambda row: row.is_gained)

    @property
    def lost(self) -> int:
        """Leads no longer handed over, or only to qualify."""
        return self.count(lambda row: row.is_lost)

    @property
    def closer(self) -> int:
        return self.count(lambda row: row.is_closer)

    @property
    def further(self) -> int:
        return self.count(lambda row: row.is_further)

    @property
    def sideways(self) -> int:
        return self.changed.count - self.closer - self.further

    @property
    def unchanged(self) -> int:
        return self.total - self.changed.count

    def title(self, version: str) -> str:
        """The finding in one sentence, about the draft called `version`."""
        if not self.total:
            return f"No lead was judged in this period, so {version} changes nothing"
        if not self.changed.count:
            return f"{version} would change the status of no lead"
        if self.ready_was and not self.ready_would:
            return f"{version} would hand over no lead as sales ready"
        delta = self.ready_would - self.ready_was
        if not delta:
            head = f"{version} would hand over as many leads as sales ready, but not the same"
        else:
            leads = "lead" if abs(delta) == 1 else "leads"
            more = "more" if delta > 0 else "fewer"
            head = f"{version} would hand over {abs(delta):,} {more} {leads} as sales ready"
        return f"{head}, and {self._acceptance()}"

    @cached_property
    def acceptance(self) -> Difference | None:
        """How much larger the share accepted is under the draft."""
        return shift_of(
            self.rows,
            "accepted",
            before=lambda row: row.was == READY,
            after=lambda row: row.would == READY,
        )

    @property
    def leaving(self) -> int:
        """Answered leads that were sales ready, and are not under the draft."""
        return self.count(
            lambda row: row.answer in ANSWERED and row.was == READY and row.would != READY
        )

    @property
    def coming(self) -> int:
        """Answered leads that are sales ready under the draft alone."""
        return self.count(
            lambda row: row.answer in ANSWERED and row.was != READY and row.would == READY
        )

    def _acceptance(self) -> str:
        was, would = self.accepted_was, self.accepted_would
        if not (was.is_enough and would.is_enough):
            return "too few have an answer to say whether sales would accept more of them"
        found = self.acceptance
        if found is None or not found.is_sure:
            return "sales would accept about the same share of them"
        return f"sales would accept {'more' if found.value > 0 else 'fewer'} of them"

    @cached_property
    def matrix(self) -> list[tuple[str, list[Cell], int]]:
        """A row for each status that occurs: (status, cells, total)."""
        seen = self.statuses
        cells = {(was, would): 0 for was in seen for would in seen}
        for row in self.rows:
            cells[row.was, row.would] += row.n
        most = max((n for (was, would), n in cells.items() if was != would), default=0)
        found = []
        for was in seen:
            drawn = [self._cell(was, would, cells[was, would], most) for would in seen]
            found.append((was, drawn, sum(cell.n for cell in drawn)))
        return found

    @cached_property
    def statuses(self) -> list[str]:
        """The statuses that occur on either side, in their order."""
        there = {row.was for row in self.rows} | {row.would for row in self.rows}
        return [status for status in STATUSES if status in there]

    @property
    def column_totals(self) -> list[tuple[str, int]]:
        """How many leads end in each status."""
        return [(one, _sum(row for row in self.rows if row.would == one)) for one in self.statuses]

    def _cell(self, was: str, would: str, n: int, most: int) -> Cell:
        step = RANKS[would] - RANKS[was]
        mood = "same" if was == would else "side" if not step else "down" if step > 0 else "up"
        return Cell(was, would, n, mood, 2 if n * 3 >= most else 1)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Leads that move to or from sales, with what became of them."""
        lost = [row for row in self.rows if row.is_lost]
        gained = [row for row in self.rows if row.is_gained]
        return (
            _group("lost", "No longer handed over, or only to qualify", lost),
            _group("gained", "Newly handed over, or straight to sales", gained),
        )


def _group(key: str, title: str, rows: Sequence[Counted]) -> Group:
    n = _sum(rows)
    worked = [row for row in rows if row.answer]
    answered = _sum(row for row in worked if row.answer in ANSWERED)
    lines: list[Line] = []
    for answer, label in (
        ("rejected", "Rejected by sales"),
        ("accepted", "Accepted by sales"),
        ("no_response", "No response"),
    ):
        found = [row for row in worked if row.answer == answer]
        lines.append(_line(label, found, answered, f"group={key}&answer={answer}"))
        if answer == "rejected":
            lines += _reasons(key, found, answered)
    deals = [row for row in worked if row.outcome]
    won = [row for row in worked if row.is_won]
    lines.append(
        _line("Became an opportunity", deals, _sum(worked), f"group={key}&outcome=any&answer=any")
    )
    lines.append(_line("Won", won, _sum(worked), f"group={key}&outcome=won&answer=any"))
    alone = _sum(row for row in rows if row.is_won and not row.answer)
    if alone:
        query = f"group={key}&outcome=won&answer=none"
        lines.append(Line("Won without ever being handed over", alone, None, query))
    return Group(key, title, n, _sum(worked), answered, tuple(lines))


def _reasons(key: str, rejected: Sequence[Counted], answered: int) -> list[Line]:
    counts: dict[str, int] = {}
    for row in rejected:
        counts[row.reason] = counts.get(row.reason, 0) + row.n
    return [
        Line(reason, n, share(n, answered), f"group={key}&answer=rejected&reason={reason}", True)
        for reason, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if reason
    ]


def _line(label: str, rows: Sequence[Counted], of: int, query: str) -> Line:
    return Line(label, _sum(rows), share(_sum(rows), of), query)


def _sum(rows: Iterable[Counted]) -> int:
    return sum(row.n for row in rows)

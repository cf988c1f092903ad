"""What became of several leads answered at once, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from leads.models import Lead


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row's: the lead (None where the person may not know whose it is), what is said of it."""

    lead: Lead | None
    said: str
    done: bool


def counted(outcomes: Sequence[Outcome], done: str) -> str:
    """“8 rejected, 2 not”."""
    number = sum(one.done for one in outcomes)
    rest = len(outcomes) - number
    said = f"{number} {done}" if number else f"None {done}"
    return f"{said}, {rest} not" if number and rest else said

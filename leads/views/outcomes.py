"""What became of several leads answered at once, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

from leads.models import Handoff, Lead


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row's: the lead (None where the person may not know whose it is), what is said of it."""

    lead: Lead | None
    said: str
    done: bool


def onward_of(handoff: Handoff) -> Handoff | None:
    """The open hand-over that a rejection went on with, if any."""
    if handoff.state != Handoff.State.REJECTED:
        return None
    return Handoff.objects.open().filter(previous=handoff).select_related("owner", "team").first()


def counted(outcomes: Sequence[Outcome], done: str) -> str:
    """“8 rejected, 2 not”."""
    number = sum(one.done for one in outcomes)
    rest = len(outcomes) - number
    said = f"{number} {done}" if number else f"None {done}"
    return f"{said}, {rest} not" if number and rest else said

"""The seams by name: from which step to which, and what each means. Pure."""

from dataclasses import dataclass
from typing import Literal

from handoff.checklists import FIRST_STEP

Kind = Literal["waiting", "working"]


@dataclass(frozen=True, slots=True)
class Seam:
    """One of them: from the step called `since` to the one called `title`. `counts`: whether it is
    a part of the wait from the enquiry to the first touch. A row that passed it has its seconds in
    `took`, and those of them that were working time in `worked`."""

    key: str
    since: str
    title: str
    kind: Kind
    means: str
    counts: bool = True

    @property
    def name(self) -> str:
        return f"{self.since} to {self.title[:1].lower()}{self.title[1:]}"

    @property
    def took(self) -> str:
        return f"took_{self.key}"

    @property
    def worked(self) -> str:
        return f"worked_{self.key}"


SEAMS = (
    Seam(
        *("receive", "Form sent", "Received", "waiting"),
        "From the moment that the form says it was sent until it came in. Known where the form says"
        " so, and not of an imported past.",
        counts=False,
    ),
    Seam(
        *("judge", "Received", "Judged", "waiting"),
        "From the last enquiry until the judgement by which it was handed over. A lead that ripened"
        " later counts from what made it ripe, where marketing’s clock starts too: what it did, a"
        " changed fact, or its nurture date. The months before are no delay.",
    ),
    Seam(
        *("hand_over", "Judged", "Handed over", "waiting"),
        "Until it was handed over to sales; where an approval is asked for, until it was given.",
    ),
    Seam(
        *("assign", "Handed over", "Assigned", "waiting"),
        "Until somebody owned it for the first time.",
    ),
    Seam(
        *("notify", "Assigned", "Owner told", "waiting"),
        "Until the first mail or chat about it was really sent to its owner, or they saw the note"
        " in Handoff; where they take neither mail nor chat, until that note was written. A stopped"
        " mail server shows here, and so do quiet hours: on the wall, but hardly in working time."
        " Who found the lead before anything was sent counts until then. Not of an imported past,"
        " nor of a lead that its owner took themselves: nobody was to be told.",
    ),
    Seam(
        *("open", "Owner told", "Opened", "waiting"),
        "Until its owner looked at it for the first time, or answered it without. Where nobody was"
        " to be told, from when they got it.",
    ),
    Seam(
        *("accept", "Opened", "Accepted", "working"),
        "Until sales said yes. What was answered without being opened here is not counted.",
    ),
    Seam(
        *("touch", "Accepted", "First touch", "working"),
        "Until the first logged touch. Nobody can see how much of it was work; somebody had it.",
    ),
    Seam(
        *("end", "First touch", "Outcome", "working"),
        "Until the hand-over ended: handed on, converted, or given up.",
        counts=False,
    ),
)
BY_KEY = {one.key: one for one in SEAMS}
BEFORE = ("receive", "judge", "hand_over")
"""Seams before the hand-over; a later step has none of them."""


def seams_of(step: str) -> tuple[Seam, ...]:
    """Those that hand-overs of a step pass: a later one has none before the hand-over."""
    if step in ("", FIRST_STEP):
        return SEAMS
    return tuple(one for one in SEAMS if one.key not in BEFORE)

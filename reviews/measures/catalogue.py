"""Every figure of the measures, each defined once: for pages, files, meetings and the API.

A share counts rows of `promises.ROWS` (alias `r`): `among` says which of them it is of, `counts`
which of those count as yes. Both look at `answer`, `sales`, `incomplete`, `qualified` and `outcome`
only, so that rows which are alike may be counted together first. A time tells `column`, whole
seconds by the clock on the wall, of the rows that have it.
"""

from dataclasses import dataclass
from typing import Literal

from .answers import ANSWERED, WORKED

Better = Literal["more", "less", "neither"]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure. `formula` in words, as it stands beside it; `of`: what its n counts; `better`:
    which way is good."""

    key: str
    title: str
    formula: str
    of: str
    better: Better


@dataclass(frozen=True, slots=True)
class Rate(Measure):
    """A share. `counted`: what its yes is called."""

    counted: str
    among: str
    counts: str


@dataclass(frozen=True, slots=True)
class Time(Measure):
    """Seconds from the hand-over on: the half and the ninth tenth."""

    column: str


IS_ANSWERED = f"answer IN {ANSWERED}"
IS_WORKED = f"answer IN {WORKED}"
ANSWERED_MEANS = (
    "Answered: accepted, rejected, or worked and closed because the lead never responded."
)

ACCEPTANCE = Rate(
    "acceptance_rate",
    "Acceptance rate",
    f"Accepted ÷ answered. {ANSWERED_MEANS}",
    "answered",
    "more",
    "Accepted",
    IS_ANSWERED,
    "answer = 'accepted'",
)
REJECTION = Rate(
    "rejection_rate",
    "Rejection rate",
    f"Rejected ÷ answered. {ANSWERED_MEANS}",
    "answered",
    "less",
    "Rejected",
    IS_ANSWERED,
    "answer = 'rejected'",
)
NO_RESPONSE = Rate(
    "no_response_rate",
    "No-response rate",
    f"Closed because the lead never responded ÷ answered. {ANSWERED_MEANS}",
    "answered",
    "less",
    "Never responded",
    IS_ANSWERED,
    "answer = 'no_response'",
)
IN_TIME = Rate(
    "contacted_in_time",
    "Contacted within the SLA",
    "First touch in time ÷ (in time + missed): sales’ half of the agreement. What is neither yet,"
    " or ended untouched before its deadline, does not count.",
    "with a verdict on the first touch",
    "more",
    "Touched in time",
    "sales <> 'open'",
    "sales = 'kept'",
)
COMPLETE = Rate(
    "complete_context",
    "Context completeness",
    "Handed over with nothing missing that the definition requires ÷ handed over. Of a later step:"
    " never sent back ÷ handed on.",
    "handed over",
    "more",
    "Complete",
    "true",
    "NOT incomplete",
)
QUALIFICATION = Rate(
    "qualification_rate",
    "Qualification rate",
    "Qualified ÷ worked. Worked: accepted, or closed because the lead never responded. Qualified:"
    " handed on to the next step, converted, or an opportunity.",
    "worked",
    "more",
    "Qualified",
    IS_WORKED,
    "qualified",
)
OPPORTUNITY = Rate(
    "opportunity_rate",
    "Source-to-opportunity rate",
    "Became an opportunity ÷ handed over, whatever came of the opportunity. One that is younger"
    " than your sales take has not had its time yet.",
    "handed over",
    "more",
    "Became an opportunity",
    "true",
    "outcome <> ''",
)
WIN = Rate(
    "win_rate",
    "Win rate",
    "Won ÷ (won + lost), of the hand-overs whose opportunity is over.",
    "with an opportunity that is over",
    "more",
    "Won",
    "outcome IN ('won', 'lost')",
    "outcome = 'won'",
)
TO_ASSIGNMENT = Time(
    "speed_to_assignment",
    "Speed to assignment",
    "From the hand-over until somebody owned it for the first time, in whole seconds, nights and"
    " weekends included.",
    "assigned",
    "less",
    "to_assign",
)
TO_FIRST_ACTION = Time(
    "speed_to_first_action",
    "Speed to first action",
    "From the hand-over to the first logged touch, in whole seconds, nights and weekends included."
    " A status that changes is no action.",
    "touched",
    "less",
    "to_touch",
)

MEASURES: tuple[Rate | Time, ...] = (
    ACCEPTANCE,
    IN_TIME,
    TO_ASSIGNMENT,
    TO_FIRST_ACTION,
    COMPLETE,
    QUALIFICATION,
    OPPORTUNITY,
    WIN,
    NO_RESPONSE,
    REJECTION,
)
BY_KEY = {one.key: one for one in MEASURES}
RATES = tuple(one for one in MEASURES if isinstance(one, Rate))

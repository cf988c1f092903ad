"""The steps of the funnel and the ways out of it by name, and what each means. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way. `means`: who is at it or past it."""

    key: str
    title: str
    means: str


STEPS = (
    Step("received", "Received", "Everything that came in."),
    Step("judged", "Judged", "The definition has said what it is."),
    Step(
        "fit",
        "For sales",
        "Judged sales-ready, for qualification, or an existing account.",
    ),
    Step("handed", "Handed over", "Marketing handed it over to sales."),
    Step(
        "accepted",
        "Accepted",
        "Sales said yes. What was closed for want of a response was accepted before.",
    ),
    Step("touched", "First touch", "A touch was logged."),
    Step("qualified", "Qualified", "Handed on to the next step, or converted."),
    Step("opportunity", "Opportunity", "An opportunity was opened, whatever came of it."),
    Step("won", "Won", "The opportunity was won."),
)
PLACES = {one.key: place for place, one in enumerate(STEPS, 1)}
HANDED = PLACES["handed"]

WAYS = {
    "open": "Still under way",
    "won": "Won",
    "lost": "Lost",
    "rejected": "Rejected",
    "no_response": "Never responded",
    "returned": "Returned to marketing",
    "nurture": "Nurture",
    "disqualified": "Disqualified",
    "duplicate": "Duplicate",
    "ended": "Taken out of the queue",
    "held": "Not handed over",
    "unjudged": "Not judged yet",
}
"""How something stands where it is. `held`: waits for an approval, or was declined."""

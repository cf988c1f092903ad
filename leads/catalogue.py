"""What other systems may be told of: every kind of event, as webhooks call it.

docs/webhooks.md shows a sample of each; a test compares them. `VERSION` goes up when a key changes
its meaning or goes; a new key is no new version.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

VERSION = 1
TEST = "webhook.test"
PUBLISHED = "definition.published"
ALERT = "alert.opened"


@dataclass(frozen=True, slots=True)
class EventType:
    """One kind of event. It is told of events of the lead that are one of `kinds` (and `verbs`,
    where given) and carries, besides what all carry, the keys `tells` of the event's body.

    `only_again`: told only of a lead that was handed over before. `with_due`: carries the
    deadlines of sales.
    """

    key: str
    label: str
    says: str
    kinds: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    only_again: bool = False
    with_due: bool = False

    @property
    def row(self) -> dict[str, Any]:
        """As `leads.journey.relaying` compares it with what happened."""
        return {
            "type": self.key,
            "kinds": self.kinds,
            "verbs": self.verbs or None,
            "tells": self.tells,
            "only_again": self.only_again,
            "with_due": self.with_due,
        }


ANSWER = ("reason", "note", "goes_to", "until")

TYPES = (
    EventType(
        "handoff.created",
        "Hand-over made",
        "A lead was handed over to sales; the deadlines are in it.",
        kinds=("handed_over",),
        tells=("missing", "reentry"),
        with_due=True,
    ),
    EventType(
        "handoff.assigned",
        "Hand-over assigned",
        "It went to a person, or to a queue where `owner` is null: at first, by a claim, by a"
        " reassignment.",
        kinds=("assigned",),
        tells=("kind", "why", "awaits_turn", "from", "reason", "note"),
    ),
    EventType(
        "handoff.accepted",
        "Hand-over accepted",
        "Its owner said yes.",
        kinds=("accepted",),
        tells=("how",),
    ),
    EventType(
        "handoff.rejected",
        "Hand-over rejected",
        "Sales said no, with a reason; `goes_to` says where the lead goes.",
        kinds=("rejected",),
        tells=ANSWER,
    ),
    EventType(
        "handoff.returned",
        "Hand-over returned to marketing",
        "Sales asks marketing for what is missing; sales' clocks stand still.",
        kinds=("returned",),
        tells=(*ANSWER, "missing"),
    ),
    EventType(
        "handoff.sent_back",
        "Hand-over sent back to the step before",
        "Whoever has a later step, such as AE, asks the step before for what is missing; its own"
        " `handoff.created` follows, and this one waits.",
        kinds=("sent_back",),
        tells=(*ANSWER, "missing", "to"),
    ),
    EventType(
        "handoff.resumed",
        "Hand-over given back to sales",
        "What was returned is given back, by marketing or by the step before; the clocks run on.",
        kinds=("resumed",),
        tells=("note",),
    ),
    EventType(
        "handoff.touched",
        "Touch logged",
        "Somebody reached out.",
        kinds=("touched",),
        tells=("channel", "touched_at", "next_step", "next_step_due", "note"),
    ),
    EventType(
        "handoff.disposed",
        "Progress noted",
        "A disposition that keeps the hand-over open.",
        kinds=("disposed",),
        verbs=("dispose",),
        tells=("disposition", *ANSWER),
    ),
    EventType(
        "handoff.advanced",
        "Hand-over advanced",
        "This step ended and the next began; its own `handoff.created` follows.",
        kinds=("advanced",),
        tells=("to", "note"),
    ),
    EventType(
        "handoff.closed",
        "Hand-over closed",
        "It ended with a disposition, or was taken out of the queue.",
        kinds=("disposed", "closed"),
        verbs=("close", "withdraw"),
        tells=("disposition", *ANSWER, "because"),
    ),
    EventType(
        "handoff.undone",
        "Answer taken back",
        "Within a minute somebody took an answer back: the hand-over stands as it did before, and"
        " `undid` says which answer.",
        kinds=("undone",),
        tells=("undid",),
    ),
    EventType(
        "lead.reentered",
        "Lead came back",
        "A lead that had been handed over enquired again: added to its open hand-over, or the"
        " start of another.",
        kinds=("added", "handed_over"),
        tells=("sooner",),
        only_again=True,
    ),
    EventType(
        "clock.reminded",
        "Deadline near",
        "A reminder went out before a deadline.",
        kinds=("reminded",),
        tells=("clock", "due_at"),
    ),
    EventType(
        "clock.breached",
        "Deadline missed",
        "A deadline passed; `actions` is what follows by the agreement.",
        kinds=("breached",),
        tells=("clock", "due_at", "actions"),
    ),
    EventType(
        "opportunity.changed",
        "Deal changed",
        "A deal of a lead was opened, won or lost.",
        kinds=("outcome",),
        tells=("ref", "stage", "amount", "reason", "competitor"),
    ),
    EventType(
        PUBLISHED,
        "Definition published",
        "Another version of the agreement became the law, or an older one again.",
    ),
    EventType(
        ALERT,
        "Rejections passed the threshold",
        "Of what sales answered lately it rejected more than agreed: of a source, a score band, or"
        " of all together, where `dimension` and `key` are null. Told to webhooks of every team"
        " only: no alert is of one team.",
    ),
)

BY_KEY = {one.key: one for one in TYPES}
CHOICES = [(one.key, one.label) for one in TYPES]


def of_leads(types: Iterable[EventType] = TYPES) -> list[dict[str, Any]]:
    """Those that follow from something that happened to a lead."""
    return [one.row for one in types if one.kinds]

"""Every kind of letter to a person. A kind that is not listed is told in the application and by
email, as OTHER says."""

from dataclasses import dataclass
from typing import Literal

from handoff.models import DECIDERS, Team, User

Channel = Literal["in_app", "email", "chat"]
Audience = Literal["everybody", "workers", "responsible", "overseers", "deciders", "administrators"]

CHANNELS: dict[Channel, str] = {
    "in_app": "In Handoff",
    "email": "Email",
    "chat": "Chat of your own",
}


@dataclass(frozen=True)
class Kind:
    """One kind of letter. `says` is its name for a reader, `why` why they get it (after “because”),
    `do` the next step it asks for.

    `by_itself`: the channels that are on until somebody switches them. `stays` is told in the
    application whatever is switched; `urgent` may be let through quiet hours.
    """

    key: str
    group: str
    says: str
    why: str
    audience: Audience = "workers"
    by_itself: tuple[Channel, ...] = ("in_app", "email")
    offered: tuple[Channel, ...] = ("in_app", "email", "chat")
    stays: bool = False
    urgent: bool = False
    do: str = ""

    def is_on(self, channel: str, changed: list[str]) -> bool:
        """Whether somebody who switched `changed` is told of it there."""
        if self.stays and channel == "in_app":
            return True
        return (channel in self.by_itself) != (f"{self.key}:{channel}" in changed)


EVERYWHERE: tuple[Channel, ...] = ("in_app", "email", "chat")
YOURS, TEAMS, AGREEMENT, HOUSE = "Your leads", "Your teams", "The agreement", "The house"
REVIEWS = "Joint reviews"
INVITED = "you take part in this joint review"
MINE = "the lead is yours"
ANSWERS = "you answer for the team"

KINDS = (
    Kind(
        "assigned",
        YOURS,
        "A lead becomes yours",
        MINE,
        by_itself=EVERYWHERE,
        do="Accept it, or say why not. Then reach out.",
    ),
    Kind(
        "added",
        YOURS,
        "A lead of yours comes back",
        MINE,
        by_itself=EVERYWHERE,
        do="See what is new, and answer it.",
    ),
    Kind(
        "resumed",
        YOURS,
        "Marketing gives a lead back to you",
        MINE,
        do="Go on where you stopped: what was missing is there now.",
    ),
    Kind(
        "taken_back",
        YOURS,
        "Somebody takes back an answer you heard of",
        "you were told of an answer that is taken back",
        "everybody",
    ),
    Kind(
        "reminder",
        YOURS,
        "A deadline comes near",
        MINE,
        by_itself=EVERYWHERE,
        urgent=True,
        do="Answer it now, or hand it on if you cannot.",
    ),
    Kind(
        "breached",
        YOURS,
        "You missed a deadline",
        MINE,
        by_itself=EVERYWHERE,
        urgent=True,
        do="Answer it now. Afterwards say why it was late.",
    ),
    Kind(
        *("waits", TEAMS, "Nobody could take a lead", ANSWERS, "responsible", EVERYWHERE),
        stays=True,
        urgent=True,
        do="Take it yourself, or give it to somebody.",
    ),
    Kind(
        *("breached_manager", TEAMS, "Somebody in your team is late", ANSWERS, "responsible"),
        by_itself=EVERYWHERE,
        urgent=True,
        do="Ask whether help is needed, or give it to somebody else.",
    ),
    Kind(
        *("escalated", TEAMS, "A late lead needs you now", ANSWERS, "responsible", EVERYWHERE),
        stays=True,
        urgent=True,
        do="Call whoever has it, or give it to somebody else.",
    ),
    Kind(
        *("returned", TEAMS, "Sales returns a lead to marketing"),
        why="the lead waits for what you know",
        audience="responsible",
        do="Add what is missing, and give it back to sales.",
    ),
    Kind(
        *("approval_asked", AGREEMENT, "A lead waits for your yes"),
        why="you may say yes to leads before sales hears of them",
        audience="deciders",
        do="Approve it, send it elsewhere, or decline it.",
    ),
    Kind(
        *("route_failed", AGREEMENT, "A routing rule fails"),
        why="you look after the routing rules",
        audience="deciders",
        urgent=True,
        do="Mend the rule. The leads wait in the default queue: give them to somebody.",
    ),
    Kind(
        *("answered", AGREEMENT, "The definition answers what you rejected"),
        why="you rejected leads for this",
        by_itself=("in_app",),
        do="See what changed, and whether it helps.",
    ),
    Kind(
        *("trial_stopped", AGREEMENT, "A trial stopped itself"),
        why="you look after the definition",
        audience="deciders",
    ),
    Kind(
        *("coverage", AGREEMENT, "On Mondays: what nobody was there for"),
        why="you look after the agreement or answer for a team",
        audience="overseers",
    ),
    Kind(
        *("review_due", AGREEMENT, "A part of the agreement is due for a look"),
        why="you look after this part of the agreement",
        audience="everybody",
    ),
    Kind(
        *("recurring_cause", AGREEMENT, "You are asked to mend a cause of misses"),
        why="you were named to mend it",
        audience="everybody",
    ),
    Kind(
        *("joint_review", REVIEWS, "A joint review is planned, moved or cancelled"),
        why=INVITED,
        audience="everybody",
    ),
    Kind(
        *("review_vote", REVIEWS, "Leads wait for your vote"),
        why=INVITED,
        audience="everybody",
        do="Say of each lead whether it met the definition. Nobody sees it before the reveal.",
    ),
    Kind(
        *("action_due", REVIEWS, "An action of yours is due"),
        why="you took this on in a joint review",
        audience="everybody",
        do="Do it and say so, or change its day.",
    ),
    Kind(
        *("review_minutes", REVIEWS, "The minutes of a joint review"),
        why=INVITED,
        audience="everybody",
    ),
    Kind(
        *("alert_opened", REVIEWS, "Rejections pass the threshold"),
        why="you look after the definition, or take part in the next joint review",
        audience="everybody",
        do="See for which reasons, and say what is done about it.",
    ),
    Kind(
        *("quarter_due", REVIEWS, "A quarter is over: review the definition"),
        why="you look after the definition, or chair joint reviews",
        audience="everybody",
        do="Look at what came of the leads, clause by clause, before the next joint review.",
    ),
    Kind(
        *("review_fault", REVIEWS, "A joint review cannot be planned"),
        why="you look after the agreement",
        audience="deciders",
        urgent=True,
        do="Mend what is named, or tell an administrator. Other reviews go on.",
    ),
    Kind(
        *("time_off", HOUSE, "Time off is entered or ends"),
        why="it is about you or a team you answer for",
        audience="everybody",
    ),
    Kind(
        *("webhook_off", HOUSE, "A webhook or chat was switched off"),
        why="you look after it",
        audience="administrators",
    ),
    Kind(
        *("digest_daily", "", "The summary of the day"),
        why="you look after leads, or chose a summary of the day",
        by_itself=("email",),
        offered=("email",),
    ),
    Kind(
        *("digest_weekly", "", "The summary of the week"),
        why="you chose a summary of the week",
        by_itself=("email",),
        offered=("email",),
    ),
)
BY_KEY = {one.key: one for one in KINDS}
OTHER = Kind("other", HOUSE, "Everything else", "it concerns you", "everybody")
DIGESTS = ("digest_daily", "digest_weekly")
GATHERED = "gathered"


def kind_of(key: str) -> Kind:
    """The kind with this key; one of its own, like OTHER, where it is not listed."""
    if key in BY_KEY:
        return BY_KEY[key]
    return Kind(key, OTHER.group, key.replace("_", " ").capitalize(), OTHER.why, OTHER.audience)


def audiences_of(user: User) -> set[Audience]:
    """What a person may be told, by what they do here; a statement or two."""
    held: set[Audience] = {"everybody"}
    answers_for = Team.objects.filter(responsible=user).exists()
    if user.memberships.filter(active=True).exists() or user.has_role("rep"):
        held.add("workers")
    if answers_for or user.has_role("sales_manager"):
        held |= {"responsible", "overseers"}
    if user.has_role(*DECIDERS):
        held |= {"deciders", "overseers"}
    if user.has_role("administrator"):
        held.add("administrators")
    return held


def kinds_for(user: User) -> list[Kind]:
    """The kinds a person may choose about, in the order of their groups; summaries apart."""
    held = audiences_of(user)
    return [one for one in KINDS if one.audience in held and one.key not in DIGESTS]

"""The line a letter begins with, in the application, by email and in a chat: plain, and first of
all whom it is about."""

import datetime as dt
from collections.abc import Sequence

from handoff.labels import humanise
from handoff.words import count_of


def assigned(title: str, *, by: object = "") -> str:
    return f"{by} gave you {title}" if by else f"New lead: {title}"


def added(title: str) -> str:
    return f"{title} came back"


def sent_back(title: str, *, by: object, reason: str) -> str:
    return f"{by} sent {title} back to you: {reason}"


def handed_on_again(title: str, *, by: object) -> str:
    return f"{by} hands {title} on to you again"


def resumed(title: str, *, by: object) -> str:
    return f"{by} gave {title} back to you"


def taken_back(title: str, *, by: object, what: str) -> str:
    return f"{by} took back an answer ({what}): {title}"


def reminder(title: str, *, clock: str) -> str:
    return f"Soon due, {clock}: {title}"


def breached(title: str, *, clock: str) -> str:
    return f"Late, {clock}: {title}"


def step_overdue(title: str, *, step: str) -> str:
    return f"Overdue, “{step}”: {title}" if step else f"Say what comes next: {title}"


def step_left(title: str, *, step: str, who: object) -> str:
    if step:
        return f"{who} left “{step}” undone: {title}"
    return f"{who} has not said what comes next: {title}"


def waits(title: str, *, queue: object) -> str:
    return f"Nobody could take {title}; it waits in {queue}"


def unrouted(title: str, *, queue: object) -> str:
    return f"Routing failed for {title}; it waits in {queue}"


def route_failed(title: str, *, rule: str) -> str:
    what = f"The routing rule “{rule}”" if rule else "Routing"
    return f"{what} fails; {title} went to the default queue"


def breached_manager(title: str, *, clock: str, who: object) -> str:
    return f"{who} is late, {clock}: {title}"


def escalated(title: str, *, clock: str, who: object) -> str:
    return f"Needs you now: {title}, {clock} missed by {who}"


def returned(title: str, *, by: object, reason: str) -> str:
    return f"{by} returned {title}: {reason}"


def approval_asked(title: str) -> str:
    return f"Waits for your yes: {title}"


def review_due(area: str, *, day: dt.date) -> str:
    return f"Time to look at {humanise(area).lower()} again: due {day:%-d %b %Y}"


def recurring_cause(cause: object, *, by: object, due: dt.date) -> str:
    return f"{by} asks you to mend a cause by {due.day} {due:%b %Y}: {cause}"


def trial_stopped(version: object) -> str:
    return f"The trial of {version} stopped itself: back to the live version"


def away(who: object, *, when: str) -> str:
    return f"{who} is away: {when}"


def back_early(who: object, *, when: str) -> str:
    return f"{who} is back early: {when}"


def not_away(who: object, *, when: str) -> str:
    return f"{who} is not away after all: {when}"


def webhook_off(name: object) -> str:
    return f"The webhook {name} was switched off"


def own_chat_off() -> str:
    return "Your own chat was switched off"


def answered(version: object, *, reasons: Sequence[str], people: int) -> str:
    said = " and ".join(filter(None, (", ".join(reasons[:-1]), *reasons[-1:])))
    others = count_of(people - 1, "other")
    who = f"you and {others}" if people > 1 else "you"
    return f"{version} answers what {who} rejected: {said}"


def joint_review(review: object, *, of: object) -> str:
    return f"{review}: {of}"


def joint_review_moved(review: object, *, of: object) -> str:
    return f"{review} has changed: {of}"


def joint_review_off(review: object, *, of: object) -> str:
    return f"{review} is off: {of}"


def review_vote(review: object, *, leads: int) -> str:
    return f"{review}: {count_of(leads, 'lead')} {'waits' if leads == 1 else 'wait'} for your vote"


def action_due(text: str, *, day: dt.date, late: bool) -> str:
    return f"{'Overdue since' if late else 'Due'} {day.day} {day:%b}: {text}"


def alert_opened(names: Sequence[str], *, threshold: int) -> str:
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"Rejections passed {threshold}%: {', '.join(names[:2])}{more}"


def quarter_due(name: str) -> str:
    return f"Review the definition by what came of {name}"


def review_fault(what: object) -> str:
    return f"Something about joint reviews needs you: {what}"


def review_minutes(review: object, *, of: object) -> str:
    return f"Minutes of {str(review).lower()}: {of}"


def daily(day: dt.date) -> str:
    return f"Today, {day:%a} {day.day} {day:%b}"


def weekly(day: dt.date) -> str:
    return f"Your week from {day:%a} {day.day} {day:%b}"


def gathered(number: int) -> str:
    return f"{number} messages from your quiet hours"

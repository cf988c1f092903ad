"""The words of a lead's page: events, assignments, reasons and facts in plain language."""

import datetime as dt
import re
from typing import Any

from django import template
from django.forms import Form
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from handoff import words
from handoff.checklists import FIRST_STEP
from handoff.labels import Labels, humanise, labels_of
from handoff.models import DecideRule, Reason, Team
from handoff.templatetags.parts import icon
from leads.chronicle import rounds
from leads.forms import RESULTS, UNTIL, WHERE_TO, DisposeForm, RecycleForm, RejectForm
from leads.models import Assignment, Event, Handoff, Judgement, Lead
from leads.story import listed
from leads.views import evidence

register = template.Library()

TEAM = re.compile(r"[-a-zA-Z0-9_]+")

QUEUES = {
    "mine": ("leads:queue", "My queue"),
    "returned": ("leads:returned", "Returned"),
    "qualification": ("leads:qualification", "Qualification review"),
    "approval": ("leads:approval", "Approval"),
    "back-again": ("leads:back-again", "Back again"),
    "follow-ups": ("leads:follow-ups", "Follow-ups today"),
    "unsaid": ("leads:unsaid", "Say how it ended"),
}
GOES_ON = (RejectForm, DisposeForm, RecycleForm)
"""Forms whose answer sends the lead somewhere."""
PICKS = "123456789abcdefghijklmnopqrstuvwxyz"
ICONS = {
    "received": "file-text",
    "matched": "building",
    "merged": "git-merge",
    "judged": "scale",
    "handed_over": "route",
    "assigned": "route",
    "added": "refresh",
    "opened": "user-check",
    "accepted": "check",
    "approved": "check",
    "awaits_approval": "clipboard-check",
    "sent_elsewhere": "route",
    "withdrawn": "arrow-back-up",
    "rejected": "x",
    "declined": "x",
    "returned": "arrow-back-up",
    "sent_back": "arrow-back-up",
    "answered": "list-check",
    "touched": "phone",
    "disposed": "flag",
    "closed": "flag",
    "reminded": "bell",
    "breached": "alert-triangle",
    "nurtured": "plant-2",
    "came_back": "refresh",
    "edited": "pencil",
    "undone": "arrow-back-up",
}


@register.simple_tag
def queue_url(came_from: str) -> str:
    """The queue somebody came from, with its filters; their own where it is not known."""
    key, mark, kept = came_from.partition("?")
    team = key.removeprefix("team-")
    if key == team:
        where = reverse(QUEUES.get(key, QUEUES["mine"])[0])
    elif TEAM.fullmatch(team):
        where = reverse("leads:team", args=[team])
    else:
        where = reverse(QUEUES["mine"][0])
    return f"{where}{mark}{kept}"


@register.simple_tag
def queue_title(came_from: str) -> str:
    if came_from.startswith("team-"):
        return "Team queue"
    return QUEUES.get(came_from.partition("?")[0], QUEUES["mine"])[1]


@register.simple_tag
def field_name(key: str) -> str:
    """A catalogue field or a question in words."""
    return humanise(key)


@register.simple_tag
def lead_fact(lead: Lead, name: str, judgement: Judgement | None = None) -> str:
    """What is known about a lead in one field; where only its account knew it, what the judgement
    saw."""
    value: Any = getattr(lead, name, lead.answers.get(name))
    if value in (None, ""):
        value = getattr(judgement, name, None)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return words.number(value) if isinstance(value, float) else str(value or "")


@register.simple_tag
def signal_name(labels: Labels | str, key: str) -> str:
    """What a definition calls a signal, in running text; its key in words where there is none."""
    names = labels.signals if isinstance(labels, Labels) else {}
    said = names.get(key) or humanise(key)
    return f"{said[:1].lower()}{said[1:]}"


@register.simple_tag
def how_it_ended(handoff: Handoff) -> str:
    """What became of a hand-over, and why: “Sent to nurture: wrong timing”."""
    said = rounds.how(handoff).capitalize()
    return f"{said}: {handoff.reason.label.lower()}" if handoff.reason else said


@register.simple_tag
def lasted(handoff: Handoff, now: dt.datetime) -> str:
    """How long an ended hand-over took, all hours counted."""
    return rounds.lasted(handoff, now)


@register.simple_tag
def reason_leads(reason: Reason, form: Form) -> str:
    """Where rejecting for a reason takes the lead, and what the reason asks for."""
    where = WHERE_TO.get(reason.goes_to, "") if isinstance(form, GOES_ON) else ""
    if reason.goes_to == Reason.GoesTo.NURTURE and where and _has_date(reason, form):
        where = UNTIL
    asks = [
        word
        for word, needed in (("a note", reason.needs_note), ("a date", reason.needs_date))
        if needed
    ]
    return ", ".join(filter(None, (where, f"needs {' and '.join(asks)}" if asks else "")))


def _has_date(reason: Reason, form: Form) -> bool:
    return reason.needs_date or isinstance(form, RecycleForm)


@register.filter
def pick_key(place: int) -> str:
    """The key that picks the choice in this place, from 0: 1 to 9, then letters."""
    return PICKS[place] if place < len(PICKS) else ""


@register.simple_tag
def icon_of(event: Event) -> SafeString:
    return icon(ICONS.get(event.kind, "clock"))


@register.simple_tag
def event_line(event: Event) -> SafeString:
    """One event in a line: what, by whom, and the particulars that tell something."""
    body = event.body
    said = str(body.get("said") or body.get("sentence") or "") or _said(event)
    who = str(event.actor) if event.actor else event.by
    lacks = listed(body.get("missing") or ()) if event.kind == Event.Kind.RETURNED else ""
    more = ", ".join(filter(None, (who, lacks and f"missing {lacks}", _more(body))))
    return format_html("{} <small>{}</small>", said, more) if more else format_html("{}", said)


def _said(event: Event) -> str:
    body = event.body
    match event.kind:
        case Event.Kind.JUDGED:
            status = dict(DecideRule.Status.choices).get(body.get("status", ""), "")
            if not status:
                return "Judged"
            fit, intent = body.get("fit"), body.get("intent")
            scores = (
                "" if fit is None else f", fit {words.number(fit)}, intent {words.number(intent)}"
            )
            return f"Judged {status.lower()}{scores}"
        case Event.Kind.RECEIVED:
            return f"{humanise(body.get('trigger')) or 'Enquiry'} received"
        case Event.Kind.ASSIGNED | Event.Kind.HANDED_OVER:
            to = body.get("owner_name") or body.get("owner") or body.get("to") or body.get("team")
            return f"{event.get_kind_display()} to {to}" if to else event.get_kind_display()
        case Event.Kind.MATCHED:
            account = body.get("account_name") or body.get("domain")
            return f"Matched to account {account}" if account else "Matched"
        case Event.Kind.BREACHED | Event.Kind.REMINDED:
            clock = humanise(str(body.get("clock", "")))
            return (
                f"{event.get_kind_display()}: {clock.lower()}"
                if clock
                else event.get_kind_display()
            )
        case Event.Kind.EXPLAINED:
            clock = humanise(str(body.get("clock", ""))).lower()
            return f"Why {clock} was missed: {str(body.get('label', '')).lower()}"
        case Event.Kind.TOUCHED:
            channel, result = body.get("channel"), dict(RESULTS).get(body.get("result") or "-", "")
            said = f"Touched by {channel}" if channel else "Touched"
            return f"{said}: {result[:1].lower()}{result[1:]}" if result else said
        case Event.Kind.DISPOSED | Event.Kind.CLOSED:
            ended = dict(Handoff.Disposition.choices).get(body.get("disposition", ""), "")
            return (
                f"{event.get_kind_display()}: {ended.lower()}"
                if ended
                else event.get_kind_display()
            )
    return event.get_kind_display()


def _more(body: dict[str, Any]) -> str:
    found = []
    if body.get("version") or body.get("definition"):
        found.append(f"definition v{body.get('version') or body.get('definition')}")
    for key in ("rule", "reason", "route"):
        if body.get(key):
            called = str(body.get(f"{key}_label") or humanise(str(body[key])))
            found.append(f"{key} {called[:1].lower()}{called[1:]}")
    for key in ("note", "next_step"):
        if body.get(key):
            found.append(f"“{body[key]}”")
    return ", ".join(found)


@register.simple_tag
def route_label(handoff: Handoff) -> str:
    """The routing rule that took a hand-over, with its place. A later step has rules of its own,
    which the assignment names."""
    if not handoff.route or handoff.step != FIRST_STEP:
        return ""
    labels = labels_of(handoff.version_id)
    label = labels.route.get(handoff.route) or humanise(handoff.route)
    place = labels.place("route", handoff.route)
    return f"Rule {place}, {label}" if place else label


@register.simple_tag
def assignment_line(one: Assignment) -> str:
    """Why one change of hands happened, in a sentence."""
    taker, team = one.owner, one.team
    who = str(one.actor) if one.actor else "The system"
    rule: dict[str, Any] = next(
        (r for r in one.explanation.get("rules", ()) if r.get("key") == one.route), {}
    )
    led = ""
    if one.actor and one.reason:
        led = f"{who} gave it to {team}. "
    elif one.route and team:
        led = f"Rule “{rule.get('label') or humanise(one.route)}” led to {team}. "
    if one.explanation.get("taken_back"):
        return f"{who} took an answer back, so it is with {taker or team} as before."
    note = f" {one.reason}." if one.reason else ""
    note += f" “{one.note}”" if one.note else ""
    match one.kind:
        case Assignment.Kind.TURN if one.explanation.get("kept"):
            return f"{led}{taker} had this lead before, and a returning lead goes back.{note}"
        case Assignment.Kind.TURN:
            by_load = one.explanation.get("pick") == Team.Pick.LEAST_LOADED
            least = "fewest open" if by_load else "served least"
            return f"{led}It was {taker}’s turn: {least} for their weight.{note}"
        case Assignment.Kind.OWNER_OF:
            return f"{rule.get('why') or f'{taker} owns the account or opportunity'}.{note}"
        case Assignment.Kind.QUEUE:
            if one.explanation.get("fault"):
                return f"{one.explanation['fault']}{note}"
            return f"{led}It waits in the queue of {team} until somebody takes it.{note}"
        case Assignment.Kind.CLAIM:
            return f"{taker} took it from the queue of {team}.{note}"
        case Assignment.Kind.MANUAL:
            return f"{who} gave it to {taker or team}.{note}"
    relaxed = one.explanation.get("relaxed")
    if one.explanation.get("stays"):
        return f"A deadline was missed. {relaxed}.{note}"
    why = f" {relaxed}." if relaxed else ""
    return f"Moved to {taker or team} after a missed deadline.{why}{note}"


@register.simple_tag
def candidates_of(one: Assignment) -> list[evidence.Candidate]:
    """Everybody weighed for an assignment."""
    return evidence.candidates(one)

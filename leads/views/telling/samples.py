"""A letter of every kind about a real lead, as it would be written now; nothing is stored."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from handoff import absences
from handoff.models import Absence, User
from leads.journey import digesting, summarising
from leads.models import Digest, Handoff, Message
from leads.story import why_now
from leads.wording import subjects
from leads.wording.kinds import Kind

CLOCK = "first touch"


def sample(kind: Kind, handoff: Handoff, reader: User, *, at: dt.datetime) -> Message:
    """The letter of a kind to `reader`, about the lead of `handoff` where it is about a lead."""
    made = Message(
        kind=kind.key,
        channel=Message.Channel.EMAIL,
        recipient=reader,
        written_at=at,
        subject=kind.says,
        body={"path": "/"},
    )
    if kind.key in ABOUT_A_LEAD:
        made.subject = ABOUT_A_LEAD[kind.key](handoff, reader)
        made.lead, made.handoff = handoff.lead, handoff
        made.body = {"title": handoff.lead.title, "why": why_now(handoff)}
        if handoff.due_at is not None:
            made.body |= {"due": handoff.due_at.isoformat(), "clock": handoff.due_clock}
    elif kind.key in SUMMARIES:
        letter = digesting.letter(reader, *_summary(kind, reader, at), at=at)
        made.subject, made.body = letter.subject, letter.body
    elif kind.key in OF_THE_HOUSE:
        made.subject, made.body = OF_THE_HOUSE[kind.key](reader, at)
    return made


def _who(handoff: Handoff) -> object:
    return handoff.owner or handoff.team or "Nobody"


def _reason(handoff: Handoff) -> str:
    return handoff.reason.label if handoff.reason else "Missing context"


ABOUT_A_LEAD: dict[str, Callable[[Handoff, User], str]] = {
    "assigned": lambda h, _: subjects.assigned(h.lead.title),
    "added": lambda h, _: subjects.added(h.lead.title),
    "resumed": lambda h, reader: subjects.resumed(h.lead.title, by=reader),
    "taken_back": lambda h, reader: subjects.taken_back(
        h.lead.title, by=reader, what="given to somebody else"
    ),
    "reminder": lambda h, _: subjects.reminder(h.lead.title, clock=CLOCK),
    "breached": lambda h, _: subjects.breached(h.lead.title, clock=CLOCK),
    "waits": lambda h, _: subjects.waits(h.lead.title, queue=h.team or "the queue"),
    "breached_manager": lambda h, _: subjects.breached_manager(
        h.lead.title, clock=CLOCK, who=_who(h)
    ),
    "escalated": lambda h, _: subjects.escalated(h.lead.title, clock=CLOCK, who=_who(h)),
    "returned": lambda h, _: subjects.returned(h.lead.title, by=_who(h), reason=_reason(h)),
    "route_failed": lambda h, _: subjects.route_failed(h.lead.title, rule=h.route or ""),
    "approval_asked": lambda h, _: subjects.approval_asked(h.lead.title),
}

SUMMARIES = {"digest_daily": Digest.Kind.DAILY, "digest_weekly": Digest.Kind.WEEKLY}


def _summary(
    kind: Kind, reader: User, at: dt.datetime
) -> tuple[Digest.Kind, dt.date, list[summarising.Part]]:
    which = SUMMARIES[kind.key]
    of = summarising.of_day if which == Digest.Kind.DAILY else summarising.of_week
    return which, timezone.localtime(at).date(), of(reader, at=at)


def _time_off(reader: User, at: dt.datetime) -> tuple[str, dict[str, Any]]:
    found = Absence.objects.filter(kind=Absence.Kind.TIME_OFF).select_related("user").first()
    away = found or Absence(user=reader, starts_at=at, ends_at=at + dt.timedelta(days=1))
    when = absences.said(away, timezone.get_current_timezone())
    return subjects.away(away.user, when=when), {"path": reverse("leads:time-off")}


def _today(at: dt.datetime) -> dt.date:
    return timezone.localtime(at).date()


OF_THE_HOUSE: dict[str, Callable[[User, dt.datetime], tuple[str, dict[str, Any]]]] = {
    "time_off": _time_off,
    "answered": lambda _, at: (
        subjects.answered("v8", reasons=["Out of segment"], people=15),
        {"path": reverse("reviews:own")},
    ),
    "trial_stopped": lambda _, at: (
        subjects.trial_stopped("v8"),
        {
            "why": "Sales rejected 14 of 31 answered leads, surely more than 28%; the rule allows"
            " 25%.",
            "path": reverse("definitions"),
        },
    ),
    "review_due": lambda _, at: (
        subjects.review_due("routing", day=_today(at)),
        {"note": "Every week.", "path": f"{reverse('playbook')}#area-routing"},
    ),
    "recurring_cause": lambda reader, at: (
        subjects.recurring_cause("Missing data", by=reader, due=_today(at)),
        {"note": "Ask for the country on the form.", "path": reverse("reviews:causes")},
    ),
    "joint_review": lambda _, at: (
        subjects.joint_review("Joint review 12", of="Marketing and sales"),
        {"when": at.isoformat(), "path": reverse("reviews:reviews")},
    ),
    "review_vote": lambda _, at: (
        subjects.review_vote("Joint review 12", leads=10),
        {"when": at.isoformat(), "path": reverse("reviews:reviews")},
    ),
    "action_due": lambda _, at: (
        subjects.action_due("Ask for the size on the form", day=_today(at), late=False),
        {"note": "From joint review 12.", "path": reverse("reviews:actions")},
    ),
    "alert_opened": lambda _, at: (
        subjects.alert_opened(["Webinar"], threshold=25),
        {
            "path": reverse("reviews:alerts"),
            "lines": [
                {
                    "says": "Webinar: sales rejected 41 of 100 answered in 28 days, 41%"
                    " (32 to 51%).",
                    "path": reverse("reviews:alerts"),
                }
            ],
        },
    ),
    "quarter_due": lambda _, at: (
        subjects.quarter_due("July to September 2026"),
        {"path": reverse("reviews:quarter")},
    ),
    "review_fault": lambda _, at: (
        subjects.review_fault("Marketing and sales"),
        {"fault": "Its calendar has no working hours.", "path": reverse("reviews:reviews")},
    ),
    "review_minutes": lambda _, at: (
        subjects.review_minutes("Joint review 12", of="Marketing and sales"),
        {
            "intro": "1 decision, 1 action.",
            "parts": [{"title": "1. SLA performance, 9 min", "lines": ["Decision: Keep it"]}],
            "path": reverse("reviews:reviews"),
        },
    ),
    "webhook_off": lambda _, at: (
        subjects.webhook_off("CRM"),
        {"why": "It answered 410 Gone.", "path": reverse("leads:webhooks")},
    ),
}

"""A text filled from a lead, and the mail it makes."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from django.db.models import F, Value
from django.utils import timezone

from handoff import words
from handoff.labels import labels_of
from handoff.models import DecideRule, User
from leads import story
from leads.chronicle.deeds import Deed, way
from leads.chronicle.pages import Names
from leads.journey import briefing, filling
from leads.models import Brief, Campaign, Handoff, Lead, Offer, PageName, TextTemplate, Touchpoint
from leads.models.brief import OF_LEAD

from .card import found_of

LONGEST_LINK = 1800
"""Characters of a mail link; some mail programs cut longer ones off."""

DEEDS = 6
"""The newest of what they did that a text tells."""

STATUSES = dict(DecideRule.Status.choices)


@dataclass(frozen=True, slots=True)
class Ready:
    """A text ready to be used. `mailto`: a link that opens it as a mail, "" where there is no
    address or they did not agree; `is_short`: the mail is too long for a link, which then carries
    the subject alone."""

    kind: str
    subject: str
    body: str
    gaps: tuple[str, ...]
    mailto: str
    is_short: bool

    @property
    def missing(self) -> str:
        """What has a gap, in running text."""
        return story.listed(self.gaps)


def of(text: TextTemplate, lead: Lead, reader: User) -> Ready:
    """A text filled from a lead, for somebody who may see it."""
    values = values_of(lead, reader, at=timezone.now())
    subject, body = filling.fill(text.subject, values), filling.fill(text.body, values)
    link, is_short = "", False
    if lead.email and lead.consent is not False and text.kind == TextTemplate.Kind.FIRST_TOUCH:
        link, is_short = mail_link(lead.email, subject.text, body.text)
    gaps = tuple(dict.fromkeys((*subject.gaps, *body.gaps)))
    return Ready(text.kind, subject.text, body.text, gaps, link, is_short)


def mail_link(address: str, subject: str, body: str) -> tuple[str, bool]:
    """A `mailto:` link, and whether the body had to stay out of it."""
    one_line = " ".join(subject.split())
    head = f"mailto:{quote(address, safe='@')}?subject={quote(one_line, safe='')}"
    lines = body.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    link = f"{head}&body={quote(lines, safe='')}"
    return (link, False) if len(link) <= LONGEST_LINK else (head, True)


def values_of(lead: Lead, reader: User, *, at: dt.datetime) -> dict[str, str]:
    """What comes into the places of a text (`filling.NAMES`); "" where nothing is known."""
    handoff = (
        Handoff.objects.filter(lead=lead)
        .select_related("judgement", "owner")
        .order_by(F("ended_at").desc(nulls_first=True), "-pk")
        .first()
    )
    judgement = handoff.judgement if handoff else lead.judgement
    touches = list(Touchpoint.objects.filter(lead=lead).order_by("-occurred_at", "-pk")[:200])[::-1]
    brief = brief_of(lead, reader, touches)
    offer = Offer.objects.called(Value(lead.offer)).first() if lead.offer else None
    campaign = Campaign.objects.called(Value(lead.campaign)).first() if lead.campaign else None
    pages = Names(PageName.objects.current().values_list("name", "paths"))
    names = labels_of(judgement.version_id).signals if judgement else {}
    journey = way(touches, names, None, pages=pages)
    owner = handoff.owner if handoff else None
    return {
        **_of_person(lead),
        "trigger_sentence": story.did_most(judgement.intent_parts, names) if judgement else "",
        "journey": "\n".join(map(_told, journey.deeds[-DEEDS:])),
        "campaign": campaign.name if campaign else lead.campaign,
        "offer": offer.name if offer else lead.offer,
        "offer_promise": offer.promise if offer else "",
        "question": brief.questions[0].ask if brief and brief.questions else "",
        "goal": brief.told["goal"] if brief else "",
        "unknown": story.listed(judgement.missing) if judgement else "",
        "status": STATUSES[judgement.status] if judgement else "",
        "fit": words.number(judgement.fit) if judgement else "",
        "intent": words.number(judgement.intent) if judgement else "",
        "next_step": _next_step(handoff, at),
        "owner_name": str(owner) if owner else "",
        "owner_email": owner.email if owner else "",
        "my_name": str(reader),
    }


def brief_of(lead: Lead, reader: User, touches: list[Touchpoint]) -> briefing.Card | None:
    """The brief that fits a lead."""
    of_lead = {name: Value(getattr(lead, name)) for name in OF_LEAD}
    row = Brief.objects.fitting(of_lead).told(lead.pk, reader.pk).first()
    found = found_of(lead) if row else ()
    return briefing.card(row["told"] if row else None, lead, lead.judgement, touches, found)


def _of_person(lead: Lead) -> dict[str, str]:
    return {
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "full_name": lead.name,
        "role": lead.role,
        "company": lead.company,
        "country": lead.country,
        "employees": f"{int(lead.employees):,}" if lead.employees else "",
        "email": lead.email or "",
        "phone": lead.phone,
        "problem": lead.problem,
        "timing": lead.timing,
        "product_interest": lead.product_interest,
    }


def _told(deed: Deed) -> str:
    detail = f" ({deed.detail})" if deed.detail else ""
    return f"{timezone.localtime(deed.at):%-d %b}: {deed.said}{detail}"


def _next_step(handoff: Handoff | None, at: dt.datetime) -> str:
    if handoff is None or not handoff.next_step or handoff.next_step_due is None:
        return ""
    return f"{handoff.next_step}, {words.day_and_time(handoff.next_step_due, at)}"

"""A lead as it was handed over, for people who judge it: no name, and nothing that came after.

What they wrote themselves, and what they did, may name them or their company: that is taken out.
Everything is read from the judgement of the hand-over, what travelled with it, and what they had
done by then; nothing of what sales answered, and nothing of today.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from handoff import words
from handoff.labels import document_of, humanise, labels_of
from handoff.rules.countries import country_name
from handoff.rules.sentences import said
from leads.chronicle import lede
from leads.chronicle.deeds import Deed, deeds
from leads.chronicle.fading import LIMIT
from leads.journey.law import law
from leads.models import Handoff, Judgement, Lead, Touchpoint
from leads.views import evidence, scores
from reviews.voting.identity import mask_of

TOUCHES = 200
TOLD = 6
"""So many of the last things they did are told; the rest is counted."""

ICONS = {"met": "circle-check", "unmet": "x", "unknown": "help-circle"}
WORDS = {"met": "Met", "unmet": "Not met", "unknown": "Unknown"}
PROCESS = frozenset({"process", "authority", "budget", "decision", "procurement", "stakeholders"})
"""Words of a question that asks how they buy."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the five criteria: `figure` is its score, where it has one."""

    label: str
    state: str
    said: str
    figure: float | None = None

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def word(self) -> str:
        return WORDS[self.state]


@dataclass(frozen=True, slots=True)
class Portrait:
    """What a voter sees. `title`: who they are and what they did, in a line; `rule`: what the rule
    that decided asks, at `place` of version `number`."""

    title: str
    made_at: dt.datetime
    status: str
    criteria: tuple[Criterion, ...]
    rule: str
    asks: str
    place: int
    number: int
    deeds: tuple[Deed, ...]
    earlier: int


def portrait(handoff: Handoff) -> Portrait:
    """Of a hand-over that comes with its judgement, and its lead with the account; two
    statements."""
    judgement, hide = handoff.judgement, mask_of(handoff).hide
    labels = labels_of(judgement.version_id)
    touches = _touches(handoff)
    silent = scores.silent(document_of(judgement.version_id))
    loud = [one for one in touches if one.signal not in silent]
    done = deeds(loud, labels.signals, handoff.triggered_at)
    by = law(judgement.version_id)
    rule = by.decide.get(judgement.rule)
    return Portrait(
        title=hide(_title(judgement, done)),
        made_at=handoff.made_at,
        status=judgement.get_status_display().lower(),
        criteria=tuple(
            replace(one, said=hide(one.said)) for one in _criteria(handoff, judgement, touches)
        ),
        rule=labels.decide.get(judgement.rule) or humanise(judgement.rule),
        asks=said(rule.when, by.definition.signal_labels) if rule else "",
        place=labels.place("decide", judgement.rule),
        number=labels.number,
        deeds=tuple(replace(one, said=hide(one.said)) for one in done[-TOLD:]),
        earlier=max(0, len(done) - TOLD),
    )


def _touches(handoff: Handoff) -> list[Touchpoint]:
    """What was done, and known, when the lead was judged; oldest first."""
    judgement = handoff.judgement
    then = Touchpoint.objects.filter(
        lead=handoff.lead_id,
        occurred_at__lte=judgement.as_of,
        recorded_at__lte=judgement.judged_at,
    )
    return list(then.order_by("-occurred_at", "-pk")[:TOUCHES])[::-1]


def _title(judgement: Judgement, done: Sequence[Deed]) -> str:
    """“Operations director at a 60-person agency: sat through a webinar, then looked at pricing
    twice”."""
    then = Lead(
        role=judgement.role or "",
        industry=judgement.industry or "",
        employees=judgement.employees,
    )
    who = "".join(text for _, text in lede.who(then)).rstrip(".")
    last = list({deed.signal: deed for deed in done}.values())[-2:]
    did = ", then ".join(deed.in_text for deed in last)
    return f"{who}: {did}" if did else who


def _criteria(
    handoff: Handoff, judgement: Judgement, touches: Sequence[Touchpoint]
) -> list[Criterion]:
    answers = handoff.context.get("answers") or {}
    known = [
        str(answer)
        for question, answer in answers.items()
        if answer and not PROCESS.isdisjoint(question.lower().replace("-", "_").split("_"))
    ]
    return [
        _fit(judgement),
        _told("Problem", judgement.problem, quoted="“{}”"),
        _intent(judgement, touches),
        _told("Timing", judgement.timing),
        _told("Process", ", ".join(known)),
    ]


def _fit(judgement: Judgement) -> Criterion:
    """Met where every row of fit that was asked holds, unmet where one does not, else unknown."""
    document = document_of(judgement.version_id)
    rows = evidence.criteria(judgement, document, Lead())
    states = {row.state for row in rows}
    state = next((one for one in ("unmet", "unknown") if one in states), "met")
    size = f"{judgement.employees:,.0f} people" if judgement.employees else ""
    place = country_name(judgement.country) if judgement.country else ""
    works = f"works in {humanise(judgement.function).lower()}" if judgement.function else ""
    facts = [one for one in (judgement.industry, size, place, works) if one]
    lacks = [row.label for row in rows if row.state != "met"]
    told = ", ".join(facts) or "Nothing is known of the company"
    more = f". Not met or not known: {', '.join(lacks)}" if lacks else ""
    return Criterion("Fit", state, f"{told[:1].upper()}{told[1:]}{more}", judgement.fit)


def _intent(judgement: Judgement, touches: Sequence[Touchpoint]) -> Criterion:
    document = document_of(judgement.version_id)
    parts = evidence.intent_parts(judgement, document, touches)
    counted = [part for part in parts if part.points > 0 and part.key != LIMIT]
    told = ", ".join(f"{part.label} {words.number(part.points)}" for part in counted)
    state = "met" if counted else "unmet"
    return Criterion("Intent", state, told or "Nothing they did counts", judgement.intent)


def _told(label: str, answer: str | None, *, quoted: str = "{}") -> Criterion:
    """A criterion that somebody has to have answered."""
    if not answer:
        return Criterion(label, "unknown", "Not asked")
    return Criterion(label, "met", quoted.format(answer))

"""What a meeting makes of a lead: an example, a draft of a change; and taking it back.

Each is a line of the minutes in the same transaction. Drafts belong to marketing operations, so
only who may edit the agreement changes one; whoever presents may not.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from handoff import drafting, publishing, versions
from handoff.labels import document_of
from handoff.models import DefinitionVersion, Example, User
from handoff.models.definition import Document
from handoff.permissions import may_edit_agreement
from handoff.rules.faults import Faulty
from leads.journey.citing import cite_example
from leads.journey.exemplifying import make_example
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import Handoff, Judgement
from reviews import backtesting
from reviews.meetings import noting
from reviews.meetings.noting import About
from reviews.models import Backtest, Line, Meeting, Sampled

from .ballots import ERASED
from .clauses import clauses_of, named
from .proposing import Bar, Gone, raised

KINDS = {"example": Line.Kind.EXAMPLE, "counterexample": Line.Kind.EXAMPLE}
GOES_TO = {"requalify": "needs_qualification", "disqualify": "disqualified", "merge": "duplicate"}
"""What should have come out where sales rejected a lead, by where its reason sends it."""

TRIED_ON = dt.timedelta(days=90)
"""A backtest of a new draft judges the leads of so long."""


@dataclass(frozen=True)
class Begun:
    """A draft with its line in the minutes, and the backtest that runs; `bar`: what of a lead's
    clause it changes."""

    line: Line
    draft: DefinitionVersion
    backtest: Backtest | None
    bar: Bar | None


def bar_for(document: Document, judgement: Judgement, clause: str) -> Bar | Gone | None:
    """The clause with a bar that a judged lead would not have reached, by what was known then; Gone
    where `document` does not ask it any more."""
    judged_by = document_of(judgement.version_id)
    return raised(judged_by, document, clause, lambda name: getattr(judgement, name, None))


def newest_draft() -> DefinitionVersion | None:
    """The draft that somebody worked on last."""
    drafts = list(DefinitionVersion.objects.drafts().with_rows())
    return max(drafts, key=lambda one: (one.edited_at or one.created_at, one.pk), default=None)


def keep(sampled_id: int, kind: str, *, actor: User, at: dt.datetime) -> Line:
    """Put a revealed lead, as it was handed over, among the examples of the newest draft, or of a
    new one made from the live version. Raises NotAllowed, Invalid and Conflict."""
    if kind not in KINDS:
        raise Invalid("kind", "It is kept as an example or as a counterexample.")
    only_editors(actor)
    sampled = _revealed(sampled_id)
    handoff = sampled.handoff
    with noting.running(sampled.meeting_id, actor) as meeting:
        _refuse_twice(sampled, KINDS[kind])
        try:
            draft, place = make_example(
                handoff.lead,
                handoff.judgement,
                newest_draft(),
                kind=kind,
                status=handoff.status if kind == "example" else _should_be(handoff),
                actor=actor,
                at=at,
            )
        except (Faulty, drafting.Overtaken) as error:
            raise Conflict(f"It could not be kept: {error}") from error
        name = draft.examples.values_list("name", flat=True).order_by("position", "pk")[place]
        about = About(reverse("example", args=[draft.number, place]), sampled, draft)
        text = f"Lead {sampled.place} is kept as {_a(kind)} of {draft}: “{name}”"
        line = noting.write(meeting, KINDS[kind], text, actor=actor, at=at, about=about)
        Line.objects.filter(pk=line.pk).update(example=name)
    return line


def draft_from_lead(sampled_id: int, clause: str, *, actor: User, at: dt.datetime) -> Begun:
    """Begin a draft of a change from a revealed lead: `clause` (empty: none) asks for more where it
    has a bar, the lead's rejection is cited, and a backtest runs. Raises NotAllowed, Invalid,
    Conflict."""
    only_editors(actor)
    sampled = _revealed(sampled_id)
    handoff, judgement = sampled.handoff, sampled.handoff.judgement
    if clause and clause not in {one.key for one in clauses_of(judgement)}:
        raise Invalid("clause", "Choose one of the clauses of the definition.")
    with noting.running(sampled.meeting_id, actor) as meeting:
        _refuse_twice(sampled, Line.Kind.DRAFT)
        draft = new_draft(actor, at)
        bar = bar_for(draft.document(), judgement, clause)
        if isinstance(bar, Gone):
            raise Conflict(f"{draft.cloned_from} does not ask that any more: {bar.says}.")
        draft = _raise(draft, bar, actor=actor, at=at)
        cite_example(draft, handoff, actor=actor, at=at)
        why = bar.says if bar else named(handoff.version_id, clause) if clause else "to be written"
        text = f"Draft {draft} is begun from lead {sampled.place}: {why}"
        return begun(meeting, draft, text, actor=actor, at=at, sampled=sampled, bar=bar)


def take_back(line_id: int, *, actor: User, at: dt.datetime) -> Line:
    """Take back a line while its meeting runs, and what it made, as far as nobody went on with it:
    an agreed verdict falls, an example leaves its draft, a draft that is as it was begun is thrown
    away. Raises NotAllowed and Conflict."""
    with transaction.atomic():
        line = noting.take_back(line_id, actor=actor, at=at)
        if line.kind == Line.Kind.VERDICT:
            cleared = {"agreed": "", "agreed_at": None, "agreed_by": None}
            Sampled.objects.filter(lines=line).update(**cleared)
        if line.version_id is None or line.kind not in (Line.Kind.EXAMPLE, Line.Kind.DRAFT):
            return line
        only_editors(actor)
        versions.lock()
        draft = DefinitionVersion.objects.with_rows().get(pk=line.version_id)
        if line.kind == Line.Kind.EXAMPLE:
            _take_out(draft, line.example, actor=actor, at=at)
        elif draft.is_editable and draft.revision == line.revision and not _quoted(line):
            _discard(draft)
    return line


def taken_back(line: Line) -> str:
    """What taking back came to, for whoever pressed; `line` as it was before."""
    drafts = DefinitionVersion.objects.filter(pk__in=[line.version_id])
    if line.kind == Line.Kind.DRAFT and drafts.exists():
        return "Taken back. The draft stays: somebody went on with it."
    return "Taken back; the minutes say so."


def only_editors(actor: User) -> None:
    """Raises NotAllowed."""
    if not may_edit_agreement(actor):
        raise NotAllowed("Marketing operations changes drafts. Note it as an action for them.")


def _revealed(sampled_id: int) -> Sampled:
    related = ("handoff__lead", "handoff__judgement", "handoff__reason")
    found = Sampled.objects.select_related(*related).filter(pk=sampled_id).first()
    if found is None:
        raise Conflict(ERASED)
    if found.revealed_at is None:
        raise Conflict("Reveal the votes first.")
    return found


def _refuse_twice(sampled: Sampled, kind: str) -> None:
    if Line.objects.standing().filter(sampled=sampled, kind=kind).exists():
        raise Conflict("That is done already. Take it back in the minutes to do it otherwise.")


def _should_be(handoff: Handoff) -> str:
    goes_to = handoff.reason.goes_to if handoff.reason else ""
    return GOES_TO.get(goes_to, "nurture")


def new_draft(actor: User, at: dt.datetime) -> DefinitionVersion:
    """A draft made from the live version. Raises Conflict where there is none."""
    live = DefinitionVersion.objects.live().first()
    if live is None:
        raise Conflict("Nothing is live yet, so there is nothing to change.")
    return publishing.clone(live, actor=actor, at=at)


def _raise(
    draft: DefinitionVersion, bar: Bar | None, *, actor: User, at: dt.datetime
) -> DefinitionVersion:
    if bar is None:
        return draft
    seen = draft.revision
    try:
        return drafting.put(
            draft, bar.section, bar.row, place=bar.place, revision=seen, actor=actor, at=at
        )
    except (Faulty, drafting.Overtaken) as error:
        raise Conflict(f"The draft could not be changed: {error}") from error


def begun(
    meeting: Meeting,
    draft: DefinitionVersion,
    text: str,
    *,
    actor: User,
    at: dt.datetime,
    sampled: Sampled | None = None,
    bar: Bar | None = None,
) -> Begun:
    """The line of the minutes about a draft, inside `noting.running`, and its backtest; a draft
    that cannot judge yet has none."""
    about = About(reverse("room", args=[draft.number]), sampled, draft)
    line = noting.write(meeting, Line.Kind.DRAFT, text, actor=actor, at=at, about=about)
    Line.objects.filter(pk=line.pk).update(revision=draft.revision)
    day = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    until = day + dt.timedelta(days=1)
    try:
        run = backtesting.start(draft, since=until - TRIED_ON, until=until, actor=actor, at=at)
    except Faulty:
        run = None
    return Begun(line, draft, run, bar)


def _take_out(draft: DefinitionVersion, name: str, *, actor: User, at: dt.datetime) -> None:
    names = [one.name for one in draft.examples.all()]
    if draft.is_editable and name in names:
        place = names.index(name)
        drafting.remove(draft, "examples", place, revision=draft.revision, actor=actor, at=at)


def _discard(draft: DefinitionVersion) -> None:
    try:
        publishing.discard(draft)
    except publishing.Refused as error:
        raise Conflict(str(error)) from error


def _quoted(line: Line) -> bool:
    """Whether another standing line of the minutes is about the same draft."""
    others = Line.objects.standing().filter(version=line.version_id)
    return others.exclude(pk=line.pk).exists()


def _a(kind: str) -> str:
    return f"an {kind}" if kind == Example.Kind.EXAMPLE else f"a {kind}"

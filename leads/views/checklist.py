"""The checklist on a lead's page: what is known, what is open, calls, and what the step before
learnt."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.forms import Form

from handoff.checklists import FIRST_STEP, Item
from handoff.models import Step
from handoff.models.ownership import ASKED
from leads.journey import checking, stepping
from leads.journey.checking import Asked, Checked, Known, Line
from leads.models import CallNote, Finding, Handoff, Lead
from leads.question_forms import AdvanceForm, CallForm, QuestionsForm

from .desk import Pairs

CALLS = 20
"""The newest notes of calls that the page shows."""


@dataclass(frozen=True)
class Call:
    """A note of a call as the page tells it, with what was learnt in it."""

    at: dt.datetime
    outcome: str
    channel: str
    with_whom: str
    note: str
    who: str
    learnt: tuple[str, ...]


@dataclass
class Card:
    """What the card shows. `before` is the list that was asked before this step, `ahead` the one
    before the step `onward`; `kept`: what was answered of lists that are asked no more."""

    handoff: Handoff
    lists: list[Checked]
    ahead: Checked | None
    onward: str
    calls: list[Call]
    may: bool
    before: Checked | None = None
    kept: list[Checked] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    opened: str = ""

    @property
    def intro(self) -> str:
        """The note that introduced the lead to this step."""
        return str(self.handoff.context.get("intro") or "")

    @property
    def sent_back(self) -> dict[str, Any] | None:
        """Why the next step sent it back, where it did and that is still open."""
        return self.handoff.context.get("sent_back") if self.handoff.is_open else None

    @property
    def is_first(self) -> bool:
        return self.handoff.step == FIRST_STEP

    @property
    def whole(self) -> bool:
        """Whether everything that the next step requires is known."""
        return self.ahead is not None and not self.ahead.lacking

    @property
    def answers(self) -> QuestionsForm:
        """Every question of the step, to be answered in place; open ones first."""
        bound = self.forms.get("checklist")
        if isinstance(bound, QuestionsForm):
            return bound
        answered = [item for item in self.items if item.key in self.known]
        return QuestionsForm(questions=[*self.open, *answered], known=self.known, auto_id="id_%s")

    @property
    def call(self) -> CallForm:
        """A note of a call, with the questions that are open."""
        bound = self.forms.get("call")
        if isinstance(bound, CallForm):
            return bound
        return CallForm(questions=self.open, auto_id="id_call_%s")

    @property
    def advance(self) -> AdvanceForm:
        """What is open before the lead is handed on, and the note that introduces it."""
        bound = self.forms.get("advance")
        if isinstance(bound, AdvanceForm):
            return bound
        return AdvanceForm(
            questions=self.ahead.lacking if self.ahead else (),
            prefix="advance",
            auto_id="id_%s",
        )

    @property
    def open(self) -> list[Item]:
        """Every question without an answer."""
        return [item for item in self.items if item.key not in self.known]


def asking() -> ArraySubquery:
    """What every step asks, as a column of a lead."""
    columns = {name: name for name in ("key", "comes_from", *ASKED)}
    rows = Step.objects.annotate(**ASKED).order_by("pk")
    return ArraySubquery(rows.values(one=JSONObject(**columns)))


def findings() -> ArraySubquery:
    """People's answers about a lead that count, as a column of it."""
    rows = Finding.objects.filter(lead=OuterRef("pk")).newest().with_who()
    columns = {name: name for name in ("item", "value", "at", "who", "call")}
    return ArraySubquery(rows.values(one=JSONObject(**columns)))


def calls() -> ArraySubquery:
    """The newest calls of a lead, as a column of it."""
    rows = CallNote.objects.filter(lead=OuterRef("pk")).order_by("-at", "-pk")[:CALLS]
    told = ("pk", "at", "outcome", "channel", "with_whom", "note")
    columns = {name: name for name in told}
    return ArraySubquery(rows.values(one=JSONObject(**columns, who=F("actor__name"))))


COLUMNS = {"asked_of_it": asking, "found_out": findings, "called": calls}
"""What the card needs of a lead, as columns of its statement."""


def card_of(
    lead: Any, handoff: Handoff | None, *, may: bool, forms: Mapping[str, Form], opened: str = ""
) -> Card | None:
    """The card of a lead read with COLUMNS; None where nothing is asked and nothing was noted."""
    if handoff is None:
        return None
    asked = checking.asked_in(handoff.step, lead.asked_of_it)
    told = {row["item"]: row for row in lead.found_out if row["value"]}
    known = {
        key: Known(row["value"], "", row["who"] or "", dt.datetime.fromisoformat(row["at"]))
        for key, row in told.items()
    }
    before, confirms, ahead = (
        checking.checked(one, lead, handoff.judgement, known) if one is not None else None
        for one in (asked.before, asked.confirms, asked.onwards)
    )
    lists = [one for one in (before, confirms) if one is not None]
    kept = list(_answered(asked, known))
    noted = [_call(row, told.values(), asked) for row in lead.called]
    if not (lists or kept or noted) and ahead is None and not handoff.context.get("intro"):
        return None
    every = [*lists, *([ahead] if ahead else [])]
    answered = {
        line.item.key: line.known.value for one in every for line in one.lines if line.known
    }
    return Card(
        handoff,
        lists,
        ahead,
        stepping.name_of(asked.onward) if asked.onward else "",
        noted,
        may=may and handoff.is_open and handoff.state != Handoff.State.RETURNED,
        before=before,
        kept=kept,
        items=list(asked.items.values()),
        known=answered,
        forms=forms,
        opened=opened,
    )


def _answered(asked: Asked, known: Mapping[str, Known]) -> Iterator[Checked]:
    """What people answered of lists that are asked no more."""
    still = asked.items
    for label, items in asked.retired:
        told = [item for item in items if item.key in known and item.key not in still]
        if told:
            yield Checked(label, tuple(Line(item, known[item.key]) for item in told))


def _call(row: Mapping[str, Any], told: Iterable[Mapping[str, Any]], asked: Asked) -> Call:
    retired = {item.key: item for _, items in asked.retired for item in items}
    items = retired | asked.items
    learnt = tuple(
        f"{items[one['item']].label}: {items[one['item']].shown(one['value'])}"
        for one in told
        if one["call"] == row["pk"] and one["item"] in items
    )
    return Call(
        dt.datetime.fromisoformat(row["at"]),
        CallNote.Outcome(row["outcome"]).label,
        row["channel"],
        row["with_whom"],
        row["note"],
        row["who"],
        learnt,
    )


def fresh(handoff: Handoff, *, forms: Mapping[str, Form], opened: str = "") -> Card | None:
    """The card alone, for somebody who may answer, read anew."""
    lead = Lead.objects.annotate(**{name: make() for name, make in COLUMNS.items()}).get(
        pk=handoff.lead_id
    )
    again = Handoff.objects.select_related("judgement", "owner", "team").get(pk=handoff.pk)
    return card_of(lead, again, may=True, forms=forms, opened=opened)


def questions_before(step: str) -> Pairs:
    """What a later step may say it misses: the questions that are asked before it."""
    if step == FIRST_STEP:
        return ()
    asked = checking.asked_in(step, Step.objects.asking()).before
    return tuple((item.key, item.label) for item in asked[1]) if asked else ()


def questions_of(card: Card | None) -> Pairs:
    """The same, where the card of the step is at hand."""
    if card is None or card.is_first or card.before is None:
        return ()
    return tuple((line.item.key, line.item.label) for line in card.before.lines)

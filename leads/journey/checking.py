"""What is asked about a lead in each step, what is known of it, and what is still open.

Source: contracts.md §3, `checklists` and `steps`. A question is answered by the newest finding of a
person, else by the facts of the lead it names. A lead may enter the next step once everything that
step requires is known.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from handoff.checklists import Item, items_of
from handoff.models import Step, User
from leads.models import CallNote, Event, Finding, Handoff, Judgement, Lead

from .owning import enter
from .recording import Happening, record
from .states import Conflict, Invalid

TYPED = {"person": "typed by a person", "form": "from their form", "enrichment": "from enrichment"}


@dataclass(frozen=True)
class Known:
    """An answer: the value, and where it comes from. `who` and `at` where a person gave it."""

    value: str
    origin: str
    who: str = ""
    at: dt.datetime | None = None


@dataclass(frozen=True)
class Line:
    """A question and its answer, if there is one."""

    item: Item
    known: Known | None

    @property
    def shown(self) -> str:
        """The answer as a person reads it."""
        return self.item.shown(self.known.value) if self.known else ""


@dataclass(frozen=True)
class Checked:
    """A checklist, question by question."""

    label: str
    lines: tuple[Line, ...]

    @property
    def met(self) -> int:
        return sum(line.known is not None for line in self.lines)

    @property
    def open(self) -> tuple[Item, ...]:
        """Questions nobody has answered."""
        return tuple(line.item for line in self.lines if line.known is None)

    @property
    def lacking(self) -> tuple[Item, ...]:
        """The required ones among them."""
        return tuple(item for item in self.open if item.required)


List = tuple[str, tuple[Item, ...]]


@dataclass(frozen=True)
class Asked:
    """What is asked in a step: before a lead enters it, of whoever takes it, and before it enters
    the step `onward`. A list that the agreement has not is None; `retired` are those that it has
    no more, of which what was answered is still told."""

    before: List | None = None
    confirms: List | None = None
    onwards: List | None = None
    onward: str = ""
    retired: tuple[List, ...] = ()

    @property
    def items(self) -> dict[str, Item]:
        """Every question by its key; one that two lists ask is asked once."""
        lists = (self.before, self.confirms, self.onwards)
        return {item.key: item for one in lists if one for item in one[1]}


class Lacking(Invalid):
    """A lead cannot move on: `items` are the required questions nobody has answered."""

    def __init__(self, items: Iterable[Item], step: str) -> None:
        self.items = tuple(items)
        names = "; ".join(item.label for item in self.items)
        super().__init__("answers", f"Before it moves on to {step}, answer: {names}.")


def asked_in(step: str, rows: Iterable[Mapping[str, Any]]) -> Asked:
    """What the agreement asks in a step; `rows` as `Step.objects.asking()` tells them."""
    before = confirms = onwards = None
    onward = ""
    retired: list[List] = []
    for row in rows:
        if row["key"] == step:
            before, confirms = _list(row, "before", retired), _list(row, "confirmed", retired)
        elif row["comes_from"] == step and not onward:
            onwards, onward = _list(row, "before", retired), row["key"]
    return Asked(before, confirms, onwards, onward, tuple(retired))


def _list(row: Mapping[str, Any], name: str, retired: list[List]) -> List | None:
    """The list that a step asks, if any; one that is asked no more goes to `retired`."""
    items = row[f"{name}_items"]
    if not items:
        return None
    found = (row[name], items_of(items))
    if row[f"{name}_active"]:
        return found
    retired.append(found)
    return None


def checked(
    asked: List,
    lead: Lead,
    judgement: Judgement | None,
    findings: Mapping[str, Known],
) -> Checked:
    """A list with what is known of each question. `findings`: people's answers, by question."""
    label, items = asked
    return Checked(
        label,
        tuple(
            Line(item, findings.get(item.key) or fact_of(item, lead, judgement)) for item in items
        ),
    )


def fact_of(item: Item, lead: Lead, judgement: Judgement | None) -> Known | None:
    """The answer that the lead's own facts give, once all of those it names are known."""
    if not item.facts:
        return None
    values = [_fact(name, lead, judgement) for name in item.facts]
    if any(value in (None, "") for value in values):
        return None
    origins = [TYPED.get(lead.provenance.get(name, ""), "") for name in item.facts]
    origin = next((one for one in origins if one), "known at the hand-over")
    return Known(", ".join(map(_in_words, values)), origin)


def _fact(name: str, lead: Lead, judgement: Judgement | None) -> Any:
    value = getattr(lead, name, None)
    return getattr(judgement, name, None) if value in (None, "") else value


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)


def findings_of(lead_id: int) -> dict[str, Known]:
    """People's answers about a lead that count, by question."""
    rows = Finding.objects.filter(lead=lead_id).newest().with_who()
    return {one.item: Known(one.value, "", one.who, one.at) for one in rows if one.value}


def read(asked: Asked, answers: Mapping[str, str]) -> dict[str, str]:
    """Answers as they are kept. Raises Invalid for a question that is not asked here, and for what
    is no answer to one."""
    items, found = asked.items, {}
    for key, text in answers.items():
        if key not in items:
            raise Invalid(f"answers.{key}", f"“{key}” is not asked in this step.")
        try:
            found[key] = items[key].read(text)
        except ValueError as error:
            raise Invalid(f"answers.{key}", f"{items[key].label}: {error}") from None
    return found


def answer(
    handoff_id: int, *, answers: Mapping[str, str], actor: User, at: dt.datetime, by: str = ""
) -> list[Item]:
    """Keep what somebody found out; the questions whose answer is new. What stays as it was leaves
    no trace. Raises Invalid, NotAllowed, and Conflict once the hand-over has ended."""
    with transaction.atomic():
        handoff = enter(handoff_id, actor=actor)
        if not handoff.is_open:
            raise Conflict("This hand-over has ended; nothing is asked any more.")
        return keep(handoff, answers, actor=actor, at=at, by=by)


def keep(
    handoff: Handoff,
    answers: Mapping[str, str],
    *,
    actor: User,
    at: dt.datetime,
    by: str = "",
    call: CallNote | None = None,
) -> list[Item]:
    """As `answer`, of a hand-over that is locked; `call` is the one they were learnt in."""
    if not answers:
        return []
    asked = asked_in(handoff.step, Step.objects.asking())
    given, before = read(asked, answers), findings_of(handoff.lead_id)
    new: dict[Item, str] = {}
    for key, value in given.items():
        item = asked.items[key]
        stood = before.get(key)
        known = stood or fact_of(item, handoff.lead, handoff.judgement)
        if value == (known.value if known else "") or (not value and stood is None):
            continue
        new[item] = value
    Finding.objects.bulk_create(
        Finding(
            lead_id=handoff.lead_id,
            handoff=handoff,
            call=call,
            step=handoff.step,
            item=item.key,
            value=value,
            at=at,
            actor=actor,
            by=by,
        )
        for item, value in new.items()
    )
    if new:
        said = {item.label: item.shown(value) or "taken back" for item, value in new.items()}
        sentence = "; ".join(f"{label}: {value}" for label, value in said.items())
        body = {"answers": {item.key: value for item, value in new.items()}, "sentence": sentence}
        record(
            [Happening(handoff.lead_id, Event.Kind.ANSWERED, at, handoff.pk, actor, by, body=body)]
        )
    return list(new)


def lacking(handoff: Handoff) -> tuple[Item, ...]:
    """What the next step requires and nobody has answered."""
    asked = asked_in(handoff.step, Step.objects.asking())
    if asked.onwards is None:
        return ()
    known = findings_of(handoff.lead_id)
    return checked(asked.onwards, handoff.lead, handoff.judgement, known).lacking

"""A brief as it is read beside one lead: what fills a gap first, what their content tells. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from handoff.labels import humanise
from leads.models import Judgement, Lead, Touchpoint

ITEM = "item:"
"""Before the key of a checklist's item, where a question fills one."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something to ask; `note` says what for, `is_open` that the answer is not known yet."""

    ask: str
    note: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What it tells that they looked at or attended something, and what to ask then."""

    topic: str
    means: str
    ask: str


@dataclass(frozen=True)
class Card:
    """One brief beside one lead; `pk` is None in a preview. `mine`: what the reader said of it,
    {helped, line}; `content`: how to read what this lead looked at, `other_content` the rest."""

    pk: int | None
    title: str
    told: Mapping[str, Any]
    questions: tuple[Question, ...]
    content: tuple[Reading, ...]
    other_content: tuple[Reading, ...]

    @property
    def mine(self) -> Mapping[str, Any] | None:
        return self.told.get("mine")


def card(
    told: Mapping[str, Any] | None,
    lead: Lead,
    judgement: Judgement | None,
    touchpoints: Iterable[Touchpoint],
    found: Collection[str] = (),
) -> Card | None:
    """A brief (`BriefQuerySet.told`) beside a lead; None where there is none. `found`: the items of
    checklists that somebody has answered."""
    if told is None:
        return None
    asked = [_question(row, lead, judgement, found) for row in told["questions"]]
    seen = _seen(lead, touchpoints)
    readings = [Reading(row["topic"], row["means"], row["ask"]) for row in told["readings"]]
    theirs = {one for one in readings if one.topic.casefold() in seen}
    return Card(
        pk=told["pk"],
        title=title(told["campaign"], told["persona"]),
        told=told,
        questions=tuple(sorted(asked, key=lambda one: not one.is_open)),
        content=tuple(one for one in readings if one in theirs),
        other_content=tuple(one for one in readings if one not in theirs),
    )


def title(campaign: str | None, persona: str | None) -> str:
    """For whom a brief is: “Close faster, finance lead”."""
    return f"{campaign or 'Every campaign'}, {persona or 'everybody'}"


def what_it_fills(fills: str) -> str:
    """The field or item a question fills, in words: “timing”."""
    return humanise(fills.removeprefix(ITEM)).lower()


def _question(
    row: Mapping[str, str], lead: Lead, judgement: Judgement | None, found: Collection[str]
) -> Question:
    fills, why = row["fills"], row["why"]
    is_open = bool(fills) and not _is_known(fills, lead, judgement, found)
    wanted = f"Fills the unknown: {what_it_fills(fills)}" if is_open else ""
    note = ". ".join(filter(None, (why.rstrip("."), wanted)))
    return Question(row["ask"], note, is_open)


def _is_known(fills: str, lead: Lead, judgement: Judgement | None, found: Collection[str]) -> bool:
    if fills.startswith(ITEM):
        item = fills.removeprefix(ITEM)
        return item in found or lead.answers.get(item) not in (None, "")
    return any(
        getattr(one, fills, None) not in (None, "") for one in (lead, judgement) if one is not None
    )


def _seen(lead: Lead, touchpoints: Iterable[Touchpoint]) -> str:
    """All that names what they looked at, to look for topics in."""
    said = [lead.offer, lead.landing_page]
    for one in touchpoints:
        said += (one.signal.replace("_", " "), one.detail, one.url, one.offer)
    return "\n".join(said).casefold()

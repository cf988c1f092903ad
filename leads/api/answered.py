"""What is answered, for the OpenAPI document."""

import datetime as dt
from typing import Any

from pydantic import BaseModel, ConfigDict

from .values import CallOutcome, ClockKind, ClockState, Disposition, How, Stage, State, Status


class Answer(BaseModel):
    """Something the API answers."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class Deadlines(Answer):
    assign: dt.datetime | None
    accept: dt.datetime | None
    first_touch: dt.datetime | None


class AllDeadlines(Deadlines):
    follow_up: dt.datetime | None


class LeadAnswer(Answer):
    """What became of a lead that was sent."""

    lead: int | None
    handoff: int | None
    status: Status | None
    rule: str | None
    fit: float | None
    fit_parts: dict[str, float] | None
    intent: float | None
    intent_parts: dict[str, float] | None
    motion: str | None
    missing: list[str]
    tier: str | None
    route: str | None
    owner: str | None
    team: str | None
    queue: str | None
    due: Deadlines | None
    definition: int | None
    reentry: bool


class Fault(Answer):
    place: str
    message: str


class Problem(Answer):
    """A problem document after RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Fault] = []


class BulkAnswer(Answer):
    results: list[LeadAnswer | Problem]


class TouchesAnswer(Answer):
    """How many rows were taken, were known already, went to quarantine; how many leads were
    judged again."""

    accepted: int
    repeated: int
    quarantined: int
    judged: int
    errors: list[Fault]


class AccountAnswer(Answer):
    id: int
    domain: str
    name: str | None
    industry: str | None
    employees: float | None
    country: str | None
    owner: str | None
    customer: bool
    target: bool
    competitor: bool
    aliases: list[str]


class OpportunityAnswer(Answer):
    id: int
    ref: str
    account: str | None
    lead: int | None
    owner: str | None
    stage: Stage
    step: str | None
    amount: float | None
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    reason: str | None
    competitor: str | None
    objections: list[str]
    triggers: list[str]
    note: str | None


class HandoffAnswer(Answer):
    id: int
    lead: int
    state: State
    step: str
    status: Status
    rule: str
    tier: str | None
    route: str | None
    owner: str | None
    team: str | None
    queue: str | None
    due: AllDeadlines
    how: How | None
    reason: str | None
    note: str | None
    until: dt.date | None
    disposition: Disposition | None
    outcome: Stage | None
    outcome_at: dt.datetime | None
    next_step: str | None
    next_step_due: dt.datetime | None
    made_at: dt.datetime
    accepted_at: dt.datetime | None
    first_touch_at: dt.datetime | None
    ended_at: dt.datetime | None
    definition: int
    reentry: bool
    historical: bool
    previous: int | None


class FeedAnswer(Answer):
    items: list[HandoffAnswer]
    next: str


class ClockAnswer(Answer):
    handoff: int
    clock: ClockKind
    state: ClockState
    tier: str | None
    definition: int
    hours: str
    minutes: float | None
    calendar: str | None
    started_at: dt.datetime
    due_at: dt.datetime
    ended_at: dt.datetime | None
    breached_at: dt.datetime | None
    pauses: list[Any]
    receipt: list[dict[str, Any]]


class FindingAnswer(Answer):
    """An answer to a question of a checklist; null took the answer back."""

    question: str
    answer: str | None
    step: str
    handoff: int
    call: int | None
    at: dt.datetime
    actor: str | None
    by: str | None


class CallAnswer(Answer):
    """A note of a call or meeting; `at` is when it took place."""

    id: int
    handoff: int
    at: dt.datetime
    channel: str
    outcome: CallOutcome
    with_whom: str | None
    note: str | None
    actor: str
    written_at: dt.datetime


class LeadDetail(Answer):
    """Everything known of a lead."""

    model_config = ConfigDict(extra="allow")

    id: int
    email: str | None
    external_ids: list[dict[str, str]]
    status: Status | None
    account: dict[str, Any] | None
    touchpoints: list[dict[str, Any]]
    submissions: list[dict[str, Any]]
    judgements: list[dict[str, Any]]
    handoffs: list[HandoffAnswer]
    clocks: list[ClockAnswer]
    findings: list[FindingAnswer]
    calls: list[CallAnswer]
    events: list[dict[str, Any]]
    explanation: dict[str, Any] | None


class Decision(Answer):
    """What a definition says about a lead; see `manage.py try`."""

    fit: float
    fit_parts: dict[str, float]
    intent: float
    intent_parts: dict[str, float]
    motion: str | None
    missing: list[str]
    status: Status
    rule: str
    tier: str | None
    route: str | None
    team: str | None


class TryAnswer(Answer):
    results: list[Decision | Problem]

"""The shapes of what is sent and answered, for reading bodies and for the OpenAPI document."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import TextChoices
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from handoff.models import DecideRule
from leads.models import Clock, Handoff, Opportunity

EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise ValueError("text cannot contain NUL")
    return text.strip()


def _in_utc(moment: dt.datetime) -> dt.datetime:
    """A time without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    try:
        converted = aware.astimezone(dt.UTC)
    except OverflowError:
        converted = None
    if converted is None or converted < EARLIEST:
        raise ValueError("times begin with the year 1990 and end with 9999")
    return converted


def _from_1990(day: dt.date) -> dt.date:
    if day < EARLIEST.date():
        raise ValueError("dates begin with the year 1990")
    return day


def _not_empty(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Line = Annotated[str, Field(max_length=1000), AfterValidator(_without_nul)]
Paragraph = Annotated[str, Field(max_length=20_000), AfterValidator(_without_nul)]
Named = Annotated[Line, AfterValidator(_not_empty)]
Moment = Annotated[dt.datetime, AfterValidator(_in_utc)]
Day = Annotated[dt.date, AfterValidator(_from_1990)]
Identity = Annotated[int, Field(ge=1, le=2**63 - 1)]


def _one_of(choices: type[TextChoices]) -> tuple[AfterValidator, WithJsonSchema]:
    """One of a model's choices, and how the document says so."""
    values = tuple(choices.values)

    def check(text: str) -> str:
        if text not in values:
            raise ValueError(f"must be one of {', '.join(values)}")
        return text

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(values)})


Status = Annotated[str, *_one_of(DecideRule.Status)]
State = Annotated[str, *_one_of(Handoff.State)]
How = Annotated[str, *_one_of(Handoff.How)]
Disposition = Annotated[str, *_one_of(Handoff.Disposition)]
Stage = Annotated[str, *_one_of(Opportunity.Stage)]
ClockKind = Annotated[str, *_one_of(Clock.Kind)]
ClockState = Annotated[str, *_one_of(Clock.State)]


class Strict(BaseModel):
    """A body whose values have exactly the types named; further keys are passed over."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


class Answer(BaseModel):
    """Something the API answers."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


# What is sent about leads. These bodies are open: intake reads them, with its own sentences.


class TouchIn(BaseModel):
    """Something a lead did."""

    signal: str = Field(description="Key of the signal, such as `demo_request`.")
    occurred_at: dt.datetime | None = None
    url: str | None = None
    seconds: float | None = Field(None, description="How long it lasted.")
    campaign: str | None = None
    offer: str | None = None
    detail: str | None = None


class LeadIn(BaseModel):
    """A lead. At least one of `email`, `external_id` and `phone` must be there. Keys not named
    here are kept under `answers`."""

    model_config = ConfigDict(extra="allow")

    email: str | None = Field(None, max_length=320)
    external_id: str | int | None = Field(None, description="What the calling system names it.")
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = Field(None, max_length=100)
    role: str | None = None
    company: str | None = None
    domain: str | None = None
    country: str | None = None
    region: str | None = None
    language: str | None = None
    industry: str | None = None
    employees: float | str | None = None
    revenue: float | str | None = None
    funding_stage: str | None = None
    product_interest: str | None = None
    problem: str | None = None
    timing: str | None = None
    trigger: str | None = None
    source: str | None = None
    campaign: str | None = None
    offer: str | None = None
    landing_page: str | None = None
    answers: dict[str, Any] = {}
    consent: bool | None = None
    occurred_at: dt.datetime | None = Field(
        None, description="When the enquiry was made. Missing: now."
    )
    touchpoints: list[TouchIn] = []


class LeadsIn(BaseModel):
    """At most 1000 leads."""

    leads: list[LeadIn] = Field(max_length=1000)


class NamedTouchIn(TouchIn):
    """Something a known lead did: named by exactly one of `lead`, `email`, `external_id`."""

    lead: Identity | None = None
    email: str | None = None
    external_id: str | int | None = None


class TouchesIn(BaseModel):
    """At most 1000 touchpoints."""

    touchpoints: list[NamedTouchIn] = Field(max_length=1000)


class TryIn(BaseModel):
    """Leads to judge without keeping anything; or one lead as the whole body. A lead may carry
    any field of the catalogue; its touchpoints carry `occurred_at` or `days_ago`."""

    leads: list[dict[str, Any]] = Field(max_length=1000)
    version: int | None = Field(None, description="Number of a definition. Missing: the live one.")
    as_of: dt.datetime | None = Field(None, description="Missing: now.")


class TryLead(BaseModel):
    """One lead to judge: any field of the catalogue, with `touchpoints`."""

    model_config = ConfigDict(extra="allow")

    touchpoints: list[dict[str, Any]] = []
    version: int | None = None
    as_of: dt.datetime | None = None


class AccountIn(Strict):
    """A company. What is missing stays as it is; null empties it."""

    name: Line | None = None
    industry: Line | None = None
    employees: Annotated[float, Field(ge=0, le=1e12)] | None = None
    country: Line | None = None
    owner: Line | None = Field(None, description="Email of the account's owner.")
    customer: bool | None = None
    target: bool | None = None
    competitor: bool | None = None
    aliases: list[Line] | None = Field(None, max_length=100, description="Further domains.")


class OpportunityIn(Strict):
    """A deal, as the CRM tells it. What is missing stays as it is."""

    account: Line | None = Field(None, description="Domain of the account.")
    lead: Identity | Line | None = Field(None, description="Its id, email or external id.")
    owner: Line | None = Field(None, description="Email of the deal's owner.")
    stage: Stage | None = None
    amount: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] | None = None
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    reason: Paragraph | None = None
    competitor: Line | None = None
    note: Paragraph | None = None


# What a rep answers.


class Acting(Strict):
    """`as` is the email of the rep who acts."""

    as_: Named = Field(alias="as", description="Email of the rep who acts.")


class AcceptIn(Acting):
    how: How


class RejectIn(Acting):
    reason: Named = Field(description="Key of a reason for rejecting.")
    note: Paragraph | None = None
    until: Day | None = Field(None, description="Where the reason asks for a date.")


class ReturnIn(Acting):
    reason: Named = Field(description="Key of a reason for returning.")
    missing: list[Line] | None = Field(None, max_length=50, description="Fields that are missing.")
    note: Paragraph | None = None


class TouchedIn(Acting):
    channel: Annotated[Named, Field(max_length=32)] = Field(description="call, email, meeting, …")
    at: Moment | None = Field(None, description="Missing: now.")
    next_step: Paragraph | None = None
    next_step_due: Moment | None = None
    note: Paragraph | None = None


class DisposeIn(Acting):
    disposition: Disposition
    reason: Line | None = None
    note: Paragraph | None = None
    until: Day | None = None


class ReassignIn(Acting):
    to: Named = Field(description="Email of a person, or key of a team.")
    reason: Named = Field(description="Key of a reason for reassigning.")
    note: Paragraph | None = None


# What is answered.


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
    amount: float | None
    opened_at: dt.datetime | None
    closed_at: dt.datetime | None
    reason: str | None
    competitor: str | None
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

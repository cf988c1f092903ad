"""What may be sent: bodies that are read strictly, and open ones as the document describes them.

The bodies about leads and touchpoints are open: intake reads them, with its own sentences.
"""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from .values import (
    Day,
    Disposition,
    How,
    Identity,
    Line,
    Moment,
    Named,
    Paragraph,
    Stage,
    Strict,
    Word,
)


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
    step: Annotated[Line, Field(max_length=80)] | None = Field(
        None, description="Where it stands in your own pipeline, in your words."
    )
    amount: Annotated[Decimal, Field(max_digits=18, decimal_places=2)] | None = None
    opened_at: Moment | None = None
    closed_at: Moment | None = None
    reason: Paragraph | None = None
    competitor: Line | None = None
    objections: list[Word] | None = Field(None, max_length=20, description="A few words each.")
    triggers: list[Word] | None = Field(
        None, max_length=20, description="What made them buy, a few words each."
    )
    note: Paragraph | None = None


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
    missing: list[Line] | None = Field(
        None, max_length=50, description="Fields that are missing; later, questions."
    )
    note: Paragraph | None = None


class AdvanceIn(Acting):
    note: Paragraph | None = Field(None, description="Introduces the lead to whoever takes it.")
    answers: dict[Line, Paragraph] | None = Field(
        None, max_length=100, description="Answers to the checklist, by the key of the question."
    )


class AnswersIn(Acting):
    answers: dict[Line, Paragraph] = Field(
        max_length=100, description="By the key of the question; an empty one takes it back."
    )


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

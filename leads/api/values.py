"""The values of which bodies and answers are made, and what each may be."""

import datetime as dt
from typing import Annotated

from django.db.models import TextChoices
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from handoff.models import DecideRule
from leads.models import CallNote, Clock, Handoff, Opportunity

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
Word = Annotated[str, Field(max_length=120), AfterValidator(_without_nul)]
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
CallOutcome = Annotated[str, *_one_of(CallNote.Outcome)]
ClockKind = Annotated[str, *_one_of(Clock.Kind)]
ClockState = Annotated[str, *_one_of(Clock.State)]


class Strict(BaseModel):
    """A body whose values have exactly the types named; further keys are passed over."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)

"""A time that somebody asks about, as it stands in the address: a usual one, or own days."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from handoff.forms import OwnDays
from handoff.words import count_of

from .week import monday_of

WEEK, USUAL = "week", "30"
PERIODS = {WEEK: "This week", "30": "Last 30 days", "90": "Last 90 days"}


class PeriodForm(OwnDays):
    """Own days, where both are given, stand above the period."""

    period = forms.ChoiceField(required=False, choices=list(PERIODS.items()))


@dataclass(frozen=True)
class Period:
    """From the first day to the last, that day too, in a zone. `chosen`: its name in PERIODS,
    empty for own days."""

    form: PeriodForm
    chosen: str
    since: dt.date
    until: dt.date
    zone: dt.tzinfo

    @property
    def begin(self) -> dt.datetime:
        return dt.datetime.combine(self.since, dt.time(), self.zone)

    @property
    def end(self) -> dt.datetime:
        return dt.datetime.combine(self.until + dt.timedelta(days=1), dt.time(), self.zone)

    @property
    def address(self) -> str:
        """As a query string that asks for the same days tomorrow."""
        return urlencode({"since": self.since.isoformat(), "until": self.until.isoformat()})

    @property
    def says(self) -> str:
        days = (self.until - self.since).days + 1
        ends = f"{self.since:%-d %b %Y} to {self.until:%-d %b %Y}"
        return f"{ends}, {count_of(days, 'day')}" if days > 1 else f"{self.since:%-d %b %Y}"


def period_of(data: QueryDict, *, at: dt.datetime, zone: dt.tzinfo) -> Period:
    """What `data` asks for; the usual period, with the form's complaint, where it cannot be
    read."""
    form = PeriodForm(data)
    given = form.cleaned_data if form.is_valid() else {}
    today = at.astimezone(zone).date()
    if given.get("since"):
        return Period(form, "", given["since"], given["until"], zone)
    chosen = given.get("period") or USUAL
    first = monday_of(today) if chosen == WEEK else today - dt.timedelta(days=int(chosen) - 1)
    return Period(form, chosen, first, today, zone)

"""Why deals end: what was objected, what made them look for us, who else was in it; by campaign."""

import datetime as dt
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from handoff.forms import OwnDays
from handoff.views.signed_in import SignedIn
from leads.models import Opportunity
from leads.templatetags.leads_parts import source_name
from leads.views import downloads
from leads.views.places import only_seers
from reviews.measures import winloss as measure
from reviews.measures.winloss import NONE, WORDS, Question

PERIODS = {"30": "Last 30 days", "90": "Last 90 days", "365": "Last 12 months"}
USUAL = "90"
NARROWED = ("campaign", "source", "stage", *WORDS)
SHOWN_NOTES = 50
HEADS = (
    "opportunity", "stage", "closed_at", "campaign", "source", "reason", "objections", "triggers",
    "competitor", "note", "said_by",
)  # fmt: skip
TITLES = {
    "objections": "What they objected to",
    "triggers": "What made them look for us",
    "competitors": "Who else they looked at",
}


class Asking(OwnDays):
    """The filters. Own days, where both are given, stand above the period."""

    period = forms.ChoiceField(required=False, choices=list(PERIODS.items()))
    campaign = forms.CharField(required=False, max_length=200)
    source = forms.CharField(required=False, max_length=200)
    stage = forms.ChoiceField(required=False, choices=[("won", "Won"), ("lost", "Lost")])
    objections = forms.CharField(required=False, max_length=120)
    triggers = forms.CharField(required=False, max_length=120)
    competitors = forms.CharField(required=False, max_length=200)


@login_required
@require_GET
@never_cache
def winloss(request: SignedIn) -> HttpResponse:
    """Counts with n, by campaign and source, and the notes."""
    only_seers(request.user)
    form, question, days = _asked(request)
    found = measure.find(question)
    whole = found.whole
    address = _address(question, days)
    context: dict[str, Any] = {
        "section": "measures",
        "form": form,
        "question": question,
        "days": days,
        "period": "" if form.is_valid() and form.cleaned_data.get("since") else _period(form),
        "periods": PERIODS,
        "found": whole,
        "lists": [(name, TITLES[name], whole.words[name]) for name in WORDS],
        "tables": [
            ("campaign", "Campaign", _rows(found, "campaign")),
            ("source", "Source", _rows(found, "source")),
        ],
        "selects": [
            (by, f"{by}s", [(one, _label(by, one)) for one in found.known(by)])
            for by in ("campaign", "source")
        ],
        "chips": [(name, TITLES[name], getattr(question, name)) for name in WORDS],
        "notes": _notes(question, most=SHOWN_NOTES),
        "most": SHOWN_NOTES,
        "address": address,
        "now": timezone.now(),
    }
    return render(request, "reviews/winloss/winloss.html", context)


@login_required
@require_GET
@never_cache
@downloads.only_readable(Asking)
def as_csv(request: SignedIn) -> HttpResponse:
    """Every deal asked for of which somebody said why, as a file."""
    only_seers(request.user)
    _, question, _ = _asked(request)
    return downloads.whole("win-loss.csv", HEADS, _lines(question))


def _asked(request: SignedIn) -> tuple[Asking, Question, tuple[dt.date, dt.date]]:
    form = Asking(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    zone = ZoneInfo(timezone.get_current_timezone_name())
    today = timezone.localdate()
    until = given.get("until") or today
    since = given.get("since") or today - dt.timedelta(days=int(_period(form)) - 1)
    question = Question(
        dt.datetime.combine(since, dt.time(), zone),
        dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), zone),
        **{name: given.get(name) or "" for name in NARROWED},
    )
    return form, question, (since, until)


def _period(form: Asking) -> str:
    chosen = form.cleaned_data.get("period") if form.is_valid() else ""
    return chosen or USUAL


def _address(question: Question, days: tuple[dt.date, dt.date]) -> str:
    """The question as a query string, its days named."""
    given = {name: value for name in NARROWED if (value := getattr(question, name))}
    return urlencode({"since": days[0].isoformat(), "until": days[1].isoformat(), **given})


def _label(by: str, key: str) -> str:
    if key == NONE:
        return f"{by.capitalize()} not known"
    return source_name(key) if by == "source" else key


def _rows(found: measure.Found, by: str) -> list[tuple[str, measure.Row]]:
    return [(_label(by, row.key), row) for row in found.spread(by)]


def _notes(question: Question, *, most: int | None = None) -> list[Opportunity]:
    keys = measure.told(question, most=most)
    deals = Opportunity.objects.select_related("lead", "account", "told_by").in_bulk(keys)
    return [deals[key] for key in keys if key in deals]


def _lines(question: Question) -> Iterator[tuple[Any, ...]]:
    for deal in _notes(question):
        yield (
            deal.ref,
            deal.stage,
            deal.closed_at.isoformat() if deal.closed_at else "",
            deal.lead.first_campaign if deal.lead else "",
            deal.lead.first_source if deal.lead else "",
            deal.reason,
            "; ".join(deal.objections),
            "; ".join(deal.triggers),
            deal.competitor,
            deal.note,
            str(deal.told_by or ""),
        )

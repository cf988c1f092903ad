"""What somebody asks of the measures, as it stands in the address."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict

from handoff.forms import OwnDays
from handoff.labels import humanise, live_labels
from handoff.models import DefinitionVersion, Step, Team, User
from leads.journey.stepping import name_of
from leads.templatetags.leads_parts import source_name
from reviews.measures.promises import NONE, Question

PERIODS = {"7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days", "365": "Last 12 months"}
USUAL = "30"
NARROWED = ("step", "team", "tier", "source", "rep", "version")
OF_NONE = {
    "step": "No step",
    "team": "No team",
    "tier": "No tier",
    "source": "Source not known",
    "rep": "Nobody",
    "version": "No version",
}
EVERY = {
    "step": "Marketing to SDR",
    "team": "All teams",
    "tier": "All tiers",
    "source": "All sources",
    "rep": "Every owner",
    "version": "All versions",
}


class Asking(OwnDays):
    """The filters. Own days, where both are given, stand above the period."""

    period = forms.ChoiceField(label="Period", required=False, choices=list(PERIODS.items()))
    step = forms.SlugField(required=False, max_length=64)
    team = forms.CharField(required=False, max_length=64)
    tier = forms.CharField(required=False, max_length=64)
    source = forms.CharField(required=False, max_length=200)
    rep = forms.CharField(required=False, max_length=254)
    version = forms.RegexField(r"^(\d{1,9}|-)$", required=False)
    past = forms.BooleanField(label="Count the imported past too", required=False)
    compare = forms.BooleanField(label="Beside the time before", required=False)


@dataclass(frozen=True)
class Asked:
    """A question with its form; `since` and `until` are its first and last day."""

    form: Asking
    question: Question
    since: dt.date
    until: dt.date
    period: str
    compares: bool

    def address(self, **changes: str) -> str:
        """The question as a query string, its days named, so that the link asks the same
        tomorrow; `changes` on top, an empty one taking away."""
        given = {name: getattr(self.question, name) for name in NARROWED}
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        past = {"past": "1"} if self.question.with_past else {}
        return urlencode({k: v for k, v in {**days, **given, **past, **changes}.items() if v})


def asked(data: QueryDict, viewer: User, *, at: dt.datetime, zone: str) -> Asked:
    """What `data` asks; where it cannot be read, the usual question, with the form's complaint."""
    form = Asking(data)
    given = form.cleaned_data if form.is_valid() else {}
    today = at.astimezone(ZoneInfo(zone)).date()
    period = given.get("period") or USUAL
    until = given.get("until") or today
    since = given.get("since") or today - dt.timedelta(days=int(period) - 1)
    question = Question(
        _midnight(since, zone),
        _midnight(until + dt.timedelta(days=1), zone),
        viewer,
        with_past=bool(given.get("past")),
        **{name: given.get(name) or "" for name in NARROWED},
    )
    own = bool(given.get("since"))
    compares = bool(given.get("compare"))
    return Asked(form, question, since, until, "" if own else period, compares)


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def label_of(dimension: str, key: str, known: str = "") -> str:
    """What something is called; `known`: its name, where it has one."""
    if key == NONE:
        return OF_NONE[dimension]
    if dimension == "tier":
        return live_labels().tiers.get(key) or humanise(key)
    if dimension == "source":
        return source_name(key)
    if dimension == "version":
        return f"v{key}"
    if dimension == "step":
        return dict(further_steps()).get(key, humanise(key))
    return known or key


def further_steps() -> list[tuple[str, str]]:
    """The hand-overs after marketing's: “SDR to AE”."""
    steps = Step.objects.exclude(comes_from="").order_by("pk").values_list("key", "comes_from")
    return [(key, f"{name_of(before)} to {name_of(key)}") for key, before in steps]


def options(asked_for: Asked, seen: dict[str, list[tuple[str, str]]]) -> list[dict[str, Any]]:
    """The selects: name, label and (key, label, chosen). `seen`: what the figures name."""
    whole = {
        "step": further_steps(),
        "team": list(Team.objects.order_by("name").values_list("key", "name")),
        "tier": list(live_labels().tiers.items()),
        "rep": [
            (user.email, str(user))
            for user in User.objects.filter(memberships__active=True).order_by("name").distinct()
        ],
        "version": [
            (str(number), f"v{number}")
            for number in DefinitionVersion.objects.exclude(published_at=None)
            .order_by("-number")
            .values_list("number", flat=True)
        ],
    }
    made = []
    for name in NARROWED:
        chosen = getattr(asked_for.question, name)
        known = dict(whole.get(name, ())) | dict(seen.get(name, ()))
        if chosen:
            known.setdefault(chosen, label_of(name, chosen))
        rows = [("", EVERY[name], not chosen)]
        rows += [(key, label, key == chosen) for key, label in known.items()]
        made.append({"name": name, "label": humanise(name), "options": rows})
    return made

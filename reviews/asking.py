"""What somebody asks of the measures, as it stands in the address: one form for every page."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict

from handoff.forms import OwnDays
from handoff.labels import Labels, humanise, live_labels
from handoff.models import DefinitionVersion, Step, Team, User
from leads.journey.stepping import name_of
from leads.templatetags.leads_parts import source_name
from reviews.measures.dimensions import DIMENSIONS, SIZES, size_label, tens_label
from reviews.measures.promises import NONE, Question

ALL_TIME = "all"
PERIODS = {
    "7": "Last 7 days",
    "30": "Last 30 days",
    "90": "Last 90 days",
    "365": "Last 12 months",
    ALL_TIME: "All time",
}
USUAL = "30"
BEGINNING = dt.date(1990, 1, 1)
"""Nothing occurred earlier (contracts.md §2)."""

STEP = "step"
EVERY_STEP, NO_STEP = "Marketing to SDR", "No step"
NARROWED = (STEP, *DIMENSIONS)
USUAL_SELECTS = (STEP, "team", "tier", "source", "rep", "version")
"""What stands in sight; what else is named stands as a chip, and is offered under More."""


class SaidSo(forms.BooleanField):
    """Yes where something is said; `0` and `false`, as other systems send them, are a no."""

    widget = forms.TextInput


class Asking(OwnDays):
    """The filters. Own days, where both are given, stand above the period."""

    period = forms.ChoiceField(label="Period", required=False, choices=list(PERIODS.items()))
    step = forms.SlugField(required=False, max_length=64)
    past = SaidSo(label="Count the imported past too", required=False)
    compare = SaidSo(label="Beside the time before", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in DIMENSIONS.values():
            self.fields[one.key] = forms.CharField(required=False, max_length=one.limit)
        self.fields["version"] = forms.RegexField(r"^(\d{1,9}|-)$", required=False)


class Names:
    """What the keys of the dimensions are called; each list is read once."""

    @cached_property
    def labels(self) -> Labels:
        return live_labels()

    @cached_property
    def steps(self) -> dict[str, str]:
        return dict(further_steps())

    def of(self, dimension: str, key: str, known: str = "") -> str:
        """What something is called; `known`: its name, where it has one."""
        if key == NONE:
            return NO_STEP if dimension == STEP else DIMENSIONS[dimension].none
        match dimension:
            case "tier":
                return self.labels.tiers.get(key) or humanise(key)
            case "motion":
                return self.labels.motions.get(key) or humanise(key)
            case "source":
                return source_name(key)
            case "trigger" | "seniority" | "function":
                return humanise(key)
            case "version":
                return f"v{key}"
            case "step":
                return self.steps.get(key, humanise(key))
            case "fit" | "intent":
                return tens_label(key) if key.isdecimal() else key
            case "size":
                return size_label(key) if key in SIZES else key
        return known or key


@dataclass(frozen=True)
class Asked:
    """A question with its form; `since` and `until` are its first and last day."""

    form: Asking
    question: Question
    since: dt.date
    until: dt.date
    period: str
    compares: bool
    names: Names

    def address(self, **changes: str) -> str:
        """The question as a query string, its days named, so that the link asks the same
        tomorrow; `changes` on top, an empty one taking away."""
        given = {name: getattr(self.question, name) for name in NARROWED}
        days = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        if self.period == ALL_TIME:
            days = {"period": ALL_TIME}
        past = {"past": "1"} if self.question.with_past else {}
        return urlencode({k: v for k, v in {**days, **given, **past, **changes}.items() if v})

    def chips(self, names: Iterable[str] = NARROWED) -> list[tuple[str, str, str]]:
        """What is named, as (name, label, what it is called)."""
        return [
            (name, label_of(name), self.names.of(name, value))
            for name in names
            if (value := getattr(self.question, name))
        ]


def label_of(name: str) -> str:
    """What a filter is called."""
    return DIMENSIONS[name].label if name in DIMENSIONS else humanise(name)


def asked(
    data: QueryDict | Mapping[str, Any], viewer: User, *, at: dt.datetime, zone: str
) -> Asked:
    """What `data` asks; where it cannot be read, the usual question, with the form's complaint."""
    form = Asking(data)
    given = form.cleaned_data if form.is_valid() else {}
    today = at.astimezone(ZoneInfo(zone)).date()
    own = bool(given.get("since"))
    period = given.get("period") or USUAL
    until = given.get("until") or today
    back = BEGINNING if period == ALL_TIME else today - dt.timedelta(days=int(period) - 1)
    since = given.get("since") or back
    question = Question(
        _midnight(since, zone),
        _midnight(until + dt.timedelta(days=1), zone),
        viewer,
        with_past=bool(given.get("past")),
        **{name: given.get(name) or "" for name in NARROWED},
    )
    compares = bool(given.get("compare"))
    return Asked(form, question, since, until, "" if own else period, compares, Names())


def _midnight(day: dt.date, zone: str) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone))


def further_steps() -> list[tuple[str, str]]:
    """The hand-overs after marketing's: “SDR to AE”."""
    steps = Step.objects.exclude(comes_from="").order_by("pk").values_list("key", "comes_from")
    return [(key, f"{name_of(before)} to {name_of(key)}") for key, before in steps]


def options(
    asked_for: Asked,
    seen: Mapping[str, list[tuple[str, str]]],
    names: Iterable[str] = USUAL_SELECTS,
) -> list[dict[str, Any]]:
    """The selects: name, label and (key, label, chosen). `seen`: what the figures name. Who sees
    only their own leads and their teams' is offered no other team, nor who is in it."""
    made, viewer = [], asked_for.question.viewer
    for name in names:
        chosen = getattr(asked_for.question, name)
        known = _whole(name, asked_for.names, viewer) | dict(seen.get(name, ()))
        if chosen:
            known.setdefault(chosen, asked_for.names.of(name, chosen))
        every = EVERY_STEP if name == STEP else DIMENSIONS[name].every
        rows = [("", every, not chosen)]
        rows += [(key, label, key == chosen) for key, label in known.items()]
        made.append({"name": name, "label": label_of(name), "options": rows})
    return made


def _people_of(teams: QuerySet[Team], viewer: User) -> dict[str, str]:
    """Members of the teams, and the viewer, by their address."""
    members = Q(memberships__active=True, memberships__team__in=teams)
    if viewer.has_role("rep"):
        members |= Q(pk=viewer.pk)
    people = User.objects.filter(members).order_by("name", "email").distinct()
    return {user.email: str(user) for user in people}


def _whole(name: str, names: Names, viewer: User) -> dict[str, str]:
    """What the viewer can choose whatever the figures say."""
    teams = Team.objects.visible_to(viewer).order_by("name")
    match name:
        case "step":
            return names.steps
        case "team":
            return dict(teams.values_list("key", "name"))
        case "tier":
            return dict(names.labels.tiers)
        case "motion":
            return dict(names.labels.motions)
        case "rep":
            return _people_of(teams, viewer)
        case "version":
            published = DefinitionVersion.objects.exclude(published_at=None).order_by("-number")
            return {str(one): f"v{one}" for one in published.values_list("number", flat=True)}
        case "fit" | "intent":
            return {str(ten): tens_label(str(ten)) for ten in range(0, 100, 10)}
        case "size":
            return {key: size_label(key) for key in SIZES}
    return {}


def shown_names(asked_for: Asked) -> list[str]:
    """The filters that are offered: the usual ones, and what else is named."""
    return [n for n in NARROWED if n in USUAL_SELECTS or getattr(asked_for.question, n)]

"""What lists of leads can be narrowed by. Every filter is in the address, so a link keeps it."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import cached_property

from handoff.labels import humanise
from handoff.models import DecideRule
from handoff.rules.countries import alpha_2
from leads.models import Approval, Clock, Handoff, Lead
from leads.models.handoff import HandoffQuerySet
from leads.models.lead import LeadQuerySet
from leads.models.search import at_hand

UNASKED = ("assign", "handover", "context")
CLOCKS = [
    ("late", "Late"),
    ("none", "None runs"),
    *((kind, label) for kind, label in Clock.Kind.choices if kind not in UNASKED),
]
ENTRIES = [("again", "Back again"), ("first", "First time")]
SCORES = [("75", "75 and more"), ("50", "50 and more"), ("25", "25 and more"), ("-25", "below 25")]
AGES = [("1", "Within a day"), ("7", "Within 7 days"), ("30", "Within 30 days")]
OLDER = [("-7", "More than 7 days ago"), ("-30", "More than 30 days ago")]
NOBODY = "none"


def _search(label: str) -> forms.TextInput:
    attrs = {"placeholder": "Name, company, email, phone", "aria-label": label}
    return forms.TextInput(attrs={"type": "search", "class": "form-control", **attrs})


def _select(label: str) -> forms.Select:
    return forms.Select(attrs={"class": "form-select", "aria-label": label})


def _typed(field: str) -> forms.TextInput:
    """A box that offers what is there; the list is filled when somebody opens it."""
    return forms.TextInput(
        attrs={"class": "form-control", "list": f"values-{field}", "autocomplete": "off"}
    )


def _choice(label: str, blank: str, choices: Any, **more: Any) -> django_filters.ChoiceFilter:
    return django_filters.ChoiceFilter(
        label=label, empty_label=blank, widget=_select(label), choices=choices, **more
    )


def _value(
    field: str, label: str, column: str, method: str = "by_value"
) -> django_filters.CharFilter:
    return django_filters.CharFilter(
        field_name=column, method=method, label=label, widget=_typed(field)
    )


class CalmFilters(django_filters.FilterSet):
    """Filters whose active ones can be shown as chips that take themselves away. `FIRST` are in
    sight; the others wait behind a button."""

    FIRST: tuple[str, ...] = ()

    @cached_property
    def chips(self) -> list[tuple[str, str, str]]:
        """(name, label, value in words) of every filter in use, except the search box."""
        found: list[tuple[str, str, str]] = []
        if not self.is_bound:
            return found
        self.form.is_valid()
        for name, value in self.form.cleaned_data.items():
            if value in ("", None, []) or name == "q":
                continue
            field = self.form.fields[name]
            words = dict(getattr(field, "choices", ())).get(str(value)) or self.words_of(
                name, value
            )
            said = str(words or self.words_of(name, value))
            found.append((name, str(self.filters[name].label), said))
        return found

    def words_of(self, name: str, value: Any) -> str:
        """A value that was typed, as one says it."""
        if name == "owner" and value == NOBODY:
            return "nobody yet"
        text = str(value)
        return humanise(text) if name in ("source", "team") and text.islower() else text

    def asking(self, asked: QueryDict) -> "CalmFilters":
        """These filters over the same rows, as another address sets them."""
        return type(self)(asked, queryset=self.queryset)

    @property
    def first(self) -> list[forms.BoundField]:
        return [self.form[name] for name in self.FIRST]

    @property
    def others(self) -> list[forms.BoundField]:
        hidden = ("q", *self.FIRST)
        return [field for field in self.form.visible_fields() if field.name not in hidden]

    @property
    def others_in_use(self) -> int:
        return sum(1 for name, *_ in self.chips if name not in self.FIRST)

    def by_value(self, rows: QuerySet[Any], column: str, typed: str) -> QuerySet[Any]:
        return rows.filter(**{f"{column}__in": meant(typed)})

    def by_country(self, rows: QuerySet[Any], column: str, typed: str) -> QuerySet[Any]:
        """A country is found by its code, however it is written, and by its name."""
        return rows.filter(**{f"{column}__in": {typed.strip(), alpha_2(typed)}})

    def by_score(self, rows: QuerySet[Any], column: str, band: str) -> QuerySet[Any]:
        """Those whose score is so much or more; below it where `band` is below 0."""
        bound = "lt" if band.startswith("-") else "gte"
        return rows.filter(**{f"{column}__{bound}": float(band.lstrip("-"))})

    def by_age(self, rows: QuerySet[Any], column: str, days: str) -> QuerySet[Any]:
        """Those whose `column` lies within so many days; longer ago where `days` is below 0."""
        bound = "lt" if days.startswith("-") else "gte"
        since = timezone.now() - dt.timedelta(days=abs(int(days)))
        return rows.filter(**{f"{column}__{bound}": since})


def meant(typed: str) -> set[str]:
    """Keys are found by their words too: “Paid search” is `paid_search`."""
    return {typed.strip(), typed.strip().lower().replace(" ", "_")}


class QueueFilters(CalmFilters):
    """Filters of a queue. `tiers` are those of the definition in force."""

    FIRST = ("tier", "clock", "state", "entry")

    q = django_filters.CharFilter(
        method="find", label="Search", widget=_search("Search in this queue")
    )
    tier = _choice("Tier", "Any tier", ())
    clock = _choice("Clock", "Any clock", CLOCKS, method="by_clock")
    state = _choice(
        "State",
        "Any state",
        [c for c in Handoff.State.choices if c[0] in ("waiting", "accepted", "returned")],
    )
    entry = _choice("Entry", "New and back again", ENTRIES, method="by_entry")
    status = _choice("Status", "Any status", DecideRule.Status.choices)
    fit = _choice("Fit", "Any fit", SCORES, field_name="judgement__fit", method="by_score")
    intent = _choice(
        "Intent", "Any intent", SCORES, field_name="judgement__intent", method="by_score"
    )
    handed = _choice(
        "Handed over", "Any time", [*AGES, *OLDER], field_name="made_at", method="by_age"
    )
    source = _value("source", "Source", "lead__source")
    campaign = _value("campaign", "Campaign", "lead__campaign")
    country = _value("country", "Country", "lead__country", "by_country")
    owner = django_filters.CharFilter(method="by_owner", label="Owner", widget=_typed("owner"))

    class Meta:
        model = Handoff
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, tiers: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = tiers
        self.filters["tier"].extra["choices"] = list(tiers.items())

    def asking(self, asked: QueryDict) -> "QueueFilters":
        return QueueFilters(asked, queryset=self.queryset, tiers=self.tiers)

    def find(self, rows: QuerySet[Handoff], _name: str, text: str) -> QuerySet[Handoff]:
        return rows.filter(at_hand(text, "lead__"))

    def by_clock(self, rows: HandoffQuerySet, _name: str, clock: str) -> HandoffQuerySet:
        if clock == "late":
            return rows.late(at=timezone.now())
        return rows.filter(due_at=None) if clock == "none" else rows.filter(due_clock=clock)

    def by_entry(self, rows: QuerySet[Handoff], _name: str, entry: str) -> QuerySet[Handoff]:
        return rows.filter(reentry=entry == "again")

    def by_owner(self, rows: QuerySet[Handoff], _name: str, owner: str) -> QuerySet[Handoff]:
        return rows.filter(owner=None) if owner == NOBODY else rows.filter(_owned_by(owner))


class ApprovalFilters(CalmFilters):
    """Filters of the leads that wait for a yes."""

    FIRST = ("clock", "fit", "intent")

    q = django_filters.CharFilter(
        method="find", label="Search", widget=_search("Search in this queue")
    )
    clock = _choice("Clock", "Any clock", [("late", "Late")], method="by_clock")
    fit = _choice("Fit", "Any fit", SCORES, field_name="judgement__fit", method="by_score")
    intent = _choice(
        "Intent", "Any intent", SCORES, field_name="judgement__intent", method="by_score"
    )
    source = _value("source", "Source", "lead__source")
    campaign = _value("campaign", "Campaign", "lead__campaign")
    country = _value("country", "Country", "lead__country", "by_country")

    class Meta:
        model = Approval
        fields: tuple[str, ...] = ()

    def find(self, rows: QuerySet[Approval], _name: str, text: str) -> QuerySet[Approval]:
        return rows.filter(at_hand(text, "lead__"))

    def by_clock(self, rows: QuerySet[Approval], _name: str, _late: str) -> QuerySet[Approval]:
        return rows.filter(due_at__lt=timezone.now())


class LeadFilters(CalmFilters):
    """Filters of the list of all leads. `owner` and `team` are who was handed the lead, now or
    before."""

    FIRST = ("status", "standing", "seen")

    q = django_filters.CharFilter(method="find", label="Search", widget=_search("Search in leads"))
    status = _choice("Status", "Any status", DecideRule.Status.choices)
    standing = _choice(
        "Where it stands",
        "Anywhere",
        [("open", "With sales now"), ("none", "Never handed over")],
        method="by_standing",
    )
    seen = _choice(
        "Last seen", "Seen any time", [*AGES, *OLDER], field_name="last_seen_at", method="by_age"
    )
    source = _value("source", "Source", "source", "by_beginning")
    campaign = _value("campaign", "Campaign", "campaign", "by_beginning")
    country = _value("country", "Country", "country", "by_country")
    owner = django_filters.CharFilter(method="by_owner", label="Owner", widget=_typed("owner"))
    team = django_filters.CharFilter(method="by_team", label="Team", widget=_typed("team"))
    account = django_filters.NumberFilter(label="Account", widget=forms.HiddenInput)

    class Meta:
        model = Lead
        fields: tuple[str, ...] = ()

    def find(self, rows: LeadQuerySet, _name: str, text: str) -> LeadQuerySet:
        return rows.search(text)

    def by_beginning(self, rows: LeadQuerySet, column: str, typed: str) -> LeadQuerySet:
        return rows.having(column, *meant(typed))

    def but_for_the_search(self) -> tuple[LeadQuerySet, str]:
        """What the other filters leave, and the text that is searched for."""
        rows = self.queryset.all()
        self.form.is_valid()
        given = self.form.cleaned_data
        for name, value in given.items():
            if name != "q":
                rows = self.filters[name].filter(rows, value)
        return rows, given.get("q", "").strip()

    def by_standing(self, rows: QuerySet[Lead], _name: str, standing: str) -> QuerySet[Lead]:
        handed_over = Handoff.objects.filter(lead=OuterRef("pk"))
        if standing == "open":
            return rows.filter(Exists(handed_over.open()))
        return rows.filter(~Exists(handed_over))

    def by_owner(self, rows: QuerySet[Lead], _name: str, owner: str) -> QuerySet[Lead]:
        return rows.filter(pk__in=Handoff.objects.filter(_owned_by(owner)).values("lead"))

    def by_team(self, rows: QuerySet[Lead], _name: str, team: str) -> QuerySet[Lead]:
        named = Q(team__key=team.strip()) | Q(team__name__iexact=team.strip())
        return rows.filter(pk__in=Handoff.objects.filter(named).values("lead"))


def tier_choices(tiers: dict[str, str]) -> dict[str, str]:
    """Labels by key, every key with some words."""
    return {key: label or humanise(key) for key, label in tiers.items()}


def _owned_by(person: str) -> Q:
    name = person.strip()
    return Q(owner__email=name.lower()) | Q(owner__name__iexact=name)

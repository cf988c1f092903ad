"""Forms of joint reviews: a series, another time, an action, a decision, a note."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from handoff.forms import CalmForm, zones
from handoff.models import Team, User
from handoff.views.sent import whole
from reviews.meetings import planning
from reviews.meetings.noting import Asked
from reviews.models import Action, Meeting, Series, Side

USUAL = dt.timedelta(weeks=2)
WHO, SIDE = "who", "side-"
"""Who is picked, and by person the side they speak for."""

OF_ROLE = {"marketing_ops": Side.MARKETING, "sales_manager": Side.SALES, "rep": Side.SALES}
OF_TEAM: dict[str, Side] = {
    Team.Kind.MARKETING: Side.MARKETING,
    Team.Kind.SDR: Side.SALES,
    Team.Kind.AE: Side.SALES,
}
"""For which side somebody is thought to speak, by role or team; else for operations."""
LOCAL = "%Y-%m-%dT%H:%M"


def _people() -> Any:
    return User.objects.filter(is_active=True).order_by("name", "email")


@dataclass(frozen=True)
class Seat:
    """One person who may be picked: whether they are, and the side that is chosen or suggested."""

    person: User
    is_in: bool
    side: str


class SeriesForm(CalmForm, forms.ModelForm[Series]):
    """How often, when, by whom; and who is picked out of everybody, each for a side."""

    timezone = forms.ChoiceField(choices=zones, label="Time zone")

    class Meta:
        model = Series
        fields = (
            *("name", "chair", "every_weeks", "weekday", "local_time", "timezone", "first_on"),
            *("calendar", "item_minutes", "sample_size"),
        )
        labels = {  # noqa: RUF012
            "chair": "Who chairs it",
            "every_weeks": "Every so many weeks",
            "weekday": "On",
            "local_time": "At",
            "first_on": "Counted from the week of",
            "calendar": "Calendar with the holidays",
            "item_minutes": "Minutes an item",
            "sample_size": "Leads in the sample",
        }
        help_texts = {  # noqa: RUF012
            "calendar": "A meeting on a day it is closed moves to the next working day.",
            "first_on": "",
            "item_minutes": "There are three items.",
        }
        widgets = {  # noqa: RUF012
            "local_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "first_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["calendar"].empty_label = "None"  # type: ignore[attr-defined]
        self.fields["chair"].queryset = _people()  # type: ignore[attr-defined]

    def chairs(self) -> list[Seat]:
        """Everybody who is active; those who are picked first."""
        picked = self.seats() if self.is_bound else self._kept()
        people = _people().prefetch_related("groups", "memberships__team")
        seats = [
            Seat(one, one.pk in picked, picked.get(one.pk) or _suggested(one)) for one in people
        ]
        return sorted(seats, key=lambda one: not one.is_in)

    def seats(self) -> dict[int, str]:
        """The side of everybody who is picked, by primary key; the suggested one where none is
        sent."""
        sent = self.data.getlist(WHO) if isinstance(self.data, MultiValueDict) else []
        asked = {pk for one in sent if (pk := whole(one)) is not None}
        people = _people().filter(pk__in=asked).prefetch_related("groups", "memberships__team")
        sides = {one: self.data.get(f"{SIDE}{one.pk}", "") for one in people}
        return {
            one.pk: side if side in Side.values else _suggested(one) for one, side in sides.items()
        }

    def _kept(self) -> dict[int, str]:
        """Who takes part so far; of a new series nobody but whoever makes it, as its chair."""
        if not self.instance._state.adding:
            return dict(self.instance.seats.values_list("user", "side"))
        chair = self.initial.get("chair")
        return {chair.pk: _suggested(chair)} if isinstance(chair, User) else {}


def _suggested(person: User) -> str:
    """The side somebody is thought to speak for: by their team, else by their role."""
    teams = (OF_TEAM.get(one.team.kind) for one in person.memberships.all() if one.active)
    roles = (OF_ROLE.get(group.name) for group in person.groups.all())
    return next((side for side in (*teams, *roles) if side), Side.OPERATIONS)


class MoveForm(CalmForm, forms.Form):
    """Another time for one meeting, in the zone of whoever types it."""

    marks_optional = False
    to = forms.DateTimeField(
        label="New time",
        input_formats=[LOCAL],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=LOCAL),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone = timezone.get_current_timezone_name()
        self.fields["to"].help_text = f"Your time, {zone}. Everybody gets a new invitation."


class CancelForm(CalmForm, forms.Form):
    """Why a meeting is not held."""

    marks_optional = False
    because = forms.CharField(label="Why it is off", max_length=300)


class ActionForm(CalmForm, forms.Form):
    """Something to do, by whom, until when; by itself until the next meeting."""

    marks_optional = False
    text = forms.CharField(label="What is to be done", max_length=300)
    owner = forms.ModelChoiceField(
        label="By whom", queryset=User.objects.none(), empty_label="Choose somebody"
    )
    due_on = forms.DateField(
        label="Until, that day too",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = _people()  # type: ignore[attr-defined]
        if meeting is not None:
            self.initial.setdefault("due_on", _next_day(meeting))

    @classmethod
    def of(cls, action: Action, data: Any = None) -> "ActionForm":
        """The form of an action that is there."""
        kept = {"text": action.text, "owner": action.owner, "due_on": action.due_on}
        return cls(data, initial=kept)

    def asked(self) -> Asked:
        return Asked(**self.cleaned_data)


def _next_day(meeting: Meeting) -> dt.date:
    """The day of the next meeting of the series."""
    dates = planning.next_dates(meeting.series, at=meeting.starts_at + dt.timedelta(1), count=1)
    return dates[0][1].astimezone(meeting.series.zone).date()


class DecisionForm(CalmForm, forms.Form):
    """What was decided, in a sentence."""

    marks_optional = False
    text = forms.CharField(label="What was decided", max_length=1000)


class NoteForm(CalmForm, forms.Form):
    """What is to be remembered of one item."""

    marks_optional = False
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

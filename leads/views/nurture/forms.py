"""What is typed about tracks and the leads on them."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.text import slugify

from handoff.forms import CalmForm
from handoff.models import OVERSEERS, Reason, Track, User
from leads.forms import offer

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class TrackForm(CalmForm, forms.ModelForm[Track]):
    """A track as it is written down; its key comes from its first name and stays."""

    class Meta:
        model = Track
        fields = ("label", "theme", "owner", "rest_weeks")
        labels = {"label": "Name", "rest_weeks": "Weeks of rest"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "theme": "What its letters are about, such as “Month-end close”.",
            "owner": "Is told in the summary of the day who came back, and who did not.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.empty_label = "Nobody yet"
        owner.queryset = User.objects.filter(
            Q(groups__name__in=OVERSEERS) | Q(is_superuser=True) | Q(pk=self.instance.owner_id),
            is_active=True,
        ).distinct()

    def clean_label(self) -> str:
        label = str(self.cleaned_data["label"])
        if self.instance.pk:
            return label
        key = slugify(label)[:64]
        if not key or key in ("add", "find", "move", "none", "leads"):
            raise forms.ValidationError("Choose another name, with letters in it.")
        if Track.objects.filter(key=key).exists():
            raise forms.ValidationError("There is a track by this name.")
        self.instance.key = key
        return label


class MoveForm(CalmForm, forms.Form):
    """To which track several leads go."""

    track = forms.ChoiceField(error_messages={"required": "Choose the track."})
    until = forms.DateField(
        required=False, label="Until", widget=DAY, help_text="Empty: each keeps its own date."
    )
    note = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "track", [("", "Choose…"), *Track.objects.values_list("key", "label")])


class StayForm(CalmForm, forms.Form):
    """On which track a lead is, and until when; why, where it is put there."""

    track = forms.ChoiceField()
    reason = forms.ChoiceField(label="Why")
    until = forms.DateField(
        required=False, label="Until", widget=DAY, help_text="Empty: until they do something new."
    )
    note = forms.CharField(
        required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, is_inside: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tracks = list(Track.objects.values_list("key", "label"))
        self.fields["track"].choices = [("", "Choose…"), *tracks]  # type: ignore[attr-defined]
        if is_inside:
            del self.fields["reason"]
            return
        leads_there = Reason.objects.filter(active=True, goes_to=Reason.GoesTo.NURTURE)
        reasons = [("", "Choose…"), *leads_there.values_list("key", "label")]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        self.fields["until"].help_text = "Empty: as long as the track says."

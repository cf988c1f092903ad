"""How many leads go on trial, when it stops by itself, and why; and why it is stopped."""

from django import forms

from handoff.forms import CalmForm


class TermsForm(CalmForm, forms.Form):
    """How many, until when, and why."""

    share = forms.IntegerField(
        label="Share of them, in %",
        min_value=1,
        max_value=100,
        initial=50,
        help_text="Chance decides lead by lead; the others stay with the live version, to compare "
        "with. A lead never changes sides.",
    )
    stop_above = forms.IntegerField(
        label="Stop when sales rejects more than, in %",
        min_value=1,
        max_value=99,
        required=False,
        help_text="It stops by itself once that is sure, after 20 answers at the earliest. "
        "Sure: where sales rejects no more than this, at most 5 of 100 trials ever stop by chance.",
    )
    reason = forms.CharField(
        label="Why",
        max_length=300,
        help_text="What you want to find out. It is kept with the result.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)


class EndForm(CalmForm, forms.Form):
    """Why a trial is stopped."""

    reason = forms.CharField(label="Reason", max_length=300)

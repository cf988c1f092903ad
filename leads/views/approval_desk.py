"""What is shown of leads that wait for approval, and the form that sends one elsewhere."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import QuerySet

from handoff.labels import humanise, labels_of
from handoff.models import Team, Track
from handoff.prepared import prepared
from handoff.rules.sentences import said
from leads import story
from leads.forms import Choice, ReasonedForm, offer
from leads.journey import qualifying
from leads.journey.handing import rule_label
from leads.journey.judging import Judged, judged_by
from leads.journey.routing import Placement, asked, foresee
from leads.models import Approval, Judgement, Lead

PLACES = (
    ("requalify", "Qualification review"),
    ("nurture", "Nurture"),
    ("team", "Another team"),
    ("disqualify", "Disqualified"),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One lead that waits: which rule asked, on what grounds, what they did, who would get it, and
    what a yes does."""

    approval: Approval
    rule: str
    grounds: str
    did: str
    missing: str
    number: int
    goes_to: str
    consequence: str

    @property
    def goes_to_within(self) -> str:
        """Who would get it, in the middle of a sentence."""
        return within(self.goes_to)


class ElsewhereForm(ReasonedForm):
    """Where a lead goes instead of where its rule would send it, and why."""

    to = forms.ChoiceField(
        choices=PLACES,
        label="Where should it go?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it should go."},
    )
    team = forms.ChoiceField(required=False, label="Which team", help_text="For another team.")
    track = forms.ChoiceField(required=False, label="Which track", help_text="For nurture.")

    def __init__(
        self, *args: Any, teams: Sequence[Team], tracks: Sequence[Track], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "team", [("", "Choose…"), *((team.key, team.name) for team in teams)])
        offer(self, "track", [("", "No track"), *((t.key, t.label) for t in tracks)])
        self.order_fields(("to", "team", "track", "reason", "note", "until"))

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("to") == "team" and not values.get("team") and "team" not in self.errors:
            self.add_error("team", "Choose the team that should have it.")
        return values


@prepared
def _teams() -> QuerySet[Team]:
    return Team.objects.filter(kind__in=qualifying.OFFERED).order_by("name")


@prepared
def _tracks() -> QuerySet[Track]:
    return Track.objects.order_by("label")


def elsewhere(reasons: Sequence[Choice], posted: Any = None) -> ElsewhereForm:
    """The form, empty or as it was sent; `reasons` are all there are."""
    fitting = [one for one in reasons if qualifying.REASONS.intersection(one.applies_to)]
    return ElsewhereForm(
        posted, prefix="elsewhere", reasons=fitting, teams=_teams(), tracks=_tracks()
    )


def waiting_for(lead: Lead, judgement: Judgement | None) -> Approval | None:
    """The approval that a lead waits for, if any."""
    if judgement is None or not judgement.approve:
        return None
    return (
        Approval.objects.filter(lead=lead, state=Approval.State.WAITING)
        .select_related("lead", "judgement")
        .first()
    )


def told(approvals: Sequence[Approval], *, at: dt.datetime) -> list[Waiting]:
    """The approvals with their explanation, in order; who would get each, were it handed over
    now."""
    judged = [judged_by(approval.judgement) for approval in approvals]
    placements = foresee([asked(one, at=at) for one in judged])
    return [
        _told(approval, one, place)
        for approval, one, place in zip(approvals, judged, placements, strict=True)
    ]


def _told(approval: Approval, judged: Judged, place: Placement) -> Waiting:
    rule = judged.law.decide.get(judged.rule)
    labels = judged.law.definition.signal_labels
    return Waiting(
        approval=approval,
        rule=rule_label(judged) if rule else humanise(judged.rule),
        grounds=said(rule.when, labels) if rule else "",
        did=story.did_most(judged.intent_parts, labels_of(judged.law.version_id).signals),
        missing=story.listed(judged.missing),
        number=judged.law.number,
        goes_to=taker(place),
        consequence=_consequence(place),
    )


def taker(place: Placement) -> str:
    """Who a placement names: “Sam Ortiz, SDR North America”, “The queue of Qualification”."""
    if place.owner is not None:
        whose = f", {place.roster.name}" if place.roster else ""
        return f"{place.owner.name or place.owner.email}{whose}"
    if place.roster is None:
        return "Nobody: no rule names a team"
    if place.awaits_turn:
        return f"{place.roster.name}, once somebody is free"
    return f"The queue of {place.roster.name}"


def within(said: str) -> str:
    """What `taker` says, in the middle of a sentence."""
    return said[:1].lower() + said[1:] if said.startswith(("The ", "Nobody")) else said


def _consequence(place: Placement) -> str:
    if place.owner is not None:
        return f"{taker(place)} is told at once and the clocks of sales start."
    if place.roster is None:
        return "No rule names a team, so it waits for an administrator."
    if place.awaits_turn:
        return (
            f"Nobody in {place.roster.name} is free: it waits there for the first who is, and the "
            "clocks of sales start at once."
        )
    return (
        f"It waits in the queue of {place.roster.name} until somebody takes it; the clocks of "
        "sales start at once."
    )

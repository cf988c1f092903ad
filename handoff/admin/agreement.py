"""Teams, calendars, reasons and the other lists that both teams share."""

import re
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from handoff.checklists import FIRST_STEP
from handoff.models import (
    Absence,
    AreaOwner,
    Calendar,
    Checklist,
    DecideRule,
    Goal,
    Membership,
    Reason,
    RouteRule,
    Stage,
    Step,
    Team,
    Track,
)
from handoff.permissions import may_nobody
from handoff.playbook import sections
from handoff.rules import parse_step
from handoff.rules.faults import Fault

from .base import AgreementAdmin, ByRole, NoRemoval
from .fields import DatesField, HoursField, MappingsField, NamesField, PicksField


class CalendarForm(forms.ModelForm[Calendar]):
    """A calendar with its hours and closures as lines."""

    hours = HoursField(
        required=True,
        rows=4,
        help_text="A line for each range of days: mon-fri 09:00-12:30 13:30-17:30. "
        "Days are mon to sun; 24:00 may close a day.",
    )
    closed = DatesField(
        label="Closed on", rows=4, help_text="Further days without work, one a line: 2026-12-24."
    )

    class Meta:
        model = Calendar
        fields = ("key", "timezone", "hours", "holidays", "closed")
        help_texts = {"timezone": "Such as America/New_York."}  # noqa: RUF012


@admin.register(Calendar)
class CalendarAdmin(AgreementAdmin):
    """Working hours. Deadlines already given stay as they are."""

    form = CalendarForm
    list_display = ("key", "timezone", "holidays")
    search_fields = ("key", "timezone")


class MembershipForm(forms.ModelForm[Membership]):
    """A member; of whom they take leads is typed as names."""

    languages = NamesField(rows=1, help_text="Such as en, fr. Empty: every language.")
    territories = NamesField(rows=1, help_text="Countries or regions. Empty: everywhere.")
    products = NamesField(rows=1, help_text="What leads ask for. Empty: everything.")
    motions = NamesField(rows=1, help_text="Keys of the definition. Empty: every motion.")

    class Meta:
        model = Membership
        fields = (
            "user",
            "weight",
            "max_open",
            "max_per_day",
            "calendar",
            "active",
            *sections.SERVED,
        )


class MembershipInline(NoRemoval, ByRole, admin.StackedInline[Membership, Team]):
    """Who is in the team. A member who leaves is switched off; their turns stay on record."""

    model = Membership
    form = MembershipForm
    template = "admin/section.html"
    extra = 0
    verbose_name_plural = "Members"
    says = "Switch off a member who leaves: their turns stay on record."
    readonly_fields = ("turns",)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("user", "weight", "max_open", "max_per_day", "calendar", "active", "turns"),
                    sections.SERVED,
                )
            },
        ),
    )

    @admin.display(description="Place in the turn")
    def turns(self, member: Membership) -> str:
        """How far the member's turn has come; the least is next."""
        return f"{member.served.normalize():f}" if member.pk else "the team's least"


@admin.register(Team)
class TeamAdmin(AgreementAdmin):
    """Teams and their members."""

    list_display = ("name", "key", "kind", "pick", "calendar", "responsible")
    list_filter = ("kind", "pick")
    list_select_related = ("calendar", "responsible")
    search_fields = ("name", "key")
    inlines = (MembershipInline,)
    parts_in_history = ((Membership, "team"),)
    named_by = ((RouteRule, "to_key"),)


@admin.register(Absence)
class AbsenceAdmin(AgreementAdmin):
    """Time during which somebody takes no leads; entered and cancelled on the pages of teams."""

    may_edit = staticmethod(may_nobody)
    list_display = (
        "user",
        "kind",
        "starts_at",
        "ends_at",
        "note",
        "entered_by",
        "entered_at",
        "cancelled_by",
        "cancelled_at",
    )
    fields = list_display
    list_select_related = ("user", "entered_by", "cancelled_by")
    list_filter = ("kind",)
    search_fields = ("user__name", "user__email", "note")


class ReasonForm(forms.ModelForm[Reason]):
    """A reason with the moments at which it may be given as boxes to tick."""

    applies_to = PicksField(label="Given when a lead is", choices=Reason.For.choices)
    steps = NamesField(
        rows=1, help_text="Hand-overs in which it may be given, such as ae. Empty: every one."
    )

    class Meta:
        model = Reason
        fields = (
            "key",
            "label",
            "applies_to",
            "steps",
            "goes_to",
            "teaches",
            "needs_note",
            "needs_date",
            "active",
        )


@admin.register(Reason)
class ReasonAdmin(AgreementAdmin):
    """Why leads are refused, moved or closed. One in use is switched off, not removed."""

    form = ReasonForm
    list_display = ("label", "key", "moments", "goes_to", "needs_note", "needs_date", "active")
    list_filter = ("active", "goes_to")
    search_fields = ("key", "label", "teaches")
    named_by = ((DecideRule, "reason"),)

    @admin.display(description="For")
    def moments(self, reason: Reason) -> str:
        return ", ".join(Reason.For(key).label for key in reason.applies_to)


@admin.register(Track)
class TrackAdmin(AgreementAdmin):
    """Nurture tracks and who looks after them."""

    list_display = ("label", "key", "theme", "owner", "rest_weeks")
    list_select_related = ("owner",)
    search_fields = ("key", "label", "theme")
    named_by = ((DecideRule, "track"),)


@admin.register(Stage)
class StageAdmin(AgreementAdmin):
    """The shared path, stage by stage."""

    list_display = ("label", "key", "owner_role", "next_action", "position")


@admin.register(Checklist)
class ChecklistAdmin(AgreementAdmin):
    """What must be answered before a lead moves on; written on the pages of checklists."""

    may_edit = staticmethod(may_nobody)
    list_display = ("label", "key", "active")
    fields = ("key", "label", "active", "questions", "written")
    readonly_fields = ("questions", "written")

    @admin.display(description="Questions")
    def questions(self, checklist: Checklist) -> SafeString:
        asked = (
            (one["label"], ", required" * bool(one.get("required"))) for one in checklist.items
        )
        return format_html("<ol>{}</ol>", format_html_join("", "<li>{}{}</li>", asked))

    @admin.display(description="To change them")
    def written(self, checklist: Checklist) -> SafeString:
        there = reverse("checklist-edit", args=[checklist.key])
        return format_html('<a href="{}">Open its own page</a>', there)


class StepForm(forms.ModelForm[Step]):
    """A step whose routing rules and tiers are read as those of a definition; `doubts` are what is
    allowed in them and hardly meant."""

    doubts: tuple[Fault, ...] = ()

    route = MappingsField(
        rows=6,
        label="Routing rules",
        help_text="A rule a line: - {key: default, to: {team: ae}}; the last holds always.",
    )
    tiers = MappingsField(
        rows=6,
        label="Response tiers",
        help_text="A tier a line: - {key: standard, hours: business, accept: 240}; none: the same "
        "as in the definition.",
    )

    class Meta:
        model = Step
        fields = ("key", "comes_from", "route", "tiers", "checklist", "confirms")
        help_texts = {  # noqa: RUF012
            "comes_from": "The step before; the first, sdr, has none: the definition routes it."
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        is_first = (cleaned.get("key") or self.instance.key) == FIRST_STEP
        if is_first and any(cleaned.get(name) for name in ("comes_from", "route", "tiers")):
            self.add_error(
                "comes_from",
                "The first step comes from marketing: the definition has its routing and tiers.",
            )
        elif not is_first and not cleaned.get("comes_from"):
            self.add_error("comes_from", "Say which step it comes from.")
        if is_first:
            return cleaned
        if "route" in cleaned and "tiers" in cleaned:
            teams = set(Team.objects.values_list("key", flat=True))
            read = parse_step(None, cleaned["route"], cleaned["tiers"], teams=teams, place="step")
            self.doubts = read.warnings
            for fault in read.faults:
                section, said = _in_lines(fault)
                self.add_error(section if section in ("route", "tiers") else None, said)
        return cleaned


def _in_lines(fault: Fault) -> tuple[str, str]:
    """The field that a fault of a step is about, and what it says, with its line there."""
    _, section, rest = re.split(r"[.\[]", f"{fault.place}[", maxsplit=2)
    line = re.match(r"(\d+)\]", rest)
    where = f"Line {int(line[1]) + 1}: " if line else ""
    return section, f"{where}{fault.message}."


@admin.register(Step)
class StepAdmin(AgreementAdmin):
    """What is asked in each hand-over, and the further ones after the first, such as SDR to AE."""

    form = StepForm
    list_display = ("key", "comes_from", "checklist", "confirms")
    list_select_related = ("checklist", "confirms")

    def save_model(self, request: HttpRequest, obj: Step, form: StepForm, change: bool) -> None:
        """Doubts are told, and refuse nothing."""
        super().save_model(request, obj, form, change)
        for doubt in form.doubts:
            section, said = _in_lines(doubt)
            label = form.fields[section].label or section
            self.message_user(request, f"{label}: {said}", messages.WARNING)


@admin.register(AreaOwner)
class AreaOwnerAdmin(AgreementAdmin):
    """Who owns which area of the agreement, and how often they look at it."""

    list_display = ("area", "owner", "cadence", "reviewed_at")
    list_select_related = ("owner",)


@admin.register(Goal)
class GoalAdmin(AgreementAdmin):
    """Which share of its promises each side means to keep; 90% where none is set."""

    list_display = ("step", "half", "tier", "percent")
    list_filter = ("step", "half")

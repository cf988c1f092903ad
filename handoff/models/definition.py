"""The definition of a sales-ready lead, in versions.

A version's rows hold exactly what the `definition` section of a playbook file holds, so that
`DefinitionVersion.document()` and the file say the same. What the rows mean is told by
`handoff.rules`; this module only keeps them. A published version is never edited: the database
refuses it (see the migration `published_definitions_stay`).
"""

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.rules.definition import ON_REASSIGN

from .person import User

Document = dict[str, Any]


MARKETING_COLUMNS = {
    "handover": "handover_minutes",
    "context": "context_minutes",
    "returned": "returned_minutes",
}
"""What marketing promises, and the column that holds its minutes."""


class DefinitionQuerySet(models.QuerySet["DefinitionVersion"]):
    """Versions by where they stand."""

    def live(self) -> "DefinitionQuerySet":
        return self.filter(state=DefinitionVersion.State.LIVE)

    def drafts(self) -> "DefinitionQuerySet":
        return self.filter(state=DefinitionVersion.State.DRAFT)

    def with_rows(self) -> "DefinitionQuerySet":
        """With every row of every section, in a constant number of statements."""
        return self.prefetch_related(*(section for section, _ in SECTIONS))


class DefinitionVersion(models.Model):
    """One version: a draft that may be edited, or a law that leads were judged by."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        TRIAL = "trial", "Trial"
        LIVE = "live", "Live"
        RETIRED = "retired", "Retired"

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    summary = models.CharField(max_length=300, blank=True)
    required = ArrayField(models.CharField(max_length=64), default=list, blank=True)
    handover_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="Marketing's half: minutes from trigger to hand-over."
    )
    context_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Minutes of marketing's working time until missing context is complete.",
    )
    returned_minutes = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Minutes of marketing's working time until a returned lead is answered.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    edited_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    cloned_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField("reason for publishing", max_length=300, blank=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        verbose_name = "definition"
        constraints = (
            models.UniqueConstraint(
                fields=("state",),
                condition=models.Q(state="live"),
                name="one_live_definition",
            ),
        )

    def __str__(self) -> str:
        return f"v{self.number}"

    @property
    def is_editable(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def was_only_tried(self) -> bool:
        """Whether it was on trial and never live, so that there is no going back to it."""
        return self.published_at is None and self.trials.exists()

    def count_change(self, *, by: User, at: dt.datetime) -> None:
        """Note that somebody changed the draft, so that who saw it before does not overwrite it."""
        self.revision, self.edited_by, self.edited_at = self.revision + 1, by, at
        self.save(update_fields=["revision", "edited_by", "edited_at"])

    def marketing(self) -> Document:
        """Marketing's half as the playbook file writes it: the promises made, in minutes."""
        said = ((key, getattr(self, column)) for key, column in MARKETING_COLUMNS.items())
        return {key: minutes for key, minutes in said if minutes is not None}

    def promise(self, document: Document) -> None:
        """Take marketing's half from a document; what it does not promise becomes none."""
        for key, column in MARKETING_COLUMNS.items():
            setattr(self, column, (document.get("marketing") or {}).get(key))

    def document(self) -> Document:
        """The version as the `definition` section of a playbook file."""
        document: Document = {"summary": self.summary} if self.summary else {}
        for section, row_class in SECTIONS:
            rows = [row.as_row() for row in getattr(self, section).all()]
            if section == "decide" and self.required:
                document["required"] = list(self.required)
            if section == "route" and (marketing := self.marketing()):
                document["marketing"] = marketing
            if rows or row_class.always_written:
                document[section] = rows
        return document


class Row(models.Model):
    """What the rows of every section share: their place, their key and what they say."""

    always_written = False

    position = models.PositiveSmallIntegerField(default=0)
    key = models.SlugField(max_length=64)
    label = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.label or self.key

    def head(self) -> Document:
        return {"key": self.key, **({"label": self.label} if self.label else {})}

    def as_row(self) -> Document:
        """The row as the playbook file writes it; defaults are left out."""
        raise NotImplementedError


class ConditionalRow(Row):
    """A row that holds when its conditions hold; `when` as in the playbook file."""

    when = models.JSONField("conditions", null=True, blank=True, help_text="Empty: always holds.")

    class Meta(Row.Meta):
        abstract = True

    def tail(self) -> Document:
        return {"when": self.when} if self.when else {}


class Motion(ConditionalRow):
    """A sales motion: the first that holds is the lead's."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="motions")

    class Meta(ConditionalRow.Meta):
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="motion_key_is_unique"),
        )

    def as_row(self) -> Document:
        return {**self.head(), **self.tail()}


class FitCriterion(ConditionalRow):
    """Points for who the lead is; negative points are allowed."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="fit")
    points = models.FloatField()
    motion = models.CharField(max_length=64, blank=True, help_text="Empty: every motion.")

    class Meta(ConditionalRow.Meta):
        verbose_name_plural = "fit criteria"
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="fit_key_is_unique"),
        )

    def as_row(self) -> Document:
        motion = {"motion": self.motion} if self.motion else {}
        return {**self.head(), "points": self.points, **motion, **self.tail()}


class Signal(Row):
    """Points for what the lead did, fading by half every `half_life_days` days."""

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="signals")
    signal = models.CharField(max_length=64, blank=True, help_text="Empty: the key.")
    points = models.FloatField()
    half_life_days = models.FloatField(null=True, blank=True, help_text="Empty: never fades.")
    cap = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many of the newest count. Empty: all."
    )
    sources = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    motion = models.CharField(max_length=64, blank=True, help_text="Empty: every motion.")

    class Meta(Row.Meta):
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="signal_key_is_unique"),
        )

    def as_row(self) -> Document:
        row = self.head()
        if self.signal:
            row["signal"] = self.signal
        row["points"] = self.points
        for name in ("half_life_days", "cap"):
            if getattr(self, name) is not None:
                row[name] = getattr(self, name)
        if self.sources:
            row["sources"] = list(self.sources)
        if self.motion:
            row["motion"] = self.motion
        return row


class DecideRule(ConditionalRow):
    """Which status follows; the first that holds decides."""

    class Status(models.TextChoices):
        SALES_READY = "sales_ready", "Sales ready"
        NEEDS_QUALIFICATION = "needs_qualification", "Needs qualification"
        EXISTING_ACCOUNT = "existing_account", "Existing account"
        NURTURE = "nurture", "Nurture"
        DISQUALIFIED = "disqualified", "Disqualified"
        DUPLICATE = "duplicate", "Duplicate"

    always_written = True

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="decide")
    status = models.CharField(max_length=20, choices=Status)
    tier = models.CharField(max_length=64, blank=True)
    reason = models.CharField(max_length=64, blank=True)
    track = models.CharField(max_length=64, blank=True)
    approve = models.BooleanField(
        default=False, help_text="A marketing person approves each before it is handed over."
    )

    class Meta(ConditionalRow.Meta):
        verbose_name = "status rule"
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="decide_key_is_unique"),
        )

    def as_row(self) -> Document:
        row = {**self.head(), "status": self.status}
        row |= {
            name: value for name in ("tier", "reason", "track") if (value := getattr(self, name))
        }
        if self.approve:
            row["approve"] = True
        return {**row, **self.tail()}


CLOCK_KEYS = ("assign", "accept", "first_touch", "follow_up")


class Tier(Row):
    """How fast each answer is owed: minutes, or `same_business_day`, by clock."""

    class Hours(models.TextChoices):
        BUSINESS = "business", "Business hours"
        ALWAYS = "always", "Every hour of the week"

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="tiers")
    hours = models.CharField(max_length=8, choices=Hours, default=Hours.BUSINESS)
    clocks = models.JSONField(
        default=dict, blank=True, help_text='{"accept": 15, "first_touch": "same_business_day"}'
    )
    remind_before = models.PositiveIntegerField(null=True, blank=True, help_text="Minutes.")
    on_breach = models.JSONField(default=list, blank=True)
    on_reassign = models.JSONField(
        default=dict,
        blank=True,
        help_text='{"accept": "carry_on"}; else accept restarts, the others carry on.',
    )

    class Meta(Row.Meta):
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="tier_key_is_unique"),
        )

    def as_row(self) -> Document:
        row: Document = {**self.head(), "hours": self.hours}
        row |= {clock: self.clocks[clock] for clock in CLOCK_KEYS if clock in self.clocks}
        if self.remind_before is not None:
            row["remind_before"] = self.remind_before
        if self.on_breach:
            row["on_breach"] = self.on_breach
        if said := {k: v for k, v in self.on_reassign.items() if ON_REASSIGN.get(k) != v}:
            row["on_reassign"] = said
        return row


class RouteRule(ConditionalRow):
    """Who gets it; the first that holds, and whose taker exists, takes it."""

    class Kind(models.TextChoices):
        TEAM = "team", "Team"
        QUEUE = "queue", "Queue"
        OWNER_OF = "owner_of", "Owner of"

    always_written = True

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="route")
    to_kind = models.CharField(max_length=8, choices=Kind)
    to_key = models.CharField(
        max_length=64, help_text="A team's key; for “Owner of”: account or opportunity."
    )
    overflow = models.BooleanField(
        default=False, help_text="Nobody eligible: try the next rule instead of waiting."
    )
    sticky = models.BooleanField(
        default=False,
        help_text="A returning lead goes back to whoever of the team had it, if they can take it.",
    )

    class Meta(ConditionalRow.Meta):
        verbose_name = "routing rule"
        constraints = (
            models.UniqueConstraint(fields=("version", "key"), name="route_key_is_unique"),
        )

    def as_row(self) -> Document:
        row: Document = {**self.head(), "to": {self.to_kind: self.to_key}}
        if self.overflow:
            row["overflow"] = "next"
        if self.sticky:
            row["sticky"] = True
        return {**row, **self.tail()}


class Example(models.Model):
    """A lead with the outcome it must have; publishing is refused while one differs."""

    class Kind(models.TextChoices):
        EXAMPLE = "example", "Example"
        COUNTEREXAMPLE = "counterexample", "Counterexample"

    always_written = False

    version = models.ForeignKey(DefinitionVersion, models.CASCADE, related_name="examples")
    position = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.EXAMPLE)
    name = models.CharField(max_length=200)
    why = models.CharField(max_length=300, blank=True)
    expect = models.JSONField(default=dict)
    lead = models.JSONField(default=dict)
    touchpoints = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.name

    def as_row(self) -> Document:
        row: Document = {"kind": self.kind, "name": self.name}
        if self.why:
            row["why"] = self.why
        row |= {"expect": self.expect, "lead": self.lead}
        if self.touchpoints:
            row["touchpoints"] = self.touchpoints
        return row


SECTIONS: tuple[tuple[str, type[Any]], ...] = (
    ("motions", Motion),
    ("fit", FitCriterion),
    ("signals", Signal),
    ("decide", DecideRule),
    ("tiers", Tier),
    ("route", RouteRule),
    ("examples", Example),
)
"""The sections of a definition that are rows, in the order of the playbook file."""

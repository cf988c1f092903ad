"""The rows of a definition, section by section. What they mean is told by `handoff.rules`; this
module only keeps them.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from handoff.rules.definition import ON_REASSIGN

from .definition import DefinitionVersion, Document
from .example import Example


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


SECTIONS: tuple[tuple[str, type[Any]], ...] = (
    ("motions", Motion),
    ("fit", FitCriterion),
    ("signals", Signal),
    ("decide", DecideRule),
    ("tiers", Tier),
    ("route", RouteRule),
    ("examples", Example),
)
"""The sections of a definition that are rows, in the order of the playbook file, and what each is
made of."""

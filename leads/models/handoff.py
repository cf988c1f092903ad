"""A lead's passage from one team to the next, and how it was answered."""

import datetime as dt

from django.db import models
from django.db.models.functions import Coalesce

from handoff.checklists import FIRST_STEP
from handoff.models import (
    SEERS,
    DecideRule,
    DefinitionVersion,
    Membership,
    Reason,
    Step,
    Team,
    User,
)

from .judgement import Judgement
from .lead import Lead

DUE_NEXT = Coalesce("due_at", "next_step_due")
"""What is due next: the first running clock; where none runs, the promised next step."""


class HandoffQuerySet(models.QuerySet["Handoff"]):
    """Hand-overs by state, clock and who may see them."""

    def open(self) -> "HandoffQuerySet":
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def working(self) -> "HandoffQuerySet":
        """Open ones that belong in somebody's day: not those of an imported past."""
        return self.open().filter(historical=False)

    def waiting(self) -> "HandoffQuerySet":
        """Handed over and not yet answered."""
        return self.filter(state=Handoff.State.WAITING)

    def unowned(self) -> "HandoffQuerySet":
        return self.filter(owner=None)

    def overdue(self, *, at: dt.datetime) -> "HandoffQuerySet":
        """Those whose first running clock ran out before `at`."""
        return self.filter(due_at__lt=at)

    def late(self, *, at: dt.datetime) -> "HandoffQuerySet":
        """Those of which something was due before `at`, by clock or promise."""
        return self.alias(soonest=DUE_NEXT).filter(soonest__lt=at)

    def visible_to(self, user: User) -> "HandoffQuerySet":
        """All for marketing, managers, reviewers and administrators; a rep's own and their
        teams' otherwise."""
        return self if user.has_role(*SEERS) else self.handed_to(user.pk)

    def explained_to(self, user: User) -> "HandoffQuerySet":
        """Those of which a person may learn why they went where they went: what they may see, and
        what was weighed for a team they may look into."""
        if user.has_role(*SEERS):
            return self
        teams = Team.objects.visible_to(user)
        weighed = models.Q(owner=user) | models.Q(assignments__team__in=teams)
        for key in teams.values_list("key", flat=True):
            tried = {"rules": [{"team": key, "holds": True}]}
            weighed |= models.Q(assignments__explanation__contains=tried)
        return self.filter(weighed).distinct()

    def handed_to(self, person: int) -> "HandoffQuerySet":
        """Those of a person (by primary key) and of their teams."""
        teams = Membership.objects.filter(user=person, active=True).values("team")
        return self.filter(models.Q(owner=person) | models.Q(team__in=teams))

    def with_onward(self) -> "HandoffQuerySet":
        """With `onward`: the key of the step that follows theirs, if any."""
        follows = Step.objects.filter(comes_from=models.OuterRef("step")).order_by("pk")
        return self.annotate(onward=models.Subquery(follows.values("key")[:1]))

    def promised(self, *, owner: int, before: dt.datetime) -> "HandoffQuerySet":
        """Those a person (by primary key) has touched and owes something for before `before`."""
        due = models.Q(next_step_due__lt=before) | models.Q(due_at__lt=before)
        return self.filter(
            due, owner=owner, state=Handoff.State.ACCEPTED, first_touch_at__isnull=False
        )

    def by_due(self) -> "HandoffQuerySet":
        """First due first, by clock or promise; what has neither comes last."""
        return self.order_by(DUE_NEXT.asc(nulls_last=True), "pk")


class Handoff(models.Model):
    """One passage of one lead. Its state changes only through `leads.journey.states.move`."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        ACCEPTED = "accepted", "Accepted"
        REJECTED = "rejected", "Rejected"
        RETURNED = "returned", "Returned to marketing"
        ADVANCED = "advanced", "Advanced"
        CLOSED = "closed", "Closed"

    class How(models.TextChoices):
        OUTREACH_STARTED = "outreach_started", "First outreach started"
        MEETING_BOOKED = "meeting_booked", "Meeting booked"
        IN_DISCOVERY = "in_discovery", "In discovery"

    class Disposition(models.TextChoices):
        WORKING = "working", "Working"
        CONVERTED = "converted", "Converted"
        NO_RESPONSE = "no_response", "No response"
        BAD_FIT = "bad_fit", "Bad fit"
        NURTURE = "nurture", "Nurture"
        DUPLICATE = "duplicate", "Duplicate"
        RECYCLED = "recycled", "Recycled"

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="handoffs")
    step = models.CharField(max_length=64, default="sdr")
    version = models.ForeignKey(DefinitionVersion, on_delete=models.PROTECT, related_name="+")
    judgement = models.ForeignKey(Judgement, on_delete=models.PROTECT, related_name="handoffs")
    status = models.CharField(max_length=20, choices=DecideRule.Status)
    tier = models.CharField(max_length=64, null=True)
    tier_rank = models.PositiveSmallIntegerField(
        default=0, help_text="Place of the tier in its definition; the first is the most urgent."
    )
    route = models.CharField(max_length=64, null=True, help_text="The routing rule that took it.")
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handoffs",
        db_index=False,
    )
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="handoffs",
        db_index=False,
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    historical = models.BooleanField(default=False)
    reentry = models.BooleanField(default=False)
    previous = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    context = models.JSONField(default=dict, help_text="What travelled with it, as it was then.")
    missing = models.JSONField(default=list, help_text="What was missing at the hand-over.")
    lacks = models.JSONField(
        default=list,
        db_default=models.Value([], models.JSONField()),
        help_text="What sales said is missing when it returned it.",
    )
    sent_back = models.CharField(
        max_length=300,
        blank=True,
        db_default="",
        help_text="Why the next step sent the lead back to this one.",
    )
    awaits_turn = models.BooleanField(
        default=False, help_text="Nobody was eligible; given out as soon as someone is."
    )
    fault = models.TextField(blank=True, help_text="Why routing failed, where it did.")

    triggered_at = models.DateTimeField()
    made_at = models.DateTimeField()
    assigned_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First seen by its owner.")
    accepted_at = models.DateTimeField(null=True, blank=True)
    how = models.CharField(max_length=20, choices=How, blank=True)
    first_touch_at = models.DateTimeField(null=True, blank=True)
    last_touch_at = models.DateTimeField(null=True, blank=True)
    channel = models.CharField(max_length=32, blank=True)
    next_step = models.TextField(blank=True)
    next_step_due = models.DateTimeField(null=True, blank=True)
    disposition = models.CharField(max_length=12, choices=Disposition, blank=True)
    reason = models.ForeignKey(
        Reason, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    until = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, blank=True, help_text="open, won or lost.")
    outcome_at = models.DateTimeField(null=True, blank=True)

    due_at = models.DateTimeField(
        null=True, blank=True, help_text="The first deadline of its running clocks."
    )
    due_clock = models.CharField(max_length=16, blank=True)
    changed_in = models.BigIntegerField(
        default=0, editable=False, help_text="Transaction of the last change; orders the feed."
    )

    objects = HandoffQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("lead", "step"),
                condition=models.Q(ended_at__isnull=True),
                name="one_open_handoff_per_lead_and_step",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="rejected") | models.Q(reason__isnull=False),
                name="rejection_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ended_at__isnull=True, state__in=("waiting", "accepted", "returned")
                )
                | models.Q(ended_at__isnull=False, state__in=("rejected", "advanced", "closed")),
                name="only_ended_handoffs_have_an_end",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="accepted") | models.Q(owner__isnull=False),
                name="accepted_handoff_has_an_owner",
            ),
        )
        indexes = (
            models.Index(
                models.F("owner"),
                DUE_NEXT,
                models.F("id"),
                condition=models.Q(ended_at__isnull=True, historical=False),
                name="handoff_next_of_owner",
            ),
            models.Index(
                models.F("team"),
                DUE_NEXT,
                models.F("id"),
                condition=models.Q(ended_at__isnull=True, historical=False),
                name="handoff_next_of_team",
            ),
            models.Index(
                models.F("team"),
                DUE_NEXT,
                models.F("id"),
                condition=models.Q(
                    owner__isnull=True, state="waiting", ended_at__isnull=True, historical=False
                ),
                name="handoff_unowned",
            ),
            models.Index(
                DUE_NEXT,
                models.F("id"),
                condition=models.Q(reentry=True, ended_at__isnull=True, historical=False),
                name="handoff_back_again",
            ),
            models.Index(
                fields=("team", "owner"),
                condition=models.Q(state="returned", ended_at__isnull=True, historical=False),
                name="handoff_returned",
            ),
            models.Index(
                fields=("owner", "next_step_due"),
                condition=models.Q(state="accepted", ended_at__isnull=True, historical=False),
                name="handoff_accepted",
            ),
            models.Index(
                fields=("owner", "due_at"),
                condition=models.Q(
                    first_touch_at__isnull=False, ended_at__isnull=True, historical=False
                ),
                name="handoff_touched",
            ),
            models.Index(
                fields=("made_at",),
                condition=models.Q(awaits_turn=True),
                name="handoff_awaiting_turn",
            ),
            models.Index(fields=("owner", "assigned_at"), name="handoff_by_owner"),
            models.Index(fields=("team", "made_at"), name="handoff_by_team"),
            models.Index(fields=("made_at",), name="handoff_by_day"),
            models.Index(
                fields=("ended_at",),
                include=("reason", "answered_by"),
                condition=models.Q(state="rejected"),
                name="handoff_rejected",
            ),
            models.Index(fields=("changed_in", "id"), name="handoff_feed"),
        )

    def __str__(self) -> str:
        return f"{self.lead} to {self.owner or self.team}"

    @property
    def queue(self) -> Team | None:
        """The queue it waits in; none once somebody owns it."""
        return self.team if self.owner_id is None else None

    @property
    def due_next(self) -> dt.datetime | None:
        """As DUE_NEXT: the first running clock, else the promised next step."""
        return self.due_at or self.next_step_due

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def standing(self) -> str:
        """Its state in words: a later step gives back to the step before, not to marketing."""
        if self.state == self.State.RETURNED and self.step != FIRST_STEP:
            return "Sent back"
        return self.get_state_display()

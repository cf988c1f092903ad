"""One joint review: when it is, where it stands, who is there, and what each item showed.

Everything a screen shows bumps `revision`, so that a screen that asks again learns in one statement
whether anything is new.
"""

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import F

from handoff.models import SEERS, User

from .series import ITEMS, Series
from .sides import Side

OPENING = 0
"""Before the first item: what was promised last time, and what the last change did."""


class Item(models.IntegerChoices):
    """The agenda; there is no fourth."""

    SLA = 1, "SLA performance"
    TRENDS = 2, "Disposition trends"
    CHANGES = 3, "Definition changes"


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Meetings by where they stand, and by who may see them."""

    def visible_to(self, user: User) -> "MeetingQuerySet":
        """All for those who see every lead; for others those they take part in."""
        if user.has_role(*SEERS):
            return self
        seats = Participant.objects.taking_part().filter(user=user)
        return self.filter(pk__in=seats.values("meeting"))

    def planned(self) -> "MeetingQuerySet":
        return self.filter(state=Meeting.State.PLANNED)

    def running(self) -> "MeetingQuerySet":
        return self.filter(state=Meeting.State.RUNNING)

    def ahead(self) -> "MeetingQuerySet":
        """Those that are not over, the next first."""
        ahead = (Meeting.State.PLANNED, Meeting.State.RUNNING)
        return self.filter(state__in=ahead).order_by("starts_at", "pk")

    def over(self) -> "MeetingQuerySet":
        """Those that were held, the latest first."""
        return self.filter(state=Meeting.State.ENDED).order_by("-began_at", "-pk")

    def bump(self) -> int:
        """Have every screen of these look again."""
        return self.update(revision=F("revision") + 1)


class Meeting(models.Model):
    """`number` is the house's, so that “joint review 12” is one meeting. It looks at the hand-overs
    made in `[since, until)`: since the one before of its series, until it began.

    `item` is what the screen shows since `item_at`: OPENING or an `Item`; `shown` the lead of the
    sample that is on it. `seed` is what the sample is drawn by, and `drawn_at` when it was.
    """

    class State(models.TextChoices):
        PLANNED = "planned", "Planned"
        RUNNING = "running", "Running"
        ENDED = "ended", "Held"
        CANCELLED = "cancelled", "Cancelled"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField(unique=True)
    due_on = models.DateField(help_text="The day its series asks for, before holidays and moves.")
    starts_at = models.DateTimeField()
    item_minutes = models.PositiveSmallIntegerField()
    chair = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    revision = models.PositiveIntegerField(default=1)
    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    item = models.PositiveSmallIntegerField(default=OPENING)
    item_at = models.DateTimeField(null=True)
    shown = models.ForeignKey(
        "reviews.Sampled", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    presenter = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    presenter_at = models.DateTimeField(null=True)
    seed = models.PositiveBigIntegerField()
    drawn_at = models.DateTimeField(null=True)
    sequence = models.PositiveIntegerField(
        default=0, help_text="How often the invitation has changed."
    )
    cancelled_because = models.CharField(max_length=300, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=("series", "due_on"), name="one_meeting_per_due_day"),
            models.CheckConstraint(
                condition=models.Q(item__gte=OPENING, item__lte=ITEMS),
                name="meeting_has_three_items",
            ),
            models.CheckConstraint(
                condition=models.Q(until__gt=F("since")), name="meeting_looks_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=("planned", "cancelled"))
                | models.Q(began_at__isnull=False),
                name="held_meeting_has_begun",
            ),
        )
        indexes = (
            models.Index(
                fields=("starts_at",),
                condition=models.Q(state__in=("planned", "running")),
                name="meeting_ahead",
            ),
        )

    def __str__(self) -> str:
        return f"Joint review {self.number}"

    def get_absolute_url(self) -> str:
        return f"/reviews/{self.number}/"

    @property
    def minutes(self) -> int:
        return ITEMS * self.item_minutes

    @property
    def planned_end(self) -> dt.datetime:
        return self.starts_at + dt.timedelta(minutes=self.minutes)

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def is_running(self) -> bool:
        return self.state == self.State.RUNNING

    @property
    def is_ahead(self) -> bool:
        """Whether it is neither over nor off."""
        return self.is_planned or self.is_running

    @property
    def is_over(self) -> bool:
        return self.state == self.State.ENDED

    @property
    def who_presents(self) -> str:
        """In words; nobody does once whoever did is taken out, until somebody takes over."""
        return f"{self.presenter or 'Nobody'} is presenting"

    @property
    def item_due_at(self) -> dt.datetime | None:
        """When the item on the screen has had its minutes; the opening has none."""
        if self.item == OPENING or self.item_at is None:
            return None
        return self.item_at + dt.timedelta(minutes=self.item_minutes)


PRESENT = dt.timedelta(seconds=60)
"""Whoever's page asked within this time is there."""


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants by whether they still take part."""

    def taking_part(self) -> "ParticipantQuerySet":
        """All but those who were taken out."""
        return self.filter(removed_at=None)


class Participant(models.Model):
    """Somebody invited to one meeting, or who came without: for which side, when they joined, and
    when their page asked last. Who is taken out while it runs (`removed_at`) is there no more; what
    they voted stays."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    joined_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        ordering = ("meeting", "side", "user__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "user"), name="one_participant_per_meeting_and_user"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user}, {self.get_side_display().lower()}"


class Turn(models.Model):
    """A stretch for which one item was on the screen; of the running one `ended_at` is empty."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="turns")
    item = models.PositiveSmallIntegerField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    began_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        ordering = ("meeting", "began_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting",),
                condition=models.Q(ended_at__isnull=True),
                name="one_running_turn_per_meeting",
            ),
        )

    def __str__(self) -> str:
        return f"Item {self.item} of {self.meeting}"

    def length(self, *, at: dt.datetime) -> dt.timedelta:
        return (self.ended_at or at) - self.began_at


class Shown(models.Model):
    """What one item showed: its figures as they stood then, and the note of the chair."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items")
    item = models.PositiveSmallIntegerField(choices=Item)
    figures: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)
    figures_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    noted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    noted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("meeting", "item")
        verbose_name_plural = "shown"
        constraints = (
            models.UniqueConstraint(fields=("meeting", "item"), name="one_record_per_item"),
        )

    def __str__(self) -> str:
        return f"{self.get_item_display()}, {self.meeting}"

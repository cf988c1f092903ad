"""What became of a hand-over, kept beside it in one narrow row for whoever counts many."""

from django.db import models
from django.db.models import Q

from .handoff import Handoff


class Promise(models.Model):
    """One row for each first hand-over that marketing, or the step before, made; narrow.

    The database writes it, with every change of the hand-over, its clocks, their causes and its
    deals, in the same transaction (migrations `what_the_measures_read` and
    `answers_and_causes_stand_beside`); only of a hand-over that was taken back it is removed
    (`journey.undoing`), so that none counts that never was. `to_` and `from_` are whole seconds,
    rounded, from the hand-over on and up to it. `to_assign` and `to_open` are of the first who
    owned it and who saw it; what a change of hands takes away they keep. `missed`, `met` and
    `due_at` are of the first-touch clocks (`due_at` of one that runs), `late` of the hand-over
    clock. `answered_late` is of the last accept clock: that its deadline passed before an answer,
    or did not; None while it runs, and where it lapsed. `follow_up_late`, `next_step_late`,
    `context_late` and `returned_late` are of all clocks of their kind: that one was late, or one
    was met and none late; None otherwise. `returned`: a clock of marketing's began after the
    hand-over; `back_reason_id`: with which reason it was given back for the last time, by the
    lead's history. `touch_cause` and `handover_cause`: what was said (`Miss`) of the last
    first-touch clock and of the first hand-over clock of which anything was said. Of a later
    `step`, `incomplete` is that it was sent back once, and `to_hand_over` counts from the hand-over
    before. `outcome` is the best of this one and of those that followed from it; `to_deal` when the
    opportunity was opened, `to_close` when it was won or lost. What the judgement saw (`fit`,
    `intent` and `employees` cut to whole numbers) never changes. `received`: the last enquiry
    before the hand-over; unknown of an imported past. `captured`: when its form says it was sent;
    unknown where it does not. `to_notify`: the first mail or chat to the owner that was sent, or
    the note in the application once it was seen; as soon as it was written for who takes nothing
    else. `untold`: letters to the owner are written and none has told them, or none had when they
    opened or answered it. `took_` are the seconds between a step and the one before
    (`reviews/measures/seams/`), `worked_` those of them that were working time by the calendar of
    the team that had it then (of no team: marketing's); these stay when a calendar is edited, and
    are NULL where no calendar is laid out (`Calendar.lay_out`). The table has all of these once
    more, one after the other, as one string of bytes, `seams` (migration `seams_stand_packed`).
    """

    handoff = models.OneToOneField(
        Handoff, on_delete=models.CASCADE, primary_key=True, related_name="+", db_constraint=False
    )
    made_at = models.DateTimeField()
    version_id = models.BigIntegerField()
    to_hand_over = models.IntegerField()
    from_judged = models.IntegerField()
    fit = models.SmallIntegerField()
    intent = models.SmallIntegerField()
    historical = models.BooleanField()
    incomplete = models.BooleanField()
    late = models.BooleanField(default=False)
    missed = models.BooleanField(default=False)
    met = models.BooleanField(default=False)
    returned = models.BooleanField(db_default=False)
    untold = models.BooleanField(db_default=False)

    due_at = models.DateTimeField(null=True)
    team_id = models.BigIntegerField(null=True)
    owner_id = models.BigIntegerField(null=True)
    reason_id = models.BigIntegerField(null=True)
    back_reason_id = models.BigIntegerField(null=True)
    to_touch = models.IntegerField(null=True)
    to_accept = models.IntegerField(null=True)
    to_end = models.IntegerField(null=True)
    to_deal = models.IntegerField(null=True)
    to_close = models.IntegerField(null=True)
    from_received = models.IntegerField(null=True)
    from_captured = models.IntegerField(null=True)
    to_assign = models.IntegerField(null=True)
    to_notify = models.IntegerField(null=True)
    to_open = models.IntegerField(null=True)
    employees = models.IntegerField(null=True)
    answered_late = models.BooleanField(null=True)
    follow_up_late = models.BooleanField(null=True)
    next_step_late = models.BooleanField(null=True)
    context_late = models.BooleanField(null=True)
    returned_late = models.BooleanField(null=True)

    step = models.TextField(db_default="sdr")
    state = models.TextField()
    disposition = models.TextField()
    outcome = models.TextField(db_default="")
    tier = models.TextField(null=True)
    source = models.TextField(null=True)
    touch_cause = models.TextField(null=True)
    handover_cause = models.TextField(null=True)
    motion = models.TextField(null=True)
    region = models.TextField(null=True)
    country = models.TextField(null=True)
    seniority = models.TextField(null=True)
    function = models.TextField(null=True)
    industry = models.TextField(null=True)
    campaign = models.TextField(null=True)
    offer = models.TextField(null=True)
    trigger = models.TextField(null=True)
    landing_page = models.TextField(null=True)

    took_receive = models.IntegerField(null=True)
    took_judge = models.IntegerField(null=True)
    took_hand_over = models.IntegerField(null=True)
    took_assign = models.IntegerField(null=True)
    took_notify = models.IntegerField(null=True)
    took_open = models.IntegerField(null=True)
    took_accept = models.IntegerField(null=True)
    took_touch = models.IntegerField(null=True)
    took_end = models.IntegerField(null=True)
    worked_receive = models.IntegerField(null=True)
    worked_judge = models.IntegerField(null=True)
    worked_hand_over = models.IntegerField(null=True)
    worked_assign = models.IntegerField(null=True)
    worked_notify = models.IntegerField(null=True)
    worked_open = models.IntegerField(null=True)
    worked_accept = models.IntegerField(null=True)
    worked_touch = models.IntegerField(null=True)
    worked_end = models.IntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("made_at",), name="promise_by_day"),
            models.Index(
                fields=("made_at",),
                name="promise_of_the_open",
                condition=Q(
                    to_end__isnull=True, historical=False, state__in=("waiting", "accepted")
                ),
            ),
        )

    def __str__(self) -> str:
        return f"Promises of {self.handoff_id}"

"""What a series, an appointment, an action and a note said before they were changed."""

from handoff.models.history import keep_changes_of, keep_every_change

from .action import Action
from .meeting import Meeting, Shown
from .series import Series, SeriesMember

WATCHED = (Series, SeriesMember, Meeting, Action, Shown)

keep_every_change(Series)
keep_every_change(SeriesMember)
keep_changes_of(Meeting, ("starts_at", "chair", "state", "cancelled_because"))
keep_changes_of(
    Action, ("text", "owner", "due_on", "done_at", "done_by", "dropped_at", "dropped_by")
)
keep_changes_of(Shown, ("note", "noted_by", "noted_at"))

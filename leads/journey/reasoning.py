"""What a reason asks for, and in which answer and step it may be given.

Source: contracts.md §2, docs/decisions/0042. `Reason.steps` is a rule for every answer, whoever
gives it. `Reason.applies_to` is a rule for a rejection; for a return, a change of hands and a
disposition it is what pages offer, while the journey takes any active reason.
"""

import datetime as dt
from typing import Any

from handoff.models import Reason

from .states import Invalid


def reason_of(key: str) -> Reason:
    """The reason of this key. Raises Invalid for none, an unknown or a retired one."""
    if not key:
        raise Invalid("reason", "Say why: a reason is needed.")
    reason = Reason.objects.filter(key=key, active=True).first()
    if reason is None:
        raise Invalid("reason", f"There is no reason “{key}”.")
    return reason


def given_in(reason: Reason, step: str) -> None:
    """Raises Invalid where a reason is not given in this step."""
    if reason.steps and step not in reason.steps:
        raise Invalid("reason", f"“{reason.label}” is no reason in this step.")


def ask_for(reason: Reason, *, note: str, until: dt.date | None) -> None:
    """Raises Invalid where the reason asks for a note or a date that is not given."""
    if reason.needs_note and not note.strip():
        raise Invalid("note", f"“{reason.label}” needs a note: what did you learn?")
    if reason.needs_date and until is None:
        raise Invalid("until", f"“{reason.label}” needs a date: when shall the lead come back?")


def check_ahead(until: dt.date | None, *, at: dt.datetime) -> None:
    """A lead cannot come back in the past. Yesterday passes: it is today somewhere."""
    if until is not None and until < (at - dt.timedelta(days=1)).date():
        raise Invalid("until", f"{until.isoformat()} is past: when shall the lead come back?")


def words_of(reason: Reason | None, note: str, until: dt.date | None) -> dict[str, Any]:
    """What was said with an answer, as its event keeps it."""
    return {
        "reason": reason.key if reason else "",
        "reason_label": reason.label if reason else "",
        "goes_to": reason.goes_to if reason else "",
        "note": note,
        "until": until,
    }

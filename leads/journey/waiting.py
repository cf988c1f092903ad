"""Giving out the hand-overs that nobody could take when they came."""

import datetime as dt

from leads.models import Handoff

from .judging import WANTED
from .owning import give_out

MOST = 5000
"""So many are looked at in one go; the rest waits for the next."""

ALIKE = ("team", "previous", *(f"judgement__{name}" for name in (*WANTED, "motion")))
"""Leads alike in these have the same people to take them."""


def give_out_waiting(*, at: dt.datetime) -> int:
    """Give waiting hand-overs to those who can take them at `at`, in the order they came; how many.

    Once nobody can take one, others like it are left for the next time.
    """
    given, stuck = 0, set()
    waiting = Handoff.objects.working().filter(awaits_turn=True).order_by("made_at", "pk")
    for handoff_id, *alike in waiting.values_list("pk", *ALIKE)[:MOST]:
        if tuple(alike) in stuck:
            continue
        if give_out(handoff_id, at=at) is None:
            stuck.add(tuple(alike))
        else:
            given += 1
    return given

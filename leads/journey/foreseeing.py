"""Where leads would go, were they rejected now as somebody else's: told before anybody presses."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

from handoff.models import Step, User
from leads.models import Assignment, Handoff

from .consequences import asked_of
from .judging import judged_by
from .law import law
from .routing import Asked, Placement, asked, foresee

Passage = tuple[int, dt.datetime]
"""A lead, and when it was triggered."""


def rerouted(handoffs: Sequence[Handoff], *, actor: User, at: dt.datetime) -> dict[int, Placement]:
    """By hand-over, where each would go, were it alone and rejected by `actor` now for a reason
    that leads to routing once more. The team is what happens then; whose turn it is there may
    change until it does. A few statements for all, and one more for each of a later step."""
    requests = list(_asked(handoffs, actor, at=at))
    return dict(zip((one.pk for one in handoffs), foresee(requests), strict=True))


def _asked(handoffs: Sequence[Handoff], actor: User, *, at: dt.datetime) -> Iterator[Asked]:
    had = _had(handoffs)
    steps = {step.key: step for step in Step.objects.exclude(comes_from="")}
    for one in handoffs:
        gone = had[one.lead_id, one.triggered_at] | {actor.pk, one.owner_id or actor.pk}
        step, excluding = steps.get(one.step), frozenset(gone)
        if step is None:
            yield asked(judged_by(one.judgement), at=at, excluding=excluding)
        else:
            yield asked_of(one, step, law(one.version_id), at=at, excluding=excluding)[0]


def _had(handoffs: Sequence[Handoff]) -> dict[Passage, set[int]]:
    """Who had each lead, or refused it, since it was triggered."""
    found: dict[Passage, set[int]] = defaultdict(set)
    ids = {one.lead_id for one in handoffs}
    rejected = Handoff.objects.filter(lead__in=ids, state=Handoff.State.REJECTED)
    given = Assignment.objects.filter(handoff__lead__in=ids, owner__isnull=False)
    rows = (
        *rejected.values_list("lead", "triggered_at", "owner", "answered_by"),
        *given.values_list("handoff__lead", "handoff__triggered_at", "owner", "owner"),
    )
    for lead_id, triggered_at, *people in rows:
        found[lead_id, triggered_at].update(one for one in people if one is not None)
    return found

"""A draft that answers a trend: one clause more in a rule, what was rejected cited as its evidence,
and a backtest running."""

import datetime as dt

from django.db.models import Q

from handoff import drafting
from handoff.labels import humanise, labels_of
from handoff.models import DefinitionVersion, Reason, User
from handoff.rules.faults import Faulty
from leads.journey import citing
from leads.journey.states import Conflict, Invalid
from reviews.measures.dimensions import NONE, tens_label
from reviews.meetings import noting

from .deciding import Begun, begun, new_draft, only_editors
from .evidence import Trend
from .telling_apart import Clause, changed


def reason_called(name: str) -> Reason | None:
    """A reason by its key or label. Raises Invalid where there is none such."""
    if not name:
        return None
    found = Reason.objects.filter(Q(key=name) | Q(label=name)).order_by("pk").first()
    if found is None:
        raise Invalid("reason", "There is no such reason any more.")
    return found


def in_words(trend: Trend) -> str:
    """“rejected as “Out of segment””, “rejected of Paid search”; nothing of no trend."""
    of = "a source not known" if trend.source == NONE else humanise(trend.source)
    bands = ((name, getattr(trend, name)) for name in ("fit", "intent"))
    said = [
        f"as “{trend.reason.label}”" if trend.reason else "",
        f"of {of}" if trend.source else "",
        *(f"with {name} {_band(band)}" for name, band in bands if band),
    ]
    told = " ".join(filter(None, said))
    return f"rejected {told}" if told else ""


def _band(tens: str) -> str:
    return "not known" if tens == NONE else tens_label(tens)


def draft(
    meeting_id: int, trend: Trend, clause: Clause | None, *, actor: User, at: dt.datetime
) -> Begun:
    """Begin a draft from the live version with a clause more (None: people write it), the trend's
    reason cited. Raises NotAllowed, Invalid, Conflict."""
    only_editors(actor)
    said = in_words(trend)
    if not said:
        raise Invalid("says", "Say what the change answers.")
    with noting.running(meeting_id, actor) as meeting:
        made = new_draft(actor, at)
        if clause is not None:
            made = _put(made, clause, actor=actor, at=at)
            said = f"{said}. {clause.says}, in rule {_rule_name(made, clause.rule)}"
        if trend.reason is not None:
            citing.cite(made, [trend.reason.key], actor=actor, at=at)
        text = f"Draft {made} is begun from the trends: {said[:400]}"
        return begun(meeting, made, text, actor=actor, at=at)


def _put(
    made: DefinitionVersion, clause: Clause, *, actor: User, at: dt.datetime
) -> DefinitionVersion:
    found = changed(made.document(), clause)
    if found is None:
        raise Conflict(f"{made.cloned_from} has no rule to which that can be added.")
    place, row = found
    seen = made.revision
    try:
        return drafting.put(made, "decide", row, place=place, revision=seen, actor=actor, at=at)
    except Faulty as faulty:
        raise Invalid("value", f"That cannot be asked: {faulty}") from faulty


def _rule_name(made: DefinitionVersion, key: str) -> str:
    labels = labels_of(made.cloned_from_id) if made.cloned_from_id else None
    return f"“{labels.decide.get(key) or humanise(key)}”" if labels else humanise(key)

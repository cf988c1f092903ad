"""What a version makes of one lead, ready to be drawn: every row with why and why not."""

import datetime as dt
from collections.abc import Iterator

from handoff import statements, words
from handoff.labels import humanise
from handoff.models import Calendar, DecideRule, Reason, Team, Track
from handoff.rules.definition import Definition, SignalRow
from handoff.rules.explain import ExplainedCondition, ExplainedRow
from handoff.rules.sentences import field_name
from handoff.rules.whole import faded
from leads.journey.trying import Tried
from leads.models import Clock
from leads.views import clock_faces

from .told import Line, RowTold, Rules, SignalTold, Told

STATUSES = dict(DecideRule.Status.choices)
SHOWN = 6
"""How many touches of one signal are told one by one."""


def told(tried: Tried, *, at: dt.datetime) -> Told:
    """The explanation of a trial; `at` is now."""
    whole, definition = tried.whole, tried.whole.definition
    decision, placement = whole.decision, tried.placement
    routes = list(_route(tried)) if decision.is_handed_over else []
    return Told(
        number=tried.law.number,
        head=_head(tried),
        fit=decision.fit,
        intent=decision.intent,
        fit_rows=list(_fit(tried)),
        signals=[_signal(row, tried) for row in definition.signals] + list(_limit(tried)),
        motions=Rules("Motions", "The first that holds is the lead’s", list(_motions(tried))),
        decide=Rules("Status rules", "The first that holds decides", list(_decide(tried))),
        route=Rules("Routing", "The first that holds and can take it", routes),
        taker=_taker(tried),
        candidates=placement.explanation.get("candidates", ()) if placement else (),
        fault=placement.fault if placement else "",
        faces=_faces(tried, at),
        approve=decision.approve,
        handed_over=decision.is_handed_over,
    )


def _head(tried: Tried) -> dict[str, str]:
    decision, definition = tried.whole.decision, tried.whole.definition
    team = tried.placement.roster.name if tried.placement and tried.placement.roster else ""
    owner = tried.placement.owner.name if tried.placement and tried.placement.owner else ""
    missing = ", ".join(field_name(name).lower() for name in decision.missing)
    head = {
        "Status": str(STATUSES[decision.status]),
        "Rule": _name(definition, "decide", decision.rule),
        "Tier": _name(definition, "tiers", decision.tier),
        "Motion": _name(definition, "motions", decision.motion),
        "Fit": words.number(decision.fit),
        "Intent": words.number(decision.intent),
        "Missing": missing or "nothing",
        "Route": _name(definition, "route", tried.placement.route if tried.placement else None),
        "Team": team,
        "Owner": owner,
        "Reason": _label_of(Reason, decision.reason),
        "Track": _label_of(Track, decision.track),
    }
    return {name: said for name, said in head.items() if said}


def _label_of(picklist: type[Reason | Track], key: str | None) -> str:
    label = picklist.objects.filter(key=key).values_list("label", flat=True).first() if key else ""
    return label or humanise(key)


def _name(definition: Definition, section: str, key: str | None) -> str:
    labels = {row.key: row.label for row in getattr(definition, section)}
    return (labels.get(key) or humanise(key)) if key else ""


def _label(row: ExplainedRow) -> str:
    return row.label if row.label != row.key else humanise(row.key)


def _lines(row: ExplainedRow) -> list[Line]:
    return [Line(one.sentence, one.state, _saw(one)) for one in row.conditions]


def _saw(condition: ExplainedCondition) -> str:
    if condition.seen is None:
        return "not known"
    if condition.seen in ("true", "false"):
        return "yes" if condition.seen == "true" else "no"
    try:
        return words.number(float(condition.seen))
    except ValueError:
        return condition.seen


def _motions(tried: Tried) -> Iterator[RowTold]:
    theirs, passed = tried.whole.decision.motion, False
    for row in tried.whole.section("motions"):
        chosen = row.key == theirs
        verdict = "The lead’s: the first that holds" if chosen else "Does not hold"
        if passed:
            verdict = "Would hold, but comes later" if row.holds else "Comes later"
        passed = passed or chosen
        yield RowTold(row.key, _label(row), row.state, verdict, _lines(row), chosen=chosen)


def _fit(tried: Tried) -> Iterator[RowTold]:
    decision = tried.whole.decision
    for rule, row in zip(tried.whole.definition.fit, tried.whole.section("fit"), strict=True):
        verdict = f"worth {words.number(rule.points)}"
        state = row.state
        if rule.motion is not None and rule.motion != decision.motion:
            motion = _name(tried.whole.definition, "motions", rule.motion)
            verdict, state = f"{verdict}, only for {motion}", "unmet"
        points = decision.fit_parts.get(rule.key, 0.0)
        yield RowTold(rule.key, _label(row), state, verdict, _lines(row), points)
    if "_limit" in decision.fit_parts:
        limit = decision.fit_parts["_limit"]
        yield RowTold("_limit", "Kept between 0 and 100", "met", "", (), limit)


def _signal(row: SignalRow, tried: Tried) -> SignalTold:
    whole = tried.whole
    label = row.label or humanise(row.key)
    points = whole.decision.intent_parts.get(row.key)
    touches = faded(row, whole.touches, whole.as_of)
    if not touches:
        return SignalTold(row.key, label, 0.0, (), done=False)
    if points is None:
        return SignalTold(row.key, label, 0.0, [_limits(row, whole.definition)])
    lines = []
    for one in touches[:SHOWN]:
        if not one.counts:
            continue
        age = f"{one.days:,.1f} days ago" if one.days >= 1 else f"{one.days * 24:,.1f} h ago"
        age = "just then" if one.days < 1 / 240 else age
        if row.half_life_days is None:
            lines.append(f"{age}: {words.number(row.points)}, never fades")
        else:
            half = words.number(row.half_life_days)
            lines.append(
                f"{age}: {words.number(row.points)} × ½^({one.days:,.1f} ÷ {half})"
                f" = {one.points:,.1f}"
            )
    counted = [one for one in touches if one.counts]
    if len(counted) > SHOWN:
        rest = sum(one.points for one in counted[SHOWN:])
        lines.append(f"{len(counted) - SHOWN} older: {rest:,.1f}")
    if len(touches) > len(counted):
        more = len(touches) - len(counted)
        lines.append(f"{more} older not counted: the newest {row.cap} count")
    return SignalTold(row.key, label, points, lines)


def _limits(row: SignalRow, definition: Definition) -> str:
    limits = [f"source {' or '.join(row.sources)}"] if row.sources else []
    limits += [_name(definition, "motions", row.motion)] if row.motion else []
    return f"Done, but counts only for {' and '.join(limits)}"


def _limit(tried: Tried) -> Iterator[SignalTold]:
    limit = tried.whole.decision.intent_parts.get("_limit")
    if limit is not None:
        yield SignalTold("_limit", "Kept between 0 and 100, and rounded", limit, ())


def _decide(tried: Tried) -> Iterator[RowTold]:
    decided = False
    for rule, row in zip(tried.whole.definition.decide, tried.whole.section("decide"), strict=True):
        chosen = rule.key == tried.whole.decision.rule
        if chosen:
            verdict = "Decides: the first that holds"
        elif decided:
            verdict = "Would hold, but comes later" if row.holds else "Comes later"
        else:
            verdict = "Does not hold"
        decided = decided or chosen
        status = str(STATUSES[rule.status])
        yield RowTold(
            rule.key, _label(row), row.state, verdict, _lines(row), chosen=chosen, leads_to=status
        )


def _route(tried: Tried) -> Iterator[RowTold]:
    passed = {}
    if tried.placement is not None:
        passed = {one["key"]: one["why"] for one in tried.placement.explanation.get("rules", ())}
    taken = tried.placement.route if tried.placement else tried.whole.decision.route
    names = dict(Team.objects.values_list("key", "name"))
    before = True
    for rule, row in zip(tried.whole.definition.route, tried.whole.section("route"), strict=True):
        chosen = rule.key == taken
        verdict = passed.get(rule.key) or ("Does not hold" if before else "Comes later")
        if chosen and tried.placement is None:
            verdict = f"The {rule.to_key}’s owner takes it"
        elif not before and row.holds:
            verdict = "Would hold, but comes later"
        before = before and not chosen
        to = names.get(rule.to_key) or humanise(rule.to_key)
        if rule.to_kind == "owner_of":
            to = f"Owner of the {rule.to_key}"
        yield RowTold(
            rule.key, _label(row), row.state, verdict, _lines(row), chosen=chosen, leads_to=to
        )


def _taker(tried: Tried) -> str:
    """Who would get it, in a sentence; empty where it is not handed over."""
    placement = tried.placement
    if not tried.whole.decision.is_handed_over:
        return ""
    if placement is None:
        return "Its owner gets it; which team that is, a made-up lead cannot tell."
    team = placement.roster.name if placement.roster else ""
    if placement.kind == "owner_of" and placement.owner:
        return f"{placement.owner.name} gets it as the owner."
    if placement.owner is not None:
        return f"{placement.owner.name} of {team} gets it: it is their turn."
    if placement.awaits_turn:
        return f"It waits in the queue of {team}: nobody can take it now."
    return f"It waits in the queue of {team} until somebody takes it." if team else "Nobody."


def _faces(tried: Tried, at: dt.datetime) -> list[clock_faces.ClockFace]:
    wanted = {one.calendar_id for one in tried.deadlines if one.calendar_id}
    calendars = Calendar.objects.in_bulk(wanted)
    faces = []
    for one in tried.deadlines:
        clock = Clock(
            kind=one.kind,
            hours=one.hours,
            minutes=one.minutes,
            calendar=calendars.get(one.calendar_id or 0),
            started_at=one.started_at,
            due_at=one.due_at,
            remind_at=one.remind_at,
            receipt=statements.loads(one.receipt),
        )
        faces.append(clock_faces.clock_face(clock, at))
    return faces

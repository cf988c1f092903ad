"""Hand-overs by chance, and every figure of the catalogue counted once more, slowly and by hand."""

import datetime as dt
import random
from collections.abc import Iterable
from typing import Any

from handoff.models import Reason
from leads.models import Clock, Event, Handoff, Miss, Promise
from tests import factories as make
from tests.factories import MONDAY

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
NOW = MONDAY + 8 * DAY
FACTS: dict[str, tuple[Any, ...]] = {
    "source": ("webinar", "paid_search", None, ""),
    "campaign": ("Close faster", "100 % _safe_", None),
    "offer": ("Guided demo", None),
    "trigger": ("demo_request", None),
    "landing_page": ("/demo", None),
    "motion": ("enterprise", None),
    "seniority": ("head", None),
    "function": ("finance", None),
    "country": ("US", "CA", None),
    "region": ("CA", None),
    "industry": ("fintech", None),
    "employees": (9.5, 10.9, 11.0, 400.0, 6000.0, None),
    "fit": (0.0, 9.9, 80.0, 99.9, 100.0),
    "intent": (0.0, 55.5, 100.0),
}
ANSWERS: tuple[dict[str, Any], ...] = (
    {},
    {"accepted": True},
    {"rejected": True},
    {"returned": True},
    {"closed": True, "accepted_at": MONDAY},
    {"closed": True, "accepted_at": MONDAY, "disposition": "converted"},
    {"state": "advanced", "accepted_at": MONDAY, "ended_at": MONDAY},
)


def a_floor(count: int, *, seed: int) -> None:
    """So many hand-overs, answered, touched, clocked and won by chance; some follow another."""
    dice = random.Random(seed)
    for _ in range(count):
        facts = {name: dice.choice(some) for name, some in FACTS.items()}
        missing = dice.choice(([], [], ["campaign"]))
        judgement = make.JudgementFactory(missing=missing, **facts)
        made_at = MONDAY + dice.randint(-10, 6) * DAY + dice.randint(0, 900) * MINUTE
        chosen = dict(dice.choice(ANSWERS))
        if dice.random() < 0.5:
            chosen["first_touch_at"] = made_at + dice.randint(1, 5) * MINUTE
        if dice.random() < 0.4:
            chosen |= {"outcome": dice.choice(("open", "won", "lost")), "outcome_at": MONDAY + DAY}
        owner = dice.choice((make.sam(), make.ines(), None))
        if chosen.get("accepted") is None and owner is None:
            chosen["unowned"] = True
        else:
            chosen["owner"] = owner or make.sam()
        handoff = make.HandoffFactory(
            judgement=judgement,
            lead=judgement.lead,
            made_at=made_at,
            triggered_at=made_at - MINUTE,
            historical=dice.random() < 0.2,
            **chosen,
        )
        how = dice.choice(({"state": "met", "ended_at": made_at}, {}, {"due_at": NOW + DAY}))
        make.ClockFactory(handoff=handoff, kind="first_touch", **how)
        if handoff.ended_at is not None and dice.random() < 0.3:
            make.HandoffFactory(
                judgement=judgement,
                lead=judgement.lead,
                previous=handoff,
                made_at=made_at + DAY,
                triggered_at=made_at,
                outcome=dice.choice(("", "open", "won", "lost")),
                outcome_at=MONDAY + 2 * DAY,
            )


def first_ones() -> list[Handoff]:
    """What marketing handed over."""
    rows = Handoff.objects.filter(step="sdr", previous=None) | Handoff.objects.filter(
        step="sdr", reentry=True
    )
    return list(rows.select_related("judgement", "team", "owner", "version"))


def best_outcome(handoff: Handoff) -> str:
    """The best of a hand-over and of those that followed from it."""
    found, look = set(), [handoff]
    while look:
        one = look.pop()
        found.add(one.outcome)
        look += Handoff.objects.filter(previous=one)
    return next((one for one in ("won", "open", "lost") if one in found), "")


def answer(handoff: Handoff) -> str:
    if handoff.state in ("rejected", "returned"):
        return handoff.state
    if handoff.disposition == "no_response":
        return "no_response"
    said_yes = handoff.accepted_at or handoff.state in ("accepted", "advanced")
    return "accepted" if said_yes else "waiting"


def verdict(handoff: Handoff) -> str:
    clocks = list(Clock.objects.filter(handoff=handoff, kind="first_touch"))
    if any(one.breached_at or one.state == "running" and one.due_at < NOW for one in clocks):
        return "missed"
    return "kept" if any(one.state == "met" for one in clocks) else "open"


def rates(handoff: Handoff) -> dict[str, bool]:
    """Of each share that a hand-over is part of, whether it counts."""
    said, stands, became = answer(handoff), verdict(handoff), best_outcome(handoff)
    told = {"complete_context": not handoff.judgement.missing, "opportunity_rate": became != ""}
    if said in ("accepted", "rejected", "no_response"):
        told["acceptance_rate"] = said == "accepted"
        told["rejection_rate"] = said == "rejected"
        told["no_response_rate"] = said == "no_response"
    if stands != "open":
        told["contacted_in_time"] = stands == "kept"
    if said in ("accepted", "no_response"):
        told["qualification_rate"] = (
            handoff.state == "advanced" or handoff.disposition == "converted" or became != ""
        )
    if became in ("won", "lost"):
        told["win_rate"] = became == "won"
    return told


def times(handoff: Handoff) -> dict[str, int]:
    """Of each time that a hand-over has, its seconds."""
    ends = {
        "speed_to_assignment": handoff.assigned_at,
        "speed_to_first_action": handoff.first_touch_at,
    }
    return {
        key: round((at - handoff.made_at).total_seconds())
        for key, at in ends.items()
        if at is not None
    }


def shares_by_hand(handoffs: Iterable[Handoff]) -> dict[str, tuple[int, int]]:
    """(counted, among) by measure."""
    found: dict[str, list[bool]] = {}
    for one in handoffs:
        for key, counts in rates(one).items():
            found.setdefault(key, []).append(counts)
    return {key: (sum(some), len(some)) for key, some in found.items()}


def times_by_hand(handoffs: Iterable[Handoff]) -> dict[str, tuple[int, int, int]]:
    """(n, half within, nine in ten within) by measure."""
    found: dict[str, list[int]] = {}
    for one in handoffs:
        for key, seconds in times(one).items():
            found.setdefault(key, []).append(seconds)
    return {
        key: (
            len(some),
            sorted(some)[-(-len(some) // 2) - 1],
            sorted(some)[-(-9 * len(some) // 10) - 1],
        )
        for key, some in found.items()
    }


def key_of(handoff: Handoff, dimension: str) -> str:
    """How an address names what a hand-over is of."""
    judgement = handoff.judgement
    if dimension in ("fit", "intent"):
        return str(min(int(getattr(judgement, dimension)) // 10, 9) * 10)
    if dimension == "size":
        people = judgement.employees
        least = [one for one in (1, 11, 51, 201, 1001, 5001) if people and int(people) >= one]
        return str(least[-1]) if least else "-"
    held: dict[str, Any] = {
        "team": handoff.team and handoff.team.key,
        "rep": handoff.owner and handoff.owner.email,
        "tier": handoff.tier,
        "version": str(handoff.version.number),
    }
    return (held[dimension] if dimension in held else getattr(judgement, dimension)) or "-"


def recomputed(handoff: Handoff) -> dict[str, Any]:
    """What the narrow row beside a hand-over has to say of its state, by what is stored."""
    first = handoff.assignments.exclude(owner=None).order_by("at").first()

    def after(at: dt.datetime | None) -> int | None:
        return None if at is None else round((at - handoff.made_at).total_seconds())

    return {
        "owner_id": handoff.owner_id,
        "team_id": handoff.team_id,
        "tier": handoff.tier,
        "state": handoff.state,
        "disposition": handoff.disposition,
        "reason_id": handoff.reason_id,
        "to_assign": after(first.at if first else handoff.assigned_at),
        "to_accept": after(handoff.accepted_at),
        "to_touch": after(handoff.first_touch_at),
        "to_end": after(handoff.ended_at),
        "outcome": best_outcome(handoff),
        **of_clocks(handoff),
        **dict(zip(("touch_cause", "handover_cause"), causes_said(handoff), strict=True)),
        "back_reason_id": back_reason(handoff),
    }


def of_clocks(handoff: Handoff) -> dict[str, bool | None]:
    """What its clocks say of both halves, of the answer, and of whether it was given back."""
    clocks = list(handoff.clocks.order_by("pk"))
    touches = [one for one in clocks if one.kind == "first_touch"]
    accepts = [one for one in clocks if one.kind == "accept"]
    last = accepts[-1] if accepts else None
    in_time = False if last is not None and last.state == "met" else None
    return {
        "missed": any(one.breached_at is not None for one in touches),
        "met": any(one.state == "met" for one in touches),
        "late": any(
            one.kind == "handover" and one.breached_at and one.started_at <= handoff.made_at
            for one in clocks
        ),
        "returned": any(
            one.kind in ("handover", "returned") and one.started_at > handoff.made_at
            for one in clocks
        ),
        "answered_late": True if last is not None and last.breached_at else in_time,
        **{
            f"{kind}_late": late_once([one for one in clocks if one.kind == kind])
            for kind in ("follow_up", "next_step", "context", "returned")
        },
    }


def late_once(clocks: list[Clock]) -> bool | None:
    """Whether one of them was late; None where none was, and none met."""
    if any(one.breached_at for one in clocks):
        return True
    return False if any(one.state == "met" for one in clocks) else None


def causes_said(handoff: Handoff) -> tuple[str | None, str | None]:
    """What was said of its last first-touch clock and of its first hand-over clock, of those that
    anything was said of."""
    said = Miss.objects.filter(clock__handoff=handoff).order_by("clock_id")
    touch = said.filter(clock__kind="first_touch").last()
    handed = said.filter(clock__kind="handover").first()
    return touch and touch.cause, handed and handed.cause


def back_reason(handoff: Handoff) -> int | None:
    """With which reason it was given back for the last time."""
    kinds = ("returned", "sent_back")
    event = Event.objects.filter(handoff=handoff, kind__in=kinds).order_by("seq").last()
    key = event and event.body.get("reason")
    return Reason.objects.filter(key=key).values_list("pk", flat=True).first()


def kept(handoff: Handoff) -> dict[str, Any]:
    """What it says."""
    row = Promise.objects.get(pk=handoff.pk)
    return {name: getattr(row, name) for name in recomputed(handoff)}

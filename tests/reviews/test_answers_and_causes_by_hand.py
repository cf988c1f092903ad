"""Answers by hand-over, causes of misses and the leads behind them: what a slow count says that
looks at clocks, history and misses, hand-over by hand-over."""

import datetime as dt
import importlib
import random
from collections import Counter
from statistics import median_low

from django.db import connection
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from handoff.models import Reason
from leads.journey.recording import Happening, record
from leads.models import Handoff, Miss, Promise
from reviews.measures import answering, causes, promises
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.counting import NOW, answer, back_reason, causes_said, of_clocks, verdict

FILL = importlib.import_module("leads.migrations.0041_answers_and_causes_stand_beside").FILL
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
SINCE, UNTIL = MONDAY - 12 * DAY, MONDAY + 5 * DAY
REASONS = ("thin", "spam", "timing")
ENDS = (
    {},
    {"state": "accepted", "accepted_at": True},
    {"state": "rejected", "reason": True, "ended_at": True},
    {"state": "rejected", "reason": True, "accepted_at": True, "ended_at": True},
    {"state": "closed", "accepted_at": True, "ended_at": True, "disposition": "no_response"},
    {"state": "closed", "ended_at": True},
    {"state": "advanced", "accepted_at": True, "ended_at": True},
    {"state": "returned"},
)
CLOCKS = (
    {"state": "met", "ended_at": MONDAY},
    {"state": "met", "ended_at": MONDAY, "breached_at": MONDAY},
    {"state": "stopped", "ended_at": MONDAY},
    {"state": "stopped", "ended_at": MONDAY, "breached_at": MONDAY},
)


def a_past(count: int, *, seed: int) -> None:
    """So many hand-overs of two steps: given back, answered, late and explained by chance."""
    dice = random.Random(seed)
    reasons = [make.ReasonFactory(key=key, label=key.title()) for key in REASONS]
    for _ in range(count):
        judgement = make.JudgementFactory(
            source=dice.choice(("webinar", "event", None)), missing=dice.choice(([], [], ["role"]))
        )
        made_at = MONDAY + dice.randint(-14, 6) * DAY + dice.randint(0, 900) * MINUTE
        handoff = make.HandoffFactory(
            judgement=judgement,
            lead=judgement.lead,
            step=dice.choice(("sdr", "sdr", "ae")),
            owner=dice.choice((make.sam(), make.otto())),
            team=dice.choice((make.sdr_na(), None)),
            historical=dice.random() < 0.2,
            made_at=made_at,
            triggered_at=made_at - 9 * MINUTE,
        )
        for _ in range(dice.choice((0, 0, 1, 2))):
            _give_back(handoff, dice)
        changes = {
            name: {
                "reason": reasons[dice.randrange(3)],
                "accepted_at": made_at + dice.randint(1, 9) * MINUTE,
                "ended_at": made_at + DAY,
            }.get(name, value)
            for name, value in dice.choice(ENDS).items()
        }
        Handoff.objects.filter(pk=handoff.pk).update(**changes)
        _run_clocks(handoff, dice)


def _give_back(handoff: Handoff, dice: random.Random) -> None:
    kind = "returned" if handoff.step == "sdr" else "sent_back"
    if handoff.step == "sdr" and dice.random() < 0.8:
        began = handoff.made_at + MINUTE
        make.ClockFactory(
            handoff=handoff,
            kind=dice.choice(("returned", "handover")),
            calendar=None,
            started_at=began,
            **dice.choice(CLOCKS),
        )
    there = Handoff.objects.filter(pk=handoff.pk)
    there.update(state="returned")
    body = {"reason": dice.choice((*REASONS, "gone", None))}
    record([Happening(handoff.lead_id, kind, handoff.made_at, handoff.pk, body=body)])
    there.update(state="waiting")


def _run_clocks(handoff: Handoff, dice: random.Random) -> None:
    for kind in dice.choices(("accept", "first_touch", "handover"), k=dice.randint(0, 6)):
        begun = -9 * MINUTE if kind == "handover" else 0 * MINUTE
        clock = make.ClockFactory(
            handoff=handoff,
            kind=kind,
            calendar=None,
            started_at=handoff.made_at + begun,
            **dice.choice(CLOCKS),
        )
        if dice.random() < 0.5:
            words = {"suggested": "other", "evidence": "Seen", "suggested_at": MONDAY}
            Miss.objects.create(clock=clock, cause="other", **words)
            cause = dice.choice(Miss.Cause.values)
            Miss.objects.filter(clock=clock).update(cause=cause)
    if dice.random() < 0.3:
        due_at = NOW + dice.choice((-1, 1)) * DAY
        kind = dice.choice(("accept", "first_touch"))
        make.ClockFactory(handoff=handoff, kind=kind, calendar=None, due_at=due_at)


def those(question: promises.Question) -> list[Handoff]:
    """The hand-overs of a question, of both steps."""
    found = Handoff.objects.filter(made_at__gte=SINCE, made_at__lt=UNTIL)
    if not question.with_past:
        found = found.filter(historical=False)
    if question.source:
        found = found.filter(judgement__source=question.source)
    if not question.sees_all:
        found = found.filter(pk__in=Handoff.objects.visible_to(question.viewer))
    return list(found.select_related("judgement", "team"))


def kinds(handoff: Handoff) -> set[str]:
    """The figures of answers that count it."""
    said, clocks = answer(handoff), of_clocks(handoff)
    found = {"made", said}
    if clocks["answered_late"] is not None:
        found.add("late" if clocks["answered_late"] else "in_time")
    sent_back = handoff.lead.events.filter(handoff=handoff, kind="sent_back")
    if handoff.state == "returned" or clocks["returned"] or sent_back.exists():
        found.add("back")
    return found & set(answering.KINDS)


def why_missed(handoff: Handoff) -> dict[str, str]:
    """By half that was missed, the cause."""
    touch, handed = causes_said(handoff)
    clocks, found = of_clocks(handoff), {}
    lacks = "back" in kinds(handoff) if handoff.step != "sdr" else bool(handoff.judgement.missing)
    if verdict(handoff) == "missed":
        found["sales"] = touch or "unsaid"
    if clocks["late"] or lacks:
        said = handed if clocks["late"] else None
        found["marketing"] = said or ("missing_data" if lacks else "unsaid")
    return found


QUESTIONS = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10**6),
        "viewer": st.sampled_from(("mara", "sam", "otto")),
        "with_past": st.booleans(),
        "source": st.sampled_from(("", "webinar")),
        "step": st.sampled_from(("", "ae")),
    }
)


class Before(TestCase):
    """Rows of before the database kept all that."""

    def test_they_are_filled_as_they_would_have_been_kept(self):
        a_past(40, seed=11)
        rows = Promise.objects.order_by("pk")
        taken_back = rows.filter(step="ae").first().handoff
        kept = list(rows.exclude(pk=taken_back.pk).values())
        body = {"verb": "withdraw", "because": "taken back"}
        record([Happening(taken_back.lead_id, "closed", NOW, taken_back.pk, body=body)])
        nothing = dict.fromkeys(("answered_late", "back_reason_id", "touch_cause"))
        rows.update(returned=False, handover_cause=None, **nothing)
        with connection.cursor() as cursor:
            cursor.execute(FILL)
        assert list(rows.values()) == kept
        assert any(row["handover_cause"] for row in kept)


class Figures(TestCase):
    """Everything is counted once more."""

    def asked(self, *, seed, viewer, **narrowed) -> promises.Question:
        a_past(24, seed=seed)
        return promises.Question(SINCE, UNTIL, getattr(make, viewer)(), **narrowed)

    @settings(max_examples=8, deadline=None, phases=[Phase.generate])
    @given(chosen=QUESTIONS)
    def test_answers_by_hand_over(self, chosen):
        question = self.asked(**chosen)
        counted = {one.step: one for one in answering.answers(question)}
        by_step = {
            step: [one for one in those(question) if one.step == step] for step in ("sdr", "ae")
        }
        assert list(counted) == [step for step, some in by_step.items() if some]
        for step, one in counted.items():
            some = by_step[step]
            for kind in answering.KINDS:
                newest = sorted(((h.made_at, h.pk) for h in some if kind in kinds(h)), reverse=True)
                assert getattr(one, kind) == len(newest), (step, kind)
                assert [*answering.behind(question, step, kind)] == [pk for _, pk in newest]
            waits = [(h.accepted_at - h.made_at).total_seconds() for h in some if h.accepted_at]
            assert one.median == (median_low(waits) if waits else None)
            self._reasons(question, one, some)

    def _reasons(self, question, one, some):
        keys = dict(Reason.objects.values_list("pk", "key"))
        given = {
            "rejected": [keys[h.reason_id] for h in some if "rejected" in kinds(h)],
            "back": [keys.get(back_reason(h)) for h in some if "back" in kinds(h)],
        }
        counts = {kind: Counter(filter(None, said)) for kind, said in given.items()}
        assert {(why.key, why.rejected, why.back) for why in one.reasons} == {
            (key, counts["rejected"][key], counts["back"][key])
            for key in {*counts["rejected"], *counts["back"]}
        }
        most_first = sorted(one.reasons, key=lambda why: (-why.rejected - why.back, why.label))
        assert list(one.reasons) == most_first
        for why in one.reasons:
            for kind in given:
                found = answering.behind(question, one.step, kind, why.key)
                assert len(found) == getattr(why, kind), (kind, why)

    @settings(max_examples=8, deadline=None, phases=[Phase.generate])
    @given(chosen=QUESTIONS)
    def test_causes_of_misses(self, chosen):
        question = self.asked(**chosen)
        step = question.step or "sdr"
        said = [(one, why_missed(one)) for one in those(question) if one.step == step]
        told = {one.cause: (one.sales, one.marketing) for one in causes.why(question, at=NOW)}
        counts = Counter((half, cause) for _, why in said for half, cause in why.items())
        assert told == {
            cause: (counts["sales", cause], counts["marketing", cause])
            for cause in {cause for _, cause in counts}
        }
        for half, cause in counts:
            found = {one.handoff_id for one in causes.behind(question, half, cause, at=NOW)}
            assert found == {one.pk for one, why in said if why.get(half) == cause}
        spreads = causes.spreads(question, at=NOW, zone="America/New_York")
        for by, spread in spreads.items():
            assert sum(one.all for one in spread) == counts.total(), by
            for one in spread:
                assert one.all == sum(len(why) for h, why in said if place(h, by) == one.key), one


def place(handoff: Handoff, by: str) -> str:
    """Where a hand-over stands in a table."""
    if by == "team":
        return handoff.team.key if handoff.team else "-"
    if by == "source":
        return handoff.judgement.source or "-"
    day = handoff.made_at.astimezone(dt.timezone(-dt.timedelta(hours=4))).date()
    return f"{day - dt.timedelta(days=day.weekday())}"

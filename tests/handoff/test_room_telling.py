"""Any row of any definition is a sentence; what changed in it is marked, and nothing else."""

import html
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from handoff.views.room.curve import curve_of
from handoff.views.room.editor import Refused, editor_of
from handoff.views.room.reading import typed_of
from handoff.views.room.telling import Names, Part, marked, minutes, plain, told

from .test_room_reading import every_row, tiers
from .test_rules_against_slow import definitions

NAMES = Names(teams={"na": "North America"}, tiers={"urgent": "Hand-raiser"})
CALM = [HealthCheck.too_slow]


def text(marked_up: str) -> str:
    """What a browser shows of it, spaces aside."""
    return re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", marked_up)))


def without(tag: str, marked_up: str) -> str:
    return re.sub(rf"<{tag}>.*?</{tag}>", "", marked_up)


@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(definitions(), definitions())
def test_every_row_is_told_and_marked_against_any_other(one, other):
    rows, others = every_row(one), every_row(other)
    for section, row in rows:
        after = told(section, row, NAMES)
        assert plain(after).strip()
        for theirs, before in others[:3]:
            old = told(theirs, before, NAMES)
            shown = marked(old, after)
            assert text(without("del", shown)) == text(html.escape(plain(after)))
            assert text(without("ins", shown)) == text(html.escape(plain(old)))


@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(definitions())
def test_every_row_opens(document):
    for place, (section, row) in enumerate(every_row(document)):
        editor = editor_of(
            section,
            place,
            row["key"],
            typed_of(section, row),
            document=document,
            names=NAMES,
            refused=Refused(),
        )
        assert [one.place for one in editor.conditions] == [
            f"when[{index}]" for index in range(len(editor.conditions))
        ]
        for one in editor.conditions:
            assert one.form == "signal" or any(option.selected for option in one.operators)


@settings(max_examples=60, deadline=None, suppress_health_check=CALM)
@given(tiers)
def test_every_tier_is_told(row):
    assert plain(told("tiers", row, NAMES)).startswith(row.get("label") or "T")


CONDITION = [{"field": "employees", "at_least": 100}, {"field": "customer", "is": False}]


@pytest.mark.parametrize(
    ("section", "row", "says"),
    [
        (
            "fit",
            {"key": "a", "points": -100.0, "motion": "big_ones", "when": {"any": CONDITION}},
            "−100 for Big ones when employees at least 100 or not a customer",
        ),
        (
            "signals",
            {"key": "demo", "points": 2.5, "cap": 2, "sources": ["organic", "paid"]},
            "2.5 for “Demo”, never fades, newest 2 count, only from organic or paid",
        ),
        (
            "decide",
            {"key": "a", "status": "sales_ready", "tier": "urgent", "approve": True},
            "Sales ready, Hand-raiser tier, after a marketing person’s yes, everyone else",
        ),
        (
            "route",
            {"key": "a", "to": {"team": "na"}, "overflow": "next", "when": CONDITION[:1]},
            "To North America, if nobody is free the next rule when employees at least 100",
        ),
        (
            "route",
            {"key": "a", "to": {"team": "na"}, "sticky": True},
            "To North America, a returning lead goes back to who had it, "
            "everyone else who is handed over",
        ),
        (
            "tiers",
            {"key": "slow", "hours": "always", "accept": 90, "on_breach": {"accept": ["task"]}},
            "Slow: accepted within 1 h 30, every hour of the week. "
            "Accepted late: make a follow-up task",
        ),
        (
            "tiers",
            {"key": "kept", "accept": 15, "on_reassign": {"accept": "carry_on"}},
            "Kept: accepted within 15 min, in other hands accept carries on",
        ),
        ("motions", {"key": "self_serve"}, "Self serve for every lead"),
    ],
)
def test_sentences(section: str, row: dict[str, Any], says: str) -> None:
    assert plain(told(section, row, NAMES)) == says


def test_what_somebody_typed_is_never_markup():
    shown = marked([Part("<b>old</b>")], [Part("<script>", "b")])
    assert "<script>" not in shown and "<b>old" not in shown


def test_minutes_are_said_as_people_say_them():
    assert [minutes(count) for count in (0, 15, 60, 90, 480)] == [
        "0 min", "15 min", "1 h", "1 h 30", "8 h",
    ]  # fmt: skip


def test_the_curve_of_a_signal_falls_by_half_each_half_life():
    curve = curve_of({"points": "40", "half_life_days": "30"})
    assert curve is not None
    assert curve.said == "40 points at first, 34 after 7 days, 20 after 30 days, 5 after 90 days"
    heights = [float(point.split(",")[1]) for point in curve.points.split()]
    assert heights == sorted(heights) and heights[0] == 0.0


@pytest.mark.parametrize(
    "typed",
    [
        {"points": "x"},
        {"points": "5", "half_life_days": "0"},
        {"points": "5", "half_life_days": "?"},
    ],
)
def test_figures_that_cannot_be_read_draw_no_curve(typed):
    assert curve_of(typed) is None


def test_a_signal_without_a_half_life_stays():
    curve = curve_of({"points": "5"})
    assert curve is not None and curve.said == "5 points that never fade"

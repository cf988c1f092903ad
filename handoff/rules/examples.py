"""Reading the examples of a definition: leads with the outcome they must have."""

from collections.abc import Collection, Mapping
from typing import Any

from .conditions import is_number, signal_key
from .definition import Example
from .facts import Unreadable, moment
from .faults import Report, kind_of, one_of, shown
from .fields import FACTS

KEYS = ("kind", "name", "why", "expect", "lead", "touchpoints")
KINDS = ("example", "counterexample")
EXPECTED = ("status", "rule", "tier", "route", "team", "motion", "reason", "track", "fit", "intent")
EXPECTED_LISTS = ("missing",)
NUMBERS = ("fit", "intent")
LEAD_ONLY = (
    "external_id",
    "first_name",
    "last_name",
    "domain",
    "answers",
    "occurred_at",
    "touchpoints",
)
"""Keys of a lead request that are no facts."""

TOUCH_KEYS = (
    "signal",
    "occurred_at",
    "days_ago",
    "url",
    "seconds",
    "campaign",
    "offer",
    "detail",
)

References = Mapping[str, Collection[str] | None]


def parse_examples(
    raw: Any, place: str, references: References, report: Report
) -> tuple[Example, ...]:
    """The examples; faults go to the report. `references`: known keys by what they are keys of."""
    if raw is None:
        return ()
    if not isinstance(raw, list):
        report.wrong(place, f"must be a list of examples, not {kind_of(raw)}")
        return ()
    found = [
        _example(row, f"{place}[{index}]", references, report) for index, row in enumerate(raw)
    ]
    return tuple(one for one in found if one is not None)


def _example(raw: Any, place: str, references: References, report: Report) -> Example | None:
    if not isinstance(raw, dict):
        report.wrong(place, f"must be a mapping, not {kind_of(raw)}")
        return None
    report.unknown_keys(raw, KEYS, place)
    kind = raw.get("kind", "example")
    if kind not in KINDS:
        report.wrong(f"{place}.kind", f"cannot be {shown(kind)}; {one_of(KINDS)}")
    name, why = raw.get("name"), raw.get("why")
    if not isinstance(name, str) or not name.strip():
        report.wrong(f"{place}.name", "an example needs a name")
    if why is not None and not isinstance(why, str):
        report.wrong(f"{place}.why", f"must be text, not {kind_of(why)}")
    expect = raw.get("expect")
    _check_expected(expect, f"{place}.expect", references, report)
    lead = raw.get("lead")
    if not isinstance(lead, dict):
        report.wrong(f"{place}.lead", f"must be a mapping, not {kind_of(lead)}")
        lead = {}
    report.unknown_keys(lead, (*FACTS, *LEAD_ONLY), f"{place}.lead")
    touches = _touches(raw.get("touchpoints"), f"{place}.touchpoints", report)
    _touches(lead.get("touchpoints"), f"{place}.lead.touchpoints", report)
    return Example(
        kind=str(kind),
        name=str(name),
        why=str(why or ""),
        expect=expect if isinstance(expect, dict) else {},
        lead=lead,
        touchpoints=touches,
    )


def _check_expected(raw: Any, place: str, references: References, report: Report) -> None:
    if not isinstance(raw, dict) or not raw:
        report.wrong(place, "must say what is expected, such as {status: sales_ready}")
        return
    report.unknown_keys(raw, (*EXPECTED, *EXPECTED_LISTS), place)
    for name, value in raw.items():
        here = f"{place}.{name}"
        if name in NUMBERS:
            if not is_number(value):
                report.wrong(here, f"must be a number, not {shown(value)}")
        elif name in EXPECTED_LISTS:
            if not isinstance(value, list):
                report.wrong(here, f"must be a list of fields, not {kind_of(value)}")
        elif name in EXPECTED and value is not None:
            keys = references.get(name)
            if not isinstance(value, str):
                report.wrong(here, f"must be text, not {kind_of(value)}")
            elif keys is not None and value not in keys:
                report.wrong(here, f"there is no {name} {shown(value)}")


def _touches(raw: Any, place: str, report: Report) -> tuple[Mapping[str, Any], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, list):
        report.wrong(place, f"must be a list of touchpoints, not {kind_of(raw)}")
        return ()
    for index, touch in enumerate(raw):
        here = f"{place}[{index}]"
        if not isinstance(touch, dict):
            report.wrong(here, f"must be a mapping, not {kind_of(touch)}")
            continue
        report.unknown_keys(touch, TOUCH_KEYS, here)
        signal_key(touch.get("signal"), f"{here}.signal", report)
        days = touch.get("days_ago")
        if days is not None and (not is_number(days) or abs(days) > 1_000_000):
            report.wrong(f"{here}.days_ago", f"must be a number of days, not {shown(days)}")
        if touch.get("occurred_at") is not None:
            try:
                moment(touch["occurred_at"])
            except Unreadable as error:
                report.wrong(f"{here}.occurred_at", str(error))
    return tuple(touch for touch in raw if isinstance(touch, dict))

"""Any version, written as a playbook file, loads back to the same version and judges the same."""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, Phase, assume, example, given, settings
from hypothesis import strategies as st

from handoff import playbook, rules, versions
from handoff.models import CLOCK_KEYS, DefinitionVersion
from handoff.playbook import yaml12
from handoff.rules.compile import compile_definition
from handoff.rules.judge import folding
from tests.factories import MONDAY, MembershipFactory, ReasonFactory, TeamFactory, TrackFactory

from .test_rules_against_slow import NOW, definitions, leads

pytestmark = pytest.mark.django_db

LOOKS_LIKE_SOMETHING_ELSE = [
    "no", "NO", "yes", "on", "Off", "y", "~", "null", "Null", "true", "FALSE", "12:30", "1e3",
    "1.5", "007", "0x1F", "0o17", "-0", "+1", ".5", "5.", ".inf", "-.Inf", ".nan", "1_000",
    "2026-12-24", "2026-12-24T10:00:00Z", "<<", "=", "!", "!!str x", "&anchor", "*alias", "%TAG",
    "@at", "`tick", "- dash", "-", "? query", "key: value", "a:b", "trailing:", "#no comment",
    "word # comment", "a, b", "[x]", "{x: 1}", "'single'", '"double"', "\\", "\\n", "|", ">", "---",
    "...", "{{ braces }}", "%(x)s", "$1", "NaN", "Infinity",
]  # fmt: skip
UNUSUAL = [
    "two\nlines", "three\n\n\nlines\n", "tab\there", "carriage\rreturn", "next\x85line",
    "para\u2029graph", "line\u2028break", "no\u00a0break", "\ufeffmark", "zero\u200bwidth",
    "\u202eright to left", "שלום", "مرحبا", "日本語", "École", "e\u0301cole", "İstanbul", "🚀",
    "👩‍👩‍👧‍👦", "🇪🇺", "\U0001f9ff\ufe0f", "\x1b[31mred", "\x7f", "\u0080", "\ue000", "\uffff",
    "“quoted”", "a" * 190, "word " * 37 + "end", "  padded  ",
]  # fmt: skip
awkward = st.one_of(
    st.sampled_from(LOOKS_LIKE_SOMETHING_ELSE),
    st.sampled_from(UNUSUAL),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
)
labels = awkward.filter(lambda text: text.strip())
awkward_numbers = st.one_of(
    st.sampled_from(
        [0, -0.0, 0.1, 1e-7, 1 / 3, 2.5e-300, 5e-324, 1e15, 1e16, 1e22, 1e100, 1.7e308]
    ),
    st.sampled_from([2**31, 2**53, 2**53 + 1, 2**63, -(2**63), 123456789.123456789, -12.5]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**70), 2**70),
)  # fmt: skip
targets = st.one_of(st.integers(1, 5000), st.just("same_business_day"))
points = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([0, -0.0, 1e-7, 0.1, -33.35]))
text_tests = st.tuples(st.sampled_from(["is", "is_not", "contains", "starts_with"]), labels)
number_tests = st.tuples(st.sampled_from(["is", "is_not", "at_least", "at_most"]), awkward_numbers)
conditions = st.one_of(
    st.tuples(st.sampled_from(["industry", "role", "company"]), text_tests),
    st.tuples(st.sampled_from(["employees", "revenue"]), number_tests),
).map(lambda one: {"field": one[0], one[1][0]: one[1][1]})


UNUSUAL = [{"accept": "carry_on"}, {"first_touch": "restart", "follow_up": "restart"}]


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A definition of `definitions`, with every name, text and number as awkward as may be."""
    document = draw(definitions())
    for section in ("motions", "fit", "signals", "decide", "tiers", "route"):
        for row in document[section]:
            if draw(st.booleans()):
                row["label"] = draw(labels)
    for row in document["fit"] + document["signals"]:
        row["points"] = draw(points)
    for row in document["signals"]:
        if draw(st.booleans()):
            row["sources"] = draw(st.lists(labels.filter(lambda t: len(t) < 100), min_size=1))
    document["fit"].append(
        {"key": "no", "points": 1, "when": draw(st.lists(conditions, min_size=1))}
    )
    for row in document["route"]:
        if "team" in row["to"] and draw(st.booleans()):
            row["sticky"] = True
    document["tiers"].append({"key": "007", **_clocks(draw)})
    document["decide"][0] |= {"tier": "007", "reason": "on", "track": "null"}
    document["summary"] = draw(labels)
    document["marketing"] = {"handover": draw(st.integers(1, 10_000))}
    for promise in ("context", "returned"):
        if draw(st.booleans()):
            document["marketing"][promise] = draw(st.integers(0, 10_000))
    document["examples"] = draw(st.lists(examples(), max_size=3))
    return document


def _clocks(draw: st.DrawFn) -> dict[str, Any]:
    made: dict[str, Any] = {clock: draw(targets) for clock in CLOCK_KEYS if draw(st.booleans())}
    made["hours"] = draw(st.sampled_from(["business", "always"]))
    if draw(st.booleans()):
        made["remind_before"] = draw(st.integers(1, 600))
    actions = ["notify_owner", "notify_manager", "escalate", "task"]
    if draw(st.booleans()):
        made["on_reassign"] = draw(st.sampled_from(UNUSUAL))
    made["on_breach"] = draw(st.lists(st.sampled_from(actions), unique=True))
    if made.get("accept") and draw(st.booleans()):
        made["on_breach"] = {"accept": ["reassign", "escalate"]}
    return made


@st.composite
def examples(draw: st.DrawFn) -> dict[str, Any]:
    lead = {name: draw(labels) for name in ("industry", "company", "role") if draw(st.booleans())}
    if draw(st.booleans()):
        lead["employees"] = draw(awkward_numbers)
    did = st.fixed_dictionaries(
        {"signal": st.sampled_from(["pricing_page", "no", "1e3"])},
        optional={"days_ago": st.sampled_from([0, 0.5, 1e-7, 30, 0.1])},
    )
    moments = st.just({"signal": "demo_request", "occurred_at": "2026-03-01T10:00:00Z"})
    return {
        "kind": draw(st.sampled_from(["example", "counterexample"])),
        "name": draw(labels),
        "why": draw(labels),
        "expect": {"status": draw(st.sampled_from(rules.STATUSES)), "team": None},
        "lead": lead,
        "touchpoints": [
            {"days_ago": 0, **one} if "occurred_at" not in one else one
            for one in draw(st.lists(st.one_of(did, moments), max_size=3))
        ],
    }


@pytest.fixture
def _named() -> None:
    """What the definitions name: teams, a reason and a track, their keys like other things."""
    for key in ("a", "b"):
        TeamFactory(key=key)
    ReasonFactory(key="on", label="~")
    TrackFactory(key="null", label="12:30", theme="no")


def read(document: dict[str, Any]) -> rules.Parsed:
    return rules.parse(document, teams={"a", "b"}, reasons={"on"}, tracks={"null"})


@settings(
    max_examples=40,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(document=documents(), rows=st.lists(leads, min_size=1, max_size=3))
@pytest.mark.usefixtures("_named")
def test_what_is_exported_loads_back_to_the_same_version(
    document: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    assume(not read(document).faults and not list(versions.too_long(document)))
    with transaction.atomic():
        versions.lock()
        kept = versions.make_draft(document, actor=None)
        exported = playbook.export(kept.number)
        file = playbook.read_text(exported, known=playbook.known())
        assert file.faults == ()
        before = kept.document()
        assert _same(file.document["definition"], before)
        DefinitionVersion.objects.all().delete()
        report = playbook.load(file, actor=None, at=MONDAY, publish=False)
        assert report.version is not None
        again = report.version.document()
        assert _same(again, before)
        assert versions.canonical(again) == versions.canonical(document)
        assert playbook.export(report.version.number) == exported
        assert judged(again, rows) == judged(document, rows)
        transaction.set_rollback(True)


def _same(one: Any, other: Any) -> bool:
    """Equal to the type: 1 is not true, nor is “1”; -0.0 and 0 count the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other) and isinstance(one, str) == isinstance(other, str)


def judged(document: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The compiled statement, and what it says of leads."""
    definition = read(document).definition
    assert definition is not None
    sql = compile_definition(definition, folding=folding()).sql(
        facts="SELECT * FROM facts", touches="SELECT * FROM touches"
    )
    return sql, [decision.as_line() for decision in rules.judge(rows, definition, NOW)]


served = st.lists(
    labels.map(str.strip).filter(lambda text: 0 < len(text) <= 100), max_size=3, unique=True
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(serves=st.fixed_dictionaries(dict.fromkeys(playbook.sections.SERVED, served)))
@pytest.mark.usefixtures("_named")
def test_whom_a_member_serves_comes_back_the_same(serves: dict[str, list[str]]) -> None:
    with transaction.atomic():
        member = MembershipFactory(team=TeamFactory(key="a"), **serves)
        exported = playbook.export()
        file = playbook.read_text(exported, known=playbook.known())
        assert file.faults == ()
        report = playbook.load(file, actor=None, at=MONDAY, publish=False)
        assert report.sentences == ("Nothing changed.",)
        member.refresh_from_db()
        assert {name: getattr(member, name) for name in serves} == serves
        transaction.set_rollback(True)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), awkward_numbers, awkward),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(awkward, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(value=st.dictionaries(awkward, values, min_size=1, max_size=4))
@example(value={"~": {"no": [1e-7, 0.1, "1e3", "007", "12:30", None, True, "a\n#b: c"]}})
def test_what_is_written_as_yaml_reads_back_the_same(value: dict[str, Any]) -> None:
    assert _same(yaml12.from_text(yaml12.as_text(value)), value)


@pytest.mark.usefixtures("_named")
def test_every_version_comes_back_through_the_command(tmp_path: Path) -> None:
    """Live, retired and draft, each with texts that look like something else."""
    for number, text in enumerate(["no", "12:30", "~"], 1):
        file = tmp_path / f"{number}.yaml"
        made = {
            "summary": text,
            "fit": [{"key": "1e3", "label": text, "points": 1e-7,
                     "when": [{"field": "role", "in": LOOKS_LIKE_SOMETHING_ELSE}]}],
            "decide": [{"key": "rest", "status": "nurture"}],
            "route": [{"key": "all", "to": {"team": "a"}}],
        }  # fmt: skip
        file.write_text("definition: " + yaml12.inline(made))
        words = ["--publish"] if number < 3 else []
        call_command("playbook", "load", str(file), *words, stdout=io.StringIO())
    states = list(DefinitionVersion.objects.order_by("number").values_list("state", flat=True))
    assert states == ["retired", "live", "draft"]
    for version in DefinitionVersion.objects.with_rows().order_by("number"):
        out = io.StringIO()
        call_command("playbook", "export", "--version", str(version.number), stdout=out)
        told = playbook.read_text(out.getvalue(), known=playbook.known())
        assert told.faults == ()
        assert _same(told.document["definition"], version.document())


def test_a_moment_in_an_example_stays_as_it_was_written() -> None:
    """A time in quotes or without is text, and stays the same text."""
    at = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC).isoformat()
    for said in (at, "2026-03-01T10:00:00Z", "2026-03-01"):
        assert yaml12.from_text(yaml12.as_text({"occurred_at": said})) == {"occurred_at": said}

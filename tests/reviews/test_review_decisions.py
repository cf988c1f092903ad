"""From a lead or a trend to the agreement: examples, drafts with evidence, and taking them back."""

import pytest

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import CitedRejection, Evidence, Handoff, Judgement
from reviews.meetings import running
from reviews.models import Backtest, Line
from reviews.voting import answering, deciding, revealing
from reviews.voting.evidence import Trend
from reviews.voting.proposing import Bar, Gone, next_bar, raised
from tests import factories as make
from tests.reviews.voting import MINUTE, at_item_three, lead, some_of_each, vote

pytestmark = pytest.mark.django_db

SIZE = "fit.size"


@pytest.fixture
def meeting():
    make.agreement_in_force()
    some_of_each()
    found = at_item_three()
    for one in found.sample.standing():
        vote(one, make.sam(), "no", clause=SIZE)
        revealing.reveal(one.pk, actor=make.mara(), at=found.starts_at + 3 * MINUTE)
    return found


@pytest.fixture
def rejected(meeting):
    return meeting.sample.standing().filter(stratum="rejected").first()


def when(meeting):
    return {"actor": make.mara(), "at": meeting.starts_at + 5 * MINUTE}


def test_a_lead_becomes_a_counterexample_of_a_new_draft_as_it_was_handed_over(meeting, rejected):
    judgement = rejected.handoff.judgement
    rejected.handoff.lead.employees = 3
    rejected.handoff.lead.save()
    line = deciding.keep(rejected.pk, "counterexample", **when(meeting))
    draft = DefinitionVersion.objects.drafts().get()
    (example,) = draft.examples.all()
    assert (example.kind, example.expect) == ("counterexample", {"status": "nurture"})
    assert example.lead["employees"] == judgement.employees == 400
    assert line.version == draft and line.path == f"/definition/{draft.number}/examples/0/"
    assert line.text.startswith(f"Lead {rejected.place} is kept as a counterexample of {draft}")
    assert CitedRejection.objects.get().handoff == rejected.handoff
    assert rejected.handoff.lead.email not in str(example.as_row())


def test_an_example_goes_into_the_newest_draft(meeting):
    live = DefinitionVersion.objects.live().get()
    draft = publishing.clone(live, actor=make.mara(), at=meeting.starts_at)
    deciding.keep(lead(meeting).pk, "example", **when(meeting))
    assert DefinitionVersion.objects.drafts().get() == draft
    assert draft.examples.get().expect == {"status": "sales_ready"}


def test_a_lead_is_kept_once_and_only_after_its_reveal(meeting, rejected):
    deciding.keep(rejected.pk, "example", **when(meeting))
    with pytest.raises(Conflict, match="done already"):
        deciding.keep(rejected.pk, "counterexample", **when(meeting))
    with pytest.raises(Invalid):
        deciding.keep(rejected.pk, "trophy", **when(meeting))
    revealing.vote_again(rejected.pk, **when(meeting))
    with pytest.raises(Conflict, match="Reveal"):
        deciding.draft_from_lead(rejected.pk, "", **when(meeting))


def test_who_may_not_edit_the_agreement_changes_no_draft(meeting, rejected):
    theirs = {**when(meeting), "actor": make.lena()}
    for act in (
        lambda: deciding.keep(rejected.pk, "example", **theirs),
        lambda: deciding.draft_from_lead(rejected.pk, SIZE, **theirs),
        lambda: answering.draft(meeting.pk, Trend(source="webinar"), None, **theirs),
    ):
        with pytest.raises(NotAllowed, match="Marketing operations"):
            act()
    assert not DefinitionVersion.objects.drafts().exists()


def test_a_draft_from_a_lead_raises_the_bar_cites_the_rejection_and_is_being_tried(
    meeting, rejected
):
    begun = deciding.draft_from_lead(rejected.pk, SIZE, **when(meeting))
    assert begun.bar is not None
    assert begun.bar.says == "Employees from 500 instead of 100"
    row = next(one for one in begun.draft.document()["fit"] if one["key"] == "size")
    assert row["when"] == [{"field": "employees", "at_least": 500}]
    assert Evidence.objects.get().version == begun.draft
    run = Backtest.objects.get()
    assert run == begun.backtest and run.document["fit"][1]["when"] == row["when"]
    said = f"Draft {begun.draft} is begun from lead {rejected.place}: {begun.bar.says}"
    assert begun.line.text == said
    assert begun.line.path == f"/definition/{begun.draft.number}/"


def test_a_clause_without_a_bar_is_named_for_people_to_write(meeting, rejected):
    begun = deciding.draft_from_lead(rejected.pk, "fit.industry", **when(meeting))
    assert begun.bar is None and begun.line.text.endswith("Industry")
    assert begun.backtest is not None


@pytest.mark.parametrize("clause", ["fit.no_such", "rule.hand_raiser.first", "nonsense"])
def test_a_clause_there_is_not_begins_no_draft(clause, meeting, rejected):
    with pytest.raises(Invalid, match="one of the clauses"):
        deciding.draft_from_lead(rejected.pk, clause, **when(meeting))
    assert not DefinitionVersion.objects.drafts().exists()


def test_a_draft_from_a_trend_cites_its_reason(meeting):
    reason = answering.reason_called("Out of segment")
    begun = answering.draft(meeting.pk, Trend(reason), None, **when(meeting))
    assert begun.line.text.endswith("rejected as “Out of segment”")
    assert CitedRejection.objects.count() == Handoff.objects.filter(state="rejected").count()
    paid = Trend(source="paid_search", fit="50")
    said = answering.draft(meeting.pk, paid, None, **when(meeting))
    assert said.line.text.endswith("trends: rejected of Paid search with fit 50 to 59")
    with pytest.raises(Invalid):
        answering.draft(meeting.pk, Trend(), None, **when(meeting))
    with pytest.raises(Invalid):
        answering.reason_called("no_such")


def test_what_was_decided_is_taken_back_with_what_it_made(meeting, rejected):
    kept = deciding.keep(rejected.pk, "example", **when(meeting))
    deciding.take_back(kept.pk, **when(meeting))
    draft = DefinitionVersion.objects.drafts().get()
    assert not draft.examples.exists()
    assert Line.objects.get(pk=kept.pk).taken_back_by == make.mara()
    begun = deciding.draft_from_lead(rejected.pk, SIZE, **when(meeting))
    deciding.take_back(begun.line.pk, **when(meeting))
    assert DefinitionVersion.objects.drafts().get() == draft
    assert not Backtest.objects.exists()
    assert Line.objects.get(pk=begun.line.pk).text.startswith("Draft v")


def test_a_draft_somebody_went_on_with_stays(meeting, rejected):
    begun = deciding.draft_from_lead(rejected.pk, SIZE, **when(meeting))
    changed = {"required": ["email"], "marketing": {}, "revision": begun.draft.revision}
    drafting.reword(begun.draft, summary="Ours", **changed, **when(meeting))
    line = deciding.take_back(begun.line.pk, **when(meeting))
    assert DefinitionVersion.objects.drafts().exists()
    assert deciding.taken_back(line) == "Taken back. The draft stays: somebody went on with it."


def test_after_the_meeting_nothing_is_decided_or_taken_back(meeting, rejected):
    line = deciding.keep(rejected.pk, "example", **when(meeting))
    running.end(meeting.pk, **when(meeting))
    for act in (
        lambda: deciding.take_back(line.pk, **when(meeting)),
        lambda: answering.draft(meeting.pk, Trend(source="webinar"), None, **when(meeting)),
    ):
        with pytest.raises(Conflict, match="not running"):
            act()


def test_the_next_bar_is_a_round_figure_above():
    asked = {60: 75, 99: 100, 100: 150, 149: 150, 400: 500, 999: 1000, 1000: 1500, 0.4: 1}
    assert {value: next_bar(value, is_score=False) for value in asked} == asked
    scores = {58.4: 60, 60.0: 65, 97.0: 100, 100.0: None}
    assert {value: next_bar(value, is_score=True) for value in scores} == scores


def test_a_bar_is_raised_only_where_the_lead_reached_it():
    document = {
        "fit": [
            {"key": "size", "points": 5, "when": {"any": [{"field": "employees", "at_least": 50}]}}
        ],
        "decide": [{"key": "hot", "when": [{"field": "intent", "at_least": 40}, {"signal": "x"}]}],
    }
    known = {"employees": 60.0, "intent": 39.0}.get
    bar = raised(document, document, SIZE, known)
    assert isinstance(bar, Bar) and bar.row["when"] == {
        "any": [{"field": "employees", "at_least": 75.0}]
    }
    assert document["fit"][0]["when"] == {"any": [{"field": "employees", "at_least": 50}]}
    for clause in ("rule.hot.0", "rule.hot.1", "rule.gone.0", "fit.gone", "required.email", ""):
        assert raised(document, document, clause, known) is None
    assert Judgement.objects.count() == 0


JUDGED_BY = {
    "decide": [
        {
            "key": "hot",
            "when": [{"field": "fit", "at_least": 50}, {"field": "intent", "at_least": 40}],
        }
    ]
}
"""The version that judged the lead; `rule.hot.0` is its fit, `rule.hot.1` its intent."""


def test_a_rule_whose_conditions_changed_places_is_raised_where_the_clause_is_now():
    fit, intent = JUDGED_BY["decide"][0]["when"]
    live = {"decide": [{"key": "cold", "when": [fit]}, {"key": "hot", "when": [intent, fit]}]}
    bar = raised(JUDGED_BY, live, "rule.hot.0", {"fit": 62.0, "intent": 90.0}.get)
    assert isinstance(bar, Bar)
    assert (bar.place, bar.about, bar.asks) == (1, "fit", 65.0)
    assert bar.row["when"] == [intent, {"field": "fit", "at_least": 65.0}]


@pytest.mark.parametrize(
    "live",
    [
        {"decide": [{"key": "hot", "when": [{"field": "fit", "at_least": 60}]}]},
        {"decide": [{"key": "hot", "when": [{"signal": "demo_request"}]}]},
        {"decide": [{"key": "warm", "when": [{"field": "fit", "at_least": 50}]}]},
        {},
    ],
)
def test_a_clause_that_is_asked_no_more_is_told_and_changes_nothing(live):
    known = {"fit": 62.0}.get
    assert raised(JUDGED_BY, live, "rule.hot.0", known) == Gone("Fit at least 50")


def test_a_bar_is_not_raised_above_the_most_that_the_clause_allows():
    document = {
        "fit": [{"key": "size", "when": [{"field": "employees", "at_least": 50, "at_most": 90}]}]
    }
    assert raised(document, document, SIZE, {"employees": 80.0}.get) is None


def test_a_draft_is_not_begun_from_a_clause_that_the_live_version_has_no_more(meeting, rejected):
    signed = when(meeting)
    live = DefinitionVersion.objects.live().get()
    changed = publishing.clone(live, **signed)
    row = next(one for one in changed.document()["fit"] if one["key"] == "size")
    row["when"] = [{"field": "employees", "at_least": 250}]
    revision = changed.revision
    changed = drafting.put(changed, "fit", row, place=1, revision=revision, **signed)
    publishing.publish(changed, reason="Larger ones only", **signed)
    with pytest.raises(Conflict, match="does not ask that any more: Employees at least 100"):
        deciding.draft_from_lead(rejected.pk, SIZE, **signed)
    assert not DefinitionVersion.objects.drafts().exists()

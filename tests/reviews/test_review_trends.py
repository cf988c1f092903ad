"""From a trend to a draft: the clauses that tell the rejected from the accepted, with what each
would have kept back, one chosen or edited, tried on the past."""

import re

import pytest
from django.urls import reverse

from handoff.models import DefinitionVersion, Reason
from reviews.meetings import running
from reviews.models import Backtest, Line
from reviews.voting import evidence
from reviews.voting.evidence import Trend
from reviews.voting.telling_apart import Case, Clause, changed, clauses
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import begun
from tests.reviews.voting import DAY, MINUTE, handed

pytestmark = pytest.mark.django_db

RULE = {"key": "hot", "status": "sales_ready", "when": [{"field": "fit", "at_least": 50}]}
DOCUMENT = {"decide": [RULE, {"key": "rest", "status": "nurture"}]}
BLANK = dict.fromkeys(evidence.FIELDS)


def case(number, *, rejected, **values):
    return Case(number, "hot", rejected, {**BLANK, **values})


def test_a_number_that_tells_them_apart_is_asked_for_and_a_common_value_is_left_out():
    cases = [case(n, rejected=True, employees=60.0, industry="agency") for n in range(10)]
    cases += [case(n, rejected=False, employees=400.0, industry="fintech") for n in range(10, 20)]
    found = clauses(DOCUMENT, cases)
    assert [one.says for one in found] == ["Employees at least 75", "Industry is not agency"]
    assert all(one.rule == "hot" for one in found)


def test_what_the_rule_asks_already_is_raised_and_what_is_not_known_is_kept_back():
    cases = [case(n, rejected=True, fit=52.0) for n in range(5)]
    cases += [case(n, rejected=False, fit=80.0) for n in range(5, 10)]
    (found,) = clauses(DOCUMENT, cases)
    assert found == Clause("hot", "fit", "at_least", 55.0, 50.0)
    assert found.says == "Fit at least 55 instead of 50"
    assert changed(DOCUMENT, found) == (0, {**RULE, "when": [{"field": "fit", "at_least": 55.0}]})
    assert found.keeps_back(None) and not Clause("hot", "industry", "is_not", "x").keeps_back(None)


def test_to_close_the_whole_rule_is_no_proposal():
    cases = [case(n, rejected=n < 10, employees=60.0) for n in range(12)]
    cases += [Case(n, "other", False, {**BLANK, "employees": 900.0}) for n in range(12, 60)]
    assert clauses(DOCUMENT, cases) == []


def test_where_both_look_alike_nothing_is_proposed():
    cases = [case(n, rejected=n % 2 == 0, employees=60.0, industry="x") for n in range(20)]
    assert clauses(DOCUMENT, cases) == []


def test_a_rule_that_needs_any_one_condition_is_left_alone():
    needs_one = {**RULE, "when": {"any": [{"field": "fit", "at_least": 50}, {"signal": "demo"}]}}
    clause = Clause("hot", "employees", "at_least", 75.0)
    assert changed({"decide": [needs_one]}, clause) is None
    cases = [case(n, rejected=n < 5, employees=60.0 + 100 * n) for n in range(10)]
    assert clauses({"decide": [needs_one]}, cases) == []


@pytest.fixture
def meeting(time_machine):
    """Twenty-four small companies were rejected, twenty-four large ones accepted."""
    make.agreement_in_force()
    at = MONDAY - DAY
    small = handed(24, at=at, judgement__employees=150.0)
    large = handed(24, answer="accepted", at=at, judgement__employees=900.0)
    for one in (*small, *large):
        make.TouchpointFactory(lead=one.lead, occurred_at=one.judgement.as_of)
    found = begun()
    running.go_to(found.pk, 2, seen=0, actor=make.mara(), at=found.starts_at + MINUTE)
    time_machine.move_to(found.starts_at + 2 * MINUTE, tick=False)
    return found


def page(meeting, query="?reason=out_of_segment"):
    return reverse("reviews:draft-from-trend", args=[meeting.number]) + query


def test_each_proposal_says_what_it_would_have_kept_back(meeting):
    reason = Reason.objects.get(key="out_of_segment")
    found = evidence.found(meeting, Trend(reason), at=meeting.starts_at)
    assert (found.rejected, found.accepted) == (24, 24)
    best = found.proposals[0]
    assert best.clause == Clause("hand_raiser", "employees", "at_least", 200.0)
    assert (best.rejected.count, best.rejected.n) == (24, 24)
    assert (best.accepted.count, best.accepted.n) == (0, 24)
    assert best.is_sure


def test_few_within_a_rule_propose_nothing_for_it():
    """Of 24 accepted the rule that let the rejected in had let in 13."""
    make.agreement_in_force()
    at = MONDAY - DAY
    every = handed(24, at=at, judgement__employees=150.0)
    for accepted, rule in ((13, "hand_raiser"), (11, "another")):
        large = {"judgement__employees": 900.0, "judgement__rule": rule}
        every += handed(accepted, answer="accepted", at=at, **large)
    for one in every:
        make.TouchpointFactory(lead=one.lead, occurred_at=one.judgement.as_of)
    meeting = begun()
    found = evidence.found(meeting, Trend(), at=meeting.starts_at)
    assert (found.rejected, found.accepted, found.is_enough) == (24, 24, True)
    assert found.proposals == ()


def test_few_hand_overs_are_not_enough_to_tell_them_apart(client, meeting):
    found = evidence.found(meeting, Trend(source="webinar"), at=meeting.starts_at)
    assert not found.is_enough and found.proposals == ()
    client.force_login(make.mara())
    text = client.get(page(meeting, "?source=webinar")).content.decode()
    assert "Not enough data to tell them apart" in text


def test_a_chosen_clause_becomes_a_draft_with_its_evidence_and_a_backtest(client, meeting):
    client.force_login(make.mara())
    screen = client.get(reverse("reviews:screen", args=[meeting.number])).content.decode()
    assert "/draft/?reason=Out%20of%20segment" in screen
    text = client.get(page(meeting)).content.decode()
    assert "Employees at least 200" in text and "24 of 24" in text
    sent = {"reason": "out_of_segment", "rule": "hand_raiser", "field": "employees"}
    sent |= {"operator": "at_least", "value": "1,000"}
    assert client.post(page(meeting, ""), sent).status_code == 302
    draft = DefinitionVersion.objects.drafts().get()
    row = next(one for one in draft.document()["decide"] if one["key"] == "hand_raiser")
    assert {"field": "employees", "at_least": 1000} in row["when"]
    assert draft.evidence.get().reason.key == "out_of_segment"
    assert Backtest.objects.get().version == draft
    assert "Employees at least 1,000, in rule" in Line.objects.get(kind="draft").text


def test_a_form_that_is_sent_twice_begins_one_draft(client, meeting):
    client.force_login(make.mara())
    drawn = re.search('name="press" value="([^"]+)"', client.get(page(meeting)).content.decode())
    sent = {"reason": "out_of_segment", "rule": "hand_raiser", "field": "employees"}
    sent |= {"operator": "at_least", "value": "1,000", "press": drawn[1]}
    client.post(page(meeting, ""), sent)
    again = client.post(page(meeting, ""), sent, follow=True)
    assert "drafted already: the same form came twice" in again.content.decode()
    assert DefinitionVersion.objects.drafts().count() == 1 == Backtest.objects.count()


def test_what_cannot_be_asked_is_told_and_nothing_is_drafted(client, meeting):
    client.force_login(make.mara())
    sent = {"reason": "out_of_segment", "rule": "hand_raiser", "field": "employees"}
    sent |= {"operator": "at_least"}
    for wrong in (
        {"value": "many"},
        {"value": ""},
        {"value": "1", "field": "shoes"},
        {"value": "nan"},
        {"value": "e\0mail", "field": "source", "operator": "is_not"},
    ):
        assert client.post(page(meeting, ""), {**sent, **wrong}).status_code == 422
    for query in ("", "?reason=no_such", "?fit=²", "?intent=75"):
        assert client.get(page(meeting, query)).status_code == 404, query
    for named in ({"reason": "low\0intent"}, {"source": "we\0b"}, {"fit": "\0"}):
        assert client.post(page(meeting, ""), sent | named).status_code == 404, named
    told = client.post(page(meeting, ""), {**sent, "rule": "gone", "value": "5"}, follow=True)
    assert "has no rule to which that can be added" in told.content.decode()
    assert not DefinitionVersion.objects.drafts().exists()


def test_who_may_not_edit_the_agreement_or_takes_no_part_begins_no_draft(client, meeting):
    for person in (make.sam(), make.lena(), make.otto(), make.ada()):
        client.force_login(person)
        assert client.get(page(meeting)).status_code == 404, person
        assert client.post(page(meeting), {"reason": "out_of_segment"}).status_code == 404
    assert not DefinitionVersion.objects.drafts().exists()

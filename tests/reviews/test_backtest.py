"""A draft judged on the past: as of then, on what was known then, for every lead."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from handoff import publishing
from handoff.models import DefinitionVersion
from handoff.rules import parse
from handoff.rules.faults import Faulty
from leads.journey import receive
from leads.journey.touches import record as tell
from leads.models import Handoff, Lead
from reviews import backtesting, tasks
from reviews.backtesting import rows as backtesting_rows
from reviews.backtesting.statement import GIVEN_FACTS, GIVEN_TOUCHES, judged
from reviews.models import Backtest, BacktestLead
from tests import factories as make
from tests.leads.arriving import agreement, arrive, envelope, handed_over
from tests.reviews.backtesting import UNTIL, ask, backtest_of, draft_with, rows_of, stricter

pytestmark = pytest.mark.django_db


def test_the_law_itself_comes_out_as_it_did():
    agreement()
    live = DefinitionVersion.objects.get()
    for employees in (10, 400, 5000, None):
        for touches in ([], [{"signal": "pricing_page", "days_ago": 1}], None):
            given = {} if touches is None else {"touchpoints": []}
            arrive(employees=employees, **given)
    arrive(role="PhD student")
    arrive(country="DE")
    backtest = backtest_of(live)
    assert backtest.leads_count == Lead.objects.count() == 14
    for row in backtest.rows.all():
        same = ("status", "rule", "tier", "route", "team", "fit", "intent")
        was, would = (
            [getattr(row, f"{side}_{name}") for name in same] for side in ("was", "would")
        )
        assert was == would


def test_a_stricter_draft_moves_leads_and_says_how():
    agreement()
    small, large = handed_over(), handed_over(employees=2000)
    backtest = backtest_of(stricter())
    rows = {row.lead_id: row for row in backtest.rows.all()}
    moved = rows[small.lead_id]
    assert (moved.was_status, moved.would_status) == ("sales_ready", "needs_qualification")
    assert (moved.was_rule, moved.would_rule) == ("hand_raiser", "unclear")
    assert (moved.was_fit, moved.would_fit) == (80.0, 30.0)
    assert (moved.was_team, moved.would_team) == ("sdr-na", "qualification")
    assert (moved.was_route, moved.would_route) == ("na", "review")
    assert rows[large.lead_id].would_status == "sales_ready"


def test_what_became_true_later_changes_nothing():
    agreement()
    first = handed_over()
    before = rows_of(backtest_of(stricter()))
    lead = first.lead
    account = make.AccountFactory(domain="later.example", customer=True)
    Lead.objects.filter(pk=lead.pk).update(account=account, employees=9000, role="PhD student")
    later = first.made_at + dt.timedelta(seconds=1)
    make.TouchpointFactory(lead=lead, pricing=True, occurred_at=later)
    assert rows_of(backtest_of(stricter())) == before


def test_what_was_told_later_changes_nothing_however_early_it_happened():
    agreement()
    live = DefinitionVersion.objects.get()
    outcome = arrive(touchpoints=[])
    told = {"lead": outcome.lead_id, "signal": "demo_request"}
    told["occurred_at"] = (make.MONDAY - dt.timedelta(hours=1)).isoformat()
    tell([told], source="site", api_key_id=None, at=make.MONDAY + dt.timedelta(hours=1))
    handoff = Handoff.objects.get()
    until_then = {"until": make.MONDAY + dt.timedelta(minutes=1)}
    row = backtest_of(live, **until_then).rows.get()
    assert (row.was_status, row.would_status) == ("nurture", "nurture")
    assert (row.was_intent, row.would_intent) == (0.0, 0.0)
    because = backtesting_rows.because(row.backtest, [row])
    assert because == {row.lead_id: "Nothing changes"}
    row = backtest_of(live).rows.get()
    assert row.judgement_id == handoff.judgement_id
    assert row.was_status == row.would_status == "sales_ready"


def test_two_enquiries_of_one_person_in_a_batch_know_no_more_than_was_told_by_each():
    agreement()
    live = DefinitionVersion.objects.get()
    email = "ana@novapay.example"
    receive([envelope(email=email, touchpoints=[]), envelope(email=email)], at=make.MONDAY)
    row = backtest_of(live, until=make.MONDAY + dt.timedelta(microseconds=1)).rows.get()
    assert (row.was_status, row.would_status) == ("sales_ready", "sales_ready")
    first = Lead.objects.get().judgements.earliest("pk")
    assert first.status == "nurture"
    assert intents_of(live, first) == [0.0]


def intents_of(version, judgement):
    """What the version makes of a judgement's facts and of what had been told by then."""
    parsed = parse(version.document(), teams=None, reasons=None, tracks=None).definition
    sql = judged(parsed, "seen", GIVEN_TOUCHES)
    given = {"leads": [judgement.lead_id], "judgements": [judgement.pk]}
    with connection.cursor() as cursor:
        cursor.execute(f"WITH seen AS ({GIVEN_FACTS}) SELECT intent FROM ({sql}) said", given)
        return [row[0] for row in cursor.fetchall()]


def test_a_lead_is_judged_where_it_was_first_handed_over():
    agreement()
    outcome = arrive(touchpoints=[])
    lead = Lead.objects.get(pk=outcome.lead_id)
    first = lead.judgements.get()
    later = make.MONDAY + dt.timedelta(days=2)
    touch = {"signal": "demo_request", "occurred_at": later.isoformat()}
    arrive(at=later, email=lead.email, touchpoints=[touch])
    handoff = Handoff.objects.get()
    assert handoff.judgement_id != first.pk
    row = backtest_of(stricter()).rows.get()
    assert row.judgement_id == handoff.judgement_id and row.handoff_id == handoff.pk
    row = backtest_of(stricter(), until=make.MONDAY + dt.timedelta(days=1)).rows.get()
    assert row.judgement_id == first.pk and row.was_status == "nurture"
    assert row.handoff_id == handoff.pk


def test_only_the_period_counts():
    agreement()
    arrive()
    assert backtest_of(stricter(), since=make.MONDAY + dt.timedelta(days=1)).leads_count == 0
    assert backtest_of(stricter(), since=make.MONDAY).leads_count == 1
    assert backtest_of(stricter(), until=make.MONDAY).leads_count == 0


def test_a_segment_narrows_it_by_what_was_known_then():
    agreement()
    arrive(source="webinar")
    arrive(source="partner", country="DE")
    segment = [{"field": "source", "in": ["webinar", "event"]}]
    backtest = backtest_of(stricter(), segment=segment)
    assert [row.source for row in backtest.rows.all()] == ["webinar"]
    assert backtest_of(stricter(), segment=[{"field": "country", "is": "fr"}]).leads_count == 0


def test_a_segment_that_cannot_be_read_is_refused():
    agreement()
    with pytest.raises(Faulty, match="shoe_size"):
        ask(stricter(), segment=[{"field": "shoe_size", "is": "42"}])
    assert not Backtest.objects.exists()


def test_a_draft_with_faults_is_refused():
    agreement()
    broken = draft_with(
        decide=[{"key": "only", "status": "nurture", "when": [{"field": "fit", "at_least": 5}]}]
    )
    with pytest.raises(Faulty, match="last row must have no conditions"):
        ask(broken)


def test_the_live_version_can_be_what_it_is_compared_with():
    agreement()
    handed_over()
    make.TrackFactory()
    strict = publishing.publish(stricter(), actor=None, at=make.MONDAY)
    as_then = backtest_of(make.DefinitionVersionFactory()).rows.get()
    anew = backtest_of(make.DefinitionVersionFactory(), base=strict).rows.get()
    assert (as_then.was_status, as_then.would_status) == ("sales_ready", "sales_ready")
    assert (anew.was_status, anew.would_status) == ("needs_qualification", "sales_ready")
    assert (anew.was_team, anew.would_team) == ("qualification", "sdr-na")


def test_cancelled_and_taken_up_again_it_ends_with_the_same_rows():
    agreement()
    for employees in (50, 400, 900, 5000, None):
        arrive(employees=employees)
    whole = rows_of(backtest_of(stricter(), chunk=100))
    backtest = ask(stricter())
    by = {"actor": make.mara(), "at": UNTIL}
    assert backtesting.cancel(backtest, **by)
    backtesting.run(backtest.pk, at=UNTIL)
    backtest.refresh_from_db()
    assert backtest.state == "cancelled" and not backtest.rows.exists()
    assert backtesting.resume(backtest, **by) and not backtesting.resume(backtest, **by)
    backtesting.run(backtest.pk, at=UNTIL, chunk=2)
    assert rows_of(backtest) == whole
    assert not backtesting.cancel(backtest, **by)
    kept = backtest.events.values_list("kind", "actor__email")
    assert list(kept) == [("stopped", make.mara().email), ("resumed", make.mara().email)]


def test_a_draft_changed_meanwhile_is_tested_as_it_was():
    agreement()
    handed_over()
    draft = stricter()
    backtest = ask(draft)
    draft.fit.all().delete()
    backtesting.run(backtest.pk, at=UNTIL)
    assert backtest.rows.get().would_fit == 30.0
    newer = backtesting.again(backtest, actor=make.mara(), at=timezone.now())
    backtesting.run(newer.pk, at=UNTIL)
    assert newer.rows.get().would_fit == 0.0


def test_what_became_of_it_is_told():
    agreement()
    handoffs = [handed_over() for _ in range(4)]
    reason = make.ReasonFactory()
    states = [
        {"state": "rejected", "reason": reason, "ended_at": make.MONDAY},
        {"state": "accepted", "accepted_at": make.MONDAY},
        {"state": "closed", "disposition": "no_response", "ended_at": make.MONDAY},
        {},
    ]
    for handoff, changes in zip(handoffs, states, strict=True):
        if changes:
            Handoff.objects.filter(pk=handoff.pk).update(**changes)
    make.OpportunityFactory(lead=handoffs[1].lead, account=None, won=True)
    told = {
        row.lead_id: (row.answer, row.reason, row.outcome)
        for row in backtest_of(stricter()).rows.all()
    }
    assert [told[handoff.lead_id] for handoff in handoffs] == [
        ("rejected", "out_of_segment", ""),
        ("accepted", "", "won"),
        ("no_response", "", ""),
        ("waiting", "", ""),
    ]


def test_a_merged_lead_counts_once():
    agreement()
    kept, gone = arrive(), arrive()
    Lead.objects.filter(pk=gone.lead_id).update(merged_into=kept.lead_id)
    assert backtest_of(stricter()).rows.get().lead_id == kept.lead_id


def test_a_segment_may_name_a_motion_of_the_draft_and_what_a_lead_did():
    agreement()
    arrive(employees=50)
    large = arrive(employees=5000)
    quiet = arrive(employees=5000, touchpoints=[])
    enterprise = {"field": "motion", "is": "enterprise"}
    asked = {"signal": "demo_request", "at_least": 1}
    found = backtest_of(stricter(), segment=[enterprise])
    assert {row.lead_id for row in found.rows.all()} == {large.lead_id, quiet.lead_id}
    found = backtest_of(stricter(), segment=[enterprise, asked])
    assert found.rows.get().lead_id == large.lead_id


def test_a_fault_makes_it_failed_and_it_can_be_taken_up_again():
    agreement()
    handed_over()
    backtest = ask(stricter())
    good = backtest.document
    Backtest.objects.filter(pk=backtest.pk).update(document={**good, "decide": []})
    backtesting.run(backtest.pk, at=UNTIL)
    backtest.refresh_from_db()
    assert backtest.state == "failed"
    assert backtest.error == "Status rules: Needs at least one row."
    failed = backtest.events.get()
    assert (failed.kind, failed.actor) == ("failed", None)
    Backtest.objects.filter(pk=backtest.pk).update(document=good)
    assert backtesting.resume(backtest, actor=make.mara(), at=UNTIL)
    backtesting.run(backtest.pk, at=UNTIL)
    backtest.refresh_from_db()
    assert (backtest.state, backtest.error, backtest.leads_count) == ("done", "", 1)


def test_the_worker_takes_up_what_was_left_half_way():
    agreement()
    for _ in range(3):
        arrive()
    backtest = ask(stricter())
    Backtest.objects.filter(pk=backtest.pk).update(state="running")
    assert tasks.run_backtests() == 1
    assert backtest.rows.count() == 3
    assert tasks.run_backtests() == 0


def test_a_lead_erased_meanwhile_does_no_harm():
    agreement()
    gone, kept = handed_over(), arrive(touchpoints=[])
    backtest = backtest_of(stricter())
    BacktestLead.objects.filter(lead=gone.lead_id).update(lead_id=0)
    assert [row.lead_id for row in backtesting_rows.find(backtest, {})] == [kept.lead_id]


def test_examples_that_flip_are_named():
    agreement()
    example = {
        "kind": "example",
        "name": "A fintech of 400",
        "expect": {"status": "sales_ready"},
        "lead": {"industry": "fintech", "employees": 400, "country": "US"},
        "touchpoints": [{"signal": "demo_request", "days_ago": 1}],
    }
    draft = stricter()
    draft.examples.create(**{**example, "position": 1})
    (flip,) = backtest_of(draft).result["examples"]
    assert (flip["was"]["status"], flip["would"]["status"]) == (
        "sales_ready",
        "needs_qualification",
    )
    assert flip["name"] == "A fintech of 400" and not flip["agrees"]


def test_an_example_that_cannot_be_read_does_not_fail_the_run():
    agreement()
    handed_over()
    draft = stricter()
    row = {"kind": "example", "expect": {"status": "sales_ready"}, "touchpoints": []}
    draft.examples.create(**row, name="Unreadable", lead={"employees": "many"}, position=1)
    assert backtest_of(draft).result["examples"] == []


def test_an_example_flips_where_anything_it_expects_comes_out_otherwise():
    agreement()
    draft = stricter()
    draft.examples.create(
        kind="example",
        name="Scores",
        expect={"status": "nurture", "fit": 80},
        lead={"industry": "fintech", "employees": 400, "country": "US"},
        touchpoints=[],
        position=1,
    )
    (flip,) = backtest_of(draft).result["examples"]
    assert flip["was"]["status"] == flip["would"]["status"] == "nurture"
    assert not flip["agrees"] and flip["would"]["fit"] < 80


def test_a_draft_thrown_away_takes_its_runs_along():
    agreement()
    handed_over()
    draft = stricter()
    backtest_of(draft)
    draft.delete()
    assert not Backtest.objects.exists() and not BacktestLead.objects.exists()

"""A study of lift on hand-overs: what it counts, whose it leaves out, and how it ends."""

import datetime as dt
import threading
import time

import pytest
from django.db import OperationalError, connection

from handoff import publishing
from handoff.models import DefinitionVersion
from leads.journey.states import Conflict, NotAllowed
from leads.models import Judgement, Lead
from reviews import lifting, tasks
from reviews.lifting import drafting, running
from reviews.measures.lift.results import examined
from reviews.models import Backtest, LiftDraft, LiftStudy
from tests import factories as make
from tests.leads.arriving import agreement, arrive
from tests.reviews.lifting import NOW, SINCE, ask, handed, planted, study_of

pytestmark = pytest.mark.django_db

WAITED = 20
INDUSTRY, SIZE, DEMO, PRICING = range(4)


def of(study, outcome="won"):
    return examined(study.result["outcomes"][outcome])


def one_row(study):
    return study.rows.get()


def test_a_study_counts_what_a_slow_count_finds():
    planted()
    found = of(study_of())
    for place, holds in ((INDUSTRY, {"industry": "fintech"}), (SIZE, {"employees": 400.0})):
        judged = Judgement.objects.exclude(handoffs=None)
        held, failed = judged.filter(**holds), judged.exclude(**holds)
        counts = [
            (rows.filter(handoffs__outcome="won").count(), rows.count()) for rows in (held, failed)
        ]
        one = found.rows[place].relative
        assert [(one.with_yes, one.with_n), (one.without_yes, one.without_n)] == counts
    size, industry = found.rows[SIZE], found.rows[INDUSTRY]
    assert size.adjusted.verdict == industry.adjusted.verdict == "raises"
    assert size.suggested < size.clause.points and industry.suggested > industry.clause.points
    assert size.suggested + industry.suggested in (79, 80, 81)
    assert found.rows[DEMO].why == "never held", "nobody has a touchpoint"
    assert found.suggestion.auc.low > 0.5 and found.learned + found.judged_n == found.n


def test_where_the_live_version_judged_the_counts_are_its_own_parts():
    agreement()
    arrive()
    study = study_of(since=make.MONDAY - dt.timedelta(days=1))
    judgement = Judgement.objects.get()
    keys = ("industry", "size", "demo_request", "pricing_page")
    parts = {**judgement.fit_parts, **judgement.intent_parts}
    points = {"industry": 30, "size": 50, "demo_request": 70, "pricing_page": 15}
    told = [round(100 * parts.get(key, 0) / points[key]) for key in keys]
    assert one_row(study).counts == told == [100, 100, 100, 0]


def test_facts_are_those_of_the_hand_over_not_of_the_lead_today():
    handoff = handed(employees=20.0)
    Lead.objects.filter(pk=handoff.lead_id).update(employees=5000, industry="retail")
    make.TouchpointFactory(
        lead=handoff.lead,
        occurred_at=handoff.made_at,
        recorded_at=handoff.made_at + dt.timedelta(1),
    )
    assert one_row(study_of()).counts == [100, 0, 0, 0]


def test_only_the_first_hand_over_of_the_first_step_counts():
    first = handed(30, answer="rejected")
    make.HandoffFactory(
        lead=first.lead, judgement=first.judgement, previous=first, reentry=True, accepted=True
    )
    make.HandoffFactory(lead=first.lead, judgement=first.judgement, step="ae", accepted=True)
    row = one_row(study_of())
    assert (row.handoff_id, row.accepted) == (first.pk, False)


@pytest.mark.parametrize(
    ("answer", "deal", "told"),
    [
        ("accepted", "won", (True, True, True)),
        ("accepted", "lost", (True, True, False)),
        ("accepted", "open", (True, True, None)),
        ("accepted", "", (True, False, False)),
        ("rejected", "", (False, False, False)),
        ("waiting", "", (None, None, None)),
    ],
)
def test_an_outcome_that_is_open_is_no_no(answer, deal, told):
    handed(answer=answer, deal=deal)
    row = one_row(study_of())
    assert (row.accepted, row.opportunity, row.won) == told
    days = (row.accepted_days, row.opportunity_days, row.won_days)
    assert [round(one) for one in days if one is not None] == [
        length for length, came in zip((1, 10, 30), told, strict=True) if came
    ]


def test_of_an_imported_past_nobody_waits_for_an_answer():
    handoff = handed(answer="waiting")
    type(handoff).objects.filter(pk=handoff.pk).update(historical=True)
    row = one_row(study_of())
    assert (row.accepted, row.opportunity, row.won) == (None, False, False)


def test_a_hand_over_too_young_for_an_outcome_is_left_out():
    for days in range(60):
        handed(days, deal="won" if days >= 30 else "")
    found = of(study_of(at=make.MONDAY))
    assert (found.horizon_days, found.too_young, found.n) == (30.0, 30, 30)
    assert of(study_of(at=NOW)).n == 60


def test_who_is_asked_for_is_who_counts():
    live = make.live_version()
    imported = handed()
    type(imported).objects.filter(pk=imported.pk).update(historical=True)
    handed()
    other = make.DefinitionVersionFactory()
    assert study_of().leads_count == 2
    assert study_of(with_imported=False).leads_count == 1
    assert study_of(only=live).leads_count == 2
    assert study_of(only=other).leads_count == 0
    assert study_of(until=SINCE + dt.timedelta(days=1)).leads_count == 0


def test_a_clause_of_one_motion_is_not_for_the_others():
    agreement()
    make.TrackFactory()
    fit = [dict(row) for row in make.DEFINITION["fit"]]
    fit[0]["motion"] = "enterprise"
    signals = [dict(row) for row in make.DEFINITION["signals"]]
    signals[0]["sources"] = ["webinar"]
    draft = make.DefinitionVersionFactory(
        document={**make.DEFINITION, "fit": fit, "signals": signals}
    )
    publishing.publish(draft, actor=make.mara(), at=make.MONDAY)
    small, large = handed(), handed(employees=2000.0, source="webinar")
    study = study_of()
    counts = dict(study.rows.values_list("handoff_id", "counts"))
    assert counts[small.pk] == [-1, 100, -1, 0]
    assert counts[large.pk] == [100, 100, 0, 0]


def test_without_hand_overs_it_ends_and_says_there_are_none():
    make.live_version()
    found = of(study_of())
    assert (found.n, found.why) == (0, "no clause both holds and fails often enough")


def test_without_a_live_version_there_is_nothing_to_study():
    with pytest.raises(lifting.asking.NothingLive):
        ask()


def test_a_stopped_study_goes_on_and_ends_the_same():
    planted(160)
    whole = study_of()
    study = ask()
    sql = running.statement_of(
        running.clauses_of(study.version), *running.counting(study.version.document())
    )
    LiftStudy.objects.filter(pk=study.pk).update(state="running")
    assert running._next_chunk(study.pk, sql, 50)
    assert lifting.cancel(study, actor=make.mara(), at=NOW)
    assert not lifting.cancel(study, actor=make.mara(), at=NOW)
    assert running.run(study.pk, at=NOW)
    study.refresh_from_db()
    assert (study.state, study.looked_at, study.stopped_by) == ("cancelled", 50, make.mara())
    assert lifting.resume(study) and not lifting.resume(study)
    assert tasks.run_studies() == 1
    study.refresh_from_db()
    assert study.state == "done" and study.result == whole.result
    names = ("lead", "handoff", "counts", "won", "bands")
    assert list(study.rows.order_by("lead").values_list(*names)) == list(
        whole.rows.order_by("lead").values_list(*names)
    )


@pytest.mark.django_db(transaction=True)
def test_a_study_cut_off_half_way_is_taken_up_and_ends_the_same():
    planted(80)
    whole = study_of()
    study = ask()
    told = {}

    def work():
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                told["backend"] = cursor.fetchone()[0]
            running.run(study.pk, at=NOW, chunk=1)
        except OperationalError as error:
            told["raised"] = error
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    deadline = time.monotonic() + WAITED
    while time.monotonic() < deadline and LiftStudy.objects.get(pk=study.pk).looked_at < 2:
        time.sleep(0.005)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [told["backend"]])
    worker.join(WAITED)
    study.refresh_from_db()
    assert "raised" in told and study.state == "running" and 2 <= study.looked_at < 80
    assert tasks.run_studies() == 1
    study.refresh_from_db()
    assert study.state == "done" and study.result == whole.result


def test_what_cannot_be_mended_fails_with_a_sentence():
    make.live_version()
    study = ask()
    faulty = make.DefinitionVersionFactory(document={**make.DEFINITION, "decide": []})
    LiftStudy.objects.filter(pk=study.pk).update(version=faulty)
    assert running.run(study.pk, at=NOW)
    study.refresh_from_db()
    assert (study.state, study.error) == ("failed", "Status rules: Needs at least one row.")
    assert tasks.run_studies() == 0


def test_a_draft_has_the_suggested_points_its_study_and_a_backtest():
    planted()
    study = study_of()
    live = DefinitionVersion.objects.live().get()
    draft, backtest = drafting.draft(study, "won", actor=make.mara(), at=NOW)
    assert draft.state == "draft" and draft.cloned_from == live
    points = {row.clause.key: row.suggested for row in of(study).rows}
    fit = {row.key: row.points for row in draft.fit.all()}
    assert fit == {key: points[key] for key in ("industry", "size")} != {"industry": 30, "size": 50}
    assert [row.key for row in draft.signals.all()] == ["demo_request", "pricing_page"]
    assert (draft.lift.study, draft.lift.outcome) == (study, "won")
    assert (backtest.version, backtest.state) == (draft, "waiting")
    assert DefinitionVersion.objects.live().get() == live, "nothing is published"
    with pytest.raises(Conflict, match="is a draft of these points already"):
        drafting.draft(study, "won", actor=make.mara(), at=NOW)
    publishing.discard(draft)
    assert not LiftDraft.objects.exists() and not Backtest.objects.exists()


def test_who_may_not_draft_and_what_cannot_be_drafted():
    agreement()
    make.TrackFactory()
    planted()
    study = study_of()
    with pytest.raises(NotAllowed):
        drafting.draft(study, "won", actor=make.lena(), at=NOW)
    with pytest.raises(Conflict, match="no other points"):
        drafting.draft(study, "accepted", actor=make.mara(), at=NOW)
    newer = publishing.clone(study.version, actor=make.mara(), at=NOW)
    publishing.publish(newer, actor=make.mara(), at=NOW)
    with pytest.raises(Conflict, match="is not live any more"):
        drafting.draft(study, "won", actor=make.mara(), at=NOW)

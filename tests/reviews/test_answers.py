"""What sales answered and what became of it mean the same on a trial and in a backtest."""

import pytest
from django.db import connection

from leads.models import Handoff, TrialMember
from reviews import trial as measured
from reviews.measures.answers import ANSWER, ANSWERED, OUTCOME
from reviews.models import BacktestLead
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over
from tests.leads.test_trial_sides import on_trial

from .backtesting import UNTIL, backtest_of, stricter

pytestmark = pytest.mark.django_db

ENDED = {"ended_at": MONDAY}
STATES = [
    ({}, "waiting"),
    ({"state": "accepted", "accepted_at": MONDAY}, "accepted"),
    ({"state": "advanced", **ENDED}, "accepted"),
    ({"state": "closed", "disposition": "bad_fit", "accepted_at": MONDAY, **ENDED}, "accepted"),
    (
        {"state": "closed", "disposition": "no_response", "accepted_at": MONDAY, **ENDED},
        "no_response",
    ),
    ({"state": "closed", **ENDED}, "waiting"),
    ({"state": "returned"}, "returned"),
    ({"state": "returned", "accepted_at": MONDAY}, "returned"),
]


def told(expression, handoff):
    with connection.cursor() as cursor:
        cursor.execute(f"{expression} WHERE h.id = %s", [handoff.pk])
        return cursor.fetchone()[0]


def answer(handoff):
    return told(f"SELECT {ANSWER} FROM leads_handoff h", handoff)


def outcome(handoff):
    found = f"SELECT deal.outcome FROM leads_handoff h LEFT JOIN LATERAL ({OUTCOME}) deal ON true"
    return told(found, handoff)


def follow(handoff, **columns):
    """The hand-over that followed from an ended one."""
    Handoff.objects.filter(pk=handoff.pk).update(state="closed", ended_at=MONDAY)
    return make.HandoffFactory(
        lead=handoff.lead, judgement=handoff.judgement, previous=handoff, **columns
    )


@pytest.mark.parametrize(("columns", "said"), STATES)
def test_an_answer_is_read_off_the_state(columns, said):
    assert answer(make.HandoffFactory(**columns)) == said


def test_a_rejection_is_one_whatever_came_before():
    assert answer(make.HandoffFactory(rejected=True, accepted_at=MONDAY)) == "rejected"


def test_the_best_outcome_of_what_followed_counts():
    first = make.HandoffFactory(outcome="lost")
    assert outcome(first) == "lost"
    second = follow(first)
    third = follow(second, outcome="open")
    assert outcome(first) == outcome(second) == "open"
    Handoff.objects.filter(pk=second.pk).update(outcome="won")
    assert outcome(first) == "won" and outcome(third) == "open"


def test_no_deal_is_no_outcome():
    first = make.HandoffFactory()
    make.HandoffFactory(lead=first.lead, judgement=first.judgement, step="ae", outcome="won")
    assert outcome(first) is None


def test_a_trial_and_a_backtest_count_the_same():
    agreement()
    make.TrackFactory()
    reason = make.ReasonFactory()
    rejected = {"state": "rejected", "reason": reason, **ENDED}
    trial = on_trial(share=50)
    for columns, _ in [
        *STATES,
        (rejected, ""),
        ({"outcome": "open"}, ""),
        ({"outcome": "won"}, ""),
    ]:
        handoff = handed_over()
        Handoff.objects.filter(pk=handoff.pk).update(**columns)
        TrialMember.objects.filter(lead=handoff.lead).delete()
        TrialMember.objects.create(
            trial=trial, lead=handoff.lead, arm="trial", joined_at=handoff.made_at
        )
    counts = measured.result(trial, at=UNTIL).counts["trial"]
    rows = BacktestLead.objects.filter(backtest=backtest_of(stricter()))
    for said in ANSWERED:
        assert rows.filter(answer=said).count() == counts[said], said
    assert rows.filter(answer__in=ANSWERED).count() == counts["answered"] == 5
    assert rows.exclude(outcome="").count() == counts["opportunity"] == 2
    assert rows.filter(outcome="won").count() == counts["won"] == 1

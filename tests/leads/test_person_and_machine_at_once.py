"""What a person decides stands, whatever the worker does at the same moment, over real connections.

Every automatic writer takes the lead's lock, then looks again: the sweep of missed deadlines, the
giving out of what waits, an enquiry that comes in again, a re-score, a rule that sends it on.
"""

import datetime as dt
import threading
import time

import pytest
from django.db import transaction

from handoff import statements
from handoff.models import Team, User
from leads.journey import breaching, nurturing, owning, responding, rosters
from leads.journey.states import Invalid
from leads.models import Assignment, Handoff, Lead
from tests.factories import (
    MONDAY,
    AbsenceFactory,
    MembershipFactory,
    ReasonFactory,
    UserFactory,
    lena,
    sdr_na,
)
from tests.leads.arriving import agreement, arrive, handed_over
from tests.leads.test_breaches import with_actions
from tests.leads.test_many_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)

LATE = MONDAY + dt.timedelta(minutes=16)


@pytest.fixture
def tom() -> User:
    return UserFactory(rep=True, name="Tom", email="tom@northwind.example")


def decides(handoff: Handoff, tom: User):
    def job():
        try:
            return owning.reassign(handoff.pk, to=tom, reason="wrong_timing", actor=lena(), at=LATE)
        except Invalid as error:
            return str(error)

    return job


def owners() -> set[str]:
    return set(Handoff.objects.open().values_list("owner__name", flat=True))


def ledgers_sum() -> bool:
    return all(
        one.served == sum(turn.amount for turn in one.turns.all())
        for team in Team.objects.all()
        for one in team.memberships.all()
    )


def test_a_person_gives_it_away_while_the_sweep_takes_it_away(tom):
    with_actions("reassign")
    ReasonFactory(wrong_timing=True)
    handoffs = [handed_over() for _ in range(12)]
    MembershipFactory(team=sdr_na(), user=tom)
    jobs = [decides(one, tom) for one in handoffs]
    for place in (0, 6, 12):
        jobs.insert(place, lambda: breaching.sweep(at=LATE))
    answers = at_once(jobs, width=6)
    refused = {one for one in answers if isinstance(one, str)}
    assert refused <= {"It is Tom’s already."}
    assert owners() == {"Tom"}
    for handoff in handoffs:
        last = Assignment.objects.filter(handoff=handoff).last()
        assert last.owner == tom
    assert ledgers_sum()


def test_a_person_decides_while_the_worker_gives_out_what_waits(tom):
    agreement()
    away = [AbsenceFactory(user=one.user) for one in sdr_na().memberships.all()]
    handoffs = [handed_over() for _ in range(12)]
    assert owners() == {None}
    for one in away:
        one.delete()
    given = [(lambda pk=one.pk: owning.give_out(pk, at=LATE)) for one in handoffs]
    decided = [decides(one, tom) for one in handoffs]
    jobs = [job for pair in zip(given, decided, strict=True) for job in pair]
    at_once(jobs, width=8)
    assert owners() == {"Tom"}
    assert ledgers_sum()


def test_who_takes_it_from_the_queue_keeps_it_or_hears_who_has_it(tom):
    agreement()
    MembershipFactory(team=sdr_na(), user=tom)
    away = [AbsenceFactory(user=one.user) for one in sdr_na().memberships.all()]
    handoffs = [handed_over() for _ in range(12)]
    for one in away:
        one.delete()
    jobs = []
    for one in handoffs:
        jobs.append(lambda pk=one.pk: owning.give_out(pk, at=LATE))
        jobs.append(lambda pk=one.pk: responding.claim(pk, actor=tom, at=LATE))
    answers = at_once(jobs, width=8)
    for handoff, answer in zip(handoffs, answers[1::2], strict=True):
        handoff.refresh_from_db()
        got = Assignment.objects.filter(handoff=handoff, owner__isnull=False).get()
        assert handoff.owner == got.owner
        if isinstance(answer, Handoff):
            assert handoff.owner == tom and got.kind == "claim"
        else:
            assert "took this lead a moment ago" in str(answer)
    assert ledgers_sum()


def test_a_person_decides_while_the_same_enquiry_comes_in_and_all_is_scored_again(tom):
    agreement()
    handoffs = [handed_over(email=f"ana{n}@novapay.com") for n in range(6)]
    ids = [one.lead_id for one in handoffs]

    def score():
        with transaction.atomic():
            list(Lead.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True))
            return nurturing.reconsider(
                ids, at=LATE, evidence_at=LATE, why="facts", keep_unchanged=True
            )

    jobs = [score]
    for number, one in enumerate(handoffs):
        jobs.append(decides(one, tom))
        jobs.append(lambda n=number: arrive(email=f"ana{n}@novapay.com", at=LATE))
    at_once([*jobs, score], width=6)
    assert owners() == {"Tom"}
    assert Handoff.objects.open().count() == 6


def test_sending_leads_back_and_forth_between_teams_waits_for_nobody_crosswise():
    """Turns are given back in one team while they are taken in another."""
    agreement()
    ReasonFactory(moved=True)
    emea = MembershipFactory(
        team__key="emea", team__kind=Team.Kind.SDR, user=UserFactory(rep=True)
    ).team
    here = [handed_over() for _ in range(8)]
    there = [handed_over() for _ in range(8)]
    for one in there:
        owning.reassign(one.pk, to=emea, reason="wrong_territory", actor=lena(), at=LATE)

    def to(handoff, team):
        return lambda: owning.reassign(
            handoff.pk, to=team, reason="wrong_territory", actor=lena(), at=LATE
        )

    def refuse(handoff):
        return lambda: responding.reject(
            handoff.pk, reason="wrong_territory", actor=lena(), at=LATE
        )

    jobs = []
    for number, (one, other) in enumerate(zip(here, there, strict=True)):
        jobs += [refuse(one) if number % 2 else to(one, emea)]
        jobs += [refuse(other) if number % 3 else to(other, sdr_na())]
        jobs.append(lambda n=number: arrive(at=LATE + dt.timedelta(seconds=n)))
    at_once(jobs, width=8)
    assert ledgers_sum()


WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'"""

EMEA = "SELECT id FROM handoff_team WHERE key = 'emea' FOR NO KEY UPDATE NOWAIT"


def test_the_sweep_locks_every_team_it_moves_leads_of_before_it_moves_the_first():
    """One after the other, it would hold the second team while it waits for the first."""
    with_actions("reassign")
    ReasonFactory(moved=True)
    emea = MembershipFactory(
        team__key="emea", team__kind=Team.Kind.SDR, user=UserFactory(rep=True)
    ).team
    first, _ = handed_over(), handed_over()
    owning.reassign(first.pk, to=emea, reason="wrong_territory", actor=lena(), at=MONDAY)
    first.clocks.filter(state="running").update(due_at=MONDAY + dt.timedelta(minutes=1))
    locked = threading.Event()

    def comes_in():
        with transaction.atomic():
            rosters.lock([sdr_na().key])
            locked.set()
            ends = time.monotonic() + 20
            while not statements.fetch(WAITS)[0][0] and time.monotonic() < ends:
                time.sleep(0.02)
            return len(statements.fetch(EMEA))

    def sweeps():
        locked.wait(20)
        return breaching.sweep(at=LATE)

    free, (_, breached) = at_once([comes_in, sweeps])
    assert free == 1 and breached >= 2

"""Many people at once, over real connections: nobody gets the same lead, none is skipped."""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from handoff.models import DefinitionVersion, Membership
from leads.journey import breaching, recording, responding
from leads.journey.responding import Conflict
from leads.models import Event, Handoff, Judgement, Lead, Turn
from tests.factories import (
    MONDAY,
    DefinitionVersionFactory,
    MembershipFactory,
    UserFactory,
    qualification,
    sdr_na,
)
from tests.leads.arriving import agreement, arrive, handed_over

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY + dt.timedelta(minutes=5)


def at_once(jobs: list[Callable[[], object]], *, width: int = 10) -> list[object]:
    """Run the jobs side by side, each on a connection of its own; results or what they raised."""
    gate = threading.Barrier(min(width, len(jobs)), timeout=30)
    waiting: Iterator[int] = iter(range(min(width, len(jobs))))

    def run(job: Callable[[], object]) -> object:
        if next(waiting, None) is not None:
            gate.wait()
        try:
            return job()
        except Conflict as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(run, jobs))


def test_fifty_reps_pressing_next_never_get_the_same_lead():
    agreement()
    team = qualification()
    reps = [UserFactory(rep=True) for _ in range(50)]
    for rep in reps:
        MembershipFactory(team=team, user=rep)
    leads = {handed_over(country="DE").pk for _ in range(60)}

    def press(rep):
        return lambda: responding.claim_next(team, actor=rep, at=LATER)

    taken = at_once([press(rep) for rep in reps], width=20)
    ids = [one.pk for one in taken if isinstance(one, Handoff)]
    assert len(ids) == len(set(ids)) == 50
    assert set(ids) <= leads
    left = Handoff.objects.unowned().filter(team=team).count()
    assert left == 10
    for handoff in Handoff.objects.filter(pk__in=ids):
        assert recording.broken_links(handoff.lead_id) == []


def test_one_of_many_who_accept_wins_and_the_others_get_a_sentence():
    agreement()
    handoff = handed_over(country="DE")
    reps = [UserFactory(rep=True) for _ in range(8)]
    for rep in reps:
        MembershipFactory(team=handoff.team, user=rep)

    def say_yes(rep):
        return lambda: responding.accept(handoff.pk, how="in_discovery", actor=rep, at=LATER)

    answers = at_once([say_yes(rep) for rep in reps], width=8)
    assert Counter(type(one).__name__ for one in answers) == {"Handoff": 1, "Conflict": 7}
    assert all("lead" in str(one) for one in answers if isinstance(one, Conflict))
    assert Event.objects.filter(lead=handoff.lead, kind="accepted").count() == 1


def test_turns_taken_side_by_side_are_fair_and_the_ledger_sums():
    agreement()

    def come_in(number):
        return lambda: arrive(at=MONDAY + dt.timedelta(seconds=number))

    at_once([come_in(number) for number in range(30)], width=10)
    owners = Counter(Handoff.objects.values_list("owner__email", flat=True))
    weights = {m.user.email: m.weight for m in sdr_na().memberships.select_related("user")}
    for email, weight in weights.items():
        assert abs(owners[email] - 30 * weight / sum(weights.values())) <= 2
    for membership in Membership.objects.filter(team=sdr_na()):
        assert membership.served == sum(turn.amount for turn in membership.turns.all())
    assert Turn.objects.filter(cause="turn").count() == 30


def test_twenty_posts_of_one_person_make_one_lead_and_one_hand_over():
    agreement()

    def post(number):
        return lambda: arrive(email="Ana@NovaPay.com", at=MONDAY + dt.timedelta(seconds=number))

    outcomes = at_once([post(number) for number in range(20)], width=10)
    lead = Lead.objects.get(email="ana@novapay.com")
    assert {one.lead_id for one in outcomes} == {lead.pk}
    assert lead.submissions.count() == 20
    assert Handoff.objects.filter(lead=lead).count() == 1
    assert recording.broken_links(lead.pk) == []


def test_two_workers_sweeping_write_each_breach_once():
    agreement()
    for _ in range(20):
        handed_over()
    late = MONDAY + dt.timedelta(minutes=16)
    counts = at_once([lambda: breaching.sweep(at=late)[1] for _ in range(4)], width=4)
    assert sum(counts) == 20
    assert Event.objects.filter(kind="breached").count() == 20


def test_publishing_during_a_burst_judges_every_lead_by_exactly_one_version():
    agreement()
    old = DefinitionVersion.objects.live().get()
    new = DefinitionVersionFactory()

    def publish():
        with transaction.atomic():
            DefinitionVersion.objects.filter(pk=old.pk).update(state="retired")
            DefinitionVersion.objects.filter(pk=new.pk).update(state="live")

    jobs: list[Callable[[], object]] = [
        (lambda n=number: arrive(at=MONDAY + dt.timedelta(seconds=n))) for number in range(24)
    ]
    jobs.insert(12, publish)
    at_once(jobs, width=8)
    assert Judgement.objects.count() == Lead.objects.count() == 24
    assert set(Judgement.objects.values_list("version", flat=True)) <= {old.pk, new.pk}
    assert Handoff.objects.count() == 24

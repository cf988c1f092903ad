"""Two people at one approval, and a lead that comes back while somebody answers: one wins."""

from collections import Counter

import pytest

from handoff.models import Membership
from leads.journey import qualifying, recording
from leads.journey.judging import judged_by
from leads.journey.routing import asked, foresee
from leads.models import Approval, Event, Handoff, Turn
from tests import factories as make
from tests.leads.approving import LATER, agreement_that_asks, waiting
from tests.leads.arriving import arrive
from tests.leads.test_many_at_once import at_once


@pytest.mark.django_db(transaction=True)
def test_of_many_who_answer_one_wins_and_the_others_hear_who_did():
    agreement_that_asks()
    approval = waiting()
    people = [make.UserFactory(marketing_ops=True) for _ in range(6)]

    def yes(person):
        return lambda: qualifying.approve(approval.pk, actor=person, at=LATER)

    def no(person):
        return lambda: qualifying.decline(approval.pk, actor=person, at=LATER, note="")

    def other(person):
        return lambda: qualifying.send_elsewhere(
            approval.pk, to="requalify", reason="out_of_segment", actor=person, at=LATER
        )

    acts = (yes, no, other)
    answers = at_once([acts[n % 3](person) for n, person in enumerate(people)], width=6)
    assert Counter(type(one).__name__ for one in answers)["Conflict"] == 5
    assert all("a moment ago" in str(one) for one in answers if isinstance(one, Exception))
    assert Handoff.objects.count() <= 1
    kinds = ("approved", "declined", "sent_elsewhere")
    assert Event.objects.filter(lead=approval.lead, kind__in=kinds).count() == 1
    assert recording.broken_links(approval.lead_id) == []


@pytest.mark.django_db(transaction=True)
def test_a_lead_that_comes_back_while_it_is_answered_is_handed_over_once():
    agreement_that_asks()
    approvals = [waiting() for _ in range(6)]
    mara = make.mara()
    emails = {approval.pk: approval.lead.email for approval in approvals}

    def answer(approval):
        return lambda: qualifying.approve(approval.pk, actor=mara, at=LATER)

    def again(approval):
        return lambda: arrive(email=emails[approval.pk], at=LATER)

    jobs = [act(approval) for approval in approvals for act in (answer, again)]
    at_once(jobs, width=6)
    assert Handoff.objects.count() == 6
    assert not Approval.objects.filter(state="waiting").exists()
    for approval in approvals:
        assert Handoff.objects.filter(lead=approval.lead).count() == 1
        assert recording.broken_links(approval.lead_id) == []


@pytest.mark.django_db
def test_what_is_foreseen_is_what_happens_and_leaves_no_trace(django_assert_num_queries):
    agreement_that_asks()
    first, second = waiting(), waiting()
    positions = Membership.objects.order_by("pk").values_list("served", "last_served_at")
    before = list(positions)
    batch = [asked(judged_by(one.judgement), at=LATER) for one in (first, second)]
    with django_assert_num_queries(1) as done:
        foreseen = foresee(batch)
    assert not [one for one in done if "FOR NO KEY" in one["sql"] or "INSERT" in one["sql"]]
    assert foreseen[0].owner == foreseen[1].owner, "each as if it were the only one"
    assert list(positions.all()) == before
    assert not Turn.objects.exists()
    passed = qualifying.approve(first.pk, actor=make.mara(), at=LATER)
    assert passed.placement.owner == foreseen[0].owner
    (after,) = foresee([batch[1]])
    assert after.owner != foreseen[1].owner, "the turn has moved on"
    assert foresee([]) == []

"""Who may say yes is told of a lead that waits, once each time it begins to wait."""

import datetime as dt

import pytest
from django.core import mail

from handoff.models import User
from leads.journey import nurturing, qualifying
from leads.models import Approval, Message
from leads.sending import send_due
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.approving import LATER, agreement_that_asks, waiting
from tests.leads.arriving import arrive

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _agreement():
    agreement_that_asks()


@pytest.fixture
def mara():
    return make.mara()


def told(kind="approval_asked"):
    letters = Message.objects.filter(kind=kind, channel="in_app")
    return list(letters.order_by("written_at").values_list("recipient__email", flat=True))


def test_marketing_hears_of_it_with_what_it_takes_to_answer(mara):
    make.sam(), make.lena(), make.ada()
    approval = waiting(
        company="Novapay", source="webinar", campaign="spring", problem="Slow payouts",
        occurred_at=MONDAY.isoformat(),
    )  # fmt: skip
    assert told() == [mara.email]
    letter = Message.objects.get(kind="approval_asked", channel="in_app")
    assert letter.subject == f"Waits for your yes: {approval.lead.title}"
    assert letter.lead_id == approval.lead_id and letter.body["note"] == "Slow payouts"
    send_due(at=LATER)
    (sent,) = mail.outbox
    assert sent.to == [mara.email]
    for said in ("hand over by", "fit 80", "webinar, spring", f"/leads/{approval.lead_id}/"):
        assert said in sent.body, said
    assert "you may say yes to leads" in sent.body


def test_judged_again_it_is_not_told_again(mara):
    approval = waiting()
    arrive(email=approval.lead.email, at=LATER)
    nurturing.rescore([approval.lead_id], at=LATER + dt.timedelta(hours=1))
    assert told() == [mara.email]


def test_declined_and_back_it_is_told_anew(mara):
    approval = waiting()
    qualifying.decline(approval.pk, actor=mara, at=LATER, note="No project")
    approval.lead.refresh_from_db()
    arrive(email=approval.lead.email, at=LATER + dt.timedelta(hours=2))
    assert Approval.objects.filter(state="waiting").count() == 1
    assert told() == [mara.email] * 2


def test_of_an_imported_past_nobody_hears(mara):
    arrive(historical=True, occurred_at=MONDAY.isoformat(), at=LATER)
    assert Approval.objects.filter(historical=True).exists()
    assert told() == []


def test_what_comes_alive_again_is_told(mara):
    past = arrive(historical=True, occurred_at=MONDAY.isoformat(), at=LATER)
    approval = Approval.objects.select_related("lead").get(lead=past.lead_id)
    arrive(email=approval.lead.email, at=LATER + dt.timedelta(hours=1))
    assert told() == [mara.email]


def test_without_marketing_operations_whoever_may_answer_is_told():
    User.objects.filter(pk=make.mara().pk).update(is_active=False)
    ada = make.ada()
    make.UserFactory(administrator=True, is_active=False)
    waiting()
    assert told() == [ada.email]

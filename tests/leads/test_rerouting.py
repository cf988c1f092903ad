"""Who gets a lead that is rejected as somebody else's is told before, and is what happens."""

import pytest
from django.urls import reverse

from leads.journey import foreseeing, responding
from leads.models import Handoff, Turn
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db


@pytest.fixture
def given():
    agreement()
    make.ReasonFactory(moved=True)
    return handed_over()


def elsewhere(handoff):
    return reverse("leads:elsewhere", args=[handoff.pk])


def reject(handoff):
    responding.reject(handoff.pk, reason="wrong_territory", actor=handoff.owner, at=MONDAY)
    return Handoff.objects.get(previous=handoff)


def test_the_team_that_is_told_is_the_team_that_gets_it(client, given):
    client.force_login(given.owner)
    told = client.get(elsewhere(given)).content.decode()
    assert "As somebody else’s lead it goes to <b>SDR North America</b>." in told
    after = reject(given)
    assert (after.team.name, after.owner == given.owner) == ("SDR North America", False)


def test_the_owner_of_the_account_is_named(client, given):
    given.lead.account.owner = make.lena()
    given.lead.account.save()
    given.judgement.routes.insert(0, "account")
    Handoff.objects.filter(pk=given.pk).update(judgement=make.JudgementFactory(
        lead=given.lead, version=given.version, routes=["account", "na", "default"]
    ))  # fmt: skip
    client.force_login(given.owner)
    told = client.get(elsewhere(given), headers={"hx-request": "true"}).content.decode()
    assert f"<b>{make.lena()}</b>" in told and "<html" not in told
    assert reject(given).owner == make.lena()


def test_nobody_left_it_waits_for_somebody(client, given):
    colleague = make.ines() if given.owner == make.sam() else make.sam()
    colleague.memberships.update(active=False)
    client.force_login(given.owner)
    told = client.get(elsewhere(given)).content.decode()
    assert "SDR North America, once somebody there is free" in told
    assert reject(given).awaits_turn


def test_looking_moves_nothing(given):
    before = Turn.objects.count()
    first, again = (
        foreseeing.rerouted([given], actor=given.owner, at=MONDAY)[given.pk] for _ in range(2)
    )
    assert again.owner == first.owner
    assert Turn.objects.count() == before and Handoff.objects.count() == 1


def test_only_of_a_waiting_lead_that_one_may_see(client, given):
    client.force_login(make.otto())
    assert client.get(elsewhere(given)).status_code == 404
    client.force_login(given.owner)
    assert client.post(elsewhere(given)).status_code == 405
    responding.accept(given.pk, how="in_discovery", actor=given.owner, at=MONDAY)
    assert client.get(elsewhere(given)).status_code == 404


def test_the_menu_asks_and_the_answer_says_where_it_went(client, given):
    client.force_login(given.owner)
    page = reverse("leads:lead", args=[given.lead_id])
    assert f'hx-get="{elsewhere(given)}"' in client.get(page).content.decode()
    said = {"reject-reason": "wrong_territory", "next": reverse("leads:queue")}
    answer = client.post(reverse("leads:reject", args=[given.pk]), said, follow=True)
    after = Handoff.objects.get(previous=given)
    assert f"wrong territory. It went to {after.owner}." in answer.content.decode()


def test_where_no_reason_leads_elsewhere_nothing_is_asked(client, given):
    make.agreement.Reason.objects.filter(goes_to="reroute").delete()
    client.force_login(given.owner)
    page = reverse("leads:lead", args=[given.lead_id])
    assert elsewhere(given) not in client.get(page).content.decode()

"""Which reason may be given for what: the same on the page, for several at once and by API.

A reason is given in the steps it names, whoever gives it. A rejection takes reasons for rejecting;
a return, a change of hands and a disposition take any (contracts.md §2), while pages offer those
that are meant for it, as long as there are any.
"""

import pytest
from django.urls import reverse

from leads.journey import giving_back, owning, responding
from leads.journey.states import Invalid
from leads.models import Handoff
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.calling import Caller, problem

pytestmark = pytest.mark.django_db

WAYS = {
    "return": lambda pk, **said: giving_back.give_back(pk, missing=["role"], **said),
    "reassign": lambda pk, **said: owning.reassign(pk, to=make.ines(), **said),
    "dispose": lambda pk, **said: responding.dispose(pk, disposition="bad_fit", **said),
}
BODIES = {"return": {}, "reassign": {"to": "ines@northwind.example"}, "dispose": {}}
DISPOSED = {"disposition": "bad_fit"}


@pytest.fixture
def sams(client):
    """A lead that Sam works, who is signed in; one reason is given by account executives only."""
    make.agreement_in_force()
    moments = ["reject", "return", "reassign", "dispose"]
    make.ReasonFactory(key="no_deal_path", label="No deal path", applies_to=moments, steps=["ae"])
    client.force_login(make.sam())
    return make.HandoffFactory(accepted=True)


def body(verb, reason):
    more = DISPOSED if verb == "dispose" else BODIES[verb]
    return {"as": make.sam().email, "reason": reason, **more}


@pytest.mark.parametrize("verb", sorted(WAYS))
def test_a_reason_of_another_step_is_refused_by_the_journey(sams, verb):
    with pytest.raises(Invalid, match="“No deal path” is no reason in this step"):
        WAYS[verb](sams.pk, reason="no_deal_path", actor=make.sam(), at=MONDAY)
    assert Handoff.objects.get().state == "accepted"


@pytest.mark.parametrize("verb", sorted(WAYS))
def test_a_reason_of_another_step_is_refused_by_the_api(sams, verb):
    answer = Caller().post(f"/handoffs/{sams.pk}/{verb}", body(verb, "no_deal_path"))
    assert problem(answer, 422)["errors"][0]["place"] == "reason"


@pytest.mark.parametrize("verb", sorted(WAYS))
def test_a_reason_of_another_step_is_refused_on_the_page(client, sams, verb):
    more = {"disposition": "bad_fit", "to": "ines@northwind.example", "missing": ["role"]}
    said = {f"{verb}-{name}": value for name, value in {**more, "reason": "no_deal_path"}.items()}
    assert client.post(reverse(f"leads:{verb}", args=[sams.pk]), said).status_code == 422


def test_a_disposition_of_the_later_step_takes_its_reasons(client, sams):
    later = make.HandoffFactory(step="ae", accepted=True)
    said = {"dispose-disposition": "bad_fit", "dispose-reason": "no_deal_path"}
    assert client.post(reverse("leads:dispose", args=[later.pk]), said).status_code == 302


@pytest.mark.parametrize("verb", sorted(WAYS))
def test_any_active_reason_is_taken_where_the_contract_says_so(sams, verb):
    answer = Caller().post(f"/handoffs/{sams.pk}/{verb}", body(verb, "wrong_timing") | UNTIL[verb])
    assert answer.status_code == 200, answer.content


UNTIL = {"return": {}, "reassign": {}, "dispose": {"until": "2027-01-15"}}


def test_only_a_rejection_takes_none_but_its_own(sams):
    waiting = make.HandoffFactory()
    answer = Caller().post(f"/handoffs/{waiting.pk}/reject", body("return", "missing_context"))
    assert problem(answer, 422)["errors"][0]["place"] == "reason"


@pytest.mark.parametrize("verb", ["return", "reassign"])
def test_where_no_reason_is_meant_for_it_the_page_offers_any(client, sams, verb):
    for reason in make.agreement.Reason.objects.all():
        reason.applies_to = [one for one in reason.applies_to if one != verb]
        reason.save()
    page = client.get(reverse("leads:lead", args=[sams.lead_id])).content.decode()
    assert f'name="{verb}-reason" value="wrong_timing"' in page
    said = {"to": "ines@northwind.example", "missing": ["role"], "reason": "wrong_timing"}
    answer = client.post(
        reverse(f"leads:{verb}", args=[sams.pk]),
        {f"{verb}-{name}": value for name, value in said.items()},
    )
    assert answer.status_code == 302


def test_what_a_later_step_misses_is_told_in_words(sams):
    make.StepFactory()
    make.TeamFactory(key="ae", account_executives=True, members=(make.otto(),))
    second = responding.advance(sams.pk, actor=make.sam(), at=MONDAY)
    missing = ["product_interest", "who signs it"]
    giving_back.give_back(
        second.pk, reason="missing_context", missing=missing, actor=make.otto(), at=MONDAY
    )
    there = Handoff.objects.get(previous=second)
    assert there.context["sent_back"]["missing"] == ["Product interest", "who signs it"]


def dispose(client, handoff, **said):
    said = {f"dispose-{name}": value for name, value in said.items()}
    return client.post(reverse("leads:dispose", args=[handoff.pk]), said)


def test_a_disposition_that_reasons_are_meant_for_asks_for_one(client, sams):
    make.ReasonFactory(key="wrong_role", label="Wrong role", applies_to=["bad_fit"], goes_to="")
    refused = dispose(client, sams, disposition="bad_fit", note="Meant for a colleague")
    text = refused.content.decode()
    assert refused.status_code == 422 and "“Bad fit” needs a reason" in text
    assert "Needed for: bad fit." in text and "Meant for a colleague" in text
    assert dispose(client, sams, disposition="bad_fit", reason="wrong_role").status_code == 302
    assert Handoff.objects.get().reason.key == "wrong_role"


def test_other_dispositions_ask_for_none_and_take_none_of_it(client, sams):
    make.ReasonFactory(key="wrong_role", label="Wrong role", applies_to=["bad_fit"])
    refused = dispose(client, sams, disposition="no_response", reason="wrong_role")
    assert refused.status_code == 422
    assert "“Wrong role” is no reason for “No response”." in refused.content.decode()
    assert dispose(client, sams, disposition="no_response").status_code == 302


def test_the_api_asks_for_no_reason_with_a_disposition(sams):
    make.ReasonFactory(key="wrong_role", applies_to=["bad_fit"])
    body = {"as": make.sam().email, **DISPOSED}
    assert Caller().post(f"/handoffs/{sams.pk}/dispose", body).status_code == 200


def test_a_reason_of_another_step_asks_for_nothing_here(client, sams):
    make.ReasonFactory(key="wrong_role", applies_to=["bad_fit"], steps=["ae"])
    assert dispose(client, sams, disposition="bad_fit").status_code == 302

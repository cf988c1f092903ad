"""The approval queue and the answers on a lead's page."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import words
from leads.models import Approval, Handoff
from tests import factories as make
from tests.leads.approving import agreement_that_asks, waiting
from tests.leads.arriving import arrive

pytestmark = pytest.mark.django_db

QUEUE = "leads:approval"


@pytest.fixture
def mara(client):
    agreement_that_asks()
    person = make.mara()
    client.force_login(person)
    return person


def came(minutes_ago, **payload):
    """An approval waiting since an enquiry of so many minutes ago."""
    at = timezone.now() - dt.timedelta(minutes=minutes_ago)
    did = [{"signal": "demo_request", "occurred_at": at.isoformat()}]
    return waiting(at=at, occurred_at=at.isoformat(), touchpoints=did, **payload)


def answer(client, approval, which="approve", **values):
    address = reverse("leads:answer", args=[approval.pk])
    return client.post(address, {"answer": which, **values}, follow=True)


def page_of(client, approval):
    return client.get(reverse("leads:lead", args=[approval.lead_id]), {"from": "approval"})


def test_the_queue_explains_each_lead_and_the_longest_waiting_is_first(client, mara):
    came(3, first_name="Second")
    came(22, first_name="First", country="")
    page = client.get(reverse(QUEUE))
    text = page.content.decode()
    assert [one.approval.lead.first_name for one in page.context["waiting"]] == ["First", "Second"]
    for said in (
        "2 leads wait for a yes, the longest waiting at the top. 1 is late, 1 is due within",
        "Asked for a demo and fits",
        "Missing: country",
        "12 min late",
        "Sam Ortiz, SDR North America",
        "The queue of Qualification review",
        "This cannot be taken back",
    ):
        assert said in text, said


def test_the_reasons_of_the_rule_are_read_in_the_queue(client, mara):
    came(1)
    (one,) = client.get(reverse(QUEUE)).context["waiting"]
    assert "Fit at least 50" in one.grounds and "within 14 days" in one.grounds


def test_an_empty_queue_says_what_would_fill_it(client, mara):
    text = client.get(reverse(QUEUE)).content.decode()
    assert "Nothing to approve" in text and "Leads wait here when the rule" in text


def test_without_marketings_half_no_clock_is_promised(client, mara):
    approval = came(1)
    Approval.objects.filter(pk=approval.pk).update(due_at=None)
    assert "No promise" in client.get(reverse(QUEUE)).content.decode()
    assert page_of(client, approval).status_code == 200


def test_the_queue_costs_the_same_few_statements_for_one_and_for_many(
    client, mara, django_assert_max_num_queries
):
    came(1)
    client.get(reverse(QUEUE))
    with django_assert_max_num_queries(10) as one:
        client.get(reverse(QUEUE))
    for _ in range(15):
        came(2)
    with django_assert_max_num_queries(10) as many:
        client.get(reverse(QUEUE))
    assert len(one) == len(many)


def test_looking_at_the_queue_changes_nothing_and_locks_nothing(
    client, mara, django_assert_max_num_queries
):
    came(1)
    with django_assert_max_num_queries(20) as asked:
        client.get(reverse(QUEUE))
    assert not [q["sql"] for q in asked if "FOR NO KEY UPDATE" in q["sql"] or "INSERT" in q["sql"]]


def test_handing_over_says_to_whom_and_does_so(client, mara):
    approval = came(2.5)
    page = answer(client, approval, note="Call today", seen=approval.judgement_id)
    assert page.redirect_chain[-1][0] == reverse(QUEUE)
    handoff = Handoff.objects.get(lead=approval.lead)
    assert f"it went to {handoff.owner.name}, SDR North America." in page.content.decode()
    approval.refresh_from_db()
    assert (approval.state, approval.note, approval.answered_by) == (
        "approved",
        "Call today",
        mara,
    )
    text = page_of(client, approval).content.decode()
    assert "3 min after it began, with the wait for approval" in text


def test_declining_says_where_it_is(client, mara):
    approval = came(2)
    text = answer(client, approval, "decline").content.decode()
    assert "It is in nurture; sales does not see it." in text
    assert not Handoff.objects.exists()


def test_sending_elsewhere_asks_where_and_why_and_loses_nothing(client, mara):
    approval = came(2)
    bad = answer(
        client, approval, "elsewhere", **{"elsewhere-to": "team", "elsewhere-note": "Try the east"}
    )
    text = bad.content.decode()
    assert bad.status_code == 422
    for said in ("Choose the team that should have it", "Choose the reason", "Try the east"):
        assert said in text, said
    done = answer(
        client,
        approval,
        "elsewhere",
        **{"elsewhere-to": "requalify", "elsewhere-reason": "out_of_segment"},
    )
    assert "elsewhere: Qualification review." in done.content.decode()
    approval.refresh_from_db()
    assert approval.state == "elsewhere"


def test_a_date_in_the_past_is_said_at_its_field(client, mara):
    approval = came(2)
    values = {
        "elsewhere-to": "nurture",
        "elsewhere-reason": "wrong_timing",
        "elsewhere-until": "2020-01-01",
    }
    bad = answer(client, approval, "elsewhere", **values)
    assert bad.status_code == 422 and "2020-01-01 is past" in bad.content.decode()


def test_what_was_answered_before_is_said_with_who_did(client, mara):
    approval = came(2)
    client.force_login(make.ada())
    answer(client, approval)
    client.force_login(mara)
    late = answer(client, approval, "decline")
    assert late.status_code == 409
    assert "Ada Moreau approved this lead a moment ago." in late.content.decode()


def test_what_was_judged_again_since_is_looked_at_again(client, mara):
    approval = came(2)
    arrive(email=approval.lead.email, at=timezone.now())
    page = answer(client, approval, seen=approval.judgement_id)
    assert page.status_code == 409 and "was judged again since you looked" in page.content.decode()
    assert not Handoff.objects.exists()


def test_an_unknown_answer_is_refused(client, mara):
    approval = came(2)
    for which in ("", "maybe"):
        assert answer(client, approval, which).status_code == 422
    assert client.get(reverse("leads:answer", args=[approval.pk])).status_code == 405
    assert (
        client.post(reverse("leads:answer", args=[999]), {"answer": "approve"}).status_code == 404
    )


def test_several_are_handed_over_at_once_and_each_says_what_became_of_it(client, mara):
    yes, changed, gone = came(2), came(3), came(4)
    picks = [f"{one.pk}:{one.judgement_id}" for one in (yes, changed, gone)]
    arrive(email=changed.lead.email, at=timezone.now())
    answer(client, gone, "decline")
    page = client.post(
        reverse("leads:answer-many"), {"pick": [*picks, "nonsense", "1:x", "999999:1"]}
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert "Handed 1 of 3 leads over to sales" in text
    assert "Went to " in text and "declined this lead" in text and "judged again" in text
    assert Handoff.objects.count() == 1


def test_picking_nothing_is_said(client, mara):
    came(2)
    page = client.post(reverse("leads:answer-many"))
    assert page.status_code == 422 and "Pick at least one lead" in page.content.decode()
    page = client.post(reverse("leads:answer-many"), {"pick": "999999:1"})
    assert page.status_code == 422
    assert client.get(reverse("leads:answer-many")).status_code == 405


def test_the_leads_page_carries_the_answers_on_top(client, mara, django_assert_max_num_queries):
    approval = came(4)
    page_of(client, approval)
    with django_assert_max_num_queries(13):
        text = page_of(client, approval).content.decode()
    for said in (
        "Waits for approval",
        "asks for a person (Fit at least 50",
        "it would go to Sam Ortiz, SDR North America",
        "Send elsewhere…",
        "Decline…",
        "Yes, hand over",
        "This cannot be taken back",
        words.time_left(approval.due_at, timezone.now()).words,
    ):
        assert said in text, said


@pytest.mark.parametrize("who", ["sam", "lena", "otto"])
def test_others_do_not_answer(client, mara, who):
    approval = came(2)
    client.force_login(getattr(make, who)())
    assert client.get(reverse(QUEUE)).status_code == 404
    assert answer(client, approval).status_code == 404
    pick = f"{approval.pk}:{approval.judgement_id}"
    assert client.post(reverse("leads:answer-many"), {"pick": pick}).status_code == 404
    page = page_of(client, approval)
    if who == "lena":
        text = page.content.decode()
        assert "Waits for marketing’s yes" in text and "Yes, hand over" not in text
    else:
        assert page.status_code == 404
    approval.refresh_from_db()
    assert approval.state == "waiting"


def test_a_withdrawn_lead_leaves_the_queue_and_its_timeline_says_why(client, mara):
    approval = came(2)
    arrive(email=approval.lead.email, role="PhD student", at=timezone.now())
    assert client.get(reverse(QUEUE)).context["waiting"] == []
    text = page_of(client, approval).content.decode()
    assert "No longer waits for approval: judged again, it is disqualified now" in text
    late = answer(client, approval)
    assert late.status_code == 409 and "no longer waits" in late.content.decode()

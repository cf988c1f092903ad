"""One answer for several leads: each is looked at again, and each row says what became of it."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.models import Reason
from leads.models import Handoff, Undoable
from tests import factories as make

pytestmark = pytest.mark.django_db

BULK = reverse("leads:bulk")
QUEUE = reverse("leads:queue")
UNTIL = (timezone.now() + dt.timedelta(days=60)).date()


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    person = make.sam()
    client.force_login(person)
    return person


@pytest.fixture
def three(sam):
    return [make.HandoffFactory(lead__first_name=name) for name in ("Ana", "Bo", "Cy")]


def bulk(client, do, handoffs, **values):
    picked = [getattr(one, "pk", one) for one in handoffs]
    return client.post(BULK, {"do": do, "pick": picked, "next": QUEUE, **values})


def states(handoffs):
    return [Handoff.objects.get(pk=one.pk).state for one in handoffs]


def test_the_queue_has_a_box_for_each_row_and_a_bar(client, three):
    text = client.get(QUEUE).content.decode()
    assert text.count('name="pick"') == 3 and f'action="{BULK}"' in text
    assert "Pick all on this page" in text and "Pick Ana" in text


def test_accepting_needs_no_word_and_says_what_became_of_each(client, three):
    page = bulk(client, "accept", three)
    assert page.status_code == 200 and states(three) == ["accepted"] * 3
    assert page.context["heading"] == "3 accepted"
    assert all(one.done for one in page.context["outcomes"])


def test_one_row_that_cannot_be_keeps_no_other_back(client, three):
    bulk(client, "accept", three[:1])
    page = bulk(client, "accept", three)
    assert page.context["heading"] == "2 accepted, 1 not"
    said = [one.said for one in page.context["outcomes"] if not one.done]
    assert said[0].startswith("This lead is accepted (Sam Ortiz, ")
    assert "Left as it is" in page.content.decode()


def test_what_an_answer_asks_is_asked_on_a_page_of_its_own(client, three):
    page = bulk(client, "reject", three)
    text = page.content.decode()
    assert page.status_code == 200 and states(three) == ["waiting"] * 3
    assert "Reject 3 leads" in text and "Out of segment" in text and text.count("checked> ") >= 3


def test_reject_them_with_one_reason(client, three):
    page = bulk(client, "reject", three, sure="yes", **{"reject-reason": "out_of_segment"})
    assert page.context["heading"] == "3 rejected" and states(three) == ["rejected"] * 3


def test_what_is_lacking_is_said_and_what_was_typed_stays(client, three):
    page = bulk(
        client, "reject", three, sure="yes", **{"reject-reason": "other", "reject-note": " "}
    )
    assert page.status_code == 422 and "needs a note" in page.content.decode()
    assert states(three) == ["waiting"] * 3


def test_to_nurture_until_a_day_from_wherever_they_stand(client, three):
    worked = make.HandoffFactory(accepted=True)
    rows = [*three, worked]
    said = {"recycle-reason": "wrong_timing", "recycle-until": UNTIL.isoformat()}
    page = bulk(client, "recycle", rows, sure="yes", **said)
    assert page.context["heading"] == "4 sent to nurture"
    assert states(rows) == ["rejected"] * 3 + ["closed"]
    for one in rows:
        one.lead.refresh_from_db()
        assert (one.lead.status, one.lead.nurture_until) == ("nurture", UNTIL)
    assert "back on" in page.content.decode()


def test_return_and_reassign(client, three):
    said = {"return-reason": "missing_context", "return-missing": ["timing"]}
    assert bulk(client, "return", three[:1], sure="yes", **said).status_code == 200
    to = {"reassign-to": make.ines().email, "reassign-reason": "wrong_territory"}
    page = bulk(client, "reassign", three[1:], sure="yes", **to)
    assert page.context["heading"] == "2 given to somebody else"
    assert states(three) == ["returned", "waiting", "waiting"]
    assert Handoff.objects.filter(owner=make.ines()).count() == 2
    assert "With Ines Ferro" in page.content.decode()


def test_the_leads_of_others_are_refused_row_by_row_and_not_named(client, three):
    theirs = make.HandoffFactory(
        lead__first_name="Zoe", owner=make.otto(), team=make.TeamFactory(members=(make.otto(),))
    )
    page = bulk(client, "accept", [three[0], theirs, 999_999])
    assert page.context["heading"] == "1 accepted, 2 not"
    text = page.content.decode()
    assert "A lead that is not yours to answer" in text and "Zoe" not in text
    assert states([theirs]) == ["waiting"]


def test_nothing_is_asked_of_leads_one_may_not_see(client, three):
    answer = bulk(client, "reject", [999_999])
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert "None of the leads you picked is yours" in client.get(QUEUE).content.decode()


def test_a_colleagues_lead_is_theirs_to_accept(client, three):
    hers = make.HandoffFactory(owner=make.ines())
    page = bulk(client, "accept", [hers])
    assert page.context["heading"] == "None accepted"
    assert "Reassign it" in page.content.decode() and page.context["undo"] is None


@pytest.mark.parametrize("picked", [[], ["x", "-1"], [*range(1, 202)]])
def test_none_or_too_many_are_sent_back_with_a_sentence(client, sam, picked):
    answer = bulk(client, "accept", picked)
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)
    assert "Pick 1 to 200 leads" in client.get(QUEUE).content.decode()


def test_an_unknown_answer_and_another_verb(client, three):
    assert bulk(client, "delete", three).status_code == 404
    assert client.get(BULK).status_code == 405


def test_all_of_it_is_taken_back_at_once(client, three):
    page = bulk(client, "reject", three, sure="yes", **{"reject-reason": "out_of_segment"})
    undone = client.post(reverse("leads:undo", args=[page.context["undo"]]), {"next": QUEUE})
    assert undone.context["heading"] == "3 taken back" and states(three) == ["waiting"] * 3
    again = client.post(reverse("leads:undo", args=[page.context["undo"]]))
    assert again.context["heading"] == "None taken back"
    assert "taken back already" in again.content.decode()


def test_nobody_else_takes_several_back(client, three):
    bulk(client, "accept", three)
    client.force_login(make.ines())
    batch = Undoable.objects.latest("pk").batch
    assert client.post(reverse("leads:undo", args=[batch])).status_code == 404
    assert states(three) == ["accepted"] * 3


def test_who_gets_it_as_somebody_elses_is_told_before_and_after(client, three):
    asked = bulk(client, "reject", three).content.decode()
    assert asked.count("As somebody else’s it goes to SDR North America") == 3
    assert "somebody else’s" not in bulk(client, "recycle", three).content.decode()
    sure = {"sure": "yes", "reject-reason": "wrong_territory"}
    page = bulk(client, "reject", three[:1], **sure)
    (told,) = page.context["outcomes"]
    assert told.said == "Rejected, went to Ines Ferro"


def test_where_no_reason_leads_elsewhere_nobody_is_named(client, three):
    Reason.objects.filter(goes_to="reroute").update(active=False)
    assert "somebody else’s" not in bulk(client, "reject", three).content.decode()


def test_a_reason_that_leads_elsewhere_is_no_reason_to_rest(client, three):
    said = {"recycle-reason": "duplicate", "recycle-until": UNTIL.isoformat()}
    assert bulk(client, "recycle", three, sure="yes", **said).status_code == 422


def test_my_team_by_key(client, sam):
    answer = client.get(reverse("leads:my-team"))
    assert answer["Location"] == reverse("leads:team", args=["sdr-na"])
    client.force_login(make.otto())
    assert client.get(reverse("leads:my-team"))["Location"] == QUEUE
    assert "You are in no team yet." in client.get(QUEUE).content.decode()


QUESTIONS = [{"key": "need", "label": "What it costs them", "required": True}]


@pytest.fixture
def mixed(three):
    """Ana, whom marketing handed over, and Dee, who came on to the next step, both Sam’s."""
    make.ReasonFactory(key="thin", label="Too thin", applies_to=["return"], steps=["ae"])
    make.ReasonFactory(key="no_deal", applies_to=["reject"], steps=["ae"])
    asked = make.ChecklistFactory(key="to-ae", items=QUESTIONS)
    make.StepFactory(checklist=asked)
    first = make.HandoffFactory(
        lead__first_name="Dee", state="advanced", ended_at=timezone.now(), owner=make.ines()
    )
    second = make.HandoffFactory(
        lead=first.lead, judgement=first.judgement, step="ae", previous=first
    )
    return [three[0], second]


def test_leads_of_a_later_step_are_asked_what_is_asked_there(client, mixed):
    text = bulk(client, "return", mixed[1:]).content.decode()
    assert "Too thin" in text and "AE only" not in text
    assert "What it costs them" in text and ">Campaign<" not in text
    said = {"return-reason": "thin", "return-missing": ["need"]}
    page = bulk(client, "return", mixed[1:], sure="yes", **said)
    assert page.context["heading"] == "1 returned"
    back = Handoff.objects.get(previous=mixed[1])
    assert back.context["sent_back"]["missing"] == ["What it costs them"]


def test_of_several_steps_a_reason_says_where_it_is_given_and_each_row_is_looked_at(client, mixed):
    text = bulk(client, "return", mixed).content.decode()
    assert "Too thin (AE only)" in text and "Missing context (" not in text
    said = {"return-reason": "thin", "return-missing": ["need", "timing"]}
    page = bulk(client, "return", mixed, sure="yes", **said)
    assert page.context["heading"] == "1 returned, 1 not"
    assert "“Too thin” is no reason in this step." in page.content.decode()
    assert states(mixed) == ["waiting", "returned"]


def test_what_is_missing_is_told_to_the_step_that_asks_for_it(client, mixed):
    said = {"return-reason": "missing_context", "return-missing": ["timing", "need"]}
    page = bulk(client, "return", mixed, sure="yes", **said)
    assert page.context["heading"] == "2 returned"
    assert Handoff.objects.get(pk=mixed[0].pk).lacks == ["timing"]
    back = Handoff.objects.get(previous=mixed[1])
    assert back.context["sent_back"]["missing"] == ["What it costs them"]


def test_a_row_that_asks_for_none_of_what_is_missing_stays(client, mixed):
    said = {"return-reason": "missing_context", "return-missing": ["need"]}
    page = bulk(client, "return", mixed, sure="yes", **said)
    assert page.context["heading"] == "1 returned, 1 not"
    assert states(mixed) == ["waiting", "returned"]


@pytest.mark.parametrize(
    ("do", "said"),
    [("recycle", "Send 2 leads to nurture"), ("return", "Return 2 leads"), ("reject", "Reject 2")],
)
def test_the_heading_is_a_sentence(client, three, do, said):
    assert f"<h1>{said}" in bulk(client, do, three[:2]).content.decode()


def test_asking_for_several_costs_the_same_however_many(
    client, three, django_assert_max_num_queries
):
    with django_assert_max_num_queries(20) as few:
        bulk(client, "reject", three[:1])
    more = [make.HandoffFactory() for _ in range(20)]
    with django_assert_max_num_queries(len(few)):
        bulk(client, "reject", [*three, *more])

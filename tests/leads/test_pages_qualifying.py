"""The checklist on a lead's page: answered in place, handed on, sent back, taken up again."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.labels import labels_of
from handoff.models import Checklist, Step, User
from leads.models import Assignment, CallNote, Finding, Handoff
from leads.templatetags.lead_page import assignment_line, route_label
from tests import factories as make

pytestmark = pytest.mark.django_db

TO_AE = [
    {"key": "need", "label": "What it costs them", "help": "In their numbers", "call": True},
    {"key": "budget", "label": "Budget", "kind": "choice", "choices": ["Set aside", "Not yet"]},
    {"key": "live", "label": "Live by", "kind": "date", "required": False},
    {"key": "review", "label": "Security review", "kind": "yes_no", "required": False},
]
AHEAD = f"{dt.datetime.now(dt.UTC).date() + dt.timedelta(days=200)}T10:00"
"""A morning that is still to come, whenever this is read."""
CONFIRMS = [{"key": "impact", "label": "Business impact", "kind": "number"}]


def tilda():
    """The account executive."""
    found = User.objects.filter(email="tilda@northwind.example").first()
    return found or make.UserFactory(email="tilda@northwind.example", name="Tilda Marsh", rep=True)


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    make.ReasonFactory(key="thin", label="Too thin", applies_to=["return"], steps=["ae"])
    first = [{"key": "who", "label": "Who they are", "kind": "fact", "facts": ["company"]}]
    make.StepFactory(
        key="sdr",
        comes_from="",
        route=[],
        checklist=make.ChecklistFactory(key="first", label="In the queue", items=first),
    )
    make.StepFactory(
        checklist=make.ChecklistFactory(key="to-ae", label="Before it moves to AE", items=TO_AE),
        confirms=make.ChecklistFactory(key="own", label="What AE confirms", items=CONFIRMS),
        tiers=[{"key": "qualified", "hours": "always", "accept": 60, "first_touch": 120}],
    )
    make.TeamFactory(key="ae", account_executives=True, members=(tilda(),))
    person = make.sam()
    client.force_login(person)
    return person


@pytest.fixture
def ana(sam):
    at = timezone.now() - dt.timedelta(hours=1)
    lead = make.LeadFactory(first_name="Ana", last_name="Ribeiro", company="Nova Pay")
    judgement = make.JudgementFactory(lead=lead, as_of=at)
    return make.HandoffFactory(
        lead=lead,
        judgement=judgement,
        state="accepted",
        accepted_at=at,
        made_at=at,
        triggered_at=at,
        assigned_at=at,
    )


def page_of(client, handoff, **query):
    return client.get(reverse("leads:lead", args=[handoff.lead_id]), query)


def act(client, handoff, name, **values):
    htmx = {"HTTP_HX_REQUEST": "true"} if values.pop("htmx", False) else {}
    return client.post(reverse(f"leads:{name}", args=[handoff.pk]), values, **htmx)


def advanced(client, handoff):
    answers = {"advance-q-need": "Nine days", "advance-q-budget": "Set aside"}
    act(client, handoff, "advance", **answers, **{"advance-note": "She signs"})
    return Handoff.objects.get(lead=handoff.lead_id, step="ae")


def test_the_card_says_what_is_known_and_what_is_open(client, ana):
    text = page_of(client, ana).content.decode()
    for said in (
        "Hand-over checklist",
        "1 of 1",
        "Nova Pay",
        "What it costs them",
        "In their numbers",
        "Before it moves to AE: What it costs them; Budget.",
    ):
        assert said in text, said


def test_without_any_checklist_there_is_no_card(client, ana):
    Step.objects.all().delete()
    assert page_of(client, ana).context["checklist"] is None


def test_the_card_costs_no_statement_of_its_own(client, ana, django_assert_max_num_queries):
    for n in range(5):
        act(client, ana, "checklist", **{"q-need": f"Nine days {n}"})
    page_of(client, ana)
    with django_assert_max_num_queries(10):
        page_of(client, ana)


def test_answers_are_kept_in_part_and_shown_with_who(client, ana):
    answer = act(client, ana, "checklist", **{"q-need": "Nine days", "q-budget": ""})
    assert answer.status_code == 302
    text = client.get(answer["Location"]).content.decode()
    assert "Kept 1 answer." in text and "Nine days" in text and "Sam Ortiz, " in text
    assert "Before it moves to AE: Budget." in text
    again = act(client, ana, "checklist", **{"q-need": "Nine days"})
    assert "Nothing changed." in client.get(again["Location"]).content.decode()


def test_in_place_only_the_card_comes_back(client, ana):
    answer = act(client, ana, "checklist", htmx=True, **{"q-live": "2027-03-01"})
    text = answer.content.decode()
    assert answer.status_code == 200 and "1 Mar 2027" in text and "<html" not in text
    wrong = act(client, ana, "checklist", htmx=True, **{"q-live": "soon", "q-need": "Nine"})
    text = wrong.content.decode()
    assert "That is no date." in text and "Nine" in text and "open" in text
    assert Finding.objects.filter(item="need").count() == 0


def test_what_is_wrong_stays_in_the_form_and_nothing_is_kept(client, ana):
    answer = act(client, ana, "checklist", **{"q-live": "soon", "q-need": "Nine days"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "That is no date." in text and "Nine days" in text
    assert not Finding.objects.exists()


def test_answers_are_escaped(client, ana):
    act(client, ana, "checklist", **{"q-need": "<script>alert(1)</script>"})
    text = page_of(client, ana).content.decode()
    assert "<script>alert(1)" not in text and "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize("name", ["checklist", "call", "advance"])
def test_wrong_verb_wrong_person_and_too_late(client, ana, name):
    assert client.get(reverse(f"leads:{name}", args=[ana.pk])).status_code == 405
    client.force_login(make.otto())
    assert act(client, ana, name).status_code == 404
    client.force_login(make.mara())
    told = {"q-need": "x", "outcome": "no_answer", "channel": "call", "advance-note": ""}
    assert act(client, ana, name, **told).status_code in (302, 403, 422)
    client.force_login(make.sam())
    Handoff.objects.filter(pk=ana.pk).update(state="closed", ended_at=timezone.now())
    assert act(client, ana, name, **told).status_code == 409


def test_a_call_is_noted_with_what_was_learnt(client, ana):
    told = {
        "outcome": "reached",
        "with_whom": "Ana",
        "channel": "call",
        "note": "In a hurry",
        "q-need": "Nine days",
        "next_step": "Sample",
        "next_step_due": AHEAD,
    }
    assert act(client, ana, "call", **told).status_code == 302
    text = page_of(client, ana).content.decode()
    for said in ("Spoke with them: Ana", "In a hurry", "What it costs them: Nine days"):
        assert said in text, said


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"with_whom": ""}, "Say with whom you spoke."),
        ({"q-need": ""}, "A note of this call has to tell: What it costs them."),
        ({"took_place": AHEAD}, "cannot be noted before"),
        ({"took_place": "0001-01-01T00:00"}, "That is long ago."),
        ({"next_step_due": "2020-01-01T10:00"}, "That is past."),
        ({"next_step_due": ""}, "Say when, so that nothing sits still unseen."),
        ({"outcome": "great"}, "great"),
    ],
)
def test_a_note_that_lacks_something_comes_back_as_typed(client, ana, wrong, said):
    told = {
        "outcome": "reached",
        "with_whom": "Ana",
        "channel": "call",
        "note": "In a hurry",
        "q-need": "Nine days",
        "next_step": "Sample",
        "next_step_due": AHEAD,
    }
    answer = act(client, ana, "call", **told | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and "In a hurry" in text
    assert not CallNote.objects.exists()


def test_handing_on_names_what_is_open_and_keeps_what_was_typed(client, ana):
    answer = act(client, ana, "advance", **{"advance-note": "She signs", "advance-q-budget": ""})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert text.count("Needed before it moves on.") == 2 and "She signs" in text
    ana.refresh_from_db()
    assert ana.state == "accepted"
    wrong = act(client, ana, "advance", **{"advance-q-budget": "A lot"})
    assert wrong.status_code == 422 and "Choose one of" in wrong.content.decode()


def test_a_field_left_empty_takes_back_no_answer_given_meanwhile(client, ana):
    act(client, ana, "checklist", **{"q-need": "Nine days"})
    act(client, ana, "advance", **{"advance-q-need": "", "advance-q-budget": "Set aside"})
    assert Handoff.objects.filter(lead=ana.lead_id, step="ae").exists()
    assert Finding.objects.filter(item="need").count() == 1


def test_whoever_takes_it_reads_what_was_learnt(client, ana):
    second = advanced(client, ana)
    assert second.owner == tilda()
    client.force_login(tilda())
    text = page_of(client, second).content.decode()
    for said in (
        "Qualification",
        "She signs",
        "Nine days",
        "Set aside",
        "Sam Ortiz, ",
        "What AE confirms",
        "Business impact",
        "Send back…",
    ):
        assert said in text, said
    assert "Return to marketing…" not in text


def test_sent_back_it_says_why_on_both_pages(client, ana):
    second = advanced(client, ana)
    client.force_login(tilda())
    answer = act(
        client,
        second,
        "return",
        **{"return-reason": "thin", "return-missing": ["need"], "return-note": "In money?"},
    )
    assert answer.status_code == 302
    text = client.get(answer["Location"]).content.decode()
    assert "back to Sam Ortiz. Your clocks are paused." in text
    second.refresh_from_db()
    assert second.standing == "Sent back"
    assert "sent it back to the step before: Too thin" in text and "Take it back" in text
    client.force_login(make.sam())
    there = Handoff.objects.get(previous=second)
    text = page_of(client, there).content.decode()
    assert "Tilda Marsh sent it back: Too thin" in text
    assert "Missing: What it costs them. “In money?”" in text
    queue = client.get(reverse("leads:queue")).content.decode()
    assert "Tilda Marsh sent it back: Too thin" in queue
    client.force_login(make.mara())
    assert "Ana Ribeiro" not in client.get(reverse("leads:returned")).content.decode()


def test_mended_it_waits_for_the_same_person_again(client, ana):
    second = advanced(client, ana)
    client.force_login(tilda())
    act(client, second, "return", **{"return-reason": "thin", "return-note": "Who decides?"})
    client.force_login(make.sam())
    there = Handoff.objects.get(previous=second)
    act(client, there, "accept")
    act(client, there, "checklist", **{"q-need": "40,000 a year"})
    act(client, there, "advance", **{"advance-note": "Now in money"})
    second.refresh_from_db()
    assert (second.state, second.owner) == ("waiting", tilda())
    client.force_login(tilda())
    text = page_of(client, second).content.decode()
    assert "Now in money" in text and "40,000 a year" in text
    assert act(client, second, "accept").status_code == 302


def test_taken_back_it_goes_on(client, ana):
    second = advanced(client, ana)
    client.force_login(tilda())
    act(client, second, "return", **{"return-reason": "thin", "return-note": "Who decides?"})
    assert act(client, second, "resume").status_code == 302
    second.refresh_from_db()
    assert second.state == "waiting"


def test_a_reason_of_a_later_step_is_not_offered_before(client, ana):
    assert "Too thin" not in page_of(client, ana, do="return").content.decode()
    second = advanced(client, ana)
    client.force_login(tilda())
    assert "Too thin" in page_of(client, second, do="return").content.decode()


def test_why_it_is_theirs_names_the_rule_of_the_step_and_how_the_turn_is_taken(ana):
    labels = labels_of(ana.version_id)
    ana.route = next(iter(labels.route))
    assert route_label(ana).startswith("Rule 1, ")
    ana.step = "ae"
    assert route_label(ana) == ""
    turn = Assignment(kind=Assignment.Kind.TURN, owner=tilda(), explanation={})
    assert assignment_line(turn) == "It was Tilda Marsh’s turn: served least for their weight."
    turn.explanation = {"pick": "least_loaded"}
    assert assignment_line(turn) == "It was Tilda Marsh’s turn: fewest open for their weight."


def test_what_was_answered_of_a_list_that_is_retired_stays(client, ana):
    act(client, ana, "checklist", **{"q-need": "Nine days a month"})
    Checklist.objects.filter(key="to-ae").update(active=False)
    text = page_of(client, ana).content.decode()
    assert "Before it moves to AE <span" in text and "asked no more" in text
    assert "Nine days a month" in text and "Security review" not in text
    done = client.post(reverse("leads:advance", args=[ana.pk]), {"advance-note": ""})
    assert done.status_code == 302
    onward = Handoff.objects.get(step="ae")
    client.force_login(onward.owner)
    assert "Nine days a month" in page_of(client, onward).content.decode()
    assert page_of(client, onward).context["checklist"].before is None


def test_the_key_that_hands_on_is_offered_where_a_step_follows(client, ana):
    assert 'data-key="h"' in page_of(client, ana).content.decode()
    queue = reverse("leads:queue")
    assert 'data-can="tesmuh"' in client.get(queue).content.decode()
    assert page_of(client, ana, do="advance").context["opened"] == "advance"
    Step.objects.filter(key="ae").delete()
    assert 'data-can="tesmu"' in client.get(queue).content.decode()
    assert 'data-key="h"' not in page_of(client, ana).content.decode()

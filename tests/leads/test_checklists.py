"""What is asked about a lead in each step, answered with who and when; notes of calls."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from handoff.checklists import Item, items_of
from handoff.models import Step
from leads.journey import calling, checking, responding
from leads.journey.states import Conflict, Invalid, NotAllowed
from leads.models import CallNote, Event, Finding, Handoff
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import handed_over

pytestmark = pytest.mark.django_db

FIRST = [
    {"key": "who", "label": "Who they are", "kind": "fact", "facts": ["company", "country"]},
    {"key": "tools", "label": "Tools today", "required": False},
]
BEFORE_AE = [
    {"key": "need", "label": "What it costs them", "call": True},
    {"key": "live", "label": "When it is live", "kind": "date"},
    {"key": "budget", "label": "Budget", "kind": "choice", "choices": ["Set aside", "Not yet"]},
]


def after(minutes):
    return MONDAY + dt.timedelta(minutes=minutes)


@pytest.fixture
def handoff():
    """Ana's, with Sam or Ines; the first step and the next ask something."""
    make.agreement_in_force()
    make.StepFactory(
        key="sdr",
        comes_from="",
        route=[],
        checklist=make.ChecklistFactory(key="first", label="In the queue", items=FIRST),
    )
    make.StepFactory(
        checklist=make.ChecklistFactory(key="to-ae", label="Before AE", items=BEFORE_AE)
    )
    return handed_over(email="ana@novapay.com")


def asked(step="sdr"):
    return checking.asked_in(step, Step.objects.asking())


def answer(handoff, actor=None, at=5, **answers):
    actor = actor or handoff.owner
    return checking.answer(handoff.pk, answers=answers, actor=actor, at=after(at))


@pytest.mark.parametrize(
    ("item", "typed", "kept"),
    [
        ({}, "  two\nlines ", "two\nlines"),
        ({"kind": "yes_no"}, "Yes", "yes"),
        ({"kind": "date"}, "2026-12-24", "2026-12-24"),
        ({"kind": "number"}, "1,200.50", "1200.5"),
        ({"kind": "choice", "choices": ("a", "b")}, "b", "b"),
        ({"kind": "fact", "facts": ("company",)}, "Nova", "Nova"),
        ({"kind": "number"}, " ", ""),
    ],
)
def test_an_answer_is_kept_as_its_kind_says(item, typed, kept):
    assert Item("q", "Q", **item).read(typed) == kept


@pytest.mark.parametrize(
    ("item", "typed"),
    [
        ({}, "x" * 1001),
        ({}, "a\0b"),
        ({"kind": "yes_no"}, "perhaps"),
        ({"kind": "date"}, "soon"),
        ({"kind": "number"}, "many"),
        ({"kind": "number"}, "inf"),
        ({"kind": "choice", "choices": ("a", "b")}, "c"),
    ],
)
def test_what_is_no_answer_says_why(item, typed):
    with pytest.raises(ValueError, match=r"\w"):
        Item("q", "Q", **item).read(typed)


def test_an_answer_is_told_in_words():
    assert Item("q", "Q", kind="yes_no").shown("yes") == "Yes"
    assert Item("q", "Q", kind="date").shown("2026-12-24") == "24 Dec 2026"
    assert Item("q", "Q", kind="date").shown("whenever") == "whenever"
    assert Item("q", "Q").shown("so") == "so"
    assert Item("q", "Q", kind="choice", choices=("a", "b")).in_words == "one of a, b"
    assert Item("q", "Q", kind="number").in_words == "a number"


def test_an_item_of_an_older_file_means_what_it_meant():
    (item,) = items_of([{"key": "need"}])
    assert item == Item("need", "need", required=True)
    assert item.row == {"key": "need", "label": "need", "required": True}


def test_each_step_asks_its_own(handoff):
    first = asked()
    assert first.before[0] == "In the queue" and first.onwards[0] == "Before AE"
    assert (first.onward, first.confirms) == ("ae", None)
    assert list(first.items) == ["who", "tools", "need", "live", "budget"]
    second = asked("ae")
    assert (second.before[0], second.onward) == ("Before AE", "")


def test_what_is_known_of_the_lead_answers_with_where_it_came_from(handoff):
    handoff.lead.provenance = {"company": "form"}
    told = checking.checked(asked().before, handoff.lead, handoff.judgement, {})
    who, tools = told.lines
    assert (who.known.value, who.known.origin) == (f"{handoff.lead.company}, US", "from their form")
    assert tools.known is None and told.met == 1
    assert [item.key for item in told.open] == ["tools"] and told.lacking == ()


def test_a_fact_that_only_the_judgement_saw_counts_and_half_of_them_do_not(handoff):
    handoff.lead.country = ""
    told = checking.checked(asked().before, handoff.lead, handoff.judgement, {})
    assert told.lines[0].known.value.endswith(", US")
    handoff.judgement.country = None
    told = checking.checked(asked().before, handoff.lead, handoff.judgement, {})
    assert told.lines[0].known is None


def test_numbers_and_booleans_are_facts_in_words(handoff):
    item = Item("q", "Q", kind="fact", facts=("employees", "consent"))
    handoff.lead.consent = False
    known = checking.fact_of(item, handoff.lead, None)
    assert (known.value, known.origin) == ("400, no", "from their form")
    handoff.lead.provenance = {}
    assert checking.fact_of(item, handoff.lead, None).origin == "known at the hand-over"


def test_an_answer_keeps_who_when_and_what_was_said_before(handoff):
    assert [item.key for item in answer(handoff, need="Nine days")] == ["need"]
    assert answer(handoff, at=9, need="Nine days") == []
    answer(handoff, at=10, need="Ten days")
    known = checking.findings_of(handoff.lead_id)["need"]
    assert (known.value, known.who, known.at) == ("Ten days", str(handoff.owner), after(10))
    assert list(Finding.objects.values_list("value", "step")) == [
        ("Nine days", "sdr"),
        ("Ten days", "sdr"),
    ]
    event = Event.objects.filter(kind="answered").latest("seq")
    assert event.body["sentence"] == "What it costs them: Ten days"


def test_an_empty_answer_takes_it_back(handoff):
    answer(handoff, need="")
    assert not Finding.objects.exists()
    answer(handoff, need="Nine days")
    answer(handoff, at=6, need=" ")
    assert checking.findings_of(handoff.lead_id) == {}
    assert "taken back" in Event.objects.filter(kind="answered").latest("seq").body["sentence"]


def test_saying_what_is_known_already_leaves_no_trace(handoff):
    assert answer(handoff, who=f"{handoff.lead.company}, US") == []
    assert not Event.objects.filter(kind="answered").exists()


@pytest.mark.parametrize(
    ("answers", "field"),
    [({"nonsense": "x"}, "answers.nonsense"), ({"budget": "Perhaps"}, "answers.budget")],
)
def test_what_cannot_be_kept_names_its_question_and_keeps_nothing(handoff, answers, field):
    with pytest.raises(Invalid) as refused:
        answer(handoff, need="Nine days", **answers)
    assert refused.value.field == field and not Finding.objects.exists()


def test_only_those_who_may_act_answer_and_only_while_it_is_open(handoff):
    with pytest.raises(NotAllowed):
        answer(handoff, actor=make.otto(), need="x")
    answer(handoff, actor=make.lena(), need="She said so")
    responding.reject(handoff.pk, reason="out_of_segment", actor=handoff.owner, at=after(6))
    with pytest.raises(Conflict):
        answer(handoff, need="Too late")


@pytest.mark.parametrize("change", ["UPDATE leads_finding SET value = 'x'", "DELETE FROM {}"])
def test_the_database_keeps_what_was_said(handoff, change):
    answer(handoff, need="Nine days")
    for table in ("leads_finding",):
        with pytest.raises(IntegrityError), transaction.atomic():
            connection.cursor().execute(change.format(table))


def call(handoff, at=8, **more):
    told = {
        "channel": "call",
        "outcome": "reached",
        "with_whom": "Ana",
        "note": "In a hurry",
        "answers": {"need": "Nine days"},
        "next_step": "Send the sample",
        "next_step_due": after(600),
    }
    return calling.note_call(handoff.pk, **told | more, actor=handoff.owner, at=after(at))


def test_a_note_of_a_call_is_a_touch_and_keeps_what_was_learnt(handoff):
    note = call(handoff, took_place=after(6))
    handoff.refresh_from_db()
    assert (handoff.state, handoff.first_touch_at) == ("accepted", after(6))
    assert (handoff.next_step, handoff.next_step_due) == ("Send the sample", after(600))
    assert (note.at, note.written_at, note.with_whom) == (after(6), after(8), "Ana")
    assert note.findings.get().value == "Nine days"
    told = Event.objects.filter(kind="touched").get().body["note"]
    assert told == "Spoke with Ana. In a hurry"


def test_nobody_reached_needs_no_more(handoff):
    note = call(handoff, outcome="no_answer", with_whom="", note="", answers={})
    assert str(note).startswith("No answer")
    assert Event.objects.filter(kind="touched").get().body["note"] == "No answer"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"outcome": "great"}, "outcome"),
        ({"with_whom": " "}, "with_whom"),
        ({"note": "", "answers": {"need": " "}}, "note"),
        ({"answers": {}}, "answers.need"),
        ({"answers": {"need": "x", "live": "soon"}}, "answers.live"),
        ({"took_place": after(60)}, "at"),
        ({"channel": ""}, "channel"),
    ],
)
def test_a_note_that_lacks_something_is_refused_whole(handoff, more, field):
    with pytest.raises(Invalid) as refused:
        call(handoff, **more)
    assert refused.value.field == field
    handoff.refresh_from_db()
    assert handoff.state == "waiting"
    assert not CallNote.objects.exists() and not Finding.objects.exists()


def test_what_a_call_has_to_tell_is_asked_until_it_is_known(handoff):
    call(handoff)
    assert call(handoff, at=20, answers={}, next_step_due=after(700)).note == "In a hurry"
    assert Handoff.objects.get(pk=handoff.pk).calls.count() == 2

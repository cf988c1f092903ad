"""Checklists and steps in the playbook file: read with every fault at its place, kept, told,
exported, and the same again."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from handoff import playbook
from handoff.models import Checklist, Reason, Step
from tests import factories as make

pytestmark = pytest.mark.django_db

FILE = """
calendars: [{key: us, timezone: America/New_York, hours: {mon-fri: ["09:00-17:30"]}}]
teams: [{key: ae, kind: ae, calendar: us, responsible: lena@example.com}]
reasons: [{key: thin, label: Too thin, for: [return], steps: [ae]}]
checklists:
  - key: first
    label: In the queue
    items:
      - {key: who, label: Who they are, required: true, kind: fact, facts: [company, country]}
  - key: to-ae
    label: Before AE
    items:
      - {key: need, label: What it costs, required: true, call: true, help: In money}
      - {key: budget, label: Budget, required: false, kind: choice, choices: [Set aside, "No"]}
      - {key: live, label: Live by, required: true, kind: date}
steps:
  - {key: sdr, checklist: first}
  - {key: ae, from: sdr, route: [{key: all, to: {team: ae}}], checklist: to-ae, confirms: first}
"""


def read(text):
    return playbook.read_text(text, known=playbook.Known())


def load(text=FILE):
    return playbook.load(read(text), actor=None, at=timezone.now(), publish=False)


def test_what_is_asked_is_kept_as_the_file_says():
    load()
    items = {one["key"]: one for one in Checklist.objects.get(key="to-ae").items}
    assert items["need"] == {
        "key": "need", "label": "What it costs", "required": True, "help": "In money", "call": True,
    }  # fmt: skip
    assert items["budget"]["choices"] == ["Set aside", "No"]
    first, ae = Step.objects.order_by("pk")
    assert (first.key, first.comes_from, first.checklist.key) == ("sdr", "", "first")
    assert (ae.checklist.key, ae.confirms.key) == ("to-ae", "first")
    assert Reason.objects.get(key="thin").steps == ["ae"]


def test_exported_it_reads_back_to_the_same():
    load()
    exported = playbook.export()
    again = read(exported)
    assert not again.faults
    before, after = read(FILE), again
    assert after.checklists == before.checklists
    assert after.steps == before.steps and after.reasons == before.reasons
    assert load(exported).sentences == ("Nothing changed.",)


def test_a_file_without_these_keys_means_what_it_meant():
    load(FILE.replace(", call: true, help: In money", "").replace(", confirms: first", ""))
    assert Checklist.objects.get(key="to-ae").items[0] == {
        "key": "need", "label": "What it costs", "required": True,
    }  # fmt: skip
    assert Step.objects.get(key="ae").confirms is None


def test_a_change_is_told_and_kept_in_history():
    load()
    report = load(FILE.replace("label: Before AE", "label: Before a deal"))
    assert report.sentences == ("Checklist to-ae: label Before AE → Before a deal.",)
    assert Checklist.objects.get(key="to-ae").history.count() == 2


@pytest.mark.parametrize(
    ("before", "wrong", "place"),
    [
        ("call: true,", "calls: true,", "checklists[1].items[0].calls"),
        ("kind: date", "kind: day", "checklists[1].items[2].kind"),
        ("facts: [company, country]", "facts: [compny]", "checklists[0].items[0].facts[0]"),
        (", facts: [company, country]", "", "checklists[0].items[0]"),
        (', choices: [Set aside, "No"]', "", "checklists[1].items[1]"),
        ("kind: choice, ", "", "checklists[1].items[1].choices"),
        ("call: true", "call: often", "checklists[1].items[0].call"),
        ("help: In money", "help: [x]", "checklists[1].items[0].help"),
        ("confirms: first", "confirms: none", "steps[1].confirms"),
        ("{key: sdr, checklist: first}", "{key: sdr, from: ae}", "steps[0].from"),
        ("from: sdr, ", "", "steps[1]"),
        ("steps: [ae]}]", "steps: [{}]}]", "reasons[0].steps[0]"),
    ],
)
def test_every_fault_is_told_at_its_place(before, wrong, place):
    assert before in FILE
    assert [fault.place for fault in read(FILE.replace(before, wrong, 1)).faults] == [place]


@pytest.fixture
def office(client: Client) -> Client:
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


def test_the_playbook_page_spells_out_every_step(office):
    load()
    text = " ".join(office.get(reverse("playbook")).content.decode().split())
    for said in (
        "Marketing to SDR", "In the queue:", "Who they are", "known from the lead", "SDR to AE",
        "Before AE:", "told in the note of a call", "one of Set aside, No", "a date",
        "Reasons given only here: Too thin.", "Change the questions", "Change the steps",
    ):  # fmt: skip
        assert said in text, said


def test_a_reader_is_not_offered_to_change_it(client):
    make.agreement_in_force()
    load()
    client.force_login(make.sam())
    assert "Change the questions" not in client.get(reverse("playbook")).content.decode()


def test_the_first_step_has_no_routing_of_its_own_and_others_a_step_before(office):
    load()
    make.sdr_na()
    route = "- {key: all, to: {team: sdr-na}}"
    wrong = {"comes_from": "", "route": route, "tiers": ""}
    first = Step.objects.get(key="sdr")
    page = reverse("admin:handoff_step_change", args=(first.pk,))
    form = office.post(page, wrong).context["adminform"].form
    assert "from marketing" in form.errors["comes_from"][0]
    assert office.post(page, {**wrong, "route": ""}).status_code == 302
    made = office.post(reverse("admin:handoff_step_add"), {"key": "cs", **wrong})
    assert "which step" in made.context["adminform"].form.errors["comes_from"][0]


def test_a_tier_of_a_step_that_promises_nothing_is_doubted_where_it_is_written(office):
    load()
    step = Step.objects.get(key="ae")
    page = reverse("admin:handoff_step_change", args=(step.pk,))
    typed = {"key": "ae", "comes_from": "sdr", "route": "- {key: all, to: {team: sdr-na}}"}
    make.sdr_na()
    said = office.post(page, {**typed, "tiers": "- {key: slow, hours: always}"}, follow=True)
    assert "Response tiers: Line 1: “slow” promises nothing" in said.content.decode()
    said = office.post(page, {**typed, "tiers": "- {key: slow, accept: 60}"}, follow=True)
    assert "promises nothing" not in said.content.decode()

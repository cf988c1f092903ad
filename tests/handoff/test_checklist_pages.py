"""Mara edits the questions of a checklist row by row."""

import pytest
from django.urls import reverse

from handoff import playbook
from handoff.models import Checklist, Step
from leads.journey.checking import asked_in
from tests import factories as make

pytestmark = pytest.mark.django_db

ITEMS = [
    {"key": "budget", "label": "How it is paid for", "required": True},
    {"key": "when", "label": "By when", "required": False, "kind": "date", "help": "A day"},
]


@pytest.fixture
def mara(client):
    make.agreement_in_force()
    client.force_login(make.mara())
    return client


@pytest.fixture
def before():
    return make.ChecklistFactory(key="to-ae", label="Before it moves on", items=ITEMS)


def page(checklist):
    return reverse("checklist-edit", args=[checklist.key])


def typed(client, checklist, *rows, **sent):
    """The form as its page draws it, with these rows."""
    drawn = client.get(page(checklist)).context
    data = {"was": drawn["was"], "label": checklist.label, "do": "save", **sent}
    for n, row in enumerate(rows):
        said = {"key": "", "label": "", "help": "", "kind": "text", "choices": "", **row}
        data |= {f"q{n}-{name}": value for name, value in said.items()}
    return data


KEPT = ({"key": "budget", "label": "How it is paid for", "required": "on"},
        {"key": "when", "label": "By when", "kind": "date", "help": "A day"})  # fmt: skip


def test_the_list_says_what_is_asked_and_where(mara, before):
    make.StepFactory(checklist=before)
    text = mara.get(reverse("checklists")).content.decode()
    for said in ("Before it moves on", "How it is paid for", "A date. A day", "(optional)",
                 "Asked before AE", "New checklist"):  # fmt: skip
        assert said in text, said


def test_an_empty_house_says_what_would_fill_it(mara):
    Checklist.objects.all().delete()
    assert "Nothing is asked yet" in mara.get(reverse("checklists")).content.decode()


def test_saved_as_it_stands_nothing_changes(mara, before):
    assert mara.post(page(before), typed(mara, before, *KEPT)).status_code == 302
    before.refresh_from_db()
    assert before.items == ITEMS


def test_questions_are_added_changed_and_taken_away(mara, before):
    rows = (
        {**KEPT[1], "label": "By when exactly", "call": "on"},
        {"label": "Which tool", "kind": "choice", "choices": "SAP\n\nOracle "},
        {"label": "Which tool", "kind": "fact", "facts": ["timing"], "required": "on"},
        {},
    )
    mara.post(page(before), typed(mara, before, *rows, label="Before AE"))
    before.refresh_from_db()
    assert (before.label, before.key) == ("Before AE", "to-ae")
    assert before.items == [
        {**ITEMS[1], "label": "By when exactly", "call": True},
        {"key": "which-tool", "label": "Which tool", "required": False, "kind": "choice",
         "choices": ["SAP", "Oracle"]},
        {"key": "which-tool-2", "label": "Which tool", "required": True, "kind": "fact",
         "facts": ["timing"]},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("do", "labels"),
    [
        ("up-1", ["By when", "How it is paid for"]),
        ("down-0", ["By when", "How it is paid for"]),
        ("up-0", ["How it is paid for", "By when"]),
        ("remove-0", ["By when"]),
        ("add", ["How it is paid for", "By when", ""]),
        ("up-99", ["How it is paid for", "By when"]),
        ("nonsense", ["How it is paid for", "By when"]),
    ],
)
def test_rows_are_moved_on_the_page_and_kept_by_save_alone(mara, before, do, labels):
    answer = mara.post(page(before), typed(mara, before, *KEPT, do=do, label="Typed"))
    assert answer.status_code == 200
    assert [row.label for row in answer.context["rows"]] == labels
    assert 'value="Typed"' in answer.content.decode()
    before.refresh_from_db()
    assert (before.label, before.items) == ("Before it moves on", ITEMS)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"label": "Tool", "kind": "choice", "choices": "SAP"}], "two answers or more"),
        ([{"label": "Tool", "choices": "SAP\nOracle"}], "only a question of the kind choice"),
        ([{"label": "Tool", "kind": "fact"}], "Say which fields of the lead answer it."),
        ([{"label": "Tool", "kind": "fact", "facts": ["shoe_size"]}], "Fields of the lead:"),
        ([{"label": "Tool", "kind": "riddle"}], "Kind of answer:"),
        ([{"label": "x" * 201}], "Question:"),
        ([{"help": "Only help"}], "Say what is asked."),
        ([{"label": "Tool", "help": "y" * 301}], "Help:"),
        ([{"label": "a\0b"}], "field-error"),
        ([KEPT[0], KEPT[0]], "This question is there twice."),
        ([], "Ask at least one question."),
        ([{}], "Ask at least one question."),
    ],
)
def test_what_cannot_be_asked_is_said_in_its_row(mara, before, rows, said):
    answer = mara.post(page(before), typed(mara, before, *rows, label="As typed"))
    text = answer.content.decode()
    assert answer.status_code == 422 and said in text and 'value="As typed"' in text
    before.refresh_from_db()
    assert before.items == ITEMS


def test_a_list_needs_a_name(mara, before):
    assert mara.post(page(before), typed(mara, before, *KEPT, label="")).status_code == 422


def test_who_was_slower_overwrites_nobody(mara, before):
    sent = typed(mara, before, {"label": "Mine"})
    Checklist.objects.update(items=ITEMS[:1])
    answer = mara.post(page(before), sent)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Somebody else changed this" in text and "Mine" in text
    before.refresh_from_db()
    assert before.items == ITEMS[:1]


def test_a_new_one_gets_a_key_of_its_own(mara, before):
    add = reverse("checklist-add")
    assert mara.get(add).status_code == 200
    for n in range(2):
        sent = {"label": "To AE", "q0-label": "Why now", "q0-kind": "text", "q0-required": "on"}
        assert mara.post(add, sent).status_code == 302, n
    assert set(Checklist.objects.values_list("key", flat=True)) >= {"to-ae", "to-ae-2", "to-ae-3"}


@pytest.mark.parametrize(
    ("who", "reads"), [("lena", True), ("sam", False), ("otto", False), ("ada", True)]
)
def test_others_do_not_change_it(client, before, who, reads):
    make.agreement_in_force()
    client.force_login(getattr(make, who)())
    assert client.get(reverse("checklists")).status_code == (200 if reads else 404)
    expected = 200 if who == "ada" else 404
    for address in (page(before), reverse("checklist-add")):
        assert client.get(address).status_code == expected
        assert client.post(address, {"label": "x"}).status_code == (422 if who == "ada" else 404)


def test_there_is_none_of_that_name(mara):
    assert mara.get(reverse("checklist-edit", args=["nowhere"])).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(mara, before, django_assert_num_queries):
    mara.get(reverse("checklists"))
    with django_assert_num_queries(9) as few:
        mara.get(reverse("checklists"))
    for n in range(10):
        make.StepFactory(key=f"s{n}", checklist=make.ChecklistFactory(key=f"c{n}", items=ITEMS))
    with django_assert_num_queries(len(few)):
        mara.get(reverse("checklists"))


class TestOutOfUse:
    @pytest.fixture
    def asked(self, before):
        make.TeamFactory(key="ae", account_executives=True)
        make.StepFactory(checklist=before)
        return before

    def turn(self, client, checklist, to):
        return client.post(reverse(f"checklist-{to}", args=[checklist.key]), follow=True)

    def test_it_is_asked_no_more_and_can_be_used_again(self, mara, asked):
        said = self.turn(mara, asked, "retire").content.decode()
        assert "“Before it moves on” is asked no more. Answers that were given stay." in said
        assert "Out of use" in said and "2 questions; was asked before AE" in said
        assert asked_in("sdr", Step.objects.asking()).onwards is None
        said = self.turn(mara, asked, "restore").content.decode()
        assert "is asked again." in said and "Out of use" not in said
        assert asked_in("sdr", Step.objects.asking()).onwards is not None

    def test_its_own_page_offers_it_either_way(self, mara, asked):
        retire, restore = (
            reverse(f"checklist-{to}", args=["to-ae"]) for to in ("retire", "restore")
        )
        text = mara.get(page(asked)).content.decode()
        assert retire in text and restore not in text
        self.turn(mara, asked, "retire")
        text = mara.get(page(asked)).content.decode()
        assert restore in text and retire not in text

    def test_done_already_it_stays_and_the_history_has_it_once(self, mara, asked):
        for _ in range(2):
            self.turn(mara, asked, "retire")
        asked.refresh_from_db()
        assert not asked.active
        assert [one.active for one in asked.history.order_by("pgh_id")] == [True, False]

    def test_only_who_edits_the_agreement_does_so_and_only_by_post(self, client, mara, asked):
        address = reverse("checklist-retire", args=["to-ae"])
        assert mara.get(address).status_code == 405
        assert mara.post(reverse("checklist-retire", args=["none"])).status_code == 404
        client.force_login(make.sam())
        assert client.post(address).status_code == 404
        asked.refresh_from_db()
        assert asked.active

    def test_the_file_says_so_and_brings_it_back(self, mara, asked):
        self.turn(mara, asked, "retire")
        exported = playbook.export()
        assert "active: false" in exported
        Checklist.objects.update(active=True)
        file = playbook.read_text(exported, known=playbook.known())
        playbook.load(file, actor=make.mara(), at=make.MONDAY, publish=False)
        asked.refresh_from_db()
        assert not asked.active

    def test_the_playbook_page_leaves_it_out(self, mara, asked):
        assert "How it is paid for" in mara.get(reverse("playbook")).content.decode()
        self.turn(mara, asked, "retire")
        assert "How it is paid for" not in mara.get(reverse("playbook")).content.decode()

"""The definition room as its readers see it: sentences, changes, faults at their place."""

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def live():
    return make.agreement_in_force()


@pytest.fixture
def draft(live):
    return publishing.clone(live, actor=make.mara(), at=timezone.now())


@pytest.fixture
def change(draft):
    """Changes the draft as Mara: `change(drafting.put, "fit", row)`."""

    def changed(act, *args, **more):
        fresh = DefinitionVersion.objects.get(pk=draft.pk)
        who = {"actor": make.mara(), "at": timezone.now(), "revision": fresh.revision}
        return act(fresh, *args, **more, **who)

    return changed


def room(version, query=""):
    return reverse("room", args=[version.number]) + query


def read(client, version, query="", person=None):
    client.force_login(person or make.mara())
    answer = client.get(room(version, query))
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_row_is_a_sentence_with_its_place_and_a_slot_for_its_reach(client, draft):
    page = read(client, draft)
    for sentence in (
        "<mark>50</mark> when employees at least 100",
        "<mark>70</mark> for “Demo request”, halves in 30 days, only the newest counts",
        "<b>Sales ready</b>, Hand-raiser tier when fit at least 50 and demo request at least once",
        "<b>Nurture</b>, track “",
        "everyone else",
        "To the <b>account owner</b> when account with an owner",
        "<b>Hand-raiser</b>: given to somebody within 5 min, accepted within 15 min",
        "first touch the same business day",
        "within <b>10 min</b> of the trigger",
    ):
        assert sentence in page, sentence
    assert 'id="reach-fit-size"' in page
    assert 'id="reach-decide-hand_raiser"' in page


def test_readers_see_the_room_without_its_tools_and_reps_see_none(client, draft):
    page = read(client, draft, person=make.lena())
    assert "Marketing operations edits this draft" in page
    assert "room-put" not in page and "?edit=" not in page and "/move/" not in page
    assert "rule-open" not in read(client, draft, "?edit=fit-1", person=make.lena())
    for person in (make.sam(), make.otto()):
        client.force_login(person)
        assert client.get(room(draft)).status_code == 404
    client.logout()
    assert client.get(room(draft)).status_code == 302


def test_a_version_that_is_not_there_is_not_found(client, draft):
    client.force_login(make.mara())
    assert client.get(reverse("room", args=[999])).status_code == 404


def test_the_live_version_is_read_only_and_offers_a_draft(client, live):
    page = read(client, live, "?edit=fit-1")
    assert "rule-open" not in page
    assert reverse("definition-clone", args=[live.number]) in page
    assert "/rows/fit/move/" not in page


@pytest.mark.parametrize(
    ("query", "holds"),
    [
        ("?edit=fit-2", 'name="points" inputmode="decimal" value="50"'),
        ("?edit=signals-1", "Over 90 days: 70 points at first"),
        ("?edit=decide-3", 'name="c1-signal"'),
        ("?edit=route-1", "the account owner"),
        ("?edit=tiers-1", 'name="accept-minutes"'),
        ("?edit=motions-new", "New motion"),
        ("?edit=decide-new", "New status rule"),
        ("?edit=required", "Every lead should carry"),
        ("?edit=marketing", "Hand over within"),
        ("?edit=summary", "What this version is about"),
    ],
)
def test_each_part_opens_without_a_script(client, draft, query, holds):
    assert holds in read(client, draft, query)


@pytest.mark.parametrize("query", ["?edit=fit-99", "?edit=fit-0", "?edit=nothing", "?edit=fit-x"])
def test_what_is_not_there_does_not_open(client, draft, query):
    assert "rule-open" not in read(client, draft, query)


def test_changes_against_the_live_version_are_marked_word_by_word(client, draft, change):
    changed = {"key": "size", "points": 50, "when": [{"field": "employees", "at_least": 200}]}
    change(drafting.put, "fit", changed, place=1)
    new = {"key": "dach", "points": 5, "when": [{"field": "country", "in": ["DE", "AT"]}]}
    change(drafting.put, "fit", new)
    change(drafting.remove, "signals", 1)
    change(drafting.move, "decide", 0, 1)
    page = read(client, draft)
    assert "<del>100</del> <ins>200</ins>" in page
    assert "<mark>5</mark> when country is DE or AT <span" in page
    assert "in v1 only" in page.replace(f"in v{draft.cloned_from.number} only", "in v1 only")
    assert "Order changed" in page
    assert 'title="2 changes against' in page


def test_faults_and_doubts_stand_at_their_row_and_in_a_list_with_links(client, draft, change):
    change(drafting.remove, "tiers", 0)
    always = {"key": "everybody", "label": "Everybody", "status": "nurture"}
    change(drafting.insert, "decide", always, place=0)
    page = read(client, draft)
    assert 'href="#row-decide-hand_raiser"' in page
    assert "<b>Status rule 4.</b> Tier: there is no tier “urgent”" in page
    assert "Publishing is off." in page
    assert 'aria-disabled="true"' in page
    assert reverse("definition-publish", args=[draft.number]) not in page


def test_a_rule_never_reached_is_doubted_by_its_name(client, draft, change):
    always = {"key": "big", "label": "Big ones", "status": "nurture", "when": [
        {"field": "employees", "at_least": 10}]}  # fmt: skip
    never = {**always, "key": "bigger", "label": "Bigger ones", "when": [
        {"field": "employees", "at_least": 20}]}  # fmt: skip
    change(drafting.insert, "decide", never, place=0)
    change(drafting.insert, "decide", always, place=0)
    page = read(client, draft)
    assert (
        "“Bigger ones” is never reached: “Big ones” before it holds whenever this one does" in page
    )


def test_publishing_waits_for_examples_that_come_out_differently(client, draft, change):
    example = {
        "kind": "example",
        "name": "Small shop",
        "expect": {"status": "sales_ready"},
        "lead": {"email": "a@shop.example"},
    }
    change(drafting.put, "examples", example)
    assert "1 example comes out differently." in read(client, draft)


def test_an_empty_definition_says_what_to_add(client, live):
    empty = publishing.clone(None, actor=make.mara(), at=timezone.now())
    page = read(client, empty)
    assert "Add who fits" in page
    assert "Nothing is required, so nothing is ever missing." in page
    assert "No promise" in page


def test_htmx_gets_the_same_page_and_the_address_follows(client, draft):
    client.force_login(make.mara())
    answer = client.get(room(draft, "?edit=fit-1"), headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == room(draft, "?edit=fit-1")
    answer = client.get(room(draft, "?kept=fit-size"), headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == room(draft)
    assert 'data-kept="edit-fit-size"' in answer.content.decode()


def test_the_room_costs_the_same_few_statements_however_many_rows_it_has(
    client, draft, change, django_assert_max_num_queries
):
    read(client, draft)
    with django_assert_max_num_queries(26):
        client.get(room(draft))
    for number in range(20):
        row = {"key": f"c{number}", "points": 1, "when": [{"field": "role", "is": str(number)}]}
        change(drafting.put, "fit", row)
    with django_assert_max_num_queries(26):
        client.get(room(draft, "?edit=fit-5"))

"""Mara edits a draft in its room; nobody loses what they typed, nobody overwrites another."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff import publishing
from handoff.models import DefinitionVersion
from handoff.views.room.reading import typed_of
from tests import factories as make

pytestmark = pytest.mark.django_db

SIZE = {"key": "size", "points": "50", "mode": "all", "c": ["0"], "c0-subject": "employees",
        "c0-operator": "at_least", "c0-value": "200"}  # fmt: skip


@pytest.fixture
def draft():
    live = make.agreement_in_force()
    return publishing.clone(live, actor=make.mara(), at=timezone.now())


@pytest.fixture
def mara(client):
    client.force_login(make.mara())
    return client


def address(draft, name, *args):
    return reverse(f"room-{name}", args=[draft.number, *args])


def document(draft):
    return DefinitionVersion.objects.with_rows().get(pk=draft.pk).document()


def put(client, draft, section="fit", revision=0, place="1", was="size", **fields):
    sent = {"revision": revision, "place": place, "was": was, **fields}
    return client.post(address(draft, "put", section), sent)


def test_a_row_is_kept_and_the_room_shows_it(mara, draft):
    answer = put(mara, draft, **SIZE)
    assert answer.status_code == 302
    assert answer["Location"].endswith("?kept=fit-size#row-fit-size")
    assert document(draft)["fit"][1] == {
        "key": "size",
        "points": 50.0,
        "when": [{"field": "employees", "at_least": 200}],
    }


def test_every_row_kept_as_it_is_changes_nothing(mara, draft):
    before = document(draft)
    for section in ("fit", "signals", "decide", "tiers", "route"):
        for place, row in enumerate(before[section]):
            sent = dict(typed_of(section, row).lists())
            answer = put(mara, draft, section, place=str(place), was=row["key"], **sent)
            assert answer.status_code == 302
    assert document(draft) == before
    assert DefinitionVersion.objects.get(pk=draft.pk).revision == 0


def test_a_routing_rule_gives_a_returning_lead_back(mara, draft):
    rows = document(draft)["route"]
    place = next(n for n, row in enumerate(rows) if "team" in row["to"])
    sent = {**dict(typed_of("route", rows[place]).lists()), "sticky": "on"}
    answer = put(mara, draft, "route", place=str(place), was=rows[place]["key"], **sent)
    assert answer.status_code == 302
    assert document(draft)["route"][place] == {**rows[place], "sticky": True}
    queue = {**sent, "to": "queue:qualification"}
    refused = put(
        mara, draft, "route", place=str(place), was=rows[place]["key"], revision=1, **queue
    )
    assert "a team takes" in refused.content.decode()


def test_a_new_row_gets_a_key_from_its_name(mara, draft):
    named = {**SIZE, "key": "", "label": "Big & loud!"}
    put(mara, draft, place="", was="", **named)
    put(mara, draft, place="", was="", revision=1, **named)
    assert [row["key"] for row in document(draft)["fit"][2:]] == ["big_loud", "big_loud_2"]


def test_a_new_rule_goes_before_the_one_for_everyone_else(mara, draft):
    vip = {"key": "vip", "status": "sales_ready", "tier": "urgent", "c": ["0"],
           "c0-subject": "target", "c0-operator": "is", "c0-value": "true"}  # fmt: skip
    assert put(mara, draft, "decide", place="", was="", **vip).status_code == 302
    assert [row["key"] for row in document(draft)["decide"]][-2:] == ["vip", "rest"]
    rest = {"key": "others", "status": "nurture"}
    assert put(mara, draft, "decide", place="", was="", revision=1, **rest).status_code == 302
    assert [row["key"] for row in document(draft)["decide"]][-2:] == ["rest", "others"]


def test_what_cannot_be_kept_comes_back_as_it_was_typed_with_the_reason(mara, draft):
    answer = put(mara, draft, **{**SIZE, "points": "lots", "c0-value": "many"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Points: “lots” is no number" in page
    assert "“many” is no number" in page
    assert 'value="lots"' in page
    assert document(draft)["fit"][1]["points"] == 50.0


def test_a_fault_of_the_rules_is_told_at_its_control(mara, draft):
    answer = put(mara, draft, **{**SIZE, "label": "x" * 300, "points": "9" * 12})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Called: must be text of at most 200 characters" in page
    assert "Points: cannot be" in page
    twin = {**SIZE, "key": "industry"}
    page = put(mara, draft, **twin).content.decode()
    assert "Key: “industry” is the key of another one; choose another" in page


def test_a_condition_more_or_less_only_draws_the_form_again(mara, draft):
    answer = put(mara, draft, **SIZE, more="field")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="c1-subject"' in page and 'value="200"' in page
    gate = put(mara, draft, **SIZE, more="signal").content.decode()
    assert 'name="c1-least"' in gate and 'name="c1-days"' in gate
    less = put(mara, draft, **SIZE, less="0").content.decode()
    assert "it always holds" in less
    assert document(draft)["fit"][1]["when"] == [{"field": "employees", "at_least": 100}]


def test_another_field_brings_its_own_operators(mara, draft):
    sent = {**SIZE, "c0-subject": "industry"}
    page = put(mara, draft, **sent, redraw="yes").content.decode()
    assert '<option value="starts_with">starts with</option>' in page
    assert 'id="values-industry"' in page
    sent = {**SIZE, "c0-operator": "between"}
    page = put(mara, draft, **sent, redraw="yes").content.decode()
    assert 'name="c0-from" aria-label="Employees: from" inputmode="decimal" value="200"' in page


def test_a_rule_is_asked_only_what_its_status_carries(mara, draft):
    rule = {"key": "student", "status": "sales_ready", "tier": "urgent", "reason": "wrong_timing"}
    sent = {"place": "0", "was": "student", **rule, "redraw": "yes"}
    page = put(mara, draft, "decide", **sent).content.decode()
    assert 'name="tier"' in page and 'name="approve"' in page
    assert 'name="reason"' not in page and 'name="track"' not in page
    page = put(mara, draft, "decide", **{**sent, "status": "nurture"}).content.decode()
    assert 'name="track"' in page and 'name="reason"' in page and 'name="tier"' not in page


def test_values_that_are_all_known_are_ticked(mara, draft):
    rank = {**SIZE, "c0-subject": "seniority", "c0-operator": "in", "c0-value": ["c_level", "vp"]}
    page = put(mara, draft, **rank, redraw="yes").content.decode()
    assert 'value="c_level" checked> C-level' in page and 'value="head"> head' in page
    put(mara, draft, **rank)
    assert document(draft)["fit"][1]["when"] == [{"field": "seniority", "in": ["c_level", "vp"]}]
    room = mara.get(reverse("room", args=[draft.number])).content.decode()
    assert "C-level" in room and "c_level" not in room


def test_a_new_signal_needs_to_be_called_something(mara, draft):
    nameless = {"points": "5", "place": "", "was": ""}
    answer = put(mara, draft, "signals", **nameless)
    assert answer.status_code == 422
    assert "choose what they did, or name a new signal" in answer.content.decode()


def test_a_tier_is_built_without_typing_its_structure(mara, draft):
    put(
        mara,
        draft,
        "tiers",
        place="",
        was="",
        key="calm",
        hours="always",
        breach="each",
        **{
            "accept-kind": "minutes",
            "accept-minutes": "90",
            "first_touch-kind": "same_business_day",
            "breach-accept": ["notify_owner", "reassign", ""],
        },
    )
    assert document(draft)["tiers"][-1] == {
        "key": "calm",
        "hours": "always",
        "accept": 90,
        "first_touch": "same_business_day",
        "on_breach": {"accept": ["notify_owner", "reassign"]},
    }


def test_without_a_script_what_follows_when_late_is_never_lost(mara, draft):
    tier = {"place": "", "was": "", "key": "calm", "accept-kind": "minutes", "accept-minutes": "90"}
    shared = {"breach-all": ["notify_owner", "escalate", ""]}
    put(mara, draft, "tiers", **tier, breach="each", **shared)
    assert document(draft)["tiers"][-1]["on_breach"] == ["notify_owner", "escalate"]
    again = {**tier, "place": str(len(document(draft)["tiers"]) - 1), "was": "calm"}
    own = {"breach-accept": ["escalate", ""]}
    put(mara, draft, "tiers", revision=1, **again, breach="same", **own)
    assert document(draft)["tiers"][-1]["on_breach"] == {"accept": ["escalate"]}


def test_for_each_clock_its_own_begins_with_what_held_for_all(mara, draft):
    drawn = put(
        mara, draft, "tiers", place="", was="", breach="each", redraw="yes",
        **{"accept-kind": "minutes", "breach-all": ["escalate", ""]},
    )  # fmt: skip
    page = drawn.content.decode()
    accept = page[page.index('name="breach-accept"') :]
    assert '<option value="escalate" selected' in accept[: accept.index("</select>")]


def test_a_row_moves_and_is_taken_out_and_put_back(mara, draft):
    before = document(draft)["decide"]
    mara.post(address(draft, "move", "decide"), {"place": 0, "to": 2, "revision": 0})
    keys = [row["key"] for row in document(draft)["decide"]]
    assert keys[:3] == ["customer", "hand_raiser", "student"]
    mara.post(address(draft, "move", "decide"), {"place": 2, "to": 0, "revision": 1})
    mara.post(address(draft, "remove", "decide"), {"place": 1, "revision": 2})
    assert "customer" not in [row["key"] for row in document(draft)["decide"]]
    room = reverse("room", args=[draft.number])
    page = mara.get(room).content.decode()
    assert "Removed: Existing account" in page
    assert "Removed:" not in mara.get(room).content.decode()
    sent = {"place": 1, "revision": 3, "row": json.dumps(before[1])}
    mara.post(address(draft, "insert", "decide"), sent)
    assert document(draft)["decide"] == before


def test_what_is_put_back_must_be_a_row(mara, draft):
    where = address(draft, "insert", "fit")
    assert mara.post(where, {"place": 0, "revision": 0, "row": "{"}).status_code == 400
    assert mara.post(where, {"place": 0, "revision": 0, "row": "[]"}).status_code == 400
    answer = mara.post(where, {"place": 0, "revision": 0, "row": '{"points": 1}'}, follow=True)
    assert "are needed" in answer.content.decode() or "make a key" in answer.content.decode()
    assert len(document(draft)["fit"]) == 2


def test_the_parts_that_are_no_rows_are_reworded(mara, draft):
    def reword(part, revision, **sent):
        return mara.post(address(draft, "reword", part), {"revision": revision, **sent})

    assert reword("summary", 0, text="Bigger companies first").status_code == 302
    assert reword("marketing", 1, text="20").status_code == 302
    assert reword("required", 2, required=["country", "email", "role"]).status_code == 302
    said = document(draft)
    assert said["summary"] == "Bigger companies first"
    assert said["marketing"] == {"handover": 20}
    assert said["required"] == ["email", "country", "role"]
    assert reword("marketing", 3, text="20", context="240", returned="60").status_code == 302
    assert document(draft)["marketing"] == {"handover": 20, "context": 240, "returned": 60}
    assert reword("marketing", 4, text="20", context="1 day").status_code == 422
    wrong = reword("marketing", 4, text="soon")
    assert wrong.status_code == 422
    assert "“soon” is no whole number of minutes" in wrong.content.decode()
    assert reword("marketing", 4, text="").status_code == 302
    assert "marketing" not in document(draft)
    assert reword("nothing", 5, text="").status_code == 404


def test_somebody_faster_is_named_and_nothing_typed_is_lost(client, draft):
    client.force_login(make.ada())
    put(client, draft, **{**SIZE, "points": "45"})
    client.force_login(make.mara())
    answer = put(client, draft, **{**SIZE, "points": "55"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Ada" in page and 'name="points" inputmode="decimal" value="55"' in page
    assert document(draft)["fit"][1]["points"] == 45.0
    for name in ("move", "remove"):
        answer = client.post(address(draft, name, "fit"), {"place": 0, "to": 1, "revision": 0})
        assert answer.status_code == 409
        assert "Look at it again" in answer.content.decode()
    answer = client.post(address(draft, "reword", "summary"), {"text": "Mine", "revision": 0})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.content.decode()


def test_a_row_that_somebody_took_out_comes_back_as_a_new_one(client, draft):
    client.force_login(make.ada())
    client.post(address(draft, "remove", "fit"), {"place": 1, "revision": 0})
    client.force_login(make.mara())
    answer = put(client, draft, **SIZE)
    assert answer.status_code == 409
    assert "New criterion" in answer.content.decode()
    assert put(client, draft, place="", revision=1, **SIZE).status_code == 302
    assert [row["key"] for row in document(draft)["fit"]] == ["industry", "size"]


ACTIONS = [("put", "fit"), ("move", "fit"), ("remove", "fit"), ("insert", "fit"),
           ("reword", "summary")]  # fmt: skip


@pytest.mark.parametrize(("name", "part"), ACTIONS)
def test_only_deciders_change_a_draft_and_only_by_post(client, draft, name, part):
    where = address(draft, name, part)
    sent = {"place": 0, "to": 1, "revision": 0, "text": "x", "row": "{}", **SIZE}
    assert client.post(where, sent).status_code == 302
    assert "login" in client.post(where, sent)["Location"]
    for person, status in ((make.sam(), 404), (make.otto(), 404), (make.lena(), 403)):
        client.force_login(person)
        assert client.post(where, sent).status_code == status
    client.force_login(make.mara())
    assert client.get(where).status_code == 405
    assert DefinitionVersion.objects.get(pk=draft.pk).revision == 0


@pytest.mark.parametrize(("name", "part"), ACTIONS[:4])
def test_a_section_that_is_not_edited_here_is_not_found(mara, draft, name, part):
    sent = {"place": 0, "to": 1, "revision": 0}
    assert mara.post(address(draft, name, "examples"), sent).status_code == 404


def test_a_version_that_was_published_meanwhile_is_not_changed(mara, draft):
    publishing.publish(draft, actor=make.mara(), at=timezone.now())
    answer = put(mara, draft, **SIZE)
    assert answer.status_code == 409
    assert "live by now" in answer.content.decode()


def test_a_place_that_is_not_there_is_told(mara, draft):
    sent = {"place": 77, "to": 0, "revision": 0}
    for name in ("move", "remove"):
        answer = mara.post(address(draft, name, "fit"), sent)
        assert answer.status_code == 409
        assert "not there any more" in answer.content.decode()


@pytest.mark.parametrize("place", ["", "x", "-1", "9" * 5000])
@pytest.mark.parametrize("what", ["remove", "move", "insert"])
def test_a_change_that_names_no_row_changes_none(mara, draft, what, place):
    before = draft.document()
    sent = {"place": place, "to": "0", "revision": draft.revision, "row": "{}"}
    answer = mara.post(reverse(f"room-{what}", args=[draft.number, "fit"]), sent)
    assert answer.status_code == 400
    assert DefinitionVersion.objects.with_rows().get(pk=draft.pk).document() == before

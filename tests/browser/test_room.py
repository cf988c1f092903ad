"""Mara edits a draft in a real browser: picks a condition, raises a threshold, reorders."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def draft():
    live = make.agreement_in_force()
    return publishing.clone(live, actor=make.mara(), at=timezone.now())


@pytest.fixture
def room(page, live_server, draft):
    """Mara signed in, the draft's room open."""
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    page.goto(live_server.url)
    page.get_by_label("Email").fill(mara.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Definition", exact=True).first).to_be_visible()
    page.goto(live_server.url + reverse("room", args=[draft.number]))
    return page


def document(draft):
    return DefinitionVersion.objects.with_rows().get(pk=draft.pk).document()


def test_a_threshold_is_raised_and_a_condition_picked(room, draft, complaints, check):
    check()
    room.get_by_role("link", name="Edit status rule 3").click()
    threshold = room.get_by_label("Fit: value")
    expect(threshold).to_have_value("50")
    check()
    slider = room.get_by_label("Fit: drag the threshold")
    slider.focus()
    for _ in range(10):
        slider.press("ArrowRight")
    expect(threshold).to_have_value("60")

    room.get_by_role("button", name="Condition", exact=True).click()
    expect(room.get_by_label("Condition 3: about")).to_be_focused()
    room.get_by_label("Condition 3: about").select_option(label="Industry")
    expect(room.get_by_label("Industry: compare")).to_be_visible()
    expect(room.get_by_label("Condition 3: about")).to_be_focused()
    room.get_by_label("Industry: compare").select_option(label="is one of")
    adder = room.get_by_label("Industry: value: add one")
    adder.fill("fintech")
    adder.press("Enter")
    adder.fill("software")
    adder.press("Enter")
    expect(room.get_by_role("button", name="Remove fintech")).to_be_visible()
    check()
    adder.press("Control+Enter")
    sentence = room.locator("#row-decide-hand_raiser p").first
    expect(sentence).to_contain_text("industry is fintech or software")
    expect(sentence.locator("del")).to_have_text("50")
    expect(sentence.locator("ins").first).to_have_text("60")
    expect(room.locator("#edit-decide-hand_raiser")).to_be_focused()
    assert document(draft)["decide"][2]["when"][0] == {"field": "fit", "at_least": 60}
    check()


def test_rows_are_moved_by_keyboard_and_by_hand_and_taken_back(room, draft, complaints, check):
    def keys():
        return [row["key"] for row in document(draft)["decide"]]

    room.locator("#edit-decide-student").focus()
    room.keyboard.press("Alt+ArrowDown")
    room.keyboard.press("Alt+ArrowDown")  # before the first is answered: not taken twice
    expect(room.locator("[data-order=decide] > li").first).to_have_id("row-decide-customer")
    expect(room.locator("#edit-decide-student")).to_be_focused()
    assert keys()[:2] == ["customer", "student"]

    first, third = (room.locator("[data-order=decide] .order").nth(place) for place in (0, 2))
    first.hover()
    room.mouse.down()
    box = third.bounding_box()
    room.mouse.move(box["x"] + 2, box["y"] + box["height"], steps=8)
    room.mouse.up()
    expect(room.locator("#row-decide-customer .order")).to_have_text("3")
    assert keys()[:3] == ["student", "hand_raiser", "customer"]

    room.locator("#row-decide-student summary").click()
    room.locator("#row-decide-student").get_by_role("button", name="Remove").click()
    expect(room.get_by_text("Removed: Disqualified")).to_be_visible()
    check()
    room.get_by_role("button", name="Undo").click()
    expect(room.locator("#row-decide-student")).to_be_visible()
    assert keys()[:3] == ["student", "hand_raiser", "customer"]


def test_what_cannot_be_kept_stays_open_with_its_reason(room, check):
    room.get_by_role("link", name="Add a criterion").click()
    room.get_by_label("Give").fill("lots")
    room.get_by_role("button", name="Keep Ctrl Enter").click()
    expect(room.get_by_text("Points: “lots” is no number")).to_be_visible()
    expect(room.get_by_label("Give")).to_have_value("lots")
    check()
    room.keyboard.press("Escape")
    expect(room.locator("#editor")).to_have_count(0)


NOUNS = {
    "fit": "criterion",
    "signals": "signal",
    "motions": "motion",
    "decide": "status rule",
    "route": "routing rule",
    "tiers": "tier",
}


@pytest.mark.parametrize("section", NOUNS)
def test_a_row_is_added_edited_moved_and_removed_in_every_section(room, draft, complaints, section):
    noun = NOUNS[section]
    room.get_by_role("link", name=f"Add a {noun}").click()
    editor = room.locator("#editor")
    if section not in ("signals", "tiers"):
        editor.get_by_label("Condition 1: about").select_option(label="Employees")
        expect(editor.get_by_label("Employees: compare")).to_be_visible()
        editor.get_by_label("Employees: value").fill("5000")
    editor.get_by_label("Called").fill("Very large")
    if section == "tiers":
        editor.get_by_label("Accepted: minutes").fill("30")
    expect(editor.locator("[data-preview]")).not_to_be_empty()
    editor.get_by_role("button", name="Keep Ctrl Enter").click()
    row = room.locator(f"#row-{section}-very_large")
    expect(row).to_be_visible()

    row.get_by_role("link", name=f"Edit {noun}").click()
    editor.get_by_label("Called").fill("Largest")
    editor.get_by_role("button", name="Keep Ctrl Enter").click()
    expect(editor).to_have_count(0)
    assert [one["label"] for one in document(draft)[section] if one["key"] == "very_large"] == [
        "Largest"
    ]
    rows = room.locator(f"[data-order={section}] > li.rule")
    if rows.count() > 1:
        before = [one["key"] for one in document(draft)[section]]
        room.locator(f"#edit-{section}-very_large").focus()
        room.keyboard.press("Alt+ArrowUp")
        expect(room.locator("#sections")).to_have_attribute("data-revision", "3")
        expect(room.locator(f"#edit-{section}-very_large")).to_be_focused()
        assert [one["key"] for one in document(draft)[section]] != before
    row.locator("summary").click()
    row.get_by_role("button", name="Remove").click()
    expect(room.locator("#undo")).to_be_visible()
    assert "very_large" not in [one["key"] for one in document(draft)[section]]


def test_what_cannot_be_is_told_while_it_is_typed(room, complaints):
    room.get_by_role("link", name="Edit criterion 2").click()
    room.get_by_label("Called").fill("100 people or more")
    room.get_by_label("Employees: compare").select_option(label="is between")
    room.get_by_label("Employees: from").fill("3000")
    room.get_by_label("Employees: to").fill("2000")
    preview = room.locator("[data-preview]")
    expect(preview).to_contain_text("can never hold")
    expect(preview).to_contain_text("Its name says “100”")


def test_what_is_foreseen_too_late_is_drawn_nowhere(room, complaints):
    held = []
    room.route("**/preview/", lambda route: held.append(route))
    with room.expect_request("**/preview/"):
        room.get_by_role("link", name="Edit signal 1", exact=True).click()
    expect(room.locator("#decay")).to_be_visible()
    with room.expect_response("**/preview/") as late:
        room.keyboard.press("Escape")
        expect(room.locator("#editor")).to_have_count(0)
        held[0].continue_()
    assert late.value.ok and 'id="decay"' in late.value.text()
    room.unroute("**/preview/")
    room.get_by_role("link", name="Edit signal 1", exact=True).click()
    expect(room.locator("[data-preview]")).not_to_be_empty()


WIDE = {"key": "wide", "points": 5, "label": "W" * 60, "when": [
    {"field": "role", "contains": "x" * 200}]}  # fmt: skip


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("edit", ["", "signals-1", "tiers-1", "decide-3", "fit-3", "required"])
def test_the_room_is_for_everyone_on_a_phone_too(
    room, live_server, draft, complaints, check, edit, width
):
    drafting.put(draft, "fit", WIDE, revision=0, actor=make.mara(), at=timezone.now())
    room.set_viewport_size({"width": width, "height": 844})
    room.goto(live_server.url + reverse("room", args=[draft.number]) + f"?edit={edit}")
    check()


def test_without_a_script_every_change_is_a_form(browser, live_server, draft, room):
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(room.context.cookies())
    page = context.new_page()
    page.goto(live_server.url + reverse("room", args=[draft.number]))
    page.get_by_role("link", name="Edit criterion 2").click()
    page.get_by_role("button", name="Condition", exact=True).click()
    page.get_by_label("Condition 2: about").select_option(label="Role")
    page.get_by_role("button", name="Show the fields of my choice").click()
    page.get_by_label("Role: compare").select_option(label="contains")
    page.get_by_label("Role: value").fill("finance")
    page.get_by_role("button", name="Keep Ctrl Enter").click()
    expect(page.locator("#row-fit-size")).to_contain_text("role contains finance")
    context.close()

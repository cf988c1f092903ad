"""Versions of the definition in a real browser: read, compared, published, taken back; the playbook
read on a phone and printed."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff import publishing
from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server, page):
    """The agreement in force, a draft of Mara's that gives size more points, and Mara signed in."""
    live = make.DefinitionVersionFactory(number=1, live=True)
    make.agreement_in_force()
    mara = make.mara()
    mara.set_password("correct horse")
    mara.save()
    make.AreaOwnerFactory(area="definition", reviewed_at=make.MONDAY.replace(year=2020))
    make.StageFactory()
    make.StepFactory(checklist=make.ChecklistFactory())
    draft = publishing.clone(live, actor=mara, at=timezone.now())
    draft.fit.filter(key="size").update(points=60)
    page.goto(live_server.url)
    page.get_by_label("Email").fill("mara@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Definition", exact=True).first).to_be_visible()
    return live_server.url


def test_a_draft_is_published_and_taken_back(page, office, complaints, check):
    page.get_by_role("link", name="Definition", exact=True).first.click()
    expect(page.get_by_role("heading", name="Drafts")).to_be_visible()
    check()
    page.get_by_role("link", name="1 change from v1").click()
    expect(page.get_by_role("heading", name="1 change from v1 to v2")).to_be_visible()
    check()
    page.go_back()
    page.get_by_role("link", name="Publish… v2").click()
    check()
    page.get_by_label("Reason").fill("Size matters more")
    page.get_by_role("button", name="Publish v2").click()
    expect(page.get_by_text("v2 is live. The next lead is judged by it.")).to_be_visible()
    check()
    page.get_by_role("button", name="Undo: back to v1").click()
    expect(page.get_by_text("v1 is live.")).to_be_visible()
    assert DefinitionVersion.objects.live().get().number == 1


def test_the_menu_of_a_version(page, office, complaints, check):
    page.goto(f"{office}/definition/")
    page.locator("#v2 summary").click()
    check()
    page.get_by_role("link", name="Throw away…").click()
    check()
    page.get_by_role("button", name="Throw v2 away").click()
    expect(page.get_by_text("v2 is thrown away.")).to_be_visible()
    expect(page.get_by_text("No draft is open")).to_be_visible()


def test_the_playbook_is_read_reviewed_and_printed(page, office, complaints, check):
    page.goto(f"{office}/playbook/#rule-hand_raiser")
    expect(page.locator("#rule-hand_raiser")).to_be_in_viewport()
    check()
    page.get_by_role("button", name="Reviewed today: Definition").click()
    expect(page.get_by_text("Definition is reviewed.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator(".sidenav")).to_be_hidden()
    expect(page.get_by_role("heading", name="Response times")).to_be_visible()


def test_they_fit_a_phone(page, office, complaints, check):
    page.set_viewport_size({"width": 390, "height": 844})
    for address in ("definition/", "definition/1/to/2/", "definition/2/publish/", "playbook/"):
        page.goto(f"{office}/{address}")
        check()


def test_it_works_without_a_script(browser, office, page):
    context = browser.new_context(
        java_script_enabled=False, storage_state=page.context.storage_state()
    )
    plain = context.new_page()
    plain.goto(f"{office}/definition/2/publish/")
    plain.get_by_label("Reason").fill("Size matters more")
    plain.get_by_role("button", name="Publish v2").click()
    expect(plain.get_by_text("v2 is live.")).to_be_visible()
    plain.get_by_role("button", name="Undo: back to v1").click()
    expect(plain.get_by_text("v1 is live.")).to_be_visible()
    context.close()

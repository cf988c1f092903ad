"""Marketing operations change the definition in a real browser: draft, a fault, publish."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from handoff.models import DefinitionVersion
from tests import factories as make

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(page, live_server):
    """Ada signed in, the agreement in force."""
    make.agreement_in_force()
    ada = make.ada()
    ada.set_password("correct horse")
    ada.save()
    page.goto(live_server.url)
    page.get_by_label("Email").fill(ada.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("link", name="Settings", exact=True).first).to_be_visible()
    return live_server.url


def test_a_draft_is_edited_mended_and_published(page, office, complaints, check):
    page.goto(office + reverse("admin:handoff_definitionversion_changelist"))
    check()
    live = DefinitionVersion.objects.live().get()
    draft = f"v{live.number + 1}"
    page.get_by_role("button", name="New draft from the live version").click()
    expect(page.get_by_role("heading", name=draft)).to_be_visible()
    check()

    conditions = page.locator("#id_fit-1-when")
    conditions.fill("employes at_least 50")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#fit-1 .errorlist")).to_contain_text("employes")
    check()

    page.locator("#id_fit-1-when").fill("employees at_least 50")
    page.get_by_text("Add another Fit criterion").click()
    page.locator("#id_fit-2-key").fill("funded")
    page.locator("#id_fit-2-points").fill("5")
    page.locator("#id_fit-2-when").fill("funding_stage known")
    page.get_by_role("button", name="Save and continue editing").click()
    expect(page.locator("#fit-2")).to_contain_text("funded")

    page.get_by_role("link", name="Publish…").click()
    expect(page.get_by_text(f"{live} is live until you do.")).to_be_visible()
    check()
    page.get_by_label("Reason").fill("Smaller companies buy too")
    page.get_by_role("button", name=f"Publish {draft}").click()
    expect(page.get_by_text(f"{draft} is live. The next lead")).to_be_visible()
    check()
    assert str(DefinitionVersion.objects.live().get()) == draft


PAGES = (
    ("admin:index", ()),
    ("admin:handoff_team_add", ()),
    ("admin:handoff_calendar_add", ()),
    ("admin:handoff_absence_changelist", ()),
    ("admin:handoff_reason_changelist", ()),
    ("admin:handoff_step_add", ()),
    ("admin:handoff_user_changelist", ()),
    ("admin:handoff_user_add", ()),
    ("admin:handoff_apikey_add", ()),
    ("admin:leads_lead_changelist", ()),
    ("admin:leads_account_add", ()),
)


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_are_for_everyone(page, office, complaints, check, width):
    page.set_viewport_size({"width": width, "height": 900})
    team = make.sdr_na()
    things = (
        ("admin:handoff_team_change", (team.pk,)),
        ("admin:handoff_team_history", (team.pk,)),
        ("admin:handoff_team_delete", (team.pk,)),
        ("admin:handoff_user_change", (make.sam().pk,)),
    )
    for name, args in (*PAGES, *things):
        answer = page.goto(office + reverse(name, args=args))
        assert answer.status == 200, name
        check()

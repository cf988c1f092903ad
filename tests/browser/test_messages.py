"""Sam reads, unreads and narrows what he is told, and chooses it; Mara reads how it is worded."""

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from leads.models import Message, Preference
from leads.sending.composing import stop_address
from tests import factories as make

from .test_people import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def office(live_server):
    """Sam was told three things about one lead and one about himself."""
    make.agreement_in_force()
    at = timezone.now()
    handoff = make.HandoffFactory(
        lead__first_name="Ana", lead__last_name="Ruiz", made_at=at, triggered_at=at
    )
    told = {"lead": handoff.lead, "handoff": handoff, "body": {"why": "Asked for a demo"}}
    for subject in ("New lead: Ana Ruiz", "Soon due, accept: Ana Ruiz", "Late, accept: Ana Ruiz"):
        make.MessageFactory(subject=subject, written_at=timezone.now(), **told)
    make.MessageFactory(
        kind="time_off", subject="Lena entered time off for you", written_at=at,
        body={"path": "/me/time-off/"},
    )  # fmt: skip
    return live_server.url


def test_the_inbox_by_hand(page, office, complaints, check):
    sign_in(page, office, make.sam())
    bell = page.get_by_role("link", name="Notifications, 4 unread")
    expect(bell).to_be_visible()
    assert page.title().startswith("(4) ")
    bell.click()
    check()
    page.get_by_text("2 earlier about Ana Ruiz").click()
    check()
    page.get_by_role("button", name="Mark as read: Late").click()
    expect(page.get_by_text("1 not read yet.")).to_be_visible()
    page.get_by_role("button", name="Mark as not read: Late").click()
    expect(page.get_by_text("4 not read yet.")).to_be_visible()
    page.get_by_role("button", name="Mark all as read").click()
    expect(page.get_by_text("All marked as read.")).to_be_visible()
    check()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("4 not read yet.")).to_be_visible()
    page.get_by_label("Kind").select_option(label="Time off is entered or ends")
    expect(page.get_by_role("link", name="Lena entered time off")).to_be_visible()
    expect(page.get_by_text("Late, accept")).to_have_count(0)
    page.goto(f"{office}/notifications/")
    page.get_by_role("link", name="Late, accept: Ana Ruiz").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ana Ruiz")
    expect(page.get_by_role("link", name="Notifications, 1 unread")).to_be_visible()


def test_the_bell_rings_by_itself(page, office, complaints):
    sign_in(page, office, make.sam())
    page.clock.install()
    page.goto(f"{office}/notifications/")
    make.MessageFactory(subject="New lead: Bo Li", written_at=timezone.now())
    page.clock.run_for(21_000)
    expect(page.locator("[data-bell-said]")).to_have_text("New message: New lead: Bo Li")
    expect(page.get_by_role("link", name="Notifications, 5 unread")).to_be_visible()
    expect(page).to_have_title("(5) Notifications · Handoff")


def test_sam_chooses_what_he_is_told(page, office, complaints, check):
    sign_in(page, office, make.sam())
    page.goto(f"{office}/me/messages/")
    check()
    page.get_by_label("A lead of yours comes back: Email").uncheck()
    page.get_by_label("Not between two times of day").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Say when, such as 18:00.").first).to_be_visible()
    expect(page.get_by_label("A lead of yours comes back: Email")).not_to_be_checked()
    check()
    page.get_by_label("Quiet from").fill("18:00")
    page.get_by_label("until", exact=True).fill("08:00")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. It holds from the next message on.")).to_be_visible()
    assert Preference.objects.get().changed == ["added:email"]
    page.get_by_label("Its incoming-webhook address").fill("http://10.0.0.1/hook")
    page.get_by_role("button", name="Add the chat").click()
    expect(page.get_by_text("which is not a public address")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    assert all("422" in one for one in complaints)
    complaints.clear()


def test_mara_reads_how_it_is_worded(page, office, complaints, check):
    sign_in(page, office, make.mara())
    page.goto(f"{office}/messages/preview/")
    check()
    page.get_by_role("link", name="A late lead needs you now").click()
    expect(page.get_by_label("The mail as text")).to_contain_text("Needs you now: Ana Ruiz")
    check()
    page.set_viewport_size({"width": 390, "height": 844})
    check()
    page.get_by_role("link", name="As mail programs show it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Needs you now: Ana Ruiz")
    check()


def test_mail_is_stopped_without_signing_in(page, office, complaints, check):
    path = stop_address(make.sam(), "assigned").split("/", 3)[3]
    page.goto(f"{office}/{path}")
    check()
    page.get_by_role("button", name="Stop it").click()
    expect(page.get_by_role("heading", name="Stopped")).to_be_visible()
    check()
    page.get_by_role("button", name="Send it again after all").click()
    expect(page.get_by_role("heading", name="On again")).to_be_visible()
    assert Preference.objects.get().changed == []


def test_a_webhook_s_changes_stand_on_its_page(page, office, complaints, check):
    webhook = make.WebhookFactory(name="CRM")
    sign_in(page, office, make.ada())
    page.goto(f"{office}{reverse('leads:webhook', args=[webhook.pk])}")
    expect(page.get_by_text("Secrets are not kept")).to_be_visible()
    check()
    page.goto(f"{office}{reverse('leads:webhook-edit', args=[webhook.pk])}")
    check()
    assert not Message.objects.filter(webhook=webhook).exists()

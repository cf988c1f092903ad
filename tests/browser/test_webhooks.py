"""Ada adds a webhook, tests it, looks at its log, and deals with what could not be sent."""

import ipaddress

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from leads import sending
from leads.journey import relaying
from leads.models import Message, Webhook
from tests import factories as make
from tests.leads.receiving import Listening, says

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def ada(page, live_server, settings):
    """Signed in, before the list of webhooks."""
    settings.WEBHOOK_ALLOW = [ipaddress.ip_network("127.0.0.1")]
    make.sdr_na()
    person = make.ada()
    person.set_password("correct horse")
    person.save()
    page.goto(live_server.url + reverse("leads:webhooks"))
    page.get_by_label("Email").fill("ada@northwind.example")
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Webhooks and chat")).to_be_visible()
    return page


def test_from_the_empty_list_to_an_answer_in_the_log(ada, complaints, check):
    check()
    ada.get_by_role("link", name="Add one").click()
    check()
    ada.get_by_label("Name", exact=True).fill("CRM")
    ada.get_by_label("Address").fill("http://10.0.0.1/")
    ada.get_by_label("Hand-over made").check()
    ada.get_by_role("button", name="Add").click()
    expect(ada.get_by_text("not a public address")).to_be_visible()
    check()
    assert [one for one in complaints if "422" not in one] == []
    complaints.clear()
    with Listening(says(500, b"broken")) as receiver:
        ada.get_by_label("Address").fill(receiver.url)
        ada.get_by_role("button", name="Add").click()
        expect(ada.get_by_label("Secret")).to_contain_text("whsec_")
        check()
        ada.get_by_role("link", name="I have copied it").click()
        check()
        ada.get_by_role("button", name="Send a test").click()
        expect(ada.get_by_text("Not tried yet")).to_be_visible()
        check()
        sending.post_due(now=timezone.now)
        expect(ada.get_by_text("Answered 500 Internal Server Error.")).to_be_visible()
        check()
    ada.get_by_role("link", name="CRM").click()
    expect(ada.get_by_text("It takes nothing since")).to_be_visible()
    ada.get_by_text("More", exact=True).click()
    check()
    ada.get_by_role("button", name="Switch it off").click()
    expect(ada.get_by_text("It is off: Switched off by Ada Moreau")).to_be_visible()
    ada.get_by_text("More", exact=True).click()
    check()
    ada.goto(ada.url.replace(f"{Webhook.objects.get().pk}/", ""))
    check()


def dead(live_server):
    webhook = make.WebhookFactory(name="CRM")
    for _ in range(2):
        relaying.send_test(webhook, by="Ada", at=timezone.now())
    make.MessageFactory(dead=True, subject="New lead: Ana")
    Message.objects.update(state="dead", error="Answered 500.", attempts=10)
    return live_server.url + reverse("leads:unsent")


def test_what_could_not_be_sent_is_sent_again_or_discarded(ada, live_server, complaints, check):
    ada.goto(dead(live_server))
    expect(ada.locator("[data-row]")).to_have_count(3)
    check()
    ada.get_by_label("Pick New lead: Ana").check()
    ada.locator("summary", has_text="Discard").click()
    ada.get_by_label("Why need they not be sent?").fill("She has left")
    check()
    ada.get_by_role("button", name="Discard", exact=True).click()
    expect(ada.get_by_text("1 message discarded")).to_be_visible()
    ada.get_by_label("All 2").check()
    ada.get_by_role("button", name="Send again").click()
    expect(ada.get_by_role("heading", name="Everything was sent")).to_be_visible()
    check()
    assert set(Message.objects.values_list("state", flat=True)) == {"discarded", "waiting"}


def test_on_a_phone(ada, live_server, complaints, check):
    address = dead(live_server)
    ada.set_viewport_size({"width": 390, "height": 844})
    for to in (
        address,
        live_server.url + reverse("leads:webhooks"),
        live_server.url + reverse("leads:webhook-add"),
        live_server.url + reverse("leads:webhook", args=[Webhook.objects.get().pk]),
    ):
        ada.goto(to)
        check()

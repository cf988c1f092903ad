"""What a lead's page tells before anybody scrolls, and that nothing a lead wrote runs there."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.models import Judgement, Lead, Touchpoint
from leads.views import evidence
from tests import factories as make

pytestmark = pytest.mark.django_db

BAD = "<script>alert(1)</script>"
DAY = dt.timedelta(days=1)


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    client.force_login(make.sam())
    return make.sam()


def page_of(client, lead):
    return client.get(reverse("leads:lead", args=[lead.pk]))


def text_of(client, lead):
    return page_of(client, lead).content.decode()


@pytest.fixture
def back(sam):
    """Ana, rejected for wrong timing forty days ago, who asks for a demo now."""
    at = timezone.now() - dt.timedelta(minutes=5)
    lead = make.LeadFactory(first_name="Ana", last_name="Doe", problem="Nine days to close")
    first = make.HandoffFactory(
        lead=lead, triggered_at=at - 44 * DAY, rejected=True, ended_at=at - 40 * DAY,
        reason=make.ReasonFactory(wrong_timing=True), note="Budget opens later",
        until=(at + 30 * DAY).date(),
    )  # fmt: skip
    make.TouchpointFactory(lead=lead, occurred_at=at - 44 * DAY)
    make.TouchpointFactory(
        lead=lead, signal="content_download", occurred_at=at - DAY,
        url="https://northwind.example/guides/pricing-guide",
    )  # fmt: skip
    make.TouchpointFactory(lead=lead, occurred_at=at)
    judgement = make.JudgementFactory(lead=lead, as_of=at)
    Lead.objects.filter(pk=lead.pk).update(judgement=judgement)
    make.HandoffFactory(
        lead=lead, judgement=judgement, triggered_at=at, reentry=True, previous=first
    )
    return lead


def test_who_comes_back_is_told_with_how_it_ended(client, back):
    text = text_of(client, back)
    month = f"{timezone.localtime(timezone.now() - 40 * DAY):%B}"
    assert f"Second time here: rejected in {month} for wrong timing, demo request again" in text
    assert "In their words: “Nine days to close”" in text
    assert "“Budget opens later”" in text and "to come back" in text


def test_score_at_hand_over_and_now_stand_side_by_side(client, sam):
    at = timezone.now() - 30 * DAY
    lead = make.LeadFactory()
    judgement = make.JudgementFactory(lead=lead, as_of=at)
    Lead.objects.filter(pk=lead.pk).update(judgement=judgement)
    make.HandoffFactory(lead=lead, judgement=judgement, triggered_at=at)
    make.TouchpointFactory(lead=lead, occurred_at=at)
    make.TouchpointFactory(lead=lead, signal="pricing_page", occurred_at=timezone.now())
    parts = {"demo_request": 35.0, "pricing_page": 15.0}
    anew = make.JudgementFactory(lead=lead, as_of=timezone.now(), intent=50.0, intent_parts=parts)
    Lead.objects.filter(pk=lead.pk).update(judgement=anew)
    page = page_of(client, lead)
    now = page.context["now_intent"]
    assert now.now == pytest.approx(50.0, abs=0.2) and now.then == 70.0
    assert now.faded == pytest.approx(35.0, abs=0.2) and now.new == pytest.approx(15.0, abs=0.2)
    rows = page.context["intent"]
    assert sum(row.now for row in rows) == pytest.approx(now.now)
    assert sum(row.points for row in rows) == pytest.approx(judgement.intent)
    text = page.content.decode()
    assert "What they did since adds 15" in text and "faded with time" in text
    assert "since the hand-over" in text and "Since the hand-over" in text


def test_parts_that_are_cut_off_at_a_hundred_still_add_up(client, sam):
    at = timezone.now() - DAY
    lead = make.LeadFactory()
    parts = {"demo_request": 70.0, "pricing_page": 45.0, "_limit": -15.0}
    judgement = make.JudgementFactory(lead=lead, as_of=at, intent=100.0, intent_parts=parts)
    Lead.objects.filter(pk=lead.pk).update(judgement=judgement)
    make.HandoffFactory(lead=lead, judgement=judgement, triggered_at=at)
    make.TouchpointFactory(lead=lead, occurred_at=at)
    for n in range(3):
        make.TouchpointFactory(
            lead=lead, signal="pricing_page", occurred_at=at - n * dt.timedelta(minutes=1)
        )
    page = page_of(client, lead)
    now = page.context["now_intent"]
    if now is not None:
        assert sum(row.now for row in page.context["intent"]) == pytest.approx(now.now)
    assert sum(row.points for row in page.context["intent"]) == pytest.approx(100.0)


def test_a_fit_that_changed_says_what_moved(client, sam):
    lead = make.LeadFactory()
    then = make.JudgementFactory(lead=lead)
    make.HandoffFactory(lead=lead, judgement=then)
    now = make.JudgementFactory(lead=lead, fit=30.0, fit_parts={"industry": 30.0})
    Lead.objects.filter(pk=lead.pk).update(judgement=now)
    assert "Fit is 30 now: lost Size." in text_of(client, lead)


def test_each_value_tells_where_it_came_from(client, sam):
    account = make.AccountFactory(name="Nova Pay", industry="retail")
    lead = make.LeadFactory(
        account=account, industry="", employees=40.0, provenance={"employees": "person"}
    )
    judgement = make.JudgementFactory(lead=lead, industry="retail", fit=0.0, fit_parts={})
    make.HandoffFactory(lead=lead, judgement=judgement)
    text = text_of(client, lead)
    assert "Not met: 40, typed by a person" in text
    assert "Not met: retail, from the account" in text


def test_every_enquiry_is_there_with_its_source_and_answers(client, sam):
    lead = make.LeadFactory(
        source="email", first_source="paid_search", first_campaign="2026-q1", consent=True
    )
    make.HandoffFactory(lead=lead)
    for n, (source, answer) in enumerate((("paid_search", "SAP"), ("email", "NetSuite"))):
        make.SubmissionFactory(
            lead=lead, occurred_at=make.MONDAY + n * DAY, source=source, offer="Guided demo",
            campaign=f"2026-q{n + 1}", landing_page="https://northwind.example/demo",
            answers={"runs_on": answer}, trigger="demo_request",
        )  # fmt: skip
    page = page_of(client, lead)
    assert [one.answers["runs_on"] for one in page.context["sent"]] == ["NetSuite", "SAP"]
    assert [one.is_first for one in page.context["sent"]] == [False, True]
    text = page.content.decode()
    for said in ("Paid search, 2026-q1", "First source, never changes", "2 enquiries",
                 "offer Guided demo", "Runs on", "Yes, they agreed"):  # fmt: skip
        assert said in text, said


def test_email_opens_are_told_apart(client, sam):
    lead = make.LeadFactory()
    make.HandoffFactory(lead=lead)
    for n in range(3):
        make.TouchpointFactory(lead=lead, signal="email_open", occurred_at=make.MONDAY - n * DAY)
    text = text_of(client, lead)
    assert "Opened 3 emails: opening never counts towards a hand-over." in text


def test_a_long_journey_is_folded_with_its_count(client, sam):
    lead = make.LeadFactory()
    make.HandoffFactory(lead=lead)
    for n in range(12):
        make.TouchpointFactory(lead=lead, signal=f"deed_{n}", occurred_at=make.MONDAY - n * DAY)
    page = page_of(client, lead)
    assert len(page.context["deeds"]) == 5 and "7 earlier steps" in page.content.decode()


def test_nothing_a_lead_wrote_runs(client, sam):
    columns = (
        "first_name", "last_name", "phone", "role", "company", "region", "country", "language",
        "industry", "funding_stage", "product_interest", "problem", "timing", "trigger", "source",
        "campaign", "offer", "landing_page", "first_source", "first_campaign",
        "first_landing_page",
    )  # fmt: skip
    account = make.AccountFactory(name=BAD, industry=BAD, country=BAD)
    lead = make.LeadFactory(
        account=account, email=f"{BAD}@x.example", answers={BAD: BAD}, **dict.fromkeys(columns, BAD)
    )
    make.LeadFactory(account=account, first_name=BAD, role=BAD)
    judgement = make.JudgementFactory(lead=lead)
    make.HandoffFactory(lead=lead, judgement=judgement, rejected=True, note=BAD)
    make.HandoffFactory(lead=lead, judgement=judgement, reentry=True, next_step=BAD, accepted=True)
    make.OpportunityFactory(account=account, reason=BAD, competitor=BAD)
    make.SubmissionFactory(
        lead=lead, trigger=BAD, source=BAD, campaign=BAD, offer=BAD, landing_page=BAD,
        answers={BAD: BAD},
    )  # fmt: skip
    for name in ("url", "detail", "campaign", "offer"):
        make.TouchpointFactory(lead=lead, signal=BAD[:64], **{name: f"https://x.example/{BAD}"})
    client.force_login(make.mara())
    addresses = [reverse(f"leads:{name}", args=[lead.pk]) for name in ("lead", "timeline")] + [
        reverse("leads:account", args=[account.pk])
    ]
    for address in addresses:
        text = client.get(address).content.decode()
        assert "alert(1)" in text and "<script>alert" not in text, address


@pytest.mark.parametrize(
    ("days", "said"), [(0, "that day"), (1, "the day before"), (3, "3 days before")]
)
def test_what_counted_is_dated_from_the_hand_over_not_from_today(days, said):
    as_of = dt.datetime(2026, 3, 10, 12, tzinfo=dt.UTC)
    judgement = Judgement(as_of=as_of, judged_at=as_of, intent_parts={"demo": 30.0})
    did = as_of - dt.timedelta(days=days)
    seen = [Touchpoint(signal="demo", occurred_at=did, recorded_at=did)]
    rows = evidence.intent_parts(judgement, {"signals": [{"key": "demo", "points": 30}]}, seen)
    assert [row.because for row in rows] == [f"{said}, 30 points"]

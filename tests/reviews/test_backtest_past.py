"""An imported past in a backtest: what it knows, and leaving it out."""

import datetime as dt

import pytest
from django.urls import reverse

from leads.models import Judgement, Lead
from reviews import backtesting
from reviews.models import Backtest
from tests import factories as make
from tests.leads.arriving import agreement, arrive
from tests.reviews.backtesting import SINCE, UNTIL, backtest_of, stricter

pytestmark = pytest.mark.django_db

THEN = make.MONDAY - dt.timedelta(days=20)
DAY = dt.timedelta(days=1)


def imported(**payload):
    """A lead of the past, told today, judged as of then."""
    touch = {"signal": "demo_request", "occurred_at": THEN.isoformat()}
    given = {"occurred_at": THEN.isoformat(), "touchpoints": [touch]} | payload
    outcome = arrive(historical=True, **given)
    return Lead.objects.get(pk=outcome.lead_id)


@pytest.mark.parametrize(
    ("deal", "was_open"),
    [
        ({"opened_at": THEN - DAY}, True),
        ({"opened_at": THEN + DAY}, False),
        ({"opened_at": THEN + DAY, "stage": "won", "closed_at": THEN + 2 * DAY}, False),
        ({"opened_at": THEN - DAY, "stage": "lost", "closed_at": THEN + DAY}, True),
        ({"opened_at": THEN - 2 * DAY, "stage": "lost", "closed_at": THEN - DAY}, False),
        ({"opened_at": None}, True),
        ({"opened_at": None, "stage": "won", "closed_at": None}, False),
    ],
)
def test_an_imported_lead_knows_only_the_deals_that_were_open_then(deal, was_open):
    agreement()
    account = make.AccountFactory(domain="lumen.example", owner=None)
    make.OpportunityFactory(account=account, **deal)
    lead = imported(email="bo@lumen.example")
    assert lead.account == account
    judgement = Judgement.objects.get(lead=lead)
    assert judgement.as_of == THEN
    assert judgement.open_opportunity is was_open


def marked(backtest):
    return {row.lead_id: row.imported for row in backtest.rows.all()}


def test_leads_of_an_imported_past_are_told_apart_and_may_be_left_out():
    agreement()
    past, live = imported(), arrive().lead_id
    quiet = imported(touchpoints=[]).pk
    whole = backtest_of(stricter())
    assert marked(whole) == {past.pk: True, live: False, quiet: True}
    assert whole.with_imported and whole.result["imported"] == 2
    some = backtest_of(stricter(), with_imported=False)
    assert marked(some) == {live: False} and some.result["imported"] == 0
    segment = [{"field": "country", "is": "us"}]
    assert marked(backtest_of(stricter(), with_imported=False, segment=segment)) == {live: False}


def test_a_lead_of_the_past_that_comes_again_is_judged_as_it_came():
    agreement()
    lead = imported(touchpoints=[])
    arrive(email=lead.email)
    assert marked(backtest_of(stricter())) == {lead.pk: False}
    earlier = backtest_of(stricter(), until=make.MONDAY)
    assert marked(earlier) == {lead.pk: True}


def test_history_told_later_of_a_lead_that_came_by_itself_does_not_make_it_imported():
    agreement()
    live = Lead.objects.get(pk=arrive(touchpoints=[]).lead_id)
    later = make.MONDAY + DAY
    arrive(at=later, historical=True, email=live.email, occurred_at=THEN.isoformat())
    assert marked(backtest_of(stricter(), since=make.MONDAY))[live.pk] is False


def test_running_it_again_asks_the_same_of_the_past():
    agreement()
    imported()
    run = backtest_of(stricter(), with_imported=False)
    newer = backtesting.again(run, actor=make.mara(), at=UNTIL)
    assert not newer.with_imported


def test_the_page_asks_names_and_counts_the_imported_past(client):
    agreement()
    draft = stricter()
    past = imported()
    live = Lead.objects.get(pk=arrive().lead_id)
    client.force_login(make.mara())
    address = reverse("reviews:backtests", args=[draft.number])
    today = str(UNTIL.date())
    asked = {"since": str(SINCE.date()), "until": today, "imported": "leave_out"}
    assert client.post(address, asked).status_code == 302
    assert not Backtest.objects.get().with_imported
    assert client.post(address, asked | {"imported": "sometimes"}).status_code == 422

    run = backtest_of(draft)
    page = reverse("reviews:backtest", args=[draft.number, run.pk])
    text = client.get(page).content.decode()
    assert "leads/?imported=yes" in text and "1 lead</a> of them was imported" in text
    text = client.get(f"{page}leads/?imported=yes").content.decode()
    assert past.title in text and live.title not in text
    run = backtest_of(draft, with_imported=False)
    page = reverse("reviews:backtest", args=[draft.number, run.pk])
    text = client.get(page).content.decode()
    assert "without leads imported from the past" in text and "imported=yes" not in text

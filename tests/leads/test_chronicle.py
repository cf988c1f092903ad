"""A lead's story in words: pages by name, deeds told once, earlier rounds, who this is."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as some

from handoff.models import Reason
from leads.chronicle import company, lede, rounds
from leads.chronicle.deeds import Deed, deeds, way
from leads.chronicle.pages import is_pricing, page_of
from leads.models import Account, Handoff, Lead, Touchpoint

NOW = dt.datetime(2026, 10, 15, 17, 0, tzinfo=dt.UTC)
SITE = "https://northwind.example"
NAMES = {
    "demo_request": "Asked for a demo",
    "pricing_page": "Looked at pricing",
    "integration_page": "Read an integration page",
    "content_download": "Downloaded a guide",
    "email_open": "Opened an email",
    "blog_visit": "Read the blog",
}


@pytest.fixture(autouse=True)
def new_york():
    with timezone.override(ZoneInfo("America/New_York")):
        yield


def touch(signal, ago, path="", *, seconds=None, detail=""):
    """A touchpoint `ago` (hours) before NOW."""
    at = NOW - dt.timedelta(hours=ago)
    url = f"{SITE}{path}" if path else ""
    return Touchpoint(signal=signal, occurred_at=at, url=url, seconds=seconds, detail=detail)


def said(touchpoints, trigger_at=None):
    return [(deed.said, deed.detail) for deed in deeds(touchpoints, NAMES, trigger_at)]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/integrations/erp", "ERP integration page"),
        ("https://northwind.example/integrations/netsuite?utm=1#x", "netsuite integration page"),
        ("/en/guides/pricing-guide", "pricing guide"),
        ("/guides/month-end-close.html", "month end close guide"),
        ("/de-de/pricing/growth", "pricing page"),
        ("/webinars/close%20faster/", "close faster webinar"),
        ("/pricing-guide", "pricing guide"),
        ("/security", "security page"),
        ("/company/about-us", "about us page"),
        ("/blog", "blog"),
        ("/blog/2026/09/close-checklist", "close checklist blog post"),
        ("https://northwind.example", "home page"),
        ("https://northwind.example/index.html", "home page"),
    ],
)
def test_a_page_is_called_by_its_address(address, name):
    assert page_of(address).name == name


@pytest.mark.parametrize("address", ["", "mailto:ana", "http://[", "/2026/10", "not an address"])
def test_what_is_no_page_has_no_name(address):
    assert page_of(address) is None


@given(some.text())
def test_no_address_is_too_odd_to_read(text):
    found = page_of(text)
    assert found is None or found.name
    assert is_pricing("visit", text) in (True, False)


def test_a_look_at_prices_shows_in_the_signal_or_the_address():
    assert is_pricing("pricing_page", "")
    assert is_pricing("visit", "/en/plans/growth")
    assert not is_pricing("visit", "/blog/pricing")


def test_a_page_is_named_as_its_sender_spells_it():
    assert page_of("/integrations/netsuite").called("NetSuite").name == "NetSuite integration page"
    assert page_of("/integrations/sap").called("Something else").name == "SAP integration page"
    assert page_of("/guides/pricing-guide").called("Pricing guide").name == "Pricing guide"
    assert page_of("/webinars/close-faster").called("Close faster, live").name == (
        "close faster webinar"
    )
    assert page_of("/pricing").called("Growth plan").name == "pricing page"


def test_the_same_in_a_row_is_told_once_with_its_page_and_time():
    twice = [
        touch("integration_page", 2, "/integrations/erp", seconds=100),
        touch("integration_page", 1, "/integrations/erp", seconds=90),
    ]
    assert said(twice) == [("Read the ERP integration page", "Twice, 3 min 10 s in all")]
    (deed,) = deeds(twice, NAMES, None)
    assert deed.in_text == "read the ERP integration page twice"


def test_several_pages_in_a_row_are_listed():
    pages = [
        touch("integration_page", 2, "/integrations/sap"),
        touch("integration_page", 1.5, "/integrations/netsuite", detail="NetSuite"),
        *(touch("integration_page", 1 - n / 10, "/integrations/sap") for n in range(4)),
    ]
    assert said(pages) == [("Read an integration page", "6 times, SAP, NetSuite")]


def test_a_return_says_after_how_long():
    visits = [
        touch("pricing_page", 240, "/pricing"),
        touch("blog_visit", 230, "/blog/close-checklist"),
        touch("pricing_page", 24, "/pricing/growth", seconds=280, detail="Growth plan"),
        touch("demo_request", 23),
        touch("pricing_page", 22, "/pricing"),
        touch("demo_request", 1),
    ]
    assert said(visits) == [
        ("Looked at pricing", ""),
        ("Read the blog", "Close checklist blog post"),
        ("Came back to pricing", "After 9 days, 4 min 40 s, Growth plan"),
        ("Asked for a demo", ""),
        ("Came back to pricing", ""),
        ("Asked for a demo again", "The next day"),
    ]


def test_what_started_the_hand_over_and_what_came_since_are_marked():
    told = deeds(
        [touch("pricing_page", 30), touch("demo_request", 5), touch("blog_visit", 1)],
        NAMES,
        NOW - dt.timedelta(hours=5),
    )
    assert [(deed.is_trigger, deed.is_since) for deed in told] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    nothing_before = deeds([touch("blog_visit", 1)], NAMES, NOW - dt.timedelta(hours=5))
    assert [(deed.is_trigger, deed.is_since) for deed in nothing_before] == [(False, True)]


def test_email_opens_and_the_time_on_pricing_are_told_beside_the_rest():
    found = way(
        [
            touch("email_open", 100),
            touch("pricing_page", 60, "/pricing", seconds=200),
            touch("email_open", 50),
            touch("podcast", 40),
            touch("pricing_page", 20, "/pricing", seconds=80),
        ],
        NAMES,
        NOW,
        silent={"podcast", "email_open"},
    )
    assert [deed.said for deed in found.deeds] == ["Looked at pricing", "Came back to pricing"]
    assert found.notes == [
        "On pricing: 2 visits on 2 days, 4 min 40 s in all.",
        "Opened 2 emails: opening never counts towards a hand-over.",
        "Podcast, 1 time: counts for nothing.",
    ]
    assert found.trigger.said == "Came back to pricing"
    assert found.since(NOW - dt.timedelta(hours=30)).deeds == found.deeds[1:]


def test_one_look_at_pricing_needs_no_sum():
    assert way([touch("pricing_page", 1, "/pricing")], NAMES, None).notes == []


def test_what_was_asked_for_is_no_page():
    assert said([touch("demo_request", 1, "/contact-us")]) == [("Asked for a demo", "")]
    assert said([touch("page_view", 1, "/security")]) == [("Page view", "Security page")]


def test_a_campaign_names_what_has_no_page():
    mail = touch("demo_request", 1)
    mail.campaign = "2026-Q4-close"
    assert said([mail]) == [("Asked for a demo", "2026-Q4-close")]


def handoff(made_days, ended_days=None, **told):
    ended = None if ended_days is None else NOW - dt.timedelta(days=ended_days)
    return Handoff(
        pk=1000 - made_days, made_at=NOW - dt.timedelta(days=made_days), ended_at=ended, **told
    )


def deed(text, hours, **marks):
    return Deed(NOW - dt.timedelta(hours=hours), text, "", **marks)


@pytest.fixture
def timing():
    return Reason(key="wrong_timing", label="Wrong timing")


def test_the_third_time_reads_as_a_person_would_say_it(timing):
    march = handoff(220, 215, state="rejected", reason=timing, reentry=True, previous_id=1)
    first = handoff(400, 390, state="closed", disposition="no_response")
    current = handoff(0, reentry=True, previous_id=2, state="waiting")
    since = [
        deed("Read the blog", 50),
        deed("Downloaded the pricing guide", 26, is_trigger=True),
        deed("Came back to pricing", 1, is_since=True),
    ]
    assert rounds.back_again(current, [march, first], since, now=NOW) == (
        "Third time here: rejected in March for wrong timing, "
        "downloaded the pricing guide yesterday."
    )


def test_passed_on_within_sales_is_no_new_time(timing):
    sdr = handoff(9, 3, state="advanced")
    ae = handoff(3, previous_id=1, step="ae", state="waiting")
    assert rounds.back_again(ae, [sdr], [], now=NOW) == ""
    assert rounds.back_again(handoff(0, state="waiting"), [], [], now=NOW) == ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"state": "advanced"}, "passed on within sales 5 days ago"),
        ({"state": "closed", "disposition": "converted"}, "converted 5 days ago"),
        ({"state": "closed"}, "closed 5 days ago"),
    ],
)
def test_each_ending_has_its_words(told, said):
    assert rounds.ending(handoff(20, 5, **told), NOW) == said


def test_a_reason_that_says_the_same_is_not_said_twice(timing):
    timing.label = "No response"
    one = handoff(500, 400, state="closed", disposition="no_response", reason=timing)
    assert rounds.ending(one, NOW) == "no response in September 2025"
    timing.label = "API missing"
    assert rounds.ending(one, NOW) == "no response in September 2025 for API missing"


def test_back_on_its_date_or_without_a_sign(timing):
    ended = handoff(90, 80, state="rejected", reason=timing, until=NOW.date())
    current = handoff(0, reentry=True, previous_id=1, state="waiting")
    assert rounds.back_again(current, [ended], [], now=NOW).endswith(
        "back on the date set then, 15 Oct 2026."
    )
    ended.until = None
    assert "back without a new visit on record." in rounds.back_again(current, [ended], [], now=NOW)
    many = [handoff(90 + n, 80 + n, state="closed") for n in range(12)]
    assert rounds.back_again(current, many, [], now=NOW).startswith("Here 13 times now: ")


def test_what_a_later_step_sends_back_did_not_go_to_marketing(timing):
    assert rounds.how(handoff(3, state="returned")) == "returned to marketing"
    assert rounds.how(handoff(3, state="returned", step="ae")) == "sent back"


def test_how_long_a_round_took(timing):
    assert rounds.lasted(handoff(9, 4), NOW) == "5 days"
    assert rounds.lasted(handoff(1), NOW) == "24 h 00"


def text(pieces):
    return "".join(words for _, words in pieces)


def test_who_they_are_takes_gaps_from_the_account():
    known = Lead(role="Head of Finance", employees=400.0, industry="fintech", region="New York")
    assert text(lede.who(known)) == "Head of Finance at a 400-person fintech in New York."
    account = Account(industry="energy", employees=80.0, country="NO")
    assert text(lede.who(Lead(account=account))) == (
        "Role not known at an 80-person energy company in Norway."
    )
    assert text(lede.who(Lead(role="CFO"))) == "CFO."
    assert text(lede.who(Lead(role="CFO", country="US", region="Ohio"))) == "CFO in Ohio, the US."
    assert text(lede.who(Lead(role="CFO", country="CA", region="North America"))) == (
        "CFO in Canada."
    )
    assert text(lede.who(Lead(role="CFO", region="EMEA"))) == "CFO in EMEA."


def test_what_they_asked_is_told_with_what_came_before():
    found = way(
        [
            touch("blog_visit", 300, "/blog/close"),
            touch("content_download", 200, "/guides/pricing-guide"),
            touch("pricing_page", 3, "/pricing"),
            touch("pricing_page", 2, "/pricing"),
            touch("demo_request", 1),
        ],
        NAMES,
        NOW,
    )
    assert text(lede.asked(found, now=NOW)) == (
        "Asked for a demo today 12:00; before that downloaded the pricing guide and looked at "
        "pricing twice."
    )
    assert text(lede.asked(found, now=NOW, is_told=True)) == (
        "Before that downloaded the pricing guide and looked at pricing twice."
    )
    alone = way([touch("demo_request", 1)], NAMES, NOW)
    assert lede.asked(alone, now=NOW, is_told=True) == []
    assert lede.asked(way([], NAMES, NOW), now=NOW) == []
    assert text(lede.asked(way([touch("demo_request", 1)], NAMES, NOW), now=NOW)) == (
        "Asked for a demo today 12:00."
    )


def test_what_they_use_is_their_answer_else_the_rival_of_a_deal():
    rows = [
        {"stage": "lost", "whole": True, "amount": "12000.00", "opened_at": None,
         "closed_at": NOW.isoformat(), "reason": "chose another",
         "competitor": "Quillbooks", "owner": None},
        {"stage": "open", "whole": True, "amount": None, "opened_at": NOW.isoformat(),
         "closed_at": None, "reason": "", "competitor": "", "owner": "Ines Ferro"},
    ]  # fmt: skip
    deals = company.deals(rows)
    assert [(deal.word, deal.why, deal.moment) for deal in deals] == [
        ("Open", "", NOW),
        ("Lost", "chose another, against Quillbooks", NOW),
    ]
    assert company.uses_today({}, deals) == "Quillbooks, named when a deal was lost Oct 2026"
    assert company.uses_today({"runs_on": "SAP"}, deals) == "SAP"
    assert company.uses_today({}, deals[:1]) == ""

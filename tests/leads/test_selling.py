"""Whether what somebody was offered can be sold to them."""

import datetime as dt

import pytest

from leads.journey.selling import Facts, facts_of, misfits
from leads.models import Offer
from tests import factories as make

TODAY = dt.date(2026, 10, 12)
BERLIN = Facts("mid_market", "DE", "fintech", 400.0)
NAMES = {"mid_market": "Mid-market", "enterprise": "Enterprise"}


def said(facts=BERLIN, **offer):
    return misfits(Offer(**offer), facts, on=TODAY, motions=NAMES)


@pytest.mark.parametrize(
    "offer",
    [
        {},
        {"motions": ["mid_market", "enterprise"], "countries": ["de"], "industries": ["FinTech "]},
        {"employees_from": 400, "employees_to": 400},
        {"starts_on": TODAY, "ends_on": TODAY},
    ],
)
def test_an_offer_that_fits_says_nothing(offer):
    assert said(**offer) == []


@pytest.mark.parametrize(
    ("offer", "sentence"),
    [
        ({"ends_on": TODAY - dt.timedelta(days=1)}, "It ended on 11 Oct 2026."),
        ({"starts_on": TODAY + dt.timedelta(days=1)}, "It begins on 13 Oct 2026."),
        ({"motions": ["enterprise"]}, "It is sold by Enterprise; this lead is Mid-market."),
        ({"motions": ["land_grab"]}, "It is sold by Land grab; this lead is Mid-market."),
        ({"countries": ["US", "CA", "MX"]}, "It is for US, CA or MX; this lead is in DE."),
        ({"industries": ["retail"]}, "It is for retail; this lead is in fintech."),
        (
            {"employees_from": 500},
            "It is for companies of at least 500 people; theirs has 400 people.",
        ),
        ({"employees_to": 50}, "It is for companies of at most 50 people; theirs has 400 people."),
        (
            {"employees_from": 1000, "employees_to": 2000},
            "It is for companies of 1,000 to 2,000 people; theirs has 400 people.",
        ),
    ],
)
def test_what_does_not_fit_is_said_in_words(offer, sentence):
    assert said(**offer) == [sentence]


def test_all_that_does_not_fit_is_said():
    assert len(said(motions=["enterprise"], countries=["US"], employees_to=1)) == 3


def test_what_is_not_known_is_no_mismatch():
    nobody = Facts(None, "", "", None, is_judged=False)
    offer = {"motions": ["x"], "countries": ["US"], "industries": ["y"], "employees_from": 5}
    assert said(nobody, **offer) == []


def test_that_a_judged_lead_has_no_motion_is_known():
    judged = Facts(None, "", "", None)
    assert said(judged, motions=["enterprise"]) == [
        "It is sold by Enterprise; this lead has no motion."
    ]


@pytest.mark.django_db
def test_facts_are_those_the_judgement_saw():
    make.agreement_in_force()
    lead = make.LeadFactory(country="", industry="", employees=None)
    assert facts_of(lead, None) == Facts(None, "", "", None, is_judged=False)
    seen = make.JudgementFactory(
        lead=lead, motion="enterprise", country="US", industry="retail", employees=0.0
    )
    assert facts_of(lead, seen) == Facts("enterprise", "US", "retail", 0.0)
    bare = make.JudgementFactory(lead=lead, country=None, industry=None, employees=None)
    known = make.LeadFactory(country="DE", industry="it", employees=7.0)
    assert facts_of(known, bare) == Facts(None, "DE", "it", 7.0)

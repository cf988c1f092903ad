"""Accounts and opportunities, put by the CRM."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from handoff import statements
from leads.journey.judging import FACT_COLUMNS, FACTS
from leads.models import Account, Opportunity
from tests.factories import HandoffFactory, LeadFactory, agreement_in_force, ines

from .calling import Caller, problem


@pytest.fixture
def crm(db: None) -> Caller:
    agreement_in_force()
    return Caller()


def test_an_account_is_added_then_changed(crm: Caller) -> None:
    body = {
        "name": "Novapay",
        "industry": "fintech",
        "employees": 400,
        "country": "US",
        "owner": ines().email,
        "customer": True,
        "aliases": ["nova-pay.example"],
    }
    response = crm.put("/accounts/novapay.example", body)
    assert response.status_code == 200
    answer = response.json()
    assert answer["domain"] == "novapay.example"
    assert answer["owner"] == ines().email
    assert answer["aliases"] == ["nova-pay.example"]
    changed = crm.put("/accounts/NovaPay.example", {"customer": False}).json()
    assert changed["id"] == answer["id"]
    assert (changed["customer"], changed["name"]) == (False, "Novapay")
    assert Account.objects.count() == 1


def test_an_alias_is_the_same_account(crm: Caller) -> None:
    first = crm.put("/accounts/novapay.example", {"aliases": ["nova-pay.example"]}).json()
    assert crm.put("/accounts/nova-pay.example", {"target": True}).json()["id"] == first["id"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"employees": "many"}, "employees"),
        ({"employees": -1}, "employees"),
        ({"customer": "yes"}, "customer"),
        ({"owner": "nobody@northwind.example"}, "owner"),
        ({"name": "a\0b"}, "name"),
        ({"aliases": "x"}, "aliases"),
        ({"aliases": ["not a domain"]}, "aliases"),
        ({"aliases": ["gmail.com"]}, "aliases"),
    ],
)
def test_a_bad_account_is_refused(crm: Caller, body: dict[str, Any], place: str) -> None:
    answer = problem(crm.put("/accounts/novapay.example", body), 422)
    assert answer["errors"][0]["place"].startswith(place)


def test_an_alias_of_another_company_stays_its_own(crm: Caller) -> None:
    owned = {"customer": True, "owner": ines().email, "aliases": ["novapay.test"]}
    crm.put("/accounts/novapay.example", owned)
    answer = problem(crm.put("/accounts/thief.example", {"aliases": ["novapay.test"]}), 422)
    assert answer["errors"][0]["place"] == "aliases"
    kept = crm.put("/accounts/novapay.example", {}).json()
    assert (kept["owner"], kept["customer"]) == (ines().email, True)
    assert kept["aliases"] == ["novapay.test"]


def test_a_company_that_becomes_an_alias_hands_on_what_is_known_of_it(crm: Caller) -> None:
    crm.put("/accounts/old.example", {"name": "Old", "customer": True, "owner": ines().email})
    answer = crm.put("/accounts/new.example", {"name": "New", "aliases": ["old.example"]}).json()
    assert (answer["name"], answer["customer"], answer["owner"]) == ("New", True, ines().email)
    assert Account.objects.count() == 1


def test_free_mail_is_no_company(crm: Caller) -> None:
    problem(crm.put("/accounts/gmail.com", {"customer": True}), 422)


@pytest.mark.parametrize("domain", ["no%20domain", "%00", "x" * 300, "a..b", "localhost"])
def test_what_is_no_domain_is_refused(crm: Caller, domain: str) -> None:
    assert crm.put(f"/accounts/{domain}", {"name": "x"}).status_code in {404, 422}


def test_an_opportunity_is_added_then_changed(crm: Caller) -> None:
    crm.put("/accounts/novapay.example", {"name": "Novapay"})
    lead = LeadFactory(email="ana@novapay.example")
    body = {
        "account": "novapay.example",
        "lead": "ana@novapay.example",
        "owner": ines().email,
        "stage": "open",
        "amount": 12000.5,
        "opened_at": "2026-10-20T09:00:00Z",
    }
    response = crm.put("/opportunities/OPP-7", body)
    assert response.status_code == 200
    answer = response.json()
    assert (answer["ref"], answer["lead"], answer["amount"]) == ("OPP-7", lead.pk, 12000.5)
    won = crm.put("/opportunities/OPP-7", {"stage": "won", "closed_at": "2026-11-01T09:00:00Z"})
    assert won.json()["stage"] == "won"
    assert won.json()["amount"] == 12000.5
    assert Opportunity.objects.count() == 1


def test_why_a_deal_ended_is_told_in_a_few_words_each(crm: Caller) -> None:
    said = {"stage": "lost", "step": "Legal", "objections": ["Price", " price"], "triggers": []}
    answer = crm.put("/opportunities/7", said).json()
    assert (answer["step"], answer["objections"], answer["triggers"]) == ("Legal", ["price"], [])
    assert Opportunity.objects.get().told_at is not None
    problem(crm.put("/opportunities/7", {"objections": "Price"}), 422)
    problem(crm.put("/opportunities/7", {"step": "x" * 81}), 422)


def test_an_outcome_flows_to_the_handoff(crm: Caller) -> None:
    handoff = HandoffFactory(accepted=True)
    body = {"lead": handoff.lead_id, "stage": "won", "closed_at": "2026-11-01T09:00:00Z"}
    assert crm.put("/opportunities/2026/7", body).status_code == 200
    handoff.refresh_from_db()
    assert handoff.outcome == "won"
    (told,) = crm.get(f"/leads/{handoff.lead_id}").json()["handoffs"]
    assert (told["outcome"], told["outcome_at"]) == ("won", "2026-11-01T09:00:00Z")


def test_an_outcome_flows_when_the_lead_is_named_later(crm: Caller) -> None:
    handoff = HandoffFactory(accepted=True)
    crm.put("/opportunities/7", {"stage": "lost"})
    crm.put("/opportunities/7", {"lead": handoff.lead_id})
    handoff.refresh_from_db()
    assert handoff.outcome == "lost"


def test_a_deal_that_is_won_or_lost_is_over_whatever_day_it_was_expected(crm: Caller) -> None:
    lead = LeadFactory()
    expected = (timezone.now() + dt.timedelta(days=30)).isoformat()

    def is_open() -> bool:
        (facts,) = statements.fetch(FACTS, [[lead.pk], [timezone.now()]])
        return bool(facts[2 + FACT_COLUMNS.index("open_opportunity")])

    crm.put("/opportunities/7", {"lead": lead.pk, "stage": "open", "closed_at": expected})
    assert is_open()
    crm.put("/opportunities/7", {"stage": "won"})
    assert not is_open()
    crm.put("/opportunities/7", {"stage": "lost", "closed_at": expected})
    assert not is_open()


def test_a_deal_opened_again_is_not_closed(crm: Caller) -> None:
    crm.put("/opportunities/7", {"stage": "won", "closed_at": "2026-11-01T09:00:00Z"})
    assert crm.put("/opportunities/7", {"stage": "open"}).json()["closed_at"] is None


def test_a_deal_with_a_company_nobody_knew_makes_the_company(crm: Caller) -> None:
    lead = LeadFactory(email="ana@unheard.example", domain="unheard.example", account=None)
    answer = crm.put("/opportunities/7", {"account": "www.unheard.example"}).json()
    assert answer["account"] == "unheard.example"
    lead.refresh_from_db()
    assert lead.account == Account.objects.get()


def test_digits_in_quotes_are_first_an_external_id(crm: Caller) -> None:
    other = LeadFactory()
    made = crm.post("/leads", {"email": "five@novapay.example", "external_id": str(other.pk)})
    assert made.json()["lead"] != other.pk
    named = crm.put("/opportunities/7", {"lead": str(other.pk)}).json()
    assert named["lead"] == made.json()["lead"]
    assert crm.put("/opportunities/7", {"lead": other.pk}).json()["lead"] == other.pk


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"stage": "almost"}, "stage"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": 1e30}, "amount"),
        ({"lead": "stranger@x.example"}, "lead"),
        ({"lead": 99999999}, "lead"),
        ({"owner": "nobody@northwind.example"}, "owner"),
        ({"opened_at": "1900-01-01T00:00:00Z"}, "opened_at"),
        ({"account": "not a domain"}, "account"),
        ({"account": "gmail.com"}, "account"),
    ],
)
def test_a_bad_opportunity_is_refused(crm: Caller, body: dict[str, Any], place: str) -> None:
    answer = problem(crm.put("/opportunities/OPP-1", body), 422)
    assert answer["errors"][0]["place"].startswith(place)
    assert not Opportunity.objects.exists()

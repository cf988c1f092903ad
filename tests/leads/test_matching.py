"""Who is it: email, then external id, then phone; what a repeat changes; which company."""

import datetime as dt
from typing import Any

import pytest
from django.db import transaction

from leads.journey import intake, matching
from leads.journey.naming import company_key, person_key
from leads.models import (
    Account,
    AccountDomain,
    ExternalId,
    Lead,
    MergeProposal,
    Submission,
    Touchpoint,
)
from tests.factories import MONDAY, AccountFactory, LeadFactory

pytestmark = pytest.mark.django_db
sequence = iter(range(10**9))


def arrive(
    *payloads: dict[str, Any],
    source: str = "website",
    origin: str = "form",
    historical: bool = False,
    at: dt.datetime = MONDAY,
) -> list[matching.Arrival]:
    """The payloads, matched as one batch."""
    stored = intake.store(
        [
            intake.Envelope(source, f"key-{next(sequence)}", payload, "api", origin)
            for payload in payloads
        ],
        at=at,
    )
    arrivals = [
        matching.Arrival(
            delivery_id=one.delivery_id,
            enquiry=intake.understand(payload, received_at=at),
            source=source,
            origin=origin,
            historical=historical,
            channel="api",
        )
        for one, payload in zip(stored, payloads, strict=True)
    ]
    with transaction.atomic():
        matching.lock(arrivals)
        matching.match(arrivals, at=at)
    return arrivals


def lead_of(payload: dict[str, Any], **how: Any) -> Lead:
    (arrival,) = arrive(payload, **how)
    return Lead.objects.get(pk=arrival.lead_id)


def test_a_new_person_is_a_new_lead_with_a_submission() -> None:
    lead = lead_of(
        {
            "email": "Ana@NovaPay.com",
            "role": "Head of Finance",
            "source": "fair",
            "external_id": 7,
            "touchpoints": [{"signal": "demo_request"}, {"signal": "demo_request"}],
        }
    )

    assert (lead.email, lead.email_domain, lead.free_mail) == (
        "ana@novapay.com",
        "novapay.com",
        False,
    )
    assert (lead.first_source, lead.first_seen_at, lead.last_seen_at) == ("fair", MONDAY, MONDAY)
    assert lead.seniority and lead.function
    assert ExternalId.objects.get().external_id == "7"
    assert Submission.objects.get().source == "fair"
    assert Touchpoint.objects.count() == 1


def test_the_same_person_again_is_a_new_submission_never_a_refusal() -> None:
    one = lead_of({"email": "ana@novapay.com", "campaign": "spring"})
    two = lead_of({"email": "ANA@novapay.com ", "campaign": "autumn"})

    assert one == two and one.submissions.count() == 2
    assert [told.campaign for told in one.submissions.order_by("pk")] == ["spring", "autumn"]
    assert (two.campaign, two.first_campaign) == ("autumn", "spring")


def test_dots_and_plus_tags_tell_people_apart() -> None:
    addresses = ("a.b@novapay.com", "ab@novapay.com", "ab+x@novapay.com")

    assert len({lead_of({"email": address}).pk for address in addresses}) == 3


def test_email_comes_before_external_id_and_a_merge_is_proposed() -> None:
    by_email, by_id = lead_of({"email": "ana@novapay.com"}), lead_of({"external_id": "7"})

    found = lead_of({"email": "ana@novapay.com", "external_id": "7"})

    assert found == by_email
    proposal = MergeProposal.objects.get()
    assert {proposal.lead, proposal.other} == {by_email, by_id}
    assert proposal.why == "Same external id"
    assert ExternalId.objects.get().lead == by_id
    lead_of({"email": "ana@novapay.com", "external_id": "7"})
    assert MergeProposal.objects.count() == 1


def test_an_external_id_belongs_to_its_system() -> None:
    assert lead_of({"external_id": "7"}) == lead_of({"external_id": 7})
    assert lead_of({"external_id": "7"}) != lead_of({"external_id": "7"}, source="crm")


def test_a_found_lead_gains_the_missing_identifiers() -> None:
    lead_of({"external_id": "7"})
    lead_of({"external_id": "7", "email": "ana@novapay.com", "phone": "+1 212 555 0100"})

    lead = lead_of({"email": "ana@novapay.com", "external_id": "8"})

    assert (lead.email, lead.phone) == ("ana@novapay.com", "+12125550100")
    assert {one.external_id for one in lead.external_ids.all()} == {"7", "8"}


def test_phone_finds_only_where_neither_side_has_another_email() -> None:
    first = lead_of({"phone": "+1 212 555 0100"})

    assert lead_of({"phone": "212-555-0100", "country": "US"}) == first
    assert lead_of({"phone": "+12125550100", "email": "ana@novapay.com"}) == first
    assert lead_of({"phone": "+12125550100"}) == first
    assert lead_of({"phone": "+12125550100", "email": "bea@novapay.com"}) != first


def test_a_phone_that_is_none_finds_nobody() -> None:
    one = lead_of({"email": "ana@novapay.com", "phone": "n/a"})

    assert lead_of({"external_id": "7", "phone": "n/a"}) != one


def test_a_merged_lead_is_found_as_the_one_it_became() -> None:
    kept = LeadFactory(email="ana@novapay.com")
    LeadFactory(email="ana.old@novapay.com", merged_into=kept)

    assert lead_of({"email": "ana.old@novapay.com"}) == kept


def test_blank_never_erases_and_a_newer_value_replaces() -> None:
    lead_of({"email": "ana@novapay.com", "company": "NovaPay", "employees": 400, "consent": True})

    lead = lead_of(
        {
            "email": "ana@novapay.com",
            "company": "",
            "employees": None,
            "consent": False,
            "role": "CFO",
        }
    )

    assert (lead.company, lead.employees, lead.consent, lead.role) == ("NovaPay", 400, False, "CFO")


def test_an_unreadable_number_does_not_erase_a_known_one() -> None:
    unread = lead_of({"email": "ana@novapay.com", "employees": "many"})
    known = lead_of({"email": "ana@novapay.com", "employees": "400"})
    again = lead_of({"email": "ana@novapay.com", "employees": "many"})

    assert (unread.employees, unread.unread) == (None, {"employees": "many"})
    assert (known.employees, known.unread) == (400, {})
    assert (again.employees, again.unread) == (400, {})


def test_typed_by_a_person_beats_form_beats_enrichment() -> None:
    def role_after(origin: str, role: str) -> str:
        return lead_of({"email": "ana@novapay.com", "role": role}, origin=origin).role

    assert role_after("enrichment", "Clerk") == "Clerk"
    assert role_after("form", "CFO") == "CFO"
    assert role_after("enrichment", "Clerk") == "CFO"
    assert role_after("person", "Founder") == "Founder"
    assert role_after("form", "CFO") == "Founder"
    assert role_after("person", "Chair") == "Chair"


def test_answers_add_up() -> None:
    lead_of({"email": "ana@novapay.com", "answers": {"a": 1, "b": 1}})

    assert lead_of({"email": "ana@novapay.com", "b": 2}).answers == {"a": 1, "b": 2}


def test_an_imported_past_fills_gaps_and_moves_only_the_beginning() -> None:
    lead_of({"email": "ana@novapay.com", "role": "CFO", "source": "fair"})
    past = MONDAY - dt.timedelta(days=400)

    lead = lead_of(
        {
            "email": "ana@novapay.com",
            "role": "Clerk",
            "industry": "fintech",
            "source": "web",
            "occurred_at": past.isoformat(),
        },
        historical=True,
    )

    assert (lead.role, lead.industry, lead.first_source) == ("CFO", "fintech", "fair")
    assert (lead.first_seen_at, lead.last_seen_at) == (past, MONDAY)


def test_the_same_deed_twice_is_one_touchpoint() -> None:
    deed = {"signal": "pricing_page", "occurred_at": "2026-10-11T10:00:00Z", "url": "/pricing"}
    one = lead_of({"email": "ana@novapay.com", "touchpoints": [deed, deed]})
    (again,) = arrive({"email": "ana@novapay.com", "touchpoints": [deed]})
    (other,) = arrive({"email": "ana@novapay.com", "touchpoints": [{**deed, "detail": "footer"}]})

    assert one.touchpoints.count() == 2
    assert (again.changed, other.changed) == (False, True)


def test_colleagues_share_the_account_of_their_domain() -> None:
    ana, bea = arrive(
        {"email": "ana@novapay.com", "company": "NovaPay, Inc."}, {"email": "bea@mail.novapay.com"}
    )

    account = Account.objects.get()
    assert ana.account_id == bea.account_id == account.pk
    assert (account.name, account.name_key) == ("NovaPay, Inc.", "novapay")
    assert AccountDomain.objects.get().domain == "novapay.com"


def test_free_mail_has_no_account_but_a_given_domain_decides() -> None:
    known = AccountFactory(domain="novapay.com")
    free, given = arrive(
        {"email": "ana@gmail.com", "company": "NovaPay"},
        {"email": "bea@gmail.com", "domain": "www.novapay.com"},
    )

    assert (free.account_id, given.account_id) == (None, known.pk)
    assert Account.objects.count() == 1


def test_a_name_without_end_is_still_a_name() -> None:
    endless = "".join(chr(0x4E00 + n) for n in range(1000))

    assert lead_of({"email": "ana@novapay.com", "company": endless}).company == endless


def test_a_batch_costs_as_many_statements_as_one(django_assert_num_queries: Any) -> None:
    def people(start: int, number: int) -> list[dict[str, Any]]:
        return [
            {"email": f"p{n}@c{n}.example", "touchpoints": [{"signal": "demo_request"}]}
            for n in range(start, start + number)
        ]

    arrive(*people(0, 1))
    with django_assert_num_queries(3 + 6):  # keep; savepoint, lock, read, companies, write, release
        arrive(*people(100, 1))
    with django_assert_num_queries(3 + 6):
        arrive(*people(200, 60))


def test_a_person_is_told_by_name_and_company() -> None:
    assert company_key("NovaPay, Inc.") == company_key("NOVAPAY S.A.") == "novapay"
    assert company_key("Straße & Söhne GmbH") == company_key("strasse & sohne")
    assert company_key("The Company") != ""
    assert person_key("Ana", "Lee", "NovaPay Ltd") == person_key("ANA ", "lee", "novapay")
    assert person_key("Ana", "Lee", "") is None and person_key("", "", "NovaPay") is None

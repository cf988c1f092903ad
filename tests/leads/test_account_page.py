"""The page of a company, and what a lead's page tells of it."""

import pytest
from django.urls import reverse

from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def nova(client):
    """Nova Pay: Ana is Sam's, Bruno another team's, Carla nobody's; a deal lost, one open."""
    make.agreement_in_force()
    client.force_login(make.sam())
    account = make.AccountFactory(
        name="Nova Pay",
        industry="fintech",
        employees=400.0,
        owner=make.ines(),
        domain="nova.example",
    )
    make.AccountDomainFactory(account=account, domain="novapay.example")
    ana, bruno, carla = (
        make.LeadFactory(first_name=name, last_name="Doe", company="Nova Pay", account=account)
        for name in ("Ana", "Bruno", "Carla")
    )
    make.HandoffFactory(lead=ana)
    make.HandoffFactory(
        lead=bruno, owner=make.UserFactory(name="Grace Whitfield", rep=True),
        team=make.TeamFactory(key="emea", name="SDR EMEA"),
    )  # fmt: skip
    make.TouchpointFactory(lead=ana, pricing=True)
    make.TouchpointFactory(lead=bruno, signal="secret_visit")
    make.OpportunityFactory(
        account=account, lead=ana, lost=True, amount=18000, reason="no budget",
        competitor="Quillbooks",
    )  # fmt: skip
    make.OpportunityFactory(account=account, lead=ana)
    account.ana, account.bruno, account.carla = ana, bruno, carla
    return account


def page_of(client, account):
    return client.get(reverse("leads:account", args=[account.pk]))


def test_it_tells_who_came_what_is_sold_and_what_they_did(client, nova):
    text = page_of(client, nova).content.decode()
    for said in (
        "Nova Pay", "Fintech, 400 people", "Ines Ferro owns the account", "nova.example",
        "novapay.example", "Lost, USD\u00a018,000", "no budget, against Quillbooks", "Ana Doe",
        "Ana Doe: pricing page", "Quillbooks, named when a deal was lost",
    ):  # fmt: skip
        assert said in text, said
    assert text.index("Open") < text.index("Lost, USD\u00a018,000")


def test_of_another_teams_leads_a_rep_learns_whose_they_are_and_no_more(client, nova):
    text = page_of(client, nova).content.decode()
    assert "Bruno" not in text and "Carla" not in text and "ecret visit" not in text
    assert "1 person with Grace Whitfield, SDR EMEA" in text and "1 person with marketing" in text
    lead = client.get(reverse("leads:lead", args=[nova.ana.pk])).content.decode()
    assert "Bruno" not in lead and "not yours to see; Grace Whitfield" in lead
    client.force_login(make.lena())
    whole = page_of(client, nova).content.decode()
    assert "Bruno Doe" in whole and "Carla Doe" in whole and "not yours to see" not in whole
    lead = client.get(reverse("leads:lead", args=[nova.ana.pk])).content.decode()
    assert reverse("leads:lead", args=[nova.bruno.pk]) in lead and "secret visit" in lead


@pytest.fixture
def others(nova):
    """Two deals of Bruno's, whom another team has: one open, one lost."""
    grace = make.UserFactory(name="Hana Brandt", rep=True)
    said = {"account": nova, "lead": nova.bruno, "owner": grace, "note": "Their board decides"}
    make.OpportunityFactory(**said, ref="OTHER-1", amount=77123)
    make.OpportunityFactory(
        **said, ref="OTHER-2", amount=55321, lost=True, reason="too dear", competitor="Ledgerly"
    )
    return nova


SECRET = ("77,123", "55,321", "too dear", "Ledgerly", "board decides", "OTHER-1", "OTHER-2")


@pytest.mark.parametrize(
    ("who", "sees_all"),
    [("sam", False), ("ines", False), ("lena", True), ("mara", True), ("ada", True)],
)
def test_of_others_deals_a_rep_learns_only_whose_are_open(client, others, who, sees_all):
    client.force_login(getattr(make, who)())
    pages = (
        page_of(client, others).content.decode(),
        client.get(reverse("leads:lead", args=[others.ana.pk])).content.decode(),
    )
    for text in pages:
        assert "Hana Brandt" in text
        assert ("Open, with Hana Brandt. Talk to them" in text) is not sees_all
        told = [word for word in SECRET[:4] if word in text]
        assert told == (list(SECRET[:4]) if sees_all else [])
        if not sees_all:
            assert not [word for word in SECRET if word in text]


def test_whom_a_deal_names_as_owner_knows_all_of_it(client, others):
    others.opportunities.filter(ref="OTHER-1").update(owner=make.sam())
    text = page_of(client, others).content.decode()
    assert "77,123" in text and "55,321" not in text


def test_who_sees_no_lead_of_it_does_not_learn_that_it_exists(client, nova):
    client.force_login(make.otto())
    assert page_of(client, nova).status_code == 404
    assert client.get(reverse("leads:account", args=[nova.pk + 999])).status_code == 404
    client.force_login(make.ines())
    assert page_of(client, nova).status_code == 200


def test_it_is_read_only(client, nova):
    assert client.post(reverse("leads:account", args=[nova.pk])).status_code == 405


def test_an_account_that_nobody_came_from_says_so(client, nova):
    empty = make.AccountFactory(name="Quiet Ltd")
    client.force_login(make.mara())
    text = page_of(client, empty).content.decode()
    for said in ("Nobody of them came in yet", "None open, none before", "Nobody owns the account",
                 "Nothing of this kind happened yet", "Industry not known"):  # fmt: skip
        assert said in text, said


def test_a_lead_page_shows_the_account_in_short(client, nova):
    text = client.get(reverse("leads:lead", args=[nova.ana.pk])).content.decode()
    for said in (
        "nova.example, novapay.example, exact domain", "2 others", "Lost, USD\u00a018,000",
        reverse("leads:account", args=[nova.pk]),
    ):  # fmt: skip
        assert said in text, said


def test_the_statements_of_an_account_do_not_grow(client, nova, django_assert_max_num_queries):
    page_of(client, nova)
    with django_assert_max_num_queries(16) as few:
        page_of(client, nova)
    for _ in range(20):
        lead = make.LeadFactory(account=nova)
        make.HandoffFactory(lead=lead)
        make.TouchpointFactory(lead=lead)
        make.OpportunityFactory(account=nova)
    with django_assert_max_num_queries(16) as many:
        page_of(client, nova)
    assert len(few) == len(many)

"""The pages of opportunities: list, file, one, opened by hand, closed with reasons."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from leads.models import Handoff, Opportunity
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client: Client) -> Client:
    make.agreement_in_force()
    client.force_login(make.sam())
    return client


def url(name: str, *args: Any, **asked: Any) -> str:
    return reverse(f"leads:{name}", args=args, query=asked)


def deal_of_sam(**said: Any) -> Opportunity:
    handoff = make.HandoffFactory(accepted=True)
    given = {"lead": handoff.lead, "handoff": handoff, "owner": make.sam(), "ref": "OPP-7"}
    return make.OpportunityFactory(**{**given, **said})


TODAY = "2026-11-01"
OPENING = {"ref": "D-1", "opened": TODAY, "owner": "", "amount": "1200", "step": "Proposal"}


def test_the_list_holds_what_one_may_see_and_is_searched(sam: Client) -> None:
    deal = deal_of_sam(amount=12000)
    make.OpportunityFactory(ref="SECRET-1", owner=make.otto())
    page = sam.get(url("opportunities")).content.decode()
    assert "OPP-7" in page and "12,000" in page and "SECRET-1" not in page
    assert "OPP-7" in sam.get(url("opportunities", q="OPP")).content.decode()
    assert "OPP-7" in sam.get(url("opportunities", q=deal.lead.last_name)).content.decode()
    assert "OPP-7" not in sam.get(url("opportunities", stage="won")).content.decode()
    assert "No opportunity" in sam.get(url("opportunities", q="nothing")).content.decode()
    for sort in ("who", "-amount", "opened_at", "-closed_at", "owner", "stage", "nonsense"):
        assert sam.get(url("opportunities", sort=sort)).status_code == 200


def test_what_nobody_explained_is_found(sam: Client) -> None:
    deal_of_sam(stage="lost", closed_at=make.MONDAY)
    assert "OPP-7" in sam.get(url("opportunities", said="no")).content.decode()
    assert "OPP-7" not in sam.get(url("opportunities", said="yes")).content.decode()


def test_the_list_costs_the_same_at_one_row_and_at_thirty(
    sam: Client, django_assert_max_num_queries: Any
) -> None:
    deal_of_sam()
    for n in range(30):
        make.OpportunityFactory(ref=f"R{n}", owner=make.sam(), lead=make.LeadFactory())
    with django_assert_max_num_queries(9):
        sam.get(url("opportunities"))


def test_as_a_file_its_cells_are_no_formulas(sam: Client) -> None:
    deal_of_sam(note="=1+1", objections=["Price", "Timing"])
    answer = sam.get(url("opportunities-csv"))
    text = b"".join(answer).decode()  # type: ignore[arg-type]
    assert "'=1+1" in text and "Price; Timing" in text


def test_who_owns_the_deal_alone_reads_whose_lead_it_is_and_opens_nothing(sam: Client) -> None:
    of_otto = make.HandoffFactory(owner=make.otto(), team=make.TeamFactory(members=(make.otto(),)))
    deal = deal_of_sam(lead=of_otto.lead, handoff=None)
    for page in (url("opportunities"), url("opportunity", deal.pk)):
        html = sam.get(page).content.decode()
        assert of_otto.lead.title in html and "Another team’s lead" in html
        assert url("lead", of_otto.lead_id) not in html
    file = b"".join(sam.get(url("opportunities-csv"))).decode()  # type: ignore[arg-type]
    assert deal.ref in file and of_otto.lead.email not in file
    sam.force_login(make.lena())
    assert url("lead", of_otto.lead_id) in sam.get(url("opportunities")).content.decode()


def test_an_outsider_finds_none_of_it(sam: Client) -> None:
    deal = deal_of_sam()
    sam.force_login(make.otto())
    assert sam.get(url("opportunity", deal.pk)).status_code == 404
    assert sam.get(url("opportunity-add", lead=deal.lead_id)).status_code == 404
    for action in ("change", "close", "reopen"):
        assert sam.post(url(f"opportunity-{action}", deal.pk)).status_code == 404


@pytest.mark.parametrize("action", ["change", "close", "reopen"])
def test_actions_are_posts_and_not_for_readers(sam: Client, action: str) -> None:
    deal = deal_of_sam()
    assert sam.get(url(f"opportunity-{action}", deal.pk)).status_code == 405
    sam.force_login(make.UserFactory(reviewer=True))
    assert sam.get(url("opportunity", deal.pk)).status_code == 200
    assert sam.post(url(f"opportunity-{action}", deal.pk)).status_code == 403


def test_an_accepted_lead_is_opened_as_one(sam: Client) -> None:
    handoff = make.HandoffFactory(accepted=True)
    page = sam.get(url("opportunity-add", lead=handoff.lead_id)).content.decode()
    assert f"L{handoff.lead_id}-1" in page and "This ends the hand-over" in page
    answer = sam.post(url("opportunity-add", lead=handoff.lead_id), {**OPENING, "converts": "on"})
    deal = Opportunity.objects.get()
    assert answer["Location"] == url("opportunity", deal.pk)
    assert (deal.ref, deal.step, deal.amount, deal.stage) == ("D-1", "Proposal", 1200, "open")
    handoff.refresh_from_db()
    assert (handoff.state, handoff.disposition) == ("closed", "converted")


def test_opened_twice_it_says_so_and_keeps_what_was_typed(sam: Client) -> None:
    handoff = make.HandoffFactory(accepted=True)
    where = url("opportunity-add", lead=handoff.lead_id)
    sam.post(where, OPENING)
    answer = sam.post(where, OPENING)
    assert answer.status_code == 422
    assert "There is an opportunity “D-1” already." in answer.content.decode()
    assert 'value="Proposal"' in answer.content.decode()
    assert Opportunity.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [{"opened": "1066-01-01"}, {"opened": "2999-01-01"}, {"amount": "a lot"}, {"amount": "-1"},
     {"ref": ""}, {"step": "x" * 81}, {"owner": "999999"}],
)  # fmt: skip
def test_bad_input_is_said_at_its_place(sam: Client, wrong: dict[str, str]) -> None:
    handoff = make.HandoffFactory(accepted=True)
    answer = sam.post(url("opportunity-add", lead=handoff.lead_id), {**OPENING, **wrong})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()


@pytest.mark.parametrize("lead", ["", "x", "999999"])
def test_without_a_lead_there_is_nothing_to_open(sam: Client, lead: str) -> None:
    assert sam.get(url("opportunity-add", lead=lead)).status_code == 404


def test_how_it_stands_is_kept_up(sam: Client) -> None:
    deal = deal_of_sam()
    said = {"step": "Legal", "amount": "900.50", "opened": "2026-10-12", "owner": make.ines().pk}
    assert sam.post(url("opportunity-change", deal.pk), said).status_code == 302
    deal.refresh_from_db()
    assert (deal.step, float(deal.amount or 0), deal.owner) == ("Legal", 900.5, make.ines())
    assert deal.opened_at == make.MONDAY
    page = sam.get(url("opportunity", deal.pk)).content.decode()
    assert "Sam Ortiz" in page and "Legal" in page
    answer = sam.post(url("opportunity-change", deal.pk), {**said, "opened": ""})
    assert answer.status_code == 422


def test_it_is_closed_with_the_reasons_and_opened_again(sam: Client) -> None:
    make.OpportunityFactory(objections=["Price"], told_at=make.MONDAY, lost=True)
    deal = deal_of_sam()
    said = {
        "stage": "lost",
        "closed": "2026-11-05",
        "objections": ["Price"],
        "more_objections": "price; Too early",
        "more_triggers": "Audit",
        "competitor": "Quillbooks",
        "note": "<b>bold</b>",
    }
    assert sam.post(url("opportunity-close", deal.pk), said).status_code == 302
    deal.refresh_from_db()
    assert (deal.stage, deal.objections, deal.triggers) == (
        "lost",
        ["Price", "Too early"],
        ["Audit"],
    )
    assert deal.told_by == make.sam()
    assert Handoff.objects.get(lead=deal.lead).outcome == "lost"
    page = sam.get(url("opportunity", deal.pk)).content.decode()
    assert "&lt;b&gt;bold" in page and "<b>bold" not in page
    sam.post(url("opportunity-reopen", deal.pk))
    deal.refresh_from_db()
    assert (deal.stage, deal.closed_at, deal.objections) == ("open", None, ["Price", "Too early"])
    page = sam.post(url("opportunity-reopen", deal.pk), follow=True).content.decode()
    assert "is open already" in page


@pytest.mark.parametrize(
    "wrong",
    [{"stage": ""}, {"stage": "open"}, {"closed": "2020-01-01"}, {"closed": ""},
     {"objections": ["x" * 121]}, {"objections": ["a\u0000b"]}, {"more_triggers": "x" * 200}],
)  # fmt: skip
def test_a_closing_that_cannot_be_is_not_written(sam: Client, wrong: dict[str, Any]) -> None:
    make.OpportunityFactory(objections=["Price"], told_at=make.MONDAY, lost=True)
    deal = deal_of_sam()
    answer = sam.post(
        url("opportunity-close", deal.pk), {"stage": "won", "closed": "2026-11-05", **wrong}
    )
    assert answer.status_code == 422
    deal.refresh_from_db()
    assert deal.stage == "open"


def test_a_word_that_was_ticked_holds_though_others_are_commoner_by_now(sam: Client) -> None:
    make.OpportunityFactory(objections=["Price"], told_at=make.MONDAY, lost=True)
    deal = deal_of_sam()
    assert "Price" in sam.get(url("opportunity", deal.pk)).content.decode()
    for n in range(12):
        for _ in range(2):
            make.OpportunityFactory(objections=[f"Word {n}"], told_at=make.MONDAY, lost=True)
    assert "Price" not in sam.get(url("opportunity", deal.pk)).content.decode()
    said = {"stage": "lost", "closed": "", "objections": ["Price", "Word 3"]}
    again = sam.post(url("opportunity-close", deal.pk), said).content.decode()
    assert again.count("checked") == 3 and 'value="Price"' in again
    assert (
        sam.post(url("opportunity-close", deal.pk), {**said, "closed": "2026-11-05"}).status_code
        == 302
    )
    deal.refresh_from_db()
    assert deal.objections == ["Price", "Word 3"]


def test_amounts_are_exact_and_in_the_currency_of_the_house(sam: Client, settings: Any) -> None:
    deal = deal_of_sam()
    said = {"opened": "2026-10-12", "owner": "", "amount": "9007199254740993.55"}
    assert sam.post(url("opportunity-change", deal.pk), said).status_code == 302
    deal.refresh_from_db()
    assert str(deal.amount) == "9007199254740993.55"
    settings.CURRENCY = "EUR"
    text = sam.get(url("opportunity", deal.pk)).content.decode()
    assert "EUR\u00a09,007,199,254,740,993.55" in text and "In EUR, to the cent." in text
    deal.amount = 12000
    deal.save()
    deal.owner = make.sam()
    deal.save()
    assert "EUR\u00a012,000</td>" in sam.get(url("opportunities")).content.decode()


def test_a_day_ahead_is_no_day_of_closing(sam: Client) -> None:
    deal = deal_of_sam()
    ahead = timezone.localdate() + dt.timedelta(days=3)
    said = {"stage": "won", "closed": ahead.isoformat()}
    assert sam.post(url("opportunity-close", deal.pk), said).status_code == 422


def test_a_deal_without_a_lead_has_a_page(sam: Client) -> None:
    deal = make.OpportunityFactory(owner=make.sam(), account=None)
    assert "No lead is named" in sam.get(url("opportunity", deal.pk)).content.decode()

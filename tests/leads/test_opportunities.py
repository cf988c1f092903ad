"""Deals: whom they tell something new, which hand-overs they reach, and why they ended."""

import datetime as dt
from typing import Any

import pytest

from handoff import history
from leads.journey import dealing, responding
from leads.journey.states import Conflict, Invalid
from leads.models import Event, Handoff, Judgement, Opportunity
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _agreement() -> None:
    agreement()


def put(ref: str = "OPP-1", *, at: dt.datetime = MONDAY, **data: Any) -> Opportunity:
    return dealing.put_opportunity(ref, data, actor=None, at=at, by="CRM")[0]


def colleagues() -> tuple[Handoff, Handoff]:
    """Two of one company, both rejected."""
    found = []
    for name in ("ana", "bea"):
        handoff = handed_over(email=f"{name}@novapay.com")
        responding.reject(
            handoff.pk, reason="out_of_segment", actor=handoff.owner, at=MONDAY + HOUR
        )
        found.append(handoff)
    return found[0], found[1]


def is_open_for(handoff: Handoff) -> bool:
    return Judgement.objects.filter(lead=handoff.lead_id).latest("pk").open_opportunity


class TestJudgedAgain:
    def test_a_deal_alone_is_news_for_the_others_of_the_company(self) -> None:
        ana, bea = colleagues()
        put(lead=ana.lead_id, account="novapay.com", at=MONDAY + 2 * HOUR)
        assert is_open_for(ana) and is_open_for(bea)
        assert not Handoff.objects.open().filter(lead=ana.lead_id).exists()
        assert Handoff.objects.open().get(lead=bea.lead_id).reentry

    def test_told_again_it_is_no_news(self) -> None:
        ana, bea = colleagues()
        put(lead=ana.lead_id, account="novapay.com", at=MONDAY + 2 * HOUR)
        again = Handoff.objects.open().get(lead=bea.lead_id)
        responding.reject(
            again.pk, reason="out_of_segment", actor=again.owner, at=MONDAY + 3 * HOUR
        )
        judged = Judgement.objects.count()
        put(lead=ana.lead_id, amount=900, note="Call again", at=MONDAY + 4 * HOUR)
        assert Judgement.objects.count() == judged
        assert not Handoff.objects.open().exists()

    def test_a_deal_as_old_as_the_hills_opens_nothing(self) -> None:
        ana, bea = colleagues()
        put(
            lead=ana.lead_id,
            account="novapay.com",
            opened_at="2020-01-01T00:00:00Z",
            at=MONDAY + 2 * HOUR,
        )
        assert is_open_for(bea)
        assert not Handoff.objects.open().exists()

    def test_who_works_a_lead_is_told_of_it_once(self) -> None:
        ana = handed_over(email="ana@novapay.com")
        bea = handed_over(email="bea@novapay.com")
        put(lead=ana.lead_id, account="novapay.com", at=MONDAY + 2 * HOUR)
        added = Event.objects.filter(kind="added")
        assert [one.lead_id for one in added] == [bea.lead_id]

    def test_more_than_a_batch_of_leads(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("leads.journey.nurturing.BATCH", 1)
        ana, bea = colleagues()
        put(lead=ana.lead_id, account="novapay.com", at=MONDAY + 2 * HOUR)
        assert is_open_for(ana) and is_open_for(bea)

    def test_a_deal_without_anybody_tells_nobody(self) -> None:
        assert put(stage="open").handoff is None
        assert not Event.objects.filter(kind="outcome").exists()


class TestReached:
    def both_steps(self) -> tuple[Handoff, Handoff]:
        make.TeamFactory(key="ae", members=(make.ines(),), account_executives=True)
        make.StepFactory()
        first = handed_over(email="ana@novapay.com")
        responding.accept(first.pk, how="outreach_started", actor=first.owner, at=MONDAY + HOUR)
        second = responding.advance(first.pk, actor=first.owner, at=MONDAY + 2 * HOUR)
        return first, second

    def test_the_outcome_reaches_the_hand_overs_of_both_steps(self) -> None:
        first, second = self.both_steps()
        put(lead=first.lead_id, stage="won", at=MONDAY + 3 * HOUR)
        for handoff in (first, second):
            handoff.refresh_from_db()
            assert (handoff.outcome, handoff.outcome_at) == ("won", MONDAY + 3 * HOUR)
        body = Event.objects.get(lead=first.lead_id, kind="outcome").body
        assert body["sentence"] == "Opportunity won (OPP-1)"

    def test_a_later_round_is_not_told_of_an_earlier_deal(self) -> None:
        first = handed_over(email="ana@novapay.com")
        put(lead=first.lead_id, stage="open", at=MONDAY + HOUR)
        responding.reject(first.pk, reason="out_of_segment", actor=first.owner, at=MONDAY + DAY)
        again = handed_over(email="ana@novapay.com", at=MONDAY + 2 * DAY)
        put(stage="lost", at=MONDAY + 3 * DAY)
        first.refresh_from_db()
        again.refresh_from_db()
        assert (first.outcome, again.outcome) == ("lost", "")

    def test_a_deal_of_another_lead_is_taken_back(self) -> None:
        first = handed_over(email="ana@novapay.com")
        other = handed_over(email="bea@othello.com")
        put(lead=first.lead_id, stage="won", at=MONDAY + HOUR)
        put(lead=other.lead_id, at=MONDAY + 2 * HOUR)
        first.refresh_from_db()
        other.refresh_from_db()
        assert (first.outcome, first.outcome_at, other.outcome) == ("", None, "won")

    def test_but_not_while_another_deal_says_the_same(self) -> None:
        first = handed_over(email="ana@novapay.com")
        put("OPP-1", lead=first.lead_id, stage="won", at=MONDAY + HOUR)
        put("OPP-2", lead=first.lead_id, stage="won", at=MONDAY + HOUR)
        put("OPP-1", lead=None, at=MONDAY + 2 * HOUR)
        first.refresh_from_db()
        assert first.outcome == "won"
        assert Opportunity.objects.get(ref="OPP-1").handoff is None

    def test_lost_says_to_whom(self) -> None:
        first = handed_over(email="ana@novapay.com")
        put(lead=first.lead_id, stage="lost", competitor="Quillbooks", amount=12000, at=MONDAY)
        body = Event.objects.get(lead=first.lead_id, kind="outcome").body
        assert body["sentence"] == "Opportunity lost to Quillbooks (OPP-1, USD\u00a012,000)"


class TestByHand:
    def open_(self, handoff: Handoff, **said: Any) -> Opportunity:
        given: dict[str, Any] = {"converts": handoff.pk, "actor": handoff.owner, "at": MONDAY + DAY}
        ref = said.pop("ref", dealing.next_ref(handoff.lead))
        return dealing.open_by_hand(handoff.lead_id, ref, {"amount": 5}, **{**given, **said})

    def accepted(self) -> Handoff:
        handoff = handed_over(email="ana@novapay.com")
        return responding.accept(
            handoff.pk, how="outreach_started", actor=handoff.owner, at=MONDAY + HOUR
        )

    def test_an_accepted_lead_becomes_one_and_does_not_come_back_for_it(self) -> None:
        handoff = self.accepted()
        deal = self.open_(handoff)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.disposition, handoff.outcome) == (
            "closed",
            "converted",
            "open",
        )
        assert (deal.ref, deal.handoff, deal.account) == (
            f"L{handoff.lead_id}-1",
            handoff,
            handoff.lead.account,
        )
        assert not Handoff.objects.open().exists()

    def test_twice_is_one(self) -> None:
        handoff = self.accepted()
        deal = self.open_(handoff)
        with pytest.raises(Invalid, match="already"):
            self.open_(handoff, ref=deal.ref)
        with pytest.raises(Conflict):
            self.open_(handoff)
        assert Opportunity.objects.count() == 1

    def test_the_hand_over_may_go_on(self) -> None:
        handoff = self.accepted()
        self.open_(handoff, converts=None)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.outcome) == ("accepted", "open")


class TestWhy:
    def test_what_was_said_is_kept_with_who_and_when(self) -> None:
        said = {"objections": "Price; price ;Timing", "triggers": ["Audit"], "note": "x"}
        deal, _ = dealing.put_opportunity(
            "OPP-1", {"stage": "lost", **said}, actor=make.sam(), at=MONDAY
        )
        assert (deal.objections, deal.triggers) == (["price", "Timing"], ["Audit"])
        assert (deal.told_by, deal.told_at) == (make.sam(), MONDAY)

    def test_a_stage_alone_says_not_why(self) -> None:
        assert put(stage="won").told_at is None

    @pytest.mark.parametrize(
        ("data", "field"),
        [
            ({"objections": ["x" * 121]}, "objections"),
            ({"triggers": [str(n) for n in range(21)]}, "triggers"),
            ({"step": "x" * 81}, "step"),
        ],
    )
    def test_what_is_too_much_is_refused(self, data: dict[str, Any], field: str) -> None:
        with pytest.raises(Invalid) as wrong:
            put(**data)
        assert wrong.value.field == field

    def test_what_was_said_before_is_offered_most_often_first(self) -> None:
        put("A", objections=["Price"], competitor="Quillbooks")
        put("B", objections=["price", "Timing"])
        put("C", note="nothing in a few words")
        assert dealing.known_words("objections") == ["price", "Timing"]
        assert dealing.known_words("competitor") == ["Quillbooks"]

    def test_every_change_is_in_its_history(self) -> None:
        deal = put(stage="open", amount=100)
        dealing.put_opportunity("OPP-1", {"amount": 200}, actor=None, at=MONDAY, by="CRM")
        lines = [change.lines for change in history.changes_of(deal)]
        assert ("Amount: 100.00 → 200.00",) in lines
        assert {change.who for change in history.changes_of(deal)} == {"CRM"}


def test_who_may_change_a_deal() -> None:
    handoff = make.HandoffFactory()
    deal = make.OpportunityFactory(lead=handoff.lead, owner=make.sam())
    assert dealing.may_change(deal, make.sam())
    assert dealing.may_change(deal, make.ines())
    assert dealing.may_change(deal, make.lena())
    assert not dealing.may_change(deal, make.otto())
    assert not dealing.may_change(deal, make.UserFactory(reviewer=True))
    own = make.OpportunityFactory(owner=make.otto())
    assert dealing.may_change(own, make.otto())
    assert list(Opportunity.objects.visible_to(make.otto())) == [own]
    assert list(Opportunity.objects.closed()) == []

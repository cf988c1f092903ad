"""Members take leads of whom they serve; everybody else's are passed over, and they learn why."""

import pytest

from handoff.models import Membership
from leads.journey import owning
from leads.journey.serving import EVERYBODY, Serves, Wanted
from leads.models import Handoff, Message
from leads.tasks import give_out_waiting
from tests.factories import MONDAY, CalendarFactory, ines, lena, sam, sdr_na
from tests.leads.arriving import agreement, handed_over

FRANCE = Wanted(language="fr-CA", country="FR", region="Bretagne", product_interest="Cards; Loans")


@pytest.mark.parametrize(
    ("serves", "wanted", "why"),
    [
        (EVERYBODY, FRANCE, ""),
        (Serves(territories=("Germany", "AT")), Wanted(), ""),
        (Serves(territories=("france",)), FRANCE, ""),
        (Serves(territories=("BRETAGNE",)), FRANCE, ""),
        (
            Serves(territories=("DE", "DACH")),
            FRANCE,
            "Not their territory (Bretagne, France): serves Germany, DACH",
        ),
        (Serves(languages=("FR",)), FRANCE, ""),
        (Serves(languages=("de", "en")), FRANCE, "Not their language (fr-CA): serves de, en"),
        (Serves(products=("loans",)), FRANCE, ""),
        (
            Serves(products=("Payroll",)),
            FRANCE,
            "Not their product (Cards; Loans): serves Payroll",
        ),
        (Serves(products=("Payroll",)), Wanted(product_interest="Payroll"), ""),
        (Serves(motions=("mid_market",)), Wanted(motion="mid_market"), ""),
        (Serves(motions=("mid_market",)), FRANCE, "Not their motion (none): serves Mid market"),
        (
            Serves(motions=("mid_market",)),
            Wanted(motion="enterprise"),
            "Not their motion (Enterprise): serves Mid market",
        ),
    ],
)
def test_whom_a_member_serves(serves: Serves, wanted: Wanted, why: str) -> None:
    assert serves.why_not(wanted) == why


def only(person, **lists) -> None:
    Membership.objects.filter(user=person).update(**lists)


@pytest.mark.django_db
class TestOnTheWay:
    @pytest.fixture(autouse=True)
    def _agreement(self):
        agreement()

    def test_the_turn_passes_by_who_does_not_serve_it(self):
        only(sam(), territories=["CA"])
        owners = {handed_over(country="US").owner for _ in range(3)}
        assert owners == {ines()}
        why = Handoff.objects.first().assignments.get().explanation
        passed = next(one for one in why["candidates"] if one["email"] == sam().email)
        assert (passed["why"], passed["turn"]) == (
            "Not their territory (United States of America): serves Canada",
            None,
        )
        assert sam() in {handed_over(country="CA").owner for _ in range(3)}

    def test_where_nobody_serves_it_waits_and_the_responsible_learn_why(self):
        Membership.objects.filter(team=sdr_na()).update(languages=["en"])
        handoff = handed_over(language="fr")
        assert (handoff.owner, handoff.queue, handoff.awaits_turn) == (None, sdr_na(), True)
        letter = Message.objects.inbox(lena()).get(kind="waits")
        assert "Sam Ortiz: Not their language (fr): serves en" in letter.body["nobody"]

    def test_a_lead_that_nobody_serves_holds_up_no_other(self):
        Membership.objects.filter(team=sdr_na()).update(languages=["en"])
        stuck = handed_over(language="fr")
        Membership.objects.filter(team=sdr_na()).update(active=False)
        other = handed_over(language="en")
        Membership.objects.filter(team=sdr_na()).update(active=True)
        Membership.objects.filter(team=sdr_na()).update(
            calendar=CalendarFactory(round_the_clock=True)
        )
        assert give_out_waiting() == 1
        stuck.refresh_from_db()
        other.refresh_from_db()
        assert stuck.owner is None and other.owner in (sam(), ines())
        only(ines(), languages=[])
        assert owning.give_out(stuck.pk, at=MONDAY).owner == ines()

    def test_what_is_given_to_a_team_goes_to_who_serves_it(self):
        handoff = handed_over()
        only(handoff.owner, products=["Payroll"])
        moved = owning.reassign(
            handoff.pk, to=sdr_na(), reason="wrong_timing", actor=lena(), at=MONDAY
        )
        assert moved.owner != handoff.owner

    def test_given_to_a_team_where_nobody_can_it_waits_and_they_are_told(self):
        handoff = handed_over(product_interest="Cards")
        Membership.objects.filter(team=sdr_na()).update(products=["Payroll"])
        owning.reassign(handoff.pk, to=sdr_na(), reason="wrong_timing", actor=lena(), at=MONDAY)
        handoff.refresh_from_db()
        assert handoff.owner is None and handoff.awaits_turn
        letter = Message.objects.inbox(lena()).get(kind="waits")
        assert "Not their product (Cards): serves Payroll" in letter.body["nobody"]

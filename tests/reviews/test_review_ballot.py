"""The ballot on one's own device: what it shows of a lead, and what it keeps to itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from leads.journey.states import Conflict
from leads.models import Handoff, Lead
from reviews.models import Meeting, Sampled, Vote
from reviews.sampling import STRATA
from reviews.voting import drawing, revealing
from tests import factories as make
from tests.reviews.meeting import planned
from tests.reviews.voting import (
    MINUTE,
    at_item_three,
    drawn,
    erase,
    handed,
    lead,
    some_of_each,
    vote,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(time_machine):
    """Its vote is open; Ana of Novapay, who asked for a demo, was rejected by Otto."""
    make.agreement_in_force()
    handoffs = some_of_each()
    for one in handoffs:
        make.TouchpointFactory(lead=one.lead, occurred_at=one.judgement.as_of)
    Lead.objects.update(first_name="Ana", last_name="Sand", company="Novapay", role="CFO")
    for one in Handoff.objects.select_related("judgement"):
        told = {"role": "Head of Finance", "problem": "Invoices are late", "company": "Novapay"}
        type(one.judgement).objects.filter(pk=one.judgement_id)
        Handoff.objects.filter(pk=one.pk).update(note="They are far too small", context=told)
    found = drawn()
    time_machine.move_to(drawing.opens_at(found) + MINUTE, tick=False)
    return found


def page(meeting, place=1):
    return reverse("reviews:vote", args=[meeting.number, place])


def ballot(meeting):
    return reverse("reviews:ballot", args=[meeting.number])


def test_the_ballot_opens_at_the_first_lead_without_a_vote(client, meeting):
    client.force_login(make.sam())
    assert client.get(ballot(meeting)).url == page(meeting, 1)
    vote(lead(meeting, 1), make.sam())
    assert client.get(ballot(meeting)).url == page(meeting, 2)


def test_it_shows_the_lead_as_it_was_handed_over(client, meeting):
    client.force_login(make.sam())
    text = client.get(page(meeting)).content.decode()
    assert "a 400-person fintech: demo request" in text
    assert "Fit 80" in text and "Intent 70" in text and text.count("Not asked") == 3
    assert "Sales ready by rule 3, Asked for a demo and fits: Fit at least 50" in text
    Lead.objects.update(industry="agency", employees=3, problem="All is well now")
    assert client.get(page(meeting)).content.decode().count("agency") == 0


def test_it_tells_nothing_of_answer_kind_names_or_other_votes(client, meeting):
    for person in (make.ines(), make.lena()):
        vote(lead(meeting), person, "no", clause="fit.size", comment="Much too small")
    client.force_login(make.sam())
    sampled = lead(meeting)
    handoff = sampled.handoff
    for address in (page(meeting), ballot(meeting)):
        text = client.get(address, follow=True).content.decode()
        told = text.lower()
        for secret in ("ana", "sand", "novapay", "otto", "too small", "out of segment"):
            assert f"{secret} " not in told and f"{secret}<" not in told, secret
        for word in (*STRATA, sampled.because.lower(), "closed without", "touched late"):
            assert word not in told, word
        assert f"/leads/{handoff.lead_id}/" not in text and str(meeting.seed) not in text


def test_their_own_words_do_not_name_them_or_their_company(client, time_machine):
    told = {
        "role": "CFO of Nova-Pay",
        "problem": "I am Ana Sand; NOVAPAY’s invoices are late, ring +49 30 1234567",
        "timing": "ana@novapay.example knows",
        "company": "Novapay GmbH",
    }
    known = {"first_name": "Ana", "last_name": "Sand", "company": "Novapay"}
    handed(
        1,
        context={"answers": {"budget_owner": "Sand, see www.novapay.example"}},
        **{f"lead__{name}": value for name, value in known.items()},
        **{f"judgement__{name}": value for name, value in told.items()},
    )
    meeting = drawn()
    time_machine.move_to(drawing.opens_at(meeting) + MINUTE, tick=False)
    client.force_login(make.sam())
    text = client.get(page(meeting)).content.decode()
    assert "I am [name]; [company]’s invoices are late, ring [phone]" in text
    assert "CFO of [company]" in text and "[name], see [web address]" in text
    for secret in (" ana ", "ana@", "sand", "novapay", "nova-pay", "1234567"):
        assert secret not in text.lower(), secret


def test_a_lead_that_was_erased_keeps_its_place_and_asks_for_no_vote(client, meeting):
    client.force_login(make.sam())
    erase(lead(meeting, 1))
    assert client.get(ballot(meeting)).url == page(meeting, 2)
    for place in range(2, 10):
        answered = client.post(page(meeting, place), {"met": "yes"})
    assert answered.url == ballot(meeting)
    text = client.get(ballot(meeting)).content.decode()
    assert "You voted on all 8 leads" in text and "Erased since" in text
    told = client.post(page(meeting, 1), {"met": "yes"}, follow=True).content.decode()
    assert "The lead was erased since" in told
    assert Vote.objects.count() == 8
    with pytest.raises(Conflict, match="erased since"):
        vote(lead(meeting, 1), make.sam())


def test_a_yes_goes_on_and_a_no_stays_to_ask_which_clause(client, meeting):
    client.force_login(make.sam())
    assert client.post(page(meeting, 1), {"met": "yes"}).url == page(meeting, 2)
    assert client.post(page(meeting, 2), {"met": "no"}).url == f"{page(meeting, 2)}#why"
    text = client.get(page(meeting, 2)).content.decode()
    assert "Which clause failed?" in text and "Fit at least 50" in text
    answered = client.post(page(meeting, 2), {"clause": "fit.size", "comment": "Small"})
    assert answered.url == f"{page(meeting, 2)}#why"
    kept = Vote.objects.get(sampled=lead(meeting, 2))
    assert (kept.verdict, kept.clause, kept.comment) == ("no", "fit.size", "Small")
    assert "checked" in client.get(page(meeting, 2)).content.decode()
    assert client.post(page(meeting, 2), {"next": "1"}).url == page(meeting, 3)
    assert Vote.objects.get(sampled=lead(meeting, 2)).clause == "fit.size"


def test_the_last_vote_leads_to_all_of_them_and_each_can_be_changed(client, meeting):
    client.force_login(make.sam())
    places = range(1, meeting.sample.count() + 1)
    for place in places:
        answered = client.post(page(meeting, place), {"met": "cannot_tell"})
    assert answered.url == ballot(meeting)
    text = client.get(ballot(meeting)).content.decode()
    assert "You voted on all 9 leads" in text and text.count("Cannot tell") == 9
    client.post(page(meeting, 4), {"met": "yes"})
    assert Vote.objects.get(sampled=lead(meeting, 4)).verdict == "yes"


def test_what_cannot_be_taken_is_told_and_what_was_typed_stays(client, meeting):
    client.force_login(make.sam())
    client.post(page(meeting), {"met": "no"})
    long = "x" * 301
    answered = client.post(page(meeting), {"comment": long})
    assert answered.status_code == 422
    assert (
        long in answered.content.decode() and "At most 300 characters" in answered.content.decode()
    )
    nul = client.post(page(meeting), {"comment": "a\0b"}).content.decode()
    assert "a character that cannot be kept" in nul and "At most" not in nul
    assert client.post(page(meeting), {"met": "perhaps"}).status_code == 422
    assert client.post(page(meeting), {"clause": "fit.colour"}).status_code == 422
    assert client.delete(page(meeting)).status_code == 405
    assert client.post(ballot(meeting)).status_code == 405


def test_only_who_takes_part_has_a_ballot(client, meeting):
    assert "/accounts/login" in client.get(page(meeting)).url
    for person in (make.otto(), make.ada()):
        client.force_login(person)
        for address in (page(meeting), ballot(meeting)):
            assert client.get(address).status_code == 404
        assert client.post(page(meeting), {"met": "yes"}).status_code == 404
    client.force_login(make.sam())
    assert client.get(page(meeting, 99)).status_code == 404
    assert not Vote.objects.exists()


def test_before_the_vote_opens_there_is_nothing_to_see(client, meeting, time_machine):
    time_machine.move_to(drawing.opens_at(meeting) - MINUTE, tick=False)
    client.force_login(make.sam())
    assert client.get(page(meeting)).url == ballot(meeting)
    assert "The vote is closed" in client.get(ballot(meeting)).content.decode()
    assert client.post(page(meeting), {"met": "yes"}).url == ballot(meeting)
    assert not Vote.objects.exists()


def test_without_a_sample_the_ballot_says_when_there_will_be_one(client, time_machine):
    empty = planned()
    client.force_login(make.sam())
    time_machine.move_to(drawing.opens_at(empty) - MINUTE, tick=False)
    assert "The vote is not open yet" in client.get(ballot(empty)).content.decode()
    time_machine.move_to(drawing.opens_at(empty) + MINUTE, tick=False)
    assert "No lead to vote on yet" in client.get(ballot(empty)).content.decode()


def test_a_revealed_lead_is_closed_and_a_late_vote_is_told_so(client, time_machine):
    make.agreement_in_force()
    some_of_each()
    meeting = at_item_three()
    time_machine.move_to(meeting.starts_at + 4 * MINUTE, tick=False)
    vote(lead(meeting), make.ines())
    at = meeting.starts_at + 4 * MINUTE
    revealing.reveal(lead(meeting).pk, actor=make.mara(), at=at)
    client.force_login(make.sam())
    assert "votes on it are closed" in client.get(page(meeting)).content.decode()
    told = client.post(page(meeting), {"met": "yes"}, follow=True).content.decode()
    assert "revealed before your vote arrived" in told
    assert Vote.objects.count() == 1


def test_a_ballot_costs_the_same_few_statements_whatever_the_sample(client, meeting):
    client.force_login(make.sam())
    client.get(page(meeting))
    with CaptureQueriesContext(connection) as whole:
        client.get(page(meeting))
    Sampled.objects.filter(place__gt=3).delete()
    with CaptureQueriesContext(connection) as short:
        client.get(page(meeting))
    assert len(whole) == len(short) <= 14, [one["sql"][:90] for one in whole]
    assert Meeting.objects.count() == 1

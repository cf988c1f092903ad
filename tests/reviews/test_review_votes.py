"""Blind votes: given, changed, hidden until one reveal, refused afterwards; agreed, voted again."""

import threading

import pytest
from django.db import connection

from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import running
from reviews.models import Item, Line, Meeting, Sampled, Vote
from reviews.voting import ballots, drawing, revealing, tallying
from reviews.voting.clauses import clauses_of
from reviews.voting.happened import what_happened
from reviews.voting.identity import mask_of
from tests import factories as make
from tests.reviews.meeting import devon
from tests.reviews.voting import (
    MINUTE,
    at_item_three,
    drawn,
    fresh,
    handed,
    lead,
    seat,
    some_of_each,
    vote,
)

SIZE = "fit.size"
RULE = "rule.hand_raiser.0"


@pytest.fixture
def meeting(db):
    some_of_each()
    return at_item_three()


def show(sampled, *, by=None, at=None):
    at = at or sampled.meeting.starts_at + 3 * MINUTE
    return revealing.reveal(sampled.pk, actor=by or make.mara(), at=at)


def test_a_vote_is_kept_and_changed_until_the_reveal(meeting):
    one = lead(meeting)
    first = vote(one, make.sam(), "no", clause=SIZE, comment=" Too small ")
    assert (first.verdict, first.clause, first.comment) == ("no", SIZE, "Too small")
    second = vote(one, make.sam(), "no", clause=RULE)
    assert (second.pk, second.clause, second.comment) == (first.pk, RULE, "Too small")
    assert vote(one, make.sam(), "yes").clause == ""
    assert Vote.objects.count() == 1


def test_the_vote_opens_on_the_day_before(db):
    some_of_each()
    early = drawn()
    opens = drawing.opens_at(early)
    with pytest.raises(Conflict, match="day before"):
        vote(lead(early), make.sam(), at=opens - MINUTE)
    assert vote(lead(early), make.sam(), at=opens).verdict == "no"


def test_what_cannot_be_said_is_refused(meeting):
    one = lead(meeting)
    for wrong in ({"verdict": "perhaps"}, {"clause": "fit.colour"}, {"comment": "x" * 301}):
        with pytest.raises(Invalid):
            vote(one, make.sam(), **{"verdict": "no", **wrong})
    assert not Vote.objects.exists()


def test_the_clauses_are_those_of_the_rule_and_the_version_that_judged(meeting):
    keys = [one.key for one in clauses_of(lead(meeting).handoff.judgement)]
    assert keys == [
        RULE,
        "rule.hand_raiser.1",
        "fit.industry",
        SIZE,
        "required.email",
        "required.company",
        "required.country",
    ]


def test_a_reveal_tells_each_side_what_failed_and_by_whom(meeting):
    one = lead(meeting)
    for person in (make.sam(), make.ines(), make.lena()):
        vote(one, person, "no", clause=SIZE)
    vote(one, make.mara(), "yes")
    vote(one, devon(), "cannot_tell", comment="Ask Sam")
    with pytest.raises(ValueError):
        tallying.tally(one, one.handoff.version_id)
    told = tallying.tally(show(one), one.handoff.version_id)
    assert told.title == "Did not meet, 3 to 1"
    assert told.unsure == "1 could not tell."
    assert [(side.side, len(side.votes)) for side in told.sides] == [("marketing", 2), ("sales", 3)]
    assert told.failed == "Sales names “Size” (3 of 3 who said no)."
    assert [one.comment for one in told.comments] == ["Ask Sam"]


def test_where_both_sides_name_the_same_it_says_so_and_a_tie_is_a_split(meeting):
    one = lead(meeting)
    for person in (make.sam(), make.mara()):
        vote(one, person, "no", clause=SIZE)
    for person in (make.ines(), devon()):
        vote(one, person, "yes")
    told = tallying.tally(show(one), one.handoff.version_id)
    assert told.title == "Split, 2 to 2"
    assert told.failed == "Marketing and sales name the same: “Size” (2 of 2 who said no)."


def test_votes_after_the_reveal_are_refused_with_a_sentence(meeting):
    one = lead(meeting)
    vote(one, make.sam())
    show(one)
    for person in (make.sam(), make.ines()):
        with pytest.raises(Conflict, match="revealed before your vote arrived"):
            vote(one, person, "yes")
    assert Vote.objects.get().verdict == "no"


def test_a_second_reveal_is_told_who_was_quicker(meeting):
    one = lead(meeting)
    vote(one, make.sam())
    show(one)
    with pytest.raises(Conflict, match="Mara Lindqvist was quicker"):
        show(one)


def test_nothing_is_revealed_without_a_vote_nor_with_that_of_its_owner_alone(db):
    handed(3, owner=make.sam())
    one = lead(at_item_three())
    with pytest.raises(Conflict, match="Nobody has voted"):
        show(one)
    vote(one, make.sam())
    with pytest.raises(Conflict, match="Only its owner has voted"):
        show(one)
    vote(one, make.ines())
    assert show(one).revealed_at is not None


def test_a_lead_nobody_owned_is_revealed_by_anybodys_vote(db):
    handed(3, owner=None)
    one = lead(at_item_three())
    vote(one, make.sam())
    assert show(one).revealed_by == make.mara()


def test_only_the_presenter_reveals_and_only_at_item_three(meeting):
    one = lead(meeting)
    vote(one, make.sam())
    with pytest.raises(Conflict, match="Mara Lindqvist is presenting"):
        show(one, by=make.sam())
    with pytest.raises(NotAllowed):
        show(one, by=make.otto())
    at = meeting.starts_at + 2 * MINUTE
    running.go_to(meeting.pk, Item.TRENDS, seen=3, actor=make.mara(), at=at)
    with pytest.raises(Conflict, match="item 3"):
        show(one)


def test_a_late_joiner_votes_on_what_is_not_revealed(meeting):
    for place in (1, 2):
        vote(lead(meeting, place), make.sam())
    show(lead(meeting, 1))
    at = meeting.starts_at + 4 * MINUTE
    late = make.UserFactory(name="Rita", reviewer=True)
    running.join(meeting.pk, "operations", actor=late, at=at)
    with pytest.raises(Conflict):
        vote(lead(meeting, 1), late, at=at)
    assert vote(lead(meeting, 2), late, at=at).participant == seat(meeting, late)


def test_who_has_voted_is_known_and_not_how(meeting):
    one = lead(meeting)
    before = fresh(meeting).revision
    vote(one, make.sam(), "yes")
    told = {str(each.participant.user): each.has_voted for each in ballots.voters(one)}
    assert told == {
        "Mara Lindqvist": False,
        "Devon Blake": False,
        "Sam Ortiz": True,
        "Ines Ferro": False,
        "Lena Brandt": False,
    }
    assert fresh(meeting).revision == before + 1


def test_the_agreed_verdict_is_kept_and_the_one_before_stays_in_the_minutes(meeting):
    one = lead(meeting)
    vote(one, make.sam())
    at, mara = meeting.starts_at + 5 * MINUTE, make.mara()
    with pytest.raises(Conflict, match="Reveal the votes first"):
        revealing.agree(one.pk, "no", actor=mara, at=at)
    show(one)
    with pytest.raises(Invalid):
        revealing.agree(one.pk, "perhaps", actor=mara, at=at)
    revealing.agree(one.pk, "parked", actor=mara, at=at)
    with pytest.raises(Conflict, match="agreed already"):
        revealing.agree(one.pk, "parked", actor=mara, at=at)
    assert revealing.agree(one.pk, "no", actor=mara, at=at).agreed == "no"
    said = Line.objects.filter(meeting=meeting, kind=Line.Kind.VERDICT).order_by("pk")
    assert [(line.text, line.taken_back_at is None) for line in said] == [
        ("Lead 1: parked, to be looked at again", False),
        ("Lead 1: it did not meet the definition", True),
    ]


def test_voting_again_hides_the_votes_asks_anew_and_counts_the_first_round_as_the_blind_one(
    meeting,
):
    one = lead(meeting)
    vote(one, make.sam(), "no")
    vote(one, make.mara(), "yes")
    show(one)
    at, mara = meeting.starts_at + 5 * MINUTE, make.mara()
    revealing.agree(one.pk, "no", actor=mara, at=at)
    again = revealing.vote_again(one.pk, actor=mara, at=at)
    assert (again.round, again.revealed_at, again.agreed) == (2, None, "")
    with pytest.raises(Conflict, match="hidden already"):
        revealing.vote_again(one.pk, actor=mara, at=at)
    assert not any(each.has_voted for each in ballots.voters(again))
    vote(again, make.sam(), "yes", at=at)
    told = tallying.tally(show(again, at=at), one.handoff.version_id)
    assert told.title == "Met it, 1 to 0"
    ballots_ = tallying.blind_ballots(list(meeting.sample.standing()))
    assert [(each.side, each.met) for each in ballots_] == [("sales", False), ("marketing", True)]
    standing = Line.objects.standing().filter(meeting=meeting)
    assert [line.text for line in standing] == ["Lead 1: the room votes again"]


def test_the_presenter_puts_a_lead_on_the_screen_and_takes_it_off(meeting):
    revealing.show(lead(meeting, 5).pk, actor=make.mara())
    assert fresh(meeting).shown == lead(meeting, 5)
    with pytest.raises(Conflict, match="is presenting"):
        revealing.show(lead(meeting, 1).pk, actor=make.sam())
    revealing.look_over(meeting.pk, actor=make.mara())
    assert fresh(meeting).shown is None


def happened(handoff, *, at):
    mask = mask_of(handoff, handoff.owner, handoff.answered_by)
    return what_happened(handoff, mask=mask, at=at)


def test_what_happened_tells_when_why_and_how_many_say_the_same_and_names_nobody(meeting):
    lead_ = {"lead__first_name": "Ana", "lead__company": "Novapay GmbH"}
    note = "Otto spoke to Ana: Novapay is ten people"
    (no,) = handed(answered_by=make.otto(), note=note, **lead_)
    assert happened(no, at=meeting.starts_at) == (
        "Sales rejected it after 1 min: out of segment. "
        "“[name] spoke to [name]: [company] is ten people” "
        "4 of 4 rejections in half a year say the same."
    )
    (yes,) = handed(answer="accepted", outcome="won")
    told = happened(yes, at=meeting.starts_at)
    assert told == "Sales accepted it after 1 min; it is open. The deal was won."
    waiting = make.HandoffFactory(triggered_at=meeting.starts_at - 5 * MINUTE)
    assert happened(waiting, at=meeting.starts_at).startswith("It still waits for sales, 5 min")


@pytest.mark.django_db(transaction=True)
def test_two_presenters_at_once_reveal_once_and_no_vote_comes_after():
    """Mara's screen is open twice; Ines votes in the same moment."""
    make.agreement_in_force()
    some_of_each()
    meeting = at_item_three()
    one = lead(meeting)
    vote(one, make.sam())
    start, said = threading.Barrier(3), []

    def at_once(act):
        start.wait()
        try:
            said.append((act.__name__, act()))
        except Conflict as error:
            said.append((act.__name__, error))
        finally:
            connection.close()

    mara, at = make.mara(), meeting.starts_at + 3 * MINUTE

    def reveal():
        return revealing.reveal(one.pk, actor=mara, at=at)

    def late():
        return vote(one, make.ines(), at=at)

    threads = [threading.Thread(target=at_once, args=(act,)) for act in (reveal, reveal, late)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    revealed = [result for name, result in said if name == "reveal"]
    assert sum(isinstance(result, Sampled) for result in revealed) == 1
    assert sum(isinstance(result, Conflict) for result in revealed) == 1
    (voted,) = (result for name, result in said if name == "late")
    assert Vote.objects.filter(participant__user=make.ines()).exists() == isinstance(voted, Vote)
    assert Meeting.objects.get(pk=meeting.pk).is_running

"""The sample on the room's screen: who has voted, the reveal, what is decided; and agreement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from handoff import drafting, publishing
from handoff.models import DefinitionVersion
from leads.models import Handoff
from reviews import tasks
from reviews.meetings import running
from reviews.models import Action, Line, Meeting, Sampled
from reviews.sampling import STRATA
from reviews.voting import deciding, revealing
from tests import factories as make
from tests.reviews.meeting import devon, planned
from tests.reviews.voting import (
    DAY,
    MINUTE,
    at_item_three,
    erase,
    fresh,
    handed,
    lead,
    some_of_each,
    vote,
)

pytestmark = pytest.mark.django_db

KINDS = STRATA.values()


@pytest.fixture
def meeting(time_machine):
    make.agreement_in_force()
    some_of_each()
    found = at_item_three()
    time_machine.move_to(found.starts_at + 3 * MINUTE, tick=False)
    return found


def press(client, meeting, verb, place=None, **sent):
    args = [meeting.number] if place is None else [meeting.number, place]
    return client.post(reverse(f"reviews:{verb}", args=args), sent)


def screen(client, meeting):
    text = client.get(reverse("reviews:screen", args=[meeting.number])).content.decode()
    return " ".join(text.split())


def test_the_screen_tells_who_has_voted_and_not_how(client, meeting):
    client.force_login(make.mara())
    assert "Look at lead 1" in screen(client, meeting)
    assert press(client, meeting, "show", 1).status_code == 302
    vote(lead(meeting), make.sam(), "no", clause="fit.size", comment="Tiny, tiny")
    text = screen(client, meeting)
    assert "Lead 1 of 9" in text and "1 <small>of 5 has voted</small>" in text
    assert 'class="is-in"><span>Sam' in text and 'class="is-out"><span>Ines' in text
    for secret in ("Tiny", "Otto rejected", "Size (", *KINDS, lead(meeting).because, "ball-no"):
        assert secret not in text, secret


def test_the_live_fragment_and_own_pages_keep_the_same_secrets(client, meeting):
    revealing.show(lead(meeting).pk, actor=make.mara())
    vote(lead(meeting), make.sam(), "no", clause="fit.size", comment="Tiny, tiny")
    client.force_login(make.ines())
    for name in ("stage", "meeting", "meeting-live", "minutes", "minutes-md", "ballot"):
        address = reverse(f"reviews:{name}", args=[meeting.number])
        answer = client.get(address, follow=True)
        assert answer.status_code == 200
        for secret in ("Tiny", *KINDS, lead(meeting).because, "out of segment"):
            assert secret not in answer.content.decode(), (name, secret)


def test_a_reveal_shows_both_sides_what_happened_and_agreement(client, meeting):
    client.force_login(make.mara())
    press(client, meeting, "show", 1)
    for person in (make.sam(), make.ines()):
        vote(lead(meeting), person, "no", clause="fit.size", comment="Tiny, tiny")
    vote(lead(meeting), devon(), "yes")
    assert press(client, meeting, "reveal", 1).url == f"/reviews/{meeting.number}/screen/"
    text = screen(client, meeting)
    assert "Did not meet, 2 to 1" in text
    assert "Sales names “Size” (2 of 2 who said no)." in text
    assert lead(meeting).because in text and "Too few to say" in text
    assert "Draft a change: Employees from 500 instead of 100" in text
    told = press(client, meeting, "reveal", 1)
    assert told.status_code == 302 and "was quicker" in screen(client, meeting)


def test_from_the_screen_a_lead_is_agreed_kept_drafted_and_taken_back(client, meeting):
    client.force_login(make.mara())
    press(client, meeting, "show", 1)
    vote(lead(meeting), make.sam(), "no", clause="fit.size")
    press(client, meeting, "reveal", 1)
    press(client, meeting, "agree", 1, verdict="no")
    press(client, meeting, "keep", 1, kind="counterexample")
    press(client, meeting, "draft-from-lead", 1, clause="fit.size")
    assert lead(meeting).agreed == "no"
    assert DefinitionVersion.objects.drafts().count() == 2
    text = screen(client, meeting)
    assert "A draft is begun from this lead." in text and "It is kept in a draft." in text
    for line in Line.objects.standing().filter(meeting=meeting, sampled=lead(meeting)):
        client.post(reverse("reviews:take-back", args=[meeting.number, line.pk]))
    assert lead(meeting).agreed == ""
    assert not DefinitionVersion.objects.drafts().get().examples.exists()
    press(client, meeting, "vote-again", 1)
    assert lead(meeting).round == 2 and "The room votes again." in screen(client, meeting)


def test_who_presents_without_the_right_to_drafts_is_told_whose_they_are(client, meeting):
    running.take_over(meeting.pk, actor=make.lena(), at=meeting.starts_at + 2 * MINUTE)
    client.force_login(make.lena())
    press(client, meeting, "show", 1)
    vote(lead(meeting), make.sam())
    press(client, meeting, "reveal", 1)
    text = screen(client, meeting)
    assert "Mara can keep it as an example" in text and 'id="draft"' not in text
    press(client, meeting, "keep", 1, kind="example")
    assert "Marketing operations changes drafts" in screen(client, meeting)
    assert not DefinitionVersion.objects.drafts().exists()


def test_who_may_edit_the_agreement_decides_from_their_own_page(client, meeting):
    running.take_over(meeting.pk, actor=make.lena(), at=meeting.starts_at + 2 * MINUTE)
    own = reverse("reviews:meeting", args=[meeting.number])
    client.force_login(make.mara())
    assert 'id="decide"' not in client.get(own).content.decode()
    revealing.show(lead(meeting).pk, actor=make.lena())
    vote(lead(meeting), make.sam(), "no", clause="fit.size")
    assert 'id="decide"' not in client.get(own).content.decode()
    at = meeting.starts_at + 3 * MINUTE
    revealing.reveal(lead(meeting).pk, actor=make.lena(), at=at)
    assert "Draft a change: Employees from 500" in client.get(own).content.decode()
    sent = {"kind": "counterexample", "next": own}
    assert press(client, meeting, "keep", 1, **sent).url == own
    assert "It is kept in a draft." in client.get(own).content.decode()
    client.force_login(make.sam())
    assert 'id="decide"' not in client.get(own).content.decode()


def give(client, meeting, text):
    due = (meeting.starts_at + 7 * DAY).date().isoformat()
    sent = {"action-text": text, "action-owner": make.sam().pk, "action-due_on": due}
    return client.post(reverse("reviews:ask-for", args=[meeting.number]), sent)


def test_an_action_hangs_on_the_lead_that_is_on_the_screen(client, meeting):
    client.force_login(make.mara())
    give(client, meeting, "Of no lead")
    press(client, meeting, "show", 1)
    give(client, meeting, "Of a hidden lead")
    vote(lead(meeting), make.sam())
    press(client, meeting, "reveal", 1)
    give(client, meeting, "Of this lead")
    page = f"/leads/{lead(meeting).handoff.lead_id}/"
    made = {one.text: (one.sampled, one.path) for one in Action.objects.all()}
    assert made == {
        "Of no lead": (None, ""),
        "Of a hidden lead": (lead(meeting), ""),
        "Of this lead": (lead(meeting), page),
    }


def test_an_action_links_to_its_lead_only_for_who_may_open_it(client, meeting):
    client.force_login(make.mara())
    press(client, meeting, "show", 1)
    vote(lead(meeting), make.sam())
    press(client, meeting, "reveal", 1)
    give(client, meeting, "Ask them for the size")
    link = f'href="/leads/{lead(meeting).handoff.lead_id}/"'
    pages = reverse("reviews:actions"), reverse("reviews:minutes", args=[meeting.number])
    for person, is_linked in ((make.mara(), True), (make.sam(), True), (devon(), False)):
        client.force_login(person)
        for page in pages:
            text = client.get(page).content.decode()
            assert "Ask them for the size" in text and (link in text) is is_linked, (person, page)
    erase(lead(meeting))
    client.force_login(make.mara())
    assert not any(link in client.get(page).content.decode() for page in pages)


def test_the_page_of_a_lead_tells_what_reviews_said_of_it_once_revealed(client, meeting):
    about = reverse("reviews:of-lead", args=[lead(meeting).handoff.lead_id])
    client.force_login(make.mara())
    press(client, meeting, "show", 1)
    give(client, meeting, "Ask them for the size")
    vote(lead(meeting), make.sam())
    assert "No joint review has looked at this lead." in client.get(about).content.decode()
    press(client, meeting, "reveal", 1)
    press(client, meeting, "agree", 1, verdict="no")
    text = client.get(about).content.decode()
    assert "did not meet it" in text and "Ask them for the size" in text
    part = client.get(about, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "did not meet it" in part
    client.force_login(make.otto())
    assert "did not meet it" not in client.get(about).content.decode()
    client.force_login(make.UserFactory(email="rep@example.com", rep=True))
    assert client.get(about).status_code == 404
    assert client.post(about).status_code == 405


def test_the_screen_is_left_and_leads_are_drawn_anew_from_it(client, meeting):
    client.force_login(make.lena())
    running.take_over(meeting.pk, actor=make.lena(), at=meeting.starts_at + 2 * MINUTE)
    handed(2)
    press(client, meeting, "show", 2)
    before = lead(meeting, 2)
    press(client, meeting, "redraw", 2, because="")
    assert "Say why" in screen(client, meeting)
    press(client, meeting, "redraw", 2, because="A test lead")
    assert lead(meeting, 2) != before
    press(client, meeting, "look-over")
    assert fresh(meeting).shown is None
    press(client, meeting, "redraw-all", because="All wrong")
    assert Line.objects.filter(meeting=meeting, kind="redrawn").count() == 2


def test_outsiders_find_nothing_and_each_press_is_a_post(client, meeting):
    verbs = [("show", 1), ("reveal", 1), ("agree", 1), ("keep", 1), ("draft-from-lead", 1)]
    verbs += [("redraw", 1), ("vote-again", 1), ("redraw-all", None), ("draw", None)]
    verbs += [("look-over", None)]
    client.force_login(make.otto())
    for verb, place in verbs:
        assert press(client, meeting, verb, place).status_code == 404
        args = [meeting.number] if place is None else [meeting.number, place]
        assert client.get(reverse(f"reviews:{verb}", args=args)).status_code == 405
    client.force_login(make.sam())
    press(client, meeting, "show", 1)
    assert fresh(meeting).shown is None
    assert press(client, meeting, "show", 99).status_code == 404


def test_where_nothing_was_drawn_the_chair_draws(client, time_machine):
    make.agreement_in_force()
    meeting = planned()
    running.begin(meeting.pk, actor=make.lena(), at=meeting.starts_at)
    at = meeting.starts_at + MINUTE
    running.go_to(meeting.pk, 3, seen=0, actor=make.lena(), at=at)
    time_machine.move_to(at, tick=False)
    client.force_login(make.sam())
    press(client, meeting, "draw")
    assert "The chair has leads drawn." in screen(client, meeting)
    client.force_login(make.lena())
    press(client, meeting, "draw")
    assert "No lead was handed over" in screen(client, meeting)
    handed(2, at=meeting.starts_at - DAY)
    press(client, meeting, "draw")
    assert Sampled.objects.count() == 2
    press(client, meeting, "draw")
    assert "are drawn already" in screen(client, meeting)


def test_the_worker_draws_when_the_vote_opens(time_machine):
    make.agreement_in_force()
    meeting = planned()
    handed(2)
    time_machine.move_to(meeting.starts_at - DAY, tick=False)
    tasks.prepare_reviews()
    assert meeting.sample.count() == 2


def test_a_revealed_screen_costs_a_constant_number_of_statements(client, meeting):
    client.force_login(make.mara())
    for one in meeting.sample.standing():
        vote(one, make.sam())
        revealing.reveal(one.pk, actor=make.mara(), at=meeting.starts_at + 3 * MINUTE)
    press(client, meeting, "show", 1)
    screen(client, meeting)
    with CaptureQueriesContext(connection) as one_vote:
        screen(client, meeting)
    for person in (make.ines(), make.lena(), devon()):
        voted = lead(meeting).votes.first()
        voted.pk, voted.participant = None, meeting.participants.get(user=person)
        voted.save()
    with CaptureQueriesContext(connection) as four:
        screen(client, meeting)
    assert len(one_vote) == len(four) <= 34, len(four)


def test_an_erased_lead_is_told_on_the_screen_and_its_votes_still_count(client, meeting):
    client.force_login(make.mara())
    for place in (1, 2):
        vote(lead(meeting, place), make.sam(), "no", clause="fit.size")
        vote(lead(meeting, place), devon(), "no")
    press(client, meeting, "show", 1)
    press(client, meeting, "reveal", 1)
    for place in (1, 2):
        erase(lead(meeting, place))
    text = screen(client, meeting)
    assert "Erased since" in text and "What the room voted still counts" in text
    assert 'id="go-later"' in text and "Lead 3" in text
    press(client, meeting, "show", 2)
    assert "It counts for nothing." in screen(client, meeting)
    press(client, meeting, "reveal", 2)
    assert "The lead was erased since" in screen(client, meeting)
    press(client, meeting, "keep", 1, kind="example")
    assert "The lead was erased since" in screen(client, meeting)
    press(client, meeting, "look-over")
    text = screen(client, meeting)
    assert "1 <small>of 9 leads revealed; 2 erased since</small>" in text and "lead 3" in text
    assert "1 lead, 2 votes." in agreement(client)


def test_a_clause_the_live_version_asks_no_more_is_told_with_the_way_to_the_definition(
    client, meeting
):
    signed = {"actor": make.mara(), "at": meeting.starts_at}
    changed = publishing.clone(DefinitionVersion.objects.live().get(), **signed)
    row = {**changed.document()["fit"][1], "when": [{"field": "employees", "at_least": 250}]}
    seen = changed.revision
    changed = drafting.put(changed, "fit", row, place=1, revision=seen, **signed)
    publishing.publish(changed, reason="Larger ones only", **signed)
    client.force_login(make.mara())
    press(client, meeting, "show", 1)
    vote(lead(meeting), make.sam(), "no", clause="fit.size")
    press(client, meeting, "reveal", 1)
    text = screen(client, meeting)
    assert "does not ask “Employees at least 100” any more" in text
    assert 'href="/definition/"' in text and 'name="clause" value=""' in text


# Agreement


def agreement(client):
    text = client.get(reverse("reviews:agreement")).content.decode()
    return " ".join(text.split())


def test_agreement_is_told_by_meeting_with_its_n_and_which_clauses_divide(client, meeting):
    for one in meeting.sample.standing():
        verdict = "no" if one.place % 2 else "yes"
        for person in (make.sam(), make.ines(), devon()):
            vote(one, person, verdict, **({"clause": "fit.size"} if verdict == "no" else {}))
        other = "yes" if one.place == 1 else verdict
        vote(one, make.lena(), other)
        revealing.reveal(one.pk, actor=make.mara(), at=meeting.starts_at + 3 * MINUTE)
    client.force_login(make.lena())
    text = agreement(client)
    assert "9 leads, 36 votes. More than chance." in text
    assert '<td class="num">1.00</td>' in text
    assert "1 of 5" in text and f"Joint review {meeting.number}" in text
    client.force_login(make.otto())
    assert "No votes were revealed yet" in agreement(client)


def test_few_leads_are_too_few_to_say_and_hidden_votes_do_not_count(client, meeting):
    for one in meeting.sample.standing()[:3]:
        vote(one, make.sam(), "no")
        vote(one, devon(), "yes" if one.place == 1 else "no")
    for place in (1, 2):
        pk = lead(meeting, place).pk
        revealing.reveal(pk, actor=make.mara(), at=meeting.starts_at + 3 * MINUTE)
    client.force_login(make.sam())
    text = agreement(client)
    assert "Too few to say" in text and "2 leads, 4 votes." in text
    assert Meeting.objects.count() == 1 and Handoff.objects.count() == 9
    assert deciding.newest_draft() is None


def test_agreement_costs_the_same_for_many_meetings(client, meeting):
    client.force_login(make.mara())
    agreement(client)
    for one in meeting.sample.standing()[:2]:
        vote(one, make.sam())
        revealing.reveal(one.pk, actor=make.mara(), at=meeting.starts_at + 3 * MINUTE)
    with CaptureQueriesContext(connection) as asked:
        agreement(client)
    assert len(asked) <= 12, len(asked)

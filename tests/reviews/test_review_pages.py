"""The pages of joint reviews: who sees them, what they show, what they refuse, and what it costs
to ask again."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoff.models import User
from leads.models import Message
from reviews.meetings import noting, planning, running
from reviews.meetings.noting import Asked
from reviews.models import Action, Line, Meeting, Series
from tests import factories as make
from tests.reviews.meeting import begun, devon, planned

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
START = dt.datetime(2026, 10, 15, 14, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _at_its_hour(time_machine):
    time_machine.move_to(START + 3 * MINUTE, tick=False)


@pytest.fixture
def as_(client):
    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in


def action_of(meeting, text="Ask for the size on the form", owner=None):
    asked = Asked(text, owner or make.sam(), (START + 7 * DAY).date())
    return noting.ask_for(meeting.pk, asked, actor=make.mara(), at=START + MINUTE)


PAGES = ("", "screen/", "live/", "screen/live/", "minutes/", "minutes.md", "invitation.ics")


@pytest.mark.parametrize("page", PAGES)
def test_participants_and_who_sees_every_lead_read_it_and_nobody_else(page, as_):
    meeting = begun()
    address = f"/reviews/{meeting.number}/{page}"
    for person in (make.mara(), devon(), make.sam(), make.ada()):
        assert as_(person).get(address).status_code == 200, person
    assert as_(make.otto()).get(address).status_code == 404


@pytest.mark.parametrize("page", ["item/", "take-over/", "end/", "join/", "lines/1/take-back/"])
def test_what_changes_something_is_posted(page, as_):
    meeting = begun()
    address = f"/reviews/{meeting.number}/{page}"
    assert as_(make.mara()).get(address).status_code == 405
    assert as_(make.otto()).post(address).status_code == 404


def test_the_chair_is_asked_once_more_before_a_review_begins_days_early(as_, time_machine):
    meeting = planned()
    there = f"/reviews/{meeting.number}/"
    time_machine.move_to(START - 2 * DAY, tick=False)
    sam = as_(make.sam())
    assert sam.get(f"{there}begin/").url == f"{there}screen/"
    assert "an hour before its time" in sam.post(f"{there}begin/", follow=True).content.decode()
    assert 'id="begin"' not in sam.get(f"{there}screen/").content.decode()
    lena = as_(make.lena())
    asked = lena.post(f"{there}begin/")
    assert "Begin Joint review 1 now?" in asked.content.decode()
    assert lena.get(f"{there}begin/").status_code == 200
    assert Meeting.objects.get().is_planned
    assert lena.post(f"{there}begin/", {"sure": "yes"}).url == f"{there}screen/"
    assert Meeting.objects.get().presenter == make.lena()
    assert lena.get(f"{there}begin/").url == f"{there}screen/"
    assert as_(make.otto()).get(f"{there}begin/").status_code == 404


def test_asking_again_is_answered_by_nothing_new_in_a_few_statements(as_):
    meeting = begun()
    client = as_(make.ines())
    page = client.get(f"/reviews/{meeting.number}/").content.decode()
    address = re.search(r'hx-get="([^"]+)"', page)[1]
    screen = client.get(f"/reviews/{meeting.number}/screen/").content.decode()
    stage = re.search(r'hx-get="([^"]+)"', screen)[1]
    for asked in (address, stage):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(asked).status_code == 304
        assert len(statements) <= 4, [one["sql"] for one in statements]
    noting.decide(meeting.pk, "Keep it", actor=make.mara(), at=START + 4 * MINUTE)
    assert client.get(address).status_code == 200
    assert "1 line written." in client.get(stage).content.decode()


def test_the_screen_costs_the_same_with_many_lines_and_people(as_):
    meeting = begun()
    client = as_(make.mara())
    client.get(f"/reviews/{meeting.number}/screen/")

    def cost():
        with CaptureQueriesContext(connection) as statements:
            client.get(f"/reviews/{meeting.number}/screen/")
        return len(statements)

    before = cost()
    for number in range(5):
        action_of(meeting, text=f"Do {number}")
    assert cost() == before


def test_the_presenter_goes_through_the_items_and_others_take_over(as_):
    meeting = begun()
    there = f"/reviews/{meeting.number}/"
    client = as_(make.mara())
    assert "You are presenting." in client.get(f"{there}screen/").content.decode()
    answer = client.post(f"{there}item/", {"item": "1", "seen": "0"}, follow=True)
    assert "Both halves of the agreement" in answer.content.decode()
    sam = as_(make.sam())
    shown = sam.get(f"{there}screen/").content.decode()
    assert "Mara Lindqvist is presenting." in shown and "Take over" in shown
    refused = sam.post(f"{there}item/", {"item": "2", "seen": "1"}, follow=True)
    assert "Take over first" in refused.content.decode()
    sam.post(f"{there}take-over/")
    sam.post(f"{there}item/", {"item": "2", "seen": "1"})
    assert Meeting.objects.get().item == 2
    told = as_(make.mara()).get(f"{there}screen/").content.decode()
    assert "Sam Ortiz took over from Mara Lindqvist." in told


@pytest.mark.parametrize("sent", [{}, {"item": "9", "seen": "0"}, {"item": "x", "seen": "0"}])
def test_an_item_there_is_not_is_refused_with_a_sentence(sent, as_):
    meeting = begun()
    answer = as_(make.mara()).post(f"/reviews/{meeting.number}/item/", sent, follow=True)
    assert "There are three items" in answer.content.decode()


def test_the_timer_counts_down_warns_and_goes_on(as_, time_machine):
    meeting = begun()
    running.go_to(meeting.pk, 1, seen=0, actor=make.mara(), at=START + 3 * MINUTE)
    client = as_(make.mara())

    def timer():
        page = client.get(f"/reviews/{meeting.number}/screen/").content.decode()
        return re.search(r'class="timer([^"]*)".*?>([\d:]+)</time> <small>([^<]+)', page).groups()

    assert timer() == ("", "10:00", "left")
    time_machine.move_to(START + 11.5 * MINUTE, tick=False)
    assert timer() == (" is-near", "1:30", "left, wrap up")
    time_machine.move_to(START + 14 * MINUTE, tick=False)
    assert timer() == (" is-over", "1:00", "over")


def test_what_is_open_from_last_time_comes_first(as_):
    meeting = begun()
    action_of(meeting)
    running.end(meeting.pk, actor=make.mara(), at=START + 4 * MINUTE)
    planning.plan_ahead(at=START + DAY)
    later = Meeting.objects.planned().get()
    running.begin(later.pk, actor=make.mara(), at=later.starts_at)
    page = as_(make.mara()).get(f"/reviews/{later.number}/screen/").content.decode()
    assert "1 open from last time" in page and "Ask for the size on the form" in page


def test_what_is_sent_twice_is_written_once(as_):
    meeting, client = begun(), as_(make.sam())
    due = (START + 7 * DAY).date().isoformat()
    action = {"text": "Call them", "owner": make.sam().pk, "due_on": due}
    for name, said in (("decision", {"text": "Size from 200"}), ("action", action)):
        there = f"/reviews/{meeting.number}/{name}s/"
        drawn = re.search('name="press" value="([^"]+)"', client.get(there).content.decode())
        sent = {f"{name}-{field}": value for field, value in said.items()} | {"press": drawn[1]}
        client.post(there, sent)
        again = client.post(there, sent, follow=True).content.decode()
        assert "It is written already: the same form came twice." in again
    assert Line.objects.count() == 2 and Action.objects.count() == 1


def test_a_decision_and_an_action_are_written_and_bad_ones_shown_again(as_):
    meeting = begun()
    there = f"/reviews/{meeting.number}/"
    client = as_(make.sam())
    assert client.get(f"{there}decisions/").status_code == 200
    empty = client.post(f"{there}decisions/", {"decision-text": " "})
    assert empty.status_code == 422
    client.post(f"{there}decisions/", {"decision-text": "Size from 200"})
    assert Line.objects.get().text == "Size from 200"
    wrong = client.post(f"{there}actions/", {"action-text": "Call them", "action-due_on": "never"})
    assert wrong.status_code == 422 and "Call them" in wrong.content.decode()
    slip = {
        "action-text": "Call them",
        "action-owner": make.sam().pk,
        "action-due_on": "9999-12-31",
    }
    assert "Choose a day within a year." in client.post(f"{there}actions/", slip).content.decode()
    assert not Action.objects.exists()
    sent = {
        "action-text": "Call them",
        "action-owner": make.ines().pk,
        "action-due_on": "2026-10-20",
        "next": f"{there}screen/",
    }
    assert client.post(f"{there}actions/", sent)["Location"] == f"{there}screen/"
    assert Action.objects.get().owner == make.ines()
    outside = as_(make.ada()).post(f"{there}decisions/", {"decision-text": "Mine"})
    assert outside.status_code == 422 and "join first" in outside.content.decode()


def test_what_a_decision_says_is_text_and_no_markup(as_):
    meeting = begun()
    noting.decide(meeting.pk, "<script>alert(1)</script>", actor=make.sam(), at=START)
    for page in ("minutes/", "screen/"):
        answer = as_(make.mara()).get(f"/reviews/{meeting.number}/{page}").content.decode()
        assert "<script>alert" not in answer


def test_the_minutes_say_who_what_and_how_long_on_the_page_and_as_a_file(as_):
    meeting = begun()
    running.go_to(meeting.pk, 2, seen=0, actor=make.mara(), at=START + 2 * MINUTE)
    noting.decide(meeting.pk, "Keep *fit* at 50", actor=make.sam(), at=START + 3 * MINUTE)
    line = noting.decide(meeting.pk, "Drop it", actor=make.sam(), at=START + 3 * MINUTE)
    client = as_(make.mara())
    back = client.post(f"/reviews/{meeting.number}/lines/{line.pk}/take-back/", follow=True)
    assert "Taken back" in back.content.decode()
    running.end(meeting.pk, actor=make.mara(), at=START + 11 * MINUTE)
    page = client.get(f"/reviews/{meeting.number}/minutes/").content.decode()
    assert "Disposition trends <span" in page and "9 min" in page and "Keep *fit* at 50" in page
    file = client.get(f"/reviews/{meeting.number}/minutes.md")
    text = file.content.decode()
    assert file["Content-Type"].startswith("text/markdown")
    assert text.startswith("# Joint review 1: Marketing and sales")
    assert "## 2. Disposition trends, 9 min" in text
    assert r"- **Decision: Keep \*fit\* at 50**" in text
    assert "- **Decision: Drop it (taken back)**" in text


def test_the_chair_adds_a_note_and_a_participant_cannot(as_):
    meeting = begun()
    there = f"/reviews/{meeting.number}/notes/1/"
    as_(make.lena()).post(there, {"note": "Berlin was\ntwo short"})
    page = as_(make.sam()).get(f"/reviews/{meeting.number}/minutes/").content.decode()
    assert "two short" in page and "Add a note" not in page
    assert as_(make.sam()).get(there).status_code == 404


def test_an_action_is_done_opened_and_changed_by_its_owner(as_):
    meeting = begun()
    action = action_of(meeting)
    client = as_(make.sam())
    assert "Ask for the size" in client.get("/reviews/actions/").content.decode()
    client.post(f"/reviews/actions/{action.pk}/done/")
    again = client.post(f"/reviews/actions/{action.pk}/done/", follow=True)
    assert "not open any more" in again.content.decode()
    assert "Ask for the size" in client.get("/reviews/actions/?done=1").content.decode()
    client.post(f"/reviews/actions/{action.pk}/open/")
    assert client.get(f"/reviews/actions/{action.pk}/").status_code == 200
    bad = client.post(f"/reviews/actions/{action.pk}/", {"text": ""})
    assert bad.status_code == 422
    sent = {"text": "Ask twice", "owner": make.sam().pk, "due_on": "2026-10-21"}
    client.post(f"/reviews/actions/{action.pk}/", sent)
    assert Action.objects.get().text == "Ask twice"
    for person in (make.otto(), make.ines()):
        assert as_(person).post(f"/reviews/actions/{action.pk}/done/").status_code == 404
    assert as_(make.mara()).get(f"/reviews/actions/{action.pk}/done/").status_code == 405


def test_the_list_shows_each_person_their_reviews(as_):
    planned()
    assert "Joint review 1" in as_(make.sam()).get("/reviews/").content.decode()
    nothing = as_(make.otto()).get("/reviews/").content.decode()
    assert "No review is planned for you" in nothing and "Plan a series" not in nothing


def series_sent(**changed):
    """A series as its form sends it."""
    return {
        "name": "Both sides",
        "chair": make.lena().pk,
        "every_weeks": 2,
        "weekday": 3,
        "local_time": "10:00",
        "timezone": "America/New_York",
        "first_on": "2026-10-12",
        "calendar": "",
        "item_minutes": 10,
        "sample_size": 10,
        "who": [make.lena().pk, make.mara().pk],
        f"side-{make.lena().pk}": "sales",
        f"side-{make.mara().pk}": "marketing",
        **changed,
    }


def test_a_series_is_planned_by_who_may_and_warns_where_a_side_is_missing(as_):
    client = as_(make.mara())
    assert client.get("/reviews/series/new/").status_code == 200
    done = client.post("/reviews/series/new/", series_sent(), follow=True).content.decode()
    assert "Joint review 1 is planned" in done
    series = Series.objects.get()
    client.get(f"/reviews/series/{series.pk}/")
    lacking = series_sent(who=[make.lena().pk])
    warned = client.post(f"/reviews/series/{series.pk}/", lacking, follow=True).content.decode()
    assert "nobody is there for marketing" in warned
    for address in ("/reviews/series/new/", f"/reviews/series/{series.pk}/"):
        assert as_(make.sam()).get(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"every_weeks": 0}, "greater than or equal to 1"),
        ({"local_time": "25:00"}, "valid time"),
        ({"timezone": "Mars/Base"}, "valid choice"),
        ({"name": ""}, "required"),
        ({"item_minutes": 99}, "less than or equal to 60"),
        ({"first_on": "0001-01-01"}, "between 2000 and 2100"),
        ({"first_on": "9999-12-31"}, "between 2000 and 2100"),
    ],
)
def test_a_series_that_cannot_be_is_shown_again(wrong, said, as_):
    answer = as_(make.mara()).post("/reviews/series/new/", series_sent(**wrong))
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Series.objects.exists()


def test_sides_are_suggested_by_team_and_role_and_unknown_people_are_left_out(as_):
    make.sdr_na()
    left = make.UserFactory(is_active=False)
    page = as_(make.mara()).get("/reviews/series/new/").content.decode()
    assert page.count('type="checkbox" name="who"') == User.objects.filter(is_active=True).count()
    who = [make.lena().pk, make.mara().pk, devon().pk, left.pk, "x", "²", 10**30]
    sent = {key: value for key, value in series_sent(who=who).items() if "side-" not in key}
    as_(make.mara()).post("/reviews/series/new/", sent)
    sides = dict(Series.objects.get().seats.values_list("user", "side"))
    assert sides == {
        make.lena().pk: "sales",
        make.mara().pk: "marketing",
        devon().pk: "operations",
    }
    changed = as_(make.mara()).get(f"/reviews/series/{Series.objects.get().pk}/").content.decode()
    assert changed.count("checked") == 3


def test_the_form_costs_the_same_for_many_people(as_):
    client = as_(make.mara())
    client.get("/reviews/series/new/")

    def cost():
        with CaptureQueriesContext(connection) as statements:
            client.get("/reviews/series/new/")
        return len(statements)

    before = cost()
    for _ in range(4):
        make.UserFactory(rep=True)
    assert cost() == before


def test_the_chair_without_a_side_is_asked_for_one(as_):
    sent = series_sent(who=[make.mara().pk])
    answer = as_(make.mara()).post("/reviews/series/new/", sent)
    assert answer.status_code == 422 and "chair takes part" in answer.content.decode()


def test_one_meeting_is_moved_and_cancelled_by_who_arranges_it(as_, time_machine):
    time_machine.move_to(START - 2 * DAY, tick=False)
    meeting = planned(at=START - 3 * DAY)
    there = f"/reviews/{meeting.number}/appointment/"
    client = as_(make.lena())
    assert client.get(there).status_code == 200
    past = client.post(there, {"do": "move", "to": "2026-10-01T10:00"})
    assert past.status_code == 422 and "still to come" in past.content.decode()
    client.post(there, {"do": "move", "to": "2026-10-16T11:00"})
    assert Meeting.objects.get().starts_at == START + DAY + 60 * MINUTE
    assert client.post(there, {"do": "cancel", "because": ""}).status_code == 422
    client.post(there, {"do": "cancel", "because": "Offsite"})
    off = client.get(f"/reviews/{meeting.number}/").content.decode()
    assert "This review is off" in off and "Offsite" in off
    assert client.post(there, {"do": "cancel", "because": "Again"}).status_code == 422
    assert as_(make.sam()).get(there).status_code == 404


def test_who_sees_every_lead_joins_for_a_side(as_):
    meeting = begun()
    client = as_(make.ada())
    page = client.get(f"/reviews/{meeting.number}/").content.decode()
    assert "You were not invited, and you can join" in page
    client.post(f"/reviews/{meeting.number}/join/", {"side": "operations"})
    assert meeting.participants.get(user=make.ada()).side == "operations"


def test_what_a_person_cannot_open_is_text_without_a_link_also_in_the_file(as_):
    number, meeting = make.agreement_in_force().number, begun()
    theirs = make.HandoffFactory(owner=make.otto(), team=None).lead
    paths = (f"/leads/{theirs.pk}/", f"/definition/{number}/", f"/definition/{number + 70}/")
    asked = Asked("Call them back", make.sam(), (START + 7 * DAY).date())
    for path in paths:
        about = noting.About(path)
        noting.decide(meeting.pk, f"Of {path}", actor=make.mara(), at=START, about=about)
        noting.ask_for(meeting.pk, asked, actor=make.mara(), at=START, about=about)
    opened = {make.sam(): (), make.mara(): paths[:2]}
    for person, links in opened.items():
        client = as_(person)
        for page in ("actions/", f"{meeting.number}/minutes/", f"{meeting.number}/minutes.md"):
            text = client.get(f"/reviews/{page}").content.decode()
            assert "Call them back" in text
            linked = [path for path in paths if f'href="{path}"' in text or f"{path})" in text]
            assert linked == list(links), (person, page)
    running.end(meeting.pk, actor=make.mara(), at=START + 5 * MINUTE)
    for letter in Message.objects.filter(kind="review_minutes"):
        assert "href" not in str(letter.body) and letter.body["path"].endswith("/minutes/")


def test_a_series_of_a_closed_calendar_says_that_nothing_can_be_planned(as_):
    calendar = make.CalendarFactory(key="gone", timezone="UTC", hours={"mon-fri": ["09:00-17:00"]})
    meeting = planned(calendar=calendar)
    there = f"/reviews/series/{meeting.series_id}/"
    assert "Next: " in as_(make.mara()).get(there).content.decode()
    type(calendar).objects.filter(pk=calendar.pk).update(hours={})
    text = as_(make.mara()).get(there).content.decode()
    assert f"No next meeting can be planned. {planning.CLOSED}" in text
    assert "as soon as you save" not in text

"""A meeting from its beginning to its end: one door, one presenter, what was said and shown."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from handoff import versions
from handoff.models import DefinitionVersion
from leads.journey.states import Conflict, Invalid, NotAllowed
from reviews.meetings import changing, noting, performance, running, trends
from reviews.meetings.noting import Asked
from reviews.models import OPENING, Action, Item, Line, Meeting, Participant
from tests import factories as make
from tests.factories import MONDAY
from tests.reviews.meeting import begun, devon, planned
from tests.reviews.test_effects import handed

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def fresh(meeting):
    return Meeting.objects.get(pk=meeting.pk)


def asked(text="Ask for the size on the form", owner=None, due=None):
    return Asked(text, owner or make.sam(), due or (MONDAY + 10 * DAY).date())


def test_who_begins_presents_and_the_meeting_looks_at_the_time_since_the_last():
    meeting = planned()
    at = meeting.starts_at + 2 * MINUTE
    running.begin(meeting.pk, actor=make.mara(), at=at)
    begun_ = fresh(meeting)
    assert (begun_.state, begun_.item, begun_.presenter) == ("running", OPENING, make.mara())
    assert begun_.until == at and begun_.item_due_at is None
    assert begun_.items.count() == 3 and begun_.turns.get().item == OPENING
    with pytest.raises(Conflict):
        running.begin(meeting.pk, actor=make.sam(), at=at)


def test_who_takes_no_part_begins_nothing():
    meeting = planned()
    with pytest.raises(NotAllowed):
        running.begin(meeting.pk, actor=make.otto(), at=meeting.starts_at)


def test_from_an_hour_before_anybody_who_takes_part_begins_and_earlier_the_chair_alone():
    meeting = planned()
    hour = 60 * MINUTE
    with pytest.raises(NotAllowed, match="Lena Brandt"):
        running.begin(meeting.pk, actor=make.sam(), at=meeting.starts_at - hour - MINUTE)
    with pytest.raises(NotAllowed):
        running.begin(meeting.pk, actor=make.otto(), at=meeting.starts_at - hour)
    assert fresh(meeting).is_planned
    running.begin(meeting.pk, actor=make.sam(), at=meeting.starts_at - hour)
    assert fresh(meeting).presenter == make.sam()


def test_the_chair_begins_days_early():
    meeting = planned()
    running.begin(meeting.pk, actor=make.lena(), at=meeting.starts_at - 2 * DAY)
    assert fresh(meeting).is_running


def test_each_item_has_its_minutes_and_its_turns_tell_how_long_it_took():
    meeting = begun()
    at = meeting.began_at + 2 * MINUTE
    first = running.go_to(meeting.pk, 1, seen=OPENING, actor=make.mara(), at=at)
    assert first.item_due_at == at + 10 * MINUTE
    running.go_to(meeting.pk, 2, seen=1, actor=make.mara(), at=at + 9 * MINUTE)
    running.go_to(meeting.pk, 1, seen=2, actor=make.mara(), at=at + 12 * MINUTE)
    lengths = [(one.item, one.length(at=at + 15 * MINUTE)) for one in meeting.turns.all()]
    assert lengths == [
        (OPENING, 2 * MINUTE),
        (1, 9 * MINUTE),
        (2, 3 * MINUTE),
        (1, 3 * MINUTE),
    ]


def test_pressing_next_twice_goes_one_further():
    meeting = begun()
    at = meeting.began_at
    running.go_to(meeting.pk, 1, seen=OPENING, actor=make.mara(), at=at)
    with pytest.raises(Conflict, match="moved on"):
        running.go_to(meeting.pk, 1, seen=OPENING, actor=make.mara(), at=at)
    assert fresh(meeting).item == 1
    with pytest.raises(Invalid):
        running.go_to(meeting.pk, 4, seen=1, actor=make.mara(), at=at)


def test_anybody_who_takes_part_takes_over_and_the_one_before_is_told():
    meeting = begun()
    at = meeting.began_at + MINUTE
    with pytest.raises(Conflict, match="Mara Lindqvist is presenting"):
        running.go_to(meeting.pk, 1, seen=OPENING, actor=make.sam(), at=at)
    running.take_over(meeting.pk, actor=make.sam(), at=at)
    assert fresh(meeting).presenter == make.sam()
    assert Line.objects.get().text == "Sam Ortiz took over from Mara Lindqvist."
    with pytest.raises(Conflict, match="already"):
        running.take_over(meeting.pk, actor=make.sam(), at=at)
    with pytest.raises(Conflict, match="Sam Ortiz is presenting"):
        running.go_to(meeting.pk, 1, seen=OPENING, actor=make.mara(), at=at)
    with pytest.raises(NotAllowed):
        running.take_over(meeting.pk, actor=make.otto(), at=at)


def test_what_happened_is_not_taken_back():
    meeting = begun()
    signed = {"actor": make.sam(), "at": meeting.began_at + MINUTE}
    running.take_over(meeting.pk, **signed)
    with pytest.raises(Conflict, match="stays in the minutes"):
        noting.take_back(Line.objects.get().pk, **signed)
    assert Line.objects.standing().exists()


def test_who_presents_or_the_chair_ends_it_once():
    meeting = begun()
    at = meeting.began_at + 30 * MINUTE
    with pytest.raises(NotAllowed):
        running.end(meeting.pk, actor=devon(), at=at)
    running.end(meeting.pk, actor=make.lena(), at=at)
    assert fresh(meeting).ended_at == at
    assert not meeting.turns.filter(ended_at=None).exists()
    with pytest.raises(Conflict):
        running.end(meeting.pk, actor=make.lena(), at=at)


def test_a_meeting_nobody_ended_is_over_as_of_when_somebody_was_last_there():
    meeting = begun()
    last = meeting.began_at + 20 * MINUTE
    running.see(meeting, make.sam(), at=last)
    assert running.end_forgotten(at=meeting.began_at + DAY / 3) == 0
    assert running.end_forgotten(at=meeting.began_at + DAY) == 1
    assert running.end_forgotten(at=meeting.began_at + DAY) == 0
    assert (fresh(meeting).state, fresh(meeting).ended_at) == ("ended", last)


def test_a_late_joiner_is_there_and_an_uninvited_one_says_for_whom():
    meeting = begun()
    at = meeting.began_at + 5 * MINUTE
    late = running.join(meeting.pk, "", actor=make.ines(), at=at)
    assert late.joined_at == at and late.side == "sales"
    ada = make.ada()
    with pytest.raises(Invalid):
        running.join(meeting.pk, "", actor=ada, at=at)
    running.join(meeting.pk, "operations", actor=ada, at=at)
    assert Participant.objects.get(user=ada).side == "operations"
    with pytest.raises(NotAllowed):
        running.join(meeting.pk, "sales", actor=make.otto(), at=at)


def test_a_page_that_asks_is_noted_seldom_and_the_first_time_is_joining():
    meeting = begun()
    at, before = meeting.began_at + MINUTE, meeting.revision
    assert running.see(meeting, make.ines(), at=at)
    assert not running.see(meeting, make.ines(), at=at + dt.timedelta(seconds=3))
    assert running.see(meeting, make.ines(), at=at + dt.timedelta(seconds=30))
    assert Participant.objects.get(user=make.ines()).joined_at == at
    assert fresh(meeting).revision == before + 1


def test_what_is_decided_stands_under_its_item_and_can_be_taken_back_until_the_end():
    meeting = begun()
    at = meeting.began_at + MINUTE
    running.go_to(meeting.pk, 2, seen=OPENING, actor=make.mara(), at=at)
    line = noting.decide(meeting.pk, " Keep the size at 100 ", actor=make.sam(), at=at)
    assert (line.item, line.text, line.by) == (2, "Keep the size at 100", make.sam())
    noting.take_back(line.pk, actor=make.ines(), at=at)
    with pytest.raises(Conflict):
        noting.take_back(line.pk, actor=make.ines(), at=at)
    running.end(meeting.pk, actor=make.mara(), at=at)
    with pytest.raises(Conflict, match="minutes"):
        noting.decide(meeting.pk, "Too late", actor=make.sam(), at=at)


def test_a_line_of_the_minutes_is_never_rewritten():
    meeting = begun()
    line = noting.decide(meeting.pk, "Keep it", actor=make.sam(), at=meeting.began_at)
    for change in (
        lambda: Line.objects.filter(pk=line.pk).update(text="Drop it"),
        lambda: line.delete(),
    ):
        with pytest.raises(IntegrityError, match="is history"), transaction.atomic():
            change()


def test_an_action_has_an_owner_and_a_day_and_is_done_and_opened_again():
    meeting = begun()
    at = meeting.began_at
    action = noting.ask_for(meeting.pk, asked(), actor=make.mara(), at=at)
    assert Line.objects.get().text == "Sam Ortiz, by 22 Oct: Ask for the size on the form"
    noting.done(action.pk, actor=make.sam(), at=at)
    with pytest.raises(Conflict):
        noting.done(action.pk, actor=make.sam(), at=at)
    noting.not_done(action.pk, actor=make.lena())
    assert Action.objects.open().get() == action
    with pytest.raises(NotAllowed):
        noting.done(action.pk, actor=make.ines(), at=at)
    changed = noting.change(
        action.pk, asked("Ask for it in the call", make.ines()), actor=make.sam(), at=at
    )
    assert changed.owner == make.ines()
    assert [row.text for row in changed.history.order_by("pgh_id")][-1] == "Ask for it in the call"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"text": " "}, "text"), ({"due": (MONDAY - 5 * DAY).date()}, "due_on")],
)
def test_an_action_without_words_or_for_yesterday_is_refused(wrong, field):
    meeting = begun()
    with pytest.raises(Invalid) as refused:
        noting.ask_for(meeting.pk, asked(**wrong), actor=make.mara(), at=meeting.began_at)
    assert refused.value.field == field


def test_taking_an_action_back_drops_it():
    meeting = begun()
    action = noting.ask_for(meeting.pk, asked(), actor=make.mara(), at=meeting.began_at)
    noting.take_back(action.lines.get().pk, actor=make.mara(), at=meeting.began_at)
    assert not Action.objects.standing().exists()


def test_only_the_chair_and_who_presents_write_notes_and_what_they_said_is_kept():
    meeting = begun()
    at = meeting.began_at
    noting.note(meeting.pk, 1, "Berlin was short of people", actor=make.lena(), at=at)
    shown = noting.note(meeting.pk, 1, "Berlin was two short", actor=make.mara(), at=at)
    assert [row.note for row in shown.history.order_by("pgh_id")][-2:] == [
        "Berlin was short of people",
        "Berlin was two short",
    ]
    with pytest.raises(NotAllowed):
        noting.note(meeting.pk, 1, "Mine", actor=make.sam(), at=at)


def test_the_figures_are_counted_once_and_stand_as_they_stood():
    make.agreement_in_force()
    meeting = planned()
    live = make.live_version()
    handed(live, meeting.since + DAY, accepted=30, rejected=20)
    handed(live, meeting.since - DAY, accepted=45, rejected=5)
    running.begin(meeting.pk, actor=make.mara(), at=meeting.starts_at)
    shown = meeting.items.get(item=Item.TRENDS).figures
    rejected = next(one for one in shown["answers"] if one["label"] == "Rejected")
    assert (rejected["now"]["count"], rejected["now"]["n"]) == (20, 50)
    assert (rejected["before"]["count"], rejected["before"]["n"]) == (5, 50)
    assert rejected["sure"] and trends.moved(shown)
    assert any("Rejected: 40%" in one and "Before: 10%" in one for one in trends.sentences(shown))
    handed(live, meeting.since + DAY, rejected=10)
    assert meeting.items.get(item=Item.TRENDS).figures == shown


def test_of_nothing_the_minutes_say_that_there_was_nothing():
    nothing = {"count": 0, "n": 0, "value": None, "low": 0, "high": 1, "enough": False}
    few = {"count": 3, "n": 14, "value": 3 / 14, "low": 0, "high": 1, "enough": False}
    row = {"label": "Low intent", "now": nothing, "before": few, "said": "too few to tell"}
    figures = {"answers": [row], "reasons": [row], "sources": [row | {"now": few}]}
    assert trends.sentences(figures) == [
        "Low intent: nothing was answered. Before: 3 of 14, not enough data. Too few to tell.",
        "Rejected as “Low intent”: nothing was answered, too few to tell.",
        "Rejected from Low intent: 3 of 14 answered, too few to tell.",
    ]


@pytest.mark.parametrize(
    ("median", "said"), [(0.0, "half at once"), (0.4, "half at once"), (1.0, "half within 1 s")]
)
def test_a_wait_of_no_length_is_at_once(median, said):
    seam = {"label": "Opened", "part": 0.4, "median": median, "n": 30, "said": "as long as before"}
    figures = {"halves": [], "worst": [], "causes": [], "seams": [seam]}
    (told,) = performance.sentences(figures)
    assert told == f"Opened: 40% of the wait, {said}, n 30; as long as before."


def test_open_versions_are_told_apart_by_what_they_change():
    make.agreement_in_force()
    live = DefinitionVersion.objects.live().with_rows().get()
    document = live.document() | {"summary": "Larger first"}
    plain = versions.make_draft(document, actor=make.mara(), cloned_from=live)
    rows = [{**row, "points": 1 + n} for n, row in enumerate(document["fit"])]
    other = versions.make_draft({**document, "fit": rows}, actor=make.mara(), cloned_from=live)
    told = {one["version"]: one for one in changing.in_flight()}
    assert told[str(plain)]["sentences"] == [f"Judges as {live} does so far."]
    changed = told[str(other)]["sentences"]
    assert changed and all("points" in one for one in changed) and len(changed) <= 2
    kept = {"open": [told[str(other)]]}
    assert changing.sentences(kept)[0].startswith(f"Draft {other}. Larger first. {changed[0]}")
    assert changing.sentences({"open": [{"state": "Draft", "version": "v2", "summary": ""}]}) == [
        "Draft v2."
    ]


def test_an_empty_house_says_so_instead_of_figures():
    meeting = begun()
    shown = {one.item: one.figures for one in meeting.items.all()}
    assert performance.sentences(shown[1])[0].startswith(
        "Sales: first touch in time: nothing was due."
    )
    assert shown[2]["answered"] == 0 and changing.sentences(shown[3]) == []

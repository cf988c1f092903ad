"""Marketing's half besides the hand-over: missing context, and answers to what sales returned."""

import copy
import datetime as dt
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from leads.journey import breaching, nurturing, responding
from leads.journey.states import Conflict
from leads.models import Clock, Event, Handoff, Lead, Message, Miss
from tests.factories import (
    DEFINITION,
    MONDAY,
    AreaOwnerFactory,
    CalendarFactory,
    DefinitionVersionFactory,
    ReasonFactory,
    TeamFactory,
    lena,
    mara,
    qualification,
    sam,
    sdr_na,
)
from tests.leads.arriving import arrive, handed_over

pytestmark = pytest.mark.django_db

BERLIN_MORNING = MONDAY.replace(day=13, hour=7)
"""Tuesday 09:00 in Berlin, where marketing works; at MONDAY it is 16:00 there, until 17:30."""


@pytest.fixture(autouse=True)
def marketing():
    """Marketing in Berlin promises context in two hours and an answer in an hour."""
    document = copy.deepcopy(DEFINITION)
    document["marketing"] |= {"context": 120, "returned": 60}
    DefinitionVersionFactory(document=document, live=True)
    sdr_na()
    qualification()
    ReasonFactory(needs_work=True)
    calendar = CalendarFactory(berlin=True)
    return TeamFactory(
        key="marketing", kind="marketing", calendar=calendar, responsible=mara(), pick="pull"
    )


def after(minutes):
    return MONDAY + dt.timedelta(minutes=minutes)


def told(kind):
    inbox = Message.objects.filter(kind=kind, channel="in_app")
    return list(inbox.values_list("recipient__email", flat=True))


def incomplete():
    """A hand-over whose company is missing."""
    return handed_over(company="", email="ana@gmail.com", domain="")


def returned(handoff, at):
    return responding.return_to_marketing(
        handoff.pk, reason="missing_context", missing=["company"], actor=handoff.owner, at=at
    )


def test_a_complete_lead_owes_no_context():
    assert not handed_over().clocks.filter(kind="context").exists()


def test_missing_context_is_owed_in_marketings_working_time():
    handoff = incomplete()
    clock = handoff.clocks.get(kind="context")
    assert handoff.missing == ["company"]
    assert (clock.calendar.key, clock.tier) == ("berlin", None)
    assert clock.due_at == BERLIN_MORNING + dt.timedelta(minutes=30)
    assert handoff.due_clock != "context"


def test_it_ends_when_a_judgement_finds_nothing_missing():
    handoff = incomplete()
    arrive(email="ana@gmail.com", company="Nova", at=after(30), touchpoints=[])
    clock = handoff.clocks.get(kind="context")
    assert (clock.state, clock.ended_at, clock.is_late) == ("met", after(30), False)
    (told,) = Event.objects.filter(lead=handoff.lead_id, kind="edited")
    assert (told.at, told.handoff_id) == (after(30), handoff.pk)
    assert told.body["said"] == "What was missing is complete"
    arrive(email="ana@gmail.com", company="Nova", at=after(31), touchpoints=[])
    assert Event.objects.filter(lead=handoff.lead_id, kind="edited").count() == 1


def test_it_ends_with_a_mere_re_score_too():
    handoff = incomplete()
    Lead.objects.filter(pk=handoff.lead_id).update(company="Nova")
    nurturing.rescore([handoff.lead_id], at=after(45))
    assert handoff.clocks.get(kind="context").ended_at == after(45)
    assert Event.objects.get(lead=handoff.lead_id, kind="edited").at == after(45)


def test_it_runs_on_while_something_is_missing():
    handoff = incomplete()
    arrive(email="ana@gmail.com", company="", country="CA", at=after(30), touchpoints=[])
    assert handoff.clocks.get(kind="context").state == "running"


def test_late_context_is_told_to_whoever_answers_for_marketing_in_their_hours():
    handoff = incomplete()
    late = BERLIN_MORNING + dt.timedelta(minutes=31)
    breaching.sweep(at=late - dt.timedelta(minutes=10))
    assert mara().email in told("reminder")
    breaching.sweep(at=late)
    assert told("breached").count(mara().email) == 1
    miss = Miss.objects.get(clock__handoff=handoff, clock__kind="context")
    assert miss.cause == "missing_data" and "company" in miss.evidence


def test_a_returned_lead_starts_marketings_clock_and_stops_sales():
    handoff = returned(handed_over(), after(10))
    clock = handoff.clocks.get(kind="returned")
    assert (clock.minutes, clock.due_at) == (60, after(70))
    assert not handoff.clocks.filter(kind="handover", state="running").exists()
    assert set(handoff.clocks.filter(state="paused").values_list("kind", flat=True)) == {
        "accept",
        "first_touch",
    }
    assert (handoff.due_at, handoff.due_clock) == (after(70), "returned")


def test_given_back_sales_clocks_run_on_with_what_was_left_and_say_so():
    handoff = returned(handed_over(), after(10))
    back = responding.resume(handoff.pk, actor=mara(), at=after(40))
    assert handoff.clocks.get(kind="returned").state == "met"
    clock = back.clocks.get(kind="accept")
    assert (clock.state, clock.due_at, clock.remind_at) == ("running", after(45), after(35))
    whys = [row["why"] for row in clock.receipt]
    assert "pause" in whys and "Given back by marketing; runs on with 5 min left" in whys
    counted = sum(row["minutes"] for row in clock.receipt)
    assert counted == 15 and dt.datetime.fromisoformat(clock.receipt[-1]["to"]) == after(45)


def test_a_promised_step_that_passed_meanwhile_moves_on_by_what_was_left():
    handoff = handed_over()
    responding.touch(
        handoff.pk, channel="call", next_step="Call", next_step_due=after(30),
        actor=handoff.owner, at=after(5),
    )  # fmt: skip
    returned(Handoff.objects.get(pk=handoff.pk), after(10))
    responding.resume(handoff.pk, actor=mara(), at=after(60))
    clock = handoff.clocks.get(kind="next_step")
    assert clock.due_at == after(80)
    assert dt.datetime.fromisoformat(clock.receipt[-1]["to"]) == after(80)


def test_marketing_may_keep_what_was_returned_which_is_its_answer():
    handoff = returned(handed_over(), after(10))
    kept = responding.dispose(handoff.pk, disposition="nurture", actor=mara(), at=after(20))
    assert kept.state == "closed" and Lead.objects.get(pk=kept.lead_id).status == "nurture"
    assert handoff.clocks.get(kind="returned").state == "met"
    with pytest.raises(Conflict):
        responding.dispose(handoff.pk, disposition="nurture", actor=mara(), at=after(21))


def test_a_rep_cannot_answer_in_marketings_place():
    handoff = returned(handed_over(), after(10))
    with pytest.raises(Conflict):
        responding.dispose(handoff.pk, disposition="bad_fit", actor=handoff.owner, at=after(20))
    assert Handoff.objects.get(pk=handoff.pk).state == "returned"
    assert handoff.clocks.get(kind="returned").state == "running"


def test_working_is_no_answer_to_what_was_returned():
    handoff = returned(handed_over(), after(10))
    with pytest.raises(Conflict):
        responding.dispose(handoff.pk, disposition="working", actor=mara(), at=after(20))


def test_an_answer_too_late_is_told_once():
    handoff = returned(handed_over(), after(10))
    for minutes in (71, 72):
        breaching.sweep(at=after(minutes))
    assert told("breached") == [mara().email]
    assert handoff.clocks.get(kind="returned").is_late


def test_without_a_promise_of_its_own_the_hand_over_is_owed_again():
    version = DefinitionVersionFactory()
    handoff = handed_over()
    Handoff.objects.filter(pk=handoff.pk).update(version=version)
    answer = returned(Handoff.objects.get(pk=handoff.pk), after(10))
    assert answer.clocks.get(kind="handover", state="running").due_at == after(20)
    assert not Clock.objects.filter(kind="returned").exists()


def test_the_queue_of_what_was_returned_shows_marketings_clock(client):
    returned(handed_over(), after(10))
    client.force_login(mara())
    assert "Answer to sales" in client.get(reverse("leads:returned")).content.decode()


def test_the_lead_page_lets_marketing_answer_either_way(client):
    handoff = returned(handed_over(), after(10))
    client.force_login(mara())
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert "Give back to sales" in page and "How it ended" in page
    assert "Waits since, not counted until given back" in page


def test_marketing_reads_why_it_came_back_and_fills_in_what_it_knows(client):
    handoff = responding.return_to_marketing(
        handed_over().pk, reason="missing_context", missing=["problem", "timing"],
        note="Ask <b>them</b>", actor=sam(), at=after(10),
    )  # fmt: skip
    client.force_login(mara())
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert f"{sam()} returned it: Missing context. Missing: problem and timing." in page
    assert "“Ask &lt;b&gt;them&lt;/b&gt;”" in page
    assert f"<small>{sam()}, missing problem and timing, reason missing context" in page
    address = f"{reverse('leads:add')}?{urlencode({'email': handoff.lead.email})}"
    assert address in page
    form = client.get(address).context["form"]
    assert (form["email"].value(), form["source"].value()) == (handoff.lead.email, "")


def test_who_returned_it_may_take_it_back_which_is_no_answer_of_marketing(client):
    handoff = returned(handed_over(), after(10))
    client.force_login(handoff.owner)
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert "Take it back" in page and "Give back to sales" not in page
    back = responding.resume(handoff.pk, actor=handoff.owner, at=after(12))
    assert back.state == "waiting"
    assert handoff.clocks.get(kind="returned").state == "stopped"
    assert handoff.clocks.get(kind="accept").state == "running"


def test_the_list_of_misses_calls_them_marketings(client):
    incomplete()
    breaching.sweep(at=BERLIN_MORNING + dt.timedelta(minutes=31))
    client.force_login(mara())
    page = client.get(reverse("leads:misses")).content.decode()
    assert "Missing context" in page and "Marketing<br>" in page


def test_without_a_team_of_marketing_every_hour_counts_and_who_keeps_the_data_hears(marketing):
    marketing.delete()
    AreaOwnerFactory(area="data_quality", owner=lena())
    handoff = incomplete()
    clock = handoff.clocks.get(kind="context")
    assert (clock.hours, clock.calendar, clock.due_at) == ("always", None, after(120))
    breaching.sweep(at=after(121))
    late = Message.objects.get(kind="breached", channel="in_app", body__clock="context")
    assert late.recipient == lena()


def test_without_anybody_for_marketing_the_teams_responsible_person_hears(marketing):
    marketing.delete()
    handoff = returned(handed_over(), after(10))
    assert told("returned") == [handoff.team.responsible.email]
    breaching.sweep(at=after(71))
    assert told("breached") == [handoff.team.responsible.email]

"""The lead's page, and what can be answered from it."""

import datetime as dt
from urllib.parse import quote

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.models import Trial
from leads.models import Event, TrialMember
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    make.agreement_in_force()
    person = make.sam()
    client.force_login(person)
    return person


@pytest.fixture
def ana(sam):
    """Ana's hand-over, waiting with Sam, with everything the page shows."""
    at = timezone.now() - dt.timedelta(minutes=5)
    account = make.AccountFactory(name="Nova Pay", target=True)
    lead = make.LeadFactory(
        first_name="Ana",
        last_name="Ribeiro",
        company="Nova Pay",
        country="",
        problem="Our close takes nine days",
        account=account,
        first_seen_at=at,
        provenance={"industry": "enrichment", "employees": "form"},
    )
    judgement = make.JudgementFactory(
        lead=lead, as_of=at, missing=["country"], fit_parts={"size": 50.0}, fit=50.0
    )
    handoff = make.HandoffFactory(
        lead=lead,
        judgement=judgement,
        made_at=at,
        triggered_at=at,
        due_at=at + dt.timedelta(minutes=15),
        missing=["country"],
    )
    make.TouchpointFactory(
        lead=lead, signal="pricing_page", occurred_at=at - dt.timedelta(days=1), seconds=100
    )
    make.TouchpointFactory(
        lead=lead,
        signal="pricing_page",
        occurred_at=at - dt.timedelta(days=1, minutes=-3),
        seconds=90,
    )
    make.TouchpointFactory(lead=lead, signal="demo_request", occurred_at=at, detail="Nine days!")
    make.ClockFactory(
        handoff=handoff,
        receipt=[
            {
                "from": at.isoformat(),
                "to": (at + dt.timedelta(minutes=15)).isoformat(),
                "minutes": 15,
                "why": "open",
            }
        ],
    )
    make.ClockFactory(handoff=handoff, kind="first_touch", minutes=30.0)
    make.AssignmentFactory(
        handoff=handoff,
        explanation={
            "rules": [{"key": "na", "label": "North America", "holds": True, "why": "Sam’s turn"}],
            "candidates": [
                {"name": "Sam Ortiz", "served": 11.5, "why": "Their turn", "chosen": True},
                {"name": "Ines Ferro", "served": 12, "why": "Served more", "chosen": False},
            ],
        },
    )
    return handoff


def page_of(client, handoff, **query):
    return client.get(reverse("leads:lead", args=[handoff.lead_id]), query)


def act(client, handoff, name, **values):
    return client.post(reverse(f"leads:{name}", args=[handoff.pk]), values)


def test_the_page_says_who_why_now_and_what_by_when(client, ana):
    text = page_of(client, ana).content.decode()
    for said in (
        "Ana Ribeiro, Nova Pay",
        "Head of Finance",
        "400-person fintech",
        "Sales ready",
        "Hand-raiser",
        "Asked for a demo and fits",
        "definition v",
        "Our close takes nine days",
        "Missing: country",
        "First source, fixed",
        "Target account",
        "Why you",
        "Served more",
        "min left",
        "The receipt",
        "Twice, 3 min 10 s in all",
        "they wrote it",
        "Accept",
        "Counted",
    ):
        assert said in text, said


def test_the_parts_shown_add_up_to_the_score_shown(client, ana):
    context = page_of(client, ana).context
    judgement = context["judgement"]
    assert sum(row.points for row in context["fit"]) == pytest.approx(judgement.fit)
    assert sum(part.points for part in context["intent"]) == pytest.approx(judgement.intent)
    states = {row.label: row.state for row in context["fit"]}
    assert states == {"Size": "met", "Industry": "unmet"}


def test_what_only_the_account_knows_is_shown_as_the_judgement_saw_it(client, sam):
    lead = make.LeadFactory(company="", email="only@nova.example")
    judgement = make.JudgementFactory(lead=lead, company="Nova Pay of the account")
    handoff = make.HandoffFactory(lead=lead, judgement=judgement)
    html = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert "Nova Pay of the account" in html


def test_an_unknown_criterion_says_what_to_ask(client, sam):
    lead = make.LeadFactory(industry="", employees=None)
    judgement = make.JudgementFactory(
        lead=lead, industry=None, employees=None, fit=0.0, fit_parts={}
    )
    text = page_of(client, make.HandoffFactory(lead=lead, judgement=judgement)).content.decode()
    assert "Unknown: employees. Ask on the call" in text and "0 met, 0 unmet, 2 unknown" in text


def test_the_page_costs_at_most_ten_statements_however_much_happened(
    client, ana, django_assert_max_num_queries
):
    page_of(client, ana)
    with django_assert_max_num_queries(10) as few:
        page_of(client, ana, **{"from": "mine"})
    for n in range(60):
        at = timezone.now() - dt.timedelta(hours=n)
        make.TouchpointFactory(lead=ana.lead, occurred_at=at)
        make.HandoffFactory(lead=ana.lead, judgement=ana.judgement, closed=True)
        make.ClockFactory(handoff=ana, kind="follow_up", met=True)
        make.AssignmentFactory(handoff=ana)
    with django_assert_max_num_queries(10) as many:
        page_of(client, ana, **{"from": "mine"})
    assert len(few) == len(many)


def test_opening_is_noted_once_for_the_owner_only(client, ana):
    client.force_login(make.ines())
    page_of(client, ana)
    ana.refresh_from_db()
    assert ana.opened_at is None
    client.force_login(make.sam())
    page_of(client, ana)
    page_of(client, ana)
    assert Event.objects.filter(handoff=ana, kind="opened").count() == 1


def test_the_page_knows_its_neighbours_in_the_queue(client, ana):
    other = make.HandoffFactory(
        made_at=timezone.now(), due_at=timezone.now() + dt.timedelta(hours=3)
    )
    page = page_of(client, ana, **{"from": "mine"})
    assert page.context["place_in_queue"] == "1 of 2"
    assert page.context["next"] == reverse("leads:lead", args=[other.lead_id])
    assert not page.context["previous"]


TEAM: dict[str, list[str]] = {"mine": [], "team-sdr-na": ["sdr-na"]}


@pytest.mark.parametrize("place", list(TEAM))
def test_its_neighbours_are_those_of_the_queue_as_it_was_narrowed_and_ordered(client, ana, place):
    def here(hours, tier, intent):
        due = timezone.now() + dt.timedelta(hours=hours)
        return make.HandoffFactory(
            made_at=timezone.now(), due_at=due, tier=tier, judgement__intent=intent
        )

    low, other, high = here(3, "urgent", 80.0), here(4, "standard", 50.0), here(5, "urgent", 90.0)
    queue = reverse("leads:queue" if place == "mine" else "leads:team", args=TEAM[place])
    rows = client.get(queue, {"tier": "urgent", "sort": "-score"}).content.decode()
    came_from = f"{place}?tier=urgent&sort=-score"
    assert f"{reverse('leads:lead', args=[low.lead_id])}?from={quote(came_from)}" in rows
    page = page_of(client, low, **{"from": came_from})
    assert page.context["previous"] == reverse("leads:lead", args=[high.lead_id])
    assert reverse("leads:lead", args=[other.lead_id]) not in (
        page.context["previous"],
        page.context["next"],
    )
    assert "?tier=urgent&amp;sort=-score" in page.content.decode()
    assert quote(came_from) in page.content.decode()


@pytest.mark.parametrize("came_from", ["mine?tier=bogus&sort=x", "team-%%?", "?"])
def test_nonsense_of_where_one_came_from_is_passed_over(client, ana, came_from):
    assert page_of(client, ana, **{"from": came_from}).status_code == 200


def test_accepting_says_what_is_due_next(client, ana):
    answer = act(client, ana, "accept", how="meeting_booked")
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.state, ana.how) == ("accepted", "meeting_booked")
    text = client.get(answer["Location"]).content.decode()
    assert "Accepted Ana Ribeiro, Nova Pay." in text and "First touch is due by" in text


def test_accepting_without_a_word_means_outreach_started(client, ana):
    act(client, ana, "accept")
    ana.refresh_from_db()
    assert ana.how == "outreach_started"


def test_two_people_at_once_one_wins_and_the_other_gets_a_sentence(client, sam):
    free = make.HandoffFactory(unowned=True, made_at=timezone.now())
    client.force_login(make.ines())
    assert act(client, free, "accept").status_code == 302
    client.force_login(sam)
    late = act(client, free, "accept")
    assert late.status_code == 409
    assert "Ines Ferro" in late.content.decode()
    free.refresh_from_db()
    assert free.owner == make.ines()


def test_accepting_twice_is_refused_with_a_sentence(client, ana):
    act(client, ana, "accept")
    again = act(client, ana, "accept")
    assert again.status_code == 409 and "accepted" in again.content.decode()


def test_rejecting_needs_a_reason_and_keeps_what_was_written(client, ana):
    answer = act(client, ana, "reject", **{"reject-note": "Too small for us"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the reason that fits best." in text and "Too small for us" in text
    assert answer.context["opened"] == "reject"


def test_a_reason_asks_for_its_date_and_its_note(client, ana):
    answer = act(client, ana, "reject", **{"reject-reason": "wrong_timing"})
    assert answer.status_code == 422 and "needs a date" in answer.content.decode()
    answer = act(client, ana, "reject", **{"reject-reason": "other"})
    assert answer.status_code == 422 and "needs a note" in answer.content.decode()
    ana.refresh_from_db()
    assert ana.state == "waiting"


def test_rejecting_ends_it_and_says_where_it_goes(client, ana):
    until = (timezone.now() + dt.timedelta(days=60)).date()
    answer = act(
        client,
        ana,
        "reject",
        **{"reject-reason": "wrong_timing", "reject-until": until.isoformat()},
    )
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.state, ana.reason.key, ana.until) == ("rejected", "wrong_timing", until)
    assert "nurture" in client.get(answer["Location"]).content.decode()


def test_a_touch_is_logged_with_the_next_step_and_its_date(client, ana):
    act(client, ana, "accept")
    when = "2031-10-20T10:00"
    answer = act(
        client,
        ana,
        "touch",
        **{
            "touch-channel": "call",
            "touch-next_step": "Send a sample",
            "touch-next_step_due": when,
        },
    )
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert ana.first_touch_at is not None and ana.next_step == "Send a sample"
    assert ana.next_step_due == dt.datetime(2031, 10, 20, 14, 0, tzinfo=dt.UTC)
    text = client.get(answer["Location"]).content.decode()
    assert "The next step is promised for 20 Oct 2031." in text and "promised for <strong>" in text


def test_a_next_step_without_a_day_is_due_by_the_tiers_follow_up_time(client, ana):
    act(client, ana, "touch", **{"touch-channel": "call", "touch-next_step": "Send a sample"})
    ana.refresh_from_db()
    assert ana.next_step_due > timezone.now()
    assert ana.clocks.get(kind="next_step").due_at == ana.next_step_due


def test_a_day_without_a_next_step_asks_what_for(client, ana):
    answer = act(client, ana, "touch", **{"touch-channel": "call", "touch-ahead": "tomorrow"})
    assert answer.status_code == 422 and "Say what you will do by then." in answer.content.decode()


def test_a_touch_keeps_what_came_of_it_and_when_it_took_place(client, ana):
    told = {"touch-channel": "call", "touch-result": "no_answer"}
    late = {**told, "touch-touched_at": "2020-01-05T10:00"}
    assert act(client, ana, "touch", **late).status_code == 302
    ana.refresh_from_db()
    assert (ana.first_touch_at.year, ana.first_touch_at.month) == (2020, 1)
    assert "Touched by call: no answer" in page_of(client, ana).content.decode()
    ahead = {**told, "touch-touched_at": "2090-01-05T10:00"}
    refused = act(client, ana, "touch", **ahead)
    assert refused.status_code == 422 and "once it took place" in refused.content.decode()


def test_returning_says_what_is_missing_and_keeps_what_was_missing_before(client, ana):
    refused = act(client, ana, "return", **{"return-reason": "missing_context"})
    assert refused.status_code == 422 and "Say what is missing" in refused.content.decode()
    told = {"return-reason": "missing_context", "return-missing": ["campaign"]}
    act(client, ana, "return", **told)
    ana.refresh_from_db()
    assert (ana.missing, ana.lacks) == (["country"], ["campaign"])
    assert "Missing: campaign." in page_of(client, ana).content.decode()


def test_nurture_until_a_day_from_the_lead_page(client, ana):
    until = (timezone.now() + dt.timedelta(days=60)).date()
    asked = page_of(client, ana, do="recycle", **{"from": "mine"}).content.decode()
    assert "Nurture until…" in asked and "then back by itself" in asked
    assert f'name="next" value="{reverse("leads:queue")}"' in asked
    no_day = act(client, ana, "recycle", **{"recycle-reason": "wrong_timing"})
    assert no_day.status_code == 422 and "Say until when it rests." in no_day.content.decode()
    told = {"recycle-reason": "wrong_timing", "recycle-until": until.isoformat()}
    answer = act(client, ana, "recycle", **told)
    assert "rests in nurture" in client.get(answer["Location"]).content.decode()
    ana.lead.refresh_from_db()
    assert (ana.lead.status, ana.lead.nurture_until) == ("nurture", until)
    assert act(client, ana, "recycle", **told).status_code == 409
    assert client.get(reverse("leads:recycle", args=[ana.pk])).status_code == 405
    client.force_login(make.otto())
    assert act(client, ana, "recycle", **told).status_code == 404


@pytest.mark.parametrize("do", ["recycle", "reject"])
def test_nobody_rests_in_nurture_beyond_all_planning(client, ana, do):
    told = {f"{do}-reason": "wrong_timing", f"{do}-until": "9999-12-31"}
    answer = act(client, ana, do, **told)
    assert answer.status_code == 422 and "more than ten years ahead" in answer.content.decode()
    ana.refresh_from_db()
    assert ana.state == "waiting"


def test_who_answered_goes_on_with_the_first_of_the_queue(client, ana):
    other = make.HandoffFactory(
        made_at=timezone.now(), due_at=timezone.now() + dt.timedelta(hours=3)
    )
    act(client, ana, "reject", **{"reject-reason": "out_of_segment"})
    page = page_of(client, ana, **{"from": "mine"})
    assert page.context["next"] == reverse("leads:lead", args=[other.lead_id])


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2020-01-01T10:00", "That is past"),
        ("0001-01-01T00:00", "That is past"),
        ("9999-12-31T23:59", "more than ten years ahead"),
    ],
)
def test_a_next_step_is_ahead_and_not_beyond_all_planning(client, ana, when, said):
    typed = {"touch-channel": "call", "touch-next_step": "Call", "touch-next_step_due": when}
    answer = act(client, ana, "touch", **typed)
    assert answer.status_code == 422 and said in answer.content.decode()
    ana.refresh_from_db()
    assert ana.first_touch_at is None


def test_who_was_given_a_lead_by_a_person_reads_by_whom_and_why(client, ana):
    act(client, ana, "reassign", **{
        "reassign-to": "ines@northwind.example", "reassign-reason": "wrong_territory"
    })  # fmt: skip
    client.force_login(make.ines())
    text = client.get(reverse("leads:lead", args=[ana.lead_id])).content.decode()
    assert "Why you" in text
    assert f"{make.sam()} gave it to {make.ines()}. Wrong territory." in text


def test_saying_how_it_ended(client, ana):
    act(client, ana, "accept")
    assert act(client, ana, "dispose").status_code == 422
    answer = act(client, ana, "dispose", **{"dispose-disposition": "converted"})
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.state, ana.disposition) == ("closed", "converted")


def test_reassigning_to_a_person_and_to_a_team(client, ana):
    reason = {"reassign-reason": "wrong_territory"}
    assert (
        act(client, ana, "reassign", **{"reassign-to": "ines@northwind.example"}).status_code == 422
    )
    answer = act(client, ana, "reassign", **{"reassign-to": "ines@northwind.example", **reason})
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert ana.owner == make.ines()
    client.force_login(make.lena())
    answer = act(client, ana, "reassign", **{"reassign-to": "qualification", **reason})
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert ana.team.key == "qualification"


def test_returning_pauses_the_clocks_and_marketing_gives_it_back(client, ana):
    answer = act(
        client, ana, "return", **{"return-reason": "missing_context", "return-missing": ["country"]}
    )
    assert answer.status_code == 302
    ana.refresh_from_db()
    assert (ana.state, ana.missing) == ("returned", ["country"])
    assert "Paused" in page_of(client, ana).content.decode()
    client.force_login(make.mara())
    assert act(client, ana, "resume").status_code == 302
    ana.refresh_from_db()
    assert ana.state == "waiting"


def test_next_lead_claims_the_most_urgent_one_that_nobody_owns(client, sam):
    at = timezone.now()
    make.HandoffFactory(unowned=True, made_at=at, due_at=at + dt.timedelta(hours=2))
    urgent = make.HandoffFactory(unowned=True, made_at=at, due_at=at + dt.timedelta(minutes=5))
    answer = client.post(reverse("leads:next"))
    assert answer["Location"] == reverse("leads:lead", args=[urgent.lead_id]) + "?from=mine"
    urgent.refresh_from_db()
    assert (urgent.owner, urgent.state) == (sam, "waiting")


def test_next_lead_with_nothing_left_says_so(client, sam):
    answer = client.post(reverse("leads:next"), follow=True)
    assert "Nothing unclaimed waits for you." in answer.content.decode()
    client.force_login(make.otto())
    assert client.post(reverse("leads:next"), {"team": "sdr-na"}).status_code in (302, 404)


@pytest.mark.parametrize("key", ["nowhere", "no such key", "a\x00b"])
def test_next_lead_of_a_team_that_is_not_there_leads_to_ones_own_queue(client, sam, key):
    answer = client.post(reverse("leads:next"), {"team": key})
    assert answer["Location"] == reverse("leads:queue")


def test_next_lead_is_given_to_nobody_who_only_looks_after_the_team(client, sam):
    lead = make.HandoffFactory(unowned=True, made_at=timezone.now())
    client.force_login(make.mara())
    answer = client.post(reverse("leads:next"), {"team": "sdr-na"})
    assert answer["Location"] == reverse("leads:team", args=["sdr-na"])
    lead.refresh_from_db()
    assert lead.owner is None


def test_back_to_the_queue_where_the_button_was_pressed(client, ana):
    assert act(client, ana, "accept", next=reverse("leads:queue"))["Location"] == reverse(
        "leads:queue"
    )
    other = make.HandoffFactory(made_at=timezone.now())
    answer = act(client, other, "accept", next="https://evil.example/")
    assert answer["Location"].startswith(reverse("leads:lead", args=[other.lead_id]))


def test_a_lead_without_judgement_or_hand_over_still_has_a_page(client, sam):
    client.force_login(make.mara())
    lead = make.LeadFactory()
    text = client.get(reverse("leads:lead", args=[lead.pk])).content.decode()
    assert "Nothing they did is on record yet" in text


def test_notices_are_read_one_by_one_and_all_at_once(client, sam):
    first, _second = make.MessageFactory(lead=make.LeadFactory()), make.MessageFactory()
    address = reverse("leads:notifications")
    assert "2 not read yet" in client.get(address).content.decode()
    client.post(reverse("leads:notifications-read"), {"message": str(first.pk)})
    assert "1 not read yet" in client.get(address).content.decode()
    client.post(reverse("leads:notifications-read"))
    assert "All read." in client.get(address).content.decode()


def test_a_lead_on_trial_says_so_and_links_it_for_whom_may_look(client, ana):
    version = ana.judgement.version
    assert "on trial" not in page_of(client, ana).content.decode()
    trial = Trial.objects.create(
        version=version, when=[{"field": "country", "in": ["DE", "FR"]}], share=50,
        started_at=ana.made_at,
    )  # fmt: skip
    TrialMember.objects.create(trial=trial, lead=ana.lead, arm="trial", joined_at=ana.made_at)
    text = page_of(client, ana).content.decode()
    said = f"{version} is on trial for leads where country is DE or FR, 50% of them, since"
    link = f'href="{reverse("reviews:trial", args=[version.number])}"'
    assert said in text and link not in text
    client.force_login(make.lena())
    assert link in page_of(client, ana).content.decode()
    Trial.objects.update(ended_at=timezone.now(), ending="stopped")
    assert f"{version} was on trial for" in page_of(client, ana).content.decode()

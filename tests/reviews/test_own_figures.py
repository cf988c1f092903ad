"""One rep's figures beside the team's: each counted again by hand, each opening its leads."""

import datetime as dt
import random
import re

import pytest
from django.urls import reverse

from handoff.models import Membership, Step
from handoff.permissions import may_read_figures_of
from leads.models import Clock, Handoff
from reviews.measures.own import BY_KEY, SHARES, TOUCHED, behind, standings
from reviews.measures.promises import Question, found
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
NOW = MONDAY + 2 * DAY
ANSWERS = (
    {},
    {"accepted": True},
    {"rejected": True},
    {"returned": True},
    {"closed": True, "accepted_at": MONDAY},
    {"closed": True, "accepted_at": MONDAY, "disposition": "converted"},
)
CLOCKS = (
    {},
    {"state": "met", "ended_at": MONDAY},
    {"state": "met", "ended_at": MONDAY, "breached_at": MONDAY},
    {"state": "stopped", "ended_at": MONDAY},
    {"state": "stopped", "ended_at": MONDAY, "breached_at": MONDAY},
    {"due_at": NOW + DAY},
)


def question(viewer=None, **narrowed):
    span = {"since": MONDAY - 7 * DAY, "until": MONDAY + 3 * DAY} | narrowed
    return Question(viewer=viewer or make.mara(), **span)


def handed(owner=None, *, clocks=(), **columns):
    """A hand-over made on MONDAY with these clocks, (kind, how it stands) each."""
    handoff = make.HandoffFactory(owner=owner or make.sam(), **columns)
    for kind, how in clocks:
        make.ClockFactory(handoff=handoff, kind=kind, **how)
    return handoff


def a_mixed_floor(count, *, step="sdr", seed=7):
    """So many hand-overs of Sam, Ines and nobody, answered and clocked by chance."""
    dice = random.Random(seed)
    make.sdr_na()
    for _ in range(count):
        chosen = dict(dice.choice(ANSWERS))
        owner = dice.choice((make.sam(), make.sam(), make.ines()))
        if not chosen and dice.random() < 0.3:
            chosen = {"unowned": True}
        else:
            chosen["owner"] = owner
        if dice.random() < 0.5:
            chosen["first_touch_at"] = MONDAY + dice.randint(1, 90) * MINUTE
        if dice.random() < 0.4:
            chosen["outcome"] = dice.choice(("open", "won", "lost"))
        handoff = make.HandoffFactory(step=step, **chosen)
        for kind in ("accept", "first_touch", "follow_up", "next_step"):
            ended = [one for one in CLOCKS if "state" in one]
            for how in dice.choices(ended, k=dice.randint(0, 2)) + dice.choices(CLOCKS, k=1):
                make.ClockFactory(handoff=handoff, kind=kind, **how)


def verdict_by_hand(handoff, kind):
    clocks = list(Clock.objects.filter(handoff=handoff, kind=kind).order_by("pk"))
    clocks = clocks[-1:] if kind == "accept" else clocks
    late = [one for one in clocks if one.breached_at or one.state == "running" and one.due_at < NOW]
    return "missed" if late else "kept" if any(one.state == "met" for one in clocks) else "open"


def answer_by_hand(handoff):
    if handoff.state in ("rejected", "returned"):
        return handoff.state
    if handoff.disposition == "no_response":
        return "no_response"
    return "accepted" if handoff.accepted_at or handoff.state == "accepted" else "waiting"


def counted_by_hand(handoffs):
    """(counted, of how many) by figure."""
    told = {}
    for one in handoffs:
        answer = answer_by_hand(one)
        if answer in ("accepted", "rejected", "no_response"):
            for key in ("accepted", "rejected", "no_response"):
                told.setdefault(key, []).append(answer == key)
        for kind in ("accept", "first_touch", "follow_up", "next_step"):
            if (verdict := verdict_by_hand(one, kind)) != "open":
                told.setdefault(kind, []).append(verdict == "kept")
        if answer in ("accepted", "no_response"):
            told.setdefault("dealt", []).append(
                one.state in ("accepted", "closed") and bool(one.outcome)
            )
    return {one.key: (sum(told.get(one.key, ())), len(told.get(one.key, ()))) for one in SHARES}


def figures(standing):
    return {key: (share.count, share.n) for key, share in standing.shares.items()}


@pytest.mark.parametrize("step", ["sdr", "ae"])
def test_every_figure_is_what_a_count_by_hand_gives(step):
    a_mixed_floor(70, step=step)
    told = standings(question(team="sdr-na", step=step), at=NOW)
    assert told.all.handed == 70
    assert figures(told.all) == counted_by_hand(Handoff.objects.all())
    for person in (make.sam(), make.ines()):
        own = Handoff.objects.filter(owner=person)
        assert figures(told.by_owner[person.pk]) == counted_by_hand(own)
        alone = standings(question(rep=person.email, step=step), at=NOW)
        assert figures(alone.all) == counted_by_hand(own)
        times = sorted(
            (one.first_touch_at - one.made_at).total_seconds()
            for one in own
            if one.first_touch_at is not None
        )
        assert alone.all.touch.n == len(times)
        assert alone.all.touch.median == times[(len(times) - 1) // 2]
        assert alone.all.touch.low <= alone.all.touch.median <= alone.all.touch.high


def test_every_figure_opens_as_many_leads_as_it_says():
    a_mixed_floor(50)
    asked = question(team="sdr-na")
    told = standings(asked, at=NOW).all
    for measure in SHARES:
        share = told.shares[measure.key]
        assert len(behind(asked, measure, all_of_them=False, at=NOW)) == share.count
        assert len(behind(asked, measure, all_of_them=True, at=NOW)) == share.n
    assert len(behind(asked, TOUCHED, all_of_them=False, at=NOW)) == told.touch.n
    assert len(behind(asked, BY_KEY["handed"], all_of_them=False, at=NOW)) == 50


def test_the_first_touch_is_judged_as_both_halves_judge_it():
    a_mixed_floor(40)
    asked = question()
    kept = {one.handoff_id for one in found(asked, "sales", "kept", at=NOW)}
    assert set(behind(asked, BY_KEY["first_touch"], all_of_them=False, at=NOW)) == kept


def test_a_later_step_is_judged_as_the_first_is():
    a_mixed_floor(40)
    first = standings(question(), at=NOW)
    Handoff.objects.update(step="ae")
    later = standings(question(step="ae"), at=NOW)
    assert later == first and first.all.handed == 40
    assert standings(question(step="other"), at=NOW).all.handed == 0


def test_a_deal_of_a_hand_over_that_followed_counts():
    first = handed(state="advanced", accepted_at=MONDAY, ended_at=MONDAY)
    handed(lead=first.lead, step="ae", previous=first, outcome="won", owner=make.ines())
    assert figures(standings(question(), at=NOW).all)["dealt"] == (1, 1)


def test_accept_starts_anew_with_a_change_of_hands():
    before = {"state": "stopped", "ended_at": MONDAY, "breached_at": MONDAY}
    handed(clocks=[("accept", before), ("accept", {"state": "met", "ended_at": MONDAY})])
    assert figures(standings(question(), at=NOW).all)["accept"] == (1, 1)


# The page


PAGE = reverse("reviews:own")


@pytest.fixture
def today(time_machine):
    """It is two days after MONDAY."""
    time_machine.move_to(NOW, tick=False)


def words_of(answer):
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def list_of(person):
    return reverse("reviews:own-leads", args=[person.pk])


@pytest.mark.usefixtures("today")
def test_a_rep_reads_their_own_beside_the_team(client):
    for _ in range(22):
        handed(accepted=True)
    for _ in range(8):
        handed(make.ines(), rejected=True)
    client.force_login(make.sam())
    text = words_of(client.get(PAGE))
    assert "Your figures beside SDR North America" in text
    assert "Accepted of those answered 100% 22 of 22 85 to 100% 73% 22 of 30 56 to 86%" in text
    assert "Ines" not in text and "one by one" not in text
    client.force_login(make.ines())
    assert "too few to say 0 of 8" in words_of(client.get(PAGE))


@pytest.mark.usefixtures("today")
def test_the_list_behind_a_figure_names_no_colleague(client):
    handed(accepted=True)
    handed(make.ines(), accepted=True)
    client.force_login(make.sam())
    mine = client.get(list_of(make.sam()), {"is": "accepted"})
    assert "Accepted: 1 lead" in words_of(mine)
    team = words_of(client.get(list_of(make.sam()), {"is": "accepted", "whose": "team"}))
    assert "Accepted: 2 leads" in team and "Ines" not in team and "Owner" not in team
    whole = words_of(client.get(list_of(make.sam()), {"is": "accepted", "all": "1"}))
    assert "Answered: 1 lead" in whole
    client.force_login(make.lena())
    told = words_of(client.get(list_of(make.sam()), {"is": "accepted", "whose": "team"}))
    assert "Owner" in told and "Ines Ferro" in told


@pytest.mark.usefixtures("today")
def test_links_ask_for_the_same_days_tomorrow(client):
    handed(accepted=True)
    client.force_login(make.sam())
    html = client.get(PAGE).content.decode()
    assert f"{list_of(make.sam())}?since=2026-09-17&amp;until=2026-10-14" in html
    quarter = client.get(PAGE, {"period": "91"})
    assert "16 Jul 2026 to 14 Oct 2026" in words_of(quarter)
    own = client.get(PAGE, {"since": "2026-10-01", "until": "2026-10-11"})
    assert "No lead of these days" in words_of(own)


@pytest.mark.usefixtures("today")
def test_what_cannot_be_read_is_said_and_the_usual_days_are_shown(client):
    handed(accepted=True)
    client.force_login(make.sam())
    text = words_of(client.get(PAGE, {"since": "2026-10-11", "until": "2026-10-01"}))
    assert (
        "The first day comes before the last" in text and "The usual days are shown instead" in text
    )
    assert client.get(PAGE, {"period": "x", "step": "x", "since": "never"}).status_code == 200


@pytest.mark.usefixtures("today")
def test_nothing_yet_says_what_would_fill_it(client):
    make.sdr_na()
    handed(accepted=True, historical=True)
    client.force_login(make.sam())
    text = words_of(client.get(PAGE))
    assert "No lead of these days" in text and "Count the imported past too" in text
    assert "When you reject a lead you say why." in text
    past = words_of(client.get(PAGE, {"past": "1"}))
    assert "too few to say 1 of 1" in past and "leave it out" in past
    client.force_login(make.UserFactory())
    assert "No lead of these days" in words_of(client.get(PAGE, {"past": "1"}))


@pytest.mark.usefixtures("today")
def test_a_manager_sees_each_of_the_team_and_opens_them(client):
    handed(accepted=True)
    handed(make.ines(), rejected=True)
    left = make.UserFactory(name="Gone")
    handed(left, accepted=True)
    client.force_login(make.lena())
    text = words_of(client.get(PAGE))
    assert "Figures of SDR North America" in text and "What your feedback" not in text
    assert "SDR North America, one by one" in text and "Ines Ferro" in text and "Gone" in text
    for person in (make.ines(), left):
        html = client.get(PAGE).content.decode()
        href = re.search(rf'href="({reverse("reviews:person", args=[person.pk])}[^"]*)"', html)
        page = client.get(href[1].replace("&amp;", "&"))
        assert page.status_code == 200 and str(person) in words_of(page)


@pytest.mark.usefixtures("today")
def test_marketing_chooses_among_all_teams(client):
    handed(accepted=True)
    make.TeamFactory(key="emea", name="SDR EMEA", responsible=make.mara())
    client.force_login(make.mara())
    assert "SDR EMEA, one by one" not in words_of(client.get(PAGE))
    client.force_login(make.ada())
    assert "SDR North America, one by one" in words_of(client.get(PAGE, {"team": "sdr-na"}))


@pytest.mark.usefixtures("today")
def test_others_are_not_there(client):
    handed(accepted=True)
    make.TeamFactory(key="emea", members=(make.otto(),))
    person = reverse("reviews:person", args=[make.sam().pk])
    listed = {"is": "accepted"}
    for stranger in (make.otto(), make.ines(), make.UserFactory(reviewer=True)):
        client.force_login(stranger)
        assert client.get(person).status_code == 404
        assert client.get(list_of(make.sam()), listed).status_code == 404
    client.force_login(make.sam())
    assert client.get(person).status_code == 200
    assert client.get(PAGE, {"team": "emea"}).status_code == 404
    assert client.get(list_of(make.sam()), {"is": "love"}).status_code == 404
    assert client.get(reverse("reviews:person", args=[0])).status_code == 404
    for address in (PAGE, person, list_of(make.sam())):
        assert client.post(address).status_code == 405
    nobody = make.UserFactory()
    client.force_login(nobody)
    gone = client.get(list_of(nobody), listed | {"whose": "team"})
    assert gone.status_code == 404


def test_who_may_read_whose_figures():
    sam = make.sam()
    for person in (sam, make.lena(), make.mara(), make.ada()):
        assert may_read_figures_of(person, sam)
    for person in (make.ines(), make.otto(), make.UserFactory(reviewer=True)):
        assert not may_read_figures_of(person, sam)


@pytest.mark.usefixtures("today")
def test_an_account_executive_reads_the_hand_overs_from_colleagues_first(client):
    Step.objects.create(key="ae", comes_from="sdr", route=[])
    team = make.TeamFactory(key="ae", name="Account executives", account_executives=True)
    ines = make.ines()
    Membership.objects.create(team=team, user=ines)
    handed(ines, team=team, step="ae", accepted=True)
    client.force_login(ines)
    page = client.get(PAGE)
    assert "too few to say 1 of 1" in words_of(page)
    assert "Hand-over to AE" in words_of(page)
    assert "No lead of these days" in words_of(client.get(PAGE, {"step": "sdr"}))
    listed = client.get(list_of(ines), {"step": "ae", "is": "accepted"})
    assert "Accepted: 1 lead" in words_of(listed)
    handed(make.sam(), accepted=True)
    client.force_login(make.sam())
    assert "Hand-over to AE" not in words_of(client.get(PAGE))

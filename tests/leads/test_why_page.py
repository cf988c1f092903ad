"""“Why not me”: rule by rule, person by person, for whoever is in a team that was weighed."""

import copy
import datetime as dt

import pytest
from django.urls import reverse

from handoff.models import Membership
from leads.journey import owning, responding
from leads.models import Handoff
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import agreement, handed_over

pytestmark = pytest.mark.django_db

LATER = MONDAY + dt.timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _agreement():
    agreement()
    make.ReasonFactory(moved=True)


def read(client, person, handoff):
    client.force_login(person)
    return client.get(reverse("leads:why", args=[handoff.pk]))


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def colleague_of(handoff: Handoff):
    return make.ines() if handoff.owner == make.sam() else make.sam()


def test_who_got_it_reads_so_and_who_did_not_reads_why(client):
    handoff = handed_over()
    assert read(client, handoff.owner, handoff).context["you"] == "You got it: it was your turn."
    answer = read(client, colleague_of(handoff), handoff)
    assert answer.context["you"] == (
        f"You were second in turn, and {handoff.owner} got it: you had had as many turns, "
        "and joined later."
    )
    (told,) = answer.context["told"]
    assert [rule.holds for rule in told.rules] == [False, False, True]
    assert [one.is_you for one in told.rules[-1].weighed] == [False, True]
    assert "Its conditions do not hold" in text(answer) and 'class="is-you"' in text(answer)


@pytest.mark.parametrize(("turn", "said"), [(9, "ninth"), (10, "number 10")])
def test_places_are_counted_in_words(client, turn, said):
    told = {"email": make.sam().email, "why": "Served more for the weight", "turn": turn}
    one = make.AssignmentFactory(
        explanation={"rules": [{"key": "na", "holds": True}], "candidates": [told]}
    )
    assert read(client, make.sam(), one.handoff).context["you"] == (
        f"You were {said} in turn, and somebody else got it: you had had more turns for your share."
    )


def test_who_was_passed_over_reads_why_in_the_second_person(client):
    Membership.objects.filter(user=make.sam()).update(territories=["CA"])
    handoff = handed_over(country="US")
    assert read(client, make.sam(), handoff).context["you"] == (
        "You were passed over: not your territory (United States of America), you serve Canada."
    )


def test_somebody_who_was_not_weighed_reads_so(client):
    handoff = handed_over()
    answer = read(client, make.mara(), handoff)
    assert "You were not among those it could go to." in text(answer)


def test_every_change_of_hands_is_told_the_latest_first(client):
    handoff = handed_over()
    first, second = handoff.owner, colleague_of(handoff)
    owning.take_away(handoff.pk, at=LATER)
    owning.reassign(
        handoff.pk, to=make.otto(), reason="wrong_territory", actor=make.lena(), at=LATER
    )
    answer = read(client, first, handoff)
    told = answer.context["told"]
    assert [one.assignment.owner for one in told] == [make.otto(), second, first]
    assert answer.context["you"].startswith("You were passed over: you had this lead before")
    assert "No rule was asked: a person decided." in text(answer)
    assert read(client, make.otto(), handoff).context["you"] == "You got it without a turn."


def test_what_was_tried_before_the_next_rule_is_told_with_its_people(client):
    document = copy.deepcopy(make.DEFINITION)
    route = document["route"]
    route[2]["overflow"] = "next"
    route.insert(3, {"key": "emea", "to": {"team": "emea"}})
    live = make.live_version()
    type(live).objects.filter(pk=live.pk).update(state="retired")
    make.DefinitionVersionFactory(live=True, document=document)
    make.TeamFactory(key="emea", name="EMEA", members=(make.otto(),))
    Membership.objects.filter(team=make.sdr_na()).update(languages=["de"])
    handoff = handed_over(language="en")
    assert handoff.owner == make.otto()
    answer = read(client, make.sam(), handoff)
    assert answer.context["you"] == "You were passed over: not your language (en), you serve de."
    tried, took = answer.context["told"][0].rules[2:]
    assert (tried.team, len(tried.weighed), took.team) == ("SDR North America", 2, "EMEA")


class TestWhoMayRead:
    def test_of_a_lead_that_is_not_theirs_to_see_only_the_explanation(self, client):
        handoff = handed_over(first_name="Ana", last_name="Sousa", role="CFO", company="Nova")
        emea = make.TeamFactory(key="emea", members=(make.otto(),))
        owning.reassign(
            handoff.pk,
            to=emea,
            reason="wrong_territory",
            note="Ana Sousa lives in Lisbon",
            actor=make.lena(),
            at=LATER,
        )
        sam = make.sam()
        client.force_login(sam)
        assert client.get(reverse("leads:lead", args=[handoff.lead_id])).status_code == 404
        answer = read(client, sam, handoff)
        assert answer.status_code == 200
        said = text(answer)
        assert "CFO, Nova" in said and "not in your teams" in said
        for hidden in ("Sousa", "Lisbon", handoff.lead.email, reverse("leads:lead", args=[1])):
            assert hidden not in said
        assert "Sousa" in text(read(client, make.lena(), handoff))

    @pytest.mark.parametrize(
        ("who", "status"),
        [("sam", 200), ("ines", 200), ("lena", 200), ("mara", 200), ("ada", 200), ("otto", 404)],
    )
    def test_roles(self, client, who, status):
        assert read(client, getattr(make, who)(), handed_over()).status_code == status

    def test_who_left_the_team_reads_it_no_more(self, client):
        handoff = handed_over()
        other = colleague_of(handoff)
        Membership.objects.filter(user=other).update(active=False)
        assert read(client, other, handoff).status_code == 404

    def test_wrong_verb_and_nothing_there(self, client):
        handoff = handed_over()
        client.force_login(make.lena())
        assert client.post(reverse("leads:why", args=[handoff.pk])).status_code == 405
        assert client.get(reverse("leads:why", args=[0])).status_code == 404


def test_a_member_of_the_queue_in_which_it_waits_reads_that_they_may_take_it(client):
    team = make.TeamFactory(pull=True, members=(make.sam(),))
    one = make.AssignmentFactory(kind="queue", owner=None, handoff__team=team, handoff__owner=None)
    said = read(client, make.sam(), one.handoff).context["you"]
    assert said == f"It waits for whoever of {team} takes it, and you may."
    assert read(client, make.lena(), one.handoff).context["you"] == ""
    owning.claim(one.handoff_id, actor=make.sam(), at=LATER)
    assert "waits" not in read(client, make.sam(), one.handoff).context["you"]


def test_who_gave_it_to_a_team_is_named_not_a_rule(client):
    handoff = handed_over()
    to = make.TeamFactory(members=(make.otto(),))
    owning.reassign(
        handoff.pk, to=to, reason="wrong_territory", actor=make.lena(), at=LATER, note="Yours"
    )
    said = text(read(client, make.lena(), handoff))
    assert f"{make.lena()} gave it to {to}. It was {make.otto()}’s turn" in said
    assert f"Rule “{to}” led" not in said
    client.force_login(make.lena())
    page = text(client.get(reverse("leads:lead", args=[handoff.lead_id])))
    assert f"<small>{make.lena()}, reason wrong territory" in page


def test_the_lead_page_leads_here(client):
    handoff = handed_over()
    client.force_login(handoff.owner)
    page = client.get(reverse("leads:lead", args=[handoff.lead_id])).content.decode()
    assert reverse("leads:why", args=[handoff.pk]) in page


def test_waiting_sticky_and_older_explanations_are_told(client):
    Membership.objects.filter(team=make.sdr_na()).update(active=False)
    waits = handed_over()
    said = text(read(client, make.lena(), waits))
    assert "To the queue of SDR North America" in said and "Left the team" in said
    old = make.AssignmentFactory(
        handoff__owner=make.sam(),
        explanation={
            "rules": [{"key": "na", "holds": True, "why": "Sam’s turn"}],
            "candidates": [{"email": make.sam().email, "why": "Their turn", "chosen": True}],
            "kept": True,
        },
    )
    answer = read(client, make.lena(), old.handoff)
    assert "a returning lead goes back" in text(answer)
    claimed = make.AssignmentFactory(kind="claim", handoff__owner=make.sam())
    assert "took it from the queue" in text(read(client, make.lena(), claimed.handoff))
    bare = make.HandoffFactory()
    assert "Nothing was weighed" in text(read(client, make.lena(), bare))


def test_it_costs_few_statements_however_often_it_changed_hands(
    client, django_assert_max_num_queries
):
    handoff = handed_over()
    for number in range(6):
        owning.take_away(handoff.pk, at=LATER + dt.timedelta(minutes=number))
    responding.accept(
        handoff.pk,
        how="in_discovery",
        actor=Handoff.objects.get(pk=handoff.pk).owner,
        at=LATER + dt.timedelta(hours=1),
    )
    client.force_login(make.sam())
    with django_assert_max_num_queries(14):
        client.get(reverse("leads:why", args=[handoff.pk]))

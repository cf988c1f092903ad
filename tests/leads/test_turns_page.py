"""The fairness ledger: what each had, got and was given back adds up, and every row opens its
lead."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.urls import reverse

from handoff.models import Membership, Team
from leads.journey import ledger, owning, responding
from leads.models import Handoff, Turn
from tests import factories as make
from tests.factories import MONDAY
from tests.leads.arriving import DEMO, agreement, handed_over

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY + dt.timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def team() -> Team:
    agreement()
    make.ReasonFactory(moved=True)
    return make.sdr_na()


def as_(client, person):
    client.force_login(person)
    return client


def page(client, team, name="leads:turns", *args, **asked):
    return client.get(reverse(name, args=[team.key, *args]), asked)


def lines(answer):
    return {line.account.membership.user.name: line for line in answer.context["lines"]}


def at(minutes: float) -> dt.datetime:
    return MONDAY + dt.timedelta(minutes=minutes)


class TestTheSums:
    def test_each_row_adds_up_to_the_position(self, client, team):
        Membership.objects.filter(user=make.sam()).update(weight=3)
        handoffs = [handed_over(at=at(n)) for n in range(8)]
        sams = next(one for one in handoffs if one.owner == make.sam())
        responding.reject(sams.pk, reason="wrong_territory", actor=make.sam(), at=at(9))
        make.MembershipFactory(team=team, user=make.otto())
        handed_over(at=at(10))
        answer = page(as_(client, make.sam()), team)
        found = lines(answer)
        assert set(found) == {"Sam Ortiz", "Ines Ferro", "Otto Weiss"}
        for line in found.values():
            one = line.account
            parts = (one.turns, one.given_back, one.raised, one.corrected)
            assert one.before + sum(part.amount for part in parts) == one.after
            assert one.after == Membership.objects.get(pk=one.membership.pk).served
            assert line.adds_up
        assert found["Sam Ortiz"].account.given_back.count == 1
        assert found["Sam Ortiz"].account.causes_given_back == [("Misrouted", 1)]
        assert found["Otto Weiss"].account.raised.count == 1
        assert sum(line.account.turns.count for line in found.values()) == 10
        assert "10 turns, 1 given back" in " ".join(answer.content.decode().split())

    def test_by_share_alone_each_lead_is_divided_among_who_could_take_it(self, client, team):
        Membership.objects.filter(user=make.sam()).update(weight=3)
        for number in range(4):
            handed_over(at=at(number))
        away = make.AbsenceFactory(user=make.ines())
        handed_over(at=at(5))
        away.delete()
        found = lines(page(as_(client, make.ines()), team))
        assert found["Sam Ortiz"].account.fair == pytest.approx(4 * 3 / 4 + 1)
        assert found["Ines Ferro"].account.fair == pytest.approx(4 / 4)
        assert [found[n].account.could for n in ("Sam Ortiz", "Ines Ferro")] == [5, 4]
        assert found["Sam Ortiz"].account.ahead == pytest.approx(0)

    def test_what_came_before_the_time_is_where_they_stood(self, client, team):
        handed_over(at=at(0))
        handed_over(at=at(1))
        later = at(2) + 40 * DAY
        handed_over(at=later, touchpoints=[{**DEMO, "occurred_at": later.isoformat()}])
        with time_machine.travel(at(5) + 40 * DAY, tick=False):
            found = lines(page(as_(client, make.sam()), team))
            before = {name: line.account.before for name, line in found.items()}
            assert before == {"Sam Ortiz": 1, "Ines Ferro": 1}
            assert sum(line.account.turns.count for line in found.values()) == 1
            whole = lines(page(client, team, period="90"))
            assert {line.account.before for line in whole.values()} == {0}
            days = {"since": MONDAY.date().isoformat(), "until": MONDAY.date().isoformat()}
            past = page(client, team, **days)
            assert {line.account.after for line in lines(past).values()} == {1}
            assert "12 Oct 2026" in past.content.decode()

    def test_a_position_that_is_not_the_sum_is_told(self, client, team):
        handed_over()
        Membership.objects.filter(user=make.sam()).update(served=7)
        answer = page(as_(client, make.sam()), team)
        assert not lines(answer)["Sam Ortiz"].adds_up
        assert "the turn says 7" in answer.content.decode()

    def test_what_a_person_corrected_has_a_column(self, client, team):
        one = team.memberships.first()
        Turn.objects.create(membership=one, amount=2, cause="corrected", at=at(0))
        Membership.objects.filter(pk=one.pk).update(served=2)
        answer = page(as_(client, make.lena()), team)
        assert "Corrected" in answer.content.decode()
        assert lines(answer)[one.user.name].account.corrected.amount == 2

    def test_an_imported_past_is_no_part_of_it(self, client, team):
        make.AssignmentFactory(
            handoff__historical=True,
            at=at(0),
            team=team,
            explanation={"candidates": [{"member": 1, "weight": 1, "turn": 1, "chosen": True}]},
        )
        assert not any(
            line.account.could for line in lines(page(as_(client, make.lena()), team)).values()
        )

    def test_who_left_stays_while_the_time_has_turns_of_theirs(self, client, team):
        sam = next(one.owner for one in (handed_over(), handed_over()) if one.owner == make.sam())
        Membership.objects.filter(user=sam).update(active=False)
        make.MembershipFactory(team=team, user=make.otto(), left=True)
        answer = page(as_(client, make.ines()), team)
        assert set(lines(answer)) == {"Sam Ortiz", "Ines Ferro"}
        assert "Left</span>" in answer.content.decode()


class TestTheTime:
    @pytest.mark.parametrize(
        ("asked", "chosen", "first"),
        [
            ({}, "30", MONDAY.date() - 29 * DAY),
            ({"period": "week"}, "week", MONDAY.date()),
            ({"period": "90"}, "90", MONDAY.date() - 89 * DAY),
            ({"since": "2026-01-05", "until": "2026-01-09"}, "", dt.date(2026, 1, 5)),
        ],
    )
    def test_usual_ones_and_own_days(self, client, team, asked, chosen, first):
        period = page(as_(client, make.sam()), team, **asked).context["period"]
        assert (period.chosen, period.since) == (chosen, first)

    @pytest.mark.parametrize(
        "asked",
        [
            {"period": "century"},
            {"since": "2026-01-05"},
            {"since": "2026-01-05", "until": "2026-01-01"},
            {"since": "0001-01-01", "until": "0001-01-02"},
            {"since": "nonsense", "until": "2026-01-01"},
            {"since": "9999-12-30", "until": "9999-12-31"},
        ],
    )
    def test_what_cannot_be_read_shows_the_usual_time(self, client, team, asked):
        answer = page(as_(client, make.sam()), team, **asked)
        assert answer.status_code == 200
        assert answer.context["period"].chosen == "30"

    def test_the_complaint_is_said(self, client, team):
        answer = page(as_(client, make.sam()), team, since="2026-01-05")
        assert "Give both days, or none." in answer.content.decode()


class TestOneMember:
    def test_each_row_says_what_it_was_for_and_where_it_left_them(self, client, team):
        handoff = handed_over()
        responding.reject(handoff.pk, reason="wrong_territory", actor=handoff.owner, at=at(3))
        one = team.memberships.get(user=handoff.owner)
        answer = page(as_(client, handoff.owner), team, "leads:turns-of", one.pk)
        rows = answer.context["rows"]
        assert [(row.cause, row.because, stood) for row, stood in rows] == [
            ("credit", "misrouted", 0),
            ("turn", "", 1),
            ("joined", "", 0),
        ]
        text = answer.content.decode()
        assert "Turn given back: misrouted" in text
        assert reverse("leads:lead", args=[handoff.lead_id]) in text
        assert reverse("leads:why", args=[handoff.pk]) in text

    def test_a_lead_that_is_another_team_s_now_is_not_named(self, client, team):
        handoff = handed_over(first_name="Ana", last_name="Sousa", role="CFO")
        emea = make.TeamFactory(key="emea", members=(make.otto(),))
        owner = handoff.owner
        owning.reassign(handoff.pk, to=emea, reason="wrong_territory", actor=make.lena(), at=at(3))
        one = team.memberships.get(user=owner)
        text = page(as_(client, owner), team, "leads:turns-of", one.pk).content.decode()
        assert "Sousa" not in text and "CFO, Nova Pay" in text
        assert reverse("leads:why", args=[handoff.pk]) in text

    def test_pages_carry_on_where_the_last_ended(self, client, team):
        one = team.memberships.first()
        Turn.objects.bulk_create(
            Turn(membership=one, amount=1, cause="turn", at=at(n)) for n in range(60)
        )
        answer = page(as_(client, make.sam()), team, "leads:turns-of", one.pk, page="2")
        assert [stood for _, stood in answer.context["rows"]] == list(range(10, 0, -1))

    def test_an_empty_time_says_what_would_fill_it(self, client, team):
        one = team.memberships.first()
        answer = page(as_(client, make.sam()), team, "leads:turns-of", one.pk)
        assert "No turn in this time" in answer.content.decode()

    def test_a_member_of_another_team_is_not_found(self, client, team):
        other = make.MembershipFactory(user=make.otto())
        assert page(as_(client, make.lena()), team, "leads:turns-of", other.pk).status_code == 404


class TestWho:
    @pytest.mark.parametrize("name", ["leads:turns", "leads:turns-csv", "leads:turns-of"])
    @pytest.mark.parametrize(
        ("who", "status"),
        [("sam", 200), ("lena", 200), ("mara", 200), ("ada", 200), ("otto", 404)],
    )
    def test_reps_read_their_own_teams(self, client, team, name, who, status):
        args = [team.memberships.first().pk] if name == "leads:turns-of" else []
        assert page(as_(client, getattr(make, who)()), team, name, *args).status_code == status

    def test_wrong_verb(self, client, team):
        address = reverse("leads:turns", args=[team.key])
        assert as_(client, make.lena()).post(address).status_code == 405

    def test_the_team_page_leads_here(self, client, team):
        text = page(as_(client, make.sam()), team, "leads:roster").content.decode()
        assert reverse("leads:turns", args=[team.key]) in text

    def test_a_team_without_anybody_says_what_would_fill_it(self, client, team):
        empty = make.TeamFactory(key="empty")
        text = page(as_(client, make.lena()), empty).content.decode()
        assert "Nobody is in this team" in text

    @pytest.mark.parametrize("pick", ["least_loaded", "pull"])
    def test_other_ways_of_giving_are_said(self, client, team, pick):
        Team.objects.filter(pk=team.pk).update(pick=pick)
        text = page(as_(client, make.sam()), team).content.decode()
        assert {"least_loaded": "fewest open leads", "pull": "Nobody takes turns here"}[
            pick
        ] in text


def test_the_file_has_a_line_for_each_member_and_no_formula(client, team):
    user = make.sam()
    user.name = "=SUM(A1)"
    user.save()
    handed_over()
    assert (
        page(as_(client, make.ines()), team, "leads:turns-csv", since="rubbish").status_code == 422
    )
    answer = page(as_(client, make.ines()), team, "leads:turns-csv", period="week")
    assert answer["Content-Disposition"] == (
        'attachment; filename="turns-sdr-na-2026-10-12-2026-10-12.csv"'
    )
    head, *rows = csv.reader(io.StringIO(answer.content.decode()))
    assert head[0] == "member" and len(rows) == 2
    assert {row[0] for row in rows} == {"'=SUM(A1)", "Ines Ferro"}
    assert sum(int(row[head.index("turns")]) for row in rows) == 1


def test_pages_cost_the_same_few_statements_for_many(client, team, django_assert_max_num_queries):
    as_(client, make.sam())
    for number in range(12):
        make.MembershipFactory(team=team, user=make.UserFactory(rep=True))
        handed_over(at=at(number))
    assert ledger.accounts(team, at(-60), at(60))
    one = Handoff.objects.last().turns.get().membership
    with django_assert_max_num_queries(12):
        page(client, team)
    with django_assert_max_num_queries(12):
        page(client, team, "leads:turns-of", one.pk)

"""Teams: who is in now, what they carry, whose turn is next, their week; and changing members."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from handoff.models import Membership, Team
from handoff.permissions import may_lead_teams
from leads.models import Turn
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def team():
    return make.sdr_na()


def as_(client, person):
    client.force_login(person)
    return client


def text(answer):
    return " ".join(answer.content.decode().split())


def page(client, team, query=""):
    return client.get(reverse("leads:roster", args=[team.key]) + query)


class TestNow:
    def test_the_list_counts_who_is_in_what_is_open_and_what_waits(self, client, team):
        Membership.objects.update(max_open=10)
        make.HandoffFactory(team=team, owner=make.sam())
        make.HandoffFactory(team=team, unowned=True)
        make.AbsenceFactory(user=make.ines())
        row = as_(client, make.lena()).get(reverse("leads:teams")).context["rows"][0]
        assert (row.is_in, row.people, row.waiting) == (1, 2, 1)
        assert (row.load.says, row.load.is_full) == ("1 of 20", False)
        waiting = client.get(reverse("leads:team", args=[team.key]), {"owner": "none"})
        assert waiting.context["page"].paginator.count == row.waiting

    def test_what_waits_for_qualification_opens_its_queue(self, client, team):
        make.HandoffFactory(team=make.qualification(), unowned=True)
        rows = as_(client, make.lena()).get(reverse("leads:teams")).context["rows"]
        row = next(one for one in rows if one.team.kind == "qualification")
        found = client.get(reverse("leads:team", args=[row.team.key]), {"owner": "none"})
        assert found.context["page"].paginator.count == row.waiting == 1
        assert client.get(reverse("home"), follow=True).status_code == 200

    def test_a_team_without_a_limit_names_none(self, client, team):
        assert (
            as_(client, make.lena()).get(reverse("leads:teams")).context["rows"][0].load.most
            is None
        )

    def test_each_stands_as_routing_sees_them(self, client, team):
        Membership.objects.filter(user=make.sam()).update(max_open=1)
        make.HandoffFactory(team=team, owner=make.sam(), assigned_at=MONDAY)
        make.AbsenceFactory(user=make.ines(), ends_at=MONDAY + 24 * HOUR)
        rows = {
            row.membership.user.name: row
            for row in page(as_(client, make.lena()), team).context["rows"]
        }
        sam, ines = rows[make.sam().name], rows[make.ines().name]
        assert sam.standing.mood == "full" and "Full, 1 of 1 open; in until 12:30" in (
            sam.standing.says
        )
        assert (sam.open.says, sam.today.says) == ("1 of 1", "1")
        assert ines.standing.mood == "away" and ines.standing.says == "Away, back Tue 10:00"
        assert not sam.is_next and not ines.is_next

    def test_who_is_next_is_who_gets_the_next_lead(self, client, team):
        first, second = team.memberships.order_by("pk")
        Membership.objects.filter(pk=first.pk).update(served=5)
        for one in (first, second):
            Turn.objects.create(membership=one, amount=0, cause="joined", at=MONDAY - HOUR)
        answer = page(as_(client, make.lena()), team)
        assert answer.context["next"].membership == second
        assert Turn.objects.count() == 2

    def test_one_time_off_after_another_is_one(self, client, team):
        make.AbsenceFactory(user=make.sam(), ends_at=MONDAY + 6 * HOUR)
        tuesday = MONDAY.replace(day=13, hour=4)
        make.AbsenceFactory(user=make.sam(), starts_at=tuesday, ends_at=tuesday + 48 * HOUR)
        rows = page(as_(client, make.lena()), team).context["rows"]
        says = [row.standing.says for row in rows if row.membership.user == make.sam()]
        assert says == ["Away, back 16:00"]
        make.AbsenceFactory(user=make.sam(), starts_at=MONDAY, ends_at=tuesday)
        rows = page(client, team).context["rows"]
        says = [row.standing.says for row in rows if row.membership.user == make.sam()]
        assert says == ["Away, back Thu 09:00"]

    def test_in_the_evening_everybody_is_back_tomorrow(self, client, team):
        with time_machine.travel(MONDAY + 9 * HOUR, tick=False):
            rows = page(as_(client, make.lena()), team).context["rows"]
        assert {row.standing.says for row in rows} == {"Off, back Tue 09:00"}

    def test_who_left_with_open_leads_is_told_with_the_way_to_hand_them_on(self, client, team):
        make.HandoffFactory(team=team, owner=make.sam())
        make.sam().__class__.objects.filter(pk=make.sam().pk).update(is_active=False)
        html = text(page(as_(client, make.lena()), team))
        assert "1 open lead is still theirs" in html
        assert reverse("leads:hand-on", args=[make.sam().pk]) in html


class TestWeek:
    def test_hours_absences_holidays_and_closures_by_day(self, client, team):
        calendar = team.calendar
        calendar.holidays, calendar.closed = "US", [dt.date(2026, 10, 16)]
        calendar.save()
        make.AbsenceFactory(
            user=make.sam(),
            starts_at=dt.datetime(2026, 10, 14, 4, tzinfo=dt.UTC),
            ends_at=dt.datetime(2026, 10, 15, 17, 30, tzinfo=dt.UTC),
        )
        lines = page(as_(client, make.sam()), team).context["week"]
        days = next(one for one in lines if one.membership.user == make.sam()).days
        assert days[0].why == "Columbus Day"
        assert days[1].hours == ("09:00–12:30", "13:30–17:30")
        assert (days[2].why, days[2].is_absence) == ("Away", True)
        assert (days[3].hours, days[3].away) == (("13:30–17:30",), "Away until 13:30")
        assert (days[4].why, days[5].why, days[5].hours) == ("Closed", "", ())

    def test_a_cancelled_absence_is_no_absence(self, client, team):
        make.AbsenceFactory(user=make.sam(), cancelled_at=MONDAY)
        lines = page(as_(client, make.sam()), team).context["week"]
        assert not any(day.is_absence for line in lines for day in line.days)

    @pytest.mark.parametrize("asked", ["nonsense", "9999-12-31", "2026-13-45", "0001-01-01"])
    def test_a_week_that_is_none_is_this_one(self, client, team, asked):
        answer = page(as_(client, make.sam()), team, f"?week={asked}")
        assert answer.context["days"][0] == dt.date(2026, 10, 12)

    def test_any_day_names_its_week(self, client, team):
        answer = page(as_(client, make.sam()), team, "?week=2026-11-01")
        assert answer.context["days"][0] == dt.date(2026, 10, 26)
        assert answer.context["after"] == dt.date(2026, 11, 2)


class TestWho:
    def test_reps_read_their_own_team_and_find_no_other(self, client, team):
        other = make.TeamFactory(key="other")
        as_(client, make.sam())
        assert page(client, team).status_code == 200
        assert page(client, other).status_code == 404
        assert "Change" not in text(page(client, team)).split("Sam")[1][:400]

    @pytest.mark.parametrize("name", ["member-add", "responsible", "team-time-off"])
    @pytest.mark.parametrize("verb", ["get", "post"])
    def test_only_who_leads_teams_changes_them(self, client, team, name, verb):
        as_(client, make.sam())
        assert getattr(client, verb)(reverse(f"leads:{name}", args=[team.key])).status_code == 403
        as_(client, make.otto())
        assert getattr(client, verb)(reverse(f"leads:{name}", args=[team.key])).status_code == 404
        for person in (make.lena(), make.mara(), make.ada()):
            assert may_lead_teams(person)
            found = as_(client, person).get(reverse(f"leads:{name}", args=[team.key]))
            assert found.status_code == 200

    @pytest.mark.parametrize("name", ["teams", "roster"])
    def test_a_page_costs_the_same_for_many_as_for_one(
        self, client, team, name, django_assert_max_num_queries
    ):
        as_(client, make.lena())
        address = reverse(f"leads:{name}", args=[team.key] if name == "roster" else [])
        with django_assert_max_num_queries(20) as few:
            client.get(address)
        for _ in range(10):
            person = make.MembershipFactory(team=team).user
            make.HandoffFactory(team=team, owner=person)
            make.AbsenceFactory(user=person)
            make.MembershipFactory(team=make.TeamFactory())
        with django_assert_max_num_queries(len(few)):
            client.get(address)


TYPED = {"weight": "1", "active": "on"}


class TestChanging:
    def member(self, team):
        return team.memberships.get(user=make.sam())

    def address(self, team):
        return reverse("leads:member", args=[team.key, self.member(team).pk])

    def test_a_change_is_read_back_first_and_then_kept(self, client, team):
        as_(client, make.lena())
        make.HandoffFactory(team=team, owner=make.sam())
        typed = {**TYPED, "weight": "2", "max_open": "1", "territories": "germany, Bavaria"}
        asked = client.post(self.address(team), typed)
        assert asked.context["lines"] == [
            "Share of turns: 1 → 2",
            "Open leads at most: empty → 1",
            "Territories: empty → DE, Bavaria",
        ]
        assert "has 1 open lead already" in asked.context["effects"][0]
        assert self.member(team).weight == 1
        kept = client.post(self.address(team), {**typed, "sure": "1"})
        assert kept.status_code == 302
        member = self.member(team)
        assert (member.weight, member.max_open) == (2, 1)
        assert member.territories == ["DE", "Bavaria"]
        changed = client.get(self.address(team)).context["changes"][0]
        assert changed.who == str(make.lena()) and "Weight: 1 → 2" in changed.lines

    def test_leaving_says_what_stays_behind(self, client, team):
        make.HandoffFactory(team=team, owner=make.sam())
        asked = as_(client, make.lena()).post(self.address(team), {"weight": "1"})
        assert any("leaves" in one for one in asked.context["effects"])
        assert any("1 open lead stay" in one for one in asked.context["effects"])

    @pytest.mark.parametrize(
        ("name", "value"),
        [("weight", "-1"), ("weight", ""), ("max_open", "0"), ("languages", "x" * 101)],
    )
    def test_what_cannot_be_is_said_at_its_field(self, client, team, name, value):
        answer = as_(client, make.lena()).post(self.address(team), {**TYPED, name: value})
        assert answer.status_code == 422 and name in answer.context["form"].errors

    def test_nothing_changed_is_nothing_asked(self, client, team):
        assert as_(client, make.lena()).post(self.address(team), TYPED).status_code == 302

    def test_a_member_of_another_team_is_not_found_here(self, client, team):
        other = make.MembershipFactory(team=make.TeamFactory())
        address = reverse("leads:member", args=[team.key, other.pk])
        assert as_(client, make.lena()).get(address).status_code == 404

    def test_somebody_joins_and_who_left_comes_back(self, client, team):
        as_(client, make.lena())
        address = reverse("leads:member-add", args=[team.key])
        new = make.UserFactory(rep=True)
        assert client.post(address, {"person": new.pk}).status_code == 302
        assert team.memberships.filter(user=new, active=True).exists()
        Membership.objects.filter(user=new).update(active=False, served=3)
        client.post(address, {"person": new.pk})
        again = team.memberships.get(user=new)
        assert again.active and again.served == 3
        assert client.post(address, {"person": new.pk}).status_code == 422
        gone = make.UserFactory(is_active=False)
        assert client.post(address, {"person": gone.pk}).status_code == 422

    def test_the_responsible_person_is_somebody_who_is_here(self, client, team):
        as_(client, make.lena())
        address = reverse("leads:responsible", args=[team.key])
        gone = make.UserFactory(is_active=False)
        assert client.post(address, {"responsible": gone.pk}).status_code == 422
        assert client.post(address, {"responsible": make.mara().pk}).status_code == 302
        assert Team.objects.get(pk=team.pk).responsible == make.mara()
        changes = client.get(reverse("leads:team-changes", args=[team.key])).context["changes"]
        assert (f"Responsible: {make.lena()} → {make.mara()}",) in [one.lines for one in changes]

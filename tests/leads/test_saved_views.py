"""Saved views: filters, order and columns under a name, one's own or a team's."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from leads.models import Handoff, QueueChoice, SavedView
from leads.views import shelf
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    make.agreement_in_force()
    client.force_login(person)
    return person


def tabs(client, **query):
    page = client.get(reverse("leads:queue"), query or {"view": "all"})
    return {tab.title: tab for tab in page.context["tabs"]}


def save(client, query="?tier=urgent&sort=-score&page=3", key="mine", **sent):
    data = {"name": "Urgent", "team": "", **sent}
    return client.post(reverse("leads:view-new", args=[key]) + query, data)


class TestSaving:
    def test_it_becomes_a_tab_and_an_address(self, client, sam):
        answer = save(client, name="  Urgent   ones ")
        view = SavedView.objects.get()
        assert (view.name, view.query, view.owner) == (
            "Urgent ones",
            "tier=urgent&sort=-score",
            sam,
        )
        assert view.columns == ["why", "tier", "score", "source", "due"]
        assert answer["Location"] == f"/queue/?tier=urgent&sort=-score&view={view.pk}"
        tab = tabs(client, view=view.pk)["Urgent ones"]
        assert tab.current and tab.url == answer["Location"]
        assert not tabs(client)["Urgent ones"].current and tabs(client)["Due first"].current

    def test_the_page_says_what_is_kept(self, client, sam):
        query = "?tier=urgent&q=nova&clock=late&sort=-score&view=all&bogus=1"
        text = client.get(reverse("leads:view-new", args=["mine"]) + query).content.decode()
        for said in ("Search: nova", "Tier: Hand-raiser", "Clock: Late", "Ordered by score"):
            assert f'<span class="tag">{said}</span>' in text
        assert "bogus" not in text.split("It keeps")[1].split("Cancel")[0].split("href")[0]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\u202eb"])
    def test_a_name_that_is_none_is_asked_for_again(self, client, sam, name):
        answer = save(client, name=name, team=make.sdr_na().pk)
        assert answer.status_code == 422 and not SavedView.objects.exists()
        assert f'value="{make.sdr_na().pk}" selected' in answer.content.decode()

    def test_a_name_is_given_once_whatever_its_case(self, client, sam):
        save(client)
        again = save(client, name="URGENT")
        assert again.status_code == 422
        assert "You have a view of this name already." in again.content.decode()
        save(client, team=make.sdr_na().pk)
        shared = save(client, team=make.sdr_na().pk)
        assert "SDR North America has a view of this name already." in shared.content.decode()

    def test_it_is_shared_with_ones_own_teams_only(self, client, sam):
        other = make.TeamFactory(key="emea")
        assert save(client, team=other.pk).status_code == 422

    def test_twenty_are_enough(self, client, sam):
        for _ in range(20):
            make.SavedViewFactory()
        answer = save(client)
        assert answer.status_code == 422 and "Delete one first" in answer.content.decode()

    def test_filters_too_long_to_be_kept(self, client, sam):
        answer = save(client, query="?q=" + "x" * 1200)
        assert answer["Location"] == "/queue/" and not SavedView.objects.exists()

    def test_of_a_queue_one_may_not_see_there_is_none(self, client, sam):
        make.TeamFactory(key="emea")
        assert save(client, key="team-emea").status_code == 404
        assert save(client, key="nowhere").status_code == 404


class TestSharing:
    def test_a_teams_view_is_a_tab_of_everybody_in_it(self, client, sam):
        make.SavedViewFactory(team=make.sdr_na(), name="Ours")
        client.force_login(make.ines())
        assert tabs(client)["Ours"].team == "SDR North America"
        client.force_login(make.lena())
        assert "Ours" in tabs(client)
        client.force_login(make.otto())
        assert "Ours" not in tabs(client)

    def test_somebody_elses_own_view_opens_as_plain_filters(self, client, sam):
        view = make.SavedViewFactory(name="His alone", columns=["owner"])
        mine = make.HandoffFactory(owner=make.ines(), made_at=timezone.now())
        make.HandoffFactory(owner=make.ines(), made_at=timezone.now(), tier="standard")
        client.force_login(make.ines())
        page = client.get(reverse("leads:queue"), {"tier": "urgent", "view": view.pk})
        assert [row.pk for row in page.context["rows"]] == [mine.pk]
        assert page.context["view"] is None and page.context["tabs"][0].current
        assert page.context["table"].shown[0] == "why"

    def test_through_it_one_sees_only_what_one_sees_anyway(self, client, sam):
        view = make.SavedViewFactory(place="team-sdr-na", team=make.sdr_na(), query="")
        client.force_login(make.otto())
        address = reverse("leads:team", args=["sdr-na"])
        assert client.get(address, {"view": view.pk}).status_code == 404


class TestChanging:
    def test_another_name_and_another_circle(self, client, sam):
        view = make.SavedViewFactory()
        page = reverse("leads:view", args=[view.pk])
        assert "The view “" in client.get(page).content.decode()
        client.post(page, {"name": "Hand-raisers", "team": make.sdr_na().pk})
        view.refresh_from_db()
        assert (view.name, view.team) == ("Hand-raisers", make.sdr_na())

    @pytest.mark.parametrize("circle", ["", "emea"])
    def test_who_wants_a_teams_view_for_others_gets_a_copy_and_the_team_keeps_its_own(
        self, client, sam, circle
    ):
        view = make.SavedViewFactory(team=make.sdr_na(), owner=make.ines(), name="Ours")
        page = reverse("leads:view", args=[view.pk])
        assert "SDR North America keeps its own" in client.get(page).content.decode()
        team = make.TeamFactory(key="emea", members=(sam,)) if circle else None
        sent = {"name": "Mine now", "team": team.pk if team else ""}
        answer = client.post(page, sent, follow=True)
        assert "SDR North America keeps its own." in answer.content.decode()
        view.refresh_from_db()
        assert (view.team, view.owner, view.name) == (make.sdr_na(), make.ines(), "Ours")
        copy = SavedView.objects.exclude(pk=view.pk).get()
        assert (copy.team, copy.owner, copy.name) == (team, sam, "Mine now")
        assert (copy.query, copy.columns, copy.place) == (view.query, view.columns, view.place)

    def test_a_copy_needs_a_name_of_its_own_and_room(self, client, sam):
        view = make.SavedViewFactory(team=make.sdr_na(), name="Ours")
        make.SavedViewFactory(name="Taken")
        page = reverse("leads:view", args=[view.pk])
        again = client.post(page, {"name": "taken", "team": ""})
        assert again.status_code == 422 and "The view “Ours”" in again.content.decode()
        for _ in range(18):
            make.SavedViewFactory()
        full = client.post(page, {"name": "New", "team": ""})
        assert full.status_code == 422 and "Delete one first" in full.content.decode()

    def test_a_manager_changes_a_view_of_a_team_they_are_not_in(self, client, sam):
        view = make.SavedViewFactory(team=make.sdr_na())
        client.force_login(make.mara())
        page = reverse("leads:view", args=[view.pk])
        client.post(page, {"name": "Renamed", "team": make.sdr_na().pk})
        assert SavedView.objects.get().name == "Renamed"

    def test_without_a_name_nothing_changes(self, client, sam):
        view = make.SavedViewFactory(name="Before")
        answer = client.post(reverse("leads:view", args=[view.pk]), {"name": "", "team": ""})
        assert answer.status_code == 422 and SavedView.objects.get().name == "Before"

    def test_it_keeps_the_filters_of_now(self, client, sam):
        view = make.SavedViewFactory(name="Mine")
        query = {"tier": "urgent", "state": "waiting", "view": view.pk}
        text = client.get(reverse("leads:queue"), query).content.decode()
        assert "Keep in “Mine”" in text and "as a new view" in text
        sent = {"query": "tier=urgent&state=waiting&view=9&evil=1"}
        answer = client.post(reverse("leads:view-keep", args=[view.pk]), sent)
        view.refresh_from_db()
        assert view.query == "tier=urgent&state=waiting"
        page = client.get(answer["Location"])
        assert page.context["unkept"] == "" and "Keep in" not in page.content.decode()

    def test_filters_too_long_leave_it_as_it_was(self, client, sam):
        view = make.SavedViewFactory()
        sent = {"query": "q=" + "x" * 1200}
        client.post(reverse("leads:view-keep", args=[view.pk]), sent, follow=True)
        view.refresh_from_db()
        assert view.query == "tier=urgent"

    def test_deleting_moves_no_lead(self, client, sam):
        view = make.SavedViewFactory(name="Old")
        answer = client.post(reverse("leads:view-delete", args=[view.pk]), follow=True)
        assert "Deleted the view “Old”" in answer.content.decode()
        assert not SavedView.objects.exists()
        assert client.post(reverse("leads:view-delete", args=[view.pk])).status_code == 404

    @pytest.mark.parametrize("name", ["leads:view", "leads:view-keep", "leads:view-delete"])
    def test_only_by_who_is_offered_it(self, client, sam, name):
        address = reverse(name, args=[make.SavedViewFactory().pk])
        client.force_login(make.ines())
        assert client.post(address, {"name": "x"}).status_code == 404
        if name != "leads:view":
            assert client.get(address).status_code == 405
        client.logout()
        assert "/login/" in client.post(address)["Location"]


class TestOpening:
    def test_a_queue_opens_with_the_view_one_chose(self, client, sam):
        view = make.SavedViewFactory()
        client.post(reverse("leads:view-open-with", args=["mine"]), {"view": view.pk})
        answer = client.get(reverse("leads:queue"))
        assert answer["Location"] == f"/queue/?tier=urgent&view={view.pk}"
        assert client.get(reverse("leads:queue"), {"view": "all"}).status_code == 200
        assert client.get(reverse("leads:returned")).status_code == 200
        client.post(reverse("leads:view-open-with", args=["mine"]), {})
        assert client.get(reverse("leads:queue")).status_code == 200

    def test_a_deleted_view_opens_nothing(self, client, sam):
        view = make.SavedViewFactory()
        QueueChoice.objects.create(user=sam, place="mine", default=view)
        view.delete()
        assert client.get(reverse("leads:queue")).status_code == 200

    def test_only_a_view_of_this_queue_that_one_is_offered(self, client, sam):
        address = reverse("leads:view-open-with", args=["mine"])
        hers = make.SavedViewFactory(owner=make.ines())
        elsewhere = make.SavedViewFactory(place="returned")
        for view in (hers, elsewhere):
            assert client.post(address, {"view": view.pk}).status_code == 404
        assert client.get(address).status_code == 405
        assert not QueueChoice.objects.exists()

    def test_a_view_of_a_team_one_left_opens_nothing(self, client, sam):
        view = make.SavedViewFactory(team=make.sdr_na(), owner=make.ines())
        QueueChoice.objects.create(user=sam, place="mine", default=view)
        sam.memberships.update(active=False)
        assert client.get(reverse("leads:queue")).status_code == 200

    def test_the_page_of_a_view_offers_it_and_takes_it_back(self, client, sam):
        view = make.SavedViewFactory()
        page = reverse("leads:view", args=[view.pk])
        assert "with this view" in client.get(page).content.decode()
        QueueChoice.objects.create(user=sam, place="mine", default=view)
        assert "with everything again" in client.get(page).content.decode()


class TestCounts:
    def test_a_tab_says_how_many_it_holds(self, client, sam):
        now = timezone.now()
        make.SavedViewFactory(name="Urgent", query="tier=urgent")
        make.SavedViewFactory(name="Nobody’s", query="q=nobody-at-all")
        for tier in ("urgent", "urgent", "standard"):
            make.HandoffFactory(owner=sam, made_at=now, tier=tier)
        make.HandoffFactory(owner=make.ines(), made_at=now, tier="urgent")
        assert (tabs(client)["Urgent"].count, tabs(client)["Nobody’s"].count) == ("2", "0")
        assert '<span class="count">2<' in client.get("/queue/?view=all").content.decode()

    def test_no_further_than_ninety_nine(self, client, sam):
        make.SavedViewFactory(name="All of them", query="state=waiting")
        row = make.HandoffFactory(owner=sam, made_at=timezone.now())
        columns = {
            field.attname: getattr(row, field.attname)
            for field in Handoff._meta.fields
            if field.name not in ("id", "lead")
        }
        leads = [make.LeadFactory() for _ in range(100)]
        Handoff.objects.bulk_create(Handoff(lead=lead, **columns) for lead in leads)
        assert tabs(client)["All of them"].count == "99+"

    def test_of_a_long_queue_only_what_is_due_first_is_looked_through(
        self, client, sam, monkeypatch
    ):
        monkeypatch.setattr(shelf, "LIMIT", 3)
        make.SavedViewFactory(name="Urgent", query="tier=urgent")
        make.SavedViewFactory(name="Rare", query="q=nobody-at-all")
        for hours, tier in enumerate(("urgent", "standard", "urgent")):
            make.HandoffFactory(due_at=timezone.now() + dt.timedelta(hours=hours), tier=tier)
        found = tabs(client)
        assert (found["Urgent"].count, found["Rare"].count) == ("2+", "")
        make.HandoffFactory(due_at=timezone.now() + dt.timedelta(hours=9), tier="urgent")
        assert tabs(client)["Urgent"].count == "2+"
        Handoff.objects.filter(tier="standard").delete()
        Handoff.objects.order_by("due_at").last().delete()
        assert tabs(client)["Urgent"].count == "2"

    def test_many_views_cost_one_statement(self, client, sam, django_assert_num_queries):
        make.SavedViewFactory()
        client.get("/queue/?view=all")
        with CaptureQueriesContext(connection) as one:
            client.get("/queue/?view=all")
        for _ in range(9):
            make.SavedViewFactory()
        with django_assert_num_queries(len(one)):
            client.get("/queue/?view=all")


class TestElsewhere:
    @pytest.mark.parametrize(
        ("key", "name", "query", "words"),
        [
            ("leads", "leads:leads", "status=nurture&source=webinar&sort=-fit", "Ordered by fit"),
            ("approval", "leads:approval", "intent=50&source=webinar", "Intent: 50 and more"),
        ],
    )
    def test_lists_that_are_no_queues_of_hand_overs_have_views_too(
        self, client, sam, key, name, query, words
    ):
        client.force_login(make.mara())
        page = reverse("leads:view-new", args=[key])
        assert words in client.get(f"{page}?{query}").content.decode()
        answer = client.post(f"{page}?{query}&bogus=1", {"name": "Mine", "team": ""})
        view = SavedView.objects.get()
        assert (view.place, view.query) == (key, query)
        assert answer["Location"] == f"{reverse(name)}?{query}&view={view.pk}"
        shown = client.get(answer["Location"])
        assert shown.status_code == 200 and shown.context["view"].pk == view.pk
        text = shown.content.decode()
        assert "Save this view" not in text and "> Columns</a>" not in text
        client.post(reverse("leads:view-open-with", args=[key]), {"view": view.pk})
        assert client.get(reverse(name))["Location"] == answer["Location"]
        assert client.get(reverse("leads:columns", args=[key])).status_code == 404

    def test_views_of_the_approval_queue_are_for_who_may_open_it(self, client, sam):
        assert client.get(reverse("leads:view-new", args=["approval"])).status_code == 404
        assert client.get(reverse("leads:view-new", args=["leads"])).status_code == 200

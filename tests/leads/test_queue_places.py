"""Which queue a lead stands in, and in which order: by the clock, else by what was promised."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.journey import owning
from leads.models import Handoff
from leads.views import places
from tests import factories as make

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    client.force_login(person)
    return person


def due_in(minutes, **columns):
    now = timezone.now()
    due = None if minutes is None else now + dt.timedelta(minutes=minutes)
    return make.HandoffFactory(due_at=due, made_at=now, triggered_at=now, **columns)


def promised_in(minutes, **columns):
    """Touched, with a next step by then and no clock that runs."""
    now = timezone.now()
    return due_in(
        None,
        accepted=True,
        due_clock="",
        first_touch_at=now - DAY,
        next_step="Call again",
        next_step_due=now + dt.timedelta(minutes=minutes),
        **columns,
    )


def rows(client, name, *args, **query):
    return [row.pk for row in client.get(reverse(name, args=args), query).context["rows"]]


class TestOrder:
    def test_a_promise_stands_between_the_clocks(self, client, sam):
        later = due_in(90)
        promise = promised_in(45)
        nothing = due_in(None, due_clock="")
        soon = due_in(10)
        expected = [soon.pk, promise.pk, later.pk, nothing.pk]
        assert rows(client, "leads:queue") == expected
        assert rows(client, "leads:queue", sort="-due") == [
            later.pk,
            promise.pk,
            soon.pk,
            nothing.pk,
        ]
        assert [row.pk for row in Handoff.objects.by_due()] == expected

    def test_a_running_clock_goes_before_what_was_promised(self, client, sam):
        first = due_in(20)
        clocked = due_in(30, accepted=True, next_step_due=timezone.now() - DAY, next_step="Call")
        assert rows(client, "leads:queue") == [first.pk, clocked.pk]

    def test_a_broken_promise_is_late_as_a_clock_is(self, client, sam):
        late = promised_in(-20)
        due_in(90)
        page = client.get(reverse("leads:queue"))
        text = page.content.decode()
        assert page.context["counts"]["late"] == 1
        assert "20 min late" in text and ">Next step</span>" in text
        assert rows(client, "leads:queue", clock="late") == [late.pk]
        assert rows(client, "leads:queue", clock="none") == [late.pk]

    def test_the_next_lead_is_the_first_due(self, sam):
        team = make.sdr_na()
        due_in(60, unowned=True)
        first = due_in(None, unowned=True, due_clock="", next_step_due=timezone.now())
        assert owning.claim_next(team, actor=sam, at=timezone.now()).pk == first.pk

    def test_the_lead_page_walks_the_same_way(self, client, sam):
        second, first = promised_in(45), due_in(10)
        page = client.get(reverse("leads:lead", args=[first.lead_id]), {"from": "mine"})
        assert f"/leads/{second.lead_id}/" in page.content.decode()


class TestBackAgain:
    def test_open_leads_that_came_back(self, client, sam):
        back = due_in(5, reentry=True)
        hers = due_in(4, reentry=True, owner=make.ines())
        due_in(3)
        due_in(2, reentry=True, closed=True)
        due_in(1, reentry=True, team=make.TeamFactory(), owner=make.otto())
        page = client.get(reverse("leads:back-again"))
        assert [row.pk for row in page.context["rows"]] == [hers.pk, back.pk]
        counts = {item.place.key: item.count for item in page.context["navigation"]}
        assert counts["back-again"] == "2"

    def test_nobody(self, client, sam):
        text = client.get(reverse("leads:back-again")).content.decode()
        assert "Nobody came back" in text and "Back to my queue" in text

    def test_one_opens_the_next_of_them_from_a_lead(self, client, sam):
        first, second = due_in(5, reentry=True), due_in(6, reentry=True)
        page = client.get(reverse("leads:lead", args=[first.lead_id]), {"from": "back-again"})
        text = page.content.decode()
        assert f"/leads/{second.lead_id}/?from=back-again" in text and "Back again" in text


class TestFollowUps:
    def test_what_is_promised_by_tonight_and_what_is_late(self, client, sam):
        late = promised_in(-60)
        promised_in(3 * 24 * 60)
        promised_in(-60, owner=make.ines())
        due_in(-5)
        returned = promised_in(-60)
        Handoff.objects.filter(pk=returned.pk).update(state="returned")
        assert rows(client, "leads:follow-ups") == [late.pk]

    def test_a_follow_up_clock_counts_as_a_promise(self, client, sam):
        owed = due_in(-5, accepted=True, first_touch_at=timezone.now(), due_clock="follow_up")
        assert rows(client, "leads:follow-ups") == [owed.pk]

    def test_none_today_leads_to_those_of_later(self, client, sam):
        promised_in(3 * 24 * 60)
        text = client.get(reverse("leads:follow-ups")).content.decode()
        assert "No follow-up is due today" in text and "/queue/?state=accepted" in text

    @pytest.mark.parametrize(
        ("zone", "ends"), [("America/New_York", "13T04:00"), ("Asia/Tokyo", "13T15:00")]
    )
    def test_the_day_ends_at_the_viewers_midnight(self, zone, ends):
        at = dt.datetime(2026, 10, 13, 3, 30, tzinfo=dt.UTC)
        with timezone.override(zone):
            night = places.end_of_day(at).astimezone(dt.UTC)
        assert night.isoformat().startswith(f"2026-10-{ends}")


class TestEmpty:
    @pytest.mark.parametrize(
        ("name", "args", "says", "leads_to"),
        [
            ("leads:queue", (), "Nothing waits for you", "/queue/team/sdr-na/"),
            ("leads:team", ("sdr-na",), "has no open lead", "/leads/?team=sdr-na"),
            ("leads:returned", (), "Nothing was returned", "/queue/"),
            ("leads:unsaid", (), "Nothing is left unsaid", "/queue/"),
        ],
    )
    def test_says_what_would_fill_it_and_where_to_go(self, client, sam, name, args, says, leads_to):
        text = client.get(reverse(name, args=args)).content.decode()
        assert says in text and f'class="btn btn-calm" href="{leads_to}"' in text

    def test_with_filters_names_them_and_takes_each_away(self, client, sam):
        due_in(5)
        query = {"tier": "standard", "state": "accepted"}
        text = client.get(reverse("leads:queue"), query).content.decode()
        assert "No lead in My queue has tier Standard and state Accepted" in text
        assert 'href="?state=accepted">Without tier' in text
        assert f'href="{reverse("leads:queue")}?view=all"' in text

    def test_with_a_search_leads_to_all_leads(self, client, sam):
        text = client.get(reverse("leads:queue"), {"q": "<b>nobody"}).content.decode()
        assert "&lt;b&gt;nobody" in text and "/leads/?q=%3Cb%3Enobody" in text


def test_of_somebody_without_a_team_it_points_nowhere(client):
    client.force_login(make.otto())
    text = client.get(reverse("leads:queue")).content.decode()
    assert "Nothing waits for you" in text and 'btn-calm" href=""' not in text

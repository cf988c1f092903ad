"""The queues: what stands in them, in which order, and what they cost."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from handoff.models import Team, User
from leads.models import Handoff
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    client.force_login(person)
    return person


def due_in(minutes, **columns):
    at = timezone.now() + dt.timedelta(minutes=minutes)
    return make.HandoffFactory(
        due_at=at, made_at=timezone.now(), triggered_at=timezone.now(), **columns
    )


def test_my_queue_shows_what_is_mine_first_due_first(client, sam):
    later = due_in(200, lead__first_name="Later")
    late = due_in(-7, lead__first_name="Late")
    soon = due_in(3, lead__first_name="Soon")
    due_in(1, owner=make.ines(), lead__first_name="Hers")
    page = client.get(reverse("leads:queue"))
    assert [row.pk for row in page.context["rows"]] == [late.pk, soon.pk, later.pk]
    text = page.content.decode()
    assert "3 open, first due at the top. 1 is late, 1 is due within 10 minutes." in text
    assert "7 min late" in text and "3 min left" in text and "Hers" not in text


def test_what_has_ended_or_belongs_to_the_past_is_in_no_queue(client, sam):
    due_in(5, closed=True, lead__first_name="Ended")
    due_in(5, of_the_past=True, lead__first_name="Ancient")
    page = client.get(reverse("leads:queue"))
    assert page.context["rows"].count() == 0
    assert "Nothing waits for you" in page.content.decode()


def test_the_team_queue_shows_owned_and_unowned_and_who_has_it(client, sam):
    due_in(5, lead__first_name="Mine")
    due_in(6, unowned=True, lead__first_name="Free")
    due_in(7, owner=make.ines(), lead__first_name="Hers")
    text = client.get(reverse("leads:team", args=["sdr-na"])).content.decode()
    assert "Mine" in text and "Free" in text and "Ines Ferro" in text and "Nobody yet" in text
    assert "c-owner" in text and "c-source" not in text


def test_a_promised_day_is_read_in_the_queue(client, sam):
    when = dt.datetime(2031, 10, 20, 14, 0, tzinfo=dt.UTC)
    due_in(5, state="accepted", next_step="Send a sample", next_step_due=when)
    text = client.get(reverse("leads:queue")).content.decode()
    assert "Next, 20 Oct 2031: Send a sample" in text


def test_filters_that_came_by_a_link_are_kept_by_the_form(client, sam):
    due_in(5, lead__source="paid_search")
    text = client.get(reverse("leads:queue"), {"source": "paid_search"}).content.decode()
    assert '<input type="text" name="source" value="paid_search"' in text
    assert "Source: Paid search" in text


def test_a_manager_without_leads_of_their_own_starts_at_the_teams_queue(client):
    lena = make.lena()
    Team.objects.filter(pk=make.sdr_na().pk).update(responsible=lena)
    User.objects.filter(pk=lena.pk).update(timezone="")
    client.force_login(lena)
    answer = client.get(reverse("home"))
    assert answer["Location"] == reverse("leads:team", args=["sdr-na"])
    assert client.session["zone"] == "America/New_York"


def test_another_teams_queue_is_not_there(client):
    make.sdr_na()
    client.force_login(make.otto())
    due_in(5)
    assert client.get(reverse("leads:team", args=["sdr-na"])).status_code == 404
    assert client.get(reverse("leads:approval")).status_code == 404
    assert client.get(reverse("leads:qualification")).status_code == 404


def test_who_sees_every_team_opens_its_queue_though_it_is_not_in_their_navigation(client, sam):
    make.qualification()
    make.TeamFactory(key="emea", responsible=make.mara())
    client.force_login(make.lena())
    for team in ("qualification", "emea"):
        page = client.get(reverse("leads:team", args=[team]))
        assert page.status_code == 200 and page.context["place"].team.key == team
    own = client.get(reverse("leads:team", args=["sdr-na"])).context["navigation"]
    assert "team-emea" not in [item.place.key for item in own]
    assert client.get(reverse("leads:team", args=["nowhere"])).status_code == 404


def test_a_manager_sees_the_team_and_its_late_leads(client, sam):
    late = due_in(-5)
    due_in(50)
    client.force_login(make.lena())
    page = client.get(reverse("leads:team", args=["sdr-na"]), {"clock": "late"})
    assert [row.pk for row in page.context["rows"]] == [late.pk]
    assert "Clock: Late" in page.content.decode()


def test_filters_and_search_are_in_the_address(client, sam):
    ana = due_in(5, lead__first_name="Ana", lead__company="Nova Pay", reentry=True)
    due_in(6, lead__first_name="Keiko", lead__company="Fernhill", tier="standard")
    address = reverse("leads:queue")
    for query in ({"q": "nova"}, {"tier": "urgent"}, {"entry": "again"}, {"q": "ANA nova p"}):
        rows = client.get(address, query).context["rows"]
        assert [row.pk for row in rows] == [ana.pk], query
    page = client.get(address, {"q": "nobody"})
    assert "No lead here matches" in page.content.decode()


def test_orders_and_pages_survive_nonsense(client, sam):
    due_in(5)
    address = reverse("leads:queue")
    for query in (
        {"sort": "-due"},
        {"sort": "score"},
        {"sort": "tier"},
        {"sort": "nonsense"},
        {"page": "9"},
        {"page": "x"},
        {"tier": "nope"},
        {"clock": "nope"},
        {"q": "&|!():*'"},
        {"q": "\u0301 % _"},
    ):
        assert client.get(address, query).status_code == 200, query


def test_a_returned_lead_says_what_it_waits_for(client, sam):
    due_in(5, returned=True, missing=["country", "campaign"])
    text = client.get(reverse("leads:returned")).content.decode()
    assert "Waiting for marketing: country and campaign missing" in text
    assert "Paused" in text


def test_what_is_left_unsaid(client, sam):
    touched = timezone.now() - dt.timedelta(days=2)
    promised = {"first_touch_at": touched, "next_step": "Send the sample", "next_step_due": touched}
    due_in(500, accepted=True, due_clock="follow_up", **promised)
    assert client.get(reverse("leads:unsaid")).context["rows"].count() == 1


def test_a_poll_is_answered_304_until_something_changes(client, sam):
    since = timezone.now().isoformat()
    due_in(5)
    address = reverse("leads:queue")
    first = client.get(address, {"live": since})
    assert first.status_code == 200
    again = client.get(address, {"live": since}, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    due_in(6, assigned_at=timezone.now())
    changed = client.get(address, {"live": since}, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and "new since" in changed.content.decode()
    assert client.get(address, {"live": "nonsense"}).status_code == 200


@pytest.mark.parametrize(
    "name", ["leads:queue", "leads:team", "leads:leads", "leads:notifications"]
)
def test_a_list_costs_the_same_few_statements_at_1_row_and_at_50(
    client, sam, name, django_assert_max_num_queries
):
    address = reverse(name, args=["sdr-na"] if name == "leads:team" else [])
    due_in(5)
    make.MessageFactory()
    client.get(address)
    with django_assert_max_num_queries(10) as one:
        client.get(address)
    for n in range(60):
        due_in(n)
        make.MessageFactory()
    with django_assert_max_num_queries(10) as fifty:
        client.get(address)
    assert len(one) == len(fifty)


def test_counts_stop_at_a_thousand(client, sam, monkeypatch):
    monkeypatch.setattr("leads.counting.LIMIT", 3)
    for n in range(5):
        due_in(n)
    assert "2+" in client.get(reverse("leads:queue")).content.decode()


def test_html_in_a_lead_is_shown_not_run(client, sam):
    bad = "<script>alert(1)</script>"
    handoff = due_in(
        5,
        lead__first_name=bad,
        lead__company=bad,
        lead__role=bad,
        lead__source=bad,
        lead__problem=bad,
    )
    for address in (
        reverse("leads:queue"),
        reverse("leads:leads"),
        reverse("leads:lead", args=[handoff.lead_id]),
    ):
        assert bad not in client.get(address).content.decode()


def test_the_queue_of_a_person_without_a_team_is_empty_and_says_so(client):
    client.force_login(make.otto())
    page = client.get(reverse("leads:queue"))
    assert page.status_code == 200 and "Nothing waits for you" in page.content.decode()
    assert not Team.objects.exists() and not Handoff.objects.exists()


def test_a_long_list_says_that_it_is_long(client, sam, monkeypatch):
    monkeypatch.setattr("handoff.tables.COUNTED", 3)
    for n in range(6):
        due_in(n)
    assert "more than 3" in client.get(reverse("leads:leads")).content.decode()


def test_the_heading_says_which_way_the_scores_run(client, sam):
    rows = {intent: due_in(1, judgement__intent=float(intent)) for intent in (20, 90, 50)}
    address = reverse("leads:queue")
    assert "?sort=-score" in client.get(address).content.decode()
    ways = (("-score", "descending", (90, 50, 20)), ("score", "ascending", (20, 50, 90)))
    for sort, said, order in ways:
        page = client.get(address, {"sort": sort})
        assert [row.pk for row in page.context["rows"]] == [rows[one].pk for one in order]
        (heading,) = re.findall(r"<th[^>]*c-score[^>]*>", page.content.decode())
        assert f'aria-sort="{said}"' in heading

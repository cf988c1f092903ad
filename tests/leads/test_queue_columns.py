"""Everybody chooses the columns of their queues, and a saved view keeps its own."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.columns import COLUMNS
from leads.models import QueueChoice
from leads.views.column_choice import moved
from tests import factories as make

pytestmark = pytest.mark.django_db

ORDER = list(COLUMNS)


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    client.force_login(person)
    return person


def choose(client, columns, key="mine", query="", **more):
    data = {"order": [*columns, *(c for c in ORDER if c not in columns)], "column": columns, **more}
    return client.post(reverse("leads:columns", args=[key]) + query, data)


def shown(client, name="leads:queue", *args, **query):
    return client.get(reverse(name, args=args), query).context["table"].shown


def test_the_usual_ones_stand_there_until_somebody_chooses(client, sam):
    assert shown(client) == ("why", "tier", "score", "source", "due")
    assert shown(client, "leads:team", "sdr-na") == ("why", "tier", "score", "owner", "due")


def test_chosen_ones_stand_in_their_order_in_this_kind_of_queue(client, sam):
    make.HandoffFactory(made_at=timezone.now(), lead__campaign="spring", lead__country="CA")
    choose(client, ["due", "campaign", "country", "why"])
    assert shown(client) == ("due", "campaign", "country", "why")
    text = client.get(reverse("leads:queue")).content.decode()
    assert "spring" in text and text.index("c-clock") < text.index("c-campaign")
    assert shown(client, "leads:returned") == ("why", "tier", "score", "owner", "due")
    assert shown(client, "leads:follow-ups") == ("why", "tier", "score", "source", "due")


def test_those_of_a_team_hold_in_every_teams_queue(client, sam):
    make.TeamFactory(key="emea", members=(sam,))
    choose(client, ["state", "due"], key="team-sdr-na")
    assert shown(client, "leads:team", "emea") == ("state", "due")


def test_a_row_has_its_buttons_whatever_is_shown(client, sam):
    handoff = make.HandoffFactory(made_at=timezone.now())
    accepts = f'formaction="{reverse("leads:accept", args=[handoff.pk])}"'
    assert client.get(reverse("leads:queue")).content.decode().count(accepts) == 1
    choose(client, ["due"])
    assert client.get(reverse("leads:queue")).content.decode().count(accepts) == 1


def test_every_column_can_be_shown_and_ordered_by(client, sam):
    make.HandoffFactory(made_at=timezone.now())
    make.HandoffFactory(made_at=timezone.now(), unowned=True, due_at=None)
    choose(client, ORDER)
    for column in ORDER:
        for sort in (column, f"-{column}"):
            assert client.get(reverse("leads:queue"), {"sort": sort}).status_code == 200


def test_first_due_stands_first_whatever_is_shown(client, sam):
    now = timezone.now()
    older = make.HandoffFactory(made_at=now - dt.timedelta(days=2), lead__country="CA")
    newer = make.HandoffFactory(made_at=now, lead__country="US")
    choose(client, ["why", "tier"])

    def order(**asked):
        return [row.pk for row in client.get(reverse("leads:queue"), asked).context["rows"]]

    assert order() == order(sort="nonsense") == [older.pk, newer.pk]
    assert order(sort="-country") == [newer.pk, older.pk]


def test_back_to_the_usual_ones(client, sam):
    choose(client, ["due"])
    choose(client, ["due"], reset="yes")
    assert shown(client) == ("why", "tier", "score", "source", "due")
    assert QueueChoice.objects.get().columns == []


def test_moving_one_shows_the_new_order_and_keeps_the_ticks(client, sam):
    page = choose(client, ["why", "due"], up="due")
    columns = [(column.key, on) for column, on in page.context["columns"]]
    assert columns[:3] == [("due", True), ("why", True), ("tier", False)]
    assert not QueueChoice.objects.exists()
    page = choose(client, ["why", "due"], down="why")
    assert [column.key for column, _ in page.context["columns"]][:2] == ["due", "why"]


@pytest.mark.parametrize(
    ("key", "step", "order"),
    [("a", -1, "abc"), ("a", 1, "bac"), ("c", 1, "abc"), ("c", -1, "acb"), ("x", 1, "abc")],
)
def test_a_place_further(key, step, order):
    assert "".join(moved(("a", "b", "c"), key, step)) == order


def test_none_at_all_is_too_few(client, sam):
    answer = choose(client, [])
    assert answer.status_code == 422 and "Keep at least one column." in answer.content.decode()


def test_unknown_ones_and_doubles_are_left_out(client, sam):
    choose(client, ["due", "due", "password", "why"])
    assert shown(client) == ("due", "why")


def test_a_view_keeps_its_own(client, sam):
    view = make.SavedViewFactory()
    choose(client, ["owner", "due"], query=f"?view={view.pk}")
    assert shown(client, view=view.pk) == ("owner", "due")
    assert shown(client, view="all") == ("why", "tier", "score", "source", "due")
    choose(client, ["due"], query=f"?view={view.pk}", reset="yes")
    assert shown(client, view=view.pk) == ("why", "tier", "score", "source", "due")


def test_a_view_of_somebody_else_is_not_touched(client, sam):
    view = make.SavedViewFactory(owner=make.ines(), columns=["why"])
    choose(client, ["due"], query=f"?view={view.pk}")
    view.refresh_from_db()
    assert view.columns == ["why"] and shown(client) == ("due",)


def test_the_page_lists_all_of_them_and_says_for_whom(client, sam):
    text = client.get(reverse("leads:columns", args=["mine"])).content.decode()
    assert all(column.label in text for column in COLUMNS.values())
    assert "Kept for you, in this queue." in text
    view = make.SavedViewFactory(team=make.sdr_na())
    text = client.get(reverse("leads:columns", args=["mine"]), {"view": view.pk}).content.decode()
    assert "Everybody in SDR North America sees this view with them." in text
    text = client.get(reverse("leads:columns", args=["team-sdr-na"])).content.decode()
    assert "in every team’s queue" in text


def test_of_a_queue_one_may_not_see_there_are_none(client):
    make.sdr_na()
    client.force_login(make.otto())
    assert client.get(reverse("leads:columns", args=["team-sdr-na"])).status_code == 404
    assert client.put(reverse("leads:columns", args=["mine"])).status_code == 405
    client.logout()
    assert "/login/" in client.get(reverse("leads:columns", args=["mine"]))["Location"]

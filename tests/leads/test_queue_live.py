"""A queue that is open tells what changed: what is new, and which rows somebody else took."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads.models import Handoff
from leads.templatetags.queue_parts import known_as
from tests import factories as make

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
ADDRESS = "/queue/team/sdr-na/"


@pytest.fixture
def sam(client):
    person = make.sam()
    make.sdr_na()
    client.force_login(person)
    return person


def waiting(**columns):
    now = timezone.now()
    return make.HandoffFactory(made_at=now, triggered_at=now, **{"unowned": True, **columns})


def poll(client, *rows, **headers):
    on = ",".join(known_as(row) for row in rows)
    query = {"live": timezone.now().isoformat(), "on": on}
    return client.get(ADDRESS, query, headers=headers).content.decode()


def changed(row, **columns):
    Handoff.objects.filter(pk=row.pk).update(**columns)


def test_a_row_says_who_has_it_and_in_which_state(client, sam):
    row = waiting()
    assert f'data-known="{row.pk}.0.waiting"' in client.get(ADDRESS).content.decode()
    mine = waiting(unowned=False)
    assert known_as(mine) == f"{mine.pk}.{sam.pk}.waiting"


def test_what_is_as_shown_is_not_spoken_of(client, sam):
    assert "data-gone" not in poll(client, waiting(), waiting(unowned=False))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"state": "accepted", "accepted_at": True}, "Accepted by Ines Ferro, "),
        ({}, "Now with Ines Ferro"),
        ({"state": "returned"}, "Returned to marketing by Ines Ferro"),
        ({"state": "returned", "step": "ae"}, "Sent back by Ines Ferro"),
        ({"state": "closed", "ended_at": True}, "Closed by Ines Ferro, "),
    ],
)
def test_a_row_that_changed_hands_says_what_became_of_it(client, sam, columns, said):
    row = waiting()
    now = timezone.now()
    moments = {name: now for name in columns if name.endswith("_at")}
    changed(row, owner=make.ines(), answered_by=make.ines(), **{**columns, **moments})
    page = poll(client, row)
    assert f'data-gone="{row.pk}">{said}' in page and "1 is not as shown any more" in page


def test_what_i_did_elsewhere_is_mine(client, sam):
    row = waiting()
    changed(row, owner=sam)
    assert "Now with you" in poll(client, row)
    changed(row, owner=None)
    assert "Nobody has it now" in poll(client, waiting(), Handoff(pk=row.pk, owner=sam))


def test_closed_by_the_worker(client, sam):
    row = waiting()
    changed(row, state="closed", ended_at=timezone.now())
    assert f'data-gone="{row.pk}">Closed, ' in poll(client, row)


def test_of_a_row_one_may_not_see_any_more_nothing_else_is_said(client, sam):
    row = waiting()
    changed(row, team=make.TeamFactory(), owner=make.otto())
    page = poll(client, row)
    assert "Not in your queues any more" in page and "Otto" not in page


def test_nonsense_is_passed_over(client, sam):
    query = {"live": timezone.now().isoformat(), "on": "x,1,.,-4.0.waiting,99999999999999999.1.x"}
    assert client.get(ADDRESS, query).status_code == 200


def test_it_follows_the_filters_of_the_page(client, sam):
    address = reverse("leads:queue")
    query = {"live": timezone.now().isoformat(), "tier": "standard"}
    first = client.get(address, query)
    waiting(unowned=False)
    again = client.get(address, query, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


def test_in_a_long_queue_too_a_change_is_told(client, sam, monkeypatch):
    monkeypatch.setattr("leads.views.live.LIMIT", 3)
    now = timezone.now()
    rows = [waiting(due_at=now + n * MINUTE, due_clock="accept") for n in range(5)]
    query = {"live": now.isoformat()}
    token = client.get(ADDRESS, query)["ETag"]

    def same():
        return client.get(ADDRESS, query, headers={"If-None-Match": token}).status_code == 304

    assert same() and same()
    changed(rows[4], note="Nobody looks so far down")
    assert same()
    changed(rows[0], due_at=now + 9 * MINUTE)
    assert not same()

"""The inbox: by lead, read and not read, and the bell that keeps its count."""

import datetime as dt

import pytest
from django.urls import reverse

from leads.models import Message
from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db

INBOX = "/notifications/"
READ = "/notifications/read/"


@pytest.fixture
def sam(client):
    client.force_login(make.sam())
    return make.sam()


def written(minutes=0, **more):
    return make.MessageFactory(written_at=MONDAY + dt.timedelta(minutes=minutes), **more)


def shown(client, **query):
    return [t.first.subject for t in client.get(INBOX, query).context["threads"]]


def unread(person=None):
    return Message.objects.inbox(person or make.sam()).unread().count()


def test_what_was_told_of_one_lead_stands_together_newest_first(sam, client):
    lead = make.LeadFactory()
    written(subject="New lead", lead=lead)
    written(5, subject="Your time off")
    written(9, subject="Soon due", lead=lead)
    first, second = client.get(INBOX).context["threads"]
    assert [one.subject for one in first.messages] == ["Soon due", "New lead"]
    assert (first.number, first.unread, second.first.subject) == (2, 2, "Your time off")
    assert "1 earlier about" in client.get(INBOX).content.decode()


def test_it_is_narrowed_to_what_is_not_read_and_to_a_kind(sam, client):
    written(subject="Old", seen_at=MONDAY)
    written(1, subject="New")
    written(2, subject="Late", kind="breached")
    assert shown(client, state="unread") == ["Late", "New"]
    assert shown(client, kind="breached") == ["Late"]
    assert shown(client, kind="nothing", state="unread") == []
    assert "No message fits" in client.get(INBOX, {"kind": "added"}).content.decode()


def test_an_empty_inbox_says_what_would_fill_it(sam, client):
    assert "when a lead becomes yours" in client.get(INBOX).content.decode()


def test_read_and_not_read_again(sam, client):
    one = written()
    client.post(READ, {"message": str(one.pk), "do": "read", "next": f"{INBOX}?kind=assigned"})
    assert unread() == 0
    answer = client.post(READ, {"message": str(one.pk), "do": "unread", "next": INBOX})
    assert unread() == 1 and answer["Location"] == INBOX


def test_all_are_read_and_that_is_taken_back(sam, client):
    written(seen_at=MONDAY)
    written(1), written(2)
    page = client.post(READ, follow=True)
    assert unread() == 0 and "All marked as read." in page.content.decode()
    client.post(READ, {"undo": page.context["read_at"].isoformat()})
    assert unread() == 2
    client.post(READ, {"undo": "nonsense"})
    assert unread() == 0


def test_a_message_leads_to_its_lead_and_is_read_with_its_like(sam, client):
    lead = make.LeadFactory()
    first, _ = written(lead=lead), written(1, lead=lead)
    other = written(2, body={"path": "/me/time-off/"})
    assert client.get(reverse("leads:notice", args=[first.pk]))["Location"] == f"/leads/{lead.pk}/"
    assert unread() == 1
    assert client.get(reverse("leads:notice", args=[other.pk]))["Location"] == "/me/time-off/"
    assert unread() == 0


def test_what_others_are_told_is_not_there(sam, client):
    theirs = written(recipient=make.ines())
    assert client.get(reverse("leads:notice", args=[theirs.pk])).status_code == 404
    client.post(READ, {"message": str(theirs.pk)})
    client.post(READ)
    assert unread(make.ines()) == 1 and shown(client) == []


def test_the_wrong_verb(sam, client):
    assert client.get(READ).status_code == 405 and client.post(INBOX).status_code == 405


def test_the_bell_is_told_304_until_something_changes(sam, client, django_assert_max_num_queries):
    written(subject="New lead: Ana")
    first = client.get("/notifications/count/")
    assert first.json() == {"unread": 1, "newest": "New lead: Ana"}
    with django_assert_max_num_queries(3):
        again = client.get("/notifications/count/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304 and again.content == b""
    written(1, subject="Late: Ana")
    changed = client.get("/notifications/count/", headers={"If-None-Match": first["ETag"]})
    assert changed.json() == {"unread": 2, "newest": "Late: Ana"}


def test_it_costs_the_same_with_one_message_and_with_hundreds(
    sam, client, django_assert_max_num_queries
):
    written(lead=make.LeadFactory())
    client.get(INBOX)
    with django_assert_max_num_queries(10) as few:
        client.get(INBOX)
    lead = make.LeadFactory()
    for minute in range(60):
        written(minute), written(minute, lead=lead)
    with django_assert_max_num_queries(10) as many:
        page = client.get(INBOX)
    assert len(few) == len(many) and len(page.context["threads"]) == 30
    assert "The rest stands on the lead" in page.content.decode()

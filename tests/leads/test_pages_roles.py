"""Who may open what. Every address refuses strangers; what is not yours is not there."""

import uuid

import pytest
from django.urls import URLResolver, reverse

from handoff.views import urls as house
from leads import urls as leads
from leads.models import Handoff
from reviews import urls as reviews
from tests import factories as make

pytestmark = pytest.mark.django_db

ACTIONS = ("accept", "reject", "return", "resume", "advance", "touch", "dispose", "reassign")


KNOWN = {
    "IntConverter": 1,
    "SlugConverter": "sdr-na",
    "StringConverter": "sdr-na",
    "UUIDConverter": uuid.UUID(int=0),
}


OPEN = {"leads:stop"}
"""Reached from a mail, by its signature."""


def addresses():
    every = (
        *_inside(house.urlpatterns, ""),
        *_inside(leads.urlpatterns, "leads:"),
        *_inside(reviews.urlpatterns, "reviews:"),
    )
    yield from (found for found in every if found[0] not in OPEN)


def _inside(patterns, space):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _inside(pattern.url_patterns, space)
        else:
            found = pattern.pattern.converters.items()
            kwargs = {name: KNOWN[type(converter).__name__] for name, converter in found}
            yield f"{space}{pattern.name}", kwargs


@pytest.mark.parametrize(("name", "kwargs"), list(addresses()))
@pytest.mark.parametrize("verb", ["get", "post"])
def test_strangers_are_sent_to_sign_in(client, name, kwargs, verb):
    answer = getattr(client, verb)(reverse(name, kwargs=kwargs))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))


def test_each_name_is_one_address():
    names = [name for name, _ in addresses()]
    assert not {name for name in names if names.count(name) > 1}


@pytest.mark.parametrize("action", ACTIONS)
def test_actions_are_posts_only(client, action):
    client.force_login(make.sam())
    assert client.get(reverse(f"leads:{action}", args=[1])).status_code == 405


@pytest.mark.parametrize("action", ACTIONS)
def test_an_outsider_cannot_act_on_a_lead_nor_learn_that_it_exists(client, action):
    handoff = make.HandoffFactory()
    client.force_login(make.otto())
    assert client.get(reverse("leads:lead", args=[handoff.lead_id])).status_code == 404
    answer = client.post(reverse(f"leads:{action}", args=[handoff.pk]), {"how": "meeting_booked"})
    assert answer.status_code == 404
    assert Handoff.objects.get(pk=handoff.pk).state == "waiting"


def test_a_rep_finds_only_leads_of_their_own_team(client):
    handoff = make.HandoffFactory(lead__first_name="Ana", lead__company="Nova Pay")
    client.force_login(make.otto())
    assert "Nova Pay" not in client.get(reverse("leads:leads"), {"q": "ana"}).content.decode()
    client.force_login(make.ines())
    assert "Nova Pay" in client.get(reverse("leads:leads"), {"q": "ana"}).content.decode()
    assert client.get(reverse("leads:lead", args=[handoff.lead_id])).status_code == 200


MATRIX = {
    "leads:queue": {"sam", "lena", "mara", "ada", "otto"},
    "leads:leads": {"sam", "lena", "mara", "ada", "otto"},
    "leads:add": {"sam", "lena", "mara", "ada", "otto"},
    "leads:notifications": {"sam", "lena", "mara", "ada", "otto"},
    "leads:misses": {"sam", "lena", "mara", "ada", "otto"},
    "reviews:sla": {"sam", "lena", "mara", "ada", "otto"},
    "reviews:sla-late": {"sam", "lena", "mara", "ada", "otto"},
    "reviews:causes": {"sam", "lena", "mara", "ada", "otto"},
    "reviews:coverage": {"sam", "lena", "mara", "ada", "otto"},
    "leads:returned": {"sam", "lena", "mara", "ada", "otto"},
    "leads:approval": {"mara", "ada"},
    "leads:quarantine": {"mara", "ada"},
    "leads:imports": {"mara", "ada"},
    "leads:tracks": {"lena", "mara", "ada"},
    "leads:track-none": {"lena", "mara", "ada"},
    "leads:track-add": {"mara", "ada"},
    "leads:opportunities": {"sam", "lena", "mara", "ada", "otto"},
    "leads:opportunities-csv": {"sam", "lena", "mara", "ada", "otto"},
    "reviews:lift": {"lena", "mara", "ada"},
    "reviews:quarter": {"lena", "mara", "ada"},
    "reviews:winloss": {"lena", "mara", "ada"},
    "reviews:winloss-csv": {"lena", "mara", "ada"},
    "leads:campaigns": {"sam", "lena", "mara", "ada", "otto"},
    "leads:offers-add": {"mara", "ada"},
    "leads:briefs": {"sam", "lena", "mara", "ada", "otto"},
    "leads:texts": {"sam", "lena", "mara", "ada", "otto"},
    "leads:undescribed": {"lena", "mara", "ada"},
    "leads:misfits": {"lena", "mara", "ada"},
    "leads:webhooks": {"ada"},
    "leads:webhook-add": {"ada"},
    "leads:unsent": {"ada"},
    "playbook": {"sam", "lena", "mara", "ada", "otto"},
    "preferences": {"sam", "lena", "mara", "ada", "otto"},
    "leads:teams": {"sam", "lena", "mara", "ada", "otto"},
    "leads:previews": {"mara", "ada"},
    "leads:messages": {"sam", "lena", "mara", "ada", "otto"},
    "leads:time-off": {"sam", "lena", "mara", "ada", "otto"},
    "calendars": {"sam", "lena", "mara", "ada", "otto"},
}


@pytest.mark.parametrize("who", ["sam", "lena", "mara", "ada", "otto"])
@pytest.mark.parametrize("name", list(MATRIX))
def test_role_by_page(client, who, name):
    make.agreement_in_force()
    client.force_login(getattr(make, who)())
    expected = 200 if who in MATRIX[name] else 404
    assert client.get(reverse(name)).status_code == expected


def test_a_message_of_another_person_stays_unread(client):
    letter = make.MessageFactory()
    client.force_login(make.otto())
    client.post(reverse("leads:notifications-read"), {"message": str(letter.pk)})
    letter.refresh_from_db()
    assert letter.seen_at is None


def test_a_person_changes_only_their_own_settings(client):
    sam = make.sam()
    client.force_login(sam)
    values = {"name": "Sam O", "timezone": "Europe/Berlin", "theme": "dark", "is_superuser": "on"}
    assert client.post(reverse("preferences"), values).status_code == 302
    sam.refresh_from_db()
    assert (sam.name, sam.timezone, sam.theme, sam.shortcuts) == (
        "Sam O",
        "Europe/Berlin",
        "dark",
        False,
    )
    assert not sam.is_superuser
    bad = client.post(
        reverse("preferences"), {"name": "S", "timezone": "Mars/Base", "theme": "dark"}
    )
    assert bad.status_code == 200 and "Mars/Base" in bad.content.decode()


@pytest.mark.parametrize(
    "to", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""]
)
def test_the_theme_switch_goes_back_home_and_nowhere_else(client, to):
    client.force_login(make.sam())
    answer = client.post(reverse("theme"), {"theme": "dark", "next": to})
    assert answer.status_code == 302 and answer["Location"] == reverse("home")


def test_home_is_where_the_work_is(client):
    make.sdr_na()
    client.force_login(make.sam())
    assert client.get(reverse("home"))["Location"] == reverse("leads:queue")
    client.force_login(make.UserFactory(reviewer=True))
    assert client.get(reverse("home"))["Location"] == reverse("leads:leads")


def test_no_page_runs_inline_script_or_style(client):
    make.agreement_in_force()
    handoff = make.HandoffFactory()
    client.force_login(make.ada())
    drawn = [name for name in MATRIX if not name.endswith("-csv")]
    pages = [reverse(name) for name in drawn] + [reverse("leads:lead", args=[handoff.lead_id])]
    for address in pages:
        html = client.get(address).content.decode()
        assert " style=" not in html and "<style" not in html and " onclick=" not in html, address
        assert html.count("<script") == html.count("<script src="), address

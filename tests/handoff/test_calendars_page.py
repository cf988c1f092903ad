"""The calendars: hours, holidays by name, closures; edited in the settings by who may."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from tests import factories as make
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    calendar = make.CalendarFactory(holidays="US", closed=[dt.date(2026, 12, 24)])
    make.sdr_na()

    def read(person):
        client.force_login(person)
        with time_machine.travel(MONDAY, tick=False):
            return client.get(reverse("calendar", args=[calendar.key]))

    return read


def test_holidays_of_this_year_and_the_next_are_named(page):
    answer = page(make.sam())
    years = dict(answer.context["holidays"])
    assert list(years) == [2026, 2027]
    names = {one.name: one for one in years[2026]}
    assert names["Columbus Day"].date == dt.date(2026, 10, 12)
    assert not names["Independence Day"].counts
    assert answer.context["closures"] == [(dt.date(2026, 12, 24), False)]
    assert dict(answer.context["hours"])["Monday"] == ["09:00–12:30", "13:30–17:30"]


def test_it_says_whether_it_is_open(page):
    assert page(make.sam()).context["says"] == "Closed, opens Tue 09:00"


def test_only_who_may_edit_it_finds_the_way(page):
    for person, may in ((make.sam(), False), (make.lena(), False), (make.mara(), True)):
        assert ("admin/handoff/calendar" in page(person).content.decode()) is may


def test_the_list_names_the_teams_and_an_unknown_one_is_not_there(page, client):
    page(make.sam())
    assert "us-east" in client.get(reverse("calendars")).content.decode()
    assert client.get(reverse("calendar", args=["none"])).status_code == 404

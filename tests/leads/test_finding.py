"""A search takes bounded time: the newest are looked at, then the index is asked for so many."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from leads import finding
from leads.models import Lead
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def small(monkeypatch):
    """Limits of a house of a handful of leads."""
    monkeypatch.setattr(finding, "NEWEST", 3)
    monkeypatch.setattr(finding, "HANDED", 6)
    monkeypatch.setattr(finding, "NUMBERS", 1)
    monkeypatch.setattr(finding, "MOST", 3)
    monkeypatch.setattr(finding, "PER_PAGE", 1)


def seen(days, **columns):
    at = timezone.now() - dt.timedelta(days=days)
    return make.LeadFactory(last_seen_at=at, company="", phone="", **columns)


def anas(*days):
    return [seen(n, first_name="Ana", last_name=f"Ek{n}", email=f"x{n}@e.com") for n in days]


def bos(*days):
    return [seen(n, first_name="Bo", last_name=f"Ng{n}", email=f"y{n}@e.com") for n in days]


def find(text, person=None):
    rows = Lead.objects.all()
    found = finding.newest(
        rows if person is None else rows.visible_to(person),
        text,
        person=person and person.pk,
    )
    return set(found.rows), found.more


def test_in_a_small_house_everybody_is_looked_at():
    ana, old = anas(0, 400)
    bos(1, 2)
    assert find("ana") == ({ana, old}, False) and find("zoe") == (set(), False)


def test_nothing_to_look_for_is_everybody(small):
    anas(0, 1, 2, 3, 4)
    rows, more = find("")
    assert len(rows) == 5 and not more


def test_what_half_of_all_have_is_shown_by_its_newest(small):
    newest = anas(0, 1)
    anas(5, 6, 7)
    bos(2)
    assert find("ana") == (set(newest), True)


def test_what_few_have_is_found_however_old(small):
    old = anas(50)
    bos(0, 1, 2, 3)
    assert find("ana ek") == (set(old), False)


def test_what_the_index_has_too_many_of_is_told_to_be_more(small):
    bos(0, 1, 2)
    older = anas(5, 6, 7, 8)
    rows, more = find("ana")
    assert more and len(rows) == 3 and rows <= set(older)


def test_more_than_are_shown_of_the_newest_are_told_to_be_more(small, monkeypatch):
    monkeypatch.setattr(finding, "NEWEST", 100)
    newest = anas(0, 1, 2)
    anas(5, 6)
    assert find("ana") == (set(newest), True)


def test_a_number_is_found_however_old(small):
    old = anas(50)[0]
    old.phone = "+1 212 555 0199"
    old.save()
    bos(0, 1, 2)
    assert find("555 0199") == ({old}, False)


def test_the_few_of_the_newest_stay_among_what_the_index_gives(small):
    new = anas(0)
    bos(1, 2, 3)
    old = anas(9)
    assert find("ana")[0] == {*new, *old}


def test_a_rep_with_few_leads_has_all_of_them_looked_at(small):
    sam = make.sam()
    mine = anas(300)[0]
    make.HandoffFactory(lead=mine, owner=sam)
    anas(0, 1, 2, 3)
    assert find("ana", sam) == ({mine}, False)


def test_a_rep_of_a_large_team_is_shown_the_newest_and_no_leads_of_others(small):
    sam = make.sam()
    make.sdr_na()
    ours = anas(1, 2, 3, 4)
    for lead in ours:
        make.HandoffFactory(lead=lead, owner=make.ines())
    anas(0)
    rows, more = find("ana", sam)
    assert more and rows <= set(ours) and len(rows) == 3


def test_the_page_asks_for_another_letter(client, small):
    client.force_login(make.mara())
    anas(0, 1, 2, 3)
    text = client.get(reverse("leads:leads"), {"q": "an"}).content.decode()
    assert "These are the newest that “an” finds; there may be others." in text
    page = client.get(reverse("leads:leads"), {"q": "an", "country": "XX"})
    assert "finds too many to look through all of them" in page.content.decode()

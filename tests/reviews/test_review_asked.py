"""What a meeting asks for stands in its third item: what revealed leads failed, and which
rejections rose beyond chance."""

import pytest
from django.urls import reverse

from reviews.measures.intervals import share
from reviews.meetings.shares import row
from reviews.models import Item
from reviews.voting import asked, revealing
from reviews.voting.clauses import named
from tests import factories as make
from tests.reviews.voting import MINUTE, at_item_three, erase, lead, some_of_each, vote

SIZE = "fit.size"
RULE = "rule.hand_raiser.0"


@pytest.fixture
def meeting(db):
    some_of_each()
    return at_item_three()


def reveal(sampled):
    at = sampled.meeting.starts_at + 3 * MINUTE
    return revealing.reveal(sampled.pk, actor=make.mara(), at=at)


def kept(meeting, **parts):
    meeting.items.filter(item=Item.TRENDS).update(figures=parts)


def moved(label, before, now, **more):
    return row(label, share(now, 100), share(before, 100)) | more


def test_clauses_stand_by_how_many_revealed_leads_failed_them(meeting):
    first, second, hidden = (lead(meeting, place) for place in (1, 2, 3))
    for one, person, clause in (
        (first, make.sam(), SIZE),
        (first, make.mara(), RULE),
        (second, make.sam(), SIZE),
        (hidden, make.sam(), RULE),
    ):
        vote(one, person, "no", clause=clause)
    assert asked.by_votes(meeting) == []
    for one in (first, second):
        reveal(one)
    version = first.handoff.version_id
    assert asked.by_votes(meeting) == [
        asked.Failed(named(version, SIZE), leads=2, votes=2),
        asked.Failed(named(version, RULE), leads=1, votes=1),
    ]


def test_what_an_erased_lead_failed_is_told_no_more(meeting):
    one = lead(meeting)
    vote(one, make.sam(), "no", clause=SIZE)
    reveal(one)
    erase(one)
    assert asked.by_votes(meeting) == []


def test_only_rejections_that_rose_beyond_chance_are_asked_for(meeting):
    rows = [moved("Little more", 10, 12), moved("Fewer", 60, 10), moved("More", 10, 40)]
    sources = [moved("Webinar", 10, 80, key="webinar")]
    kept(
        meeting,
        reasons=rows,
        sources=sources,
        alerts=[{"says": "Source webinar: 40%", "path": "/"}],
    )
    found = asked.asked_of(meeting)
    assert [(one.key, one.row["label"]) for one in found.risen] == [
        ("source", "Webinar"),
        ("reason", "More"),
    ]
    assert [one["says"] for one in found.alerts] == ["Source webinar: 40%"]


def test_the_screen_leads_from_there_to_a_draft_for_who_may_edit(client, meeting):
    kept(meeting, reasons=[moved("No clear problem", 10, 60)])
    page = reverse("reviews:screen", args=[meeting.number])
    client.force_login(make.mara())
    html = client.get(page).content.decode()
    draft = reverse("reviews:draft-from-trend", args=[meeting.number])
    assert "Rejected as “No clear problem”" in html
    assert f'href="{draft}?reason=No%20clear%20problem"' in html
    client.force_login(make.sam())
    html = client.get(page).content.decode()
    assert "Rejected as “No clear problem”" in html and draft not in html


def test_nothing_to_ask_for_says_what_will_stand_there(client, meeting):
    kept(meeting)
    client.force_login(make.mara())
    html = client.get(reverse("reviews:screen", args=[meeting.number])).content.decode()
    assert "What leads failed stands here once they are revealed" in html

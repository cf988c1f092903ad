"""The room's screen on a projector of 1920 by 1080: nothing lies below the fold at any stage, with
nobody and with many, with much to tell and with nothing."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from reviews.alerting import ruling, watching
from reviews.meetings import noting, performance, planning, running
from reviews.meetings.noting import Asked
from reviews.models import Item, Meeting
from reviews.voting import drawing, revealing
from tests import factories as make
from tests.browser.test_own import sign_in
from tests.reviews.meeting import seats, series
from tests.reviews.test_effects import handed
from tests.reviews.voting import ANSWERS, DAY, vote
from tests.reviews.voting import handed as sampled_ones

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

FITS = """() => [...document.querySelectorAll("html, .board")].filter(
  (one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1
).map((one) => `${one.className || one.tagName}: ${one.scrollHeight} > ${one.clientHeight}`)"""
LONG = "Ask for the size of the company and the tools in use on every form, also on the short ones"
NAMES = ("Konstantina Papadopoulou", "Maximilian Brandt", "Yuki Sato", "Paulo Siqueira")
SIDES = ("operations", "sales", "marketing")


def meeting_of(people):
    """Begun by Mara just now; `people` take part besides those who always do."""
    at = timezone.now()
    more = {make.UserFactory(name=f"{NAMES[n % 4]} {n}").pk: SIDES[n % 3] for n in range(people)}
    made = planning.keep_series(
        series(first_on=at.date()), seats() | more, actor=make.mara(), at=at
    )
    Meeting.objects.filter(pk=made.pk).update(starts_at=at, since=at - 14 * DAY, until=at)
    return Meeting.objects.get(pk=made.pk)


def told(meeting, *, at):
    """Eight long actions are open, and nine leads are in its sample, the first one revealed with
    what everybody says."""
    for number in range(8):
        asked = Asked(f"{LONG} {number}", make.sam(), at.date() + 9 * DAY)
        noting.ask_for(meeting.pk, asked, actor=make.mara(), at=at)
    drawing.draw_for(meeting.pk, at=at)
    first = meeting.sample.standing().first()
    for person in meeting.participants.select_related("user"):
        says = {"clause": "fit.size", "comment": LONG * 2, "at": at}
        vote(
            first,
            person.user,
            "no" if person.pk % 2 else "cannot_tell",
            **(says if person.pk % 2 else {"at": at, "comment": LONG}),
        )
    return first


def much(live, at):
    """Hand-overs before and since, answered in ways that moved, of which alerts were told; nine
    that are drawn."""
    handed(live, at - 3 * DAY, accepted=40, rejected=45)
    handed(live, at - 17 * DAY, accepted=80, rejected=3)
    for answer in ANSWERS:
        for one in sampled_ones(3, answer=answer, note=LONG * 2, judgement__problem=LONG * 2):
            type(one).objects.filter(pk=one.pk).update(made_at=at - DAY)
    week = {"threshold": 25, "days": 7, "dimensions": ["source", "fit"]}
    ruling.keep_rule(**week, actor=make.mara(), at=at)
    assert watching.watch(at=at - dt.timedelta(minutes=1)) >= 3
    for number in range(3):
        make.DefinitionVersionFactory(summary=f"{LONG} {number}")


@pytest.fixture
def mara():
    make.agreement_in_force()
    person = make.mara()
    person.set_password("correct horse")
    person.save()
    return person


@pytest.fixture
def fits(page):
    """Looks at the screen as it stands, in both themes."""
    page.set_viewport_size({"width": 1920, "height": 1080})

    def look(stage):
        for theme in ("dark", "light"):
            page.emulate_media(color_scheme=theme)
            expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
            assert page.evaluate(FITS) == [], (stage, theme)

    return look


def stages(page, meeting, first, fits, *, at):
    """Through the whole meeting, looking at each stage."""
    number = 0
    for item, title in ((1, "Both halves"), (2, "How sales"), (3, "What should change")):
        running.go_to(meeting.pk, item, seen=number, actor=make.mara(), at=at)
        number = item
        expect(page.get_by_role("heading", level=1)).to_contain_text(title)
        fits(title)
    if first is None:
        return
    revealing.show(first.pk, actor=make.mara())
    Meeting.objects.filter(pk=meeting.pk).bump()
    expect(page.get_by_text("Did it meet the definition?")).to_be_visible()
    fits("voting")
    revealing.reveal(first.pk, actor=make.mara(), at=at)
    expect(page.get_by_text("What does the room agree on?")).to_be_visible()
    fits("reveal")


def everything_missed(meeting):
    """Item 1 has as many rows as are ever kept of it, each with a long name."""
    shown = meeting.items.get(item=Item.SLA)
    share = {"count": 18, "n": 1041, "value": 0.017, "low": 0.01, "high": 0.03, "enough": True}
    least = {"dimension": "Source", "label": "Content syndication", "half": "Marketing"}
    wait = {"label": "Handed over to assigned", "kind": "waiting", "part": 0.3, "n": 1041}
    took = {
        "median": 100_920,
        "ninth": 180_000,
        "said": "24 min shorter than before, may be chance",
    }
    shown.figures |= {
        "worst": [{**least, "share": share}] * performance.WORST,
        "seams": [{**wait, **took}] * performance.SEAMS,
        "causes": [{"label": "Coverage gap", "sales": 240, "marketing": 390}] * performance.CAUSES,
        "missed": 3150,
    }
    shown.save()


@pytest.mark.parametrize("people", [0, 12])
def test_no_stage_scrolls_with_much_to_tell(page, live_server, mara, fits, people):
    at = timezone.now()
    much(make.live_version(), at)
    meeting = meeting_of(people)
    running.begin(meeting.pk, actor=mara, at=at)
    everything_missed(meeting)
    first = told(meeting, at=at)
    sign_in(page, live_server.url, "mara")
    page.goto(f"{live_server.url}/reviews/{meeting.number}/screen/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("open from last time")
    expect(page.get_by_role("heading", name="Told since last time")).to_be_visible()
    fits("opening")
    stages(page, meeting, first, fits, at=at)


def test_no_stage_scrolls_with_nothing_to_tell(page, live_server, mara, fits):
    meeting = meeting_of(2)
    sign_in(page, live_server.url, "mara")
    page.goto(f"{live_server.url}/reviews/{meeting.number}/screen/")
    expect(page.get_by_role("button", name="Begin")).to_be_visible()
    fits("planned")
    page.get_by_role("button", name="Begin").click()
    expect(page.get_by_text("You are presenting.")).to_be_visible()
    expect(page.get_by_role("list", name="Who is there")).to_have_count(1)
    fits("opening")
    at = timezone.now() + dt.timedelta(seconds=1)
    stages(page, meeting, None, fits, at=at)
    running.end(meeting.pk, actor=mara, at=at)
    expect(page.get_by_role("link", name="Minutes")).to_be_visible()
    fits("over")
    expect(page.get_by_text("What was shown, decided and taken on")).to_be_visible()
    expect(page.get_by_role("list", name="Who is there")).to_have_count(0)
    assert Meeting.objects.get().item == Item.CHANGES

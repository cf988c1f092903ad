"""Five people vote blind, each on their own device; Mara reveals, and the room decides."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from handoff.models import DefinitionVersion
from reviews.meetings import planning, running
from reviews.models import Item, Line, Meeting, Vote
from reviews.voting import drawing
from tests import factories as make
from tests.browser.keys import key
from tests.reviews.meeting import devon, seats, series
from tests.reviews.voting import DAY, some_of_each

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def meeting(live_server):
    """Begun by Mara just now, at its third item; nine leads of Otto's are in its sample."""
    make.agreement_in_force()
    at = timezone.now()
    for one in some_of_each():
        type(one).objects.filter(pk=one.pk).update(made_at=at - DAY)
    for person in (make.mara(), make.sam(), make.ines(), make.lena(), devon()):
        person.set_password("correct horse")
        person.save()
    planned = planning.keep_series(series(first_on=at.date()), seats(), actor=make.mara(), at=at)
    Meeting.objects.filter(pk=planned.pk).update(starts_at=at)
    running.begin(planned.pk, actor=make.mara(), at=at)
    drawing.draw_for(planned.pk, at=at)
    return running.go_to(planned.pk, Item.CHANGES, seen=0, actor=make.mara(), at=at)


def sign_in(page, person, address):
    page.goto(address)
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill("correct horse")
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def arrive(new_context, live_server):
    """Somebody signs in on a phone of their own, at a path."""

    def come(person, path):
        page = new_context().new_page()
        page.set_viewport_size({"width": 390, "height": 844})
        sign_in(page, person, f"{live_server.url}{path}")
        return page

    return come


def heading(page, text):
    expect(page.get_by_role("heading", name=text)).to_be_visible()


def test_five_people_vote_blind_and_the_room_decides(
    page, live_server, arrive, meeting, complaints, check
):
    ballot = f"/reviews/{meeting.number}/vote/"
    screen = page
    screen.set_viewport_size({"width": 1920, "height": 1080})
    sign_in(screen, make.mara(), f"{live_server.url}/reviews/{meeting.number}/screen/")
    screen.get_by_role("button", name="Look at lead 1").click()
    expect(screen.locator("#voting")).to_contain_text("0 of 5 have voted")

    phones = {who: arrive(who, ballot) for who in (make.sam(), make.ines(), devon())}
    for phone in phones.values():
        expect(phone.get_by_text("Lead 1 of 9")).to_be_visible()
    sam, ines, dev = phones.values()
    sam.get_by_role("button", name="It did not").click()
    with sam.expect_response(lambda one: one.request.method == "POST"):
        sam.get_by_label("Size").check()
    expect(sam.locator("#kept")).to_contain_text("with the clause")
    ines.get_by_role("button", name="It met it").click()
    expect(ines.get_by_text("Lead 2 of 9")).to_be_visible()
    ines.get_by_role("link", name="Lead 1").first.click()
    ines.get_by_role("button", name="It did not").click()
    expect(ines.locator("#kept")).to_contain_text("it did not")
    dev.get_by_role("button", name="It met it").click()
    expect(dev.get_by_text("Lead 2 of 9")).to_be_visible()
    expect(screen.locator("#voting")).to_contain_text("3 of 5 have voted")
    check()
    for viewer in (screen, sam, ines, dev):
        seen = viewer.content()
        assert "Otto rejected" not in seen and "Did not meet" not in seen
        assert "ball-no" not in seen and "Drawn by lot among" not in seen

    late = arrive(make.lena(), ballot)
    expect(late.get_by_text("Lead 1 of 9")).to_be_visible()
    key(late, "n")
    expect(late.get_by_text("Which clause failed?")).to_be_visible()
    expect(screen.locator("#voting")).to_contain_text("4 of 5 have voted")

    key(screen, " ")
    heading(screen, "Did not meet, 3 to 1")
    expect(screen.locator("#reveal")).to_contain_text("Sales names “Size”")
    sam.get_by_role("button", name="Keep and go on").click()
    expect(sam.get_by_text("revealed before your vote arrived")).to_be_visible()
    assert Vote.objects.filter(sampled__place=1).count() == 4

    check()
    screen.get_by_role("button", name="Did not meet it").click()
    expect(screen.locator("#reveal")).to_contain_text("Agreed: did not meet it")
    key(screen, "c")
    expect(screen.get_by_text("It is kept in a draft")).to_be_visible()
    key(screen, "d")
    expect(screen.get_by_text("A draft is begun from this lead")).to_be_visible()
    key(screen, "ArrowRight")
    expect(screen.locator("#voting")).to_contain_text("Lead 2 of 9")

    kept = Line.objects.standing().filter(meeting=meeting).values_list("kind", flat=True)
    assert list(kept) == ["verdict", "example", "draft"]
    first = DefinitionVersion.objects.drafts().order_by("number").first()
    assert first is not None and first.examples.get().kind == "counterexample"
    screen.goto(screen.url.replace("screen/", "minutes/"))
    expect(screen.get_by_text("Lead 1: it did not meet the definition")).to_be_visible()
    expect(screen.get_by_text("is kept as a counterexample")).to_be_visible()
    assert Meeting.objects.get().is_running

    screen.set_viewport_size({"width": 390, "height": 844})
    screen.goto(f"{live_server.url}{ballot}")
    expect(screen.get_by_text("Lead 2 of 9")).to_be_visible()
    key(screen, "n")
    expect(screen.get_by_text("Which clause failed?")).to_be_visible()
    check()
    screen.goto(f"{live_server.url}/reviews/agreement/")
    heading(screen, "Do both teams read the definition alike?")
    check()

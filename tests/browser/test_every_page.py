"""Every page of the URLconf, by who may see it: axe-core finds nothing, light or dark, wide or on a
phone, and no page scrolls sideways at 390."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from handoff.models import User
from tests import factories as make
from tests import things

from .conftest import AXE, OF_COLOURS, RUN_AXE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LOOKS = {"light": None, "dark": OF_COLOURS}
PARTS = {"ada": 6, "sam": 3}
"""The pages are looked at in so many tests, so that each takes its minute."""


def pages_of(person: User, found: list[str]) -> list[str]:
    """Those addresses that are pages for this person; what is a file, a fragment or sends elsewhere
    is none."""
    client = Client()
    client.force_login(person)
    return [address for address in found if _is_page(client, address)]


def _is_page(client: Client, address: str) -> bool:
    answer = client.get(address)
    is_html = "text/html" in answer.get("Content-Type", "") and not answer.streaming
    return answer.status_code == 200 and is_html and b"<html" in answer.content


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport=WIDE, color_scheme="light", reduced_motion="reduce")
    yield made
    made.close()


def look(page: Page, address: str) -> list[str]:
    """What is wrong with a page, in both sizes and looks: every rule in the one, those of colours
    in the other."""
    found: list[str] = []
    page.set_viewport_size(WIDE)
    page.goto(address)
    page.context.new_cdp_session(page).send("Runtime.evaluate", {"expression": AXE})
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for one, rules in LOOKS.items():
            page.emulate_media(color_scheme=one)
            said = page.evaluate(RUN_AXE, [one, rules])
            found += [f"{address} at {size['width']}, {one}: {text}" for text in said]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append(f"{address} is {wide} wide at {size['width']}")
    return found


@pytest.mark.parametrize(
    ("who", "part"), [(who, part) for who, parts in PARTS.items() for part in range(parts)]
)
def test_every_page_for_axe_and_on_a_phone(live_server, context, who, part) -> None:
    person = getattr(make, who)()
    client = Client()
    client.force_login(person)
    cookie = {"name": settings.SESSION_COOKIE_NAME, "url": live_server.url}
    context.add_cookies([{**cookie, "value": client.cookies[cookie["name"]].value}])
    every = [address for _, found in things.every_address(things.made()) for address in found]
    pages = pages_of(person, every[part :: PARTS[who]])
    assert len(pages) > 20
    page = context.new_page()
    found = [one for address in pages for one in look(page, live_server.url + address)]
    assert not found, "\n".join(found)

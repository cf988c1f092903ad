"""A rep's day: queue, lead, accept, reject and next lead, as slow as one in twenty is; how much a
page weighs on its way, and how soon a browser paints it."""

import gc
import itertools
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import Group
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, sync_playwright

from handoff.models import User
from leads.models import Handoff, Lead, Touchpoint

from . import house
from .reps import as_rep, busiest
from .table import Figure, ms

VISITS, ANSWERS, SPARE = 160, 80, 5
PASSES = 4
SLOWEST = 0.060
FOUND = 0.100
SEARCHES = {
    "a letter": "a",
    "a name in two parts": "feld mar",
    "an email’s beginning": "lead12@b",
    "a company’s beginning": "benc",
    "a number’s end": "555 0199",
    "nobody": "zzzz",
}
HEAVIEST = 150_000
PAINTED = 0.500
OPENED = 9
BEGIN = "allauth.account.auth_backends.AuthenticationBackend"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
)
WEIGHED = """async () => {
  const painted = () => performance.getEntriesByName("first-contentful-paint")[0];
  while (!painted()) await new Promise((soon) => setTimeout(soon, 20));
  const entries = [...performance.getEntriesByType("navigation"),
    ...performance.getEntriesByType("resource")];
  return [entries.reduce((sum, one) => sum + one.transferSize, 0), painted().startTime];
}"""
"""Bytes that came over the wire for the page and all it loaded, of what was cached none; and
milliseconds until the first paint."""


Work = Callable[[], None]


@dataclass(frozen=True)
class Day:
    """How long each page takes, in seconds, the 95th of a hundred, in a house of so many leads."""

    leads: int
    seconds: dict[str, float]


def live(*databases: str) -> list[Day]:
    """Open the two pages as the rep with most to do of each database, one visit to each in turn:
    what else a shared machine does meanwhile slows all of them."""
    with house.doors(*databases) as doors:
        leads, visits = [], []
        for enter in doors:
            enter()
            leads.append(Lead.objects.count())
            visits.append(_visits(enter))
        gc.collect()
        gc.freeze()
        taken = {page: _ninety_fifths(*(of[page] for of in visits)) for page in visits[0]}
    return [Day(n, {page: taken[page][place] for page in taken}) for place, n in enumerate(leads)]


def _visits(enter: Work) -> dict[str, list[Work]]:
    rep = busiest()
    client = _signed_in(rep)
    queue = Handoff.objects.working().filter(owner=rep).by_due()
    addresses = {
        "queue page": [reverse("leads:queue")] * VISITS,
        "lead page": [
            reverse("leads:lead", args=[pk]) for pk in queue.values_list("lead", flat=True)[:VISITS]
        ],
    }
    return {
        page: [_getting(client, one, first=enter) for one in found]
        for page, found in addresses.items()
    }


def measure() -> Iterator[Figure]:
    """The figures of this part, in the house as it is, beside the smaller one."""
    for name in (house.SMALLER, house.DATABASE):
        house.settle(name)
    few, many = live(house.SMALLER, house.DATABASE)
    touchpoints = f"{many.leads:,} leads, {Touchpoint.objects.count():,} touchpoints"
    for name, seconds in many.seconds.items():
        yield _in_time(f"{name} p95, {touchpoints}", seconds)
        ratio = seconds / few.seconds[name]
        yield Figure(
            f"  beside {few.leads:,} leads",
            ms(few.seconds[name]),
            ratio=f"{ratio:.2f}",
            target="at most 1.2 times",
            ok=ratio <= 1.2,
        )
    for name, works in _searches():
        seconds = _ninety_fifth(works)
        yield Figure(f"{name} p95", ms(seconds), target="under 100 ms", ok=seconds < FOUND)
    yield from _opened()
    for name, works in _answers():
        yield _in_time(f"{name} p95", _ninety_fifth(works))


def _in_time(name: str, seconds: float) -> Figure:
    return Figure(name, ms(seconds), target="under 60 ms", ok=seconds < SLOWEST)


def _getting(client: Client, address: str, *, first: Work = lambda: None) -> Work:
    def work() -> None:
        first()
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    return work


def _posting(client: Client, address: str, form: dict[str, str]) -> Work:
    def work() -> None:
        answer = client.post(address, form)
        if answer.status_code != 302:
            raise RuntimeError(f"{address}: {answer.status_code}")

    return work


def _ninety_fifth(works: list[Work]) -> float:
    return _ninety_fifths(works)[0]


def _ninety_fifths(*lists: list[Work]) -> list[float]:
    """Of each list, whose works take turns with those of the others, in its calmest pass: a shared
    machine has slow seconds."""
    _of_pass(*(works[:SPARE] for works in lists))
    rest = [works[SPARE:] for works in lists]
    passes = [_of_pass(*(works[start::PASSES] for works in rest)) for start in range(PASSES)]
    return [min(taken) for taken in zip(*passes, strict=True)]


def _of_pass(*lists: list[Work]) -> list[float]:
    taken: list[list[float]] = [[] for _ in lists]
    for works in zip(*lists, strict=False):
        for seconds, work in zip(taken, works, strict=True):
            started = time.perf_counter()
            work()
            seconds.append(time.perf_counter() - started)
    return [statistics.quantiles(seconds, n=20)[18] for seconds in taken]


def _searches() -> Iterator[tuple[str, list[Work]]]:
    """Looking for somebody among all leads, by the rep with most to do and by who sees all."""
    rep = busiest()
    manager = User.objects.exclude(pk=rep.pk).order_by("pk")[0]
    manager.groups.add(Group.objects.get(name="sales_manager"))
    for who, client in (("a rep", _signed_in(rep)), ("a manager", _signed_in(manager))):
        for what, text in SEARCHES.items():
            address = f"{reverse('leads:leads')}?{urlencode({'q': text})}"
            yield f"search by {who}, {what}", [_getting(client, address)] * (VISITS // 2)


def _answers() -> Iterator[tuple[str, list[Work]]]:
    """Accepting and rejecting by the rep with most to do, and claiming from the fullest queue."""
    rep = busiest()
    client = _signed_in(rep)
    waiting = Handoff.objects.working().waiting().filter(owner=rep).by_due()
    ids = iter(list(waiting.values_list("pk", flat=True)[: 2 * ANSWERS]))
    forms = {
        "accept": {"how": Handoff.How.OUTREACH_STARTED.value},
        "reject": {"reject-reason": "out_of_segment"},
    }
    for name, form in forms.items():
        some = list(itertools.islice(ids, ANSWERS))
        addresses = [reverse(f"leads:{name}", args=[pk]) for pk in some]
        yield name, [_posting(client, one, form) for one in addresses]
        done = Handoff.objects.filter(pk__in=some).waiting().count()
        if done:
            raise RuntimeError(f"{done} of {len(some)} were not taken: {name}")
    taker = _claimer()
    before = Handoff.objects.filter(owner=taker).count()
    claim = _posting(_signed_in(taker), reverse("leads:next"), {})
    yield "next lead", [claim] * ANSWERS
    claimed = Handoff.objects.filter(owner=taker).count() - before
    if not claimed:
        raise RuntimeError("Nothing was claimed.")


def _claimer() -> User:
    """A member of the team in whose queue most wait."""
    rows = Handoff.objects.working().waiting().unowned().exclude(team=None).order_by()
    most = rows.values("team").annotate(count=Count("pk")).order_by("-count", "team")[0]
    member = User.objects.filter(memberships__team=most["team"], memberships__active=True)
    return as_rep(member.order_by("pk")[0])


def _signed_in(user: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(user, backend=BEGIN)
    return client


def _opened() -> Iterator[Figure]:
    """Both pages in a real browser, from loopback, once its cache is warm."""
    chromium = shutil.which("chromium")
    if chromium is None:
        yield Figure("first paint", "no Chromium here", target="under 500 ms")
        return
    rep = busiest()
    client = _signed_in(rep)
    lead = Handoff.objects.working().filter(owner=rep).by_due().values_list("lead", flat=True)[0]
    addresses = {
        "queue page": reverse("leads:queue"),
        "lead page": reverse("leads:lead", args=[lead]),
    }
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with house.web() as (host, port), sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
        page = _page(browser, f"http://{host}:{port}", client)
        for name, address in addresses.items():
            weight, painted = _look(page, f"http://{host}:{port}{address}")
            yield Figure(
                f"{name} over the wire, compressed",
                f"{weight / 1000:,.1f} kB",
                target="under 150 kB",
                ok=weight < HEAVIEST,
            )
            yield Figure("  first paint", ms(painted), target="under 500 ms", ok=painted < PAINTED)
        browser.close()


def _page(browser: Browser, base: str, client: Client) -> Page:
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}
    context.add_cookies([cookie])  # type: ignore[list-item]
    return context.new_page()


def _look(page: Page, address: str) -> tuple[float, float]:
    """Bytes over the wire and seconds to the first paint, the middle of some visits after the
    first."""
    page.goto(address, wait_until="load")
    weights, paints = [], []
    for _ in range(OPENED):
        page.goto("about:blank")
        page.goto(address, wait_until="load")
        weight, painted = page.evaluate(WEIGHED)
        weights.append(weight)
        paints.append(painted / 1000)
    return statistics.median(weights), statistics.median(paints)

"""A real browser, with every page checked by axe-core and for violations of the CSP."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

AXE = (Path(__file__).parent / "axe.min.js").read_text()
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
OF_COLOURS = ["color-contrast", "link-in-text-block"]
"""The rules that a page's other look may break; the rest are about what stands there."""
RUN_AXE = """async ([look, rules]) => {
  const root = document.documentElement, frame = () => new Promise(requestAnimationFrame);
  const shown = () => root.dataset.theme !== "auto" || root.dataset.bsTheme === look;
  for (let frames = 0; frames < 300 && !shown(); frames++) await frame();
  if (!shown()) return [`it does not turn ${look}`];
  await frame();
  const ending = document.getAnimations().filter(
    (one) => one.effect.getComputedTiming().iterations !== Infinity);
  const second = new Promise((done) => setTimeout(done, 1000));
  await Promise.race([second, Promise.allSettled(ending.map((one) => one.finished))]);
  const only = rules ? { runOnly: rules } : {};
  const found = await axe.run(
    document, { resultTypes: ["violations"], preload: false, ...only });
  return found.violations.flatMap((rule) => rule.nodes.map(
    (node) => `${rule.id} at ${node.target.join(" ")}: ${node.failureSummary}`));
}"""
LOOKS = ("dark", "light")

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
expect.set_options(timeout=20_000)
"""A busy machine takes its time; what never comes still fails."""


def pytest_collection_modifyitems(items):
    """Without a Chromium these say so and step aside; `.ci/run` installs one."""
    if shutil.which("chromium"):
        return
    for item in items:
        if Path(item.fspath).parent == Path(__file__).parent:
            item.add_marker(pytest.mark.skip(reason="needs Chromium: apt-get install chromium"))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": FLAGS}


@pytest.fixture
def look(request):
    """In which a page is opened: light, unless a test says otherwise. `check` sees both."""
    return getattr(request, "param", "light")


@pytest.fixture
def browser_context_args(browser_context_args, look):
    return {
        **browser_context_args,
        "color_scheme": look,
        "viewport": {"width": 1440, "height": 900},
    }


@pytest.fixture
def complaints(page):
    """What the browser complained about: errors of scripts, violations of the CSP, lost files."""
    said: list[str] = []
    page.on("console", lambda m: said.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("response", lambda r: said.append(f"{r.status} {r.url}") if r.status >= 500 else None)
    yield said
    assert not said


@pytest.fixture
def check(page, look) -> Callable[[], None]:
    """Fails when axe-core finds anything on the page as it stands, light or dark, or it scrolls
    sideways. Leaves it in the look it had."""

    def run() -> None:
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": AXE})
        for one, rules in zip(sorted(LOOKS, key=look.__eq__), (OF_COLOURS, None), strict=True):
            page.emulate_media(color_scheme=one)
            assert page.evaluate(RUN_AXE, [one, rules]) == [], f"{page.url}, {one}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

    return run

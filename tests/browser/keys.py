"""Keys are pressed once the page is there to hear them."""

from playwright.sync_api import Page


def key(page: Page, *keys: str) -> None:
    """Press keys one after the other, the scripts of the page having run."""
    page.wait_for_load_state("domcontentloaded")
    for one in keys:
        page.keyboard.press(one)

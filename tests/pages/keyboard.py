"""A hand that has only a keyboard."""

import pytest
from playwright.sync_api import Page

ACTIVE = """() => {
    const active = document.activeElement;
    return (active.ariaLabel || active.labels?.[0]?.innerText || active.innerText || "").trim();
}"""


def tab_to(page: Page, words: str, exactly: bool = False) -> None:
    """Press Tab until the hand is at what has these words, or begins with them."""
    for _time in range(150):
        page.keyboard.press("Tab")
        found = page.evaluate(ACTIVE)
        if found == words or (found.startswith(words) and not exactly):
            return
    pytest.fail(f"no Tab leads to “{words}”")


def press(page: Page, words: str, exactly: bool = False) -> None:
    tab_to(page, words, exactly)
    page.keyboard.press("Enter")

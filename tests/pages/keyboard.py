"""A hand that has only a keyboard."""

import pytest
from playwright.sync_api import Page

ACTIVE = """() => {
    const active = document.activeElement;
    return (active.ariaLabel || active.labels?.[0]?.innerText || active.innerText || "").trim();
}"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the hand is at what has these words."""
    for _time in range(150):
        page.keyboard.press("Tab")
        if page.evaluate(ACTIVE).startswith(words):
            return
    pytest.fail(f"no Tab leads to “{words}”")


def press(page: Page, words: str) -> None:
    tab_to(page, words)
    page.keyboard.press("Enter")

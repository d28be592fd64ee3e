"""People who open pages, over one portfolio."""

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import a_portfolio

WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => refused.push(event.violatedDirective));
"""


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def visit(portfolio):
    """`visit("manager", "/accounts/")`: the answer to that person."""
    signed_in: dict[str, Client] = {}

    def answer(who: str, path: str, **query):
        if who not in signed_in:
            signed_in[who] = Client()
            signed_in[who].force_login(portfolio.user(who))
        return signed_in[who].get(path, query or None)

    return answer


@pytest.fixture
def in_browser(portfolio, live_server, page):
    """`in_browser("lead", "/effort/")`: the page, opened by somebody signed in; scripts may not fail."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.add_init_script(WATCH)

    def opened(role: str, address: str):
        client = Client()
        client.force_login(portfolio.user(role))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        page.goto(live_server.url + address)
        return page

    yield opened
    assert errors == []

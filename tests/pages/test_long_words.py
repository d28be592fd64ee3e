"""Texts without a blank, as links and as people under way type them: no page gets wider for one."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from relationships import asking
from relationships.core.survey import QUESTIONS
from relationships.findings import By, find, state
from relationships.models import ExitBarrier, Forecast, Touchpoint
from tests.factories import a_portfolio
from tests.relationships.test_stages import meet

pytestmark = pytest.mark.django_db(transaction=True)
LONG, NAME = "W" * 5_000, "N" * 200
ANSWERS = {"standing": "buying", **{question.code: "2" for question in QUESTIONS}, "score_trust": "7"}
PAGES = [
    "/accounts/N1/",
    "/accounts/N1/relationship/",
    "/accounts/N1/contacts/",
    "/accounts/N1/scoring/",
    "/accounts/N1/activity/",
    "/voice/",
    "/notices/",
]


@pytest.fixture
def site(live_server, transactional_db, context):
    portfolio = a_portfolio()
    account, user, now = portfolio.accounts["N1"], portfolio.user("manager"), timezone.now()
    meet(portfolio, "N1")
    row, _secret = asking.invite(account, asking.Guest(NAME), user, now)
    assert asking.answer(row, ANSWERS | {"comment": LONG}, now)
    asking.tell_asker(row)
    by = By(user, timezone.localdate())
    find(account, "commitment", True, by, LONG, "")
    state(account, "disintegrating", by, LONG)
    ExitBarrier.objects.create(account=account, side="ours", text=NAME, cost=1, noted_by=user, noted_on=by.day)
    Forecast.objects.create(
        account=account, relationship_strength=5, horizon_on="2099-01-01", reason=LONG, stated_by=user, stated_on=by.day
    )
    Touchpoint.objects.create(account=account, kind="call", held_on=by.day, subject=NAME, note=LONG, logged_by=user)
    client = Client()
    client.force_login(user)
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_server.url}])
    return live_server.url


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen_for_a_long_word(site, page: Page, width):
    page.set_viewport_size({"width": width, "height": 900})
    found = {}
    for path in PAGES:
        assert page.goto(site + path).status == 200, path
        found[path] = page.evaluate("document.documentElement.scrollWidth")

    assert found == dict.fromkeys(PAGES, width)

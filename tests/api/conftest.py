"""Clients of each kind, over one portfolio."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken
from accounts.rest.scopes import SCOPES
from tests.factories import a_portfolio


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Calls are counted in the tests of throttling only."""
    cache.clear()
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": None, "anon": None})


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def api(portfolio):
    """`api("manager")` is a client signed in as that user."""

    def client(role: str | None = None) -> APIClient:
        signed_in = APIClient()
        if role:
            signed_in.force_login(portfolio.user(role))
        return signed_in

    return client


@pytest.fixture
def with_token(portfolio):
    """`with_token("manager", "scores:read")` is a client with a token of these scopes; all, if none is named."""

    def client(role: str, *scopes: str) -> APIClient:
        _row, token = ApiToken.objects.create(portfolio.user(role), scopes=list(scopes or SCOPES))
        bearing = APIClient()
        bearing.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return bearing

    return client

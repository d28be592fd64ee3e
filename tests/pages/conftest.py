"""People who open pages, over one portfolio."""

import pytest
from django.test import Client

from tests.factories import a_portfolio


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

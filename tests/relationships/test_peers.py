"""The median of peers is that of their values as they are shown, whichever columns are read for it."""

from collections import defaultdict
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from profitability.models import Result
from relationships.models import Position
from relationships.plans import measures, peers
from tests.factories import a_portfolio


@pytest.fixture
def portfolio(db):
    """Everybody in one segment; figures that leave remainders."""
    found = a_portfolio()
    Account.objects.update(segment="same")
    for number, row in enumerate(Result.objects.filter(run=found.run, is_active=True).order_by("pk"), 1):
        row.discount_amount, row.return_amount, row.orders, row.products = number, number * 3, number + 2, number * 7
        row.share_of_wallet, row.growth = None if number % 3 else 0.123457 * number, 0.01 * number
        row.save()
    return found


def one_by_one(user, run, account) -> dict:
    """Every value of every peer as the pages show it, and their median."""
    others = Account.objects.visible_to(user).filter(segment=account.segment).exclude(pk=account.pk)
    active = Result.objects.in_run(run).filter(account__in=others, is_active=True)
    listed = defaultdict(list)
    for values in measures.values(list(active.values_list("account", flat=True)), run, user).values():
        for code, value in values.items():
            listed[code].append(value)
    return {code: measures.rounded(code, median(found)) for code, found in listed.items() if len(found) >= 5}


@pytest.mark.parametrize("role", ["manager", "member", "lead", "finance", "executive"])
@pytest.mark.parametrize("on_profit", [False, True])
def test_medians_are_those_of_all_values_one_by_one(portfolio, role, on_profit):
    if on_profit:
        score = {"axis": "relationship", "measure": "contribution"}
        Position.objects.filter(run=portfolio.run, account__code__in=["N2", "N3"]).update(scores=[score])
    user, account = portfolio.user(role), Account.objects.get(code="N1")

    found = peers.medians(user, portfolio.run, account)

    assert found == one_by_one(user, portfolio.run, account)
    assert "net_revenue" in found


def test_only_what_is_asked_for_is_read_and_in_one_question(portfolio):
    user, account = portfolio.user("executive"), Account.objects.get(code="N1")
    Account.objects.visible_to(user)

    with CaptureQueriesContext(connection) as asked:
        found = peers.medians(user, portfolio.run, account, ["net_revenue"])

    assert list(found) == ["net_revenue"]
    assert len(asked) == 1
    assert "contribution" not in asked[0]["sql"]

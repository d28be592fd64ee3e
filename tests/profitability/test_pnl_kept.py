"""Sums that a worker keeps by segment and country: to the cent what the months of the accounts sum to."""

import pytest
from django.core.cache import cache

from accounts.models import Account, Import
from kam_portal import statements, tasks
from kam_portal.views.pnl import few_groups, groups_of
from profitability.core.cost_model import PHASES
from profitability.pnl import kept
from profitability.pnl.groups import Grouping, named_groups
from profitability.pnl.sources import Source, sources_of
from tests.factories import a_portfolio
from tests.ledger import imported
from tests.profitability import test_pnl as base

january, analyst = base.january, base.analyst
PERIODS = [{"period": "quarter"}, {"period": "month", "at": "2026-01"}, {"period": "month", "at": "2026-02"}]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def prepared(january):
    for run in january.values():
        tasks.prepare_groups(run.pk)
    return january["both months"]


def in_order(rows: list[dict]) -> list[dict]:
    return sorted(rows, key=lambda row: row["key"])


def grouping(run, user, by: str, query: dict, profit: bool = True, accounts=None) -> Grouping:
    found = base.asked(run, **query)
    return Grouping(run, user, by, accounts, found.months, found.sources, profit)


@pytest.mark.parametrize("by", kept.KEPT)
@pytest.mark.parametrize("query", PERIODS)
@pytest.mark.parametrize("profit", [True, False])
def test_kept_groups_are_those_of_the_accounts(prepared, analyst, by, query, profit):
    asked = grouping(prepared, analyst, by, query, profit)

    found = kept.kept_groups(asked)

    assert in_order(found) == in_order(named_groups(asked))
    assert found and all((f"sum_{phase}" in row) == profit for row in found for phase in PHASES)


def test_the_period_before_may_come_from_other_runs(prepared, analyst, january):
    sources = sources_of(prepared, (202511, 202512))
    assert sources == (Source(january["both"], (202511, 202512)),)
    asked = Grouping(prepared, analyst, "segment", None, (202601, 202602), sources, True)

    assert in_order(kept.kept_groups(asked)) == in_order(named_groups(asked))


@pytest.mark.parametrize("profit", [True, False])
def test_kept_months_are_those_of_the_accounts(prepared, analyst, profit):
    found = base.asked(prepared, period="quarter")

    quick = statements.shown(found, analyst, None, profit, is_everything=True)

    assert kept.kept_months(prepared, found.months, profit) is not None
    plain = statements.shown(found, analyst, None, profit)
    assert quick.total == plain.total
    assert not profit or quick.total.closes


def test_without_a_file_the_months_are_summed(january, analyst):
    asked = grouping(january["now"], analyst, "segment", {"period": "month"})

    assert kept.kept_groups(asked) is None
    assert in_order(groups_of(asked)) == in_order(named_groups(asked))


def test_another_customer_master_makes_the_file_useless(prepared, analyst, tmp_path):
    asked = grouping(prepared, analyst, "segment", {"period": "month"})
    assert kept.kept_groups(asked) is not None

    imported(tmp_path / "moved", accounts="code name segment\nB Beta large\n")

    assert Import.objects.filter(kind="accounts").count() == 2
    assert kept.kept_groups(asked) is None
    assert "large" in {row["key"] for row in groups_of(asked)}


def test_only_readers_of_all_accounts_are_told_kept_sums(db):
    portfolio = a_portfolio()
    tasks.prepare_groups(portfolio.run.pk)
    asked = Grouping(portfolio.run, portfolio.user("manager"), "segment", None, (202601, 202602), (), True)

    rows = groups_of(asked)

    assert sum(row["sum_net_revenue"] for row in rows) == 792_000
    filtered = Grouping(
        portfolio.run, portfolio.user("finance"), "segment", Account.objects.filter(code="N1"), (202601,), (), True
    )
    assert [row["sum_net_revenue"] for row in groups_of(filtered)] == [200_000]


@pytest.mark.parametrize("order", [(202511, 202512), (202512, 202511)])
def test_the_period_before_is_that_of_the_reader_whoever_looked_first(january, analyst, order):
    run = january["both"]  # both months before are in the same run
    cache.clear()

    for month in order:
        asked = Grouping(run, analyst, "segment", None, (202512,), (Source(run, (month,)),), True)
        assert in_order(few_groups(asked)) == in_order(named_groups(asked)), month

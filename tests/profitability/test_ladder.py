from decimal import Decimal

import pytest

from profitability.ladder import MEASURES, Rung, concentrated, ladder, measures_for, movers
from profitability.models import Ranking
from tests.factories import a_portfolio

REVENUE = MEASURES["revenue"]


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def rung(code: str, rank: int, previous: int | None, abc_class: str = "A") -> Rung:
    return Rung(rank, code, code, 100, abc_class, rank, previous, None, None)


def test_who_sees_company_figures_gets_company_places(portfolio):
    rungs = ladder(portfolio.run, REVENUE, portfolio.user("finance"))

    assert [rung.code for rung in rungs[:3]] == ["S1", "N1", "N2"]
    assert [rung.rank for rung in rungs] == list(range(1, 12))
    assert rungs[0].share == Decimal("0.378072")  # 600,000 of 1,587,000
    assert rungs[-1].cumulative == 1


def test_others_get_places_among_the_accounts_they_see(portfolio):
    rungs = ladder(portfolio.run, REVENUE, portfolio.user("manager"))

    assert [(rung.code, rung.rank) for rung in rungs[:2]] == [("N1", 1), ("N2", 2)]
    assert rungs[0].share == Decimal("0.505051")  # 400,000 of the 792,000 of the team
    assert rungs[-1].cumulative == 1


def test_places_in_the_run_before_are_among_the_same_accounts(portfolio):
    # in the company N1 came from 11th to 2nd place: among its team, from last to first
    Ranking.objects.filter(run=portfolio.run, measure="revenue", code="N1").update(previous_rank=11)

    first = ladder(portfolio.run, REVENUE, portfolio.user("manager"))[0]

    assert (first.code, first.previous, first.climbed, first.fallen) == ("N1", 6, 5, -5)


def test_figures_of_unseen_accounts_change_nothing(portfolio):
    before = ladder(portfolio.run, REVENUE, portfolio.user("manager"))

    Ranking.objects.filter(run=portfolio.run, code__startswith="S").update(value=1, rank=99, share=0)

    assert ladder(portfolio.run, REVENUE, portfolio.user("manager")) == before


def test_a_selection_keeps_its_ranks_and_shares_its_own_sum(portfolio):
    among = {portfolio.accounts[code].pk for code in ("N1", "S2")}

    rungs = ladder(portfolio.run, REVENUE, portfolio.user("finance"), among)

    assert [(rung.code, rung.rank) for rung in rungs] == [("N1", 2), ("S2", 5)]
    assert [rung.share for rung in rungs] == [Decimal("0.816327"), Decimal("0.183673")]


def test_a_loss_adds_nothing_to_the_cumulative_share(portfolio):
    rungs = ladder(portfolio.run, MEASURES["contribution"], portfolio.user("manager"))

    assert [rung.code for rung in rungs if rung.value < 0] == ["N6", "N3"]
    assert {rung.cumulative for rung in rungs if rung.value <= 0} == {Decimal(1)}


def test_shares_of_wallet_are_not_added_up(portfolio):
    rungs = ladder(portfolio.run, MEASURES["share_of_wallet"], portfolio.user("finance"))

    assert {(rung.share, rung.cumulative) for rung in rungs} == {(None, None)}


def test_below_the_gross_margin_only_for_those_who_may(portfolio):
    members = [measure.code for measure in measures_for(portfolio.user("member"))]

    assert "contribution" not in members
    assert "contribution" in [measure.code for measure in measures_for(portfolio.user("manager"))]


def test_a_family_counts_as_one_customer(portfolio):
    rungs = ladder(portfolio.run, REVENUE, portfolio.user("finance"))

    figures = concentrated(rungs, portfolio.user("finance"), by_family=True)

    # N2 belongs to N1; N4 and S2 to S1
    assert (figures.n, figures.total) == (8, 158_700_000)
    assert float(figures.top1_share) == pytest.approx(770 / 1587)


def test_a_parent_one_does_not_see_joins_nobody(portfolio):
    rungs = ladder(portfolio.run, REVENUE, portfolio.user("manager"))

    figures = concentrated(rungs, portfolio.user("manager"), by_family=True)

    assert figures.n == 5  # only N2 joins N1; the parent of N4 is of another team


def test_movers_are_those_that_count():
    rungs = [rung("a", 1, 3), rung("b", 2, 2), rung("c", 3, 1, "B"), rung("d", 4, 900, "C"), rung("e", 5, 2, "C")]

    climbed, fallen = movers(rungs, 5)

    assert [rung.code for rung in climbed] == ["a"]  # d climbed far down, where it says nothing
    assert [rung.code for rung in fallen] == ["e", "c"]


def test_without_a_run_before_nobody_moves():
    assert movers([rung("a", 1, None), rung("b", 2, None)], 5) == ([], [])

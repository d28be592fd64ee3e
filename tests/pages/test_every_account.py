"""The page of an account opens whatever the account is: without sales, segment, position or figures of its own."""

from decimal import Decimal

import pytest

from accounts.models import Account
from profitability.models import MonthResult, Result
from relationships.models import Position

ROLES = ("manager", "member", "lead", "finance", "executive")
PEERS = ("N1", "N2", "N3", "N4", "N6")


@pytest.fixture
def same_segment(portfolio):
    """N5 with five peers of its segment in the north alone, so that everybody has a median to compare with."""
    Account.objects.filter(code__in=(*PEERS, "N5")).update(segment="other")
    return portfolio


def without_sales(code: str, **changes) -> None:
    zero = {name: Decimal(0) for name in ("list_amount", "net_revenue", "cost_amount", "gross_margin")}
    Result.objects.filter(code=code).update(**zero, contribution=Decimal(-9000), **changes)
    MonthResult.objects.filter(account__code=code).update(**zero, contribution=Decimal(-4500))


@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("who", ROLES)
def test_an_account_without_sales_has_a_page(same_segment, visit, who, is_active):
    without_sales("N5", is_active=is_active)

    page = visit(who, "/accounts/N5/")

    assert page.status_code == 200
    assert page.context["peers"].count >= 5
    assert ("no net revenue, so no share" in page.content.decode()) == (who != "member")


def test_more_returns_than_sales_are_no_share_either(same_segment, visit):
    Result.objects.filter(code="N5").update(net_revenue=Decimal(-100))

    assert "net revenue below zero, so no share" in visit("manager", "/accounts/N5/").content.decode()


def no_segment():
    Account.objects.filter(code="N2").update(segment="")


def no_position():
    Position.objects.filter(account__code="N2").delete()


def no_team_nor_manager():
    Account.objects.filter(code="N2").update(team=None, manager=None)


def no_months():
    MonthResult.objects.filter(account__code="N2").delete()


def no_result():
    no_position()
    Result.objects.filter(code="N2").delete()


def a_group_without_sales():
    without_sales("N1")


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize(
    "kind", [no_segment, no_position, no_team_nor_manager, no_months, no_result, a_group_without_sales]
)
def test_every_kind_of_account_has_a_page(portfolio, visit, who, kind):
    kind()
    seen = {"N1", "N2"} if kind != no_team_nor_manager or who in {"finance", "executive"} else {"N1"}

    for code in seen:
        assert visit(who, f"/accounts/{code}/").status_code == 200, code


def test_every_account_of_the_portfolio_has_a_page(portfolio, visit):
    for code in portfolio.accounts:
        assert visit("finance", f"/accounts/{code}/").status_code == 200, code


# Groups: an account with accounts under it


def test_a_group_without_sales_shows_those_under_it(portfolio, visit):
    a_group_without_sales()
    Result.objects.filter(code="N1").update(is_active=False, cost_to_serve=0, contribution=0)

    page = visit("manager", "/accounts/N1/")

    assert (page.context["result"].net_revenue, page.context["result"].contribution) == (150_000, 50_000)  # of N2
    assert [row.code for row in page.context["members"]] == ["N2", "N1"]
    assert "with the one account under it that you see" in page.content.decode()
    assert visit("manager", "/accounts/N1/?scope=own").context["result"].net_revenue == 0


def test_a_parent_with_sales_shows_them_and_with_a_switch_all(portfolio, visit):
    alone, together = visit("manager", "/accounts/N1/"), visit("manager", "/accounts/N1/?scope=family")

    assert (alone.context["result"].net_revenue, together.context["result"].net_revenue) == (400_000, 550_000)
    assert "?scope=family" in alone.content.decode() and "?scope=own" in together.content.decode()
    assert "figure=net_revenue" in together.content.decode().split('id="members"')[1]
    assert sum(row["cost"] for row in together.context["groups"]) == together.context["result"].cost_to_serve == 50_000


def test_a_family_is_that_of_the_accounts_one_sees(portfolio, visit):
    of_north, of_all = visit("stranger", "/accounts/S1/?scope=family"), visit("finance", "/accounts/S1/?scope=family")

    assert of_north.context["result"].net_revenue == 690_000  # S1 and S2; N4 is of the other team
    assert of_all.context["result"].net_revenue == 770_000
    assert "Account N4" not in of_north.content.decode()


def test_a_family_shows_a_member_no_profit(portfolio, visit):
    page = visit("member", "/accounts/N1/?scope=family").content.decode()

    assert "550,000.00" in page
    assert "130,000.00" not in page and "figure=contribution" not in page


def test_a_family_has_the_figures_of_the_statement(portfolio, visit):
    page, statement = visit("finance", "/accounts/S1/?scope=family"), visit("finance", "/accounts/S1/pnl/")

    total = statement.context["statement"].total
    assert {
        name: getattr(page.context["result"], name) for name in ("net_revenue", "gross_margin", "contribution")
    } == {name: total[name] for name in ("net_revenue", "gross_margin", "contribution")}

"""The median of peers is that of their values as they are shown, whichever columns are read for it."""

from collections import defaultdict
from statistics import median

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, User
from kam_portal.templatetags.kam import share
from profitability.models import Result
from relationships.models import Objective, Plan, Position
from relationships.plans import begin, measures, peers
from relationships.plans.page import said
from tests.factories import a_portfolio
from tests.relationships.plans_made import TODAY, a_plan


@pytest.fixture
def portfolio(db):
    """Everybody in one segment; figures that leave remainders."""
    found = a_portfolio()
    Account.objects.update(segment="same", parent=None)
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


def values_of(found: dict) -> dict:
    return {code: typical.value for code, typical in found.items()}


@pytest.mark.parametrize("role", ["manager", "member", "lead", "finance", "executive"])
@pytest.mark.parametrize("on_profit", [False, True])
def test_medians_are_those_of_all_values_one_by_one(portfolio, role, on_profit):
    if on_profit:
        score = {"axis": "relationship", "measure": "contribution"}
        Position.objects.filter(run=portfolio.run, account__code__in=["N2", "N3"]).update(scores=[score])
    user, account = portfolio.user(role), Account.objects.get(code="N1")

    found = values_of(peers.medians(user, portfolio.run, account))

    assert found == one_by_one(user, portfolio.run, account)
    assert "net_revenue" in found


def test_only_what_is_asked_for_is_read_and_in_one_question(portfolio):
    user, account = portfolio.user("executive"), Account.objects.get(code="N1")
    Account.objects.visible_to(user)

    with CaptureQueriesContext(connection) as asked:
        found = peers.medians(user, portfolio.run, account, ["net_revenue"])

    assert list(found) == ["net_revenue"]
    [figures] = [each["sql"] for each in asked if "profitability_result" in each["sql"]]  # beside the account's family
    assert "net_revenue" in figures and "contribution" not in figures


def pages_for(portfolio, role: str) -> tuple:
    """What the overview, the statement and the plan of N3 compare it with, and the plan's words."""
    client = Client()
    client.force_login(portfolio.user(role))
    overview, statement, plan = (client.get(f"/accounts/N3/{path}") for path in ("", "pnl/", "plan/"))
    typical = plan.context["glance"].peers["cost_to_serve_share"]
    return overview.context["peers"], statement.context["peers"], typical, plan.content.decode()


@pytest.mark.parametrize(
    ("role", "count", "whose"),
    [
        ("manager", 5, "median of the 5 other accounts of the segment that you see: "),
        ("lead", 5, "median of the 5 other accounts of the segment that you see: "),
        ("executive", 10, "median of the 10 other accounts of the segment: "),
    ],
)
def test_all_pages_of_an_account_compare_it_with_the_same_peers_and_say_whose(portfolio, role, count, whose):
    a_plan(portfolio, "N3").objectives.update(measure="cost_to_serve_share")

    overview, statement, typical, words = pages_for(portfolio, role)

    assert overview.count == overview.share_count == statement.count == typical.count == count
    assert share(overview.cost_to_serve_share) == share(statement.quartiles["cost_to_serve"][1]) == share(typical.value)
    of_objective = said(Objective.objects.first(), typical.value)
    assert [words.count(f"{whose}{text}") for text in (share(typical.value), of_objective)] == [1, 2]


def test_a_lead_who_was_granted_company_figures_has_the_peers_of_the_company(portfolio):
    a_plan(portfolio, "N3")
    User.objects.filter(pk=portfolio.user("lead").pk).update(sees_company_figures=True)

    overview, statement, typical, _words = pages_for(portfolio, "lead")

    assert (overview.count, statement.count, typical.count) == (10, 10, 10)
    assert overview.is_company and statement.is_company and typical.is_company


def test_accounts_under_an_account_are_no_peers_of_it(portfolio):
    Account.objects.filter(code="N2").update(parent=Account.objects.get(code="N1"))
    executive = portfolio.user("executive")

    alone, family = (peers.medians(executive, portfolio.run, Account.objects.get(code=code)) for code in ("N3", "N1"))

    assert (alone["net_revenue"].count, family["net_revenue"].count) == (10, 9)


def test_a_plan_begins_without_a_benchmark_that_only_its_author_could_see(portfolio):
    account = Account.objects.get(code="N3")

    begin.begin(portfolio.user("manager"), account, "grow", TODAY, portfolio.run)

    assert Plan.objects.get(account=account).objectives.count() == 4
    assert not Objective.objects.exclude(benchmark=None).exists()
    assert not Objective.objects.exclude(benchmark_source="").exists()

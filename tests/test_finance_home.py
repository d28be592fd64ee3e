"""The first page of finance: what a first run needs, and figures that agree with every other page."""

import re
from decimal import Decimal

import pytest
from django.utils.html import strip_tags

from accounts.models import User
from kam_portal.recompute import recompute
from kam_portal.views.home import company_figures, company_result
from profitability.models import CostModel, Result, Run
from tests.factories import MODEL
from tests.ledger import imported

LINES = """
    order_id line_no ordered_on  account_code quantity unit_price cost_amount
    1        1       2026-01-10  A            1        1000.10    600
    2        1       2026-01-20  -            1        0.10       22.02
"""
COSTS = """
    pool_code month   amount practical_minutes
    service   2026-01 100.07 500
    sales     2026-01 10.01  -
    board     2026-01 33.33  -
"""


@pytest.fixture
def finance(client, transactional_db):
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))
    return client


def shown(client) -> str:
    return re.sub(r"\s+", " ", strip_tags(client.get("/").content.decode()))


def test_contribution_is_that_of_all_accounts_and_lines_without_one_are_a_step_of_their_own(finance, tmp_path):
    imported(tmp_path, accounts="code name\nA Alpha", order_lines=LINES, resource_costs=COSTS, cost_model=MODEL)

    run = recompute()

    assert run.state == Run.State.PUBLISHED, run.message
    accounts = sum(Result.objects.in_run(run).of_accounts().values_list("contribution", flat=True))
    nobodys = Result.objects.in_run(run).get(account=None).contribution
    assert nobodys < 0
    assert company_figures(run)["contribution"]["value"] == accounts
    assert isinstance(company_figures(run)["contribution"]["value"], Decimal)
    cells = [row["cells"][0].replace("−", "-").replace(",", "") for row in company_result(run)]
    assert (Decimal(cells[0]), Decimal(cells[1])) == (accounts, nobodys)
    assert sum(Decimal(cell) for cell in cells[:-1]) == Decimal(cells[-1])
    assert "Order lines without an account" in shown(finance)


def test_each_amount_of_its_tables_leads_to_what_is_behind_it(finance, tmp_path):
    imported(tmp_path, accounts="code name\nA Alpha", order_lines=LINES, resource_costs=COSTS, cost_model=MODEL)
    run = recompute()

    page = finance.get("/").content.decode()

    assert f'href="/cost-lines/service/?stage=unused&amp;run={run.pk}"' in page
    for row in company_result(run)[:-1]:
        assert f'href="{row["url"]}"' in page and finance.get(row["url"]).status_code == 200
    assert "2 / 1" in finance.get(f"/no-account/?run={run.pk}").content.decode()


def test_day_one_lists_what_a_run_needs_and_what_is_next(finance, tmp_path):
    assert "Import the customer master." in shown(finance)

    imported(tmp_path / "a", accounts="code name\nA Alpha", cost_model=MODEL)
    text = shown(finance)
    assert "1 account" in text
    assert "standard v1 is ready" in text
    assert re.search(r"Order lines next ?Import what was sold", text)

    imported(tmp_path / "b", order_lines=LINES, resource_costs=COSTS.replace("500", "-"))
    text = shown(finance)
    assert "2 order lines, Jan 2026" in text
    assert "Practical minutes are missing in 1 monthly cost of" in text


def test_imports_are_named_in_words(finance, tmp_path):
    imported(tmp_path, resource_costs=COSTS)

    assert "Resource costs" in shown(finance)
    assert "resource_costs " not in shown(finance)


def test_the_recompute_panel_says_which_model_it_will_use_and_which_waits(finance, tmp_path):
    assert "No cost model is ready" in finance.get("/runs/").content.decode()

    imported(tmp_path, cost_model=MODEL)
    CostModel.objects.create(code="standard", version=2, document=MODEL | {"version": 2})
    CostModel.objects.choose(CostModel.objects.get(version=1))

    text = re.sub(r"\s+", " ", strip_tags(finance.get("/runs/").content.decode()))
    assert "It will use the cost model standard v1." in text
    assert "standard v2 is ready, but not chosen yet." in text

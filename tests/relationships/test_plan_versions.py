"""What a version says, who may read what of it, and what differs between two."""

from decimal import Decimal

import pytest

from profitability.models import Result
from relationships.models import Need, Objective, Plan, Risk
from relationships.plans.differences import differences, moved, since_approval
from relationships.plans.versions import document, readable
from relationships.views.plan_versions import sections_of
from tests.factories import a_portfolio
from tests.relationships.plans_made import TODAY, a_plan, approved, submitted


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


def cells(found, section: str, name: str) -> dict[str, str]:
    entries = next(each["entries"] for each in found["sections"] if each["code"] == section)
    return {cell["field"]: cell["text"] for entry in entries if entry["name"] == name for cell in entry["cells"]}


def test_a_version_reads_without_the_database(portfolio, plan):
    found = submitted(portfolio, plan).document

    assert found["account"] == {
        "code": "N1", "name": "Account N1", "team": "North", "manager": "Manager", "sponsor": "",
    }  # fmt: skip
    assert found["run"]["id"] == portfolio.run.pk
    assert {cell["field"]: cell["text"] for cell in found["figures"]}["contribution"] == "80,000.00 USD"
    said = cells(found, "objectives", "More contribution")
    assert (said["measure"], said["baseline"], said["target"]) == ("Contribution", "80,000.00 USD", "125,000.00 USD")
    assert (said["now"], said["progress"]) == ("80,000.00 USD", "Behind")
    assert cells(found, "investments", "An engineer")["expected_profit"] == "9,000.50 USD"


def test_a_version_stays_as_it_is_whatever_becomes_of_the_plan(portfolio, plan):
    before = submitted(portfolio, plan).document

    Objective.objects.filter(plan=plan).delete()
    Plan.objects.update(purpose="Something else")

    assert plan.versions.get().document == before


def test_money_below_gross_margin_is_for_those_who_may_see_it(portfolio, plan):
    found = submitted(portfolio, plan).document

    shown = readable(found, portfolio.user("member"), plan.account)

    figures = {cell["field"] for cell in shown["figures"]}
    assert "gross_margin" in figures
    assert not figures & {"contribution", "contribution_margin", "cost_to_serve", "cost_to_serve_share"}
    assert not {"baseline", "target", "now", "progress"} & cells(shown, "objectives", "More contribution").keys()
    assert cells(shown, "objectives", "Open all shops")["target"] == "5"
    assert cells(shown, "investments", "An engineer") == {"kind": "Other"}
    assert "80,000" not in str(shown) and "9,000.50" not in str(shown)


def test_figures_of_an_account_are_for_those_who_see_the_account(portfolio, plan):
    outsider = portfolio.user("stranger")
    plan.people.add(outsider)
    Objective.objects.filter(measure="contribution").update(measure="net_revenue", baseline=Decimal(390_000))
    found = document(plan, portfolio.run, TODAY)

    shown = readable(found, outsider, plan.account)

    assert shown["figures"] == []
    assert cells(shown, "objectives", "More contribution").keys() & {"baseline", "now", "progress"} == set()
    assert cells(shown, "objectives", "More contribution")["target"] == "125,000.00 USD"


def test_differences_are_sentences(portfolio, plan):
    before = document(plan, portfolio.run, TODAY)
    Objective.objects.filter(measure="contribution").update(target=150_000)
    Need.objects.create(plan=plan, text="Credit", place=2)
    Risk.objects.all().delete()
    Plan.objects.update(purpose="Grow apart")

    after = document(Plan.objects.get(), portfolio.run, TODAY)

    assert [str(each) for each in differences(before, after)] == [
        "Purpose: Purpose Grow together → Grow apart",
        "Objectives, “More contribution”: Target 125,000.00 USD → 150,000.00 USD",
        "Needs: added: “Credit”",
        "Risks: removed: “A chain buys it”",
    ]


def test_both_ways_round_the_differences_are_as_many(portfolio, plan):
    before = document(plan, portfolio.run, TODAY)
    Need.objects.create(plan=plan, text="Credit", place=2)
    after = document(plan, portfolio.run, TODAY)

    assert differences(before, before) == []
    assert [each.sentence for each in differences(after, before)] == ["removed: “Credit”"]


def test_what_runs_say_is_no_change_of_the_plan(portfolio, plan):
    before = document(plan, portfolio.earlier, TODAY)
    after = document(plan, portfolio.run, TODAY)

    assert differences(before, after) == []
    assert moved(before, before) == []


def test_differences_do_not_tell_a_reader_what_he_may_not_see(portfolio, plan):
    version = approved(portfolio, plan)
    Objective.objects.filter(measure="contribution").update(target=150_000)
    plan = Plan.objects.get()

    in_force, told = since_approval(plan, portfolio.user("manager"), portfolio.run, TODAY)
    assert (in_force, len(told)) == (version, 1)
    assert since_approval(plan, portfolio.user("member"), portfolio.run, TODAY)[1] == []


def test_of_a_run_without_an_order_no_sales_are_told_instead_of_zeros(portfolio, plan):
    result = Result.objects.in_run(portfolio.earlier).filter(account=plan.account)
    result.update(orders=0, order_lines=0, products=0, net_revenue=0, gross_margin=0, cost_to_serve=5, contribution=-5)
    then, now = (document(plan, run, TODAY) for run in (portfolio.earlier, portfolio.run))

    shown = readable(then, portfolio.user("manager"), plan.account)

    said = {cell["field"]: cell["text"] for cell in shown["figures"]}
    assert said["orders"] == "none in this run’s window"
    assert (said["cost_to_serve"], said["contribution"]) == ("5.00 USD", "−5.00 USD")
    assert not said.keys() & {"net_revenue", "gross_margin", "growth", "share_of_wallet", "breadth"}
    assert ("Net revenue", "", "400,000.00 USD") in moved(shown, readable(now, portfolio.user("manager"), plan.account))


def test_an_account_without_any_activity_is_told_as_one_without_orders(portfolio, plan):
    Result.objects.in_run(portfolio.run).filter(account=plan.account).update(is_active=False)

    shown = readable(document(plan, portfolio.run, TODAY), portfolio.user("manager"), plan.account)

    assert {cell["field"]: cell["text"] for cell in shown["figures"]}["orders"] == "none in this run’s window"


def test_the_differences_name_the_run_and_window_of_each_column(portfolio, plan, client):
    submitted(portfolio, plan)
    Result.objects.in_run(portfolio.run).filter(account=plan.account).update(net_revenue=1)
    client.force_login(portfolio.user("manager"))

    text = client.get("/accounts/N1/plan/differences/?from=1&to=today").content.decode()

    assert text.count(f"run {portfolio.run.pk}, {portfolio.run.window_label}") == 2
    assert "400,000.00 USD" in text


def test_lines_of_a_version_stand_in_the_same_columns(portfolio, plan):
    kept = readable(document(plan, portfolio.run, TODAY), portfolio.user("manager"), plan.account)
    found = {part.code: part for part in sections_of(kept)}

    for part in found.values():
        for _group, lines in part.groups:
            assert [[head for head, _text, _figure in line.cells] for line in lines] == [
                [head for head, _figure in part.heads]
            ] * len(lines)
    actions = found["actions"]
    assert actions.is_table and actions.width == 1 + len(actions.heads)
    assert not found["purpose"].is_table and not found["objectives"].is_table  # one line; too many columns
    assert all(text for _group, lines in found["purpose"].groups for line in lines for _head, text, _f in line.cells)

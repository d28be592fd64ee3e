"""Pages that show another run than the published one: its figures, and a line that says so."""

import pytest

from profitability.models import Result, Run
from relationships.models import Position
from tests.markup import page_of, rows_of

ADDRESSES = (
    "/runs/{run}/",
    "/accounts/N1/?run={run}",
    "/accounts/N1/trail/?figure=net_revenue&run={run}",
    "/accounts/N1/activities/visits/?run={run}",
    "/whale/?run={run}",
    "/methods/?run={run}",
    "/capacity/?run={run}",
    "/cost-lines/sales/202601/?run={run}",
)
AMOUNT = "123,456.00"


@pytest.fixture
def another(portfolio) -> Run:
    """The earlier run, in which N1 sold something else."""
    Result.objects.filter(run=portfolio.earlier, code="N1").update(net_revenue=123_456)
    return portfolio.earlier


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_run_line_is_that_of_the_run_shown(portfolio, another, visit, address):
    (line,) = page_of(visit("finance", address.format(run=another.pk))).all("p", **{"class": "run-line"})
    (now,) = page_of(visit("finance", address.format(run=portfolio.run.pk))).all("p", **{"class": "run-line"})

    assert line.text.startswith(f"Run {another.pk}")
    assert f"older run; run {portfolio.run.pk} is published now" in line.text
    assert now.text.startswith(f"Run {portfolio.run.pk}") and "older run" not in now.text


@pytest.mark.parametrize("address", ADDRESSES[1:])
@pytest.mark.parametrize("run", ["999", "nope", "²", "-1"])
def test_a_run_that_nobody_may_read_is_not_found(visit, address, run):
    assert visit("finance", address.format(run=run)).status_code == 404


def test_a_run_that_failed_is_not_found_as_the_run_of_an_account(portfolio, visit):
    failed = Run.objects.create(month_from=202601, month_to=202602, state=Run.State.FAILED)

    assert visit("manager", f"/accounts/N1/?run={failed.pk}").status_code == 404


def test_an_older_account_page_has_the_figures_of_its_run_and_leads_on_in_it(another, visit):
    page = visit("manager", f"/accounts/N1/?run={another.pk}").content.decode()

    assert AMOUNT in page and AMOUNT not in visit("manager", "/accounts/N1/").content.decode()
    trails = [link for link in page.split('"') if link.startswith("/accounts/N1/trail/")]
    assert trails and all(link.endswith(f"run={another.pk}") for link in trails)
    assert f"/accounts/N1/activities/visits/?run={another.pk}" in page


def test_the_history_of_an_account_leads_to_its_page_in_that_run(another, portfolio, visit):
    page = page_of(visit("manager", "/accounts/N1/"))
    links = [link.attributes["href"] for link in page.all("a")]

    assert [row[0] for row in rows_of(page, "Positions in published runs")] == [
        f"Run {portfolio.run.pk}", f"Run {another.pk}",
    ]  # fmt: skip
    assert f"/accounts/N1/?run={another.pk}" in links


def test_the_history_tells_by_which_criteria_why_and_how_much_was_scored(another, portfolio, visit):
    Position.objects.filter(run=another, account__code="N4").update(attractiveness_coverage="0.3")

    then, *_others = reversed(rows_of(page_of(visit("manager", "/accounts/N4/")), "Positions in published runs"))

    told = " ".join(then)
    assert "criteria default v1" in told and "Trust rose by 3.0 (rating)" in told
    assert told.count("30.0 % scored") == 1


def test_a_what_if_on_an_older_run_says_so(portfolio, another, visit):
    from profitability.models import Scenario

    kept = Scenario.objects.create(
        owner=portfolio.user("finance"), run=another, name="Old", accounts={"codes": ["N1"]}, levers={}
    )
    (line,) = page_of(visit("finance", f"/what-if/{kept.pk}/")).all("p", **{"class": "run-line"})

    assert line.text.startswith(f"Run {another.pk}") and "older run" in line.text

"""Two runs of one ledger compared: each change shows up as the effect that it is."""

import csv
import io
from decimal import Decimal

import pytest

from accounts.models import User
from kam_portal.recompute import recompute
from profitability.comparing import compared
from profitability.core.comparison import EFFECTS
from profitability.models import Result, Run
from tests.caching import forget
from tests.factories import a_portfolio
from tests.ledger import imported
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL
from tests.profitability.test_views import MOST_QUERIES, crowd, queries

OF_TWO_RUNS = 2  # queries: months and rates, where other pages read one run


@pytest.fixture
def ledger(tmp_path, transactional_db):
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def run_over(first: int = 202601, last: int = 202602) -> Run:
    run = recompute(first, last)
    assert run.state == Run.State.PUBLISHED, run.message
    return run


def effects_between(before: Run, after: Run) -> dict[str, dict[str, int]]:
    """Effects in cents by account, without zeros. They have to sum to the change of each account."""
    codes = dict(Result.objects.in_run(after).of_accounts().values_list("account_id", "code"))
    found = {codes[account]: effects for account, effects in compared(before, after, None)}
    then, now = (
        dict(Result.objects.in_run(run).of_accounts().values_list("code", "contribution")) for run in (before, after)
    )
    for code, effects in found.items():
        assert Decimal(sum(effects)) / 100 == now[code] - then[code]
    return {
        code: {name: effect for name, effect in zip(EFFECTS, effects, strict=True) if effect}
        for code, effects in found.items()
    }


def names(found: dict[str, dict[str, int]]) -> set[str]:
    return {name for effects in found.values() for name in effects}


def test_the_same_ledger_twice_has_no_effect(ledger):
    assert names(effects_between(run_over(), run_over())) == set()


def test_a_corrected_line_over_the_same_months_is_a_correction(ledger, tmp_path):
    before = run_over()
    imported(
        tmp_path / "late",
        order_lines="order_id line_no ordered_on account_code product_code "
        "quantity net_amount cost_amount freight_amount\n"
        "4 1 2026-02-02 C p3 5 299.9950 20 0.0049\n",
    )

    found = effects_between(before, run_over())

    assert found["C"] == {"corrections": 200_00}
    assert names(found) == {"corrections"}


def test_dearer_resources_are_rates(ledger, tmp_path):
    before = run_over()
    imported(
        tmp_path / "dear",
        resource_costs="pool_code month amount practical_minutes\n"
        "sales 2026-01 900.00 -\nservice 2026-01 1200.00 500\n",
    )

    found = effects_between(before, run_over())

    assert names(found) == {"rates"}
    assert found["A"]["rates"] < 0


def test_a_new_model_is_the_model_and_nothing_else(ledger, tmp_path):
    before = run_over()
    entry, *others = MODEL["activities"]
    slower = entry | {"minutes": {"orders": 16, "order_lines": 2.5}}
    imported(tmp_path / "model", cost_model=MODEL | {"version": 2, "activities": [slower, *others]})
    after = run_over()
    assert after.cost_model.version == 2

    found = effects_between(before, after)

    assert found["C"].keys() == {"model"}
    assert names(found) == {"model"}


def test_an_order_that_came_late_is_a_correction_and_nothing_else(ledger, tmp_path):
    before = run_over()  # a minute of February costs another amount than one of January
    imported(
        tmp_path / "late",
        order_lines="order_id line_no ordered_on account_code product_code "
        "quantity net_amount cost_amount freight_amount\n"
        "9 1 2026-01-20 A p1 1 9.9950 4 0\n",
    )

    found = effects_between(before, run_over())

    assert names(found) == {"corrections"}
    # the margin of 6.00 and 10.5 minutes of January, whose 500 cost 1,210.01
    assert found["A"]["corrections"] == pytest.approx(6_00 - 10.5 * 1_210_01 / 500, abs=1)


def test_another_month_shows_volume_and_usage_but_no_correction(ledger):
    january, february = run_over(202601, 202601), run_over(202602, 202602)

    found = effects_between(january, february)

    assert "corrections" not in names(found)
    assert "model" not in names(found)
    assert {"volume", "usage", "rates"} <= names(found)
    assert found["B"].keys() <= {"volume", "usage", "rates"}  # it bought nothing in February


def test_a_month_in_both_windows_is_no_correction_when_nothing_was_corrected(ledger):
    february, both = run_over(202602, 202602), run_over(202601, 202602)

    assert "corrections" not in names(effects_between(february, both))


def test_swapping_the_runs_turns_the_total(ledger):
    one, other = run_over(202601, 202601), run_over(202601, 202602)

    there, back = effects_between(one, other), effects_between(other, one)

    assert {code: sum(effects.values()) for code, effects in there.items()} == {
        code: -sum(effects.values()) for code, effects in back.items()
    }


# The page


def read(portfolio, client, role: str, address: str = "/runs/compare/", status: int = 200) -> str:
    client.force_login(portfolio.user(role))
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_page_compares_the_published_run_with_the_one_before(portfolio, client):
    page = read(portfolio, client, "finance")

    assert f"Nothing changed from run {portfolio.earlier.pk} to run {portfolio.run.pk}" in page
    assert f'<option value="{portfolio.earlier.pk}" selected>' in page


def test_others_compare_only_the_accounts_they_see(portfolio, client):
    client.force_login(portfolio.user("manager"))

    content = b"".join(client.get("/runs/compare/?format=csv").streaming_content).decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(content)))
    assert {row["Code"] for row in rows} == {"N1", "N2", "N3", "N4", "N5", "N6"}
    assert all(Decimal(row["Change"]) == 0 for row in rows)


def test_a_filter_keeps_its_accounts_and_the_runs(portfolio, client):
    page = read(portfolio, client, "finance", f"/runs/compare/?before={portfolio.run.pk}&segment=growth")

    assert "Account N3" in page
    assert "Account N1" not in page
    assert f"to run {portfolio.run.pk}" in page


def test_a_member_compares_nothing(portfolio, client):
    read(portfolio, client, "member", status=403)
    assert "/runs/compare/" not in read(portfolio, client, "member", "/runs/")


def test_the_runs_lead_to_the_comparison(portfolio, client):
    assert 'href="/runs/compare/"' in read(portfolio, client, "manager", "/runs/")
    one_run = read(portfolio, client, "manager", f"/runs/{portfolio.run.pk}/")
    assert f"?before={portfolio.earlier.pk}&amp;after={portfolio.run.pk}" in one_run


@pytest.mark.parametrize("query", ["before=999999", "after=nonsense", "before=1&after=99"])
def test_a_run_that_is_not_there_is_said_and_not_replaced(portfolio, client, query):
    page = read(portfolio, client, "finance", f"/runs/compare/?{query}")

    assert f"Run {query.rsplit('=')[-1]} is not among those you can compare." in page
    assert "Nothing changed" not in page and "Contribution in" not in page


def test_where_no_account_is_found_the_heading_finds_nothing(portfolio, client):
    page = read(portfolio, client, "finance", "/runs/compare/?q=zzzz")

    assert "Nothing changed" not in page
    assert "No account matches" in page


def test_windows_of_other_lengths_are_warned_of(ledger, client):
    one, two = run_over(202602, 202602), run_over(202601, 202602)
    client.force_login(User.objects.create_user("f@example.com", "Finance", "finance", "pw"))

    page = client.get(f"/runs/compare/?before={one.pk}&after={two.pk}").content.decode()

    assert f"The windows differ in length (run {one.pk}: 1, run {two.pk}: 2 months)" in page
    assert "from 1 to 2 months: not like with like" in page


def test_only_effects_that_some_account_has_take_a_column(ledger, tmp_path, client):
    run_over()
    imported(
        tmp_path / "dear", resource_costs="pool_code month amount practical_minutes\nservice 2026-01 1200.00 500\n"
    )
    run_over()
    client.force_login(User.objects.create_user("f@example.com", "Finance", "finance", "pw"))

    response = client.get("/runs/compare/")

    assert [str(name) for name in response.context["effect_names"]] == ["Rates"]
    assert "no account has any effect of: Data corrections, Volume" in response.content.decode()


def test_a_file_names_both_runs_the_window_and_the_filters(portfolio, client):
    client.force_login(portfolio.user("finance"))

    response = client.get("/runs/compare/?segment=growth&format=csv")

    name = f"runs-{portfolio.earlier.pk}-{portfolio.run.pk}-run-{portfolio.run.pk}-202601-202602-segment-growth"
    assert name in response["Content-Disposition"]
    assert b"Currency" in b"".join(response.streaming_content)


def test_the_number_of_queries_does_not_grow_with_the_accounts(portfolio, client):
    roles, addresses = ("manager", "finance"), ("/runs/compare/", "/runs/compare/?segment=crowd")

    def counts() -> list[int]:
        forget()  # what is kept for readers of all accounts
        return [queries(client, portfolio.user(role), address) for role in roles for address in addresses[:1]]

    before = counts()
    crowd(portfolio, 120)

    assert counts() == before
    assert max(before) <= MOST_QUERIES + OF_TWO_RUNS
    assert queries(client, portfolio.user("finance"), addresses[1]) <= MOST_QUERIES + OF_TWO_RUNS

"""Comparisons that a worker keeps: the same figures as those calculated in the request, for each reader his own."""

import csv
import io
from decimal import Decimal

import numpy as np
import pytest
from django.core.cache import cache

from kam_portal import preparing, tasks
from profitability import comparisons, keeping
from profitability.core.comparison import EFFECTS
from profitability.models import MonthResult, Result, Run
from tests.factories import a_portfolio

READERS = ("manager", "lead", "finance")
FIELDS = ("accounts", "before", "after", "effects")


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def asked(monkeypatch) -> list[tuple]:
    """What workers were asked for."""
    listed: list[tuple] = []
    monkeypatch.setattr(tasks.prepare_comparison, "apply_async", lambda ids, **options: listed.append(ids))
    return listed


@pytest.fixture
def portfolio(db):
    """Every account of the later run has sold more, each by another amount."""
    made = a_portfolio()
    for number, result in enumerate(Result.objects.in_run(made.run).of_accounts().order_by("code")):
        row = MonthResult.objects.get(run=made.run, account=result.account_id, month=202601)
        for each in (row, result):
            more = Decimal(100 * number + 7)
            each.net_revenue += more
            each.list_amount += more
            each.gross_margin += more
            each.contribution += more
            each.save()
    return made


@pytest.fixture
def many(monkeypatch):
    """As if there were too many accounts for a request."""
    monkeypatch.setattr(comparisons, "FEW", 3)


def page(portfolio, client, role: str, query: str = "", status: int = 200):
    client.force_login(portfolio.user(role))
    cache.clear()
    response = client.get(f"/runs/compare/{query}")
    assert response.status_code == status
    return response


def listed(portfolio, client, role: str, query: str = "") -> list[dict[str, str]]:
    response = page(portfolio, client, role, f"?format=csv{query}")
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def changes(rows: list[dict[str, str]]) -> Decimal:
    return sum((Decimal(row["Change"]) for row in rows), Decimal(0))


def test_what_is_kept_is_what_would_be_calculated(portfolio):
    before, after = portfolio.earlier, portfolio.run
    now = comparisons.of_accounts(before, after, None)

    tasks.prepare_comparison(before.pk, after.pk)

    kept = comparisons.kept(before, after)
    assert all(np.array_equal(getattr(kept, name), getattr(now, name)) for name in FIELDS)
    assert (kept.effects.sum(axis=1) == kept.change).all()
    assert kept.effects.shape == (len(kept.accounts), len(EFFECTS))
    assert kept.change.any()
    assert comparisons.kept(after, before) is None


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize("query", ["", "&segment=growth", "&order=-change", "&team=north&q=N"])
def test_a_page_of_kept_figures_is_the_page_of_calculated_ones(portfolio, client, role, query):
    calculated = listed(portfolio, client, role, query)

    comparisons.prepare(portfolio.earlier, portfolio.run)

    assert listed(portfolio, client, role, query) == calculated
    assert all(sum(Decimal(row[name]) for name in list(row)[5:12]) == Decimal(row["Change"]) for row in calculated)


def test_totals_are_those_of_the_accounts_a_reader_sees(portfolio, client):
    comparisons.prepare(portfolio.earlier, portfolio.run)

    seen = {role: listed(portfolio, client, role) for role in READERS}

    assert {row["Code"][0] for row in seen["manager"]} == {"N"}
    assert {row["Code"][0] for row in seen["finance"]} == {"N", "S"}
    for role, rows in seen.items():
        total = page(portfolio, client, role).context["total"]
        assert total.change == sum(total.effects) == changes(rows)
    assert changes(seen["manager"]) != changes(seen["finance"])


def test_pages_follow_each_other_through_all_accounts(portfolio, client, monkeypatch):
    monkeypatch.setattr("kam_portal.views.compare.PAGE", 5)
    comparisons.prepare(portfolio.earlier, portfolio.run)
    codes = [row["Code"] for row in listed(portfolio, client, "finance")]

    pages = [page(portfolio, client, "finance", f"?page={number}").context["rows"] for number in (1, 2, 3)]

    assert [line.code for rows in pages for line, _effects in rows] == codes


def test_very_many_accounts_are_left_to_a_worker(portfolio, client, many, asked):
    ids = (portfolio.earlier.pk, portfolio.run.pk)

    first = page(portfolio, client, "finance")

    assert asked == [ids]
    assert "being compared" in first.content.decode()
    assert 'hx-get="/runs/compare/progress/' in first.content.decode()
    assert page(portfolio, client, "finance", "?format=csv", status=503)["Retry-After"]

    tasks.prepare_comparison(*ids)

    assert client.get(first.context["poll_url"])["HX-Refresh"] == "true"
    assert "being compared" not in page(portfolio, client, "finance").content.decode()


def test_how_far_a_worker_is_stands_on_the_page(portfolio, client, many, asked):
    path = comparisons.path_of(portfolio.earlier, portfolio.run)
    poll_url = page(portfolio, client, "finance").context["poll_url"]

    keeping.tell(path, 6, 12)

    assert "6 of 12 accounts" in client.get(poll_url).content.decode()
    comparisons.prepare(portfolio.earlier, portfolio.run)  # somebody else is at it
    assert not path.exists()


def test_a_worker_that_is_gone_does_not_stop_the_next(portfolio, monkeypatch):
    path = comparisons.path_of(portfolio.earlier, portfolio.run)
    keeping.tell(path, 6, 12)
    monkeypatch.setattr(keeping, "ALIVE_SECONDS", -1)

    comparisons.prepare(portfolio.earlier, portfolio.run)

    assert path.exists()
    assert keeping.progress(path) is None


def test_only_the_last_files_are_kept(portfolio, monkeypatch):
    monkeypatch.setattr(comparisons, "MOST", 1)

    comparisons.prepare(portfolio.run, portfolio.earlier)
    comparisons.prepare(portfolio.earlier, portfolio.run)

    assert comparisons.kept(portfolio.run, portfolio.earlier) is None
    assert comparisons.kept(portfolio.earlier, portfolio.run) is not None


def test_a_published_run_has_its_comparison_prepared(portfolio, monkeypatch, asked):
    monkeypatch.setattr("kam_portal.recompute.perform", lambda run_id: run_id == portfolio.run.pk)

    tasks.calculate(portfolio.earlier.pk)
    assert asked == []

    tasks.calculate(portfolio.run.pk)
    assert asked == [(portfolio.earlier.pk, portfolio.run.pk)]


def test_a_run_stands_even_if_nothing_can_be_prepared(portfolio, monkeypatch):
    def broken(*_ids):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.prepare_comparison, "apply_async", broken)
    preparing.follow_up(portfolio.run.pk)
    preparing.follow_up(999_999_999)

    assert Run.objects.get(pk=portfolio.run.pk).state == Run.State.PUBLISHED

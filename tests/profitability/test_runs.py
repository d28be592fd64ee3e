import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from kam_portal.recompute import perform, recompute, request_nightly, request_run
from profitability import queue
from profitability.models import (
    MonthResult,
    OrderLine,
    PoolBalance,
    Publication,
    Ranking,
    Result,
    Run,
)
from profitability.queries import balance_of, published_run
from relationships.models import Position
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = """
code  name   parent_code  segment
A     Alpha  -            key
B     Beta   A            key
C     Gamma  -            small
D     Delta  -            small
"""
# 333.3333 and the like have fractions of a cent: they must still sum
LINES = """
order_id  line_no  ordered_on  account_code  product_code  quantity  net_amount  cost_amount  freight_amount
1         1        2026-01-05  A             p1            3         1000.3333   600.1111     10.0055
1         2        2026-01-05  A             p2            1         500.3333    300.2222     0
2         1        2026-02-11  A             p1            1         333.3334    100         1.5
3         1        2026-01-20  B             p1            2         200.0050    210.0050     0
4         1        2026-02-02  C             p3            5         99.9950     20           0.0049
5         1        2026-02-03  C             p3            -1        -19.9990    -4           0
6         1        2026-01-31  -             p1            1         77.7777     11.1111      0
"""
EVENTS = """
event_id  account_code  event_type   occurred_on  minutes
e1        A             sales_visit  2026-01-10   60
e2        B             sales_visit  2026-01-11   30
e3        B             sales_visit  2026-02-11   30
"""
COSTS = """
pool_code  month    amount    practical_minutes
service    2026-01  1000.01   500
service    2026-02  1000.02   20
sales      2026-01  700.00    -
sales      2026-02  100.00    -
it         2026-01  300.00    -
board      2026-01  50.00     -
shop       2026-01  9.99      -
"""
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [
        {"code": "service", "name": "Service", "kind": "operating"},
        {"code": "sales", "name": "Sales", "kind": "operating"},
        {"code": "it", "name": "IT", "kind": "support", "serves": {"service": 0.7, "sales": 0.3}},
        {"code": "board", "name": "Board", "kind": "corporate"},
        {"code": "shop", "name": "Shop", "kind": "operating"},
    ],
    "support_method": "direct",
    "activities": [
        {"code": "entry", "phase": "production", "level": "batch", "pool": "service",
         "minutes": {"orders": 8, "order_lines": 2.5}},
        {"code": "visits", "phase": "presale", "level": "customer", "shares": {"sales": 1},
         "driver": "sales_visit.count"},
        {"code": "repairs", "phase": "post_sale", "level": "unit", "shares": {"shop": 1}, "driver": "repair.count"},
    ],
}  # fmt: skip


@pytest.fixture
def ledger(tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
        cost_model=MODEL,
    )


def test_a_run_closes_to_the_cent_pool_by_pool_and_in_total(ledger):
    run = recompute(202601, 202602)

    assert (run.state, run.message) == (Run.State.PUBLISHED, "")
    balance = balance_of(run)
    assert {row.pool: row.amounts["input"] for row in balance.rows} == {
        "service": Decimal("2000.03"),
        "sales": Decimal("800.00"),
        "it": Decimal("300.00"),
        "board": Decimal("50.00"),
        "shop": Decimal("9.99"),
    }
    assert all(row.amounts["difference"] == 0 for row in balance.rows)
    total = balance.total.amounts
    parts = ("accounts", "no_account", "unused", "channel", "corporate", "unassigned")
    assert sum(total[part] for part in parts) == total["input"] == Decimal("3160.02")
    assert total["unassigned"] == Decimal("9.99")  # nobody had a repair
    assert total["corporate"] == Decimal("50.00")


def test_accounts_and_no_account_sum_to_the_rounded_order_lines(ledger):
    run = recompute(202601, 202602)

    results = Result.objects.in_run(run)
    exact = {
        name: sum(getattr(line, name) for line in OrderLine.objects.all())
        for name in ("net_amount", "cost_amount", "freight_amount")
    }
    # 2191.7787 → 2191.78, 1237.4494 → 1237.45, 11.5104 → 11.51
    for column, name in (("net_revenue", "net_amount"), ("cost_amount",) * 2, ("freight_amount",) * 2):
        assert sum(getattr(row, column) for row in results) == round(exact[name], 2)
    none = results.get(account__isnull=True)
    assert none.net_revenue == Decimal("77.78")
    assert none.revenue_rank is None


def test_each_line_of_the_statement_follows_from_those_above(ledger):
    run = recompute(202601, 202602)

    for row in [*Result.objects.in_run(run), *MonthResult.objects.in_run(run)]:
        assert row.list_amount - row.discount_amount - row.return_amount == row.net_revenue
        assert row.net_revenue - row.cost_amount - row.freight_amount == row.gross_margin
        assert row.gross_margin - row.cost_to_serve == row.contribution
    for row in Result.objects.in_run(run):
        assert row.presale + row.production + row.delivery + row.post_sale == row.cost_to_serve
        assert row.unit_cost + row.batch_cost + row.customer_cost == row.cost_to_serve
        months = MonthResult.objects.in_run(run).filter(account=row.account)
        for name in ("net_revenue", "cost_amount", "cost_to_serve", "contribution"):
            assert sum(getattr(month, name) for month in months) == getattr(row, name)


def test_overuse_is_negative_unused_capacity_never_clamped(ledger):
    run = recompute(202602, 202602)

    # February: orders 2 and 4, a line each: 2 × (8 + 2.5) = 21 minutes of 20
    february = PoolBalance.objects.get(run=run, pool="service", month=202602)
    assert (february.used_minutes, february.practical_minutes) == (21, 20)
    assert february.unused < 0
    assert february.accounts - february.input == -february.unused


def test_accounts_without_anything_in_the_window_have_no_rank(ledger):
    run = recompute(202601, 202602)

    delta = Result.objects.in_run(run).get(code="D")
    assert (delta.is_active, delta.revenue_rank, delta.revenue_class) == (False, None, "N")
    places = Ranking.objects.in_run(run).filter(measure="revenue").order_by("rank").values_list("code", "abc_class")
    # A: 1834 of 2114 comes first; B starts before 95 %, C (80) too
    assert list(places) == [("A", "A"), ("B", "B"), ("C", "C")]


def test_concentration_counts_accounts_under_common_control_as_one(ledger):
    run = recompute(202601, 202602)

    by = {(row.measure, row.level): row.figures for row in run.concentrations.all()}
    assert by["revenue", "account"]["n"] == 3
    assert by["revenue", "parent"]["n"] == 2
    assert by["revenue", "parent"]["total"] == by["revenue", "account"]["total"]


def test_the_default_window_is_twelve_months_to_the_last_with_lines_and_costs(ledger):
    run = recompute()

    assert (run.month_from, run.month_to) == (202503, 202602)


def test_the_same_inputs_give_the_same_fingerprint_and_result(ledger):
    first, second = recompute(202601, 202602), recompute(202601, 202602)

    assert first.input_fingerprint == second.input_fingerprint
    assert first.result_hash == second.result_hash
    first.refresh_from_db()
    assert first.state == Run.State.SUPERSEDED


def test_another_cost_gives_another_fingerprint(ledger, tmp_path):
    first = recompute(202601, 202602)
    imported(tmp_path / "more", resource_costs="pool_code month amount\nboard 2026-02 0.01")
    second = recompute(202601, 202602)

    assert first.input_fingerprint != second.input_fingerprint
    assert first.result_hash != second.result_hash


def test_a_pool_without_practical_minutes_refuses_the_run_and_keeps_the_published_one(ledger, tmp_path):
    good = recompute(202601, 202602)
    imported(tmp_path / "more", resource_costs="pool_code month amount practical_minutes\nservice 2026-02 1000.02 0")
    bad = recompute(202601, 202602)

    assert bad.state == Run.State.FAILED
    assert "service" in bad.message
    assert "2026-02" in bad.message
    assert published_run() == good


def test_costs_of_a_pool_that_the_model_does_not_have_are_named(ledger, tmp_path):
    imported(tmp_path / "more", resource_costs="pool_code month amount\nmoon 2026-02 5")
    run = recompute(202601, 202602)

    assert run.state == Run.State.FAILED
    assert "moon" in run.message


def test_without_order_lines_the_reason_is_said():
    run = recompute()

    assert run.state == Run.State.FAILED
    assert "import order lines" in run.message
    assert not Publication.objects.exists()


def test_a_window_without_anything_is_refused_and_the_published_run_stays(ledger):
    good = recompute(202601, 202602)
    empty = recompute(203001, 203002)

    assert empty.state == Run.State.FAILED
    assert "2030-01" in empty.message
    assert published_run() == good


def test_pools_that_do_not_close_are_never_published(ledger, monkeypatch):
    from profitability import runs

    def store_and_lose_a_cent(run, calculation, store=runs.store):
        store(run, calculation)
        PoolBalance.objects.filter(run=run, pool="sales", month=202601).update(difference=Decimal("0.01"))

    monkeypatch.setattr(runs, "store", store_and_lose_a_cent)
    run = recompute(202601, 202602)

    assert run.state == Run.State.FAILED
    assert "sales" in run.message
    assert published_run() is None


# Who may work on a run


def test_only_one_worker_gets_a_run():
    run = request_run()

    assert queue.claim(run.pk).attempts == 1
    assert queue.claim(run.pk) is None


def test_a_run_whose_lease_ran_out_is_taken_over_and_the_late_worker_cannot_publish(ledger):
    run = request_run(month_from=202601, month_to=202602)
    frozen = queue.claim(run.pk)
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert perform(run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempts) == (Run.State.PUBLISHED, 2)
    with pytest.raises(queue.Overtaken):
        queue.tell(frozen, "late", 1, 2)
    from profitability.runs import publish

    with pytest.raises(queue.Overtaken):
        publish(frozen, {}, [])


def test_a_run_whose_process_is_gone_is_free_at_once():
    run = request_run()
    queue.claim(run.pk)
    gone = f"{queue.me().rsplit(':', 1)[0]}:4194304"  # beyond the largest process number
    Run.objects.filter(pk=run.pk).update(holder=gone)

    assert queue.claim(run.pk).attempts == 2


def test_a_run_that_is_lost_three_times_fails_with_its_reason(settings):
    run = request_run()
    for _attempt in range(settings.RUN_ATTEMPTS):
        assert queue.claim(run.pk)
        Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))

    assert queue.claim(run.pk) is None

    run.refresh_from_db()
    assert run.state == Run.State.FAILED
    assert "3" in run.message


def test_asking_twice_for_the_same_window_waits_for_one_run():
    assert request_run(month_from=202601) == request_run(month_from=202601)
    assert request_run(month_from=202602) != request_run(month_from=202601)


def test_there_is_one_nightly_run_a_night():
    today = timezone.localdate()

    assert request_nightly(today) == request_nightly(today)
    assert request_nightly(today - timedelta(days=1)) != request_nightly(today)


def test_a_published_run_is_not_done_again(ledger):
    run = recompute(202601, 202602)

    assert perform(run.pk) is False
    run.refresh_from_db()
    assert run.attempts == 1


def test_positions_exist_for_every_account_even_without_criteria(ledger):
    run = recompute(202601, 202602)

    positions = Position.objects.in_run(run)
    assert positions.count() == 4
    assert {position.box for position in positions} == {""}
    assert json.dumps(positions[0].scores) == "[]"

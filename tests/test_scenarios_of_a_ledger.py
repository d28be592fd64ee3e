"""From order lines to a what-if: what a minimum order value does, and that it all starts from the published figures."""

from decimal import Decimal

import pytest

from accounts.models import Account, User
from kam_portal.recompute import recompute
from kam_portal.whatif.study import Study
from profitability.core.levers import Channel, Levers, Own, WhatIf
from profitability.models import Result, Run
from profitability.scenarios.minimum import consolidated, joined, span_of
from profitability.small_orders import SmallOrders, in_order, small_orders
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = """
code  name   segment
A     Alpha  key
B     Beta   small
C     Gamma  small
"""
# A has four small orders in January and a large one; B two small ones that together are small; C returns something
LINES = """
order_id  line_no  ordered_on  account_code  product_code  quantity  net_amount  cost_amount  freight_amount  shipped_on
1         1        2026-01-05  A             p1            1         30          10           1               2026-01-06
2         1        2026-01-06  A             p1            1         30          10           1               2026-01-07
3         1        2026-01-07  A             p1            1         30          10           1               2026-01-08
4         1        2026-01-08  A             p1            1         20          10           1               2026-01-09
4         2        2026-01-08  A             p2            1         10          5            1               2026-01-09
5         1        2026-01-09  A             p1            30        900         300          9               2026-01-10
6         1        2026-02-02  B             p1            1         40          20           2               2026-02-03
7         1        2026-02-03  B             p1            1         30          20           2               2026-02-04
8         1        2026-02-03  C             p1            10        300         100          3               2026-02-04
9         1        2026-02-20  C             p1            -1        -30         -10          0               -
"""
EVENTS = """
event_id  account_code  event_type   occurred_on  minutes
e1        A             sales_visit  2026-01-10   60
e2        B             sales_visit  2026-01-11   30
e3        B             sales_visit  2026-02-11   30
"""
# a minute costs 1.00 in January and 2.00 in February
COSTS = """
pool_code  month    amount   practical_minutes
service    2026-01  500      500
service    2026-02  500      250
sales      2026-01  100      -
sales      2026-02  100      -
"""
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [
        {"code": "service", "name": "Service", "kind": "operating"},
        {"code": "sales", "name": "Sales", "kind": "operating"},
    ],
    "support_method": "direct",
    "activities": [
        {"code": "entry", "phase": "production", "level": "batch", "pool": "service",
         "minutes": {"orders": 10, "order_lines": 1}},
        {"code": "drops", "phase": "delivery", "level": "batch", "pool": "service",
         "minutes": {"deliveries": 5}},
        {"code": "portal", "phase": "production", "level": "batch", "pool": "service",
         "minutes": {"portal_order.count": 2}},
        {"code": "visits", "phase": "presale", "level": "customer", "shares": {"sales": 1},
         "driver": "sales_visit.count"},
    ],
}  # fmt: skip
CRITERIA = {
    "code": "default",
    "version": 1,
    "cut": {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"},
    "attractiveness": [
        {"code": "profit", "name": "Profit", "weight": 100, "kind": "measured", "measure": "contribution",
         "scale": [[0, 0], [1000, 10]]}
    ],
    "relationship": [
        {"code": "sales", "name": "Sales", "weight": 100, "kind": "measured", "measure": "net_revenue",
         "scale": [[0, 0], [1000, 10]]}
    ],
}  # fmt: skip


@pytest.fixture
def run(tmp_path) -> Run:
    imported(
        tmp_path / "files",
        cost_model=MODEL,
        criteria=CRITERIA,
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
    )
    done = recompute(202601, 202602)
    assert done.state == Run.State.PUBLISHED, done.message
    return done


@pytest.fixture
def study(run):
    """`study(Levers(price=…), "A")`: the what-if as finance sees it; `own`: what accounts have of their own."""
    finance = User.objects.create_user("finance@example.com", "Finance", "finance", "a long password")

    def made(levers: Levers, *codes: str, own=(), person_minutes=None) -> Study:
        rows = Result.objects.in_run(run).of_accounts()
        asked = WhatIf(levers, own, person_minutes)
        return Study(finance, run, rows.filter(code__in=codes) if codes else rows, asked)

    return made


def costs(found: Study, code: str) -> dict[str, Decimal]:
    place = found.selected.codes.index(code)
    activities = [activity.code for activity in found.selected.window.activities]
    return {
        name: cost / Decimal(100) for name, cost in zip(activities, found.outcome.costs[place].tolist(), strict=True)
    }


def orders(found: Study, code: str) -> int:
    """Orders that a minimum value takes away."""
    place = found.selected.codes.index(code)
    assert found.minimum.orders[place] * 10_000 == found.minimum.taken.volumes["orders"][place]
    return int(found.minimum.orders[place])


def test_without_levers_every_figure_is_the_published_one(study, run):
    found = study(Levers())

    for result in Result.objects.in_run(run).of_accounts():
        place = found.selected.codes.index(result.code)
        for name, column in (
            ("list_sales", "list_amount"),
            ("net_revenue", "net_revenue"),
            ("gross_margin", "gross_margin"),
        ):
            assert int(getattr(found.outcome.statement, name)[place]) == getattr(result, column) * 100
        assert found.after[place] == result.contribution * 100
        assert sum(costs(found, result.code).values()) == result.cost_to_serve


def test_small_orders_are_joined_until_they_reach_the_minimum(study):
    levers = Levers(minimum_order=Decimal(50), small_orders="consolidate")

    found = study(levers)

    # A: four orders of 30 in January make 120, so two of at least 50: 2 orders and 2 deliveries less.
    # Entry was 5 × 10 + 6 × 1 = 56 min at 1.00, drops 5 × 5.
    assert orders(found, "A") == 2
    assert costs(found, "A") == {"entry": 36, "drops": 15, "portal": 0, "visits": 50}
    # B: 40 + 30 in February make one: entry 2 × 10 + 2 becomes 12 min at 2.00, drops 10 becomes 5 min
    assert costs(found, "B") == {"entry": 24, "drops": 10, "portal": 0, "visits": 150}
    assert costs(found, "C")["entry"] == 22  # 300 is no small order
    assert found.step(3).change == found.step(6).change == 0


def test_orders_that_are_too_small_together_stay_too_small(study):
    found = study(Levers(minimum_order=Decimal(200)))

    # the 120 of A and the 70 of B come to less than 200: one order of each remains below it
    assert {code: orders(found, code) for code in "ABC"} == {"A": 3, "B": 1, "C": 0}
    assert found.small_orders == {"all": 8, "below": 6, "value": 190, "refused": 0, "fewer": 4, "still_small": 2}


@pytest.mark.parametrize(("within", "fewer", "still_small"), [("month", 0, 3), ("quarter", 1, 1), ("window", 2, 0)])
def test_orders_are_joined_with_those_of_a_longer_time(within, fewer, still_small):
    small = [SmallOrders(1, month, 1, *[0] * 4, 30_0000, *[0] * 5, (30_0000,)) for month in (202512, 202601, 202603)]
    spans: dict[int, list] = {}
    for row in small:
        spans.setdefault(span_of(row.month, within), []).append(row)

    found = [list(consolidated(rows, 60_0000)) for rows in spans.values()]

    assert sum(row.orders for rows in found for row in rows) == fewer
    assert sum(row.still_small for rows in found for row in rows) == still_small
    assert all(row.volumes["orders"] == row.orders * 10_000 for rows in found for row in rows)


@pytest.mark.parametrize(
    ("values", "orders"),
    [((40, 40, 40, 40), 2), ((10, 40, 45, 5), 2), ((40, 40, 10), 1), ((20, 20), 0), ((), 0), ((0, 50, 0, 49), 1)],
)
def test_orders_are_joined_one_after_the_other_by_day(values, orders):
    assert joined(values, 50) == orders  # 160 of the first come to three times 50, but no way of joining them does


def test_small_orders_are_listed_by_day(run):
    (january,) = small_orders(Account.objects.filter(code="A"), (202601, 202601), Decimal(50))
    (february,) = small_orders(Account.objects.filter(code="B"), (202601, 202602), Decimal(50))

    assert january.values == (30_0000,) * 4 and january.orders == 4
    assert february.values == (40_0000, 30_0000)
    assert in_order("2026-01-05 30,2026-01-02 50,2026-01-05 -10") == (50, -10, 30)


def test_deliveries_fall_with_the_orders_that_were_really_joined():
    (found,) = consolidated([SmallOrders(1, 202601, 4, *[0] * 4, 160, 0, 0, 4, 0, 0, (40,) * 4)], 50)

    assert (found.orders, found.volumes["orders"], found.volumes["deliveries"]) == (2, 20_000, 20_000)


def test_refused_orders_take_their_sales_with_them(study):
    levers = Levers(minimum_order=Decimal(50), small_orders="refuse")

    found = study(levers)

    assert orders(found, "A") == 4
    # A keeps the order of 900: 1 order, 1 line, 1 delivery
    assert costs(found, "A") == {"entry": 11, "drops": 5, "portal": 0, "visits": 50}
    assert costs(found, "B") == {"entry": 0, "drops": 0, "portal": 0, "visits": 150}
    # 120 and 70 are no longer sold; goods of 45 and 40 and freight of 5 and 4 are no longer needed
    assert found.step(3).change == -190
    assert found.step(6).change == -190 + 85 + 9


def test_an_order_that_has_the_minimum_value_stays(study):
    levers = Levers(minimum_order=Decimal(30), small_orders="refuse")

    assert orders(study(levers), "A") == 0


def test_a_channel_that_nobody_uses_yet_costs_the_rate_of_its_pool(study):
    found = study(Levers(channel=Channel("entry", "portal", Decimal(100))), "A")

    # five orders in the portal at 2 min each; a minute costs 1.50 on average of the two months
    assert costs(found, "A") == {"entry": 0, "drops": 25, "portal": 15, "visits": 50}


def test_places_classes_and_boxes_follow_the_new_figures(study):
    before, after = study(Levers(), "A"), study(Levers(drop=False, price=Decimal(-60)), "A")

    (was,), (now,) = before.places, after.places
    assert (was.rank_before, was.rank_after) == (1, 1)
    assert (now.rank_before, now.rank_after) == (1, 2)  # 408 − 345 − 14 − 131 = −82; B has −188
    move = after.moves[now.account]
    # before: contribution 530 → 5.30, net revenue 1,020 → 10; after: −82 → 0, 408 → 4.08
    assert (move.position.box, move.after.box) == ("strategic", "streamline")
    assert (move.after.attractiveness, move.after.strength) == (0, pytest.approx(4.08))
    assert not before.moves[was.account].is_moved


def test_usage_is_saved_before_cash_is(study):
    found = study(Levers(orders=Decimal(-50)), "A", person_minutes=Decimal(20))

    rows = {line.name: line for line in found.capacity()}
    # 5 orders × 15 min, half of them: 37.5 min at 1.00; a person of 20 min × 2 months is not released by that
    assert (rows["Service"].saved_minutes, rows["Service"].usage) == (Decimal("37.5"), Decimal("37.50"))
    assert (rows["Service"].released, rows["Service"].cash, found.cash_effect) == (0, 0, 0)

    assert study(Levers(orders=Decimal(-50)), "A", person_minutes=Decimal(18)).cash_saved == Decimal("36.00")


def test_each_account_meets_its_own_minimum(study):
    own = (Own(("A",), {"minimum_order": Decimal(50), "small_orders": "refuse"}),)

    found = study(Levers(minimum_order=Decimal(50)), own=own)

    # A loses its four orders of 30; those of B are joined into one
    assert (orders(found, "A"), orders(found, "B")) == (4, 1)
    assert costs(found, "A")["entry"] == 11
    assert costs(found, "B") == {"entry": 24, "drops": 10, "portal": 0, "visits": 150}
    assert found.step(3).change == -120
    assert found.small_orders == {"all": 8, "below": 6, "value": 190, "refused": 4, "fewer": 1, "still_small": 0}


def test_a_minimum_of_few_accounts_leaves_the_others_alone(study):
    found = study(Levers(price=Decimal(10)), own=(Own(("B",), {"minimum_order": Decimal(50)}),))

    assert (orders(found, "A"), orders(found, "B")) == (0, 1)
    assert costs(found, "A")["entry"] == 56
    # the price of 10 % is that of all: 1,020, 70 and 300
    assert found.step(3).change == Decimal("139.00")


def test_a_dropped_account_leaves_ranks_and_boxes_the_others_stay(study):
    found = study(Levers(), own=(Own(("A",), {"drop": True}),))

    places = {place.code: place for place in found.places}
    assert (places["A"].rank_after, places["A"].class_after, places["A"].own) == (None, "", 0)
    assert (places["C"].rank_before, places["C"].rank_after, places["C"].own) == (2, 1, None)
    assert found.moves[places["A"].account].after.box == ""
    assert not found.moves[places["C"].account].is_moved
    assert found.own_count == 1


def test_an_order_pays_for_itself_from_a_value_on(study):
    found = study(Levers(), "A")

    # entry of 5 orders 50.00 and 5 deliveries 25.00, 15.00 each; 600 of 1,020 are margin: 345 goods, 14 freight
    assert found.break_even == Decimal("23.15")  # 15 × 1,020 ÷ 661


def test_measured_criteria_see_the_orders_that_are_left(study):
    found = study(Levers(minimum_order=Decimal(50), orders=Decimal(-50)), "A")

    assert found.orders == [5]
    assert found.orders_after == [Decimal("1.5")]  # two are joined with others, and half of three stay

from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from profitability.core.cost_model import Activity
from profitability.core.lever_document import from_document, to_document
from profitability.core.levers import Channel, Levers, Own, WhatIf
from profitability.core.minimum_order import break_even_order
from profitability.core.savings import Held, Valuation, people_of, savings
from profitability.core.scenario import apply, apply_each, assigned
from profitability.core.sensitivity import sensitivities
from profitability.core.statement import Statement
from profitability.core.window import FINE, Taken, Window, parts_of, terms_of

ORDERS = Activity(
    "order_entry", "Order entry", "production", "batch", "desk", {"orders": Fraction(8), "order_lines": Fraction(3)}
)
PORTAL = Activity("portal", "Portal", "production", "batch", "it", {"orders": Fraction(1)})
VISITS = Activity(
    "visits",
    "Visits",
    "presale",
    "customer",
    shares={"sales": Fraction(1), "cars": Fraction(1, 2)},
    driver="visit.count",
)
CREDIT = Activity("credit", "Credit", "post_sale", "unit", shares={"bank": Fraction(1)}, driver="net_revenue")
MODEL = (ORDERS, PORTAL, VISITS)
USUAL = Valuation(Decimal(7680))
CHARGED = {"desk": 900_00, "it": 100_00, "sales": 300_00, "cars": 200_00, "bank": 10_00}
ONE = 10_000


def a_window(statement=None, activities=MODEL, **volumes) -> Window:
    """Two accounts; a minute of the desk costs 0.50, one of the portal's 2.00, a visit 60.00, a 1.00 of sales 0.01."""
    rates = {"order_entry": 50.0, "portal": 200.0, "visits": 6000.0, "credit": 1.0}
    volumes = {"orders": [10, 20], "order_lines": [30, 20], "visit.count": [2, 4]} | volumes
    columns = {name: np.array(column, dtype=np.int64) * ONE for name, column in volumes.items()}
    terms = terms_of(activities)
    each = [float(term.minutes) or 1.0 for term in terms]
    weights = np.column_stack(
        [
            columns[term.measure] / ONE * time * rates[activities[term.activity].code]
            for term, time in zip(terms, each, strict=True)
        ]
    )
    weights[:, [place for place, term in enumerate(terms) if activities[term.activity].code == "portal"]] = 0  # unused
    costs = np.zeros((2, len(activities)), dtype=np.int64)
    for place, term in enumerate(terms):
        costs[:, term.activity] += np.rint(weights[:, place]).astype(np.int64)
    minutes = np.column_stack([columns[term.measure] * int(term.minutes) for term in terms])
    minutes[weights == 0] = 0
    return Window(
        activities, terms, statement or a_statement(), costs, parts_of(costs, weights, terms), minutes, columns, 12
    )


def a_statement(net=(1000_00, 2000_00), discounts=(100_00, 50_00), returns=(20_00, 0)) -> Statement:
    arrays = [np.array(column, dtype=np.int64) for column in (net, discounts, returns, (400_00, 900_00), (10_00, 5_00))]
    return Statement(*arrays)


def contribution(found) -> list[int]:
    return found.statement.contribution(found.costs.sum(axis=1)).tolist()


# What each lever does


def test_without_levers_nothing_changes():
    window = a_window()

    found = apply(window, Levers())

    assert contribution(found) == contribution(window)
    assert (found.costs == window.costs).all() and (found.minutes == window.minutes_by_activity).all()


def test_a_price_changes_the_contribution_by_list_sales_net_of_discounts():
    window = a_window()

    found = apply(window, Levers(price=Decimal(1)))

    # 1 % of what was sold before returns: 1000 + 20 and 2000 + 0
    assert [after - before for after, before in zip(contribution(found), contribution(window), strict=True)] == [
        10_20,
        20_00,
    ]
    assert found.statement.discounts.tolist() == [101_00, 50_50]
    assert found.statement.returns.tolist() == [20_00, 0]


def test_a_cap_cuts_discounts_to_a_share_of_list_sales():
    found = apply(a_window(), Levers(discount_cap=Decimal(5)))

    # list sales 1000 + 100 + 20 = 1120, 5 % of it 56; the other account stands at 50 of 2050, below its 102.50
    assert found.statement.discounts.tolist() == [56_00, 50_00]
    assert found.statement.list_sales.tolist() == [1120_00, 2050_00]
    assert found.statement.net_revenue.tolist() == [1044_00, 2000_00]


def test_volume_by_larger_orders_moves_units_and_lines_but_not_orders():
    window = a_window()

    found = apply(window, Levers(volume=Decimal(10)))

    # orders 10 × 8 min stay, lines 30 × 3 min become 33 × 3 = 99: 179 min × 0.50
    assert found.costs[0].tolist() == [89_50, 0, 120_00]
    assert found.statement.gross_margin[0] == window.statement.gross_margin[0] * 11 // 10


def test_volume_by_more_orders_moves_them_too():
    found = apply(a_window(), Levers(volume=Decimal(10), volume_in_orders=True))

    assert found.costs[0].tolist() == [93_50, 0, 120_00]  # (80 + 90) × 1.1 = 187 min × 0.50


def test_fewer_orders_at_the_same_volume_save_only_what_orders_drive():
    window = a_window()

    found = apply(window, Levers(orders=Decimal(-50)))

    assert found.costs[:, 0].tolist() == [65_00, 70_00]  # (40 + 90) and (80 + 60) min × 0.50
    assert (found.statement.net_revenue == window.statement.net_revenue).all()


def test_fewer_visits_save_their_rate():
    by_type = apply(a_window(), Levers(events={"visit": Decimal(-50)}))
    by_measure = apply(a_window(), Levers(events={"visit.count": Decimal(-50)}))

    assert by_type.costs[:, 2].tolist() == by_measure.costs[:, 2].tolist() == [60_00, 120_00]


def test_a_channel_moves_orders_to_the_cheaper_activity():
    levers = Levers(channel=Channel("order_entry", "portal", Decimal(50)))

    found = apply(a_window(), levers, rates={"portal": 200.0})

    # half of 170 min × 0.50 leaves; half of 10 orders × 1 min × 2.00 comes
    assert found.costs[0].tolist() == [42_50, 10_00, 120_00]
    assert found.minutes[0].tolist() == [85 * ONE, 5 * ONE, 0]


def test_amounts_that_drive_costs_take_them_along():
    window = a_window(activities=(CREDIT,), net_revenue=[1000, 2000])

    found = apply(window, Levers(discount_cap=Decimal(5)))

    assert found.costs[:, 0].tolist() == [10_44, 20_00]  # 1 % of net revenue, 1044 now


def test_dropped_accounts_leave_nothing():
    found = apply(a_window(), Levers(drop=True, price=Decimal(5), channel=Channel("order_entry", "portal", Decimal(5))))

    assert contribution(found) == [0, 0]
    assert not found.costs.any() and not found.minutes.any()


def test_orders_that_are_taken_out_take_their_share_of_each_cost():
    window = a_window()
    nothing = np.zeros(2, dtype=np.int64)
    weights = np.zeros((2, len(window.terms)))
    weights[0, 0] = 0.25  # a quarter of what orders cost the first account
    taken = Taken(Statement(*[nothing] * 5), weights, np.zeros_like(window.minutes), {})

    found = apply(window, Levers(minimum_order=Decimal(100)), taken)

    assert found.costs[0].tolist() == [75_00, 0, 120_00]  # 40.00 × ¾ + 45.00


# Capacity


def test_usage_saved_is_cash_only_for_whole_people():
    window = a_window()
    found = apply(window, Levers(orders=Decimal(-50)))

    # 5 × 8 + 10 × 8 = 120 minutes at 0.50 are saved; one person works 12 months of 4 minutes = 48: two are released
    desk = savings(window, found, CHARGED, Valuation(Decimal(4)))[0]

    assert (desk.pool, desk.minutes, desk.usage) == ("desk", 120 * ONE, 60_00)
    assert (desk.people, desk.cash) == (2, 48_00)  # 96 of the 120 minutes


def test_no_whole_person_no_cash():
    window = a_window()
    found = apply(window, Levers(orders=Decimal(-50)))

    desk = savings(window, found, CHARGED, USUAL)[0]

    assert (desk.usage, desk.people, desk.cash) == (60_00, 0, 0)


def test_a_pool_by_shares_saves_cash_only_if_it_is_called_avoidable():
    window = a_window()
    found = apply(window, Levers(events={"visit": Decimal(-50)}))

    rows = {row.pool: row for row in savings(window, found, CHARGED, Valuation(Decimal(7680), ("cars",)))}

    # 180.00 of visits are saved; they come from sales 300 × 1 and cars 200 × ½
    assert (rows["sales"].usage, rows["sales"].cash) == (135_00, 0)
    assert (rows["cars"].usage, rows["cars"].cash) == (45_00, 45_00)


@pytest.mark.parametrize(
    ("minutes", "free", "people"),
    [(5, 0, 2), (-5, 5, 0), (-5, 0, -3), (-5, 3, -1), (-5, -9, -3), (5, -3, 1), (5, -6, 0), (5, 9, 2)],
)
def test_free_minutes_are_used_first_and_what_is_short_is_made_good_first(minutes, free, people):
    assert people_of(minutes, 2, free) == people


def held(free: int = 0, months: int = 12) -> Valuation:
    """A desk where a person works 4 minutes a month, at 0.50 a minute."""
    return Valuation(Decimal(4), held={"desk": Held(1000 * ONE, (1000 - free) * ONE, 500_00, months)})


def desk_of(levers: Levers, valuation: Valuation):
    window = a_window()
    return savings(window, apply(window, levers), CHARGED, valuation)[0]


def test_people_are_hired_for_what_exceeds_the_free_minutes():
    # half as many orders more take 15 × 8 = 120 minutes; 100 are free, so 20 of a person's 48 are short
    desk = desk_of(Levers(orders=Decimal(50)), held(free=100))

    assert (desk.minutes, desk.usage) == (-120 * ONE, -60_00)
    assert (desk.hired, desk.released, desk.cash) == (1, 0, -24_00)  # 48 minutes at 0.50
    assert desk_of(Levers(orders=Decimal(50)), held(free=120)).cash == 0


def test_a_person_is_counted_for_the_months_that_have_capacity():
    # 120 minutes saved: a person works 4 × 12 = 48 of them, or 4 × 3 = 12 where three months have capacity
    assert desk_of(Levers(orders=Decimal(-50)), held(months=12)).released == 2
    assert desk_of(Levers(orders=Decimal(-50)), held(months=3)).released == 10


def test_more_use_of_a_pool_without_minutes_is_not_counted():
    window = a_window()
    rows = savings(
        window, apply(window, Levers(events={"visit": Decimal(50)})), CHARGED, Valuation(Decimal(4), ("cars",))
    )

    said = {row.pool: (row.usage, row.cash, row.is_counted) for row in rows}
    assert (said["sales"], said["cars"]) == ((-135_00, 0, False), (-45_00, -45_00, True))
    assert said["desk"][2]


def test_the_sensitivity_of_volume_hires_too():
    # 1 % more lines take 50 × 3 ÷ 100 = 1.5 minutes; a person of 4 × 12 at 0.50 costs 24.00
    rows = {row.lever: row for row in sensitivities(a_window(), CHARGED, held(free=1))}

    assert (rows["volume"].usage, rows["volume"].cash) == (16_10, 16_85 - 24_00)


def test_a_driver_that_costs_nothing_is_left_out_of_the_sensitivity():
    window = a_window(**{"visit.count": [0, 0]})

    assert [row.lever for row in sensitivities(window, CHARGED, USUAL)] == ["price", "volume", "orders", "order_lines"]


# Sensitivity


def test_the_sensitivity_of_price_volume_and_drivers():
    window = a_window()

    rows = {row.lever: row for row in sensitivities(window, CHARGED, Valuation(Decimal("0.5")))}

    assert rows["price"].usage == rows["price"].cash == 30_20  # 1 % of 1020 + 2000
    # gross margin 590 + 1095 = 1685; lines cost (30 + 20) × 3 min × 0.50 = 75
    assert (rows["volume"].usage, rows["volume"].cash) == (16_10, 16_85)
    # a tenth of 30 orders × 8 min = 24 min × 0.50; 4 people of 0.5 min × 12 months work 24
    assert (rows["orders"].usage, rows["orders"].cash) == (12_00, 12_00)
    assert (rows["visit.count"].usage, rows["visit.count"].cash) == (36_00, 0)


def test_sensitivities_are_what_the_levers_do():
    window = a_window()
    rows = {row.lever: row.usage for row in sensitivities(window, CHARGED, USUAL)}

    for lever, levers in {
        "price": Levers(price=Decimal(1)),
        "volume": Levers(volume=Decimal(1)),
        "visit.count": Levers(events={"visit": Decimal(-10)}),
        "orders": Levers(orders=Decimal(-10)),
    }.items():
        assert rows[lever] == sum(contribution(apply(window, levers))) - sum(contribution(window)), lever


# Laws

amounts = st.lists(st.integers(0, 10**9), min_size=2, max_size=2)
percents = st.decimals(-100, 300, places=2)
some_levers = st.builds(
    Levers,
    price=percents,
    discount_cap=st.none() | st.decimals(0, 100, places=2),
    orders=percents,
    volume=percents,
    volume_in_orders=st.booleans(),
    events=st.dictionaries(st.sampled_from(["visit", "visit.count"]), percents),
    drop=st.booleans(),
)
valuations = st.builds(
    Valuation,
    person_minutes=st.decimals(1, 10_000, places=0),
    avoidable=st.sampled_from([(), ("sales",), ("desk", "cars")]),
)
volumes = st.lists(st.integers(0, 10**5), min_size=2, max_size=2)
sheets = st.tuples(amounts, amounts, amounts, volumes, volumes, volumes)


def window_of(net, discounts, returns, orders, lines, visits) -> Window:
    moved = {"orders": orders, "order_lines": lines, "visit.count": visits}
    return a_window(a_statement(net, discounts, returns), **moved)


@given(sheets, some_levers, valuations)
def test_usage_saved_and_usage_left_make_the_usage_before(sheet, levers, valuation):
    window = window_of(*sheet)
    found = apply(window, levers)

    saved = sum(row.usage for row in savings(window, found, CHARGED, valuation))

    assert saved + int(found.costs.sum()) == int(window.costs.sum())


@given(sheets, some_levers, valuations)
def test_cash_is_never_more_than_usage_but_for_avoidable_pools(sheet, levers, valuation):
    window = window_of(*sheet)

    for row in savings(window, apply(window, levers), CHARGED, valuation):
        assert row.cash == row.usage if row.pool in valuation.avoidable else 0 <= row.cash <= max(row.usage, 0)


@given(sheets, some_levers)
def test_the_order_of_the_accounts_does_not_matter_for_the_total(sheet, levers):
    window = window_of(*sheet)

    before = window.statement
    turned = replace(
        window,
        statement=Statement(**{field.name: getattr(before, field.name)[::-1].copy() for field in fields(before)}),
        costs=window.costs[::-1].copy(),
        parts=window.parts[::-1].copy(),
        minutes=window.minutes[::-1].copy(),
        volumes={name: column[::-1].copy() for name, column in window.volumes.items()},
    )

    assert sum(contribution(apply(turned, levers))) == sum(contribution(apply(window, levers)))


@given(sheets, percents)
def test_a_price_moves_the_total_by_exactly_its_share(sheet, price):
    window = window_of(*sheet)

    found = apply(window, Levers(price=price))

    sold = (window.statement.net_revenue + window.statement.returns).tolist()
    for amount, after, before in zip(sold, contribution(found), contribution(window), strict=True):
        assert abs(after - before - Fraction(price) / 100 * amount) <= 1  # sales and discounts are rounded


@given(sheets, some_levers)
def test_the_figures_of_an_account_do_not_depend_on_who_else_is_in_view(sheet, levers):
    window = window_of(*sheet)

    together = apply(window, levers)

    for place in (0, 1):
        alone = apply(window.rows(np.array([place])), levers)
        assert contribution(alone) == contribution(together)[place : place + 1]
        assert (alone.costs[0] == together.costs[place]).all()


@given(sheets)
def test_the_parts_of_a_cost_sum_to_it(sheet):
    window = window_of(*sheet)

    for activity in range(len(window.activities)):
        columns = [place for place, term in enumerate(window.terms) if term.activity == activity]
        assert (window.parts[:, columns].sum(axis=1) == window.costs[:, activity] * FINE).all()


# Accounts that differ


def test_an_account_that_differs_has_its_own_levers_and_for_the_rest_those_of_all():
    window = a_window()
    asked = WhatIf(Levers(price=Decimal(1)), own=(Own(("B",), {"orders": Decimal(-50)}),))

    found = apply_each(window, assigned(asked, ["A", "B"]))

    # the price moves both, 1 % of 1020 and 2000; the orders of B alone are halved: 160 → 80 min and 60 of lines × 0.50
    assert (found.statement.net_revenue - window.statement.net_revenue).tolist() == [10_20, 20_00]
    assert found.costs[:, 0].tolist() == [85_00, 70_00]


def test_an_exception_may_take_a_lever_back():
    window = a_window()
    own = (Own(("A",), {"price": Decimal(0), "minimum_order": Decimal(0), "events": {"visit": Decimal(0)}}),)
    asked = WhatIf(Levers(Decimal(5), minimum_order=Decimal(9), events={"visit": Decimal(-50)}, drop=False), own)

    levers = assigned(asked, ["A", "B"])

    assert not levers.sets[1].changes_anything
    assert contribution(apply_each(window, levers))[0] == contribution(window)[0]


def test_an_account_is_dropped_alone():
    asked = WhatIf(own=(Own(("A",), {"drop": True}),))
    levers = assigned(asked, ["A", "B"])

    assert contribution(apply_each(a_window(), levers)) == [0, contribution(a_window())[1]]
    assert levers.dropped.tolist() == [True, False]


def test_the_first_exception_that_names_an_account_counts():
    asked = WhatIf(own=(Own(("A",), {"price": Decimal(1)}), Own(("A", "B"), {"price": Decimal(2)})))

    levers = assigned(asked, ["A", "B", "C"])

    assert [levers.sets[place].price for place in levers.places] == [1, 2, 0]
    assert [asked.own_of(code) for code in "ABC"] == [0, 1, None]


def some_changes(levers: Levers) -> dict:
    names = ("price", "discount_cap", "orders", "volume", "volume_in_orders", "events", "drop")
    return {name: getattr(levers, name) for name in names}


@given(sheets, some_levers)
def test_an_exception_that_says_the_same_is_none(sheet, levers):
    window = window_of(*sheet)
    asked = WhatIf(levers, own=(Own(("B",), some_changes(levers)),))

    found, plain = apply_each(window, assigned(asked, ["A", "B"])), apply(window, levers)

    assert contribution(found) == contribution(plain)
    assert (found.minutes == plain.minutes).all()


@given(sheets, some_levers, some_levers)
def test_an_account_under_its_own_levers_is_as_if_it_stood_alone(sheet, levers, others):
    window = window_of(*sheet)
    asked = WhatIf(levers, own=(Own(("B",), some_changes(others)),))

    found = apply_each(window, assigned(asked, ["A", "B"]))

    for place, own in enumerate(asked.sets):
        alone = apply(window.rows(np.array([place])), own)
        assert contribution(found)[place] == contribution(alone)[0]


# Minimum order values


def test_an_order_of_the_break_even_value_earns_what_it_costs():
    window = a_window()

    # orders cost 30 × 8 min × 0.50 = 120, 4.00 each; the margin is 1,685 of 3,000
    value = break_even_order(window, 30)

    assert value == Fraction(4_00) * 3000 / 1685


@pytest.mark.parametrize("statement", [a_statement(net=(0, 0)), a_statement(net=(300_00, 400_00))])
def test_where_larger_orders_lose_more_no_order_pays_for_itself(statement):
    assert break_even_order(a_window(statement), 30) is None


def test_without_orders_there_is_no_break_even():
    assert break_even_order(a_window(), 0) is None


# Documents


some_own = st.builds(
    Own,
    codes=st.lists(st.sampled_from("ABC"), min_size=1, max_size=2, unique=True).map(tuple),
    changes=some_levers.map(some_changes).map(lambda found: {k: v for k, v in found.items() if v is not None}),
)
what_ifs = st.builds(
    WhatIf,
    levers=some_levers,
    own=st.lists(some_own, max_size=2).map(tuple),
    person_minutes=st.none() | st.decimals(1, 10_000, places=0),
    avoidable=st.sampled_from([(), ("desk", "cars")]),
)


@given(what_ifs)
def test_a_what_if_comes_back_from_its_document(asked):
    again = from_document(to_document(asked))

    assert to_document(again) == to_document(asked)
    assert again.changes_anything == asked.changes_anything
    assert (again.own, again.person_minutes, again.avoidable) == (
        tuple(replace(own, changes=without_nothing(own.changes)) for own in asked.own),
        asked.person_minutes,
        asked.avoidable,
    )


def without_nothing(changes: dict) -> dict:
    return {name: value for name, value in changes.items() if name != "events" or value}


def test_a_channel_comes_back_from_its_document():
    levers = Levers(
        channel=Channel("order_entry", "portal", Decimal("12.5")), minimum_order=Decimal(50), small_orders="refuse"
    )

    assert from_document(to_document(WhatIf(levers))).levers == levers


def test_documents_of_before_there_were_exceptions_are_read():
    document = {"price": "2", "person_minutes": "9000", "avoidable": ["sales"], "events": {"visit": "-50"}}

    asked = from_document(document)

    assert (asked.levers.price, asked.person_minutes, asked.avoidable) == (2, 9000, ("sales",))
    assert to_document(asked) == document


@pytest.mark.parametrize("asked", [WhatIf(), WhatIf(person_minutes=Decimal(1), avoidable=("desk",))])
def test_how_capacity_is_valued_changes_no_account(asked):
    assert not asked.changes_anything

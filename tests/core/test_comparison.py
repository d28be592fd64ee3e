"""Runs compared: the steps on figures one can follow, and the laws of a decomposition."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from profitability.core.comparison import EFFECTS, After, Before, Sales, Serving, effects, sales_effects, together

# 100 units sold for 1,000.00 that cost 600.00 and 50.00 of freight: a margin of 3.50 a unit
SOLD = Sales(net_revenue=1_000_00, cost_of_goods=600_00, freight=50_00, units=100)
# 10 visits for 200.00 and 60 minutes for 30.00
SERVED = Serving({"visits": 10, "entry": 60}, {"visits": 200_00, "entry": 30_00})
BEFORE = Before(SOLD, SERVED, SOLD, SERVED.quantities)
AVERAGES = {"visits": Fraction(18_00), "entry": Fraction(45), "repairs": Fraction(7_00)}


def named(before: Before, after: After) -> dict[str, int]:
    """The effects that are not zero."""
    found = dict(zip(EFFECTS, effects(before, after, AVERAGES), strict=True))
    return {name: amount for name, amount in found.items() if amount}


def test_the_same_run_changes_nothing():
    assert named(BEFORE, After(SOLD, SERVED)) == {}


def test_more_units_at_the_same_margin_are_volume():
    # 20 units more at 3.50
    assert named(BEFORE, After(Sales(1_200_00, 720_00, 60_00, 120), SERVED)) == {"volume": 70_00}


def test_a_dearer_basket_at_the_same_mark_up_is_mix():
    # goods for 660.00 bring 1,100.00 at the mark-up of 1,000 : 600, so 40.00 more margin
    assert named(BEFORE, After(Sales(1_100_00, 660_00, 50_00, 100), SERVED)) == {"mix": 40_00}


def test_a_discount_is_price():
    assert named(BEFORE, After(Sales(950_00, 600_00, 50_00, 100), SERVED)) == {"price": -50_00}


def test_goods_that_cost_more_without_a_dearer_price_are_a_price_that_fell_behind():
    # 60.00 more cost of goods should have brought 100.00 more revenue (mix + 40.00); it brought none
    assert named(BEFORE, After(Sales(1_000_00, 660_00, 50_00, 100), SERVED)) == {"mix": 40_00, "price": -100_00}


def test_without_cost_of_goods_every_change_of_a_unit_is_price():
    before, after = Sales(1_000_00, 0, 0, 100), Sales(1_320_00, 0, 0, 110)

    assert sales_effects(before, after) == (100_00, 0, 220_00)


def test_new_and_lost_accounts_are_volume():
    assert sales_effects(Sales(), SOLD) == (350_00, 0, 0)
    assert sales_effects(SOLD, Sales()) == (-350_00, 0, 0)


def test_more_visits_are_usage_and_dearer_visits_are_rates():
    # 4 visits more at 20.00 are usage; then 14 visits cost 350.00 instead of 280.00
    served = Serving({"visits": 14, "entry": 60}, {"visits": 350_00, "entry": 30_00})

    assert named(BEFORE, After(SOLD, served)) == {"usage": -80_00, "rates": -70_00}


def test_an_activity_that_is_new_to_the_account_counts_at_the_rate_of_all():
    # 3 repairs at 7.00 are usage; they cost 24.00
    served = Serving({**SERVED.quantities, "repairs": 3}, {**SERVED.costs, "repairs": 24_00})

    assert named(BEFORE, After(SOLD, served)) == {"usage": -21_00, "rates": -3_00}


def test_what_the_earlier_rules_would_not_have_charged_is_the_model():
    # the old rules would make 220.00 of the later visits; the new model charges 260.00
    served = Serving(SERVED.quantities, {"visits": 260_00, "entry": 30_00})
    after = After(SOLD, served, {"visits": Fraction(220_00), "entry": Fraction(30_00)})

    assert named(BEFORE, after) == {"rates": -20_00, "model": -40_00}


def test_over_the_same_months_everything_the_ledger_changed_is_a_correction():
    # 10 units and 2 visits more are known now
    sales, served = (
        Sales(1_100_00, 660_00, 55_00, 110),
        Serving({"visits": 12, "entry": 60}, {"visits": 240_00, "entry": 30_00}),
    )
    before = replace(BEFORE, corrected_sales=sales, corrected_quantities=served.quantities)

    assert named(before, After(sales, served)) == {"corrections": 35_00 - 40_00}


AMOUNTS = st.integers(-(10**7), 10**9)
SALES = st.builds(Sales, AMOUNTS, AMOUNTS, AMOUNTS, st.one_of(st.just(0), st.integers(0, 10**8)))
CODES = st.sampled_from(["visits", "entry", "repairs", "new"])
QUANTITIES = st.dictionaries(CODES, st.integers(0, 10**7))
SERVING = st.builds(Serving, QUANTITIES, st.dictionaries(CODES, st.integers(-(10**4), 10**8)))
BEFORES = st.builds(Before, SALES, SERVING, SALES, QUANTITIES)
OLD_RULES = st.one_of(st.none(), st.dictionaries(CODES, st.fractions(-100, 10**6, max_denominator=997)))
AFTERS = st.builds(After, SALES, SERVING, OLD_RULES)
# figures are many and drawn slowly on a busy machine
unhurried = settings(suppress_health_check=[HealthCheck.too_slow])
RATES = st.dictionaries(CODES, st.fractions(0, 10**4, max_denominator=997))


@unhurried
@given(BEFORES, AFTERS, RATES)
def test_the_effects_sum_to_the_change_to_the_cent(before, after, rates):
    change = after.sales.margin - after.serving.cost - (before.sales.margin - before.serving.cost)

    assert sum(effects(before, after, rates)) == change


@unhurried
@given(BEFORES, AFTERS, RATES)
def test_swapping_the_runs_turns_the_sign_of_the_total(before, after, rates):
    there = After(before.sales, before.serving)
    back = Before(after.sales, after.serving, after.sales, after.serving.quantities)

    assert sum(effects(back, there, rates)) == -sum(effects(before, after, rates))


@unhurried
@given(SALES, SERVING, RATES)
def test_a_run_compared_with_itself_has_no_effects(sales, serving, rates):
    before = Before(sales, serving, sales, serving.quantities)

    assert effects(before, After(sales, serving), rates) == (0,) * len(EFFECTS)


@unhurried
@given(SALES, SERVING, SALES, SERVING, RATES)
def test_the_same_rules_leave_nothing_to_the_model(sales, serving, later, served, rates):
    before = Before(sales, serving, sales, serving.quantities)

    assert effects(before, After(later, served), rates)[EFFECTS.index("model")] == 0


@unhurried
@given(st.lists(st.tuples(BEFORES, AFTERS), max_size=5), RATES, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(pairs, rates, chance):
    shuffled = chance.sample(pairs, len(pairs))

    assert together([effects(*pair, rates) for pair in pairs]) == together([effects(*pair, rates) for pair in shuffled])

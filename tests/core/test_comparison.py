"""Runs compared: the steps on figures one can follow, and the laws of a decomposition."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from profitability.core.comparison import EFFECTS, Figures, Rates, Sales, effects, sales_effects, together

# 100 units sold for 1,000.00 that cost 600.00 and 50.00 of freight: a margin of 3.50 a unit
SOLD = Sales(net_revenue=1_000_00, cost_of_goods=600_00, freight=50_00, units=100)
JANUARY, FEBRUARY = 202601, 202602
# 10 visits for 200.00 and 60 minutes for 30.00
DONE = {"visits": 10, "entry": 60}
COSTS = {"visits": Fraction(20_00), "entry": Fraction(50), "repairs": Fraction(7_00)}
BEFORE = Figures(SOLD, 230_00, {JANUARY: DONE})


def rates(month: int = FEBRUARY, same_model: bool = True, **costs: int) -> Rates:
    """What a unit cost in January, and in the month of the later run, where these cost otherwise."""
    later = COSTS | {code: Fraction(cost) for code, cost in costs.items()}
    return Rates({JANUARY: COSTS}, {month: later}, COSTS, same_model)


def named(after: Figures, costs: Rates, corrected: Sales = SOLD) -> dict[str, int]:
    """The effects that are not zero."""
    found = dict(zip(EFFECTS, effects(BEFORE, corrected, after, costs), strict=True))
    return {name: amount for name, amount in found.items() if amount}


def sold(sales: Sales) -> dict[str, int]:
    """Other sales in February, for the same service."""
    return named(Figures(sales, 230_00, {FEBRUARY: DONE}), rates())


def test_the_same_run_changes_nothing():
    assert named(BEFORE, rates(JANUARY)) == {}
    assert sold(SOLD) == {}


def test_more_units_at_the_same_margin_are_volume():
    # 20 units more at 3.50
    assert sold(Sales(1_200_00, 720_00, 60_00, 120)) == {"volume": 70_00}


def test_a_dearer_basket_at_the_same_mark_up_is_mix():
    # goods for 660.00 bring 1,100.00 at the mark-up of 1,000 : 600, so 40.00 more margin
    assert sold(Sales(1_100_00, 660_00, 50_00, 100)) == {"mix": 40_00}


def test_a_discount_is_price():
    assert sold(Sales(950_00, 600_00, 50_00, 100)) == {"price": -50_00}


def test_goods_that_cost_more_without_a_dearer_price_are_a_price_that_fell_behind():
    # 60.00 more cost of goods should have brought 100.00 more revenue (mix + 40.00); it brought none
    assert sold(Sales(1_000_00, 660_00, 50_00, 100)) == {"mix": 40_00, "price": -100_00}


def test_without_cost_of_goods_every_change_of_a_unit_is_price():
    before, after = Sales(1_000_00, 0, 0, 100), Sales(1_320_00, 0, 0, 110)

    assert sales_effects(before, after) == (100_00, 0, 220_00)


def test_new_and_lost_accounts_are_volume():
    assert sales_effects(Sales(), SOLD) == (350_00, 0, 0)
    assert sales_effects(SOLD, Sales()) == (-350_00, 0, 0)


def test_more_visits_are_usage_and_dearer_visits_are_rates():
    # 4 visits more at 20.00 are usage; then 14 visits cost 350.00 instead of 280.00
    after = Figures(SOLD, 380_00, {FEBRUARY: {"visits": 14, "entry": 60}})

    assert named(after, rates(visits=25_00)) == {"usage": -80_00, "rates": -70_00}


def test_an_activity_that_is_new_to_the_account_counts_at_the_rate_of_all():
    # 3 repairs at 7.00 are usage; they cost 24.00
    after = Figures(SOLD, 254_00, {FEBRUARY: DONE | {"repairs": 3}})

    assert named(after, rates(repairs=8_00)) == {"usage": -21_00, "rates": -3_00}


def test_what_the_earlier_rules_would_not_have_charged_is_the_model():
    # the old rules would make 220.00 of the later visits; the new model charges 260.00
    after = Figures(SOLD, 290_00, {FEBRUARY: DONE})

    assert named(after, rates(same_model=False, visits=22_00)) == {"rates": -20_00, "model": -40_00}


def test_over_the_same_months_everything_the_ledger_changed_is_a_correction():
    # 10 units and 2 visits more are known now
    sales = Sales(1_100_00, 660_00, 55_00, 110)
    after = Figures(sales, 270_00, {JANUARY: {"visits": 12, "entry": 60}})

    assert named(after, rates(JANUARY), corrected=sales) == {"corrections": 35_00 - 40_00}


def test_a_correction_is_valued_at_the_rate_of_its_month():
    # a visit cost 20.00 in January and 60.00 in February; the visit that came late was in February
    dear = COSTS | {"visits": Fraction(60_00)}
    costs = Rates({JANUARY: COSTS, FEBRUARY: dear}, {JANUARY: COSTS, FEBRUARY: dear}, COSTS)
    before = Figures(SOLD, 830_00, {JANUARY: {"visits": 10}, FEBRUARY: {"visits": 10, "entry": 60}})
    after = Figures(SOLD, 890_00, {JANUARY: {"visits": 10}, FEBRUARY: {"visits": 11, "entry": 60}})

    assert effects(before, SOLD, after, costs) == (-60_00, 0, 0, 0, 0, 0, 0)


def test_a_rounded_cent_goes_to_the_effect_it_comes_from():
    # thirds of a cent: what a run stores is whole
    third = Rates({JANUARY: {"visits": Fraction(1, 3)}}, {JANUARY: {"visits": Fraction(1, 3)}}, {})
    before, after = (Figures(SOLD, cost, {JANUARY: {"visits": done}}) for cost, done in ((0, 1), (1, 2)))

    assert effects(before, SOLD, after, third)[EFFECTS.index("corrections")] == -1
    other = Rates(third.before, third.after, {}, same_model=False)
    found = dict(zip(EFFECTS, effects(before, SOLD, Figures(SOLD, 1, before.quantities), other), strict=True))
    assert {name: amount for name, amount in found.items() if amount} == {"model": -1}


AMOUNTS = st.integers(-(10**7), 10**9)
SALES = st.builds(Sales, AMOUNTS, AMOUNTS, AMOUNTS, st.one_of(st.just(0), st.integers(0, 10**8)))
CODES = st.sampled_from(["visits", "entry", "repairs", "new"])
MONTHS = st.sampled_from([202512, JANUARY, FEBRUARY])
QUANTITIES = st.dictionaries(MONTHS, st.dictionaries(CODES, st.integers(0, 10**7)))
FIGURES = st.builds(Figures, SALES, st.integers(-(10**4), 10**8), QUANTITIES)
UNIT_COSTS = st.dictionaries(CODES, st.fractions(0, 10**4, max_denominator=997))
BY_MONTH = st.dictionaries(MONTHS, UNIT_COSTS)
RATES = st.builds(Rates, BY_MONTH, BY_MONTH, UNIT_COSTS, st.booleans())
# figures are many and drawn slowly on a busy machine


@given(FIGURES, SALES, FIGURES, RATES)
def test_the_effects_sum_to_the_change_to_the_cent(before, corrected, after, costs):
    assert sum(effects(before, corrected, after, costs)) == after.contribution - before.contribution


@given(FIGURES, FIGURES, RATES)
def test_swapping_the_runs_turns_the_sign_of_the_total(before, after, costs):
    back = Rates(costs.after, costs.before, costs.average, costs.same_model)

    there = sum(effects(before, before.sales, after, costs))

    assert sum(effects(after, after.sales, before, back)) == -there


@given(FIGURES, BY_MONTH, UNIT_COSTS, st.booleans())
def test_a_run_compared_with_itself_has_no_effects(figures, costs, average, same_model):
    found = effects(figures, figures.sales, figures, Rates(costs, costs, average, same_model))

    assert found == (0,) * len(EFFECTS)


@given(FIGURES, SALES, FIGURES, BY_MONTH, UNIT_COSTS, st.booleans())
def test_what_costs_the_same_a_unit_has_no_effect_of_rates(before, corrected, after, costs, average, same_model):
    found = effects(before, corrected, after, Rates(costs, costs, average, same_model))

    assert found[EFFECTS.index("rates")] == 0


@given(FIGURES, SALES, FIGURES, BY_MONTH, BY_MONTH, UNIT_COSTS)
def test_the_same_rules_leave_nothing_to_the_model(before, corrected, after, then, now, average):
    found = effects(before, corrected, after, Rates(then, now, average))

    assert found[EFFECTS.index("model")] == 0


@given(st.lists(st.tuples(FIGURES, SALES, FIGURES), max_size=5), RATES, st.randoms(use_true_random=False))
def test_the_order_of_accounts_does_not_matter(accounts, costs, chance):
    shuffled = chance.sample(accounts, len(accounts))

    assert together([effects(*each, costs) for each in accounts]) == together(
        [effects(*each, costs) for each in shuffled]
    )

"""What boxes usually cost to serve, who stands out, and how a mix differs from its target."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relationships.core.balance import excess, finding, gaps, out_of_line, part_within, to_unit, usual_share
from relationships.core.fit import fit

FIVE = [(Decimal(cost), Decimal(100)) for cost in (5, 10, 20, 30, 90)]
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)
NETS = st.decimals(min_value=1, max_value=10**9, places=2)


def test_the_usual_share_is_the_median_of_those_with_revenue():
    assert usual_share(FIVE) == Fraction(1, 5)
    assert usual_share([*FIVE, (Decimal(50), Decimal(0)), (Decimal(9), Decimal(-3))]) == Fraction(1, 5)


def test_fewer_than_five_accounts_have_no_usual_share():
    assert usual_share(FIVE[:4]) is None


def test_the_excess_is_the_cost_beyond_the_usual_share_of_revenue():
    assert excess(Decimal(90), Decimal(100), Fraction(1, 5)) == 70
    assert excess(Decimal(5), Decimal(100), Fraction(1, 5)) == -15
    assert excess(Decimal(40), Decimal(-10), Fraction(1, 5)) == 40


def test_a_status_that_gets_more_is_over_served_and_a_star_that_gets_less_is_starved():
    beyond, usual = Fraction(70), Fraction(20)

    assert finding("status", beyond, usual) == finding("streamline", beyond, usual) == "over_served"
    assert finding("star", -beyond, usual) == finding("strategic", -beyond, usual) == "starved"
    assert finding("status", -beyond, usual) is finding("star", beyond, usual) is finding("", beyond, usual) is None


def test_a_quarter_of_the_usual_cost_does_not_stand_out():
    assert finding("status", Fraction(5), Fraction(20)) is None
    assert finding("status", Fraction(501, 100), Fraction(20)) == "over_served"


def test_money_is_rounded_half_away_from_zero():
    cent = Decimal("0.01")
    assert to_unit(Fraction(5, 1000), cent) == cent
    assert to_unit(Fraction(-5, 1000), cent) == -cent
    assert to_unit(Fraction(1, 3), cent) == Decimal("0.33")


@given(st.lists(st.tuples(AMOUNTS, NETS), min_size=5, max_size=30), st.integers(2, 1000))
def test_scaling_all_money_scales_every_excess(accounts, factor):
    share = usual_share(accounts)
    scaled = [(cost * factor, net * factor) for cost, net in accounts]

    assert usual_share(scaled) == share
    for (cost, net), (more, larger) in zip(accounts, scaled, strict=True):
        assert excess(more, larger, share) == factor * excess(cost, net, share)


@given(st.lists(st.tuples(AMOUNTS, st.decimals(-100, 10**9, places=2)), min_size=0, max_size=40))
def test_the_usual_share_is_the_exact_median(accounts):
    shares = [Fraction(cost) / Fraction(net) for cost, net in accounts if net > 0]

    assert usual_share(accounts) == (median(shares) if len(shares) >= 5 else None)


def test_shares_that_differ_beyond_the_digits_of_a_quotient_keep_their_order():
    close = [(Decimal(10**30 + place), Decimal(3 * 10**30)) for place in (3, 1, 4, 0, 2)]

    assert usual_share(close) == Fraction(10**30 + 2, 3 * 10**30)


WHOLE = st.integers(-(10**6), 10**12)


@given(
    st.sampled_from(["strategic", "star", "status", "streamline", ""]),
    st.one_of(WHOLE, st.integers(0, 300)),
    st.one_of(WHOLE, st.integers(-5, 300)),
    st.fractions(-1, 2),
)
def test_whole_numbers_find_what_fractions_find(box, cost, net, share):
    beyond = excess(Decimal(cost), Decimal(net), share)
    kind, money = finding(box, beyond, Fraction(cost) - beyond), to_unit(beyond, Decimal(1))

    assert out_of_line(box, cost, net, share) == ((kind, int(money)) if kind and money else None)


@given(st.dictionaries(st.sampled_from(["strategic", "star", "status", "streamline"]), st.integers(0, 500)))
def test_gaps_sum_to_zero(counts):
    target = {"strategic": "0.4", "star": "0.3", "status": "0.2", "streamline": "0.1"}

    found = gaps(counts, {box: Decimal(share) for box, share in target.items()})

    assert sum(found.values()) == 0


def test_a_programme_suits_an_account_with_complex_processes_and_products():
    assert fit(5, 5) == "programme"
    assert fit(4, 5) == fit(9, 0) == "depends"
    assert fit(0, 4) == "transactional"
    assert fit(None, 9) is fit(9, None) is None


D = date.fromisoformat


@pytest.mark.parametrize(("from_on", "until_on", "part"), [
    ("2026-01-01", "2026-12-31", 181),  # 365 in all, the first half has 181 days
    ("2026-06-30", "2026-07-01", Fraction(365, 2)),
    ("2026-03-05", "2026-03-05", 365),
    ("2027-01-01", "2027-02-01", 0),
    ("2025-07-01", "2025-12-31", 0),
])  # fmt: skip
def test_an_investment_counts_by_its_days_within_the_window(from_on, until_on, part):
    assert part_within(Decimal(365), D(from_on), D(until_on), D("2026-01-01"), D("2026-06-30")) == part


@given(st.dates(D("2020-01-01"), D("2030-01-01")), st.integers(0, 900), st.integers(1, 400))
def test_what_lies_in_windows_that_follow_each_other_sums_to_the_whole(begins, length, step):
    ends = begins + timedelta(days=length)
    cuts = [begins + timedelta(days=step * place) for place in range(length // step + 2)]

    parts = [
        part_within(Decimal(1000), begins, ends, first, after - timedelta(days=1)) for first, after in pairwise(cuts)
    ]

    assert sum(parts) == 1000


def test_an_end_before_its_beginning_is_refused():
    with pytest.raises(ValueError, match="before its beginning"):
        part_within(Decimal(1), D("2026-02-01"), D("2026-01-31"), D("2026-01-01"), D("2026-12-31"))

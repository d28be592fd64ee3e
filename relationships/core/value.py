"""What a customer is worth: share of wallet, dependence on both sides, and lifetime value.

Margins come once a year and must be after cost to serve. Margin multiple r ÷ (1 + i − r) with the first margin after a
year: Gupta & Lehmann, Managing Customers as Investments, 2005, ch. 2. Wallet Allocation Rule: Keiningham, Aksoy,
Williams & Buoye, The Wallet Allocation Rule, 2015, appendix A.
"""

from dataclasses import dataclass
from fractions import Fraction

MOST_YEARS = 50


@dataclass(frozen=True)
class Assumptions:
    """What a lifetime value rests on, shares of 1. `retention`: of the customers of a year, how many are still there
    in the next. `years` None: without end. `first_now`: the first margin comes at once, not after a year."""

    retention: Fraction
    discount: Fraction
    growth: Fraction = Fraction(0)
    years: int | None = None
    first_now: bool = False

    @property
    def step(self) -> Fraction:
        """What a margin is worth against the one a year before it, as expected today."""
        return self.retention * (1 + self.growth) / (1 + self.discount)


def multiple(assumed: Assumptions) -> Fraction | None:
    """Lifetime value ÷ yearly margin; None where the margins of all years have no sum: r (1 + g) ≥ 1 + i, for ever.

    The first margin after a year is m r ÷ (1 + i): it has not grown, but the customer has to be there still.
    """
    step = assumed.step
    first = Fraction(1) if assumed.first_now else assumed.retention / (1 + assumed.discount)
    if assumed.years is None:
        return None if step >= 1 else first / (1 - step)
    if step == 1:
        return first * assumed.years
    return first * (1 - step**assumed.years) / (1 - step)


def lifetime_value(yearly_margin: Fraction, assumed: Assumptions) -> Fraction | None:
    """What the margins to come are worth today; of a customer who loses money it is below zero."""
    found = multiple(assumed)
    return None if found is None else yearly_margin * found


def expected_margins(yearly_margin: Fraction, assumed: Assumptions, years: int) -> list[tuple[Fraction, Fraction]]:
    """Year by year: the margin as expected (grown, times the chance that the customer is still there), and what it is
    worth today."""
    found, begins = [], 0 if assumed.first_now else 1
    for place in range(years):
        later = place + begins
        expected = yearly_margin * (1 + assumed.growth) ** place * assumed.retention**later
        found.append((expected, expected / (1 + assumed.discount) ** later))
    return found


def wallet(yearly_spend: Fraction, months: int) -> Fraction:
    """What is spent in so many months."""
    return yearly_spend * months / 12


def share_of(part: Fraction, whole: Fraction | None) -> Fraction | None:
    """A share of a wallet or of sales: unknown of an unknown whole, undefined of nothing. Above 1 the data is wrong,
    which is shown, not cut off."""
    return None if whole is None or whole <= 0 else part / whole


def unallocated(ours: Fraction, whole: Fraction | None) -> Fraction | None:
    """What the customer spends and we do not have; nothing where we sell more than is known of."""
    return None if whole is None else max(whole - max(ours, Fraction(0)), Fraction(0))


def power_gap(ours: Fraction | None, theirs: Fraction | None) -> Fraction | None:
    """Our dependence on the customer less theirs on us: above zero, we depend on them more."""
    return None if ours is None or theirs is None else ours - theirs


def share_by_rank(rank: Fraction, suppliers: int) -> Fraction:
    """The share of wallet to expect of a supplier of this rank (ties: the average rank) among so many.

    Raises ValueError for a rank outside 1…suppliers.
    """
    if not 1 <= rank <= suppliers:
        raise ValueError(f"rank {rank} of {suppliers}")
    return (1 - rank / (suppliers + 1)) * Fraction(2, suppliers)

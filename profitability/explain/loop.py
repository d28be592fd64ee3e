"""What support pools hand on to each other and to the others in a month, as their method has it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.conf import settings

from profitability.core import allocation
from profitability.core.cost_model import CostModel
from profitability.core.remainder import round_half_up, round_to
from profitability.models import PoolBalance

Amounts = dict[str, Decimal]


@dataclass(frozen=True)
class Handing:
    """One pool in the exchange: what it received from which support pool and, of a support pool, what it handed on to
    whom; shares are those of its service."""

    received: Amounts
    sent: Amounts
    shares: dict[str, Fraction]

    @property
    def received_total(self) -> Decimal:
        return sum(self.received.values(), Decimal(0))

    @property
    def sent_total(self) -> Decimal:
        return sum(self.sent.values(), Decimal(0))


def handing_of(model: CostModel, balances: dict[str, PoolBalance], pool: str) -> Handing:
    """The exchange of one pool. Exact until it is shown: then rounded by largest remainder, so that what is received
    adds up to what the run booked, and what is sent to the pool's own cost and what it received."""
    digits = settings.CURRENCY_DIGITS
    costs = {code: int(balances[code].input.scaleb(digits)) for code in model.serves if code in balances}
    flows = allocation.flows(model.support_method, model.serves, costs, model.order)
    into = {giver: takers[pool] for giver, takers in flows.items() if takers.get(pool)}
    if pool not in model.serves:
        return Handing(_rounded(into, int(balances[pool].support_in.scaleb(digits))), {}, {})
    received = _rounded(into, round_half_up(sum(into.values(), Fraction(0))))
    whole = costs.get(pool, 0) + int(sum(received.values(), Decimal(0)).scaleb(digits))
    return Handing(received, _rounded(flows[pool], whole), model.serves[pool])


def _rounded(exact: dict[str, Fraction], total: int) -> Amounts:
    if not exact:
        return {}
    amounts = round_to(total, list(exact.values()), list(exact))
    return {
        code: Decimal(amount).scaleb(-settings.CURRENCY_DIGITS) for code, amount in zip(exact, amounts, strict=True)
    }

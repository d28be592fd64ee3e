"""From which value on an order pays for its own handling."""

from fractions import Fraction

from profitability.core.levers import ORDER_LIKE
from profitability.core.money import exact_sum
from profitability.core.window import FINE, Window


def break_even_order(window: Window, orders: int) -> Fraction | None:
    """The net value, in minor units, at which the gross margin of an order covers what orders and deliveries cost.

    Cost of an order ÷ gross margin in net revenue, over all accounts of the window and their `orders` (Kaplan &
    Cooper, Cost & Effect, 1998, ch. 10: batch-level costs of a customer do not follow the size of its orders). None
    where no order drives a cost, or where a larger order only loses more.
    """
    columns = [place for place, term in enumerate(window.terms) if term.measure in ORDER_LIKE]
    driven = sum(exact_sum(window.parts[:, column]) for column in columns)
    net, margin = exact_sum(window.statement.net_revenue), exact_sum(window.statement.gross_margin)
    if orders <= 0 or driven <= 0 or net <= 0 or margin <= 0:
        return None
    return Fraction(driven, FINE * orders) * Fraction(net, margin)

"""What measured criteria measure: from an account's figures, in units of the currency, to a value."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from operator import itemgetter

Figure = Fraction | Decimal | int | None


def quotient(part: Decimal, whole: Decimal | int) -> Fraction | None:
    """Undefined of nothing, or of a negative whole."""
    if whole <= 0:
        return None
    (above, below), (above_whole, below_whole) = part.as_integer_ratio(), whole.as_integer_ratio()
    return Fraction(above * below_whole, below * above_whole)


def of_active(measure: Callable[[dict], Figure]) -> Callable[[dict], Figure]:
    """An account without activity has none of these."""
    return lambda raw: measure(raw) if raw["is_active"] else None


MEASURES: dict[str, Callable[[dict], Figure]] = {
    **{name: of_active(itemgetter(name)) for name in ("net_revenue", "growth", "gross_margin", "contribution")},
    "cost_to_serve": of_active(itemgetter("cost_to_serve")),
    "breadth": of_active(itemgetter("products")),
    "contribution_margin": of_active(lambda raw: quotient(raw["contribution"], raw["net_revenue"])),
    "cost_to_serve_share": of_active(lambda raw: quotient(raw["cost_to_serve"], raw["net_revenue"])),
    "average_order_value": of_active(lambda raw: quotient(raw["net_revenue"], raw["orders"])),
    **{name: itemgetter(name) for name in ("share_of_wallet", "duration", "potential")},
}

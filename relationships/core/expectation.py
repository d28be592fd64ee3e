"""What hours are expected to bring where nobody has said it: assumptions, each in one place, to be typed over.

Extra sales come from what the customer still buys elsewhere; what can be lost is what he buys here. Both count at the
margin that extra sales leave after what each unit and each order costs. What the hours themselves cost does not count:
they are paid wherever they go.
"""

from dataclasses import dataclass
from decimal import Decimal

from relationships.core.response import ZERO, Response

CENT = Decimal("0.01")
NO_BOX = ""
# Twice the hours win this share of what the customer still buys elsewhere: most where the relationship is to be grown.
WON = {"star": "0.06", "strategic": "0.04", "status": "0.015", "streamline": "0.005", NO_BOX: "0.02"}
# Half of the hours lose this share of what he buys here.
LOST = {"strategic": "0.06", "status": "0.04", "star": "0.05", "streamline": "0.01", NO_BOX: "0.03"}
# Service that is never given up, and the most that is useful, of the hours today (or the usual ones).
LEAST = {"strategic": "0.5", "status": "0.5", "star": "0.5", "streamline": "0", NO_BOX: "0.25"}
MOST = {"strategic": "3", "status": "1.5", "star": "3", "streamline": "1", NO_BOX: "2"}
UNKNOWN_WALLET = Decimal(2)  # where the potential is unknown: he buys half of what he needs here
MOST_GROWTH = Decimal("0.5")  # faster growth, or decline, is not carried on


@dataclass(frozen=True)
class Facts:
    """An account over the window of a run, a month on average, in money; shares 0…1; hours of its manager.

    `margin`: gross margin less what units and orders cost. `potential`: all it buys in our categories. `growth`: of
    net revenue, second half of the window against the first.
    """

    box: str
    hours: Decimal
    net_revenue: Decimal
    margin: Decimal
    potential: Decimal | None
    growth: Decimal | None


@dataclass(frozen=True)
class Stated:
    """What somebody has said of an account instead; None keeps the assumption."""

    lost_at_half: Decimal | None = None
    gained_at_double: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None


def expected(facts: Facts, usual_hours: Decimal, stated: Stated | None = None) -> Response:
    """The curve of an account: what is stated, and the assumptions for the rest.

    Gained at double the hours = share won × (potential − net revenue) × (1 + growth) × margin rate.
    Lost at half of them = share lost × net revenue × (1 − growth) × margin rate, and at least half of the gain,
    because later hours never bring more than the first. Growth within ±50 %, margin rate 0…1. An account with fewer
    hours today is judged at the `usual_hours` > 0 of others like it: a few minutes more would not win so much. What is
    stated is said of today's hours.
    """
    given = stated or Stated()
    is_said = given.lost_at_half is not None or given.gained_at_double is not None
    hours = facts.hours if is_said and facts.hours > 0 else max(facts.hours, usual_hours)
    gained = _first(given.gained_at_double, gain(facts))
    lost = given.lost_at_half if given.lost_at_half is not None else max(loss(facts), _half(gained))
    if given.gained_at_double is None:
        gained = min(gained, 2 * lost)
    least, most = _span(facts, hours, given)
    return Response(hours, max(lost, _half(gained)), gained, least, most)


def gain(facts: Facts) -> Decimal:
    """Money a month that twice the hours are assumed to bring."""
    wallet = facts.potential if facts.potential is not None else UNKNOWN_WALLET * facts.net_revenue
    elsewhere = max(wallet - facts.net_revenue, ZERO)
    return (Decimal(WON[facts.box]) * elsewhere * (1 + _growth(facts)) * margin_rate(facts)).quantize(CENT)


def loss(facts: Facts) -> Decimal:
    """Money a month that half of the hours are assumed to lose."""
    here = max(facts.net_revenue, ZERO)
    return (Decimal(LOST[facts.box]) * here * (1 - _growth(facts)) * margin_rate(facts)).quantize(CENT)


def margin_rate(facts: Facts) -> Decimal:
    """What a unit of extra net revenue leaves after what it costs by unit and by order."""
    if facts.net_revenue <= 0:
        return ZERO
    return min(max(facts.margin / facts.net_revenue, ZERO), Decimal(1))


def _growth(facts: Facts) -> Decimal:
    return min(max(facts.growth or ZERO, -MOST_GROWTH), MOST_GROWTH)


def _span(facts: Facts, hours: Decimal, given: Stated) -> tuple[Decimal, Decimal]:
    """Least and most hours. What is stated wins over what is assumed."""
    least = _first(given.least, (Decimal(LEAST[facts.box]) * facts.hours).quantize(CENT, "ROUND_DOWN"))
    most = _first(given.most, (Decimal(MOST[facts.box]) * hours).quantize(CENT))
    if least > most:
        return (most, most) if given.least is None else (least, least)
    return least, most


def _half(gained: Decimal) -> Decimal:
    return (gained / 2).quantize(CENT, "ROUND_UP")


def _first(stated: Decimal | None, assumed: Decimal) -> Decimal:
    return assumed if stated is None else stated

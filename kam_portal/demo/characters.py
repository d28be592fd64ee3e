"""How the accounts behave: who is quiet, who eats service, who pays late. Generated, fixed by a seed.

Most characters are drawn; those of the demo's key account manager are cast, so that the demo has a
story to tell: the largest customer loses money, and a star is waiting for attention.
"""

from dataclasses import dataclass
from functools import cache
from random import Random

from kam_portal.demo.months import MONTHS
from kam_portal.demo.source import source

SEED = "kam-portal-demo-1"
QUIET, NORMAL, DEMANDING, EXHAUSTING = 0.4, 1.0, 2.2, 4.5
APPETITES = [QUIET] * 28 + [NORMAL] * 48 + [DEMANDING] * 18 + [EXHAUSTING] * 6
SLOW_PAYERS = 0.18
KEY_ACCOUNTS = 70  # the largest of the last year: looked after by the key account team
YEAR = 12

# Accounts of the demo's manager: appetite for service, judged attractiveness and relationship strength.
CAST = {
    "AW00000599": (EXHAUSTING, 3.5, 7.5),  # Westside Plaza: the largest, and it loses money
    "AW00000024": (EXHAUSTING, 3.0, 7.0),  # Eastside Department Store
    "AW00000328": (DEMANDING, 4.0, 7.5),
    "AW00000205": (EXHAUSTING, 3.0, 3.5),
    "AW00000697": (NORMAL, 8.5, 8.5),  # Brakes and Gears: strategic
    "AW00000650": (QUIET, 8.0, 7.5),
    "AW00000254": (NORMAL, 8.0, 7.0),
    "AW00000475": (NORMAL, 7.5, 6.5),
    "AW00000490": (QUIET, 9.0, 3.0),  # Extraordinary Bike Works: a star
    "AW00000433": (NORMAL, 8.5, 4.0),
    "AW00000542": (QUIET, 9.0, 2.5),
    "AW00000312": (NORMAL, 7.5, 4.0),
    "AW00000236": (NORMAL, 2.5, 7.5),
    "AW00000436": (DEMANDING, 2.5, 6.5),
    "AW00000343": (DEMANDING, 2.0, 3.0),
    "AW00000167": (EXHAUSTING, 1.5, 4.0),
    "AW00000005": (NORMAL, 3.0, 4.0),
    "AW00000293": (DEMANDING, 2.5, 3.5),
}


@dataclass(frozen=True, slots=True)
class Character:
    """One account: its appetite for service (1 = usual), how it pays, its sales of each year in currency."""

    code: str
    appetite: float
    slow_payer: bool
    key: bool
    sales: tuple[float, ...]
    orders: tuple[int, ...]  # of each of the 36 months
    awake: range  # places of the months in which we work for it

    @property
    def last_sales(self) -> float:
        return self.sales[-1]


def random(topic: str) -> Random:
    """Chance for one topic, the same at each call and on each machine."""
    return Random(f"{SEED}:{topic}")  # noqa: S311 - a demo, no secret


@cache
def characters() -> list[Character]:
    """All accounts, in the order of the source."""
    sales, orders = _sales(), _orders()
    largest = sorted(sales, key=lambda code: (-sales[code][-1], code))[:KEY_ACCOUNTS]
    key = set(largest) | set(CAST)
    codes = [reseller.code for reseller in source().resellers]
    return [_character(code, sales[code], orders[code], code in key) for code in codes]


def _character(code: str, sales: list[float], orders: list[int], key: bool) -> Character:
    chance = random(f"character:{code}")
    appetite, slow_payer = chance.choice(APPETITES), chance.random() < SLOW_PAYERS
    if code in CAST:
        appetite = CAST[code][0]
    return Character(code, appetite, slow_payer, key, tuple(sales), tuple(orders), _awake(orders))


def _awake(orders: list[int]) -> range:
    """From two months before the first order until five after the last; never without orders."""
    busy = [place for place, count in enumerate(orders) if count]
    return range(max(busy[0] - 2, 0), min(busy[-1] + 6, MONTHS)) if busy else range(0)


def _sales() -> dict[str, list[float]]:
    """Net sales of each account in each of the three years."""
    sales = {reseller.code: [0] * (MONTHS // YEAR) for reseller in source().resellers}
    for line in source().lines:
        sales[line.order.account][line.order.place // YEAR] += line.net
    return {code: [amount / 10_000 for amount in years] for code, years in sales.items()}


def _orders() -> dict[str, list[int]]:
    """Orders of each account in each of the 36 months."""
    counts = {reseller.code: [0] * MONTHS for reseller in source().resellers}
    for order in source().orders:
        counts[order.account][order.place] += 1
    return counts

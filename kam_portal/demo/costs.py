"""Generated monthly costs and capacity of the pools.

Pools consumed by time are staffed for the work of the month, with some luck in planning; the other pools
have a base that follows the orders. Only one month was planned badly: the warehouse in its busiest.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import sqrt
from pathlib import Path

import yaml

from kam_portal.demo.characters import YEAR, random
from kam_portal.demo.generated import events
from kam_portal.demo.months import LAST_YEAR, MONTHS, Calendar
from kam_portal.demo.portfolio import express_orders
from kam_portal.demo.source import source

MODEL_FILE = Path(__file__).with_name("cost_model.yaml")
MINUTES_A_DAY = 8 * 60
PRACTICAL = Fraction(8, 10)  # of the paid time
PLANNED_USE = (0.78, 0.93)
OVERUSED = {("warehouse", 25): 1.08}  # pool and month: its busiest month
USUAL_DAYS = 21
QUIET_SHARE = 0.5  # people stay in a month with less than this share of the year's usual work
RAISE = 1.03  # pay and prices, a year


@dataclass(frozen=True, slots=True)
class Staffed:
    """A pool consumed by time: a month's cost of one person, and cost that comes without people."""

    person: int
    fixed: int


@dataclass(frozen=True, slots=True)
class Following:
    """A pool consumed by shares: its usual month, and how much of it follows the orders (0…1)."""

    usual: int
    follows: float


POOLS: dict[str, Staffed | Following] = {
    "sales_force": Staffed(9_800, 6_000),
    "inside_sales": Staffed(6_200, 2_000),
    "customer_service": Staffed(5_400, 2_500),
    "credit_control": Staffed(5_900, 1_500),
    "warehouse": Staffed(4_900, 17_000),
    "returns_desk": Staffed(5_000, 1_500),
    "technical_support": Staffed(7_900, 3_000),
    "key_account_team": Following(60_000, 0.1),
    "packing": Following(31_000, 0.7),
    "transport": Following(56_000, 0.6),
    "it": Following(34_000, 0.0),
    "hr": Following(13_000, 0.0),
    "facilities": Following(31_000, 0.1),
    "marketing": Following(36_000, 0.3),
    "head_office": Following(85_000, 0.0),
}


def resource_cost_rows(calendar: Calendar) -> Iterator[dict]:
    """One row a pool and month, in the columns of the import format."""
    for pool, plan in POOLS.items():
        chance = random(f"costs:{pool}")
        for place in range(MONTHS):
            month = {"pool_code": pool, "month": calendar.name(place)}
            if isinstance(plan, Staffed):
                days = len(calendar.workdays(place))
                people = _people(pool, place, days, chance.uniform(*PLANNED_USE))
                yield month | _staffed(plan, people, days, place)
            else:
                yield month | {"amount": _following(plan, place, chance.uniform(0.97, 1.03))}


def _staffed(plan: Staffed, people: Fraction, days: int, place: int) -> dict:
    amount = (plan.person * people + plan.fixed * Fraction(_growth(place))) * Fraction(_raised(place))
    minutes = people * days * MINUTES_A_DAY * PRACTICAL
    return {"amount": f"{float(amount):.2f}", "practical_minutes": int(minutes)}


def _people(pool: str, place: int, days: int, planned_use: float) -> Fraction:
    """Quarters of a full-time person, at least half of one."""
    work = used_minutes()[pool]
    year = work[place // YEAR * YEAR :][:YEAR]
    expected = max(work[place], QUIET_SHARE * sum(year) / YEAR)
    use = OVERUSED.get((pool, place), planned_use)
    quarters = round(4 * expected / (use * days * MINUTES_A_DAY * float(PRACTICAL)))
    return Fraction(max(quarters, 2), 4)


def _following(plan: Following, place: int, luck: float) -> str:
    moving = plan.follows * _busyness()[place] + (1 - plan.follows)
    return f"{plan.usual * moving * luck * _growth(place) * _raised(place):.2f}"


def _growth(place: int) -> float:
    """The size of the company in the month's year, last year = 1."""
    sales = _line_counts()
    year = range(place // YEAR * YEAR, place // YEAR * YEAR + YEAR)
    return round(sqrt(sum(sales[month] for month in year) / sum(sales[month] for month in LAST_YEAR)), 6)


def _raised(place: int) -> float:
    return round(RAISE ** (place // YEAR - MONTHS // YEAR + 1), 6)


def _busyness() -> list[float]:
    """Order lines of each month against the usual month of its year."""
    lines = _line_counts()
    return [YEAR * lines[place] / sum(lines[place // YEAR * YEAR :][:YEAR]) for place in range(MONTHS)]


@cache
def _line_counts() -> list[int]:
    counts = Counter(line.order.place for line in source().lines)
    return [counts[place] for place in range(MONTHS)]


@cache
def used_minutes() -> dict[str, list[float]]:
    """Minutes of work for each pool consumed by time, by month."""
    model = yaml.safe_load(MODEL_FILE.read_text())
    volumes = _volumes()
    used: dict[str, list[float]] = {}
    for activity in model["activities"]:
        if "minutes" in activity:
            work = used.setdefault(activity["pool"], [0.0] * MONTHS)
            for measure, minutes in activity["minutes"].items():
                for place in range(MONTHS):
                    work[place] += minutes * volumes[measure, place]
    return used


def _volumes() -> Counter[tuple[str, int]]:
    """Sums of the measures that the cost model uses, over all accounts, by month."""
    volumes: Counter[tuple[str, int]] = Counter()
    express = express_orders()
    for order in source().orders:
        for measure in ("orders", "deliveries"):
            volumes[measure, order.place] += 1
        volumes["express_orders", order.place] += order.order_id in express
    for line in source().lines:
        volumes["order_lines", line.order.place] += 1
        volumes["units", line.order.place] += line.quantity
    for event in events():
        code = event.kind.code
        volumes[f"{code}.count", event.place] += 1
        volumes[f"{code}.minutes", event.place] += event.minutes
        volumes[f"{code}.{event.kind.attribute}", event.place] += event.attribute
    return volumes

"""Advice on hours: 500 accounts of 20 people, each with a price, and every limit that binds with its cost."""

from decimal import Decimal
from pathlib import Path
from random import Random

from benchmarks.measures import Measured, measure
from relationships.core.effort import Plan, allocate
from relationships.core.response import Programme, Response, Served
from relationships.core.solving import solve

ACCOUNTS, PEOPLE, SEED = 500, 20, 11
BOXES = ("strategic", "star", "status", "streamline")


def hours(files: Path) -> Measured:
    """The whole advice of one team against a single solution of its linear programme."""
    programme = a_programme()
    found = allocate(programme)
    assert isinstance(found, Plan)
    measured = measure(lambda: allocate(programme), lambda: solve(programme, programme.limits))
    note = f"{len(found.binding)} limits bind"
    return Measured(measured.seconds, measured.baseline, measured.peak_mb, note)


def a_programme() -> Programme:
    chance = Random(SEED)
    accounts = [account(key, chance) for key in range(ACCOUNTS)]
    today = [sum((each.today for each in accounts if each.manager == person), Decimal(0)) for person in range(PEOPLE)]
    shares = {"status": Decimal("0.3"), "star": Decimal("0.1")}
    return Programme(accounts, dict(enumerate(today)), shares, {"streamline": Decimal("0.2")})


def account(key: int, chance: Random) -> Served:
    """One that answers by chance; every tenth may be looked after by anybody."""
    given, gained = Decimal(chance.randint(50, 2000)).scaleb(-2), Decimal(chance.randint(0, 1000))
    lost = gained / 2 + chance.randint(0, 800)
    answer = Response(given, lost, gained, given / 4, 3 * given)
    return Served(key, key % PEOPLE, chance.choice(BOXES), given, answer, key % 10 == 0)

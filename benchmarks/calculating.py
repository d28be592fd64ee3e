"""Costing and ranking against bare numpy on the same arrays."""

import os
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.ledger import FIRST, LAST, MONTHS, SEED, SKEW
from benchmarks.measures import Measured, measure
from profitability.core.concentration import concentration
from profitability.core.cost_model import CostModel
from profitability.core.costing import cost_month
from profitability.core.pareto import rank

ONE = 10_000


def costing(files: Path) -> Measured:
    """Every month of the scaled ledger on 20 activities, to the cent, from measures rolled up before."""
    from profitability.books import model_of, parsed, resource_costs
    from profitability.models import Run
    from profitability.rollup import roll_up

    model = parsed(model_of(Run()))
    costs, minutes = resource_costs(MONTHS)
    months = [(month, frame) for month, frame in by_month(roll_up(FIRST, LAST).measures)]

    def to_the_cent() -> None:
        for month, measures in months:
            cost_month(model, month, costs[month], minutes[month], measures)

    def bare() -> None:
        for month, measures in months:
            product(model, measures, costs[month], minutes[month])

    return measure(to_the_cent, bare)


def by_month(measures: pd.DataFrame) -> list[tuple[int, pd.DataFrame]]:
    """As the core takes them: a frame a month, by account code."""
    found = []
    for month, frame in measures.groupby("month"):
        index = ["" if account < 0 else f"{account:09d}" for account in frame["account"]]
        found.append((month, frame.iloc[:, 2:].set_axis(index, axis=0).sort_index()))
    return found


def product(model: CostModel, measures: pd.DataFrame, costs: dict, minutes: dict) -> np.ndarray:
    """The same costs as floats, without rounding, checks, support pools or a balance."""
    cells = np.empty((len(measures), len(model.activities)), order="F")
    for column, activity in enumerate(model.activities):
        if activity.minutes is None:
            volume = measures[activity.driver].to_numpy()
            share = sum(float(share) * costs[pool] for pool, share in activity.shares.items())
            cells[:, column] = volume * (share / max(volume.sum(), 1))
        else:
            used = sum(measures[name].to_numpy() * float(number) for name, number in activity.minutes.items())
            cells[:, column] = used * (costs[activity.pool] / minutes[activity.pool])
    return cells


def pareto(files: Path) -> Measured:
    """Ranks, classes and concentration of a million accounts (or as many as ACCOUNTS says, if fewer)."""
    count = min(1_000_000, 100 * int(os.environ["BENCH_ACCOUNTS"]))
    chance = np.random.default_rng(SEED)
    values = (1e12 * np.arange(1, count + 1) ** -SKEW * chance.random(count)).astype(np.int64) - 1_000_000
    chance.shuffle(values)
    keys = [f"C{number:07d}" for number in range(count)]

    def exact() -> None:
        rank(values, keys)
        concentration(values)

    return measure(exact, lambda: np.cumsum(values[np.argsort(-values)]))

"""From the books to results: amounts, cost to serve, ranks. Nothing is stored here."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from django.conf import settings
from django.utils.translation import gettext as _

from profitability import queue
from profitability.books import Books, CannotRun, fingerprint, of_month, open_books
from profitability.core.allocation import CannotAllocate
from profitability.core.costing import CannotCost, MonthCosts, cost_month
from profitability.core.money import LEDGER_UNIT
from profitability.core.pareto import rank
from profitability.core.statement import MEASURES, Statement, by_level, by_phase, statements
from profitability.models import Run
from profitability.sentences import notices_in_words, refusals_in_words


@dataclass
class Calculation:
    """What a run found out, before it is stored.

    Arrays have one row per account in the order of the master, “no account” last. `months`: amount → accounts ×
    months; `costs`: per month the places of its accounts and their costs (accounts × activities).
    """

    books: Books
    window: dict[str, np.ndarray]
    months: dict[str, np.ndarray]
    costed: list[MonthCosts]
    places: list[np.ndarray]
    measures: list[pd.DataFrame]
    rankings: dict[str, "Ranked"] = field(default_factory=dict)
    hashes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ranked:
    """Places of the master in rank order, with class, value and cumulative sum; `base` is the positive sum."""

    places: list[int]
    classes: list[str]
    values: list[int]
    cumulative: list[int]
    base: int


def calculate(run: Run) -> Calculation:
    """Everything from the ledger to ranks. Raises CannotRun with a sentence for a person."""
    queue.tell(run, _("Adding up the ledger"), 0, 1)
    books = open_books(run)
    queue.mine(run).update(month_from=run.month_from, month_to=run.month_to)  # a run that fails says its window too
    steps = len(books.months) + 3
    calculation = start(books)
    for number, month in enumerate(books.months):
        queue.tell(run, _("Costing %(month)s") % {"month": spoken(month)}, number + 1, steps)
        add_costs(calculation, month)
    finish_accounts(calculation)
    calculation.rankings = dict(rank_all(calculation))
    describe(run, calculation)
    queue.tell(run, _("Storing the results"), steps - 2, steps)
    return calculation


def describe(run: Run, calculation: Calculation) -> None:
    """Note on the run what went in and what is worth knowing."""
    run.inputs = fingerprint(calculation.books)
    run.notices = notices(calculation)
    run.totals = totals(calculation)
    queue.mine(run).update(
        month_from=run.month_from,
        month_to=run.month_to,
        cost_model=run.cost_model,
        inputs=run.inputs,
        notices=run.notices,
        totals=run.totals,
    )


TOTALS = ("list_amount", "net_revenue", "gross_margin", "cost_to_serve", "contribution")


def totals(calculation: Calculation) -> dict:
    """The company's figures with “no account”, in minor units: of the window, and of each of its months."""
    months = calculation.books.months
    return {
        "window": {name: int(calculation.window[name].sum()) for name in TOTALS},
        "months": {name: calculation.months[name].sum(axis=0).tolist() for name in TOTALS},
        "first_month": months[0],
        "active_accounts": int(calculation.window["is_active"][:-1].sum()),
    }


def notices(calculation: Calculation) -> list[str]:
    if not calculation.books.model.pools:
        return [_("There is no cost model, so no cost to serve was calculated.")]
    told = [notice for month in calculation.costed for notice in month.notices]
    return list(notices_in_words(calculation.books.model, told))


def spoken(month: int) -> str:
    return f"{month // 100:04d}-{month % 100:02d}"


# Amounts of the order lines


def start(books: Books) -> Calculation:
    """The statement of the window and of its months, still without cost to serve."""
    exact = {measure: by_month(books, measure) for measure in MEASURES.values()}
    window, months = statements(exact, settings.CURRENCY_DIGITS)
    costs = np.zeros_like(months.net_revenue)
    return Calculation(books, amounts(window), amounts(months) | {"cost_to_serve": costs}, [], [], [])


def amounts(statement: Statement) -> dict[str, np.ndarray]:
    """A statement under the names of the columns it is stored in."""
    return {
        "list_amount": statement.list_sales,
        "discount_amount": statement.discounts,
        "return_amount": statement.returns,
        "net_revenue": statement.net_revenue,
        "cost_amount": statement.cost_of_goods,
        "freight_amount": statement.freight,
        "gross_margin": statement.gross_margin,
    }


def by_month(books: Books, measure: str) -> np.ndarray:
    """One measure as accounts × months, ten-thousandths."""
    cells = np.zeros((books.master.size + 1, len(books.months)), dtype=np.int64)
    frame = books.ledger.measures
    column = {month: number for number, month in enumerate(books.months)}
    rows = frame["account"].map(books.master.place).to_numpy()
    cells[rows, frame["month"].map(column).to_numpy()] = frame[measure].to_numpy()
    return cells


# Cost to serve


def add_costs(calculation: Calculation, month: int) -> None:
    """Cost one month and add it to the accounts."""
    books = calculation.books
    places, measures = of_month(books, month)
    try:
        costed = cost_month(books.model, month, books.costs.get(month, {}), books.minutes.get(month, {}), measures)
    except (CannotCost, CannotAllocate) as error:
        raise CannotRun("\n".join(reasons(books, error))) from error
    calculation.costed.append(costed)
    calculation.places.append(places)
    calculation.measures.append(measures)
    calculation.months["cost_to_serve"][places, books.months.index(month)] = costed.costs.sum(axis=1)


def reasons(books: Books, error: Exception) -> list[str]:
    """Everything that stands against costing any month of the window: who mends one thing need not meet the next."""
    found = [problem for month in books.months for problem in problems_of(books, month)]
    if found:
        return list(refusals_in_words(books.model, found))
    return [f"{str(error)[:1].upper()}{str(error)[1:]}."]


def problems_of(books: Books, month: int) -> Iterator[CannotCost]:
    """What stands against costing a month: each problem is put out of the way to find the next one."""
    costs, minutes = dict(books.costs.get(month, {})), dict(books.minutes.get(month, {}))
    _places, measures = of_month(books, month)
    known = {pool.code for pool in books.model.pools}
    for _time in range(len(known) + len(costs) + measures.shape[1]):
        try:
            cost_month(books.model, month, costs, minutes, measures)
            return
        except CannotCost as error:
            yield error
            if error.measure:
                measures = measures.assign(**{error.measure: measures[error.measure].clip(lower=0)})
            elif error.pool in known:
                minutes[error.pool] = LEDGER_UNIT
            elif error.pool:
                del costs[error.pool]
            else:
                return
        except CannotAllocate:
            return


def finish_accounts(calculation: Calculation) -> None:
    """Sum the months' costs by phase, level and in all; contribution is what is left."""
    model, window = calculation.books.model, calculation.window
    totals = np.zeros((calculation.books.master.size + 1, len(model.activities)), dtype=np.int64)
    for places, costed in zip(calculation.places, calculation.costed, strict=True):
        totals[places] += costed.costs
    window |= by_phase(totals, model.activities)
    window |= {f"{level}_cost": costs for level, costs in by_level(totals, model.activities).items()}
    for figures, costs in (
        (window, totals.sum(axis=1)),
        (calculation.months, calculation.months["cost_to_serve"]),
    ):
        figures["cost_to_serve"] = costs
        figures["contribution"] = figures["gross_margin"] - costs
    add_counts(calculation)


def add_counts(calculation: Calculation) -> None:
    """Orders, lines, units, breadth, growth, share of wallet, and who was active at all."""
    books, window = calculation.books, calculation.window
    for name in ("orders", "order_lines", "units"):
        window[name] = by_month(books, name).sum(axis=1)
    active = np.zeros(books.master.size + 1, dtype=bool)
    for places in calculation.places:
        active[places] = True
    window["is_active"] = active
    window["products"] = placed(books, books.ledger.products)
    window["earlier"] = placed(books, books.ledger.earlier)


def placed(books: Books, values: dict[int, int]) -> np.ndarray:
    column = np.zeros(books.master.size + 1, dtype=np.int64)
    for account, value in values.items():
        column[books.master.place[account]] = value
    return column


def growths(calculation: Calculation) -> list[int | None]:
    """Net revenue against the window before, in millionths; undefined without revenue before."""
    now = by_month(calculation.books, "net_revenue").sum(axis=1).tolist()
    before = calculation.window["earlier"].tolist()
    return [millionths(new - old, old) if old > 0 else None for new, old in zip(now, before, strict=True)]


def shares_of_wallet(calculation: Calculation) -> list[int | None]:
    """Net revenue ÷ what the account spends in our categories in as many months, in millionths."""
    books = calculation.books
    net = by_month(books, "net_revenue").sum(axis=1).tolist()
    months = len(books.months)
    return [
        millionths(12 * sold, potential * months) if potential and potential > 0 else None
        for sold, potential in zip(net, [*books.master.potential, None], strict=True)
    ]


def millionths(part: int, whole: int) -> int:
    """A share as it is stored, half up; within what a column holds."""
    share = (2_000_000 * abs(part) + whole) // (2 * whole)
    return max(min(share if part >= 0 else -share, 2**62), -(2**62))


# Ranking


def rank_all(calculation: Calculation) -> Iterator[tuple[str, Ranked]]:
    """Each measure's ranking of active accounts; potential and share of wallet where they are known."""
    window, books = calculation.window, calculation.books
    active = np.flatnonzero(window["is_active"][:-1])
    columns = {"revenue": "net_revenue", "volume": "units"}
    for measure in ("revenue", "volume", "gross_margin", "contribution"):
        yield measure, ranked(books, active, window[columns.get(measure, measure)][active])
    known = {"potential": [*books.master.potential, None], "share_of_wallet": shares_of_wallet(calculation)}
    for measure, values in known.items():
        places = np.array([place for place, value in enumerate(values) if value is not None], dtype=np.int64)
        yield measure, ranked(books, places, np.array([values[place] for place in places], dtype=np.int64))


def ranked(books: Books, places: np.ndarray, values: np.ndarray) -> Ranked:
    found = rank(values, [books.master.codes[place] for place in places.tolist()])
    return Ranked(
        places=places[found.order].tolist(),
        classes=found.classes.tolist(),
        values=found.values.tolist(),
        cumulative=found.cumulative.tolist(),
        base=found.base,
    )

"""What-if scenarios between the database and the core: the window of a run is read, never written.

numpy is loaded with this module, so pages import it when they are asked for.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import BigIntegerField, F, QuerySet, Sum
from django.db.models.functions import Cast

from profitability.core import cost_model as core_model
from profitability.core.levers import ORDER_LIKE, Levers
from profitability.core.measures import AMOUNTS
from profitability.core.money import round_sums
from profitability.core.months import months_between
from profitability.core.pareto import rank
from profitability.core.scenario import Outcome, Taken, Term, Window, apply, parts_of, terms_of
from profitability.core.statement import Statement
from profitability.models import ActivityTotal, MonthResult, PoolBalance, Result, Run
from profitability.small_orders import SmallOrders, small_orders

ONE = 10_000
UNIT = 10 ** (4 - settings.CURRENCY_DIGITS)  # ledger units in a minor unit
MINOR = 10**settings.CURRENCY_DIGITS
ROWS = 5_000  # read at a time
FEW = 2_000  # accounts whose months a page reads itself
STATEMENT = {
    "net_revenue": "net_revenue",
    "discounts": "discount_amount",
    "returns": "return_amount",
    "cost_of_goods": "cost_amount",
    "freight": "freight_amount",
}
TAKEN = {
    "net_revenue": "net_amount",
    "discounts": "discount_amount",
    "cost_of_goods": "cost_amount",
    "freight": "freight_amount",
}


class NoRate(ValueError):
    """The run does not say what a unit of the activity costs."""


class NotPrepared(LookupError):
    """So many accounts are chosen that a worker must read their months first."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """The accounts of a scenario, in the order of their codes, with their window.

    `weights` (accounts × terms): what each measure would cost at the rates of its months, in minor units ×
    ten-thousandths; `rates`: the same for one unit, month by month.
    """

    run: Run
    results: QuerySet[Result]
    ids: list[int]
    codes: list[str]
    names: list[str]
    window: Window
    weights: np.ndarray
    rates: dict[int, np.ndarray]

    @cached_property
    def places(self) -> dict[int, int]:
        return {account: place for place, account in enumerate(self.ids)}


def activities_of(run: Run) -> tuple[core_model.Activity, ...]:
    """The activities of the run's cost model; none without one."""
    model = core_model.parse(run.cost_model.document)[0] if run.cost_model else None
    return model.activities if model else ()


def chosen(run: Run, results: QuerySet[Result]) -> Chosen:
    """The window of these results of the run (only active accounts have one)."""
    results = results.filter(is_active=True)
    listed = list(results.order_by("code").values_list("account_id", "code", "account__name"))
    ids = [account for account, _code, _name in listed]
    activities = activities_of(run)
    terms = terms_of(activities)
    rates = monthly_rates(run, activities, terms)
    sheet = Sheet(ids, activities, terms, rates)
    if len(ids) <= FEW:
        sheet.fill(month_rows(run, results, sheet.measures))
    else:
        sheet.take(kept_sheet(run))
    months = len(months_between(run.month_from, run.month_to))
    parts = parts_of(sheet.costs, sheet.weights, terms)
    window = Window(activities, terms, statement_of(results), sheet.costs, parts, sheet.minutes, sheet.volumes, months)
    names = [name for _account, _code, name in listed]
    return Chosen(run, results, ids, [code for _account, code, _name in listed], names, window, sheet.weights, rates)


# The months of very many accounts take a minute to read, so a worker reads them once and keeps the sums in a file.


def sheet_path(run: Run) -> Path:
    """A published run never changes, so its file is right for ever."""
    return Path(default_storage.path(f"windows/{run.pk}-{run.attempts}-{run.result_hash[:16]}.npz"))


def kept_sheet(run: Run) -> dict[str, np.ndarray]:
    """The sums of all active accounts of the run. Raises NotPrepared until a worker has kept them."""
    try:
        with np.load(sheet_path(run), allow_pickle=False) as found:
            return dict(found)
    except FileNotFoundError:
        raise NotPrepared(run.pk) from None


def prepare(run: Run) -> None:
    """Read the months of all active accounts of the run and keep their sums; again it does nothing."""
    path = sheet_path(run)
    if path.exists():
        return
    results = Result.objects.in_run(run).of_accounts().filter(is_active=True)
    ids = sorted(results.values_list("account_id", flat=True))
    activities = activities_of(run)
    terms = terms_of(activities)
    sheet = Sheet(ids, activities, terms, monthly_rates(run, activities, terms))
    sheet.fill(month_rows(run, results, sheet.measures))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez(file, ids=np.array(ids), costs=sheet.costs, weights=sheet.weights, amounts=sheet.amounts)
    Path(file.name).replace(path)  # all at once: a reader sees no half of it


def statement_of(results: QuerySet[Result]) -> Statement:
    """The published amounts in minor units, in the order of the codes."""
    columns = [Cast(F(column), BigIntegerField()) for column in STATEMENT.values()]
    rows = list(results.order_by("code").values_list(*columns))
    cells = np.array(rows, dtype=np.int64).reshape(len(rows), len(STATEMENT))
    return Statement(**{name: cells[:, place].copy() for place, name in enumerate(STATEMENT)})


def monthly_rates(
    run: Run, activities: tuple[core_model.Activity, ...], terms: tuple[Term, ...]
) -> dict[int, np.ndarray]:
    """What one unit of each term cost in each month, in minor units; 0 where the run has no rate."""
    stated = {
        (activity, month): float(rate) * MINOR
        for activity, month, rate in ActivityTotal.objects.filter(run=run, attempt=run.attempts)
        .exclude(rate="")
        .values_list("activity", "month", "rate")
    }
    return {
        month: np.array([stated.get((activities[term.activity].code, month), 0.0) * each(term) for term in terms])
        for month in months_between(run.month_from, run.month_to)
    }


def each(term: Term) -> float:
    """Minutes of a unit of the term; a driver is counted by itself."""
    return float(term.minutes) if term.minutes else 1.0


class Sheet:
    """The figures of some accounts while the months are read: costs, minutes, volumes and weights."""

    def __init__(self, ids, activities, terms, rates) -> None:
        self.place = {account: place for place, account in enumerate(ids)}
        self.activities = [activity.code for activity in activities]
        self.measures = sorted({term.measure for term in terms})
        self.columns = [self.measures.index(term.measure) for term in terms]
        self.each = np.array([float(term.minutes) for term in terms])
        self.rates = rates
        self.costs = np.zeros((len(ids), len(activities)), dtype=np.int64)
        self.weights = np.zeros((len(ids), len(terms)))
        self.amounts = np.zeros((len(ids), len(self.measures)), dtype=np.int64)

    def fill(self, rows: Iterator[tuple]) -> None:
        """Add rows of (month, account, measures, costs)."""
        if not self.activities:
            return
        while found := list(islice(rows, ROWS)):
            places = [self.place[account] for _month, account, _measures, _costs in found]
            amounts = np.array([[each.get(name, 0) for name in self.measures] for _m, _a, each, _c in found])
            costs = np.array([[each.get(code, 0) for code in self.activities] for _m, _a, _each, each in found])
            rates = np.array([self.rates[month] for month, _account, _measures, _costs in found])
            np.add.at(self.amounts, places, amounts)
            np.add.at(self.costs, places, costs)
            np.add.at(self.weights, places, amounts[:, self.columns] * rates)

    def take(self, kept: dict[str, np.ndarray]) -> None:
        """The sums of these accounts from those that were kept."""
        rows = np.searchsorted(kept["ids"], np.array(list(self.place)))
        self.costs, self.weights, self.amounts = (kept[name][rows] for name in ("costs", "weights", "amounts"))

    @property
    def minutes(self) -> np.ndarray:
        """Accounts × terms, ten-thousandths."""
        return np.rint(self.amounts[:, self.columns] * self.each).astype(np.int64)

    @property
    def volumes(self) -> dict[str, np.ndarray]:
        return {name: self.amounts[:, place] for place, name in enumerate(self.measures)}


def month_rows(run: Run, results: QuerySet[Result], measures: Iterable[str]) -> Iterator[tuple]:
    """(month, account, measures, costs) of the accounts of these results; amounts that drive costs among the
    measures."""
    amounts = [name for name in AMOUNTS if name in set(measures)]
    columns = [Cast(F(name), BigIntegerField()) for name in amounts]
    rows = MonthResult.objects.in_run(run).filter(account__in=results.order_by().values("account_id"))
    for month, account, counted, costs, *money in rows.values_list(
        "month", "account_id", "measures", "costs", *columns
    ).iterator(ROWS):
        counted |= {name: amount * UNIT for name, amount in zip(amounts, money, strict=True)}
        yield month, account, counted, costs


# Orders below a minimum


def taken_by_minimum(selected: Chosen, levers: Levers) -> Taken | None:
    """What a minimum order value takes out of the window; None without one.

    Refused orders take their sales, goods and lines with them. Consolidated ones are joined, within a month, until
    each has the minimum value: orders and deliveries become fewer, what is sold stays.
    """
    if levers.minimum_order is None or levers.drop:
        return None
    run, minimum = selected.run, int(levers.minimum_order.scaleb(4))
    accounts = selected.results.order_by().values("account_id")
    found = [
        row
        for row in small_orders(accounts, (run.month_from, run.month_to), levers.minimum_order)
        if row.account in selected.places
    ]
    leave = refused if levers.small_orders == "refuse" else lambda row: consolidated(row, minimum)
    volumes = [leave(row) for row in found]
    return taken(selected, found, volumes, refuses=levers.small_orders == "refuse")


def refused(row: SmallOrders) -> dict[str, int]:
    """Measures that leave with refused orders, ten-thousandths."""
    counts = {name: getattr(row, name) * ONE for name in (*ORDER_LIKE, "order_lines")}
    amounts = {name: getattr(row, name) for name in ("list_amount", "discount_amount", "cost_amount", "freight_amount")}
    return counts | amounts | {"units": row.units, "net_revenue": row.net_amount}


def consolidated(row: SmallOrders, minimum: int) -> dict[str, int]:
    """Measures that joined orders save, ten-thousandths: deliveries and the like in proportion to the orders."""
    fewer = row.orders - row.left_of(minimum)
    return {name: getattr(row, name) * ONE * fewer // row.orders for name in ORDER_LIKE}


def taken(selected: Chosen, rows: list[SmallOrders], volumes: list[dict[str, int]], refuses: bool) -> Taken:
    """The measures that leave, month by month at the rates of the month; never more than the run has."""
    window, places = selected.window, [selected.places[row.account] for row in rows]
    measures = list(window.volumes)
    columns = [measures.index(term.measure) for term in window.terms]
    amounts = np.zeros((len(selected.ids), len(measures)), dtype=np.int64)
    weights = np.zeros_like(selected.weights)
    if rows and measures:
        cells = np.array([[row.get(name, 0) for name in measures] for row in volumes])
        np.add.at(amounts, places, cells)
        np.add.at(weights, places, cells[:, columns] * np.array([selected.rates[row.month] for row in rows]))
    shares = np.divide(weights, selected.weights, out=np.zeros_like(weights), where=selected.weights > 0)
    had = np.column_stack(list(window.volumes.values())) if measures else amounts
    amounts = np.minimum(amounts, had)
    minutes = amounts[:, columns] * np.array([float(term.minutes) for term in window.terms])
    return Taken(
        statement=refused_sales(len(selected.ids), rows if refuses else [], places),
        weights=np.clip(shares, 0.0, 1.0),
        minutes=np.minimum(np.rint(minutes).astype(np.int64), window.minutes),
        volumes={name: amounts[:, place] for place, name in enumerate(measures)},
    )


def refused_sales(count: int, rows: list[SmallOrders], places: list[int]) -> Statement:
    """The amounts of refused orders in minor units; nothing is returned of what is not sold, but earlier returns
    stay."""
    found = {"returns": np.zeros(count, dtype=np.int64)}
    for name, column in TAKEN.items():
        exact = np.zeros(count, dtype=np.int64)
        if rows:
            np.add.at(exact, places, [getattr(row, column) for row in rows])
        found[name] = round_sums(exact, settings.CURRENCY_DIGITS)
    return Statement(**found)


def outcome_of(selected: Chosen, levers: Levers) -> Outcome:
    """The chosen accounts under the levers. Raises NoRate for a channel whose target has none."""
    rates = {}
    if levers.channel is not None:
        rates[levers.channel.target] = window_rate(selected.run, levers.channel.target)
    return apply(selected.window, levers, taken_by_minimum(selected, levers), rates)


def measures_of(run: Run) -> list[str]:
    """The measures that drive costs in the run, in the order of its model."""
    return list(dict.fromkeys(measure for activity in activities_of(run) for measure in activity.measures))


def window_rate(run: Run, activity: str) -> float:
    """Minor units that a minute or a driver unit of the activity cost on average over the window; without any
    volume the average of the months' rates."""
    rows = ActivityTotal.objects.filter(run=run, attempt=run.attempts, activity=activity)
    cost, volume, rates = 0.0, 0.0, []
    for row in rows:
        cost += float(row.accounts + row.no_account) * MINOR
        volume += float((row.minutes if row.minutes is not None else row.quantity) or 0)
        rates += [float(row.rate) * MINOR] if row.rate else []
    if volume:
        return cost / volume
    if not rates:
        raise NoRate(activity)
    return sum(rates) / len(rates)


# Pools


def charged(run: Run) -> dict[str, int]:
    """What each pool cost over the window with its share of support pools, in minor units."""
    sums = {name: Cast(Sum(name), BigIntegerField()) for name in ("input", "support_in", "support_out")}
    rows = (
        PoolBalance.objects.filter(run=run, attempt=run.attempts)
        .values("pool")
        .annotate(**{f"s_{name}": total for name, total in sums.items()})
    )
    return {row["pool"]: row["s_input"] + row["s_support_in"] - row["s_support_out"] for row in rows}


# Places


@dataclass(frozen=True, eq=False)
class Standing:
    """All active accounts of a run in the order of their codes: who they are and what they bring, minor units."""

    ids: np.ndarray
    codes: list[str]
    net_revenue: np.ndarray
    contribution: np.ndarray

    def under(self, selected: Chosen, outcome: Outcome, dropped: bool) -> "Standing":
        """The same accounts when the chosen ones change; dropped ones are no longer there."""
        here = np.searchsorted(self.ids[self.by_id], selected.ids)
        rows = self.by_id[here] if len(selected.ids) else here
        if dropped:
            kept = np.setdiff1d(np.arange(len(self.ids)), rows)
            return self.only(kept)
        net, contribution = self.net_revenue.copy(), self.contribution.copy()
        net[rows] = outcome.statement.net_revenue
        contribution[rows] = outcome.statement.contribution(outcome.costs.sum(axis=1))
        return Standing(self.ids, self.codes, net, contribution)

    @cached_property
    def by_id(self) -> np.ndarray:
        return np.argsort(self.ids)

    def only(self, places: np.ndarray) -> "Standing":
        codes = [self.codes[place] for place in places.tolist()]
        return Standing(self.ids[places], codes, self.net_revenue[places], self.contribution[places])

    def among(self, seen: set[int] | None) -> "Standing":
        """Those that the reader sees; None: all."""
        if seen is None:
            return self
        return self.only(np.flatnonzero([account in seen for account in self.ids.tolist()]))

    def ranks(self) -> dict[int, int]:
        """Place by contribution of each account."""
        order = rank(self.contribution, self.codes).order
        return {account: place for place, account in enumerate(self.ids[order].tolist(), start=1)}

    def classes(self) -> dict[int, str]:
        """Class by net revenue of each account."""
        found = rank(self.net_revenue, self.codes)
        return dict(zip(self.ids[found.order].tolist(), found.classes.tolist(), strict=True))


def standing_of(run: Run) -> Standing:
    """The active accounts of the run."""
    money = [Cast(F(name), BigIntegerField()) for name in ("net_revenue", "contribution")]
    rows = Result.objects.in_run(run).of_accounts().filter(is_active=True).order_by("code")
    listed = list(rows.values_list("account_id", "code", *money))
    columns = list(zip(*listed, strict=True)) or [(), (), (), ()]
    ids, net, contribution = (np.array(columns[place], dtype=np.int64) for place in (0, 2, 3))
    return Standing(ids, list(columns[1]), net, contribution)


def by_phase(window: Window, costs: np.ndarray) -> Mapping[str, np.ndarray]:
    """Cost to serve of each account by phase."""
    phases = {phase: np.zeros(len(costs), dtype=np.int64) for phase in core_model.PHASES}
    for place, activity in enumerate(window.activities):
        phases[activity.phase] += costs[:, place]
    return phases

"""The accounts of a scenario with their window of the run, and what becomes of it under levers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.functions import Cast

from profitability.core.months import months_between
from profitability.core.scenario import Assigned, apply_each
from profitability.core.statement import MEASURES, Statement
from profitability.core.window import Outcome, Taken, Window, parts_of, terms_of
from profitability.models import Result, Run
from profitability.scenarios.kept import kept_sheet
from profitability.scenarios.rates import activities_of, monthly_rates, window_rate
from profitability.scenarios.sheet import Sheet, month_rows

FEW = 2_000  # accounts whose months a page reads itself


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


def statement_of(results: QuerySet[Result]) -> Statement:
    """The published amounts in minor units, in the order of the codes."""
    columns = [Cast(F(column), BigIntegerField()) for column in MEASURES.values()]
    rows = list(results.order_by("code").values_list(*columns))
    cells = np.array(rows, dtype=np.int64).reshape(len(rows), len(MEASURES))
    return Statement(**{name: cells[:, place].copy() for place, name in enumerate(MEASURES)})


def outcome_of(selected: Chosen, levers: Assigned, taken: Taken | None = None) -> Outcome:
    """The chosen accounts under their levers, less what their minimum order values take out. Raises NoRate for a
    channel whose target has none."""
    targets = {each.channel.target for each in levers.sets if each.channel is not None}
    rates = {target: window_rate(selected.run, target) for target in sorted(targets)}
    return apply_each(selected.window, levers, taken, rates)

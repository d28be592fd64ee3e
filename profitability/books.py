"""Everything a run reads before it calculates: window, cost model, resource costs, customer master, roll-up."""

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Account
from profitability.core import cost_model as core_model
from profitability.core.money import round_sums
from profitability.core.months import month_of, months_between, ordinal, spoken_month
from profitability.models import ActivityEvent, CostModel, OrderLine, ResourceCost, Run
from profitability.rollup import Damaged, RollUp, roll_up

DEFAULT_MONTHS = 12
EMPTY_MODEL = core_model.CostModel("", 0, settings.CURRENCY, (), "direct", None, ())


class CannotRun(ValueError):
    """The ledger, the costs or the model do not allow a run; the message says what a person can mend."""


@dataclass(frozen=True)
class Master:
    """The customer master, in the order of the codes; the last place is that of “no account”.

    `parents` is each account's top parent by its code; `potential` is money a year in ten-thousandths, or None.
    """

    ids: list[int]
    codes: list[str]
    parents: list[str]
    potential: list[int | None]
    place: dict[int, int] = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.codes)


@dataclass(frozen=True)
class Books:
    """One run's inputs. `costs`: month → pool → minor units; `minutes`: month → pool → ten-thousandths."""

    months: list[int]
    model: core_model.CostModel
    costs: dict[int, dict[str, int]]
    minutes: dict[int, dict[str, int]]
    master: Master
    ledger: RollUp


def open_books(run: Run) -> Books:
    """Read the inputs and note on the run which they are."""
    months = window(run)
    row = frozen(run, model_of(run))
    model = parsed(row) if row else EMPTY_MODEL
    costs, minutes = resource_costs(months)
    if costs and row is None:
        raise CannotRun(_("There are resource costs but no cost model: import a cost model first."))
    run.month_from, run.month_to, run.cost_model = months[0], months[-1], row
    ledger = rolled_up(run)
    if ledger.measures.empty and not costs:
        text = _("There are no order lines, activity events or costs from %(first)s to %(last)s.")
        raise CannotRun(text % {"first": spoken_month(months[0]), "last": spoken_month(months[-1])})
    return Books(months, model, costs, minutes, master(), ledger)


def rolled_up(run: Run) -> RollUp:
    try:
        return roll_up(run.month_from, run.month_to, run.engine)
    except Damaged as error:
        raise CannotRun(str(error)) from error


def window(run: Run) -> list[int]:
    """The months asked for; else the 12 that end with the last month of order lines and, if any, costs."""
    last = run.asked_to or last_month()
    first = run.asked_from or month_of(ordinal(last) - DEFAULT_MONTHS + 1)
    if first > last:
        raise CannotRun(_("The window ends before it begins."))
    return months_between(first, last)


def last_month() -> int:
    """The last month that the ledger covers."""
    lines = _last(OrderLine.objects.current()) or _last(ActivityEvent.objects.current())
    costs = _last(ResourceCost.objects.current())
    if lines is None:
        raise CannotRun(_("There is nothing to calculate from: import order lines or activity events first."))
    return min(lines, costs) if costs else lines


def _last(rows) -> int | None:
    return rows.aggregate(last=Max("month"))["last"]


def model_of(run: Run) -> CostModel | None:
    """The newest ready version of the model asked for, or the model chosen for the next run."""
    if not run.model_code:
        return CostModel.objects.current()
    found = CostModel.objects.ready().filter(code=run.model_code).order_by("-version").first()
    if found is None:
        raise CannotRun(_("There is no cost model “%(code)s”.") % {"code": run.model_code})
    return found


def frozen(run: Run, row: CostModel | None) -> CostModel | None:
    """The model as it is from now on: as soon as the run's row names it, nobody can change it any more."""
    if row is None:
        return None
    with transaction.atomic():
        row = CostModel.objects.select_for_update().get(pk=row.pk)
        Run.objects.filter(pk=run.pk).update(cost_model=row)
    if row.is_draft:
        raise CannotRun(_("Cost model %(model)s has just been made a draft again.") % {"model": row})
    return row


def parsed(row: CostModel) -> core_model.CostModel:
    """The model of a stored document."""
    model, problems = core_model.parse(row.document)
    if model is None:
        listed = "; ".join(f"{problem.path}: {problem.message}" for problem in problems)
        raise CannotRun(_("Cost model %(model)s: %(problems)s") % {"model": row, "problems": listed})
    if model.currency != settings.CURRENCY:
        text = _("Cost model %(model)s is in %(theirs)s, the ledger in %(ours)s.")
        raise CannotRun(text % {"model": row, "theirs": model.currency, "ours": settings.CURRENCY})
    return model


def resource_costs(months: list[int]) -> tuple[dict, dict]:
    """Costs in minor units and practical minutes, by month and pool. Rounded once, so that their sum is the
    rounded sum of the ledger."""
    rows = ResourceCost.objects.current().filter(month__range=(months[0], months[-1]))
    cells = sorted(rows.values_list("pool_code", "month", "amount", "practical_minutes"), key=lambda row: row[:2])
    amounts = np.array([int(amount.scaleb(4)) for _pool, _month, amount, _minutes in cells], dtype=np.int64)
    costs, minutes = defaultdict(dict), defaultdict(dict)
    for (pool, month, _amount, practical), cost in zip(cells, _rounded(amounts), strict=True):
        costs[month][pool] = cost
        if practical is not None:
            minutes[month][pool] = int(practical.scaleb(4))
    return dict(costs), dict(minutes)


def _rounded(amounts: np.ndarray) -> list[int]:
    return round_sums(amounts, settings.CURRENCY_DIGITS).tolist() if amounts.size else []


def of_month(books: Books, month: int) -> tuple[np.ndarray, pd.DataFrame]:
    """The month's measures by account code, and each row's place in the master. “No account” is always there."""
    frame = books.ledger.measures
    frame = frame[frame["month"] == month]
    places = frame["account"].map(books.master.place).to_numpy(dtype=np.int64)
    order = np.argsort(places, kind="stable")
    codes = [*books.master.codes, ""]
    index = [codes[place] for place in places[order].tolist()]
    return places[order], frame.iloc[order, 2:].set_axis(index, axis=0)


def master() -> Master:
    """All accounts by code, whatever the collation of the database."""
    rows = sorted(Account.objects.values_list("code", "id", "parent_id", "annual_potential"))
    parent_of = {account: parent for _code, account, parent, _potential in rows}
    code_of = {account: code for code, account, _parent, _potential in rows}
    ids = [account for _code, account, _parent, _potential in rows]
    return Master(
        ids=ids,
        codes=[code for code, *_rest in rows],
        parents=[code_of[top(account, parent_of)] for account in ids],
        potential=[None if row[3] is None else int(row[3].scaleb(4)) for row in rows],
        place={account: place for place, account in enumerate(ids)} | {-1: len(ids)},
    )


def top(account: int, parent_of: dict[int, int | None]) -> int:
    """The account at the head of the family."""
    while parent_of[account] is not None:
        account = parent_of[account]
    return account


def fingerprint(books: Books) -> dict[str, str]:
    """A hash of each input: the same inputs give the same hashes on every database."""
    codes = [*books.master.codes, ""]
    parts = {
        "accounts": [books.master.codes, books.master.parents, books.master.potential],
        "costs": [sorted((month, sorted(pools.items())) for month, pools in books.costs.items())],
        "minutes": [sorted((month, sorted(pools.items())) for month, pools in books.minutes.items())],
        "model": core_model.to_document(books.model),
        "breadth": sorted((codes[books.master.place[key]], count) for key, count in books.ledger.products.items()),
        "earlier": sorted((codes[books.master.place[key]], net) for key, net in books.ledger.earlier.items()),
        "window": [books.months[0], books.months[-1], settings.CURRENCY],
    }
    hashes = {name: digest(json.dumps(part, sort_keys=True, default=str).encode()) for name, part in parts.items()}
    return hashes | {"ledger": hash_of_measures(books, codes)}


def hash_of_measures(books: Books, codes: list[str]) -> str:
    """By code and month, “no account” first; measures that are 0 everywhere say nothing."""
    measures = books.ledger.measures
    places = measures["account"].map(books.master.place).to_numpy(dtype=np.int64)
    order = np.lexsort((measures["month"], np.where(places < books.master.size, places, -1)))
    used = [name for name in sorted(measures.columns[2:]) if measures[name].any()]
    named = [codes[place] for place in places[order].tolist()]
    body = measures[["month", *used]].to_numpy()[order].tobytes()
    return digest(json.dumps([named, used]).encode() + body)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

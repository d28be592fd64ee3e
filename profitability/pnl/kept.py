"""Sums of all accounts by month and segment, or country, kept in a file of a few kilobytes for each run: a worker goes
through the months of all accounts once, and every period of every statement follows by adding.

The file is of one state of the customer master, which says what segment and country an account has.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db.models import Max, Sum

from accounts.models import Import
from profitability import keeping
from profitability.core.cost_model import PHASES
from profitability.models import MonthResult, Run
from profitability.pnl.groups import NOTHING, Grouping, keyed
from profitability.pnl.sources import Source
from profitability.pnl.statements import PROFIT, SALES, ZERO, CostOf, Statement, activities_of, with_costs_of

FOLDER = "groups"
MOST = 60  # files
KEPT = ("segment", "country")
AMOUNTS = (*SALES, *PROFIT)
CELLS = (*AMOUNTS, *PHASES)
BEFORE = ("net_revenue", "gross_margin", *PROFIT)
Row: TypeAlias = tuple[int, str, dict[str, Decimal]]  # month, group, and the sum of each of CELLS


def prepare(run: Run) -> None:
    """Sum the months of all accounts of the run; what is there already is left as it is."""
    for by in KEPT:
        path = path_of(run, by)
        if path.exists():
            continue
        rows = list(summed(run, by))
        cells = [[minor(amounts[name]) for name in CELLS] for _month, _key, amounts in rows]
        months, keys = [month for month, *_rest in rows], [key for _month, key, _amounts in rows]
        keeping.write(path, months=months, keys=keys or [""], cells=cells or [[0] * len(CELLS)])
    keeping.tidy(FOLDER, MOST)


def summed(run: Run, by: str) -> Iterator[Row]:
    """What the database makes of all accounts, month by month and group by group."""
    activities = activities_of(run)
    sums = {f"sum_{name}": Sum(name) for name in AMOUNTS}
    sums |= {f"cost_{place}": Sum(CostOf(activity.code)) for place, activity in enumerate(activities)}
    rows = keyed(MonthResult.objects.in_run(run).of_accounts().order_by(), by, None, ())
    for row in rows.values("month", "key").annotate(**sums):
        amounts = {name: row[f"sum_{name}"] for name in AMOUNTS} | NOTHING
        for place, activity in enumerate(activities):
            amounts[activity.phase] += row[f"cost_{place}"] or ZERO
        yield row["month"], row["key"], amounts


def kept_rows(run: Run, by: str) -> list[Row] | None:
    """The sums, if a worker has kept them for the customer master of today."""
    found = keeping.read(path_of(run, by))
    if found is None:
        return None
    cells = ([units(cell) for cell in row] for row in found["cells"].tolist())
    rows = zip(found["months"].tolist(), found["keys"].tolist(), cells, strict=False)
    return [(int(month), str(key), dict(zip(CELLS, amounts, strict=True))) for month, key, amounts in rows]


def path_of(run: Run, by: str) -> Path:
    done = Import.objects.filter(kind="accounts", state=Import.State.DONE, dry_run=False)
    return keeping.place(FOLDER, by, keeping.identity(run), str(done.aggregate(last=Max("pk"))["last"]))


def minor(amount: Decimal) -> int:
    return int(amount.scaleb(settings.CURRENCY_DIGITS))


def units(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-settings.CURRENCY_DIGITS)


def kept_groups(grouping: Grouping) -> list[dict] | None:
    """The groups of all accounts with their phases, as `named_groups` finds them; None where something is not kept."""
    if grouping.by not in KEPT or grouping.accounts is not None:
        return None
    found: dict[str, dict] = {}
    for source in (grouping.own, *grouping.earlier):
        rows = kept_rows(source.run, grouping.by)
        if rows is None:
            return None
        is_now = source == grouping.own
        for key, amounts in of_months(rows, source):
            add(found.setdefault(key, blank(grouping, key)), amounts, grouping.profit, is_now)
    return list(found.values())


def of_months(rows: Iterable[Row], source: Source) -> Iterator[tuple[str, dict[str, Decimal]]]:
    return ((key, amounts) for month, key, amounts in rows if month in source.months)


def blank(grouping: Grouping, key: str) -> dict:
    names = CELLS if grouping.profit else SALES
    was = (name for name in BEFORE if grouping.profit or name in SALES) if grouping.earlier else ()
    return {"key": key, "label": key} | {f"sum_{name}": ZERO for name in names} | {f"was_{name}": ZERO for name in was}


def add(row: dict, amounts: dict[str, Decimal], profit: bool, is_now: bool) -> None:
    """Sales, and for those who see profit what is below, of the period or of the one before."""
    for name in CELLS if is_now else BEFORE:
        if profit or name in SALES:
            row[f"{'sum' if is_now else 'was'}_{name}"] += amounts[name]


def kept_months(run: Run, months: Iterable[int], profit: bool) -> dict[int, Statement] | None:
    """The statement of all accounts in each of the months, as `by_month` finds it; None where it is not kept."""
    rows = kept_rows(run, KEPT[0])
    if rows is None:
        return None
    asked, names = set(months), AMOUNTS if profit else SALES
    found: dict[int, Statement] = {}
    for month, _key, amounts in rows:
        if month in asked:
            known = found.setdefault(month, Statement(dict.fromkeys(names, ZERO))).amounts
            for name in names:
                known[name] += amounts[name]
    return with_costs_of(run, found) if profit else found

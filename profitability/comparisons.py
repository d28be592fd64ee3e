"""What changed of each account between two runs, kept: a worker compares runs with very many accounts once, and pages
read what is kept. numpy is loaded with this module, so pages import it when they are asked for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

import numpy as np
from django.db.models import BigIntegerField, F, QuerySet
from django.db.models.functions import Cast

from accounts.models import Account
from profitability import keeping
from profitability.comparing import compared
from profitability.core.comparison import EFFECTS
from profitability.models import MonthResult, Result, Run

FOLDER = "comparisons-by-month"  # how they are calculated: files of another way are not read
MOST = 40  # files; one of 100,000 accounts has 8 MB
FEW = 20_000  # months of accounts that a page compares itself
TOLD_EACH = 1_000  # accounts

Contributions: TypeAlias = dict[int, tuple[str, int]]  # code and minor units, by account


class NotPrepared(LookupError):
    """The runs have so many accounts that a worker must compare them first."""


@dataclass(frozen=True, eq=False)
class Comparison:
    """Accounts in the order of their codes with their contribution in both runs and, accounts × EFFECTS, the effects
    that sum to its change; minor units."""

    accounts: np.ndarray
    before: np.ndarray
    after: np.ndarray
    effects: np.ndarray

    @property
    def change(self) -> np.ndarray:
        return self.after - self.before

    @property
    def totals(self) -> tuple[int, int, list[int]]:
        """Contribution before and after, and the effects, of all accounts together."""
        return int(self.before.sum()), int(self.after.sum()), self.effects.sum(axis=0).tolist()

    def at(self, places: np.ndarray) -> "Comparison":
        return Comparison(self.accounts[places], self.before[places], self.after[places], self.effects[places])

    def among(self, accounts: Iterable[int]) -> "Comparison":
        """Only these accounts, in the same order."""
        return self.at(np.flatnonzero(np.isin(self.accounts, np.fromiter(accounts, np.int64))))

    def by_change(self, rising: bool) -> "Comparison":
        """The largest fall first, or the largest rise; accounts that change alike by their codes."""
        return self.at(np.argsort(-self.change if rising else self.change, kind="stable"))

    def rows(self) -> Iterator[tuple[int, int, int, list[int]]]:
        """(account, before, after, effects)."""
        columns = (self.accounts, self.before, self.after, self.effects)
        return zip(*(column.tolist() for column in columns), strict=True)


def of_accounts(before: Run, after: Run, accounts: QuerySet[Account] | None) -> Comparison:
    """Compared here and now; None: all accounts."""
    return arranged(before, after, accounts, dict(compared(before, after, accounts)))


def kept(before: Run, after: Run) -> Comparison | None:
    """All accounts of both runs, if a worker has compared them."""
    found = keeping.read(path_of(before, after))
    return Comparison(**found) if found else None


def prepare(before: Run, after: Run) -> None:
    """Compare all accounts of two runs and keep the result; again, or while somebody else does it, nothing."""
    path = path_of(before, after)
    if path.exists() or keeping.progress(path):
        return
    total = max(Result.objects.in_run(run).of_accounts().filter(is_active=True).count() for run in (before, after))
    tell = partial(keeping.tell, path, total=total)
    found = arranged(before, after, None, dict(counted(compared(before, after, None), tell)))
    keeping.write(path, **vars(found))
    keeping.tidy(FOLDER, MOST)


def counted(rows: Iterator, tell) -> Iterator:
    """The rows as they come, telling now and then how many there were."""
    for number, row in enumerate(rows):
        if number % TOLD_EACH == 0:
            tell(number)
        yield row


def progress(before: Run, after: Run) -> tuple[int, int] | None:
    return keeping.progress(path_of(before, after))


def path_of(before: Run, after: Run) -> Path:
    return keeping.place(FOLDER, keeping.identity(before), keeping.identity(after))


def arranged(
    before: Run, after: Run, accounts: QuerySet[Account] | None, effects: dict[int, tuple[int, ...]]
) -> Comparison:
    """The effects with the published contributions, in the order of the codes."""
    then, now = contributions(before, after, accounts)
    listed = sorted(effects, key=lambda account: (now.get(account) or then[account])[0])
    nothing = ("", 0)
    sides = [np.array([side.get(account, nothing)[1] for account in listed], dtype=np.int64) for side in (then, now)]
    cells = np.array([effects[account] for account in listed], dtype=np.int64).reshape(len(listed), len(EFFECTS))
    return Comparison(np.array(listed, dtype=np.int64), *sides, cells)


def contributions(before: Run, after: Run, accounts: QuerySet[Account] | None) -> tuple[Contributions, Contributions]:
    """Code and contribution of the accounts in each of the runs; None: of all."""
    rows = Result.objects.filter(run__in=(before, after)).of_accounts().order_by()
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    minor = Cast(F("contribution"), BigIntegerField())
    found: dict[int, Contributions] = {before.pk: {}, after.pk: {}}
    for run, account, code, amount in rows.values_list("run_id", "account_id", "code", minor).iterator(5_000):
        found[run][account] = (code, amount)
    return found[before.pk], found[after.pk]


def is_small(before: Run, after: Run, accounts: QuerySet[Account] | None) -> bool:
    """Whether these accounts have so few months in the two runs that a page can compare them."""
    rows = MonthResult.objects.filter(run__in=(before, after)).of_accounts().order_by()
    rows = rows if accounts is None else rows.filter(account__in=accounts)
    return rows.values("pk")[: FEW + 1].count() <= FEW

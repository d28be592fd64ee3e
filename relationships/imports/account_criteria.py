"""An account's own weights for criteria of the relationship axis, and the best competitor's scores."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.imports import master
from accounts.imports.codes import AccountCodes
from accounts.imports.outcome import Outcome
from accounts.imports.outgoing import Exported, rows_of
from accounts.models import Import
from accounts.tables import Table
from accounts.tables.sieve import Batch
from relationships.models import AccountCriterion

from .judged import Criteria
from .schemas import ACCOUNT_CRITERIA as SCHEMA

FULL = Decimal(100)
TO_MILLIONTHS = 100  # from ten-thousandths

SCORES = ("weight", "competitor_score")


def load(table: Table, record: Import) -> Outcome:
    """Bring own criteria in; in the end each account's own weights, stored ones too, must make 100."""
    loading = _Loading(table)
    for batch in table.batches():
        loading.add(batch)
    return loading.finish()


class _Loading:
    """One file on its way in."""

    def __init__(self, table: Table):
        self.table = table
        self.outcome = Outcome()
        self.names = [name for name in SCHEMA.by_name if name in table.columns]
        self.accounts = AccountCodes()
        self.criteria = Criteria()
        self.first_rows: dict[int, tuple[int, str]] = {}  # account: its first row, its code

    def add(self, batch: Batch) -> None:
        rows = list(self._rows(batch))
        self.outcome.count_all(master.upsert(AccountCriterion, ["account_id", "criterion"], rows))

    def _rows(self, batch: Batch) -> Iterator[master.Row]:
        for number, row in master.records(batch, self.names):
            code = row.pop("account_code")
            if self._refused(number, code, row["criterion"]):
                continue
            account = self.accounts.ids[code]
            self.first_rows.setdefault(account, (number, code))
            scores = {name: None if row[name] is None else row[name] * TO_MILLIONTHS for name in SCORES if name in row}
            yield {"account_id": account, **row, **scores}

    def _refused(self, number: int, code: str, criterion: str) -> bool:
        if code not in self.accounts.ids:
            self.table.refuse(number, "account_code", code, _("is no account; import it first"))
        elif reason := self.criteria.not_of_relationship(criterion):
            self.table.refuse(number, "criterion", criterion, reason)
        else:
            return False
        return True

    def finish(self) -> Outcome:
        for accounts in master.pieces(self.first_rows):
            weights = AccountCriterion.objects.filter(account__in=accounts, weight__isnull=False)
            sums = weights.order_by().values_list("account_id").annotate(total=Sum("weight"))
            for account, total in sums:
                if total != FULL:
                    self._refuse_sum(account, total)
        return self.outcome

    def _refuse_sum(self, account: int, total: Decimal) -> None:
        number, code = self.first_rows[account]
        reason = _("has own weights that add up to %s, not to 100") % f"{total.normalize():f}"
        self.table.refuse(number, "account_code", code, reason)


def exported() -> Exported:
    rows = AccountCriterion.objects.order_by("account__code", "criterion")
    columns = {name: "account__code" if name == "account_code" else name for name in SCHEMA.by_name}
    return rows_of(rows, columns)

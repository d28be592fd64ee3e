"""The figures of a closed month stay as they were when it was closed, or as somebody has approved since: what a run
would make of them otherwise."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from profitability.models import ActivityTotal, ClosedMonth, MonthClosing, MonthResult, PoolBalance, Run

Step = MonthClosing.Step
AMOUNTS = ("net_revenue", "cost_amount", "freight_amount", "cost_to_serve", "contribution")
OF_LEDGER = slice(0, 3)  # rounded over the window, so they are a cent or two otherwise where the windows differ
ROUNDING = 2  # minor units
POOLS = (
    "month",
    "pool",
    "input",
    "support_in",
    "support_out",
    "accounts",
    "no_account",
    "unused",
    "channel",
    "corporate",
    "unassigned",
)
ACTIVITIES = ("month", "activity", "phase", "level", "accounts", "no_account", "unassigned")


@dataclass(frozen=True)
class Change:
    """What a run makes otherwise of a month: how far contribution moves, in minor units, and where."""

    month: int
    contribution: int
    accounts: int
    no_account: bool  # order lines without an account, too
    is_closed: bool  # else it was reopened to be corrected
    run: int  # whose figures it is compared with

    def __str__(self) -> str:
        return sentence(self)


def references(run: Run) -> dict[int, int]:
    """The months of the run that were closed, and whose figures count in each: those of the run that it was closed on,
    or of a later one that was approved."""
    steps = MonthClosing.objects.filter(
        step__in=[Step.CLOSED, Step.CHANGED], run__isnull=False, month__range=(run.month_from, run.month_to)
    )
    return dict(steps.order_by("pk").values_list("month", "run_id"))  # the latest of each month


def changes(run: Run) -> list[Change]:
    """The months that were closed before and that the run sees otherwise, earliest first."""
    found, closed = [], set(ClosedMonth.objects.values_list("month", flat=True))
    by_run: dict[int, list[int]] = {}
    for month, reference in references(run).items():
        by_run.setdefault(reference, []).append(month)
    for reference in Run.objects.filter(pk__in=by_run).exclude(pk=run.pk):
        found += changes_since(reference, run, by_run[reference.pk], closed)
    return sorted(found, key=lambda change: change.month)


def changes_since(before: Run, run: Run, months: list[int], closed: set[int]) -> Iterator[Change]:
    same_window = (before.month_from, before.month_to) == (run.month_from, run.month_to)
    moved: dict[int, dict[int | None, int]] = {}
    for (month, account), amounts in differences(before, run, months):
        if not (is_rounding(amounts) and not same_window):
            moved.setdefault(month, {})[account] = amounts[-1]
    for month in sorted({*moved, *other_months(before, run, months)}):
        accounts = moved.get(month, {})
        yield Change(
            month=month,
            contribution=sum(accounts.values()),
            accounts=len(accounts.keys() - {None}),
            no_account=None in accounts,
            is_closed=month in closed,
            run=before.pk,
        )


def differences(before: Run, run: Run, months: list[int]) -> Iterator[tuple[tuple[int, int | None], list[int]]]:
    """Accounts of months that are not the same in both runs, with how far each amount moved, in minor units."""
    then, now = (
        MonthResult.objects.in_run(each).filter(month__in=months).values_list("month", "account_id", *AMOUNTS)
        for each in (before, run)
    )
    earlier, later = ({row[:2]: row[2:] for row in rows} for rows in (then.difference(now), now.difference(then)))
    nothing = (0,) * len(AMOUNTS)
    for key in earlier.keys() | later.keys():
        pairs = zip(earlier.get(key, nothing), later.get(key, nothing), strict=True)
        yield key, [minor(after) - minor(before) for before, after in pairs]


def minor(amount) -> int:
    return int(amount.scaleb(settings.CURRENCY_DIGITS)) if amount else 0


def is_rounding(amounts: list[int]) -> bool:
    """Whether other windows alone explain it. Costs are shared out month by month, whatever the window."""
    return amounts[3] == 0 and all(abs(amount) <= ROUNDING for amount in amounts[OF_LEDGER])


def other_months(before: Run, run: Run, months: list[int]) -> set[int]:
    """Months whose costs went another way, maybe with the same sum on every account."""
    found = set()
    for table, columns in ((PoolBalance, POOLS), (ActivityTotal, ACTIVITIES)):
        then, now = (
            set(table.objects.filter(run=each, month__in=months).values_list(*columns)) for each in (before, run)
        )
        found |= {row[0] for row in then ^ now}
    return found


# As they are kept with a run


def told(found: Iterable[Change]) -> list[dict]:
    return [asdict(change) for change in found]


def changes_of(run: Run) -> list[Change]:
    """What was found when the run was made."""
    return [Change(**document) for document in run.changes]


def closed_ones(found: Iterable[Change]) -> list[Change]:
    return [change for change in found if change.is_closed]


def sentence(change: Change) -> str:
    """“Jan 2026: contribution +159.06 in 15 accounts”."""
    words = {"month": spoken(change.month), "money": signed(change.contribution), "count": change.accounts}
    if not (change.accounts or change.no_account):
        return _("%(month)s: contribution as before, but costs went another way") % words
    if not change.accounts:
        return _("%(month)s: contribution %(money)s, in lines without an account") % words
    text = ngettext(
        "%(month)s: contribution %(money)s in %(count)s account",
        "%(month)s: contribution %(money)s in %(count)s accounts",
        change.accounts,
    )
    return text % words + (_(", and in lines without an account") if change.no_account else "")


def spoken(month: int) -> str:
    return date_format(date(month // 100, month % 100, 1), "M Y")


def signed(amount: int) -> str:
    """With its sign, in units of the currency."""
    units = Decimal(amount).scaleb(-settings.CURRENCY_DIGITS)
    return f"{units:+,f}".replace("-", "−") if amount else f"{units:f}"

"""The ladder of accounts by one measure, as one reader may see it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.core.concentration import Concentration, by_parent, concentration
from profitability.models import Ranking, Run

SHARE_DIGITS = 6


@dataclass(frozen=True)
class Measure:
    """What accounts are ranked by; `digits` are the decimals of a stored value. A share of wallet does not add up."""

    code: str
    label: str
    digits: int = settings.CURRENCY_DIGITS
    is_money: bool = True
    adds_up: bool = True
    needs: Permission = Permission.SEE_ACCOUNTS
    figure: str = ""  # its name in the trail, if it is an amount of the statement


MEASURES = {
    measure.code: measure
    for measure in (
        Measure("revenue", _("Net revenue"), figure="net_revenue"),
        Measure("volume", _("Volume"), digits=4, is_money=False),
        Measure("gross_margin", _("Gross margin"), figure="gross_margin"),
        Measure("contribution", _("Contribution"), needs=Permission.SEE_PROFITABILITY, figure="contribution"),
        Measure("potential", _("Potential"), digits=4),
        Measure("share_of_wallet", _("Share of wallet"), digits=SHARE_DIGITS, is_money=False, adds_up=False),
    )
}


@dataclass(frozen=True, slots=True)
class Rung:
    """One account's place. `value` is in the measure's own unit; `previous` is the place in the run before.

    Both places are those in the company for whoever may see company figures, else among the accounts seen.
    """

    account: int
    code: str
    name: str
    value: int
    abc_class: str
    rank: int
    previous: int | None
    share: Decimal | None
    cumulative: Decimal | None

    @property
    def climbed(self) -> int | None:
        """How many places up (down: below zero) since the run before."""
        return None if self.previous is None else self.previous - self.rank

    @property
    def fallen(self) -> int | None:
        """How many places down since the run before."""
        return None if self.previous is None else self.rank - self.previous


COLUMNS = (
    "account_id",
    "code",
    "account__name",
    "value",
    "abc_class",
    "rank",
    "previous_rank",
    "share",
    "cumulative_share",
)


def measures_for(user) -> list[Measure]:
    """The measures this reader may rank by: an order gives away what it sorts on."""
    return [measure for measure in MEASURES.values() if may(user, measure.needs)]


def ladder(run: Run, measure: Measure, user, among: Collection[int] | None = None) -> list[Rung]:
    """The accounts the reader sees, first place first; `among` keeps those with these ids.

    Shares are of the company for whoever may see company figures and asks for all, else of the accounts listed.
    """
    rows = Ranking.objects.in_run(run).filter(measure=measure.code).visible_to(user).order_by("rank")
    rungs = [Rung(*row) for row in rows.values_list(*COLUMNS)]
    of_company = may(user, Permission.SEE_COMPANY_FIGURES)
    if not of_company:
        rungs = renumbered(rungs)
    if among is not None:
        rungs = [rung for rung in rungs if rung.account in among]
    if not measure.adds_up:
        return [replace(rung, share=None, cumulative=None) for rung in rungs]
    return rungs if of_company and among is None else shared(rungs)


def renumbered(rungs: list[Rung]) -> list[Rung]:
    """Places among these accounts only, now and in the run before: company places would give the others away."""
    before = sorted((rung.previous, rung.account) for rung in rungs if rung.previous is not None)
    earlier = {account: place for place, (_rank, account) in enumerate(before, start=1)}
    return [replace(rung, rank=place, previous=earlier.get(rung.account)) for place, rung in enumerate(rungs, start=1)]


def shared(rungs: list[Rung]) -> list[Rung]:
    """Shares of the positive sum of these accounts."""
    whole = sum(rung.value for rung in rungs if rung.value > 0)
    found, running = [], 0
    for rung in rungs:
        running += max(rung.value, 0)
        found.append(replace(rung, share=_share(rung.value, whole), cumulative=_share(running, whole)))
    return found


def _share(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) / whole).quantize(Decimal(1).scaleb(-SHARE_DIGITS)) if whole else None


def concentrated(rungs: Iterable[Rung], user, by_family: bool) -> Concentration:
    """How much hangs on how few of these accounts; families count as one, as far as the reader sees their parent."""
    values = {rung.code: rung.value for rung in rungs}
    return concentration(list((by_parent(values, parents(user)) if by_family else values).values()))


def parents(user) -> dict[str, str]:
    """The parent of each account that has one, both seen by the reader."""
    seen = Account.objects.visible_to(user)
    return dict(seen.filter(parent__in=seen).values_list("code", "parent__code"))


def movers(rungs: Collection[Rung], count: int) -> tuple[list[Rung], list[Rung]]:
    """The accounts that climbed and fell most since the run before, most first.

    Only those that now or then stood among the places of classes A and B: far down a few sales move many places.
    """
    counted = sum(rung.abc_class in "AB" for rung in rungs)
    last = rungs[counted - 1].rank if counted else 0
    moved = [rung for rung in rungs if rung.climbed and min(rung.rank, rung.previous) <= last]
    moved.sort(key=lambda rung: (rung.climbed, -rung.rank))
    fallen = [rung for rung in moved if rung.climbed < 0][:count]
    climbed = [rung for rung in reversed(moved) if rung.climbed > 0][:count]
    return climbed, fallen

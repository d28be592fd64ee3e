"""What a run says of itself to people: pools and accounts by name, months folded into ranges."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db.models import Min
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from profitability.core.balance import NO_COSTS, Notice
from profitability.core.cost_model import CostModel
from profitability.core.months import ordinal, spoken_month
from profitability.models import ResourceCost
from profitability.wording import listed, many_of

if TYPE_CHECKING:
    from profitability.core.volumes import CannotCost

FEW = 12  # accounts that are named; more would not be read


def spoken(month: int) -> str:
    return date_format(date(month // 100, month % 100, 1), "M Y")


def months_in_words(months: Iterable[int], say: Callable[[int], str] = spoken) -> str:
    """“Jul 2025–Dec 2025 and Mar 2026”; refusals say 2025-07, as imports and the command do."""
    ordered = sorted(set(months))
    breaks = [place for place, (a, b) in enumerate(pairwise(ordered), 1) if ordinal(b) != ordinal(a) + 1]
    parts = [ordered[start:end] for start, end in zip([0, *breaks], [*breaks, len(ordered)], strict=True)]
    return listed(say(part[0]) if len(part) == 1 else f"{say(part[0])}–{say(part[-1])}" for part in parts)


# What is worth knowing of a run that was published


def notices_in_words(model: CostModel, notices: Iterable[Notice]) -> Iterator[str]:
    """A sentence for each thing, of all its pools and months together."""
    of_pools: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for notice in notices:
        of_pools[notice.kind][notice.pool].add(notice.month)
    names = {pool.code: pool.name for pool in model.pools}
    lacking = of_pools.pop(NO_COSTS, {})
    empty = set.intersection(*lacking.values()) if len(lacking) == len(names) else set()
    if empty:
        yield _without_any_costs(empty)
    for months, pools in _with_the_same_months(lacking, empty):
        text = _("No costs of %(pools)s in %(months)s; they count as 0.")
        yield text % {"pools": listed(names[pool] for pool in pools), "months": months_in_words(months)}
    for found in of_pools.values():
        for pool, months in found.items():
            text = _("More minutes of %(pool)s were used than are practical in %(months)s.")
            yield text % {"pool": names[pool], "months": months_in_words(months)}


def _with_the_same_months(pools: dict[str, set[int]], but: set[int]) -> list[tuple[tuple[int, ...], list[str]]]:
    found: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for pool, months in pools.items():
        if months - but:
            found[tuple(sorted(months - but))].append(pool)
    return list(found.items())


def _without_any_costs(months: set[int]) -> str:
    first = ResourceCost.objects.current().aggregate(first=Min("month"))["first"]
    if first and first > max(months):
        text = _("No costs in %(months)s, which count as 0: the ledger of costs begins in %(first)s.")
        return text % {"months": months_in_words(months), "first": spoken(first)}
    return _("No costs in %(months)s; they count as 0.") % {"months": months_in_words(months)}


# Why a run was refused


def refusals_in_words(model: CostModel, errors: "Iterable[CannotCost]") -> Iterator[str]:
    """A sentence for each pool or measure that stands against it, with all its months."""
    groups: dict[tuple[str, str], list[CannotCost]] = defaultdict(list)
    for error in errors:
        groups[error.pool, error.measure].append(error)
    names = {pool.code: pool.name for pool in model.pools}
    for (pool, measure), found in groups.items():
        if measure:
            yield _negative(measure, found)
        elif pool in names:
            text = _("The pool %(name)s (%(pool)s) is consumed by time but has no practical minutes in %(months)s.")
            yield text % {
                "name": names[pool],
                "pool": pool,
                "months": months_in_words((each.month for each in found), spoken_month),
            }
        elif pool:
            text = _(
                "There are costs of the pool %(pool)s in %(months)s, which version %(version)s of the model lacks."
            )
            months = months_in_words((each.month for each in found), spoken_month)
            yield text % {"pool": pool, "months": months, "version": model.version}
        else:
            yield from (f"{str(each)[:1].upper()}{str(each)[1:]}." for each in found)


def _negative(measure: str, errors: "list[CannotCost]") -> str:
    months: dict[str, set[int]] = defaultdict(set)
    for error in errors:
        for code in error.accounts:
            months[code].add(error.month)
    return negative_in_words(measure, months)


def negative_in_words(measure: str, months: dict[str, set[int]]) -> str:
    """Which accounts keep a measure from driving costs, and when."""
    return _("No cost can be spread by %(measure)s: it is negative for %(accounts)s.") % {
        "measure": many_of(measure),
        "accounts": accounts_in_words(months),
    }


def accounts_in_words(months: dict[str, set[int]]) -> str:
    """“Blue Ridge (C08) in Apr 2026, Hill (C11) in Jan 2026–Mar 2026 and 3 more accounts”; code "": no account."""
    codes = sorted(months)
    names = dict(Account.objects.filter(code__in=codes[:FEW]).values_list("code", "name"))
    said = [f"{_called(code, names)} {_('in')} {months_in_words(months[code], spoken_month)}" for code in codes[:FEW]]
    rest = len(codes) - FEW
    more = [ngettext("%s more account", "%s more accounts", rest) % rest] if rest > 0 else []
    return listed([*said, *more])


def _called(code: str, names: dict[str, str]) -> str:
    return f"{names[code]} ({code})" if code in names else code or _("order lines without an account")

"""Unused capacity: money, minutes and whole people of each pool and month."""

from collections import Counter
from decimal import Decimal

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from kam_portal.downloads import download, in_currency
from kam_portal.templatetags.kam import share
from kam_portal.templatetags.kam import whole as without_decimals
from profitability.capacity import Idle, IdlePool, idle_pools, per_person, together
from profitability.runline import run_asked

DRAWN = 3  # pools with a colour of their own: as many as can be told apart beside the others


@require_safe
@needs(Permission.SEE_COSTS)
def capacity(request):
    """What the pools could have done and nobody asked for, and where more was asked for than there was."""
    run = run_asked(request)
    pools = idle_pools(run) if run else []
    if request.GET.get("format") in {"csv", "xlsx"}:
        rows = [(pool, month) for pool in pools for month in pool.months]
        return download(request.GET["format"], "capacity", columns() | in_currency(), rows, run)
    context = {
        "heading": heading(pools) if pools else _("Unused capacity"),
        "pools": pools,
        "per_person": per_person(),
    }
    return render(request, "profitability/capacity.html", context | (figures_of(pools) if pools else {}))


def figures_of(pools: list[IdlePool]) -> dict:
    return {
        "whole": (whole := all_together(pools)),
        "unused_part": whole.unused / whole.cost if whole.cost > 0 else None,
        "people": sum(max(pool.whole.people, 0) for pool in pools),
        "released": sum((pool.whole.released for pool in pools), Decimal(0)),
        "overused": sum(pool.overused_months for pool in pools),
        "chart": chart_of(pools),
    }


def all_together(pools: list[IdlePool]) -> Idle:
    return together([month for pool in pools for month in pool.months])


def heading(pools: list[IdlePool]) -> str:
    """The finding in one sentence."""
    found = all_together(pools)
    words = {"money": without_decimals(abs(found.unused)), "currency": settings.CURRENCY}
    if found.unused < 0:
        return _("More was asked of the pools than they can do: %(money)s %(currency)s") % words
    words["share"] = share(found.unused / found.cost) if found.cost > 0 else share(None)
    text = ngettext(
        "%(money)s %(currency)s of capacity was not used, %(share)s of what the pool cost",
        "%(money)s %(currency)s of capacity was not used, %(share)s of what the pools cost",
        len(pools),
    )
    return text % words


def chart_of(pools: list[IdlePool]) -> dict:
    """Unused capacity in money, month by month."""
    months = sorted({month.month for pool in pools for month in pool.months})
    largest = sorted(pools, key=lambda pool: (-abs(pool.whole.unused), pool.code))[:DRAWN]
    others = [pool for pool in pools if pool not in largest]
    series = [{"code": pool.code, "name": pool.name, "values": by_month([pool], months)} for pool in largest]
    if others:
        series.append({"code": "", "name": _("Other pools"), "values": by_month(others, months)})
    return {
        "label": _("Unused capacity by pool and month; below zero: over-used"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "months": [iso(month) for month in months],
        "series": series,
    }


def by_month(pools: list[IdlePool], months: list[int]) -> list[float | None]:
    """Unused capacity of these pools; None in a month in which none of them has any."""
    unused: Counter[int] = Counter()
    for pool in pools:
        unused.update({month.month: month.unused for month in pool.months if month.has_capacity})
    return [float(unused[month]) if month in unused else None for month in months]


def columns() -> dict:
    """Heads of the export and how each cell is found, of pairs of a pool and one of its months."""
    return {
        _("Pool"): lambda row: row[0].code,
        _("Name"): lambda row: row[0].name,
        _("Month"): lambda row: iso(row[1].month),
        _("Cost"): lambda row: row[1].cost,
        _("Unused"): lambda row: row[1].unused,
        _("Practical minutes"): lambda row: row[1].practical,
        _("Used minutes"): lambda row: row[1].used,
        _("Unused minutes"): lambda row: row[1].minutes,
        _("Used, of the minutes"): lambda row: rounded(row[1].utilisation),
        _("Whole people free"): lambda row: row[1].people if row[1].has_capacity else None,
    }


def rounded(part: Decimal | None) -> Decimal | None:
    return None if part is None else round(part, 6)


def iso(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"

"""Causes in the figures of the published run: profit that falls or is none, and sales that hang on ever fewer."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from profitability.activities import by_phase
from profitability.core.months import month_of, months_between, ordinal
from profitability.models import Concentration, MonthResult, Result, Run
from profitability.standings import READABLE
from relationships.signals.watched import Found, Watch

MONTHS = 3  # that are compared
LEAST_OF_REVENUE = Decimal("0.01")  # a fall by less is no matter, however large its share
PHASES = ("presale", "production", "delivery", "post_sale")
CENT = Decimal("0.01")
SHARE_UNIT = Decimal("0.0001")


@dataclass
class Sums:
    """One account over some months."""

    net_revenue: Decimal
    gross_margin: Decimal
    contribution: Decimal
    phases: dict[str, Decimal]


def contribution_falling(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """Four queries: the run to compare with, the months of each, the accounts."""
    if watch.run is None:
        return
    now_months, then, then_months = compared_months(watch.run)
    if not then_months:
        return
    accounts = set(watch.results)
    before, after = sums_of(then, then_months, accounts), sums_of(watch.run, now_months, accounts)
    nothing = Sums(Decimal(0), Decimal(0), Decimal(0), dict.fromkeys(PHASES, Decimal(0)))
    for account, was in before.items():
        now = after.get(account, nothing)
        fall = was.contribution - now.contribution
        if was.contribution <= 0 or fall < limit * was.contribution or fall < LEAST_OF_REVENUE * was.net_revenue:
            continue
        yield falling(account, was, now, (now_months, then_months))


def falling(account: int, was: Sums, now: Sums, months: tuple[list[int], list[int]]) -> Found:
    fall = was.contribution - now.contribution
    cause, effect = largest_cause(was, now)
    facts = {
        "before": str(was.contribution),
        "now": str(now.contribution),
        "share": str((fall / was.contribution).quantize(SHARE_UNIT)),
        "months": [months[0][0], months[0][-1]],
        "earlier": [months[1][0], months[1][-1]],
        "cause": "phase" if cause in PHASES else cause,
        "phase": cause if cause in PHASES else "",
        "effect": str(-effect.quantize(CENT)),
    }
    return Found(
        "contribution_falling", f"contribution:{account}", facts, account, weight=fall, size=fall, tells_profit=True
    )


def largest_cause(was: Sums, now: Sums) -> tuple[str, Decimal]:
    """What lowered contribution most, and by how much. Sales at the margin of before, the change of the margin, and the
    cost of each phase sum to the change of contribution."""
    rate = was.gross_margin / was.net_revenue if was.net_revenue else Decimal(0)
    by_sales = (now.net_revenue - was.net_revenue) * rate
    effects = {"sales": by_sales, "margin": now.gross_margin - was.gross_margin - by_sales}
    effects |= {phase: was.phases[phase] - now.phases[phase] for phase in PHASES}
    return min(effects.items(), key=lambda each: (each[1], each[0]))


def compared_months(run: Run) -> tuple[list[int], Run, list[int]]:
    """The latest months of the run, and those they are compared with: a year before in a run that holds them, else
    the ones before in the same run; none where its window is too short."""
    window = months_between(run.month_from, run.month_to)
    count = min(MONTHS, len(window) // 2)
    if not count:
        return window, run, []
    latest, before = window[-count:], window[-2 * count : -count]
    year_ago = [month_of(ordinal(month) - 12) for month in latest]
    rows = Run.objects.select_related("cost_model").filter(state__in=READABLE)
    older = rows.filter(month_from__lte=year_ago[0], month_to__gte=year_ago[-1]).order_by("-published_at", "-pk")
    found = older.first()
    return (latest, found, year_ago) if found else (latest, run, before)


def sums_of(run: Run, months: list[int], accounts: set[int]) -> dict[int, Sums]:
    rows = MonthResult.objects.in_run(run).filter(account__in=accounts, month__in=months)
    listed = defaultdict(list)
    for row in rows.only("run", "account", "net_revenue", "gross_margin", "contribution", "costs"):
        listed[row.account_id].append(row)
    return {
        account: Sums(
            sum((row.net_revenue for row in found), Decimal(0)),
            sum((row.gross_margin for row in found), Decimal(0)),
            sum((row.contribution for row in found), Decimal(0)),
            by_phase(run, found),
        )
        for account, found in listed.items()
    }


def unprofitable(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """Key accounts alone. No query of its own."""
    for each in watch.key_accounts:
        result = watch.results.get(each.pk)
        if result is None or -result.contribution <= limit:
            continue
        cause = "margin" if result.gross_margin < 0 else max(PHASES, key=lambda phase: getattr(result, phase))
        facts = {
            "loss": str(-result.contribution),
            "months": [watch.run.month_from, watch.run.month_to],
            "cause": cause,
            "cost": str(cost_of(result, cause)),
        }
        loss = -result.contribution
        yield Found(
            "unprofitable", f"unprofitable:{each.pk}", facts, each.pk, weight=loss, size=loss, tells_profit=True
        )


def cost_of(result: Result, cause: str) -> Decimal:
    return -result.gross_margin if cause == "margin" else getattr(result, cause)


def concentration_rising(watch: Watch, limit: Decimal) -> Iterator[Found]:
    """Of the company, by customers as groups. Two queries."""
    if watch.earlier is None:
        return
    rows = Concentration.objects.filter(measure="revenue", level="parent", run__in=[watch.run, watch.earlier])
    figures = {row.run_id: row.figures for row in rows.order_by(F("pk"))}
    now, before = figures.get(watch.run.pk), figures.get(watch.earlier.pk)
    if not now or not before or None in (now["top10_share"], before["top10_share"]):
        return
    after, was = (Decimal(str(each["top10_share"])) for each in (now, before))
    if after - was < limit:
        return
    facts = {
        "before": str(was),
        "after": str(after),
        "month": watch.earlier.month_to,
        "largest": str(now["top1_share"]),
    }
    weight = (after - was) * Decimal(str(now["total"]))
    yield Found("concentration_rising", "concentration", facts, weight=weight.quantize(CENT), size=after - was)

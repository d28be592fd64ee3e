"""The figures a review looks at: of the published run while it is prepared, and as they were once it was held.

They are kept as text and whole numbers in one JSON document, so that a review stays as it was whatever the account's
later runs say: {"run", "window", "as_of", "amounts", "counts", "shares", "months", "series", "position", "objectives"}.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.core.months import months_between
from profitability.models import MonthResult, Result, Run
from relationships.models import Objective, Plan, Position
from relationships.plans import measures
from relationships.queries import rests_on_profit

SALES = ("list_amount", "discount_amount", "return_amount", "net_revenue")
MARGIN = ("cost_amount", "freight_amount", "gross_margin")
PROFIT = ("presale", "production", "delivery", "post_sale", "cost_to_serve", "contribution")
SERIES = ("net_revenue", "gross_margin", "contribution")
COUNTS = ("orders", "order_lines", "products")
SCORES = ("attractiveness", "relationship_strength", "stability", "confidence")
Figures = dict


def figures_of(plan: Plan, run: Run | None, today: date) -> Figures | None:
    """What the run says of the plan's account and its objectives; nothing before the first run. Six queries at most."""
    if run is None:
        return None
    found = {"run": run.pk, "window": run.window_label, "as_of": run.as_of.isoformat()}
    result = Result.objects.in_run(run).filter(account=plan.account_id).select_related("position").first()
    if result is not None:
        found |= _amounts(result) | _series(run, plan.account)
        position = getattr(result, "position", None)
        found |= {"position": _position(position)} if position else {}
    return found | {"objectives": objectives_of(plan, run, today)}


def _amounts(result: Result) -> Figures:
    return {
        "amounts": {name: str(getattr(result, name)) for name in (*SALES, *MARGIN, *PROFIT)},
        "counts": {name: getattr(result, name) for name in COUNTS},
        "shares": {name: _text(getattr(result, name)) for name in ("growth", "share_of_wallet")},
    }


def _series(run: Run, account: Account) -> Figures:
    """Month by month; a month without any activity is left out."""
    months = months_between(run.month_from, run.month_to)
    rows = {row.month: row for row in MonthResult.objects.in_run(run).filter(account=account)}
    series = {name: [_text(getattr(rows.get(month), name, None)) for month in months] for name in SERIES}
    return {"months": months, "series": series}


def _position(position: Position) -> Figures:
    found = {name: _text(getattr(position, name)) for name in SCORES}
    return found | {
        "box": position.box,
        "stage": position.stage,
        "is_provisional": position.is_provisional,
        "strength_tells_profit": rests_on_profit(position, "relationship"),
    }


def objectives_of(plan: Plan, run: Run | None, today: date) -> list[Figures]:
    rows = list(Objective.objects.filter(plan=plan).select_related("plan", "owner").order_by("place", "pk"))
    values = measures.values([plan.account_id], run)
    stands = measures.standings(rows, values, today)
    return [_objective(row, *stands[row.pk]) for row in rows]


def _objective(row: Objective, value: Decimal | None, progress) -> Figures:
    return {
        "id": row.pk,
        "text": row.text,
        "measure": row.measure,
        "unit": measures.MEASURES[row.measure].unit if row.measure in measures.MEASURES else row.unit,
        "direction": row.direction,
        "baseline": _text(row.baseline),
        "target": _text(row.target),
        "benchmark": _text(row.benchmark),
        "value": _text(value),
        "state": str(progress.state),
        "share": None if progress.share is None else round(float(progress.share), 4),
        "until_on": row.until_on.isoformat() if row.until_on else None,
        "owner": str(row.owner) if row.owner else "",
    }


def _text(value) -> str | None:
    return None if value is None else str(value)


# What one reader may see of them


def readable(found: Figures | None, user, account: Account) -> Figures | None:
    """Nothing of an account one does not see; without profit, no money below gross margin and what rests on it."""
    if found is None or not Account.objects.visible_to(user).filter(pk=account.pk).exists():
        return None
    return of_seen(found, user)


def of_seen(found: Figures, user) -> Figures:
    """Of an account that this person sees."""
    return found if may(user, Permission.SEE_PROFITABILITY) else without_profit(found)


def without_profit(found: Figures) -> Figures:
    kept = dict(found)
    if "amounts" in found:
        kept["amounts"] = {name: amount for name, amount in found["amounts"].items() if name not in PROFIT}
        kept["series"] = {name: listed for name, listed in found["series"].items() if name != "contribution"}
    if "position" in found:
        kept["position"] = _plain_position(found["position"])
    kept["objectives"] = [each for each in found["objectives"] if not tells_profit(each["measure"])]
    return kept | {"withheld": len(found["objectives"]) - len(kept["objectives"])}


def _plain_position(position: Figures) -> Figures:
    hidden = {"attractiveness", "stability", "confidence"}
    hidden |= {"relationship_strength"} if position["strength_tells_profit"] else set()
    return {name: value for name, value in position.items() if name not in hidden}


def tells_profit(measure: str) -> bool:
    found = measures.MEASURES.get(measure)
    return found is not None and found.permission == Permission.SEE_PROFITABILITY


def amount(found: Figures | None, name: str) -> Decimal | None:
    """One amount of them as a number."""
    text = (found or {}).get("amounts", {}).get(name)
    return None if text is None else Decimal(text)


def changes(now: Figures | None, before: Figures | None, names: Iterable[str]) -> dict[str, Decimal]:
    """By how much amounts differ from an earlier review's, where both have them."""
    pairs = {name: (amount(now, name), amount(before, name)) for name in names}
    return {name: new - old for name, (new, old) in pairs.items() if new is not None and old is not None}

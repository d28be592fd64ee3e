"""From a resource cost line forward: a pool's months, and who bears the cost of one of them."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from profitability import balances
from profitability.explain.figures import ACTIVITY, activity_names
from profitability.explain.forward import NO_ACCOUNT, CostLine, cost_line, in_units
from profitability.models import MonthResult
from profitability.queries import BALANCE
from profitability.runline import run_asked
from profitability.views.runs import SPLIT_NAMES
from profitability.wording import percent

PAGE = 25
KEEPS = ("unused", "channel", "corporate", "unassigned")


@dataclass(frozen=True)
class Place:
    """Where a part of the cost went: an activity, a pool that was served, or what no account bears."""

    label: str
    amount: Decimal
    kind: str
    code: str = ""


@dataclass(frozen=True)
class Bearer:
    """An account, and what it bears of the line."""

    account: Account
    amount: Decimal


@dataclass(frozen=True)
class Way:
    """By which activity, or by which pool it served, an account bears a part of the line."""

    code: str
    label: str
    amount: Decimal
    whole: Decimal | None  # the cost of the whole activity, which may draw on other pools too


@require_safe
@needs(Permission.SEE_COSTS)
def pool_trail(request, pool):
    """What one cell of the balance adds up from: the pool month by month."""
    run = run_asked(request)
    names = balances.pool_names(run) if run else {}
    if pool not in names:
        raise Http404
    stage = request.GET.get("stage", "")
    stage = stage if stage in BALANCE else "input"
    months = [(month, dict(cells)[stage]) for month, cells in balances.pool_months(run, pool)]
    context = {
        "shown_run": run,
        "pool": pool,
        "name": names[pool],
        "stage": stage,
        "stage_name": SPLIT_NAMES[stage],
        "months": months,
        "total": sum((amount for _month, amount in months), Decimal(0)),
    }
    return answer(request, "pool", context)


@require_safe
@needs(Permission.SEE_COSTS)
def cost_line_trail(request, pool, month):
    """Where one month's cost of a pool went, down to the accounts that bear it, the largest first."""
    run = run_asked(request)
    line = cost_line(run, pool, month) if run else None
    if line is None:
        raise Http404
    if "account" in request.GET:
        return answer(request, "bearer", bearer_context(line, pool, month, account_asked(request)))
    page = bearers(line, request)
    names = balances.pool_names(run)
    context = {
        "shown_run": run,
        "line": line,
        "pool": pool,
        "name": names[pool],
        "received": [(code, names[code], amount) for code, amount in line.handing.received.items()],
        "sent": [
            (code, names[code], percent(line.handing.shares[code]), sent) for code, sent in line.handing.sent.items()
        ],
        "places": places_of(line),
        "page": page,
        "borne": in_units(line.spread.accounts.total() - line.spread.accounts[NO_ACCOUNT]),
        "no_account": in_units(line.spread.accounts[NO_ACCOUNT]),
        "kept": [(SPLIT_NAMES[name], in_units(line.spread.elsewhere[name])) for name in KEEPS],
        "total": in_units(line.spread.total),
        "is_overused": line.spread.elsewhere["unused"] < 0,
    }
    return answer(request, "cost_line", context)


def account_asked(request) -> Account | None:
    """The account in the address; None where it asks for what no account bears."""
    code = request.GET["account"]
    return get_object_or_404(Account.objects.visible_to(request.user), code=code) if code else None


def bearer_context(line: CostLine, pool: str, month: int, account: Account | None) -> dict:
    """What one account, or none, bears of the line: by activity; of a support pool by the pools it served."""
    bearer = account.pk if account else NO_ACCOUNT
    names, pools = activity_names(line.run), balances.pool_names(line.run)
    row = MonthResult.objects.in_run(line.run).filter(account=account, month=month).first()
    ways = [
        Way(code, (pools if line.spread.pools else names)[code], in_units(borne[bearer]), cost_of(row, code))
        for code, borne in line.spread.ways.items()
        if borne.get(bearer)
    ]
    total = sum((way.amount for way in ways), Decimal(0))
    return {
        "shown_run": line.run,
        "line": line,
        "pool": pool,
        "name": pools[pool],
        "account": account,
        "ways": ways,
        "total": total,
        "closes": total == in_units(line.spread.accounts[bearer]),
        "all_costs": row.cost_to_serve if row else Decimal(0),
    }


def cost_of(row: MonthResult | None, activity: str) -> Decimal | None:
    """What all of an activity cost an account in a month."""
    cost = row.costs.get(activity) if row else None
    return None if cost is None else in_units(cost)


def places_of(line: CostLine) -> list[Place]:
    """The activities or pools that took the cost, and what stayed; their sum is the line."""
    names, pools = activity_names(line.run), balances.pool_names(line.run)
    spread = line.spread
    if spread.pools:
        return [Place(pools[code], in_units(amount), "pool", code) for code, amount in spread.pools.items()]
    found = [
        Place(names[code], in_units(amount), "activity", f"{ACTIVITY}{code}")
        for code, amount in spread.activities.items()
    ]
    stays = [(name, spread.elsewhere[name]) for name in ("unused", "channel", "corporate")]
    return found + [Place(str(SPLIT_NAMES[name]), in_units(amount), "rest") for name, amount in stays if amount]


def bearers(line: CostLine, request) -> Page:
    """The accounts that bear the line, a page of them, the largest first."""
    amounts = {account: amount for account, amount in line.spread.accounts.items() if account != NO_ACCOUNT and amount}
    seen = Account.objects.visible_to(request.user).values_list("pk", "code")
    codes = {account: code for account, code in seen if account in amounts}
    order = sorted(codes, key=lambda account: (-amounts[account], codes[account]))
    page = Paginator(order, PAGE).get_page(request.GET.get("accounts"))
    shown = Account.objects.in_bulk(list(page.object_list))
    page.object_list = [Bearer(shown[account], in_units(amounts[account])) for account in page.object_list]
    return page


def answer(request, name: str, context: dict):
    """The whole page, or only its content where the side panel asks for it."""
    in_panel = request.htmx.target == "panel"
    template = f"trail/_{name}.html" if in_panel else f"trail/{name}.html"
    return render(request, template, context | {"in_panel": in_panel, "title": _("Trail")})

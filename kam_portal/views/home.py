"""The first page after signing in: what matters to this person today."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account, Import, Team, User
from accounts.permissions import Permission, Role, may, needs
from kam_portal.changes import changes
from kam_portal.charts import whale_chart
from kam_portal.concentration import summary
from kam_portal.matrix.bubbles import bubbles_of, squares_of
from kam_portal.matrix.chart import matrix_chart
from kam_portal.months import waiting_for
from kam_portal.navigation import run_of
from kam_portal.overview import kept
from kam_portal.steering import (
    against_guidance,
    decisions_needed,
    firmness_counts,
    own_proposals,
    reviews_due,
    trust,
)
from kam_portal.templatetags.kam import money, share
from kam_portal.uploads.kinds import label
from kam_portal.views.first_steps import first_steps
from profitability.core.concentration import by_parent
from profitability.core.cost_model import spoken
from profitability.core.months import months_between
from profitability.ladder import parents
from profitability.models import Concentration, MonthResult, PoolBalance, Result, Run
from profitability.queries import balance_of, earlier_run
from relationships.gaps import to_score
from relationships.models import Position, Rating
from relationships.queries import portfolio, trends

MINE = 50  # accounts on the home page; the list has them all
WATCHED = 200  # the largest accounts, whose changes are looked for
STALE_RATING = timedelta(days=365)


@require_safe
@needs(Permission.SIGN_IN)
def home(request):
    """Each role starts where its work is."""
    if request.user.role == Role.ADMIN:
        return admin_home(request)
    if request.user.role == Role.EXECUTIVE:
        return management_home(request)
    if request.user.role == Role.FINANCE:
        return finance_home(request)
    return manager_home(request)


# Managers, team leads and team members


@dataclass(frozen=True)
class Matter:
    """Something that needs this person: an account, what is wrong, in a sentence."""

    kind: str
    result: Result
    text: str
    figure: str = ""  # the figure whose trail it leads to
    url: str = ""  # where something is done about it


def manager_home(request):
    """What needs me, what changed, my accounts."""
    run = run_of(request)
    before = earlier_run(run) if run else None
    profit = may(request.user, Permission.SEE_PROFITABILITY)
    everything = portfolio(request.user, run) if run else Result.objects.none()
    own = everything.filter(account__manager=request.user)
    is_own = own.exists()
    rows = own if is_own else everything
    order = "contribution" if profit else "-net_revenue"
    listed = list(rows.order_by(order, "code")[:MINE])
    matters = programme_matters(run, request.user, is_own) if run else []
    matters += matters_of(run, listed, request.user) if run else []
    context = {
        "listed": listed,
        "total": rows.count(),
        "is_own": is_own,
        "matters": matters[:10],
        "changes": changes(request.user, largest(rows), before, profit),
        "has_earlier": before is not None,
        "spark": trends(run, [row.account_id for row in listed], "contribution" if profit else "net_revenue")
        if run
        else {},
        "headline": manager_headline(rows, profit) if run else "",
        "profit": profit,
        "to_score": to_score(request.user, timezone.localdate()),
    }
    return render(request, "home/manager.html", context)


def largest(rows):
    return rows.order_by("-net_revenue", "code")[:WATCHED]


def manager_headline(rows, profit: bool) -> str:
    """The finding of the day."""
    active = rows.filter(is_active=True)
    if not profit:
        return ngettext("%(count)s account is active.", "%(count)s accounts are active.", active.count()) % {
            "count": active.count()
        }
    losing = active.filter(contribution__lt=0).aggregate(count=Count("pk"), loss=Sum("contribution"))
    if not losing["count"]:
        return _("Every active account earns money after cost to serve.")
    text = ngettext(
        "%(count)s of %(all)s active accounts loses money after cost to serve: %(loss)s.",
        "%(count)s of %(all)s active accounts lose money after cost to serve: %(loss)s together.",
        losing["count"],
    )
    loss = f"{money(-losing['loss'])} {settings.CURRENCY}"
    return text % {"count": losing["count"], "all": active.count(), "loss": loss}


def matters_of(run, rows: list[Result], user) -> list[Matter]:
    """Losses first, the largest on top; then, for who may score, accounts whose box is not settled and scores that are
    old."""
    found = []
    if may(user, Permission.SEE_PROFITABILITY):
        losing = sorted(
            (row for row in rows if row.is_active and row.contribution < 0), key=lambda row: row.contribution
        )
        found += [Matter(_("loss"), row, loss_text(row), "contribution") for row in losing]
    if not may(user, Permission.SCORE_ACCOUNTS):
        return found
    open_boxes = [row for row in rows if row.is_active and not is_settled(row.position)]
    found += [Matter(_("score"), row, gap_text(row), "box") for row in open_boxes]
    old = old_ratings(run, [row.account_id for row in rows])
    found += [
        Matter(_("old"), row, _("the latest rating is more than a year old")) for row in rows if row.account_id in old
    ]
    return found


def programme_matters(run: Run, user, own: bool) -> list[Matter]:
    """Reviews that are due and the reader's own open proposals."""
    found = [(_("review"), *each) for each in reviews_due(user, run, own)]
    found += [(_("waits"), *each) for each in own_proposals(user, run)]
    return [Matter(kind, row, text, url=reverse("account_decisions", args=[row.code])) for kind, row, text in found]


def is_settled(position: Position) -> bool:
    return bool(position.box) and not position.is_provisional


def loss_text(row: Result) -> str:
    """How much is lost, and to what."""
    if row.gross_margin < 0:
        return _("loses %(loss)s: sold below cost of goods and freight") % {"loss": money(-row.contribution)}
    phases = {
        "presale": row.presale,
        "production": row.production,
        "delivery": row.delivery,
        "post-sale": row.post_sale,
    }
    dearest = max(phases, key=phases.get)
    return _("loses %(loss)s after cost to serve; %(phase)s alone costs %(cost)s") % {
        "loss": money(-row.contribution),
        "phase": dearest,
        "cost": money(phases[dearest]),
    }


def gap_text(row: Result) -> str:
    covered = min(row.position.attractiveness_coverage, row.position.relationship_coverage)
    if not row.position.box:
        return _("has no box: only %(share)s of an axis is scored") % {"share": share(covered)}
    return _("has a provisional box: %(share)s of an axis is scored") % {"share": share(covered)}


def old_ratings(run, accounts: list[int]) -> set[int]:
    """Accounts whose latest rating is more than a year older than the window's end."""
    rows = (
        Rating.objects.filter(account__in=accounts)
        .values_list("account")
        .annotate(fresh=Count("pk", filter=Q(rated_on__gte=run.as_of - STALE_RATING)))
    )
    return {account for account, fresh in rows if not fresh}


# Senior management


def management_home(request):
    """The portfolio and its risks, with nothing to fill in."""
    run = run_of(request)
    if run is None:
        return render(request, "home/management.html", {})
    rows = portfolio(request.user, run)
    view = (rows, run, request.user)
    before = earlier_run(run)
    context = {
        "headline": manager_headline(rows, profit=True),
        "figures": kept("company-figures", run, request.user, lambda: company_figures(run)),
        "trust": kept("trust", run, request.user, lambda: trust(run)),
        "firmness": kept("firmness", run, request.user, lambda: firmness_counts(rows)),
        "matrix": matrix_chart(run, bubbles_of(*view), squares_of(*view), profit=True),
        "whale": whale_chart(rows),
        "concentration": Concentration.objects.filter(run=run, measure="revenue", level="parent").first(),
        "largest": kept("largest-customer", run, request.user, lambda: largest_customer(rows, request.user)),
        "hold": kept("hold", run, request.user, lambda: summary(request.user, run)),
        "losses": [
            Matter("", row, loss_text(row), "contribution")
            for row in rows.filter(contribution__lt=0).order_by("contribution", "code")[:6]
        ],
        "changes": changes(request.user, largest(rows), before, profit=True, most=6),
        "has_earlier": before is not None,
        "company": kept("company-result", run, request.user, lambda: company_result(run)),
        "waiting": waiting_for(request.user),
        "profit": True,
    }
    context |= decisions_needed(request.user) | against_guidance(request.user, run)
    return render(request, "home/management.html", context)


def largest_customer(rows, user) -> dict | None:
    """Who buys most, a group of accounts counted once under its head, and what that customer contributes."""
    grouped = Account.objects.filter(parent__isnull=False)
    is_grouped = Q(account__in=grouped) | Q(account__in=grouped.values("parent"))
    active = rows.filter(is_active=True)
    figures = ("code", "net_revenue", "contribution")
    members = list(active.filter(is_grouped).values_list(*figures))
    above = parents(user)
    profits = by_parent({code: profit for code, _sales, profit in members}, above)
    sales = by_parent({code: sales for code, sales, _profit in members}, above)
    customers = [(code, sales[code], profits[code]) for code in sales]
    customers += active.exclude(is_grouped).order_by("-net_revenue", "code").values_list(*figures)[:1]
    if not customers:
        return None
    code, _sales, profit = min(customers, key=lambda customer: (-customer[1], customer[0]))
    return {"code": code, "name": Account.objects.get(code=code).name, "contribution": profit}


def company_figures(run: Run) -> dict[str, dict]:
    """The figures of all accounts over the window, as every other page has them, and their months."""
    names = run.totals["window"]
    nobodys = Result.objects.in_run(run).filter(account=None).values(*names).first() or {}
    months = MonthResult.objects.in_run(run).filter(account=None).values("month", *names)
    by_month = {row["month"]: row for row in months}
    window, nothing = months_between(run.month_from, run.month_to), dict.fromkeys(names, 0)
    return {
        name: {
            "value": units(amount) - nobodys.get(name, 0),
            "spark": [
                float(units(value) - by_month.get(month, nothing)[name])
                for month, value in zip(window, run.totals["months"][name], strict=False)
            ],
        }
        for name, amount in names.items()
    }


def units(amount: int) -> Decimal:
    return Decimal(amount).scaleb(-settings.CURRENCY_DIGITS)


def company_result(run: Run) -> list[dict]:
    """From the accounts' contribution down to the company's result; every step is in the run's balance."""
    total = balance_of(run).total.amounts
    contribution = units(run.totals["window"]["contribution"])
    nobodys = Result.objects.in_run(run).filter(account=None).values_list("contribution", flat=True).first()
    steps = [
        (_("Contribution of all accounts"), contribution - (nobodys or 0), "total"),
        *([(_("Order lines without an account"), nobodys, "detail")] if nobodys else []),
        (_("Unused capacity"), -total["unused"], "detail"),
        (_("Channel costs"), -total["channel"], "detail"),
        (_("Corporate costs"), -total["corporate"], "detail"),
        (_("Unassigned costs"), -total["unassigned"], "detail"),
    ]
    steps.append((_("Company result"), sum((amount for _label, amount, _kind in steps), Decimal(0)), "total"))
    return [{"label": label, "cells": [money(amount)], "kind": kind} for label, amount, kind in steps]


# Finance


def finance_home(request):
    """Does it close, what is idle, what came in."""
    run = run_of(request)
    context = {
        "balance": balance_of(run) if run else None,
        "company": company_result(run) if run else None,
        "figures": company_figures(run) if run else None,
        "capacity": capacity(run) if run else [],
        "steps": [] if run else first_steps(),
        "runs": Run.objects.order_by("-pk")[:5],
        "imports": [(each, label(each.kind)) for each in Import.objects.order_by("-pk")[:6]],
        "waiting": waiting_for(request.user),
        "open_run": Run.objects.filter(state__in=[Run.State.WAITING, Run.State.RUNNING]).first(),
    }
    return render(request, "home/finance.html", context)


def capacity(run: Run) -> list[dict]:
    """Pools consumed by time, the costliest idle one first: minutes there were, minutes used, cost of the rest."""
    pools = run.cost_model.document["pools"] if run.cost_model else []
    names = {pool["code"]: pool.get("name") or spoken(pool["code"]) for pool in pools}
    rows = PoolBalance.objects.filter(run=run, practical_minutes__isnull=False).values("pool")
    found = rows.annotate(practical=Sum("practical_minutes"), used=Sum("used_minutes"), cost=Sum("unused"))
    return [
        row
        | {
            "name": names.get(row["pool"], row["pool"]),
            "share": row["used"] / row["practical"] if row["practical"] else None,
        }
        for row in found.order_by("-cost", "pool")
    ]


# Administration


def admin_home(request):
    """Users and teams; no business data."""
    context = {
        "people": User.objects.filter(is_active=True).count(),
        "teams": Team.objects.count(),
        "without_team": User.objects.filter(is_active=True, teams__isnull=True)
        .exclude(role__in=[Role.ADMIN, Role.FINANCE, Role.EXECUTIVE])
        .count(),
    }
    return render(request, "home/admin.html", context)

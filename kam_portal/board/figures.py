"""Figures of the company in one run, as every page has them."""

from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from kam_portal.templatetags.kam import money
from profitability.core.concentration import by_parent
from profitability.core.months import months_between
from profitability.ladder import parents
from profitability.models import MonthResult, Result, Run
from profitability.queries import balance_of


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
    balance, lines = reverse("run", args=[run.pk]), f"{reverse('no_account_trail')}?run={run.pk}"
    steps = [
        (_("Contribution of all accounts"), contribution - (nobodys or 0), "total", f"{reverse('pnl')}?run={run.pk}"),
        *([(_("Order lines without an account"), nobodys, "detail", lines)] if nobodys else []),
        *((label, -total[name], "detail", f"{balance}#balance") for name, label in kept_by_nobody()),
    ]
    steps.append((_("Company result"), sum((step[1] for step in steps), Decimal(0)), "total", ""))
    return [{"label": label, "cells": [money(amount)], "kind": kind, "url": url} for label, amount, kind, url in steps]


def kept_by_nobody() -> list[tuple[str, str]]:
    """Parts of the balance that no account bears."""
    return [
        ("unused", _("Unused capacity")),
        ("channel", _("Channel costs")),
        ("corporate", _("Corporate costs")),
        ("unassigned", _("Unassigned costs")),
    ]

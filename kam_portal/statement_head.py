"""What stands above a statement: its finding in a sentence, and its chart."""

from django.conf import settings
from django.utils.translation import gettext as _

from kam_portal.statements import Shown
from kam_portal.templatetags.kam import compact, share
from kam_portal.views.account_page import steps_of


def waterfall(found: Shown, profit: bool) -> dict:
    """From list sales down, for the chart."""
    return {
        "label": _("From list sales to contribution") if profit else _("From list sales to gross margin"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "base": float(found.total["net_revenue"]),
        "steps": [
            {"name": str(label), "amount": float(found.total[name]), "kind": kind}
            for name, label, kind in steps_of(profit)
        ],
    }


def headline(found: Shown, profit: bool) -> str:
    """The last line in a sentence, with its change."""
    if not any(found.total.amounts.values()):
        return _("No sales and no cost in these months")
    name = "contribution" if profit else "gross_margin"
    amount, net = found.total[name], found.total["net_revenue"]
    words = {"amount": f"{compact(abs(amount))} {settings.CURRENCY}", "share": share(amount / net) if net > 0 else ""}
    if amount < 0:
        text = _("Loses %(amount)s after cost to serve") if profit else _("Gross margin %(amount)s below zero")
    else:
        text = _("Contribution %(amount)s") if profit else _("Gross margin %(amount)s")
        text += _(", %(share)s of net revenue") if net > 0 else ""
    return text % words

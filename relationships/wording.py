"""What criteria are called in words: axes, measures with their units, and how strength is placed."""

from decimal import Decimal

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.numbers import MINUS
from relationships.core.criteria import plain

AXES = {
    "attractiveness": gettext_lazy("Attractiveness"),
    "relationship": gettext_lazy("Relationship strength"),
}
KINDS = {"judged": gettext_lazy("Judged by raters"), "measured": gettext_lazy("Measured in the run")}
BASES = {
    "absolute": gettext_lazy("Our own score"),
    "relative": gettext_lazy("Our score ÷ the best competitor’s"),
}
MEASURES = {
    "net_revenue": gettext_lazy("Net revenue"),
    "growth": gettext_lazy("Growth of net revenue"),
    "gross_margin": gettext_lazy("Gross margin"),
    "contribution": gettext_lazy("Contribution"),
    "contribution_margin": gettext_lazy("Contribution margin"),
    "cost_to_serve": gettext_lazy("Cost to serve"),
    "cost_to_serve_share": gettext_lazy("Cost to serve as a share of net revenue"),
    "share_of_wallet": gettext_lazy("Share of wallet"),
    "breadth": gettext_lazy("Breadth: products bought"),
    "duration": gettext_lazy("Duration: months since the first order"),
    "average_order_value": gettext_lazy("Average order value"),
    "potential": gettext_lazy("Annual potential"),
}
SHARES = {"growth", "contribution_margin", "cost_to_serve_share", "share_of_wallet"}
COUNTS = {"breadth": gettext_lazy("products"), "duration": gettext_lazy("months")}


def unit_of(measure: str) -> str:
    """In what a scale of the measure is written."""
    if measure in SHARES:
        return _("a fraction: 0.05 is 5 %")
    return str(COUNTS[measure]) if measure in COUNTS else settings.CURRENCY


def amount_of(measure: str, value: Decimal) -> str:
    """A value of the measure as one reads it: 5 %, 12 products, 20,000."""
    if measure in SHARES:
        return f"{plain(value * 100)} %".replace("-", "−")
    text = f"{value:,f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:,f}"
    return f"{text} {COUNTS[measure]}".replace("-", "−") if measure in COUNTS else text.replace("-", "−")


def sum_words(total: Decimal | None) -> str:
    """The sum of weights; of those that are no numbers a dash."""
    return "–" if total is None else plain(total).replace("-", MINUS)

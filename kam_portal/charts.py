"""Charts that several pages show, as the data their script draws."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from profitability.core.concentration import whale

MOST_POINTS = 1_500


def whale_chart(rows) -> dict:
    """Contribution of the active accounts added up from the best to the worst."""
    active = rows.filter(is_active=True).order_by("-contribution", "code")
    listed = list(active.values_list("code", "account__name", "contribution"))
    unit = 10**settings.CURRENCY_DIGITS
    profits = [int(contribution * unit) for _code, _name, contribution in listed]
    curve = whale(profits, [code for code, _name, _contribution in listed])
    kept = thinned(len(listed), curve.peak_rank)
    return {
        "label": _("Whale curve: contribution added up from the best account to the worst"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "points": [
            [place + 1, listed[place][1], profits[place] / unit, curve.points[place] / unit, address(listed[place][0])]
            for place in kept
        ],
        "total": curve.total / unit,
        "peak": curve.peak / unit,
        "peak_place": curve.peak_rank,
    }


def address(code: str) -> str:
    return reverse("account", args=[code])


def thinned(count: int, peak: int) -> list[int]:
    """Places to draw: all of them, or an even choice that keeps both ends and the peak."""
    if count <= MOST_POINTS:
        return list(range(count))
    step = count / MOST_POINTS
    return sorted({int(number * step) for number in range(MOST_POINTS)} | {max(peak - 1, 0), count - 1})

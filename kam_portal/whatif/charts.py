"""What a what-if draws: the whale curve before and after, and the way of each account in the matrix."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account
from kam_portal.charts import thinned
from kam_portal.matrix.axes import axes, boxes, cuts_of


def whale_chart(study) -> dict:
    """The curve under the scenario, with the published one behind it."""
    before, after = study.whales
    _earlier, standing = study.seen
    unit = 10**settings.CURRENCY_DIGITS
    contributions = standing.contribution.tolist()
    places = thinned(len(after.order), after.peak_rank)
    codes = {place: standing.codes[after.order[place]] for place in places}
    names = dict(Account.objects.filter(code__in=codes.values()).values_list("code", "name"))
    return {
        "label": _("Whale curve before and under the scenario"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "points": [
            [
                place + 1,
                names.get(code, code),
                contributions[after.order[place]] / unit,
                after.points[place] / unit,
                reverse("account", args=[code]),
            ]
            for place, code in codes.items()
        ],
        "before": {
            "name": _("published"),
            "points": [
                [place + 1, before.points[place] / unit] for place in thinned(len(before.order), before.peak_rank)
            ],
        },
        "count": max(len(after.order), len(before.order)),
        "total": after.total / unit,
        "peak": after.peak / unit,
        "peak_place": after.peak_rank,
    }


def matrix_chart(study) -> dict:
    """The accounts that change, with the way each goes."""
    after = {place.account: place for place in study.places}
    net = dict(zip(study.selected.ids, study.outcome.statement.net_revenue.tolist(), strict=True))
    return {
        "label": _("Accounts before and under the scenario"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "orientation": settings.MATRIX_ORIENTATION,
        "axis": axes(),
        "cuts": cuts_of(study.run),
        "boxes": boxes(),
        "points": [
            bubble(move, after[account], net[account]) for account, move in study.moves.items() if is_drawn(move)
        ],
        "density": None,
        "movement": _("Show where they come from"),
    }


def is_drawn(move) -> bool:
    return bool(move.after.box) and move.after.attractiveness is not None and move.after.strength is not None


def bubble(move, place, net: int) -> list:
    was = move.position
    return [
        place.code,
        place.name,
        move.after.strength,
        move.after.attractiveness,
        net / 10**settings.CURRENCY_DIGITS,
        float(place.after),
        move.after.box,
        int(was.is_provisional),
        None if was.relationship_strength is None else float(was.relationship_strength),
        None if was.attractiveness is None else float(was.attractiveness),
        reverse("account", args=[place.code]),
    ]

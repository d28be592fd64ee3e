"""What the script of the matrix draws, as data."""

from urllib.parse import quote

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from kam_portal.matrix.axes import across_by, axes, boxes, criteria_of, cuts_in
from kam_portal.matrix.bubbles import Bubble, Square, density, names_of
from relationships.core.stage import DISINTEGRATING, LADDER
from relationships.models import Box, Firmness, Stage

IN_A_PATH = "/~:@!$&'()*+,;="  # what `reverse` leaves as it is
NARROW = 0.85  # of a column
HIGH = {Box.STRATEGIC, Box.STAR}  # boxes of attractive accounts


def matrix_chart(run, bubbles: list[Bubble], squares: list[Square], profit: bool, first=frozenset()) -> dict:
    """What the chart draws: the bubbles, and the remainder as density."""
    names, address, used = names_of(bubbles), reverse("account", args=["CODE"]), criteria_of(run)
    across = across_by(used)
    points = [
        point(each, names.get(each.account, ("", None)), address, profit, each.account in first) for each in bubbles
    ]
    return {
        "label": _("Accounts by relationship strength and attractiveness"),
        "currency": settings.CURRENCY,
        "digits": settings.CURRENCY_DIGITS,
        "orientation": settings.MATRIX_ORIENTATION,
        "axis": axes(across),
        "criteria": {"name": str(used), "code": used.code, "version": used.version} if used else None,
        "cuts": cuts_in(used),
        "boxes": boxes(),
        "stages": columns(),
        "firmness": firmness_words(),
        "points": points,
        "density": density(squares, bubbles),
        "cells": cells_of(squares),
        "words": words(),
    }


def columns() -> list[dict]:
    """The stages from left to right; beside the ladder, and narrower, the relationships that fall apart."""
    found = [{"code": code, "name": str(Stage(code).label), "share": 1} for code in LADDER]
    return [*found, {"code": DISINTEGRATING, "name": str(Stage(DISINTEGRATING).label), "share": NARROW}]


def firmness_words() -> dict[str, str]:
    return {
        Firmness.SETTLED.value: _("box settled"),
        Firmness.FRAGILE.value: _("box fragile"),
        Firmness.UNKNOWN.value: _("firmness unknown"),
    }


def words() -> dict[str, str]:
    """What the script says of its marks."""
    return {
        "stages": _("Stage, and strength within it"),
        "firmness": _("Firmness"),
        "outline": _("Outline: box"),
        "settled": _("settled"),
        "fragile": _("fragile"),
        "unknown": _("not known"),
        "buyer": _("the buyer’s view"),
        "ours": _("our view"),
        "attractive": _("# attractive"),
        "others": _("# not attractive"),
        "cut": _("Cut between low and high"),
        "none": _("no box"),
        "picture": _("The picture could not be made."),
        "filters": _("Filters"),
        "unfiltered": _("No filter in use"),
        "weighed": _("with other weights than those in force"),
        "amounts": _("Amounts in %(currency)s") % {"currency": settings.CURRENCY},
        "move": _("# accounts would move"),
        "moves": _("# account would move"),
    }


def point(bubble: Bubble, named: tuple, address: str, profit: bool, is_first: bool) -> list:
    """As the chart takes it. A `reverse` for each of 2,000 accounts would be a third of the page's time."""
    name, potential = named
    return [
        bubble.code,
        name,
        bubble.strength,
        bubble.attractiveness,
        bubble.net_revenue,
        bubble.contribution if profit else None,
        bubble.box,
        bubble.provisional,
        *bubble.before,
        address.replace("CODE", quote(bubble.code, safe=IN_A_PATH)),
        bubble.firmness,
        bubble.stage,
        bubble.stage_buyer,
        potential,
        int(is_first),
        bubble.across,
    ]


def cells_of(squares: list[Square]) -> list[dict]:
    """How many accounts of each stage are attractive, and how many are not."""
    placed = [square for square in squares if square.box]
    return [
        {
            "stage": stage,
            "high": high,
            "count": sum(square.count for square in placed if square.stage == stage and (square.box in HIGH) == high),
        }
        for stage in ("", *Stage.values)
        for high in (True, False)
    ]

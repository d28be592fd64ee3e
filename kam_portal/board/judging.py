"""Two dates beside each other: how far each figure moved, and whether for the better."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from kam_portal.templatetags.kam import MINUS, points, ratio, signed, with_plus, written
from relationships.models import Box

MORE, LESS = 1, -1  # which of the two is for the better
# A box by what its accounts have: attractiveness, relationship
HAS = {Box.STRATEGIC: (1, 1), Box.STAR: (1, 0), Box.STATUS: (0, 1), Box.STREAMLINE: (0, 0)}


@dataclass(frozen=True)
class Change:
    """A change as it is shown, with its sign, and its side: 1 for the better, -1 for the worse, 0 for neither."""

    text: str
    side: int


def change(now, then, write: Callable[[Any], str], wish: int) -> Change | None:
    """What is shown as no change is neither better nor worse; None where one of the two is not known."""
    if now is None or then is None:
        return None
    text = write(Decimal(str(now)) - Decimal(str(then)))
    return Change(text, wish * (text.startswith("+") - text.startswith(MINUS)))


def of_figures(now: Mapping[str, dict], then: Mapping[str, dict]) -> dict[str, Change | None]:
    """Of the company's figures. More cost to serve is no harm where more was sold: its share of net revenue tells."""
    more = ("net_revenue", "gross_margin", "contribution")
    changes = {name: change(now[name]["value"], then[name]["value"], signed, MORE) for name in more}
    return changes | {"cost_share": change(cost_share(now), cost_share(then), points, LESS)}


def cost_share(figures: Mapping[str, dict]) -> Decimal | None:
    return ratio(figures["cost_to_serve"]["value"], figures["net_revenue"]["value"])


def with_sign(value: Decimal, decimals: int) -> str:
    return with_plus(written(value, decimals))


def of_concentration(now: Mapping[str, Any], then: Mapping[str, Any]) -> dict[str, Change | None]:
    """The less hangs on few customers, the better."""
    return {name: change(now[name], then[name], write, wish) for name, (write, wish) in CONCENTRATION.items()}


CONCENTRATION: dict[str, tuple[Callable[[Any], str], int]] = {
    "top1_share": (points, LESS),
    "top10_share": (points, LESS),
    "hhi": (partial(with_sign, decimals=0), LESS),
    "gini": (partial(with_sign, decimals=2), LESS),
    "effective_number": (partial(with_sign, decimals=0), MORE),
}


def of_boxes(then: str, now: str) -> int:
    """From one box to another: better where nothing was lost of attractiveness and relationship."""
    gained = sum(HAS[Box(now)]) - sum(HAS[Box(then)])  # one for the other is neither
    return (gained > 0) - (gained < 0)

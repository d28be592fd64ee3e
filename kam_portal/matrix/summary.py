"""What the matrix says in words and counts: its heading, how firm it is, and what each box holds."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam_portal.matrix.bubbles import Square
from kam_portal.templatetags.kam import money, whole
from relationships.guidance import every, in_line
from relationships.models import Box


def heading_of(boxes: list[dict], only: str = "") -> str:
    """The box that loses most, if one does; else how many accounts stand where, or in the only box in view."""
    worst = min(boxes, key=lambda box: box["contribution"] or 0)
    if (worst["contribution"] or 0) < 0:
        return _("Together the accounts in %(box)s lose %(loss)s after cost to serve") % {
            "box": worst["label"],
            "loss": money(-worst["contribution"]),
        }
    count = sum(box["count"] for box in boxes)
    if only in Box.values:
        text = ngettext("%(count)s account is in %(box)s", "%(count)s accounts are in %(box)s", count)
        return text % {"count": whole(count), "box": Box(only).label} if count else ""
    strategic = next(box["count"] for box in boxes if box["code"] == Box.STRATEGIC)
    text = ngettext(
        "%(count)s account has a box: %(strategic)s strategic",
        "%(count)s accounts have a box: %(strategic)s strategic",
        count,
    )
    return text % {"count": whole(count), "strategic": whole(strategic)} if count else ""


def firmness_of(boxes: list[dict]) -> str:
    """How many of the boxes would not hold if the weights were somewhat others."""
    count, fragile, unknown = (sum(box[name] for box in boxes) for name in ("count", "fragile", "unknown"))
    if not count:
        return ""
    text = ngettext(
        "%(fragile)s of %(count)s boxes is fragile", "%(fragile)s of %(count)s boxes are fragile", fragile
    ) % {"fragile": whole(fragile), "count": whole(count)}
    if not unknown:
        return text
    return text + ", " + _("of %(unknown)s it is not known") % {"unknown": whole(unknown)}


def boxes_of(squares: list[Square], profit: bool) -> list[dict]:
    """Accounts and money in each box."""
    said = every()
    return [
        {"stance": in_line(said, box)} | box_of(box, [square for square in squares if square.box == box], profit)
        for box in Box
    ]


def box_of(box: Box, squares: list[Square], profit: bool) -> dict:
    count, settled, fragile = (sum(getattr(each, name) for each in squares) for name in ("count", "settled", "fragile"))
    return {
        "code": box.value,
        "label": box.label,
        "count": count,
        "settled": settled,
        "fragile": fragile,
        "unknown": count - settled - fragile,
        "net_revenue": sum(square.net_revenue for square in squares),
        "contribution": sum(square.contribution for square in squares) if profit else None,
    }

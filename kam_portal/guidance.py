"""Guidance and balance in words: what stands out, and why an account is told of."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam_portal.templatetags.kam import compact, share, whole, written
from relationships.balance import SENSIBLE, Balance, BoxShare
from relationships.core.balance import to_unit
from relationships.core.fit import Fit
from relationships.models import Box
from relationships.spent import Mismatch, Spent

TENTH = Decimal("0.1")


def heading(found: Spent, balance: Balance) -> str:
    """The box with most money beyond or below what is usual; the mix where no account stands out."""
    by_box: dict[str, list[Mismatch]] = defaultdict(list)
    for each in found.mismatches:
        by_box[each.served.box].append(each)
    if by_box:
        return of_box(max(by_box.values(), key=lambda some: sum(each.size for each in some)))
    worst = balance.largest_gap
    if worst is None:
        return _("Guidance and balance")
    return _("Key accounts in %(box)s: %(gap)s") % {"box": worst.box.label, "gap": gap(worst)}


def of_box(some: list[Mismatch]) -> str:
    """The mismatches of one box, which are all of one kind, with their money."""
    if some[0].kind == "starved":
        text = ngettext(
            "%(count)s %(box)s account gets %(money)s less service than is usual there",
            "%(count)s %(box)s accounts get %(money)s less service than is usual there",
            len(some),
        )
    else:
        text = ngettext(
            "%(count)s %(box)s account gets %(money)s more service than is usual there",
            "%(count)s %(box)s accounts get %(money)s more service than is usual there",
            len(some),
        )
    total = sum(each.size for each in some)
    return text % {"money": money(total), "count": whole(len(some)), "box": Box(some[0].served.box).label}


def money(value: Decimal) -> str:
    return f"{compact(value)} {settings.CURRENCY}"


def gap(each: BoxShare) -> str:
    """How far the box is from its target."""
    return difference(each.gap)


def difference(accounts: Fraction) -> str:
    """Accounts too many or too few, to the tenth."""
    tenths = to_unit(accounts, TENTH)
    if not tenths:
        return _("as aimed at")
    text = _("%(count)s more than aimed at") if tenths > 0 else _("%(count)s fewer than aimed at")
    return text % {"count": written(abs(tenths), 1)}


def size(balance: Balance) -> str:
    """How many key accounts there are against as many as are aimed at, and why so many; one sentence."""
    aimed = to_unit(balance.aimed, TENTH)
    words = {"count": whole(balance.members), "aimed": written(aimed, 1), "share": share(balance.target.programme)}
    if balance.target.is_capped:
        text = _("Key accounts: %(count)s against %(aimed)s aimed at; more can hardly be looked after well.")
    elif aimed > SENSIBLE.stop - 1:
        text = _(
            "%(aimed)s key accounts are aimed at, %(share)s of all active accounts; 15 to 35 can be looked after well,"
            " so lower the target first."
        )
    else:
        text = _("Key accounts: %(count)s against %(aimed)s aimed at, %(share)s of all active accounts.")
    return text % words


def side_of(each: Mismatch) -> str:
    """What the money of a mismatch is: beyond what is usual, or missing to it."""
    return _("too little") if each.kind == "starved" else _("too much")


def reason(each: Mismatch) -> str:
    """Why the account is told of, in one line."""
    if each.served.net_revenue <= 0:
        return _("without net revenue, all it costs is more than usual")
    words = {"usual": share(each.usual_share)}
    words["own"] = share(each.served.cost_to_serve / each.served.net_revenue)
    words["whose"] = _("the box’s median is") if each.is_of_box else _("the median of all boxes is")
    if each.kind == "starved":
        return _("gets %(own)s of its net revenue in service, %(whose)s %(usual)s") % words
    return _("costs %(own)s of its net revenue to serve, %(whose)s %(usual)s") % words


def kind_of(each: Mismatch) -> str:
    """“Over-served Status”, “Starved Star”."""
    words = {"box": Box(each.served.box).label}
    return (_("Starved %(box)s") if each.kind == "starved" else _("Over-served %(box)s")) % words


def fit_words(fit: Fit | None) -> str:
    return {
        "programme": _("Programme pays"),
        "depends": _("It depends"),
        "transactional": _("Transactional"),
        None: _("Not known"),
    }[fit]

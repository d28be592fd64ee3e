"""Guidance and balance in words: what stands out, and why an account is told of."""

from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam_portal.templatetags.kam import compact, share, whole
from relationships.balance import SENSIBLE, TOO_MANY, Balance, BoxShare
from relationships.core.fit import Fit
from relationships.models import Box
from relationships.spent import Mismatch, Spent


def heading(found: Spent, balance: Balance) -> str:
    """The money first, then the mix."""
    over = [each for each in found.mismatches if each.kind == "over_served" and each.served.box == Box.STATUS]
    if over:
        words = {"money": money(sum(each.excess for each in over)), "count": whole(len(over))}
        text = ngettext(
            "%(count)s Status account gets %(money)s more service than is usual there",
            "%(count)s Status accounts get %(money)s more service than is usual there",
            len(over),
        )
        return text % words
    worst = balance.largest_gap
    if worst is None:
        return _("Guidance and balance")
    return _("Key accounts in %(box)s: %(gap)s") % {"box": worst.box.label, "gap": gap(worst)}


def money(value: Decimal) -> str:
    return f"{compact(value)} {settings.CURRENCY}"


def gap(each: BoxShare) -> str:
    """How far the box is from its target."""
    return difference(each.gap)


def difference(accounts: Fraction) -> str:
    """Accounts too many or too few, as whole ones."""
    count = round(abs(accounts))
    if not count:
        return _("as aimed at")
    text = _("%(count)s more than aimed at") if accounts > 0 else _("%(count)s fewer than aimed at")
    return text % {"count": whole(count)}


def size(balance: Balance) -> str:
    """What practice says about as many key accounts as the whole programme has, and as many as it aims at."""
    aimed = round(balance.target.programme * balance.active)
    if aimed <= TOO_MANY:
        return number(balance.members)
    words = {"said": number(balance.members), "count": whole(aimed)}
    return _("%(said)s The size aimed at, %(count)s, is more than can be looked after well.") % words


def number(count: int) -> str:
    if count in SENSIBLE:
        return _("15 to 35 key accounts are a sensible number.")
    if count < SENSIBLE.start:
        return _("Fewer than the 15 to 35 that are a sensible number.")
    if count > TOO_MANY:
        return _("More than 50 are too many to look after well; 15 to 35 are a sensible number.")
    return _("More than the 15 to 35 that are a sensible number.")


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

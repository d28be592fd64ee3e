"""A what-if in words: what its levers say, and what its figures rest on."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kam_portal.templatetags.kam import money, quantity, signed, whole, with_plus
from kam_portal.whatif.names import name_of_activity, name_of_events
from profitability.core.cost_model import Activity
from profitability.core.levers import Levers, WhatIf


def basis(count: int) -> str:
    text = ngettext("%(count)s active account is changed", "%(count)s active accounts are changed", count)
    return text % {"count": whole(count)}


def cash_in_words(study) -> str:
    """What changes in cash, and why that is not what contribution says."""
    usage, cash = study.usage_saved, signed(study.cash_effect)
    if usage > 0:
        text = _("Cash at once %(cash)s; %(usage)s of usage is freed, %(people)s.")
    elif usage < 0:
        text = _("Cash at once %(cash)s; %(usage)s more usage is needed, %(people)s.")
    else:
        text = _("Cash at once %(cash)s; no usage changes.")
    said = text % {"cash": cash, "usage": money(abs(usage)), "people": people_in_words(study.released, study.hired)}
    if not study.not_counted:
        return said
    more = _("More usage of pools without minutes, %(usage)s, is not counted in it.")
    return f"{said} {more % {'usage': money(study.not_counted)}}"


def people_in_words(released: int, hired: int) -> str:
    """Whole people, those to be hired with their cost in the cash."""
    fewer = ngettext("%(number)s whole person released", "%(number)s whole people released", released)
    more = ngettext("%(number)s person to be hired", "%(number)s people to be hired", hired)
    counts = ((released, fewer), (hired, more))
    return ", ".join(text % {"number": whole(number)} for number, text in counts if number) or _("no whole person")


def own_levers(asked: WhatIf, activities: Sequence[Activity]) -> list[str]:
    """What each exception says, in one line."""
    return ["; ".join(in_words(own.changes, activities)) for own in asked.own]


def in_words(changes: Mapping[str, Any], activities: Sequence[Activity]) -> list[str]:
    """Each lever as one would say it."""
    said = [
        (changes.get("drop") is True, _("dropped")),
        (changes.get("drop") is False, _("not dropped")),
        ("price" in changes, _("price %(change)s") % {"change": percent(changes.get("price"))}),
        ("discount_cap" in changes, _("discounts at most %(cap)s %%") % {"cap": quantity(changes.get("discount_cap"))}),
        ("volume" in changes, _("volume %(change)s") % {"change": percent(changes.get("volume"))}),
        (
            "volume_in_orders" in changes,
            _("by more orders") if changes.get("volume_in_orders") else _("by larger orders"),
        ),
        ("orders" in changes, _("number of orders %(change)s") % {"change": percent(changes.get("orders"))}),
        ("minimum_order" in changes, minimum_in_words(changes.get("minimum_order"))),
        ("small_orders" in changes, SMALL_ORDERS[changes.get("small_orders", "consolidate")]()),
        ("joined_within" in changes, JOINED[changes.get("joined_within", "month")]()),
    ]
    found = [text for applies, text in said if applies]
    events = changes.get("events", {}).items()
    found += [f"{name_of_events(name, activities)} {percent(change)}" for name, change in events]
    return found + ([channel_in_words(changes["channel"], activities)] if changes.get("channel") else [])


SMALL_ORDERS = {
    "refuse": lambda: _("smaller orders refused"),
    "consolidate": lambda: _("smaller orders joined"),
}


JOINED = {
    "month": lambda: _("within a month"),
    "quarter": lambda: _("within a quarter"),
    "window": lambda: _("within the whole window"),
}


def percent(change: Decimal | None) -> str:
    return _("unchanged") if not change else f"{with_plus(quantity(change))} %"


def minimum_in_words(value: Decimal | None) -> str:
    return _("minimum order value %(value)s") % {"value": quantity(value)} if value else _("no minimum order value")


def channel_in_words(moved, activities: Sequence[Activity]) -> str:
    origin, target = (name_of_activity(code, activities) for code in (moved.origin, moved.target))
    words = {"percent": quantity(moved.percent), "origin": origin, "target": target}
    return _("%(percent)s %% of %(origin)s done as %(target)s") % words


def assumptions(asked: WhatIf) -> list[str]:
    """What the figures rest on, of the levers in use."""
    sets = asked.sets
    said = (
        (True, _("Rates are those of the run: usage that is saved becomes unused capacity, and no pool costs less.")),
        (
            True,
            _("Cash counts whole people: those released, and those hired where more is needed than is free."),
        ),
        (bool(asked.own), own_text()),
        (
            any(each.price for each in sets),
            _("The price reaches discounts in proportion; returns are credited at the price they had."),
        ),
        (
            any(each.discount_cap is not None for each in sets),
            _("The cap is on an account’s discounts of the whole window."),
        ),
        *((each.minimum_order is not None, small_orders_text(each)) for each in sets),
        (
            any(each.orders for each in sets),
            _("Orders, deliveries, express and late orders change alike; lines, units, freight stay."),
        ),
        *((each.volume, volume_text(each)) for each in sets),
        (
            any(each.channel for each in sets),
            _("A unit moved costs what a unit of the other activity costs on average in the run."),
        ),
        (
            any(each.drop for each in sets),
            _("Dropped accounts take sales and usage with them; capacity is paid until people leave."),
        ),
    )
    return list(dict.fromkeys(text for applies, text in said if applies))


def own_text() -> str:
    return _("Accounts that differ have the levers of their exception; the others of their levers are those of all.")


def volume_text(levers: Levers) -> str:
    if levers.volume_in_orders:
        return _("Volume moves sales, returns, goods, freight, lines and units, and orders and deliveries with them.")
    return _("Volume moves sales, returns, goods, freight, lines and units; orders get larger, not more.")


def small_orders_text(levers: Levers) -> str:
    if levers.small_orders == "refuse":
        return _(
            "Orders below the minimum net value, by the order lines as they are now, are lost: their sales, goods, "
            "freight and work. Earlier returns stay."
        )
    text = _(
        "An account’s orders below the minimum net value, by the order lines as they are now, are joined %(span)s, "
        "one after the other by day, until each reaches it, and what is left over goes with the last: orders and "
        "deliveries become fewer, in proportion; what is sold stays."
    )
    return text % {"span": JOINED[levers.joined_within]()}

"""Cost models in words: what an activity takes, from which pools, and how support pools are charged."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from profitability.core.cost_model import Activity, CostModel, Pool
from profitability.core.measures import EVENT_MEASURE

KINDS = {
    "operating": gettext_lazy("Operating"),
    "support": gettext_lazy("Support"),
    "channel": gettext_lazy("Channel"),
    "corporate": gettext_lazy("Corporate"),
}
# One of it, and many of it.
MEASURES = {
    "orders": (gettext_lazy("order"), gettext_lazy("orders")),
    "order_lines": (gettext_lazy("order line"), gettext_lazy("order lines")),
    "units": (gettext_lazy("unit"), gettext_lazy("units")),
    "deliveries": (gettext_lazy("delivery"), gettext_lazy("deliveries")),
    "express_orders": (gettext_lazy("express order"), gettext_lazy("express orders")),
    "late_orders": (gettext_lazy("late order"), gettext_lazy("late orders")),
    "return_orders": (gettext_lazy("return"), gettext_lazy("returns")),
    "return_lines": (gettext_lazy("line returned"), gettext_lazy("lines returned")),
    "return_units": (gettext_lazy("unit returned"), gettext_lazy("units returned")),
    "list_amount": (gettext_lazy("1.00 of list sales"), gettext_lazy("list sales")),
    "discount_amount": (gettext_lazy("1.00 of discounts"), gettext_lazy("discounts")),
    "return_amount": (gettext_lazy("1.00 of returns"), gettext_lazy("value of returns")),
    "net_revenue": (gettext_lazy("1.00 of net revenue"), gettext_lazy("net revenue")),
    "cost_amount": (gettext_lazy("1.00 of cost of goods"), gettext_lazy("cost of goods")),
    "freight_amount": (gettext_lazy("1.00 of freight"), gettext_lazy("freight")),
}


def one_of(measure: str) -> str:
    """What a single unit of a measure is: “order line”, “minute of sales visits”."""
    if measure in MEASURES:
        return str(MEASURES[measure][0])
    kind, field = _event(measure)
    if field == "count":
        return kind
    unit = {"minutes": _("minute"), "quantity": _("unit")}.get(field) or _singular(field)
    return _("%(unit)s of %(events)s") % {"unit": unit, "events": _plural(kind)}


def many_of(measure: str) -> str:
    """What a measure counts: “order lines”, “minutes of sales visits”."""
    if measure in MEASURES:
        return str(MEASURES[measure][1])
    kind, field = _event(measure)
    if field == "count":
        return _plural(kind)
    unit = {"minutes": _("minutes"), "quantity": _("quantity")}.get(field, field)
    return _("%(unit)s of %(events)s") % {"unit": unit, "events": _plural(kind)}


def _event(measure: str) -> tuple[str, str]:
    """The event in words and which of its figures: `sales_visit.km` is (sales visit, km)."""
    found = EVENT_MEASURE.fullmatch(measure)
    return (found["event_type"].replace("_", " "), found["field"]) if found else (measure, "count")


def _plural(event: str) -> str:
    """Event types are codes that people choose, so there is no list of their plurals."""
    if event.endswith(("s", "x", "ch", "sh")):
        return f"{event}es"
    if event.endswith("y") and event[-2:-1] not in "aeiou":
        return f"{event[:-1]}ies"
    return f"{event}s"


def _singular(name: str) -> str:
    """Attributes are named by people too, mostly in the plural: lines, km, units."""
    return name[:-1].replace("_", " ") if name.endswith("s") and not name.endswith("ss") else name.replace("_", " ")


def rule_of(activity: Activity, names: dict[str, str]) -> str:
    """The rule of an activity as a sentence; `names` are those of the pools."""
    if activity.minutes is None:
        pools = [_part_of(names.get(pool, pool), share) for pool, share in (activity.shares or {}).items()]
        return _("%(pools)s, spread by %(driver)s") % {"pools": listed(pools), "driver": many_of(activity.driver)}
    return _("%(minutes)s, from %(pool)s") % {
        "minutes": equation_of(activity),
        "pool": names.get(activity.pool, activity.pool),
    }


def rule_without_pools(activity: Activity) -> str:
    """The rule for whoever may not see pools."""
    if activity.minutes is None:
        return _("A monthly cost, spread by %(driver)s") % {"driver": many_of(activity.driver)}
    return equation_of(activity)


def equation_of(activity: Activity) -> str:
    """A time equation: “8 min per order + 3 min per order line”."""
    return " + ".join(_term(measure, each) for measure, each in (activity.minutes or {}).items())


def _term(measure: str, each: Fraction) -> str:
    if each == 1 and measure.endswith(".minutes"):
        return _("the %(minutes)s") % {"minutes": many_of(measure)}
    return _("%(minutes)s min per %(unit)s") % {"minutes": number(each), "unit": one_of(measure)}


def _part_of(pool: str, share: Fraction) -> str:
    if share == 1:
        return _("all of %(pool)s") % {"pool": pool}
    return _("%(share)s of %(pool)s") % {"share": percent(share), "pool": pool}


def served_by(pool: Pool, names: dict[str, str]) -> str:
    """Whom a support pool serves: “60 % Customer service, 40 % Warehouse”."""
    largest_first = sorted((pool.serves or {}).items(), key=lambda item: (-item[1], names.get(item[0], item[0])))
    return ", ".join(f"{percent(share)} {names.get(code, code)}" for code, share in largest_first if share)


def use_of(pool: Pool, model: CostModel, names: dict[str, str]) -> str:
    """What becomes of a pool's cost, in words."""
    if pool.kind == "support":
        return _("Serves %(pools)s") % {"pools": served_by(pool, names)}
    if pool.kind == "channel":
        return _("Stays with the sales channel: no account bears it")
    if pool.kind == "corporate":
        return _("Stays with the company: no account bears it")
    users = [activity for activity in model.activities if pool.code in activity.pools]
    text = _("Time for %(activities)s") if users and users[0].minutes is not None else _("Shared by %(activities)s")
    return text % {"activities": listed([activity.name for activity in users])}


def method_of(model: CostModel) -> str:
    """How support pools are charged, in a sentence."""
    if not model.serves:
        return _("There are no support pools.")
    if model.support_method == "direct":
        return _("Direct: support pools charge only the operating pools they serve, not each other.")
    if model.support_method == "reciprocal":
        return _("Reciprocal: support pools charge each other too, and all their equations are solved together.")
    names = {pool.code: pool.name for pool in model.pools}
    if not model.order:
        return _("Step-down: support pools are closed one after the other; a closed one is charged no more.")
    order = ", ".join(names[code] for code in model.order)
    text = _("Step-down: support pools are closed in the order %(order)s; a closed one is charged no more.")
    return text % {"order": order}


def listed(words: Iterable[str]) -> str:
    """“a, b and c”."""
    *first, last = list(words) or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def percent(share: Fraction) -> str:
    return f"{number(share * 100)}\u202f%"


def number(value: Fraction) -> str:
    """With the decimals it has, at most four."""
    exact = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.0001")).normalize()
    return number_format(exact, max(0, -int(exact.as_tuple().exponent)), force_grouping=True)

"""Products, accounts and order lines of the demo, from the bundle, in the columns of the import format."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from kam_portal.demo.characters import CAST, Character, characters, random
from kam_portal.demo.months import Calendar
from kam_portal.demo.people import employee_email, login_email, team_code
from kam_portal.demo.source import Line, Order, Reseller, plain, source

# As published, the resellers' sales do not cover the standard costs (gross margin of the last year: -4 %).
# Standard costs times this factor leave a gross margin of 24 % of net sales after freight, that of a healthy
# distributor, so that the demo shows what service does to it.
COST_FACTOR = Decimal("0.72")

SPONSORED = {"AW00000599", "AW00000697", "AW00000650", "AW00000254", "AW00000490"}
GROUPS = {  # parent → its accounts; the source knows no groups
    ("DEMO-GROUP-1", "Basin Cycle Holding"): ["AW00000697", "AW00000650", "AW00000293"],
    ("DEMO-GROUP-2", "Coast Leisure"): ["AW00000490", "AW00000312", "AW00000167", "AW00000343"],
    ("DEMO-GROUP-3", "Bois & Vélo"): ["AW00000085", "AW00000193", "AW00000614", "AW00000638"],
    ("DEMO-GROUP-4", "Rhine Wheels"): ["AW00000230", "AW00000302"],
}
EXPRESS_SHARE = 0.05  # of the orders of an account with the usual appetite for service
MOST_EXPRESS = 0.6
KNOWN_POTENTIAL = 0.85  # of the accounts that buy
LEAST_WALLET_SHARE = 0.12
CAST_WALLET_SHARE = 0.085  # a point of relationship strength: a star buys most elsewhere


def product_rows() -> list[dict]:
    """One row a product code; the source repeats a product for each period of its cost."""
    products = {product.code: product for product in source().products}
    return [
        {"code": product.code, "name": product.name, "category": product.category}
        for product in sorted(products.values(), key=lambda product: product.code)
    ]


def account_rows(calendar: Calendar) -> list[dict]:
    """Parents first, then the resellers in the order of the source."""
    parents = {code: parent for (parent, _), codes in GROUPS.items() for code in codes}
    opened = _first_orders(calendar)
    resellers = zip(source().resellers, characters(), strict=True)
    return [{"code": code, "name": f"{name} (demo group)"} for code, name in GROUPS] + [
        _account_row(reseller, character)
        | {"parent_code": parents.get(reseller.code, ""), "opened_on": opened.get(reseller.code, "")}
        for reseller, character in resellers
    ]


def _first_orders(calendar: Calendar) -> dict[str, date]:
    first: dict[str, date] = {}
    for order in source().orders:
        first[order.account] = min(first.get(order.account, order.ordered_on), order.ordered_on)
    return {code: calendar.move(day) for code, day in first.items()}


def _account_row(reseller: Reseller, character: Character) -> dict:
    return {
        "code": reseller.code,
        "name": reseller.name,
        "segment": reseller.segment,
        "industry": "Bicycle trade",
        "country": reseller.country,
        "region": reseller.region,
        "city": reseller.city,
        "team_code": team_code(reseller.territory),
        "manager_email": manager_email(reseller),
        "sponsor_email": login_email("executive") if reseller.code in SPONSORED else "",
        **_generated_columns(reseller, character),
    }


def manager_email(reseller: Reseller) -> str:
    """The employee of most of its orders, or the demo's key account manager."""
    if reseller.code in CAST:
        return login_email("manager")
    return employee_email(reseller.manager) if reseller.manager else ""


def _generated_columns(reseller: Reseller, character: Character) -> dict:
    chance = random(f"account:{reseller.code}")
    wallet_share, complexities = chance.betavariate(2.2, 2.6), [chance.randint(0, 10) for _ in range(2)]
    known = character.last_sales > 0 and chance.random() < KNOWN_POTENTIAL
    if reseller.code in CAST:
        known, wallet_share = True, CAST_WALLET_SHARE * CAST[reseller.code][2]
    potential = round(character.last_sales / max(wallet_share, LEAST_WALLET_SHARE), -3) if known else 0
    return {
        "process_complexity": complexities[0] if character.key else "",
        "product_complexity": complexities[1] if character.key else "",
        "annual_potential": int(potential) or "",
    }


def order_line_rows(calendar: Calendar) -> Iterator[dict]:
    """The source's lines; a shipment after today has not happened yet."""
    heads = {order.order_id: _head(order, calendar) for order in source().orders}
    for order_id in express_orders():
        heads[order_id]["express"] = 1
    for line in source().lines:
        yield heads[line.order.order_id] | {
            "line_no": line.line_no,
            "product_code": line.product.code,
            "quantity": line.quantity,
            "discount_amount": plain(line.discount),
            "net_amount": plain(line.net),
            "cost_amount": plain(cost(line)),
            "freight_amount": plain(line.freight),
        }


def cost(line: Line) -> int:
    """The scaled standard cost of a line, in 1/10,000."""
    return round(line.product.standard_cost * COST_FACTOR) * line.quantity


def _head(order: Order, calendar: Calendar) -> dict:
    """Columns that all lines of an order share; due and shipped as many days later as in the source."""
    ordered_on = calendar.move(order.ordered_on)
    shipped_on = ordered_on + (order.shipped_on - order.ordered_on)
    return {
        "order_id": order.order_id,
        "ordered_on": ordered_on,
        "account_code": order.account,
        "due_on": ordered_on + (order.due_on - order.ordered_on),
        "shipped_on": shipped_on if shipped_on <= calendar.today else "",
        "express": 0,
    }


def express_orders() -> set[str]:
    """Urgent orders: the source has none, so they are drawn, more often for demanding accounts."""
    appetite = {character.code: character.appetite for character in characters()}
    chance = random("express")
    return {
        order.order_id
        for order in source().orders
        if chance.random() < min(EXPRESS_SHARE * appetite[order.account], MOST_EXPRESS)
    }

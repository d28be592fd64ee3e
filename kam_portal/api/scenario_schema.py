"""How scenarios and what comes of them are described in OpenAPI."""

from profitability.core.levers import SMALL_ORDERS, SPANS
from profitability.models import Scenario

PERCENT = {"type": "number", "description": "A change in percent, two decimals at most"}
NUMBER = {"type": ["number", "null"]}
MONEY = {"type": "number", "description": "An amount, with the currency's decimals"}
TEXTS = {"type": "array", "items": {"type": "string"}}
LEVERS = {
    "price": PERCENT,
    "discount_cap": {"type": "number", "description": "Discounts are at most this percent of list sales"},
    "minimum_order": {"type": "number", "description": "Value an order has to have, net of discounts"},
    "small_orders": {"type": "string", "enum": list(SMALL_ORDERS), "description": "What becomes of smaller orders"},
    "joined_within": {"type": "string", "enum": list(SPANS), "description": "Time in which smaller orders are joined"},
    "orders": PERCENT
    | {"description": "Change of the number of orders and deliveries, at the same volume", "exclusiveMinimum": -100},
    "volume": PERCENT,
    "volume_in_orders": {"type": "boolean", "description": "Volume by more orders instead of larger ones"},
    "events": {"type": "object", "additionalProperties": PERCENT, "description": "By event type, or by measure of one"},
    "channel": {
        "type": "object",
        "properties": {"origin": {"type": "string"}, "target": {"type": "string"}, "percent": {"type": "number"}},
        "required": ["origin", "target", "percent"],
        "description": "A part of one activity that another one does instead",
    },
    "drop": {"type": "boolean", "description": "Serve the accounts no more"},
}
OWN = {
    "type": "object",
    "description": "Accounts that differ. A lever left out is that of all accounts; 0 means no change",
    "properties": {"codes": TEXTS, **LEVERS},
    "required": ["codes"],
}
ACCOUNTS_FILTER = {
    "type": "object",
    "description": "Which accounts; all that the reader sees, if nothing is named",
    "properties": {
        "codes": TEXTS,
        **{name: {"type": ["string", "null"]} for name in ("q", "team", "segment", "country", "box", "class")},
        "programme": {"type": ["string", "null"], "enum": ["key", "others", None]},
        "manager": {"type": ["string", "null"], "description": "Email"},
        "losing": {"type": "boolean"},
    },
    "additionalProperties": False,
}
DEFINITION = {
    "accounts": ACCOUNTS_FILTER,
    "levers": {
        "type": "object",
        "properties": {
            **LEVERS,
            "own": {"type": "array", "items": OWN},
            "person_minutes": {"type": "number", "description": "Practical minutes of one person in a month"},
            "avoidable": TEXTS | {"description": "Pools whose saved usage is cash at once"},
        },
        "additionalProperties": False,
    },
}
BODY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 100},
        "note": {"type": "string", "maxLength": 2000},
        "sharing": {"type": "string", "enum": Scenario.Sharing.values, "default": Scenario.Sharing.NOBODY.value},
        **DEFINITION,
    },
    "required": ["name"],
    "additionalProperties": False,
}
CHANGES = {name: part for name, part in BODY.items() if name != "required"} | {
    "description": "What is sent replaces what there was: accounts and levers as a whole. If-Match is required",
}
STATEMENT = (
    "list_amount", "discount_amount", "return_amount", "net_revenue", "cost_amount", "freight_amount", "gross_margin",
    "presale", "production", "delivery", "post_sale", "cost_to_serve", "contribution",
)  # fmt: skip


def _object(**properties: dict) -> dict:
    return {"type": "object", "properties": properties, "required": list(properties)}


_AMOUNTS = _object(**dict.fromkeys(STATEMENT, MONEY))
_WHALE = _object(total=MONEY, peak=MONEY, erosion=MONEY)
_COUNT = {"type": "integer"}
_POOL = _object(
    pool={"type": "string"},
    minutes_saved=NUMBER,
    minutes_unused=NUMBER,
    usage_saved=MONEY,
    people_released={"type": ["integer", "null"]},
    people_hired={"type": ["integer", "null"]},
    cash_saved=NUMBER | {"description": "null: more usage, and nothing says where its capacity ends"},
)
_PEOPLE = {"usage_saved": MONEY, "people_released": _COUNT, "people_hired": _COUNT}
_CAPACITY = _object(
    pools={"type": "array", "items": _POOL},
    **_PEOPLE,
    cash_saved=MONEY,
    cash_effect=MONEY,
)
OUTCOME = _object(
    id=_COUNT,
    name={"type": "string"},
    accounts=_COUNT,
    own_levers=_COUNT,
    profitability=_object(before=_AMOUNTS, after=_AMOUNTS, change=_AMOUNTS),
    small_orders=_object(all=_COUNT, below=_COUNT, value=MONEY, refused=_COUNT, fewer=_COUNT, still_small=_COUNT)
    | {"type": ["object", "null"]},
    break_even_order=NUMBER,
    whale=_object(before=_WHALE, after=_WHALE),
    boxes_changed=_COUNT,
    sees_all={
        "type": "boolean",
        "description": "Whether these are all accounts of the scenario; if not, class_after is null",
    },
    cash=_object(effect=MONEY, **_PEOPLE, not_counted=MONEY) | {"type": ["object", "null"]},
    capacity=_CAPACITY | {"type": ["object", "null"], "description": "For those who may see costs"},
)

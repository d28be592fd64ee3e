"""The cost model (15 pools, 20 activities) and the criteria that the benchmarks calculate with."""

EVENT_TYPES = ["visit", "quote", "ticket", "complaint", "reminder"]

# code: (cost of a month for each order line in it, whether it is consumed by time)
POOL_COSTS = {
    "sales": (0.9, True),
    "inside_sales": (0.6, True),
    "service": (0.8, True),
    "credit": (0.3, True),
    "warehouse": (1.4, True),
    "returns": (0.2, True),
    "technical": (0.4, True),
    "packing": (0.5, False),
    "transport": (1.1, False),
    "key_accounts": (0.4, False),
    "it": (0.5, False),
    "hr": (0.3, False),
    "facilities": (0.4, False),
    "marketing": (0.6, False),
    "head_office": (0.8, False),
}
OPERATING = [pool for pool in POOL_COSTS if pool not in {"it", "hr", "facilities", "marketing", "head_office"}]
# code: (phase, level, pool, minutes for each measure)
TIMED = {
    "visits": ("presale", "customer", "sales", {"visit.minutes": 1, "visit.count": 30}),
    "quotes": ("presale", "batch", "inside_sales", {"quote.count": 25, "quote.quantity": 4}),
    "checks": ("presale", "customer", "credit", {"orders": 1.5}),
    "entry": ("production", "batch", "service", {"orders": 8, "order_lines": 3, "express_orders": 10}),
    "changes": ("production", "batch", "inside_sales", {"orders": 2, "complaint.count": 6}),
    "picking": ("delivery", "unit", "warehouse", {"order_lines": 2.5, "units": 0.2}),
    "dispatch": ("delivery", "batch", "warehouse", {"deliveries": 12, "express_orders": 15}),
    "collection": ("post_sale", "batch", "credit", {"orders": 3, "reminder.count": 12}),
    "tickets": ("post_sale", "customer", "service", {"ticket.minutes": 1, "ticket.count": 5}),
    "complaints": ("post_sale", "batch", "returns", {"complaint.minutes": 1, "complaint.count": 8}),
    "returns_in": ("post_sale", "unit", "returns", {"return_orders": 10, "return_units": 1.5}),
    "cases": ("post_sale", "customer", "technical", {"ticket.quantity": 7}),
}
# code: (phase, level, {pool: share}, driver)
SHARED = {
    "planning": ("presale", "customer", {"key_accounts": 0.6}, "visit.minutes"),
    "packing_goods": ("delivery", "unit", {"packing": 0.7}, "units"),
    "repacking": ("delivery", "batch", {"packing": 0.3}, "complaint.count"),
    "stops": ("delivery", "batch", {"transport": 0.35}, "deliveries"),
    "volume": ("delivery", "unit", {"transport": 0.4}, "units"),
    "late": ("delivery", "batch", {"transport": 0.25}, "late_orders"),
    "reviews": ("post_sale", "customer", {"key_accounts": 0.3}, "visit.count"),
    "steering": ("post_sale", "customer", {"key_accounts": 0.1}, "order_lines"),
}


def _pool(code: str) -> dict:
    if code in {"it", "hr", "facilities"}:
        return {"kind": "support", "serves": dict.fromkeys(OPERATING, 0.1)}
    return {"kind": {"marketing": "channel", "head_office": "corporate"}.get(code, "operating")}


def _timed(phase: str, level: str, pool: str, minutes: dict) -> dict:
    return {"phase": phase, "level": level, "pool": pool, "minutes": minutes}


def _shared(phase: str, level: str, shares: dict, driver: str) -> dict:
    return {"phase": phase, "level": level, "shares": shares, "driver": driver}


COST_MODEL = {
    "code": "bench",
    "version": 1,
    "currency": "USD",
    "pools": [{"code": code, "name": code, **_pool(code)} for code in POOL_COSTS],
    "support_method": "reciprocal",
    "activities": [
        *({"code": code, "name": code, **_timed(*rest)} for code, rest in TIMED.items()),
        *({"code": code, "name": code, **_shared(*rest)} for code, rest in SHARED.items()),
    ],
}


def _judged(code: str, weight: int) -> dict:
    return {"code": code, "name": code, "weight": weight, "kind": "judged"}


def _measured(code: str, weight: int, measure: str, scale: list) -> dict:
    return {"code": code, "name": code, "weight": weight, "kind": "measured", "measure": measure, "scale": scale}


CRITERIA = {
    "code": "bench",
    "version": 1,
    "cut": {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"},
    "attractiveness": [
        _measured("sales", 40, "net_revenue", [[0, 0], [50_000, 4], [500_000, 8], [5_000_000, 10]]),
        _measured("margin", 30, "contribution_margin", [[-0.2, 0], [0.1, 5], [0.4, 10]]),
        _judged("outlook", 30),
    ],
    "relationship": [
        _measured("duration", 65, "duration", [[0, 0], [12, 4], [24, 10]]),
        _judged("trust", 20),
        _judged("access", 15),
    ],
}
JUDGED = [
    one["code"] for axis in ("attractiveness", "relationship") for one in CRITERIA[axis] if one["kind"] == "judged"
]

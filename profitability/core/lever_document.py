"""A what-if as the plain document it is kept in: texts, lists and mappings; what changes nothing is left out."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from profitability.core.levers import SMALL_ORDERS, SPANS, Channel, Levers, Own, WhatIf

NUMBERS = ("price", "orders", "volume", "discount_cap", "minimum_order")
FLAGS = ("volume_in_orders", "drop")


def to_document(asked: WhatIf) -> dict[str, Any]:
    """The levers of all accounts at the top, those of exceptions in a list under `own`, each with its codes."""
    found = written(changes_of(asked.levers))
    if asked.person_minutes is not None:
        found["person_minutes"] = str(asked.person_minutes)
    if asked.avoidable:
        found["avoidable"] = list(asked.avoidable)
    if asked.own:
        found["own"] = [{"codes": list(own.codes), **written(own.changes)} for own in asked.own]
    return found


def from_document(document: Mapping[str, Any]) -> WhatIf:
    """The what-if of a stored document. Raises ValueError or KeyError for one that `to_document` did not make."""
    own = tuple(Own(tuple(row["codes"]), read(row)) for row in document.get("own", ()))
    minutes = document.get("person_minutes")
    return WhatIf(
        levers=Levers(**read(document)),
        own=own,
        person_minutes=None if minutes is None else Decimal(minutes),
        avoidable=tuple(document.get("avoidable", ())),
    )


def changes_of(levers: Levers) -> dict[str, Any]:
    """The levers that are not at rest. How small orders are met says nothing without a minimum."""
    found = {each.name: getattr(levers, each.name) for each in fields(Levers)}
    found = {name: value for name, value in found.items() if value != getattr(REST, name)}
    found["events"] = {name: percent for name, percent in levers.events.items() if percent}
    if levers.minimum_order is not None:
        found["small_orders"] = levers.small_orders
    else:
        found.pop("small_orders", None)
        found.pop("joined_within", None)
    return found


REST = Levers()


def written(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Levers by their names, in plain texts and mappings."""
    found: dict[str, Any] = {name: str(changes[name]) for name in NUMBERS if changes.get(name) is not None}
    found |= {name: bool(changes[name]) for name in FLAGS if name in changes}
    if "small_orders" in changes:
        found["small_orders"] = changes["small_orders"]
    if "joined_within" in changes:
        found["joined_within"] = changes["joined_within"]
    if changes.get("channel"):
        moved = changes["channel"]
        found["channel"] = {"origin": moved.origin, "target": moved.target, "percent": str(moved.percent)}
    if changes.get("events"):
        found["events"] = {name: str(percent) for name, percent in changes["events"].items()}
    return found


def read(document: Mapping[str, Any]) -> dict[str, Any]:
    """The levers that a document names."""
    found: dict[str, Any] = {name: Decimal(document[name]) for name in NUMBERS if name in document}
    found |= {name: document[name] for name in FLAGS if name in document}
    if document.get("small_orders") in SMALL_ORDERS:
        found["small_orders"] = document["small_orders"]
    if document.get("joined_within") in SPANS:
        found["joined_within"] = document["joined_within"]
    if "channel" in document:
        moved = document["channel"]
        found["channel"] = Channel(moved["origin"], moved["target"], Decimal(moved["percent"]))
    if "events" in document:
        found["events"] = {name: Decimal(percent) for name, percent in document["events"].items()}
    return found

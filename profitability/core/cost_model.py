"""The cost model: pools of resources, the activities they feed, and the document (YAML) that states it.

Stages, levels and phases as in Cooper & Kaplan, The Design of Cost Management Systems, 1991 (two stages and
the cost hierarchy) and Kaplan & Anderson, Time-Driven Activity-Based Costing, 2007 (time equations).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from profitability.core import allocation, measures
from profitability.core.document import NAME_LENGTH, Part, Problem, kind

KINDS = ("operating", "support", "channel", "corporate")
PHASES = ("presale", "production", "delivery", "post_sale")
LEVELS = ("unit", "batch", "customer")

MODEL_KEYS = ("code", "version", "currency", "pools", "support_method", "order", "activities")
POOL_KEYS = ("code", "name", "kind", "serves")
ACTIVITY_KEYS = ("code", "name", "phase", "level", "pool", "minutes", "shares", "driver")

Numbers: TypeAlias = dict[str, Fraction]


@dataclass(frozen=True)
class Pool:
    """Resources with a monthly cost. `serves` (support pools only): shares of its service, summing to 1."""

    code: str
    name: str
    kind: str
    serves: Numbers | None = None


@dataclass(frozen=True)
class Activity:
    """Work done for accounts: `minutes` of one pool per measure, or `shares` of pools spread by a driver."""

    code: str
    name: str
    phase: str
    level: str
    pool: str | None = None
    minutes: Numbers | None = None
    shares: Numbers | None = None
    driver: str | None = None

    @property
    def pools(self) -> list[str]:
        """Codes of the pools it consumes."""
        return list(self.shares or {}) if self.minutes is None else [self.pool or ""]

    @property
    def measures(self) -> list[str]:
        """Measures that spread its cost over the accounts."""
        return [self.driver or ""] if self.minutes is None else list(self.minutes)


@dataclass(frozen=True)
class CostModel:
    """One version of a cost model. `order` is the stated order of a step-down, if there is one."""

    code: str
    version: int
    currency: str
    pools: tuple[Pool, ...]
    support_method: str
    order: tuple[str, ...] | None
    activities: tuple[Activity, ...]

    @property
    def serves(self) -> dict[str, Numbers]:
        """What each support pool serves."""
        return {pool.code: pool.serves or {} for pool in self.pools if pool.kind == "support"}


def measures_used(model: CostModel) -> list[str]:
    """Names of the measures the model needs, sorted."""
    return sorted({measure for activity in model.activities for measure in activity.measures})


def spoken(code: str) -> str:
    """The name of something that has only a code: `order_entry` reads “Order entry”."""
    words = code.replace("_", " ").strip()
    return words[:1].upper() + words[1:] or code


def to_document(model: CostModel) -> dict[str, Any]:
    """The model as `parse` reads it: plain texts, numbers, lists and mappings."""
    order = {"order": list(model.order)} if model.order else {}
    return {
        "code": model.code,
        "version": model.version,
        "currency": model.currency,
        "pools": [_pool_document(pool) for pool in model.pools],
        "support_method": model.support_method,
        **order,
        "activities": [_activity_document(activity) for activity in model.activities],
    }


def _pool_document(pool: Pool) -> dict[str, Any]:
    serves = {} if pool.serves is None else {"serves": _plain(pool.serves)}
    return {"code": pool.code, "name": pool.name, "kind": pool.kind, **serves}


def _activity_document(activity: Activity) -> dict[str, Any]:
    document: dict[str, Any] = {key: getattr(activity, key) for key in ("code", "name", "phase", "level")}
    if activity.minutes is not None:
        return document | {"pool": activity.pool, "minutes": _plain(activity.minutes)}
    return document | {"shares": _plain(activity.shares or {}), "driver": activity.driver}


def _plain(numbers: Numbers) -> dict[str, int | float | str]:
    return {key: _plain_number(number) for key, number in numbers.items()}


def _plain_number(number: Fraction) -> int | float | str:
    """An integer, a decimal number where that says exactly the same, else a text such as 1/3."""
    if number.denominator == 1:
        return number.numerator
    return float(number) if Fraction(str(float(number))) == number else str(number)


def parse(document: object) -> tuple[CostModel | None, list[Problem]]:
    """The model of a document, or None and everything that is wrong with it; never raises.

    Sums and loops are looked at once everything else is right but measures, on which they do not depend: before, they
    would only add confusion.
    """
    problems: list[Problem] = []
    if not isinstance(document, dict):
        return None, [Problem("", f"a cost model is a mapping of {', '.join(MODEL_KEYS)}, not {kind(document)}")]
    model = _read(Part("", document, problems))
    if _whole(model, document):
        problems.extend(_wrong_names(model))
    if all(OF_MEASURES.match(problem.path) for problem in problems):
        problems.extend(_wrong_flows(model))
    return (None if problems else model), problems


OF_MEASURES = re.compile(r"activities\[\d+\]\.(driver|minutes)(\.|$)")


def _whole(model: CostModel, document: dict[Any, Any]) -> bool:
    """Whether every entry could be read, so that names can be looked up and places counted."""
    lists = (model.pools, document.get("pools")), (model.activities, document.get("activities"))
    return all(isinstance(given, list) and len(read) == len(given) > 0 for read, given in lists)


def _read(top: Part) -> CostModel:
    top.allow(MODEL_KEYS)
    code, version, currency = top.text("code"), top.whole_number("version"), _read_currency(top)
    pools = tuple(_read_pool(part) for part in top.parts("pools"))
    unneeded = "" if any(pool.kind == "support" for pool in pools) else "direct"
    return CostModel(
        code=code,
        version=version,
        currency=currency,
        pools=pools,
        support_method=top.choice("support_method", allocation.METHODS, default=unneeded),
        order=top.texts("order"),
        activities=tuple(_read_activity(part) for part in top.parts("activities")),
    )


def _read_currency(top: Part) -> str:
    currency = top.text("currency")
    if currency and not re.fullmatch("[A-Z]{3}", currency):
        top.say("currency", "must be three capital letters such as USD")
    return currency


def _read_pool(part: Part) -> Pool:
    part.allow(POOL_KEYS)
    code = part.text("code")
    pool = Pool(code, _read_name(part, code), part.choice("kind", KINDS), part.numbers("serves"))
    if pool.kind == "support" and pool.serves is None:
        part.say("serves", "is missing; a support pool says which pools it serves")
    if pool.kind not in ("support", "") and pool.serves is not None:
        part.say("serves", f"only a support pool serves others, and this one is {pool.kind}")
    return pool


def _read_name(part: Part, code: str) -> str:
    return part.text("name", NAME_LENGTH, default=spoken(code) or "?")


def _read_activity(part: Part) -> Activity:
    part.allow(ACTIVITY_KEYS)
    code = part.text("code")
    activity = Activity(
        code=code,
        name=_read_name(part, code),
        phase=part.choice("phase", PHASES),
        level=part.choice("level", LEVELS),
        minutes=part.numbers("minutes"),
        shares=part.numbers("shares"),
        pool=_read_partner(part, "pool", of="minutes", rival="shares"),
        driver=_read_partner(part, "driver", of="shares", rival="minutes"),
    )
    _check_form(part, activity)
    _check_measures(part, activity)
    return activity


def _read_partner(part: Part, key: str, of: str, rival: str) -> str | None:
    """The pool of the minutes or the driver of the shares; None where none is given or needed."""
    needed = part.has(of) and not part.has(rival)
    return part.text(key) if needed or part.has(key) else None


def _check_form(part: Part, activity: Activity) -> None:
    """Either minutes of one pool, or shares of pools with a driver."""
    if activity.minutes is None and activity.shares is None:
        part.say("", "needs minutes (with a pool) or shares (with a driver)")
    elif activity.minutes is not None and activity.shares is not None:
        part.say("", "has minutes and shares; it is either time-driven or shares pools")
    elif activity.minutes is not None and activity.driver is not None:
        part.say("driver", "belongs to shares; a time-driven activity is spread by its minutes")
    elif activity.shares is not None and activity.pool is not None:
        part.say("pool", "belongs to minutes; shares name their pools themselves")


def _check_measures(part: Part, activity: Activity) -> None:
    named = [(f"minutes.{name}", name) for name in activity.minutes or {}]
    for key, name in [*named, *([("driver", activity.driver)] if activity.driver else [])]:
        if name in measures.NEVER_DRIVERS:
            part.say(key, f"{name} cannot be a driver: months of it do not add up")
        elif not measures.known(name):
            part.say(
                key,
                f"there is no measure {name}; it is one of {_measure_names()} or of an event (TYPE.count)",
            )


def _measure_names() -> str:
    return ", ".join(name for name in measures.ORDER_MEASURES if measures.can_drive(name))


def _wrong_names(model: CostModel) -> Iterator[Problem]:
    """Codes used twice, and names of pools that are not there or cannot be used there."""
    yield from _repeated("pools", [pool.code for pool in model.pools])
    yield from _repeated("activities", [activity.code for activity in model.activities])
    kinds = {pool.code: pool.kind for pool in model.pools}
    for place, pool in enumerate(model.pools):
        for name in pool.serves or {}:
            if name not in kinds:
                yield Problem(f"pools[{place}].serves.{name}", f"there is no pool {name}")
    for place, activity in enumerate(model.activities):
        yield from _wrong_pools(f"activities[{place}]", activity, kinds)
    yield from _wrong_order(model)


def _repeated(part: str, codes: Sequence[str]) -> Iterator[Problem]:
    for place, code in enumerate(codes):
        if code and code in codes[:place]:
            yield Problem(f"{part}[{place}].code", f"{code} is there already, as {part}[{codes.index(code)}]")


def _wrong_pools(path: str, activity: Activity, kinds: dict[str, str]) -> Iterator[Problem]:
    named = [(f"{path}.shares.{name}", name) for name in activity.shares or {}]
    for key, name in [*named, *([(f"{path}.pool", activity.pool)] if activity.pool else [])]:
        if name not in kinds:
            yield Problem(key, f"there is no pool {name}")
        elif kinds[name] not in ("operating", ""):
            yield Problem(key, f"{name} is a {kinds[name]} pool; activities consume operating pools")


def _wrong_order(model: CostModel) -> Iterator[Problem]:
    if model.order is None:
        return
    if model.support_method != "step_down":
        yield Problem("order", "belongs to support_method step_down")
    for place, code in enumerate(model.order):
        if code not in model.serves:
            yield Problem(f"order[{place}]", f"there is no support pool {code}")
    yield from _repeated_in_order(model.order)
    for code in model.serves:
        if code not in model.order:
            yield Problem("order", f"the support pool {code} is missing")


def _repeated_in_order(order: Sequence[str]) -> Iterator[Problem]:
    for place, code in enumerate(order):
        if code in order[:place]:
            yield Problem(f"order[{place}]", f"{code} is there already")


def _wrong_flows(model: CostModel) -> Iterator[Problem]:
    """Costs that would get lost or double on their way: sums other than 1, idle pools, loops."""
    for place, pool in enumerate(model.pools):
        if pool.serves is not None and sum(pool.serves.values()) != 1:
            total = _decimal(sum(pool.serves.values(), Fraction(0)))
            yield Problem(f"pools[{place}].serves", f"the shares sum to {total}, not to 1")
        if pool.kind == "operating":
            yield from _wrong_use(f"pools[{place}]", pool.code, model.activities)
    yield from _loops(model)


def _wrong_use(path: str, pool: str, activities: Sequence[Activity]) -> Iterator[Problem]:
    by_time = [activity.code for activity in activities if activity.pool == pool]
    shared = [(activity.code, activity.shares or {}) for activity in activities]
    shares = {code: numbers[pool] for code, numbers in shared if pool in numbers}
    total = sum(shares.values(), Fraction(0))
    if by_time and shares:
        yield Problem(path, f"{pool} is consumed by time ({by_time[0]}) and by shares ({next(iter(shares))})")
    elif not by_time and not shares:
        yield Problem(path, f"no activity consumes {pool}")
    elif shares and total != 1:
        yield Problem(path, f"the shares of {pool} in {', '.join(shares)} sum to {_decimal(total)}, not to 1")


def _decimal(number: Fraction) -> str:
    """A number in a message: as a decimal number where that is exact, else as a fraction."""
    return str(_plain_number(number))


def _loops(model: CostModel) -> Iterator[Problem]:
    places = {pool.code: place for place, pool in enumerate(model.pools)}
    dead = allocation.stranded(model.serves)
    for code in dead:
        yield Problem(f"pools[{places[code]}].serves", f"{code} serves only support pools that serve each other")
    for code in allocation.without_recipient(model.serves, model.support_method, model.order):
        if code not in dead:
            reason = f"by the method {model.support_method}, {code} can have no pool left to serve"
            hint = "" if model.order or model.support_method == "direct" else "; state an order"
            yield Problem(f"pools[{places[code]}].serves", reason + hint)

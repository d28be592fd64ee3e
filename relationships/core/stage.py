"""How far a relationship has come: a ladder of stages, each gated by evidence, seen by us and by the buyer.

Stages: M. McDonald, T. Millman and B. Rogers 1997 (exploratory to integrated, and disintegrating). Own decisions: the
gate instead of an average, what counts as evidence, the lower of both views.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

Stage: TypeAlias = Literal["exploratory", "basic", "co-operative", "interdependent", "integrated", "disintegrating"]

LADDER: tuple[Stage, ...] = ("exploratory", "basic", "co-operative", "interdependent", "integrated")
DISINTEGRATING: Stage = "disintegrating"  # from any rung; it is stated, no evidence adds up to it

SILENT_MONTHS = 24  # without an order in them there is no business
REPEATED_ORDERS = 4  # in the window of a run
HIGH_WALLET_SHARE = 0.4  # of what the account spends in our categories


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of evidence that a stage requires. `system`: a fact that the portal knows; where it does not know,
    somebody may judge. `judged`: a finding of people."""

    code: str
    stage: Stage
    text: str
    source: Literal["system", "judged"]


CHECKLIST: tuple[Item, ...] = (
    Item("in_touch", "exploratory", "We know somebody there, or have an order of the last 24 months", "system"),
    Item("ordered", "basic", "An order in the last 24 months", "system"),
    Item("repeat_orders", "co-operative", "At least 4 orders in the window", "system"),
    Item("two_functions", "co-operative", "At least 2 of their functions are in contact with us", "system"),
    Item("commitment", "co-operative", "A contract, a framework agreement or a shared forecast", "judged"),
    Item("three_functions", "interdependent", "At least 3 of their functions are in contact with us", "system"),
    Item("two_levels", "interdependent", "Contact on at least 2 levels on both sides", "system"),
    Item("wallet_share", "interdependent", "At least 40 % of what they spend in our categories", "system"),
    Item("joint_plan", "interdependent", "A plan made together, with actions on both sides", "judged"),
    Item("confidential_data", "interdependent", "Both sides share confidential data", "judged"),
    Item("data_exchange", "integrated", "Orders, forecasts or stock flow from system to system", "judged"),
    Item("joint_team", "integrated", "A dedicated team with members of both sides", "judged"),
    Item("governance", "integrated", "Both managements steer the relationship together", "judged"),
    Item("exit_cost", "integrated", "Leaving would cost both sides; both costs are estimated", "system"),
)
ITEMS: Mapping[str, Item] = {item.code: item for item in CHECKLIST}


@dataclass(frozen=True, slots=True)
class StageOf:
    """An account's stage: the lower of both views; '' where nothing is known. Provisional: only one was heard."""

    stage: Stage | Literal[""]
    supplier: Stage | Literal[""]
    buyer: Stage | Literal[""]
    is_provisional: bool


Known: TypeAlias = Stage | Literal[""]


def required(stage: Stage) -> tuple[Item, ...]:
    """The evidence of one rung."""
    return tuple(item for item in CHECKLIST if item.stage == stage)


def reached(evidence: Mapping[str, bool | None]) -> Known:
    """The highest stage for which all evidence of it and of every lower one holds. What is unknown does not hold."""
    found: Known = ""
    for stage in LADDER:
        if not all(evidence.get(item.code) for item in required(stage)):
            break
        found = stage
    return found


def missing(evidence: Mapping[str, bool | None]) -> tuple[Item, ...]:
    """What keeps the relationship from its next rung; nothing on the highest one."""
    above = rank(reached(evidence)) + 1
    if above == len(LADDER):
        return ()
    return tuple(item for item in required(LADDER[above]) if not evidence.get(item.code))


def rank(stage: Known) -> int:
    """0…4 up the ladder; −1 before its first rung, −2 for a relationship that falls apart."""
    if stage == DISINTEGRATING:
        return -2
    return LADDER.index(stage) if stage else -1


def ours(evidence: Mapping[str, bool | None], stated: Known = "") -> Known:
    """Our view: what the evidence shows. What we state may be lower, never higher; disintegrating is the lowest."""
    shown = reached(evidence)
    if stated == DISINTEGRATING:
        return stated
    return stated if stated and rank(stated) < rank(shown) else shown


def together(answers: Iterable[Known]) -> Known:
    """The buyer's view where several of them answered: the lowest, so that who is about to leave is not outvoted."""
    return min((stage for stage in answers if stage), key=rank, default="")


def effective(supplier: Known, buyer: Known) -> StageOf:
    """Both views together: the lower counts. A view that is not known is never taken to equal the other."""
    heard: list[Known] = [view for view in (supplier, buyer) if view]
    stage: Known = min(heard, key=rank) if heard else ""
    return StageOf(stage, supplier, buyer, is_provisional=len(heard) == 1)


def asymmetry(supplier: Known, buyer: Known) -> int | None:
    """How many rungs higher we see the relationship than the buyer. None unless both are on the ladder."""
    if supplier in LADDER and buyer in LADDER:
        return rank(supplier) - rank(buyer)
    return None


def is_apart(supplier: Known, buyer: Known) -> bool:
    """Whether one side sees it falling apart and the other does not: the widest gap there is."""
    return bool(supplier and buyer) and (supplier == DISINTEGRATING) != (buyer == DISINTEGRATING)

"""Ledger, cost models, runs and results."""

from profitability.models.archive import ArchivedMonth, RolledMonth
from profitability.models.closing import MonthClosing
from profitability.models.cost_model import CostModel
from profitability.models.ledger import (
    ActivityEvent,
    ClosedMonth,
    Counts,
    EventAttribute,
    OrderLine,
    Product,
    ResourceCost,
)
from profitability.models.result import Concentration, MethodCost, MonthResult, Ranking, Result
from profitability.models.run import ActivityTotal, PoolBalance, Publication, Run, RunDecision
from profitability.models.scenario import Scenario

__all__ = [
    "ActivityEvent",
    "ActivityTotal",
    "ArchivedMonth",
    "ClosedMonth",
    "Concentration",
    "CostModel",
    "Counts",
    "EventAttribute",
    "MethodCost",
    "MonthClosing",
    "MonthResult",
    "OrderLine",
    "PoolBalance",
    "Product",
    "Publication",
    "Ranking",
    "ResourceCost",
    "Result",
    "RolledMonth",
    "Run",
    "RunDecision",
    "Scenario",
]

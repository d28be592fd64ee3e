"""Contacts, criteria, ratings, positions and stages."""

from relationships.models.contact import Contact, Counterpart
from relationships.models.criteria import AccountCriterion, CriteriaSet, OwnFactors, Rating
from relationships.models.effort import EffortCapacity, EffortLimit, EffortResponse
from relationships.models.guidance import Guidance, TargetMix
from relationships.models.position import Box, Firmness, Position, PositionChange
from relationships.models.stage import ExitBarrier, Forecast, Invitation, Stage, StageEvidence, StatedStage, View
from relationships.models.value import AssumptionChange, CategoryPotential, ValueAssumption

__all__ = [
    "AccountCriterion",
    "AssumptionChange",
    "Box",
    "CategoryPotential",
    "Contact",
    "Counterpart",
    "CriteriaSet",
    "EffortCapacity",
    "EffortLimit",
    "EffortResponse",
    "ExitBarrier",
    "Firmness",
    "Forecast",
    "Guidance",
    "Invitation",
    "OwnFactors",
    "Position",
    "PositionChange",
    "Rating",
    "Stage",
    "StageEvidence",
    "StatedStage",
    "TargetMix",
    "ValueAssumption",
    "View",
]

"""Contacts, criteria, ratings, positions, stages, and key account plans with what feeds them."""

from relationships.models.action import Action
from relationships.models.contact import Contact, Counterpart
from relationships.models.contact_cadence import ContactCadence
from relationships.models.contract import Advocacy, Commitment, Contract, ServiceLevel, ServiceReading
from relationships.models.criteria import AccountCriterion, CriteriaSet, OwnFactors, Rating
from relationships.models.effort import EffortCapacity, EffortLimit, EffortResponse
from relationships.models.guidance import Guidance, TargetMix
from relationships.models.plan import Plan, PlanApproval, PlanChange, PlanComment, PlanSection, PlanVersion
from relationships.models.plan_entries import (
    Benefit,
    Competitor,
    Investment,
    Need,
    Objective,
    ObjectiveReading,
    PlanEntry,
    PlanLink,
    Risk,
    Shortcoming,
    SwotPoint,
    ValueMetric,
)
from relationships.models.position import Box, Firmness, Position, PositionChange
from relationships.models.programme import Competence, CompetenceAsked, ProgrammeCost, ReviewCadence, WatchedAccount
from relationships.models.review import Review, ReviewPoint
from relationships.models.signal import DigestSetting, Notice, Signal, SignalThreshold
from relationships.models.stage import ExitBarrier, Forecast, Invitation, Stage, StageEvidence, StatedStage, View
from relationships.models.touchpoint import Complaint, Touchpoint
from relationships.models.value import AssumptionChange, CategoryPotential, SupplierRank, ValueAssumption

__all__ = [
    "AccountCriterion",
    "Action",
    "Advocacy",
    "AssumptionChange",
    "Benefit",
    "Box",
    "CategoryPotential",
    "Commitment",
    "Competence",
    "CompetenceAsked",
    "Competitor",
    "Complaint",
    "Contact",
    "ContactCadence",
    "Contract",
    "Counterpart",
    "CriteriaSet",
    "DigestSetting",
    "EffortCapacity",
    "EffortLimit",
    "EffortResponse",
    "ExitBarrier",
    "Firmness",
    "Forecast",
    "Guidance",
    "Investment",
    "Invitation",
    "Need",
    "Notice",
    "Objective",
    "ObjectiveReading",
    "OwnFactors",
    "Plan",
    "PlanApproval",
    "PlanChange",
    "PlanComment",
    "PlanEntry",
    "PlanLink",
    "PlanSection",
    "PlanVersion",
    "Position",
    "PositionChange",
    "ProgrammeCost",
    "Rating",
    "Review",
    "ReviewCadence",
    "ReviewPoint",
    "Risk",
    "ServiceLevel",
    "ServiceReading",
    "Shortcoming",
    "Signal",
    "SignalThreshold",
    "Stage",
    "StageEvidence",
    "StatedStage",
    "SupplierRank",
    "SwotPoint",
    "TargetMix",
    "Touchpoint",
    "ValueAssumption",
    "ValueMetric",
    "View",
    "WatchedAccount",
]

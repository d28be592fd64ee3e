"""Criteria, ratings and positions."""

from relationships.models.criteria import AccountCriterion, CriteriaSet, Rating
from relationships.models.position import Box, Position

__all__ = ["AccountCriterion", "Box", "CriteriaSet", "Position", "Rating"]

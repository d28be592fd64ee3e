"""What we ask customers, and the stage that their answers about the relationship amount to.

Six questions with answers worth 1 to 4; the bands of their sum are those of a course hand-out of the diagnostic by
M. McDonald and D. Woodburn: basic 6–10, co-operative 11–16, interdependent 17–22, integrated 23–24. The questions
themselves are our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from relationships.core.stage import DISINTEGRATING, Known, Stage

BANDS: tuple[tuple[int, Stage], ...] = (
    (10, "basic"),
    (16, "co-operative"),
    (22, "interdependent"),
    (24, "integrated"),
)
STANDING = "standing"  # the question that comes first: whether there is a relationship
STANDINGS: Mapping[str, str] = {
    "buying": "We buy from you",
    "not_yet": "We do not buy from you yet",
    "leaving": "We are about to buy elsewhere",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and its four answers, worth 1 to 4 in this order."""

    code: str
    text: str
    answers: tuple[str, str, str, str]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "ordering",
        "How do you order?",
        (
            "Each time anew, mostly by price",
            "Regularly",
            "Under an agreement, with a forecast",
            "Our systems are linked",
        ),
    ),
    Question(
        "people",
        "Who talks to whom?",
        (
            "One buyer with one seller",
            "Several people on each side",
            "Several departments and their heads",
            "A joint team, up to the boards",
        ),
    ),
    Question(
        "sharing",
        "What do you tell us?",
        (
            "What is in the order",
            "What we expect to need",
            "Plans and figures, in confidence",
            "Our strategy, before others know it",
        ),
    ),
    Question(
        "planning",
        "How do you plan together?",
        (
            "Not at all",
            "We talk when there is a reason",
            "We have a common plan",
            "Both managements steer it together",
        ),
    ),
    Question(
        "trouble",
        "What happens when something goes wrong?",
        (
            "We look elsewhere",
            "We complain, and it gets settled",
            "We solve it together",
            "Together we see it coming",
        ),
    ),
    Question(
        "leaving",
        "What would it take to replace us?",
        (
            "A few days",
            "Some weeks of work",
            "Months, and money",
            "It would shake both companies",
        ),
    ),
)


def stage_of_sum(points: int) -> Stage:
    """The band of a sum of six answers, 6…24. Raises ValueError for any other."""
    if not 6 <= points <= 24:
        raise ValueError(f"six answers of 1 to 4 do not sum to {points}")
    return next(stage for highest, stage in BANDS if points <= highest)


def stage_of(standing: str, answers: Mapping[str, int]) -> Known:
    """The buyer's view. Without business it is exploratory; an open question leaves it open."""
    if standing == "leaving":
        return DISINTEGRATING
    if standing == "not_yet":
        return "exploratory"
    if standing != "buying" or any(question.code not in answers for question in QUESTIONS):
        return ""
    return stage_of_sum(sum(answers[question.code] for question in QUESTIONS))


# Kinds of surveys

TRUST, RECOMMEND, COMMENT = "trust_1_7", "recommend_0_10", "comment"
TRUST_ITEMS: Mapping[str, str] = {  # from 1, not at all, to 7, completely; the wording is our own
    TRUST: "How much do you trust us?",
    "trust_promises": "We keep our promises",
    "trust_openness": "We tell you early when something goes wrong",
    "trust_competence": "We know our trade, and yours",
    "trust_interest": "We have your interest at heart, not only ours",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One survey: what it is called, what it asks for, how long it takes."""

    name: str
    about: str
    minutes: int


KINDS: Mapping[str, Kind] = {
    "relationship": Kind("Relationship", "how they stand with us, scores of our success factors, trust, and more", 3),
    "nps": Kind("Recommendation (NPS)", "would they recommend us, from 0 to 10, and why", 1),
    "trust": Kind("Trust", "five questions from 1 to 7", 1),
    "factors": Kind("Success factors", "scores of what matters to the relationship, from 0 to 10", 2),
}

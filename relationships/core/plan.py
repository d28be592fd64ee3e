"""What a key account plan computes: how far an objective has come, what an investment returns, how grave a risk is.

ROI = (profits − costs) ÷ costs, profits before these costs; undefined without costs. How far an objective should be by
now is a straight line from its first to its last day (own decision); a tenth of the way behind it is still on track.
What has moved away from its target is never on track: in the first tenth of its time it is too early to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

SLACK = Fraction(1, 10)  # of the whole way
EARLY = Fraction(1, 10)  # of the time: a step back may still be chance
ROUNDING = Fraction(1, 200)  # of the whole way: less reads as 0 %


class State(StrEnum):
    REACHED = "reached"
    ON_TRACK = "on_track"
    EARLY = "early"
    BEHIND = "behind"
    MOVED_AWAY = "moved_away"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Aim:
    """Where an objective stood, where it is to come, and between which days. `up`: more is better."""

    baseline: Decimal | None
    target: Decimal | None
    up: bool = True
    from_on: date | None = None
    until_on: date | None = None

    def is_reached(self, value: Decimal) -> bool:
        """Whether the value is as good as the target."""
        if self.target is None:
            return False
        return value >= self.target if self.up else value <= self.target


@dataclass(frozen=True, slots=True)
class Progress:
    """How an objective stands. `share`: of the way from baseline to target, 0…1; `due`: of the time, 0…1."""

    state: State
    share: Fraction | None = None
    due: Fraction | None = None


def progress(aim: Aim, value: Decimal | None, today: date) -> Progress:
    """How far the value has come on that day; unknown without a value, a target, or a way to judge it."""
    due = time_gone(aim, today)
    if value is None or aim.target is None:
        return Progress(State.UNKNOWN, None, due)
    if aim.is_reached(value):
        return Progress(State.REACHED, Fraction(1), due)
    share = way_gone(aim, value)
    if aim.until_on is not None and today > aim.until_on:
        return Progress(State.MISSED, share, due)
    if has_moved_away(aim, value):
        is_early = due is not None and due < EARLY
        return Progress(State.EARLY if is_early else State.MOVED_AWAY, share, due)
    return Progress(judged(share, due), share, due)


def judged(share: Fraction | None, due: Fraction | None) -> State:
    """On track or behind; unknown where one of them is."""
    if share is None or due is None:
        return State.UNKNOWN
    return State.ON_TRACK if share + SLACK >= due else State.BEHIND


def way_gone(aim: Aim, value: Decimal) -> Fraction | None:
    """The share of the way from baseline to target, 0…1; none where the baseline was as good as the target already,
    since a target not reached is then a step back."""
    if aim.baseline is None or aim.target is None:
        return None
    return Fraction(0) if aim.is_reached(aim.baseline) else within(step(aim.baseline, aim.target, value))


def has_moved_away(aim: Aim, value: Decimal) -> bool:
    """Whether a value that is not as good as the target is farther from it than the baseline was, by more than what
    rounding does; any such value is where the baseline was as good as the target already."""
    if aim.baseline is None or aim.target is None:
        return False
    return aim.is_reached(aim.baseline) or step(aim.baseline, aim.target, value) < -ROUNDING


def step(baseline: Decimal, target: Decimal, value: Decimal) -> Fraction:
    """How far the value went from one to the other, as a share of the whole way; below 0 it went the other way."""
    return (Fraction(value) - Fraction(baseline)) / (Fraction(target) - Fraction(baseline))


def time_gone(aim: Aim, today: date) -> Fraction | None:
    """The share of the period that has passed, 0…1."""
    if aim.from_on is None or aim.until_on is None:
        return None
    if aim.until_on <= aim.from_on:
        return Fraction(int(today >= aim.until_on))
    return within(Fraction((today - aim.from_on).days, (aim.until_on - aim.from_on).days))


def within(share: Fraction) -> Fraction:
    return min(max(share, Fraction(0)), Fraction(1))


def return_on(profits: Decimal | None, costs: Decimal | None) -> Fraction | None:
    """The return on investment as a share: 0.5 is 50 %. None without costs, or where one of them is not known."""
    if profits is None or costs is None or costs <= 0:
        return None
    return (Fraction(profits) - Fraction(costs)) / Fraction(costs)


def severity(likelihood: int | None, impact: int | None) -> int | None:
    """Likelihood × impact, 1…25."""
    return None if likelihood is None or impact is None else likelihood * impact


def gravity(severity: int | None) -> Literal["low", "medium", "high", ""]:
    """In a word: high from 15 on, medium from 6 on (own decision)."""
    if severity is None:
        return ""
    return "high" if severity >= 15 else "medium" if severity >= 6 else "low"

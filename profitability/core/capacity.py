"""Unused capacity in whole people: only they could be released, so a part of one counts as nobody.

Rounding to the next person instead would promise to release somebody who is still needed.
"""

from fractions import Fraction


def whole_people(unused_minutes: int, minutes_per_person: int) -> int:
    """People that a pool could do without; below zero: so many are missing. Both in the same unit of time."""
    if minutes_per_person <= 0:
        raise ValueError("a person has to have some minutes")
    return unused_minutes // minutes_per_person


def cost_of_people(people: int, minutes_per_person: int, cost: int, practical_minutes: int) -> Fraction:
    """What so many people of a pool cost at its rate, cost ÷ practical minutes; 0 without capacity."""
    if practical_minutes <= 0:
        return Fraction(0)
    return Fraction(cost * people * minutes_per_person, practical_minutes)

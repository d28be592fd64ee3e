"""Generated judgements: ratings by several people, and some accounts' own criteria and best competitors."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random

import yaml

from kam_portal.demo.characters import CAST, Character, characters, random
from kam_portal.demo.months import Calendar
from kam_portal.demo.people import REGION_LEADS, VICE_PRESIDENT, employee_email
from kam_portal.demo.portfolio import manager_email
from kam_portal.demo.source import Reseller, source

CRITERIA_FILE = Path(__file__).with_name("criteria.yaml")
EVIDENCE = "Generated for the demo"
LARGEST_RATED, OTHERS_RATED = 270, 60
OLDEST_DAYS = 425  # 14 months
SECOND_VIEW, THIRD_VIEW, RATED_BEFORE = 0.5, 0.25, 0.2  # shares of the accounts
MISSING, NEVER_MET = 0.015, 0.04  # of the scores; of the accounts whose relationship nobody scored
CONFIRMED = 0.45
ASKED_BUYERS, OWN_WEIGHTS = 45, 20  # accounts
STRONG_SHARE, STRONG, WEAK, SPREAD = 0.5, 6.8, 3.7, 1.1
ERROR = 0.9  # of a rater (standard deviation)
DISAPPOINTED = 0.8  # how much lower buyers see us than we do


@dataclass(frozen=True, slots=True)
class Rated:
    """An account with its true scores, which raters see with errors, and the people who rate it."""

    character: Character
    potential: float
    strength: float
    raters: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.character.code


@cache
def criteria() -> dict[str, list[str]]:
    """Codes of the judged criteria of each axis."""
    document = yaml.safe_load(CRITERIA_FILE.read_text())
    return {
        axis: [criterion["code"] for criterion in document[axis] if criterion["kind"] == "judged"]
        for axis in ("attractiveness", "relationship")
    }


def rating_rows(calendar: Calendar) -> Iterator[dict]:
    """Ratings in the columns of the import format, account by account."""
    buyers = {rated.code for rated in random("buyers").sample(rated_accounts(), ASKED_BUYERS)}
    for rated in rated_accounts():
        chance = random(f"ratings:{rated.code}")
        yield from _our_ratings(rated, calendar, chance)
        if rated.code in buyers:
            yield from _buyer_ratings(rated, calendar, chance)


def account_criterion_rows() -> Iterator[dict]:
    """Own weights and the best competitor's scores of some key accounts."""
    key = [rated for rated in rated_accounts() if rated.character.key]
    chosen = {rated.code for rated in random("own criteria").sample(key, OWN_WEIGHTS)}
    for rated in key:
        if rated.code in chosen:
            chance = random(f"own criteria:{rated.code}")
            for criterion, weight in zip(criteria()["relationship"], _weights(chance), strict=True):
                competitor = _half_points(chance.gauss(5.5, 1.5))
                yield {
                    "account_code": rated.code,
                    "criterion": criterion,
                    "weight": weight,
                    "competitor_score": competitor,
                }


@cache
def rated_accounts() -> tuple[Rated, ...]:
    """The largest accounts of the last year, some others that buy, and all of the demo's manager."""
    buying = sorted(
        (character for character in characters() if character.last_sales > 0),
        key=lambda character: (-character.last_sales, character.code),
    )
    largest, rest = buying[:LARGEST_RATED], buying[LARGEST_RATED:]
    some = {character.code for character in [*largest, *random("rated").sample(rest, OTHERS_RATED)]}
    resellers = {reseller.code: reseller for reseller in source().resellers}
    return tuple(
        _rated(character, resellers[character.code]) for character in characters() if character.code in some | set(CAST)
    )


def _rated(character: Character, reseller: Reseller) -> Rated:
    chance = random(f"position:{character.code}")
    potential = chance.gauss(5.2, 1.9)
    strength = chance.gauss(STRONG if chance.random() < STRONG_SHARE else WEAK, SPREAD)
    if character.code in CAST:
        _, potential, strength = CAST[character.code]
    return Rated(character, potential, strength, _raters(reseller, chance))


def _raters(reseller: Reseller, chance: Random) -> tuple[str, ...]:
    """The account's manager, often the sales manager of its region, sometimes the vice president."""
    second, third = chance.random() < SECOND_VIEW, chance.random() < THIRD_VIEW
    lead = employee_email(REGION_LEADS[_region(reseller)])
    views = [(manager_email(reseller), True), (lead, second), (employee_email(VICE_PRESIDENT), third)]
    return tuple(dict.fromkeys(email for email, rates in views if email and rates))


def _region(reseller: Reseller) -> str:
    if reseller.country == "Australia":
        return "Pacific"
    return "North America" if reseller.country in {"United States", "Canada"} else "Europe"


def _our_ratings(rated: Rated, calendar: Calendar, chance: Random) -> Iterator[dict]:
    true_scores = _true_scores(rated, chance)
    for rater in rated.raters:
        days = [_day(calendar, chance, 0, 330)]
        if chance.random() < RATED_BEFORE:
            days.append(_day(calendar, chance, 331, OLDEST_DAYS))
        for day in days:
            for code, true in true_scores.items():
                yield _rating(rated, code, rater, day, chance.gauss(true, ERROR), chance)


def _true_scores(rated: Rated, chance: Random) -> dict[str, float]:
    """The true score on each criterion that somebody rates; the demo's manager left nothing out."""
    never_met = chance.random() < NEVER_MET
    potential = dict.fromkeys(criteria()["attractiveness"], rated.potential)
    strength = dict.fromkeys(criteria()["relationship"], rated.strength)
    if rated.code in CAST:
        return potential | strength
    scores = potential if never_met else potential | strength
    return {code: score for code, score in scores.items() if chance.random() >= MISSING}


def _buyer_ratings(rated: Rated, calendar: Calendar, chance: Random) -> Iterator[dict]:
    """What the customer said of us, written down by its manager."""
    day = _day(calendar, chance, 0, 330)
    for code in criteria()["relationship"]:
        score = chance.gauss(rated.strength - DISAPPOINTED, ERROR)
        row = _rating(rated, code, rated.raters[0], day, score, chance)
        row |= {"perspective": "buyer", "status": "confirmed", "evidence": f"{EVIDENCE}: customer survey"}
        yield row


def _rating(rated: Rated, criterion: str, rater: str, day: date, score: float, chance: Random) -> dict:
    confirmed = chance.random() < CONFIRMED
    return {
        "account_code": rated.code,
        "criterion": criterion,
        "score": _half_points(score),
        "perspective": "supplier",
        "status": "confirmed" if confirmed else "assumed",
        "rater_email": rater,
        "rated_on": day,
        "evidence": f"{EVIDENCE}: visit report" if confirmed else "",
    }


def _day(calendar: Calendar, chance: Random, nearest: int, farthest: int) -> date:
    """A day so many days before the end of the last month."""
    return calendar.last_day - timedelta(days=chance.randint(nearest, farthest))


def _half_points(score: float) -> float:
    return min(max(round(2 * score) / 2, 0.0), 10.0)


def _weights(chance: Random) -> list[int]:
    """Five weights in steps of five that sum to 100."""
    cuts = sorted(chance.sample(range(2, 19), 4))
    return [5 * (after - before) for before, after in zip([0, *cuts], [*cuts, 20], strict=True)]

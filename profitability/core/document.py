"""Reads documents written by people (YAML, JSON) key by key; what is wrong becomes a problem with its place.

Numbers are taken exactly as they were written: 0.6 is 6/10, and a text such as "1/3" is a third.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Any

CODE_LENGTH = 64
NAME_LENGTH = 200
MAX_WHOLE_NUMBER = 10**9
MAX_NUMBER = 10**9
MAX_DENOMINATOR = 10**12
NUMBER = re.compile(r"-?[0-9]{1,22}(\.[0-9]{1,12}|/[1-9][0-9]{0,12})?")


@dataclass(frozen=True)
class Problem:
    """Something wrong in a document: where it stands (`activities[3].shares.travel`) and what it is."""

    path: str
    message: str


def kind(value: object) -> str:
    """What a value of a document is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes or no"
    names = (((int, float), "a number"), (str, "a text"), (dict, "a mapping"), (list, "a list"))
    return next((name for types, name in names if isinstance(value, types)), "a date or something else")


def exact(value: object) -> Fraction | None:
    """A number of a document exactly as it was written; None for anything that is no finite number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Fraction(value)
    if isinstance(value, float) and isfinite(value):
        return Fraction(str(value))
    if isinstance(value, str) and NUMBER.fullmatch(value):
        return Fraction(value)
    return None


@dataclass(frozen=True)
class Part:
    """One mapping of a document; `path` is its place, `problems` collects what is wrong anywhere."""

    path: str
    values: dict[Any, Any]
    problems: list[Problem]

    def say(self, key: object, message: str) -> None:
        """Note a problem with a key of this mapping, or with all of it (key "")."""
        path = ".".join(step for step in (self.path, _shown(key)) if step)
        self.problems.append(Problem(path, message))

    def has(self, key: str) -> bool:
        """Whether the key is there and holds something."""
        return self.values.get(key) is not None

    def allow(self, keys: Collection[str]) -> None:
        """Refuse every other key."""
        for key in self.values:
            if not isinstance(key, str) or key not in keys:
                self.say(key, f"unknown key; known here are {', '.join(keys)}")

    def text(self, key: str, length: int = CODE_LENGTH, default: str = "") -> str:
        """A text on one line without blanks around it; the default if the key is missing and it has one."""
        value = self.values.get(key)
        if value is None and default:
            return default
        problem = _problem_of_text(value, length)
        if problem or not isinstance(value, str):
            self.say(key, problem)
            return ""
        return value

    def choice(self, key: str, options: Sequence[str], default: str = "") -> str:
        """One of the options; "" after a problem."""
        value = self.values.get(key)
        if value is None and default:
            return default
        if isinstance(value, str) and value in options:
            return value
        wrong = "is missing" if value is None else "is not known"
        self.say(key, f"{wrong}; it is one of {', '.join(options)}")
        return ""

    def whole_number(self, key: str) -> int:
        """A whole number from 1; 0 after a problem."""
        value = self.values.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_WHOLE_NUMBER:
            return value
        self.say(key, "is missing" if value is None else f"must be a whole number from 1 to {MAX_WHOLE_NUMBER}")
        return 0

    def parts(self, key: str) -> list["Part"]:
        """The mappings of a list that must not be empty, each with its place."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            self.say(key, "is missing" if value is None else "must be a list with at least one entry")
            return []
        entries = [(f"{key}[{place}]", entry) for place, entry in enumerate(value)]
        for path, entry in entries:
            if not isinstance(entry, dict):
                self.say(path, f"must be a mapping, not {kind(entry)}")
        return [Part(path, entry, self.problems) for path, entry in entries if isinstance(entry, dict)]

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of texts, if there is one."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, list) and value and all(isinstance(text, str) for text in value):
            return tuple(value)
        self.say(key, "must be a list of texts with at least one entry")
        return None

    def numbers(self, key: str) -> dict[str, Fraction] | None:
        """A mapping of names to numbers from 0, if there is one."""
        value = self.values.get(key)
        if value is None:
            return None
        if not isinstance(value, dict) or not value:
            self.say(key, "must be a mapping of names to numbers with at least one entry")
            return {}
        problems = {name: _problem_of_entry(name, given) for name, given in value.items()}
        for name, problem in problems.items():
            if problem:
                self.say(f"{key}.{_shown(name)}", problem)
        return {name: exact(given) or Fraction(0) for name, given in value.items() if not problems[name]}


def _shown(key: object) -> str:
    """A key as it can stand in a message: on one line, not too long."""
    text = key if isinstance(key, str) else f"({kind(key)})"
    return "".join(letter if letter.isprintable() else "?" for letter in text[: 2 * CODE_LENGTH])


def _problem_of_text(value: object, length: int) -> str:
    if value is None:
        return "is missing"
    if not isinstance(value, str):
        return f"must be a text, not {kind(value)}; put it in quotes"
    if not value or value != value.strip() or not value.isprintable():
        return "must be a text on one line without blanks around it"
    return f"is longer than {length} characters" if len(value) > length else ""


def _problem_of_entry(name: object, value: object) -> str:
    wrong_name = _problem_of_text(name, CODE_LENGTH)
    if wrong_name:
        return f"its name {wrong_name}"
    number = exact(value)
    if number is None:
        return f"must be a number such as 0.25 or 1/3, not {kind(value)}"
    if number < 0:
        return "must not be negative"
    if number > MAX_NUMBER or number.denominator > MAX_DENOMINATOR:
        return f"must be at most {MAX_NUMBER} and have at most 12 decimals"
    return ""

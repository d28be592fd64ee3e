"""What the buttons of a cost model's form do with its lines: add, remove, move up and down."""

import re
from typing import Any

from profitability.core.model_form import LINES, ActivityLine, Entry, Lines

MOVE = re.compile(
    r"(add|remove|up|down):(pools|activities|order)(?:\[(\d{1,4})\])?(?:\.(serves|minutes|shares))?(?:\[(\d{1,4})\])?"
)


def move(lines: Lines, wish: str) -> str:
    """Do what a button wishes (`add:pools`, `up:pools[1]`, `remove:pools[0].serves[2]`) and return the name of the
    input or button that the hand is at afterwards; "" if there is no such line."""
    found = MOVE.fullmatch(wish)
    if found is None:
        return ""
    act, part, line, mapping, entry = found.groups()
    path, rows, place = part, getattr(lines, part), line
    if mapping:
        if line is None or int(line) >= len(rows) or not hasattr(rows[int(line)], mapping):
            return ""
        path, rows, place = f"{part}[{line}].{mapping}", getattr(rows[int(line)], mapping), entry
    if act == "add":
        return _add(rows, path, mapping or part)
    return change(act, rows, path, int(place)) if place is not None and int(place) < len(rows) else ""


def _add(rows: list[Any], path: str, kind: str) -> str:
    new: Any = "" if kind == "order" else LINES[kind]() if kind in LINES else Entry()
    if isinstance(new, ActivityLine):
        new.minutes.append(Entry())
        new.shares.append(Entry())
    rows.append(new)
    place = f"{path}[{len(rows) - 1}]"
    return place if kind == "order" else f"{place}.code" if kind in LINES else f"{place}.name"


def change(act: str, rows: list[Any], path: str, place: int) -> str:
    """Remove the line at that place, or move it `up` or `down`; the name of the button that the hand is at then."""
    line = rows.pop(place)
    if act == "remove":
        return f"add:{path}"
    place = max(place - 1, 0) if act == "up" else min(place + 1, len(rows))
    rows.insert(place, line)
    stuck = (act == "up" and place == 0) or (act == "down" and place == len(rows) - 1)
    other = "down" if act == "up" else "up"
    return f"{other if stuck and len(rows) > 1 else act}:{path}[{place}]"

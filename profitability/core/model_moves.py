"""What the buttons of a cost model's form do with its lines: add, remove, move up and down."""

import re
from dataclasses import asdict
from typing import Any

from profitability.core.model_form import LINES, MAPPINGS, ActivityLine, Entry, Lines

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
    if act == "remove" and place is not None and int(place) < len(rows):
        change(act, rows, path, int(place))
        return _beside(rows, path, int(place), mapping or part)
    return change(act, rows, path, int(place)) if place is not None and int(place) < len(rows) else ""


def _beside(rows: list[Any], path: str, place: int, kind: str) -> str:
    """Where the hand is after a removal: at the line that took the place, else at the one before it."""
    if not rows:
        return f"add:{path}"
    return _first_input(f"{path}[{min(place, len(rows) - 1)}]", kind)


def _first_input(line: str, kind: str) -> str:
    return line if kind == "order" else f"{line}.code" if kind in LINES else f"{line}.name"


def taken(lines: Lines, wish: str) -> dict[str, Any] | None:
    """What a button is about to remove, with its place: so that it can be put back."""
    found = MOVE.fullmatch(wish)
    if found is None or found[1] != "remove":
        return None
    place = wish.removeprefix("remove:")
    rows, number = _rows_at(lines, place)
    if rows is None or number >= len(rows):
        return None
    line = rows[number]
    return {"place": place, "line": line if isinstance(line, str) else asdict(line)}


def put_back(lines: Lines, removed: dict[str, Any]) -> str:
    """Put a removed line where it was, as far as that place is still there; the name of its first input."""
    rows, number = _rows_at(lines, removed["place"])
    if rows is None:
        return ""
    path, kind = removed["place"].rpartition("[")[0], removed["place"].rpartition("[")[0].rpartition(".")[2]
    number = min(number, len(rows))
    rows.insert(number, _restored(kind, removed["line"]))
    return _first_input(f"{path}[{number}]", kind)


def _restored(kind: str, line: Any) -> Any:
    if kind == "order":
        return line
    if kind not in LINES:
        return Entry(**line)
    entries = {key: [Entry(**each) for each in line[key]] for key in MAPPINGS if key in line}
    return LINES[kind](**line | entries)


def _rows_at(lines: Lines, place: str) -> tuple[list[Any] | None, int]:
    """The list that a line stands in, and its number: `pools[0].serves[2]`."""
    found = MOVE.fullmatch(f"remove:{place}")
    if found is None:
        return None, 0
    _act, part, line, mapping, entry = found.groups()
    rows = getattr(lines, part)
    if not mapping:
        return (rows, int(line)) if line is not None else (None, 0)
    if line is None or entry is None or int(line) >= len(rows):
        return None, 0
    return getattr(rows[int(line)], mapping, None), int(entry)


def _add(rows: list[Any], path: str, kind: str) -> str:
    new: Any = "" if kind == "order" else LINES[kind]() if kind in LINES else Entry()
    if isinstance(new, ActivityLine):
        new.minutes.append(Entry())
        new.shares.append(Entry())
    rows.append(new)
    return _first_input(f"{path}[{len(rows) - 1}]", kind)


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

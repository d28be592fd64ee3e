"""How one text became another: what went, what came, and the words around them that stayed."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 6  # words kept on each side of a change
ALIKE = 0.4  # below that share of common words the whole text was written anew


@dataclass(frozen=True)
class Piece:
    """Some words: "same", "gone" or "new"."""

    kind: str
    text: str


def pieces(before: str, after: str) -> list[Piece]:
    """The two texts word by word. Of a long stretch that stayed only the words next to a change."""
    old, new = before.split(), after.split()
    match = SequenceMatcher(None, old, new, autojunk=False)
    if match.ratio() < ALIKE:
        return [Piece(kind, text) for kind, text in (("gone", before), ("new", after)) if text]
    return list(_pieces(match.get_opcodes(), old, new))


def _pieces(steps: list[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> Iterator[Piece]:
    for place, (step, old_from, old_to, new_from, new_to) in enumerate(steps):
        if step == "equal":
            yield Piece("same", _shortened(old[old_from:old_to], place == 0, place == len(steps) - 1))
            continue
        if old_to > old_from:
            yield Piece("gone", " ".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Piece("new", " ".join(new[new_from:new_to]))


def _shortened(words: list[str], is_first: bool, is_last: bool) -> str:
    """The words next to a change, which comes after the first stretch and before the last one."""
    before = words[:AROUND] if not is_first else []
    after = words[-AROUND:] if not is_last else []
    if len(words) <= len(before) + len(after):
        return " ".join(words)
    return " ".join([*before, "…", *after])

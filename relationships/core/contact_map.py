"""Who of us is in contact with whom of them: how much of a customer is covered, by how many, and on which levels.

Bow-tie against diamond: all contact runs through one pair of people, or many of both sides meet, matched by function
and level (M. McDonald and D. Woodburn; pharmaphorum.com “Of bow ties and diamonds”, kimtasso.com, mtdsalestraining.com;
domain.md §4.3, S39–S41). Own decisions, from the same place: coverage counts people by their influence; the bow-tie
index is the largest share of all contact that one person of either side bears, beside it the Herfindahl index of the
pairs; somebody is a single point of failure who alone holds more than half of what is covered, or whose leaving puts
coverage below half; seniority match is the mean difference of level over the pairs.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias, TypeVar

Kind: TypeAlias = Literal["bow_tie", "hub", "diamond"]
Key = TypeVar("Key", bound=Hashable)

LEVELS = (5, 4, 3, 2, 1)  # board … shop floor
ASSUMED_INFLUENCE = 5  # of whom nobody has said how much it is
HALF = Fraction(1, 2)
FAR_APART = 2  # levels between two people who do not meet as equals
SHIPPED_DAYS: Mapping[int | None, int] = {5: 180, 4: 120, 3: 90, 2: 90, 1: 180, None: 120}  # by level


@dataclass(frozen=True, slots=True)
class Person:
    """One of theirs, who has not left."""

    id: int
    level: int | None = None  # 1 shop floor … 5 board
    function: str = ""
    role: str = ""  # in the buying decision
    influence: int | None = None  # 0…10
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class Colleague:
    """One of us, with whose level he or she meets as an equal."""

    id: int
    level: int


@dataclass(frozen=True, slots=True)
class Pair:
    """One of us answers to one of them."""

    person: int
    colleague: int


@dataclass(frozen=True, slots=True)
class Touch:
    """One meeting or call: who of them and who of us took part."""

    people: frozenset[int]
    colleagues: frozenset[int]


@dataclass(frozen=True, slots=True)
class Part:
    """How many people of one level or function there are, how many have a counterpart, and the same by influence."""

    people: int
    met: int
    weight: int
    covered: int

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.covered, self.weight) if self.weight else None


@dataclass(frozen=True, slots=True)
class Hold:
    """What only one of us holds: the share of the covered influence, and the coverage that would be left."""

    colleague: int
    share: Fraction
    left: Fraction

    @property
    def is_single_point(self) -> bool:
        return self.share > HALF


@dataclass(frozen=True, slots=True)
class Shape:
    """How contact is spread over pairs: `pair` has the largest share, `index` is the largest of any one person."""

    pair: tuple[int, int]  # of them, of us
    pair_share: Fraction
    ours: int
    ours_share: Fraction
    theirs: int
    theirs_share: Fraction
    herfindahl: Fraction
    pairs: int

    @property
    def index(self) -> Fraction:
        """The bow-tie index: 1 where one person bears all contact."""
        return max(self.ours_share, self.theirs_share)

    @property
    def kind(self) -> Kind:
        """A bow-tie: half or more through one pair. A hub: through one person of one side. Else a diamond."""
        if self.pair_share >= HALF:
            return "bow_tie"
        return "hub" if self.index >= HALF else "diamond"


def weight(person: Person) -> int:
    """The influence; of whom nobody has said, as if it were in the middle."""
    return ASSUMED_INFLUENCE if person.influence is None else person.influence


def part(people: Iterable[Person], pairs: Iterable[Pair]) -> Part:
    """These people, and those of them who have a counterpart."""
    met = {pair.person for pair in pairs}
    listed = list(people)
    covered = [person for person in listed if person.id in met]
    return Part(len(listed), len(covered), sum(map(weight, listed)), sum(map(weight, covered)))


def coverage(people: Iterable[Person], pairs: Iterable[Pair]) -> Fraction | None:
    """The share of influence that has a counterpart, 0…1; None where nobody with influence is known."""
    return part(people, pairs).share


def parts(people: Iterable[Person], pairs: Sequence[Pair], key: Callable[[Person], Key]) -> dict[Key, Part]:
    """Coverage of each level or function, in the order in which they appear."""
    found: defaultdict[Key, list[Person]] = defaultdict(list)
    for person in people:
        found[key(person)].append(person)
    return {name: part(some, pairs) for name, some in found.items()}


def decision_coverage(people: Iterable[Person], pairs: Iterable[Pair]) -> Fraction | None:
    """Of those with a role in the buying decision, the share whose counterpart is active; None without any role."""
    met = {pair.person for pair in pairs}
    deciding = [person for person in people if person.role]
    active = [person for person in deciding if person.id in met and not person.is_quiet]
    return Fraction(len(active), len(deciding)) if deciding else None


def holds(people: Sequence[Person], pairs: Sequence[Pair]) -> list[Hold]:
    """Of each of us what nobody else of us holds, the most first; nothing where nothing is covered."""
    weights = {person.id: weight(person) for person in people}
    by_person: defaultdict[int, set[int]] = defaultdict(set)
    for pair in pairs:
        if pair.person in weights:
            by_person[pair.person].add(pair.colleague)
    total, covered = sum(weights.values()), sum(weights[person] for person in by_person)
    if not covered:
        return []
    alone: Counter[int] = Counter({colleague: 0 for ours in by_person.values() for colleague in ours})
    for person, ours in by_person.items():
        if len(ours) == 1:
            alone[next(iter(ours))] += weights[person]
    found = [
        Hold(colleague, Fraction(held, covered), Fraction(covered - held, total)) for colleague, held in alone.items()
    ]
    return sorted(found, key=lambda hold: (-hold.share, hold.colleague))


def only_contact(people: Iterable[Person], pairs: Iterable[Pair]) -> int | None:
    """The one of them on whom everything hangs, where nobody else has a counterpart."""
    present = {person.id for person in people}
    met = {pair.person for pair in pairs} & present
    return next(iter(met)) if len(met) == 1 else None


def interactions(touches: Iterable[Touch]) -> dict[tuple[int, int], Fraction]:
    """How much contact each pair had: every meeting counts one, in equal parts for each pair that took part. One of
    which nobody noted who took part on both sides says nothing of pairs."""
    found: defaultdict[tuple[int, int], Fraction] = defaultdict(Fraction)
    for touch in touches:
        met = [(person, colleague) for person in touch.people for colleague in touch.colleagues]
        for pair in met:
            found[pair] += Fraction(1, len(met))
    return dict(found)


def shape(contact: Mapping[tuple[int, int], Fraction]) -> Shape | None:
    """How contact is spread; None where there was none. Of equal ones the first by number is named."""
    total = sum(contact.values(), Fraction(0))
    if not total:
        return None
    shares = {pair: amount / total for pair, amount in contact.items()}
    theirs: defaultdict[int, Fraction] = defaultdict(Fraction)
    ours: defaultdict[int, Fraction] = defaultdict(Fraction)
    for (person, colleague), share in shares.items():
        theirs[person] += share
        ours[colleague] += share
    pair, person, colleague = _largest(shares), _largest(theirs), _largest(ours)
    herfindahl = sum((share**2 for share in shares.values()), Fraction(0))
    return Shape(
        pair,
        shares[pair],
        colleague,
        ours[colleague],
        person,
        theirs[person],
        herfindahl,
        sum(map(bool, shares.values())),
    )


Place = TypeVar("Place", int, tuple[int, int])


def _largest(shares: Mapping[Place, Fraction]) -> Place:
    return min(shares, key=lambda name: (-shares[name], name))


def level_gap(person: Person, ours: Iterable[Colleague]) -> int | None:
    """Their level less that of whoever of us is nearest to it; None where either is not known."""
    gaps = [person.level - colleague.level for colleague in ours] if person.level else []
    return min(gaps, key=lambda gap: (abs(gap), gap)) if gaps else None


def seniority_match(
    people: Iterable[Person], colleagues: Iterable[Colleague], pairs: Iterable[Pair]
) -> Fraction | None:
    """The mean difference of level over all pairs: 0 where everybody meets an equal; None without known levels."""
    theirs = {person.id: person.level for person in people if person.level}
    ours = {colleague.id: colleague.level for colleague in colleagues}
    gaps = [
        abs(theirs[pair.person] - ours[pair.colleague])
        for pair in pairs
        if pair.person in theirs and pair.colleague in ours
    ]
    return Fraction(sum(gaps), len(gaps)) if gaps else None


def quiet_since(level: int | None, heard: date | None, known: date, days: Mapping[int | None, int]) -> date:
    """The day from which a contact counts as quiet: so many days after the last word, or, without one, after we came
    to know of them."""
    expected = days.get(level, SHIPPED_DAYS[level if level in SHIPPED_DAYS else None])
    return (heard or known) + timedelta(days=expected + 1)

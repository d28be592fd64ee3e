"""The network drawn: who bears more of the contact stands nearer to the middle, so a bow-tie and a diamond look it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from relationships.contacts.mapping import ContactMap
from relationships.contacts.words import percent

WIDTH, STEP, MARGIN = 920, 42, 52
OUTER, INNER = 270, 395  # of their side; ours is the mirror image
THINNEST, THICKEST = 1.25, 10.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Node:
    id: int
    name: str
    place: str
    x: float
    y: float
    radius: float
    share: Fraction

    @property
    def label_x(self) -> float:
        return self.x - self.radius - 8 if self.x < WIDTH / 2 else self.x + self.radius + 8

    @property
    def name_y(self) -> float:
        return self.y - 1

    @property
    def place_y(self) -> float:
        return self.y + 13

    @property
    def share_words(self) -> str:
        return percent(self.share)


@dataclass(frozen=True)
class Edge:
    path: str
    width: float
    share: Fraction
    title: tuple[str, str]  # of them, of us

    @property
    def share_words(self) -> str:
        return percent(self.share)


@dataclass(frozen=True)
class Network:
    width: int
    height: int
    theirs: list[Node]
    ours: list[Node]
    edges: list[Edge]
    hulls: list[str]  # the outline of each side
    head_x: int = WIDTH - OUTER - 60  # of our side


def network(found: ContactMap) -> Network:
    """All present contacts at the left, those of us who are counterparts or met them at the right."""
    total = sum(found.contact.values(), Fraction(0)) or Fraction(1)
    theirs = shares_of(((person, amount) for (person, _user), amount in found.contact.items()), total)
    ours = shares_of(((user, amount) for (_person, user), amount in found.contact.items()), total)
    height = 2 * MARGIN + STEP * (max(len(found.rows), len(found.colleagues), 2) - 1)
    left = side(
        [(row.contact.pk, row.contact.name, row.contact.title or row.contact.function) for row in found.rows],
        theirs,
        height,
        radii={row.contact.pk: 5 + (row.contact.influence or 0) * 0.7 for row in found.rows},
    )
    right = side(
        [(user.pk, user.name, str(user.get_role_display())) for user in found.colleagues],
        ours,
        height,
        is_mirrored=True,
    )
    edges = edges_of(found, {node.id: node for node in left}, {node.id: node for node in right}, total)
    hulls = [outline(left, OUTER - 40, height), outline(right, WIDTH - OUTER + 40, height)]
    return Network(WIDTH, height, left, right, edges, [hull for hull in hulls if hull])


def shares_of(amounts: Iterable[tuple[int, Fraction]], total: Fraction) -> dict[int, Fraction]:
    found: dict[int, Fraction] = {}
    for name, amount in amounts:
        found[name] = found.get(name, Fraction(0)) + amount / total
    return found


def side(people: Sequence, shares: dict, height: int, radii: dict | None = None, is_mirrored=False) -> list[Node]:
    """From the board down; with no contact at the outer edge, with the most at the inner one."""
    most = max(shares.values(), default=Fraction(0)) or Fraction(1)
    step = min((height - 2 * MARGIN) / max(len(people) - 1, 1), 3 * STEP)
    top = (height - step * (len(people) - 1)) / 2
    found = []
    for place, (id, name, words) in enumerate(people):
        share = shares.get(id, Fraction(0))
        x = OUTER + float(share / most) * (INNER - OUTER)
        x = WIDTH - x if is_mirrored else x
        radius = round((radii or {}).get(id, 8), 1)
        found.append(Node(id, name, words, round(x, 1), round(top + place * step, 1), radius, share))
    return found


def edges_of(found: ContactMap, left: dict[int, Node], right: dict[int, Node], total: Fraction) -> list[Edge]:
    """The thinnest first, so that the thickest lie on top."""
    edges = []
    for (person, user), amount in sorted(found.contact.items(), key=lambda each: each[1]):
        if person in left and user in right:
            start, end, share = left[person], right[user], amount / total
            bend = (end.x - start.x) / 2
            path = f"M{start.x} {start.y}C{start.x + bend:.1f} {start.y} {end.x - bend:.1f} {end.y} {end.x} {end.y}"
            width = round(THINNEST + (THICKEST - THINNEST) * float(share), 2)
            edges.append(Edge(path, width, share, (start.name, end.name)))
    return edges


def outline(nodes: Sequence[Node], outer_x: float, height: int) -> str:
    """The convex hull of one side and of the middle of its outer edge: it points inwards or outwards."""
    points = hull([(node.x, node.y) for node in nodes] + [(outer_x, height / 2)]) if nodes else []
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points) if len(points) > 2 else ""


def hull(points: Iterable[Point]) -> list[Point]:
    """The corners around these points (A. Andrew 1979, monotone chain)."""
    ordered = sorted(set(points))
    return half(ordered)[:-1] + half(ordered[::-1])[:-1]


def half(points: Sequence[Point]) -> list[Point]:
    found: list[Point] = []
    for point in points:
        while len(found) > 1 and turn(found[-2], found[-1], point) <= 0:
            found.pop()
        found.append(point)
    return found


def turn(first: Point, second: Point, third: Point) -> float:
    return (second[0] - first[0]) * (third[1] - first[1]) - (second[1] - first[1]) * (third[0] - first[0])

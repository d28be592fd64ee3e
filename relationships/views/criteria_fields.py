"""A criteria set's lines as the fields of its form, each with what is told beside it, and what its scales would do."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.told import Field, Told, id_of
from relationships.core.criteria import PROFIT_MEASURES, Scale, plain, scale_of
from relationships.core.criteria_form import CriterionLine, Lines, document_of, sum_of_weights
from relationships.effects import Known, Spread, spread_of
from relationships.wording import AXES, BASES, KINDS, MEASURES, amount_of, sum_words, unit_of

NONE: list[Told] = []
PROMINENT = (0, 5, 10)
WIDE, HIGH = 240, 80  # of the drawing of a scale


@dataclass(frozen=True)
class Drawing:
    """A scale as a line: flat before its first and after its last point."""

    line: str
    first: str
    last: str
    words: str


@dataclass(frozen=True)
class Card:
    """A criterion with its fields; `wish` is what its buttons act on."""

    wish: str
    title: str
    fields: list[Field]
    measure: Field
    unit: str
    points: list[dict]
    scale_told: list[Told]
    anchors: list[Field]
    more_anchors: list[Field]
    drawing: Drawing | None
    spread: Spread | None

    @property
    def id(self) -> str:
        return id_of(self.wish)

    @property
    def has_more(self) -> bool:
        return any(field.value or field.told for field in self.more_anchors)


@dataclass(frozen=True)
class Axis:
    """The criteria of one axis and the sum of their weights."""

    name: str
    title: str
    cards: list[Card]
    total: str
    is_full: bool
    told: list[Told]


def titled(line: CriterionLine) -> str:
    return line.name or line.code or _("New criterion")


class Form:
    """Everything the template shows of a set that is edited. `focus` is where the hand is after a button."""

    def __init__(self, lines: Lines, told: Iterable[Told], focus: str = "", known: list[Known] | None = None):
        self.lines, self.focus, self.known = lines, focus, known
        self._told: dict[str, list[Told]] = defaultdict(list)
        for each in told:
            self._told[each.input].append(each)
        everything = [(self._subject(each.input), each) for several in self._told.values() for each in several]
        self.problems = [(subject, each) for subject, each in everything if not each.is_warning]
        self.warnings = [(subject, each) for subject, each in everything if each.is_warning]

    def _subject(self, name: str) -> str:
        """The criterion or axis that an input belongs to, as its heading says it."""
        found = re.match(r"(attractiveness|relationship)(?:\[(\d+)\])?", name)
        if not found:
            return ""
        return titled(self.lines.axis(found[1])[int(found[2])]) if found[2] else str(AXES[found[1]])

    def _field(self, name: str, value: str, label: str, **more) -> Field:
        choices = more.pop("choices", None)
        if choices is not None:
            listed = [(key, str(text)) for key, text in choices.items()]
            more["choices"] = listed if value in choices else [(value, value or _("Choose")), *listed]
        return Field(name, value, str(label), self._told.get(name, NONE), has_focus=name == self.focus, **more)

    @property
    def of_set(self) -> list[Field]:
        lines = self.lines
        return [
            self._field("cut.basis", lines.basis, _("Strength on the axis"), choices=BASES),
            self._field("cut.relationship", lines.cut_relationship, _("Strong from"), is_number=True),
            self._field("cut.attractiveness", lines.cut_attractiveness, _("Attractive from"), is_number=True),
        ]

    @property
    def day_told(self) -> list[Told]:
        return self._told.get("valid_from", NONE)

    @property
    def axes(self) -> list[Axis]:
        return [self._axis(name) for name in AXES]

    def _axis(self, name: str) -> Axis:
        rows = self.lines.axis(name)
        cards = [self._card(f"{name}[{place}]", line, name) for place, line in enumerate(rows)]
        total = sum_of_weights(rows)
        return Axis(name, str(AXES[name]), cards, sum_words(total), total == 100, self._told.get(name, NONE))

    def _card(self, path: str, line: CriterionLine, axis: str) -> Card:
        scale = self._scale(line)
        choices = {
            key: text for key, text in MEASURES.items() if axis == "attractiveness" or key not in PROFIT_MEASURES
        }
        return Card(
            wish=path,
            title=titled(line),
            fields=[
                self._field(f"{path}.name", line.name, _("Name")),
                self._field(f"{path}.code", line.code, _("Code")),
                self._field(f"{path}.weight", line.weight, _("Weight"), is_number=True),
                self._field(f"{path}.kind", line.kind, _("Kind"), choices=KINDS),
            ],
            measure=self._field(f"{path}.measure", line.measure, _("Measure"), choices=choices),
            unit=unit_of(line.measure) if line.measure in MEASURES else "",
            points=[self._point(f"{path}.scale[{place}]", point) for place, point in enumerate(line.scale)],
            scale_told=self._told.get(f"{path}.scale", NONE),
            anchors=self._anchors(path, line, PROMINENT),
            more_anchors=self._anchors(path, line, [score for score in range(11) if score not in PROMINENT]),
            drawing=drawing_of(scale, line.measure) if scale else None,
            spread=spread_of(self.known, line.measure, scale) if scale and self.known else None,
        )

    def _point(self, wish: str, point) -> dict:
        return {
            "wish": wish,
            "value": self._field(f"{wish}.value", point.value, _("Value"), is_number=True),
            "score": self._field(f"{wish}.score", point.score, _("Score"), is_number=True),
        }

    def _anchors(self, path: str, line: CriterionLine, scores) -> list[Field]:
        return [self._field(f"{path}.anchors.{score}", line.anchors.get(score, ""), str(score)) for score in scores]

    def _scale(self, line: CriterionLine) -> Scale | None:
        if line.kind != "measured" or line.measure not in MEASURES:
            return None
        (criterion,) = document_of(Lines(attractiveness=[line]))["attractiveness"]
        return scale_of(criterion["scale"])


def drawing_of(scale: Scale, measure: str) -> Drawing:
    """The line of a scale with a stretch of its flat ends."""
    first, last = scale[0][0], scale[-1][0]
    margin = (last - first) / 8
    start, width = first - margin, last - first + 2 * margin
    places = [(start, scale[0][1]), *scale, (start + width, scale[-1][1])]
    marks = (f"{float((x - start) / width) * WIDE:.1f},{HIGH - float(y) / 10 * HIGH:.1f}" for x, y in places)
    ends = [(amount_of(measure, x), plain(y)) for x, y in (scale[0], scale[-1])]
    words = _("Up to %(from)s the score is %(low)s, from %(to)s on it is %(high)s; along the line in between.") % {
        "from": ends[0][0],
        "low": ends[0][1],
        "to": ends[1][0],
        "high": ends[1][1],
    }
    return Drawing(" ".join(marks), ends[0][0], ends[1][0], words)

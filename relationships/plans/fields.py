"""The fields of a plan as the page shows them: an input for whoever edits, words for whoever reads."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Field, Model
from django.utils.functional import Promise, cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import WholeField
from accounts.permissions import Permission, may
from relationships.models import Action, Objective, Plan
from relationships.plans.measures import MEASURES, MONEY, may_read
from relationships.plans.sections import OBJECTIVE_MONEY, SECTIONS, Section
from relationships.plans.typed import choices_of, shown, text_of, unit_of, words_of

SHORT = 64  # what has more characters may break into lines
AREAS = {"purpose"}  # where Enter makes a new line
MONEY_FIELDS = {
    "worth", "cost", "expected_cost", "actual_cost", "expected_profit", "actual_profit",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Which fields stand in the line of an entry, and which behind “More”; heads other than their names."""

    main: tuple[str, ...]
    more: tuple[str, ...] = ()
    heads: tuple[str | Promise, ...] = ()


LAYOUTS: dict[str, Layout] = {
    "objectives": Layout(
        ("text", "measure", "baseline", "target", "until_on", "owner"),
        ("benchmark", "benchmark_source", "from_on", "baseline_on", "unit", "direction"),
        (_("Objective and measure"), _("Baseline"), _("Target"), _("By, and owner"), _("How it stands")),
    ),
    "actions": Layout(
        ("state", "text", "owner", "customer_owner", "due_on"),
        ("start_on", "objective", "needs"),
    ),
    "needs": Layout(("text", "contact", "is_met"), ("kind",)),
    "value": Layout(("text", "unit", "today", "target", "worth")),
    "swot": Layout(("text",), ("kind",)),
    "competitors": Layout(("text", "wallet_share", "strengths", "weaknesses", "move")),
    "shortcomings": Layout(("text", "consequence", "cost")),
    "investments": Layout(
        ("text", "kind", "expected_cost", "expected_profit", "actual_cost", "actual_profit"), ("from_on", "until_on")
    ),
    "benefits": Layout(("text", "kind", "worth"), ("direction",)),
    "risks": Layout(("text", "answer", "likelihood", "impact", "owner")),
    "links": Layout(("text", "url")),
}


@dataclass(frozen=True)
class Input:
    """One field of one entry. `value` is what the input shows, `was` what it is compared by."""

    name: str
    label: str
    kind: str  # line, text, area, number, day, choice, several, check, url
    id: str
    value: str
    was: str
    words: str
    most: int | None = None
    choices: list[tuple[str, str, bool]] = field(default_factory=list)
    withheld: bool = False
    hint: str = ""


SHARED_LISTS = {"owner": "readers", "contact": "contacts", "customer_owner": "contacts"}


@dataclass
class Reader:
    """Who looks at a plan: what may be typed, what is not shown, and the lists to choose from, each read once."""

    user: object
    plan: Plan
    may_edit: bool
    _lists: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    @cached_property
    def sees_profit(self) -> bool:
        return may(self.user, Permission.SEE_PROFITABILITY)

    def withholds(self, entry: Model, name: str) -> bool:
        """Whether the field rests on money below gross margin that this person does not see."""
        return withheld(self.user, entry, name)

    def offer(self, name: str, rows: Iterable[Model]) -> None:
        """What there is to choose from, where it is read already."""
        self._lists[name] = [(str(row.pk), str(row)) for row in rows]

    def choices(self, entry: Model, name: str) -> list[tuple[str, str]]:
        """Ids and names of the rows to choose from."""
        shared = SHARED_LISTS.get(name, name)
        if shared not in self._lists:
            self.offer(shared, choices_of(self.plan, type(entry)(), name))
        return [each for each in self._lists[shared] if name != "needs" or each[0] != str(entry.pk)]


def withheld(user, entry: Model, name: str) -> bool:
    """Whether this person may not read that field: money of investments, and what rests on profit."""
    if isinstance(entry, Objective):
        return name in OBJECTIVE_MONEY and not may_read(user, entry.measure)
    if isinstance(entry, Action) and name == "objective":
        return entry.objective is not None and not may_read(user, entry.objective.measure)
    sections = (section for section in SECTIONS.values() if isinstance(entry, section.model))
    return any(name in section.money for section in sections) and not may(user, Permission.SEE_PROFITABILITY)


def inputs(reader: Reader, section: Section, entry: Model, names: tuple[str, ...]) -> list[Input]:
    return [input_of(reader, section, entry, name) for name in names]


def input_of(reader: Reader, section: Section, entry: Model, name: str) -> Input:
    """The field as this person gets it."""
    column = section.field(name)
    kind, label = kind_of(column, name), str(capfirst(column.verbose_name))
    id = f"{section.code}-{entry.pk or 'new'}-{name}"
    if reader.withholds(entry, name):
        return Input(name, label, kind, id, "", "", "", withheld=True)
    was = text_of(entry, name)
    chosen = options(reader, entry, column, name, was) if reader.may_edit and kind in {"choice", "several"} else []
    words = said(chosen) if chosen else spoken(entry, name, was)
    most = getattr(column, "max_length", None)
    return Input(name, label, kind, id, shown(entry, name, was), was, words, most, chosen, hint=hint_of(entry, name))


def said(chosen: list[tuple[str, str, bool]]) -> str:
    return ", ".join(words for value, words, is_chosen in chosen if is_chosen and value)


def spoken(entry: Model, name: str, was: str) -> str:
    """What a reader sees: numbers as inputs show them, everything else in words."""
    column = entry._meta.get_field(name)
    if column.many_to_many:
        return ", ".join(map(str, getattr(entry, name).all()))
    if column.is_relation:
        return str(getattr(entry, name) or "")
    return shown(entry, name, was) if isinstance(column, WholeField) else words_of(entry, name, was)


def kind_of(column: Field, name: str) -> str:
    simple = {"DateField": "day", "BooleanField": "check", "URLField": "url"}.get(type(column).__name__)
    if simple:
        return simple
    if column.many_to_many:
        return "several"
    if column.is_relation or column.choices or name == "measure" or name in {"likelihood", "impact"}:
        return "choice"
    if isinstance(column, WholeField):
        return "number"
    if name in AREAS:
        return "area"
    return "text" if (column.max_length or SHORT + 1) > SHORT else "line"


def options(reader: Reader, entry: Model, column: Field, name: str, was: str) -> list[tuple[str, str, bool]]:
    """Values, words, and whether it is chosen; the empty one first where nothing may be chosen."""
    listed = listed_options(reader, entry, column, name)
    ids = set(was.split(",")) if column.many_to_many else {was}
    if was and not column.many_to_many and was not in {value for value, _words in listed}:
        listed = [*listed, (was, words_of(entry, name, was))]  # one that could not be chosen any more
    first = [("", str(NOBODY.get(name, "–")))] if column.null or name == "measure" else []
    return [(value, words, value in ids) for value, words in [*first, *listed]]


NOBODY = {
    "measure": _("own measure"),
    "owner": _("nobody"),
    "customer_owner": _("nobody there"),
    "contact": _("nobody"),
}


def listed_options(reader: Reader, entry: Model, column: Field, name: str) -> list[tuple[str, str]]:
    if column.is_relation:
        return reader.choices(entry, name)
    if name == "measure":
        return [(code, str(row.label)) for code, row in MEASURES.items() if may_read(reader.user, code)]
    if name in {"likelihood", "impact"}:
        return [(str(number), str(number)) for number in range(1, 6)]
    return [(str(value), str(words)) for value, words in column.flatchoices]


def hint_of(entry: Model, name: str) -> str:
    """The unit that the input does not show itself."""
    if isinstance(entry, Objective) and name in OBJECTIVE_MONEY:
        if entry.measure in MEASURES:
            return settings.CURRENCY if unit_of(entry, name) == MONEY else ""
        return entry.unit
    if name in {"today", "target"}:
        return getattr(entry, "unit", "")
    return settings.CURRENCY if name in MONEY_FIELDS else ""

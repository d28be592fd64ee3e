"""A cost model's lines as the fields of its form, each with what is told beside it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.told import Field, Told, id_of
from profitability.core.cost_model import spoken
from profitability.core.model_form import ActivityLine, Entry, Lines, PoolLine
from profitability.differences import LEVELS, METHODS, PHASES
from profitability.wording import KINDS

BASES = {"time": gettext_lazy("By time (minutes)"), "shares": gettext_lazy("By shares of pools")}
NONE: list[Told] = []


@dataclass(frozen=True)
class Group:
    """Lines of a name and a number: whom a pool serves, what an activity takes."""

    name: str
    title: str
    add: str
    told: list[Told]
    lines: list[dict]

    @property
    def id(self) -> str:
        return id_of(self.name)


@dataclass(frozen=True)
class Card:
    """A pool or an activity with its fields; `wish` is what its buttons act on."""

    wish: str
    title: str
    fields: list[Field]
    groups: dict[str, Group]
    driver: Field | None = None
    pool: Field | None = None

    @property
    def id(self) -> str:
        return id_of(self.wish)


def titled(line: PoolLine | ActivityLine) -> str:
    """What a pool or an activity is called, however little of it is filled in."""
    unnamed = _("New pool") if isinstance(line, PoolLine) else _("New activity")
    return line.name or (spoken(line.code) if line.code else unnamed)


class Form:
    """Everything the template shows of a model that is edited. `focus` is where the hand is after a button."""

    def __init__(self, lines: Lines, told: Iterable[Told], focus: str = ""):
        self.lines, self.focus = lines, focus
        self._told: dict[str, list[Told]] = defaultdict(list)
        for each in told:
            self._told[each.input].append(each)
        everything = [(self._subject(each.input), each) for several in self._told.values() for each in several]
        self.problems = [(subject, each) for subject, each in everything if not each.is_warning]
        self.warnings = [(subject, each) for subject, each in everything if each.is_warning]

    def _subject(self, name: str) -> str:
        """The pool or activity that an input belongs to, as its heading says it."""
        found = re.match(r"(pools|activities)\[(\d+)\]", name)
        return titled(getattr(self.lines, found[1])[int(found[2])]) if found else ""

    def _field(self, name: str, value: str, label: str, **more) -> Field:
        choices = more.pop("choices", None)
        if choices is not None:
            listed = [(key, str(text)) for key, text in choices.items()]
            more["choices"] = listed if value in choices else [(value, value or _("Choose")), *listed]
        return Field(name, value, str(label), self._told.get(name, NONE), has_focus=name == self.focus, **more)

    @property
    def of_model(self) -> list[Field]:
        return [
            self._field("currency", self.lines.currency, _("Currency")),
            self._field("support_method", self.lines.support_method, _("Support pools charge"), choices=METHODS),
        ]

    @property
    def order(self) -> dict:
        lines = [
            {"wish": f"order[{place}]", "name": self._field(f"order[{place}]", code, _("Pool"), list_id="pool-codes")}
            for place, code in enumerate(self.lines.order)
        ]
        return {"lines": lines, "told": self._told.get("order", NONE)}

    @property
    def pools(self) -> list[Card]:
        return [self._pool(f"pools[{place}]", pool) for place, pool in enumerate(self.lines.pools)]

    @property
    def activities(self) -> list[Card]:
        return [self._activity(f"activities[{place}]", line) for place, line in enumerate(self.lines.activities)]

    @property
    def pool_codes(self) -> list[tuple[str, str]]:
        return [(pool.code, pool.name or spoken(pool.code)) for pool in self.lines.pools if pool.code]

    def _pool(self, path: str, pool: PoolLine) -> Card:
        serves = self._group(f"{path}.serves", _("Serves"), _("Add a pool it serves"), pool.serves, _("Share"))
        return Card(
            wish=path,
            title=titled(pool),
            fields=[
                self._field(f"{path}.code", pool.code, _("Code")),
                self._field(f"{path}.name", pool.name, _("Name")),
                self._field(f"{path}.kind", pool.kind, _("Kind"), choices=KINDS),
            ],
            groups={"serves": serves},
        )

    def _activity(self, path: str, line: ActivityLine) -> Card:
        minutes = self._group(f"{path}.minutes", _("Takes"), _("Add a measure"), line.minutes, _("Minutes"))
        shares = self._group(f"{path}.shares", _("Takes"), _("Add a pool"), line.shares, _("Share"))
        return Card(
            wish=path,
            title=titled(line),
            fields=[
                self._field(f"{path}.code", line.code, _("Code")),
                self._field(f"{path}.name", line.name, _("Name")),
                self._field(f"{path}.phase", line.phase, _("Phase"), choices=PHASES),
                self._field(f"{path}.level", line.level, _("Level"), choices=LEVELS),
                self._field(f"{path}.basis", line.basis, _("Consumes"), choices=BASES),
            ],
            groups={"minutes": minutes, "shares": shares},
            driver=self._field(f"{path}.driver", line.driver, _("Spread by"), list_id="measures"),
            pool=self._field(f"{path}.pool", line.pool, _("Pool"), list_id="pool-codes"),
        )

    def _group(self, name: str, title: str, add: str, entries: list[Entry], number: str) -> Group:
        of_measures = name.endswith(".minutes")
        first = _("Per unit of") if of_measures else _("Pool")
        list_id = "measures" if of_measures else "pool-codes"
        lines = [
            {
                "wish": f"{name}[{place}]",
                "name": self._field(f"{name}[{place}].name", entry.name, first, list_id=list_id),
                "number": self._field(f"{name}[{place}].number", entry.number, number, is_number=True),
            }
            for place, entry in enumerate(entries)
        ]
        return Group(name, title, add, self._told.get(name, NONE), lines)

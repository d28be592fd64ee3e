"""A plan as a document that reads without the database, and what a reader may see of it.

{"format", "frozen_on", "account": {…}, "run": {"id", "window", "as_of"} or null,
 "figures": [cell…], "sections": [{"code", "label", "entries": [{"id", "name", "group", "cells": [cell…]}]}]}

A cell is {"field", "label", "text"}, with `needs` where not every reader of the plan may see it (`account`: whoever
sees the account, `profit`: whoever sees money below gross margin), and `figure` where a run says it, not the plan.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Field, Model
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from accounts.models import Account, ShareField
from accounts.numbers import plain
from accounts.permissions import Permission, may
from profitability.models import Run
from relationships.models import Objective, Plan, Position, Stage
from relationships.plans import measures
from relationships.plans.measures import MEASURES, MONEY, SHARE, STAGE
from relationships.plans.sections import OBJECTIVE_MONEY, SECTIONS, Section, rows_of
from relationships.plans.typed import stage_words
from relationships.queries import rests_on_profit

FORMAT = 1
ACCOUNT, PROFIT = "account", "profit"
MINUS = "−"
SHOWN = (
    "net_revenue", "growth", "share_of_wallet", "gross_margin", "cost_to_serve", "cost_to_serve_share", "contribution",
    "contribution_margin", "orders", "breadth",
)  # fmt: skip
ORDERS = "orders"
OF_SALES = {"net_revenue", "growth", "share_of_wallet", "gross_margin", "breadth"}  # nothing without an order
Document = dict[str, Any]
Cell = dict[str, Any]


def document(plan: Plan, run: Run | None, today: date, rows: Mapping[str, list] | None = None) -> Document:
    """Everything the plan says, and what the run says of its account. As many queries for a long plan as for a short
    one; `rows`: the entries by section, where they are read already."""
    known = measures.values([plan.account_id], run).get(plan.account_id, {})
    position = Position.objects.in_run(run).filter(account=plan.account_id).first() if run else None
    rows = rows or {code: list(rows_of(section, plan)) for code, section in SECTIONS.items()}
    figures = Figures(plan, run, known, position, rows["objectives"], today)
    return {
        "format": FORMAT,
        "frozen_on": today.isoformat(),
        "account": _head(plan.account),
        "run": _run(run),
        "figures": [*figures.cells()],
        "sections": [_section(section, rows[code], figures) for code, section in SECTIONS.items()],
    }


def _head(account: Account) -> dict[str, str]:
    named = {"team": account.team, "manager": account.manager, "sponsor": account.sponsor}
    return {"code": account.code, "name": account.name} | {name: str(row or "") for name, row in named.items()}


def _run(run: Run | None) -> Document | None:
    if run is None:
        return None
    return {"id": run.pk, "window": run.window_label, "as_of": run.as_of.isoformat() if run.as_of else ""}


class Figures:
    """What the run says of the account, and of each objective of its plan."""

    def __init__(
        self,
        plan: Plan,
        run: Run | None,
        known: dict[str, Decimal],
        position: Position | None,
        objectives: list[Objective],
        today: date,
    ):
        self.run, self.known, self.position = run, known, position
        for row in objectives:
            row.plan = plan
        self.standings = measures.standings(objectives, {plan.account_id: known}, today)

    def cells(self) -> Iterator[Cell]:
        """The account at a glance, in the order of a P&L, then its position."""
        known = self.known if self.run is None else {ORDERS: Decimal(0)} | self.known
        for code in SHOWN:
            if code in known:
                yield self.cell(code, MEASURES[code].label, number(known[code], MEASURES[code].unit), [code])
        if self.position is not None:
            yield from self._position(self.position)

    def _position(self, position: Position) -> Iterator[Cell]:
        if position.box:
            yield self.cell("box", _("Box"), position.get_box_display(), [])
        if position.relationship_strength is not None:
            code = "relationship_strength"
            yield self.cell(code, MEASURES[code].label, number(position.relationship_strength, "score"), [code])
        if position.stage:
            yield self.cell("stage", MEASURES["stage"].label, Stage(position.stage).label, [])

    def cell(self, field: str, label, text, codes: Iterable[str]) -> Cell:
        tells_profit = any(self.tells_profit(code) for code in codes)
        found = {"field": field, "label": str(label), "text": str(text), "figure": True, "needs": [ACCOUNT]}
        return found | ({"needs": [ACCOUNT, PROFIT]} if tells_profit else {})

    def tells_profit(self, code: str) -> bool:
        if code == "relationship_strength" and self.position is not None:
            return rests_on_profit(self.position, "relationship")
        return of_profit(code)

    def of_objective(self, objective: Objective) -> Iterator[Cell]:
        """Where it stands: by the run, or by the last reading."""
        value, progress = self.standings[objective.pk]
        codes = [objective.measure] if objective.measure else []
        if value is not None:
            yield self._said(objective, "now", _("Now"), number(value, unit_of(objective)), codes)
        yield self._said(objective, "progress", _("Progress"), measures.STATES[progress.state], codes)

    def _said(self, objective: Objective, field: str, label: str, text, codes: list[str]) -> Cell:
        cell = self.cell(field, label, text, codes)
        return cell if objective.measure else cell | {"needs": []}


def of_profit(code: str) -> bool:
    return code in MEASURES and MEASURES[code].permission == Permission.SEE_PROFITABILITY


# Sections


def _section(section: Section, rows: list[Model], figures: Figures) -> Document:
    entries = [_entry(section, row, figures) for row in rows]
    return {"code": section.code, "label": str(section.label), "entries": entries}


def _entry(section: Section, row: Model, figures: Figures) -> Document:
    cells = [cell for name in section.fields if (cell := _cell(section, row, name)) and name != "text"]
    if isinstance(row, Objective):
        cells += figures.of_objective(row)
    group = spoken(row, section.field(section.group)) if section.group else ""
    return {"id": row.pk, "name": getattr(row, "text", ""), "group": group, "cells": cells}


def _cell(section: Section, row: Model, name: str) -> Cell | None:
    """One field; nothing where it is empty."""
    field = section.field(name)
    text = spoken(row, field)
    if not text:
        return None
    found: Cell = {"field": name, "label": label_of(field), "text": text}
    needs = _needs(section, row, name)
    return found | ({"needs": needs} if needs else {})


def _needs(section: Section, row: Model, name: str) -> list[str]:
    """A baseline is what a run said of the account; some amounts are money below gross margin."""
    measure = row.measure if isinstance(row, Objective) and name in OBJECTIVE_MONEY else ""
    needs = [ACCOUNT] if measure and name == "baseline" else []
    return needs + ([PROFIT] if of_profit(measure) or name in section.money else [])


def label_of(field: Field) -> str:
    name = str(field.verbose_name)
    return name[:1].upper() + name[1:]


def spoken(row: Model, field: Field) -> str:
    """A field as people read it."""
    if field.many_to_many:
        return ", ".join(sorted(str(each) for each in getattr(row, field.name).all()))
    value = getattr(row, field.name)
    if value is None or value == "":
        return ""
    if field.name == "measure":
        return str(MEASURES[value].label) if value in MEASURES else value
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else ""
    if isinstance(value, date):
        return date_format(value, "j M Y")
    return number(value, _unit(row, field)) if isinstance(value, Decimal) else str(value)


def _unit(row: Model, field: Field) -> str:
    if isinstance(row, Objective):
        return unit_of(row)
    if isinstance(field, ShareField):
        return SHARE
    return MONEY if field.name in MONEY_FIELDS else ""


MONEY_FIELDS = {"worth", "cost", "expected_cost", "actual_cost", "expected_profit", "actual_profit"}


def unit_of(objective: Objective) -> str:
    return MEASURES[objective.measure].unit if objective.measure in MEASURES else ""


def number(value: Decimal, unit: str) -> str:
    """Money in the reporting currency, a share as a percentage, a stage by its name, else with the decimals it has."""
    if unit == STAGE:
        return stage_words(value)
    if unit == MONEY:
        return f"{_grouped(value, settings.CURRENCY_DIGITS)} {settings.CURRENCY}"
    if unit == SHARE:
        return f"{_grouped(value * 100, 1)} %"
    text = plain(round(value, 1) if unit == "score" else value)
    return _grouped(value, len(text.partition(".")[2]))


def _grouped(value: Decimal, decimals: int) -> str:
    return number_format(round(value, decimals), decimals, force_grouping=True).replace("-", MINUS)


# Reading


def readable(found: Document, user, account: Account, is_seen: bool | None = None) -> Document:
    """The document without what this person may not see; `is_seen`: the account, where that is known already.

    An objective that rests on profit is left out whole, and so is its name at the actions for it; its section tells how
    many there are.
    """
    held = {PROFIT} if may(user, Permission.SEE_PROFITABILITY) else set()
    if is_seen is None:
        is_seen = Account.objects.visible_to(user).filter(pk=account.pk).exists()
    held |= {ACCOUNT} if is_seen else set()

    hidden = set() if PROFIT in held else {entry["id"] for entry in _of_profit(found)}
    names = {entry["name"] for entry in _of_profit(found)} if hidden else set()

    def kept(code: str, cells: list[Cell]) -> list[Cell]:
        return [cell for cell in cells if held.issuperset(_needs_of(code, cell)) and not is_name(cell)]

    def is_name(cell: Cell) -> bool:
        return cell["field"] == "objective" and cell["text"] in names

    def section_of(section: Document) -> Document:
        gone = hidden if section["code"] == "objectives" else set()
        open_ones = (entry for entry in section["entries"] if entry["id"] not in gone)
        entries = [entry | {"cells": kept(section["code"], entry["cells"])} for entry in open_ones]
        return section | {"entries": entries} | ({"withheld": len(gone)} if gone else {})

    sections = [section_of(each) for each in found["sections"]]
    return found | {"figures": _known(kept("", found["figures"])), "sections": sections}


def _known(figures: list[Cell]) -> list[Cell]:
    """Of an account without an order in the window nothing is known of its sales: that is said instead of zeros."""
    if not any(cell["field"] == ORDERS and cell["text"] == "0" for cell in figures):
        return figures
    said = {"text": _("none in this run’s window")}
    return [cell | said if cell["field"] == ORDERS else cell for cell in figures if cell["field"] not in OF_SALES]


def _needs_of(code: str, cell: Cell) -> set[str]:
    """What a reader of the cell must hold: what was asked when it was frozen, and what is asked of its field now."""
    is_money = code in SECTIONS and cell["field"] in SECTIONS[code].money
    return {*cell.get("needs", ())} | ({PROFIT} if is_money else set())


def _of_profit(found: Document) -> list[Document]:
    """The objectives whose standing is for those alone who see profit."""
    sections = (section for section in found["sections"] if section["code"] == "objectives")
    entries = (entry for section in sections for entry in section["entries"])
    return [entry for entry in entries if any(PROFIT in cell.get("needs", ()) for cell in entry["cells"])]


def said(found: Document) -> list[Document]:
    """What people wrote: the sections without what runs say."""
    return [
        {"code": section["code"], "entries": [_written(entry) for entry in section["entries"]]}
        for section in found["sections"]
    ]


def _written(entry: Document) -> Document:
    return entry | {"cells": [cell for cell in entry["cells"] if not cell.get("figure")]}


def is_empty(found: Document) -> bool:
    """Whether nobody has written anything but the frame."""
    frame = {"visibility", "from_on", "until_on", "people"}
    written = (cell["field"] for section in said(found) for entry in section["entries"] for cell in entry["cells"])
    lines = any(entry["name"] for section in found["sections"] for entry in section["entries"])
    return not lines and all(field in frame for field in written)

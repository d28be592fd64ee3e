"""Pages of what stands in the plan: objectives, actions, people, needs, competitors, investments, risks, contracts."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relationships.agreements.standing import agreed
from relationships.core.plan import return_on
from relationships.models import (
    Action,
    Benefit,
    Competitor,
    Contact,
    Contract,
    Investment,
    Need,
    Risk,
    Shortcoming,
    SwotPoint,
    ValueMetric,
)
from relationships.packs.blocks import DAY, MONEY, NUMBER, SHARE, Cell, Column, Lane, Page, Span, Table, Timeline, Words
from relationships.packs.reader import Asked
from relationships.packs.written import kind_of


def of_plan(model, asked: Asked):
    return model.objects.filter(plan=asked.plan).order_by("place", "pk")


def pages(asked: Asked) -> Iterator[Page]:
    yield Page("objectives", _("Objectives"), [objectives(asked), *not_told(asked)])
    yield Page("actions", _("Joint actions"), [actions(asked)])
    yield Page("timeline", _("Timeline"), [timeline(asked)])
    yield from (page for page in (contacts(asked), needs(asked), rivals(asked), investments(asked)) if page)
    yield from (page for page in (risks(asked), contracts(asked)) if page)


def measured(value: Decimal | None, unit: str) -> Cell | None:
    """A value in the unit of its measure."""
    own = "" if kind_of(unit) != NUMBER or unit in {"count", "stage"} else unit
    return None if value is None else Cell(value, kind_of(unit), own)


def not_told(asked: Asked) -> list[Words]:
    """How many objectives are withheld from this person."""
    count = asked.withheld
    words = ngettext("%(count)d objective you may not see", "%(count)d objectives you may not see", count)
    return [Words("", [words % {"count": count}])] if count else []


def objectives(asked: Asked) -> Table:
    rows = [
        [each.text, measured(each.baseline, each.unit), measured(each.value, each.unit),
         measured(each.target, each.unit), each.until_on, str(each.label)]
        for each in asked.objectives
    ]  # fmt: skip
    columns = [
        Column(_("Objective"), weight=6), Column(_("Baseline"), NUMBER), Column(_("Now"), NUMBER),
        Column(_("Target"), NUMBER), Column(_("By"), DAY), Column(_("Standing")),
    ]  # fmt: skip
    return Table("", columns, rows, "" if asked.withheld else _("No objective is stated yet."))


def actions_of(asked: Asked) -> list[Action]:
    rows = Action.objects.visible_to(asked.user).filter(plan=asked.plan).exclude(state=Action.State.DROPPED)
    return list(rows.select_related("owner", "customer_owner").order_by("due_on", "pk"))


def actions(asked: Asked) -> Table:
    rows = [
        [each.text, named(each.owner), named(each.customer_owner), each.due_on, state_of(each, asked.today)]
        for each in actions_of(asked)
    ]
    columns = [
        Column(_("Action"), weight=6), Column(_("Of us")), Column(_("Of the customer")), Column(_("Due"), DAY),
        Column(_("State")),
    ]  # fmt: skip
    return Table("", columns, rows, _("No action is agreed on."))


def named(person) -> str:
    return str(person) if person else ""


def state_of(action: Action, today: date) -> str:
    if action.state in Action.OPEN and action.due_on and action.due_on < today:
        return _("Overdue")
    return action.get_state_display()


def timeline(asked: Asked) -> Timeline:
    """Objectives, actions and investments over the plan's years."""
    lanes = [Lane(_("Objectives"), list(objective_spans(asked))), Lane(_("Actions"), list(action_spans(asked)))]
    if asked.sees_profit:
        lanes.append(Lane(_("Investments"), list(investment_spans(asked))))
    plan = asked.plan
    return Timeline(_("Timeline"), plan.from_on, plan.until_on, asked.today, [lane for lane in lanes if lane.spans])


def objective_spans(asked: Asked) -> Iterator[Span]:
    for each in asked.objectives:
        if each.until_on:
            state = {"reached": "done", "missed": "late", "behind": "late", "moved_away": "late"}.get(each.state, "")
            yield Span(each.text, max(asked.plan.from_on, date.min), each.until_on, state)


def action_spans(asked: Asked) -> Iterator[Span]:
    for each in actions_of(asked):
        if each.due_on:
            state = "done" if each.state == Action.State.DONE else "late" if each.due_on < asked.today else ""
            yield Span(each.text, each.start_on or each.due_on, each.due_on, state)


def investment_spans(asked: Asked) -> Iterator[Span]:
    for each in of_plan(Investment, asked):
        if each.from_on and each.until_on:
            yield Span(each.text, each.from_on, each.until_on)


def contacts(asked: Asked) -> Page | None:
    rows = Contact.objects.visible_to(asked.user).present().filter(account=asked.plan.account_id)
    listed = sorted(rows.prefetch_related("counterparts__user"), key=lambda row: (-(row.level or 0), row.name))
    columns = [
        Column(_("Name"), weight=3), Column(_("Title"), weight=3), Column(_("Level")), Column(_("Buying role")),
        Column(_("Support"), NUMBER, 1), Column(_("Influence"), NUMBER, 1), Column(_("Our counterpart"), weight=3),
    ]  # fmt: skip
    cells = [
        [row.name, row.title, row.get_level_display() or "", row.get_buying_role_display(), row.support, row.influence,
         ours(row)]
        for row in listed
    ]  # fmt: skip
    return Page("contacts", _("Who is who"), [Table("", columns, cells)]) if cells else None


def ours(contact: Contact) -> str:
    return ", ".join(dict.fromkeys(str(pair.user) for pair in contact.counterparts.all()))


def needs(asked: Asked) -> Page | None:
    known = [
        [row.text, row.get_kind_display(), named(row.contact), _("yes") if row.is_met else _("no")]
        for row in of_plan(Need, asked).select_related("contact")
    ]
    counted = [
        [row.text, Cell(row.today, NUMBER, row.unit), Cell(row.target, NUMBER, row.unit), row.worth]
        for row in of_plan(ValueMetric, asked)
    ]
    lacking = [[row.text, row.consequence, row.cost] for row in of_plan(Shortcoming, asked)]
    blocks = [
        Table(
            _("Needs"),
            [Column(_("Need"), weight=6), Column(_("Kind")), Column(_("Whose")), Column(_("Met"), weight=1)],
            known,
        ),
        Table(
            _("What the customer counts"),
            [
                Column(_("Metric"), weight=6),
                Column(_("Today"), NUMBER),
                Column(_("Target"), NUMBER),
                Column(_("Worth a year"), MONEY),
            ],
            counted,
        ),
        Table(
            _("Deficiencies of today’s solution"),
            [
                Column(_("Deficiency"), weight=5),
                Column(_("What it leads to"), weight=5),
                Column(_("Cost a year"), MONEY),
            ],
            lacking,
        ),
    ]
    return filled("needs", _("What they need"), blocks)


def filled(code: str, title: str, tables: list[Table]) -> Page | None:
    """A page of those tables that have rows."""
    kept = [table for table in tables if table.rows]
    return Page(code, title, kept) if kept else None


def rivals(asked: Asked) -> Page | None:
    points = [[row.get_kind_display(), row.text] for row in of_plan(SwotPoint, asked)]
    order = [str(kind.label) for kind in SwotPoint.Kind]
    points.sort(key=lambda row: order.index(row[0]))
    rows = [[row.text, row.strengths, row.weaknesses, row.wallet_share, row.move] for row in of_plan(Competitor, asked)]
    return filled(
        "rivals",
        _("Strengths, weaknesses and competitors"),
        [
            Table(_("Ours at this customer"), [Column(_("Kind")), Column(_("Point"), weight=8)], points),
            Table(
                _("Competitors"),
                [
                    Column(_("Competitor")), Column(_("Better than us in"), weight=3),
                    Column(_("Worse than us in"), weight=3), Column(_("Share of wallet"), SHARE, 1),
                    Column(_("Expected next move"), weight=3),
                ],
                rows,
            ),
        ],
    )  # fmt: skip


def investments(asked: Asked) -> Page | None:
    """What we put in and what came of it; its money only for those who see profit."""
    tables = [invested(asked), exchanged(asked)] if asked.sees_profit else [exchanged(asked)]
    return filled("investments", _("Investments and benefits"), tables)


def exchanged(asked: Asked) -> Table:
    columns = [Column(_("Direction")), Column(_("Kind")), Column(_("Benefit"), weight=6)]
    rows = [[row.get_direction_display(), row.get_kind_display(), row.text] for row in of_plan(Benefit, asked)]
    if asked.sees_profit:
        columns.append(Column(_("Worth a year"), MONEY))
        worths = of_plan(Benefit, asked).values_list("worth", flat=True)
        rows = [[*row, worth] for row, worth in zip(rows, worths, strict=True)]
    return Table(_("Benefits given and received"), columns, rows)


def invested(asked: Asked) -> Table:
    rows = [
        [row.text, row.get_kind_display(), row.expected_cost, row.actual_cost, row.expected_profit, row.actual_profit,
         returned(row.expected_profit, row.expected_cost), returned(row.actual_profit, row.actual_cost)]
        for row in of_plan(Investment, asked)
    ]  # fmt: skip
    columns = [
        Column(_("Investment"), weight=5), Column(_("Kind")), Column(_("Cost expected"), MONEY),
        Column(_("so far"), MONEY), Column(_("Profit expected"), MONEY), Column(_("so far"), MONEY),
        Column(_("ROI expected"), SHARE), Column(_("so far"), SHARE),
    ]  # fmt: skip
    return Table(_("Investments"), columns, rows)


def returned(profit: Decimal | None, cost: Decimal | None) -> Decimal | None:
    found = return_on(profit, cost)
    return None if found is None else Decimal(found.numerator) / Decimal(found.denominator)


def risks(asked: Asked) -> Page | None:
    rows = [
        [row.text, row.likelihood, row.impact, row.answer, named(row.owner)]
        for row in of_plan(Risk, asked).select_related("owner")
    ]
    columns = [
        Column(_("Risk"), weight=5), Column(_("Likelihood"), NUMBER, 1), Column(_("Impact"), NUMBER, 1),
        Column(_("What we do about it"), weight=5), Column(_("Owner")),
    ]  # fmt: skip
    return filled("risks", _("Risks"), [Table("", columns, rows)])


def contracts(asked: Asked) -> Page | None:
    rows = []
    for row in Contract.objects.visible_to(asked.user).filter(account=asked.plan.account_id).order_by("from_on", "pk"):
        found = agreed(row, asked.today)
        until = found.running.until_on if found.running else row.ended_on or row.until_on
        rows.append([row.name, row.get_kind_display(), row.from_on, until, found.notice_by, row.reference])
    columns = [
        Column(_("Contract"), weight=4), Column(_("Kind"), weight=3), Column(_("From"), DAY), Column(_("Until"), DAY),
        Column(_("Notice by"), DAY), Column(_("Our reference")),
    ]  # fmt: skip
    return filled("contracts", _("Contracts"), [Table("", columns, rows)])

"""Statements as files, each with its period, run and filters in its name: groups of accounts, and the statement itself
in its columns. What is taken away has a minus sign in each of them, as on the page."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.conf import settings
from django.http import FileResponse, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.downloads import download
from kam_portal.statements import COST_TO_SERVE, Asked, Line, Shown, as_shown, lines, statement_steps
from kam_portal.views.account_page import PHASES, steps_of
from profitability.pnl.statements import SALES

TAKEN_AWAY = {name for name, _label, kind in steps_of(True) if kind == "minus"} | {"cost_to_serve"}
LABELS = {name: label for name, label, _kind in steps_of(True)} | {COST_TO_SERVE[0]: COST_TO_SERVE[1]}
SHARE_DECIMALS = 6
BY = {
    "account": gettext_lazy("Account"),
    "parent": gettext_lazy("Parent"),
    "segment": gettext_lazy("Segment"),
    "country": gettext_lazy("Country"),
    "team": gettext_lazy("Team"),
    "category": gettext_lazy("Product category"),
}


def period_of(found: Asked) -> str:
    """The period as a file's name tells it."""
    return found.period.key or f"{found.period.first}-{found.period.last}"


def statement_file(query: QueryDict, found: Asked, statement: Shown, profit: bool, said: Iterable) -> FileResponse:
    rows = [(_("Profit and loss"), line) for line in lines(statement, statement_steps(profit))]
    return download(query["format"], "pnl-statement", line_columns(found, statement), rows, found.run, said)


def groups_file(
    query: QueryDict, found: Asked, by: str, groups: Iterable, total: Shown, profit: bool, said: Iterable
) -> FileResponse:
    """The groups, and what they sum to in the last row."""
    before = total.before.amounts if total.before else {}
    rows = with_total(groups, total.total.amounts, before)
    return download(query["format"], f"pnl-{by}", group_columns(found, by, profit), rows, found.run, said)


def with_total(groups: Iterable, amounts: dict, before: dict) -> Iterator[tuple[str, str, dict, dict]]:
    """Code, name, amounts, and those of the period before."""
    yield from ((group.code, group.name, group.amounts, group.before) for group in groups)
    yield "", _("All accounts in view"), amounts, before


def group_columns(found: Asked, by: str, profit: bool) -> dict:
    """Heads of the file and how each cell is found."""
    names = dict.fromkeys(SALES) | (dict.fromkeys((*PHASES, "cost_to_serve", "contribution")) if profit else {})
    amounts = {str(LABELS[name]): (lambda row, name=name: amount_of(row[2], name)) for name in names}
    was = ("net_revenue", "gross_margin", *(("contribution",) if profit else ()))
    before = {_("%(line)s before") % {"line": LABELS[name]}: (lambda row, name=name: row[3].get(name)) for name in was}
    code = {} if by in {"segment", "country", "category"} else {_("Code"): lambda row: row[0]}
    return (
        code
        | {str(BY[by]): lambda row: row[1]}
        | amounts
        | before
        | {_("Period before from"): lambda _row: found.origin, _("Currency"): lambda _row: settings.CURRENCY}
    )


def amount_of(amounts: dict[str, Decimal], name: str) -> Decimal | None:
    amount = amounts.get(name)
    return None if amount is None else as_shown(-1 if name in TAKEN_AWAY else 1, amount)


def line_columns(found: Asked, statement: Shown) -> dict:
    """Heads of the file of lines; a row is a reading and a line of it."""

    def of(read):
        return lambda row: read(row[1])

    def cell(place: int):
        return of(lambda line: None if found.is_before_ledger(line.cells[place][0]) else line.cells[place][1])

    parts = {period.label: cell(place) for place, (period, _statement) in enumerate(statement.columns)}
    rest = {
        _("Total"): of(lambda line: line.total),
        _("Of net revenue"): of(lambda line: rounded(line.part)),
        _("Period before"): of(lambda line: line.before),
        _("Change"): of(lambda line: line.change),
        _("Growth"): of(lambda line: rounded(line.growth)),
        _("Points of net revenue"): of(points),
        _("Period"): lambda _row: found.period.label,
        _("Period before from"): lambda _row: found.origin,
        _("Currency"): lambda _row: settings.CURRENCY,
    }
    return {_("Reading"): lambda row: row[0], _("Line"): of(lambda line: line.label)} | parts | rest


def rounded(part: Decimal | None) -> Decimal | None:
    return part and round(part, SHARE_DECIMALS)


def points(line: Line) -> Decimal | None:
    return line.points and round(line.points * 100, SHARE_DECIMALS - 2)

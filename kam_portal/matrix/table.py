"""The table twin of the matrix, and its file: how firm each box is, and the last change with its cause."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from kam_portal.causes import short, what, why
from kam_portal.matrix.history import last_changes
from profitability.models import Result
from relationships.models import Box, Firmness, Position, PositionChange


def cause_of(change: PositionChange, row: Result, profit: bool) -> str:
    """Why the box changed. The causes of an earlier run are for those who may see them all: what its scores rested on
    is not known here."""
    return why(change, row.position, profit) if profit or change.run_id == row.run_id else ""


def with_changes(rows: list[Result], run, profit: bool) -> None:
    """Give each row its last change: `changed` and `cause`."""
    found = last_changes(run, [row.account_id for row in rows])
    for row in rows:
        change = found.get(row.account_id)
        row.change = change
        row.changed = what(change) if change else ""
        row.cause = cause_of(change, row, profit) if change else ""


def file_columns(common: dict[str, Callable], rows, run, profit: bool) -> dict[str, Callable]:
    """The columns of the list of accounts, and before its amounts what the matrix knows."""
    names = list(common)
    first = names[: names.index(_("Class")) + 1]
    return {name: common[name] for name in first} | more_columns(rows, run, profit) | common


def more_columns(rows, run, profit: bool) -> dict[str, Callable]:
    """What the file of the matrix has beyond that of the list of accounts."""
    found = last_changes(run, rows.order_by().values("account"))

    def told(row: Result, tell: Callable) -> object:
        change = found.get(row.account_id)
        return tell(change) if change else None

    return what_it_rests_on(profit) | {
        _("Last change"): lambda row: told(row, what),
        _("Changed on"): lambda row: told(row, lambda change: change.changed_on),
        _("Cause"): lambda row: told(row, lambda change: cause_of(change, row, profit)),
    }


def what_it_rests_on(profit: bool) -> dict[str, Callable]:
    """How firm a box is and how much of its scores is known; what may be calculated from profit for who may see it."""
    own = {
        _("Attractiveness, share of weight scored"): lambda row: row.position.attractiveness_coverage,
        _("Nearest move"): lambda row: move_of(row.position),
    }
    return {
        _("Provisional"): lambda row: yes_or_no(row.position.is_provisional) if row.position.box else None,
        _("Firmness"): lambda row: Firmness(row.position.firmness).label if row.position.box else None,
        _("Holds in share of weightings"): lambda row: row.position.stability,
        **(own if profit else {}),
        _("Relationship, share of weight scored"): lambda row: row.position.relationship_coverage,
        _("Self-scored"): lambda row: yes_or_no(row.position.is_self_scored),
        _("Strength against the best competitor"): lambda row: row.position.relative_strength,
        _("Confidence"): lambda row: row.position.confidence,
    }


def yes_or_no(value: bool) -> str:
    return _("yes") if value else _("no")


def move_of(position: Position) -> str | None:
    """The smallest change of one weight that would move the account: “Trust 62.5 instead of 50: Star”."""
    move = position.nearest_move
    if not move:
        return None
    words = {"name": move["name"], "new": short(move["new_weight"]), "old": short(move["weight"])}
    return _("%(name)s %(new)s instead of %(old)s: %(box)s") % (words | {"box": Box(move["box"]).label})

"""The panels of the board that look at all accounts of a run, or at the whole programme. One that a worker or
a reader has worked out already stands on the page at once; the page fetches another one after it is shown."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as told
from django.utils.translation import gettext_lazy as _

from kam_portal.board import then as dates
from kam_portal.board.figures import company_result, largest_customer
from kam_portal.board.judging import of_concentration
from kam_portal.board.stamp import stamp
from kam_portal.board.steering import strip
from kam_portal.changes import changes
from kam_portal.charts import whale_chart
from kam_portal.concentration import summary
from kam_portal.matrix.bubbles import SQUARES, bubbles_name, bubbles_of, squares_of
from kam_portal.matrix.chart import matrix_chart
from kam_portal.overview import is_kept, kept
from kam_portal.steering import against_guidance
from kam_portal.views.home_manager import WATCHED, Matter, largest, loss_text
from profitability.models import Run
from profitability.queries import earlier_run
from relationships.queries import portfolio

NAMED = 6  # accounts that lose most, and that changed most
PRINTED = 4  # of them, on the one sheet of paper; management.css leaves the others out
Context = dict[str, Any]


class Board:
    """Who looks at which run, on which day; beside an earlier run if one is asked for."""

    def __init__(self, user, run: Run, then: Run | None, today: date) -> None:
        self.user, self.run, self.today = user, run, today
        self.then = dates.Then(user, then, run) if then else None

    @cached_property
    def rows(self):
        return portfolio(self.user, self.run)

    @cached_property
    def said(self) -> str:
        """Another text once somebody has said something else: panels that rest on it are worked out anew."""
        return stamp(self.today)

    def keep(self, name: str, calculate: Callable[[], Any]) -> Any:
        return kept(name, self.run, self.user, calculate)


@dataclass(frozen=True)
class Panel:
    """`needs`: under which names what it shows is kept, of the run and of the earlier one."""

    code: str
    title: str | Promise
    page: str
    find: Callable[[Board], Context]
    needs: Callable[[Board], Iterable[str]]
    of_then: tuple[str, ...] = ()

    def is_ready(self, board: Board) -> bool:
        then = board.then.run if board.then else None
        ready = all(is_kept(name, board.run, board.user) for name in self.needs(board))
        return ready and (then is None or all(is_kept(name, then, board.user) for name in self.of_then))

    @property
    def template(self) -> str:
        return f"home/board/{self.code}.html"


def matrix(board: Board) -> Context:
    """With an earlier run, arrows from then to now."""
    view = (board.rows, board.run, board.user)
    bubbles, squares = bubbles_of(*view), squares_of(*view)
    if board.then is None:
        return {"matrix": matrix_chart(board.run, bubbles, squares, profit=True)}
    then = board.then.run
    chart = matrix_chart(board.run, dates.since(bubbles, board.user, then, board.run), squares, profit=True)
    return {
        "matrix": chart | {"movement": told("Arrows: other box than in %(window)s") % {"window": then.window_label}}
    }


def whale(board: Board) -> Context:
    found = board.keep("whale-chart", lambda: whale_chart(board.rows))
    return {"whale": dates.both_curves(board.user, board.then.run, found) if board.then else found}


def concentration(board: Board) -> Context:
    found = board.keep("concentration", lambda: dates.concentration(board.run))
    earlier = board.then.concentration if board.then else None
    return {
        "concentration": found,
        "moved": of_concentration(found, earlier) if found and earlier else {},
        "largest": board.keep("largest-customer", lambda: largest_customer(board.rows, board.user)),
        "hold": board.keep("hold", lambda: summary(board.user, board.run)),
    }


def balance(board: Board) -> Context:
    return board.keep(f"balance-{board.said}", lambda: against_guidance(board.user, board.run))


def programme(board: Board) -> Context:
    return {"strip": board.keep(f"strip-{board.said}", lambda: strip(board.user, board.run, board.today))}


def losses(board: Board) -> Context:
    return board.keep("losing-most", lambda: largest_losses(board.rows))


def largest_losses(rows) -> Context:
    """The accounts that lose most, the largest loss first, and how many others lose money."""
    losing = rows.filter(contribution__lt=0).order_by("contribution", "code")
    found = [Matter("", row, loss_text(row), "contribution") for row in losing[:NAMED]]
    return {
        "losses": found,
        "losing_more": left_out(losing.count()),
        "losing_more_printed": left_out(losing.count(), PRINTED),
    }


def left_out(count: int, shown: int = NAMED) -> int:
    return max(count - shown, 0)


def changed(board: Board) -> Context:
    """Since the run before; or beside an earlier run, which boxes are others."""
    if board.then:
        return {"moves": board.then.moves}
    return board.keep("changed-most", lambda: moved_most(board))


def moved_most(board: Board) -> Context:
    before = earlier_run(board.run)
    found = changes(board.user, largest(board.rows), before, profit=True, most=WATCHED)
    return {
        "changes": found[:NAMED],
        "changes_more": left_out(len(found)),
        "changes_more_printed": left_out(len(found), PRINTED),
        "has_earlier": before is not None,
    }


def company(board: Board) -> Context:
    return {"company": board.keep("company-result", lambda: company_result(board.run))}


PANELS = {
    panel.code: panel
    for panel in (
        Panel("matrix", _("Matrix"), "matrix", matrix, lambda board: [bubbles_name(), SQUARES]),
        Panel("whale", _("Whale curve"), "whale", whale, lambda board: ["whale-chart"], ("whale-chart",)),
        Panel(
            "concentration", _("Concentration"), "concentration", concentration,
            lambda board: ["concentration", "largest-customer", "hold"], ("concentration",),
        ),
        Panel("balance", _("Balance against guidance"), "guidance", balance, lambda board: [f"balance-{board.said}"]),
        Panel("strip", _("Programme"), "programme", programme, lambda board: [f"strip-{board.said}"]),
        Panel("losses", _("Who loses most"), "", losses, lambda board: ["losing-most"]),
        Panel(
            "changes", _("What changed"), "", changed,
            lambda board: [dates.moves_name(board.then.run) if board.then else "changed-most"],
        ),
        Panel("company", _("From contribution to the company’s result"), "", company, lambda board: ["company-result"]),
    )
}  # fmt: skip


def ready(board: Board) -> tuple[Context, dict[str, Panel]]:
    """What the panels show that are ready, and the panels that are not."""
    late = {code: panel for code, panel in PANELS.items() if not panel.is_ready(board)}
    context: Context = {}
    for code in PANELS.keys() - late.keys():
        context |= PANELS[code].find(board)
    return context, late


def all_of(board: Board) -> Context:
    """What all panels show, however long it takes."""
    context: Context = {}
    for panel in PANELS.values():
        context |= panel.find(board)
    return context

"""The trail of any figure of an account, for one reader: the page and the API show the same."""

from dataclasses import dataclass

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability import explain
from profitability.balances import pool_names
from profitability.core import cost_model as core_model
from profitability.explain import figures, rank
from profitability.models import Run
from profitability.wording import rule_of, rule_without_pools
from relationships import explain as scores

KINDS = {**dict.fromkeys(rank.LABELS, "rank"), **dict.fromkeys(scores.AXES, "score"), "box": "box"}
LAST_FOR_ALL = "gross_margin"  # the last figure of the statement for whoever sees no profit


@dataclass(frozen=True)
class Found:
    """What explains a figure. `kind`: amount, activity, rank, score or box; `trail` is that of an activity."""

    kind: str
    explanation: object
    activity: core_model.Activity | None = None
    trail: explain.Trail | None = None
    rule: str = ""
    pools: tuple = ()

    @property
    def name(self) -> str:
        figure = self.explanation.figure
        return figure if isinstance(figure, str) else figure.name

    @property
    def label(self) -> str:
        return str(getattr(self.explanation, "label", "") or self.explanation.figure.label)


def default_figure(user) -> str:
    return "contribution" if may(user, Permission.SEE_PROFITABILITY) else LAST_FOR_ALL


def is_known(run: Run | None, figure: str, user) -> bool:
    """Whether there is such a figure for this reader: one below gross margin is unknown to whoever may not see it."""
    if figure == "attractiveness":  # its criteria may be calculated from profit
        return may(user, Permission.SEE_PROFITABILITY)
    return figure in KINDS or figures.figure_of(run, figure, user) is not None


def find(run: Run, account: Account, figure: str, month: int | None, user) -> Found | None:
    """What explains a figure of an account the reader sees; None where the run says nothing about it."""
    kind = KINDS.get(figure)
    if kind == "rank":
        return found("rank", rank.placed(run, account, figure, user))
    if kind == "score":
        return found("score", scores.scored(run, account, figure, user))
    if kind == "box":
        return found("box", scores.boxed(run, account))
    asked = figures.figure_of(run, figure, user)
    if asked.name.startswith(figures.ACTIVITY):
        return of_activity(run, account, asked, month, user)
    return found("amount", figures.explained(run, account, asked, month))


def found(kind: str, explanation) -> Found | None:
    return Found(kind, explanation) if explanation is not None else None


def of_activity(run: Run, account: Account, asked: figures.Figure, month: int | None, user) -> Found | None:
    explanation = figures.explained(run, account, asked, month)
    if explanation is None:
        return None
    code = asked.name.removeprefix(figures.ACTIVITY)
    model = core_model.parse(run.cost_model.document)[0]
    activity = next(each for each in model.activities if each.code == code)
    costs, names = may(user, Permission.SEE_COSTS), pool_names(run)
    return Found(
        "activity",
        explanation,
        activity,
        explain.trail_of(run, account, activity),
        rule_of(activity, names) if costs else rule_without_pools(activity),
        tuple((pool, names[pool], rows) for pool, rows in explain.pools_behind(run, activity)) if costs else (),
    )

"""Where the account stands, as the plan shows it: filled in from the published run, only for those who see the
account; nothing below gross margin for those who do not see profitability."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Result, Run
from relationships import guidance
from relationships.core.stage import asymmetry
from relationships.models import Forecast, Position
from relationships.plans.measures import part
from relationships.plans.peers import Typical
from relationships.queries import trends_of

TRENDS = ("net_revenue", "gross_margin", "contribution", "cost_to_serve")


@dataclass(frozen=True)
class Glance:
    """The account's figures of one run, as far as the reader may see them."""

    result: Result
    position: Position | None
    sees_profit: bool
    spark: dict[str, list[float | None]]
    peers: dict[str, Typical]
    stance: str

    @property
    def cost_to_serve_share(self) -> Decimal | None:
        return part(self.result.cost_to_serve, self.result.net_revenue)

    @property
    def gap(self) -> int | None:
        """How many rungs lie between our view of the relationship and the buyer’s."""
        found = asymmetry(self.position.stage_supplier, self.position.stage_buyer) if self.position else None
        return None if found is None else abs(found)


def glance(user, account: Account, run: Run | None, peers: dict[str, Typical]) -> Glance | None:
    """None where the account is not seen, or the run does not know it."""
    if run is None:
        return None
    rows = Result.objects.in_run(run).visible_to(user).filter(account=account).select_related("position")
    result = rows.first()
    if result is None:
        return None
    profit = may(user, Permission.SEE_PROFITABILITY)
    names = [name for name in TRENDS if profit or name not in {"contribution", "cost_to_serve"}]
    spark = trends_of(run, account.pk, names)
    position = getattr(result, "position", None)
    return Glance(result, position, profit, spark, peers, guidance.stance(position.box) if position else "")


def forecasts(account: Account, is_seen: bool) -> list[Forecast]:
    """What was stated of the account's future, the latest first; nothing of an account one does not see."""
    if not is_seen:
        return []
    rows = Forecast.objects.filter(account=account).select_related("stated_by")
    return list(rows.order_by("-stated_on", "-pk")[:3])

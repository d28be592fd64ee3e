"""The run behind an answer, and the fields of a statement."""

from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from accounts.permissions import Permission
from accounts.rest import parameters
from accounts.rest.columns import Column, Kind, as_share
from profitability import standings
from profitability.models import Run
from profitability.queries import published_run

PROFIT = Permission.SEE_PROFITABILITY
COMPANY = Permission.SEE_COMPANY_FIGURES
RUN_ID = parameters.whole(1, parameters.LARGEST_ID, description="Id of a run; default: the published one")


def summary(run: Run | None) -> dict | None:
    """A run as every answer names it."""
    return run and {
        "id": run.pk,
        "as_of": standings.as_of(run),
        "model": str(run.cost_model) if run.cost_model else None,
        "published_at": run.published_at,
    }


class OfPublishedRun:
    """A view whose answer names the published run."""

    def run(self, request):
        return published_run()

    def run_summary(self, run):
        return summary(run)


class OfRun(OfPublishedRun):
    """A view of one run: the published one, or `?run=`. A run that never was published is as if unknown."""

    declared = {"run": RUN_ID}

    def run(self, request):
        asked = self.asked.get("run")
        if asked is None:
            return published_run()
        run = standings.readable_run(asked)
        if run is None:
            raise ValidationError({"run": [_("There is no such run.")]})
        return run


def amount(name: str, needs: Permission | None = None) -> Column:
    return Column(name, Kind.MONEY, name, needs=needs, nullable=needs is not None, sortable=True)


AMOUNTS = (
    amount("list_amount"),
    amount("discount_amount"),
    amount("return_amount"),
    amount("net_revenue"),
    amount("cost_amount"),
    amount("freight_amount"),
    amount("gross_margin"),
)
BY_PHASE = tuple(amount(name, PROFIT) for name in ("presale", "production", "delivery", "post_sale"))
BY_LEVEL = tuple(amount(name, PROFIT) for name in ("unit_cost", "batch_cost", "customer_cost"))
COST_TO_SERVE = amount("cost_to_serve", PROFIT)
CONTRIBUTION = amount("contribution", PROFIT)
COST_TO_SERVE_SHARE = Column(
    "cost_to_serve_share",
    Kind.SHARE,
    needs=PROFIT,
    derive=lambda row: as_share(row["cost_to_serve"], row["net_revenue"]),
)

"""The measures of the programme in one run against a baseline: what it brings, what it costs, what is done for it."""

from datetime import date
from fractions import Fraction
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.programme import baselines, given
from kam_portal.programme.cohorts import Compared, cohort, compared, others_by_month, today
from kam_portal.programme.costs import Cost, cost_of
from kam_portal.templatetags.kam import month as month_name
from profitability.models import Run
from relationships.core.programme import break_even, per_account, roi

REASONS = {
    "no_baseline": gettext_lazy("There is no earlier run over as many months to compare with."),
    "no_key": gettext_lazy("No account was in the programme when the window began."),
    "no_base": gettext_lazy("The key accounts contributed nothing in the earlier window to grow from."),
    "no_peers": gettext_lazy("No other accounts contributed in the earlier window: there is nobody to compare with."),
    "no_cost": gettext_lazy("Nobody has said what the programme cost in these months."),
    "no_margin": gettext_lazy("The key accounts’ net revenue leaves no contribution."),
    "no_people": gettext_lazy("No key account has a manager."),
    "no_members": gettext_lazy("No account is in the programme."),
}


class Programme:
    """Everything is worked out when it is asked for; sums over all accounts are kept with the run."""

    def __init__(self, user, run: Run, on: date, asked: str = "") -> None:
        self.user, self.run, self.on = user, run, on
        self.choices = baselines.offered(run)
        self.baseline = baselines.chosen(run, self.choices, asked)

    @cached_property
    def members(self) -> list[int]:
        return today()

    @cached_property
    def cohort(self) -> list[int]:
        return cohort(self.run)

    @property
    def window(self) -> tuple[date, date]:
        return baselines.first_day(self.run), self.run.as_of

    @property
    def overlaps(self) -> bool:
        return self.baseline is not None and baselines.overlaps(self.run, self.baseline)

    @cached_property
    def kept(self) -> Compared | None:
        """Accounts keep the group they had when the window began."""
        return compared(self.user, self.run, self.baseline, self.cohort) if self.baseline else None

    @cached_property
    def as_of_today(self) -> Compared | None:
        """Whoever is a key account today counts as one in both windows: promoted winners make it look better."""
        return compared(self.user, self.run, self.baseline, self.members) if self.baseline else None

    @cached_property
    def cost(self) -> Cost:
        return cost_of(self.run)

    @cached_property
    def people(self) -> given.People:
        return given.people_of(self.run, self.members)

    @cached_property
    def plans(self) -> given.Plans:
        return given.plans_of(self.user, self.run, self.members, self.on)

    @cached_property
    def executives(self) -> given.Time:
        return given.time_of_executives(self.window, self.members)

    @cached_property
    def recognition(self) -> given.Recognition:
        return given.recognition(self.run, self.window, self.members)

    # What it brings

    @property
    def no_comparison(self) -> str:
        """Why nothing can be compared; nothing where it can."""
        return str(REASONS["no_baseline"] if self.kept is None else REASONS.get(self.kept.incremental.reason, ""))

    @property
    def incremental(self) -> Fraction | None:
        return self.kept.incremental.incremental if self.kept else None

    # What it costs

    @property
    def no_cost(self) -> str:
        """Why the cost of the window is not known."""
        if not self.cost.stated:
            return str(REASONS["no_cost"])
        if self.cost.is_whole:
            return ""
        named = ", ".join(month_name(month) for month in self.cost.missing)
        return _("Nobody has said what the programme cost in %(months)s.") % {"months": named}

    @property
    def known_cost(self) -> Fraction | None:
        return None if self.no_cost else Fraction(self.cost.total)

    @property
    def roi(self) -> Fraction | None:
        if self.incremental is None or self.known_cost is None:
            return None
        return roi(self.incremental, self.known_cost)

    @property
    def no_roi(self) -> str:
        return self.no_comparison or self.no_cost or (str(REASONS["no_cost"]) if self.roi is None else "")

    @property
    def cost_per_account(self) -> Fraction | None:
        return None if self.known_cost is None else per_account(self.known_cost, len(self.members))

    @property
    def no_cost_per_account(self) -> str:
        return self.no_cost or ("" if self.members else str(REASONS["no_members"]))

    # One manager

    @property
    def margin_share(self) -> Fraction | None:
        """Contribution ÷ net revenue of today’s key accounts, whose managers these are."""
        now = self.as_of_today.key_now if self.as_of_today else None
        return now.contribution / now.net_revenue if now and now.net_revenue > 0 else None

    @property
    def sales_before(self) -> Fraction | None:
        """Net revenue of today’s key accounts in the earlier window, for each manager."""
        return per_account(self.as_of_today.key_before.net_revenue, self.people.managers) if self.as_of_today else None

    @property
    def sales_now(self) -> Fraction | None:
        return per_account(self.as_of_today.key_now.net_revenue, self.people.managers) if self.as_of_today else None

    @property
    def break_even(self) -> Fraction | None:
        """Net revenue at which one manager pays for his part of the programme’s cost."""
        if self.known_cost is None or self.sales_before is None:
            return None
        return break_even(self.known_cost / self.people.managers, self.margin_share, self.sales_before)

    @property
    def no_break_even(self) -> str:
        if not self.people.managers:
            return str(REASONS["no_people"])
        if self.kept is None:
            return str(REASONS["no_baseline"])
        return self.no_cost or ("" if self.break_even is not None else str(REASONS["no_margin"]))

    # Everybody else

    @cached_property
    def others_months(self) -> dict[int, Fraction | None]:
        """Cost to serve ÷ net revenue of all other accounts, by month, over both windows."""
        runs = [each for each in (self.baseline, self.run) if each]
        found = others_by_month(runs, self.cohort)
        return {month: cost / net if net > 0 else None for month, (net, cost) in sorted(found.items())}

    def others_chart(self) -> dict:
        return {
            "label": _("Cost to serve in net revenue of accounts outside the programme, by month"),
            "months": [f"{month // 100}-{month % 100:02d}" for month in self.others_months],
            "format": "share",
            "series": [
                {
                    "name": _("Cost to serve in net revenue"),
                    "values": [None if share is None else float(share) for share in self.others_months.values()],
                }
            ],
        }

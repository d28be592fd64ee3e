"""For whom a pack is made: which plan, which figures, and what of them this person may see."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Run
from relationships.models import Plan, Review
from relationships.reviews.figures import Figures, figures_of, objectives_of, readable, without_profit
from relationships.reviews.shown import ObjectiveLine, objectives_shown


@dataclass(frozen=True)
class Asked:
    """A pack of a plan as one person may have it: at a run, or as one of its reviews was held."""

    user: object
    plan: Plan
    run: Run | None
    figures: Figures | None
    today: date
    review: Review | None = None

    @property
    def sees_profit(self) -> bool:
        return may(self.user, Permission.SEE_PROFITABILITY)

    @cached_property
    def stated(self) -> Figures:
        """With the objectives as far as this person may know of them; without figures, as they are stated."""
        if self.figures is not None:
            return self.figures
        found = {"objectives": objectives_of(self.plan, None, self.today)}
        return found if self.sees_profit else without_profit(found)

    @property
    def objectives(self) -> list[ObjectiveLine]:
        return objectives_shown(self.stated, None)

    @property
    def withheld(self) -> int:
        """How many objectives this person may not know of."""
        return self.stated.get("withheld", 0)

    @property
    def run_label(self) -> str:
        return f"Run {self.run.pk}" if self.run else ""


def asked(user, plan: Plan, run: Run | None, today: date, review: Review | None = None) -> Asked:
    """The figures of a review that was held are those kept with it; else those of the run."""
    is_held = review is not None and review.state == Review.State.HELD
    figures = review.figures if is_held else figures_of(plan, run, today)
    shown = review.run if is_held else run
    return Asked(user, plan, shown, readable(figures, user, plan.account), today, review)


def sees_account(user, account: Account) -> bool:
    return Account.objects.visible_to(user).filter(pk=account.pk).exists()

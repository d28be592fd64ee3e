"""What the board tells of the measures of the programme."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kam_portal.programme.measures import Programme
from kam_portal.programme.telling import decimal
from profitability.models import Run


@dataclass(frozen=True)
class Strip:
    """The few measures of the programme on the board; each that is missing with its reason."""

    roi: Decimal | None
    no_roi: str
    incremental: Decimal | None
    no_comparison: str
    retention: Decimal | None
    others_kept: Decimal | None
    cost_per_account: Decimal | None
    no_cost: str
    members: int
    planned: int
    coverage: Decimal | None
    fresh_share: Decimal | None
    contacts: int
    reached: int
    recognition: int
    baseline: str


def strip(user, run: Run, today: date) -> Strip:
    found = Programme(user, run, today)
    kept_ones = found.kept
    return Strip(
        roi=decimal(found.roi),
        no_roi=found.no_roi,
        incremental=decimal(found.incremental),
        no_comparison=found.no_comparison,
        retention=decimal(kept_ones.retention.share) if kept_ones else None,
        others_kept=decimal(kept_ones.others_kept) if kept_ones else None,
        cost_per_account=decimal(found.cost_per_account),
        no_cost=found.no_cost_per_account,
        members=len(found.members),
        planned=found.plans.planned,
        coverage=found.plans.coverage,
        fresh_share=found.plans.fresh_share,
        contacts=found.executives.contacts,
        reached=found.executives.accounts,
        recognition=found.recognition.count,
        baseline=found.baseline.window_label if found.baseline else "",
    )

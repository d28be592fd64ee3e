"""The kinds of signals: what each is called, from what size on it is raised, and what it proposes to do."""

from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may

DAYS, SHARE, POINTS, MONEY, SCORE = "days", "share", "points", "money", "score"
Text = str | Promise


@dataclass(frozen=True)
class Kind:
    """One kind. `limit` is the default threshold in its `unit`; without unit it is only on or off. `tells_profit` and
    `tells_company`: whether its facts are money below gross margin, or figures of the whole company."""

    code: str
    label: Text
    asks: Text  # the proposed action
    explained: Text  # when it is raised, with the threshold as “the limit”
    unit: str = ""
    limit: Decimal | None = None
    tells_profit: bool = False
    tells_company: bool = False
    icon: str = "alert-triangle"


UNITS: dict[str, Text] = {
    DAYS: _("days"),
    SHARE: _("% of what it was"),
    POINTS: _("percentage points"),
    MONEY: settings.CURRENCY,
    SCORE: _("points of 10"),
}
ALL = (
    Kind(
        "contribution_falling", _("Contribution falling"), _("Find the cause with the account and agree on a remedy"),
        _("Contribution of the last three months of the run is lower by the limit or more than in the same months a "
          "year before, where a run holds them, else than in the three months before; and by at least 1 % of net "
          "revenue."),
        SHARE, Decimal("0.4"), tells_profit=True, icon="chart-line",
    ),
    Kind(
        "unprofitable", _("Unprofitable key account"), _("Agree on prices, terms or service that cover its cost"),
        _("A key account loses more than the limit after cost to serve, over the window of the run."),
        MONEY, Decimal(0), tells_profit=True, icon="coins",
    ),
    Kind(
        "gone_quiet", _("Contact gone quiet"), _("Call or visit them"),
        _("Nobody has been in touch for longer than the limit at an account in Strategic, half as long again in Star, "
          "twice as long in Status, four times as long in Streamline, three times as long without a box; or for three "
          "times as long with somebody there who decides, approves or has influence of 8 or more."),
        DAYS, Decimal(60), icon="users",
    ),
    Kind(
        "stage_slipping", _("Stage slipping"), _("Talk about the relationship with the customer"),
        _("The relationship went down the ladder within so many days, and has not come up again."),
        DAYS, Decimal(90), icon="arrow-down",
    ),
    Kind(
        "strength_falling", _("Relationship strength falling"), _("Ask the customer what has changed"),
        _("The score of the relationship is lower by the limit or more than about three months before, by the same "
          "criteria."),
        SCORE, Decimal(1), icon="activity",
    ),
    Kind(
        "plan_stale", _("Plan stale"), _("Hold a review of the plan"),
        _("The latest review of a plan, or its beginning, is so many days further back than the cadence of its box "
          "allows before it is stale."),
        DAYS, Decimal(0), icon="file-text",
    ),
    Kind(
        "no_plan", _("Key account without plan"), _("Begin a key account plan"),
        _("An account in Strategic or Star was admitted to the programme longer ago than the limit, and has no plan."),
        DAYS, Decimal(180), icon="clipboard-list",
    ),
    Kind(
        "action_overdue", _("Actions overdue"), _("Do it, hand it on, or drop it"),
        _("Actions of one account are open the limit or longer after their day."),
        DAYS, Decimal(14), icon="clock",
    ),
    Kind(
        "review_due", _("Review due"), _("Prepare and hold the review"),
        _("A review of a plan is due within the limit, or overdue."),
        DAYS, Decimal(7), icon="calendar",
    ),
    Kind(
        "concentration_rising", _("Concentration rising"), _("Decide how to win business elsewhere"),
        _("The share of net revenue with the ten largest customers is higher by the limit or more than about three "
          "months before."),
        POINTS, Decimal("0.02"), tells_company=True, icon="scale",
    ),
    Kind(
        "score_expiring", _("Scores expiring"), _("Score it again"),
        _("At least half of the scores that people gave are older than a year, or will be within the limit."),
        DAYS, Decimal(30), icon="history",
    ),
    Kind(
        "contract_ending", _("Contract ends"), _("Decide whether to renew, and talk about terms"),
        _("Notice of a contract has to be given within the limit; of one that ends by itself, its end is so near."),
        DAYS, Decimal(60), icon="file-text",
    ),
    Kind(
        "commitment_missed", _("Commitment missed"), _("Take it up with whoever committed to it"),
        _("What one side promised in a contract was missed in the period of the figures."),
        icon="target",
    ),
    Kind(
        "complaint_open", _("Critical complaint open"), _("Call them, and settle it"),
        _("A critical complaint is open for the limit or longer."),
        DAYS, Decimal(0), icon="alert-triangle",
    ),
    Kind(
        "detractor", _("Would not recommend us"), _("Call them and ask why"),
        _("Somebody answered 0 to 6 to how likely they recommend us, within so many days."),
        DAYS, Decimal(60), icon="users",
    ),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.code: kind for kind in ALL}


def label(code: str) -> str:
    """Its name; the code of a kind that there is no more."""
    return str(KINDS[code].label) if code in KINDS else code


def told_to(user) -> list[Kind]:
    """Those of which this person may be told at all."""
    profit, company = may(user, Permission.SEE_PROFITABILITY), may(user, Permission.SEE_COMPANY_FIGURES)
    return [kind for kind in ALL if profit >= kind.tells_profit and company >= kind.tells_company]


def asks(code: str) -> str:
    return str(KINDS[code].asks) if code in KINDS else ""

"""Which accounts might become key accounts, which are up for review, and which small ones are worth watching.

Fit: a key account programme pays where both the customer's processes and the products are complex; where both are
simple, selling stays transactional. Complexities run from 0 to 10; from 5 on something is complex.

Watch-list: small accounts with room to grow. All of: class B or C, outside the programme, contribution not below zero,
share of wallet known and below 30 %; and at least one of: net revenue grew by 10 % or more, from at least a hundredth
of what the smallest class A account in sight buys in the window, or the annual potential is at least what that account
buys in a year.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import (
    Case,
    DateField,
    F,
    FloatField,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Decision
from accounts.programme import is_member, review_on
from profitability.core.months import months_between
from profitability.models import Result, Run
from relationships.core.fit import COMPLEX
from relationships.models import Box, CriteriaSet, Position
from relationships.queries import portfolio
from relationships.watching import is_watched

GROWN = Decimal("0.1")
SMALLEST_BASE = Decimal("0.01")  # of what the smallest class A account buys
WORTH_DEVELOPING = (Box.STRATEGIC, Box.STAR)
LITTLE_OF_THE_WALLET = Decimal("0.3")
SOON = timedelta(days=30)  # a review is up this long before its day
ORDERINGS = {
    "name": "account__name",
    "net_revenue": "net_revenue",
    "potential": "account__annual_potential",
    "growth": "growth",
    "share_of_wallet": "share_of_wallet",
    "cost_to_serve": "cost_to_serve",
    "contribution": "contribution",
    "attractiveness": "position__attractiveness",
    "relationship": "position__relationship_strength",
    "box": "position__box",
    "fit": "fit",
    "review": "review_on",
}


def listed(user, run: Run) -> QuerySet[Result]:
    """The accounts in sight with what a choice among them goes by."""
    rows = portfolio(user, run)
    return rows.annotate(
        is_key=is_member("account"),
        review_on=review_on("account"),
        fit=fit(),
        waiting_since=waiting_since(),
        is_watched=is_watched(user),
    )


def waiting_since() -> Subquery:
    """The day of the open proposal on the account."""
    return Subquery(open_proposal().values("proposed_on")[:1], output_field=DateField())


def open_proposal() -> QuerySet[Decision]:
    return Decision.objects.proposed().filter(account=OuterRef("account"))


def fit() -> Case:
    """How many of both complexities are high; None where one is not known."""
    process, product = Q(account__process_complexity__gte=COMPLEX), Q(account__product_complexity__gte=COMPLEX)
    unknown = Q(account__process_complexity=None) | Q(account__product_complexity=None)
    return Case(
        When(unknown, then=Value(None)),
        When(process & product, then=Value(2)),
        When(process | product, then=Value(1)),
        default=Value(0),
        output_field=IntegerField(),
    )


def ordered(rows: QuerySet[Result], order: str) -> QuerySet[Result]:
    """By a key of ORDERINGS, falling with a leading minus; missing figures last, ties by code."""
    column = F(ORDERINGS[order.removeprefix("-")])
    return rows.order_by(column.desc(nulls_last=True) if order.startswith("-") else column.asc(nulls_last=True), "code")


def candidates(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Active accounts outside the programme in the boxes worth developing."""
    return outside(rows).filter(position__box__in=WORTH_DEVELOPING)


def others(rows: QuerySet[Result]) -> QuerySet[Result]:
    """All other active accounts outside the programme, those without a box among them."""
    return outside(rows).exclude(position__box__in=WORTH_DEVELOPING)


def outside(rows: QuerySet[Result]) -> QuerySet[Result]:
    return rows.filter(is_key=False, is_active=True)


def key_accounts(rows: QuerySet[Result]) -> QuerySet[Result]:
    return rows.filter(is_key=True)


def up_for_review(rows: QuerySet[Result], today: date | None = None) -> QuerySet[Result]:
    """Key accounts whose review is due within 30 days, or overdue."""
    return rows.filter(is_key=True, review_on__lte=(today or timezone.localdate()) + SOON)


def watched(rows: QuerySet[Result], user, run: Run) -> QuerySet[Result]:
    """Small accounts with room to grow: see the rule above; and those on which the reader keeps an eye."""
    small = rows.filter(is_key=False, revenue_class__in="BC", contribution__gte=0)
    growing, smallest = Q(growth__gte=GROWN), smallest_a(user, run)
    if smallest is not None:
        growing &= Q(net_revenue__gte=grown_from(smallest.base))
        growing |= Q(account__annual_potential__gte=smallest.potential)
    by_rule = small.filter(growing, share_of_wallet__lt=LITTLE_OF_THE_WALLET)
    return rows.filter(Q(pk__in=by_rule.order_by().values("pk")) | Q(is_watched=True))


def grown_from(base: Decimal) -> CombinedExpression:
    """The net revenue of the window at the row's growth from that base; growth is kept in millionths."""
    growth = Cast("growth", FloatField()) / Value(1e6) + Value(1.0)
    return growth * Value(float(base.scaleb(settings.CURRENCY_DIGITS)))


@dataclass(frozen=True)
class SmallestA:
    """What the smallest class A account in sight buys: a measure of what is much, and what next to nothing."""

    net_revenue: Decimal  # of the window
    months: int

    @property
    def potential(self) -> Decimal:
        """Of a year."""
        return (self.net_revenue * 12 / self.months).quantize(Decimal("0.0001"))

    @property
    def base(self) -> Decimal:
        """The least net revenue of the window before from which growth says something."""
        return self.net_revenue * SMALLEST_BASE


def smallest_a(user, run: Run) -> SmallestA | None:
    rows = Result.objects.in_run(run).visible_to(user).filter(revenue_class="A")
    least = rows.aggregate(least=Min("net_revenue"))["least"]
    return None if least is None else SmallestA(least, len(months_between(run.month_from, run.month_to)))


VIEWS = {
    "candidates": lambda rows, _user, _run: candidates(rows),
    "others": lambda rows, _user, _run: others(rows),
    "key": lambda rows, _user, _run: key_accounts(rows),
    "review": lambda rows, _user, _run: up_for_review(rows),
    "watch": watched,
}


@dataclass(frozen=True)
class Judged:
    """A criterion of attractiveness that people judge."""

    code: str
    name: str


def judged(run: Run) -> list[Judged]:
    """Those of the set that placed the run's accounts, such as prestige or alliance potential."""
    found = CriteriaSet.objects.filter(pk__in=Position.objects.in_run(run).values("criteria_set")[:1]).first()
    criteria = found.document.get("attractiveness", []) if found else []
    return [Judged(each["code"], each["name"]) for each in criteria if each["kind"] == "judged"]


def judged_scores(position: Position | None) -> dict[str, Decimal]:
    """The scores of an account on the judged criteria of attractiveness that have one."""
    rows = position.scores if position else []
    return {
        row["code"]: Decimal(str(row["score"]))
        for row in rows
        if row["axis"] == "attractiveness" and row.get("kind") == "judged" and row["score"] is not None
    }


def proposals(user) -> QuerySet[Decision]:
    """Open proposals on accounts in sight, the oldest first."""
    rows = Decision.objects.proposed().visible_to(user)
    return rows.select_related("account__team", "proposed_by").order_by("proposed_on", "pk")


def compared(user, run: Run, codes: list[str]) -> list[Result]:
    """The accounts with these codes that are in sight, in this order."""
    found = {row.account.code: row for row in listed(user, run).filter(account__code__in=codes)}
    return [found[code] for code in dict.fromkeys(codes) if code in found]

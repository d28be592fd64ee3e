"""What the ledger says of a promise: sums of order lines over days, and how orders were delivered.

A customer is the account with the accounts under it that the reader sees: contracts are made with the head of a group.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce

from accounts.models import Account
from profitability.models import OrderLine
from relationships.core.agreements import Span

DEEPEST = 10  # generations below the head of a group
LISTED = Q(is_return=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """One measure of some accounts over some days, in one product category or in all."""

    accounts: frozenset[int]
    span: Span
    measure: str
    category: str = ""

    def lines(self, until: date) -> Q:
        last = until if self.span.until_on is None else min(self.span.until_on, until)
        found = Q(account__in=self.accounts, ordered_on__range=(self.span.from_on, last))
        return found & Q(product__category=self.category) if self.category else found


def families(user, accounts: Iterable[int]) -> dict[int, frozenset[int]]:
    """Each account with all under it that the reader sees, in one query a generation."""
    members = {account: {account} for account in accounts}
    heads = {account: {account} for account in members}  # which of the accounts somebody stands under
    seen = Account.objects.visible_to(user)
    for _generation in range(DEEPEST):
        below = defaultdict(set)
        for child, parent in seen.filter(parent__in=heads).values_list("pk", "parent"):
            below[child] |= heads[parent]
        for child, above in below.items():
            for head in above:
                members[head].add(child)
        heads = below
        if not heads:
            break
    return {account: frozenset(found) for account, found in members.items()}


def answers(asked: Mapping[str, Ask], as_of: date) -> dict[str, Fraction | None]:
    """What the ledger holds of each up to that day, in one query. None: nothing to divide by, or not begun yet."""
    open_ = {key: ask for key, ask in asked.items() if ask.span.from_on <= as_of}
    if not open_:
        return dict.fromkeys(asked)
    accounts = frozenset().union(*(ask.accounts for ask in open_.values()))
    first = min(ask.span.from_on for ask in open_.values())
    rows = current(accounts, Span(first, as_of))
    sums = rows.aggregate(**{name: part for key, ask in open_.items() for name, part in parts(key, ask, as_of)})
    return {key: figure(key, asked[key].measure, sums) if key in open_ else None for key in asked}


def current(accounts: Iterable[int], span: Span) -> QuerySet[OrderLine]:
    """The lines of those days; the months say it again for the index."""
    months = Q(month__gte=month_of(span.from_on), month__lte=month_of(span.until_on))
    return OrderLine.objects.current().filter(
        months, account__in=accounts, ordered_on__range=(span.from_on, span.until_on)
    )


def month_of(day: date) -> int:
    return day.year * 100 + day.month


def parts(key: str, ask: Ask, as_of: date):
    """The sums that the measure is made of, each under a name of its own."""
    lines = ask.lines(as_of)
    if ask.measure == "orders":
        yield f"{key}_a", Count("order_id", distinct=True, filter=lines & LISTED)
    elif ask.measure == "units":
        yield f"{key}_a", Sum("quantity", filter=lines & LISTED)
    elif ask.measure == "price":
        yield f"{key}_a", Sum("net_amount", filter=lines & LISTED)
        yield f"{key}_b", Sum("quantity", filter=lines & LISTED)
    elif ask.measure == "discount_share":
        yield f"{key}_a", Sum("discount_amount", filter=lines & LISTED)
        yield f"{key}_b", Sum("list_amount", filter=lines & LISTED)
    else:
        yield f"{key}_a", Sum("net_amount", filter=lines)


def figure(key: str, measure: str, sums: Mapping[str, Decimal | int | None]) -> Fraction | None:
    above = Fraction(sums[f"{key}_a"] or 0)
    if measure not in {"price", "discount_share"}:
        return above
    below = Fraction(sums[f"{key}_b"] or 0)
    return above / below if below > 0 else None


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How the orders of some days were delivered. `dated` have a day on which they were due and one on which they
    were shipped; `split` were shipped on more than one day."""

    orders: int
    dated: int
    late: int
    shipped: int
    split: int
    lines: int
    returned: int

    def share(self, measure: str) -> Fraction | None:
        """Orders on time, orders in one delivery, or lines returned, 0…1; None where there is nothing to count."""
        if measure == "on_time_share":
            return Fraction(self.dated - self.late, self.dated) if self.dated else None
        if measure == "complete_share":
            return Fraction(self.shipped - self.split, self.shipped) if self.shipped else None
        return Fraction(self.returned, self.lines) if self.lines else None


def deliveries(accounts: frozenset[int], span: Span) -> Deliveries:
    """Counted from the order lines: an order is late when one of its lines was shipped after the day it was due."""
    rows = current(accounts, span)
    orders = rows.filter(LISTED).values("account", "order_id").annotate(
        first=Min("shipped_on"), last=Max("shipped_on"), dated=Count("shipped_on", filter=Q(due_on__isnull=False)),
        late=Max(Case(When(shipped_on__gt=F("due_on"), then=1), default=0, output_field=IntegerField())),
    )  # fmt: skip
    found = orders.aggregate(
        orders=Count("order_id"),
        dated_orders=Count("order_id", filter=Q(dated__gt=0)),
        late_orders=Coalesce(Sum("late"), 0),
        shipped=Count("order_id", filter=Q(first__isnull=False)),
        split=Count("order_id", filter=Q(last__gt=F("first"))),
    )
    lines = rows.aggregate(listed=Count("pk", filter=LISTED), returned=Count("pk", filter=~LISTED))
    return Deliveries(
        found["orders"], found["dated_orders"], found["late_orders"], found["shipped"], found["split"],
        lines["listed"], lines["returned"],
    )  # fmt: skip

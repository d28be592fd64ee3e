"""What the ledger itself says of a plan's own measures: counted from the events and orders of a year."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.models import Account
from profitability.models import ActivityEvent, OrderLine

YEAR = timedelta(days=365)
TENTH = Decimal("0.1")


def per_order(account: Account, event_type: str, until: date) -> Decimal | None:
    """Events of that type for each order, over the year up to that day; None without orders."""
    lines = OrderLine.objects.current().filter(account=account, is_return=False)
    orders = lines.filter(ordered_on__gt=until - YEAR, ordered_on__lte=until).values("order_id").distinct().count()
    events = ActivityEvent.objects.current().filter(account=account, event_type=event_type)
    count = events.filter(occurred_on__gt=until - YEAR, occurred_on__lte=until).count()
    return (Decimal(count) / orders).quantize(TENTH) if orders else None

"""What the demo's people say about wallets by category, with competitors, and some assumptions about lifetimes."""

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil

from django.db.models import Max, Sum

from accounts.models import Account, User
from kam_portal.demo.characters import CAST, random
from kam_portal.demo.people import login_email
from profitability.core.months import month_of, ordinal
from profitability.models import OrderLine
from relationships.assumptions import state
from relationships.models import CategoryPotential

ACCOUNTS = 40  # the demo's cast, then the largest of the last twelve months
COMPETITORS = ("Alpine Cycles", "Velo Nord", "Pedal Works", "Summit Components", "Two Wheels Trading")
SMALLEST = {"Bikes": 48_000, "Components": 16_000, "Clothing": 3_600, "Accessories": 2_400}  # where we sell nothing
SOURCES = ("Annual meeting", "Their purchasing report", "Estimate of the account manager", "Visit report")
NOT_ASKED, UNKNOWN, NO_COMPETITOR = 0.12, 0.1, 0.25  # shares of the cells
TOLD = Decimal("0.9")  # of what an account spends with others; the rest is of things that nobody named
OLDEST_DAYS = 300
COMPANY = {"retention": Decimal("0.88"), "discount": Decimal("0.09"), "growth": Decimal(0), "years": 5}
OF_ACCOUNTS = {
    "AW00000490": (Decimal("0.75"), Decimal("0.04"), 5, "A competitor quotes for next year"),
    "AW00000236": (Decimal("0.95"), Decimal("0.02"), 8, "Contract for several years"),
}


def state_potentials(now: datetime) -> None:
    """Store it as the people of the demo would type it."""
    finance, manager = (User.objects.get(email=login_email(role)) for role in ("finance", "manager"))
    state(finance, None, COMPANY | {"note": "Agreed with sales for a year"}, 0)
    for code, (retention, growth, years, note) in OF_ACCOUNTS.items():
        said = {"retention": retention, "growth": growth, "years": years, "note": note}
        state(manager, Account.objects.get(code=code), COMPANY | said, 0)
    sales = yearly_sales()
    largest = sorted(sales, key=lambda code: (code not in CAST, -sum(sales[code].values()), code))[:ACCOUNTS]
    accounts = Account.objects.in_bulk(largest, field_name="code")
    CategoryPotential.objects.bulk_create(
        row
        for code in largest
        for category, spend in spends(accounts[code], sales[code]).items()
        if (row := potential(accounts[code], category, spend, now, manager))
    )


def yearly_sales() -> dict[str, dict[str, Decimal]]:
    """Net sales of the last twelve months by account and category."""
    lines = OrderLine.objects.current().filter(account__isnull=False)
    last = lines.aggregate(last=Max("month"))["last"]
    rows = lines.filter(month__gt=month_of(ordinal(last) - 12)).order_by().values("account__code", "product__category")
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for row in rows.annotate(net=Sum("net_amount")):
        found[row["account__code"]][row["product__category"]] = row["net"]
    return found


def spends(account: Account, sales: dict[str, Decimal]) -> dict[str, int]:
    """What the account spends by category: no less than it buys of us, and together no more than its potential."""
    chance = random(f"spends:{account.code}")
    sold = {category: max(sales.get(category, Decimal(0)), Decimal(0)) for category in SMALLEST}
    weights = {category: Decimal(round(chance.uniform(1, 3) * (sold[category] > 0 or 0.3), 2)) for category in SMALLEST}
    if account.annual_potential is None:
        shares = {category: Decimal(round(chance.uniform(0.2, 0.95), 2)) for category in SMALLEST}
        others = {
            category: sold[category] / shares[category] - sold[category]
            if sold[category]
            else Decimal(SMALLEST[category] * chance.randint(2, 6)) / 4
            for category in SMALLEST
        }
    else:
        rest = max(account.annual_potential - sum(sold.values()), Decimal(0)) * TOLD
        others = {category: rest * weights[category] / sum(weights.values()) for category in SMALLEST}
    return {category: rounded(sold[category], others[category]) for category in SMALLEST}


def rounded(sold: Decimal, others: Decimal) -> int:
    """To hundreds as people say it, where that is not less than what is sold."""
    hundreds = int((sold + others) // 100) * 100
    return hundreds if hundreds >= sold else ceil(sold)


def potential(account: Account, category: str, spend: int, now: datetime, manager: User) -> CategoryPotential | None:
    """What is said of one account in one category; None where nobody asked."""
    chance = random(f"potential:{account.code}:{category}")
    if not spend or chance.random() < NOT_ASKED:
        return None
    spend = None if chance.random() < UNKNOWN else Decimal(spend)
    return CategoryPotential(
        account=account,
        category=category,
        annual_spend=spend,
        competitor="" if chance.random() < NO_COMPETITOR else chance.choice(COMPETITORS),
        source=chance.choice(SOURCES),
        stated_by=manager if account.manager_id == manager.pk else None,
        stated_on=now.date() - timedelta(days=chance.randint(0, OLDEST_DAYS)),
    )

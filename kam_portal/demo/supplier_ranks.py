"""What the demo's people say of our place among the suppliers of some accounts."""

from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import Account, User
from kam_portal.demo.characters import random
from kam_portal.demo.people import login_email
from kam_portal.demo.potentials import ACCOUNTS, yearly_sales
from relationships.models import SupplierRank

NOT_ASKED = 0.4  # share of the largest accounts
TIED = 0.15
SOURCES = ("Their buyer, at the annual meeting", "Supplier day", "Estimate of the account manager")
OLDEST_DAYS = 300


def state_supplier_ranks(now: datetime) -> None:
    """Ranks of some of the largest accounts, that of few others where the spend is unknown."""
    manager = User.objects.get(email=login_email("manager"))
    sales = {code: sum(parts.values()) for code, parts in yearly_sales().items()}
    largest = sorted(sales, key=lambda code: (-sales[code], code))[:ACCOUNTS]
    accounts = Account.objects.in_bulk(largest, field_name="code")
    rows = (rank_of(accounts[code], sales[code], now, manager) for code in largest)
    SupplierRank.objects.bulk_create(row for row in rows if row)


def rank_of(account: Account, sold: Decimal, now: datetime, manager: User) -> SupplierRank | None:
    """A place that fits our part of its potential, where that is known; None where nobody asked."""
    chance = random(f"rank:{account.code}")
    if chance.random() < NOT_ASKED:
        return None
    share = sold / account.annual_potential if account.annual_potential else Decimal(str(chance.random()))
    rank = Decimal(1 if share >= Decimal("0.45") else 2 if share >= Decimal("0.2") else 3)
    suppliers = int(rank) + chance.randint(1, 2)
    rank += Decimal("0.5") if chance.random() < TIED else 0
    return SupplierRank(
        account=account,
        rank=rank,
        suppliers=suppliers,
        source=chance.choice(SOURCES),
        stated_by=manager if account.manager_id == manager.pk else None,
        stated_on=now.date() - timedelta(days=chance.randint(0, OLDEST_DAYS)),
    )

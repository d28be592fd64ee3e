"""The demo's contracts, what was promised in them, and what customers did for us with others."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Max, Sum

from accounts.models import Account, User
from kam_portal.demo.characters import random
from kam_portal.demo.people import login_email
from profitability.models import OrderLine
from relationships.core.agreements import months_later
from relationships.models import Advocacy, Commitment, Contract, ServiceLevel, ServiceReading

ACCOUNTS = 16  # the largest of the last twelve months
REACHED = ("0.92", "0.78", "1.08", "1.35", "0.97")  # promised ÷ what they bought in the year before
DEEDS = (
    (Advocacy.Kind.REFERENCE, "Took a call of a prospect about our delivery", "Fjord Sykkel"),
    (Advocacy.Kind.REFERRAL, "Named us to their sister company", "Northern Wheels"),
    (Advocacy.Kind.CASE_STUDY, "Published case on spare parts in two days", ""),
    (Advocacy.Kind.AWARD, "Supplier of the year", ""),
)


@transaction.atomic
def lay_contracts(today: date) -> None:
    """Store them once; those that people added since stay."""
    if Contract.objects.exists():
        return
    manager = User.objects.get(email=login_email("manager"))
    for place, (account, bought) in enumerate(largest()):
        chance = random(f"contract:{account.code}")
        owner = account.manager or manager
        contract = supply(account, owner, today, chance, place)
        promise(contract, bought, chance, place)
        if place % 3 == 0:
            confidentiality(account, owner, today, chance)
        if place % 2 == 0:
            serve(contract, owner, today, chance)
    advocate(today, manager)


def largest() -> list[tuple[Account, Decimal]]:
    """The accounts that bought most in the last twelve months of the ledger, with how much."""
    lines = OrderLine.objects.current().filter(account__isnull=False)
    last = lines.aggregate(last=Max("ordered_on"))["last"]
    rows = lines.filter(ordered_on__gt=months_later(last, -12)).values("account").annotate(net=Sum("net_amount"))
    rows = list(rows.annotate(lines=Count("pk")).order_by("-net")[:ACCOUNTS])
    accounts = Account.objects.select_related("manager").in_bulk(row["account"] for row in rows)
    return [(accounts[row["account"]], row["net"]) for row in rows]


def supply(account: Account, owner: User, today: date, chance, place: int) -> Contract:
    begins = months_later(today.replace(day=1), -chance.randint(4, 22))
    renews = place % 3 != 2
    return Contract.objects.create(
        account=account,
        kind=Contract.Kind.FRAMEWORK if place % 4 == 1 else Contract.Kind.SUPPLY,
        name=f"Supply agreement {begins.year}",
        reference=f"SA-{begins.year}-{place + 101}",
        from_on=begins,
        until_on=months_later(begins, 24) - timedelta(days=1),
        renewal=Contract.Renewal.RENEWS if renews else Contract.Renewal.ENDS,
        renewal_months=12 if renews else None,
        notice_days=90,
        created_by=owner,
    )


def promise(contract: Contract, bought: Decimal, chance, place: int) -> None:
    """A volume from the customer, and for some a discount that we keep within."""
    least = (bought * Decimal(REACHED[place % len(REACHED)]) / 1000).quantize(Decimal(1)) * 1000
    Commitment.objects.create(contract=contract, least=max(least, Decimal(1000)), note="Annual volume")
    if place % 3 == 1:
        most = Decimal(chance.choice(("0.05", "0.08", "0.12")))
        Commitment.objects.create(
            contract=contract,
            side=Commitment.Side.OURS,
            measure=Commitment.Measure.DISCOUNT,
            period=Commitment.Period.QUARTER,
            most=most,
            note="Discount beyond the price list",
        )


def serve(contract: Contract, owner: User, today: date, chance) -> None:
    ServiceLevel.objects.create(contract=contract, measure=ServiceLevel.Measure.ON_TIME, least=Decimal("0.95"))
    if chance.random() < 0.5:
        ServiceLevel.objects.create(contract=contract, measure=ServiceLevel.Measure.COMPLETE, least=Decimal("0.9"))
    own = ServiceLevel.objects.create(
        contract=contract,
        measure=ServiceLevel.Measure.OWN,
        name="Answer to a complaint",
        unit="h",
        most=Decimal(24),
    )
    for back in range(1, 4):
        month = months_later(today.replace(day=1), -back)
        ServiceReading.objects.create(
            level=own, month=month.year * 100 + month.month, value=chance.randint(14, 30), read_by=owner
        )


def confidentiality(account: Account, owner: User, today: date, chance) -> None:
    begins = months_later(today.replace(day=1), -chance.randint(6, 30))
    Contract.objects.create(
        account=account,
        kind=Contract.Kind.CONFIDENTIALITY,
        name="Confidentiality agreement",
        from_on=begins,
        until_on=months_later(begins, 36) - timedelta(days=1),
        created_by=owner,
    )


def advocate(today: date, manager: User) -> None:
    accounts = [account for account, _bought in largest()]
    taken = [account.pk for account in accounts]
    others = list(Account.objects.filter(team=accounts[0].team).exclude(pk__in=taken).order_by("code")[:2])
    for place, (kind, text, prospect) in enumerate(DEEDS):
        won = kind in (Advocacy.Kind.REFERENCE, Advocacy.Kind.REFERRAL) and place < len(others)
        Advocacy.objects.create(
            account=accounts[place],
            kind=kind,
            text=text,
            prospect=prospect,
            happened_on=today - timedelta(days=60 + 70 * place),
            brought_account=others[place] if won else None,
            result=Advocacy.Result.WON if won or kind == Advocacy.Kind.AWARD else Advocacy.Result.OPEN,
            expected_revenue=Decimal(40_000 + 15_000 * place) if prospect else None,
            noted_by=accounts[place].manager or manager,
        )

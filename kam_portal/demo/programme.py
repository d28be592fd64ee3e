"""The demo's programme: what it costs month by month, what its managers can do, and what a few accounts ask of them."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Account, User
from accounts.permissions import Role
from accounts.programme import members
from kam_portal.demo.characters import random
from kam_portal.demo.people import VICE_PRESIDENT, employee_email
from profitability.core.months import month_of, ordinal
from relationships.core.competence import COMPETENCES
from relationships.models import Competence, CompetenceAsked, ProgrammeCost

MONTHS = 24
KINDS = {  # of a usual month, and how much it moves from month to month
    ProgrammeCost.Kind.PEOPLE: (7_200, 0),
    ProgrammeCost.Kind.TRAVEL: (1_700, 500),
    ProgrammeCost.Kind.TOOLS: (900, 0),
    ProgrammeCost.Kind.MANAGEMENT: (1_900, 100),
    ProgrammeCost.Kind.SERVICE: (1_300, 400),
    ProgrammeCost.Kind.PRICE: (800, 300),
}
RISE = Decimal("1.04")  # from the year before to the last one
DEMANDING = 4  # accounts that state what they ask
NOTES = (
    "Seen in two joint reviews.",
    "From the yearly talk.",
    "After the negotiation of the frame contract.",
    "",
)
WEAK = ("finance", "planning")  # what sellers learn last


def state_programme(now: datetime) -> None:
    """Store it as executives and leads would have stated it."""
    vice_president = User.objects.get(email=employee_email(VICE_PRESIDENT))
    said = {"changed_by": vice_president, "changed_at": now}
    ProgrammeCost.objects.bulk_create(ProgrammeCost(**row, **said) for row in costs(now.date()))
    keys = list(members().select_related("manager").order_by("code"))
    people = {account.manager for account in keys if account.manager}
    Competence.objects.bulk_create(
        Competence(user=person, **row, **said) for person in sorted(people, key=lambda each: each.email)
        for row in levels(person, now.date())
    )  # fmt: skip
    CompetenceAsked.objects.bulk_create(
        CompetenceAsked(account=account, **row, **said) for account in keys[:DEMANDING] for row in demands(account)
    )


def costs(today: date) -> list[dict]:
    """The last two years up to last month, a little dearer in the second one."""
    last = ordinal(today.year * 100 + today.month) - 1
    found = []
    for back in range(MONTHS):
        month = month_of(last - back)
        for kind, (usual, spread) in KINDS.items():
            moved = random(f"programme:{kind}:{back}").randint(-spread, spread)
            amount = (usual + moved) * (RISE if back < MONTHS // 2 else 1)
            found.append({"month": month, "kind": kind, "amount": Decimal(amount).quantize(Decimal(1))})
    return found


def levels(person: User, today: date) -> list[dict]:
    """Each manager has come so far, a lead further; one in two was assessed a year ago already, a little lower."""
    chance = random(f"competences:{person.email}")
    base = 6 + (person.role == Role.LEAD)
    found = []
    for code in COMPETENCES:
        level = min(max(base + chance.randint(-2, 3) - 2 * (code in WEAK), 1), 10)
        note, day = chance.choice(NOTES), today - timedelta(days=chance.randint(20, 90))
        found.append({"competence": code, "level": level, "note": note, "assessed_on": day})
        if chance.random() < 0.5:
            earlier = max(level - chance.randint(0, 2), 0)
            found.append({"competence": code, "level": earlier, "note": "", "assessed_on": day - timedelta(days=365)})
    return found


def demands(account: Account) -> list[dict]:
    """Two competences that its people have named themselves."""
    chance = random(f"demands:{account.code}")
    return [{"competence": code, "level": chance.randint(7, 9)} for code in chance.sample(COMPETENCES, 2)]

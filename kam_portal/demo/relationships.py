"""Generated relationships of some key accounts: contacts, what was found and stated, what binds both sides, surveys."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from django.utils import timezone

from accounts.models import Account, User
from kam_portal.demo.characters import CAST, characters, random
from kam_portal.demo.judgements import Rated, rated_accounts
from kam_portal.demo.people import REGION_LEADS, VICE_PRESIDENT, employee_email, login_email
from relationships import asking, findings
from relationships.core.stage import CHECKLIST, Stage, rank
from relationships.core.survey import QUESTIONS
from relationships.findings import By
from relationships.models import ExitBarrier, Invitation, StatedStage, View

KNOWN_ACCOUNTS = 40  # with contacts
CLOSE = ((7.4, "integrated"), (6.8, "interdependent"), (5.0, "co-operative"), (0.0, "basic"))  # from strength
FIRST_NAMES = "Ada Ben Cleo Dan Eva Finn Gina Hugo Iris Jon Kim Lea Max Nia Otto Pia Ravi Sara Tom Uma Vera Wim Zoe"
LAST_NAMES = "Adler Brandt Costa Dubois Evans Fischer Garcia Hansen Ito Jones Kaya Lopez Meyer Novak Okoye Park Rossi"
PLACES = [  # function, level, title, buying role: in the order in which people are met
    ("Purchasing", 2, "Buyer", "buyer"),
    ("Store", 3, "Store manager", "user"),
    ("Logistics", 2, "Goods inwards", "user"),
    ("Finance", 3, "Head of accounts payable", "approver"),
    ("Marketing", 3, "Category manager", "influencer"),
    ("Workshop", 1, "Mechanic", "user"),
    ("Management", 5, "Owner", "decider"),
    ("Purchasing", 4, "Head of purchasing", "decider"),
    ("Service", 2, "Service desk", "user"),
    ("IT", 2, "Systems", "gatekeeper"),
]
MET = {"basic": 1, "co-operative": 3, "interdependent": 7, "integrated": 10}
ENDING, ENDING_REASON = "AW00000343", "Put the whole range out to tender; two of three shops already order elsewhere."
BUYERS = {  # account: answers of 1…4 to the six questions
    "AW00000697": (3, 3, 3, 4, 3, 4),  # Brakes and Gears: nearly as close as we think
    "AW00000650": (3, 3, 3, 3, 3, 3),
    "AW00000599": (2, 2, 1, 2, 2, 2),  # Westside Plaza: our largest; it sees one supplier of many
    "AW00000254": (2, 3, 2, 2, 2, 3),
    "AW00000490": (3, 2, 3, 2, 3, 2),  # Extraordinary Bike Works: it would like more
    "AW00000236": (2, 2, 2, 1, 2, 2),
}
LEAVING = "AW00000205"
OPEN = "AW00000433"


@dataclass(frozen=True, slots=True)
class Person:
    """One contact: its place, and who of us looks after it ("" nobody)."""

    code: str
    name: str
    place: tuple[str, int, str, str]
    support: int
    influence: int
    ours: str

    @property
    def email(self) -> str:
        return f"{self.name.lower().replace(' ', '.')}@{self.code.lower()}.example"


@cache
def closest() -> dict[str, tuple[Rated, Stage]]:
    """The manager's accounts and the largest others, with the stage that we have come to."""
    by_sales = sorted(rated_accounts(), key=lambda rated: (-rated.character.last_sales, rated.code))
    listed = [rated for rated in by_sales if rated.code in CAST]
    listed += [rated for rated in by_sales if rated.code not in CAST][: KNOWN_ACCOUNTS - len(listed)]
    return {rated.code: (rated, next(stage for least, stage in CLOSE if rated.strength >= least)) for rated in listed}


def contact_rows() -> Iterator[dict]:
    """Contacts in the columns of the import format, account by account."""
    for rated, stage in closest().values():
        people = _people(rated, stage)
        owner = next((person.email for person in people if person.place[1] == 5), "")
        for person in people:
            yield _row(person, owner)
    for code in _never_bought():
        yield _row(Person(code, "Kim Costa", PLACES[0], 1, 4, ""), "")


def _row(person: Person, owner: str) -> dict:
    function, level, title, role = person.place
    return {
        "account_code": person.code,
        "name": person.name,
        "email": person.email,
        "title": title,
        "function": function,
        "level": level,
        "buying_role": role,
        "support": person.support,
        "influence": person.influence,
        "reports_to": owner if person.email != owner else "",
        "counterpart_email": person.ours,
    }


def _never_bought(count: int = 4) -> list[str]:
    """Some that bought nothing in the last two years: there is nobody but a contact."""
    return [each.code for each in characters() if not any(each.sales[1:])][:count]


def _people(rated: Rated, stage: Stage) -> list[Person]:
    chance = random(f"contacts:{rated.code}")
    names = {f"{chance.choice(FIRST_NAMES.split())} {chance.choice(LAST_NAMES.split())}" for _ in range(40)}
    count = max(chance.randint(6, 10), MET[stage])
    return [
        Person(
            rated.code,
            name,
            place,
            min(max(round(chance.gauss((rated.strength - 5) / 2.5, 0.8)), -2), 2),
            min(2 * place[1] + chance.randint(0, 1), 10),
            _ours(rated, place, met=number < MET[stage]),
        )
        for number, (name, place) in enumerate(zip(sorted(names)[:count], PLACES, strict=False))
    ]


def _ours(rated: Rated, place: tuple[str, int, str, str], met: bool) -> str:
    """The manager looks after most, the sales manager after heads, the vice president after owners."""
    if not met:
        return ""
    if place[1] < 4:
        return rated.raters[0]
    return employee_email(VICE_PRESIDENT if place[1] == 5 else REGION_LEADS["North America"])


# What people found and stated


def state_relationships(now: datetime) -> None:
    """Store what the demo's people say of these relationships."""
    users = {user.email: user for user in User.objects.all()}
    accounts = {account.code: account for account in Account.objects.filter(code__in=closest())}
    for code, (rated, stage) in closest().items():
        chance = random(f"evidence:{code}")
        _find(accounts[code], stage, users[rated.raters[0]], now, chance)
        if rank(stage) >= rank("co-operative"):
            _bind(accounts[code], stage, rated, users[rated.raters[0]], now, chance)
    manager = users[login_email("manager")]
    findings.state(accounts[ENDING], "disintegrating", By(manager, _day(now, 20)), ENDING_REASON)
    for number, (code, answers) in enumerate(BUYERS.items()):
        _answer(accounts[code], answers, manager, now - timedelta(days=5 + 9 * number))
    _say(accounts[LEAVING], "disintegrating", manager, _day(now, 40))
    asking.invite(accounts[OPEN], asking.Guest("Pia Rossi", "pia.rossi@customer.example"), manager, now)


def _day(now: datetime, days: int) -> date:
    return timezone.localdate(now - timedelta(days=days))


def _find(account: Account, stage: Stage, user: User, now: datetime, chance: Random) -> None:
    """All judged evidence up to the stage, and what was looked for in vain on the next rung."""
    for item in CHECKLIST:
        above = rank(item.stage) - rank(stage)
        if item.source == "judged" and above <= 1:
            note = NOTES[item.code] if above <= 0 and chance.random() < 0.6 else ""
            findings.find(account, item.code, above <= 0, By(user, _day(now, chance.randint(30, 300))), note)


NOTES = {
    "commitment": "Framework agreement over two seasons, forecast each quarter.",
    "joint_plan": "Joint range plan agreed in the spring review.",
    "confidential_data": "They show sell-out by shop, we show stock and lead times.",
    "data_exchange": "Orders and stock levels come through the interface.",
    "joint_team": "Weekly round of purchasing, logistics and our service.",
    "governance": "Owners and our management meet twice a year.",
}


def _bind(account: Account, stage: Stage, rated: Rated, user: User, now: datetime, chance: Random) -> None:
    """What it would cost each side to leave; only of the closest ones the customer's cost is known."""
    sales = int(rated.character.last_sales)
    ours = ExitBarrier(account=account, side="ours", text="Stock held for it alone", cost=_thousands(sales * 0.08))
    theirs = ExitBarrier(account=account, side="theirs", text="Shop fittings and range made for our brands")
    if rank(stage) >= rank("interdependent"):
        theirs.cost = _thousands(sales * chance.uniform(0.05, 0.15))
    by = By(user, _day(now, chance.randint(30, 300)))
    for barrier in (ours, theirs):
        findings.bind(barrier, by)
    if stage == "integrated":
        findings.bind(ExitBarrier(account=account, side="theirs", text="A new interface for orders", cost=18_000), by)


def _thousands(amount: float) -> int:
    return max(round(amount / 1_000), 1) * 1_000


# What customers said


def _answer(account: Account, points: tuple[int, ...], user: User, at: datetime) -> None:
    """Somebody answered the survey; without scores, which ratings.csv has."""
    chance = random(f"survey:{account.code}")
    person = chance.choice([person for person in _people(*closest()[account.code]) if person.place[1] >= 3])
    guest = asking.Guest(person.name, person.email, account.contacts.filter(email=person.email).first())
    row, _secret = asking.invite(account, guest, user, at - timedelta(days=3))
    Invitation.objects.filter(pk=row.pk).update(created_at=at - timedelta(days=3))
    answers = {question.code: str(given) for question, given in zip(QUESTIONS, points, strict=True)}
    answers |= {
        "standing": "buying",
        asking.TRUST: str(chance.randint(4, 7)),
        asking.RECOMMEND: str(round(sum(points) * 10 / 24)),
    }
    asked = {question["code"] for question in row.questions}
    asking.answer(row, {code: answer for code, answer in answers.items() if code in asked}, at)


def _say(account: Account, stage: Stage, user: User, day: date) -> None:
    """The buyer said so on the telephone."""
    StatedStage.objects.create(
        account=account, view=View.BUYER, stage=stage, stated_on=day, stated_by=user, said_by="the owner, by telephone"
    )

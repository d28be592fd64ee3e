"""The demo's contact maps: to whom people report, who of us serves them, who has left, and who met whom."""

from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import F
from django.utils import timezone

from accounts.models import Account, User
from accounts.permissions import Role
from kam_portal.demo.characters import random
from kam_portal.demo.relationships import closest
from relationships.models import Contact, Counterpart, Touchpoint

ACCOUNTS = 22
KNOWN_DAYS = (300, 700)  # since when their people are known
SERVED = {"Logistics", "Service", "Workshop", "Store", "IT"}  # functions that our service looks after
UNDER = {  # title: of whom in the same account
    "Buyer": "Head of purchasing",
    "Goods inwards": "Store manager",
    "Mechanic": "Store manager",
    "Service desk": "Store manager",
}
ABOVE_EVERY = 4  # accounts whose owner meets the manager alone
LEFT_EVERY, LEFT_DAYS = 5, (30, 200)
PREDECESSORS = ("Jo Fischer", "Nils Evans", "Rita Park", "Hans Lopez", "Ina Okoye")
CLOSE, NARROW = ("interdependent", "integrated"), "basic"  # stages
MEETING, AT_THE_TABLE = 30, (2, 4)  # minutes from which on more of them take part
ALONE = 0.85  # of the contact of a narrow relationship runs through one pair


def map_contacts(today: date) -> None:
    """Lay what the import files do not say; before the runs, whose stages rest on it."""
    ours = list(User.objects.filter(is_active=True).exclude(role=Role.ADMIN).prefetch_related("teams").order_by("pk"))
    for place, (account, people) in enumerate(known_people()):
        chance = random(f"map:{account.code}")
        since = timezone.make_aware(datetime.combine(today - timedelta(days=chance.randint(*KNOWN_DAYS)), time(9)))
        Contact.objects.filter(account=account).update(created_at=since)
        report(people)
        serve(account, people, [user for user in ours if account.team in user.teams.all()], chance)
        if place % ABOVE_EVERY == 0:
            look_up(account, people)
        if place % LEFT_EVERY == 1:
            leave(account, people, PREDECESSORS[place // LEFT_EVERY], today, chance)


def known_people() -> list[tuple[Account, list[Contact]]]:
    codes = list(closest())[:ACCOUNTS]
    accounts = Account.objects.select_related("manager", "team").in_bulk(codes, field_name="code")
    people: dict[int, list[Contact]] = {account.pk: [] for account in accounts.values()}
    for contact in Contact.objects.filter(account__in=people).order_by("pk"):
        people[contact.account_id].append(contact)
    return [(accounts[code], people[accounts[code].pk]) for code in codes if code in accounts]


def report(people: list[Contact]) -> None:
    by_title = {person.title: person for person in people}
    for person in people:
        boss = by_title.get(UNDER.get(person.title, ""))
        if boss:
            Contact.objects.filter(pk=person.pk).update(reports_to=boss)


def serve(account: Account, people: list[Contact], team: list[User], chance: Random) -> None:
    """Somebody of the team serves those whom somebody sells to, in functions that need service; few have nobody."""
    members = [user for user in team if user.role == Role.MEMBER]
    others = [user for user in team if user != account.manager and user.role != Role.LEAD]
    server = next(iter(members), None) or (chance.choice(others) if others else None)
    for person in people if server else ():
        if person.function in SERVED and person.counterparts.exists() and chance.random() < 0.8:
            Counterpart.objects.get_or_create(contact=person, user=server, kind=Counterpart.Kind.SERVICE)
    leads = [user for user in team if user.role == Role.LEAD]
    for person in people if leads and closest()[account.code][1] in CLOSE else ():
        if person.function in ("Purchasing", "Finance") and chance.random() < 0.6:
            Counterpart.objects.get_or_create(contact=person, user=leads[0], kind=Counterpart.Kind.SALES)


def look_up(account: Account, people: list[Contact]) -> None:
    """The manager alone meets the owner."""
    for person in people:
        if person.level == Contact.Level.BOARD and person.counterparts.exists():
            person.counterparts.update(user=account.manager)


def leave(account: Account, people: list[Contact], name: str, today: date, chance: Random) -> None:
    """Somebody who was there before the first one."""
    successor = people[0]
    Contact.objects.create(
        account=account,
        name=name,
        title=successor.title,
        function=successor.function,
        level=successor.level,
        buying_role=successor.buying_role,
        left_on=today - timedelta(days=chance.randint(*LEFT_DAYS)),
    )


def meet_counterparts() -> None:
    """Give touchpoints to those who would have had them: in a close relationship each contact's own counterparts, in a
    narrow one nearly always the same pair. Once: as they are logged, all are of the manager who logged them."""
    if Touchpoint.people.through.objects.exclude(user=F("touchpoint__logged_by")).exists():
        return
    for account, people in known_people():
        chance, stage = random(f"met:{account.code}"), closest()[account.code][1]
        ours = ours_of(account)
        first = next((person for person in people if ours.get(person.pk)), None)
        for touch in Touchpoint.objects.filter(account=account).prefetch_related("contacts").order_by("pk"):
            if stage in CLOSE:
                if touch.minutes and touch.minutes >= MEETING:
                    touch.contacts.add(*chance.sample(people, min(len(people), chance.randint(*AT_THE_TABLE))))
                met = {chance.choice(ours[each.pk]) for each in touch.contacts.all() if ours.get(each.pk)}
                touch.people.set(met or {account.manager_id})
            elif stage == NARROW and first and chance.random() < ALONE:
                touch.contacts.set([first])


def ours_of(account: Account) -> dict[int, list[int]]:
    """Who of us, by contact."""
    found: dict[int, list[int]] = {}
    for contact, user in Counterpart.objects.filter(contact__account=account).values_list("contact_id", "user_id"):
        found.setdefault(contact, []).append(user)
    return found

"""Everything the contact map of one account shows: its people, those of us who answer to them, and the measures."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property

from accounts.models import Account, User
from relationships.contacts import heard
from relationships.contacts.words import signed
from relationships.core import contact_map as core
from relationships.models import Contact, Counterpart, Touchpoint

WINDOW = timedelta(days=365)  # of the contact that is counted
OFTEN = 4  # meetings a year that make a strong line


@dataclass(frozen=True)
class Line:
    """One of us and one of them: by whom it was said, and how often they met in a year."""

    contact: int
    user: User
    kinds: tuple[str, ...]  # sales, service; none: they met, and nobody says that they are counterparts
    touches: int

    @property
    def strength(self) -> str:
        if not self.touches:
            return "paper"
        return "strong" if self.touches >= OFTEN else "some"


@dataclass(frozen=True)
class Row:
    """One of them who has not left."""

    contact: Contact
    lines: list[Line]  # counterparts only
    heard_on: date | None
    quiet_since: date
    is_quiet: bool
    days: int | None  # since the last word
    expected: int  # days that may pass

    @property
    def is_gap(self) -> bool:
        return not self.lines

    @property
    def reports_to(self) -> Contact | None:
        boss = self.contact.reports_to
        return boss if boss and boss.left_on is None else None

    @property
    def influence_width(self) -> int:
        """Of a bar of 50."""
        return 5 * (self.contact.influence or 0)

    @property
    def support_words(self) -> str:
        return signed(self.contact.support)

    def of_kind(self, kind: str) -> list[User]:
        return [line.user for line in self.lines if kind in line.kinds]

    @property
    def sales(self) -> list[User]:
        return self.of_kind(Counterpart.Kind.SALES)

    @property
    def service(self) -> list[User]:
        return self.of_kind(Counterpart.Kind.SERVICE)


@dataclass(frozen=True)
class ContactMap:
    """The people of both sides and the measures of core/contact_map.py over them."""

    account: Account
    today: date
    rows: list[Row]  # the highest first
    left: list[Contact]
    lines: list[Line]  # also of those who only met
    contact: dict[tuple[int, int], Fraction]  # how much, by their and our number
    counts_touchpoints: bool  # else counterparts stand in for meetings nobody noted
    colleagues: list[User] = field(default_factory=list)  # who are counterparts or met them, the highest first

    @cached_property
    def people(self) -> list[core.Person]:
        return [person_of(row) for row in self.rows]

    @cached_property
    def pairs(self) -> list[core.Pair]:
        return [core.Pair(line.contact, line.user.pk) for row in self.rows for line in row.lines]

    @cached_property
    def coverage(self) -> Fraction | None:
        return core.coverage(self.people, self.pairs)

    @cached_property
    def decision_coverage(self) -> Fraction | None:
        return core.decision_coverage(self.people, self.pairs)

    @cached_property
    def by_level(self) -> list[tuple[int | None, core.Part]]:
        found = core.parts(self.people, self.pairs, lambda person: person.level)
        return [(level, found[level]) for level in (*core.LEVELS, None) if level in found]

    @cached_property
    def by_function(self) -> list[tuple[str, core.Part]]:
        found = core.parts(self.people, self.pairs, lambda person: person.function.strip().casefold())
        names = {row.contact.function.strip().casefold(): row.contact.function.strip() for row in self.rows}
        return sorted(
            ((names[key], part) for key, part in found.items()), key=lambda each: (-each[1].weight, each[0].casefold())
        )

    @cached_property
    def shape(self) -> core.Shape | None:
        return core.shape(self.contact)

    @cached_property
    def holds(self) -> list[core.Hold]:
        return core.holds(self.people, self.pairs)

    @cached_property
    def seniority(self) -> Fraction | None:
        ours = [core.Colleague(user.pk, user.level) for user in self.colleagues]
        return core.seniority_match(self.people, ours, self.pairs)

    @cached_property
    def by_id(self) -> dict[int, Row]:
        return {row.contact.pk: row for row in self.rows}

    @cached_property
    def users(self) -> dict[int, User]:
        return {user.pk: user for user in self.colleagues}

    @property
    def gaps(self) -> list[Row]:
        return [row for row in self.rows if row.is_gap]

    @property
    def quiet(self) -> list[Row]:
        return [row for row in self.rows if row.is_quiet and not row.is_gap]


def map_of(account: Account, today: date) -> ContactMap:
    """Eight reads, however many people there are."""
    contacts = list(Contact.objects.filter(account=account).select_related("reports_to"))
    present = [each for each in contacts if each.left_on is None]
    touches = touches_of(account, today)
    kinds, people = counterparts_of(account), {}
    people |= {pair.user_id: pair.user for pair in kinds}
    people |= {user.pk: user for user in met_users(touches) if user.pk not in people}
    lines = lines_of({each.pk for each in present}, kinds, people, touches)
    rows = rows_of(account, present, lines, today)
    amounts = core.interactions(only_present(touches, {each.pk for each in present}))
    counts = bool(amounts)
    if not counts:
        amounts = {(line.contact, line.user.pk): Fraction(1) for line in lines if line.kinds}
    shown = {line.user.pk for line in lines}
    return ContactMap(
        account,
        today,
        rows,
        sorted((each for each in contacts if each.left_on), key=lambda each: (each.left_on, each.name), reverse=True),
        lines,
        amounts,
        counts,
        sorted((user for pk, user in people.items() if pk in shown), key=lambda user: (-user.level, user.name)),
    )


def rows_of(account: Account, present: list[Contact], lines: list[Line], today: date) -> list[Row]:
    days = heard.expected_days()
    last = heard.last_heard(Contact.objects.present().filter(account=account), today)
    by_contact = defaultdict(list)
    for line in lines:
        if line.kinds:
            by_contact[line.contact].append(line)
    rows = [row_of(each, by_contact[each.pk], last.get(each.pk), days, today) for each in present]
    return sorted(rows, key=lambda row: order(row.contact))


def order(contact: Contact) -> tuple:
    """The highest first, of one level who has most influence."""
    return -(contact.level or 0), -(contact.influence or 0), contact.name, contact.pk


def row_of(contact: Contact, lines: list[Line], on: date | None, days: dict, today: date) -> Row:
    since = heard.quiet_since(contact, on, days)
    passed = (today - on).days if on else None
    return Row(contact, lines, on, since, since <= today, passed, days.get(contact.level, days[None]))


def person_of(row: Row) -> core.Person:
    each = row.contact
    return core.Person(each.pk, each.level, each.function, each.buying_role, each.influence, row.is_quiet)


# Who met whom


def touches_of(account: Account, today: date) -> list[core.Touch]:
    """Each touchpoint of the last year with its people of both sides."""
    held = Touchpoint.objects.filter(account=account, held_on__gt=today - WINDOW, held_on__lte=today).order_by()
    theirs, ours = defaultdict(set), defaultdict(set)
    for touch, contact in Touchpoint.contacts.through.objects.filter(touchpoint__in=held).values_list(
        "touchpoint_id", "contact_id"
    ):
        theirs[touch].add(contact)
    for touch, user in Touchpoint.people.through.objects.filter(touchpoint__in=held).values_list(
        "touchpoint_id", "user_id"
    ):
        ours[touch].add(user)
    return [core.Touch(frozenset(theirs[touch]), frozenset(ours[touch])) for touch in sorted(theirs)]


def only_present(touches: list[core.Touch], present: set[int]) -> list[core.Touch]:
    return [core.Touch(touch.people & present, touch.colleagues) for touch in touches]


def met_users(touches: list[core.Touch]) -> list[User]:
    ids = {user for touch in touches for user in touch.colleagues}
    return list(User.objects.filter(pk__in=ids, is_active=True)) if ids else []


def counterparts_of(account: Account) -> list[Counterpart]:
    pairs = Counterpart.objects.filter(contact__account=account, contact__left_on__isnull=True, user__is_active=True)
    return list(pairs.select_related("user").order_by("kind", "user__name", "pk"))


def lines_of(present: set[int], pairs: list[Counterpart], people: dict[int, User], touches: list) -> list[Line]:
    """Counterparts, and whoever met without being one."""
    kinds: dict[tuple[int, int], list[str]] = {}
    for pair in pairs:
        kinds.setdefault((pair.contact_id, pair.user_id), []).append(pair.kind)
    met = Counter(
        (person, user)
        for touch in touches
        for person in touch.people & present
        for user in touch.colleagues
        if user in people
    )
    return [
        Line(person, people[user], tuple(kinds.get((person, user), ())), met[person, user])
        for person, user in dict.fromkeys([*kinds, *sorted(met)])
    ]

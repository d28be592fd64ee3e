"""The demo's touchpoints of nine months, its complaints, and what customers said in short surveys.

Visits and meetings are those of the ledger: each carries the id of its event as its key, so that its time counts once.
"""

from datetime import date, datetime, time, timedelta
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.models import Account, User
from kam_portal.demo.characters import random
from kam_portal.demo.relationships import closest
from profitability.models import ActivityEvent
from relationships import asking
from relationships.core import survey
from relationships.models import Action, Complaint, Contact, Invitation, Touchpoint

ACCOUNTS = 26
SPAN = timedelta(days=270)
MOST_OF_LEDGER, CALLS = 7, (3, 7)
QUIET = {5: 62, 11: 84, 17: 118, 22: 73}  # place of an account: days without a word
AHEAD = {0: 2, 2: 5, 3: 9, 8: 12}  # place: days until a meeting that is planned
KINDS = {"sales_visit": Touchpoint.Kind.VISIT, "kam_meeting": Touchpoint.Kind.MEETING}
NOTES = {
    Touchpoint.Kind.VISIT: (
        "Walked the shop floor. Helmets sell better by the till; they want a second stand.",
        "Looked at returns together: most are wrong sizes from one branch.",
        "Two of their mechanics asked for training on the new gear sets.",
        "Stock check: eleven models without movement since spring.",
        "Their buyer compares us with one other supplier on delivery days.",
    ),
    Touchpoint.Kind.MEETING: (
        "Went through the quarter with the new forecast. They want all figures in one list.",
        "Agreed on a forecast for the season; they share sell-out by shop from next month.",
        "Talked about the joint range plan. Their owner wants fewer models and more depth.",
        "They asked for consignment stock; we asked for a minimum order in return.",
        "New head of purchasing introduced herself: price first, but open to a two-year agreement.",
    ),
    Touchpoint.Kind.CALL: (
        "Chased the open order; delivery on Thursday suits them.",
        "Short call on invoices: two credit notes are missing.",
        "They liked the demo bike and want three for the weekend event.",
        "Asked how the promotion went: better than last year.",
    ),
    Touchpoint.Kind.MAIL: ("Sent the price list for the season.", "Confirmed the dates of the training."),
}
LATE = {1, 20}  # place of an account: what was agreed there was not kept
AGREED = (
    "Send the proposal for a minimum order",
    "Check the two missing credit notes",
    "Arrange training for their mechanics",
    "Propose a second helmet stand",
    "Share sell-out by shop",
    "Ask logistics for a fixed delivery day",
)
COMPLAINTS = (  # days ago, about, how bad, what, cause, remedy, days until closed (None: open)
    (
        6,
        "delivery",
        3,
        "Half of the season’s order came a week late; two shops had no stock for the weekend.",
        "",
        "",
        None,
    ),
    (
        19,
        "invoice",
        2,
        "Discount of the framework agreement is missing on three invoices.",
        "Old price list in the order system.",
        "",
        None,
    ),
    (34, "quality", 2, "Paint chips on eleven frames out of one carton.", "", "", None),
    (
        41,
        "service",
        1,
        "Nobody answered the service line on two afternoons.",
        "Holidays and one illness.",
        "Calls are passed on to inside sales.",
        6,
    ),
    (
        66,
        "delivery",
        2,
        "Delivered to the wrong branch for the second time.",
        "Two addresses with the same name.",
        "Branch code is now printed on the label.",
        9,
    ),
    (
        80,
        "invoice",
        1,
        "Invoice came before the goods.",
        "Batch run a day early.",
        "Invoices wait for the shipment.",
        3,
    ),
    (
        103,
        "quality",
        3,
        "Brake cables of one lot fray after a few weeks.",
        "Supplier changed the material.",
        "Lot called back, replaced free of charge.",
        21,
    ),
    (127, "other", 1, "Catalogue arrived without the order numbers.", "Printing error.", "Sent again.", 5),
    (
        150,
        "delivery",
        2,
        "Express fee charged though the delay was ours.",
        "Rule in the order system.",
        "Fee credited, rule changed.",
        8,
    ),
    (188, "service", 2, "Warranty case took five weeks.", "Waited for a part.", "Exchange unit from now on.", 14),
    (
        214,
        "invoice",
        2,
        "Credit note for returns is missing.",
        "Return was booked without a reference.",
        "Credited.",
        11,
    ),
    (240, "quality", 1, "Manuals in the wrong language.", "Mixed carton.", "Manuals sent.", 4),
)
WORDS = {
    10: "You come up with ideas before we ask.",
    9: "Reliable, and quick to answer.",
    8: "Good products; delivery days could be fewer and fixed.",
    7: "We are content. Prices are higher than elsewhere.",
    6: "It takes too long until credit notes arrive.",
    5: "Two late deliveries in the season hurt us.",
    3: "We get the feeling that larger customers come first.",
}
RECOMMEND = (9, 10, 8, 9, 6, 7, 10, 3, 9, 8, 5, 9, 10, 7, 9, 8, 6, 10)


@transaction.atomic
def log_touchpoints(today: date) -> None:
    """Store them once; those that people added since stay."""
    if Touchpoint.objects.exists():
        return
    accounts = known_accounts()
    bosses = {account.pk: account.manager for account in accounts}
    met = {account.pk: [] for account in accounts}
    for contact in Contact.objects.filter(account__in=accounts, left_on__isnull=True).order_by("-level", "pk"):
        met[contact.account_id].append(contact)
    for place, account in enumerate(accounts):
        chance = random(f"touch:{account.code}")
        held = today - timedelta(days=QUIET.get(place, 0))
        rows = [*of_ledger(account, today - SPAN, held), *calls(account, today - SPAN, held, chance)]
        rows += ahead(account, today + timedelta(days=AHEAD[place])) if place in AHEAD else []
        keep(rows, bosses[account.pk], met[account.pk], today, chance)
        agree(rows, place, bosses[account.pk], today, chance)
    complain(accounts, bosses, met, today)
    ask(accounts, bosses, met, timezone.make_aware(datetime.combine(today, time(9))))


def known_accounts() -> list[Account]:
    """Those whose people we know and who have a manager, the manager's own first."""
    found = (
        Account.objects.select_related("manager").filter(manager__isnull=False).in_bulk(closest(), field_name="code")
    )
    return [found[code] for code in closest() if code in found][:ACCOUNTS]


def of_ledger(account: Account, first: date, last: date) -> list[Touchpoint]:
    events = ActivityEvent.objects.current().filter(
        account=account, event_type__in=KINDS, occurred_on__gt=first, occurred_on__lte=last
    )
    listed = list(events.order_by("-occurred_on", "event_id"))
    chosen = [listed[place * len(listed) // MOST_OF_LEDGER] for place in range(MOST_OF_LEDGER)] if listed else []
    return [
        Touchpoint(
            account=account,
            kind=KINDS[event.event_type],
            held_on=event.occurred_on,
            minutes=int(event.minutes) or None,
            key=event.event_id,
            source="csv",
        )
        for event in {event.pk: event for event in chosen}.values()
    ]


def calls(account: Account, first: date, last: date, chance: Random) -> list[Touchpoint]:
    days = sorted(chance.sample(range((last - first).days), chance.randint(*CALLS)))
    return [
        Touchpoint(
            account=account,
            kind=Touchpoint.Kind.MAIL if chance.random() < 0.25 else Touchpoint.Kind.CALL,
            held_on=last - timedelta(days=day),
            minutes=chance.choice((5, 10, 15, 20)),
        )
        for day in days
    ]


def ahead(account: Account, day: date) -> list[Touchpoint]:
    at = timezone.make_aware(datetime.combine(day, time(10)))
    return [
        Touchpoint(
            account=account, kind=Touchpoint.Kind.MEETING, held_on=day, starts_at=at, minutes=90, subject="Quarter"
        )
    ]


def keep(rows: list[Touchpoint], boss: User, met: list[Contact], today: date, chance: Random) -> None:
    for row in rows:
        row.logged_by, row.note = boss, chance.choice(NOTES[row.kind]) if row.held_on <= today else ""
    Touchpoint.objects.bulk_create(rows)
    for row in rows:
        row.contacts.set(chance.sample(met, min(len(met), chance.choice((1, 1, 2)))))
        row.people.set([boss])


def agree(rows: list[Touchpoint], place: int, boss: User, today: date, chance: Random) -> None:
    """What one of the last weeks ended with: done by its day, or not due yet; at a few accounts it is late."""
    recent = sorted(
        (row for row in rows if today - timedelta(days=40) <= row.held_on <= today), key=lambda row: row.held_on
    )
    for row in recent[:1]:
        due_on = row.held_on + timedelta(days=chance.choice((7, 14, 21)))
        is_done = due_on <= today and place not in LATE
        agreed = Action.objects.create(
            account=row.account,
            text=AGREED[place % len(AGREED)],
            owner=boss,
            due_on=due_on,
            state=Action.State.DONE if is_done else Action.State.TO_DO,
            done_on=due_on if is_done else None,
            touchpoint=row,
            created_by=boss,
            changed_by=boss,
        )
        at = timezone.make_aware(datetime.combine(row.held_on, time(17)))
        Action.objects.filter(pk=agreed.pk).update(created_at=at)


def complain(accounts: list[Account], bosses, met, today: date) -> None:
    for place, (days, subject, severity, text, cause, remedy, closed) in enumerate(COMPLAINTS):
        account = accounts[place * 2 % len(accounts)]
        received = today - timedelta(days=days)
        Complaint.objects.create(
            account=account,
            contact=next(iter(met[account.pk]), None),
            received_on=received,
            subject=subject,
            severity=severity,
            text=text,
            cause=cause,
            remedy=remedy,
            owner=bosses[account.pk],
            closed_on=received + timedelta(days=closed) if closed else None,
            logged_by=bosses[account.pk],
        )


def ask(accounts: list[Account], bosses, met, now: datetime) -> None:
    """Recommendation from most, trust from some; a few still open, a few that nobody answered."""
    for place, account in enumerate(accounts[:18]):
        people = met[account.pk] or [None]
        for number, contact in enumerate(people[:2]):
            if contact is not None:
                points = RECOMMEND[(place * 2 + number) % len(RECOMMEND)]
                one(account, contact, bosses[account.pk], now, 14 * place + 9 * number + 4, points)
    for place, account in enumerate(accounts[18:22]):
        for contact in met[account.pk][:1]:
            asking.invite(account, guest(contact), bosses[account.pk], now - timedelta(days=2 + 20 * place), "nps")


def one(account: Account, contact: Contact, boss: User, now: datetime, days: int, points: int) -> None:
    """One asked, so many days ago; every sixth never answered."""
    kind = "trust" if (days + points) % 4 == 0 else "nps"
    asked_at = now - timedelta(days=days + 2)
    row, _secret = asking.invite(account, guest(contact), boss, asked_at, kind)
    Invitation.objects.filter(pk=row.pk).update(created_at=asked_at)
    if days % 6 == 0:
        return
    trust = {code: str(max(1, min(7, round(points * 0.7)))) for code in survey.TRUST_ITEMS}
    answers = trust if kind == "trust" else {survey.RECOMMEND: str(points)}
    asking.answer(row, {**answers, survey.COMMENT: WORDS[points]}, now - timedelta(days=days))


def guest(contact: Contact) -> asking.Guest:
    return asking.Guest(contact.name, contact.email, contact)

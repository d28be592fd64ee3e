"""The demo's key account programme: whom it admitted and why, what was released, and what waits for a decision."""

from datetime import date, timedelta

from accounts.models import Account, Decision, User
from kam_portal.demo.characters import CAST, characters, random
from kam_portal.demo.people import VICE_PRESIDENT, employee_email, login_email

MEMBERS = 40
OLDEST, YOUNGEST = 900, 45  # days since the admission
REVIEW_AFTER = timedelta(days=365)
OVERDUE, SOON = 3, 4  # reviews
RELEASED = 2
MIDDLE = 5  # of the judged scores
NOT_YET = "AW00000490"  # Extraordinary Bike Works, a star: its admission is proposed
TOO_DEAR = "AW00000599"  # Westside Plaza, the largest: its release is proposed
TO_KEEP = "AW00000697"  # Brakes and Gears
REASONS = (
    "Its way of ordering is complex, and so are the models it sells: a shared plan pays.",
    "Known in its region: others buy what it buys.",
    "It wants to forecast with us, which spares both of us stock.",
)
GROWING = "Large and growing; it asks for one contact for all its shops."
BUYS_ELSEWHERE = "High potential that a competitor holds today."
PROPOSALS = {
    NOT_YET: ("admit", "Buys most elsewhere and orders complex models: worth a plan of its own.", 4),
    TOO_DEAR: ("release", "The largest single account, and it loses money after cost to serve.", 9),
    TO_KEEP: ("keep", "Joint plan and shared forecast work; contribution has grown since its admission.", 2),
}


def decide_programme(today: date) -> None:
    """Store it as managers would have proposed it and executives answered."""
    chosen = members()
    accounts = Account.objects.select_related("manager").in_bulk([*chosen, *former(), *PROPOSALS], field_name="code")
    vice_president = User.objects.get(email=employee_email(VICE_PRESIDENT))
    rows = [row for place, code in enumerate(chosen) for row in past(accounts[code], place, today)]
    rows += [row for code in former() for row in left(accounts[code], today)]
    rows = [Decision(decided_by=vice_president, state=Decision.State.APPROVED, **row) for row in rows]
    Decision.objects.bulk_create([*rows, *(open_proposal(accounts[code], code, today) for code in PROPOSALS)])


def largest() -> list[str]:
    """Key accounts with a manager: those of the cast that are attractive or strong, then by the sales of the last year;
    the one still to be admitted is left out."""
    known = set(Account.objects.filter(manager__isnull=False).values_list("code", flat=True))
    out = {NOT_YET} | {code for code, (_appetite, *scores) in CAST.items() if max(scores) < MIDDLE}
    key = [each for each in characters() if each.key and each.code in known - out]
    return [each.code for each in sorted(key, key=lambda each: (each.code not in CAST, -each.last_sales, each.code))]


def members() -> list[str]:
    return largest()[:MEMBERS]


def former() -> list[str]:
    return largest()[MEMBERS : MEMBERS + RELEASED]


def past(account: Account, place: int, today: date) -> list[dict]:
    """The admission, and each review since: yearly, a few of them overdue or soon due."""
    chance = random(f"decision:{account.code}")
    admitted = max(today - timedelta(days=admitted_before(place, chance)), known_since(account, today))
    rows = [decision(account, "admit", chance.choice(reasons(account)), admitted, REVIEW_AFTER)]
    while (due := rows[-1]["review_on"]) <= today and place >= OVERDUE:
        rows.append(decision(account, "keep", "The review found it as promised.", due, REVIEW_AFTER))
    return rows


def admitted_before(place: int, chance) -> int:
    """So many days ago: the first ones a year and some, so that their review is overdue, the next nearly a year."""
    if place < OVERDUE:
        return REVIEW_AFTER.days + 10 + 12 * place
    if place < OVERDUE + SOON:
        return REVIEW_AFTER.days - 5 * (place - OVERDUE + 1)
    return chance.randint(YOUNGEST, OLDEST)


def known_since(account: Account, today: date) -> date:
    """The day from which it may have been admitted: some weeks after its first order."""
    first = account.opened_on or today - timedelta(days=OLDEST)
    return min(first + timedelta(days=YOUNGEST), today - timedelta(days=2))


def reasons(account: Account) -> list[str]:
    """Those that the ledger does not contradict."""
    *_before, earlier, last = next(each for each in characters() if each.code == account.code).sales
    found = list(REASONS)
    found += [GROWING] if 0 < earlier < last else []
    found += [BUYS_ELSEWHERE] if (account.annual_potential or 0) > 2 * last else []
    return found


def left(account: Account, today: date) -> list[dict]:
    day = max(today - timedelta(days=OLDEST), known_since(account, today))
    admitted = decision(account, "admit", REASONS[0], day, REVIEW_AFTER)
    reason = "It buys standard models by price: simple service suits it better."
    released = decision(account, "release", reason, min(admitted["review_on"], today - timedelta(days=1)), None)
    return [admitted, released]


def decision(account: Account, outcome: str, reason: str, decided: date, after: timedelta | None) -> dict:
    return {
        "account": account,
        "outcome": outcome,
        "reason": reason,
        "proposed_on": decided - timedelta(days=6),
        "proposed_by": account.manager,
        "decided_on": decided,
        "answer": "Agreed.",
        "review_on": decided + after if after else None,
    }


def open_proposal(account: Account, code: str, today: date) -> Decision:
    outcome, reason, days = PROPOSALS[code]
    return Decision(
        account=account,
        outcome=outcome,
        reason=reason,
        proposed_on=today - timedelta(days=days),
        proposed_by=User.objects.get(email=login_email("manager")),
        review_on=None if outcome == "release" else today + REVIEW_AFTER,
    )

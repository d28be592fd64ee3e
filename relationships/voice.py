"""What customers said in surveys: recommendation, trust, how many answered, and their own words."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account
from relationships.core import survey, voice
from relationships.models import Invitation

SPAN = timedelta(days=365)  # an answer counts for a year
QUARTERS = 8
FEW = 5  # fewer answers say little
NAMES = (
    "account_id",
    "name",
    "email",
    "contact_id",
    "kind",
    "answers",
    "created_at",
    "expires_at",
    "revoked_at",
    "answered_at",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """One invitation, with what came back."""

    account: int
    name: str
    email: str
    contact: int | None
    kind: str
    answers: dict
    asked_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    answered_at: datetime | None

    @property
    def person(self) -> tuple:
        """Who it is, as far as we can tell."""
        return (self.account, self.contact or (self.email or self.name).strip().casefold())

    def number(self, code: str) -> int | None:
        return number_in(self.answers, code)

    @property
    def trust(self) -> Decimal | None:
        return trust_in(self.answers)


def number_in(answers: dict | None, code: str) -> int | None:
    text = str((answers or {}).get(code, ""))
    return int(text) if text.isdecimal() else None


def trust_in(answers: dict | None) -> Decimal | None:
    """The mean of what was answered on trust, 1 to 7."""
    numbers = [number_in(answers, code) for code in survey.TRUST_ITEMS]
    known = [number for number in numbers if number is not None]
    return Decimal(sum(known)) / len(known) if known else None


@dataclass(frozen=True)
class Voice:
    """What some customers said within a year: the latest answer of each person counts."""

    nps: voice.Recommendation
    trust: Decimal | None
    trust_count: int
    answered: int
    asked: int  # who answered, or whose time is over
    open: int
    last_at: datetime | None

    @property
    def response_share(self) -> Decimal | None:
        share = voice.response_share(self.answered, self.asked)
        return None if share is None else Decimal(share.numerator) / share.denominator

    @property
    def is_few(self) -> bool:
        return 0 < self.nps.count < FEW


def asked_of(user, account: Account | None = None) -> list[Asked]:
    """The surveys of the accounts somebody sees, or of one of them, the oldest first."""
    rows = Invitation.objects.filter(account__in=Account.objects.visible_to(user).values("pk"))
    return asked_in(rows.filter(account=account) if account else rows)


def asked_in(rows: QuerySet[Invitation]) -> list[Asked]:
    return [Asked(*cells) for cells in rows.order_by("created_at", "pk").values_list(*NAMES)]


def voice_of(listed: Collection[Asked], now: datetime) -> Voice:
    """All together, as of a moment: later answers and questions count as not there."""
    recent = [each for each in listed if now - SPAN < each.asked_at <= now]
    answered = [each for each in listed if each.answered_at and now - SPAN < each.answered_at <= now]
    recommend = latest(answered, lambda each: each.number(survey.RECOMMEND))
    trust = latest(answered, lambda each: each.trust)
    back = sum(each.answered_at is not None and each.answered_at <= now for each in recent)
    is_open = sum(waits(each, now) for each in recent)
    ended = sum(each.revoked_at is not None and not each.answered_at for each in recent)
    return Voice(
        voice.recommendation(recommend),
        voice.mean(trust),
        len(trust),
        back,
        len(recent) - is_open - ended,
        is_open,
        max((each.answered_at for each in answered), default=None),
    )


def waits(each: Asked, now: datetime) -> bool:
    is_over = each.expires_at <= now or (each.revoked_at is not None and each.revoked_at <= now)
    return not is_over and (each.answered_at is None or each.answered_at > now)


def latest(answered: Iterable[Asked], value) -> list:
    """The latest value of each person."""
    found = {}
    for each in sorted(answered, key=lambda each: each.answered_at):
        if value(each) is not None:
            found[each.person] = value(each)
    return list(found.values())


def by_account(listed: Iterable[Asked], now: datetime) -> dict[int, Voice]:
    apart = defaultdict(list)
    for each in listed:
        apart[each.account].append(each)
    return {account: voice_of(rows, now) for account, rows in apart.items()}


def trend(listed: Collection[Asked], now: datetime) -> list[tuple[date, Voice]]:
    """As of the end of each of the last quarters, and today: (the day, what was said in the year before it)."""
    first = [each.asked_at for each in listed[:1]]
    days = [day for day in quarter_ends(timezone.localdate(now)) if first and day >= timezone.localdate(first[0])]
    moments = [(day, end_of(day)) for day in days]
    return [
        *((day, voice_of(listed, moment)) for day, moment in moments),
        (timezone.localdate(now), voice_of(listed, now)),
    ]


def quarter_ends(today: date) -> list[date]:
    """The last days of the quarters before today's, the oldest first."""
    number = today.year * 4 + (today.month - 1) // 3
    return [date(*first_of(number - back)) - timedelta(days=1) for back in range(QUARTERS - 2, -1, -1)]


def first_of(quarter: int) -> tuple[int, int, int]:
    return quarter // 4, 3 * (quarter % 4) + 1, 1


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time())) - timedelta(seconds=1)


def verbatims(listed: Iterable[Asked], most: int) -> list[Asked]:
    """What they wrote, the latest first."""
    wrote = [each for each in listed if each.answered_at and (each.answers or {}).get(survey.COMMENT)]
    return sorted(wrote, key=lambda each: each.answered_at, reverse=True)[:most]

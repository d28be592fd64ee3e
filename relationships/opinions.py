"""Who has said what of accounts by judged criteria: the latest rating of each rater, how old it is, how far they
differ. Both views are kept apart, as in a score."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relationships.core.criteria import CriteriaSet, Criterion, parse
from relationships.core.scoring import a_year_before
from relationships.models import CriteriaSet as StoredSet
from relationships.models import Rating

LARGE_SPREAD = 3  # between the highest and the lowest of the latest ratings: worth talking about
OURS, BUYERS = Rating.Perspective.SUPPLIER.value, Rating.Perspective.BUYER.value
LONGEST_LINK = 500
ADDRESS = URLValidator(schemes=["http", "https"])
NAMES = (
    "account_id",
    "criterion",
    "rater_id",
    "rater__name",
    "rated_on",
    "score",
    "perspective",
    "status",
    "evidence",
    "link",
    "said_by",
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One rating, with the name of who gave it, or wrote down what the buyer said."""

    rater_id: int
    rater: str
    rated_on: date
    score: Decimal
    perspective: str
    status: str
    evidence: str
    link: str
    said_by: str  # the buyer who answered himself; the rater then is who asked him
    days: int  # since then
    is_expired: bool  # older than 12 months

    @property
    def age(self) -> str:
        if self.days < 31:
            return ngettext("%s day ago", "%s days ago", self.days) % self.days if self.days else _("today")
        months = round(self.days / 30.44)
        return ngettext("%s month ago", "%s months ago", months) % months

    def is_of(self, user) -> bool:
        """Whether it is the person's own."""
        return self.rater_id == user.pk and not self.said_by

    @property
    def whose(self) -> str:
        return self.said_by or self.rater

    @property
    def is_confirmed(self) -> bool:
        return self.status == Rating.Status.CONFIRMED


Opinions = dict[tuple[int, str], list[Opinion]]  # by account and criterion, the newest first


def criteria_on(day: date) -> CriteriaSet | None:
    """The criteria that a run of that day goes by."""
    row = StoredSet.objects.in_force(day)
    return parse(row.document)[0] if row else None


def judged(criteria: Iterable[Criterion]) -> list[Criterion]:
    return [each for each in criteria if each.kind == "judged"]


def opinions(accounts: Collection[int], criteria: Iterable[Criterion], today: date) -> Opinions:
    """Every rating of these accounts by these criteria up to today."""
    codes = [each.code for each in criteria]
    rows = Rating.objects.filter(account__in=accounts, criterion__in=codes, rated_on__lte=today)
    oldest, found = a_year_before(today), defaultdict(list)
    for account, criterion, rater, name, rated_on, *said in rows.order_by("-rated_on", "-pk").values_list(*NAMES):
        age = ((today - rated_on).days, rated_on < oldest)
        found[account, criterion].append(Opinion(rater, name, rated_on, *said, *age))
    return found


@dataclass(frozen=True)
class Heard:
    """What is said of one account by one criterion in one view, for one rater: own ratings and those of others."""

    today: Opinion | None = None
    before: Opinion | None = None
    others: list[Opinion] = field(default_factory=list)

    @property
    def mine(self) -> Opinion | None:
        """The own rating that counts."""
        return self.today or self.before

    @property
    def has_mine(self) -> bool:
        """Whether there is an own one that is not too old."""
        return self.mine is not None and not self.mine.is_expired

    @property
    def all(self) -> list[Opinion]:
        return ([self.mine] if self.mine else []) + self.others


def heard(listed: Iterable[Opinion], user, view: str, today: date) -> Heard:
    """The latest of each rater in that view; of the own ratings today's and the one before it."""
    of_view = [each for each in listed if each.perspective == view]
    own = [each for each in of_view if each.is_of(user)]
    others: dict[int | str, Opinion] = {}
    for each in of_view:
        if not each.is_of(user):
            others.setdefault(each.said_by.strip().casefold() or each.rater_id, each)
    return Heard(
        next((each for each in own if each.rated_on == today), None),
        next((each for each in own if each.rated_on < today), None),
        list(others.values()),
    )


def middle(listed: Collection[Opinion]) -> Decimal | None:
    return median(each.score for each in listed) if listed else None


def spread(listed: Collection[Opinion]) -> Decimal | None:
    """Highest minus lowest, of two raters or more."""
    scores = [each.score for each in listed]
    return max(scores) - min(scores) if len(scores) > 1 else None


def waiting(account: int, criteria: Iterable[Criterion], until: date, today: date) -> list[tuple[date, int]]:
    """Ratings newer than a run's window: the first day of the month whose run they count from, and how many."""
    codes = [each.code for each in criteria]
    rows = Rating.objects.filter(account=account, criterion__in=codes, rated_on__gt=until, rated_on__lte=today)
    months = Counter(day.replace(day=1) for day in rows.values_list("rated_on", flat=True))
    return sorted(months.items())


def is_link(text: str) -> bool:
    """Whether it is an address on the web, as evidence may have one."""
    try:
        ADDRESS(text)
    except ValidationError:
        return False
    return len(text) <= LONGEST_LINK

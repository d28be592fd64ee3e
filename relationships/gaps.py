"""What is left to score: criteria nobody has scored, ratings that are too old, raters who are far apart."""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import Account
from accounts.permissions import Permission, may
from relationships.core.criteria import CriteriaSet, Criterion
from relationships.core.scoring import a_year_before
from relationships.models import Rating
from relationships.opinions import BUYERS, LARGE_SPREAD, OURS, criteria_on, judged

MISSING, EXPIRED, APART = "missing", "expired", "apart"
Latest = dict[int | str, tuple[date, Decimal]]  # by rater, or by the name of a buyer who answered himself
Gaps = dict[int, dict[str, str]]  # by account and criterion


@dataclass(frozen=True)
class ToScore:
    """How much is left for one rater."""

    missing: int = 0
    expired: int = 0
    apart: int = 0
    accounts: int = 0

    @property
    def total(self) -> int:
        return self.missing + self.expired + self.apart


def to_score(user, today: date) -> ToScore:
    """What is left on both axes, for the home page; nothing for who does not score."""
    criteria = criteria_on(today) if may(user, Permission.SCORE_ACCOUNTS) else None
    if criteria is None:
        return ToScore()
    found = gaps(user, criteria, judged((*criteria.attractiveness, *criteria.relationship)), today)
    counts = Counter(kind for by_code in found.values() for kind in by_code.values())
    return ToScore(**counts, accounts=len(found))


def gaps(user, criteria: CriteriaSet, asked: Collection[Criterion], today: date) -> Gaps:
    """By account and criterion what is to be done, of the accounts that the rater sees and that somebody has begun to
    score or that are looked after by the rater."""
    ours_first = {each.code for each in criteria.attractiveness}
    found = latest(user, [each.code for each in asked], today)
    mine = Account.objects.filter(manager=user).values_list("pk", flat=True)
    oldest, left = a_year_before(today), {}
    for account in {*found, *mine}:
        kinds = {each.code: _gap(found[account][each.code], each.code in ours_first, user, oldest) for each in asked}
        if any(kinds.values()):
            left[account] = {code: kind for code, kind in kinds.items() if kind}
    return left


def latest(user, codes: Collection[str], today: date) -> dict[int, dict[str, dict[str, Latest]]]:
    """The latest rating of each rater, by account, criterion and view."""
    seen = Account.objects.visible_to(user).values("pk")
    rows = Rating.objects.filter(account__in=seen, criterion__in=codes, rated_on__lte=today).order_by("rated_on", "pk")
    found: dict = defaultdict(lambda: defaultdict(lambda: defaultdict(dict)))
    names = ("account_id", "criterion", "perspective", "rater_id", "said_by", "rated_on", "score")
    for account, criterion, view, rater, said_by, rated_on, score in rows.values_list(*names):
        found[account][criterion][view][said_by.strip().casefold() or rater] = (rated_on, score)
    return found


def _gap(by_view: dict[str, Latest], ours_first: bool, user, oldest: date) -> str:
    """Of the view that decides the score."""
    views = (OURS, BUYERS) if ours_first else (BUYERS, OURS)
    deciding = next((by_view[view] for view in views if by_view.get(view)), {})
    if not deciding:
        return MISSING
    own = deciding.get(user.pk)
    if (own and own[0] < oldest) or all(rated_on < oldest for rated_on, _score in deciding.values()):
        return EXPIRED
    scores = [score for _day, score in deciding.values()]
    return APART if max(scores) - min(scores) >= LARGE_SPREAD else ""

"""What the home page tells of the key account programme: decisions that wait, reviews that are due, whether the mix of
key accounts and the effort on accounts go by the guidance, and how far boxes can be relied on."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, F, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Decision
from accounts.permissions import Permission, may
from kam_portal import guidance as words
from kam_portal.matrix.filters import held
from kam_portal.overview import kept
from profitability.models import Result, Run
from relationships import selection
from relationships.balance import balance
from relationships.models import Firmness, Position
from relationships.spent import Spent

MOST_MISMATCHES = 5
MOST_PROGRAMME = 100  # looked at for reminders
MOST_REMINDERS = 3  # of a kind, so that losses keep their place


@dataclass(frozen=True)
class OutOfLine:
    """An account that gets more or less than its box asks for."""

    code: str
    name: str
    kind: str
    money: Decimal
    side: str


def against_guidance(user, run: Run) -> dict:
    """The mix of key accounts and the size of the programme against the target, and who is furthest out of line."""
    mix = balance(user, run)
    return {
        "balance": mix,
        "mix_rows": [(each, words.gap(each)) for each in mix.boxes],
        "size_words": words.size(mix),
        "out_of_line": kept("out-of-line", run, user, lambda: out_of_line(user, run)),
    }


def out_of_line(user, run: Run) -> list[OutOfLine]:
    """The largest mismatches of effort and guidance."""
    largest = Spent(user, run).mismatches[:MOST_MISMATCHES]
    names = dict(Account.objects.filter(pk__in=[each.served.account for each in largest]).values_list("pk", "name"))
    return [
        OutOfLine(each.served.code, names[each.served.account], words.kind_of(each), each.size, words.side_of(each))
        for each in largest
    ]


def reminders(user, run: Run, own: bool) -> list[tuple[bool, Result, str]]:
    """Key accounts whose decision is due for review, or overdue, the oldest first; then those with an open proposal of
    this person's. Of this manager's accounts alone, if that is said. One question to the database."""
    if not may(user, Permission.PROPOSE_DECISIONS):
        return []
    today = timezone.localdate()
    due = Q(is_key=True, review_on__lte=today + selection.SOON, waiting_since=None)
    due &= Q(account__manager=user) if own else Q()
    mine = Decision.objects.proposed().filter(proposed_by=user)
    rows = selection.listed(user, run).filter(due | Q(account__in=mine.values("account")))
    rows = rows.annotate(proposed=Subquery(selection.open_proposal().values("outcome")[:1]))
    found = list(rows.order_by(F("waiting_since").asc(nulls_first=True), "review_on", "code")[:MOST_PROGRAMME])
    told = [(True, row, review_text(row)) for row in found if row.waiting_since is None]
    waiting = [(False, row, waiting_text(row)) for row in found if row.waiting_since is not None]
    return told[:MOST_REMINDERS] + waiting[:MOST_REMINDERS]


def review_text(row: Result) -> str:
    return _("needs its place in the programme decided again by %(day)s") % {"day": date_format(row.review_on, "j M Y")}


WAITS = {
    Decision.Outcome.ADMIT: gettext_lazy("waits since %(day)s to be admitted to the programme"),
    Decision.Outcome.KEEP: gettext_lazy("waits since %(day)s to be kept in the programme"),
    Decision.Outcome.RELEASE: gettext_lazy("waits since %(day)s to be released from the programme"),
}


def waiting_text(row: Result) -> str:
    """What is to be approved."""
    return str(WAITS[row.proposed]) % {"day": date_format(row.waiting_since, "j M")}


def trust(run: Run) -> dict:
    """How far the scores can be relied on."""
    scored = Position.objects.in_run(run).filter(result__is_active=True)
    found = scored.aggregate(
        confidence=Avg("confidence", filter=~Q(box="")), boxed=Count("pk", filter=~Q(box="")), all=Count("pk")
    )
    confidence = found["confidence"]
    return {
        "confidence": None if confidence is None else confidence / 1_000_000,  # an average is not rescaled
        "boxed": found["boxed"],
        "all": found["all"],
    }


def firmness_counts(rows) -> dict[str, int]:
    """How many boxes there are, and how many are fragile or of unknown firmness."""
    return rows.order_by().aggregate(
        boxes=Count("pk", filter=Q(position__box__gt="")),
        fragile=Count("pk", filter=held(Firmness.FRAGILE)),
        unknown=Count("pk", filter=held(Firmness.UNKNOWN)),
    )

"""The key account programme: who is in it, and how an account gets in or out.

The latest approved decision on an account says whether it is in: admitted and kept ones are, released ones are not.
"""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import DateField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Decision
from accounts.permissions import Permission, may
from accounts.versions import NotPossible

IN = (Decision.Outcome.ADMIT, Decision.Outcome.KEEP)
LONGEST_REASON = 2_000
LONGEST_REVIEW = 3  # years ahead


class AlreadyWaiting(NotPossible):
    """One proposal at a time."""


def decided(on: date | None = None) -> QuerySet[Decision]:
    """The decision in force on that day (today) on each account that has one."""
    known = Decision.objects.approved().filter(decided_on__lte=on or timezone.localdate())
    newer = Q(decided_on__gt=OuterRef("decided_on")) | Q(decided_on=OuterRef("decided_on"), pk__gt=OuterRef("pk"))
    return known.exclude(Exists(known.filter(newer, account=OuterRef("account"))))


def is_member(account: str = "account", on: date | None = None) -> Q:
    """Condition on rows that reach the account by this path; `pk` on accounts themselves."""
    return Q(**{f"{account}__in": decided(on).filter(outcome__in=IN).values("account")})


def members(on: date | None = None) -> QuerySet[Account]:
    """The key accounts of that day."""
    return Account.objects.filter(is_member("pk", on))


def review_on(account: str = "account") -> Subquery:
    """The day by which the decision in force is to be looked at again."""
    found = decided().filter(account=OuterRef(account), outcome__in=IN)
    return Subquery(found.values("review_on")[:1], output_field=DateField())


def in_force(account: Account) -> Decision | None:
    """The latest approved decision on one account."""
    return decided().filter(account=account).select_related("proposed_by", "decided_by").first()


def possible(account: Account) -> list[Decision.Outcome]:
    """What may be proposed: who is in is kept or released, who is not is admitted."""
    found = in_force(account)
    if found and found.outcome in IN:
        return [Decision.Outcome.KEEP, Decision.Outcome.RELEASE]
    return [Decision.Outcome.ADMIT]


def history(account: Account) -> QuerySet[Decision]:
    """Every decision on the account, the open proposal first, then the newest."""
    rows = account.decisions.select_related("proposed_by", "decided_by")
    return rows.order_by(F("decided_on").desc(nulls_first=True), "-pk")


def in_years(day: date, years: int) -> date:
    """The same day of a later year; of a 29 February the day before."""
    return day.replace(year=day.year + years, day=28 if (day.month, day.day) == (2, 29) else day.day)


def latest_review() -> date:
    return in_years(timezone.localdate(), LONGEST_REVIEW)


def propose(user, account: Account, outcome: str, reason: str, review: date | None) -> Decision:
    """Put a decision before those who may approve it. Raises NotPossible."""
    reason = reason.strip()
    if outcome not in possible(account):
        raise NotPossible(_("Only an account of the programme is kept or released, and only another one is admitted."))
    if not reason or len(reason) > LONGEST_REASON:
        raise NotPossible(_("Say why, in at most 2,000 characters."))
    if outcome in IN and (review is None or not timezone.localdate() < review <= latest_review()):
        raise NotPossible(_("Say when to look at it again: a day after today, at most three years ahead."))
    try:
        with transaction.atomic():
            return Decision.objects.create(
                account=account,
                outcome=outcome,
                reason=reason,
                review_on=review if outcome in IN else None,
                proposed_on=timezone.localdate(),
                proposed_by=user,
            )
    except IntegrityError as error:
        raise AlreadyWaiting(_("A decision on this account waits already.")) from error


def decide(user, decision: Decision, approve: bool, answer: str) -> None:
    """Approve or decline an open proposal, which is never one's own. Raises NotPossible."""
    answer = answer.strip()
    if decision.proposed_by_id == user.pk:
        raise NotPossible(_("It is your own proposal: somebody else decides on it."))
    if not approve and not answer:
        raise NotPossible(_("Say why you decline it."))
    if len(answer) > LONGEST_REASON:
        raise NotPossible(_("An answer has at most 2,000 characters."))
    found = Decision.objects.proposed().filter(pk=decision.pk)
    state = Decision.State.APPROVED if approve else Decision.State.DECLINED
    if not found.update(state=state, answer=answer, decided_on=timezone.localdate(), decided_by=user):
        raise NotPossible(_("Somebody has decided on it meanwhile."))
    decision.refresh_from_db()


def may_decide(user, decision: Decision) -> bool:
    """Whether this person may approve or decline it."""
    return may(user, Permission.APPROVE_DECISIONS) and decision.proposed_by_id != user.pk

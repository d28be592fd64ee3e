"""What lifetime values rest on: of the company, and of the accounts that differ from it."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.versions import NotPossible, Outdated
from relationships.core.value import Assumptions, multiple
from relationships.models import AssumptionChange, ValueAssumption

SHIPPED = {"retention": Decimal("0.85"), "discount": Decimal("0.10"), "growth": Decimal(0), "years": 5}
NAMES = tuple(SHIPPED)
BOUNDS = {
    "retention": (0, Decimal("0.99"), gettext_lazy("Retention is 0 to 99 %: no customer is sure to stay.")),
    "discount": (0, 1, gettext_lazy("The discount rate is 0 to 100 %.")),
    "growth": (Decimal("-0.99"), Decimal("0.2"), gettext_lazy("Growth is −99 to 20 % a year.")),
}
LONGEST_NOTE = 500
LISTED_CHANGES = 20
LONGEST_YEARS = 20  # that anybody may state; older rows may have more


@dataclass(frozen=True)
class Assumed:
    """What counts for one account. `row`: where it is stated, None as shipped; `own`: by the account itself."""

    values: Assumptions
    row: ValueAssumption | None
    own: bool

    @property
    def revision(self) -> int:
        return self.row.revision if self.row else 0


def of_company() -> Assumed:
    row = ValueAssumption.objects.filter(account__isnull=True).select_related("changed_by").first()
    return Assumed(in_core(row), row, False)


def of_accounts(accounts: Collection[int]) -> dict[int, Assumed]:
    """What counts for each of these."""
    company = of_company()
    rows = ValueAssumption.objects.filter(account__in=accounts).select_related("changed_by")
    own = {row.account_id: Assumed(in_core(row), row, True) for row in rows}
    return {account: own.get(account, company) for account in accounts}


def in_core(row: ValueAssumption | None) -> Assumptions:
    said = {name: getattr(row, name) for name in NAMES} if row else SHIPPED
    rates = [Fraction(said[name]) for name in NAMES[:3]]
    return Assumptions(*rates, years=said["years"])


def check(said: dict) -> None:
    """Refuse what cannot be. Raises NotPossible."""
    for name, (least, most, sentence) in BOUNDS.items():
        if said[name] is None or not least <= said[name] <= most:
            raise NotPossible(str(sentence))
    if said["years"] is not None and not 1 <= said["years"] <= LONGEST_YEARS:
        raise NotPossible(_("Years are 1 to %(most)s, or none for without end.") % {"most": LONGEST_YEARS})
    check_note(said.get("note", ""))


def check_note(note: str) -> None:
    if not note:
        raise NotPossible(_("Say why: the reason stands beside the value."))
    if "\0" in note:
        raise NotPossible(_("The reason has a character that cannot be stored. Type it again."))
    if len(note) > LONGEST_NOTE:
        raise NotPossible(_("The reason has at most %(most)s characters.") % {"most": LONGEST_NOTE})


def state(user, account: Account | None, said: dict, revision: int) -> None:
    """Store what counts for the account, or for the company. Raises NotPossible, and Outdated where somebody was
    quicker."""
    check(said)
    found = multiple(in_core(ValueAssumption(**{name: said[name] for name in NAMES})))
    values = said | {"multiple": None if found is None else float(found), "revision": revision + 1}
    values |= {"changed_at": timezone.now(), "changed_by": user}
    with transaction.atomic():
        store(account, values, revision)
        keep(user, account, said)


def store(account: Account | None, values: dict, revision: int) -> None:
    if revision:
        if not ValueAssumption.objects.filter(account=account, revision=revision).update(**values):
            raise Outdated
        return
    try:
        with transaction.atomic():
            ValueAssumption.objects.create(account=account, **values)
    except IntegrityError as error:
        raise Outdated from error


def withdraw(user, account: Account, revision: int) -> None:
    """Let what counts for the company count for the account again. Raises Outdated."""
    with transaction.atomic():
        row = ValueAssumption.objects.select_for_update().filter(account=account, revision=revision).first()
        if row is None:
            raise Outdated
        keep(user, account, {name: getattr(row, name) for name in (*NAMES, "note")}, is_withdrawn=True)
        row.delete()


def keep(user, account: Account | None, said: dict, is_withdrawn: bool = False) -> None:
    """Note what was said, so that it can be looked up when it no longer counts."""
    kept = {name: said[name] for name in (*NAMES, "note")}
    AssumptionChange.objects.create(
        account=account, changed_at=timezone.now(), changed_by=user, is_withdrawn=is_withdrawn, **kept
    )


def changes_of(account: Account | None) -> list[AssumptionChange]:
    """The latest changes, newest first."""
    rows = AssumptionChange.objects.filter(account=account).select_related("changed_by")
    return list(rows.order_by("-pk")[:LISTED_CHANGES])

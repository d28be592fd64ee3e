"""The balance of the programme: key accounts in each box against the mix aimed at, and how many there are."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import Permission, may
from accounts.programme import is_member
from accounts.versions import NotPossible, Outdated
from profitability.models import Result, Run
from relationships.core.balance import gaps
from relationships.models import Box, TargetMix

EVEN = Decimal("0.25")  # a balanced portfolio of all four types
SIZE = Decimal("0.15")  # about the top 15 % of customers
SENSIBLE = range(15, 36)  # key accounts; more can hardly be looked after well
STEP = Decimal("0.000001")


@dataclass(frozen=True)
class Target:
    """Shares as 0…1; those of boxes sum to 1."""

    boxes: dict[str, Decimal]
    programme: Decimal
    revision: int  # 0: nobody has set a target yet

    @property
    def is_capped(self) -> bool:
        """Nobody has set it, and 15 % would be more accounts than can be looked after well."""
        return not self.revision and self.programme < SIZE


@dataclass(frozen=True)
class BoxShare:
    """Key accounts of one box, as they are and as they should be."""

    box: Box
    count: int
    share: Decimal | None  # of the key accounts that have a box
    target: Decimal
    gap: Fraction  # accounts too many, or, below zero, too few


@dataclass(frozen=True)
class Balance:
    """Of the accounts that the reader sees. `members` counts also key accounts without a box."""

    boxes: list[BoxShare]
    members: int
    unplaced: int
    active: int
    target: Target
    sees_all: bool

    @property
    def size(self) -> Decimal | None:
        """The programme's share of all active accounts."""
        return Decimal(self.members) / self.active if self.active else None

    @property
    def aimed(self) -> Fraction:
        """As many key accounts as the programme aims at."""
        return Fraction(self.target.programme) * self.active

    @property
    def size_gap(self) -> Fraction:
        """Key accounts too many for the size aimed at, or, below zero, too few."""
        return self.members - self.aimed

    @property
    def largest_gap(self) -> BoxShare | None:
        """The box that is furthest from its target, if one is off by an account or more."""
        worst = max(self.boxes, key=lambda each: abs(each.gap))
        return worst if abs(worst.gap) >= 1 else None


def balance(user, run: Run, on: date | None = None) -> Balance:
    """The programme of that day (today) over the boxes of the run."""
    rows = Result.objects.in_run(run).visible_to(user)
    listed = rows.filter(is_member("account", on)).order_by().values_list("position__box", flat=True)
    counts = Counter(box or "" for box in listed)
    active = rows.filter(is_active=True).count()
    placed, target = {box: counts[box] for box in Box.values}, target_mix(active)
    count, off = sum(placed.values()), gaps(placed, target.boxes)
    return Balance(
        boxes=[
            BoxShare(box, placed[box], Decimal(placed[box]) / count if count else None, target.boxes[box], off[box])
            for box in Box
        ],
        members=sum(counts.values()),
        unplaced=counts[""],
        active=active,
        target=target,
        sees_all=may(user, Permission.SEE_ALL_ACCOUNTS),
    )


def target_mix(active: int = 0) -> Target:
    """As it is set, else the same share of each box and, of so many active accounts, 15 % but at most 35."""
    row = TargetMix.objects.filter(pk=1).first()
    if row is None:
        return Target(dict.fromkeys(Box.values, EVEN), usual_size(active), 0)
    return Target({box: getattr(row, box) for box in Box.values}, row.programme, row.revision)


def usual_size(active: int) -> Decimal:
    most = SENSIBLE.stop - 1
    return SIZE if SIZE * active <= most else (Decimal(most) / active).quantize(STEP)


def set_target(user, boxes: dict[str, Decimal], programme: Decimal, revision: int) -> None:
    """Aim at another mix, unless somebody has changed it since that revision. Raises NotPossible, Outdated."""
    shares = [*boxes.values(), programme]
    if any(not 0 <= each <= 1 or each != each.quantize(STEP) for each in shares):
        raise NotPossible(_("A share runs from 0 to 100 %, with at most four decimals."))
    total = sum(boxes.values(), Decimal(0))
    if total != 1:
        raise NotPossible(_("The shares of the boxes add up to %(sum)s %%, not to 100 %%.") % {"sum": plain(total)})
    values = {**boxes, "programme": programme, "changed_by": user, "changed_at": timezone.now()}
    with transaction.atomic():
        row = TargetMix.objects.select_for_update().filter(pk=1).first()
        if revision != (row.revision if row else 0):
            raise Outdated(_("target mix"))
        TargetMix.objects.update_or_create(pk=1, defaults=values | {"revision": revision + 1})


def plain(share: Decimal) -> str:
    text = f"{share * 100:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

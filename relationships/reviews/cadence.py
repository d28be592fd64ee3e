"""How often plans are reviewed: by the box of their account, and by the team in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from relationships.core.agreements import months_later
from relationships.models import Box, Review, ReviewCadence

TEAM = "team"  # whatever the box: those who look after the account, among themselves
NO_BOX = "none"
LABELS = {TEAM: _("Every plan, by its team"), **dict(Box.choices), NO_BOX: _("No box")}
MOST_MONTHS, MOST_DAYS = 36, 1_100


@dataclass(frozen=True)
class Rhythm:
    """A review of that kind every so many months; 0 asks for none. A plan is stale so many days after its last one."""

    kind: str
    months: int
    stale_days: int
    stated: ReviewCadence | None = None

    def after(self, day: date) -> date:
        return months_later(day, self.months)


# Usual practice: monthly by the team, quarterly with the customer, rarer where less depends on it
SHIPPED = {
    TEAM: Rhythm(Review.Kind.TEAM, 1, 120),
    Box.STRATEGIC.value: Rhythm(Review.Kind.JOINT, 3, 120),
    Box.STAR.value: Rhythm(Review.Kind.JOINT, 3, 120),
    Box.STATUS.value: Rhythm(Review.Kind.JOINT, 6, 210),
    Box.STREAMLINE.value: Rhythm(Review.Kind.JOINT, 12, 400),
    NO_BOX: Rhythm(Review.Kind.JOINT, 6, 210),
}
Rhythms = Mapping[str, Rhythm]


def rhythms() -> dict[str, Rhythm]:
    """By box, as stated or as shipped. One query."""
    rows = ReviewCadence.objects.select_related("changed_by").filter(box__in=SHIPPED)
    stated = {row.box: Rhythm(row.kind, row.months, row.stale_days, row) for row in rows}
    return {box: stated.get(box, shipped) for box, shipped in SHIPPED.items()}


def of_box(found: Rhythms, box: str) -> Rhythm:
    return found[box] if box in found and box != TEAM else found[NO_BOX]


class Outdated(Exception):
    """Somebody has changed a rhythm since the page was opened."""


@transaction.atomic
def state(typed: Mapping[str, tuple[str, int, int]], seen: Mapping[str, str], user, now: datetime) -> int:
    """Keep what is typed by box (kind, months, days) unless somebody changed it since. Returns how many changed."""
    before = rhythms()
    changed = [box for box, said in typed.items() if said != _said(before[box])]
    for box in changed:
        if seen.get(box, "") != mark_of(before[box]):
            raise Outdated(box)
        kind, months, days = typed[box]
        said = {"kind": kind, "months": months, "stale_days": days, "changed_by": user, "changed_at": now}
        ReviewCadence.objects.update_or_create(box=box, defaults=said)
    return len(changed)


def _said(rhythm: Rhythm) -> tuple[str, int, int]:
    return (str(rhythm.kind), rhythm.months, rhythm.stale_days)


def mark_of(rhythm: Rhythm) -> str:
    """What tells whether somebody has changed it meanwhile."""
    return rhythm.stated.changed_at.isoformat() if rhythm.stated else ""

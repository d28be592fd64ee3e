"""Where an account stood in earlier runs, why it moved, and what a decision on it could rest on."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Account, Decision
from kam_portal.causes import why
from profitability.models import Run
from profitability.standings import READABLE
from relationships.models import Position, PositionChange

LISTED = 24  # runs


def history_of(account: Account, profit: bool) -> list[Position]:
    """Positions of the account in published runs, newest first; each with the `cause` of a box that changed in it."""
    rows = Position.objects.filter(account=account, run__published_at__isnull=False)
    listed = list(rows.select_related("run", "result", "criteria_set").order_by("-run__published_at")[:LISTED])
    boxes = PositionChange.objects.filter(account=account, kind=PositionChange.Kind.BOX)
    changes = {change.run_id: change for change in boxes.filter(run__in=[past.run_id for past in listed])}
    for past in listed:
        change = changes.get(past.run_id)
        past.cause = why(change, past, profit) if change else ""
    return listed


def change_of(position: Position, profit: bool) -> str:
    """The box before, until when, and why it changed."""
    if position.changed_on is None:
        return ""
    before = Position(box=position.previous_box).get_box_display() or _("no box")
    text = _("was %(box)s until %(day)s") % {"box": before, "day": date_format(position.changed_on, "j M Y")}
    boxes = PositionChange.objects.filter(account=position.account_id, kind=PositionChange.Kind.BOX)
    noted = boxes.filter(changed_on=position.changed_on, after=position.box, run__lte=position.run_id)
    change = noted.order_by("-pk").first()
    text = f"{text}: {why(change, position, profit)}" if change else text
    return text[0].upper() + text[1:]


def cause_of(change: PositionChange, published: Run | None, profit: bool) -> str:
    """Why a box or stage changed. The causes of an earlier run's box are for those who may see them all: what its
    scores rested on is not known here."""
    if profit or change.kind == PositionChange.Kind.STAGE:
        return why(change, Position(), profit)
    if published is None or change.run_id != published.pk:
        return ""
    return why(change, Position.objects.get(run=published, account=change.account_id), profit)


def with_positions(account: Account, decisions: Iterable[Decision]) -> None:
    """Give each decision the position it could rest on, `rested_on`: that of the run that was published last on the
    day it was decided; while it waits, of today's."""
    rows = Position.objects.filter(account=account, run__state__in=READABLE, run__published_at__isnull=False)
    listed = rows.select_related("run", "criteria_set").defer("scores", "nearest_move").order_by("run__published_at")
    known = [(timezone.localdate(past.run.published_at), past) for past in listed]
    for each in decisions:
        each.rested_on = last_by(known, each.decided_on or timezone.localdate())


def last_by(known: list[tuple[date, Position]], day: date) -> Position | None:
    place = bisect_right(known, day, key=lambda pair: pair[0])
    return known[place - 1][1] if place else None

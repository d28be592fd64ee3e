"""The log of complaints: logged, changed, closed, and how long they stay open."""

from collections.abc import Iterable
from datetime import date
from statistics import median

from django.db.models import Count, F, Q, QuerySet

from accounts.permissions import Permission, may
from accounts.versions import Outdated
from relationships.models import Complaint

FIELDS = (
    "received_on",
    "contact",
    "subject",
    "severity",
    "text",
    "owner",
    "cause",
    "remedy",
    "closed_on",
)


def log(user, account, fields: dict) -> Complaint:
    return Complaint.objects.create(account=account, logged_by=user, **fields)


def change(complaint: Complaint, fields: dict, revision: int) -> None:
    """Change one that still is of that revision, else Outdated."""
    found = Complaint.objects.filter(pk=complaint.pk, revision=revision)
    if not found.update(**fields, revision=F("revision") + 1):
        raise Outdated(str(complaint))


def may_change(user, complaint: Complaint) -> bool:
    """Whoever logged it or owns it, and whoever edits the plans of accounts in sight."""
    own = user.pk in (complaint.logged_by_id, complaint.owner_id)
    return may(user, Permission.EDIT_PLANS) or (own and may(user, Permission.LOG_TOUCHPOINTS))


def days_open(complaint: Complaint, today: date) -> int:
    """From the day it came until it was closed, or until today."""
    return ((complaint.closed_on or today) - complaint.received_on).days


def usual_days(rows: Iterable[Complaint], today: date) -> int | None:
    """The median days that the closed ones took; None without any."""
    days = [days_open(row, today) for row in rows if row.closed_on]
    return round(median(days)) if days else None


def by_subject(rows: QuerySet[Complaint]) -> list[dict]:
    """How many of each subject, and how many of them are open; the most first."""
    counted = rows.order_by().values("subject").annotate(all=Count("pk"), open=Count("pk", filter=Q(closed_on=None)))
    labels = dict(Complaint.Subject.choices)
    return [row | {"label": labels[row["subject"]]} for row in sorted(counted, key=lambda row: -row["all"])]

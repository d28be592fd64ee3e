"""Planning a review as people do: its agenda filled from what is open, and those who are to come told."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from profitability.models import Run
from relationships import notices
from relationships.models import Notice, Plan, Review
from relationships.reviews import agenda, meeting

TOLD = "review"


def plan(user, of: Plan, kind: str, day: date | None, run: Run | None, today: date) -> Review:
    """A review to come, with its agenda; those who are to come hear of it."""
    with transaction.atomic():
        made = meeting.plan_one(user, of, kind, day, today)
        meeting.fill(made, agenda.proposals(user, made, run, today))
        tell(user, made)
    return made


def tell(user, row: Review) -> None:
    words = {"kind": row.get_kind_display(), "account": row.plan.account, "day": date_format(row.due_on, "j M Y")}
    text = _("%(kind)s of %(account)s on %(day)s: the agenda is open") % words
    notices.tell(row.people.all(), TOLD, text, address(row), user, plan=row.plan, account=row.plan.account)


def take_back(row: Review, revision: int) -> None:
    """It is not planned after all; who has not read of it yet will not."""
    with transaction.atomic():
        meeting.cancel(row, revision)
        Notice.objects.filter(kind=TOLD, url=address(row), read_at=None).delete()


def address(row: Review) -> str:
    return reverse("review", args=[row.pk])

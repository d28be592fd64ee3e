"""When months were closed and reopened, by whom and why. Two persons reopen a month: one asks, another confirms."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from profitability.models.run import Run

LEDGER_IS_CLOSED = "the ledger of a closed month cannot be changed"  # what the database says


class MonthClosing(models.Model):
    """One step in closing or reopening a month. Entries are only added; whether a month is closed, `ClosedMonth`
    says."""

    class Step(models.TextChoices):
        CLOSED = "closed", _("closed")
        ASKED = "asked", _("asked to reopen")
        REOPENED = "reopened", _("reopened")
        DECLINED = "declined", _("declined to reopen")
        WITHDRAWN = "withdrawn", _("no longer asked to reopen")
        CHANGED = "changed", _("figures changed, with approval")

    month = models.PositiveIntegerField(_("month"))
    step = models.CharField(max_length=16, choices=Step)
    asked_by = models.ForeignKey(  # who asked for what is confirmed, declined or withdrawn
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"), blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")  # whose figures count from then

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(step__in=["asked", "reopened", "changed"]) | ~Q(reason=""),
                name="reopening_has_a_reason",
                violation_error_message=_("Say why."),
            ),
            models.CheckConstraint(  # one that stands in the log from before two were needed has nobody who asked
                condition=~Q(step="reopened") | Q(asked_by__isnull=True) | ~Q(asked_by=F("by")),
                name="two_persons_reopen",
                violation_error_message=_("Another person has to confirm."),
            ),
        ]
        indexes = [models.Index(fields=["month"], name="month_closing_month")]

    def __str__(self) -> str:
        return f"{self.month} {self.get_step_display()}"

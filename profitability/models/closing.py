"""When months were closed and reopened, by whom and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from profitability.models.run import Run


class MonthClosing(models.Model):
    """One closing or reopening of a month. Entries are only added; whether a month is closed, `ClosedMonth` says."""

    month = models.PositiveIntegerField(_("month"))
    is_closing = models.BooleanField()  # else it was reopened
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"), blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")  # that covered it when closed

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_closing=True) | ~Q(reason=""),
                name="reopening_has_a_reason",
                violation_error_message=_("Say why the month is reopened."),
            )
        ]
        indexes = [models.Index(fields=["month"], name="month_closing_month")]

    def __str__(self) -> str:
        return f"{self.month} {'closed' if self.is_closing else 'reopened'}"

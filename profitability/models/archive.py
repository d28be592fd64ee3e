"""What is kept of closed months, so that runs need not read their lines again."""

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from profitability.models.ledger import ClosedMonth


class ArchivedMonthQuerySet(models.QuerySet):
    def of_closed_months(self):
        """Without months that were reopened since; a file made before the latest closing is of no use either."""
        closed = ClosedMonth.objects.filter(month=OuterRef("month"), closed_at__lte=OuterRef("made_at"))
        return self.filter(Exists(closed))


class ArchivedMonth(models.Model):
    """The file of a closed month: its lines, events and attributes as they were when it was closed."""

    month = models.PositiveIntegerField(_("month"), unique=True)
    path = models.CharField(max_length=200)  # below VAR_DIR
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()

    objects = ArchivedMonthQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.month // 100}-{self.month % 100:02d}"


class RolledMonth(models.Model):
    """What a closed month comes to. `source` is a hash of the file and of the questions that were asked of it."""

    month = models.PositiveIntegerField(unique=True)
    source = models.CharField(max_length=64)
    measures = models.BinaryField()  # Parquet: a row per account, a column per measure
    baskets = models.BinaryField()  # Parquet: a row per account and product it bought

    def __str__(self) -> str:
        return str(self.month)

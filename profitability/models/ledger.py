"""The ledger: products, order lines, activity events and resource costs. Lines are never edited: a
correction supersedes the line, and the earlier one stays."""

from enum import IntFlag

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Import, LedgerField


class Counts(IntFlag):
    """What a line counts for. Exactly one line of each (account, month, thing) carries the mark, so that the
    number of distinct orders or deliveries is a plain sum."""

    ORDER = 1
    DELIVERY = 2
    EXPRESS_ORDER = 4
    LATE_ORDER = 8
    RETURN_ORDER = 16


class Product(models.Model):
    """An article we sell."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    category = models.CharField(_("category"), max_length=100, blank=True)

    def __str__(self) -> str:
        return self.name


class LedgerQuerySet(models.QuerySet):
    def current(self):
        """Without the lines that a later import corrected."""
        return self.filter(superseded_in__isnull=True)


class OrderLine(models.Model):
    """One line of an order, or of a return, as invoiced. Without an account it counts as “no account”."""

    order_id = models.CharField(_("order"), max_length=64)
    line_no = models.PositiveIntegerField(_("line"))
    ordered_on = models.DateField(_("ordered on"))
    month = models.PositiveIntegerField()  # yyyymm of ordered_on
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="order_lines", db_index=False
    )
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    quantity = LedgerField(_("quantity"))
    list_amount = LedgerField(_("list amount"))
    discount_amount = LedgerField(_("discount"))
    net_amount = LedgerField(_("net amount"))
    cost_amount = LedgerField(_("cost of goods"))
    freight_amount = LedgerField(_("freight"))
    due_on = models.DateField(_("due on"), null=True)
    shipped_on = models.DateField(_("shipped on"), null=True)
    is_express = models.BooleanField(_("express"), default=False)
    is_return = models.BooleanField(_("return"), default=False)
    counts = models.PositiveSmallIntegerField(default=0)  # Counts
    imported_in = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    superseded_in = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_id", "line_no"],
                condition=Q(superseded_in__isnull=True),
                name="one_current_order_line",
            )
        ]
        indexes = [
            models.Index(fields=["account", "month"], name="order_line_account_month"),
            models.Index(fields=["month"], name="order_line_month"),  # a nightly run reads a month of many
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.line_no}"


class ActivityEvent(models.Model):
    """Something we did for an account: a visit, a quote, a ticket."""

    event_id = models.CharField(_("event"), max_length=64)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="activity_events", db_index=False)
    event_type = models.CharField(_("type"), max_length=64)
    occurred_on = models.DateField(_("on"))
    month = models.PositiveIntegerField()
    quantity = LedgerField(_("quantity"))
    minutes = LedgerField(_("minutes"))
    imported_in = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    superseded_in = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event_id"],
                condition=Q(superseded_in__isnull=True),
                name="one_current_activity_event",
            )
        ]
        indexes = [
            models.Index(fields=["account", "month"], name="event_account_month"),
            models.Index(fields=["month"], name="event_month"),
        ]

    def __str__(self) -> str:
        return self.event_id


class EventAttribute(models.Model):
    """A number said of an event (its `x_NAME` column), for use in a time equation."""

    event = models.ForeignKey(ActivityEvent, on_delete=models.CASCADE, related_name="attributes")
    name = models.CharField(max_length=64)
    amount = LedgerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "name"], name="one_value_per_attribute")]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"


class ResourceCost(models.Model):
    """What a pool cost in a month, and the minutes it could work."""

    pool_code = models.CharField(_("pool"), max_length=64)
    month = models.PositiveIntegerField(_("month"))
    amount = LedgerField(_("amount"))
    practical_minutes = LedgerField(_("practical minutes"), null=True)
    imported_in = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    superseded_in = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pool_code", "month"],
                condition=Q(superseded_in__isnull=True),
                name="one_current_cost_per_pool_and_month",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pool_code} {self.month}"


class ClosedMonth(models.Model):
    """A month whose ledger takes no more changes; two persons may reopen it, with a reason."""

    month = models.PositiveIntegerField(_("month"), unique=True)
    closed_at = models.DateTimeField(auto_now_add=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    asked = models.ForeignKey(  # somebody asked to reopen it, and nobody has confirmed or declined yet
        "profitability.MonthClosing", null=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.month)

"""Runs, the published one, and what each run found out about pools and activities."""

from calendar import monthrange
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import LedgerField, MoneyField
from profitability.models.cost_model import CostModel


class Run(models.Model):
    """One calculation over a window of whole months. The row is the queue of record: a run that waits or was
    lost by a killed worker is found here and done again."""

    class Kind(models.TextChoices):
        NIGHTLY = "nightly", _("Nightly")
        DEMAND = "demand", _("On demand")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        PUBLISHED = "published", _("Published")
        SUPERSEDED = "superseded", _("Superseded")
        FAILED = "failed", _("Failed")
        HELD = "held", _("Waits for approval")
        DISCARDED = "discarded", _("Discarded")

    kind = models.CharField(max_length=16, choices=Kind, default=Kind.DEMAND)
    business_date = models.DateField(null=True)  # of a nightly run: one a night
    asked_from = models.PositiveIntegerField(null=True)  # the window as asked for; null = the default window
    asked_to = models.PositiveIntegerField(null=True)
    month_from = models.PositiveIntegerField(null=True)  # the window as calculated
    month_to = models.PositiveIntegerField(null=True)
    model_code = models.CharField(max_length=64, blank=True)  # as asked for; empty = the current model
    cost_model = models.ForeignKey(CostModel, null=True, on_delete=models.PROTECT, related_name="runs")
    engine = models.CharField(max_length=32, default="database")
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)  # the fencing token: only the latest attempt may publish
    holder = models.CharField(max_length=128, blank=True)  # host:process that works on it
    lease_until = models.DateTimeField(null=True)
    step = models.CharField(max_length=64, blank=True)
    steps_done = models.PositiveSmallIntegerField(default=0)
    steps_total = models.PositiveSmallIntegerField(default=0)
    message = models.TextField(blank=True)  # why it failed, or what it waits for
    notices = models.JSONField(default=list)
    inputs = models.JSONField(default=dict)
    input_fingerprint = models.CharField(max_length=64, blank=True)
    result_hash = models.CharField(max_length=64, blank=True)
    totals = models.JSONField(default=dict)
    changes = models.JSONField(default=list)  # of figures of months that were closed before: see closed_figures.py
    follows = models.ForeignKey(  # the run that stood behind the pages when this one was first put there
        "self", null=True, on_delete=models.PROTECT, related_name="+"
    )
    difference = MoneyField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)  # when it was first put behind the pages

    put_up_at = None  # of the published one: when it was put behind the pages, maybe again

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["business_date"],
                condition=Q(kind="nightly"),
                name="one_nightly_run_per_business_date",
            ),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def is_finished(self) -> bool:
        return self.state not in {self.State.WAITING, self.State.RUNNING}

    @property
    def window_label(self) -> str:
        """The window in words: “Nov 2025–Oct 2026”."""
        if not self.month_to:
            return ""
        first, last = (date(month // 100, month % 100, 1) for month in (self.month_from, self.month_to))
        return f"{date_format(first, 'M Y')}–{date_format(last, 'M Y')}"

    @property
    def model_label(self) -> str:
        return str(self.cost_model) if self.cost_model else _("no cost model")

    @property
    def as_of(self) -> date | None:
        """The last day of the window."""
        if not self.month_to:
            return None
        year, month = divmod(self.month_to, 100)
        return date(year, month, monthrange(year, month)[1])


class Publication(models.Model):
    """The one row that says which run stands behind every page."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_publication")]

    def __str__(self) -> str:
        return str(self.run)


class RunDecision(models.Model):
    """What a person decided about a run; entries are only added. Nobody has discarded a run that a later one made
    pointless."""

    class Step(models.TextChoices):
        APPROVED = "approved", _("approved")
        DISCARDED = "discarded", _("discarded")
        AGAIN = "again", _("published again")

    run = models.ForeignKey(Run, on_delete=models.PROTECT, related_name="decisions")
    step = models.CharField(max_length=16, choices=Step)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.TextField(_("reason"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="decision_on_a_run_has_a_reason",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.get_step_display()}"


class PoolBalance(models.Model):
    """Where the cost of one pool went in one month of a run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="pool_balances", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    month = models.PositiveIntegerField()
    pool = models.CharField(max_length=64)
    input = MoneyField()
    support_in = MoneyField()
    support_out = MoneyField()
    accounts = MoneyField()
    no_account = MoneyField()
    unused = MoneyField()
    channel = MoneyField()
    corporate = MoneyField()
    unassigned = MoneyField()
    difference = MoneyField()
    practical_minutes = LedgerField(null=True)
    used_minutes = LedgerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run", "month"], name="pool_balance_run_month")]

    def __str__(self) -> str:
        return f"{self.pool} {self.month}"


class ActivityTotal(models.Model):
    """What one activity cost in one month of a run, and its rate per unit of its driver or per minute."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="activity_totals", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    month = models.PositiveIntegerField()
    activity = models.CharField(max_length=64)
    phase = models.CharField(max_length=16)
    level = models.CharField(max_length=16)
    quantity = LedgerField(null=True)
    minutes = LedgerField(null=True)
    rate = models.CharField(max_length=40, blank=True)  # exact decimal text, ≥ 12 digits
    accounts = MoneyField()
    no_account = MoneyField()
    unassigned = MoneyField()

    class Meta:
        indexes = [models.Index(fields=["run", "month"], name="activity_total_run_month")]

    def __str__(self) -> str:
        return f"{self.activity} {self.month}"

"""What a run found out about accounts."""

from django.db import models
from django.db.models import F

from accounts.models import Account, LedgerField, MoneyField, ShareField
from accounts.permissions import Permission, may
from profitability.models.run import Run


class ResultQuerySet(models.QuerySet):
    def in_run(self, run):
        return self.filter(run=run)

    def of_accounts(self):
        """Without the row of the order lines that have no account."""
        return self.filter(account__isnull=False)

    def visible_to(self, user):
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self.of_accounts()
        return self.filter(account__in=Account.objects.visible_to(user))

    def best_first(self):
        return self.order_by(F("contribution").desc(), "code")


class Result(models.Model):
    """One account's figures over the window of one run: from list sales down to contribution. One row a run
    has no account: the lines without customer."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="results", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="results")
    code = models.CharField(max_length=64, blank=True)  # the account's code when the run was made
    is_active = models.BooleanField()  # any order line or event in the window
    orders = models.PositiveIntegerField()
    order_lines = models.PositiveIntegerField()
    products = models.PositiveIntegerField()
    units = LedgerField()
    list_amount = MoneyField()
    discount_amount = MoneyField()
    return_amount = MoneyField()
    net_revenue = MoneyField()
    cost_amount = MoneyField()
    freight_amount = MoneyField()
    gross_margin = MoneyField()
    presale = MoneyField()
    production = MoneyField()
    delivery = MoneyField()
    post_sale = MoneyField()
    unit_cost = MoneyField()  # cost to serve by level
    batch_cost = MoneyField()
    customer_cost = MoneyField()
    cost_to_serve = MoneyField()
    contribution = MoneyField()
    revenue_class = models.CharField(max_length=1, blank=True)
    revenue_rank = models.PositiveIntegerField(null=True)
    contribution_rank = models.PositiveIntegerField(null=True)
    share_of_wallet = ShareField(null=True)
    growth = ShareField(null=True)  # net revenue of the second half of the window against the first: see runs.py

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "attempt", "account"], name="one_result_per_account")]
        indexes = [
            models.Index(fields=["run", "code"], name="result_run_code"),
            models.Index(fields=["run", "-contribution", "code"], name="result_run_contribution"),
            models.Index(fields=["run", "-net_revenue", "code"], name="result_run_revenue"),
        ]

    def __str__(self) -> str:
        return f"{self.code} in {self.run_id}"


class MonthResult(models.Model):
    """One account's month in one run: its amounts, the sums of its measures, and the cost of each activity."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="month_results", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="month_results", db_index=False
    )
    month = models.PositiveIntegerField()
    list_amount = MoneyField()
    discount_amount = MoneyField()
    return_amount = MoneyField()
    net_revenue = MoneyField()
    cost_amount = MoneyField()
    freight_amount = MoneyField()
    gross_margin = MoneyField()
    cost_to_serve = MoneyField()
    contribution = MoneyField()
    measures = models.JSONField()  # {measure: ten-thousandths}, without zeros
    costs = models.JSONField()  # {activity: minor units}, without zeros

    objects = ResultQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["run", "account", "month"], name="month_result_run_account")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.month}"


class Ranking(models.Model):
    """One account's place by one measure in one run. Rank and class are over all active accounts."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="rankings", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=16)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="rankings", db_index=False)
    code = models.CharField(max_length=64)
    value = models.BigIntegerField()  # in the measure's own unit: minor units, ten-thousandths or millionths
    rank = models.PositiveIntegerField()
    abc_class = models.CharField(max_length=1)
    share = ShareField(null=True)
    cumulative_share = ShareField(null=True)
    previous_rank = models.PositiveIntegerField(null=True)

    objects = ResultQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["run", "measure", "rank"], name="ranking_run_measure_rank"),
            models.Index(fields=["account", "run"], name="ranking_account_run"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.rank}: {self.code}"


class Concentration(models.Model):
    """How much of one measure hangs on how few, on one level, in one run: the figures as they are served."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="concentrations", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=16)
    level = models.CharField(max_length=8)
    figures = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "measure", "level"], name="one_concentration_per_measure")
        ]

    def __str__(self) -> str:
        return f"{self.measure} by {self.level}"


class MethodCost(models.Model):
    """What serving one account costs over the window of a run by the methods that the run itself does not use:
    see core/methods.py. One row a run has no account. Time-driven, the run's own, stands in the result."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="method_costs", db_index=False)
    attempt = models.PositiveSmallIntegerField()
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="method_costs", db_index=False
    )
    two_stage = MoneyField()
    revenue = MoneyField()

    objects = ResultQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "attempt", "account"], name="one_method_cost_per_account")
        ]
        indexes = [models.Index(fields=["run", "account"], name="method_cost_run_account")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.run_id}"

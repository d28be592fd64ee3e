"""What was agreed with a customer in writing, and who speaks for us."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField
from relationships.models.contact import Contact
from relationships.models.touchpoint import OfVisibleAccounts


class Contract(models.Model):
    """One agreement with an account: its term, how it ends, and where the paper lies."""

    class Kind(models.TextChoices):
        SUPPLY = "supply", _("Supply agreement")
        FRAMEWORK = "framework", _("Framework agreement")
        SERVICE = "service", _("Service agreement")
        CONFIDENTIALITY = "confidentiality", _("Confidentiality agreement")
        OTHER = "other", _("Other")

    class Renewal(models.TextChoices):
        ENDS = "ends", _("Ends by itself")
        RENEWS = "renews", _("Renews by itself")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contracts")
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.SUPPLY)
    name = models.CharField(_("name"), max_length=200)
    reference = models.CharField(_("our reference"), max_length=64, blank=True)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"), null=True, blank=True)  # without end
    renewal = models.CharField(_("at its end"), max_length=8, choices=Renewal, default=Renewal.ENDS)
    renewal_months = models.PositiveSmallIntegerField(_("renews for months"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=0)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)  # before its time
    link = models.URLField(_("where it lies"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfVisibleAccounts.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="contract_ends_after_it_begins",
                violation_error_message=_("A contract ends after it begins."),
            )
        ]
        indexes = [models.Index(fields=["until_on"], name="contract_end")]

    def __str__(self) -> str:
        return self.name


class Commitment(models.Model):
    """What one side promised in a contract: an amount of something in each period, or a price that holds.

    The actual is counted from the ledger, in the product category named or in all.
    """

    class Side(models.TextChoices):
        CUSTOMER = "customer", _("The customer")
        OURS = "ours", _("We")

    class Measure(models.TextChoices):
        NET_REVENUE = "net_revenue", _("Net revenue")
        UNITS = "units", _("Units")
        ORDERS = "orders", _("Orders")
        PRICE = "price", _("Net price a unit")
        DISCOUNT = "discount_share", _("Discount")

    class Period(models.TextChoices):
        MONTH = "month", _("Month")
        QUARTER = "quarter", _("Quarter")
        YEAR = "year", _("Year of the contract")
        TERM = "term", _("Whole term")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="commitments")
    side = models.CharField(_("who commits"), max_length=8, choices=Side, default=Side.CUSTOMER)
    measure = models.CharField(_("measure"), max_length=16, choices=Measure, default=Measure.NET_REVENUE)
    category = models.CharField(_("product category"), max_length=100, blank=True)
    period = models.CharField(_("in each"), max_length=8, choices=Period, default=Period.YEAR)
    least = LedgerField(_("at least"), null=True, blank=True)
    most = LedgerField(_("at most"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least__isnull=False) | Q(most__isnull=False),
                name="commitment_has_a_limit",
                violation_error_message=_("Say the least, the most, or both."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()}: {self.get_measure_display()}"


class ServiceLevel(models.Model):
    """A level of service that we promised: counted from the ledger where it can be, else read and typed in."""

    class Measure(models.TextChoices):
        ON_TIME = "on_time_share", _("Orders on time")
        COMPLETE = "complete_share", _("Orders in one delivery")
        RETURNS = "return_share", _("Lines returned")
        OWN = "own", _("Another one")

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="service_levels")
    measure = models.CharField(_("measure"), max_length=16, choices=Measure, default=Measure.ON_TIME)
    name = models.CharField(_("name"), max_length=200, blank=True)  # of another one
    unit = models.CharField(_("unit"), max_length=32, blank=True)
    least = LedgerField(_("at least"), null=True, blank=True)  # shares as 0…1
    most = LedgerField(_("at most"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(least__isnull=False) | Q(most__isnull=False),
                name="service_level_has_a_limit",
                violation_error_message=_("Say the least, the most, or both."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.get_measure_display()


class ServiceReading(models.Model):
    """The value of a service level that no ledger holds, in one month."""

    level = models.ForeignKey(ServiceLevel, on_delete=models.CASCADE, related_name="readings")
    month = models.PositiveIntegerField(_("month"))  # yyyymm
    value = LedgerField(_("value"))
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "month"], name="one_service_reading_per_month")]

    def __str__(self) -> str:
        return f"{self.level} {self.month}: {self.value}"


class Advocacy(models.Model):
    """What a customer did for us with others: a reference, a referral, an award; and what it brought."""

    class Kind(models.TextChoices):
        REFERENCE = "reference", _("Reference given")
        REFERRAL = "referral", _("Referral")
        CASE_STUDY = "case_study", _("Published case")
        AWARD = "award", _("Award or recognition")

    class Result(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="advocacies")
    contact = models.ForeignKey(
        Contact, verbose_name=_("by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="advocacies"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=Kind, default=Kind.REFERENCE)
    happened_on = models.DateField(_("on"))
    text = models.CharField(_("what"), max_length=300)
    prospect = models.CharField(_("to whom"), max_length=200, blank=True)
    brought_account = models.ForeignKey(
        Account, verbose_name=_("the account it brought"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="brought_by",
    )  # fmt: skip
    result = models.CharField(_("result"), max_length=8, choices=Result, default=Result.OPEN)
    expected_revenue = LedgerField(_("expected net revenue a year"), null=True, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OfVisibleAccounts.as_manager()

    def __str__(self) -> str:
        return self.text

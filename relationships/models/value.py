"""What people say about the worth of accounts: what they spend in our categories, and how long they will stay."""

from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, LedgerField, ShareField
from relationships.core.value import MOST_YEARS, share_by_rank
from relationships.models.effort import Said


class CategoryPotential(models.Model):
    """What an account spends in one product category in a year, from all suppliers, and who has the rest."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="category_potentials")
    category = models.CharField(_("category"), max_length=100)
    annual_spend = LedgerField(_("annual spend"), null=True, blank=True)  # null: nobody knows
    competitor = models.CharField(_("competitor"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=500, blank=True)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stated_on = models.DateField(_("stated on"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "category"], name="one_potential_per_account_and_category"),
            models.CheckConstraint(
                condition=Q(annual_spend__isnull=True) | Q(annual_spend__gte=0), name="potential_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.category}"


class SupplierRank(models.Model):
    """Which place we have among the suppliers of an account in our categories, from which a share of its wallet is
    estimated. A tie has the average place: 1.5 where two are first."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="supplier_rank")
    rank = models.DecimalField(_("our rank"), max_digits=3, decimal_places=1)
    suppliers = models.PositiveSmallIntegerField(_("suppliers"))  # with us
    source = models.CharField(_("source"), max_length=500, blank=True)
    stated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    stated_on = models.DateField(_("stated on"))
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(suppliers__gte=2, rank__gte=1, rank__lte=F("suppliers")), name="supplier_rank_is_possible"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.place} of {self.suppliers}"

    @property
    def place(self) -> str:
        """The rank as it is said: 2, or 1.5 for a tie."""
        return f"{self.rank.normalize():f}"

    @property
    def share(self) -> Decimal:
        """The share of wallet to expect, by the Wallet Allocation Rule."""
        found = share_by_rank(Fraction(self.rank), self.suppliers)
        return Decimal(found.numerator) / found.denominator


class ValueAssumption(Said):
    """What lifetime values rest on: the row without account counts for all accounts that have none of their own."""

    account = models.OneToOneField(Account, null=True, on_delete=models.CASCADE, related_name="value_assumption")
    retention = ShareField(_("retention"))
    discount = ShareField(_("discount rate"))
    growth = ShareField(_("growth of the margin"))
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)  # null: without end
    multiple = models.FloatField(null=True)  # of the yearly margin, rounded; figures are exact
    note = models.CharField(_("why"), max_length=500, blank=True)
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy

    class Meta:
        constraints = [
            models.UniqueConstraint(
                Case(When(account__isnull=True, then=1)), name="one_row_of_assumptions_of_the_company"
            ),
            models.CheckConstraint(
                condition=Q(retention__gte=0, retention__lte=1, discount__gte=0, growth__gt=-1),
                name="assumptions_are_possible",
            ),
            models.CheckConstraint(
                condition=Q(years__isnull=True) | Q(years__gte=1, years__lte=MOST_YEARS), name="years_are_possible"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account or _("Company"))


class AssumptionChange(Said):
    """What was assumed from then on; `is_withdrawn`: what ceased to count."""

    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="assumption_changes")
    retention = ShareField(_("retention"))
    discount = ShareField(_("discount rate"))
    growth = ShareField(_("growth of the margin"))
    years = models.PositiveSmallIntegerField(_("years"), null=True, blank=True)
    note = models.CharField(_("why"), max_length=500, blank=True)
    is_withdrawn = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.account or _('Company')} {self.changed_at}"

"""Teams and the customer master."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import LedgerField
from accounts.permissions import Permission, may


class Team(models.Model):
    """A group of people who look after accounts together."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)

    def __str__(self) -> str:
        return self.name


class AccountQuerySet(models.QuerySet):
    def visible_to(self, user):
        """All accounts for finance and senior management; else those of own teams or looked after oneself."""
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self
        if not may(user, Permission.SEE_ACCOUNTS):
            return self.none()
        return self.filter(Q(team__in=user.teams.all()) | Q(manager=user) | Q(sponsor=user))


def _complexity(name):
    return models.PositiveSmallIntegerField(name, null=True, blank=True)


class Account(models.Model):
    """A customer organisation (never a login)."""

    code = models.CharField(_("code"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("parent"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="children",
    )
    segment = models.CharField(_("segment"), max_length=100, blank=True, db_index=True)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    country = models.CharField(_("country"), max_length=100, blank=True, db_index=True)
    region = models.CharField(_("region"), max_length=100, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    opened_on = models.DateField(_("opened on"), null=True, blank=True)
    team = models.ForeignKey(
        Team, verbose_name=_("team"), null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    manager = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("manager"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="managed_accounts",
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("executive sponsor"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="sponsored_accounts",
    )
    process_complexity = _complexity(_("process complexity"))
    product_complexity = _complexity(_("product complexity"))
    annual_potential = LedgerField(
        _("annual potential"),
        null=True,
        blank=True,
        help_text=_("What the account spends in our categories in a year, from all suppliers."),
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                name="account_is_not_its_own_parent",
                violation_error_message=_("An account cannot be its own parent."),
            ),
            models.CheckConstraint(
                condition=(Q(process_complexity__isnull=True) | Q(process_complexity__lte=10))
                & (Q(product_complexity__isnull=True) | Q(product_complexity__lte=10)),
                name="complexity_is_0_to_10",
                violation_error_message=_("Complexity runs from 0 to 10."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Assignment(models.Model):
    """Who looked after an account in a span of days: the team and manager of record, from a day until a day."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # half-open: the day the next one starts

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(until_on__isnull=True),
                name="one_current_assignment_per_account",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}: {self.team} from {self.from_on}"

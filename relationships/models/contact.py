"""Who is who at a customer, and who of us answers to whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user):
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self
        return self.filter(account__in=Account.objects.visible_to(user))

    def present(self):
        """Those who have not left."""
        return self.filter(left_on__isnull=True)


class Contact(models.Model):
    """One person of a customer, with a place in its organisation and in its buying decision."""

    class Level(models.IntegerChoices):
        SHOP_FLOOR = 1, _("Shop floor")
        TEAM = 2, _("Team lead")
        DEPARTMENT = 3, _("Head of department")
        DIVISION = 4, _("Division or general manager")
        BOARD = 5, _("Board")

    class BuyingRole(models.TextChoices):
        DECIDER = "decider", _("Decides")
        APPROVER = "approver", _("Approves")
        BUYER = "buyer", _("Buys")
        INFLUENCER = "influencer", _("Influences")
        USER = "user", _("Uses")
        GATEKEEPER = "gatekeeper", _("Guards access")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    title = models.CharField(_("title"), max_length=200, blank=True)
    function = models.CharField(_("function"), max_length=100, blank=True)
    level = models.PositiveSmallIntegerField(_("level"), choices=Level, null=True, blank=True)
    buying_role = models.CharField(_("buying role"), max_length=16, choices=BuyingRole, blank=True)
    support = models.SmallIntegerField(_("support"), null=True, blank=True)  # −2 opposes us … 2 speaks for us
    influence = models.PositiveSmallIntegerField(_("influence"), null=True, blank=True)
    reports_to = models.ForeignKey(
        "self", verbose_name=_("reports to"), null=True, blank=True, on_delete=models.SET_NULL, related_name="reports"
    )
    left_on = models.DateField(_("left on"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "account",
                Lower("email"),
                condition=~Q(email=""),
                name="one_contact_per_email",
                violation_error_message=_("This account has a contact with this e-mail."),
            ),
            models.UniqueConstraint(
                "account",
                Lower("name"),
                condition=Q(email=""),
                name="one_contact_per_name_without_email",
                violation_error_message=_("This account has a contact of this name without e-mail."),
            ),
            models.CheckConstraint(
                condition=(Q(support__isnull=True) | Q(support__range=(-2, 2)))
                & (Q(influence__isnull=True) | Q(influence__lte=10))
                & (Q(level__isnull=True) | Q(level__range=(1, 5))),
                name="contact_scales_hold",
                violation_error_message=_("Level runs from 1 to 5, support from −2 to 2, influence from 0 to 10."),
            ),
            models.CheckConstraint(
                condition=Q(reports_to__isnull=True) | ~Q(reports_to=F("id")),
                name="contact_reports_to_somebody_else",
                violation_error_message=_("Nobody reports to himself."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Counterpart(models.Model):
    """One of us who looks after one contact, in sales or in service."""

    class Kind(models.TextChoices):
        SALES = "sales", _("Sales")
        SERVICE = "service", _("Service")

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="counterparts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="counterpart_of")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.SALES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "user", "kind"], name="one_counterpart_per_contact_and_kind")
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.contact}"

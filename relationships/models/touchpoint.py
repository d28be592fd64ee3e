"""When we were in contact with a customer, and what customers complained of."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may
from relationships.models.contact import Contact


class OfVisibleAccounts(models.QuerySet):
    def visible_to(self, user):
        """Those of the accounts one sees."""
        if may(user, Permission.SEE_ALL_ACCOUNTS):
            return self
        return self.filter(account__in=Account.objects.visible_to(user).values("pk"))


class Touchpoint(models.Model):
    """One contact with a customer: a meeting, a visit, a call. `source` and `key` tell one that was imported again."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("Meeting")
        VISIT = "visit", _("Visit")
        CALL = "call", _("Call")
        MAIL = "mail", _("E-mail")
        EVENT = "event", _("Event")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touchpoints")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.MEETING)
    held_on = models.DateField(_("on"))
    starts_at = models.DateTimeField(_("at"), null=True, blank=True)  # of one with a time of day, as calendars have it
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    contacts = models.ManyToManyField(Contact, verbose_name=_("with"), blank=True, related_name="touchpoints")
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("of us"), blank=True, related_name="touchpoints"
    )
    source = models.CharField(max_length=16, default="typed")  # typed, csv, calendar, rest
    key = models.CharField(max_length=200, blank=True)  # of the source
    revision = models.PositiveIntegerField(default=1)
    logged_at = models.DateTimeField(auto_now_add=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfVisibleAccounts.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "key"], condition=~Q(key=""), name="one_touchpoint_per_source_and_key"
            )
        ]
        indexes = [
            models.Index(fields=["account", "-held_on"], name="touchpoint_of_account"),
            models.Index(fields=["held_on"], name="touchpoint_day"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.get_kind_display()} {self.held_on}"


class Complaint(models.Model):
    """What a customer complained of, and what came of it."""

    class Subject(models.TextChoices):
        DELIVERY = "delivery", _("Delivery")
        QUALITY = "quality", _("Quality")
        INVOICE = "invoice", _("Invoice and price")
        SERVICE = "service", _("Service")
        OTHER = "other", _("Other")

    class Severity(models.IntegerChoices):
        MINOR = 1, _("Minor")
        SERIOUS = 2, _("Serious")
        CRITICAL = 3, _("Critical")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="complaints")
    contact = models.ForeignKey(
        Contact, verbose_name=_("by"), null=True, blank=True, on_delete=models.SET_NULL, related_name="complaints"
    )
    received_on = models.DateField(_("received on"))
    subject = models.CharField(_("about"), max_length=16, choices=Subject, default=Subject.OTHER)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.SERIOUS)
    text = models.CharField(_("complaint"), max_length=500)
    cause = models.CharField(_("cause"), max_length=500, blank=True)
    remedy = models.CharField(_("remedy"), max_length=500, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("owner"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="+",
    )  # fmt: skip
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)
    logged_at = models.DateTimeField(auto_now_add=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = OfVisibleAccounts.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-received_on"], name="complaint_of_account")]

    def __str__(self) -> str:
        return self.text

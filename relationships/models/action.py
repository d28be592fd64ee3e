"""What was promised: by one of us, by the customer, or by both."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may
from relationships.models.contact import Contact
from relationships.models.plan import Plan
from relationships.models.plan_entries import Objective
from relationships.models.touchpoint import Touchpoint


class ActionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those of the accounts one sees; those of a plan only for whoever sees the plan, or has to do them."""
        if may(user, Permission.SEE_ALL_PLANS):
            return self
        seen = self.filter(account__in=Account.objects.visible_to(user).values("pk"))
        return seen.filter(Q(plan=None) | Q(plan__in=Plan.objects.visible_to(user).values("pk")) | Q(owner=user))

    def open(self):
        return self.filter(state__in=Action.OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)


class Action(models.Model):
    """One thing to do at an account, with an owner on each side. It may belong to the plan and to an objective."""

    class State(models.TextChoices):
        TO_DO = "to_do", _("To do")
        DOING = "doing", _("Under way")
        WAITING = "waiting", _("Waiting")
        DONE = "done", _("Done")
        DROPPED = "dropped", _("Dropped")

    OPEN = (State.TO_DO, State.DOING, State.WAITING)

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="actions")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.CASCADE, related_name="actions")
    objective = models.ForeignKey(
        Objective, verbose_name=_("objective"), null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    text = models.CharField(_("action"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("our owner"), null=True, blank=True, on_delete=models.PROTECT,
        related_name="actions",
    )  # fmt: skip
    customer_owner = models.ForeignKey(
        Contact, verbose_name=_("the customer’s owner"), null=True, blank=True, on_delete=models.SET_NULL,
        related_name="actions",
    )  # fmt: skip
    start_on = models.DateField(_("from"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.TO_DO)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    snoozed_until = models.DateField(_("not before"), null=True, blank=True)  # kept off the lists of the day
    needs = models.ManyToManyField("self", verbose_name=_("waits for"), symmetrical=False, blank=True,
                                   related_name="needed_by")  # fmt: skip
    touchpoint = models.ForeignKey(
        Touchpoint, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )  # it was agreed at
    place = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ActionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(start_on__isnull=True) | Q(due_on__isnull=True) | Q(due_on__gte=F("start_on")),
                name="action_is_due_after_it_begins",
                violation_error_message=_("An action is due after it begins."),
            ),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False) | (~Q(state="done") & Q(done_on__isnull=True)),
                name="done_on_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "state", "due_on"], name="action_of_owner"),
            models.Index(fields=["account", "state", "due_on"], name="action_of_account"),
        ]

    def __str__(self) -> str:
        return self.text

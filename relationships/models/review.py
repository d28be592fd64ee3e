"""Meetings at which a plan is looked at on its numbers, with what was decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from profitability.models import Run
from relationships.models.action import Action
from relationships.models.contact import Contact
from relationships.models.plan import Plan


class ReviewQuerySet(models.QuerySet):
    def visible_to(self, user):
        if may(user, Permission.SEE_ALL_PLANS):
            return self
        return self.filter(plan__in=Plan.objects.visible_to(user).values("pk"))

    def planned(self):
        return self.filter(state=Review.State.PLANNED)

    def held(self):
        return self.filter(state=Review.State.HELD)


class Review(models.Model):
    """One review of a plan, planned or held. When it is held, the figures of the run of that day are kept with it."""

    class Kind(models.TextChoices):
        TEAM = "team", _("Team review")
        JOINT = "joint", _("Joint review with the customer")
        ANNUAL = "annual", _("Annual review with both managements")

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.TEAM)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.PLANNED)
    due_on = models.DateField(_("on"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    run = models.ForeignKey(Run, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    figures = models.JSONField(null=True)  # frozen when it was held
    summary = models.TextField(_("summary"), blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # what was decided stands, and the next one is planned
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("of us"), blank=True, related_name="reviews"
    )
    contacts = models.ManyToManyField(Contact, verbose_name=_("of the customer"), blank=True, related_name="reviews")
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="held", held_on__isnull=False) | (~Q(state="held") & Q(held_on__isnull=True)),
                name="review_held_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(state="held"), name="only_a_held_review_is_closed"
            ),
            models.UniqueConstraint(
                fields=["plan", "kind"],
                condition=Q(state="planned"),
                name="one_planned_review_per_plan_and_kind",
                violation_error_message=_("A review of this kind is planned already."),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="review_due")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.get_kind_display()} {self.held_on or self.due_on}"


class ReviewPoint(models.Model):
    """One point of a review: on its agenda, decided or agreed there, or an improvement of how we work."""

    class Kind(models.TextChoices):
        AGENDA = "agenda", _("Agenda")
        DECISION = "decision", _("Decision")
        IMPROVEMENT = "improvement", _("Process improvement")
        ACTION = "action", _("Action")  # that was agreed on there

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="points")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.AGENDA)
    text = models.CharField(_("point"), max_length=500)
    note = models.TextField(_("note"), blank=True)
    is_internal = models.BooleanField(_("for us only"), default=False)  # not in what the customer gets
    is_settled = models.BooleanField(_("settled"), default=False)  # what is not comes up at the next review
    action = models.ForeignKey(
        Action, null=True, blank=True, on_delete=models.SET_NULL, related_name="review_points"
    )  # it led to, or is about
    tells_profit = models.BooleanField(default=False)  # of money below gross margin, for whoever may see that
    source = models.CharField(max_length=64, blank=True)  # what it came from: "complaint:7"; empty for one typed in
    place = models.PositiveIntegerField(default=0)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["review", "source"], condition=~Q(source=""), name="one_point_per_review_and_source"
            )
        ]

    def __str__(self) -> str:
        return self.text

"""The key account plan: one living plan an account, its approved versions, and who may see it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.models import Run


def answers_for(user) -> Q:
    """Of rows with an account: whose plan this person sees however confidential it is."""
    concerned = Q(account__manager=user) | Q(account__sponsor=user)
    if may(user, Permission.APPROVE_PLANS):
        concerned |= Q(account__team__in=user.teams.values("pk"))
    return concerned


class PlanQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Plans of the accounts one sees, as far as their confidentiality goes; senior management reads all."""
        if may(user, Permission.SEE_ALL_PLANS):
            return self
        if not may(user, Permission.SEE_ACCOUNTS):
            return self.none()
        concerned = answers_for(user) | Q(pk__in=self._of_plan_team(user))
        team = Q(visibility=Plan.Visibility.TEAM) & Q(account__team__in=user.teams.values("pk"))
        everyone = Q(visibility=Plan.Visibility.EVERYONE) & Q(account__in=Account.objects.visible_to(user).values("pk"))
        return self.filter(everyone | team | concerned)

    @staticmethod
    def _of_plan_team(user):
        return Plan.people.through.objects.filter(user=user).values("plan")


class Plan(models.Model):
    """The living key account plan of one account. What was approved is kept in its versions."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        CLOSED = "closed", _("Closed")

    class Visibility(models.TextChoices):
        EVERYONE = "everyone", _("Everyone who sees the account")
        TEAM = "team", _("The account’s team")
        PLAN_TEAM = "plan_team", _("The plan team")

    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="plan")
    purpose = models.TextField(_("purpose"), blank=True)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.DRAFT)
    visibility = models.CharField(_("who may see it"), max_length=16, choices=Visibility, default=Visibility.EVERYONE)
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("plan team"), blank=True, related_name="plans"
    )
    template = models.CharField(_("template"), max_length=32, blank=True)  # it was begun from
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    reviewed_on = models.DateField(_("reviewed on"), null=True, blank=True)  # of the latest review that was held
    revision = models.PositiveIntegerField(default=1)  # rises with each change of the fields of this row
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("from_on")),
                name="plan_ends_after_it_begins",
                violation_error_message=_("A plan ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}"


class PlanSection(models.Model):
    """How fresh one section of a plan is: when something in it changed last, or was found still true, and by whom."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="sections")
    section = models.CharField(max_length=32)  # of relationships/plans/sections.py
    entries = models.PositiveIntegerField(default=0)  # how many there are: nothing counts as not filled in
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "section"], name="one_row_per_plan_and_section")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.section}"


class PlanChange(models.Model):
    """One change of one field of a plan or of an entry in it: who changed what, from what, to what. Entries that are
    added or removed say so with an empty `field`."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        REMOVED = "removed", _("Removed")

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes")
    section = models.CharField(max_length=32)
    entry = models.PositiveBigIntegerField(null=True)  # the entry's id; none for the plan's own fields
    name = models.CharField(max_length=300, blank=True)  # what the entry was called
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.CHANGED)
    field = models.CharField(max_length=64, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["plan", "-changed_at"], name="plan_change_latest")]

    def __str__(self) -> str:
        return f"{self.plan}: {self.section} {self.field}"


class PlanVersion(models.Model):
    """A plan as it was submitted: a document that stays as it is, and what became of it."""

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("In review")
        APPROVED = "approved", _("Approved")
        RETURNED = "returned", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        SUPERSEDED = "superseded", _("Superseded")

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.IN_REVIEW)
    document = models.JSONField()
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")  # whose figures it shows
    note = models.TextField(_("what changed"), blank=True)
    submitted_at = models.DateTimeField()
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)  # approved by all who had to, or returned or withdrawn

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_version_per_plan_and_number"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(state="in_review"),
                name="one_version_in_review_per_plan",
                violation_error_message=_("A version of this plan is in review already."),
            ),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state="approved"), name="one_approved_version_per_plan"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class PlanApproval(models.Model):
    """What one of those who must approve a version said of it."""

    class Side(models.TextChoices):
        LEAD = "lead", _("Team lead")
        SPONSOR = "sponsor", _("Executive sponsor")

    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="approvals")
    side = models.CharField(max_length=8, choices=Side)
    is_approved = models.BooleanField()
    answer = models.TextField(_("answer"), blank=True)
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "side"], name="one_answer_per_version_and_side")]

    def __str__(self) -> str:
        return f"{self.version}: {self.side} {self.is_approved}"


class PlanComment(models.Model):
    """Something said about a plan, or about one section or entry of it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="comments")
    section = models.CharField(max_length=32, blank=True)
    entry = models.PositiveBigIntegerField(null=True, blank=True)
    text = models.TextField(_("comment"))
    mentioned = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    said_at = models.DateTimeField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["plan", "-said_at"], name="plan_comment_latest")]

    def __str__(self) -> str:
        return self.text[:80]

"""Cost models: how the cost of pools reaches accounts."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class CostModelQuerySet(models.QuerySet):
    def ready(self):
        """Versions that a run may use."""
        return self.filter(state=CostModel.State.READY)

    def current(self):
        """The version that the next run uses: the chosen one; before one was chosen, the newest version of the
        model that was stored last. None without any."""
        chosen = self.ready().filter(is_current=True).first()
        latest = chosen or self.ready().order_by("-created_at", "-pk").first()
        return chosen or (latest and self.ready().filter(code=latest.code).order_by("-version").first())

    def choose(self, row):
        """Have the next runs use this version."""
        with transaction.atomic():
            self.filter(is_current=True).exclude(pk=row.pk).update(is_current=False)
            self.filter(pk=row.pk).update(is_current=True)


class CostModel(models.Model):
    """One version of a cost model, as its document. A draft may still be wrong; a ready one may be used by a run,
    and once a run has used it the database itself refuses to change it; a run that failed does not count."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        READY = "ready", _("Ready")

    code = models.CharField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"))
    document = models.JSONField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.READY)
    is_current = models.BooleanField(default=False)  # chosen for the next runs
    revision = models.PositiveIntegerField(default=1)  # rises with each change: tells who edits an outdated copy
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = CostModelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="one_document_per_model_version",
                violation_error_message=_("This version exists already."),
            ),
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="one_current_cost_model"),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(state="ready"),
                name="current_cost_model_is_ready",
                violation_error_message=_("A draft cannot be used by runs."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def is_used(self) -> bool:
        """Whether a run rests on it, or is about to. One that failed published nothing, so it keeps nothing."""
        return self.runs.exclude(state="failed").exists()

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

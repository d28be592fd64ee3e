"""Cost models: how the cost of pools reaches accounts."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CostModel(models.Model):
    """One version of a cost model, as its document. Immutable once a run has used it."""

    code = models.CharField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"))
    document = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "version"],
                name="one_document_per_model_version",
                violation_error_message=_("This version exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def is_used(self) -> bool:
        return self.runs.exists()

"""Imports: what came in, from which file, and what was wrong with it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Import(models.Model):
    """One file that was read, or tried, and what it changed. A dry run changes nothing."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Not started")  # uploaded; its columns are being matched
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Imported")
        REFUSED = "refused", _("Refused: nothing was imported")
        UNUSABLE = "unusable", _("Unusable file: nothing was imported")
        FAILED = "failed", _("Failed: nothing was imported")

    kind = models.CharField(_("kind"), max_length=32)
    file_name = models.CharField(_("file"), max_length=255)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    asked_as = models.UUIDField(null=True, blank=True, unique=True)  # a form sent twice asks for one import
    sample = models.JSONField(default=dict, blank=True)  # headers and first rows, where a draft was looked into
    mapping = models.JSONField(_("mapping"), default=dict, blank=True)
    encoding = models.CharField(max_length=32, default="utf-8")
    decimal = models.CharField(max_length=1, default=".")
    dry_run = models.BooleanField(_("dry run"), default=False)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.WAITING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    skipped = models.PositiveIntegerField(_("skipped by rule"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    control_totals = models.JSONField(_("control totals"), default=dict)
    problems = models.JSONField(_("problems"), default=list)  # the first 1,000: file, line, column, value, reason
    notes = models.JSONField(_("notes"), default=list)  # unknown columns, accounts made on the way
    message = models.TextField(blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.file_name} ({self.kind})"

    @property
    def accepted(self) -> int:
        """Rows without a problem; they are in, unless other rows or files of the call were refused."""
        return self.rows - self.skipped - self.refused

    @property
    def is_finished(self) -> bool:
        return self.state not in {self.State.DRAFT, self.State.WAITING, self.State.RUNNING}

    @property
    def state_label(self) -> str:
        """The state in words; a dry run that went well has imported nothing."""
        if self.dry_run and self.state == self.State.DONE:
            return str(_("Checked: nothing is wrong, nothing was imported"))
        return str(self.get_state_display())

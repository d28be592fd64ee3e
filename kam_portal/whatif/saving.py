"""The name under which a what-if is kept, and who else may open it."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kam_portal.whatif.asked import Asked
from profitability.models import Scenario


class SaveForm(forms.ModelForm):
    """A scenario that gets a name, or another one."""

    class Meta:
        model = Scenario
        fields = ("name", "sharing", "note")
        labels = {"note": gettext_lazy("Note (optional)")}
        widgets = {"note": forms.Textarea({"rows": 2})}

    def __init__(self, *arguments, owner, **rest):
        super().__init__(*arguments, **rest)
        self.instance.owner = owner

    def _get_validation_exclusions(self):
        """The owner is no field of the form, but the name is unique among the owner's."""
        return super()._get_validation_exclusions() - {"owner"}


def refusal(asked: Asked) -> tuple[str, str] | None:
    """Why a what-if is not worth a name: which part of it, and the reason. None for one that is."""
    if not asked.what_if.changes_anything:
        return "levers", _("This changes nothing yet. Move a lever, then keep it.")
    if not asked.results().filter(is_active=True).exists():
        return "accounts", _("No account is chosen, so there is nothing to keep.")
    return None

"""The name under which a what-if is kept, and who else may open it."""

from django import forms

from profitability.models import Scenario


class SaveForm(forms.ModelForm):
    """A scenario that gets a name, or another one."""

    class Meta:
        model = Scenario
        fields = ("name", "sharing", "note")
        widgets = {"note": forms.Textarea({"rows": 2})}

    def __init__(self, *arguments, owner, **rest):
        super().__init__(*arguments, **rest)
        self.instance.owner = owner

    def _get_validation_exclusions(self):
        """The owner is no field of the form, but the name is unique among the owner's."""
        return super()._get_validation_exclusions() - {"owner"}

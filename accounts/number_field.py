"""A number as a field of a form: typed as people write it, and shown so that it is read again as the same."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError

from accounts import numbers

LONGEST = 40


class NumberField(forms.DecimalField):
    """Browsers drop a decimal comma from an input of kind number, and 6,5 is 65: so this is a text."""

    widget = forms.TextInput

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {"inputmode": "decimal", "autocomplete": "off", "maxlength": LONGEST}

    def to_python(self, value):
        try:
            return super().to_python(numbers.read(value) if isinstance(value, str) else value)
        except numbers.NotANumber as error:
            raise ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value):
        return numbers.shown(value) if isinstance(value, Decimal) else value

"""Decimals kept as whole numbers, so that every database sums them exactly."""

from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.number_field import NumberField


class WholeField(models.BigIntegerField):
    """Shows a Decimal with `places` decimals; the column holds it times 10**places."""

    places = 0

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(value).scaleb(-self.places)

    def to_python(self, value):
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return Decimal(str(value))
        except InvalidOperation as error:
            raise ValidationError(_("“%(value)s” is not a number."), params={"value": value}) from error

    def get_prep_value(self, value):
        if value is None or hasattr(value, "resolve_expression"):
            return value
        scaled = self.to_python(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValidationError(_("“%(value)s” has too many decimals."), params={"value": value})
        return int(scaled)

    def formfield(self, **kwargs):
        return NumberField(**{"decimal_places": self.places, "required": not self.blank, **kwargs})


class LedgerField(WholeField):
    """Amounts, quantities and minutes of the ledger: ten-thousandths."""

    places = 4


class MoneyField(WholeField):
    """Amounts of a result, in the minor unit of the reporting currency."""

    places = settings.CURRENCY_DIGITS


class ShareField(WholeField):
    """Shares 0…1 and scores 0…10 as they are reported: six decimals."""

    places = 6

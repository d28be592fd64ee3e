"""List, discount and net amount of order lines: of the three, two give the third."""

from collections.abc import Iterator

import numpy as np
from django.utils.translation import gettext as _

from accounts.tables import Batch, multiply
from accounts.tables.amounts import shown

from . import arrays
from .arrays import NULL

TOLERANCE = 100  # a cent, in ten-thousandths


class Amounts:
    """The amounts of a batch, ten-thousandths, signed as in the file.

    The list amount is stated, or unit price × quantity. A list or net amount alone means no discount. Where
    all three are stated, list and net stay and the discount is their difference.
    """

    def __init__(self, batch: Batch):
        price, quantity = batch.columns["unit_price"], batch.columns["quantity"]
        self.quantity = arrays.whole(quantity)
        self.price = arrays.whole(price)
        product = arrays.whole(multiply(price, quantity))
        stated = arrays.whole(batch.columns["list_amount"])
        self._list = np.where(stated == NULL, product, stated)
        self._too_large = (self._list == NULL) & (self.price != NULL) & (product == NULL)
        self._discount = arrays.whole(batch.columns["discount_amount"])
        self._net = arrays.whole(batch.columns["net_amount"])
        self._settle()

    def _settle(self) -> None:
        has_list, has_net = self._list != NULL, self._net != NULL
        discount = np.where(self._discount == NULL, 0, self._discount)
        self.list = np.where(has_list, self._list, self._net + discount)
        self.net = np.where(has_net, self._net, self._list - discount)
        self._nothing = ~has_list & ~has_net
        self.list = np.where(self._nothing, 0, self.list)
        self.net = np.where(self._nothing, 0, self.net)
        self.discount = self.list - self.net

    @property
    def _contradiction(self) -> np.ndarray:
        stated = (self._list != NULL) & (self._net != NULL) & (self._discount != NULL)
        return stated & (np.abs(self.discount - np.where(stated, self._discount, 0)) > TOLERANCE)

    def complaints(self) -> Iterator[tuple]:
        """(rows, column, value of a row, reason) of what does not fit."""
        yield (
            self._too_large,
            "unit_price",
            lambda row: shown(int(self.price[row])),
            _("is too large when multiplied by the quantity"),
        )
        yield (
            self._nothing & ~self._too_large,
            "net_amount",
            lambda row: "",
            _("is missing, and so are list_amount and unit_price: one of them is needed"),
        )
        yield (
            self._contradiction,
            "discount_amount",
            lambda row: shown(int(self._discount[row])),
            _("contradicts the list amount minus the net amount by more than 0.01"),
        )

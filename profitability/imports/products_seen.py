"""Products that order lines name: made when unknown, named when they have no name yet.

A product whose name nobody has stated is named by its code, so that it has one wherever it is shown or exported.
"""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from accounts.imports import master
from profitability.models import Product

from . import arrays


class ProductsSeen:
    """Product codes to ids; the first name and the first category that is stated for a product stay."""

    STATED = {"name": "product_name", "category": "category"}  # our column: the file's

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.blank: dict[str, set[str]] = {"name": set(), "category": set()}
        self.made = 0
        for code, id, name, category in Product.objects.values_list("code", "id", "name", "category"):
            self._learn(code, id, name, category)

    def _learn(self, code: str, id: int, name: str, category: str) -> None:
        self.ids[code] = id
        for column, known in (("name", name not in ("", code)), ("category", category)):
            (self.blank[column].discard if known else self.blank[column].add)(code)

    def see(self, codes: arrays.Coded, columns: dict[str, pa.Array]) -> None:
        unknown = [code for code in codes.texts if code not in self.ids]
        columns = {**columns, "product_name": _names(columns["product_name"], columns["product_code"])}
        stated = {
            ours: stated_first(codes, columns[theirs], {*unknown, *self.blank[ours]})
            for ours, theirs in self.STATED.items()
        }
        self._make(unknown, stated)
        for column, texts in stated.items():
            self._fill(column, {code: text for code, text in texts.items() if code in self.blank[column]})

    def _make(self, codes: list[str], stated: dict[str, dict[str, str]]) -> None:
        names, categories = stated["name"], stated["category"]
        rows = [{"code": code, "name": names.get(code, code), "category": categories.get(code, "")} for code in codes]
        master.insert(Product, rows)
        self.made += len(rows)
        for some in master.pieces(codes):
            for known in Product.objects.filter(code__in=some).values_list("code", "id", "name", "category"):
                self._learn(*known)

    def _fill(self, column: str, texts: dict[str, str]) -> None:
        master.update(Product, [column], [(text, self.ids[code]) for code, text in texts.items()])
        self.blank[column] -= texts.keys()


def _names(stated: pa.Array, codes: pa.Array) -> pa.Array:
    """Without those that only repeat the code."""
    return pc.if_else(pc.equal(stated, codes), None, stated) if stated.null_count < len(stated) else stated


def stated_first(codes: arrays.Coded, texts: pa.Array, wanted: Iterable[str]) -> dict[str, str]:
    """For each wanted code the first text that stands beside it."""
    wanted = set(wanted)
    asked = np.array([*(code in wanted for code in codes.texts), False])
    rows = np.flatnonzero(asked[codes.places] & texts.is_valid().to_numpy(zero_copy_only=False))
    places, first = np.unique(codes.places[rows], return_index=True)
    found = texts.take(pa.array(rows[first])).to_pylist()
    return {codes.texts[place]: text for place, text in zip(places.tolist(), found, strict=True)}

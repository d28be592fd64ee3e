"""Reads the bundled AdventureWorks files. Amounts are int of 1/10,000, as in the ledger."""

import csv
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from io import TextIOWrapper
from pathlib import Path

from kam_portal.demo.months import source_place

BUNDLE = Path(__file__).parent / "bundle"
DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Reseller:
    """A reseller, with its sales territory and the employee of most of its orders ("" without orders)."""

    code: str
    name: str
    segment: str
    country: str
    region: str
    city: str
    territory: str
    annual_sales: int
    manager: str


@dataclass(frozen=True, slots=True)
class Employee:
    """Someone of the sales department."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Product:
    """A product in one period of its standard cost."""

    code: str
    name: str
    category: str
    standard_cost: int


@dataclass(frozen=True, slots=True)
class Order:
    """The head of an order."""

    order_id: str
    ordered_on: date
    due_on: date
    shipped_on: date
    account: str

    @property
    def place(self) -> int:
        """Its month, 0…35."""
        return source_place(self.ordered_on)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order."""

    order: Order
    line_no: str
    product: Product
    quantity: int
    discount: int
    net: int
    freight: int


@dataclass(frozen=True, slots=True)
class Source:
    """Everything in the bundle."""

    resellers: list[Reseller]
    employees: list[Employee]
    products: list[Product]
    orders: list[Order]
    lines: list[Line]


def ten_thousandths(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole + decimals.ljust(DECIMALS, "0"))


def plain(amount: int) -> str:
    """An amount of 1/10,000 as a decimal number."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{size // 10**DECIMALS}.{size % 10**DECIMALS:0{DECIMALS}d}"


@cache
def source() -> Source:
    """The bundle, read once in a process."""
    products = {row[0]: Product(*row[1:4], ten_thousandths(row[4])) for row in _rows("products")}
    orders = {row[0]: Order(row[0], *map(date.fromisoformat, row[1:4]), row[4]) for row in _rows("orders")}
    return Source(
        resellers=[Reseller(*row[:7], int(row[7]), row[8]) for row in _rows("accounts")],
        employees=[Employee(*row) for row in _rows("employees")],
        products=list(products.values()),
        orders=list(orders.values()),
        lines=[
            Line(orders[order], line_no, products[product], int(quantity), *map(ten_thousandths, amounts))
            for order, line_no, product, quantity, *amounts in _rows("order_lines")
        ],
    )


def _rows(name: str) -> Iterator[list[str]]:
    """The rows of a file below its header."""
    with gzip.open(BUNDLE / f"{name}.csv.gz") as packed, TextIOWrapper(packed, "utf-8", newline="") as text:
        rows = csv.reader(text)
        next(rows)
        yield from rows

"""A scaled ledger as import files: sales skewed like a Pareto curve, the same for the same size on every machine.

An account's weight falls with its place in the list, so that a fifth of the accounts brings about 80 % of the
lines; an order has one to five lines; the months are the 24 of 2024 and 2025.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

from benchmarks.documents import COST_MODEL, CRITERIA, EVENT_TYPES, JUDGED, POOL_COSTS

FIRST, LAST = 202401, 202512
MONTHS = [year * 100 + month for year in (2024, 2025) for month in range(1, 13)]
DAYS = (date(2026, 1, 1) - date(2024, 1, 1)).days
TOGETHER = 1_000_000  # lines of a piece of a file
SKEW = 0.9
PRODUCTS = 2_000
TEAMS = 20
LINES_OF_A_PORTFOLIO = 5  # for each account
SEGMENTS = ("key", "growth", "standard", "small")
COUNTRIES = ("AT", "BE", "CH", "DE", "DK", "ES", "FR", "GB", "IT", "NL", "PL", "SE")
SEED = 20260101


@dataclass(frozen=True)
class Size:
    """How large a ledger is."""

    lines: int
    accounts: int

    @property
    def events(self) -> int:
        return self.lines // 5

    @property
    def rated(self) -> int:
        """Accounts that somebody has judged: nobody judges a hundred thousand."""
        return min(self.accounts // 2, 2_500)


def write_ledger(folder: Path, size: Size) -> None:
    """All import files of a ledger, one a kind."""
    folder.mkdir(parents=True)
    chance = np.random.default_rng(SEED)
    write_master(folder, size, chance)
    write_pieces(folder / "order_lines.csv", order_lines(size, chance))
    write_pieces(folder / "activity_events.csv", activity_events(size, chance))
    write_rows(folder / "resource_costs.csv", resource_costs(size))
    write_rows(folder / "ratings.csv", ratings(size, chance))
    for name, document in (("cost_model", COST_MODEL), ("criteria", CRITERIA)):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(document, sort_keys=False))


def write_master(folder: Path, size: Size, chance: np.random.Generator) -> None:
    write_rows(folder / "teams.csv", [("code", "name"), *((team(n), f"Team {n}") for n in range(TEAMS))])
    write_rows(folder / "users.csv", users())
    write_rows(folder / "products.csv", products())
    write_rows(folder / "accounts.csv", accounts(size, chance))


def users() -> Iterator[tuple]:
    yield "email", "name", "role", "team_code"
    yield "executive@example.com", "Executive", "executive", ""
    for number in range(TEAMS):
        yield manager(number), f"Manager {number}", "manager", team(number)


def products() -> Iterator[tuple]:
    yield "code", "name", "category"
    for number in range(PRODUCTS):
        yield f"P{number:05d}", f"Article {number}", f"Category {number % 25}"


def accounts(size: Size, chance: np.random.Generator) -> Iterator[tuple]:
    """Every tenth account belongs to the one before; of two thirds the potential is known."""
    head = "code name parent_code segment country team_code manager_email annual_potential"
    yield tuple(head.split())
    potential = chance.integers(1_000, 1_000_000, size.accounts).tolist()
    for number in range(size.accounts):
        parent = account(number - 1) if number % 10 == 9 else ""
        place = (SEGMENTS[number % 4], COUNTRIES[number % 12], team(number % TEAMS), manager(number % TEAMS))
        yield account(number), f"Customer {number}", parent, *place, potential[number] if number % 3 else ""


def account(number: int) -> str:
    return f"C{number:06d}"


def team(number: int) -> str:
    return f"T{number:02d}"


def manager(number: int) -> str:
    return f"manager{number:02d}@example.com"


def order_lines(size: Size, chance: np.random.Generator) -> Iterator[pa.Table]:
    """Orders of one to five lines; amounts in cents, written with two decimals."""
    codes = pa.array([account(number) for number in range(size.accounts)])
    articles = pa.array([f"P{number:05d}" for number in range(PRODUCTS)])
    edges = weight_edges(size.accounts)
    first_order = 0
    for count in pieces(size.lines):
        per_order = chance.integers(1, 6, count)
        order = np.repeat(np.arange(count), per_order)[:count]
        line_no = np.arange(count) - np.searchsorted(order, order) + 1
        orders = int(order[-1]) + 1
        buyer, day = drawn(edges, orders, chance), np.sort(chance.integers(0, DAYS, orders))
        ordered_on = days(day)[order]
        delay = chance.integers(1, 15, orders)[order]
        quantity = chance.integers(1, 20, count) * np.where(chance.random(count) < 0.02, -1, 1)
        listed = quantity * chance.integers(199, 30_000, count)
        discount = listed * chance.integers(0, 4, count) * 5 // 100
        net = listed - discount
        yield pa.table(
            {
                "order_id": pa.array(order + first_order).cast(pa.string()),
                "line_no": line_no,
                "ordered_on": ordered_on,
                "account_code": codes.take(pa.array(buyer[order])),
                "product_code": articles.take(pa.array(chance.integers(0, PRODUCTS, count))),
                "quantity": quantity,
                "list_amount": listed / 100,
                "discount_amount": discount / 100,
                "net_amount": net / 100,
                "cost_amount": (net * 6 // 10) / 100,
                "freight_amount": np.abs(net * 3 // 100) / 100,
                "due_on": ordered_on + 7,
                "shipped_on": ordered_on + delay,
                "express": (chance.random(orders) < 0.1).astype(int)[order],
            }
        )
        first_order += orders


def activity_events(size: Size, chance: np.random.Generator) -> Iterator[pa.Table]:
    codes = pa.array([account(number) for number in range(size.accounts)])
    kinds = pa.array(EVENT_TYPES)
    edges = weight_edges(size.accounts)
    done = 0
    for count in pieces(size.events):
        yield pa.table(
            {
                "event_id": pa.array(np.arange(done, done + count)).cast(pa.string()),
                "account_code": codes.take(pa.array(drawn(edges, count, chance))),
                "event_type": kinds.take(pa.array(chance.integers(0, len(EVENT_TYPES), count))),
                "occurred_on": days(chance.integers(0, DAYS, count)),
                "quantity": chance.integers(1, 4, count),
                "minutes": chance.integers(5, 90, count),
            }
        )
        done += count


def resource_costs(size: Size) -> Iterator[tuple]:
    """Each month's costs of each pool: in all about a tenth of the sales."""
    yield "pool_code", "month", "amount", "practical_minutes"
    for month in MONTHS:
        for pool, (share, is_timed) in POOL_COSTS.items():
            minutes = size.lines // 4 if is_timed else ""
            yield pool, f"{month // 100}-{month % 100:02d}", f"{share * size.lines * (1 + month % 7 / 20):.2f}", minutes


def ratings(size: Size, chance: np.random.Generator) -> Iterator[tuple]:
    """The first accounts are judged by their managers in every respect."""
    yield "account_code", "criterion", "score", "rater_email", "rated_on", "status"
    for number in range(size.rated):
        for criterion in JUDGED:
            score = int(chance.integers(0, 11))
            yield account(number), criterion, score, manager(number % TEAMS), "2025-11-15", "confirmed"


def write_uci(path: Path, lines: int) -> None:
    """A file in the shape of UCI Online Retail II as published: one price a line, times, cancellations."""
    write_pieces(path, uci_lines(lines, np.random.default_rng(SEED)))


def uci_lines(lines: int, chance: np.random.Generator) -> Iterator[pa.Table]:
    edges = weight_edges(4_300)
    first_order = 489_434
    for count in pieces(lines):
        order = np.sort(chance.integers(0, max(count // 22, 1), count))
        orders = int(order[-1]) + 1
        is_return = chance.random(orders) < 0.15
        invoice = np.array([f"C{first_order + n}" if is_return[n] else str(first_order + n) for n in range(orders)])
        customer = [str(12_346 + n) for n in drawn(edges, orders, chance).tolist()]
        customer = np.array(
            [code if known else "" for code, known in zip(customer, chance.random(orders) > 0.2, strict=True)]
        )
        article = chance.integers(0, 4_000, count)
        moment = np.sort(chance.integers(1_259_625_600, 1_291_161_600, orders)).astype("datetime64[s]")[order]
        yield pa.table(
            {
                "Invoice": invoice[order],
                "StockCode": [f"{20_000 + n}{'ABCDE'[n % 5]}" for n in article.tolist()],
                "Description": [f"ARTICLE NUMBER {n} OF MANY COLOURS" for n in article.tolist()],
                "Quantity": chance.integers(1, 25, count) * np.where(is_return, -1, 1)[order],
                "InvoiceDate": pa.array(moment).cast(pa.string()),
                "Price": (199 + article * 7 % 1_600) / 100,
                "Customer ID": customer[order],
                "Country": np.array(["United Kingdom"] * 9 + ["France"])[order % 10],
            }
        )
        first_order += orders


# Parts


def pieces(count: int) -> Iterator[int]:
    while count > 0:
        yield min(count, TOGETHER)
        count -= TOGETHER


def weight_edges(count: int) -> np.ndarray:
    """Where each account ends on the stretch from 0 to 1."""
    edges = np.cumsum(np.arange(1, count + 1) ** -SKEW)
    return edges / edges[-1]


def drawn(edges: np.ndarray, count: int, chance: np.random.Generator) -> np.ndarray:
    """Accounts by chance, each as often as its weight says."""
    return np.searchsorted(edges, chance.random(count), side="right").clip(max=len(edges) - 1)


def days(numbers: np.ndarray) -> np.ndarray:
    return np.datetime64("2024-01-01") + numbers


def write_pieces(path: Path, tables: Iterable[pa.Table]) -> None:
    with path.open("wb") as file:
        for number, table in enumerate(tables):
            options = pa.csv.WriteOptions(include_header=number == 0, quoting_style="none", quoting_header="none")
            pa.csv.write_csv(table, file, options)


def write_rows(path: Path, rows: Iterable[Sequence]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def main(folder: str, *numbers: str) -> None:
    """Four sets of files: the ledger, the large and the small portfolio, and the UCI-shaped file."""
    lines, accounts, large, small, uci = map(int, numbers)
    write_ledger(Path(folder, "ledger"), Size(lines, accounts))
    write_ledger(Path(folder, "large"), Size(large * LINES_OF_A_PORTFOLIO, large))
    write_ledger(Path(folder, "small"), Size(small * LINES_OF_A_PORTFOLIO, small))
    Path(folder, "uci").mkdir()
    write_uci(Path(folder, "uci", "uci.csv"), uci)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Answers of an engine as one frame: a row per account and month, an int64 column per measure. No float on the way."""

from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from profitability.rollup import measures

KEYS = ["account", "month"]
Columns = dict[str, np.ndarray]
Ask = Callable[[str, int, int], Columns]  # a question of `measures`, and the first and last month it is about


def rolled_up(ask: Ask, month_from: int, month_to: int) -> pd.DataFrame:
    """All measures of every account and month in between."""
    window = (month_from, month_to)
    lines = ask(measures.LINES, *window)
    events = of_types(ask(measures.EVENTS, *window), measures.OF_EVENTS)
    attributes = of_attributes(ask(measures.ATTRIBUTES, *window))
    return together([lines, *events, *attributes])


def of_types(events: Columns, fields: Iterable[str]) -> list[Columns]:
    """Apart by type, with columns TYPE.FIELD."""
    return [
        {**{key: events[key][rows] for key in KEYS}, **{f"{kind}.{field}": events[field][rows] for field in fields}}
        for kind, rows in apart(events["event_type"])
    ]


def of_attributes(attributes: Columns) -> list[Columns]:
    """Apart by type and name, with one column TYPE.NAME."""
    found = []
    for name, rows in apart(attributes["name"]):
        named = {column: values[rows] for column, values in attributes.items()}
        found += of_types({**named, name: named["amount"]}, [name])
    return found


def apart(texts: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """Each text with the places where it stands."""
    codes, known = pd.factorize(texts)
    return [(str(text), np.flatnonzero(codes == code)) for code, text in enumerate(known)]


def together(parts: Iterable[Columns | pd.DataFrame]) -> pd.DataFrame:
    """Parts of other months or other measures as one frame, by account and month; what is not there counts as 0."""
    parts = [{name: np.asarray(part[name]) for name in part} for part in parts]
    keys = [part["account"] * 1_000_000 + part["month"] for part in parts]
    every, first = np.unique(np.concatenate(keys), return_index=True)
    columns = {key: np.concatenate([part[key] for part in parts])[first] for key in KEYS}
    columns |= {name: np.zeros(len(every), np.int64) for name in named(parts)}
    for part, key in zip(parts, keys, strict=True):
        rows = np.searchsorted(every, key)
        for name in part.keys() - set(KEYS):
            columns[name][rows] = part[name]
    return pd.DataFrame(columns, copy=False)


def named(parts: list[Columns]) -> list[str]:
    """The measures of order lines, always and in their order, then those of events."""
    others = {name for part in parts for name in part} - measures.OF_LINES.keys() - set(KEYS)
    return [*measures.OF_LINES, *sorted(others)]


def by_account(values: Columns, name: str) -> dict[int, int]:
    return dict(zip(values["account"].tolist(), values[name].tolist(), strict=True))


def summed(parts: Iterable[Columns], name: str) -> dict[int, int]:
    """One figure by account, over several parts."""
    total: dict[int, int] = {}
    for part in parts:
        for account, value in by_account(part, name).items():
            total[account] = total.get(account, 0) + value
    return total


def breadth(baskets: Iterable[Columns]) -> dict[int, int]:
    """How many different products each account bought, from baskets of several months; product -1 is none."""
    parts = list(baskets)
    account, product = (np.concatenate([part[name] for part in parts]) for name in ("account", "product"))
    span = int(product.max(initial=0)) + 2
    pairs = np.sort(account * span + product + 1)  # sorting is several times as fast as np.unique
    buyers, products = np.divmod(pairs[starts(pairs)], span)
    accounts = buyers[starts(buyers)]
    counts = np.bincount(np.searchsorted(accounts, buyers[products > 0]), minlength=len(accounts))
    return dict(zip(accounts.tolist(), counts.tolist(), strict=True))


def starts(ordered: np.ndarray) -> np.ndarray:
    """Where the next value begins."""
    return np.append(np.ones(min(len(ordered), 1), bool), ordered[1:] != ordered[:-1])

"""Tables as one reads them: ASCII in, a DataFrame or dictionaries out."""

from fractions import Fraction

import pandas as pd


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table, cells as texts; the first line names the columns, parted by |."""
    head, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def measures(table: str) -> pd.DataFrame:
    """Measures per account in ten-thousandths, from a table with a column `account`; - is “no account”."""
    found = rows(table)
    index = ["" if row["account"] == "-" else row["account"] for row in found]
    names = [name for name in found[0] if name != "account"]
    cells = {name: [int(Fraction(row[name]) * 10_000) for row in found] for name in names}
    return pd.DataFrame(cells, index=pd.Index(index, dtype=object), dtype="int64")

"""What is measured, against what, and what it may cost."""

from dataclasses import dataclass

SESSIONS = ("sqlite", "postgres")


@dataclass(frozen=True)
class Row:
    """One figure of the table. `budget` and `aim` are ratios to the baseline; `allowance` is seconds beside the
    budget; `against`: the database in which the same thing is the baseline, instead of another thing."""

    name: str
    function: str
    database: str
    baseline: str
    budget: float
    aim: float | None = None
    allowance: float = 0
    memory_mb: int | None = None
    against: str = ""
    only: tuple[str, ...] = SESSIONS


SMALL = "the same page at 600 accounts"
GROUP_BY = "one GROUP BY of the same columns"
MANY, COPY = "csv + executemany, no checks", "COPY of the raw file"
ON_SQLITE, ON_POSTGRES = ("sqlite",), ("postgres",)
ROWS = (
    Row("import order lines", "importing.order_lines", "ledger", MANY, 2, 1, memory_mb=500, only=ON_SQLITE),
    Row("import order lines", "importing.order_lines", "ledger", COPY, 4, 2, memory_mb=500, only=ON_POSTGRES),
    Row("import UCI-shaped file", "importing.uci", "uci", MANY, 2, 1, memory_mb=500, only=ON_SQLITE),
    Row("import UCI-shaped file", "importing.uci", "uci", COPY, 4, 2, memory_mb=500, only=ON_POSTGRES),
    Row("roll-up", "rolling_up.roll_up", "ledger", GROUP_BY, 1.5, 1, memory_mb=2_000),
    Row("recompute", "rolling_up.recompute", "ledger", GROUP_BY, 2, allowance=2, memory_mb=2_000),
    Row("recompute UCI-shaped ledger", "rolling_up.recompute_uci", "uci", GROUP_BY, 2, allowance=2, memory_mb=2_000),
    Row("closed months by DuckDB", "rollups.columnar", "ledger", GROUP_BY, 1.5, 1, memory_mb=2_000),
    Row("roll-up, 1 month of 24 open", "rollups.nightly", "ledger", "the roll-up of all 24", 0.2, 0.1, memory_mb=2_000),
    Row("costing after roll-up", "calculating.costing", "ledger", "bare numpy, no rounding", 12, 6, only=ON_SQLITE),
    Row("Pareto + concentration", "calculating.pareto", "ledger", "numpy argsort + cumsum", 3, 2, only=ON_SQLITE),
    Row("hours, 500 × 20 people", "allocating.hours", "ledger", "one bare solution", 1, allowance=2, only=ON_SQLITE),
    Row("stability, 2,000 × 10,000", "weighting.firmness", "ledger", "draws + matrix product", 3, 2, only=ON_SQLITE),
    Row("write + publish results", "storing.write_and_publish", "ledger", "executemany", 2, 1.5, only=ON_SQLITE),
    Row("write + publish results", "storing.write_and_publish", "ledger", "COPY", 2, 1.5, only=ON_POSTGRES),
    Row("accounts page", "answering.list_page", "large", SMALL, 1.5, 1.1, against="small"),
    Row("matrix page", "answering.matrix_page", "large", SMALL, 1.5, 1.1, against="small"),
    Row("home of senior management", "answering.home_of_management", "large", SMALL, 2, 1.2, 0.1, against="small"),
    Row("home of a manager", "answering.home_of_a_manager", "large", SMALL, 2, 1.2, 0.1, against="small"),
    Row("team page", "answering.team_page", "large", SMALL, 2, 1.2, 0.1, against="small"),
    Row("plans page", "answering.plans_page", "large", SMALL, 1.5, 1.1, 0.1, against="small"),
    Row("plan page", "answering.plan_page", "large", SMALL, 3, 1.5, 0.2, against="small"),
    Row("what-if on one account", "what_if.one_account", "large", "the whale curve page", 1, 0.7),
    Row("what-if on all accounts", "what_if.portfolio", "large", "bare numpy, no rounding", 30, 20, memory_mb=1_000),
    Row("API list of 1,000 scores", "answering.api_list", "large", "bare view, same bytes", 2, 1.5),
    Row("export of all scores", "answering.export", "large", "cursor + csv", 2, 1.5, memory_mb=150, only=ON_SQLITE),
    Row("export of all scores", "answering.export", "large", "COPY", 2, 1.5, memory_mb=150, only=ON_POSTGRES),
)

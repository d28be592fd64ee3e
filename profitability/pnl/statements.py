"""Statements: the amounts and costs of some accounts, month by month, from list sales down to contribution."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.db.models.expressions import Func
from django.db.models.fields.json import compile_json_path

from accounts.models import Account, MoneyField
from profitability.core.cost_model import LEVELS, PHASES, spoken
from profitability.models import ActivityTotal, MonthResult, Run

ZERO = Decimal(0).scaleb(-settings.CURRENCY_DIGITS)
SALES = (
    "list_amount",
    "discount_amount",
    "return_amount",
    "net_revenue",
    "cost_amount",
    "freight_amount",
    "gross_margin",
)
PROFIT = ("cost_to_serve", "contribution")
ACTIVITY = "activity:"
GENERATIONS = 4  # of accounts under an account: a family is not deeper


class CostOf(Func):
    """What one activity cost in a month, from the month's document; NULL where it cost nothing."""

    output_field = MoneyField()

    def __init__(self, code: str, path: str = "costs"):
        super().__init__(F(path))
        self.code = code

    def as_sql(self, compiler, connection):
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"JSON_EXTRACT({column}, %s)", [*parameters, compile_json_path([self.code])]

    def as_postgresql(self, compiler, connection):
        column, parameters = compiler.compile(self.source_expressions[0])
        return f"(({column}) ->> %s)::bigint", [*parameters, self.code]

    @property
    def identity(self):
        return (*super().identity, self.code)


@dataclass(frozen=True)
class Activity:
    code: str
    name: str
    phase: str
    level: str


def activities_of(run: Run) -> list[Activity]:
    """The activities of the run's model, in its order."""
    listed = run.cost_model.document["activities"] if run.cost_model else []
    return [Activity(a["code"], a.get("name") or spoken(a["code"]), a["phase"], a["level"]) for a in listed]


@dataclass(frozen=True)
class Statement:
    """The amounts of some accounts over some months; `costs` by activity."""

    amounts: dict[str, Decimal]
    costs: dict[str, Decimal] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Decimal:
        """An amount; that of an activity by the name its figure has in the trail, nothing where the model has none."""
        if name.startswith(ACTIVITY):
            return self.costs.get(name.removeprefix(ACTIVITY), ZERO)
        return self.amounts[name]

    @property
    def closes(self) -> bool:
        """Whether phases, levels and activities each sum to the cost to serve that the run stored, to the cent."""
        phases = sum((self[phase] for phase in PHASES), ZERO)
        levels = sum((self[f"{level}_cost"] for level in LEVELS), ZERO)
        return phases == levels == sum(self.costs.values(), ZERO) == self["cost_to_serve"]


def added(statements: Iterable[Statement], activities: Sequence[Activity]) -> Statement:
    """The sum of statements, with the cost to serve of its phases and levels: both are sums of the same costs."""
    statements = list(statements)
    amounts = {name: sum((each.amounts.get(name, ZERO) for each in statements), ZERO) for name in (*SALES, *PROFIT)}
    costs = {a.code: sum((each.costs.get(a.code, ZERO) for each in statements), ZERO) for a in activities}
    for phase in PHASES:
        amounts[phase] = sum((costs[a.code] for a in activities if a.phase == phase), ZERO)
    for level in LEVELS:
        amounts[f"{level}_cost"] = sum((costs[a.code] for a in activities if a.level == level), ZERO)
    amounts["unit_margin"] = amounts["gross_margin"] - amounts["unit_cost"]
    amounts["batch_margin"] = amounts["unit_margin"] - amounts["batch_cost"]
    return Statement(amounts, costs)


def together(statements: Sequence[Statement]) -> Statement:
    """The sum of finished statements, also of runs with other models: phases and levels are the same in each."""
    amounts = {name: sum((each.amounts[name] for each in statements), ZERO) for name in statements[0].amounts}
    codes = dict.fromkeys(code for each in statements for code in each.costs)
    costs = {code: sum((each.costs.get(code, ZERO) for each in statements), ZERO) for code in codes}
    return Statement(amounts, costs)


def months_of(run: Run, user, accounts: QuerySet[Account] | None = None) -> QuerySet[MonthResult]:
    """The months of the accounts the reader sees, or of some of them."""
    rows = MonthResult.objects.in_run(run).visible_to(user).order_by()
    return rows if accounts is None else rows.filter(account__in=accounts.order_by().values("pk"))


def by_month(run: Run, rows: QuerySet[MonthResult], profit: bool, is_everything: bool = False) -> dict[int, Statement]:
    """The statement of each month. The costs of all accounts stand in the run's totals already: `is_everything`
    says that the rows are those of all accounts."""
    names = (*SALES, *PROFIT) if profit else SALES
    activities = activities_of(run) if profit else []
    sums = {f"sum_{name}": Sum(name) for name in names}
    if not is_everything:
        sums |= {f"cost_{place}": Sum(CostOf(a.code)) for place, a in enumerate(activities)}
    found = {
        row["month"]: Statement(
            {name: row[f"sum_{name}"] for name in names},
            {a.code: row.get(f"cost_{place}") or ZERO for place, a in enumerate(activities)},
        )
        for row in rows.values("month").annotate(**sums)
    }
    return with_costs_of(run, found) if is_everything and profit else found


def with_costs_of(run: Run, found: dict[int, Statement]) -> dict[int, Statement]:
    """The statements of all accounts, with what each activity cost them."""
    totals = ActivityTotal.objects.filter(run=run, attempt=run.attempts)
    for month, code, cost in totals.values_list("month", "activity", "accounts"):
        if month in found:
            found[month].costs[code] = cost
    return found


def family_of(user, account: Account) -> QuerySet[Account]:
    """The account with the accounts under it, as far down as the reader sees each of them. A read for each generation
    that there is: as one query nested that deep, PostgreSQL goes through all accounts for each account of each."""
    seen = Account.objects.visible_to(user)
    members = latest = {account.pk}
    for _generation in range(GENERATIONS):
        latest = set(seen.filter(parent__in=latest).order_by().values_list("pk", flat=True)) - members
        if not latest:
            break
        members |= latest
    return seen.filter(pk__in=members)

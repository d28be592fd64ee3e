"""A small portfolio that reads at a glance: two teams, everyone who signs in, and a published run with an earlier one.

Revenue, margin and cost to serve stand in the table in whole units of the currency; the two months of the run
have half each, and of the cost half goes to taking orders (time) and half to visits (driver).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import accumulate

from accounts.models import Account, Team, User
from kam_portal.frozen import thaw
from profitability.models import (
    ActivityTotal,
    Concentration,
    CostModel,
    MethodCost,
    MonthResult,
    PoolBalance,
    Publication,
    Ranking,
    Result,
    Run,
)
from profitability.standings import FIGURES, concentration
from relationships.models import CriteriaSet, Position, PositionChange

PASSWORD = "correct horse battery staple"
PORTFOLIO = """
code  team   parent  segment   country  revenue  margin   cost  attractive  strong  box
N1    north  -       key       DE        400000  120000  40000           8       7  strategic
N2    north  N1      key       DE        150000   60000  10000           7       6  strategic
N3    north  -       growth    AT        120000   30000  45000           6       3  star
N4    north  S1      growth    AT         80000   20000   5000           3       8  status
N5    north  -       other     DE         30000    9000   9000           2       2  streamline
N6    north  -       other     CH         12000    2000   6000           -       -  -
S1    south  -       key       FR        600000  150000  80000           9       8  strategic
S2    south  S1      key       FR         90000   27000   7000           6       7  strategic
S3    south  -       growth    ES         60000   15000  30000           7       2  star
S4    south  -       other     ES         40000   10000   3000           2       6  status
S5    south  -       other     FR          5000    1000   2000           1       1  streamline
S6    south  -       other     FR             0       0      0           -       -  -
"""
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [
        {"code": "service", "name": "Service", "kind": "operating"},
        {"code": "sales", "name": "Sales", "kind": "operating"},
        {"code": "board", "name": "Board", "kind": "corporate"},
    ],
    "support_method": "direct",
    "activities": [
        {
            "code": "order_entry",
            "phase": "production",
            "level": "batch",
            "pool": "service",
            "minutes": {"orders": 8},
        },
        {
            "code": "visits",
            "phase": "presale",
            "level": "customer",
            "shares": {"sales": 1},
            "driver": "sales_visit.count",
        },
    ],
}
CRITERIA = {
    "code": "default",
    "version": 1,
    "cut": {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"},
    "attractiveness": [{"code": "potential", "name": "Growth potential", "weight": 100, "kind": "judged"}],
    "relationship": [{"code": "trust", "name": "Trust", "weight": 100, "kind": "judged"}],
}
NO_ACCOUNT = {"code": "", "revenue": "7000", "margin": "2000", "cost": "0"}
MONTHS = (202601, 202602)
UNUSED, BOARD = Decimal(500), Decimal(1000)


@dataclass
class Portfolio:
    """What the tests take from it. Managers, member and lead are of the team north."""

    users: dict[str, User]
    accounts: dict[str, Account]
    run: Run
    earlier: Run

    def user(self, role: str) -> User:
        return self.users[role]


def a_portfolio(frozen: bool = False) -> Portfolio:
    """The database lets tests alter these made-up figures until the test ends, unless they are to be `frozen`."""
    if not frozen:
        thaw()
    rows = table(PORTFOLIO)
    teams = {code: Team.objects.create(code=code, name=code.title()) for code in ("north", "south")}
    users = people(teams)
    accounts = masters(rows, teams, users)
    model = CostModel.objects.create(code="standard", version=1, document=MODEL)
    criteria = CriteriaSet.objects.create(code="default", version=1, document=CRITERIA)
    earlier = a_run(rows, accounts, model, criteria, Run.State.SUPERSEDED, published_on=1)
    run = a_run(rows, accounts, model, criteria, Run.State.PUBLISHED, published_on=2)
    Publication.objects.create(pk=1, run=run, published_at=run.published_at)
    return Portfolio(users, accounts, run, earlier)


def table(text: str) -> list[dict[str, str]]:
    head, *lines = (line.split() for line in text.strip().splitlines())
    return [dict(zip(head, line, strict=True)) for line in lines]


def people(teams: dict[str, Team]) -> dict[str, User]:
    users = {}
    for role in ("manager", "member", "lead", "finance", "executive", "admin"):
        users[role] = User.objects.create_user(f"{role}@example.com", role.title(), role, PASSWORD)
    users["stranger"] = User.objects.create_user("stranger@example.com", "Stranger", "manager", PASSWORD)
    for role in ("manager", "member", "lead"):
        users[role].teams.add(teams["north"])
    users["stranger"].teams.add(teams["south"])
    return users


def masters(rows, teams, users) -> dict[str, Account]:
    accounts = {}
    for row in rows:
        north = row["team"] == "north"
        accounts[row["code"]] = Account.objects.create(
            code=row["code"],
            name=f"Account {row['code']}",
            segment=row["segment"],
            country=row["country"],
            team=teams[row["team"]],
            manager=users["manager" if north else "stranger"],
            annual_potential=Decimal(row["revenue"]) * 2 or None,
        )
    for row in rows:
        if row["parent"] != "-":
            accounts[row["code"]].parent = accounts[row["parent"]]
            accounts[row["code"]].save()
    return accounts


def a_run(rows, accounts, model, criteria, state, published_on: int) -> Run:
    published_at = datetime(2026, 3, published_on, 2, tzinfo=UTC)
    run = Run.objects.create(
        kind=Run.Kind.NIGHTLY,
        business_date=published_at.date(),
        month_from=MONTHS[0],
        month_to=MONTHS[-1],
        cost_model=model,
        state=Run.State.RUNNING,
        attempts=1,
        input_fingerprint="f" * 64,
        result_hash="e" * 64,
        difference=Decimal(0),
        totals=company(rows),
        published_at=published_at,
        finished_at=published_at,
    )
    places = ranks(rows)
    for row in rows:
        result = a_result(run, row, accounts[row["code"]], places)
        a_position(run, row, result, criteria)
        other_methods(run, row, rows, accounts[row["code"]])
        for month in MONTHS:
            a_month(run, row, accounts[row["code"]], month)
    no_account(run)
    a_change(run, accounts["N4"])
    totals(run, rows)
    for measure, values in ranked_values(rows).items():
        rank_by(run, accounts, measure, values)
    run.state = state  # last: from then on the database refuses any change
    run.save()
    return run


def company(rows) -> dict:
    """The company's figures as a run keeps them, lines without account among them: minor units, half in each month."""
    net, margin, cost = (sum(int(row[name]) for row in [*rows, NO_ACCOUNT]) for name in ("revenue", "margin", "cost"))
    figures = {"list_amount": net, "net_revenue": net, "gross_margin": margin, "cost_to_serve": cost}
    figures["contribution"] = margin - cost
    return {
        "window": {name: value * 100 for name, value in figures.items()},
        "months": {name: [value * 50] * len(MONTHS) for name, value in figures.items()},
        "first_month": MONTHS[0],
        "active_accounts": len(ranked_values(rows)["revenue"]),
    }


def ranked_values(rows) -> dict[str, dict[str, int]]:
    """Values as a ranking stores them: minor units, ten-thousandths, millionths."""
    active = [row for row in rows if int(row["revenue"])]
    return {
        "revenue": {row["code"]: int(row["revenue"]) * 100 for row in active},
        "gross_margin": {row["code"]: int(row["margin"]) * 100 for row in active},
        "contribution": {row["code"]: (int(row["margin"]) - int(row["cost"])) * 100 for row in active},
        "volume": {row["code"]: int(row["revenue"]) // 10 * 10_000 for row in active},
        "potential": {row["code"]: int(row["revenue"]) * 2 * 10_000 for row in active},
        "share_of_wallet": {row["code"]: 3_000_000 for row in active},
    }


def ranks(rows) -> dict[tuple[str, str], int]:
    """Rank by measure and code."""
    return {
        (measure, code): place
        for measure, values in ranked_values(rows).items()
        for place, code in enumerate(sorted(values, key=lambda code: (-values[code], code)), start=1)
    }


def rank_by(run: Run, accounts, measure: str, values: dict[str, int]) -> None:
    order = sorted(values, key=lambda code: (-values[code], code))
    positive = [max(values[code], 0) for code in order]
    whole = sum(positive)
    for place, (code, running) in enumerate(zip(order, accumulate(positive), strict=True), start=1):
        Ranking.objects.create(
            run=run,
            attempt=1,
            measure=measure,
            account=accounts[code],
            code=code,
            value=values[code],
            rank=place,
            abc_class="A" if running <= 0.8 * whole else "B",
            share=Decimal(values[code] / whole).quantize(Decimal("0.000001")),
            cumulative_share=Decimal(running / whole).quantize(Decimal("0.000001")),
            previous_rank=place,
        )
    if measure != "share_of_wallet" and measure != "potential":
        for level in ("account", "parent"):
            Concentration.objects.create(
                run=run, attempt=1, measure=measure, level=level, figures=concentrated(measure, list(values.values()))
            )


def concentrated(measure: str, values: list[int]) -> dict:
    """As a run stores it: sums in units of the measure, whose values are minor units or ten-thousandths."""
    found = concentration(values)
    unit = 10_000 if measure == "volume" else 100
    amounts = {"total", "total_positive", "whale_peak", "erosion"}
    figures = {name: getattr(found, name) for name in FIGURES}
    return {
        name: value / unit if name in amounts and value is not None else number(value)
        for name, value in figures.items()
    }


def number(value):
    return value if value is None or isinstance(value, int) else round(float(value), 6)


def amounts(row, share: int = 1) -> dict[str, Decimal]:
    """A statement of the row's figures, or of an equal share of them."""
    revenue, margin, cost = (Decimal(row[name]) / share for name in ("revenue", "margin", "cost"))
    return {
        "list_amount": revenue,
        "discount_amount": Decimal(0),
        "return_amount": Decimal(0),
        "net_revenue": revenue,
        "cost_amount": revenue - margin,
        "freight_amount": Decimal(0),
        "gross_margin": margin,
        "cost_to_serve": cost,
        "contribution": margin - cost,
    }


def a_result(run: Run, row, account: Account | None, places) -> Result:
    cost = Decimal(row["cost"])
    return Result.objects.create(
        run=run,
        attempt=1,
        account=account,
        code=row["code"],
        is_active=row["revenue"] != "0",
        orders=int(row["revenue"]) // 1000,
        order_lines=int(row["revenue"]) // 200,
        products=10,
        units=Decimal(row["revenue"]) / 10,
        presale=cost / 2,
        production=cost / 2,
        delivery=Decimal(0),
        post_sale=Decimal(0),
        unit_cost=Decimal(0),
        batch_cost=cost / 2,
        customer_cost=cost / 2,
        revenue_class="N" if row["revenue"] == "0" else "A",
        revenue_rank=places.get(("revenue", row["code"])),
        contribution_rank=places.get(("contribution", row["code"])),
        share_of_wallet=Decimal("0.5"),
        **amounts(row),
    )


def other_methods(run: Run, row, rows, account: Account) -> MethodCost:
    """Two-stage costs a tenth more; revenue shares out what all accounts cost."""
    cost, revenue = (sum(Decimal(each[name]) for each in rows) for name in ("cost", "revenue"))
    return MethodCost.objects.create(
        run=run,
        attempt=1,
        account=account,
        two_stage=Decimal(row["cost"]) * 11 / 10,
        revenue=(cost * Decimal(row["revenue"]) / revenue).quantize(Decimal("0.01")),
    )


def a_month(run: Run, row, account: Account | None, month: int) -> MonthResult:
    half_of_cost = int(Decimal(row["cost"]) * 100 / len(MONTHS)) // 2
    orders = int(row["revenue"]) // 2000
    return MonthResult.objects.create(
        run=run,
        attempt=1,
        account=account,
        month=month,
        measures={"orders": orders * 10_000, "sales_visit.count": 2 * 10_000},
        costs={"order_entry": half_of_cost, "visits": half_of_cost} if half_of_cost else {},
        **amounts(row, share=len(MONTHS)),
    )


def no_account(run: Run) -> None:
    a_result(run, NO_ACCOUNT, None, {})
    for month in MONTHS:
        a_month(run, NO_ACCOUNT, None, month)


def a_position(run: Run, row, result: Result, criteria: CriteriaSet) -> Position:
    scored = row["box"] != "-"
    return Position.objects.create(
        run=run,
        attempt=1,
        account=result.account,
        result=result,
        criteria_set=criteria,
        attractiveness=Decimal(row["attractive"]) if scored else None,
        attractiveness_coverage=1 if scored else 0,
        relationship_strength=Decimal(row["strong"]) if scored else None,
        relationship_coverage=1 if scored else 0,
        box=row["box"] if scored else "",
        previous_box=row["box"] if scored else "",
        confidence=Decimal("0.5") if scored else None,
        changed_on=date(2026, 3, 1) if scored else None,
    )


def a_change(run: Run, account: Account) -> PositionChange:
    """Trust rose, and with it the account's box."""
    trust = {"cause": "rating", "axis": "relationship", "code": "trust", "name": "Trust", "effect": 3.0}
    return PositionChange.objects.create(
        run=run,
        attempt=1,
        account=account,
        kind=PositionChange.Kind.BOX,
        before="streamline",
        after="status",
        causes=[trust],
        changed_on=run.published_at.date(),
    )


def totals(run: Run, rows) -> None:
    """Where the pools went, and what the activities cost, in each month."""
    half = sum(Decimal(row["cost"]) for row in rows) / len(MONTHS) / 2
    zero = dict.fromkeys(
        ("support_in", "support_out", "no_account", "unused", "channel", "corporate", "unassigned", "difference"),
        Decimal(0),
    )
    for month in MONTHS:
        pools = {
            "service": {"input": half + UNUSED, "accounts": half, "unused": UNUSED},
            "sales": {"input": half, "accounts": half},
            "board": {"input": BOARD, "accounts": Decimal(0), "corporate": BOARD},
        }
        for pool, row in pools.items():
            PoolBalance.objects.create(run=run, attempt=1, month=month, pool=pool, **zero | row)
        for code, phase, level in (("order_entry", "production", "batch"), ("visits", "presale", "customer")):
            ActivityTotal.objects.create(
                run=run,
                attempt=1,
                month=month,
                activity=code,
                phase=phase,
                level=level,
                rate="1.250000000000",
                accounts=half,
                no_account=Decimal(0),
                unassigned=Decimal(0),
            )

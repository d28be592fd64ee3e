from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account, Assignment, Import, Team, User
from kam_portal import statements
from kam_portal.frozen import thawed
from kam_portal.recompute import recompute
from kam_portal.statement_head import headline
from kam_portal.views.account_page import steps_of
from profitability.models import MonthResult, OrderLine, PoolBalance, Product, Result, Run
from profitability.periods import before, cut, periods
from profitability.pnl.categories import categories, shared_out
from profitability.pnl.company import company_of
from profitability.pnl.groups import NOTHING, Grouping, all_groups
from profitability.pnl.peers import peers_of
from profitability.pnl.sources import Source, sources_of
from profitability.pnl.statements import PROFIT, SALES, added, by_month, family_of, months_of
from tests.ledger import imported

TEAMS = """
code   name
north  North
south  South
"""
ACCOUNTS = """
code  name   parent_code  segment  country  team_code
A     Alpha  -            key      DE       north
B     Beta   A            key      AT       north
C     Gamma  B            small    -        south
D     Delta  -            -        DE       -
"""
# fractions of a cent in every amount: what is rounded account by account must still add up by category
LINES = """
order_id  line_no  ordered_on  account_code  product_code  category     quantity  list_amount  discount_amount  net_amount  cost_amount  freight_amount
1         1        2025-11-05  A             p1            Bikes        3         1100.3334    100.0001         1000.3333   600.1111     10.0055
1         2        2025-12-05  A             p2            Accessories  1         500.3333     0                500.3333    300.2222     0
2         1        2026-01-11  A             p1            Bikes        1         333.3334     0                333.3334    100.0033     1.5
3         1        2026-01-20  B             p3            -            2         210.0050     10               200.0050    210.0050     0.0033
4         1        2026-02-02  C             p2            Accessories  5         99.9950      0                99.9950     20.0051      0.0049
5         1        2026-02-03  C             p2            Accessories  -2        -19.9990     0                -19.9990    -4.0012      0
6         1        2026-02-28  D             p1            Bikes        1         77.7777      0.1111           77.6666     11.1111      0.3333
7         1        2026-02-28  -             p1            Bikes        1         55.5555      0                55.5555     11.1111      0
8         1        2026-02-28  D             p1            Bikes        -3        -90.0049     0                -90.0049    -30          0
"""  # noqa: E501
EVENTS = """
event_id  account_code  event_type   occurred_on  minutes
e1        A             sales_visit  2025-12-10   60
e2        B             sales_visit  2026-01-11   30
e3        C             sales_visit  2026-02-11   31
e4        D             repair       2026-02-11   10
e5        A             repair       2026-02-11   10
e6        B             repair       2026-02-11   10
"""
COSTS = """
pool_code  month    amount    practical_minutes
service    2025-11  99.99     500
service    2025-12  100.01    500
service    2026-01  1000.01   500
service    2026-02  1000.02   20
sales      2025-12  70.00     -
sales      2026-01  700.00    -
sales      2026-02  100.00    -
shop       2026-02  10.00     -
"""
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [
        {"code": "service", "name": "Service", "kind": "operating"},
        {"code": "sales", "name": "Sales", "kind": "operating"},
        {"code": "shop", "name": "Shop", "kind": "operating"},
    ],
    "support_method": "direct",
    "activities": [
        {"code": "entry", "phase": "production", "level": "batch", "pool": "service",
         "minutes": {"orders": 8, "order_lines": 2.5}},
        {"code": "visits", "phase": "presale", "level": "customer", "shares": {"sales": 1},
         "driver": "sales_visit.count"},
        {"code": "repairs", "phase": "post_sale", "level": "unit", "shares": {"shop": 1}, "driver": "repair.count"},
    ],
}  # fmt: skip
WINDOW = (202511, 202602)
PHASES = ("presale", "production", "delivery", "post_sale")
COLUMNS = (*SALES, *PROFIT)
KINDS = ("last12", "year", "quarter", "month")


@pytest.fixture
def run(transactional_db, tmp_path):
    tables = {"order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", teams=TEAMS, accounts=ACCOUNTS, cost_model=MODEL, **tables)
    found = recompute(*WINDOW)
    assert found.state == Run.State.PUBLISHED
    return found


@pytest.fixture
def finance(run):
    return User.objects.create_user("f@example.com", "Finance", "finance", "pw")


def asked(run, **query) -> statements.Asked:
    found = QueryDict(mutable=True)
    found.update(query)
    return statements.asked(run, found)


def statement(run, user, accounts=None, **query) -> statements.Shown:
    return statements.shown(asked(run, **query), user, accounts, profit=True)


def stored(run, months, **accounts) -> dict[str, Decimal]:
    """The plain sum of what the run stored, in Python."""
    rows = MonthResult.objects.filter(run=run, month__in=months, account__isnull=False, **accounts)
    return {name: sum((getattr(row, name) for row in rows), Decimal("0.00")) for name in COLUMNS}


def grouped(run, user, by: str, found: statements.Asked, accounts=None) -> dict:
    """Amounts by group, with the phases."""
    grouping = Grouping(run, user, by, accounts, found.months, found.sources, profit=True)
    phases = grouping.phases()
    rows = list(grouping.groups())
    assert grouping.count() == len(rows)
    return {
        row["key"]: {name: row[f"sum_{name}"] for name in COLUMNS} | phases.get(row["key"], NOTHING) for row in rows
    }


# Statements


@pytest.mark.parametrize("kind", KINDS)
def test_a_statement_is_the_sum_of_what_the_run_stored(run, finance, kind):
    for period in periods(WINDOW, kind):
        found = statement(run, finance, period=kind, at=period.key)

        assert {name: found.total[name] for name in COLUMNS} == stored(run, period.months)
        assert found.total.closes
        for name in COLUMNS if found.columns else ():
            assert sum(column[name] for _period, column in found.columns) == found.total[name]


def test_a_statement_of_the_window_is_the_result_of_the_run(run, finance):
    for result in Result.objects.filter(run=run, account__isnull=False):
        found = statement(run, finance, Account.objects.filter(pk=result.account_id)).total

        for name in (*COLUMNS, *PHASES, "unit_cost", "batch_cost", "customer_cost"):
            assert found[name] == getattr(result, name), (result.code, name)
        assert found["batch_margin"] - found["customer_cost"] == result.contribution


def test_the_totals_of_the_run_are_the_costs_of_all_accounts(run, finance):
    rows = months_of(run, finance)

    assert by_month(run, rows, True, is_everything=True) == by_month(run, rows, True)


def test_each_line_follows_from_those_above_it(run, finance):
    found = {line.name: line.total for line in statements.lines(statement(run, finance), steps_of(True))}

    net = found["list_amount"] + found["discount_amount"] + found["return_amount"]
    margin = net + found["cost_amount"] + found["freight_amount"]
    assert (found["net_revenue"], found["gross_margin"]) == (net, margin)
    assert found["contribution"] == margin + sum(found[phase] for phase in PHASES)


def test_phases_levels_and_activities_arrive_at_the_same_cent(run, finance):
    found = statement(run, finance)
    levels, activities = statements.readings(asked(run), found)

    for reading in (levels, activities):
        lines = reading["lines"]
        taken = sum(line.total for line in lines if line.kind == "detail")
        assert taken == -found.total["cost_to_serve"] == -stored(run, asked(run).months)["cost_to_serve"]
        assert lines[0].total + taken == lines[-1].total == found.total["contribution"]
    assert [line.label for line in activities["lines"]][1:-1] == ["Visits", "Entry", "Repairs", "Cost to serve"]


# Groups


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("by", ["account", "parent", "segment", "country", "team"])
def test_the_groups_sum_to_the_statement(run, finance, by, kind):
    for period in periods(WINDOW, kind):
        found = asked(run, period=kind, at=period.key)
        groups, total = grouped(run, finance, by, found), statement(run, finance, period=kind, at=period.key).total

        for name in (*COLUMNS, *PHASES):
            assert sum(group[name] for group in groups.values()) == total[name]


def test_a_group_is_the_sum_of_its_accounts(run, finance):
    for found in (asked(run), asked(run, period="month")):
        by_segment, by_country = (grouped(run, finance, by, found) for by in ("segment", "country"))

        for segment in ("key", "small", ""):
            expected = stored(run, found.months, account__segment=segment)
            assert {name: by_segment.get(segment, expected)[name] for name in COLUMNS} == expected
        assert by_country["DE"]["net_revenue"] == stored(run, found.months, account__country="DE")["net_revenue"]


def test_a_parent_is_itself_and_the_accounts_under_it(run, finance):
    found = asked(run)
    families, accounts = grouped(run, finance, "parent", found), grouped(run, finance, "account", found)
    top = Account.objects.get(code="A")
    family = statement(run, finance, family_of(finance, top)).total

    assert set(families) == {"A", "D"}
    for name in (*COLUMNS, *PHASES):
        assert families["A"][name] == sum(accounts[code][name] for code in "ABC") == family[name]
        assert families["D"][name] == accounts["D"][name]
    assert {each.code for each in family_of(finance, Account.objects.get(code="B"))} == {"B", "C"}


def test_a_family_ends_where_the_reader_sees_no_more(run):
    lead = User.objects.create_user("l@example.com", "Lead", "lead", "pw")
    lead.teams.add(Team.objects.get(code="south"))
    Account.objects.filter(code="A").update(team=Team.objects.get(code="south"))

    # A and C are theirs, B between them is not
    assert set(grouped(run, lead, "parent", asked(run))) == {"A", "C"}
    assert {each.code for each in family_of(lead, Account.objects.get(code="A"))} == {"A"}
    assert set(grouped(run, lead, "account", asked(run))) == {"A", "C"}


def test_hidden_accounts_are_in_no_sum(run):
    lead = User.objects.create_user("l@example.com", "Lead", "lead", "pw")
    lead.teams.add(Team.objects.get(code="south"))
    seen = stored(run, asked(run).months, account__code="C")

    assert {name: statement(run, lead).total[name] for name in COLUMNS} == seen
    for by in ("account", "parent", "segment", "country", "team"):
        (group,) = grouped(run, lead, by, asked(run)).values()
        assert {name: group[name] for name in COLUMNS} == seen
    assert not list(months_of(run, AnonymousUser()))


def test_a_month_at_whose_end_nobody_is_on_record_belongs_to_the_team_now(run, finance):
    north, south = Team.objects.get(code="north"), Team.objects.get(code="south")
    account = Account.objects.get(code="A")
    Assignment.objects.filter(account=account).delete()
    Assignment.objects.create(account=account, team=south, from_on=date(2025, 10, 1), until_on=date(2025, 11, 15))
    Assignment.objects.create(account=account, team=north, from_on=date(2026, 1, 1))
    november = asked(run, period="month", at="2025-11")

    assert set(grouped(run, finance, "team", november, Account.objects.filter(pk=account.pk))) == {north.pk}


def few(run, user, accounts=None) -> dict:
    found = asked(run)
    rows = all_groups(Grouping(run, user, "team", accounts, found.months, (), profit=True))
    return {row["key"]: row for row in rows}


def test_accounts_that_stayed_and_accounts_that_moved_sum_to_the_same_teams(run, finance):
    north, south = Team.objects.get(code="north"), Team.objects.get(code="south")
    account = Account.objects.get(code="A")
    Assignment.objects.filter(account=account).delete()
    Assignment.objects.create(account=account, team=south, from_on=date(2025, 1, 1), until_on=date(2026, 1, 2))
    Assignment.objects.create(account=account, team=north, from_on=date(2026, 1, 2))
    by_month_of_each = grouped(run, finance, "team", asked(run))

    rows = few(run, finance)

    assert set(rows) == set(by_month_of_each) == {north.pk, south.pk, None}
    for key, amounts in by_month_of_each.items():
        assert {name: rows[key][f"sum_{name}"] for name in amounts} == amounts


def test_a_month_belongs_to_the_team_of_record_at_its_end(run, finance):
    north, south = Team.objects.get(code="north"), Team.objects.get(code="south")
    account = Account.objects.get(code="A")
    Assignment.objects.filter(account=account).delete()
    Assignment.objects.create(account=account, team=south, from_on=date(2025, 12, 1), until_on=date(2025, 12, 31))
    Assignment.objects.create(account=account, team=None, from_on=date(2025, 12, 31), until_on=date(2026, 1, 31))
    Assignment.objects.create(account=account, team=south, from_on=date(2026, 1, 31), until_on=date(2026, 2, 28))
    Assignment.objects.create(account=account, team=north, from_on=date(2026, 2, 28), until_on=None)

    def teams(month: str) -> dict:
        found = asked(run, period="month", at=month)
        accounts = Account.objects.filter(pk=account.pk)
        rows = grouped(run, finance, "team", found, accounts).items()
        return {key: row["contribution"] for key, row in rows if row["contribution"]}  # not who had it the month before

    # nothing on record in November: the team now; nobody at the end of December; south in January, north in February
    assert set(teams("2025-11")) == {north.pk}
    assert set(teams("2025-12")) == {None}
    assert set(teams("2026-01")) == {south.pk}
    assert set(teams("2026-02")) == {north.pk}
    whole = few(run, finance, Account.objects.filter(pk=account.pk))
    assert {key: row["sum_contribution"] for key, row in whole.items()} == {
        north.pk: teams("2025-11")[north.pk] + teams("2026-02")[north.pk],
        south.pk: teams("2026-01")[south.pk],
        None: teams("2025-12")[None],
    }


# Product categories


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("codes", ["ABCD", "A", "CD", "BC"])
def test_categories_sum_to_the_statement_to_the_cent(run, finance, codes, kind):
    accounts = None if codes == "ABCD" else Account.objects.filter(code__in=list(codes))
    for period in periods(WINDOW, kind):
        total = statement(run, finance, accounts, period=kind, at=period.key).total
        found = categories(run, finance, accounts, period.months, total)

        assert found.gap is None
        for name in SALES:
            assert sum((amounts[name] for _category, amounts in found.rows), Decimal(0)) == total[name]


def test_a_category_is_what_its_order_lines_say(run, finance):
    found = categories(run, finance, None, asked(run).months, statement(run, finance).total)

    rows = dict(found.rows)
    assert list(rows) == ["Bikes", "Accessories", ""]  # largest first
    # bikes: 1,000.3333 + 333.3334 + 77.6666 − 90.0049 = 1,321.3284, without the line that has no account
    assert rows["Bikes"]["net_revenue"] == Decimal("1321.33")
    assert rows["Bikes"]["return_amount"] == Decimal("90.00")
    assert rows[""]["net_revenue"] in (Decimal("200.00"), Decimal("200.01"))  # 200.0050
    assert rows[""]["gross_margin"] == rows[""]["net_revenue"] - rows[""]["cost_amount"] - rows[""]["freight_amount"]


def test_categories_read_the_lines_as_the_run_read_them(run, finance, tmp_path):
    months, total = asked(run).months, statement(run, finance).total
    before = categories(run, finance, None, months, total)
    head, first, *_rest = LINES.strip().splitlines()
    dearer = first.replace("1100.3334", "5100.0001").replace("1000.3333", "5000")

    imported(tmp_path / "again", order_lines=f"{head}\n{dearer}\n9{first[1:]}")

    assert OrderLine.objects.current().count() == OrderLine.objects.count() - 1

    assert categories(run, finance, None, months, total) == before


def test_lines_that_no_longer_sum_to_the_run_are_told(run, finance):
    months, total = asked(run).months, statement(run, finance).total
    OrderLine.objects.filter(order_id="1", line_no=2).update(net_amount=Decimal("400.3333"))

    found = categories(run, finance, None, months, total)

    assert found.gap == Decimal("99.9999") or abs(found.gap - 100) < Decimal("0.05")
    assert sum(amounts["net_revenue"] for _category, amounts in found.rows) == total["net_revenue"]


def test_a_later_import_of_products_is_told(run, finance):
    months, total = asked(run).months, statement(run, finance).total
    assert categories(run, finance, None, months, total).changed_at is None

    later = Import.objects.create(kind="products", state=Import.State.DONE, finished_at=timezone.now())
    Product.objects.update(category="Wheels")

    found = categories(run, finance, None, months, total)
    assert found.changed_at == later.finished_at
    assert [name for name, _amounts in found.rows] == ["Wheels"]


AMOUNTS = st.lists(st.integers(-(10**9), 10**9), min_size=1, max_size=12)


@given(AMOUNTS, st.integers(-50, 50))
def test_shares_sum_to_their_total_and_stay_near_their_amounts(amounts, drift):
    exact = {str(place): Decimal(amount).scaleb(-4) for place, amount in enumerate(amounts)}
    total = sum(exact.values()).quantize(Decimal("0.01")) + Decimal(drift).scaleb(-2) * any(amounts)

    parts = shared_out(exact, total)

    assert sum(parts.values()) == total
    assert all(abs(parts[key] - exact[key]) <= abs(drift) * Decimal("0.01") + Decimal("0.02") for key in exact)


# Periods


def test_a_window_is_cut_into_periods():
    window = (202511, 202610)

    assert [each.key for each in periods(window, "quarter")] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]
    assert [each.label for each in periods(window, "year")] == ["2025 (Nov–Dec)", "2026 (Jan–Oct)"]
    assert [each.label for each in periods(window, "quarter")][-2:] == ["Q3 2026", "Q4 2026 (Oct)"]
    assert len(periods(window, "month")) == 12
    assert [each.label for each in periods((202401, 202610), "last12")] == ["Nov 2025–Oct 2026"]


def test_a_period_is_compared_with_the_same_months_before():
    window = (202411, 202610)
    year, quarter = periods(window, "year")[-1], periods(window, "quarter")[-1]

    assert before(year).months == tuple(range(202501, 202511))
    assert before(quarter).months == (202607,)
    assert before(periods(window, "last12")[0]).first == 202411
    assert before(periods(window, "month")[0]).months == (202410,)


@given(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["month", "quarter", "year"]))
def test_periods_hold_each_month_of_the_window_once(start, length, kind):
    from profitability.core.months import month_of, months_between

    window = (month_of(24_000 + start), month_of(24_000 + start + length))

    assert [month for period in periods(window, kind) for month in period.months] == months_between(*window)
    for period in periods(window, kind):
        assert [part.months for part in cut(period.months, kind)] == [period.months]


def test_growth_is_told_only_from_what_was_above_zero(run, finance):
    found = statement(run, finance, period="month", at="2026-02")
    lines = {line.name: line for line in statements.lines(found, steps_of(True))}

    assert lines["freight_amount"].before == -found.before["freight_amount"] < 0
    # January 533.34, February 67.66
    assert lines["net_revenue"].change == found.total["net_revenue"] - found.before["net_revenue"] < 0
    assert lines["net_revenue"].growth == lines["net_revenue"].change / found.before["net_revenue"]
    assert found.before["return_amount"] == 0
    assert lines["return_amount"].growth is None
    cost = lines["cost_amount"]  # less than in January: the change and its growth have the same sign
    assert cost.change > 0 and cost.growth == cost.change / -cost.before > 0
    assert cost.points == cost.part - cost.before / found.before["net_revenue"]
    assert statements.growth(Decimal(5), Decimal(-5)) is None
    assert lines["contribution"].growth is None  # a loss in January


def test_where_nothing_happened_the_finding_says_so(run, finance):
    nothing = statement(run, finance, Account.objects.none())

    assert headline(nothing, profit=True) == headline(nothing, profit=False) == "No sales and no cost in these months"
    assert headline(statement(run, finance), profit=False).startswith("Gross margin")


def test_nothing_in_a_period_is_zero_not_missing(run, finance):
    found = added([], [])

    assert found["contribution"] == 0 and found.closes


def test_what_nobody_bears_leads_to_the_result_of_the_balance(run, finance):
    for months in (asked(run).months, (202602,)):
        contribution = stored(run, months)["contribution"]

        company = company_of(run, months, contribution)

        ledger = MonthResult.objects.filter(run=run, month__in=months).aggregate(margin=Sum("gross_margin"))["margin"]
        pools = PoolBalance.objects.filter(run=run, month__in=months)
        assert company.result == ledger - pools.aggregate(cost=Sum("input"))["cost"]
        assert company.costs["unused"] == pools.aggregate(unused=Sum("unused"))["unused"]
        assert company.no_account


def test_a_month_before_the_ledger_has_no_figures(run, finance, tmp_path):
    early = recompute(202509, 202602)
    found = asked(early, columns="month")

    assert found.ledger_begins == 202511
    assert [period.last for period in found.columns if found.is_before_ledger(period)] == [202509, 202510]
    assert found.no_ledger == f"The ledger of run {early.pk} begins in Nov 2025."
    november = asked(early, period="month", at="2025-11")
    assert november.sources == () and november.missing == found.no_ledger  # October is in the window, but empty
    assert asked(early, period="month", at="2025-12").sources


# Peers


@pytest.fixture
def unpublished(db):
    """A run in the making, whose figures a test may still add to."""
    Team.objects.create(code="north", name="North")
    return Run.objects.create(month_from=202512, month_to=202602, state=Run.State.RUNNING, attempts=1)


def months_with(run, code: str, margin: int, net: int = 100, segment: str = "key", month: int = 202602) -> Account:
    """An account with a month of 100.00 of net revenue and a gross margin of so many per cent."""
    account, _made = Account.objects.get_or_create(code=code, name=code, segment=segment)
    MonthResult.objects.create(
        run=run, attempt=1, account=account, month=month, list_amount=net, discount_amount=0, return_amount=0,
        net_revenue=net, cost_amount=net - margin, freight_amount=0, gross_margin=margin, cost_to_serve=0,
        contribution=margin, measures={}, costs={},
    )  # fmt: skip
    return account


def with_peers(run, count: int) -> Account:
    """An account, and others of its segment with margins of 1, 2, 3 … per cent."""
    for number in range(1, count + 1):
        months_with(run, f"P{number}", number)
    return months_with(run, "A", 50)


def someone(role: str, **fields) -> User:
    user = User.objects.create_user(f"{role}@example.com", role, role, "pw", **fields)
    user.teams.add(Team.objects.get(code="north"))
    return user


def peers(run, user, account: Account, months=(202602,)):
    return peers_of(run, user, account, family_of(user, account), months)


def test_quartiles_are_those_of_the_other_accounts_of_the_segment(unpublished):
    account = with_peers(unpublished, 6)
    months_with(unpublished, "Q", 90, segment="other")
    months_with(unpublished, "N", 5, net=0)  # no share of nothing
    child = months_with(unpublished, "B", 80)
    Account.objects.filter(pk=child.pk).update(parent=account)  # of the same family

    found = peers(unpublished, someone("finance"), account)

    # 1 … 6 per cent: quartiles at 2.25, 3.5 and 4.75
    assert found.count == 6
    assert found.quartiles["gross_margin"] == pytest.approx((0.0225, 0.035, 0.0475))
    assert found.quartiles["contribution"] == found.quartiles["gross_margin"]
    assert found.is_company


def test_shares_of_peers_are_taken_over_all_months_of_the_period(unpublished):
    account = with_peers(unpublished, 5)
    for number in range(1, 6):
        months_with(unpublished, f"P{number}", 0, net=300, month=202601)

    found = peers(unpublished, someone("finance"), account, (202601, 202602))

    assert found.quartiles["gross_margin"] == pytest.approx((0.005, 0.0075, 0.01))  # 2, 3 and 4 of 400


def test_fewer_than_five_peers_show_nothing(unpublished):
    account, finance = with_peers(unpublished, 4), someone("finance")
    assert peers(unpublished, finance, account) is None

    months_with(unpublished, "P5", 5)
    assert peers(unpublished, finance, account).count == 5
    assert peers(unpublished, finance, account, (202601,)) is None  # nobody sold anything then
    assert peers(unpublished, finance, months_with(unpublished, "Z", 1, segment="")) is None


def test_peers_are_accounts_the_reader_sees_but_with_company_figures(unpublished):
    account, lead = with_peers(unpublished, 6), someone("lead")
    assert peers(unpublished, lead, account) is None

    Account.objects.filter(code__in=["A", "P1", "P2", "P3", "P4", "P5"]).update(team=Team.objects.get(code="north"))
    assert peers(unpublished, lead, account).count == 5
    assert not peers(unpublished, lead, account).is_company
    lead.sees_company_figures = True
    assert peers(unpublished, lead, account).count == 6
    sales = {"discount_amount", "return_amount", "cost_amount", "freight_amount", "gross_margin"}
    assert set(peers(unpublished, someone("member"), account).quartiles) == sales


# The period before, told by earlier runs


@pytest.fixture
def january(transactional_db, tmp_path):
    """A window of one month, after runs over November and December, over December, and over November."""
    tables = {"order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", teams=TEAMS, accounts=ACCOUNTS, cost_model=MODEL, **tables)
    windows = {"both": (202511, 202512), "december": (202512, 202512), "november": (202511, 202511)}
    runs = {name: recompute(*window) for name, window in windows.items()}
    return runs | {"now": recompute(202601, 202601), "both months": recompute(202601, 202602)}


@pytest.fixture
def analyst(january):
    return User.objects.create_user("a@example.com", "Analyst", "finance", "pw")


def test_the_newest_run_that_holds_all_earlier_months_tells_them(january):
    now = january["now"]

    assert sources_of(now, (202512,)) == (Source(january["december"], (202512,)),)
    assert sources_of(now, (202511, 202512)) == (Source(january["both"], (202511, 202512)),)
    assert sources_of(now, (202512, 202601)) == (Source(january["december"], (202512,)), Source(now, (202601,)))
    assert sources_of(now, (202510, 202511)) == ()  # nobody holds October
    assert sources_of(january["december"], (202511,)) == (Source(january["both"], (202511,)),)  # not a later run


def test_where_no_run_holds_them_all_each_month_is_told_by_the_newest(january):
    with thawed():
        Run.objects.filter(pk=january["both"].pk).update(state=Run.State.FAILED)

    assert sources_of(january["now"], (202511, 202512)) == (
        Source(january["november"], (202511,)),
        Source(january["december"], (202512,)),
    )


@pytest.mark.parametrize("mixture", [False, True])
def test_figures_of_the_period_before_are_those_that_their_runs_stored(january, analyst, mixture):
    if mixture:
        with thawed():
            Run.objects.filter(pk=january["both"].pk).update(state=Run.State.FAILED)
    run = january["both months"]
    found = replace(asked(run, period="quarter"), sources=sources_of(run, (202511, 202512)))

    told = statements.shown(found, analyst, None, profit=True)

    assert len(found.sources) == 1 + mixture
    expected = [stored(source.run, source.months) for source in found.sources]
    for name in COLUMNS:
        assert told.before[name] == sum(each[name] for each in expected), name
    assert told.before.closes
    for by in ("account", "parent", "segment", "country"):
        rows = list(Grouping(run, analyst, by, None, found.months, found.sources, profit=True).groups())
        for name in ("net_revenue", "gross_margin", *PROFIT):
            assert sum(row[f"was_{name}"] for row in rows) == told.before[name], (by, name)
            assert sum(row[f"sum_{name}"] for row in rows) == told.total[name], (by, name)


def test_a_statement_names_the_runs_behind_the_period_before(january):
    one, both = january["december"].pk, january["both"].pk
    alone = asked(january["now"], period="month")

    assert alone.runs_before == f"run {one}"
    assert alone.origin == f"Dec 2025: run {one}, standard v1"
    assert statements.before_words(alone)[-1] == f"Those figures come from an earlier run: run {one}, standard v1."
    nowhere = asked(january["now"], period="last12")
    assert nowhere.sources == () and nowhere.runs_before == ""
    assert statements.before_words(nowhere) == [nowhere.missing]
    mixed = replace(alone, sources=(Source(january["both"], (202511,)), *alone.sources))
    assert mixed.runs_before == f"runs {both} and {one}"
    assert "several runs" in statements.before_words(mixed)[-1]


def test_an_activity_that_only_the_model_before_had_is_listed(january, analyst, tmp_path):
    entry, _visits, repairs = MODEL["activities"]
    both = repairs | {"shares": {"shop": 1, "sales": 1}}
    imported(tmp_path / "model", cost_model=MODEL | {"version": 2, "activities": [entry, both]})
    run = recompute(202601, 202601)
    assert run.cost_model.version == 2
    found = asked(run, period="month")

    told = statements.shown(found, analyst, None, profit=True)

    _levels, activities = statements.readings(found, told)
    lines = {line.label: line for line in activities["lines"]}
    assert lines["Visits"].total == 0
    assert lines["Visits"].before == -told.before.costs["visits"] < 0
    assert sum(line.before for line in activities["lines"] if line.kind == "detail") == -told.before["cost_to_serve"]

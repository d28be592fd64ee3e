import csv
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db.utils import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Account, Import
from kam_portal.demo.potentials import spends
from kam_portal.potentials import amount_in, amount_out
from profitability.models import OrderLine, Product, Result, Run
from relationships.assumptions import Outdated, in_core, of_accounts, of_company, state
from relationships.core.value import Assumptions, lifetime_value
from relationships.lifetime import Lasting, lasting
from relationships.models import AssumptionChange, CategoryPotential, ValueAssumption
from relationships.value import Costs, worths
from relationships.whitespace import Grid, largest_open
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db

SAID = {"retention": Decimal("0.8"), "discount": Decimal("0.1"), "growth": Decimal(0), "years": 3, "note": "Agreed"}
LINES = """
account  ordered_on  product  net
N1       2025-01-20  B1       100
N1       2026-01-10  B1       150000
N1       2026-01-12  C1       150000.01
N1       2026-02-03  -        99999.99
N2       2026-02-04  B1       150000
N3       2026-01-09  C1       120000
S1       2026-01-09  C1       600000
"""


def lines(text):
    head, *rows = (line.split() for line in text.strip().splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    brought = Import.objects.create(kind="order_lines", file_name="x.csv")
    products = {
        code: Product.objects.create(code=code, name=code, category=category)
        for code, category in (("B1", "Bikes"), ("C1", "Cloth"))
    }
    for number, row in enumerate(lines(LINES)):
        day, net = date.fromisoformat(row["ordered_on"]), Decimal(row["net"])
        OrderLine.objects.create(
            order_id=f"O{number}",
            line_no=1,
            ordered_on=day,
            month=day.year * 100 + day.month,
            account=made.accounts[row["account"]],
            product=products.get(row["product"]),
            quantity=1,
            list_amount=net,
            discount_amount=0,
            net_amount=net,
            cost_amount=0,
            freight_amount=0,
            imported_in=brought,
        )
    return made


@pytest.fixture
def open_as(client, portfolio):
    def opened(role, address, **query):
        client.force_login(portfolio.user(role))
        return client.get(address, query)

    return opened


@pytest.fixture
def post(client, portfolio):
    def posted(role, address, **data):
        client.force_login(portfolio.user(role))
        return client.post(address, data)

    return posted


def worth_of(portfolio, role, code):
    return worths(portfolio.user(role), portfolio.run, [Result.objects.get(run=portfolio.run, code=code)])[0]


def said(portfolio, code, category, spend, competitor=""):
    return CategoryPotential.objects.create(
        account=portfolio.accounts[code],
        category=category,
        annual_spend=spend,
        competitor=competitor,
        stated_on=date(2026, 2, 1),
    )


# The figures


def test_depth_breadth_and_duration_are_those_of_the_run_and_its_lines(portfolio):
    worth = worth_of(portfolio, "finance", "N1")

    assert (worth.categories, worth.sold_categories) == (2, 2)
    assert worth.first_order == date(2025, 1, 20)
    assert worth.months == 13
    assert worth.order_value == worth.result.net_revenue / worth.result.orders


def test_lifetime_value_is_the_yearly_contribution_times_the_multiple(portfolio):
    state(portfolio.user("finance"), None, SAID, 0)
    worth = worth_of(portfolio, "manager", "N1")

    exact = lifetime_value(Fraction(worth.result.contribution) * 6, in_core(of_company().row))
    assert worth.lifetime == round(Decimal(exact.numerator) / exact.denominator, 2)


def test_an_account_of_its_own_assumptions_leaves_the_others_alone(portfolio):
    account = portfolio.accounts["N1"]
    state(portfolio.user("manager"), account, SAID | {"years": None}, 0)

    found = of_accounts([account.pk, portfolio.accounts["N2"].pk])

    assert found[account.pk].own
    assert found[account.pk].values.years is None
    assert not found[portfolio.accounts["N2"].pk].own


def test_a_value_without_sum_is_missing_and_one_below_zero_is_legal(portfolio):
    endless = SAID | {"retention": Decimal("0.99"), "growth": Decimal("0.2"), "years": None}
    state(portfolio.user("manager"), portfolio.accounts["N1"], endless, 0)

    assert worth_of(portfolio, "manager", "N1").lifetime is None
    Result.objects.filter(run=portfolio.run, code="N4").update(contribution=-100)
    assert worth_of(portfolio, "manager", "N4").lifetime < 0


def test_what_it_cost_to_win_an_account_is_not_paid_again_every_year(portfolio):
    row = worth_of(portfolio, "finance", "N1")
    assert row.lasting.once == 0

    OrderLine.objects.filter(account=portfolio.accounts["N1"], month=202501).update(
        ordered_on=date(2025, 3, 2), month=202503
    )
    anew = worth_of(portfolio, "finance", "N1")
    costs = Costs(portfolio.user("finance"), portfolio.run, anew.result.account_id, anew.first_order)

    assert anew.lasting.once == costs.acquired_in_window > 0
    assert anew.lasting.yearly == (anew.result.contribution + costs.acquired_in_window) * 6
    assert anew.lifetime > row.lifetime


@pytest.mark.parametrize(
    ("first", "months", "provisional", "claims"),
    [
        (None, 12, False, True),
        (date(2024, 5, 1), 12, False, True),
        (date(2025, 1, 9), 12, True, True),
        (date(2025, 6, 1), 7, True, True),
        (date(2025, 8, 31), 5, True, False),
    ],
)
def test_a_customer_of_some_months_is_known_for_these_and_for_too_few_not_at_all(first, months, provisional, claims):
    run, result = Run(month_from=202501, month_to=202512), Result(contribution=Decimal(700), orders=3, is_active=True)

    found = lasting(run, result, first, Decimal(0))

    assert (found.months, found.is_provisional, not found.reason) == (months, provisional, claims)
    assert found.yearly == Fraction(700 * 12, months)
    assert (found.value(in_core(None)) is not None) == claims


def test_of_an_account_that_bought_nothing_nothing_is_claimed(portfolio, open_as):
    for code in ("S6",):
        page = open_as("finance", f"/accounts/{code}/value/").content.decode()
        assert "is worth 0" not in page
        assert "Nothing was bought or done in the window" in page


@given(
    contribution=st.integers(-(10**9), 10**9),
    retention=st.decimals(0, "0.99", places=3),
    years=st.integers(1, 10),
)
def test_listed_years_sum_to_the_value(contribution, retention, years):
    assumed = Assumptions(Fraction(retention), Fraction(1, 10), Fraction(1, 50), years)
    found = Lasting(Decimal(contribution).scaleb(-2), Decimal(0), 12, False, "")

    assert sum(today for _year, _expected, today in found.years(assumed, 10)) == found.value(assumed)


def test_only_one_row_is_that_of_the_company(portfolio):
    state(portfolio.user("finance"), None, SAID, 0)

    with pytest.raises(Outdated):
        state(portfolio.user("finance"), None, SAID, 0)
    with pytest.raises(IntegrityError):
        ValueAssumption.objects.create(retention=1, discount=0, growth=0, changed_at="2026-01-01T00:00Z")


def test_acquire_serve_and_retain_in_the_window_are_the_cost_to_serve(portfolio):
    for code in ("N1", "N3", "S6"):
        worth = worth_of(portfolio, "finance", code)
        costs = Costs(portfolio.user("finance"), portfolio.run, worth.result.account_id, worth.first_order)

        assert costs.acquired_in_window + costs.serve + costs.retain == worth.result.cost_to_serve


def test_cost_to_acquire_is_unknown_where_no_run_holds_its_months(portfolio):
    old, new = worth_of(portfolio, "finance", "N1"), worth_of(portfolio, "finance", "N3")
    of_old, of_new = (
        Costs(portfolio.user("finance"), portfolio.run, worth.result.account_id, worth.first_order)
        for worth in (old, new)
    )

    assert (of_old.span, of_old.acquire, of_old.is_new) == ((202501, 202512), None, False)
    assert of_old.retain == Decimal(20_000)
    assert (of_new.span, of_new.acquire, of_new.is_new) == ((202601, 202602), Decimal(22_500), True)
    assert of_new.retain == 0


def test_what_was_assumed_before_is_kept_with_who_and_why(portfolio, post, open_as):
    address = "/accounts/N1/value/assumptions/"
    typed = {"retention": "90", "discount": "8", "growth": "0", "years": "5", "note": "contract", "revision": "0"}
    post("manager", address, **typed)
    post("manager", address, **typed | {"retention": "80", "note": "They <look> around", "revision": "1"})
    post("manager", address, **typed | {"revision": "2", "withdraw": "1"})

    rows = list(AssumptionChange.objects.order_by("pk").values_list("retention", "note", "is_withdrawn"))
    assert rows == [
        (Decimal("0.9"), "contract", False),
        (Decimal("0.8"), "They <look> around", False),
        (Decimal("0.8"), "They <look> around", True),
    ]
    assert "They &lt;look&gt; around" in open_as("manager", "/accounts/N1/value/").content.decode()
    assert "&lt;look&gt;" not in open_as("manager", "/accounts/N2/value/").content.decode()


# Whitespace


def test_categories_of_an_account_sum_to_its_net_revenue(portfolio):
    grid = Grid(portfolio.run, {"N1": [portfolio.accounts["N1"].pk]})

    assert sum(grid.row("N1", ["Bikes", "Cloth", ""]) and grid.sales.values()) == 400_000


def test_a_cell_says_share_rest_and_errors_for_the_months_of_the_window(portfolio):
    said(portfolio, "N1", "Bikes", 1_800_000, "Velo")
    said(portfolio, "N1", "Cloth", 600_000)
    said(portfolio, "N1", "Tyres", None, "Rubber & Sons")
    grid = Grid(portfolio.run, {"N1": [portfolio.accounts["N1"].pk]})

    bikes, cloth, tyres = grid.row("N1", ["Bikes", "Cloth", "Tyres"])

    assert (bikes.state, bikes.wallet, bikes.open, bikes.share) == ("part", 300_000, 150_000, Decimal("0.5"))
    assert (cloth.state, cloth.is_over, cloth.open) == ("over", True, 0)
    assert (tyres.state, tyres.share, tyres.open, tyres.competitors) == ("empty", None, None, "Rubber & Sons")
    assert [cell.category for cell in grid.largest_first("N1", ["Cloth", "Tyres", "Bikes"])] == [
        "Bikes",
        "Cloth",
        "Tyres",
    ]


def test_a_group_takes_shares_of_the_accounts_whose_wallet_is_known(portfolio):
    said(portfolio, "N1", "Bikes", 1_800_000)
    grid = Grid(portfolio.run, {"N1": [portfolio.accounts["N1"].pk, portfolio.accounts["N2"].pk]})

    cell = grid.cell("N1", "Bikes")

    assert (cell.ours, cell.known_ours, cell.share) == (300_000, 150_000, Decimal("0.5"))
    assert (cell.open, cell.known_count) == (150_000, 1)


def test_a_parent_shows_the_whitespace_of_its_group_as_far_as_the_reader_sees_it(portfolio, open_as):
    said(portfolio, "N4", "Bikes", 60_000)
    said(portfolio, "S2", "Bikes", 600_000)

    group = open_as("finance", "/accounts/S1/value/").context["together"]

    assert group["count"] == 3
    assert (group["cells"][0].category, group["cells"][0].open, group["cells"][0].known_count) == ("Bikes", 110_000, 2)
    assert open_as("manager", "/accounts/N4/value/").context["together"] is None


def test_the_list_has_the_largest_open_potential_first(portfolio, monkeypatch):
    said(portfolio, "N1", "Bikes", 1_200_000)
    said(portfolio, "N2", "Cloth", 900_000)
    said(portfolio, "N3", "Tyres", 60_000)
    everything = Account.objects.all()

    found, is_cut = largest_open(portfolio.run, everything)
    assert [(account, cell.open) for account, cell in found] == [
        (portfolio.accounts["N2"].pk, 150_000),
        (portfolio.accounts["N1"].pk, 50_000),
        (portfolio.accounts["N3"].pk, 10_000),
    ]
    assert not is_cut

    monkeypatch.setattr("relationships.whitespace.MOST_POTENTIALS", 2)
    found, is_cut = largest_open(portfolio.run, everything)
    assert ([cell.open for _account, cell in found], is_cut) == ([150_000], True)


@pytest.mark.parametrize(
    ("potential", "bikes", "cloth", "conflict"),
    [
        (550_000, 400_000, 386_800, True),
        (550_000, 560_000, None, True),
        (900_000, 400_000, 386_800, False),
        (900_000, 400_000, None, None),
        (None, 400_000, 386_800, None),
    ],
)
def test_two_wallets_that_contradict_each_other_are_told(portfolio, open_as, potential, bikes, cloth, conflict):
    Account.objects.filter(code="N1").update(annual_potential=potential)
    said(portfolio, "N1", "Bikes", bikes)
    said(portfolio, "N1", "Cloth", cloth)

    answer = open_as("finance", "/accounts/N1/value/")

    found = answer.context["wallets"]
    assert (found and found["conflict"]) == conflict
    assert ("contradict each other" in answer.content.decode()) == bool(conflict)


@pytest.mark.parametrize("potential", [None, 3_000, 12_000, 550_000])
def test_what_the_demo_says_of_categories_fits_their_sales_and_the_potential(potential):
    sales = {"Bikes": Decimal("1500.50"), "Clothing": Decimal("1299.99")}
    account = Account(code="AW1", annual_potential=potential)

    found = spends(account, sales)

    assert all(found[category] >= sold for category, sold in sales.items())
    assert potential is None or sum(found.values()) <= potential


# Pages


ADDRESSES = ["/value/", "/whitespace/", "/whitespace/?by=parent", "/whitespace/?by=open", "/accounts/N1/value/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("role", ["member", "manager", "finance"])
def test_nobody_meets_accounts_of_others_and_members_no_profit(portfolio, open_as, address, role):
    said(portfolio, "S1", "Secret", 100)
    said(portfolio, "N1", "Bikes", 1_800_000)

    page = open_as(role, address).content.decode()

    assert ("Account S1" in page) == (role == "finance" and address != "/accounts/N1/value/")
    assert "Secret" not in page or role == "finance"
    if role == "member":
        assert "ifetime value" not in page
        assert ">Contribution<" not in page
        assert "Cost to acquire" not in page


@pytest.mark.parametrize("address", ["/value/", "/whitespace/", "/whitespace/?by=open"])
def test_files_have_what_the_page_has(portfolio, open_as, address):
    said(portfolio, "N1", "Bikes", 1_800_000)
    said(portfolio, "S1", "Bikes", 1_800_000)

    text = b"".join(open_as("member", address, format="csv").streaming_content).decode("utf-8-sig")

    assert "N1" in text
    assert "S1" not in text
    assert "Lifetime" not in text
    assert "depend on them" not in text


def test_the_file_by_group_has_groups(portfolio, open_as):
    said(portfolio, "N4", "Bikes", "60000.0000")
    said(portfolio, "S2", "Bikes", 600_000)

    answer = open_as("finance", "/whitespace/", by="parent", format="csv")
    rows = list(csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))

    (group,) = [row for row in rows if row["Code"] == "S1" and row["Category"] == "Bikes"]
    assert (group["Group"], group["Accounts"], group["Wallet known of"]) == ("Account S1", "3", "2")
    assert (group["Annual spend"], group["Open"]) == ("660000.00", "110000.00")
    assert not [row for row in rows if row["Code"] in {"N4", "S2"}]


def test_members_cannot_order_by_what_they_do_not_see(open_as):
    assert open_as("member", "/value/", order="-lifetime").context["order"] == "-net_revenue"
    assert open_as("manager", "/value/", order="-lifetime").context["order"] == "-lifetime"


def test_the_list_is_ordered_by_the_values_it_shows(portfolio, open_as):
    state(portfolio.user("manager"), portfolio.accounts["N5"], SAID | {"retention": Decimal(0)}, 0)

    page = open_as("finance", "/value/", order="-lifetime").context["page"]

    shown = [worth.lifetime for worth in page]
    told = [value for value in shown if value is not None]
    assert shown == [*sorted(told, reverse=True), *[None] * (len(shown) - len(told))]
    assert len(told) < len(shown)


@pytest.mark.parametrize("order", ["name", "-order_value", "order_value", "-products", "share_of_wallet", "lifetime"])
def test_every_order_is_possible(open_as, order):
    assert open_as("finance", "/value/", order=order).status_code == 200


@pytest.mark.parametrize("address", ["/value/", "/whitespace/", "/whitespace/?by=parent"])
def test_pages_ask_as_often_for_many_accounts_as_for_few(portfolio, open_as, django_assert_max_num_queries, address):
    for code in ("N1", "N2", "N3", "S1", "S2"):
        said(portfolio, code, "Bikes", 1_800_000)
    open_as("finance", address)
    with django_assert_max_num_queries(45):
        open_as("finance", address)


# Typing


def fields(portfolio, **cells):
    from kam_portal.potentials import mark

    page_categories = ["Bikes", "Cloth"]
    return {"category": page_categories, "seen": mark(portfolio.accounts["N1"])} | cells


def test_potentials_are_typed_kept_and_taken_back(portfolio, post):
    address = "/accounts/N1/value/potentials/"
    typed = {"annual_spend:0": "1 200,5", "competitor:0": "Velo", "source:0": "visit"}
    answer = post("manager", address, **fields(portfolio, **typed))

    row = CategoryPotential.objects.get()
    assert answer.status_code == 302
    assert (row.category, row.annual_spend, row.competitor) == ("Bikes", Decimal("1200.5"), "Velo")
    assert row.stated_by == portfolio.user("manager")

    post("manager", address, **fields(portfolio))
    assert not CategoryPotential.objects.exists()


def test_a_wrong_amount_is_told_and_nothing_is_kept(portfolio, post):
    typed = {"annual_spend:0": "-5", "annual_spend:1": "100"}
    answer = post("manager", "/accounts/N1/value/potentials/", **fields(portfolio, **typed))

    assert answer.status_code == 422
    assert 'value="-5"' in answer.content.decode()
    assert "not below zero" in answer.content.decode()
    assert not CategoryPotential.objects.exists()


@pytest.mark.parametrize(
    ("text", "kept"),
    [("579,700", "579700"), ("1,359,392.5", "1359392.5"), ("579.7", "579.7"), ("1.200,50", "1200.5"), ("0", "0")],
)
def test_an_amount_is_read_as_pages_write_it(text, kept):
    assert amount_in(text) == Decimal(kept)
    assert amount_in(amount_out(amount_in(text))) == Decimal(kept)


@pytest.mark.parametrize("text", ["579.700", "1,2,3", "5,79,700", "1e5", "12.34567"])
def test_an_amount_that_may_be_read_in_two_ways_is_refused(portfolio, post, text):
    answer = post("manager", "/accounts/N1/value/potentials/", **fields(portfolio, **{"annual_spend:0": text}))

    assert answer.status_code == 422
    assert not CategoryPotential.objects.exists()


def test_three_decimals_are_written_so_that_they_are_read_again():
    assert amount_in(amount_out(Decimal("579.125"))) == Decimal("579.125")


@pytest.mark.parametrize("part", ["competitor", "source", "annual_spend"])
def test_a_text_that_cannot_be_stored_is_refused(portfolio, post, part):
    answer = post("manager", "/accounts/N1/value/potentials/", **fields(portfolio, **{f"{part}:0": "Ve\0lo"}))

    assert answer.status_code == 422
    assert not CategoryPotential.objects.exists()


def test_who_types_over_somebody_elses_change_is_told(portfolio, post):
    sent = fields(portfolio, **{"annual_spend:0": "500"})
    said(portfolio, "N1", "Bikes", 300)

    answer = post("manager", "/accounts/N1/value/potentials/", **sent)

    assert answer.status_code == 409
    assert CategoryPotential.objects.get().annual_spend == 300
    assert 'value="500"' in answer.content.decode()


def test_assumptions_of_an_account_are_typed_in_per_cent_and_given_up(portfolio, post):
    address = "/accounts/N1/value/assumptions/"
    typed = {"retention": "92,5", "discount": "8", "growth": "-1", "years": "", "note": "contract", "revision": "0"}

    assert post("manager", address, **typed).status_code == 302
    row = ValueAssumption.objects.get()
    assert (row.retention, row.growth, row.years) == (Decimal("0.925"), Decimal("-0.01"), None)

    assert post("manager", address, **typed).status_code == 409
    assert post("manager", address, **typed | {"revision": "1", "withdraw": "1"}).status_code == 302
    assert not ValueAssumption.objects.exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("retention", "101"),
        ("retention", ""),
        ("discount", "x"),
        ("growth", "-100"),
        ("years", "0"),
        ("years", "2.5"),
        ("retention", "99.5"),
        ("growth", "20.1"),
        ("years", "21"),
        ("note", " "),
        ("note", "a\0b"),
    ],
)
def test_impossible_assumptions_are_refused(portfolio, post, name, text):
    typed = {"retention": "90", "discount": "8", "growth": "0", "years": "5", "note": "Agreed", "revision": "0"} | {
        name: text
    }

    answer = post("manager", "/accounts/N1/value/assumptions/", **typed)

    assert answer.status_code == 422
    assert not ValueAssumption.objects.exists()


def test_only_finance_states_the_assumptions_of_the_company(portfolio, post):
    typed = {"retention": "90", "discount": "8", "growth": "0", "years": "5", "note": "Agreed", "revision": "0"}

    assert post("manager", "/value/assumptions/", **typed).status_code == 403
    assert post("finance", "/value/assumptions/", **typed).status_code == 302
    assert of_company().values.retention == Fraction(9, 10)
    assert post("finance", "/value/assumptions/", **typed).status_code == 409


# REST


def test_rest_gives_value_and_hides_what_the_page_hides(portfolio, open_as):
    member, manager, finance = (
        open_as(role, "/api/v1/value/").json()["results"][0] for role in ("member", "manager", "finance")
    )

    assert member["code"] == manager["code"] == finance["code"] == "N1"
    hidden = (
        "lifetime_value",
        "retention",
        "own_assumptions",
        "contribution",
        "cost_to_serve",
        "our_dependence",
        "power_gap",
    )
    assert {name for name in hidden if member[name] is not None} == set()
    assert manager["lifetime_value"] > 0
    assert manager["our_dependence"] is None
    assert finance["our_dependence"] == pytest.approx(400_000 / 1_594_000, abs=1e-6)
    assert finance["power_gap"] < 0


def test_rest_gives_one_account_with_costs_and_whitespace(portfolio, open_as):
    said(portfolio, "N3", "Bikes", 600_000)

    answer = open_as("manager", "/api/v1/accounts/N3/value/").json()

    assert (answer["cost_to_acquire"], answer["acquired_from"]) == (22_500, "2026-01")
    assert answer["whitespace"][0]["category"] == "Bikes"
    assert answer["whitespace"][0]["open"] == 100_000
    assert open_as("member", "/api/v1/accounts/N3/value/").json()["cost_to_acquire"] is None
    assert open_as("manager", "/api/v1/accounts/S1/value/").status_code == 404


def test_rest_gives_whitespace_by_account(portfolio, open_as):
    said(portfolio, "N1", "Bikes", 1_800_000)

    rows = open_as("member", "/api/v1/whitespace/", category="Bikes").json()["results"]

    assert rows[0]["categories"][0]["share_of_wallet"] == 0.5
    assert {row["code"] for row in rows} == {"N1", "N2", "N3", "N4", "N5", "N6"}

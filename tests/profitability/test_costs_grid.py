"""Monthly costs in a grid, without a browser: saved by the rule of imports, checked cell by cell."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Import, User
from profitability.costs import NotANumber, number_in, number_out, parted, practical_minutes
from profitability.models import ClosedMonth, CostModel, ResourceCost
from tests.core.test_model_form import document
from tests.ledger import imported
from tests.markup import page_of, rows_of

COSTS = """
    pool_code month   amount practical_minutes
    service   2026-01 100    500
    service   2026-02 200    -
    sales     2026-02 300.50 -
"""
AT = "amount:service:202601"


def test_numbers_are_read_as_spreadsheets_write_them():
    point = {"1234.5": "1234.5", "1,234.50": "1234.50", "1 234": "1234", "-7": "-7", "(7)": "-7", "−0.5": "-0.5"}
    comma = {"1234,5": "1234.5", "1.234,50": "1234.50", "1.234.567": "1234567", ",5": "0.5", "1'234": "1234"}

    assert {text: number_in(text, ".") for text in point} == {text: Decimal(value) for text, value in point.items()}
    assert {text: number_in(text, ",") for text in comma} == {text: Decimal(value) for text, value in comma.items()}
    assert number_in("  ", ".") is None


def test_signs_of_money_and_dashes_for_zero_are_taken_as_spreadsheets_write_them():
    texts = {
        "$5": "5",
        "-$1,234.50": "-1234.50",
        "$(7)": "-7",
        "5 €": "5",
        "USD 5": "5",
        "-": "0",
        "–": "0",
        "$ -": "0",
    }

    assert {text: number_in(text, ".") for text in texts} == {text: Decimal(value) for text, value in texts.items()}


@pytest.mark.parametrize("text", ["abc", "1.2.3", "1,2", "12,34.5", "1.23456", "1" * 13, "1e3", "--1", ".", "$", "AB5"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NotANumber):
        number_in(text, ".")


@given(st.integers(-(10**15), 10**15), st.sampled_from([".", ","]))
def test_a_number_goes_out_and_in_unchanged(units, decimal):
    value = Decimal(units).scaleb(-4)

    assert number_in(number_out(value, decimal), decimal) == value
    assert number_in(parted(value, decimal, 2), decimal) == value


def test_amounts_have_parted_thousands_and_two_decimals():
    assert [parted(Decimal(text), ".", 2) for text in ("1234567.5", "0", "-0.25")] == ["1,234,567.50", "0.00", "-0.25"]
    assert [parted(Decimal(text), ",") for text in ("1234", "0.5")] == ["1.234", "0,50"]


def test_capacity_is_people_times_days_times_hours_times_share():
    minutes = practical_minutes(Decimal(28), Decimal(20), Decimal("7.5"), Decimal("0.8"))

    assert minutes == 28 * 20 * 450 * Decimal("0.8")  # 201,600 minutes


@pytest.fixture
def finance(client, db) -> Client:
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))
    return client


@pytest.fixture
def ledger(db, tmp_path):
    CostModel.objects.create(code="standard", version=3, document=document())
    imported(tmp_path, resource_costs=COSTS)


def cells(client, year: int = 2026, decimal: str = ".") -> dict[str, str]:
    """The fields of the form as the page shows them, to be typed over and sent."""
    page = page_of(client.get(f"/costs/?year={year}&decimal={decimal}"))
    (form,) = [each for each in page.all("form") if each.attributes.get("id") == "costs-form"]
    return {each.attributes["name"]: each.attributes.get("value", "") for each in form.all("input")}


def current() -> set[tuple]:
    rows = ResourceCost.objects.current()
    return set(rows.values_list("pool_code", "month", "amount", "practical_minutes"))


def test_the_grid_shows_the_ledger(finance, ledger):
    page = page_of(finance.get("/costs/"))

    shown = cells(finance)
    assert (shown[AT], shown["minutes:service:202601"], shown["amount:sales:202602"]) == ("100.00", "500", "300.50")
    assert [row[-1] for row in rows_of(page, "Costs 2026")] == ["300.00", "300.50", "0.00", "600.50"]
    assert rows_of(page, "Practical minutes 2026")[0][0] == "Service"


def test_a_change_supersedes_the_line_and_keeps_it(finance, ledger):
    finance.post("/costs/save/", cells(finance) | {AT: "150", "amount:it:202603": "40"})

    assert ("service", 202601, Decimal(150), Decimal(500)) in current()
    assert ("it", 202603, Decimal(40), None) in current()
    record = Import.objects.get(file_name="entered on the page")
    (earlier,) = ResourceCost.objects.filter(superseded_in=record)
    assert (earlier.amount, earlier.month) == (100, 202601)
    assert (record.added, record.changed, record.created_by.email) == (1, 1, "finance@example.com")
    assert record.control_totals["ledger"] == {"rows": "2", "amount": "190", "practical_minutes": "500"}
    assert finance.get(f"/imports/{record.pk}/").status_code == 200


def test_saving_what_is_there_writes_nothing(finance, ledger):
    finance.post("/costs/save/", cells(finance))

    assert ResourceCost.objects.count() == 3
    assert Import.objects.count() == 1


def test_the_grid_and_an_import_say_the_same(finance, ledger, tmp_path):
    finance.post("/costs/save/", cells(finance) | {AT: "99.5", "minutes:service:202601": ""})
    by_hand = current()

    (record,) = imported(tmp_path / "again", resource_costs=COSTS.replace("100    500", "99.5   -"))

    assert current() == by_hand
    assert (record.unchanged, record.changed) == (3, 0)


def test_a_closed_month_takes_nothing(finance, ledger):
    sent = cells(finance) | {AT: "1", "amount:sales:202602": "2"}
    ClosedMonth.objects.create(month=202601)

    response = finance.post("/costs/save/", sent)

    assert response.status_code == 422
    assert "the month is closed" in response.content.decode()
    assert ResourceCost.objects.count() == 3
    readonly = [each for each in page_of(response).all("input") if "readonly" in each.attributes]
    assert {each.attributes["name"].split(":")[2] for each in readonly} == {"202601"}


@pytest.mark.parametrize(
    ("changes", "cell", "message"),
    [
        ({AT: "abc"}, "amount-0-202601", "not a number"),
        ({AT: ""}, "amount-0-202601", "cannot be emptied"),
        ({"minutes:service:202601": "-5"}, "minutes-0-202601", "must not be negative"),
        ({"minutes:service:202605": "5"}, "amount-0-202605", "is needed where there are minutes"),
        ({AT: "1.23456"}, "amount-0-202601", "4 decimals"),
    ],
)
def test_a_wrong_cell_is_told_there_and_nothing_is_saved(finance, ledger, changes, cell, message):
    response = finance.post("/costs/save/", cells(finance) | {"amount:sales:202602": "9"} | changes)

    told = [each.text for each in page_of(response).all("p") if each.attributes.get("id") == f"{cell}-told"]
    assert response.status_code == 422
    assert message in told[0]
    assert 'value="9"' in response.content.decode()
    assert ResourceCost.objects.count() == 3


def test_the_control_total_is_compared(finance, ledger):
    wrong = finance.post("/costs/save/", cells(finance) | {AT: "150", "expected": "600.50"})
    assert wrong.status_code == 422
    assert "The costs sum to 650.50." in wrong.content.decode()

    assert finance.post("/costs/save/", cells(finance) | {AT: "150", "expected": "650.5"}).status_code == 302
    assert ("service", 202601, Decimal(150), Decimal(500)) in current()


def test_a_decimal_comma_is_read_as_declared(finance, ledger):
    shown = cells(finance, decimal=",")
    assert shown["amount:sales:202602"] == "300,50"

    finance.post("/costs/save/", shown | {AT: "1.234,5"})

    assert ("service", 202601, Decimal("1234.5"), Decimal(500)) in current()


def test_who_saves_second_sees_what_the_first_one_saved(finance, ledger):
    opened = cells(finance)
    kim = Client()
    kim.force_login(User.objects.create_user("kim@example.com", "Kim", "finance", "pw"))
    kim.post("/costs/save/", cells(kim) | {AT: "900", "amount:sales:202602": "5"})

    response = finance.post("/costs/save/", opened | {AT: "150", "amount:it:202601": "1"})

    page = page_of(response)
    values = {
        each.attributes["name"]: each.attributes.get("value") for each in page.all("input") if "name" in each.attributes
    }
    assert response.status_code == 409
    assert "Kim has saved 900.00 meanwhile" in page.text
    assert (values[AT], values["amount:it:202601"], values["amount:sales:202602"]) == ("150", "1", "5.00")
    assert ("service", 202601, Decimal(900), Decimal(500)) in current()

    finance.post(
        "/costs/save/",
        opened | {name: values[name] for name in (AT, "amount:it:202601", "amount:sales:202602", "seen")},
    )

    assert {("service", 202601, Decimal(150), Decimal(500)), ("sales", 202602, Decimal(5), None)} <= current()


def test_two_people_in_different_cells_do_not_disturb_each_other(finance, ledger):
    first, second = cells(finance), cells(finance)
    finance.post("/costs/save/", first | {AT: "900"})

    assert finance.post("/costs/save/", second | {"amount:sales:202602": "5"}).status_code == 302

    assert {("service", 202601, Decimal(900), Decimal(500)), ("sales", 202602, Decimal(5), None)} <= current()


def test_a_capacity_is_written_into_the_cells_and_not_saved(finance, ledger):
    helper = {
        "helper_pool": "service",
        "helper_people": "3",
        "helper_days": "20",
        "helper_hours": "8",
        "helper_share": "80",
    }
    months = {"helper_month": ["202601", "202602"]}

    response = finance.post("/costs/save/", cells(finance) | helper | months | {"do": "capacity"})

    page = page_of(response)
    values = {
        each.attributes["name"]: each.attributes.get("value") for each in page.all("input") if "name" in each.attributes
    }
    assert values["minutes:service:202601"] == values["minutes:service:202602"] == "23,040"  # 3 × 20 × 8 × 60 × 0.8
    assert values["minutes:service:202603"] == ""
    assert "Nothing is saved yet" in page.text
    assert ResourceCost.objects.count() == 3


@pytest.mark.parametrize(
    "changes", [{"helper_share": "120"}, {"helper_people": "x"}, {"helper_days": ""}, {"helper_hours": "-1"}]
)
def test_a_capacity_that_cannot_be_is_told(finance, ledger, changes):
    helper = {
        "helper_pool": "service",
        "helper_people": "3",
        "helper_days": "20",
        "helper_hours": "8",
        "helper_share": "80",
    }

    response = finance.post("/costs/save/", cells(finance) | helper | changes | {"do": "capacity"})

    assert response.status_code == 422


def test_without_pools_the_page_says_what_to_do(finance):
    assert "No pools yet" in finance.get("/costs/").content.decode()


def test_those_who_read_see_figures_and_no_fields(ledger, client):
    client.force_login(User.objects.create_user("boss@example.com", "Boss", "executive", "pw"))

    page = page_of(client.get("/costs/"))

    assert [each for each in page.all("form") if each.attributes.get("id") == "costs-form"] == []
    assert rows_of(page, "Costs 2026")[0][1] == "100.00"
    assert client.post("/costs/save/", {AT: "1"}).status_code == 403
    client.force_login(User.objects.create_user("member@example.com", "Member", "member", "pw"))
    assert client.get("/costs/").status_code == 403


def test_the_grid_takes_few_queries_however_many_pools_there_are(finance, ledger):
    finance.get("/costs/")
    with CaptureQueriesContext(connection) as few:
        finance.get("/costs/")
    long = document()
    long["pools"] += [{"code": f"p{number}", "name": f"P{number}", "kind": "channel"} for number in range(40)]
    CostModel.objects.update(document=long)
    with CaptureQueriesContext(connection) as many:
        finance.get("/costs/")

    assert len(many) == len(few) <= 15


@pytest.mark.parametrize("query", ["year=x", "year=99999999999999999999", "year=-1", "decimal=x", "year=²"])
def test_a_strange_address_shows_the_usual_year(finance, ledger, query):
    assert "minutes 2026" in finance.get(f"/costs/?{query}").content.decode()


def test_only_pools_that_are_consumed_by_time_are_offered_a_capacity(finance, ledger):
    page = page_of(finance.get("/costs/"))
    offered = [each.attributes["value"] for each in page.one("select", id="helper_pool").all("option")]
    assert offered == ["service"]

    refused = finance.post("/costs/save/", cells(finance) | {"do": "capacity", "helper_pool": "it"})
    assert refused.status_code == 422
    assert "Choose a pool that is consumed by time" in refused.content.decode()


def test_a_cost_below_zero_is_saved_and_asked_about_by_name(finance, ledger):
    response = finance.post("/costs/save/", cells(finance) | {AT: "-150"}, follow=True)

    assert ("service", 202601, Decimal(-150), Decimal(500)) in current()
    assert "Below zero, which lowers the cost of accounts: Service, 2026-01." in response.content.decode()


def test_errors_name_pools_not_codes(finance, ledger):
    text = page_of(finance.post("/costs/save/", cells(finance) | {AT: "abc"})).text

    assert "Service, Jan 2026" in text


def test_thousands_parted_by_a_point_are_asked_about_before_they_are_stored(finance, ledger):
    minutes = "minutes:service:202602"
    before = current()

    asked = finance.post("/costs/save/", cells(finance) | {minutes: "30.000"})

    assert asked.status_code == 422
    assert "is read as 30; if it is thousands, write it without the point" in asked.content.decode()
    assert current() == before

    sure = asked.context["sure"]
    finance.post("/costs/save/", cells(finance) | {minutes: "31.000", "sure": sure})
    assert current() == before  # another number than the one asked about

    finance.post("/costs/save/", cells(finance) | {minutes: "30.000", "sure": sure})
    assert ("service", 202602, Decimal(200), Decimal(30)) in current()

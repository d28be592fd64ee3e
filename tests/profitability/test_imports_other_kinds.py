from decimal import Decimal

import pytest

from accounts.models import Account, Import
from profitability.models import ActivityEvent, ClosedMonth, CostModel, EventAttribute, Product, ResourceCost, Run
from tests.bringing import bring, counts, problems

pytestmark = pytest.mark.django_db

EVENTS = """
    event_id,account_code,event_type,occurred_on,quantity,minutes,x_km,x_people
    E1,A,sales_visit,2025-01-10,,60,12.5,2
    E2,A,sales_visit,2025-02-10,2,,,
    E3,A,ticket,2025-02-11,0,0.5,0,
"""
COSTS = """
    pool_code,month,amount,practical_minutes
    service,2025-01,1000.50,9600
    board,2025-01,-20,
"""
MODEL = """
    code: standard
    version: 1
    currency: USD
    pools:
      - {code: service, name: Service, kind: operating}
    activities:
      - code: order_entry
        phase: production
        level: batch
        pool: service
        minutes: {orders: 8, sales_visit.count: 2.5}
"""


@pytest.fixture(autouse=True)
def account(db):
    return Account.objects.create(code="A", name="Alpha")


def attributes(event):
    return dict(ActivityEvent.objects.current().get(event_id=event).attributes.values_list("name", "amount"))


def test_events_count_once_and_take_no_time_unless_the_file_says_so(tmp_path):
    record = bring(tmp_path, "activity_events", EVENTS)

    assert counts(record) == (3, 0, 0, 0)
    found = ActivityEvent.objects.order_by("event_id").values_list("event_type", "month", "quantity", "minutes")
    assert list(found) == [
        ("sales_visit", 202501, 1, 60),
        ("sales_visit", 202502, 2, 0),
        ("ticket", 202502, 0, Decimal("0.5")),
    ]
    assert attributes("E1") == {"km": Decimal("12.5"), "people": 2}
    assert attributes("E2") == {}
    assert attributes("E3") == {"km": 0}
    assert record.control_totals["ledger"] == {"rows": "3", "quantity": "3", "minutes": "60.5"}


def test_the_same_events_again_change_nothing(tmp_path):
    bring(tmp_path, "activity_events", EVENTS)

    assert counts(bring(tmp_path, "activity_events", EVENTS)) == (0, 0, 3, 0)
    assert EventAttribute.objects.count() == 3


def test_a_number_named_like_a_measure_of_the_event_itself_is_refused(tmp_path):
    refused = bring(
        tmp_path,
        "activity_events",
        """\
        event_id,account_code,event_type,occurred_on,Besuche,x_minutes,x_km
        E1,A,visit,2024-03-05,,,5
        E2,A,visit,2024-03-06,3,,
        E3,A,visit,2024-03-07,4,15,
        """,
        mapping={"columns": {"x_count": "Besuche"}},
    )

    assert refused.state == Import.State.REFUSED and not ActivityEvent.objects.exists()
    assert problems(refused) == [(3, "Besuche", "3"), (4, "x_minutes", "15")]
    assert "is read as x_count" in refused.problems[0]["reason"]
    assert refused.problems[0]["file"] == "activity_events.csv"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("12.5,2", "12.5,3", {"km": Decimal("12.5"), "people": 3}),
        ("12.5,2", "12.5,", {"km": Decimal("12.5")}),
        ("2025-01-10,,60", "2025-01-10,,61", {"km": Decimal("12.5"), "people": 2}),
        ("E1,A,sales_visit", "E1,A,video_call", {"km": Decimal("12.5"), "people": 2}),
        ("x_km", "x_miles", {"miles": Decimal("12.5"), "people": 2}),
    ],
)
def test_a_changed_event_supersedes_with_its_attributes(tmp_path, before, after, expected):
    bring(tmp_path, "activity_events", EVENTS)

    record = bring(tmp_path, "activity_events", EVENTS.replace(before, after))

    assert record.changed >= 1
    assert attributes("E1") == expected
    assert ActivityEvent.objects.filter(event_id="E1").count() == 2


def test_events_of_nobody_negative_ones_and_those_of_closed_months_are_refused(tmp_path):
    ClosedMonth.objects.create(month=202501)

    record = bring(
        tmp_path,
        "activity_events",
        """
        event_id,account_code,event_type,occurred_on,quantity,minutes
        E1,Z,visit,2025-02-10,1,1
        E2,A,visit,2025-02-10,-1,1
        E3,A,visit,2025-01-10,1,1
        E4,,visit,2025-02-10,1,1
        """,
    )

    assert problems(record) == [
        (2, "account_code", "Z"),
        (3, "quantity", "-1"),
        (4, "occurred_on", "2025-01"),
        (5, "account_code", ""),
    ]
    assert not ActivityEvent.objects.exists()


def test_costs_are_kept_by_pool_and_month_with_their_history(tmp_path):
    assert counts(bring(tmp_path, "resource_costs", COSTS)) == (2, 0, 0, 0)
    assert counts(bring(tmp_path, "resource_costs", COSTS)) == (0, 0, 2, 0)
    assert counts(bring(tmp_path, "resource_costs", COSTS.replace("9600", ""))) == (0, 1, 1, 0)

    current = ResourceCost.objects.current().order_by("pool_code")
    assert list(current.values_list("pool_code", "month", "amount", "practical_minutes")) == [
        ("board", 202501, -20, None),
        ("service", 202501, Decimal("1000.5"), None),
    ]
    assert ResourceCost.objects.count() == 3


def test_costs_of_a_closed_month_are_refused(tmp_path):
    ClosedMonth.objects.create(month=202501)

    assert problems(bring(tmp_path, "resource_costs", COSTS)) == [(2, "month", "2025-01"), (3, "month", "2025-01")]


def test_products_are_renamed_in_place(tmp_path):
    bring(tmp_path, "products", "code,name,category\nP,Pump,Parts\n")

    assert counts(bring(tmp_path, "products", "code,name\nP,Pumpe\n")) == (0, 1, 0, 0)
    assert Product.objects.values_list("name", "category").get() == ("Pumpe", "Parts")


def test_a_cost_model_is_stored_left_replaced_and_when_used_refused(tmp_path):
    assert counts(bring(tmp_path, "cost_model", MODEL)) == (1, 0, 0, 0)
    assert counts(bring(tmp_path, "cost_model", MODEL)) == (0, 0, 1, 0)
    assert counts(bring(tmp_path, "cost_model", MODEL.replace("orders: 8", "orders: 9"))) == (0, 1, 0, 0)
    stored = CostModel.objects.get()
    assert stored.document["activities"][0]["minutes"]["orders"] == 9

    Run.objects.create(cost_model=stored)
    record = bring(tmp_path, "cost_model", MODEL)

    assert problems(record) == [(2, "version", "1")]
    assert "version 2" in record.problems[0]["reason"]
    assert CostModel.objects.get().document == stored.document
    assert counts(bring(tmp_path, "cost_model", MODEL.replace("version: 1", "version: 2"))) == (1, 0, 0, 0)


def test_what_is_wrong_in_a_cost_model_is_told_with_line_and_place(tmp_path):
    text = MODEL.replace("pool: service", "pool: sales").replace("sales_visit.count: 2.5", "sales_visit.count: -1")

    record = bring(tmp_path, "cost_model", text)

    assert record.state == Import.State.REFUSED
    assert problems(record) == [
        (10, "activities[0].pool", "sales"),
        (11, "activities[0].minutes.sales_visit.count", "-1"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "code: [",
        "code: a\ncode: b\n",
        "a: &x [1]\nb: [*x, *x]\n",
        "a: !!python/object/apply:os.system [ls]\n",
        "a: 2020-13-45\n",
        "\x00",
    ],
)
def test_what_is_no_plain_yaml_is_unusable(tmp_path, text):
    record = bring(tmp_path, "cost_model", text)

    assert record.state == Import.State.UNUSABLE
    assert record.message.startswith("cost_model.yaml: ")


@pytest.mark.parametrize("text", ["", "just a text\n", "- a\n- b\n", "{}"])
def test_yaml_that_is_no_cost_model_is_refused(tmp_path, text):
    assert bring(tmp_path, "cost_model", text).state == Import.State.REFUSED


def test_a_pool_that_the_model_lacks_is_named_with_its_months(tmp_path):
    bring(tmp_path, "cost_model", MODEL)
    record = bring(tmp_path, "resource_costs", COSTS + "    board,2025-02,3,\n    desk,2025-01,0,\n", dry_run=True)

    assert record.state == Import.State.DONE
    assert record.notes == [
        "The pool board (2025-01–2025-02) is not in the cost model standard v1: no run goes through until it is added "
        "there, or its costs are 0."
    ]


def test_changed_costs_are_shown_with_what_stood_there_before(tmp_path):
    bring(tmp_path, "resource_costs", COSTS)
    record = bring(
        tmp_path, "resource_costs", COSTS.replace("1000.50,9600", "1000.50,9.600").replace("-20", "30"), dry_run=True
    )

    assert record.notes == [
        "practical_minutes: “9.600” is read as 9.6. If the point parts thousands, choose a comma as the decimal mark.",
        "board 2025-01: amount -20.00 → 30.00.",
        "service 2025-01: practical minutes 9,600 → 9.60.",
    ]


@pytest.mark.parametrize(
    "text, doubted",
    [
        ("pool_code,month,amount\na,2025-01,2.000\nb,2025-01,13.500\nc,2025-01,7\n", ["2.000"]),
        ("pool_code,month,amount\na,2025-01,2.000\nb,2025-01,13.50\n", []),
        ("pool_code,month,amount\na,2025-01,0.125\nb,2025-01,1234.500\n", []),
        ("pool_code;month;amount\na;2025-01;2.000\nb;2025-01;13.50\n", ["2.000"]),
        ("pool_code;month;amount\na;2025-01;2000\nb;2025-01;13.50\n", []),
    ],
)
def test_a_point_that_may_part_thousands_is_taken_and_told(tmp_path, text, doubted):
    record = bring(tmp_path, "resource_costs", text)

    assert record.state == Import.State.DONE
    assert [note.split("“")[1].split("”")[0] for note in record.notes] == doubted


def test_with_a_decimal_comma_a_point_is_no_doubt(tmp_path):
    text = "pool_code;month;amount\na;2025-01;2,000\n"

    assert bring(tmp_path, "resource_costs", text, decimal=",").notes == []

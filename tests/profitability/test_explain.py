"""The trail of a cost: what stands behind it adds up to it, whatever the measure."""

from decimal import Decimal

import pytest

from accounts.models import Account
from kam_portal.recompute import recompute
from profitability import explain
from profitability.core.cost_model import parse
from profitability.core.measures import ORDER_MEASURES, can_drive
from profitability.models import ActivityEvent, Result, Run
from tests.ledger import imported

LINES = """
order_id line_no ordered_on due_on     shipped_on express account_code quantity list_amount discount_amount net_amount cost_amount freight_amount
1        1       2026-01-05 2026-01-09 2026-01-12 0       A            3        110.0       10.0            100.0      60.0        1.5
1        2       2026-01-05 2026-01-09 2026-01-13 0       A            1        50.25       0               50.25      20.0        0.5
2        1       2026-01-20 2026-01-30 2026-01-21 1       A            2        80.0        8.0             72.0       30.0        0
3        1       2026-02-02 2026-02-09 2026-02-03 0       A            5        500.0       0               500.0      400.0       9.99
3        2       2026-02-02 2026-02-09 -          0       A            -1       -100.0      0               -100.0     -80.0       0
4        1       2026-02-11 -          -          0       B            7        70.0        0               70.0       10.0        0
"""  # noqa: E501
EVENTS = """
event_id  account_code  event_type   occurred_on  quantity  minutes  x_km
e1        A             sales_visit  2026-01-10   1         60       12.5
e2        A             sales_visit  2026-02-11   2         30       -
e3        B             sales_visit  2026-02-11   1         45       7
e4        A             ticket       2026-02-15   1         20       -
"""
COSTS = """
pool_code  month    amount    practical_minutes
service    2026-01  1000.01   90000
service    2026-02  1000.02   90000
sales      2026-01  700.00    -
sales      2026-02  100.00    -
"""
LINE_MEASURES = [name for name in ORDER_MEASURES if can_drive(name)]
EVENT_MEASURES = ["sales_visit.count", "sales_visit.quantity", "sales_visit.minutes", "sales_visit.km"]
# every measure may drive minutes, each with its own weight; net revenue and the costs stay above zero here
ALL = {"code": "all", "phase": "delivery", "level": "unit", "pool": "service"}
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [{"code": "service", "kind": "operating"}, {"code": "sales", "kind": "operating"}],
    "support_method": "direct",
    "activities": [
        ALL | {"minutes": {name: 1 + place for place, name in enumerate(LINE_MEASURES + EVENT_MEASURES)}},
        {
            "code": "visits",
            "phase": "presale",
            "level": "customer",
            "shares": {"sales": 1},
            "driver": "sales_visit.count",
        },
    ],
}
ACCOUNTS = """
code  name
A     Alpha
B     Beta
"""


@pytest.fixture
def run(transactional_db, tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
        cost_model=MODEL,
    )
    run = recompute()
    assert run.state == Run.State.PUBLISHED, run.message
    return run


def activity(code: str):
    return next(each for each in parse(MODEL)[0].activities if each.code == code)


def quantities(records, say, each) -> dict[str, Decimal]:
    """What the records add to each measure of an activity, together."""
    found = dict.fromkeys(each.measures, Decimal(0))
    for record in records:
        for measure, quantity in zip(each.measures, say(record), strict=True):
            found[measure] += quantity
    return found


def test_the_months_sum_to_the_cost_of_the_account(run):
    account = Account.objects.get(code="A")

    trails = [explain.trail_of(run, account, activity(code)) for code in ("all", "visits")]

    assert sum(trail.total.cost for trail in trails) == Result.objects.get(run=run, account=account).cost_to_serve
    assert [month.month for month in trails[0].months] == [202601, 202602]


def test_each_month_is_its_quantity_times_its_rate(run):
    for code in ("all", "visits"):
        trail = explain.trail_of(run, Account.objects.get(code="A"), activity(code))

        for month in trail.months:
            volume = month.quantities[0] if month.minutes is None else month.minutes
            assert abs(volume * month.rate - month.cost) <= Decimal("0.01")


@pytest.mark.parametrize("month", [202601, 202602])
def test_the_lines_and_events_of_a_month_add_up_to_its_quantities(run, month):
    account, everything = Account.objects.get(code="A"), activity("all")
    trail = explain.trail_of(run, account, everything)
    row = next(each for each in trail.months if each.month == month)

    lines = list(explain.lines_behind(account, everything, (month, month)))
    of_lines = quantities(
        lines, lambda line: [explain.line_quantity(line, name) for name in everything.measures], everything
    )

    expected = dict(zip(everything.measures, row.quantities, strict=True))
    assert {name: of_lines[name] for name in LINE_MEASURES} == {name: expected[name] for name in LINE_MEASURES}


def test_the_minutes_of_lines_and_events_are_those_of_the_account(run):
    account, everything, window = Account.objects.get(code="A"), activity("all"), (202601, 202602)
    trail = explain.trail_of(run, account, everything)

    lines = [explain.line_behind(line, everything) for line in explain.lines_behind(account, everything, window)]
    events = [explain.event_behind(event, everything) for event in explain.events_behind(account, everything, window)]

    assert sum(row.minutes for row in lines + events) == trail.total.minutes
    assert [row.record.event_id for row in events] == ["e2", "e1"]  # newest first, tickets are no driver


@pytest.mark.parametrize("months", [(202601, 202602), (202602, 202602)])
@pytest.mark.parametrize("code", ["all", "visits"])
def test_the_events_are_summed_and_are_what_the_run_counted(run, code, months):
    account = Account.objects.get(code="A")
    trail = explain.trail_of(run, account, activity(code))

    total = explain.events_total(run, account, trail, months)

    events = [
        explain.event_behind(event, trail.activity) for event in explain.events_behind(account, trail.activity, months)
    ]
    assert total.closes and total.count == len(events)
    assert total.is_all == (code == "visits")
    assert total.minutes == (sum(row.minutes for row in events) if code == "all" else None)


def test_events_that_are_not_the_figure_are_said_not_to_be(run):
    account = Account.objects.get(code="A")
    trail = explain.trail_of(run, account, activity("visits"))
    ActivityEvent.objects.filter(event_id="e1").delete()

    assert not explain.events_total(run, account, trail, (202601, 202602)).closes


def test_only_lines_that_count_are_behind_an_activity(run):
    account, window = Account.objects.get(code="A"), (202601, 202602)
    returns = parse(MODEL | {"activities": [ALL | {"minutes": {"return_lines": 5}}, MODEL["activities"][1]]})[0]

    found = list(explain.lines_behind(account, returns.activities[0], window))

    assert [(line.order_id, line.line_no) for line in found] == [("3", 2)]


def test_what_a_record_counts_as_is_said_in_words(run):
    account, window = Account.objects.get(code="A"), (202602, 202602)
    event = explain.events_behind(account, activity("visits"), window)[0]

    behind = explain.event_behind(event, activity("visits"))

    assert (behind.quantities, behind.minutes) == ([("sales visit", Decimal(1))], None)


def test_an_account_without_the_activity_has_an_empty_trail(run):
    nobody = Account.objects.create(code="C", name="Gamma")

    trail = explain.trail_of(run, nobody, activity("visits"))

    assert (trail.months, trail.total.cost, trail.total.rate) == ([], 0, None)

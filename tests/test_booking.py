"""Touchpoints as activity events of the ledger, and what they then cost: to the cent."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, Import, User
from kam_portal import tasks
from kam_portal.recompute import recompute
from profitability.models import ActivityEvent, ClosedMonth, MonthResult, Run
from relationships import booking
from relationships.models import Touchpoint
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2026, 3, 15)
ACCOUNTS = """
code  name
A     Alpha
B     Beta
"""
LINES = """
order_id  line_no  ordered_on  account_code  quantity  net_amount  cost_amount
1         1        2026-01-05  A             1         1000        600
2         1        2026-01-20  B             1         500         200
"""
EVENTS = """
event_id  account_code  event_type   occurred_on  minutes
crm-7     A             sales_visit  2026-01-10   60
"""
COSTS = """
pool_code  month    amount  practical_minutes
sales      2026-01  900.00  600
"""
MODEL = {
    "code": "standard",
    "version": 1,
    "currency": "USD",
    "pools": [{"code": "sales", "name": "Sales", "kind": "operating"}],
    "support_method": "direct",
    "activities": [
        {"code": "visits", "phase": "presale", "level": "customer", "pool": "sales",
         "minutes": {"sales_visit.minutes": 1, "sales_visit.count": 40}},
    ],
}  # fmt: skip


@pytest.fixture
def manager(db, tmp_path):
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    return User.objects.create_user("ann@example.com", "Ann", "manager")


def held(manager, code: str, day: str, **more) -> Touchpoint:
    fields = {"kind": "visit", "minutes": 20, "held_on": date.fromisoformat(day), "logged_by": manager} | more
    return Touchpoint.objects.create(account=Account.objects.get(code=code), **fields)


def current() -> list[tuple[str, str, str, int]]:
    rows = ActivityEvent.objects.current().order_by("event_id")
    return [(row.event_id, row.account.code, row.event_type, int(row.minutes)) for row in rows]


def cost_of(code: str, run: Run) -> int:
    """Cents of visits in January."""
    return MonthResult.objects.get(run=run, account__code=code, month=202601).costs.get("visits", 0)


def test_a_logged_visit_costs_what_the_model_says_to_the_cent(manager):
    before = recompute(month_from=202601, month_to=202601)
    assert (cost_of("A", before), cost_of("B", before)) == (15_000, 0)  # 900.00 ÷ 600 = 1.50 a minute × (60 + 40)
    row = held(manager, "B", "2026-01-12")

    booked = booking.take_over(TODAY)

    assert (booked.added, booked.changed, booked.withdrawn, booked.left) == (1, 0, 0, [])
    assert current() == [("crm-7", "A", "sales_visit", 60), (f"touchpoint:{row.pk}", "B", "sales_visit", 20)]
    after = recompute(month_from=202601, month_to=202601)
    assert (cost_of("A", after), cost_of("B", after)) == (15_000, 9_000)  # 1.50 × (20 + 40)
    assert after.input_fingerprint != before.input_fingerprint


def test_taking_over_again_changes_nothing(manager):
    held(manager, "B", "2026-01-12")
    booking.take_over(TODAY)
    imports = Import.objects.count()

    again = booking.take_over(TODAY)

    assert (again.added, again.changed, again.withdrawn, again.unchanged, again.record) == (0, 0, 0, 1, None)
    assert Import.objects.count() == imports


def test_a_correction_supersedes_and_a_removal_takes_back(manager):
    row = held(manager, "B", "2026-01-12")
    booking.take_over(TODAY)

    Touchpoint.objects.filter(pk=row.pk).update(minutes=80)
    assert booking.take_over(TODAY).changed == 1
    assert cost_of("B", recompute(month_from=202601, month_to=202601)) == 18_000  # 1.50 × (80 + 40)

    row.delete()
    assert booking.take_over(TODAY).withdrawn == 1
    assert current() == [("crm-7", "A", "sales_visit", 60)]
    assert ActivityEvent.objects.filter(event_id__startswith="touchpoint:").count() == 2  # both stay, superseded
    assert cost_of("B", recompute(month_from=202601, month_to=202601)) == 0


def test_a_touchpoint_of_an_imported_events_key_is_that_event(manager):
    held(manager, "A", "2026-01-10", key="crm-7", source="csv", minutes=60)

    assert booking.take_over(TODAY).added == 0
    assert cost_of("A", recompute(month_from=202601, month_to=202601)) == 15_000


def test_an_event_that_is_imported_later_takes_the_place_of_the_touchpoint(manager, tmp_path):
    held(manager, "B", "2026-01-12", key="crm-8", source="csv")
    booking.take_over(TODAY)
    more = EVENTS.replace("crm-7     A", "crm-8     B")
    imported(tmp_path / "more", activity_events=more)

    assert booking.take_over(TODAY).withdrawn == 1
    assert [event_id for event_id, *_rest in current()] == ["crm-7", "crm-8"]


def test_a_closed_month_stays_as_it_is_and_says_so(manager):
    row = held(manager, "B", "2026-01-12")
    booking.take_over(TODAY)
    ClosedMonth.objects.create(month=202601)
    Touchpoint.objects.filter(pk=row.pk).update(minutes=80, held_on=date(2026, 2, 1))  # out of it is a change of it too
    new = held(manager, "A", "2026-01-13")
    fine = held(manager, "A", "2026-02-13")

    booked = booking.take_over(TODAY)

    assert booked.left == sorted([f"touchpoint:{row.pk}", f"touchpoint:{new.pk}"])
    assert (f"touchpoint:{row.pk}", "B", "sales_visit", 20) in current()
    assert f"touchpoint:{fine.pk}" in {event_id for event_id, *_rest in current()}


def test_only_the_kinds_of_the_setting_count_and_only_up_to_today(manager, settings):
    held(manager, "A", "2026-02-01", kind="call")
    held(manager, "A", "2026-03-16")  # tomorrow
    assert booking.take_over(TODAY).added == 0

    settings.TOUCHPOINT_EVENTS = {"call": "phone_call"}
    assert booking.take_over(TODAY).added == 1
    settings.TOUCHPOINT_EVENTS = {}
    assert booking.take_over(TODAY).withdrawn == 1


def test_the_nightly_run_takes_them_over_first(manager, monkeypatch):
    held(manager, "B", "2026-01-12")
    monkeypatch.setattr("kam_portal.recompute.hand_over", lambda run_id: None)

    tasks.nightly()

    assert Decimal(20) in ActivityEvent.objects.current().values_list("minutes", flat=True)
    assert Run.objects.filter(kind=Run.Kind.NIGHTLY).exists()


def test_finance_takes_over_on_demand_and_others_do_not(manager, client):
    held(manager, "B", "2026-01-12")
    client.force_login(manager)
    assert client.post("/touchpoints/book/").status_code == 403

    finance = User.objects.create_user("fin@example.com", "Fin", "finance")
    client.force_login(finance)
    page = client.post("/touchpoints/book/", follow=True).content.decode()

    assert "In the ledger: 1 new, 0 corrected, 0 taken back." in page
    assert Import.objects.latest("pk").created_by == finance

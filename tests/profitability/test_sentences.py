"""What a run says of itself: months folded into ranges, pools and accounts by name, everything at once."""

import html
import re

import pytest

from accounts.models import User
from kam_portal.recompute import recompute
from profitability.models import Run
from profitability.sentences import months_in_words
from tests.factories import MODEL
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = "code name\nA Alpha\nB Beta"
LINES = """
    order_id line_no ordered_on  account_code quantity unit_price
    1        1       2026-01-10  A            1        100
    2        1       2026-02-10  A            1        100
    3        1       2026-03-10  B            1        100
    4        1       2026-03-11  A            -3       100
    5        1       2026-02-11  B            -1       100
    6        1       2026-04-11  A            1        100
"""
COSTS = """
    pool_code month   amount practical_minutes
    service   2026-03 10     500
    sales     2026-03 10     -
    board     2026-03 10     -
    service   2026-04 10     500
    board     2026-04 10     -
"""


def by_net_revenue() -> dict:
    orders, visits = MODEL["activities"]
    return MODEL | {"activities": [orders, visits | {"driver": "net_revenue"}]}


def test_months_are_folded_into_ranges():
    assert months_in_words([202601, 202512, 202511, 202603]) == "Nov 2025–Jan 2026 and Mar 2026"


def test_months_without_costs_are_one_notice_for_all_pools_and_say_when_the_ledger_begins(tmp_path):
    imported(tmp_path, accounts=ACCOUNTS, order_lines=LINES, resource_costs=COSTS, cost_model=MODEL)

    run = recompute(202510, 202604)

    assert run.state == Run.State.PUBLISHED, run.message
    assert run.notices == [
        "No costs in Oct 2025–Feb 2026, which count as 0: the ledger of costs begins in Mar 2026.",
        "No costs of Sales in Apr 2026; they count as 0.",
    ]


def test_a_refused_run_names_everything_that_stands_against_it_and_its_window(tmp_path, client):
    costs = COSTS.replace("500", "-") + "moon 2026-04 3 -"
    imported(tmp_path, accounts=ACCOUNTS, order_lines=LINES, resource_costs=costs, cost_model=by_net_revenue())

    run = recompute(202601, 202604)

    assert run.state == Run.State.FAILED
    assert run.message.splitlines() == [
        "No cost can be spread by net revenue: it is negative for Alpha (A) in 2026-03 and Beta (B) in 2026-02.",
        "The pool Service (service) is consumed by time but has no practical minutes in 2026-03–2026-04.",
        "There are costs of the pool moon in 2026-04, which version 1 of the model lacks.",
    ]
    assert (run.month_from, run.month_to) == (202601, 202604)

    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))
    page = client.get(f"/runs/{run.pk}/").content.decode()
    assert "Jan 2026–Apr 2026" in page
    assert 'href="/costs/?year=2026"' in page
    assert 'href="/cost-model/standard/1/"' in page


def test_a_mistyped_pool_is_linked_from_the_failure_and_a_0_in_its_cell_lets_the_next_run_through(tmp_path, client):
    imported(
        tmp_path, accounts=ACCOUNTS, order_lines=LINES, resource_costs=f"{COSTS}serfice 2026-02 3 -", cost_model=MODEL
    )
    failed = recompute(202601, 202602)
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))

    page = client.get(f"/runs/{failed.pk}/").content.decode()

    cell = re.search(r'href="([^"#]+)#([^"]+)">serfice, Feb 2026</a>', page)
    assert f'id="{cell[2]}"' in client.get(html.unescape(cell[1])).content.decode()

    imported(tmp_path / "mended", resource_costs="pool_code month amount\nserfice 2026-02 0")
    assert recompute(202601, 202602).state == Run.State.PUBLISHED
    assert "serfice, Feb 2026" not in client.get(f"/runs/{failed.pk}/").content.decode()

"""`manage.py recompute` as it is called: what it prints, and how it ends."""

import json
import re
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models.fields import MoneyField
from tests.ledger import imported

pytestmark = pytest.mark.django_db(transaction=True)

ACCOUNTS = """
code  name
A     Alpha
"""
LINES = """
order_id  line_no  ordered_on  account_code  product_code  quantity  net_amount
1         1        2026-01-05  A             p1            3         1000
2         1        2026-02-05  A             p1            3         1000
"""
COSTS = """
pool_code  month    amount
sales      2026-01  1000
sales      2026-02  234.5
"""


def model(currency: str) -> dict:
    activity = {"code": "entry", "phase": "production", "level": "batch", "shares": {"sales": 1}, "driver": "orders"}
    pools = [{"code": "sales", "name": "Sales", "kind": "operating"}]
    return {"code": "standard", "version": 1, "currency": currency, "pools": pools, "activities": [activity]}


@pytest.fixture
def ledger(tmp_path):
    def bring(currency: str = "USD", costs: str = COSTS) -> None:
        folder = tmp_path / "in"
        imported(folder, accounts=ACCOUNTS, order_lines=LINES, resource_costs=costs, cost_model=model(currency))

    return bring


@pytest.fixture
def yen(settings, monkeypatch):
    settings.CURRENCY, settings.CURRENCY_DIGITS = "JPY", 0
    monkeypatch.setattr(MoneyField, "places", 0)


def printed(*arguments) -> str:
    out = StringIO()
    call_command("recompute", *arguments, stdout=out)
    return out.getvalue()


def test_the_balance_is_printed_with_the_decimals_of_the_currency(ledger):
    ledger()

    text = printed()

    assert re.search(r"^sales +1,234\.50 ", text, re.MULTILINE)
    assert text.endswith("Published; difference 0.00.\n")


def test_a_currency_without_decimals_is_printed_without(ledger, yen):
    ledger("JPY", COSTS.replace("234.5", "234"))

    text = printed()

    assert re.search(r"^sales +1,234 ", text, re.MULTILINE)
    assert text.endswith("Published; difference 0.\n")
    assert '"input":1234,' in re.sub(r"\s", "", printed("--json"))


def test_json_names_months_and_amounts_like_the_api(ledger):
    ledger()

    text = printed("--json", "--from", "2026-01", "--to", "2026-02")

    run = json.loads(text)
    assert (run["from"], run["to"]) == (run["month_from"], run["month_to"]) == ("2026-01", "2026-02")
    assert run["balance"]["rows"][0]["input"] == 1234.5
    assert re.search(r'"input": ?1234\.50\b', text)


def test_json_of_a_run_that_was_not_published_says_why(ledger, capsys):
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("recompute", "--json", stdout=out)

    run = json.loads(out.getvalue())
    assert (run["state"], run["from"], run["balance"]) == ("failed", None, None)
    assert run["message"]

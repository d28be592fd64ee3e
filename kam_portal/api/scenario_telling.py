"""Scenarios as REST tells them: codes as lists, numbers as numbers, people by their email."""

from decimal import Decimal
from typing import Any

from accounts.models import User
from kam_portal.api.scenario_body import NAMES
from kam_portal.whatif.asked import unseen
from profitability.core.lever_document import NUMBERS


def told(rows: list[dict], user) -> list[dict]:
    """Accounts and levers as they are sent: codes as lists, numbers as numbers, people by their email. Codes of
    accounts that the reader does not see are left out of scenarios of others."""
    hidden = unseen({code for row in rows if row["owner"] != user.email for code in codes_of(row)}, user)
    managers = User.objects.filter(pk__in={row["accounts"]["manager"] for row in rows if "manager" in row["accounts"]})
    emails = {str(pk): email for pk, email in managers.values_list("pk", "email")}
    for row in rows:
        mine = row["owner"] == user.email
        row["accounts"] = accounts_told(row["accounts"], set() if mine else hidden, emails)
        row["levers"] = levers_told(row["levers"], set() if mine else hidden)
    return rows


def codes_of(row: dict) -> list[str]:
    """Every code that a scenario names."""
    own = (code for each in row["levers"].get("own", ()) for code in each["codes"])
    return [*row["accounts"].get("codes", "").split(), *own]


def accounts_told(accounts: dict, hidden: set[str], emails: dict[str, str]) -> dict:
    found: dict[str, Any] = {NAMES.get(name, name): value for name, value in accounts.items()}
    if "codes" in accounts:
        found["codes"] = [code for code in accounts["codes"].split() if code not in hidden]
    if "manager" in accounts:
        found["manager"] = emails.get(accounts["manager"])
    return found | ({"losing": True} if "losing" in accounts else {})


def levers_told(document: dict, hidden: set[str]) -> dict:
    found = dict(document)
    found |= {name: Decimal(document[name]) for name in (*NUMBERS, "person_minutes") if name in document}
    if "channel" in document:
        found["channel"] = document["channel"] | {"percent": Decimal(document["channel"]["percent"])}
    if "events" in document:
        found["events"] = {name: Decimal(percent) for name, percent in document["events"].items()}
    if "codes" in document:
        found["codes"] = [code for code in document["codes"] if code not in hidden]
    if "own" in document:
        found["own"] = [levers_told(row, hidden) for row in document["own"]]
    return found

"""Where the demo's managers expect some of their key accounts to stand in three years."""

from datetime import date, timedelta

from accounts.models import Account
from kam_portal.demo.characters import random
from kam_portal.demo.decisions import members
from kam_portal.demo.judgements import rated_accounts
from relationships.models import Forecast

EXPECTED = 16  # accounts
YEARS = 3
STATED_DAYS_AGO = (40, 200)
GAINED = (-0.8, 2.4)  # points of strength
REASONS = (
    "A joint plan is agreed, and they have named a counterpart for each of us.",
    "They open more shops and want one supplier for all of them.",
    "A new head of purchasing puts everything out to tender.",
)


def state_forecasts(today: date) -> None:
    """Store one expectation each, stated by the account's manager."""
    strengths = {rated.code: rated.strength for rated in rated_accounts()}
    codes = [code for code in members() if code in strengths][:EXPECTED]
    accounts = Account.objects.select_related("manager").in_bulk(codes, field_name="code")
    Forecast.objects.bulk_create(expected(accounts[code], strengths[code], today) for code in codes)


def expected(account: Account, strength: float, today: date) -> Forecast:
    chance = random(f"forecast:{account.code}")
    gained = chance.uniform(*GAINED)
    return Forecast(
        account=account,
        relationship_strength=f"{min(max(strength + gained, 0), 10):.1f}",
        horizon_on=date(today.year + YEARS, 12, 31),
        reason=REASONS[-1] if gained < 0 else chance.choice(REASONS[:-1]),
        stated_on=today - timedelta(days=chance.randint(*STATED_DAYS_AGO)),
        stated_by=account.manager,
    )

"""Pages of plans and contracts hinder nobody: read aloud, in the dark, on a phone, under the policy of contents."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from relationships.models import Commitment, Contact, Contract, Need
from tests.factories import a_portfolio
from tests.relationships.plans_made import a_plan, approved, submitted

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TODAY = timezone.localdate()
PAGES = (
    ("manager", "/plans/"),
    ("manager", "/accounts/N1/plan/versions/"),
    ("lead", "/accounts/N1/plan/versions/2/"),
    ("manager", "/accounts/N1/plan/differences/?from=1&to=today"),
    ("executive", "/reviews/cadence/"),
    ("manager", "/contracts/"),
    ("manager", "/accounts/N1/contracts/"),
    ("manager", "/accounts/N1/contracts/edit/"),
    ("member", "/accounts/N1/contracts/"),
    ("manager", "/accounts/N1/contacts/person/"),
    ("manager", "/accounts/N1/plan/pack/"),
    ("manager", "/accounts/N1/"),
    ("manager", "/accounts/N1/brief/"),
)


@pytest.fixture
def portfolio(transactional_db):
    made = a_portfolio()
    manager = made.user("manager")
    plan = a_plan(made)
    approved(made, plan)
    Need.objects.create(plan=plan, text="A person who answers on Saturdays", place=2)
    submitted(made, plan)
    Contact.objects.create(account=made.accounts["N1"], name="Ada Berg", title="Head of purchasing", level=4)
    contract = Contract.objects.create(
        account=made.accounts["N1"], name="Supply", from_on=TODAY - timedelta(300), until_on=TODAY + timedelta(30),
        created_by=manager,
    )  # fmt: skip
    Commitment.objects.create(contract=contract, least=500_000)
    return made


def hindrances(page: Page) -> dict:
    """What axe finds, also by the size of targets, and by how much the page is wider than the screen."""
    found = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}}).response["violations"]
    return {
        "axe": [(each["id"], node["html"]) for each in found for node in each["nodes"]],
        "sideways": page.evaluate("Math.max(0, document.documentElement.scrollWidth - innerWidth)"),
        "refused": page.evaluate("refused"),
    }


@pytest.mark.parametrize(("size", "colours"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light"), (PHONE, "dark")])
def test_no_page_of_plans_and_contracts_hinders_anybody(in_browser, page, size, colours):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)

    for who, address in PAGES:
        in_browser(who, address)

        assert hindrances(page) == {"axe": [], "sideways": 0, "refused": []}, address

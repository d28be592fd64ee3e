"""What a plan says of profit is for those who see profit: objectives on it whole, and what benefits are worth."""

import io
import re
import zipfile
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from relationships.models import Action, Benefit, Objective, Plan, PlanComment, Review
from relationships.plans import editing
from relationships.reviews import agenda, meeting
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, a_plan, approved

TITLE, WORTH = "More contribution", "7,310,137"
PAGE = "/accounts/N1/plan/"
PLACES = (
    PAGE, f"{PAGE}?part=objectives", f"{PAGE}?part=timeline", f"{PAGE}?part=benefits", f"{PAGE}?part=actions",
    f"{PAGE}comments/", f"{PAGE}versions/", f"{PAGE}versions/1/", f"{PAGE}differences/?from=1&to=today",
    f"{PAGE}pack/", f"{PAGE}pack/?format=pptx", f"{PAGE}pack/?format=xlsx", f"{PAGE}pack/?format=html",
    "/plans/", "/plans/?format=csv", "/team/north/", "/team/north/?view=time", "/", "/signals/", "/accounts/N1/",
    "/accounts/N1/brief/",
    "/reviews/", "/api/v1/plans/", "/api/v1/plans/{plan}/", "/api/v1/plans/{plan}/objectives/",
    "/api/v1/plans/{plan}/actions/", "/api/v1/plans/{plan}/versions/1/", "/api/v1/plans/{plan}/reviews/",
    "/reviews/{planned}/", "/reviews/{held}/", f"{PAGE}pack/?review={{held}}&format=xlsx", "/api/v1/signals/",
    "/accounts/N1/relationship/",
)  # fmt: skip


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio) -> Plan:
    """Approved and changed since; an action serves the objective on contribution, reviews look at it."""
    made, today = a_plan(portfolio), timezone.localdate()
    objective = made.objectives.get(text=TITLE)
    Objective.objects.filter(pk=objective.pk).update(until_on=today + timedelta(days=60))
    Action.objects.filter(plan=made).update(objective=objective, owner=portfolio.user("member"))
    Benefit.objects.create(plan=made, text="Bonus at the end of the year", worth=Decimal(7_310_137))
    approved(portfolio, made)
    editing.put(portfolio.user("manager"), made, "objectives", {"text": f"{TITLE} still", "measure": "contribution"})
    PlanComment.objects.create(plan=made, section="objectives", entry=objective.pk, text=f"Re {TITLE}",
                               said_at=NOW, said_by=portfolio.user("manager"))  # fmt: skip
    for due_on in (today, today + timedelta(days=20)):
        review = Review.objects.create(plan=made, kind="joint", due_on=due_on)
        meeting.fill(review, agenda.proposals(portfolio.user("manager"), review, portfolio.run, today))
        if due_on == today:
            meeting.hold(review, portfolio.run, today, Review.objects.get(pk=review.pk).revision)
    return made


@pytest.fixture
def told(portfolio, plan):
    """What stands at an address for somebody; slides and sheets are unpacked."""
    reviews = {row.state: row.pk for row in plan.reviews.all()}

    def text(who: str, address: str) -> str:
        client = Client()
        client.force_login(portfolio.user(who))
        answer = client.get(address.format(plan=plan.pk, **reviews))
        assert answer.status_code == 200, address
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return unpacked(body)

    return text


def unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode()
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return " ".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def holds(text: str, amount: str) -> bool:
    return re.search(amount.replace(",", "[,.\u202f\u00a0 ]?"), text) is not None


def test_a_member_learns_nothing_of_an_objective_on_profit_nor_of_the_worth_of_a_benefit(told):
    texts = {address: told("member", address) for address in PLACES}

    assert [address for address, text in texts.items() if TITLE in text] == []
    assert [address for address, text in texts.items() if holds(text, WORTH)] == []


def test_who_sees_profit_reads_it_in_the_same_places(told):
    places = [
        PAGE, f"{PAGE}?part=timeline", f"{PAGE}versions/1/", f"{PAGE}pack/?format=xlsx", f"{PAGE}pack/?format=pptx",
     "/team/north/?view=time", "/reviews/{planned}/", "/reviews/{held}/", "/api/v1/plans/{plan}/objectives/",
        f"{PAGE}differences/?from=1&to=today",
    ]  # fmt: skip

    assert [address for address in places if TITLE not in told("manager", address)] == []
    assert holds(told("manager", PAGE), WORTH)
    assert holds(told("manager", f"{PAGE}versions/1/"), WORTH)
    assert holds(told("manager", f"{PAGE}pack/?format=xlsx"), WORTH)


def test_a_member_is_told_how_many_objectives_are_withheld(told):
    places = {PAGE: 2, f"{PAGE}?part=objectives": 2, "/reviews/{held}/": 2, f"{PAGE}pack/?format=xlsx": 2}

    assert "1 objective you may not see" in told("member", f"{PAGE}versions/1/")
    for address, count in places.items():
        assert f"{count} objectives you may not see" in told("member", address), address


def test_an_objective_withheld_answers_like_one_that_is_not_there(portfolio, plan):
    client, objective = Client(), plan.objectives.get(text=TITLE)
    client.force_login(portfolio.user("member"))

    for address in (f"/api/v1/plans/{plan.pk}/objectives/{{}}/", f"{PAGE}comments/?section=objectives&entry={{}}"):
        assert client.get(address.format(objective.pk)).status_code == 404


def test_a_version_frozen_before_benefits_were_confidential_tells_no_worth(portfolio, plan):
    from relationships.plans.versions import readable

    found = plan.versions.get().document
    for section in found["sections"]:
        for entry in section["entries"] if section["code"] == "benefits" else ():
            entry["cells"] = [cell | {"needs": []} for cell in entry["cells"]]

    assert not holds(str(readable(found, portfolio.user("member"), plan.account)), WORTH)
    assert holds(str(readable(found, portfolio.user("manager"), plan.account)), WORTH)

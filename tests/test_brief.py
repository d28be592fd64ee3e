"""The brief before a meeting: who, what is promised, decided and said, what moved; and who may read which of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from profitability.models import Run
from relationships.models import Action, Contact, Counterpart, Plan, Review, ReviewPoint, Touchpoint
from tests.factories import a_portfolio
from tests.markup import page_of

TODAY = timezone.localdate()
DAY = timedelta(days=1)


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def read(portfolio):
    def page(role: str, path: str):
        client = Client()
        client.force_login(portfolio.user(role))
        return client.get(path)

    return page


@pytest.fixture
def known(portfolio):
    """N1 with a head of purchasing, three promises, a review held and one planned, a visit."""
    account, manager = portfolio.accounts["N1"], portfolio.user("manager")
    ada = Contact.objects.create(account=account, name="Ada Berg", title="Head of purchasing", level=4)
    Counterpart.objects.create(contact=ada, user=manager)
    promised = [("Send samples", manager, None), ("Open the portal", None, ada), ("Pilot", manager, ada)]
    for text, ours, theirs in promised:
        Action.objects.create(account=account, text=text, owner=ours, customer_owner=theirs, due_on=TODAY - DAY)
    days = {"from_on": TODAY - 100 * DAY, "until_on": TODAY + 1000 * DAY}
    plan = Plan.objects.create(account=account, created_by=manager, **days)
    held = Review.objects.create(plan=plan, due_on=TODAY - 50 * DAY, held_on=TODAY - 50 * DAY, state="held")
    ReviewPoint.objects.create(review=held, kind="decision", text="Freight is shared")
    ReviewPoint.objects.create(review=held, kind="agenda", text="Stock")
    Review.objects.create(plan=plan, due_on=TODAY + 4 * DAY, kind="joint")
    visit = Touchpoint.objects.create(
        account=account, kind="visit", held_on=TODAY - 9 * DAY, subject="Range review", logged_by=manager
    )
    visit.contacts.add(ada)
    return plan


def text_of(answer) -> str:
    return page_of(answer).one("main").text


def test_the_brief_has_people_promises_decisions_and_contacts(read, known):
    answer = read("manager", "/accounts/N1/brief/")

    text = text_of(answer)
    for words in ("Ada Berg", "Head of purchasing", "Freight is shared", "Range review", "You last met on"):
        assert words in text
    assert "Stock" not in text
    promises = answer.context["promises"]
    assert [row.text for row in promises.ours] == ["Send samples"]
    assert [row.text for row in promises.theirs] == ["Open the portal"]
    assert [row.text for row in promises.joint] == ["Pilot"]
    assert "Joint review with the customer" in page_of(answer).one("h1").text


def test_what_stands_in_the_calendar_is_not_heard_yet(read, portfolio, known):
    ahead = Touchpoint.objects.create(
        account=known.account, kind="meeting", held_on=TODAY + 2 * DAY, logged_by=portfolio.user("manager")
    )
    ahead.contacts.add(Contact.objects.get(name="Ada Berg"))

    (ada,) = read("manager", "/accounts/N1/brief/").context["people"]

    assert ada.heard_on == TODAY - 9 * DAY


def test_home_leads_to_the_brief_of_the_next_meeting(read, known):
    assert read("manager", "/").context["meeting"].account.code == "N1"
    assert read("manager", "/brief/").url == "/accounts/N1/brief/"

    short = page_of(read("manager", "/accounts/N1/brief/?part=short")).text

    assert "Ada Berg" in short and "we: Send samples" in short and "they: Open the portal" in short


def test_a_contact_in_the_calendar_is_a_meeting_too(read, portfolio, known):
    manager = portfolio.user("manager")
    row = Touchpoint.objects.create(
        account=portfolio.accounts["N2"], held_on=TODAY + DAY, subject="Lunch", logged_by=manager
    )

    assert read("manager", "/").context["meeting"].what == "Lunch"
    assert read("lead", "/").context["meeting"] is None
    row.people.add(portfolio.user("lead"))
    assert read("lead", "/").context["meeting"].what == "Lunch"


def test_another_account_can_be_chosen(read, known):
    assert read("manager", "/brief/?code=N5").url == "/accounts/N5/brief/"
    assert read("manager", "/brief/?code=S1").status_code == 404
    assert read("lead", "/brief/").url == "/"  # no meeting of theirs
    assert read("manager", "/accounts/S1/brief/").status_code == 404


def test_what_changed_is_told_against_the_run_known_at_the_last_meeting(read, portfolio, known):
    month = TODAY.year * 100 + TODAY.month
    Run.objects.filter(pk=portfolio.run.pk).update(month_to=month)

    found = read("manager", "/accounts/N1/brief/").context["figures"]

    assert found.is_since_meeting and found.then == portfolio.earlier
    assert [row.label for row in found.rows] == [
        "Box", "Stage", "Relationship strength", "Net revenue", "Gross margin", "Cost to serve", "Contribution",
        "Share of wallet",
    ]  # fmt: skip


def test_members_read_no_money_below_gross_margin_in_the_brief(read, portfolio, known):
    Run.objects.filter(pk=portfolio.run.pk).update(month_to=TODAY.year * 100 + TODAY.month)

    text = text_of(read("member", "/accounts/N1/brief/"))

    assert "Gross margin" in text
    assert "Contribution" not in text and "Cost to serve" not in text


def test_a_plan_that_is_hidden_tells_nothing_in_the_brief(read, known):
    known.visibility = "plan_team"
    known.save()
    Action.objects.filter(text="Pilot").update(plan=known)

    text = text_of(read("member", "/accounts/N1/brief/"))

    assert "Freight is shared" not in text and "Pilot" not in text and "Joint review" not in text
    assert "Send samples" in text


def test_an_account_of_which_nothing_is_known_has_a_brief_too(read, portfolio):
    text = text_of(read("manager", "/accounts/N6/brief/"))

    assert "Before you meet Account N6" in text
    assert "None is open, on either side." in text

"""The page of a team: which plans, how they stand, who sees which figures, with few questions to the database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Decision, Team, User
from kam_portal.teams.cards import Card
from kam_portal.teams.timeline import quarters_of, timeline_of
from kam_portal.teams.work import Months
from relationships.models import Action, Objective, ObjectiveReading, Plan, Review, Risk
from tests.factories import a_portfolio
from tests.markup import page_of

TODAY = timezone.localdate()
DAY = timedelta(days=1)
SECRETS = ("contribution", "cost to serve")


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def read(portfolio):
    def page(role: str, path: str = "/team/north/"):
        client = Client()
        client.force_login(portfolio.user(role))
        return client.get(path)

    return page


def a_plan(portfolio, code: str, **fields) -> Plan:
    days = {"from_on": TODAY - 100 * DAY, "until_on": TODAY + 900 * DAY}
    return Plan.objects.create(account=portfolio.accounts[code], created_by=portfolio.user("lead"), **days | fields)


def an_objective(plan: Plan, target: str, value: str | None = None, **fields) -> Objective:
    """Half of its time is over; it went from 0 and stands at `value`."""
    days = {"from_on": TODAY - 100 * DAY, "until_on": TODAY + 100 * DAY}
    said = {"text": "Orders online", "baseline": Decimal(0), "target": Decimal(target)} | days | fields
    made = Objective.objects.create(plan=plan, **said)
    if value is not None:
        ObjectiveReading.objects.create(objective=made, value=value, read_on=TODAY, read_by=plan.created_by)
    return made


def admitted(portfolio, code: str) -> None:
    said = {"outcome": "admit", "state": "approved", "reason": "Grows", "proposed_on": TODAY, "decided_on": TODAY}
    by = {"proposed_by": portfolio.user("lead"), "decided_by": portfolio.user("executive")}
    Decision.objects.create(account=portfolio.accounts[code], review_on=TODAY + 300 * DAY, **said, **by)


@pytest.fixture
def plans(portfolio):
    """N1 is behind and late, N2 is sound, N3 waits with a high risk, N4 is a key account without a plan, N5 is none."""
    behind, sound, risky = (a_plan(portfolio, code) for code in ("N1", "N2", "N3"))
    an_objective(behind, "100", "10")
    an_objective(behind, "100", "60")
    an_objective(behind, "100")
    an_objective(sound, "100", "100")
    late = {"account": behind.account, "plan": behind, "owner": portfolio.user("member")}
    soon = {"account": sound.account, "plan": sound, "owner": portfolio.user("manager")}
    Action.objects.create(text="Late", due_on=TODAY - DAY, **late)
    Action.objects.create(text="Soon", due_on=TODAY + DAY, **soon)
    Risk.objects.create(plan=risky, text="Merger", likelihood=5, impact=5)
    Plan.objects.filter(pk=risky.pk).update(state="in_review")
    Review.objects.create(plan=sound, due_on=TODAY + 10 * DAY)
    admitted(portfolio, "N4")
    return {"N1": behind, "N2": sound, "N3": risky}


def codes(answer) -> list[str]:
    return [card.account.code for card in answer.context["cards"]]


def test_the_most_pressing_plan_comes_first_and_key_accounts_without_one_last(read, plans):
    answer = read("lead")

    assert codes(answer) == ["N1", "N3", "N2", "N4"]
    assert page_of(answer).text.count("not a key account") == 3
    assert page_of(answer).one("h1").text == "North: 2 of 3 plans need attention"
    assert [card.health for card in answer.context["cards"]] == ["objective", "risk", "sound", "none"]


def test_the_figures_count_objectives_actions_stale_plans_and_reviews(read, plans):
    Plan.objects.filter(pk=plans["N2"].pk).update(created_at=timezone.now() - 2000 * DAY)

    found = read("lead").context["tally"]

    assert (found.accounts, found.plans, found.without) == (4, 3, 1)
    assert (found.objectives, found.on_track, found.off_course, found.unknown) == (4, 2, 1, 1)
    assert (found.overdue, found.stale, found.reviews_due, found.amiss) == (1, 1, 3, 2)


def test_an_objective_that_moved_away_is_one_that_is_behind(read, plans):
    an_objective(plans["N2"], "100", "-5")

    context = read("lead").context
    card = next(card for card in context["cards"] if card.account.code == "N2")

    assert (card.health, [mark.label for mark in card.marks]) == ("objective", ["Reached", "Moved away"])
    assert context["tally"].off_course == 2


def test_the_money_is_that_of_the_run_to_the_cent(read, plans):
    context = read("lead").context

    assert context["figures"]["contribution"] == Decimal("126000.00")  # 80 + 50 − 15 + 15 + 0 − 4 thousand
    assert context["key_figures"]["contribution"] == Decimal("15000.00")  # N4, the one in the programme


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("health=objective", ["N1"]),
        ("health=action", ["N1"]),
        ("health=risk", ["N3"]),
        ("health=sound", ["N2"]),
        ("health=none", ["N4"]),
        ("state=in_review", ["N3"]),
        ("state=none", ["N4"]),
        ("box=strategic", ["N1", "N2"]),
        ("stale=on", []),
        ("health=nonsense", []),
    ],
)
def test_filters_stand_in_the_address(read, plans, query, found):
    assert codes(read("lead", f"/team/north/?{query}")) == found


def test_a_filter_by_manager_leads_to_their_plans(read, portfolio, plans):
    Account.objects.filter(code="N2").update(manager=portfolio.user("lead"))

    answer = read("lead", f"/team/north/?manager={portfolio.user('lead').pk}")

    assert codes(answer) == ["N2"]


def test_the_board_has_a_column_for_each_state_and_each_kind_of_trouble(read, plans):
    found = {view: read("lead", f"/team/north/?view={view}").context["columns"] for view in ("state", "health")}
    by_state, by_health = ({code: len(cards) for code, _name, cards in columns} for columns in found.values())

    assert by_state == {"none": 1, "draft": 2, "in_review": 1, "approved": 0, "closed": 0}
    assert by_health == {"objective": 1, "action": 0, "risk": 1, "sound": 1, "none": 1}


def test_the_timeline_draws_each_plan_and_what_falls_due_and_says_it_in_a_table(read, plans):
    answer = read("lead", "/team/north/?view=time")

    lanes = {lane.card.account.code: lane for lane in answer.context["timeline"].lanes}
    assert set(lanes) == {"N1", "N2", "N3"}
    assert [event.kind for event in lanes["N2"].events] == ["review", "review", "objective"]  # the first: the cadence
    assert lanes["N2"].is_open and lanes["N2"].x == 0
    table = page_of(answer).one("table").text
    assert "Account N2" in table and "Team review" in table


def test_quarters_begin_where_the_span_does():
    labels = [label for label, _day in quarters_of(date(2026, 1, 1), date(2026, 12, 31))]

    assert labels == ["Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"]


def test_a_timeline_without_plans_is_empty(db):
    assert timeline_of(User(role="member"), [Card(Account(code="X"), None, None, None)], TODAY).lanes == []


def test_who_has_how_much_to_do(read, portfolio, plans):
    loads = {load.name: load for load in read("lead").context["loads"]}

    assert set(loads) == {"Manager", "Member"}
    manager, member = loads["Manager"], loads["Member"]
    assert (manager.accounts, manager.key_accounts, manager.open_actions, manager.reviews) == (6, 1, 1, 3)
    assert (member.key_accounts, member.open_actions, member.overdue) == (0, 1, 1)
    assert manager.hours is None  # the cost model counts visits, not their minutes


def test_overdue_actions_are_the_same_in_the_figure_and_in_the_table_also_those_of_nobody(read, portfolio, plans):
    Action.objects.create(account=portfolio.accounts["N5"], text="Nobody's", due_on=TODAY - DAY)

    answer = read("lead")

    loads = {load.name: load.overdue for load in answer.context["loads"]}
    assert loads == {"Manager": 0, "Member": 1, None: 1}
    for view in ("cards", "time"):
        shown = page_of(read("lead", f"/team/north/?view={view}"))
        (figure,) = [each for each in shown.all("div", **{"class": "figure"}) if "Actions overdue" in each.text]
        assert [link.text for link in figure.all("a")] == ["2", "1 of them in plans"]


def test_hours_stand_beside_those_there_are(read, portfolio, plans, settings, monkeypatch):
    settings.MINUTES_PER_PERSON = 120
    months = Months({}, {portfolio.accounts["N4"].pk: Decimal("2.5")}, True)
    monkeypatch.setattr("kam_portal.views.team.months_of", lambda *_asked: months)

    shown = page_of(read("lead"))

    (cell,) = [each for each in shown.all("td", **{"data-label": "Hours a month"}) if each.all("span")]
    assert cell.text == "2.5 of 2.0"
    assert cell.all("span", **{"class": "negative"})


def test_box_movements_are_told_with_their_cause(read, plans):
    text = page_of(read("lead")).text

    assert "Account N4 Streamline → Status" in text and "trust" in text.lower()


# Who may see what


def test_one_sees_own_teams_and_senior_management_and_finance_any(read, portfolio, plans):
    assert read("manager", "/team/").url == "/team/north/"
    for role in ("manager", "member", "lead"):
        assert read(role, "/team/south/").status_code == 404
        assert read(role, "/team/nowhere/").status_code == 404
    for role in ("executive", "finance"):
        assert read(role, "/team/south/").status_code == 200
        assert "Other team" in page_of(read(role)).text
    assert read("admin").status_code == 403


def test_members_read_gross_margin_and_nothing_below(read, plans):
    for view in ("cards", "state", "health", "time"):
        main = page_of(read("member", f"/team/north/?view={view}")).one("main").text.lower()

        assert not [word for word in SECRETS if word in main]
        assert "gross margin" in main


def test_objectives_on_profit_do_not_tell_members_how_they_stand(read, portfolio, plans):
    an_objective(plans["N2"], "1000000000", measure="contribution", text="Earn more")

    assert read("lead").context["tally"].off_course == 2
    assert read("member").context["tally"].off_course == 1


def test_a_hidden_plan_is_no_plan_for_who_may_not_see_it(read, portfolio, plans):
    Plan.objects.filter(pk=plans["N1"].pk).update(visibility="plan_team")
    admitted(portfolio, "N1")

    found = {card.account.code: card for card in read("member").context["cards"]}

    assert found["N1"].plan is None and found["N1"].state == "none"
    assert {load.name for load in read("member").context["loads"]} == {"Manager", "Member"}  # the action is his own
    assert read("lead").context["tally"].plans == 3


def test_who_belongs_to_no_team_is_told_so(read, portfolio):
    portfolio.user("member").teams.clear()

    assert "You belong to no team" in page_of(read("member", "/team/")).text


def test_a_team_without_key_accounts_says_what_would_be_here(read, portfolio):
    Team.objects.create(code="new", name="New")

    assert "No key accounts yet" in page_of(read("executive", "/team/new/")).text


# Size


@pytest.mark.parametrize("role", ["lead", "executive", "member"])
@pytest.mark.parametrize("view", ["cards", "state", "time"])
def test_five_hundred_plans_take_twenty_queries(read, portfolio, plans, role, view):
    team = portfolio.accounts["N1"].team
    accounts = Account.objects.bulk_create(
        Account(code=f"X{number}", name=f"Many {number}", team=team, manager=portfolio.user("manager"))
        for number in range(500)
    )
    days = {"from_on": TODAY - 100 * DAY, "until_on": TODAY + 900 * DAY, "created_by": portfolio.user("lead")}
    made = Plan.objects.bulk_create(Plan(account=account, **days) for account in accounts)
    Objective.objects.bulk_create(Objective(plan=plan, text="Grow") for plan in made for _time in range(2))
    Action.objects.bulk_create(
        Action(account=plan.account, plan=plan, text="Call", due_on=TODAY - DAY, owner=portfolio.user("member"))
        for plan in made
        for _time in range(4)
    )

    client = Client()
    client.force_login(portfolio.user(role))
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(f"/team/north/?view={view}")

    assert answer.context["tally"].overdue == 2001
    assert len(asked) <= 20, [query["sql"][:80] for query in asked]

"""The list of plans, their versions and what differs, and the steps of a plan's way: who sees what, who may do what."""

import csv
import io
import re
from contextlib import closing

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Decision
from relationships.models import Need, Plan, PlanVersion
from relationships.plans import lifecycle
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.plans_made import a_plan, approved, submitted

PLAN = "/accounts/N1/plan/"


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio, reviewed_on=timezone.localdate())


@pytest.fixture
def sign_in(portfolio):
    def signed(role: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(role))
        return client

    return signed


def names(response) -> list[str]:
    assert response.status_code == 200
    return re.findall(r'/accounts/(\w+)/plan/">Account', response.content.decode())


def text(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def some(portfolio):
    """N1 with much amiss, N2 stale and closed in between, S1 of another team."""
    today = timezone.localdate()
    made = {code: a_plan(portfolio, code, reviewed_on=today) for code in ("N1", "N2", "S1")}
    Plan.objects.filter(pk=made["N2"].pk).update(reviewed_on=today.replace(year=today.year - 2))
    made["N2"].risks.all().delete()
    return made


# The list


def test_everyone_sees_his_plans(sign_in, some):
    assert sorted(names(sign_in("manager").get("/plans/"))) == ["N1", "N2"]
    assert sorted(names(sign_in("executive").get("/plans/"))) == ["N1", "N2", "S1"]
    assert names(sign_in("stranger").get("/plans/")) == ["S1"]
    assert sign_in("admin").get("/plans/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("kept=stale", ["N2"]),
        ("kept=reviewed", ["N1", "S1"]),
        ("kept=unfilled", ["N1", "N2", "S1"]),
        ("health=risk", ["N1", "S1"]),
        ("health=sound", []),
        ("health=action", ["N1", "N2", "S1"]),
        ("team=north", ["N1", "N2"]),
        ("box=strategic", ["N1", "N2", "S1"]),
        ("box=none", []),
        ("q=Account N2", ["N2"]),
        ("state=approved", []),
        ("state=nothing", []),
        ("team=north&kept=reviewed", ["N1"]),
    ],
)
def test_filters_in_the_address_narrow_the_list(sign_in, some, query, found):
    assert sorted(names(sign_in("executive").get(f"/plans/?{query}"))) == found


@pytest.mark.parametrize("order", ["name", "-name", "state", "box", "filled", "-fresh", "reviewed", "next", "-health"])
def test_the_list_can_be_sorted(sign_in, some, order):
    assert sorted(names(sign_in("executive").get(f"/plans/?order={order}"))) == ["N1", "N2", "S1"]


def test_the_most_amiss_come_first(sign_in, some):
    assert names(sign_in("manager").get("/plans/")) == ["N1", "N2"]
    assert names(sign_in("manager").get("/plans/?order=-name")) == ["N2", "N1"]


def test_the_heading_says_what_asks_for_somebody(sign_in, some, portfolio):
    assert "1 of 2 plans is stale" in text(sign_in("lead").get("/plans/"))

    submitted(portfolio, some["N1"])

    assert "1 plan waits for your word" in text(sign_in("lead").get("/plans/"))
    assert names(sign_in("lead").get("/plans/?waiting=on")) == ["N1"]


def test_a_plan_team_of_another_team_sees_the_plan_and_not_the_box(sign_in, some, portfolio):
    some["N1"].people.add(portfolio.user("stranger"))

    answer = sign_in("stranger").get("/plans/?q=N1")

    assert names(answer) == ["N1"]
    assert "box-chip strategic" not in answer.content.decode()
    assert names(sign_in("stranger").get("/plans/?box=strategic")) == ["S1"]


def test_members_are_told_no_objective_on_profit(sign_in, plan):
    assert "1 objective behind" in text(sign_in("manager").get("/plans/"))
    assert "objective behind" not in text(sign_in("member").get("/plans/"))


def test_the_list_is_exported_as_it_is_in_view(sign_in, some):
    answer = sign_in("executive").get("/plans/?kept=stale&format=csv")

    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["Code"], row["Stale"], row["Actions overdue"]) for row in rows] == [("N2", "yes", "1")]
    with closing(sign_in("executive").get("/plans/?format=xlsx")) as table:
        assert table.status_code == 200


def test_key_accounts_without_a_plan_can_begin_one(sign_in, some, portfolio):
    for code in ("N1", "N3", "S3"):
        Decision.objects.create(
            account=portfolio.accounts[code], outcome="admit", state="approved", reason="Because",
            proposed_on="2026-01-01", proposed_by=portfolio.user("lead"), decided_on="2026-01-02",
            decided_by=portfolio.user("executive"), review_on="2030-01-01",
        )  # fmt: skip

    manager = sign_in("manager").get("/plans/?show=without")
    assert "1 key account has no plan" in text(manager)
    assert "/accounts/N3/plan/" in manager.content.decode()
    assert "Begin a plan" not in text(sign_in("finance").get("/plans/?show=without"))
    assert "Account S3" in text(sign_in("finance").get("/plans/?show=without"))


def test_a_hidden_plan_is_as_if_it_was_not_there(sign_in, some, portfolio):
    bare = "Key accounts without a plan that you may see 1"
    Decision.objects.create(
        account=portfolio.accounts["N1"], outcome="admit", state="approved", reason="Because",
        proposed_on="2026-01-01", proposed_by=portfolio.user("lead"), decided_on="2026-01-02",
        decided_by=portfolio.user("executive"), review_on="2030-01-01",
    )  # fmt: skip
    Plan.objects.filter(account=portfolio.accounts["N1"]).update(visibility="plan_team")

    assert "Account N1" in text(sign_in("finance").get("/plans/?show=without"))
    assert bare in text(sign_in("finance").get("/plans/"))
    assert "Account N1" not in text(sign_in("executive").get("/plans/?show=without"))


def test_many_plans_take_no_more_queries(sign_in, portfolio):
    client = sign_in("executive")
    a_plan(portfolio, "N1")
    client.get("/plans/")
    with CaptureQueriesContext(connection) as one:
        client.get("/plans/")
    for code in ("N2", "N3", "N4", "N5", "S1", "S2", "S3"):
        a_plan(portfolio, code)
    with CaptureQueriesContext(connection) as many:
        client.get("/plans/")

    assert len(many) == len(one) <= 32


def test_an_empty_list_says_what_to_do(sign_in, portfolio):
    assert "No plans yet" in text(sign_in("manager").get("/plans/"))
    assert "Nothing matches" in text(sign_in("manager").get("/plans/?q=zzz"))


# Versions


def test_a_version_is_read_as_it_was(sign_in, plan, portfolio):
    approved(portfolio, plan)
    Plan.objects.update(purpose="Something else")

    told = text(sign_in("manager").get(f"{PLAN}versions/1/"))

    assert "Grow together" in told and "Something else" not in told
    assert "125,000.00 USD" in told and "9,000.50 USD" in told
    assert "approved: Lead" in told


def test_who_is_asked_to_approve_reads_what_was_written_with_it(sign_in, plan, portfolio):
    submitted(portfolio, plan, note="Higher target")

    assert "What changed: Higher target" in text(sign_in("lead").get(PLAN))


def test_members_read_a_version_without_money_below_gross_margin(sign_in, plan, portfolio):
    submitted(portfolio, plan)

    for path in ("versions/1/", "versions/", "differences/?from=1", ""):
        told = text(sign_in("member").get(PLAN + path))
        assert "125,000.00" not in told and "9,000.50" not in told and "80,000.00" not in told


def test_hidden_and_missing_plans_answer_alike(sign_in, plan, portfolio):
    submitted(portfolio, plan)
    Plan.objects.update(visibility="plan_team")

    for path in ("versions/", "versions/1/", "differences/"):
        hidden, missing = sign_in("member").get(PLAN + path), sign_in("member").get(f"/accounts/XX/plan/{path}")
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert text(hidden) == text(missing)


def test_differences_from_a_version_to_the_plan_of_today(sign_in, plan, portfolio):
    submitted(portfolio, plan)
    Need.objects.create(plan=plan, text="Credit", place=2)

    told = text(sign_in("manager").get(f"{PLAN}differences/?from=1&to=today"))

    assert "1 difference between version 1 and the plan of today" in told
    assert "added: “Credit”" in told
    assert "Both say the same" in text(sign_in("manager").get(f"{PLAN}differences/?from=1&to=1"))
    assert sign_in("manager").get(f"{PLAN}differences/?from=7").status_code == 404


def test_differences_show_the_words_that_went_and_those_that_came(sign_in, plan, portfolio):
    before = "Grow together in the three markets we serve from the north, without new depots"
    Plan.objects.filter(pk=plan.pk).update(purpose=before)
    plan.refresh_from_db()
    submitted(portfolio, plan)
    Plan.objects.filter(pk=plan.pk).update(purpose=before.replace("without", "with two"))

    page = page_of(sign_in("manager").get(f"{PLAN}differences/?from=1&to=today"))

    line = page.one("dl", **{"class": "differences"}).one("li")
    assert (line.one("del").text, line.one("ins").text) == ("without", "with two")
    assert line.text == "Purpose … markets we serve from the north, without with two new depots"


def test_a_plan_without_versions_says_so(sign_in, plan):
    assert "No version has been submitted" in text(sign_in("manager").get(f"{PLAN}versions/"))
    assert sign_in("manager").get(f"{PLAN}differences/").status_code == 200


# The way


def test_a_plan_goes_its_way_on_its_page(sign_in, plan):
    manager, lead, executive = sign_in("manager"), sign_in("lead"), sign_in("executive")
    assert "Submit for approval" in text(manager.get(PLAN))

    manager.post(f"{PLAN}submit/", {"note": "First"})
    assert "waits for Lead" in text(manager.get(PLAN))
    assert "Submit for approval" not in text(manager.get(PLAN))

    lead.post(f"{PLAN}versions/1/answer/", {"do": "approve", "answer": "Good"})
    answer = executive.post(f"{PLAN}versions/1/answer/", {"do": "approve"}, follow=True)
    assert "Version 1 is approved and in force." in text(answer)
    assert PlanVersion.objects.get().state == "approved"


def test_what_was_returned_says_by_whom_and_why(sign_in, plan, portfolio):
    submitted(portfolio, plan)

    sign_in("lead").post(f"{PLAN}versions/1/answer/", {"do": "return", "answer": "Too vague"})

    assert "Version 1 returned by Lead: Too vague" in text(sign_in("manager").get(PLAN))


def test_changes_since_approval_are_said(sign_in, plan, portfolio):
    approved(portfolio, plan)
    assert "since approval" not in text(sign_in("manager").get(PLAN))

    Need.objects.create(plan=plan, text="Credit", place=2)

    told = text(sign_in("manager").get(PLAN))
    assert "1 change since approval" in told and "Needs: added: “Credit”" in told


def test_whoever_may_not_do_a_step_is_told(sign_in, plan, portfolio):
    submitted(portfolio, plan)

    for role in ("member", "finance", "manager"):
        answer = sign_in(role).post(f"{PLAN}versions/1/answer/", {"do": "approve"}, follow=True)
        assert PlanVersion.objects.get().state == "in_review"
        assert "word" in text(answer) or "Somebody else" in text(answer)
    assert sign_in("finance").post(f"{PLAN}submit/").status_code == 403


def test_a_plan_is_closed_and_opened_again(sign_in, plan):
    sign_in("manager").post(f"{PLAN}close/", {"do": "close"})
    assert Plan.objects.get().state == "closed"

    assert "Open the plan again" in text(sign_in("manager").get(PLAN))
    sign_in("manager").post(f"{PLAN}close/", {"do": "reopen"})
    assert Plan.objects.get().state == "draft"


def test_who_then_sees_it_is_told_before_and_after(sign_in, plan):
    told = text(sign_in("manager").get(PLAN))
    assert "5 people: Executive, Finance, Lead, Manager, Member" in told
    assert "3 people: Executive, Lead, Manager" in told

    answer = sign_in("manager").post(f"{PLAN}visibility/", {"visibility": "plan_team", "base": "everyone"}, follow=True)

    assert "The plan team: 3 people may read the plan now." in text(answer)
    assert Plan.objects.get().visibility == "plan_team"


def test_visibility_somebody_else_has_changed_meanwhile_is_not_overwritten(sign_in, plan):
    Plan.objects.update(visibility="team")

    sign_in("manager").post(f"{PLAN}visibility/", {"visibility": "plan_team", "base": "everyone"})

    assert Plan.objects.get().visibility == "team"


def test_opening_the_address_of_a_step_changes_nothing(sign_in, plan, portfolio):
    submitted(portfolio, plan)

    for path in ("submit/", "close/", "visibility/", "versions/1/answer/"):
        assert sign_in("manager").get(PLAN + path).status_code == 302
    assert lifecycle.open_sides(PlanVersion.objects.get()) == ["lead", "sponsor"]

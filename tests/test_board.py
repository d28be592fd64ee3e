"""The first page of senior management: what waits is answered in place, two dates stand beside each other, and what
people say counts at once; with few questions to the database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Decision
from kam_portal.board.panels import PANELS
from kam_portal.tasks import prepare_board
from profitability.models import ClosedMonth, MonthClosing, Result, Run
from relationships.models import Plan, PlanVersion, Position, ProgrammeCost
from tests.factories import a_portfolio
from tests.markup import chart_of, page_of

TODAY = timezone.localdate()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def sign_in(portfolio):
    def signed(who: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(who))
        return client

    return signed


def decision(portfolio, account: Account, **said) -> Decision:
    made = {"outcome": "admit", "reason": "Grows fast", "proposed_on": TODAY, "review_on": TODAY + timedelta(days=300)}
    return Decision.objects.create(account=account, proposed_by=portfolio.user("manager"), **made | said)


def in_review(portfolio, account: Account, by: str = "manager") -> PlanVersion:
    plan = Plan.objects.create(
        account=account, state=Plan.State.IN_REVIEW, from_on=TODAY, until_on=TODAY + timedelta(days=900),
        created_by=portfolio.user(by),
    )  # fmt: skip
    return PlanVersion.objects.create(
        plan=plan, number=1, document={}, note="First plan", submitted_at=timezone.now(),
        submitted_by=portfolio.user(by),
    )  # fmt: skip


def asked_to_reopen(portfolio, month: int) -> ClosedMonth:
    said = {"month": month, "by": portfolio.user("finance")}
    closing = MonthClosing.objects.create(step=MonthClosing.Step.CLOSED, run=portfolio.run, **said)
    asked = MonthClosing.objects.create(step=MonthClosing.Step.ASKED, reason="A credit note came late", **said)
    return ClosedMonth.objects.create(month=month, closed_by=closing.by, asked=asked)


# What waits


def test_everything_that_waits_stands_on_one_page_with_its_buttons(portfolio, sign_in):
    decision(portfolio, portfolio.accounts["N1"])
    in_review(portfolio, portfolio.accounts["N2"])
    asked_to_reopen(portfolio, 202601)
    held = Run.objects.create(state=Run.State.HELD, message="Changes Jan 2026 by 5.00")

    shown = page_of(sign_in("executive").get("/"))

    assert "4 decisions needed" in shown.text
    for words in ("Admit: Account N1", "Plan, version 1: Account N2", "A credit note came late", f"Run {held.pk}"):
        assert words in shown.text
    assert len(shown.all("form", **{"class": "decide-form"})) == 2


def test_a_plan_is_approved_in_place_by_whose_word_counts(portfolio, sign_in):
    version = in_review(portfolio, portfolio.accounts["N2"])

    answer = sign_in("executive").post(f"/answer/plans/{version.pk}/", {"do": "approve"})

    assert answer.headers["Location"] == "/#decisions"
    assert version.approvals.get().said_by == portfolio.user("executive")
    assert "No proposal waits for a decision." in page_of(sign_in("executive").get("/")).text


def test_after_an_answer_the_page_goes_on_with_what_waits_next(portfolio, sign_in):
    first = decision(portfolio, portfolio.accounts["N1"])
    second, third = (in_review(portfolio, portfolio.accounts[code]) for code in ("N2", "N3"))
    asked, client = asked_to_reopen(portfolio, 202601), sign_in("executive")

    ways = [
        client.post(f"/decisions/{first.pk}/decide/", {"do": "approve", "back": "home"}),
        client.post(f"/answer/plans/{second.pk}/", {"do": "return"}),
        client.post(f"/answer/plans/{third.pk}/", {"do": "approve"}),
        client.post("/answer/months/202601/", {"do": "leave", "asked": asked.asked_id}),
    ]

    assert [way.headers["Location"] for way in ways] == [
        f"/#plan-{second.pk}", f"/#plan-{second.pk}-answer", "/#month-202601", f"/#plan-{second.pk}",
    ]  # fmt: skip


def test_why_an_answer_is_refused_stands_at_its_decision(portfolio, sign_in):
    version = in_review(portfolio, portfolio.accounts["N2"])
    client = sign_in("executive")

    shown = page_of(client.post(f"/answer/plans/{version.pk}/", {"do": "return"}, follow=True))

    told = shown.one("p", id=f"plan-{version.pk}-told").text
    assert told == "Account N2: Say what is to be changed."
    assert shown.all("input", **{"aria-describedby": f"plan-{version.pk}-told", "aria-invalid": "true"})


def test_how_many_plans_are_fresh_is_said_of_key_accounts(portfolio, sign_in):
    decision(portfolio, portfolio.accounts["N2"], state="approved", decided_on=TODAY,
             decided_by=portfolio.user("executive"))  # fmt: skip
    in_review(portfolio, portfolio.accounts["N2"])

    assert "100.0 % of key accounts’ plans fresh" in page_of(sign_in("executive").get("/?whole=1")).text


def test_a_plan_is_returned_only_with_a_reason(portfolio, sign_in):
    version = in_review(portfolio, portfolio.accounts["N2"])
    client = sign_in("executive")

    client.post(f"/answer/plans/{version.pk}/", {"do": "return"})
    version.refresh_from_db()
    assert version.state == PlanVersion.State.IN_REVIEW

    client.post(f"/answer/plans/{version.pk}/", {"do": "return", "answer": "Say what it costs"})
    version.refresh_from_db()
    assert version.state == PlanVersion.State.RETURNED


def test_nobody_approves_the_plan_he_submitted_and_managers_approve_none(portfolio, sign_in):
    version = in_review(portfolio, portfolio.accounts["N2"], by="executive")

    sign_in("executive").post(f"/answer/plans/{version.pk}/", {"do": "approve"})

    assert not version.approvals.exists()
    assert sign_in("manager").post(f"/answer/plans/{version.pk}/", {"do": "approve"}).status_code == 403


def test_a_lead_answers_no_plan_of_another_team(portfolio, sign_in):
    hidden = in_review(portfolio, portfolio.accounts["S1"], by="stranger")

    assert sign_in("lead").post(f"/answer/plans/{hidden.pk}/", {"do": "approve"}).status_code == 404


@pytest.mark.parametrize(("do", "is_closed"), [("confirm", False), ("leave", True)])
def test_a_reopening_is_confirmed_or_declined_in_place(portfolio, sign_in, do, is_closed):
    closed = asked_to_reopen(portfolio, 202601)

    sign_in("executive").post("/answer/months/202601/", {"do": do, "asked": closed.asked_id})

    assert ClosedMonth.objects.filter(month=202601).exists() == is_closed
    assert not ClosedMonth.objects.filter(asked__isnull=False).exists()


# Two dates


@pytest.fixture
def a_year_ago(portfolio):
    """In the earlier run everyone bought half, N3 was Strategic, and N5 had no box."""
    Run.objects.filter(pk=portfolio.earlier.pk).update(month_from=202501, month_to=202502)
    totals = portfolio.earlier.totals
    totals["window"] = {name: value // 2 for name, value in totals["window"].items()}
    Run.objects.filter(pk=portfolio.earlier.pk).update(totals=totals)
    Position.objects.filter(run=portfolio.earlier, account__code="N3").update(box="strategic", relationship_strength=8)
    Position.objects.filter(run=portfolio.earlier, account__code="N5").update(box="")
    Result.objects.filter(run=portfolio.earlier, code="").update(net_revenue=3_500, contribution=1_000)
    return portfolio.earlier


def test_figures_of_two_dates_stand_beside_each_other_with_the_difference(portfolio, a_year_ago, sign_in):
    shown = page_of(sign_in("executive").get("/", {"then": a_year_ago.pk, "whole": 1}))

    # 1,594,000 with nobody's 7,000 now; half of both then
    assert "793,500.00 then" in shown.text
    assert "+793,500.00 · +100.0 % better" in shown.text


def test_who_moved_from_box_to_box_is_counted_named_and_drawn(portfolio, a_year_ago, sign_in):
    shown = page_of(sign_in("executive").get("/", {"then": a_year_ago.pk, "whole": 1}))

    assert "1 account changed its box" in shown.text
    assert "Account N3 Strategic → Star worse" in shown.text
    assert "1 has a box now that had none." in shown.text
    matrix = chart_of(shown, "matrix")
    before = {point[0]: point[8:10] for point in matrix["points"]}
    assert before["N3"] == [8.0, 6.0]
    assert before["N1"] == [None, None]
    assert "Jan 2025" in matrix["movement"]


def test_both_whale_curves_are_drawn(portfolio, a_year_ago, sign_in):
    Result.objects.filter(run=a_year_ago, code="S1").update(contribution=1)

    whale = chart_of(page_of(sign_in("executive").get("/", {"then": a_year_ago.pk, "whole": 1})), "whale")

    assert whale["before"]["points"][-1] == [11, whale["total"] - 69_999]


def test_what_is_left_out_is_counted_on_the_screen_and_on_paper(portfolio, sign_in):
    Result.objects.filter(run=portfolio.run).exclude(code="").update(contribution=-1)
    losses = page_of(sign_in("executive").get("/", {"part": "losses"}))
    assert [each.text for each in losses.all("p")] == ["and 6 more", "and 8 more"]  # of 12


def test_either_of_the_two_may_be_an_older_run(portfolio, a_year_ago, sign_in):
    shown = page_of(sign_in("executive").get("/", {"run": a_year_ago.pk, "then": portfolio.run.pk}))

    assert "older run" in shown.text
    assert "1,587,000.00 then" in shown.text
    assert sign_in("executive").get("/", {"run": "999"}).status_code == 404


def test_a_manager_learns_nothing_of_the_company_by_asking_for_two_dates(portfolio, a_year_ago, sign_in):
    shown = page_of(sign_in("manager").get("/", {"then": a_year_ago.pk, "whole": 1})).text

    assert "793,500" not in shown
    assert "Account S" not in shown


# What people say counts at once


def test_a_cost_stated_today_is_in_the_return_of_the_next_look(portfolio, a_year_ago, sign_in):
    decision(
        portfolio,
        portfolio.accounts["N1"],
        state="approved",
        decided_on=date(2025, 12, 1),
        decided_by=portfolio.user("executive"),
    )
    client = sign_in("executive")
    before = client.get("/?whole=1").context["strip"]
    for month in (202601, 202602):
        ProgrammeCost.objects.create(month=month, kind="people", amount=500, changed_at=timezone.now())

    after = client.get("/?whole=1").context["strip"]

    assert before.cost_per_account is None
    assert after.cost_per_account == Decimal(1_000)


def test_an_approved_admission_is_in_the_balance_of_the_next_look(portfolio, sign_in):
    waiting = decision(portfolio, portfolio.accounts["N1"])
    client = sign_in("executive")
    assert client.get("/?whole=1").context["balance"].members == 0

    client.post(f"/decisions/{waiting.pk}/decide/", {"do": "approve", "back": "home"})

    assert client.get("/?whole=1").context["balance"].members == 1


# What is not worked out yet


@pytest.mark.parametrize("compared", [False, True])
def test_the_first_reader_gets_the_page_at_once_and_its_panels_after_it(portfolio, a_year_ago, sign_in, compared):
    client, query = sign_in("executive"), {"then": a_year_ago.pk} if compared else {}
    whole = page_of(client.get("/", query | {"whole": 1}))
    empty_store()

    first = client.get("/", query)

    shown = page_of(first)
    assert set(first.context["late"]) == set(PANELS)
    assert shown.one("h1").text == whole.one("h1").text
    for code in PANELS:
        waiting = shown.one("section", id=f"board-{code}")
        part = client.get(waiting.attributes["hx-get"])
        assert part.status_code == 200 and f"overview-{code}" in part.content.decode()
    assert not client.get("/", query).context["late"]
    assert page_of(client.get("/", query)).text == whole.text


def test_a_panel_comes_with_the_two_dates_that_are_asked_for(portfolio, a_year_ago, sign_in):
    query = {"run": a_year_ago.pk, "then": portfolio.run.pk}
    shown = page_of(sign_in("executive").get("/", query))

    waiting = shown.one("section", id="board-changes").attributes["hx-get"]

    assert waiting == f"/?part=changes&run={a_year_ago.pk}&then={portfolio.run.pk}"


@pytest.mark.parametrize("role", ["manager", "lead", "member", "admin"])
def test_no_panel_of_the_board_is_for_others(portfolio, sign_in, role):
    client = sign_in(role)
    for code in PANELS:
        shown = client.get("/", {"part": code}).content.decode()
        assert "overview-" not in shown and "Account S1" not in shown


def empty_store() -> None:
    for cache in caches.all():
        cache.clear()


# How much it asks the database


@pytest.mark.parametrize("compared", [False, True])
def test_the_page_asks_at_most_twenty_times_whatever_there_is(portfolio, a_year_ago, sign_in, compared):
    team, manager = portfolio.accounts["N1"].team, portfolio.user("manager")
    more = Account.objects.bulk_create(
        Account(code=f"M{number}", name=f"More {number}", team=team, manager=manager) for number in range(60)
    )
    for account in more[:30]:
        decision(portfolio, account)
    for account in more[30:]:
        in_review(portfolio, account)
        decision(
            portfolio, account, state="approved", decided_on=date(2025, 12, 1), decided_by=portfolio.user("executive")
        )
    for month in (202601, 202602):
        asked_to_reopen(portfolio, month)
    client, query = sign_in("executive"), {"then": a_year_ago.pk} if compared else {}
    client.get("/glossary/")
    empty_store()

    with CaptureQueriesContext(connection) as cold:
        shown = client.get("/", query)
    assert shown.context["waiting"].count == 62
    assert len(cold) <= 20
    for code in PANELS:
        with CaptureQueriesContext(connection) as late:
            client.get("/", query | {"part": code})
        assert len(late) <= 20, code
    with CaptureQueriesContext(connection) as warm:
        client.get("/", query)
    assert len(warm) <= 20


def test_a_worker_works_out_what_the_first_reader_will_see(portfolio, sign_in):
    client = sign_in("executive")
    client.get("/glossary/")
    prepare_board(portfolio.run.pk)

    with CaptureQueriesContext(connection) as asked:
        shown = client.get("/")

    assert len(asked) <= 20
    assert not shown.context["late"]

"""Signals: which causes are found, and what becomes of a cause from day to day."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from profitability.models import Concentration, MonthResult, Result
from relationships.models import (
    Action,
    Complaint,
    Contact,
    Contract,
    Invitation,
    Position,
    PositionChange,
    Rating,
    Review,
    Signal,
    SignalThreshold,
)
from relationships.signals import recompute as recomputing
from relationships.signals import thresholds
from relationships.signals.kinds import ALL
from relationships.signals.recompute import FINDERS, recompute
from relationships.signals.sentences import SENTENCES, sentence
from relationships.signals.watched import Found, Watch, largest_of_managers
from tests.factories import a_portfolio
from tests.relationships.signals import TODAY, a_plan, admit, ago, open_keys, touch

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    return a_portfolio()


def told(key: str) -> str:
    return sentence(Signal.objects.get(key=key, state="open"))


def key_of(portfolio, name: str, code: str) -> str:
    return f"{name}:{portfolio.accounts[code].pk}"


def test_each_kind_has_a_finder_and_a_sentence():
    assert {kind.code for kind in ALL} == FINDERS.keys() == SENTENCES.keys()


# Causes


def test_contribution_that_falls_is_told_with_its_largest_cause(portfolio):
    # N1 had 40,000 in each month; now January 40,000, February 10,000 after 30,000 more for visits: 75 % less
    february = MonthResult.objects.get(run=portfolio.run, account=portfolio.accounts["N1"], month=202602)
    february.contribution, february.cost_to_serve = Decimal(10_000), Decimal(50_000)
    february.costs = february.costs | {"visits": february.costs["visits"] + 3_000_000}
    february.save()

    recompute(TODAY)

    signal = Signal.objects.get(key=key_of(portfolio, "contribution", "N1"))
    assert signal.weight == 30_000
    assert signal.tells_profit
    assert signal.owner == portfolio.user("manager")
    assert sentence(signal) == (
        "Contribution fell by 75\u202f% to 10,000 USD in Feb 2026, against 40,000 USD in Jan 2026; "
        "most of it by a higher cost to serve in presale (30,000 USD)."
    )


def test_a_fall_by_less_than_the_limit_is_none(portfolio):
    # 40,000 → 25,000 is 37.5 % less, the limit is 40 %
    february = MonthResult.objects.filter(run=portfolio.run, account=portfolio.accounts["N1"], month=202602)
    february.update(contribution=Decimal(25_000))

    recompute(TODAY)

    assert key_of(portfolio, "contribution", "N1") not in open_keys()


def test_the_same_months_a_year_before_count_where_a_run_holds_them(portfolio):
    MonthResult.objects.filter(run=portfolio.earlier, month=202601).update(month=202501)
    MonthResult.objects.filter(run=portfolio.earlier, month=202602).update(month=202502)
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_from=202501, month_to=202502)
    MonthResult.objects.filter(run=portfolio.run, month=202602).update(contribution=Decimal(100))

    recompute(TODAY)

    assert "in Feb 2026, against 40,000 USD in Feb 2025" in told(key_of(portfolio, "contribution", "N1"))


def test_a_key_account_that_loses_money_and_no_other(portfolio):
    # N3: 30,000 − 45,000 = −15,000; S3: 15,000 − 30,000 is as bad, but no key account
    admit(portfolio, "N3")

    recompute(TODAY)

    assert key_of(portfolio, "unprofitable", "N3") in open_keys()
    assert key_of(portfolio, "unprofitable", "S3") not in open_keys()
    assert told(key_of(portfolio, "unprofitable", "N3")).startswith("Loses 15,000 USD after cost to serve in Jan 2026")


@pytest.mark.parametrize(
    ("code", "days", "is_quiet"), [("N1", 61, True), ("N1", 60, False), ("N4", 120, False), ("N4", 121, True)]
)
def test_silence_is_measured_by_the_box(portfolio, code, days, is_quiet):
    # N1 is strategic: 60 days; N4 is status: twice as long
    admit(portfolio, "N1", "N4")
    touch(portfolio, "N2", 400)
    for each in ("N1", "N4"):
        touch(portfolio, each, days if each == code else 1)

    recompute(TODAY)

    assert (key_of(portfolio, "quiet", code) in open_keys()) == is_quiet


def test_of_an_account_that_is_looked_at_for_its_plan_alone_only_readers_of_the_plan_are_told(portfolio):
    # the finance analyst sees all accounts, but not what is kept to a plan's team
    a_plan(portfolio, "N6", visibility="plan_team")
    a_plan(portfolio, "N1", visibility="plan_team")  # among the five largest of its manager anyway
    touch(portfolio, "N6", 400)
    touch(portfolio, "N1", 400)

    recompute(TODAY)
    told = {
        role: set(Signal.objects.visible_to(portfolio.user(role)).values_list("key", flat=True))
        for role in ("executive", "finance")
    }

    hidden, open_to_all = key_of(portfolio, "quiet", "N6"), key_of(portfolio, "quiet", "N1")
    assert {hidden, open_to_all} <= told["executive"]
    assert {hidden, open_to_all} & told["finance"] == {open_to_all}


def test_where_nobody_was_met_and_nobody_is_known_nobody_is_missed_plan_or_not(portfolio):
    admit(portfolio, "N1", "N2")
    a_plan(portfolio, "N2")
    touch(portfolio, "N3", 400)

    recompute(TODAY)
    assert not {key_of(portfolio, "quiet", "N1"), key_of(portfolio, "quiet", "N2")} & open_keys()

    Contact.objects.create(account=portfolio.accounts["N1"], name="Ada Boss", buying_role="decider")
    recompute(TODAY)
    assert key_of(portfolio, "quiet", "N1") in open_keys()


def test_who_answered_a_survey_was_heard_of(portfolio):
    admit(portfolio, "N1")
    boss = Contact.objects.create(account=portfolio.accounts["N1"], name="Ada Boss", buying_role="decider")
    touch(portfolio, "N1", 400, boss)
    touch(portfolio, "N1", 3)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    Invitation.objects.create(
        account=portfolio.accounts["N1"], contact=boss, answered_at=at, expires_at=at,
        created_by=portfolio.user("manager"),
    )  # fmt: skip

    recompute(TODAY)

    assert key_of(portfolio, "quiet-people", "N1") not in open_keys()


def test_nobody_is_quiet_where_nothing_was_ever_logged(portfolio):
    admit(portfolio, "N1")

    recompute(TODAY)

    assert not Signal.objects.filter(kind="gone_quiet").exists()


def test_who_decides_is_missed_by_name_although_others_are_met(portfolio):
    admit(portfolio, "N1")
    account = portfolio.accounts["N1"]
    boss = Contact.objects.create(account=account, name="Ada Boss", buying_role="decider")
    clerk = Contact.objects.create(account=account, name="Bob Clerk")
    touch(portfolio, "N1", 181, boss)
    touch(portfolio, "N1", 3, clerk)

    recompute(TODAY)

    text = told(key_of(portfolio, "quiet-people", "N1"))
    assert text == "Who counts there has not heard from us for more than 180 days: Ada Boss (20 Sep 2025)."


def test_a_stage_that_slipped_until_it_comes_up_again(portfolio):
    admit(portfolio, "N1")
    account = portfolio.accounts["N1"]
    place = Position.objects.filter(run=portfolio.run, account=account)
    place.update(stage="basic")
    PositionChange.objects.create(
        run=portfolio.run, attempt=1, account=account, kind="stage", before="interdependent", after="basic",
        changed_on=ago(5),
    )  # fmt: skip

    recompute(TODAY)
    text = told(f"stage:{account.pk}")
    place.update(stage="integrated")
    recompute(TODAY)

    assert text == "The relationship slipped from Interdependent to Basic on 15 Mar 2026."
    assert f"stage:{account.pk}" not in open_keys()


def test_strength_that_falls_with_the_criterion_that_fell_most(portfolio):
    admit(portfolio, "N1")
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_from=202510, month_to=202511)
    for run, score in ((portfolio.earlier, 9.0), (portfolio.run, 7.0)):
        rows = Position.objects.filter(run=run, account=portfolio.accounts["N1"])
        trust = {"axis": "relationship", "code": "trust", "name": "Trust", "weight": 100, "score": score}
        rows.update(relationship_strength=Decimal(str(score)), scores=[trust])

    recompute(TODAY)

    text = told(key_of(portfolio, "strength", "N1"))
    assert text == "Relationship strength fell from 9.0 to 7.0 since Nov 2025, most by Trust (−2.0)."


def test_scores_of_which_half_are_about_to_be_a_year_old(portfolio):
    admit(portfolio, "N1")
    for criterion, days in (("potential", 340), ("trust", 10)):
        Rating.objects.create(
            account=portfolio.accounts["N1"], criterion=criterion, score=5, rater=portfolio.user("manager"),
            rated_on=ago(days), perspective="supplier", status="confirmed",
        )  # fmt: skip

    recompute(TODAY)

    assert "1 of 2 scores are or will be more than a year old by 19 Apr 2026" in told(key_of(portfolio, "scores", "N1"))


def test_a_plan_that_nobody_looked_at_for_longer_than_its_cadence(portfolio):
    stale, fresh = a_plan(portfolio, "N1", reviewed_on=ago(121)), a_plan(portfolio, "N2", reviewed_on=ago(120))

    recompute(TODAY)

    assert f"stale:{stale.pk}" in open_keys()
    assert f"stale:{fresh.pk}" not in open_keys()
    assert Signal.objects.get(key=f"stale:{stale.pk}").plan == stale


def test_a_strategic_key_account_without_plan(portfolio):
    admit(portfolio, "N1", "N2", days=181)
    admit(portfolio, "N4", days=181)  # status: nobody asks for a plan
    a_plan(portfolio, "N2")

    recompute(TODAY)

    assert key_of(portfolio, "no-plan", "N1") in open_keys()
    assert not {key_of(portfolio, "no-plan", code) for code in ("N2", "N4")} & open_keys()


def test_actions_that_are_overdue_by_the_limit_are_told_together(portfolio):
    account, plan = portfolio.accounts["N1"], a_plan(portfolio, "N1")
    for days in (13, 14, 20):
        Action.objects.create(account=account, text=f"Call {days}", due_on=ago(days))
    Action.objects.create(account=account, plan=plan, text="Offer", due_on=ago(15), owner=portfolio.user("lead"))

    recompute(TODAY)

    assert told(f"actions:{account.pk}:0") == (
        "2 actions of no plan; the oldest, “Call 20”, was due on 28 Feb 2026, 20 days ago; nobody has it."
    )
    assert told(f"actions:{account.pk}:{plan.pk}") == (
        "In the plan: “Offer” was due on 5 Mar 2026, 15 days ago; Lead has it."
    )
    assert Signal.objects.get(key=f"actions:{account.pk}:{plan.pk}").plan == plan


def test_a_review_that_is_planned_soon(portfolio):
    plan = a_plan(portfolio, "N1")
    review = Review.objects.create(plan=plan, kind="joint", due_on=TODAY + timedelta(days=7))

    recompute(TODAY)

    assert told(f"review:{review.pk}") == "A review is planned for 27 Mar 2026."


def test_sales_that_hang_on_ever_fewer(portfolio):
    type(portfolio.earlier).objects.filter(pk=portfolio.earlier.pk).update(month_from=202510, month_to=202511)
    rows = Concentration.objects.filter(measure="revenue", level="parent")
    for run, part in ((portfolio.earlier, 0.80), (portfolio.run, 0.83)):
        row = rows.get(run=run)
        row.figures = row.figures | {"top10_share": part, "top1_share": 0.4}
        row.save()

    recompute(TODAY)

    signal = Signal.objects.get(key="concentration")
    assert signal.tells_company
    assert signal.account is None
    assert sentence(signal) == (
        "The ten largest customers make up 83.0\u202f% of net revenue, 80.0\u202f% in the window to Nov 2025; "
        "the largest one alone 40.0\u202f%."
    )


@pytest.mark.parametrize(
    ("renewal", "days", "told_as"),
    [
        ("renews", 80, "renews itself after 8 Jun 2026 unless notice is given by 9 May 2026"),
        ("ends", 20, "ends on 9 Apr 2026"),
        ("renews", 20, ""),  # too late for notice: it goes on
        ("ends", 200, ""),
    ],
)
def test_a_contract_whose_day_for_notice_is_near(portfolio, renewal, days, told_as):
    contract = Contract.objects.create(
        account=portfolio.accounts["N1"], name="Supply", from_on=ago(300), until_on=TODAY + timedelta(days=days),
        renewal=renewal, renewal_months=12, notice_days=30, created_by=portfolio.user("manager"),
    )  # fmt: skip

    recompute(TODAY)

    found = [sentence(row) for row in Signal.objects.filter(kind="contract_ending")]
    assert found == ([f"Supply {told_as}."] if told_as else [])
    assert Contract.objects.get() == contract


def test_a_critical_complaint_until_it_is_closed(portfolio):
    made = [
        Complaint.objects.create(
            account=portfolio.accounts["N1"], received_on=ago(3), severity=severity, text="Broken",
            logged_by=portfolio.user("lead"),
        )
        for severity in (2, 3)
    ]  # fmt: skip

    recompute(TODAY)
    assert open_keys() >= {f"complaint:{made[1].pk}"}
    assert f"complaint:{made[0].pk}" not in open_keys()
    Complaint.objects.update(closed_on=TODAY)
    recompute(TODAY)

    assert f"complaint:{made[1].pk}" not in open_keys()


@pytest.mark.parametrize(("answer", "is_told"), [("6", True), ("7", False), ("", False)])
def test_who_would_not_recommend_us(portfolio, answer, is_told):
    Invitation.objects.create(
        account=portfolio.accounts["N1"], name="Ada", secret_hash="x" * 64, created_by=portfolio.user("manager"),
        expires_at=datetime(2026, 4, 1, tzinfo=UTC), answered_at=datetime(2026, 3, 10, 9, tzinfo=UTC),
        answers={"recommend_0_10": answer},
    )  # fmt: skip

    recompute(TODAY)

    assert Signal.objects.filter(kind="detractor").exists() == is_told


# Which accounts


def test_five_of_each_manager_and_the_key_accounts_are_looked_at(portfolio):
    # north has N1…N6, by revenue N6 is the sixth; S6 has no sales
    codes = dict(Account.objects.values_list("pk", "code"))

    looked_at = {codes[pk] for pk in Watch(TODAY, portfolio.run).accounts}
    admit(portfolio, "N6")

    assert looked_at == {"N1", "N2", "N3", "N4", "N5", "S1", "S2", "S3", "S4", "S5"}
    assert portfolio.accounts["N6"].pk in Watch(TODAY, portfolio.run).accounts
    assert portfolio.accounts["N6"].pk not in largest_of_managers(portfolio.run)


def test_without_a_run_plans_and_actions_are_looked_at_all_the_same(portfolio):
    from profitability.models import Publication

    Publication.objects.all().delete()
    plan = a_plan(portfolio, "N1")
    Action.objects.create(account=portfolio.accounts["N1"], plan=plan, text="Call", due_on=ago(30))

    recompute(TODAY)

    assert {"action_overdue", "plan_stale"} <= set(Signal.objects.values_list("kind", flat=True))


def test_the_queries_do_not_grow_with_accounts(portfolio):
    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            recompute(TODAY)
        return len(caught)

    admit(portfolio, "N1", "S3")
    touch(portfolio, "N1", 1)
    a_plan(portfolio, "N6")
    Action.objects.create(account=portfolio.accounts["N6"], text="Call", due_on=ago(30))
    recompute(TODAY)
    few = asked()
    admit(portfolio, "N2", "N3", "N4", "N5", "S1", "S2", "S4")
    for code in ("N3", "N4", "N5"):
        a_plan(portfolio, code)
        Action.objects.create(account=portfolio.accounts[code], text="Call", due_on=ago(30))
    recompute(TODAY)

    assert asked() <= few


# What becomes of a cause


@pytest.fixture
def cause(monkeypatch, portfolio):
    """`cause(size=2)`: what the one finder finds from now on; `cause(None)`: nothing."""
    found: list[Found] = []
    monkeypatch.setattr(recomputing, "FINDERS", {"no_plan": lambda watch, limit: list(found)})

    def holds(size: int | None = 1, **fields):
        facts = {"box": "strategic", "on": "2025-05-01"}
        found.clear()
        if size is not None:
            found.append(Found("no_plan", "k", facts, portfolio.accounts["N1"].pk, size=Decimal(size), **fields))

    holds()
    return holds


def finish(answer: str = "Called") -> None:
    Signal.objects.filter(state="open").update(state="done", ended_on=TODAY, answer=answer)


def states() -> list[str]:
    return list(Signal.objects.order_by("pk").values_list("state", flat=True))


def test_twice_is_once(cause):
    assert recompute(TODAY) == 1
    assert recompute(TODAY) == 0

    assert states() == ["open"]


def test_an_open_one_keeps_its_first_day_and_gets_todays_facts(cause):
    recompute(ago(5))
    cause(3, weight=Decimal(70))

    recompute(TODAY)

    signal = Signal.objects.get()
    assert (signal.since_on, signal.seen_on, signal.weight, signal.facts["size"]) == (ago(5), TODAY, 70, "3")


def test_a_cause_that_ceases_is_gone_and_one_that_comes_back_is_new(cause):
    recompute(ago(5))
    cause(None)
    recompute(ago(4))
    gone = states()
    cause()
    recompute(TODAY)

    assert gone == ["gone"]
    assert states() == ["gone", "open"]
    assert Signal.objects.get(state="gone").ended_on == ago(4)


def test_what_was_dealt_with_stays_so_while_the_cause_is_the_same(cause):
    recompute(ago(5))
    finish()

    recompute(TODAY)

    assert states() == ["done"]


@pytest.mark.parametrize(("size", "after"), [(14, ["done"]), (15, ["done", "open"])])
def test_what_was_dealt_with_and_gets_half_as_bad_again_is_new(cause, size, after):
    cause(10)
    recompute(ago(5))
    finish()
    cause(size)

    recompute(TODAY)

    assert states() == after


def test_what_was_dealt_with_comes_back_after_it_had_ceased(cause):
    recompute(ago(5))
    finish("Called them")
    cause(None)
    recompute(ago(4))
    cause()

    recompute(TODAY)

    assert states() == ["gone", "open"]
    assert Signal.objects.get(state="gone").answer == "Called them"


def test_one_put_off_stays_put_off(cause):
    recompute(ago(5))
    Signal.objects.update(snoozed_until=TODAY + timedelta(days=9))

    recompute(TODAY)

    assert Signal.objects.get().snoozed_until == TODAY + timedelta(days=9)
    assert not Signal.objects.open(TODAY).exists()
    assert Signal.objects.open(TODAY + timedelta(days=9)).exists()


def test_a_kind_switched_off_is_gone(cause, portfolio):
    recompute(ago(5))
    SignalThreshold.objects.create(kind="no_plan", is_on=False, changed_at=portfolio.run.published_at)

    recompute(TODAY)

    assert states() == ["gone"]


def test_a_finder_that_fails_leaves_its_signals_and_the_others_alone(monkeypatch, portfolio, caplog):
    def breaks(watch, limit):
        Result.objects.get(pk=-1)

    admit(portfolio, "N1", "N3")
    recompute(ago(5))
    before = open_keys()
    Signal.objects.filter(kind="unprofitable").delete()
    monkeypatch.setitem(recomputing.FINDERS, "no_plan", breaks)

    recompute(TODAY)

    assert open_keys() == before
    assert "no_plan could not be found" in caplog.text


def test_the_new_manager_looks_after_it(cause, portfolio):
    recompute(ago(5))
    Account.objects.filter(code="N1").update(manager=portfolio.user("stranger"))

    recompute(TODAY)

    assert Signal.objects.get().owner == portfolio.user("stranger")


def test_the_database_refuses_a_second_open_one_of_a_cause(cause):
    recompute(TODAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        Signal.objects.create(kind="no_plan", key="k", since_on=TODAY, seen_on=TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_open_one_signal_of_each_cause(portfolio):
    admit(portfolio, "N1", "N2", "N3", "S1", "S3")
    both, opened, failed = Barrier(2), [], []

    def work():
        both.wait()
        try:
            opened.append(recompute(TODAY))
        except Exception as error:
            failed.append(error)
        connection.close()

    threads = [Thread(target=work) for _each in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert min(opened) == 0
    assert max(opened) == Signal.objects.count() > 0


def test_what_thresholds_would_find_counts_what_would_be_open(portfolio):
    account, other = portfolio.accounts["N1"], portfolio.accounts["N2"]
    for each in (account, other):
        a_plan(portfolio, each.code)
        Action.objects.create(account=each, text="Call", due_on=ago(30))
    recompute(TODAY)
    Signal.objects.filter(key=f"actions:{account.pk}:0").update(state="done", ended_on=TODAY)
    wanted = [each for each in thresholds.every() if each.kind.code == "action_overdue"]

    tried = recomputing.preview(wanted, TODAY)

    assert len(tried["action_overdue"]) == Signal.objects.filter(kind="action_overdue", state="open").count() == 1
    assert recompute(TODAY) == 0

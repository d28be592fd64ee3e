"""Measures of the programme, its costs and the competences of its people, from the figures of runs to the pages."""

import csv
import io
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account, Decision
from kam_portal.programme import competences as known
from kam_portal.programme import costs
from kam_portal.programme.measures import Programme
from profitability.models import MonthResult, Result, Run
from relationships.models import Advocacy, Competence, CompetenceAsked, Plan, ProgrammeCost, Touchpoint
from tests.factories import a_portfolio
from tests.markup import page_of

TODAY = timezone.localdate()
BEGIN, WITHIN = date(2025, 12, 15), date(2026, 2, 1)  # before the window of the run, and in it


@pytest.fixture
def portfolio(db):
    cache.clear()
    return a_portfolio()


@pytest.fixture
def year_before(portfolio):
    """The earlier run looks at the same months a year before: others contributed 4/5 of today, N1 50,000."""
    earlier = portfolio.earlier
    Run.objects.filter(pk=earlier.pk).update(month_from=202501, month_to=202502)
    MonthResult.objects.filter(run=earlier).update(month=F("month") - 100)
    for row in Result.objects.filter(run=earlier):
        row.net_revenue, row.contribution = row.net_revenue * 4 / 5, row.contribution * 4 / 5
        row.contribution = Decimal(50_000) if row.code == "N1" else row.contribution
        row.save()
    return earlier


@pytest.fixture
def sign_in(portfolio):
    def signed(who: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(who))
        return client

    return signed


def admit(portfolio, code: str, day: date) -> None:
    Decision.objects.create(
        account=portfolio.accounts[code], outcome="admit", state="approved", reason="Because", proposed_on=day,
        proposed_by=portfolio.user("manager"), decided_on=day, decided_by=portfolio.user("executive"),
    )  # fmt: skip


def cost(portfolio, month: int, amount: int, kind: str = "people") -> ProgrammeCost:
    said = {"changed_at": timezone.now(), "changed_by": portfolio.user("executive")}
    return ProgrammeCost.objects.create(month=month, kind=kind, amount=amount, **said)


def measures(portfolio, asked: str = "") -> Programme:
    run = Run.objects.get(pk=portfolio.run.pk)
    return Programme(portfolio.user("executive"), run, TODAY, asked)


# What it brings


def test_key_accounts_are_compared_with_all_others_by_the_groups_of_the_start(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)
    admit(portfolio, "N3", WITHIN)

    found = measures(portfolio)

    # others: 101,600 to 127,000 = 25 %; (80,000 − 50,000) − 25 % · 50,000 = 17,500
    assert found.baseline == year_before
    assert found.incremental == 17_500
    assert found.kept.incremental.expected_growth == Fraction(1, 4)
    # with N3, which lost 12,000 and now loses 15,000 and from which no growth is expected: 27,000 − 12,500
    assert found.as_of_today.incremental.incremental == 14_500


def test_roi_sets_the_gain_against_the_cost_of_the_same_months(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)
    cost(portfolio, 202601, 6_000)
    cost(portfolio, 202602, 3_000)
    cost(portfolio, 202602, 1_000, "travel")
    cost(portfolio, 202603, 99_000)  # after the window

    found = measures(portfolio)

    assert found.cost.total == 10_000
    assert found.roi == Fraction(3, 4)
    assert found.cost_per_account == 10_000
    # one manager: 10,000 ÷ (80,000 / 400,000) + 320,000
    assert found.break_even == 370_000


def test_a_month_without_a_statement_leaves_the_cost_unknown_and_says_which(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)
    cost(portfolio, 202601, 6_000)

    found = measures(portfolio)

    assert found.roi is None
    assert "Feb 2026" in found.no_roi


def test_without_costs_or_an_earlier_run_it_says_why(portfolio):
    found = measures(portfolio)

    assert found.baseline is None
    assert "no earlier run" in found.no_roi
    assert "Nobody has said" in found.no_cost
    assert found.roi is found.incremental is found.break_even is None


def test_revenue_is_kept_by_those_who_bought_at_the_start(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)
    Result.objects.filter(run=portfolio.run, code="N2").update(net_revenue=0)

    found = measures(portfolio)

    assert found.kept.retention.share == Fraction(400_000, 320_000)
    # others had 4/5 of 1,187,000; now N2's 150,000 are gone
    assert found.kept.others_kept == Fraction(1_187_000 - 150_000, 949_600)


def test_serving_others_is_told_by_month_over_both_windows(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)

    found = measures(portfolio).others_months

    # company 232,000 without N1's 40,000 + nobody's cost; net revenue 1,587,000 + 7,000 − 400,000 − 7,000
    assert list(found) == [202501, 202502, 202601, 202602]
    assert found[202601] == Fraction(197_000, 1_187_000)


def test_another_baseline_may_be_asked_for_and_shared_months_are_told(portfolio, year_before, sign_in):
    admit(portfolio, "N1", BEGIN)
    Run.objects.filter(pk=year_before.pk).update(month_from=202512, month_to=202601)

    shown = sign_in("executive").get("/programme/", {"baseline": year_before.pk})

    assert "shares months with this one" in page_of(shown).text


# What is done for it


def test_plans_contacts_of_executives_and_recognition_are_counted(portfolio, year_before):
    admit(portfolio, "N1", BEGIN)
    admit(portfolio, "S1", BEGIN)
    executive, account = portfolio.user("executive"), portfolio.accounts["N1"]
    Plan.objects.create(account=account, from_on=BEGIN, until_on=date(2028, 12, 31), created_by=executive)
    touch = Touchpoint.objects.create(account=account, held_on=WITHIN, minutes=90, logged_by=executive)
    touch.people.add(executive, portfolio.user("manager"))
    Advocacy.objects.create(account=account, kind="award", happened_on=WITHIN, text="Best supplier", noted_by=executive)

    found = measures(portfolio)

    assert (found.plans.coverage, found.plans.fresh) == (Decimal("0.5"), 1)
    assert (found.executives.contacts, found.executives.hours, found.executives.accounts) == (1, Decimal("1.5"), 1)
    assert [(str(kind), count) for kind, count in found.recognition.kinds] == [("Award or recognition", 1)]


def test_who_may_not_see_a_plan_is_not_told_of_it_by_the_count(portfolio, year_before, sign_in):
    admit(portfolio, "N1", BEGIN)
    Plan.objects.create(
        account=portfolio.accounts["N1"], from_on=BEGIN, until_on=date(2028, 12, 31), visibility="plan_team",
        created_by=portfolio.user("executive"),
    )  # fmt: skip

    assert "1 of 1; 1 fresh" in page_of(sign_in("executive").get("/programme/")).text
    assert "0 of 1; 0 fresh · of the plans you may see" in page_of(sign_in("finance").get("/programme/")).text


# The page


def test_the_page_says_what_was_gained_at_which_cost(portfolio, year_before, sign_in):
    admit(portfolio, "N1", BEGIN)
    cost(portfolio, 202601, 6_000)
    cost(portfolio, 202602, 4_000)

    shown = page_of(sign_in("executive").get("/programme/"))

    assert "Key accounts gained 17.5" in shown.text
    assert "ROI 75.0" in shown.text


def test_the_page_asks_the_database_little_whatever_there_is(portfolio, year_before, sign_in):
    for code in portfolio.accounts:
        admit(portfolio, code, BEGIN)
    client = sign_in("executive")

    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get("/programme/").status_code == 200

    assert len(asked) <= 30


@pytest.mark.parametrize("who", ["manager", "member", "lead", "admin"])
def test_the_figures_of_the_company_are_for_those_who_may_see_them(sign_in, who):
    assert sign_in(who).get("/programme/").status_code == 403
    assert sign_in(who).get("/programme/costs/").status_code == 403


def test_the_measures_come_as_a_file_with_reasons(portfolio, sign_in):
    answer = sign_in("finance").get("/programme/?format=csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = {row["Measure"]: row for row in csv.DictReader(io.StringIO(text))}
    assert "no earlier run" in text
    assert rows["Key accounts with a plan"]["Unit"] == "accounts"
    assert {row["Unit"] for row in rows.values()} == {"share", "USD", "accounts", "contacts", "hours", "times"}
    assert not [row for row in rows.values() if "_" in row["Measure"] or len(row["Value"].partition(".")[2]) > 6]


# Costs


def save(client, cells: dict[str, tuple[str, str]]):
    """Cells with what was typed, and what stood there."""
    sent = {"year": "2026"} | {name: text for name, (text, _was) in cells.items()}
    return client.post("/programme/costs/save/", sent | {f"was:{name}": was for name, (_text, was) in cells.items()})


def test_costs_are_stored_changed_and_taken_back_cell_by_cell(portfolio, sign_in):
    client = sign_in("finance")

    save(client, {"people:202601": ("1 200.50", ""), "travel:202601": ("0", ""), "tools:202601": ("", "")})
    assert costs.stored([202601]) == {("people", 202601): Decimal("1200.50"), ("travel", 202601): 0}

    save(client, {"people:202601": ("1300", "1200.50"), "travel:202601": ("", "0")})
    assert costs.stored([202601]) == {("people", 202601): 1300}


def test_months_nobody_has_stated_have_no_total(portfolio, sign_in):
    cost(portfolio, 202601, 300)
    cost(portfolio, 202602, 0)

    shown = page_of(sign_in("finance").get("/programme/costs/?year=2026"))

    totals = [cell.text for cell in shown.all("td", **{"data-total": "column"})]
    assert totals == ["300.00", "0.00"] + ["–"] * 10
    assert "the year is of 2 of 12 months" in shown.text


def test_nobody_overwrites_a_cell_that_somebody_else_has_changed(portfolio, sign_in):
    save(sign_in("finance"), {"people:202601": ("1000", "")})
    save(sign_in("executive"), {"people:202601": ("2000", "1000")})

    answer = save(sign_in("finance"), {"people:202601": ("3000", "1000"), "travel:202601": ("5", "")})

    assert answer.status_code == 409
    assert "now 2000, by somebody else" in answer.content.decode()
    assert costs.stored([202601]) == {("people", 202601): 2000}
    save(sign_in("finance"), {"people:202601": ("3000", "2000"), "travel:202601": ("5", "")})
    assert costs.stored([202601]) == {("people", 202601): 3000, ("travel", 202601): 5}


def test_two_who_change_other_cells_or_type_the_same_do_not_disturb_each_other(portfolio, sign_in):
    save(sign_in("finance"), {"people:202601": ("1000", "")})

    answer = save(sign_in("executive"), {"people:202601": ("1000", ""), "travel:202601": ("7", "")})

    assert answer.status_code == 302
    assert costs.stored([202601]) == {("people", 202601): 1000, ("travel", 202601): 7}


def test_what_is_refused_is_told_with_row_and_month_and_sums_are_of_what_one_sees(portfolio, sign_in):
    client = sign_in("finance")
    save(client, {"people:202601": ("100", "")})
    typed = {"people:202601": ("300", "100"), "travel:202602": ("abc", ""), "tools:202601": ("5", "")}

    shown = page_of(save(client, typed))

    (notice,) = [each for each in shown.all("div", role="alert") if each.text]
    assert notice.text == "Nothing is saved yet: 1 cell holds no cost. Travel, Feb 2026: “abc”, not a number"
    assert notice.one("a", href="#travel:202602").text == "Travel, Feb 2026"
    assert shown.one("span", **{"data-total": "all"}).text == "305.00"
    assert [each.text for each in shown.all("td", **{"data-total": "column"})][:3] == ["305.00", "–", "–"]


@pytest.mark.parametrize("text", ["-5", "much", "1,5"])
def test_what_is_no_cost_is_refused_and_nothing_is_stored(portfolio, sign_in, text):
    answer = save(sign_in("finance"), {"people:202601": (text, ""), "travel:202601": ("7", "")})

    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert not ProgrammeCost.objects.exists()


# Competences


def assess(client, person, seen: str = "", **levels):
    return client.post(f"/programme/people/{person.pk}/assess/", {"seen": seen} | levels)


def level(portfolio, who: str, code: str, value: int, day: date = TODAY) -> None:
    said = {"changed_at": timezone.now(), "changed_by": portfolio.user("executive")}
    Competence.objects.create(user=portfolio.user(who), competence=code, level=value, assessed_on=day, **said)


def test_a_lead_assesses_the_people_of_his_teams_and_nobody_himself(portfolio, sign_in):
    lead = sign_in("lead")

    assert assess(lead, portfolio.user("manager"), **{"level:finance": "7", "note:finance": "Seen"}).status_code == 302
    assert Competence.objects.get().level == 7
    assert assess(lead, portfolio.user("lead"), **{"level:finance": "9"}).status_code == 422
    assert assess(lead, portfolio.user("stranger"), **{"level:finance": "9"}).status_code == 404
    assert assess(sign_in("manager"), portfolio.user("member"), **{"level:finance": "9"}).status_code == 403
    assert Competence.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "status"),
    [("manager", 200), ("lead", 200), ("executive", 200), ("member", 404), ("stranger", 404), ("finance", 404)],
)
def test_levels_are_seen_by_the_person_his_lead_and_executives_alone(portfolio, sign_in, who, status):
    level(portfolio, "manager", "finance", 3)

    assert sign_in(who).get(f"/programme/people/{portfolio.user('manager').pk}/").status_code == status


def test_a_colleague_learns_no_level_from_any_page(portfolio, sign_in):
    admit(portfolio, "N1", BEGIN)
    CompetenceAsked.objects.create(
        account=portfolio.accounts["N1"], competence="finance", level=9, changed_at=timezone.now()
    )
    for code in known.NAMES:
        level(portfolio, "manager", code, 3)

    for who in ("member", "finance"):
        client = sign_in(who)
        for path in ("/programme/competences/", "/accounts/N1/competences/"):
            shown = page_of(client.get(path)).text
            assert "Missing" not in shown
            assert "Manager" not in shown.replace("asks of its manager", "")


def test_two_who_assess_the_same_person_do_not_overwrite_each_other(portfolio, sign_in):
    person = portfolio.user("manager")
    assess(sign_in("lead"), person, **{"level:finance": "7"})

    answer = assess(sign_in("executive"), person, seen="", **{"level:finance": "2"})

    assert answer.status_code == 409
    assert Competence.objects.get().level == 7


def test_earlier_levels_stay_with_their_day(portfolio, sign_in):
    person = portfolio.user("manager")
    level(portfolio, "manager", "finance", 4, BEGIN)

    assess(sign_in("lead"), person, seen=known.newest(person), **{"level:finance": "6"})

    assert list(Competence.objects.order_by("assessed_on").values_list("level", flat=True)) == [4, 6]
    assert known.levels_of([person.pk]) == {person.pk: {"finance": 6}}


@pytest.mark.parametrize("text", ["11", "-1", "high", "5.5"])
def test_a_level_runs_from_0_to_10(portfolio, sign_in, text):
    assert assess(sign_in("lead"), portfolio.user("manager"), **{"level:finance": text}).status_code == 422
    assert not Competence.objects.exists()


def state(client, **said):
    return client.post("/accounts/N1/competences/save/", said)


def test_a_demand_is_stated_changed_and_taken_back_unless_it_changed_meanwhile(portfolio, sign_in):
    lead = sign_in("lead")

    assert state(lead, **{"asked:finance": "9", "was:finance": ""}).status_code == 302
    assert state(lead, **{"asked:finance": "4", "was:finance": ""}).status_code == 409
    assert CompetenceAsked.objects.get().level == 9
    assert state(lead, **{"asked:finance": "", "was:finance": "9"}).status_code == 302
    assert not CompetenceAsked.objects.exists()


def test_an_account_asks_by_its_box_and_complexity_until_somebody_states_it(portfolio):
    account = portfolio.accounts["N1"]
    account.process_complexity = 9
    CompetenceAsked.objects.create(account=account, competence="finance", level=2, changed_at=timezone.now())

    found = known.demands(portfolio.run, [account])[account.pk]

    assert found.levels["finance"] == 2  # the rule would say 7 for a strategic one
    assert found.levels["coordination"] == 7
    assert found.default["finance"] == 7


def test_nobody_is_compared_with_levels_that_are_hidden_or_not_known(portfolio, sign_in):
    for code in ("N1", "N2"):
        admit(portfolio, code, BEGIN)
    Account.objects.filter(code="N1").update(manager=portfolio.user("stranger"))
    for code in known.NAMES:
        level(portfolio, "stranger", code, 10)
        level(portfolio, "member", code, 9)

    answer = sign_in("lead").get("/programme/competences/")

    assert [row["better"] for row in answer.context["matches"]] == [[], []]
    assert "levels not visible to you" in page_of(answer).text
    assert "Member" not in page_of(sign_in("lead").get("/accounts/N1/competences/")).one("main").text


def test_who_fits_better_is_told_to_leads_of_their_own_people(portfolio, sign_in):
    admit(portfolio, "N1", BEGIN)
    for code in known.NAMES:
        level(portfolio, "manager", code, 5)
        level(portfolio, "member", code, 9)
        level(portfolio, "stranger", code, 10)

    shown = page_of(sign_in("lead").get("/programme/competences/")).text

    assert "Member" in shown
    assert "Stranger" not in shown
    assert "Stranger" in page_of(sign_in("executive").get("/programme/competences/")).text

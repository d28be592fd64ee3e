"""Guidance and balance from end to end: whose accounts they rest on, what is typed, what leaks and what does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client

from accounts.models import Decision
from kam_portal.guidance import difference, heading, size
from profitability.models import Result
from relationships import guidance
from relationships.balance import balance, set_target, target_mix
from relationships.models import Guidance, Investment, Plan, Position, TargetMix
from relationships.spent import Spent
from tests.factories import a_portfolio

SHARES = {"strategic": "40", "star": "30", "status": "20", "streamline": "10", "programme": "12.5"}


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def sign_in(portfolio):
    def signed(role: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(role))
        return client

    return signed


def admit(portfolio, *codes: str) -> None:
    for code in codes:
        Decision.objects.create(
            account=portfolio.accounts[code], outcome="admit", state="approved", reason="Large",
            proposed_on=date(2026, 1, 1), proposed_by=portfolio.user("manager"),
            decided_on=date(2026, 1, 2), decided_by=portfolio.user("executive"), review_on=date(2027, 1, 1),
        )  # fmt: skip


def test_over_served_accounts_come_with_the_money_beyond_the_usual_share(portfolio):
    found = {each.served.code: each for each in Spent(portfolio.user("executive"), portfolio.run).mismatches}

    # shares of cost: N1 .1, N2 .0667, N3 .375, N4 .0625, N5 .3, S1 .1333, S2 .0778, S3 .5, S4 .075, S5 .4
    # fewer than five in each box: the median of all ten, (.1 + .1333…) / 2, counts
    assert set(found) == {"N2", "S2", "N5", "S5"}
    assert found["N5"].kind == found["S5"].kind == "over_served"
    assert found["N2"].kind == found["S2"].kind == "starved"
    assert found["N5"].excess == Decimal("5500.00")
    assert found["N2"].excess == Decimal("-7500.00")
    assert not found["N5"].is_of_box
    assert [each.size for each in found.values()] == sorted((each.size for each in found.values()), reverse=True)


def test_five_accounts_of_a_box_have_a_usual_share_of_their_own(portfolio):
    Position.objects.filter(run=portfolio.run, account__code__in=["N3", "S3", "N5"]).update(box="status")

    found = {each.served.code: each for each in Spent(portfolio.user("executive"), portfolio.run).mismatches}

    assert found["S3"].is_of_box
    assert found["S3"].excess == Decimal("12000.00")  # 30,000 less 0.3 of 60,000
    assert "N5" not in found  # it is the median


def test_a_managers_medians_are_of_the_accounts_he_sees(portfolio, sign_in):
    before = sign_in("manager").get("/guidance/").content.decode()
    Result.objects.filter(run=portfolio.run, code__startswith="S").update(cost_to_serve=1, net_revenue=10**6)
    admit(portfolio, "S1", "S2")

    after = sign_in("manager").get("/guidance/").content.decode()

    assert without_tokens(before) == without_tokens(after)


def without_tokens(page: str) -> list[str]:
    return [line for line in page.splitlines() if "csrf" not in line]


def test_shares_of_boxes_are_of_all_effort_and_of_positive_contribution(portfolio):
    boxes = {each.box: each for each in Spent(portfolio.user("executive"), portfolio.run).boxes}

    assert sum(each.cost_share for each in boxes.values()) == pytest.approx(1)
    assert sum(each.contribution_share for each in boxes.values()) == pytest.approx(1)
    assert boxes["star"].contribution == -30_000
    assert boxes["star"].contribution_share == 0


def test_accounts_without_a_box_are_told_of_and_count_in_what_is_all(portfolio, sign_in):
    # 231,000 go to accounts with a box, 6,000 to N6 without one
    none = next(each for each in Spent(portfolio.user("executive"), portfolio.run).boxes if each.box is None)

    assert (none.count, none.cost, none.usual_share, none.found) == (1, Decimal(6000), None, 0)
    assert none.cost_share == Decimal(6000) / 237_000
    page = sign_in("executive").get("/guidance/").content.decode()
    assert 'href="/accounts/?box=none&amp;order=-cost_to_serve"' in page
    Position.objects.filter(run=portfolio.run, account__code="N6").update(box="status")
    assert None not in {each.box for each in Spent(portfolio.user("executive"), portfolio.run).boxes}


def test_the_balance_counts_key_accounts_by_box_against_the_target(portfolio):
    admit(portfolio, "N1", "N2", "S1", "N6")

    found = balance(portfolio.user("executive"), portfolio.run)

    counts = {each.box: (each.count, each.gap) for each in found.boxes}
    assert counts["strategic"] == (3, Decimal("2.25"))
    assert counts["star"] == (0, Decimal("-0.75"))
    assert (found.members, found.unplaced, found.active) == (4, 1, 11)
    assert found.size_gap == Decimal("2.35")  # 15 % of 11 are 1.65
    assert found.largest_gap.box == "strategic"


@pytest.mark.parametrize(
    ("accounts", "words"),
    [
        ("6.5", "6.5 more than aimed at"),
        ("-5.5", "5.5 fewer than aimed at"),
        ("2.35", "2.4 more than aimed at"),
        ("-2.25", "2.3 fewer than aimed at"),
        ("0.04", "as aimed at"),
    ],
)
def test_differences_are_told_to_the_tenth_and_halves_go_up(accounts, words):
    assert difference(Fraction(accounts)) == words


@pytest.mark.parametrize(
    ("active", "aimed"), [(0, 0), (100, 15), (233, Decimal("34.95")), (234, 35), (400, 35), (100_000, 35)]
)
def test_without_a_target_15_percent_are_aimed_at_and_no_more_than_35(portfolio, active, aimed):
    found = balance(portfolio.user("executive"), portfolio.run)

    aimed_at = replace(found, active=active, target=target_mix(active)).aimed

    assert float(aimed_at) == pytest.approx(float(aimed), abs=0.05)


def test_the_size_of_the_programme_is_told_in_one_sentence_that_agrees_with_the_difference(portfolio):
    found = replace(balance(portfolio.user("executive"), portfolio.run), members=40)
    many = replace(found, active=400, target=target_mix(400))
    own = replace(many, target=replace(target_mix(), revision=1))  # 15 % of 400 are 60

    assert size(found).startswith("Key accounts: 40 against 1.7 aimed at, 15.0")
    assert size(many) == "Key accounts: 40 against 35.0 aimed at; more can hardly be looked after well."
    assert difference(many.size_gap) == "5.0 more than aimed at"
    assert "lower the target first" in size(own)


def test_the_heading_names_the_box_with_most_money(portfolio):
    user = portfolio.user("executive")
    mix = balance(user, portfolio.run)

    def said() -> str:
        return heading(Spent(user, portfolio.run), mix)

    sizes = {each.served.code: each.size for each in Spent(user, portfolio.run).mismatches}
    assert sizes["N2"] + sizes["S2"] > sizes["N5"] + sizes["S5"]
    assert said().startswith("2 Strategic accounts get ") and "less service" in said()

    Result.objects.filter(run=portfolio.run, code="N5").update(cost_to_serve=90_000)

    assert "more service than is usual there" in said()


def test_money_missing_or_beyond_what_is_usual_is_told_in_two_words(sign_in):
    rows = {row["account"].code: row for row in sign_in("executive").get("/guidance/").context["rows"]}

    assert {code: row["side"] for code, row in rows.items()} == {
        "N2": "too little", "S2": "too little", "N5": "too much", "S5": "too much",
    }  # fmt: skip


def test_the_balance_of_a_manager_is_of_the_accounts_he_sees(portfolio, sign_in):
    admit(portfolio, "N1", "S1", "S2")

    assert balance(portfolio.user("manager"), portfolio.run).members == 1
    assert "Of the accounts you see" in sign_in("manager").get("/guidance/").content.decode()
    assert "Of the accounts you see" not in sign_in("executive").get("/guidance/").content.decode()


def test_a_target_is_set_once_for_all_and_not_over_anothers(portfolio, sign_in):
    executive = sign_in("executive")
    assert executive.post("/guidance/edit/target/", SHARES | {"revision": "0"}).status_code == 302
    assert target_mix().boxes["strategic"] == Decimal("0.4")
    assert target_mix().programme == Decimal("0.125")

    answer = executive.post("/guidance/edit/target/", SHARES | {"strategic": "50", "star": "20", "revision": "0"})

    assert answer.status_code == 409
    assert 'value="50"' in answer.content.decode()
    assert TargetMix.objects.get().strategic == Decimal("0.4")


@pytest.mark.parametrize(
    "wrong", [{"star": "29.99"}, {"star": "x"}, {"star": "-30", "strategic": "100"}, {"programme": "101"}, {"star": ""}]
)
def test_a_target_that_is_not_whole_is_refused(sign_in, wrong):
    answer = sign_in("finance").post("/guidance/edit/target/", SHARES | {"revision": "0"} | wrong)

    assert answer.status_code == 422
    assert not TargetMix.objects.exists()


def test_a_decimal_comma_will_do(sign_in):
    sign_in("finance").post("/guidance/edit/target/", SHARES | {"revision": "0", "programme": "12,5"})

    assert target_mix().programme == Decimal("0.125")


def test_the_database_refuses_a_mix_that_is_not_whole(portfolio):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        set_target_row(portfolio, Decimal("0.3"))


def set_target_row(portfolio, star: Decimal) -> None:
    quarter = Decimal("0.25")
    TargetMix.objects.create(
        pk=1, strategic=quarter, star=star, status=quarter, streamline=quarter, programme=quarter,
        changed_at="2026-03-01T00:00:00Z", changed_by=portfolio.user("finance"),
    )  # fmt: skip


def test_words_are_written_over_and_go_back_to_those_shipped(portfolio, sign_in):
    shipped = guidance.stance("star")
    finance = sign_in("finance")
    finance.post("/guidance/edit/words/", {"star.name": "Court", "star.text": "Visit weekly"})

    assert guidance.stance("star") == "Court: Visit weekly"
    assert guidance.stance("star", is_member=False).startswith("Development")
    assert "Visit weekly" in finance.get("/guidance/").content.decode()

    finance.post("/guidance/edit/words/", {"star.name": "", "star.text": ""})

    assert guidance.stance("star") == shipped
    assert not Guidance.objects.exists()


def test_a_stance_that_is_called_like_its_box_is_not_said_twice(db):
    assert guidance.stance("streamline") == "Serve it simply, at low cost and standard terms."
    assert guidance.stance("status").startswith("Maintain: Keep it")


def test_a_stance_without_what_to_do_is_refused(sign_in):
    answer = sign_in("finance").post("/guidance/edit/words/", {"star.name": "Court", "star.text": ""})

    assert answer.status_code == 422
    assert not Guidance.objects.exists()


@pytest.mark.parametrize(("role", "status"), [("manager", 403), ("lead", 403), ("member", 403), ("executive", 200)])
def test_only_who_steers_the_portfolio_edits_words_and_target(sign_in, role, status):
    assert sign_in(role).get("/guidance/edit/").status_code == status


def test_a_lead_with_company_figures_edits_them(portfolio, sign_in):
    lead = portfolio.user("lead")
    lead.sees_company_figures = True
    lead.save()

    assert sign_in("lead").get("/guidance/edit/").status_code == 200


def test_filters_narrow_what_is_shown_and_not_what_is_usual(sign_in):
    whole = sign_in("executive").get("/guidance/")
    some = sign_in("executive").get("/guidance/?segment=other")

    assert [row["account"].code for row in some.context["rows"]] == ["N5", "S5"]
    assert [row["each"] for row in some.context["rows"]] == [
        row["each"] for row in whole.context["rows"] if row["account"].segment == "other"
    ]


def test_the_list_is_a_file_too(sign_in):
    answer = sign_in("executive").get("/guidance/?format=csv")

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert text.count("Starved Strategic") == 2
    assert "USD" in text


def test_targets_are_set_by_function_as_well(portfolio):
    boxes = dict.fromkeys(("strategic", "star", "status", "streamline"), Decimal("0.25"))

    set_target(portfolio.user("finance"), boxes, Decimal("0.2"), 0)

    assert target_mix().revision == 1


def a_plan(portfolio, code: str, visibility: str, **investment) -> None:
    plan = Plan.objects.create(
        account=portfolio.accounts[code], visibility=visibility, from_on=date(2026, 1, 1), until_on=date(2028, 12, 31),
        created_by=portfolio.user("manager"),
    )  # fmt: skip
    Investment.objects.create(plan=plan, text="A line of their own", **investment)


def test_what_plans_invest_in_the_window_stands_beside_the_effort(portfolio, sign_in):
    # the window is January and February 2026: 59 days
    a_plan(portfolio, "N2", "everyone", expected_cost=365, from_on=date(2026, 1, 1), until_on=date(2026, 12, 31))
    a_plan(portfolio, "N5", "everyone", expected_cost=9, actual_cost=Decimal("7.5"), from_on=date(2026, 2, 28))
    a_plan(portfolio, "S2", "plan_team", expected_cost=1000, from_on=date(2026, 1, 5))
    a_plan(portfolio, "N1", "everyone", expected_cost=1000)  # nobody has said when

    seen = {role: Spent(portfolio.user(role), portfolio.run).invested for role in ("manager", "finance", "executive")}

    n2, n5, s2 = (portfolio.accounts[code].pk for code in ("N2", "N5", "S2"))
    assert seen["manager"] == seen["finance"] == {n2: Decimal("59.00"), n5: Decimal("7.50")}
    assert seen["executive"] == seen["manager"] | {s2: Decimal("1000.00")}
    assert sum(each.invested for each in Spent(portfolio.user("executive"), portfolio.run).boxes) == Decimal("1066.50")
    assert "its plan invests" in sign_in("manager").get("/guidance/").content.decode()


def test_without_plans_nothing_is_said_of_investments(portfolio, sign_in):
    assert Spent(portfolio.user("executive"), portfolio.run).boxes[0].invested is None
    assert "Plan investments" not in sign_in("executive").get("/guidance/").content.decode()

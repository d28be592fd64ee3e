"""Selection and decisions from end to end: who proposes, who approves, and who is a key account since when."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts import programme
from accounts.models import Account, Decision
from accounts.versions import NotPossible
from profitability.models import Result
from relationships.models import Position
from tests.factories import a_portfolio

NEXT_YEAR = timezone.localdate() + timedelta(days=365)


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


@pytest.fixture
def decided(portfolio):
    """`decided("N1", "admit", date(…))`: an approved decision."""

    def make(code: str, outcome: str, day: date, review: date | None = None) -> Decision:
        return Decision.objects.create(
            account=portfolio.accounts[code], outcome=outcome, state="approved", reason="Because", proposed_on=day,
            proposed_by=portfolio.user("manager"), decided_on=day, decided_by=portfolio.user("executive"),
            review_on=review,
        )  # fmt: skip

    return make


def codes(rows) -> list[str]:
    return [row["result"].account.code for row in rows]


def propose(client, code="N1", **said):
    said = {"outcome": "admit", "reason": "Grows fast", "review_on": NEXT_YEAR.isoformat()} | said
    return client.post(f"/accounts/{code}/decisions/propose/", said)


def test_a_proposal_that_is_approved_makes_a_key_account(portfolio, sign_in):
    assert propose(sign_in("manager")).status_code == 302
    assert not programme.members().exists()
    found = Decision.objects.get()

    sign_in("executive").post(f"/decisions/{found.pk}/decide/", {"do": "approve", "answer": "Agreed"})

    found.refresh_from_db()
    assert (found.state, found.answer, found.decided_by) == ("approved", "Agreed", portfolio.user("executive"))
    assert list(programme.members()) == [portfolio.accounts["N1"]]
    assert "Key account" in sign_in("manager").get("/accounts/N1/").content.decode()


def test_a_proposal_that_is_declined_needs_an_answer_and_changes_nothing(sign_in):
    propose(sign_in("manager"))
    found, executive = Decision.objects.get(), sign_in("executive")

    executive.post(f"/decisions/{found.pk}/decide/", {"do": "decline", "answer": " "})
    assert Decision.objects.get().state == "proposed"
    executive.post(f"/decisions/{found.pk}/decide/", {"do": "decline", "answer": "Too small"})

    assert Decision.objects.get().state == "declined"
    assert not programme.members().exists()
    assert "Too small" in sign_in("manager").get("/accounts/N1/decisions/").content.decode()


def test_a_decision_tells_what_was_known_on_its_day(portfolio, sign_in, decided):
    Position.objects.filter(run=portfolio.earlier, account__code="N1").update(box="star", attractiveness="6.25")
    first, second = (timezone.localdate(run.published_at) for run in (portfolio.earlier, portfolio.run))
    for day in (first - timedelta(days=1), first, second):
        decided("N1", "admit", day)

    answer = sign_in("manager").get("/accounts/N1/decisions/")

    found = {each.decided_on: each.rested_on for each in answer.context["history"]}

    assert found[first - timedelta(days=1)] is None
    assert (found[first].run, found[first].box) == (portfolio.earlier, "star")
    assert found[second].run == portfolio.run
    assert "attractiveness 6.25, relationship 7.00" in answer.content.decode()
    propose(sign_in("manager"), outcome="keep")
    assert "What is known" in (text := sign_in("manager").get("/accounts/N1/decisions/").content.decode())
    assert text.count("attractiveness 8.00, relationship 7.00") == 3  # once decided by it, twice waiting


def test_nobody_decides_on_his_own_proposal(sign_in):
    propose(sign_in("executive"))
    found = Decision.objects.get()

    answer = sign_in("executive").post(f"/decisions/{found.pk}/decide/", {"do": "approve"}, follow=True)

    assert "It is your own proposal" in answer.content.decode()
    assert Decision.objects.get().state == "proposed"


@pytest.mark.parametrize("role", ["manager", "lead", "member", "finance", "admin"])
def test_only_executives_approve(sign_in, role):
    propose(sign_in("manager"))

    answer = sign_in(role).post(f"/decisions/{Decision.objects.get().pk}/decide/", {"do": "approve"})

    assert answer.status_code == 403
    assert Decision.objects.get().state == "proposed"


@pytest.mark.parametrize(("role", "status"), [("manager", 302), ("lead", 302), ("executive", 302), ("finance", 403),
                                              ("member", 403)])  # fmt: skip
def test_who_proposes(sign_in, role, status):
    assert propose(sign_in(role)).status_code == status


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": " "},
        {"outcome": "keep"},
        {"outcome": "release"},
        {"outcome": "marry"},
        {"review_on": ""},
        {"review_on": "2020-01-01"},
        {"review_on": "2026-02-31"},
        {"review_on": "soon"},
        {"review_on": (programme.latest_review() + timedelta(days=1)).isoformat()},
    ],
)
def test_a_proposal_that_says_too_little_is_refused_and_kept_on_the_page(sign_in, wrong):
    answer = propose(sign_in("manager"), **wrong)

    assert answer.status_code == 422
    assert wrong.get("reason", "Grows fast").strip() in answer.content.decode()
    assert not Decision.objects.exists()


def test_a_review_is_at_most_three_years_ahead(sign_in):
    assert propose(sign_in("manager"), review_on=programme.latest_review().isoformat()).status_code == 302
    assert programme.in_years(date(2024, 2, 29), 3) == date(2027, 2, 28)


def test_one_proposal_waits_at_a_time(sign_in):
    propose(sign_in("manager"))

    assert propose(sign_in("lead")).status_code == 422


def test_a_decision_is_taken_once(portfolio, sign_in):
    propose(sign_in("manager"))
    found = Decision.objects.get()
    programme.decide(portfolio.user("executive"), Decision.objects.get(), True, "")

    with pytest.raises(NotPossible, match="meanwhile"):
        programme.decide(portfolio.user("executive"), found, False, "No")


def test_who_is_a_member_follows_the_latest_decision_of_the_day(portfolio, decided):
    decided("N1", "admit", date(2025, 1, 10))
    decided("N1", "keep", date(2025, 6, 10))
    decided("N1", "release", date(2026, 1, 10))
    decided("N2", "admit", date(2026, 1, 10))
    decided("N2", "release", date(2026, 1, 10))  # the later one of a day counts

    def on(day: date) -> set[str]:
        return set(programme.members(day).values_list("code", flat=True))

    assert on(date(2025, 1, 9)) == set()
    assert on(date(2025, 1, 10)) == on(date(2026, 1, 9)) == {"N1"}
    assert on(date(2026, 1, 10)) == set()


def test_lists_part_candidates_from_key_accounts(sign_in, decided):
    decided("N1", "admit", date(2026, 1, 1), review=timezone.localdate() + timedelta(days=20))
    decided("N2", "admit", date(2026, 1, 1), review=timezone.localdate() + timedelta(days=40))
    executive = sign_in("executive")

    assert set(codes(executive.get("/selection/?show=key").context["rows"])) == {"N1", "N2"}
    assert codes(executive.get("/selection/?show=review").context["rows"]) == ["N1"]
    assert "N1" not in codes(executive.get("/selection/").context["rows"])
    assert "1 key account is up for review" in executive.get("/selection/").content.decode()


def test_candidates_are_in_the_boxes_worth_developing_and_all_others_are_a_list_of_their_own(
    portfolio, sign_in, decided
):
    executive = sign_in("executive")
    decided("N2", "admit", date(2026, 1, 1))

    candidates = executive.get("/selection/").context["rows"]
    others = executive.get("/selection/?show=others").context["rows"]

    assert {row["result"].position.box for row in candidates} == {"strategic", "star"}
    assert not {row["result"].position.box for row in others} & {"strategic", "star"}
    active = set(
        Result.objects.in_run(portfolio.run).of_accounts().filter(is_active=True).values_list("code", flat=True)
    )
    assert set(codes(candidates)) | set(codes(others)) == active - {"N2"}


def test_an_account_that_waits_for_a_decision_is_not_proposed_again(sign_in):
    propose(sign_in("manager"))
    today = timezone.localdate()

    for address in ("/selection/", "/selection/compare/?codes=N1&codes=N2"):
        text = sign_in("manager").get(address).content.decode()
        assert text.count(f"Waiting since {today.day} {today:%b}") == 1
        assert "Propose<span" in text


@pytest.mark.parametrize(
    ("growth", "words"), [("0.105", "+10.5\u202f%"), ("9", "+900.0\u202f%"), ("9.000001", "> 10×"), (None, "–")]
)
def test_growth_from_next_to_nothing_is_no_percentage(sign_in, growth, words):
    Result.objects.filter(code="N1").update(growth=growth)

    rows = {row["result"].code: row for row in sign_in("executive").get("/selection/").context["rows"]}

    assert rows["N1"]["growth"] == words


def test_growth_from_next_to_nothing_does_not_make_an_account_worth_watching(portfolio, sign_in):
    rows = Result.objects.filter(run=portfolio.run)
    rows.update(revenue_class="C", share_of_wallet=Decimal("0.2"), contribution=1, growth=0)
    rows.filter(code="S1").update(revenue_class="A", net_revenue=Decimal(1_000_000))  # a hundredth: 10,000
    rows.filter(code="N1").update(net_revenue=Decimal(100_000), growth=Decimal(9))
    rows.filter(code="N2").update(net_revenue=Decimal(100_000), growth=Decimal("9.1"))
    rows.filter(code="N3").update(net_revenue=Decimal(2_000_000), growth=Decimal("216.157"))
    Account.objects.update(annual_potential=None)

    answer = sign_in("executive").get("/selection/?show=watch")

    assert codes(answer.context["rows"]) == ["N1"]
    assert "from at least 10,000.00 USD in the window before" in answer.content.decode()


def test_candidates_come_most_attractive_first_and_sort_otherwise(sign_in):
    executive = sign_in("executive")

    assert codes(executive.get("/selection/").context["rows"])[:2] == ["S1", "N1"]
    assert codes(executive.get("/selection/?order=contribution").context["rows"])[0] in {"N3", "S3"}
    assert executive.get("/selection/?order=password").status_code == 200


def test_the_watch_list_has_small_accounts_with_room_to_grow(portfolio, sign_in, decided):
    rows = Result.objects.filter(run=portfolio.run)
    rows.filter(code__in=["N2", "N4", "N5", "S2", "S3", "S4"]).update(revenue_class="C", share_of_wallet=Decimal("0.2"))
    rows.filter(code="N2").update(growth=Decimal("0.1"))
    rows.filter(code="N4").update(growth=Decimal("0.0999"))
    rows.filter(code="S2").update(growth=Decimal("0.5"), share_of_wallet=Decimal("0.3"))
    rows.filter(code="S3").update(growth=Decimal("0.5"))  # it loses money
    rows.filter(code="S4").update(growth=Decimal("0.5"))
    Account.objects.update(annual_potential=Decimal(1))
    Account.objects.filter(code="N5").update(annual_potential=Decimal(30_000))  # S5, the smallest A: 5,000 in 2 months
    decided("S4", "admit", date(2026, 1, 1))

    assert set(codes(sign_in("executive").get("/selection/?show=watch").context["rows"])) == {"N2", "N5"}
    assert "30,000.00" in sign_in("executive").get("/selection/?show=watch").content.decode()


def test_fit_is_told_where_both_complexities_are_known(portfolio, sign_in):
    Account.objects.filter(code="N1").update(process_complexity=5, product_complexity=9)
    Account.objects.filter(code="N2").update(process_complexity=2, product_complexity=9)
    Account.objects.filter(code="N3").update(process_complexity=0, product_complexity=4)

    rows = sign_in("manager").get("/selection/?order=-fit").context["rows"]

    assert [row["fit"] for row in rows] == ["programme", "depends", "transactional"]
    assert {row["fit"] for row in sign_in("manager").get("/selection/?show=others").context["rows"]} == {None}


def test_filters_keep_the_list_in_view(sign_in, decided):
    decided("N1", "admit", date(2026, 1, 1))
    decided("S1", "admit", date(2026, 1, 1))

    answer = sign_in("executive").get("/selection/?show=key&order=name&team=north")

    assert codes(answer.context["rows"]) == ["N1"]
    assert '<input type="hidden" name="show" value="key"' in answer.content.decode()
    assert [str(chip) for chip in answer.context["chips"]] == ["Team North"]


def test_lists_ask_the_database_as_often_for_many_accounts(sign_in, django_assert_max_num_queries):
    executive = sign_in("executive")

    def asked(address: str) -> int:
        with django_assert_max_num_queries(60) as found:
            assert executive.get(address).status_code == 200
        return len(found)

    for address in ("/selection/", "/selection/?show=watch", "/guidance/"):
        assert asked(f"{address}{'&' if '?' in address else '?'}q=N1") == asked(address)


def test_accounts_are_compared_side_by_side(sign_in):
    answer = sign_in("manager").get("/selection/compare/?codes=N1&codes=N3")

    lines = {line.label: line for line in answer.context["lines"]}
    assert lines["Net revenue"].cells == ["400,000.00", "120,000.00"]
    assert lines["Contribution"].best == {0}
    assert lines["What its box asks for"].cells[1].startswith("Development")


@pytest.mark.parametrize("asked", ["", "codes=N1", "codes=N1&codes=S1", "codes=N1,N2,N3,N4,N5,N6"])
def test_a_comparison_needs_two_to_five_accounts_in_sight(sign_in, asked):
    assert sign_in("manager").get(f"/selection/compare/?{asked}").status_code == 302


def test_nothing_of_other_teams_shows(portfolio, sign_in, decided):
    propose(sign_in("executive"), "S1")
    decided("S2", "admit", date(2026, 1, 1))

    for address in ("/selection/", "/selection/?show=key", "/selection/?show=watch", "/api/v1/decisions/"):
        text = sign_in("manager").get(address).content.decode()
        assert "Account S" not in text
        assert '"S1"' not in text


def test_lists_are_files_too(sign_in):
    text = b"".join(sign_in("manager").get("/selection/?format=csv").streaming_content).decode("utf-8-sig")

    assert "Account N1" in text
    assert "Account S1" not in text


@pytest.mark.parametrize(("which", "expected"), [("key", {"N1"}), ("others", {"N2", "N3", "N4", "N5", "N6"})])
def test_every_list_filters_by_the_programme(sign_in, decided, which, expected):
    decided("N1", "admit", date(2026, 1, 1))

    page = sign_in("member").get(f"/accounts/?programme={which}").context["page"]

    assert {row.code for row in page} == expected

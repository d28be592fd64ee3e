import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from accounts.models import Account, Import, User
from profitability.models import Result, Run
from relationships.models import AccountCriterion, CriteriaSet, Position, Rating
from tests.bringing import bring, counts, problems

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"

CRITERIA = """
    code: default
    version: 1
    cut: {attractiveness: 5.0, relationship: 5.0, basis: absolute}
    attractiveness:
      - {code: potential, name: Potential, weight: 60, kind: judged, anchors: {0: low, 10: high}}
      - {code: margin, name: Margin, weight: 40, kind: measured, measure: contribution, scale: [[0, 0], [10, 10]]}
    relationship:
      - {code: trust, name: Trust, weight: 70, kind: judged, anchors: {0: low, 10: high}}
      - {code: price, name: Price, weight: 30, kind: judged, anchors: {0: low, 10: high}}
"""
OWN = """
    account_code,criterion,weight,competitor_score
    A,trust,62.5,7.25
    A,price,37.5,
    B,trust,,8
"""
RATINGS = """
    account_code,criterion,score,perspective,status,rater_email,rated_on,evidence
    A,trust,7.5,,,Ann@example.com,2025-01-10,"Said so, in
    two lines"
    A,trust,3,buyer,confirmed,ann@example.com,2025-01-10,
"""


@pytest.fixture(autouse=True)
def portfolio(db):
    User.objects.create_user("ann@example.com", "Ann", "manager")
    for code in "AB":
        Account.objects.create(code=code, name=code)


def test_criteria_are_stored_left_replaced_and_when_used_refused(tmp_path):
    assert counts(bring(tmp_path, "criteria", CRITERIA)) == (1, 0, 0, 0)
    assert counts(bring(tmp_path, "criteria", CRITERIA)) == (0, 0, 1, 0)
    other = CRITERIA.replace("weight: 70", "weight: 60").replace("weight: 30", "weight: 40")
    assert counts(bring(tmp_path, "criteria", other)) == (0, 1, 0, 0)

    use(CriteriaSet.objects.get())
    record = bring(tmp_path, "criteria", CRITERIA)

    assert problems(record) == [(2, "version", "1")]


def use(criteria):
    account, run = Account.objects.get(code="A"), Run.objects.create()
    zeros = {
        field.name: 0
        for field in Result._meta.concrete_fields
        if not field.null and not field.has_default() and field.name not in ("id", "run", "account")
    }
    result = Result.objects.create(run=run, account=account, **zeros)
    Position.objects.create(
        run=run,
        attempt=1,
        account=account,
        result=result,
        criteria_set=criteria,
        attractiveness_coverage=1,
        relationship_coverage=1,
    )


def test_weights_that_do_not_make_100_are_refused_with_line_and_place(tmp_path):
    record = bring(tmp_path, "criteria", CRITERIA.replace("weight: 70", "weight: 69"))

    assert record.state == Import.State.REFUSED
    assert [(line, column) for line, column, _value in problems(record)] == [(8, "relationship")]


def test_a_published_table_whose_weights_make_105_is_refused(tmp_path):
    example = json.loads((DATA / "scoring_weights_not_100.json").read_text())
    document = yaml.safe_load(CRITERIA)
    document["relationship"] = [
        {"code": code, "name": code, "weight": float(weight) * 100, "kind": "judged"}
        for code, weight in example["weights"].items()
    ]

    record = bring(tmp_path, "criteria", yaml.safe_dump(document, sort_keys=False))

    assert record.state == Import.State.REFUSED
    assert record.problems[0]["reason"] == "the weights add up to 105, not to 100"
    assert not CriteriaSet.objects.exists()


def test_an_imported_version_is_ready_and_in_force_whatever_day_the_one_before_is_from(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)
    CriteriaSet.objects.update(valid_from=date(2026, 3, 1))

    bring(tmp_path, "criteria", CRITERIA.replace("version: 1", "version: 2"))

    row = CriteriaSet.objects.get(version=2)
    assert (row.state, row.valid_from) == ("ready", date(2026, 3, 1))
    assert CriteriaSet.objects.in_force(date(2026, 3, 1)) == row


def test_a_file_replaces_a_draft_of_its_version_and_makes_it_ready(tmp_path):
    CriteriaSet.objects.create(code="default", version=1, document={}, state="draft", valid_from=date(2090, 1, 1))

    assert counts(bring(tmp_path, "criteria", CRITERIA)) == (0, 1, 0, 0)

    row = CriteriaSet.objects.get()
    assert (row.state, row.valid_from, row.revision) == ("ready", None, 2)


def test_own_weights_go_in_and_again_change_nothing(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)

    assert counts(bring(tmp_path, "account_criteria", OWN)) == (3, 0, 0, 0)
    assert counts(bring(tmp_path, "account_criteria", OWN)) == (0, 0, 3, 0)
    own = AccountCriterion.objects.get(account__code="A", criterion="trust")
    assert (own.weight, own.competitor_score) == (Decimal("62.5"), Decimal("7.25"))


def test_own_weights_of_file_and_ledger_together_make_100(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)
    bring(tmp_path, "account_criteria", OWN)
    header = "account_code,criterion,weight\n"

    half = bring(tmp_path, "account_criteria", header + "A,price,40\n")
    whole = bring(tmp_path, "account_criteria", header + "A,price,40\nA,trust,60\n")

    assert problems(half) == [(2, "account_code", "A")]
    assert "102.5" in half.problems[0]["reason"]
    assert counts(whole) == (0, 2, 0, 0)
    assert AccountCriterion.objects.get(account__code="A", criterion="trust").competitor_score == Decimal("7.25")


@pytest.mark.parametrize("weight", ["99.9999", "0"])
def test_own_weights_below_100_are_refused(tmp_path, weight):
    record = bring(tmp_path, "account_criteria", f"account_code,criterion,weight\nA,trust,{weight}\n")

    assert problems(record) == [(2, "account_code", "A")]
    assert not AccountCriterion.objects.exists()


def test_own_criteria_are_of_the_relationship_axis(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)

    record = bring(
        tmp_path,
        "account_criteria",
        """
        account_code,criterion,weight,competitor_score
        A,potential,100,
        A,trsut,100,
        Z,trust,100,
        A,trust,101,
        A,trust,100,10.5
        """,
    )

    assert problems(record) == [
        (2, "criterion", "potential"),
        (3, "criterion", "trsut"),
        (4, "account_code", "Z"),
        (5, "weight", "101"),
        (6, "competitor_score", "10.5"),
    ]
    assert "trust" in record.problems[1]["reason"]


def test_ratings_are_ours_and_assumed_unless_the_file_says_so(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)

    assert counts(bring(tmp_path, "ratings", RATINGS)) == (2, 0, 0, 0)
    assert counts(bring(tmp_path, "ratings", RATINGS)) == (0, 0, 2, 0)

    ours = Rating.objects.get(perspective="supplier")
    assert (ours.score, ours.status, ours.rater.name, ours.rated_on) == (
        Decimal("7.5"),
        "assumed",
        "Ann",
        date(2025, 1, 10),
    )
    assert "\n" in ours.evidence


def test_a_rating_is_corrected_by_its_key_and_a_later_one_stays_beside_it(tmp_path):
    bring(tmp_path, "ratings", RATINGS)

    record = bring(
        tmp_path,
        "ratings",
        RATINGS.replace("7.5", "8").replace(
            "confirmed,ann@example.com,2025-01-10", "confirmed,ann@example.com,2025-02-10"
        ),
    )

    assert counts(record) == (1, 1, 0, 0)
    assert sorted(Rating.objects.values_list("score", flat=True)) == [3, 3, 8]


LINKED = """
    account_code,criterion,score,rater_email,rated_on,link
    A,trust,7.5,ann@example.com,2025-01-10,https://intranet.example.com/visit?7
    B,trust,3,ann@example.com,2025-01-10,
"""


def test_a_rating_may_have_a_link_to_its_evidence(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)

    assert counts(bring(tmp_path, "ratings", LINKED)) == (2, 0, 0, 0)
    assert counts(bring(tmp_path, "ratings", LINKED)) == (0, 0, 2, 0)

    links = dict(Rating.objects.values_list("account__code", "link"))
    assert links == {"A": "https://intranet.example.com/visit?7", "B": ""}


@pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://example.com/a", "visit 7", "//example.com/a"])
def test_a_link_that_is_no_web_address_is_refused(tmp_path, link):
    bring(tmp_path, "criteria", CRITERIA)

    record = bring(tmp_path, "ratings", LINKED.replace("https://intranet.example.com/visit?7", link))

    assert problems(record) == [(2, "link", link)]
    assert not Rating.objects.exists()


def test_ratings_of_unknown_people_accounts_and_criteria_are_refused(tmp_path):
    bring(tmp_path, "criteria", CRITERIA)

    record = bring(
        tmp_path,
        "ratings",
        """
        account_code,criterion,score,perspective,rater_email,rated_on
        A,trust,5,,bob@example.com,2025-01-10
        Z,trust,5,,ann@example.com,2025-01-10
        A,margin,5,,ann@example.com,2025-01-10
        A,truth,5,,ann@example.com,2025-01-10
        A,trust,10.1,,ann@example.com,2025-01-10
        A,trust,5,their,ann@example.com,2025-01-10
        A,price,5,,ann@example.com,2025-01-10
        A,price,6,supplier,ANN@example.com,2025-01-10
        """,
    )

    assert problems(record) == [
        (2, "rater_email", "bob@example.com"),
        (3, "account_code", "Z"),
        (4, "criterion", "margin"),
        (5, "criterion", "truth"),
        (6, "score", "10.1"),
        (7, "perspective", "their"),
        (9, "account_code", "A"),
    ]
    assert record.state == Import.State.REFUSED
    assert not Rating.objects.exists()

import pytest

from kam_portal.changes import changes
from profitability.models import Result
from relationships.models import CriteriaSet, Position
from relationships.queries import portfolio as portfolio_of
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    return a_portfolio()


def told(portfolio, who: str = "manager", profit: bool = True, **options) -> list[tuple[str, str, str]]:
    user = portfolio.user(who)
    rows = portfolio_of(user, portfolio.run).order_by("code")
    return [
        (change.result.code, change.what, change.cause)
        for change in changes(user, rows, portfolio.earlier, profit, **options)
    ]


def place(run, code: str, scores: dict[str, tuple] | None = None, measure: str | None = None, **fields) -> None:
    """Give an account another position: `scores` are axis, weight and score of each criterion."""
    listed = [
        {"axis": axis, "code": name, "name": name, "weight": weight, "score": score, "measure": measure}
        for name, (axis, weight, score) in (scores or {}).items()
    ]
    Position.objects.filter(run=run, account__code=code).update(scores=listed, **fields)


def test_nothing_changed_between_two_equal_runs(portfolio):
    assert told(portfolio) == []
    assert changes(portfolio.user("manager"), Result.objects.all(), None, True) == []


def test_a_box_change_names_the_criterion_that_took_the_account_over_the_cut(portfolio):
    # Star → Strategic: stronger. Potential moved more (60 × 3), but on the other axis; price moved the other way.
    before = {
        "trust": ("relationship", 60, 3.0),
        "price": ("relationship", 40, 9.0),
        "growth": ("attractiveness", 60, 5),
    }
    after = {
        "trust": ("relationship", 60, 5.5),
        "price": ("relationship", 40, 7.5),
        "growth": ("attractiveness", 60, 8),
    }
    place(portfolio.earlier, "N3", before)
    place(portfolio.run, "N3", after, box="strategic")

    assert told(portfolio) == [("N3", "Star → Strategic", "the relationship is stronger: trust +2.5")]


def test_a_box_change_over_both_cuts_says_both(portfolio):
    place(portfolio.earlier, "N1", {"trust": ("relationship", 1, 8.0), "growth": ("attractiveness", 1, 8.0)})
    place(
        portfolio.run, "N1", {"trust": ("relationship", 1, 4.0), "growth": ("attractiveness", 1, 3.5)}, box="streamline"
    )

    assert told(portfolio) == [
        ("N1", "Strategic → Streamline", "it is less attractive: growth −4.5; the relationship is weaker: trust −4.0")
    ]


def test_a_first_box_a_lost_box_and_other_criteria_have_their_own_causes(portfolio):
    scored = {"trust": ("relationship", 1, 8.0)}
    place(portfolio.earlier, "N6", scored)
    place(portfolio.run, "N6", scored, box="status")
    place(portfolio.run, "N5", {}, box="")
    other = CriteriaSet.objects.create(code="default", version=2, document={})
    place(portfolio.run, "N1", scored, box="status", criteria_set=other)

    assert told(portfolio) == [
        ("N1", "Strategic → Status", "the criteria changed"),
        ("N5", "Streamline → no box", "too few criteria are scored now"),
        ("N6", "no box → Status", "enough criteria are scored now"),
    ]


def test_without_a_criterion_that_moved_that_way_only_the_way_is_told(portfolio):
    place(portfolio.run, "N3", {"trust": ("relationship", 1, 6.0)}, box="strategic")  # not scored before

    assert told(portfolio) == [("N3", "Star → Strategic", "the relationship is stronger")]


def test_whoever_may_not_see_profit_is_not_told_that_profit_moved_the_box(portfolio):
    for run, score in ((portfolio.earlier, 8.0), (portfolio.run, 2.0)):
        place(run, "N1", {"profit": ("attractiveness", 1, score)}, measure="contribution_margin")
    Position.objects.filter(run=portfolio.run, account__code="N1").update(box="status")

    assert told(portfolio) == [("N1", "Strategic → Status", "it is less attractive: profit −6.0")]
    assert told(portfolio, "member", profit=False) == [("N1", "Strategic → Status", "it is less attractive")]


def test_a_change_of_money_names_the_part_that_explains_most(portfolio):
    results = Result.objects.filter(run=portfolio.run, code="N1")  # contributes 80,000
    results.update(contribution=70_000, presale=29_000, cost_to_serve=49_000, net_revenue=399_000)

    assert told(portfolio) == [("N1", "contribution down 10,000.00 to 70,000.00", "presale +9,000.00")]
    assert told(portfolio, "member", profit=False) == []


def test_a_gain_is_explained_by_what_helped(portfolio):
    Result.objects.filter(run=portfolio.run, code="N3").update(
        contribution=5_000, production=2_500, net_revenue=119_000
    )

    assert told(portfolio) == [("N3", "contribution up 20,000.00 to 5,000.00", "production −20,000.00")]


def test_less_than_a_tenth_is_no_change(portfolio):
    Result.objects.filter(run=portfolio.run, code="N1").update(contribution=72_001)
    assert told(portfolio) == []

    Result.objects.filter(run=portfolio.run, code="N1").update(contribution=72_000)
    assert [code for code, _what, _cause in told(portfolio)] == ["N1"]


def test_boxes_come_first_then_the_largest_sums_and_no_more_than_asked_for(portfolio):
    for code, contribution in (("N1", 0), ("N2", 0), ("N4", -50_000)):  # by 80,000, 50,000 and 65,000
        Result.objects.filter(run=portfolio.run, code=code).update(contribution=contribution)
    place(portfolio.run, "N5", {}, box="star")

    assert [code for code, *_rest in told(portfolio)] == ["N5", "N1", "N4", "N2"]
    assert [code for code, *_rest in told(portfolio, most=2)] == ["N5", "N1"]


def test_only_accounts_that_one_sees_and_that_were_there_before_can_change(portfolio):
    Result.objects.filter(run=portfolio.run, code__in=["N1", "S1"]).update(contribution=1)
    Result.objects.filter(run=portfolio.earlier, code="N1").delete()

    assert told(portfolio) == []
    assert [code for code, *_rest in told(portfolio, "finance")] == ["S1"]

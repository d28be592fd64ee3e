from datetime import date

import pytest

from kam_portal.changes import changes
from profitability.models import Result
from relationships.models import CriteriaSet, PositionChange
from relationships.queries import portfolio as portfolio_of
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    made = a_portfolio()
    PositionChange.objects.all().delete()
    return made


def told(portfolio, who: str = "manager", profit: bool = True, **options) -> list[tuple[str, str, str]]:
    user = portfolio.user(who)
    rows = portfolio_of(user, portfolio.run).order_by("code")
    return [
        (change.result.code, change.what, change.cause)
        for change in changes(user, rows, portfolio.earlier, profit, **options)
    ]


def note(portfolio, code: str, before: str, after: str, *causes: dict, kind: str = "box") -> None:
    """The run noted a change, with its causes."""
    PositionChange.objects.create(
        run=portfolio.run, attempt=1, account=portfolio.accounts[code], kind=kind, before=before, after=after,
        causes=list(causes), changed_on=date(2026, 3, 2),
    )  # fmt: skip


def cause(name: str, effect: float | None, axis: str = "relationship", kind: str = "rating", **more) -> dict:
    return {"cause": kind, "axis": axis, "code": name.lower(), "name": name, "effect": effect, **more}


def test_nothing_changed_between_two_equal_runs(portfolio):
    assert told(portfolio) == []
    assert changes(portfolio.user("manager"), Result.objects.all(), None, True) == []


def test_a_box_change_names_what_took_the_account_over_the_cut(portfolio):
    """Price moved more, but the other way."""
    trust, price = cause("Trust", 1.5, change=2.5), cause("Price", -1.6, change=-4)
    note(portfolio, "N3", "star", "strategic", price, trust)

    assert told(portfolio) == [("N3", "Star → Strategic", "Trust rose by 2.5 (rating)")]


def test_a_box_change_over_both_cuts_says_both(portfolio):
    growth = cause("Growth", -2, "attractiveness", "data", change=-4.5)
    note(portfolio, "N1", "strategic", "streamline", growth, cause("Trust", -1, change=-4))

    assert told(portfolio) == [
        ("N1", "Strategic → Streamline", "Growth fell by 4.5 (figures); Trust fell by 4.0 (rating)")
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (cause("Trust", 0.8, kind="weights", change=15), "Trust weighs 15.0 more (weights)"),
        (cause("Trust", 0.8, kind="weights", change=-15), "Trust weighs 15.0 less (weights)"),
        (cause("", 0.8, kind="weights"), "the criteria changed"),
        (cause("Sales", 0.8, kind="weights", change=0), "the criteria changed"),
        (
            cause("Trust", 0.7, kind="weights", change=20, before=25, after=45, score=2.24),
            "Trust weighs 45 instead of 25, and it scores 2.2 there: +0.70",
        ),
        (cause("", 1, kind="cut"), "the cut is lower"),
        (cause("", 5, kind="cut", before=5.0, after=0.0), "the cut is lower: 5 → 0"),
        (cause("competitor", 0.4), "the best competitor is weaker"),
        (cause("Profit", 0.4, kind="cost_model", change=0.9), "Profit rose by 0.9 (cost model)"),
        (cause("Trust", 0.5), "Trust rose by 0.5 (rating)"),
        (cause("Trust", -0.5), "the relationship is stronger"),
    ],
)
def test_each_cause_has_its_sentence(portfolio, given, sentence):
    note(portfolio, "N3", "star", "strategic", given)

    assert told(portfolio) == [("N3", "Star → Strategic", sentence)]


def test_a_first_box_and_a_lost_box_have_their_own_causes(portfolio):
    note(portfolio, "N6", "", "status", cause("Trust", None))
    note(portfolio, "N5", "streamline", "", cause("Trust", None))

    assert told(portfolio) == [
        ("N6", "no box → Status", "enough criteria are scored now"),
        ("N5", "Streamline → no box", "too few criteria are scored now"),
    ]


def test_a_box_that_other_weights_brought_or_took_says_so(portfolio):
    covered = cause("", None, "attractiveness", "weights") | {"code": "coverage"}
    note(portfolio, "N6", "", "status", covered | {"before": 0.55, "after": 0.65}, cause("Trust", 1, change=3))
    note(portfolio, "N5", "streamline", "", covered | {"before": 0.65, "after": 0.55})
    note(portfolio, "N4", "", "star", cause("Trust", 0.5, kind="weights", change=20))

    assert [why for _code, _what, why in told(portfolio)] == [
        "the criteria changed: what is scored now weighs 65.0\u202f% (55.0\u202f% before)",
        "the criteria changed: what is scored now weighs 55.0\u202f% (65.0\u202f% before)",
        "the criteria changed",
    ]


def test_what_a_new_version_of_the_criteria_moved_is_one_line(portfolio):
    for code in ("N1", "N2", "N3"):
        note(portfolio, code, "star", "strategic", cause("Trust", 0.7, kind="weights", change=20))
    note(portfolio, "N4", "star", "strategic", cause("Trust", 0.7, change=2))
    assert len(told(portfolio)) == 4
    document = portfolio.run.positions.first().criteria_set.document | {"version": 2}
    second = CriteriaSet.objects.create(code="default", version=2, document=document, state="ready")
    portfolio.run.positions.update(criteria_set=second)

    [together, other] = changes(
        portfolio.user("lead"), portfolio_of(portfolio.user("lead"), portfolio.run), portfolio.earlier, True
    )

    assert (together.what, together.result) == ("Criteria default v2: 3 accounts moved", None)
    assert together.cause == "weights or cuts are others; 4 accounts are in another box altogether"
    assert together.url == "/accounts/?moved=on"
    assert other.result.code == "N4"


def test_stages_and_classes_are_told_too(portfolio):
    note(portfolio, "N2", "B", "A", cause("", 5000, "", "data") | {"code": "net_revenue"}, kind="class")
    note(portfolio, "N3", "A", "B", cause("", 0, "", "data") | {"code": "net_revenue"}, kind="class")
    note(
        portfolio, "N1", "basic", "co-operative", cause("", 1, "", "evidence"), cause("", 1, "", "buyer"), kind="stage"
    )

    assert told(portfolio) == [
        ("N1", "Basic → Co-operative", "the evidence we hold; the buyer’s view"),
        ("N2", "class B → A", "net revenue up 5,000.00"),
        ("N3", "class A → B", "the revenue of others moved"),
    ]


def test_whoever_may_not_see_profit_is_not_told_what_made_the_account_less_attractive(portfolio):
    note(portfolio, "N1", "strategic", "status", cause("Profit", -2, "attractiveness", "data", change=-6))

    assert told(portfolio) == [("N1", "Strategic → Status", "Profit fell by 6.0 (figures)")]
    assert told(portfolio, "member", profit=False) == [("N1", "Strategic → Status", "it is less attractive")]


def test_a_change_of_money_names_the_part_that_explains_most(portfolio):
    results = Result.objects.filter(run=portfolio.run, code="N1")  # contributes 80,000
    results.update(contribution=70_000, presale=29_000, cost_to_serve=49_000, net_revenue=399_000)

    assert told(portfolio) == [("N1", "contribution down 10,000.00 to 70,000.00 USD", "presale +9,000.00")]
    assert told(portfolio, "member", profit=False) == []


def test_a_gain_is_explained_by_what_helped(portfolio):
    Result.objects.filter(run=portfolio.run, code="N3").update(
        contribution=5_000, production=2_500, net_revenue=119_000
    )

    assert told(portfolio) == [("N3", "contribution up 20,000.00 to 5,000.00 USD", "production −20,000.00")]


def test_less_than_a_tenth_is_no_change(portfolio):
    Result.objects.filter(run=portfolio.run, code="N1").update(contribution=72_001)
    assert told(portfolio) == []

    Result.objects.filter(run=portfolio.run, code="N1").update(contribution=72_000)
    assert [code for code, _what, _cause in told(portfolio)] == ["N1"]


def test_what_is_bad_for_us_comes_first(portfolio):
    Result.objects.filter(run=portfolio.run, code="N1").update(contribution=180_000)
    Result.objects.filter(run=portfolio.run, code="N2").update(contribution=0)
    note(portfolio, "N5", "streamline", "star")
    note(portfolio, "N4", "strategic", "status")
    note(portfolio, "N3", "basic", "disintegrating", cause("", 1, "", "buyer"), kind="stage")

    assert [code for code, *_rest in told(portfolio)] == ["N4", "N3", "N2", "N5", "N1"]


def test_the_largest_losses_come_before_a_better_box_and_no_more_than_asked_for(portfolio):
    for code, contribution in (("N1", 0), ("N2", 0), ("N4", -50_000)):  # by 80,000, 50,000 and 65,000
        Result.objects.filter(run=portfolio.run, code=code).update(contribution=contribution)
    note(portfolio, "N5", "streamline", "star")

    assert [code for code, *_rest in told(portfolio)] == ["N1", "N4", "N2", "N5"]
    assert [code for code, *_rest in told(portfolio, most=2)] == ["N1", "N4"]


def test_only_accounts_that_one_sees_and_that_were_there_before_can_change(portfolio):
    Result.objects.filter(run=portfolio.run, code__in=["N1", "S1"]).update(contribution=1)
    Result.objects.filter(run=portfolio.earlier, code="N1").delete()

    assert told(portfolio) == []
    assert [code for code, *_rest in told(portfolio, "finance")] == ["S1"]

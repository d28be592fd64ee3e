"""What a run writes down of how firm its boxes are, and of what changed since the run before."""

import copy
from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account, User
from kam_portal.recompute import recompute
from profitability.models import Run
from relationships.models import AccountCriterion, Position, PositionChange, Rating
from relationships.since import since
from tests.ledger import imported
from tests.markup import page_of, rows_of
from tests.profitability.test_runs import ACCOUNTS, COSTS, EVENTS, LINES, MODEL

pytestmark = pytest.mark.django_db(transaction=True)

PROFIT_SCALE = [[-1000, 0], [1000, 10]]
CRITERIA = {
    "code": "default",
    "version": 1,
    "cut": {"attractiveness": 5.0, "relationship": 5.0, "basis": "absolute"},
    "attractiveness": [
        {"code": "profit", "name": "Profit", "weight": 50, "kind": "measured", "measure": "contribution",
         "scale": PROFIT_SCALE},
        {"code": "prestige", "name": "Prestige", "weight": 50, "kind": "judged"},
    ],
    "relationship": [
        {"code": "trust", "name": "Trust", "weight": 60, "kind": "judged"},
        {"code": "price", "name": "Price", "weight": 40, "kind": "judged"},
    ],
}  # fmt: skip
RATED = {"prestige": 8, "trust": 4, "price": 5}


@pytest.fixture
def rater(tmp_path):
    imported(
        tmp_path / "in",
        accounts=ACCOUNTS,
        order_lines=LINES,
        activity_events=EVENTS,
        resource_costs=COSTS,
        cost_model=MODEL,
        criteria=CRITERIA,
    )
    rater = User.objects.create_user("rater@example.com", "Rater", "finance", "correct horse battery")
    for code in ("A", "B"):
        rate(rater, code, date(2026, 1, 10), **RATED)
    run()
    return rater


def rate(rater: User, code: str, day: date, **scores) -> None:
    account = Account.objects.get(code=code)
    for criterion, score in scores.items():
        Rating.objects.create(account=account, criterion=criterion, rater=rater, rated_on=day, score=score)


def run() -> Run:
    done = recompute(202601, 202602)
    assert done.state == Run.State.PUBLISHED, done.message
    return done


def position(done: Run, code: str) -> Position:
    return Position.objects.get(run=done, account__code=code)


def changes(done: Run, kind: str = "box") -> dict[str, PositionChange]:
    rows = PositionChange.objects.filter(run=done, kind=kind)
    return {row.account.code: row for row in rows}


def sum_of(change: PositionChange, axis: str) -> Decimal:
    return sum(Decimal(str(cause["effect"])) for cause in change.causes if cause["axis"] == axis)


def test_a_box_that_is_not_provisional_has_a_stability_at_each_width_and_its_nearest_move(rater):
    place = position(run(), "A")

    assert place.box == "star"
    assert place.stability_widths.keys() == {"draws", "tight", "medium", "wide"}
    assert place.stability == Decimal(str(place.stability_widths["medium"]))
    assert place.nearest_move.keys() == {"axis", "code", "name", "weight", "new_weight", "change", "box"}
    assert place.nearest_move["box"] == "streamline"
    assert place.firmness == "settled"


def test_no_box_and_a_provisional_one_have_no_stability(rater):
    rate(rater, "C", date(2026, 1, 10), prestige=9, trust=9)
    done = run()

    assert (position(done, "C").box, position(done, "C").is_provisional) == ("strategic", True)
    for code in ("C", "D"):
        place = position(done, code)
        assert (place.stability, place.stability_widths, place.nearest_move) == (None, None, None)
        assert place.firmness == "unknown"


def test_a_box_is_settled_from_the_share_that_the_setting_says(rater, settings):
    place = position(run(), "A")
    place.stability = Decimal("0.8")

    assert place.firmness == "fragile"
    settings.SETTLED_FROM = Decimal("0.8")
    assert place.firmness == "settled"


def test_the_first_run_changes_nothing_and_the_same_again_neither(rater):
    assert not PositionChange.objects.exists()
    run()
    assert not PositionChange.objects.exists()


def test_a_rating_that_takes_an_account_over_the_cut_is_the_cause(rater):
    before = position(run(), "A")
    rate(rater, "A", date(2026, 2, 10), trust=7, price=4)
    done = run()

    change = changes(done)["A"]
    assert (change.before, change.after, change.changed_on) == ("star", "strategic", done.started_at.date())
    trust, price = change.causes
    assert trust == {
        "cause": "rating", "axis": "relationship", "code": "trust", "name": "Trust", "effect": 1.8, "change": 3.0
    }  # fmt: skip
    assert (price["code"], price["effect"], price["change"]) == ("price", -0.4, -1.0)
    moved = position(done, "A").relationship_strength - before.relationship_strength
    assert sum_of(change, "relationship") == moved


def test_own_weights_are_kept_with_the_position_and_their_change_is_a_cause(rater):
    account = Account.objects.get(code="A")
    for criterion, weight in (("trust", 0), ("price", 100)):
        AccountCriterion.objects.create(account=account, criterion=criterion, weight=weight)
    done = run()

    weights = {row["code"]: row["weight"] for row in position(done, "A").scores if row["axis"] == "relationship"}
    assert weights == {"trust": 0, "price": 100}
    change = changes(done)["A"]
    assert (change.before, change.after) == ("star", "strategic")
    assert {cause["cause"] for cause in change.causes} == {"weights"}
    assert sum_of(change, "relationship") == Decimal("0.6")
    assert changes(done).keys() == {"A"}


def test_another_cut_is_a_cause_without_points_of_the_score(rater, tmp_path):
    lower = copy.deepcopy(CRITERIA) | {"version": 2}
    lower["cut"]["relationship"] = 4
    imported(tmp_path / "again", criteria=lower)
    done = run()

    change = changes(done)["A"]
    assert (change.before, change.after) == ("star", "strategic")
    assert change.causes == [
        {"cause": "cut", "axis": "relationship", "code": "", "name": "", "effect": 1.0, "before": 5.0, "after": 4.0}
    ]


def test_figures_that_changed_are_the_cause_of_box_and_class(rater, tmp_path):
    more = """
    order_id  line_no  ordered_on  account_code  product_code  quantity  net_amount  cost_amount  freight_amount
    7         1        2026-02-20  A             p1            9         9          5000         0
    8         1        2026-02-20  C             p1            9         9000       100          0
    """
    imported(tmp_path / "more", order_lines=more)
    done = run()

    change = changes(done)["A"]
    assert (change.before, change.after) == ("star", "streamline")
    assert [(cause["cause"], cause["code"]) for cause in change.causes] == [("data", "profit")]
    letter = changes(done, "class")["C"]
    assert letter.after == "A"
    assert [cause["code"] for cause in letter.causes] == ["net_revenue", "revenue_share"]
    assert letter.causes[0]["effect"] == 9000.0


def test_another_cost_model_has_its_part_of_the_change(rater, tmp_path):
    dearer = copy.deepcopy(MODEL) | {"version": 2}
    dearer["pools"][-2]["kind"] = dearer["pools"][-1]["kind"] = "operating"
    dearer["activities"][1] = dearer["activities"][1] | {"shares": {"sales": 1, "board": 1}}
    before = position(run(), "B")
    imported(tmp_path / "dearer", cost_model=dearer)
    rate(rater, "B", date(2026, 2, 11), prestige=1)
    done = run()

    change = changes(done)["B"]
    found = {(cause["cause"], cause["code"]): cause["effect"] for cause in change.causes}
    assert found.keys() == {("cost_model", "profit"), ("rating", "prestige")}
    assert sum_of(change, "attractiveness") == position(done, "B").attractiveness - before.attractiveness


def test_the_first_box_of_an_account_names_the_criteria_that_are_scored_now(rater):
    rate(rater, "D", date(2026, 2, 10), prestige=9, trust=9, price=9)
    rate(rater, "C", date(2026, 2, 10), **RATED)
    done = run()

    change = changes(done)["C"]
    assert (change.before, change.after) == ("", "star")
    assert {(cause["cause"], cause["code"]) for cause in change.causes} >= {("rating", "trust"), ("rating", "price")}
    assert {cause["effect"] for cause in change.causes if cause["axis"] == "relationship"} == {None}
    assert [
        (cause["cause"], cause["before"], cause["after"]) for cause in change.causes if cause["code"] == "coverage"
    ] == [("rating", 0.5, 1.0), ("rating", 0.0, 1.0)]


def test_a_box_that_only_other_weights_gave_or_took_is_the_criterias_doing(rater, tmp_path):
    rate(rater, "C", date(2026, 1, 11), prestige=8, trust=4)
    run()
    for version, weights in ((2, (55, 45)), (3, (65, 35))):
        again = copy.deepcopy(CRITERIA) | {"version": version}
        for each, weight in zip(again["relationship"], weights, strict=True):
            each["weight"] = weight
        imported(tmp_path / str(version), criteria=again)
        change = changes(run())["C"]
        found = [cause for cause in change.causes if cause["code"] == "coverage"]
        assert [(cause["cause"], cause["axis"]) for cause in found] == [("weights", "relationship")]
        shares = [(0.6, 0.55), (0.55, 0.65)][version - 2]
        assert [(cause["before"], cause["after"]) for cause in found] == [shares]


def test_a_change_is_told_once_and_stays_with_its_run(rater):
    rate(rater, "A", date(2026, 2, 10), trust=9)
    done = run()
    later = run()

    assert changes(done).keys() == {"A"}
    assert changes(later) == {}
    assert position(later, "A").previous_box == "star"


def test_the_trail_of_a_box_tells_what_moved_the_scores_and_the_parts_sum_up(rater, client):
    rate(rater, "A", date(2026, 2, 10), trust=9, price=4)
    done = run()
    account = Account.objects.get(code="A")

    found = since(done, account, profit=True)

    [strength] = found.axes
    assert (strength.figure, strength.before, strength.after) == (
        "relationship_strength", Decimal("4.4"), Decimal("7.0")
    )  # fmt: skip
    assert strength.total == strength.after - strength.before
    assert [(part.name, part.points) for part in strength.parts] == [
        ("Trust", Decimal("3.0")),
        ("Price", Decimal("-0.4")),
    ]
    client.force_login(rater)
    page = page_of(client.get("/accounts/A/trail/?figure=box"))
    assert rows_of(page, "Relationship strength: what moved it") == [
        ["Trust", "Rating", "+3.00"],
        ["Price", "Rating", "−0.40"],
        ["Change of the score", "", "+2.60"],
    ]
    [reading] = client.get("/api/v1/accounts/A/explain/?figure=box").json()["readings"]
    assert (reading["by"], reading["total"]) == ("change", 2.6)
    assert [part["criterion"] for part in reading["parts"]] == ["trust", "price"]


def test_of_the_change_of_attractiveness_nothing_is_told_to_whoever_sees_no_profit(rater):
    rate(rater, "A", date(2026, 2, 10), prestige=1)
    done = run()
    account = Account.objects.get(code="A")

    assert [axis.figure for axis in since(done, account, profit=True).axes] == ["attractiveness"]
    assert since(done, account, profit=False).axes == []

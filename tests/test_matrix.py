"""The matrix: which bubbles, where across, in which run, whose view, and with which weights."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Decision
from kam_portal.matrix import bubbles
from kam_portal.matrix.axes import Across, across_by
from kam_portal.matrix.history import TRAIL, Step, timeline, trail_runs
from kam_portal.matrix.weighing import Wrong, stated_in, with_weights
from profitability.models import Run
from relationships.models import CriteriaSet, Forecast, Position, Rating
from tests.caching import forget
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
PARTS = ("/matrix/places/", "/matrix/views/", "/matrix/scores/")


@pytest.fixture
def portfolio():
    forget()
    return a_portfolio()


def page(user, address: str):
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser.get(address)


def points(portfolio, who="executive", query="") -> dict[str, list]:
    return {point[0]: point for point in page(portfolio.user(who), f"/matrix/{query}").context["chart"]["points"]}


def a_rating(portfolio, code: str, criterion: str, score, who="manager", perspective="supplier") -> None:
    Rating.objects.create(
        account=portfolio.accounts[code], criterion=criterion, score=score, rater=portfolio.user(who),
        rated_on=date(2026, 1, 5), perspective=perspective,
    )  # fmt: skip


def scored(axis: str, code: str, weight: float, score, kind="judged") -> dict:
    return {"axis": axis, "code": code, "name": code, "weight": weight, "kind": kind, "measure": None, "score": score}


def another_run(portfolio, month: int, day: int, state=Run.State.SUPERSEDED) -> Run:
    run = Run.objects.get(pk=portfolio.run.pk)
    run.pk, run.month_to, run.state, run.published_at = None, month, state, datetime(2026, 3, day, 5, tzinfo=UTC)
    run.kind, run.business_date = Run.Kind.DEMAND, None
    run.save(force_insert=True)
    return run


# Bubbles


def test_key_accounts_are_drawn_before_larger_ones(portfolio, monkeypatch):
    monkeypatch.setattr(bubbles, "MOST_BUBBLES", 2)
    Decision.objects.create(
        account=portfolio.accounts["S5"], outcome="admit", state="approved", reason="Growing",
        proposed_on=date(2026, 1, 1), proposed_by=portfolio.user("manager"),
        decided_on=date(2026, 1, 2), decided_by=portfolio.user("executive"),
    )  # fmt: skip

    drawn = points(portfolio)

    assert set(drawn) == {"S1", "S5"}  # the largest, and the smallest
    assert (drawn["S1"][15], drawn["S5"][15]) == (0, 1)


def test_a_bubble_tells_how_firm_its_box_is(portfolio):
    Position.objects.filter(run=portfolio.run, account__code="N1").update(stability="0.9")
    Position.objects.filter(run=portfolio.run, account__code="N2").update(stability="0.899999")

    answer = page(portfolio.user("executive"), "/matrix/")

    drawn = {point[0]: point[11] for point in answer.context["chart"]["points"]}
    assert (drawn["N1"], drawn["N2"], drawn["N3"]) == ("settled", "fragile", "unknown")
    assert answer.context["firmness"] == "1 of 10 boxes is fragile, of 8 it is not known"
    assert [row.code for row in answer.context["fragile"]] == ["N2"]


@pytest.mark.parametrize(("firmness", "found"), [("settled", {"N1"}), ("fragile", {"N2"})])
def test_the_filter_by_firmness(portfolio, firmness, found):
    Position.objects.filter(run=portfolio.run, account__code="N1").update(stability="0.95")
    Position.objects.filter(run=portfolio.run, account__code="N2").update(stability="0.5")

    assert set(points(portfolio, query=f"?firmness={firmness}")) == found
    assert not found & set(points(portfolio, query="?firmness=unknown"))


# Across


def test_strength_stands_where_it_is_unless_it_is_compared(portfolio):
    ratio, absolute = (
        across_by(CriteriaSet(document={"cut": {"relationship": cut, "basis": basis}}))
        for cut, basis in ((1.2, "relative"), (6, "absolute"))
    )

    assert absolute == Across(None, 6.0)
    assert absolute.place(Decimal("7.5"), Decimal("0.8")) == 7.5
    assert [ratio.place(3, theirs) for theirs in (1.2, 0.6, 9)] == [5, 2.5, 10]  # at the cut, at half of it, far beyond
    assert ratio.place(5, None) == ratio.cut == 5  # without a competitor its own cut stands in the middle as well
    assert ratio.place(None, 1) is None


def test_accounts_compared_with_a_competitor_are_counted_where_they_are_drawn(portfolio, monkeypatch):
    document = CriteriaSet.objects.get().document
    relative = document | {"cut": document["cut"] | {"relationship": 1, "basis": "relative"}}
    Position.objects.update(criteria_set=CriteriaSet.objects.create(code="relative", version=1, document=relative))
    Position.objects.filter(run=portfolio.run, account__code="S5").update(relative_strength="1.7")
    monkeypatch.setattr(bubbles, "MOST_BUBBLES", 9)

    density = page(portfolio.user("executive"), "/matrix/").context["chart"]["density"]

    assert [cell[0] for cell in density] == [8.75]  # 1.7 × 5 = 8.5, in the square from 8.5 to 9


# In time


def test_the_slider_stops_once_a_month_at_its_last_run(portfolio):
    another_run(portfolio, 202601, day=3)
    last = another_run(portfolio, 202601, day=4)
    another_run(portfolio, 202512, day=5, state=Run.State.FAILED)

    assert timeline(portfolio.run) == [Step(last.pk, 202601), Step(portfolio.run.pk, 202602)]


def test_a_trail_ends_with_the_run_in_view():
    months = [*range(202501, 202513), *range(202601, 202613)]
    steps = [Step(month, month) for month in months]

    trail = trail_runs(Run(month_to=202603), steps)

    assert trail[-1].month == 202603
    assert len(trail) == TRAIL


def test_questions_to_the_database_do_not_grow_with_the_runs(portfolio):
    def asked() -> int:
        forget()
        with CaptureQueriesContext(connection) as caught:
            assert page(portfolio.user("executive"), "/matrix/").status_code == 200
        return len(caught)

    few = asked()
    for month in range(202501, 202513):
        another_run(portfolio, month, day=5)

    assert asked() == few


@pytest.mark.parametrize("address", ["/matrix/", *PARTS, "/accounts/N1/place/"])
def test_only_runs_that_were_published_are_shown(portfolio, address):
    failed = another_run(portfolio, 202602, day=6, state=Run.State.FAILED)

    assert page(portfolio.user("executive"), f"{address}?run={failed.pk}").status_code == 404
    assert page(portfolio.user("executive"), f"{address}?run={portfolio.earlier.pk}").status_code == 200


def test_beside_an_older_run_stands_what_was_expected_then(portfolio):
    for up, day in ((8, date(2026, 2, 1)), (3, date(2026, 4, 1))):
        Forecast.objects.create(
            account=portfolio.accounts["N1"], attractiveness=up, relationship_strength=9, horizon_on=date(2029, 2, 28),
            stated_on=day, stated_by=portfolio.user("manager"),
        )  # fmt: skip

    now = page(portfolio.user("manager"), "/matrix/").context["chart"]["forecasts"]
    then = page(portfolio.user("manager"), f"/matrix/?run={portfolio.earlier.pk}").context["chart"]["forecasts"]

    assert now == {"N1": [9.0, 3.0, 2029]}
    assert then == {"N1": [9.0, 8.0, 2029]}


def admitted(portfolio, code: str, on: date) -> None:
    Decision.objects.create(
        account=portfolio.accounts[code], outcome="admit", state="approved", reason="Growing", proposed_on=on,
        proposed_by=portfolio.user("manager"), decided_on=on, decided_by=portfolio.user("executive"),
    )  # fmt: skip


def test_beside_an_older_run_stands_the_programme_of_its_day(portfolio):
    Run.objects.filter(pk=portfolio.earlier.pk).update(month_from=202512, month_to=202601)
    admitted(portfolio, "N1", date(2026, 1, 31))  # the last of its window
    admitted(portfolio, "N2", date(2026, 2, 1))  # before it was published
    older = f"?run={portfolio.earlier.pk}"

    assert {code for code, point in points(portfolio).items() if point[15]} == {"N1", "N2"}
    assert {code for code, point in points(portfolio, query=older).items() if point[15]} == {"N1"}
    assert set(points(portfolio, query=f"{older}&programme=key")) == {"N1"}
    shares = page(portfolio.user("executive"), f"/matrix/{older}").context["shares"].values()
    assert sum(share.count for share in shares) == 1


def test_under_a_filter_only_the_key_accounts_in_view_are_counted(portfolio):
    for code in ("N1", "S1", "N3", "S4"):
        admitted(portfolio, code, date(2026, 1, 2))

    def counted(query: str) -> dict:
        return page(portfolio.user("executive"), f"/matrix/{query}").context.get("key_in_view")

    assert counted("") is None
    assert counted("?segment=key") == {"strategic": 2, "star": 0, "status": 0, "streamline": 0}
    assert counted("?box=star&q=N3") == {"strategic": 0, "star": 1, "status": 0, "streamline": 0}


def test_the_heading_of_one_box_tells_of_no_other(portfolio):
    def said(query: str) -> str:
        return page(portfolio.user("executive"), f"/matrix/{query}").context["heading"]

    assert said("?box=status") == "2 accounts are in Status"
    assert said("?box=status&q=N4") == "1 account is in Status"
    assert said("?box=star") == "Together the accounts in Star lose 30,000.00 after cost to serve"
    assert said("?segment=key") == "4 accounts have a box: 4 strategic"


def test_a_box_that_nearly_always_holds_is_not_said_to_hold_always(portfolio):
    Position.objects.filter(run=portfolio.run, account__code="N1").update(stability="0.9997")

    text = page(portfolio.user("executive"), "/matrix/").content.decode()

    assert "99.9\u202f%" in text
    assert "100.0\u202f%" not in text


def test_a_score_of_an_account_beside_the_chart_says_how_much_of_it_is_scored(portfolio):
    Position.objects.filter(run=portfolio.run, account__code="N1").update(attractiveness_coverage="0.3")

    text = page(portfolio.user("executive"), "/accounts/N1/place/").content.decode()

    assert text.count("30.0\u202f% scored") == 1
    assert "scored</span>" not in page(portfolio.user("executive"), "/accounts/S1/place/").content.decode()


# Its file


def rows_of_file(portfolio, who: str, query: str = "") -> dict[str, dict]:
    answer = page(portfolio.user(who), f"/matrix/?format=csv{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return {row["Code"]: row for row in csv.DictReader(io.StringIO(text))}


def test_the_file_says_what_each_place_rests_on(portfolio):
    move = {"axis": "relationship", "code": "trust", "name": "Trust", "weight": 50.0, "new_weight": 62.5,
            "change": 12.5, "box": "star"}  # fmt: skip
    Position.objects.filter(run=portfolio.run, account__code="N1").update(
        is_provisional=True, attractiveness_coverage="0.75", relationship_coverage="0.9", is_self_scored=True,
        relative_strength="1.2", nearest_move=move,
    )  # fmt: skip

    n1, n6 = (rows_of_file(portfolio, "executive")[code] for code in ("N1", "N6"))

    assert n1["Provisional"] == n1["Self-scored"] == "yes"
    assert Decimal(n1["Attractiveness, share of weight scored"]) == Decimal("0.75")
    assert Decimal(n1["Relationship, share of weight scored"]) == Decimal("0.9")
    assert Decimal(n1["Strength against the best competitor"]) == Decimal("1.2")
    assert Decimal(n1["Confidence"]) == Decimal("0.5")
    assert n1["Nearest move"] == "Trust 62.5 instead of 50: Star"
    assert n6["Provisional"] == n6["Nearest move"] == n6["Confidence"] == ""
    of_member = rows_of_file(portfolio, "member")["N1"]
    assert not {"Attractiveness, share of weight scored", "Nearest move"} & set(of_member)


# Stages


def test_no_account_is_left_out_of_the_stages_without_a_word(portfolio):
    Position.objects.filter(run=portfolio.run).update(stage="basic")
    Position.objects.filter(run=portfolio.run, account__code="N1").update(stage="disintegrating")
    Position.objects.filter(run=portfolio.run, account__code="N2").update(stage="")

    answer = page(portfolio.user("executive"), "/matrix/?view=stages")

    chart = answer.context["chart"]
    columns = {stage["code"] for stage in chart["stages"]}
    assert "disintegrating" in columns
    assert sum(cell["count"] for cell in chart["cells"] if cell["stage"] in columns) == len(chart["points"]) - 1
    assert answer.context["stageless"] == 1
    assert b"1 account without a known stage" in answer.content


# Who sees what


@pytest.mark.parametrize("address", PARTS)
def test_parts_name_only_accounts_that_the_reader_sees(portfolio, address):
    a_rating(portfolio, "S1", "trust", 3)

    own = json.dumps(page(portfolio.user("manager"), address).json())
    everything = json.dumps(page(portfolio.user("executive"), address).json())

    assert '"S1"' in everything
    assert '"S' not in own
    assert page(portfolio.user("member"), address).status_code == 403


def test_the_panel_of_an_account_is_for_readers_of_profit_who_see_it(portfolio):
    assert b"Account N1" in page(portfolio.user("manager"), "/accounts/N1/place/").content
    assert page(portfolio.user("stranger"), "/accounts/N1/place/").status_code == 404
    assert page(portfolio.user("member"), "/accounts/N1/place/").status_code == 403


# Views and raters


def test_the_buyers_view_stands_beside_ours_and_raters_span_a_range(portfolio):
    rows = [scored("attractiveness", "size", 100.0, 6.0, "measured"), scored("relationship", "trust", 60.0, 4.0),
            scored("relationship", "price", 40.0, 8.0, "measured")]  # fmt: skip
    Position.objects.filter(run=portfolio.run, account__code="N1").update(scores=rows)
    a_rating(portfolio, "N1", "trust", 4, perspective="buyer")
    a_rating(portfolio, "N1", "trust", 5, who="lead", perspective="buyer")
    a_rating(portfolio, "N1", "trust", 9)

    buyer, ours, across, up, *_stages = page(portfolio.user("manager"), "/matrix/views/").json()["seen"]["N1"]

    assert buyer == pytest.approx(0.6 * 4.5 + 0.4 * 8)
    assert ours == pytest.approx(0.6 * 9 + 0.4 * 8)
    assert across == pytest.approx([0.6 * 4 + 0.4 * 8, 0.6 * 5 + 0.4 * 8])  # of the buyers, whose word counts
    assert up is None


# Other weights


def test_a_draft_has_the_weights_and_cuts_that_were_tried_and_nothing_else_changes(portfolio):
    anchors = {"kind": "judged", "anchors": {"0": "none", "5": "some", "10": "full"}}
    used = CriteriaSet(
        document={
            "code": "default",
            "version": 1,
            "cut": {"attractiveness": 5, "relationship": 5, "basis": "absolute"},
            "attractiveness": [{"code": "potential", "name": "Potential", "weight": 100} | anchors],
            "relationship": [{"code": code, "name": code, "weight": 50} | anchors for code in ("trust", "price")],
        }
    )

    document = with_weights(used, "trust:12.5,price:87.5,@attractiveness:6")

    assert [row["weight"] for row in document["relationship"]] == [12.5, 87.5]
    assert document["cut"] == used.document["cut"] | {"attractiveness": 6}
    assert [row["weight"] for row in document["attractiveness"]] == [
        row["weight"] for row in used.document["attractiveness"]
    ]


@pytest.mark.parametrize("text", ["trust:abc", "trust:NaN", "trust:-1", "trust:101", "trust:", ":5:6:x"])
def test_what_is_no_weight_is_refused(text):
    with pytest.raises(Wrong):
        stated_in(text)


def test_weights_that_do_not_make_100_make_no_draft(portfolio):
    browser = Client()
    browser.force_login(portfolio.user("finance"), "django.contrib.auth.backends.ModelBackend")
    code = CriteriaSet.objects.get().document["relationship"][0]["code"]

    refused = browser.post("/matrix/draft/", {"weights": f"{code}:99.99"}, follow=True)

    assert "have to add up to 100" in refused.content.decode()
    assert CriteriaSet.objects.count() == 1

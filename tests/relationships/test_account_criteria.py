"""An account's own success factors: sums, who may, the best competitor, and what they would do to its box."""

import copy
import json
from decimal import Decimal
from pathlib import Path

import pytest

from relationships.core.criteria import parse
from relationships.evidence import own_criteria
from relationships.models import AccountCriterion, CriteriaSet, OwnFactors, Position
from tests.factories import CRITERIA, a_portfolio
from tests.markup import page_of

pytestmark = pytest.mark.django_db
GOLDEN = json.loads((Path(__file__).parents[1] / "data" / "scoring_competitive_strength.json").read_text())
URL, SAVE = "/accounts/N1/criteria/", "/accounts/N1/criteria/save/"


def criteria(basis: str, **weights: float) -> dict:
    """The made-up portfolio's set with other success factors."""
    document = copy.deepcopy(CRITERIA) | {"version": 2}
    document["cut"] = {"attractiveness": 5, "relationship": 1 if basis == "relative" else 5, "basis": basis}
    document["relationship"] = [
        {"code": code, "name": code.title(), "weight": weight, "kind": "judged"} for code, weight in weights.items()
    ]
    return document


def scored(account: str, scores: dict[str, float]) -> None:
    """What the published run knows of the account: attractive, and these scores of the relationship."""
    position = Position.objects.filter(account__code=account).latest("pk")  # of the published run
    position.scores = [
        {"axis": axis, "code": code, "kind": "judged", "score": score, "perspective": "supplier"}
        for axis, code, score in [
            ("attractiveness", "potential", 8),
            *(("relationship", code, score) for code, score in scores.items()),
        ]
    ]
    position.save()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


@pytest.fixture
def thirds(portfolio) -> None:
    """Three factors, of which the account is good at the first and poor at the others."""
    CriteriaSet.objects.create(
        code="default", version=2, document=criteria("absolute", quality=40, price=30, service=30)
    )
    scored("N1", {"quality": 9, "price": 2, "service": 2})


def told(response) -> str:
    return page_of(response).one("section", id="editor-told").text


def test_own_weights_move_the_box_before_they_are_saved(manager, thirds):
    own = {"quality.weight": "60", "price.weight": "20", "service.weight": "20"}

    as_set, looked = manager.get(URL), manager.post("/accounts/N1/criteria/check/", own)

    assert "From Strategic to Star" in told(as_set)  # 0.4 * 9 + 0.6 * 2 = 4.8
    assert "The box stays: Strategic" in told(looked)  # 0.6 * 9 + 0.4 * 2 = 6.2
    assert "Our strength6.20" in told(looked)
    assert not AccountCriterion.objects.exists()


def test_what_only_one_customer_counts_has_weight_0_in_the_set(manager, portfolio):
    document = criteria("absolute", quality=60, price=40, lead_time=0)
    CriteriaSet.objects.create(code="default", version=2, document=document)
    scored("N1", {"quality": 9, "price": 9, "lead_time": 1})
    own = {"quality.weight": "20", "price.weight": "20", "lead_time.weight": "60"}

    as_set, looked = manager.get(URL), manager.post("/accounts/N1/criteria/check/", own)

    assert "The box stays: Strategic" in told(as_set)
    assert "From Strategic to Star" in told(looked)  # 0.4 * 9 + 0.6 * 1 = 4.2


def test_what_is_saved_counts_from_the_next_run_and_the_published_one_stays(manager, portfolio, thirds):
    before = list(Position.objects.values())

    manager.post(SAVE, {"quality.weight": "60,5", "price.weight": "39.5", "competitor": "Rival", "revision": "0"})

    stored = dict(AccountCriterion.objects.values_list("criterion", "weight"))
    assert stored == {"quality": Decimal("60.5"), "price": Decimal("39.5")}
    signed = OwnFactors.objects.get()
    assert (signed.competitor, signed.changed_by.email) == ("Rival", "manager@example.com")
    assert list(Position.objects.values()) == before
    assert "What is saved counts from the next run." in manager.get(URL).content.decode()


def test_three_times_33_33_is_refused_and_mended_by_one_press(manager, thirds):
    own = {f"{code}.weight": "33.33" for code in ("quality", "price", "service")}

    refused = manager.post(SAVE, own)
    mended = manager.post(SAVE, own | {"do": "mend:weights"})

    assert refused.status_code == 422
    assert "The weights add up to 99.99, not to 100. Set Service to 33.34" in told(refused)
    assert page_of(mended).one("input", id="service-weight").attributes["value"] == "33.34"
    assert not AccountCriterion.objects.exists()


@pytest.mark.parametrize(("typed", "told"), [("x", "–"), ("-109", "−9")])
def test_the_sum_passes_over_no_weight_and_has_a_minus_sign(manager, thirds, typed, told):
    page = page_of(manager.post(SAVE, {"quality.weight": "100", "price.weight": typed}))

    assert f"Weights: {told} of 100" in page.text


@pytest.mark.parametrize(("name", "value"), [("price.weight", "x"), ("price.weight", "101"), ("price.theirs", "10.5")])
def test_what_is_no_score_or_weight_is_said_at_its_field(manager, thirds, name, value):
    response = manager.post(SAVE, {"quality.weight": "100"} | {name: value})

    assert response.status_code == 422
    assert page_of(response).one("input", id=name.replace(".", "-")).attributes["aria-invalid"] == "true"
    assert not AccountCriterion.objects.exists()


def test_own_weights_for_a_criterion_that_the_set_lacks_do_not_count_at_all(manager, portfolio, thirds):
    account = portfolio.accounts["N1"]
    for criterion, weight in (("quality", 40), ("luck", 60)):
        AccountCriterion.objects.create(account=account, criterion=criterion, weight=weight, competitor_score=7)
    found, _problems = parse(CriteriaSet.objects.get(version=2).document)

    weights, competitors = own_criteria(found)

    assert weights == {}
    assert competitors[account.pk]["quality"] == 7
    assert "Weights as the set" in manager.get(URL).content.decode()


def test_as_the_set_takes_own_weights_away_and_keeps_the_competitor(manager, thirds):
    manager.post(SAVE, {"quality.weight": "100", "quality.theirs": "7", "revision": "0"})
    own = {"quality.weight": "100", "quality.theirs": "7", "revision": "1", "do": "as_set"}

    manager.post(SAVE, own)

    assert list(AccountCriterion.objects.values_list("criterion", "weight", "competitor_score")) == [
        ("quality", None, 7)
    ]


def test_somebody_elses_weights_are_not_overwritten_unseen(manager, thirds):
    manager.post(SAVE, {"quality.weight": "100", "revision": "0"})

    for outdated in ("0", "5"):
        response = manager.post(SAVE, {"price.weight": "100", "revision": outdated})
        assert response.status_code == 409
        assert page_of(response).one("input", id="price-weight").attributes["value"] == "100"

    assert AccountCriterion.objects.get().criterion == "quality"


@pytest.mark.parametrize(
    ("basis", "box", "strong_from"),
    [("absolute", "The box stays: Strategic", "5"), ("relative", "From Strategic to Star", "1")],
)
def test_the_published_example_is_strong_by_itself_and_weak_against_its_best_rival(
    manager, portfolio, basis, box, strong_from
):
    weights = {code: round(float(weight) * 100, 6) for code, weight in GOLDEN["weights"].items()}
    CriteriaSet.objects.create(code="default", version=2, document=criteria(basis, **weights))
    scored("N1", GOLDEN["scores"][GOLDEN["own"]])
    rival = GOLDEN["scores"][GOLDEN["best_competitor"]]

    manager.post(SAVE, {f"{code}.theirs": str(score) for code, score in rival.items()} | {"competitor": "Rival 1"})

    page = told(manager.get(URL))
    assert box in page
    assert f"Our strength5.95Best competitor7.70Ours ÷ his0.77Strong from{strong_from}" in page


@pytest.mark.parametrize(("who", "reads", "saves"), [("lead", 200, 302), ("member", 200, 403), ("finance", 200, 403)])
def test_managers_and_leads_of_the_account_say_what_counts_others_read(portfolio, client, thirds, who, reads, saves):
    client.force_login(portfolio.user(who))

    assert client.get(URL).status_code == reads
    assert client.post(SAVE, {"quality.weight": "100"}).status_code == saves


def test_another_teams_account_is_not_there(portfolio, client, thirds):
    client.force_login(portfolio.user("stranger"))

    assert client.get(URL).status_code == 404
    assert client.post(SAVE, {"quality.weight": "100"}).status_code == 404


def test_who_may_not_see_attractiveness_learns_no_more_than_the_published_box(portfolio, client, thirds):
    client.force_login(portfolio.user("member"))

    page = page_of(client.get(URL)).text

    assert "From Strategic to Star" not in page
    assert "The box stays" not in page

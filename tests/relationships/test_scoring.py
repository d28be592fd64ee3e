"""Scoring one account: own ratings of today, blind first, both views, what is refused, who may, who sees what."""

import copy
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from relationships.models import AccountCriterion, CriteriaSet, Position, Rating
from tests.factories import CRITERIA, a_portfolio
from tests.markup import page_of

pytestmark = pytest.mark.django_db
URL, SAVE, CHECK = "/accounts/N1/scoring/", "/accounts/N1/scoring/save/", "/accounts/N1/scoring/check/"
ANCHORS = {"0": "hostile", "5": "neutral", "10": "first call"}


def criteria() -> dict:
    """Judged on both axes, and one criterion that is measured."""
    document = copy.deepcopy(CRITERIA) | {"version": 2}
    potential = document["attractiveness"][0] | {"weight": 60}
    volume = {"code": "volume", "name": "Volume", "weight": 40, "kind": "measured", "measure": "net_revenue"}
    document["attractiveness"] = [potential, volume | {"scale": [[0, 0], [500000, 10]]}]
    trust = document["relationship"][0] | {"weight": 50, "anchors": ANCHORS}
    document["relationship"] = [trust, {"code": "access", "name": "Access", "weight": 50, "kind": "judged"}]
    return document


@pytest.fixture
def portfolio(db):
    found = a_portfolio()
    CriteriaSet.objects.create(code="default", version=2, document=criteria())
    return found


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def said(
    portfolio, who: str, score, criterion: str = "trust", days_ago: int = 0, account: str = "N1", **more
) -> Rating:
    return Rating.objects.create(
        account=portfolio.accounts[account],
        criterion=criterion,
        rater=portfolio.user(who),
        rated_on=timezone.localdate() - timedelta(days=days_ago),
        score=Decimal(str(score)),
        **more,
    )


def opened(client, address: str = URL) -> dict:
    """What a page's form carries along of today's ratings."""
    found = client.get(address).content.decode()
    return dict(re.findall(r'type="hidden" name="([a-z]+\.was)" value="([^"]*)"', found))


def ratings(**which) -> list[tuple]:
    return list(
        Rating.objects.filter(**which).order_by("pk").values_list("criterion", "score", "perspective", "status")
    )


def test_the_page_shows_the_anchors_and_the_measured_figure_with_its_scale(manager):
    page = page_of(manager.get(URL))

    assert "hostile" in page.text and "first call" in page.text
    assert "Net revenue 400,000" in page.text
    assert "Up to 0 the score is 0, from 500,000 on it is 10" in page.text


def test_ratings_are_kept_as_of_today_with_status_evidence_and_link(manager, portfolio):
    sent = {
        "trust.score": "7,5",
        "trust.status": "confirmed",
        "trust.evidence": "Survey",
        "trust.link": "https://x.example/1",
    }

    answer = manager.post(SAVE, sent | {"potential.score": "4"})

    assert (answer.status_code, answer.headers["Location"]) == (302, URL)
    row = Rating.objects.get(criterion="trust")
    assert (row.score, row.status, row.evidence, row.link) == (
        Decimal("7.5"),
        "confirmed",
        "Survey",
        "https://x.example/1",
    )
    assert (row.rater, row.rated_on, row.perspective) == (portfolio.user("manager"), timezone.localdate(), "supplier")
    assert ratings(criterion="potential") == [("potential", 4, "supplier", "assumed")]


def test_what_is_left_out_stays_missing_and_is_never_a_zero(manager):
    manager.post(SAVE, {"trust.score": "6", "access.unknown": "1", "access.score": "0", "access.evidence": "none"})

    assert ratings() == [("trust", 6, "supplier", "assumed")]


def test_todays_rating_is_replaced_and_an_earlier_one_stays(manager, portfolio):
    said(portfolio, "manager", 3, days_ago=40)
    manager.post(SAVE, {"trust.score": "6"})
    manager.post(SAVE, {"trust.score": "8"})

    assert [score for _code, score, *_rest in ratings()] == [3, 8]

    manager.post(SAVE, opened(manager) | {"trust.score": ""})

    assert [score for _code, score, *_rest in ratings()] == [3]
    assert "You said before: 3" in page_of(manager.get(URL)).text


def test_a_window_opened_before_leaves_what_another_one_saved_since(manager):
    second = opened(manager)
    manager.post(SAVE, opened(manager) | {"potential.score": "8"})

    answer = manager.post(SAVE, second | {"potential.score": "", "trust.score": "3"})

    assert answer.status_code == 302
    assert ratings() == [("potential", 8, "supplier", "assumed"), ("trust", 3, "supplier", "assumed")]


@pytest.mark.parametrize("sent", [{"trust.score": "3"}, {"trust.score": "3", "potential.score": ""}])
def test_what_was_not_sent_or_not_opened_with_is_not_taken_back(manager, portfolio, sent):
    said(portfolio, "manager", 8, "potential")

    manager.post(SAVE, sent)

    assert ratings(criterion="potential") == [("potential", 8, "supplier", "assumed")]


def test_two_windows_that_change_the_same_rating_are_told_and_nothing_is_lost(manager):
    second = opened(manager)
    manager.post(SAVE, opened(manager) | {"trust.score": "8", "trust.evidence": "Survey"})

    answer = manager.post(SAVE, second | {"trust.score": "3", "potential.score": "5"})

    assert answer.status_code == 409
    assert "Meanwhile 8 was saved in another window" in page_of(answer).text
    assert [score for _code, score, *_rest in ratings()] == [8]
    again = dict(re.findall(r'name="([a-z]+\.was)" value="([^"]*)"', answer.content.decode()))
    assert manager.post(SAVE, again | {"trust.score": "3", "potential.score": "5"}).status_code == 302
    assert sorted(score for _code, score, *_rest in ratings()) == [3, 5]


def test_who_does_not_know_takes_todays_own_rating_back(manager, portfolio):
    said(portfolio, "manager", 8)

    manager.post(SAVE, opened(manager) | {"trust.score": "8", "trust.unknown": "1"})

    assert ratings() == []


def test_who_said_it_and_when_goes_with_what_the_buyer_said(manager):
    sent = {"view": "buyer", "trust.score": "3", "trust.said_by": "Ann Lee, buyer", "trust.evidence": "At the review"}

    manager.post(SAVE, sent | {"trust.said_on": "2026-01-20"})

    row = Rating.objects.get()
    assert row.evidence == "Told by Ann Lee, buyer on 2026-01-20.\nAt the review"
    page = manager.get(URL + "?view=buyer").content.decode()
    assert 'value="Ann Lee, buyer"' in page and 'value="2026-01-20"' in page and ">At the review<" in page
    unchanged = opened(manager, URL + "?view=buyer") | sent | {"trust.said_on": "2026-01-20"}
    assert "Nothing was changed" in page_of(manager.post(SAVE, unchanged, follow=True)).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"nothing.score": "4"}, "is no criterion to judge here"),
        ({"volume.score": "4"}, "is no criterion to judge here"),
        ({"view": "buyer", "potential.score": "4"}, "is no criterion to judge here"),
        ({"view": "neighbour", "trust.score": "4"}, "There is no such view"),
        ({"view": "buyer", "trust.score": "4", "trust.said_on": "2026-01-20"}, "Say who said it."),
        ({"view": "buyer", "trust.score": "4", "trust.said_by": "Ann", "trust.said_on": "soon"}, "A day such as"),
        ({"view": "buyer", "trust.score": "4", "trust.said_by": "Ann", "trust.said_on": "2999-01-01"}, "still to come"),
    ],
)
def test_what_nobody_can_say_here_is_refused_and_not_told_as_saved(manager, sent, words):
    answer = manager.post(SAVE, sent)

    assert answer.status_code == 422
    assert words in page_of(answer).text and not Rating.objects.exists()


def test_an_old_rating_is_marked_as_expired(manager, portfolio):
    said(portfolio, "manager", 3, days_ago=370)

    assert "expired" in page_of(manager.get(URL)).text


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"trust.score": "11"}, "A number from 0 to 10."),
        ({"trust.score": "-1"}, "A number from 0 to 10."),
        ({"trust.score": "good"}, "A number from 0 to 10."),
        ({"trust.score": "5", "trust.link": "javascript:alert(1)"}, "An address that begins with https://"),
        ({"trust.score": "5", "trust.link": "ftp://x.example/"}, "An address that begins with https://"),
        ({"trust.evidence": "Survey"}, "Evidence is kept with a score: give one."),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_nothing_is_saved(manager, sent, words):
    answer = manager.post(SAVE, sent | {"potential.score": "4"})

    assert answer.status_code == 422
    assert words in page_of(answer).text
    assert not Rating.objects.exists()


def test_others_ratings_wait_until_one_has_given_ones_own(manager, portfolio):
    said(portfolio, "lead", 2)
    said(portfolio, "executive", 8)

    text = page_of(manager.get(URL)).text
    assert "2 other ratings, shown once you have given yours" in text
    assert "Lead" not in text and "median" not in text

    manager.post(SAVE, {"trust.score": "6"})

    text = page_of(manager.get(URL)).text
    assert "median 6 · spread 6" in text and "far apart" in text
    assert "2 Lead" in text and "8 Executive" in text


def test_others_ratings_can_be_looked_at_first(manager, portfolio):
    said(portfolio, "lead", 2)

    assert "2 Lead" in page_of(manager.get(URL + "?others=shown")).text


def test_an_own_rating_that_is_too_old_does_not_lift_the_blind(manager, portfolio):
    said(portfolio, "manager", 3, days_ago=400)
    said(portfolio, "lead", 2)

    assert "1 other rating, shown once" in page_of(manager.get(URL)).text


def test_what_the_buyer_said_is_kept_apart_and_decides_the_relationship(manager, portfolio):
    manager.post(SAVE, {"trust.score": "9"})

    answer = manager.post(SAVE, {"view": "buyer", "trust.score": "3"})

    assert answer.headers["Location"] == URL + "?view=buyer"
    assert ratings() == [("trust", 9, "supplier", "assumed"), ("trust", 3, "buyer", "assumed")]
    text = page_of(manager.get(URL)).text
    assert "decides the relationship axis" in text and "3 recorded by Manager" in text
    assert "Growth potential" not in page_of(manager.get(URL + "?view=buyer")).text


def test_buyers_who_answered_themselves_are_listed_by_name_each_on_his_own(manager, portfolio):
    for name, score in (("Jo Doe", 2), ("Kim Roe", 10)):
        said(portfolio, "manager", score, perspective="buyer", said_by=name)
    assert "2 other ratings, shown once" in page_of(manager.get(URL)).text

    text = page_of(manager.get(URL + "?view=buyer")).text

    assert "median 6 · spread 8" in text and "far apart" in text
    assert "2 Jo Doe, asked by Manager" in text and "10 Kim Roe, asked by Manager" in text


def test_where_the_account_would_stand_is_shown_before_anything_is_saved(manager, portfolio):
    said(portfolio, "manager", 8, "potential")

    text = page_of(manager.post(CHECK, {"potential.score": "8", "trust.score": "2", "access.score": "1"})).text

    assert "From Strategic to Star" in text
    assert "Relationship strength1.50" in text  # (50 × 2 + 50 × 1) / 100
    assert "Attractiveness8.00" in text  # 60 × 8 + 40 × 8 (400,000 of 500,000)
    assert Rating.objects.count() == 1


def test_an_accounts_own_weights_are_those_that_count(manager, portfolio):
    for code, weight in (("trust", 90), ("access", 10)):
        AccountCriterion.objects.create(account=portfolio.accounts["N1"], criterion=code, weight=weight)

    text = page_of(manager.post(CHECK, {"potential.score": "8", "trust.score": "2", "access.score": "1"})).text

    assert "Relationship strength1.90" in text  # (90 × 2 + 10 × 1) / 100
    assert "weight 90 of its own" in page_of(manager.get(URL)).text


def test_the_preview_says_how_firm_the_box_would_be_and_what_would_move_it(manager):
    firm = page_of(manager.post(CHECK, {"potential.score": "9", "trust.score": "2", "access.score": "1"})).text
    near = page_of(manager.post(CHECK, {"potential.score": "9", "trust.score": "9", "access.score": "1.1"})).text

    assert "Settled: holds in 100" in firm and "no single weight would move it" in firm
    assert "Fragile: holds in" in near
    assert "Nearest move: Trust weighing" in near and "would make it Star" in near


def test_ratings_newer_than_the_window_are_told_on_the_account_and_in_the_trail(manager, portfolio):
    said(portfolio, "manager", 2)
    said(portfolio, "lead", 3, "access")
    said(portfolio, "lead", 3, "potential")
    month = timezone.localdate().strftime("%b %Y")

    assert f"3 newer ratings count from the run of {month}" in page_of(manager.get("/accounts/N1/")).text
    for figure, words in (
        ("relationship_strength", "2 newer ratings count"),
        ("attractiveness", "1 newer rating counts"),
    ):
        assert f"{words} from the run of {month}" in page_of(manager.get(f"/accounts/N1/trail/?figure={figure}")).text
    manager.force_login(portfolio.user("member"))
    assert "2 newer ratings count" in page_of(manager.get("/accounts/N1/")).text


def test_the_trail_of_the_strength_says_that_we_scored_it_ourselves(manager):
    trail = "/accounts/N1/trail/?figure="
    for is_own in (True, False):
        Position.objects.update(is_self_scored=is_own)
        assert ("self-scored" in page_of(manager.get(trail + "relationship_strength")).text) is is_own
        assert "self-scored" not in page_of(manager.get(trail + "attractiveness")).text


def test_who_may_not_score_is_not_asked_to(client, portfolio):
    Position.objects.update(is_provisional=True)
    for who, asked in (("manager", True), ("member", False)):
        client.force_login(portfolio.user(who))
        home, account = page_of(client.get("/")).text, page_of(client.get("/accounts/N1/")).text
        assert ("provisional box" in home) is asked
        assert ("Score this account" in account) is asked and (" Scores " in account) is not asked


def test_half_of_an_axis_gives_no_box(manager, portfolio):
    text = page_of(manager.post(CHECK, {"potential.score": "8", "trust.score": "2"})).text

    assert "From Strategic to no box" in text
    assert "scored50.0" in text


def test_members_read_the_relationship_alone_and_cannot_score(portfolio, client):
    client.force_login(portfolio.user("member"))
    said(portfolio, "lead", 2)
    said(portfolio, "lead", 9, "potential")

    text = page_of(client.get(URL)).text

    assert "2 Lead" in text
    assert "potential" not in text.lower() and "Volume" not in text
    assert client.post(SAVE, {"trust.score": "6"}).status_code == 403
    assert client.post(CHECK, {"trust.score": "6"}).status_code == 403


@pytest.mark.parametrize("who", ["finance", "executive"])
def test_finance_and_executives_read_and_do_not_score(portfolio, client, who):
    client.force_login(portfolio.user(who))
    said(portfolio, "lead", 9, "potential")

    page = page_of(client.get(URL))

    assert "9 Lead" in page.text
    assert client.post(SAVE, {"trust.score": "6"}).status_code == 403


def test_strangers_find_no_such_account(portfolio, client):
    client.force_login(portfolio.user("stranger"))

    assert client.get(URL).status_code == 404
    assert client.post(SAVE, {"trust.score": "6"}).status_code == 404
    assert not Rating.objects.exists()


def test_without_criteria_the_page_says_so(manager):
    Position.objects.update(criteria_set=None)
    CriteriaSet.objects.all().delete()

    assert "No criteria yet" in page_of(manager.get(URL)).text
    assert manager.post(SAVE, {"trust.score": "6"}).status_code == 302
    assert not Rating.objects.exists()

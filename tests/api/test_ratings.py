"""Ratings over REST: read by who may, given as of today, sent twice and kept once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from relationships.models import CriteriaSet, Rating
from tests.relationships.test_scoring import criteria

pytestmark = pytest.mark.django_db
URL, OF_ACCOUNT = "/api/v1/ratings/", "/api/v1/accounts/N1/ratings/"


@pytest.fixture
def rated(portfolio):
    """N1 and S1 on both axes, by the lead and by a stranger, today and half a year ago."""
    CriteriaSet.objects.create(code="default", version=2, document=criteria())
    today = timezone.localdate()
    for account, who, code, days in (
        ("N1", "lead", "trust", 0),
        ("N1", "lead", "potential", 180),
        ("S1", "stranger", "trust", 0),
    ):
        Rating.objects.create(
            account=portfolio.accounts[account],
            criterion=code,
            rater=portfolio.user(who),
            rated_on=today - timedelta(days=days),
            score=4,
        )
    return portfolio


def listed(response) -> list[tuple]:
    return [(row["account_code"], row["criterion"]) for row in response.json()["results"]]


def post(client, body: dict, url: str = URL, **headers):
    return client.post(url, body, format="json", headers=headers)


def test_the_newest_come_first_of_the_accounts_one_sees(api, rated):
    assert listed(api("manager").get(URL)) == [("N1", "trust"), ("N1", "potential")]
    assert listed(api("stranger").get(URL)) == [("S1", "trust")]
    assert len(listed(api("finance").get(URL))) == 3
    assert listed(api("manager").get(OF_ACCOUNT)) == [("N1", "trust"), ("N1", "potential")]
    assert api("stranger").get(OF_ACCOUNT).status_code == 404


def test_members_see_nothing_of_attractiveness(api, rated):
    assert listed(api("member").get(URL)) == [("N1", "trust")]
    assert listed(api("member").get(URL, {"criterion": "potential"})) == []
    assert api("member").get(OF_ACCOUNT, {"count": 1}).json()["count"] == 1


def test_ratings_are_filtered(api, rated):
    manager, day = api("manager"), timezone.localdate() - timedelta(days=30)

    assert listed(manager.get(URL, {"criterion": "potential"})) == [("N1", "potential")]
    assert listed(manager.get(URL, {"rated_since": day.isoformat()})) == [("N1", "trust")]
    assert listed(manager.get(URL, {"rater": "LEAD@example.com", "account": "N1", "status": "assumed"}))
    assert listed(manager.get(URL, {"perspective": "buyer"})) == []
    assert manager.get(URL, {"rated_since": "yesterday"}).status_code == 400


def test_a_rating_is_ones_own_and_of_today(api, rated):
    body = {
        "account_code": "N1",
        "criterion": "access",
        "score": 7.5,
        "status": "confirmed",
        "evidence": "Visit",
        "link": "https://x.example/visit",
    }

    response = post(api("manager"), body)

    assert response.status_code == 201, response.json()
    said = {"perspective": "supplier", "rater_email": "manager@example.com"}
    assert response.json() == body | said | {
        "id": Rating.objects.latest("pk").pk,
        "rated_on": timezone.localdate().isoformat(),
    }


def test_a_second_one_of_the_day_replaces_what_it_says(api, rated):
    manager = api("manager")
    post(manager, {"criterion": "trust", "score": 5, "evidence": "Visit"}, OF_ACCOUNT)

    post(manager, {"criterion": "trust", "score": 6}, OF_ACCOUNT)

    row = Rating.objects.get(rater__email="manager@example.com")
    assert (row.score, row.evidence) == (6, "Visit")


def test_what_is_sent_twice_with_a_key_is_answered_from_the_first_time(api, rated):
    manager, body = api("manager"), {"account_code": "N1", "criterion": "trust", "score": 5}
    first = post(manager, body, **{"Idempotency-Key": "one"})
    Rating.objects.filter(rater__email="manager@example.com").update(score=9)

    assert post(manager, body, **{"Idempotency-Key": "one"}).json() == first.json()
    assert Rating.objects.get(rater__email="manager@example.com").score == 9
    assert post(manager, body | {"score": 6}, **{"Idempotency-Key": "one"}).status_code == 422


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"score": 11}, "score"),
        ({"score": None}, "score"),
        ({"score": True}, "score"),
        ({"score": "much"}, "score"),
        ({"criterion": "volume"}, "criterion"),
        ({"criterion": "nothing"}, "criterion"),
        ({"criterion": "potential", "perspective": "buyer"}, "criterion"),
        ({"perspective": "ours"}, "perspective"),
        ({"status": "sure"}, "status"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"evidence": 5}, "evidence"),
        ({"evidence": "x" * 10_001}, "evidence"),
        ({"rated_on": "2026-01-01"}, "rated_on"),
        ({"account_code": "S1"}, "account_code"),
        ({"account_code": "XX"}, "account_code"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(api, rated, change, field):
    body = {"account_code": "N1", "criterion": "trust", "score": 5} | change

    response = post(api("manager"), body)

    assert response.status_code == 400
    assert field in response.content.decode()
    assert not Rating.objects.filter(rater__email="manager@example.com").exists()


@pytest.mark.parametrize("who", ["member", "finance", "executive"])
def test_only_who_scores_gives_ratings(api, rated, who):
    assert post(api(who), {"account_code": "N1", "criterion": "trust", "score": 5}).status_code == 403


def test_a_token_needs_the_scope(with_token, rated):
    body = {"account_code": "N1", "criterion": "trust", "score": 5}

    assert post(with_token("manager", "ratings:read"), body).status_code == 403
    assert post(with_token("manager", "ratings:write"), body).status_code == 201
    assert with_token("manager", "scores:read").get(URL).status_code == 403

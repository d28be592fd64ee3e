"""Surveys over REST: what was asked and answered, and all together by account; of the accounts in sight."""

from datetime import timedelta

import pytest
from django.utils import timezone

from relationships import asking
from relationships.models import Invitation

SURVEYS, VOICE = "/api/v1/surveys/", "/api/v1/voice/"


@pytest.fixture
def surveys(portfolio):
    asked(portfolio, "N1", "Jo", {"recommend_0_10": "9", "comment": "Quick"})
    asked(portfolio, "N1", "Mo", {"trust_1_7": "5", "trust_promises": "6"}, kind="trust")
    asked(portfolio, "N2", "Al", None)
    asked(portfolio, "S1", "Bo", {"recommend_0_10": "2"})
    return portfolio


def asked(portfolio, code: str, name: str, answers: dict | None, kind: str = "nps") -> Invitation:
    then = timezone.now() - timedelta(days=2)
    user = portfolio.user("manager")
    row, _secret = asking.invite(portfolio.accounts[code], asking.Guest(name, "a@b.example"), user, then, kind)
    Invitation.objects.filter(pk=row.pk).update(created_at=then)
    if answers:
        asking.answer(row, answers, timezone.now())
    return row


SEEN = [
    *((who, {"Jo", "Mo", "Al"}, ["N1", "N2"]) for who in ("member", "manager", "lead")),
    ("stranger", {"Bo"}, ["S1"]),
    *((who, {"Jo", "Mo", "Al", "Bo"}, ["N1", "N2", "S1"]) for who in ("finance", "executive")),
]


@pytest.mark.parametrize(("who", "people", "accounts"), SEEN)
def test_each_sees_those_of_the_accounts_in_sight(api, surveys, who, people, accounts):
    client = api(who)
    answers, voices = client.get(f"{SURVEYS}?count=1").json(), client.get(f"{VOICE}?count=1").json()

    assert ({row["name"] for row in answers["results"]}, answers["count"]) == (people, len(people))
    assert ([row["account_code"] for row in voices["results"]], voices["count"]) == (accounts, len(accounts))


def test_a_row_tells_what_was_answered_and_no_secret(api, surveys):
    answer = api("member").get(f"{SURVEYS}?account=N1")
    mo, jo = answer.json()["results"]

    assert (jo["recommend"], jo["trust"], jo["comment"], jo["kind"]) == (9, None, "Quick", "nps")
    assert (mo["recommend"], mo["trust"], mo["comment"]) == (None, 5.5, None)
    assert b"secret" not in answer.content and b"a@b.example" not in answer.content


def test_the_voice_of_an_account_is_its_figures(api, surveys):
    first, second = api("member").get(VOICE).json()["results"]

    assert (first["net_promoter_score"], first["promoters"], first["detractors"]) == (100, 1, 0)
    assert (first["trust"], first["trust_answers"], first["response_share"]) == (5.5, 1, 1)
    assert (second["net_promoter_score"], second["asked"], second["open"]) == (None, 0, 1)


def test_filters_and_scope(api, with_token, surveys):
    client = api("finance")

    def told(query: str) -> set[str]:
        return {row["name"] for row in client.get(f"{SURVEYS}?{query}").json()["results"]}

    assert told("state=unanswered") == {"Al"}
    assert told("state=answered&kind=nps") == {"Jo", "Bo"}
    assert told(f"answered_since={timezone.localdate() + timedelta(days=2)}") == set()
    assert [row["account_code"] for row in client.get(f"{VOICE}?team=south").json()["results"]] == ["S1"]
    for path in (f"{SURVEYS}?kind=gossip", f"{SURVEYS}?name=Jo", f"{VOICE}?nps=1", f"{SURVEYS}?state=lost"):
        assert client.get(path).status_code == 400, path
    for path in (SURVEYS, VOICE):
        assert with_token("manager", "contacts:read").get(path).status_code == 403
        assert with_token("manager", "surveys:read").get(path).status_code == 200
        assert api("admin").get(path).status_code == 403
        assert api("manager").post(path, {}).status_code == 405


def test_many_take_no_more_queries(api, surveys, django_assert_max_num_queries):
    for number in range(20):
        asked(surveys, "N1", f"Guest {number}", {"recommend_0_10": "7"})
    client = api("manager")

    for path in (SURVEYS, VOICE):
        with django_assert_max_num_queries(9):
            client.get(path)

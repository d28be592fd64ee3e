"""The strength that the evidence tells, over REST: as the page tells it, and to nobody more."""

import pytest
from django.utils import timezone

from relationships.models import Position
from tests.relationships.test_strengths import answers, hold, people, reading

URL = "/api/v1/accounts/N1/strength/"


@pytest.fixture
def evidence(portfolio):
    """Five of seven components are known: without deliveries there is no net revenue to set a cost against."""
    people(portfolio)
    answers(portfolio)
    hold(portfolio, 9_999_999)
    return portfolio


def test_each_component_is_told_with_its_points_or_as_unknown(api, evidence):
    answer = api("manager").get(URL).json()
    points = {row["component"]: row["points"] for row in answer["components"]}

    assert list(points) == ["coverage", "seniority", "frequency", "trust", "recommendation", "barriers", "delivery"]
    assert (points["coverage"], points["trust"], points["recommendation"]) == (2.5, 7.5, 6.3)
    assert (points["barriers"], points["delivery"]) == (None, None)
    assert (answer["coverage"], answer["provisional"]) == (round(5 / 7, 6), True)
    assert answer["evidence_index"] == float(reading(evidence).shown)
    assert (answer["as_of"], answer["run"]["id"]) == (timezone.localdate().isoformat(), evidence.run.pk)


def test_no_person_is_named_and_no_cost_is_told(api, evidence):
    answer = api("manager").get(URL).content

    assert not [secret for secret in (b"Olga", b"Paul", b"Ada", b"9999999") if secret in answer]


def test_a_scored_strength_that_rests_on_profit_is_told_to_who_sees_profit(api, evidence, monkeypatch):
    position = Position.objects.get(run=evidence.run, account__code="N1")
    assert api("member").get(URL).json()["relationship_strength"] == float(position.relationship_strength)

    monkeypatch.setattr("relationships.strengths.rests_on_profit", lambda *_: True)

    assert api("member").get(URL).json()["relationship_strength"] is None
    assert api("finance").get(URL).json()["relationship_strength"] == float(position.relationship_strength)


@pytest.mark.parametrize(("who", "status"), [("member", 200), ("finance", 200), ("stranger", 404), (None, 401)])
def test_only_of_accounts_in_sight(api, evidence, who, status):
    assert api(who).get(URL).status_code == status


def test_a_token_reads_it_with_the_scope_of_scores(with_token, evidence):
    assert with_token("manager", "scores:read").get(URL).status_code == 200
    assert with_token("manager", "accounts:read").get(URL).status_code == 403

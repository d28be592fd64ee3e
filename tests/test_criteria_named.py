"""Results name the criteria that placed them: on the pages that show positions, in files, over REST."""

import csv
from datetime import date

import pytest

from relationships.models import CriteriaSet, Position
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    used = CriteriaSet.objects.create(code="agreed", version=7, document={})
    Position.objects.update(criteria_set=used)
    CriteriaSet.objects.create(code="agreed", version=8, document={})  # in force later, for another run
    return made


@pytest.fixture
def open_as(client, portfolio):
    def opened(role, address, **query):
        client.force_login(portfolio.user(role))
        return client.get(address, query)

    return opened


@pytest.mark.parametrize(
    "address",
    ["/", "/accounts/", "/accounts/N1/", "/matrix/", "/guidance/", "/selection/", "/accounts/N1/relationship/"],
)
def test_the_run_line_names_them_where_positions_are_shown(open_as, address):
    assert "<span>criteria agreed v7</span>" in open_as("manager", address).content.decode()


@pytest.mark.parametrize("address", ["/scoring/", "/accounts/N1/scoring/", "/accounts/N1/criteria/"])
@pytest.mark.parametrize(
    ("day", "said"), [(None, "agreed v8; "), (date(2026, 2, 1), "agreed v8, valid from 1 Feb 2026; ")]
)
def test_where_scores_are_typed_those_in_force_are_named_and_those_of_the_run(open_as, address, day, said):
    CriteriaSet.objects.filter(version=8).update(valid_from=day)

    assert f"<span>criteria {said}the run went by agreed v7</span>" in open_as("manager", address).content.decode()


@pytest.mark.parametrize("address", ["/pnl/", "/value/", "/runs/"])
def test_it_does_not_where_no_position_is_shown(open_as, address):
    assert "criteria agreed" not in open_as("finance", address).content.decode()


@pytest.mark.parametrize("address", ["/matrix/", "/guidance/", "/selection/?show=all", "/accounts/"])
def test_files_name_them_in_each_row(open_as, address):
    path, _mark, query = address.partition("?")
    asked = dict([query.split("=")] if query else [])
    answer = open_as("manager", path, format="csv", **asked)
    table = csv.DictReader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())

    assert {row["Criteria"] for row in table} <= {"agreed v7"}
    assert "Criteria" in table.fieldnames


@pytest.mark.parametrize("address", ["/api/v1/scores/", "/api/v1/matrix/"])
def test_rest_names_them_in_each_row(open_as, address):
    answer = open_as("member", address).json()
    row = (answer.get("results") or answer["points"])[0]

    assert (row["criteria"], row["criteria_version"]) == ("agreed", 7)


def test_of_a_run_without_criteria_it_says_so(open_as):
    Position.objects.update(criteria_set=None)

    assert "<span>criteria none</span>" in open_as("manager", "/matrix/").content.decode()
    assert open_as("manager", "/api/v1/matrix/").json()["points"][0]["criteria"] is None

"""Submitted versions of plans cannot be changed by whatever way; the database itself says so, on both engines."""

import json

import pytest
from django.db import DatabaseError, connection, transaction

from relationships.models import PlanApproval, PlanVersion
from relationships.plans import lifecycle
from tests.factories import a_portfolio
from tests.relationships.plans_made import NOW, a_plan, approved, submitted
from tests.test_frozen import raw

VERSIONS, APPROVALS = PlanVersion._meta.db_table, PlanApproval._meta.db_table


@pytest.fixture
def portfolio(db):
    return a_portfolio(frozen=True)


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


def refused(statement: str, *values) -> bool:
    try:
        raw(statement, *values)
    except DatabaseError as error:
        return "submitted" in str(error)
    return False


@pytest.mark.parametrize(
    "change",
    [
        "document = '{}'",
        "number = 7",
        "note = 'another'",
        "submitted_at = '2020-01-01'",
        "state = 'in_review'",
        "state = 'returned'",
        "state = 'withdrawn'",
        "decided_at = NULL",
    ],
)
def test_nothing_of_an_approved_version_can_be_changed(portfolio, plan, change):
    version = approved(portfolio, plan)

    assert refused(f"UPDATE {VERSIONS} SET {change} WHERE id = %s", version.pk)
    assert refused(f"UPDATE {VERSIONS} SET {change}")


def test_what_is_in_review_can_only_be_decided(portfolio, plan):
    version = submitted(portfolio, plan)

    assert refused(f"UPDATE {VERSIONS} SET document = '{{}}'")
    assert refused(f"UPDATE {VERSIONS} SET state = 'superseded'")
    assert refused(f"UPDATE {VERSIONS} SET state = 'approved', document = '{{}}'")
    raw(
        f"UPDATE {VERSIONS} SET state = 'withdrawn', decided_at = '2026-03-11 00:00:00+00:00' WHERE id = %s", version.pk
    )


def test_no_version_can_be_removed(portfolio, plan):
    submitted(portfolio, plan)

    assert refused(f"DELETE FROM {VERSIONS}")
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanVersion.objects.all().delete()


def test_no_version_is_added_as_approved_or_in_place_of_another(portfolio, plan):
    version = approved(portfolio, plan)
    columns = "plan_id, number, state, document, note, submitted_at, submitted_by_id"
    values = [plan.pk, 2, json.dumps({}), "2026-03-11 00:00:00+00:00", portfolio.user("manager").pk]

    def add(how: str, state: str, number: int) -> str:
        return f"{how} INTO {VERSIONS} ({columns}) VALUES (%s, %s, '{state}', %s, '', %s, %s)"

    assert refused(add("INSERT", "approved", 2), *values)
    if connection.vendor == "sqlite":
        values[1] = 1
        assert refused(add("INSERT OR REPLACE", "in_review", 1), *values)
    assert plan.versions.get() == version


def test_what_an_approver_said_stays(portfolio, plan):
    version = approved(portfolio, plan)

    assert refused(f"UPDATE {APPROVALS} SET answer = 'No'")
    assert refused(f"DELETE FROM {APPROVALS}")
    assert version.approvals.count() == 2


def test_nobody_speaks_of_a_version_that_is_decided(portfolio, plan):
    version = submitted(portfolio, plan)
    lifecycle.withdraw(portfolio.user("manager"), version, NOW)

    with pytest.raises(DatabaseError, match="submitted"), transaction.atomic():
        PlanApproval.objects.create(
            version=version, side="lead", is_approved=True, said_at=NOW, said_by=portfolio.user("lead")
        )


@pytest.mark.postgres
def test_the_tables_cannot_be_emptied(portfolio, plan):
    approved(portfolio, plan)
    raw("SET CONSTRAINTS ALL IMMEDIATE")  # else pending checks would refuse it first

    assert refused(f"TRUNCATE {APPROVALS}")
    assert refused(f"TRUNCATE {VERSIONS} CASCADE")

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from accounts.models import Account, Assignment, Import, Team, User
from tests.bringing import bring, counts, problems

pytestmark = pytest.mark.django_db

TEAMS = """
    code,name
    north,Team North
    south,Team South
"""
USERS = """
    email,name,role,team_code
    ann@example.com,Ann,manager,north
    Bob@Example.com,Bob,lead,south
    bob@example.com,Bob,lead,north
    eve@example.com,Eve,executive,
"""
ACCOUNTS = """
    code,name,parent_code,country,opened_on,team_code,manager_email,process_complexity,annual_potential
    A1,Alpha One,A,DE,2020-01-31,north,ANN@example.com,3,1000.5
    A,Alpha,,DE,,north,,,
    B,NA,,,,,,0,
"""


@pytest.fixture
def people(tmp_path):
    bring(tmp_path, "teams", TEAMS)
    bring(tmp_path, "users", USERS)


def test_teams_are_added_then_left_then_renamed(tmp_path):
    assert counts(bring(tmp_path, "teams", TEAMS)) == (2, 0, 0, 0)
    assert counts(bring(tmp_path, "teams", TEAMS)) == (0, 0, 2, 0)
    assert counts(bring(tmp_path, "teams", TEAMS.replace("Team North", "Norden"))) == (0, 1, 1, 0)
    assert Team.objects.get(code="north").name == "Norden"


def test_a_user_may_be_listed_for_several_teams(tmp_path):
    bring(tmp_path, "teams", TEAMS)

    record = bring(tmp_path, "users", USERS)

    assert counts(record) == (3, 1, 0, 0)
    bob = User.objects.get(email="bob@example.com")
    assert {team.code for team in bob.teams.all()} == {"north", "south"}
    assert not bob.has_usable_password()
    assert "changepassword" in record.notes[0]
    assert counts(bring(tmp_path, "users", USERS)) == (0, 0, 4, 0)


def test_a_team_that_is_not_in_the_file_is_not_left(tmp_path, people):
    record = bring(tmp_path, "users", "email,name,role\nBOB@example.com,Robert,manager\n")

    assert counts(record) == (0, 1, 0, 0)
    bob = User.objects.get(email="bob@example.com")
    assert (bob.name, bob.role, bob.teams.count()) == ("Robert", "manager", 2)


def test_users_with_unknown_teams_roles_or_two_names_are_refused(tmp_path):
    bring(tmp_path, "teams", TEAMS)

    record = bring(
        tmp_path,
        "users",
        """
        email,name,role,team_code
        a@example.com,A,manager,north
        a@example.com,Other,manager,south
        b@example.com,B,manager,west
        c@example.com,C,boss,
        d at example.com,D,lead,
        """,
    )

    assert problems(record) == [
        (3, "email", "a@example.com"),
        (4, "team_code", "west"),
        (5, "role", "boss"),
        (6, "email", "d at example.com"),
    ]
    assert User.objects.count() == 0


def test_accounts_know_their_parent_team_and_manager(tmp_path, people):
    record = bring(tmp_path, "accounts", ACCOUNTS)

    assert counts(record) == (3, 0, 0, 0)
    one = Account.objects.get(code="A1")
    assert (one.parent.code, one.team.code, one.manager.email) == ("A", "north", "ann@example.com")
    assert (one.opened_on, one.process_complexity, one.annual_potential) == (date(2020, 1, 31), 3, Decimal("1000.5"))
    assert Account.objects.get(code="B").name == "NA"
    assert Account.objects.get(code="B").process_complexity == 0


def test_the_same_accounts_again_change_nothing(tmp_path, people):
    bring(tmp_path, "accounts", ACCOUNTS)
    before = list(Account.objects.order_by("pk").values())

    record = bring(tmp_path, "accounts", ACCOUNTS)

    assert counts(record) == (0, 0, 3, 0)
    assert list(Account.objects.order_by("pk").values()) == before
    assert Assignment.objects.count() == 2


def test_columns_that_a_file_lacks_stay_as_they_are(tmp_path, people):
    bring(tmp_path, "accounts", ACCOUNTS)

    record = bring(tmp_path, "accounts", "code,name\nA1,Alpha First\nA,Alpha\n")

    assert counts(record) == (0, 1, 1, 0)
    one = Account.objects.get(code="A1")
    assert (one.name, one.country, one.parent.code, one.team.code) == ("Alpha First", "DE", "A", "north")


def test_an_empty_cell_takes_the_value_away(tmp_path, people):
    bring(tmp_path, "accounts", ACCOUNTS)

    bring(tmp_path, "accounts", "code,name,country,opened_on,parent_code\nA1,Alpha One,,,\n")

    one = Account.objects.get(code="A1")
    assert (one.country, one.opened_on, one.parent) == ("", None, None)


def test_a_change_of_manager_or_team_ends_one_assignment_and_starts_another(tmp_path, people):
    with time_machine.travel("2025-03-01"):
        bring(tmp_path, "accounts", ACCOUNTS)
    with time_machine.travel("2025-05-10"):
        bring(tmp_path, "accounts", "code,name,team_code\nA1,Alpha One,south\nA,Alpha,north\n")

    spans = [
        (each.team.code, each.manager.email, each.from_on, each.until_on)
        for each in Assignment.objects.filter(account__code="A1").order_by("from_on")
    ]
    assert spans == [
        ("north", "ann@example.com", date(2025, 3, 1), date(2025, 5, 10)),
        ("south", "ann@example.com", date(2025, 5, 10), None),
    ]
    assert Assignment.objects.filter(account__code="A").count() == 1


def test_a_new_name_leaves_the_assignment_alone(tmp_path, people):
    with time_machine.travel("2025-03-01"):
        bring(tmp_path, "accounts", ACCOUNTS)
    with time_machine.travel("2025-05-10"):
        bring(tmp_path, "accounts", ACCOUNTS.replace("Alpha One", "Alpha First"))

    assert set(Assignment.objects.values_list("from_on", "until_on")) == {(date(2025, 3, 1), None)}


def test_a_second_change_on_one_day_leaves_no_assignment_without_days(tmp_path, people):
    for team in ("north", "south", ""):
        with time_machine.travel("2025-03-01"):
            bring(tmp_path, "accounts", f"code,name,team_code\nX,X,{team}\n")

    assert not Assignment.objects.exists()


def test_circles_of_parents_and_unknown_parents_are_refused(tmp_path):
    record = bring(
        tmp_path,
        "accounts",
        """
        code,name,parent_code
        A,A,B
        B,B,C
        C,C,A
        D,D,C
        E,E,E
        F,F,nobody
        """,
    )

    assert problems(record) == [(2, "parent_code", "B"), (6, "parent_code", "E"), (7, "parent_code", "nobody")]
    assert "A → B → C → A" in record.problems[0]["reason"]
    assert Account.objects.count() == 0


def test_a_circle_with_a_stored_parent_is_refused(tmp_path):
    bring(tmp_path, "accounts", "code,name,parent_code\nA,A,\nB,B,A\n")

    record = bring(tmp_path, "accounts", "code,name,parent_code\nA,A,B\n")

    assert problems(record) == [(2, "parent_code", "B")]
    assert Account.objects.get(code="A").parent is None


def test_a_new_parent_counts_as_a_change(tmp_path):
    bring(tmp_path, "accounts", "code,name,parent_code\nA,A,\nB,B,\n")

    record = bring(tmp_path, "accounts", "code,name,parent_code\nA,A,\nB,B,A\n")

    assert counts(record) == (0, 1, 1, 0)


def test_what_names_nobody_is_refused_with_its_line(tmp_path, people):
    record = bring(
        tmp_path,
        "accounts",
        """
        code,name,team_code,manager_email,sponsor_email,process_complexity
        A,A,west,,,
        B,B,,x@example.com,,
        C,C,,,y@example.com,
        D,D,,,,11
        E,E,,,,
        """,
    )

    assert record.state == Import.State.REFUSED
    assert problems(record) == [
        (2, "team_code", "west"),
        (3, "manager_email", "x@example.com"),
        (4, "sponsor_email", "y@example.com"),
        (5, "process_complexity", "11"),
    ]
    assert not Account.objects.exists()

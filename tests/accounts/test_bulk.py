import pytest
from django.db import IntegrityError, connection, transaction

from accounts import bulk
from accounts.models import Team

pytestmark = pytest.mark.django_db

AWKWARD = ["it's", 'a "b"', "back\\slash", "tab\tand\nline\r", "%s ? :x", "\\N", "ünï – 漢字", ""]


def test_what_is_written_is_what_is_read():
    codes = [str(number) for number in range(len(AWKWARD))]

    assert bulk.insert(Team, {"code": codes, "name": AWKWARD}) == len(AWKWARD)

    assert list(Team.objects.order_by("code").values_list("name", flat=True)) == AWKWARD


@pytest.mark.parametrize("name", AWKWARD)
def test_a_constant_goes_into_every_row(name):
    bulk.insert(Team, {"code": ["a", "b"]}, {"name": name})

    assert set(Team.objects.values_list("name", flat=True)) == {name}


@pytest.mark.parametrize("count", [0, 1, 449, 450, 451, 2000])
def test_any_number_of_rows_arrives_once(count):
    codes = [str(number) for number in range(count)]

    assert bulk.insert(Team, {"code": codes, "name": codes}) == count

    assert set(Team.objects.values_list("code", flat=True)) == set(codes)


def test_columns_of_different_lengths_are_a_mistake():
    with pytest.raises(ValueError):
        bulk.insert(Team, {"code": ["a", "b"], "name": ["A"]})


def test_a_broken_rule_of_the_database_is_the_error_django_knows():
    with pytest.raises(IntegrityError), transaction.atomic():
        bulk.insert(Team, {"code": ["a", "a"], "name": ["A", "B"]})
    assert connection.needs_rollback is False

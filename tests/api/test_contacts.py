"""Contacts over REST: whose, which, and who of us answers to them."""

import pytest

from relationships.models import Contact, Counterpart

CONTACTS = "/api/v1/contacts/"


@pytest.fixture
def ada(portfolio) -> Contact:
    Contact.objects.create(account=portfolio.accounts["S1"], name="Eve")
    boss = Contact.objects.create(account=portfolio.accounts["N1"], name="Bob")
    made = Contact.objects.create(
        account=portfolio.accounts["N1"], name="Ada", email="ada@n1.example", level=3, support=-1, reports_to=boss
    )
    for role, kind in (("manager", "sales"), ("lead", "sales"), ("member", "service")):
        Counterpart.objects.create(contact=made, user=portfolio.user(role), kind=kind)
    return made


def names(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def test_a_reader_gets_the_contacts_of_the_accounts_that_it_sees(api, ada):
    assert names(api("manager").get(CONTACTS)) == ["Bob", "Ada"]
    assert names(api("finance").get(CONTACTS, {"ordering": "name"})) == ["Ada", "Bob", "Eve"]
    assert names(api("manager").get(CONTACTS, {"account": "S1"})) == []


def test_a_row_tells_all_of_a_contact(api, ada):
    row = api("manager").get(CONTACTS, {"account": "N1"}).json()["results"][1]

    assert row == {
        "id": ada.pk, "account_code": "N1", "name": "Ada", "email": "ada@n1.example", "title": None, "function": None,
        "level": 3, "buying_role": None, "support": -1, "influence": None, "reports_to": ada.reports_to_id,
        "left_on": None, "counterpart_email": "lead@example.com; manager@example.com",
        "service_email": "member@example.com",
    }  # fmt: skip


def test_many_contacts_take_no_more_reads(api, portfolio, ada, django_assert_max_num_queries):
    Contact.objects.bulk_create(Contact(account=portfolio.accounts["N1"], name=f"P{n}") for n in range(50))
    client = api("manager")

    with django_assert_max_num_queries(12):
        assert len(names(client.get(CONTACTS))) == 52

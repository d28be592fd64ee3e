"""Contacts from files: known by e-mail or name, their reporting lines, and who of us answers to them."""

from datetime import date

import pytest

from accounts.models import Account, User
from kam_portal.exports import export
from relationships.models import Contact, Counterpart
from tests.bringing import bring, counts, problems

pytestmark = pytest.mark.django_db
CONTACTS = """
    account_code,name,email,function,level,buying_role,support,influence,reports_to,counterpart_email
    A,Cy Low,Cy@a.example,Quality,2,user,-1,3,di@a.example,ann@example.com; Bob@example.com
    A,Di Top,di@a.example,Board,5,decider,2,10,,
    A,Ed,,Stores,1,,,,cy low,bob@example.com
    B,Ed,,Stores,1,,,,,
"""


@pytest.fixture(autouse=True)
def portfolio(db):
    for name in ("Ann", "Bob"):
        User.objects.create_user(f"{name.lower()}@example.com", name, "manager")
    for code in "AB":
        Account.objects.create(code=code, name=code)


def contact(code: str, name: str) -> Contact:
    return Contact.objects.get(account__code=code, name=name)


def ours(contact: Contact) -> list[tuple[str, str]]:
    return list(contact.counterparts.order_by("user__email").values_list("user__email", "kind"))


def test_contacts_come_in_with_their_lines_and_counterparts(tmp_path):
    assert counts(bring(tmp_path, "contacts", CONTACTS)) == (4, 0, 0, 0)

    low = contact("A", "Cy Low")
    assert (low.function, low.level, low.buying_role, low.support, low.influence) == ("Quality", 2, "user", -1, 3)
    assert low.reports_to == contact("A", "Di Top")
    assert contact("A", "Ed").reports_to == low
    assert ours(low) == [("ann@example.com", "sales"), ("bob@example.com", "sales")]


def test_the_same_file_again_changes_nothing(tmp_path):
    bring(tmp_path, "contacts", CONTACTS)

    assert counts(bring(tmp_path, "contacts", CONTACTS)) == (0, 0, 4, 0)


def test_an_email_stays_the_same_person_under_another_name_and_title(tmp_path):
    bring(tmp_path, "contacts", CONTACTS)
    record = bring(tmp_path, "contacts", "account_code,name,email,title\nA,Cy High,cy@A.example,Head of quality\n")

    assert counts(record) == (0, 1, 0, 0)
    assert contact("A", "Cy High").title == "Head of quality"
    assert contact("A", "Cy High").function == "Quality"  # a column that the file lacks stays


def test_another_line_or_counterpart_alone_is_a_change(tmp_path):
    bring(tmp_path, "contacts", CONTACTS)
    later = CONTACTS.replace("cy low,bob", "Di Top,bob").replace(
        "di@a.example,ann@example.com; Bob", "di@a.example,Bob"
    )

    assert counts(bring(tmp_path, "contacts", later)) == (0, 2, 2, 0)
    assert contact("A", "Ed").reports_to == contact("A", "Di Top")
    assert ours(contact("A", "Cy Low")) == [("bob@example.com", "sales")]


def test_an_empty_cell_ends_who_answers_to_them_but_leaves_service(tmp_path):
    bring(tmp_path, "contacts", CONTACTS)
    low = contact("A", "Cy Low")
    Counterpart.objects.create(contact=low, user=User.objects.get(email="ann@example.com"), kind="service")

    bring(tmp_path, "contacts", "account_code,name,email,counterpart_email\nA,Cy Low,cy@a.example,\n")

    assert ours(low) == [("ann@example.com", "service")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("X,Zed,,,,,,,,", (2, "account_code", "X")),
        ("A,Zed,zed,,,,,,,", (2, "email", "zed")),
        ("A,Zed,,,6,,,,,", (2, "level", "6")),
        ("A,Zed,,,,,-3,,,", (2, "support", "-3")),
        ("A,Zed,,,,,,11,,", (2, "influence", "11")),
        ("A,Zed,,,,boss,,,,", (2, "buying_role", "boss")),
        ("A,Zed,,,,,,,Nobody,", (2, "reports_to", "Nobody")),
        ("A,Zed,,,,,,,Zed,", (2, "reports_to", "Zed")),
        ("A,Zed,,,,,,,,cy@example.com", (2, "counterpart_email", "cy@example.com")),
    ],
)
def test_what_cannot_be_is_refused_with_its_line_and_column(tmp_path, row, problem):
    head = "account_code,name,email,function,level,buying_role,support,influence,reports_to,counterpart_email\n"
    record = bring(tmp_path, "contacts", f"{head}{row}\n")

    assert problems(record) == [problem]
    assert not Contact.objects.exists()


def test_a_circle_is_refused_also_when_it_closes_through_stored_lines(tmp_path):
    bring(tmp_path, "contacts", CONTACTS)
    record = bring(tmp_path, "contacts", "account_code,name,email,reports_to\nA,Di Top,di@a.example,Ed\n")

    assert problems(record) == [(2, "reports_to", "Ed")]
    assert contact("A", "Di Top").reports_to is None


def test_a_name_that_several_have_must_be_told_apart_by_email(tmp_path):
    text = "account_code,name,email,reports_to\nA,Jo,jo1@a.example,\nA,Jo,jo2@a.example,\nA,Ed,,Jo\n"

    assert problems(bring(tmp_path, "contacts", text)) == [(4, "reports_to", "Jo")]


@pytest.mark.parametrize(
    ("row", "problem"),
    [("A,Other,CY@a.example", (3, "email", "CY@a.example")), ("A,cy low,cy@a.example", (3, "email", "cy@a.example"))],
)
def test_the_same_contact_twice_in_a_file_is_refused(tmp_path, row, problem):
    record = bring(tmp_path, "contacts", f"account_code,name,email\nA,Cy Low,cy@a.example\n{row}\n")

    assert problems(record) == [problem]


def test_one_without_email_beside_a_namesake_with_one_goes_out_and_comes_in_again(tmp_path):
    bring(tmp_path, "contacts", CONTACTS.replace("A,Ed,,", "A,Cy Low,,").replace(",cy low,bob", ",cy@a.example,bob"))
    Contact.objects.filter(account__code="B").update(left_on=date(2026, 1, 31))
    before = list(Contact.objects.order_by("account__code", "name", "email").values("name", "email", "left_on"))
    export("contacts", tmp_path / "out.csv")
    Contact.objects.all().delete()

    assert counts(bring(tmp_path, "contacts", (tmp_path / "out.csv").read_text())) == (4, 0, 0, 0)
    assert list(Contact.objects.order_by("account__code", "name", "email").values("name", "email", "left_on")) == before
    assert counts(bring(tmp_path, "contacts", (tmp_path / "out.csv").read_text())) == (0, 0, 4, 0)


def test_many_contacts_take_no_more_reads_than_one(tmp_path, django_assert_max_num_queries):
    rows = "\n".join(f"A,Person {number},,ann@example.com" for number in range(200))
    with django_assert_max_num_queries(60):
        record = bring(tmp_path, "contacts", f"account_code,name,email,counterpart_email\n{rows}\n")

    assert counts(record) == (200, 0, 0, 0)

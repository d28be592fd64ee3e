"""Touchpoints from files: known by their key, repeatable, out again as they came in."""

from datetime import date

import pytest

from accounts.models import Account, User
from kam_portal.exports import export
from relationships.models import Contact, Touchpoint
from tests.bringing import bring, counts, problems

pytestmark = pytest.mark.django_db
TOUCHPOINTS = """
    key,account_code,kind,held_on,minutes,subject,note,contact_emails,our_emails
    v-1,A,visit,2026-03-01,60,Stock,"Two lines,
    one note",Jo@a.example; kim@a.example,ann@example.com
    v-2,A,,2026-03-02,,,,,
    ,B,call,2026-03-03,5,Invoices,,,ann@example.com
"""


@pytest.fixture(autouse=True)
def portfolio(db):
    ann = User.objects.create_user("ann@example.com", "Ann", "manager")
    for code in "AB":
        Account.objects.create(code=code, name=code, manager=ann if code == "A" else None)
    for name in ("jo", "kim"):
        Contact.objects.create(account=Account.objects.get(code="A"), name=name, email=f"{name}@a.example")


def test_touchpoints_come_in_with_who_was_there(tmp_path):
    assert counts(bring(tmp_path, "touchpoints", TOUCHPOINTS)) == (3, 0, 0, 0)

    row = Touchpoint.objects.get(key="v-1")
    assert (row.kind, row.held_on, row.minutes, row.source) == ("visit", date(2026, 3, 1), 60, "csv")
    assert row.note.startswith("Two lines,\n")
    assert {each.name for each in row.contacts.all()} == {"jo", "kim"}
    assert [each.name for each in row.people.all()] == ["Ann"]
    assert Touchpoint.objects.get(key="v-2").kind == "meeting"  # as shipped
    assert Touchpoint.objects.get(key="v-2").logged_by.name == "Ann"  # the manager, where nobody is named


def test_the_same_file_again_changes_nothing(tmp_path):
    bring(tmp_path, "touchpoints", TOUCHPOINTS)

    assert counts(bring(tmp_path, "touchpoints", TOUCHPOINTS)) == (0, 0, 3, 0)


def test_a_row_that_says_something_else_changes_it_and_missing_columns_stay(tmp_path):
    bring(tmp_path, "touchpoints", TOUCHPOINTS)
    changed = "key,account_code,held_on,minutes,contact_emails\nv-1,A,2026-03-01,75,jo@a.example\n"

    assert counts(bring(tmp_path, "touchpoints", changed)) == (0, 1, 0, 0)

    row = Touchpoint.objects.get(key="v-1")
    assert (row.minutes, row.subject, row.revision) == (75, "Stock", 2)
    assert [each.name for each in row.contacts.all()] == ["jo"]
    assert counts(bring(tmp_path, "touchpoints", changed)) == (0, 0, 1, 0)


def test_what_names_nobody_is_refused_with_its_line_and_nothing_goes_in(tmp_path):
    text = """\
        account_code,kind,held_on,minutes,contact_emails,our_emails
        X,call,2026-03-01,5,,
        A,chat,2026-03-01,5,,
        A,call,2026-13-01,5,,
        A,call,2026-03-01,0,,
        A,call,2026-03-01,5,lu@a.example,zoe@example.com
        B,call,2026-03-01,5,,
    """

    record = bring(tmp_path, "touchpoints", text)

    assert problems(record) == [
        (2, "account_code", "X"),
        (3, "kind", "chat"),
        (4, "held_on", "2026-13-01"),
        (5, "minutes", "0"),
        (6, "contact_emails", "lu@a.example"),
        (6, "our_emails", "zoe@example.com"),
        (7, "our_emails", ""),  # an account without a manager
    ]
    assert not Touchpoint.objects.exists()


def test_the_same_touchpoint_twice_in_a_file_is_refused(tmp_path):
    record = bring(tmp_path, "touchpoints", "key,account_code,held_on\nv-1,A,2026-03-01\nv-1,A,2026-03-02\n")

    assert problems(record) == [(3, "key", "v-1")]


def test_everything_goes_out_and_comes_back_without_a_change(tmp_path):
    bring(tmp_path, "touchpoints", TOUCHPOINTS)
    ann = User.objects.get()
    for source in ("typed", "calendar"):
        Touchpoint.objects.create(
            account_id=Account.objects.get(code="A").pk, held_on="2026-04-01", key=f"of-{source}", source=source,
            subject=source, logged_by=ann,
        )  # fmt: skip

    export("touchpoints", tmp_path / "out.csv")

    assert counts(bring(tmp_path, "touchpoints", (tmp_path / "out.csv").read_text())) == (0, 0, 5, 0)
    assert set(Touchpoint.objects.values_list("source", flat=True)) == {"csv", "typed", "calendar"}
    Touchpoint.objects.all().delete()
    assert counts(bring(tmp_path, "touchpoints", (tmp_path / "out.csv").read_text())) == (5, 0, 0, 0)

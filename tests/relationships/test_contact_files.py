"""Contacts of one account from a file: looked into first, then all of them or none."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account
from relationships.models import Contact, Counterpart
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
URL = "/accounts/N1/contacts/import/"
FILE = """name,email,Function,level,buying_role,support,influence,reports_to,counterpart_email
Cy Low,Cy@n1.example,Quality,2,user,-1,3,di@n1.example,{manager}
Di Top,di@n1.example,Board,5,decider,2,10,,

"Ed
Long",,Stores,1,,,,cy low,
"""


@pytest.fixture
def portfolio():
    return a_portfolio()


@pytest.fixture
def client(portfolio):
    return signed_in(portfolio, "manager")


def signed_in(portfolio, role: str) -> Client:
    client = Client()
    client.force_login(portfolio.user(role))
    return client


def look(client, text: str, url: str = URL):
    return client.post(url, {"file": SimpleUploadedFile("contacts.csv", text.encode(), "text/csv")})


def bring(client, text: str):
    return client.post(URL, {"rows": look(client, text).context["rows"]}, follow=True)


def problems(answer) -> list[tuple[int, str, str]]:
    assert answer.status_code == 422
    return [(each.line, each.column, each.value) for each in answer.context["brought"].problems]


def of_n1() -> dict[str, Contact]:
    return {contact.name: contact for contact in Contact.objects.filter(account__code="N1")}


def test_a_file_is_looked_into_before_anything_is_kept(portfolio, client):
    answer = look(client, FILE.format(manager=portfolio.user("manager").email))

    assert answer.status_code == 200
    words = answer.content.decode()
    assert "3 new, 0 changed, 0 as before" in words and "Head of" not in words and "Team lead" in words
    assert not of_n1()


def test_contacts_come_in_with_bosses_further_down_and_with_their_counterparts(portfolio, client):
    answer = bring(client, FILE.format(manager=portfolio.user("manager").email))

    assert answer.redirect_chain[-1][0] == "/accounts/N1/contacts/"
    assert "Contacts: 3 new, 0 changed, 0 as before." in answer.content.decode()
    found = of_n1()
    low = found["Cy Low"]
    assert (low.function, low.level, low.buying_role, low.support, low.influence) == ("Quality", 2, "user", -1, 3)
    assert low.reports_to == found["Di Top"] and found["Ed Long"].reports_to == low
    assert list(Counterpart.objects.values_list("contact__name", "user__email", "kind")) == [
        ("Cy Low", portfolio.user("manager").email, "sales")
    ]


def test_the_same_file_again_changes_nothing_and_a_column_that_it_lacks_stays(portfolio, client):
    text = FILE.format(manager=portfolio.user("manager").email)
    bring(client, text)
    revisions = {name: contact.revision for name, contact in of_n1().items()}

    assert "0 new, 0 changed, 3 as before" in bring(client, text).content.decode()
    assert {name: contact.revision for name, contact in of_n1().items()} == revisions

    changed = look(client, "E-mail;Name\ncy@N1.example;Cy High\n").context["brought"]
    assert [(each.state, each.says) for each in changed.taken] == [
        ("changed", [("e-mail", "Cy@n1.example → cy@N1.example")])
    ]
    bring(client, "E-mail;Name\ncy@N1.example;Cy High\n")
    assert of_n1()["Cy High"].function == "Quality"
    assert of_n1()["Cy High"].counterparts.count() == 1


def test_who_is_named_without_an_email_is_the_only_one_of_that_name_and_keeps_it(portfolio, client):
    for email in ("ann@n1.example", "bo@n1.example", "bo2@n1.example"):
        name = email.partition("@")[0].strip("2").title()
        Contact.objects.create(account=portfolio.accounts["N1"], name=name, email=email)

    answer = look(client, "name,email,title\nann,,Buyer\nBo,,Baker\n")

    assert [(each.name, each.state) for each in answer.context["brought"].taken] == [("ann", "changed"), ("Bo", "new")]
    bring(client, "name,email,title\nAnn,,Buyer\n")
    assert (of_n1()["Ann"].email, of_n1()["Ann"].title) == ("ann@n1.example", "Buyer")


def test_one_wrong_cell_and_nothing_comes_in_with_all_that_is_wrong_by_line_and_column(client):
    text = (
        "Name,E-mail,level,support,Sales\n"
        "Ann,ann@n1.example,2,1,\n"
        "Bob,bob,7,,\n"
        ",cy@n1.example,,,\n"
        "Dee,ANN@n1.example,,,stranger@example.com\n"
    )

    answer = look(client, text)

    assert problems(answer) == [
        (3, "E-mail", "bob"), (3, "level", "7"), (4, "Name", ""), (5, "Name", "Dee"),
    ]  # fmt: skip
    assert "is none of 1, 2, 3, 4, 5" in answer.content.decode()
    assert answer.context["rows"] == ""
    assert problems(look(client, text.replace("ANN@", "dee@")))[-1] == (5, "Sales", "stranger@example.com")
    assert not of_n1()


def test_nothing_comes_in_when_somebody_made_it_wrong_after_the_look(portfolio, client):
    Contact.objects.create(account=portfolio.accounts["N1"], name="Bo", email="bo@n1.example")
    sent = look(client, "name,email,reports_to\nAnn,ann@n1.example,Bo\n").context["rows"]
    Contact.objects.create(account=portfolio.accounts["N1"], name="Bo", email="other@n1.example")

    assert problems(client.post(URL, {"rows": sent})) == [(2, "reports_to", "Bo")]
    assert "Ann" not in of_n1()


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ("Ann,,nobody\n", [(2, "reports_to", "nobody")]),
        ("Ann,,Bob\nBob,,Ann\n", [(3, "reports_to", "Ann")]),
        ("Ann,a@n1.example,\nAnn,b@n1.example,\nCy,,ann\n", [(4, "reports_to", "ann")]),
    ],
)
def test_whom_nobody_can_report_to_is_refused(client, rows, wrong):
    assert problems(look(client, "name,email,reports_to\n" + rows)) == wrong
    assert not of_n1()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"name\n\xff\xfe\n", "not in UTF-8"),
        (b'name\n"Ann\n', "quotes are not closed"),
        (b"email\na@n1.example\n", "no column “name”"),
        (b"name,name\nAnn,Ann\n", "twice"),
        (b"name,emial\nAnn,a@n1.example\n", "Did you mean “email”?"),
        (b"name\n" + b"Ann\n" * 501, "more than 500"),
        (b"name\n" + b"A" * (513 * 1024), "larger than 512 KB"),
    ],
)
def test_what_is_no_such_file_is_told_in_words(client, content, told):
    answer = client.post(URL, {"file": SimpleUploadedFile("contacts.csv", content, "text/csv")})

    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_the_file_of_the_contact_map_comes_in_again(portfolio, client):
    bring(client, FILE.format(manager=portfolio.user("manager").email))
    text = b"".join(client.get("/accounts/N1/contacts/export/csv/")).decode("utf-8-sig")

    assert "0 new, 0 changed, 3 as before" in look(client, text).content.decode()
    bring(client, text.replace("Quality", "Purchasing"))
    assert of_n1()["Cy Low"].function == "Purchasing"


def test_contacts_of_another_account_do_not_come_in_by_this_one(portfolio, client):
    assert problems(look(client, "account_code,name\nN2,Ann\n")) == [(2, "account_code", "N2")]
    other = look(client, "account_code,name\nN1,Ann\n").context["rows"]
    client.post("/accounts/N2/contacts/import/", {"rows": other})
    assert not Contact.objects.exists()


def test_whoever_may_not_edit_contacts_brings_none_in(portfolio, client):
    sent = look(client, "name\nAnn\n").context["rows"]

    for role in ("member", "executive", "finance"):
        other = signed_in(portfolio, role)
        assert look(other, "name\nAnn\n").status_code == 403
        assert other.get("/accounts/N1/contacts/template/").status_code == 403
    assert look(client, "name\nAnn\n", "/accounts/S1/contacts/import/").status_code == 404
    signed_in(portfolio, "lead").post(URL, {"rows": sent})  # looked at by somebody else
    assert not Contact.objects.exists()


def test_the_template_is_the_file_that_is_asked_for(client):
    template = client.get("/accounts/N1/contacts/template/").content.decode()

    assert template.startswith("name,email,") and "reports_to" in template
    assert "no contacts in the file" in look(client, template).content.decode()
    assert URL in client.get("/accounts/N1/contacts/").content.decode()
    assert Account.objects.filter(code="N1").exists()

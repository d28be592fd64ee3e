import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Import, User
from accounts.tables import write
from kam_portal.uploads import drafts
from kam_portal.uploads.kinds import SCHEMAS
from profitability.models import OrderLine
from tests.uploading import ACCOUNTS, check, draft, errors, fields_of, import_now, looked_into, page, performed, upload

pytestmark = pytest.mark.django_db
State = Import.State
LINES = "Invoice,Date,Customer,Item,Qty,Price\nC1,2026-01-05,A1,P1,2,5.00\nC1,2026-01-05,A1,P2,1,7.50\n"


@pytest.fixture
def users():
    return {
        role: User.objects.create_user(f"{role}@example.com", role.title(), role, "pw")
        for role in ("finance", "admin", "manager", "executive")
    }


@pytest.fixture
def client_of(users):
    def signed_in(role: str) -> Client:
        client = Client()
        client.force_login(users[role])
        return client

    return signed_in


@pytest.fixture
def finance(client_of) -> Client:
    return client_of("finance")


# The way of a file


def test_a_file_is_checked_first_and_imported_only_when_asked(finance):
    made = check(finance, draft(finance))

    assert (made.state, made.dry_run, made.added) == (State.DONE, True, 2)
    assert Account.objects.count() == 0

    done = import_now(finance, made)

    assert (done.state, done.dry_run, done.added) == (State.DONE, False, 2)
    assert set(Account.objects.values_list("code", "country")) == {("A1", "DE"), ("A2", "FR")}


def test_the_import_is_on_the_file_of_the_check(finance):
    made = check(finance, draft(finance))

    done = import_now(finance, made)

    assert done.file.name == made.file.name
    assert done.sha256 == made.sha256


def test_other_peoples_columns_are_matched_and_what_is_wrong_is_told_by_row(finance):
    made = check(finance, draft(finance, LINES, "march.csv"))

    assert made.kind == "order_lines"
    assert made.mapping["columns"]["ordered_on"] == "Date"
    assert made.mapping["line_no"] == "sequence"
    assert [(each["line"], each["column"], each["value"]) for each in made.problems] == [
        (2, "Customer", "A1"),
        (3, "Customer", "A1"),
    ]
    shown = finance.get(page(made)).content.decode()
    assert "2 of 2 rows are refused." in shown
    assert "nothing of it was imported" in shown
    assert "Import now" not in shown


def test_a_file_with_decimal_commas_is_read_with_them_and_it_is_said(finance):
    text = "order_id;line_no;ordered_on;quantity;unit_price\nO1;1;2026-07-11;6;24,5\nO2;1;2026-07-11;1;1980\n"
    made = draft(finance, text, "order_lines_de.csv")

    assert made.decimal == ","
    assert "only be read with a decimal comma" in finance.get(page(made)).content.decode()

    import_now(finance, check(finance, made))
    assert OrderLine.objects.get(order_id="O1").list_amount == 147


def test_rules_of_the_form_are_those_of_the_import(finance):
    made = draft(finance, LINES, "march.csv")

    made = check(
        finance, made, create_missing="on", returns="order_id: ^C", skip="product_code: P2", defaults="express: 1"
    )
    import_now(finance, made)

    assert made.skipped == 1
    line = OrderLine.objects.select_related("account", "product").get()
    assert (line.account.code, line.product.code, line.is_return, line.is_express) == ("A1", "P1", True, True)


def test_a_column_can_be_left_out(finance):
    made = draft(finance)
    place = made.sample["headers"].index("country")

    import_now(finance, check(finance, made, **{f"column_{place}": ""}))

    assert set(Account.objects.values_list("country", flat=True)) == {""}


def test_after_a_refusal_the_columns_can_be_changed_without_another_upload(finance):
    made = check(finance, draft(finance, LINES, "march.csv"))

    answer = finance.post(page(made), {"action": "edit", "once": str(uuid4())})
    again = Import.objects.get(pk=int(answer.url.split("/")[2]))
    again = check(finance, again, create_missing="on")

    assert (again.state, again.added, again.file.name) == (State.DONE, 2, made.file.name)
    made.refresh_from_db()
    assert made.state == State.REFUSED


def test_a_file_like_an_earlier_one_is_filled_in_as_that_was(finance):
    odd = ACCOUNTS.replace("code,name,country", "Nummer,Firma,Land")
    first = draft(finance, odd, "kunden.csv", kind="accounts")
    check(finance, first, column_0="code", column_1="name", column_2="country")

    second = draft(finance, odd, "kunden_neu.csv")

    assert (second.kind, second.mapping["columns"]["country"]) == ("accounts", "Land")
    assert "Filled in as for kunden.csv" in finance.get(page(second)).content.decode()


def test_a_ready_made_map_is_used_for_the_file_it_was_made_for(finance):
    sample = Path("tests/data/uci_online_retail_sample.csv").read_bytes()

    made = draft(finance, sample, "year_2009_2010.csv")

    assert made.sample["source_name"] == "uci_online_retail"
    assert made.mapping["returns"] == {"order_id": "^C"}
    assert check(finance, made).state == State.DONE


def test_a_map_file_takes_the_place_of_what_was_chosen(finance):
    made = draft(finance, "Nummer,Firma\nA1,Alpha\n", "kunden.csv")
    rules = io.BytesIO(b"kind: accounts\ncolumns: {code: Nummer, name: Firma}\n")
    rules.name = "kunden.yaml"

    finance.post(page(made), {"action": "map", "map": rules})
    looked_into(made)

    assert check(finance, made).added == 1


def test_a_document_is_told_by_what_it_says(finance):
    answer = finance.get("/imports/templates/cost_model.yaml")

    made = draft(finance, answer.content, "ours.yaml")
    done = import_now(finance, check(finance, made))

    assert (done.kind, done.state, done.added) == ("cost_model", State.DONE, 1)


def test_importing_again_changes_nothing_and_offers_nothing(finance):
    import_now(finance, check(finance, draft(finance)))

    made = check(finance, draft(finance))
    shown = finance.get(page(made)).content.decode()

    assert (made.added, made.changed, made.unchanged) == (0, 0, 2)
    assert "Nothing new: all 2 rows are stored already." in shown
    assert "Import now" not in shown


# Sent twice


def test_a_form_sent_twice_makes_one_draft(finance):
    once = str(uuid4())

    first, second = upload(finance, once=once), upload(finance, once=once)

    assert first.url == second.url
    assert Import.objects.count() == 1


def test_import_now_pressed_twice_is_one_import(finance):
    made, once = check(finance, draft(finance)), str(uuid4())

    first, second = import_now(finance, made, once), import_now(finance, made, once)

    assert first.pk == second.pk
    assert Import.objects.filter(dry_run=False).count() == 1


def test_a_second_page_on_the_same_check_cannot_import_it_again(finance):
    made = check(finance, draft(finance))
    done = import_now(finance, made)

    answer = finance.post(page(made), {"action": "import", "once": str(uuid4())})

    assert answer.url == page(done)
    assert Import.objects.filter(dry_run=False).count() == 1


def test_a_check_that_is_under_way_is_not_started_again(finance):
    made = draft(finance)
    fields = {**fields_of(finance, made), "action": "check"}

    finance.post(page(made), fields)
    finance.post(page(made), {**fields, "column_1": ""})

    made.refresh_from_db()
    assert made.state == State.WAITING
    assert made.mapping["columns"]["name"] == "name"


# What is wrong


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("notes.txt", "x", "has an ending that is not read here"),
        ("accounts.csv", "", "empty"),
    ],
)
def test_a_file_of_no_use_is_refused_with_a_sentence_and_the_choices_stay(finance, name, text, sentence):
    answer = upload(finance, text, name, kind="ratings", decimal=",")

    assert answer.status_code == 422
    assert sentence in errors(answer)[0]
    assert '<option value="ratings" selected>' in answer.content.decode()
    assert not Import.objects.exists()


def test_what_is_too_large_is_refused_before_it_is_read(finance, settings):
    settings.IMPORT_MAX_BYTES = 10

    answer = finance.post("/imports/", b"x" * (2 << 20), content_type="multipart/form-data; boundary=b")

    assert answer.status_code == 413
    assert "At most 0 MB" in answer.content.decode()


def test_what_is_too_large_for_the_api_is_told_as_a_problem(settings):
    settings.IMPORT_MAX_BYTES = 10

    answer = Client().post("/api/v1/imports/", b"x" * (2 << 20), content_type="text/csv")

    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")


def test_a_bomb_is_refused_by_a_sentence_on_the_page(finance):
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (20 << 20))

    made = draft(finance, content.getvalue(), "accounts.xlsx")

    assert "far more than a sheet of data does" in finance.get(page(made)).content.decode()


def test_a_wrong_encoding_is_put_right_without_another_upload(finance):
    made = draft(finance, "code,name\nA1,Müller\n".encode("cp1252"))
    assert "is not text in UTF-8" in finance.get(page(made)).content.decode()

    finance.post(page(made), {"action": "read", "kind": "", "encoding": "cp1252", "decimal": "."})
    looked_into(made)
    import_now(finance, check(finance, made))

    assert Account.objects.get().name == "Müller"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"column_0": ""}, "Still needed: code."),
        ({"column_2": "name"}, "Another column is name already."),
        ({"skip": "country"}, "“country” is not written as “column: text”."),
        ({"defaults": "cuontry: DE"}, "“cuontry” is none of our columns. Did you mean “country”?"),
        ({"twice": "segment: Nowhere"}, "The file has no column “Nowhere”."),
        ({"kind": ""}, "Say what the file holds."),
    ],
)
def test_what_cannot_be_checked_is_told_and_what_was_entered_stays(finance, changes, error):
    made = draft(finance)

    answer = finance.post(
        page(made), {**fields_of(finance, made), "action": "check", "defaults": "city: Bonn", **changes}
    )

    assert answer.status_code == 422
    assert any(text.startswith(error) for text in errors(answer)), errors(answer)
    assert changes.get("defaults", "city: Bonn") in answer.content.decode()
    made.refresh_from_db()
    assert made.state == State.DRAFT


def test_a_pattern_that_is_none_is_told_at_once(finance):
    made = draft(finance, LINES, "march.csv")

    answer = finance.post(page(made), {**fields_of(finance, made), "action": "check", "returns": "order_id: ("})

    assert "“(” is no pattern" in errors(answer)[0]


def test_equal_problems_are_one_line_and_all_are_in_the_csv(finance):
    rows = "".join(f"A{place},\n" for place in range(250))
    made = check(finance, draft(finance, f"code,name\n{rows}"))

    shown = finance.get(page(made)).content.decode()
    listed = b"".join(finance.get(f"{page(made)}problems.csv").streaming_content).decode().splitlines()

    assert shown.count("is required") == 1
    assert '2, 3, 4, 5, 6 <span class="hint">and 245 more</span>' in shown
    assert len(listed) == 251
    assert listed[1] == 'accounts.csv,2,name,,"is required, but the cell is empty"'


def test_problems_that_differ_are_paged(finance):
    rows = "".join(f"A{place},Name\n" for place in range(120))
    made = check(finance, draft(finance, f"code,name\n{rows}{rows}"))

    shown = finance.get(page(made)).content.decode()

    assert shown.count("is already on line") == 100
    assert "1–100 of 120" in shown


# Whose they are


def test_people_are_imported_by_administrators_alone(client_of):
    text = "email,name,role\nnew@example.com,New,member\n"

    refused = upload(client_of("finance"), text, "users.csv", kind="users")
    made = import_now(client_of("admin"), check(client_of("admin"), draft(client_of("admin"), text, "users.csv")))

    assert "users is not one of the available choices" in errors(refused)[0]
    assert made.state == State.DONE
    assert client_of("finance").get(page(made)).status_code == 404


def test_an_administrator_sees_no_import_of_business_data(client_of):
    made = check(client_of("finance"), draft(client_of("finance")))
    admin = client_of("admin")

    assert ">accounts.csv<" not in admin.get("/imports/").content.decode()
    for path in (page(made), f"{page(made)}progress/", f"{page(made)}problems.csv"):
        assert admin.get(path).status_code == 404


def test_a_draft_is_its_owners_alone(client_of, users):
    other = User.objects.create_user("other@example.com", "Other", "finance", "pw")
    made = draft(client_of("finance"))
    client = Client()
    client.force_login(other)

    assert client.get(page(made)).status_code == 404
    assert ">accounts.csv<" not in client.get("/imports/").content.decode()


def test_the_api_shows_the_same_imports_as_the_pages(client_of):
    people = check(
        client_of("admin"), draft(client_of("admin"), "email,name,role\nn@example.com,N,member\n", "users.csv")
    )
    accounts = check(client_of("finance"), draft(client_of("finance")))

    seen = {made.kind: client_of("finance").get(f"/api/v1{page(made)}").status_code for made in (people, accounts)}

    assert seen == {"users": 404, "accounts": 200}


@pytest.mark.parametrize("role", ["manager", "executive"])
def test_others_do_not_get_in(client_of, role):
    assert client_of(role).get("/imports/").status_code == 403


def test_recompute_is_offered_after_an_import_and_not_after_a_check(finance):
    made = check(finance, draft(finance))
    assert "Recompute now" not in finance.get(page(made)).content.decode()

    done = import_now(finance, made)

    assert "Recompute now" in finance.get(page(done)).content.decode()


# Files


def test_an_upload_has_a_name_nobody_can_guess_and_no_address(finance):
    made = draft(finance)

    name = Path(made.file.name)
    assert name.parts[0] == "imports"
    assert len(name.stem) == 32
    assert "accounts" not in name.name
    for prefix in ("/", "/media/", "/files/"):
        assert finance.get(f"{prefix}{made.file.name}").status_code == 404


def test_a_discarded_draft_leaves_no_file(finance):
    made = draft(finance)

    answer = finance.post(page(made), {"action": "discard"})

    assert answer.url == "/imports/"
    assert not Import.objects.exists()
    assert not default_storage.exists(made.file.name)


def test_a_discarded_draft_leaves_the_file_of_the_import_it_was_made_from(finance):
    made = check(finance, draft(finance))
    answer = finance.post(page(made), {"action": "edit", "once": str(uuid4())})

    finance.post(answer.url, {"action": "discard"})

    assert default_storage.exists(made.file.name)


def test_drafts_left_lying_for_a_week_are_forgotten_and_others_looked_into_again(finance, monkeypatch):
    woken = []
    monkeypatch.setattr(drafts, "_wake", woken.append)
    old, fresh = draft(finance), Import.objects.get(pk=int(upload(finance).url.split("/")[2]))
    Import.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    Import.objects.filter(pk=fresh.pk).update(created_at=timezone.now() - timedelta(minutes=5))

    drafts.tidy(timezone.now())

    assert list(Import.objects.all()) == [fresh]
    assert not default_storage.exists(old.file.name)
    assert woken[-1] == fresh.pk


@pytest.mark.parametrize("kind", SCHEMAS)
def test_empty_files_have_the_columns_of_their_kind(finance, kind):
    names = list(SCHEMAS[kind].by_name)

    as_csv = finance.get(f"/imports/templates/{kind}.csv")
    book = openpyxl.load_workbook(io.BytesIO(finance.get(f"/imports/templates/{kind}.xlsx").content))

    assert as_csv.content.decode() == ",".join(names) + "\n"
    assert [cell.value for cell in book[kind][1]] == names
    assert [row[0].value for row in book["How to fill in"].iter_rows(min_row=2)] == names


def test_an_empty_sheet_that_was_filled_in_goes_in(finance):
    book = openpyxl.load_workbook(io.BytesIO(finance.get("/imports/templates/accounts.xlsx").content))
    book["accounts"].append(["A1", "Alpha"])
    content = io.BytesIO()
    book.save(content)

    assert check(finance, draft(finance, content.getvalue(), "accounts.xlsx")).added == 1


def test_a_parquet_file_shows_its_columns_and_goes_in(finance, tmp_path):
    write(tmp_path / "accounts.parquet", ["code", "name"], [("A1", "Alpha"), ("A2", "Beta")])

    made = draft(finance, (tmp_path / "accounts.parquet").read_bytes(), "accounts.parquet")

    assert (made.sample["headers"], made.sample["rows"]) == (["code", "name"], [["A1", "Alpha"], ["A2", "Beta"]])
    assert check(finance, made).added == 2


@pytest.mark.parametrize(
    "path", ["nothing.csv", "accounts.exe", "accounts.yaml", "cost_model.csv", "../cost_model.yaml"]
)
def test_no_other_file_is_given_out(finance, path):
    assert finance.get(f"/imports/templates/{path}").status_code == 404


# The process


def test_progress_ends_with_the_report(finance):
    made = draft(finance)
    finance.post(page(made), {**fields_of(finance, made), "action": "check"})

    waiting = finance.get(f"{page(made)}progress/").content.decode()
    performed(made)
    done = finance.get(f"{page(made)}progress/").content.decode()

    assert "hx-get" in waiting and "Waiting for its turn." in waiting
    assert "hx-get" not in done and "The file can go in: 2 to add." in done


def test_the_list_takes_few_queries_however_long_it_is(finance, django_assert_max_num_queries, users):
    rows = [
        Import(kind="accounts", file_name=f"{n}.csv", state=State.DONE, created_by=users["finance"]) for n in range(80)
    ]
    Import.objects.bulk_create(rows)

    with django_assert_max_num_queries(8):
        finance.get("/imports/")


CODE = """
import sys
from kam_portal.wsgi import application
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from accounts.models import Import, User
call_command("migrate", verbosity=0)
client = Client()
client.force_login(User.objects.create_user("f@example.com", "F", "finance", "pw"))
file = SimpleUploadedFile("march.csv", b"Invoice,Date\\nC1,2026-01-05\\n")
once = "00000000-0000-4000-8000-000000000001"
assert client.get("/imports/").status_code == 200
address = client.post("/imports/", {"file": file, "once": once}).url
sample = {"headers": ["Invoice", "Date"], "rows": [["C1", "2026-01-05"]]}
Import.objects.update(sample=sample, kind="order_lines")
assert client.get(address).status_code == 200
fields = {"kind": "order_lines", "column_0": "order_id", "column_1": "ordered_on", "sequence": "on",
          "defaults": "quantity: 1", "returns": "order_id: ^C", "action": "check"}
assert client.post(address, fields).status_code == 302
assert client.get(address).status_code == 200
print(sorted({"pandas", "pyarrow", "numpy", "openpyxl"} & set(sys.modules)))
"""


def test_the_web_process_does_without_pandas_from_upload_to_check(tmp_path):
    (tmp_path / "static").mkdir()
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kam_portal.settings", "VAR_DIR": str(tmp_path)}
    environment["DATABASE_URL"] = f"sqlite:///{tmp_path / 'web.sqlite3'}"
    environment["DJANGO_ALLOW_ASYNC_UNSAFE"] = ""

    answer = subprocess.run([sys.executable, "-c", CODE], env=environment, capture_output=True, text=True)

    assert (answer.returncode, answer.stdout.strip()) == (0, "[]"), answer.stderr

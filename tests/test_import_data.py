"""import_data and export_data as they are called: what they print, how they end, what they leave behind."""

import json
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection

from accounts.models import Account, Assignment, Import, Team, User
from accounts.queue import LOCK
from accounts.tables import Unusable
from kam_portal import attempts, imports
from kam_portal.attempts import Attempt, Busy, together
from kam_portal.imports import KINDS, import_files, perform_import, request_import
from kam_portal.recompute import recompute
from profitability.models import ActivityEvent, CostModel, EventAttribute, OrderLine, Product, ResourceCost
from relationships.models import (
    AccountCriterion,
    CategoryPotential,
    Contact,
    Counterpart,
    CriteriaSet,
    Rating,
    Touchpoint,
)
from tests.bringing import counts, file

pytestmark = pytest.mark.django_db

FILES = {
    "teams.csv": "code,name\nnorth,North\n",
    "users.csv": "email,name,role,team_code\nann@example.com,Ann,manager,north\nfin@example.com,Fin,finance,\n",
    "accounts.csv": (
        "code,name,parent_code,country,opened_on,team_code,manager_email,annual_potential\n"
        "A1,\"=Alpha, 'One'\",A,DE,2020-01-31,north,ann@example.com,1000.5\nA,NA,,,,,,\n"
    ),
    "products.csv": "code,name,category\nP1,Pump,Parts\n007,Bolt,\n",
    "cost_model.yaml": (
        "code: standard\nversion: 1\ncurrency: USD\npools:\n  - {code: service, kind: operating}\nactivities:\n"
        "  - {code: order_entry, phase: production, level: batch, pool: service, minutes: {orders: 1/3}}\n"
    ),
    "criteria.yaml": (
        "code: default\nversion: 1\ncut: {attractiveness: 5.0, relationship: 5.0, basis: absolute}\n"
        "attractiveness:\n  - {code: potential, name: Potential, weight: 100, kind: judged, anchors: {0: low}}\n"
        "relationship:\n  - {code: trust, name: Trust, weight: 100, kind: judged, anchors: {0: low, 10: high}}\n"
    ),
    "order_lines.csv": (
        "order_id,line_no,ordered_on,account_code,product_code,quantity,unit_price,discount_amount,cost_amount,"
        "freight_amount,due_on,shipped_on,express\n"
        "O1,1,2025-01-10,A1,P1,2,10.1234,0.5,12,1.1,2025-01-12,2025-01-13,1\n"
        "O1,2,2025-01-10,A1,007,1,5,,,,,,\nO2,1,2025-01-10,,P1,-1,10,,-6,,,,\n"
    ),
    "activity_events.csv": (
        "event_id,account_code,event_type,occurred_on,quantity,minutes,x_km\n"
        "E1,A1,visit,2025-01-10,1,60,12.5\nE2,A1,visit,2025-01-11,,,\n"
    ),
    "resource_costs.csv": "pool_code,month,amount,practical_minutes\nservice,2025-01,1000.5,9600\nboard,2025-02,1,\n",
    "category_potentials.csv": (
        "account_code,category,annual_spend,competitor,source,stated_on\n"
        "A1,Bikes,12000.5,Wheels & Co,visit,2025-01-10\nA1,Tyres,,,,2025-01-11\n"
    ),
    "contacts.csv": (
        "account_code,name,email,function,level,support,influence,reports_to,counterpart_email\n"
        "A1,Cy Low,cy@a1.example,Quality,2,-1,3,Di Top,ann@example.com\nA1,Di Top,,,5,,,,\n"
    ),
    "touchpoints.csv": (
        "key,account_code,kind,held_on,minutes,subject,note,contact_emails,our_emails\n"
        "t-1,A1,visit,2025-01-10,60,Stock,Fine,cy@a1.example,ann@example.com\n"
    ),
    "account_criteria.csv": "account_code,criterion,weight,competitor_score\nA1,trust,100,7.5\n",
    "ratings.csv": (
        "account_code,criterion,score,perspective,rater_email,rated_on,evidence\n"
        'A1,trust,7.25,buyer,ann@example.com,2025-01-10,"Two\nlines"\n'
    ),
}
TABLES = [Team, User, Account, Product, CostModel, CriteriaSet, OrderLine, ActivityEvent, EventAttribute]
TABLES += [ResourceCost, AccountCriterion, Rating, Assignment, Contact, Counterpart, CategoryPotential, Touchpoint]
BAD = "code,name,team_code\nX,X,north\nY,Y,west\n"


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        file(tmp_path, name, text)
    return tmp_path


def run(command, *arguments):
    """Its output and its exit status."""
    out = StringIO()
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=out)
    except SystemExit as end:
        return out.getvalue(), end.code
    return out.getvalue(), 0


def ledger():
    """All that is stored, but for ids, instants and passwords."""
    left_out = {"id", "created_at", "password", "last_login", "imported_in", "created_by", "logged_at"}
    return {
        model.__name__: sorted(
            str(model.objects.filter(pk=each.pk).values(*_shown(model, left_out)).get()) for each in model.objects.all()
        )
        for model in TABLES
    }


def _shown(model, left_out):
    key = {
        "Account": "code",
        "Team": "code",
        "User": "email",
        "Product": "code",
        "ActivityEvent": "event_id",
        "Contact": "name",
    }
    for field in model._meta.concrete_fields:
        if field.name not in left_out:
            related = field.related_model and key.get(field.related_model.__name__)
            yield f"{field.name}__{related}" if related else field.name
    yield from ["teams__code"] if model is User else []


def test_a_folder_of_all_kinds_goes_in_whatever_the_order_of_its_files(folder):
    output, status = run("import_data", folder)

    assert status == 0
    assert output.splitlines()[0].split() == [
        "file",
        "kind",
        "rows",
        "added",
        "changed",
        "unchanged",
        "skipped",
        "refused",
    ]
    assert output.rstrip().endswith("Imported.")
    assert {record.kind: record.state for record in Import.objects.all()} == dict.fromkeys(KINDS, "done")
    assert [model.objects.count() for model in TABLES] == [1, 2, 2, 2, 1, 1, 3, 2, 1, 2, 1, 1, 1, 2, 1, 2, 1]


def test_importing_the_same_folder_again_changes_nothing(folder):
    run("import_data", folder)
    before = ledger()

    output, status = run("import_data", folder, "--json")

    report = json.loads(output)
    assert (status, report["imported"], report["dry_run"]) == (0, True, False)
    assert [(each["added"], each["changed"], each["refused"]) for each in report["files"]] == [(0, 0, 0)] * len(FILES)
    assert ledger() == before


def test_what_is_exported_makes_the_same_ledger_in_an_empty_portal(folder, tmp_path_factory):
    run("import_data", folder)
    before = ledger()
    away = tmp_path_factory.mktemp("away")

    for kind in KINDS:
        assert run("export_data", kind, away)[1] == 0
    Account.objects.update(parent=None)
    for model in reversed(TABLES):
        model.objects.all().delete()
    Import.objects.all().delete()
    output, status = run("import_data", away)

    assert status == 0, output
    assert ledger() == before


NAMELESS = """
    order_id,line_no,ordered_on,account_code,product_code,quantity,net_amount
    O1,1,2025-01-10,A1,P1,2,10.5
    O1,2,2025-01-10,A1,P2,1,5.5
    O2,1,2025-01-10,,,1,1
    O3,1,2025-01-10,A1,=7,1,1
    """


@pytest.mark.django_db(transaction=True)
def test_products_that_nobody_named_make_the_same_run_in_an_empty_portal(tmp_path, tmp_path_factory):
    run("import_data", file(tmp_path, "accounts.csv", "code,name\nA1,Alpha\n"))
    run("import_data", file(tmp_path, "order_lines.csv", NAMELESS))
    Product.objects.filter(code="P2").update(name="")  # as earlier versions stored it
    before, away = recompute(202501, 202501), tmp_path_factory.mktemp("away")

    for kind in ("accounts", "products", "order_lines"):
        assert run("export_data", kind, away)[1] == 0
    call_command("flush", interactive=False, verbosity=0)
    output, status = run("import_data", away)
    after = recompute(202501, 202501)

    assert status == 0, output
    assert dict(Product.objects.values_list("code", "name")) == {"P1": "P1", "P2": "P2", "=7": "=7"}
    assert "P2,P2," in (away / "products.csv").read_text()
    assert (before.state, after.state) == ("published", "published")
    assert before.result_hash == after.result_hash


@pytest.mark.parametrize("ending", ["csv.gz", "xlsx", "parquet"])
def test_an_export_of_any_format_changes_nothing_when_it_comes_back(folder, tmp_path_factory, ending):
    run("import_data", folder)
    away = tmp_path_factory.mktemp("away")

    for kind in ("accounts", "order_lines", "activity_events", "resource_costs", "ratings"):
        run("export_data", kind, away / f"{kind}.{ending}")
    output, status = run("import_data", away)

    assert status == 0, output
    assert {(record.changed, record.added) for record in Import.objects.order_by("-pk")[:5]} == {(0, 0)}


def test_a_document_is_exported_in_its_version_in_force(folder):
    run("import_data", folder)
    newer = file(folder, "cost_model_2.yaml", FILES["cost_model.yaml"].replace("version: 1", "version: 2"))
    run("import_data", newer)

    output, status = run("export_data", "cost_model", folder / "out.yaml")

    assert (status, output.split()[0]) == (0, "1")
    assert "version: 2" in (folder / "out.yaml").read_text()
    assert "1/3" in (folder / "out.yaml").read_text()


@pytest.mark.parametrize("path", ["out.txt", "nowhere/out.csv", "out.csv/out.csv"])
def test_an_export_that_cannot_be_written_says_so(folder, path):
    assert run("export_data", "teams", folder / path)[1] == 2
    assert run("export_data", "cost_model", folder / path)[1] == 2


def test_one_refused_row_takes_everything_back_and_is_named(folder):
    file(folder, "accounts.csv", BAD)

    output, status = run("import_data", folder)

    assert status == 1
    assert "accounts.csv:3: team_code: is no team; import it first (west)" in output.splitlines()
    assert output.rstrip().endswith("Nothing was imported.")
    assert not any(model.objects.exists() for model in TABLES)
    states = dict(Import.objects.values_list("kind", "state"))
    assert set(states) == set(KINDS)
    assert set(states.values()) == {"refused"}
    assert "accounts.csv" in Import.objects.get(kind="teams").message


def test_a_call_with_refused_files_counts_nothing_as_done_and_says_so_once(tmp_path):
    for name in ("teams.csv", "users.csv"):
        file(tmp_path, name, FILES[name])
    file(tmp_path, "accounts.csv", BAD)
    file(tmp_path, "products.csv", "code,name\nP7,Seven\n,None\n")
    file(
        tmp_path,
        "order_lines.csv",
        "order_id,line_no,ordered_on,product_code,quantity,net_amount\nO,1,2025-01-10,P,1,1",
    )

    output, status = run("import_data", tmp_path)

    assert status == 1
    assert output.count("Nothing was imported") == 1
    assert output.endswith("\nRefused: accounts.csv, products.csv. Nothing was imported.\n")
    assert "on the way" not in output and "without a password" not in output and "control totals" not in output
    for record in Import.objects.all():
        assert counts(record)[:3] == (0, 0, 0), record.kind
        assert record.rows == record.accepted + record.refused + record.skipped
        assert not record.control_totals
    assert "accounts.csv, products.csv" in Import.objects.get(kind="teams").message
    assert Import.objects.get(kind="products").accepted == 1


def test_of_what_went_in_every_row_is_counted_once(folder):
    run("import_data", folder)

    for record in Import.objects.all():
        assert record.rows == record.accepted == record.added + record.changed + record.unchanged, record.kind


def test_a_repeated_row_is_counted_once(tmp_path):
    path = file(tmp_path, "teams.csv", "code,name\nA,A\nA,A\nB,B\n")

    output, _status = run("import_data", path, "--json")

    (report,) = json.loads(output)["files"]
    numbers = ("rows", "accepted", "added", "changed", "unchanged", "skipped", "refused")
    assert [report[name] for name in numbers] == [3, 2, 0, 0, 0, 0, 1]


def test_a_dry_run_speaks_of_what_is_still_to_be_made(folder):
    rules = file(folder, "map.yaml", "create_missing_accounts: true\n")
    lines = file(folder, "order_lines.csv", FILES["order_lines.csv"])

    checked = run("import_data", lines, "--map", rules, "--dry-run")[0]
    done = run("import_data", lines, "--map", rules)[0]

    assert "order_lines.csv: Accounts to be made on the way: 1." in checked
    assert "order_lines.csv: Products to be made on the way: 2." in checked
    assert "order_lines.csv: Made accounts on the way: 1." in done
    assert "Logins to be made without a password: 2." in run("import_data", folder, "--dry-run")[0]


def test_an_unusable_file_takes_everything_back(folder):
    file(folder, "ratings.csv", "")

    output, status = run("import_data", folder)

    assert status == 2
    assert "ratings.csv: is empty (0 bytes)." in output
    assert not any(model.objects.exists() for model in TABLES)
    assert Import.objects.get(kind="ratings").state == "unusable"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere.csv"],
        ["notes.csv"],
        ["accounts.csv", "--map", "nowhere.yaml"],
        ["accounts.csv", "--encoding", "utf-99"],
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_sentence(folder, arguments, monkeypatch):
    monkeypatch.chdir(folder)
    file(folder, "notes.csv", "a,b\n1,2\n")

    output, status = run("import_data", *arguments)

    assert status == 2
    assert len(output) > 20
    assert not Account.objects.exists()


def test_a_map_renames_columns_and_gives_the_kind(tmp_path):
    lines = file(tmp_path, "sales.csv", "No;Tag;Menge;Betrag\n4711;2025-01-10;2;1234,5\n")
    rules = file(
        tmp_path,
        "map.yaml",
        """
        kind: order_lines
        columns: {order_id: No, ordered_on: Tag, quantity: Menge, net_amount: Betrag}
        line_no: sequence
        decimal: ","
        """,
    )

    assert run("import_data", lines, "--map", rules)[1] == 0
    assert OrderLine.objects.values_list("order_id", "line_no", "net_amount").get() == ("4711", 1, 1234.5)


def test_a_dry_run_of_a_folder_changes_nothing(folder):
    output, status = run("import_data", folder, "--dry-run", "--json")

    report = json.loads(output)
    assert (status, report["imported"], report["dry_run"]) == (0, False, True)
    assert sum(each["added"] for each in report["files"]) == 23
    assert not any(model.objects.exists() for model in TABLES)
    assert Import.objects.filter(dry_run=True).count() == len(FILES)


def test_columns_that_were_not_read_and_rounded_values_are_told(tmp_path):
    path = file(
        tmp_path,
        "order_lines.csv",
        "order_id,line_no,ordered_on,quantity,net_amount,mood\nO,1,2025-01-10,1,1.23456,x\n",
    )

    output, _status = run("import_data", path)

    assert "order_lines.csv: Columns that were not read: mood." in output
    assert "net_amount" in output
    assert "control totals, ledger: rows 1, quantity 1, list 1.2346" in output


def test_a_thousand_problems_are_listed_and_all_are_counted(tmp_path):
    path = file(tmp_path, "teams.csv", "code,name\n" + ",x\n" * 1_500)

    output, status = run("import_data", path)

    assert status == 1
    assert "teams.csv: and 500 more" in output
    assert (Import.objects.get().refused, len(Import.objects.get().problems)) == (1_500, 1_000)


def test_an_error_of_our_own_leaves_nothing_but_its_record(folder, monkeypatch):
    monkeypatch.setattr(attempts, "_notes", lambda table: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        import_files([folder / "teams.csv"])

    assert not Team.objects.exists()
    assert Import.objects.get().state == "failed"


class Cut(Exception):
    """What a broken connection does to one statement."""


def test_wherever_an_import_breaks_off_nothing_is_left_of_it(folder):
    def cut(execute, sql, params, many, context):
        if len(passed) == place:
            passed.append("cut")
            raise Cut
        passed.append(sql)
        return execute(sql, params, many, context)

    for place in range(0, 1_000, 7):
        passed = []
        try:
            with connection.execute_wrapper(cut):
                import_files([folder])
            break
        except Cut:
            assert not any(model.objects.exists() for model in TABLES), place
            assert set(Import.objects.values_list("state", flat=True)) <= {"failed"}

    assert place > 50
    assert {record.state for record in Import.objects.order_by("-pk")[: len(FILES)]} == {"done"}


# Uploads


def upload(name, text=None):
    return SimpleUploadedFile(name, (text or FILES[name]).encode())


@pytest.fixture
def finance(db):
    return User.objects.create_user("finance@example.com", "Fin", "finance")


def test_an_upload_waits_until_a_worker_takes_it(finance, django_capture_on_commit_callbacks, monkeypatch):
    handed_over = []
    monkeypatch.setattr(imports, "hand_over", handed_over.append)

    with django_capture_on_commit_callbacks(execute=True):
        record = request_import(finance, upload("products.csv"))
    assert (record.state, handed_over, Product.objects.count()) == ("waiting", [record.pk], 0)
    perform_import(record.pk)

    record.refresh_from_db()
    assert (record.state, counts(record), record.created_by) == ("done", (2, 0, 0, 0), finance)
    assert Product.objects.count() == 2
    perform_import(record.pk)
    assert Import.objects.count() == 1


def test_an_upload_keeps_its_map_and_its_name_in_what_is_said_of_it(finance):
    rules = {"kind": "products", "columns": {"code": "Nr", "name": "Was"}, "create_missing_accounts": True}
    record = request_import(finance, upload("Artikel 2025.csv", "Nr;Was\n1;\n"), mapping=rules)

    perform_import(record.pk)

    record.refresh_from_db()
    assert (record.kind, record.state) == ("products", "refused")
    assert [(each["file"], each["line"], each["column"]) for each in record.problems] == [
        ("Artikel 2025.csv", 2, "Was")
    ]


def test_a_dry_run_of_an_upload_changes_nothing(finance):
    record = request_import(finance, upload("products.csv"), dry_run=True)

    perform_import(record.pk)

    record.refresh_from_db()
    assert (record.state, record.added, Product.objects.count()) == ("done", 2, 0)


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("products.exe", {"kind": "products"}),
        ("stuff.csv", {}),
        ("products.csv", {"mapping": {"colour": "red"}}),
        ("products.csv", {"kind": "passwords"}),
    ],
)
def test_an_upload_of_no_use_is_refused_at_once(finance, name, options):
    with pytest.raises(Unusable):
        request_import(finance, upload(name, "code,name\n"), **options)
    assert not Import.objects.exists()


def test_an_upload_that_is_too_large_is_refused_at_once(finance, settings):
    settings.IMPORT_MAX_BYTES = 10

    with pytest.raises(Unusable):
        request_import(finance, upload("products.csv"))


@pytest.mark.parametrize("role", ["manager", "member", "lead", "executive", "admin"])
def test_data_comes_from_finance_alone(role):
    user = User.objects.create_user("x@example.com", "X", role)

    with pytest.raises(PermissionDenied):
        request_import(user, upload("products.csv"))


def test_nobody_makes_logins_but_an_administrator(finance):
    with pytest.raises(PermissionDenied):
        request_import(finance, upload("users.csv"))
    admin = User.objects.create_user("root@example.com", "Root", "admin")
    assert request_import(admin, upload("users.csv")).state == "waiting"


def test_an_upload_that_nobody_finished_is_handed_over_again(finance, monkeypatch):
    handed_over = []
    monkeypatch.setattr(imports, "hand_over", handed_over.append)
    record = request_import(finance, upload("products.csv"))
    Import.objects.filter(pk=record.pk).update(state="running")

    assert imports.take_up_waiting(record.created_at) == 0
    assert imports.take_up_waiting(record.created_at + 2 * imports.PATIENCE) == 1

    perform_import(record.pk)
    assert imports.take_up_waiting(record.created_at + 2 * imports.PATIENCE) == 0
    assert handed_over == [record.pk]


@pytest.mark.postgres
def test_of_two_imports_at_once_the_second_waits_its_turn(folder):
    import psycopg2

    other = psycopg2.connect(**{**connection.get_connection_params(), "cursor_factory": None})
    try:
        other.cursor().execute("SELECT pg_advisory_lock(%s)", [LOCK])
        record = Import(kind="teams", file_name="teams.csv")

        with pytest.raises(Busy):
            together([Attempt(record, folder / "teams.csv", imports.of_rules({}))], wait=False)
    finally:
        other.close()
    assert not Import.objects.exists()

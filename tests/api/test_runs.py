from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from profitability.models import PoolBalance, Run

RUNS = "/api/v1/runs/"
BALANCE = [
    "pool", "input", "support_in", "support_out", "accounts", "no_account", "unused", "channel", "corporate",
    "unassigned", "difference",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_worker(monkeypatch):
    """The row is the queue of record; waking a worker is tested with the workers."""
    monkeypatch.setattr("kam_portal.recompute.hand_over", lambda run_id: None)


def test_runs_are_listed_newest_first(api, portfolio):
    rows = api("manager").get(RUNS).json()["results"]

    assert [row["id"] for row in rows] == [portfolio.run.pk, portfolio.earlier.pk]
    assert (rows[0]["state"], rows[0]["from"], rows[0]["to"]) == ("published", "2026-01", "2026-02")
    assert api("manager").get(f"{RUNS}?state=failed").json()["results"] == []


def test_hashes_and_messages_are_for_those_who_see_the_company(api, portfolio):
    address = f"{RUNS}{portfolio.run.pk}/"

    assert api("finance").get(address).json()["input_fingerprint"] == "f" * 64
    assert api("manager").get(address).json()["input_fingerprint"] is None


def test_the_balance_adds_up_the_months_of_each_pool(api, portfolio):
    answer = api("finance").get(f"{RUNS}{portfolio.run.pk}/balance/").json()

    rows = {row["pool"]: row for row in answer["rows"]}
    assert all(list(row) == BALANCE for row in answer["rows"])
    assert list(answer["total"]) == BALANCE
    assert (rows["service"]["unused"], rows["board"]["corporate"]) == (1000, 2000)
    assert answer["total"]["difference"] == 0
    inputs = sum(PoolBalance.objects.filter(run=portfolio.run).values_list("input", flat=True), Decimal(0))
    assert answer["total"]["input"] == inputs


def test_the_balance_is_for_those_who_see_costs(api, portfolio):
    for role, status in (("manager", 403), ("lead", 403), ("member", 403), ("executive", 200), ("finance", 200)):
        assert api(role).get(f"{RUNS}{portfolio.run.pk}/balance/").status_code == status


def test_a_run_can_be_asked_for(api):
    response = api("finance").post(RUNS, {"from": "2026-01", "to": "2026-02", "model": "standard"}, format="json")

    assert response.status_code == 202
    run = Run.objects.get(state="waiting")
    assert response.headers["Location"] == f"http://testserver{RUNS}{run.pk}/"
    assert response.json()["id"] == run.pk
    assert [response.json()[name] for name in ("from", "to")] == ["2026-01", "2026-02"]
    assert api("finance").get(response.headers["Location"]).json() == response.json()
    assert api("finance").get(RUNS).json()["results"][0] == response.json()
    assert (run.asked_from, run.asked_to, run.model_code, run.kind) == (202601, 202602, "standard", "demand")


def test_a_run_can_be_asked_for_without_words(api):
    assert api("finance").post(RUNS).status_code == 202


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "January"}, "from"),
        ({"from": 202601}, "from"),
        ({"from": "2026-02", "to": "2026-01"}, "to"),
        ({"model": "nonsense"}, "model"),
        ({"state": "published"}, "state"),
        ({"created_by": 1}, "created_by"),
    ],
)
def test_a_run_that_cannot_be_is_refused_by_field(api, body, field):
    response = api("finance").post(RUNS, body, format="json")

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Run.objects.filter(state="waiting").exists()


def test_malformed_json_is_refused(api):
    response = api("finance").post(RUNS, "{", content_type="application/json")

    assert response.status_code == 400
    assert api("finance").post(RUNS, "[]", content_type="application/json").status_code == 400
    assert api("finance").post(RUNS, "x", content_type="text/plain").status_code == 415


def test_the_same_key_and_body_ask_once_and_are_answered_alike(api):
    finance = api("finance")
    first = finance.post(RUNS, {"to": "2026-02"}, format="json", headers={"Idempotency-Key": "k1"})
    Run.objects.filter(state="waiting").update(state="failed")

    again = finance.post(RUNS, {"to": "2026-02"}, format="json", headers={"Idempotency-Key": "k1"})

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert Run.objects.count() == 3


def test_the_same_key_with_another_body_is_refused(api):
    finance = api("finance")
    finance.post(RUNS, {"to": "2026-02"}, format="json", headers={"Idempotency-Key": "k1"})

    response = finance.post(RUNS, {"to": "2026-01"}, format="json", headers={"Idempotency-Key": "k1"})

    assert response.status_code == 422
    assert Run.objects.filter(state="waiting").count() == 1


def test_a_call_that_failed_leaves_no_key(api):
    finance = api("finance")
    finance.post(RUNS, {"to": "x"}, format="json", headers={"Idempotency-Key": "k1"})

    assert finance.post(RUNS, {}, format="json", headers={"Idempotency-Key": "k1"}).status_code == 202


def test_a_key_belongs_to_its_user(api, portfolio):
    portfolio.user("executive").role = "finance"
    portfolio.user("executive").save()
    api("finance").post(RUNS, {"to": "2026-02"}, format="json", headers={"Idempotency-Key": "k1"})

    assert (
        api("executive").post(RUNS, {"to": "2026-01"}, format="json", headers={"Idempotency-Key": "k1"}).status_code
        == 202
    )


def test_a_key_must_be_readable(api):
    response = api("finance").post(RUNS, {}, format="json", headers={"Idempotency-Key": "k" * 256})

    assert response.status_code == 400


def upload(client, content=b"code,name\nT1,Team\n", name="teams.csv", **fields):
    file = SimpleUploadedFile(name, content)
    return client.post("/api/v1/imports/", {"file": file, **fields}, format="multipart")


def test_an_import_is_taken_in_and_its_report_can_be_fetched(api, portfolio):
    finance = api("finance")

    response = upload(finance, b"code,name\nP1,Saw\n", "products.csv", dry_run="true", map="columns: {name: name}")

    assert response.status_code == 202
    report = finance.get(response.headers["Location"]).json()
    assert (report["kind"], report["file_name"], report["dry_run"]) == ("products", "products.csv", True)
    assert report["state"] == "waiting"
    assert (report["rows"], report["accepted"]) == (0, 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"dry_run": "perhaps"}, "dry_run"),
        ({"map": "kind: ["}, "map"),
        ({"map": "nonsense: 1"}, "map"),
        ({"decimal": ";"}, "decimal"),
        ({"state": "done"}, "state"),
        ({"kind": "nonsense"}, "kind"),
        ({"name": "products.exe"}, "file"),
    ],
)
def test_an_upload_that_cannot_be_meant_is_refused_by_field(api, fields, field):
    response = upload(api("finance"), **{"kind": "products"} | fields)

    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_teams_are_imported_by_whoever_may_administer_them(api):
    assert upload(api("finance"), kind="teams").status_code == 403


def test_an_upload_without_file_is_refused(api):
    response = api("finance").post("/api/v1/imports/", {"kind": "teams"}, format="multipart")

    assert [error["field"] for error in response.json()["errors"]] == ["file"]


def test_a_file_that_is_too_large_is_refused(api, settings):
    settings.IMPORT_MAX_BYTES = 10

    assert upload(api("finance"), kind="products").status_code == 413


def test_imports_are_for_those_who_may_import(api):
    assert upload(api("manager"), kind="products").status_code == 403
    assert api("executive").get("/api/v1/imports/1/").status_code == 403
    assert api("finance").get("/api/v1/imports/1/").status_code == 404

import csv
import io
import json
from decimal import Decimal

import openpyxl
import pytest

KINDS = ("scores", "profitability", "rankings")


def content(response) -> bytes:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def table(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(response).decode())))


@pytest.mark.parametrize("kind", KINDS)
def test_a_csv_has_the_rows_and_columns_of_the_list(api, kind):
    listed = api("manager").get(f"/api/v1/{kind}/").json()["results"]

    rows = table(api("manager").get(f"/api/v1/exports/{kind}.csv"))

    assert list(rows[0]) == list(listed[0])
    assert [row["code"] for row in rows] == [row["code"] for row in listed]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["member", "manager", "finance"])
def test_ndjson_equals_the_list(api, kind, role):
    listed = api(role).get(f"/api/v1/{kind}/").json()["results"]

    lines = content(api(role).get(f"/api/v1/exports/{kind}.ndjson")).splitlines()

    assert [json.loads(line) for line in lines] == listed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["member", "finance"])
def test_parquet_has_exact_decimals_whoever_reads(api, kind, role, tmp_path):
    import pyarrow.parquet as pq

    read = pq.read_table(io.BytesIO(content(api(role).get(f"/api/v1/exports/{kind}.parquet"))))

    amount = "value" if kind == "rankings" else "cost_to_serve"
    assert str(read.schema.field(amount).type) == ("decimal128(19, 4)" if kind == "rankings" else "decimal128(19, 2)")
    assert read.num_rows == len(api(role).get(f"/api/v1/{kind}/").json()["results"])


def test_xlsx_holds_numbers_and_texts(api, portfolio):
    account = portfolio.accounts["N1"]
    account.name = "=1+1"
    account.save()

    book = openpyxl.load_workbook(io.BytesIO(content(api("manager").get("/api/v1/exports/scores.xlsx"))))
    head, first, *_rest = book.active.iter_rows()

    cells = dict(zip((cell.value for cell in head), first, strict=True))
    assert cells["net_revenue"].value == 400000
    assert (cells["name"].value, cells["name"].data_type) == ("=1+1", "s")


def test_amounts_in_csv_keep_their_decimals_and_names_are_no_formulas(api, portfolio):
    account = portfolio.accounts["N1"]
    account.name = "=HYPERLINK(1)"
    account.save()

    row = table(api("manager").get("/api/v1/exports/scores.csv"))[0]

    assert Decimal(row["net_revenue"]).as_tuple().exponent == -2
    assert not row["name"].startswith("=")


def test_hidden_columns_are_empty(api):
    row = table(api("member").get("/api/v1/exports/scores.csv"))[0]

    assert (row["gross_margin"], row["contribution"], row["cost_to_serve"]) == ("120000.00", "", "")


def test_an_export_takes_the_filters_and_orders_of_its_list(api):
    rows = table(api("finance").get("/api/v1/exports/scores.csv?box=star&ordering=-code"))

    assert [row["code"] for row in rows] == ["S3", "N3"]
    assert api("finance").get("/api/v1/exports/scores.csv?page_size=3").status_code == 400
    assert api("member").get("/api/v1/exports/rankings.csv?measure=contribution").status_code == 400


def test_the_answer_is_a_file_to_keep(api):
    response = api("manager").get("/api/v1/exports/scores.csv", HTTP_ACCEPT="text/csv")

    assert response.headers["Content-Disposition"] == 'attachment; filename="scores.csv"'
    assert response.headers["Content-Type"].startswith("text/csv")


def test_other_files_are_not_there(api):
    assert api("finance").get("/api/v1/exports/scores.exe").status_code == 404
    assert api().get("/api/v1/exports/scores.csv").status_code == 401


def test_an_empty_export_is_a_whole_file(api, portfolio):
    from profitability.models import Publication

    Publication.objects.all().delete()

    for ending in ("csv", "ndjson", "xlsx", "parquet"):
        content(api("finance").get(f"/api/v1/exports/scores.{ending}"))

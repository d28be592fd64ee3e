"""Pages, API answers and exports, through Django's test client: every layer but the web server itself."""

import csv
import io
import re
from decimal import Decimal
from html import unescape
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.db import connection, reset_queries
from django.db.models import Count
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from accounts.models import Account, User
from accounts.permissions import Permission, needs
from benchmarks.measures import Measured, measure
from kam_portal.api.rendering import dumps
from kam_portal.urls import urlpatterns as of_the_portal
from profitability.models import Publication, Result

READER, MANAGER = "executive@example.com", "manager00@example.com"
SCORES = "/api/v1/scores/?page_size=1000"
EXPORT = "/api/v1/exports/scores.csv"


def client(email: str = READER) -> Client:
    """Signed in; the first request of the process is over."""
    settings.ROOT_URLCONF = __name__
    browser = Client(raise_request_exception=True)
    browser.force_login(User.objects.get(email=email), "django.contrib.auth.backends.ModelBackend")
    browser.get("/glossary/")
    return browser


def fetched(browser: Client, address: str) -> bytes:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


# Pages


def list_page(files: Path) -> Measured:
    return a_page("/accounts/")


def list_page_of_a_manager(files: Path) -> Measured:
    return a_page("/accounts/", MANAGER)


def matrix_page(files: Path) -> Measured:
    return a_page("/matrix/")


def matrix_page_of_a_manager(files: Path) -> Measured:
    return a_page("/matrix/", MANAGER)


def home_of_management(files: Path) -> Measured:
    return a_page("/")


def home_of_a_manager(files: Path) -> Measured:
    return a_page("/", MANAGER)


def team_page(files: Path) -> Measured:
    return a_page(f"/team/{User.objects.get(email=MANAGER).teams.order_by('code')[0].code}/")


def plans_page(files: Path) -> Measured:
    return a_page("/plans/")


def plan_page(files: Path) -> Measured:
    """Of an account of the largest segment: its medians are of the most peers."""
    segments = Account.objects.filter(plan__isnull=False).values("segment").annotate(all=Count("pk"))
    account = Account.objects.filter(plan__isnull=False, segment=segments.order_by("-all", "segment")[0]["segment"])
    return a_page(f"/accounts/{account.order_by('code')[0].code}/plan/")


def a_page(address: str, email: str = READER) -> Measured:
    """The page as its readers mostly meet it, and in the note how it was for the first of them after a run."""
    browser = client(email)
    fetched(browser, address)  # templates are loaded
    forget()
    first = measure(lambda: (forget(), fetched(browser, address))).seconds
    fetch_all(browser, address)
    found = measure(lambda: fetched(browser, address))
    note = f"{first * 1000:.0f} ms for the first reader, {queries(browser, address)} queries"
    return Measured(found.seconds, None, found.peak_mb, note)


def forget() -> None:
    """Nothing is worked out yet, as right after a run."""
    for each in caches.all():
        each.clear()


def fetch_all(browser: Client, address: str) -> None:
    """The page with the panels that come after it, as a browser fetches them."""
    for part in re.findall(rb'hx-get="([^"]+)" hx-trigger="load"', fetched(browser, address)):
        fetched(browser, unescape(part.decode()))


def queries(browser: Client, address: str) -> int:
    """How many it takes with nothing in the cache."""
    forget()
    connection.force_debug_cursor = True
    reset_queries()
    fetched(browser, address)
    connection.force_debug_cursor = False
    return len(connection.queries_log)


# API

envelope: tuple[bytes, bytes] = (b"", b"")  # what stands around the rows of the product's answer
FIELDS = {  # of the answer, with their columns
    "code": "code",
    "name": "account__name",
    "parent_code": "account__parent__code",
    "team": "account__team__code",
    "manager": "account__manager__email",
    "box": "position__box",
    "box_provisional": "position__is_provisional",
    "attractiveness": "position__attractiveness",
    "relationship_strength": "position__relationship_strength",
    "stage": "position__stage",
    "stage_buyer": "position__stage_buyer",
    "stability": "position__stability",
    "confidence": "position__confidence",
    "revenue_class": "revenue_class",
    "revenue_rank": "revenue_rank",
    "contribution_rank": "contribution_rank",
    "net_revenue": "net_revenue",
    "gross_margin": "gross_margin",
    "cost_to_serve": "cost_to_serve",
    "contribution": "contribution",
    "cost_to_serve_share": None,
    "previous_box": "position__previous_box",
    "changed_on": "position__changed_on",
    "run": "run_id",
    "stage_supplier": "position__stage_supplier",
    "stage_provisional": "position__stage_is_provisional",
    "criteria": "position__criteria_set__code",
    "criteria_version": "position__criteria_set__version",
}
COLUMNS = [column for column in FIELDS.values() if column]
SHARE_UNIT = Decimal("0.000001")


def api_list(files: Path) -> Measured:
    """A page of 1,000 scores against a view that writes the same bytes from one query."""
    global envelope
    browser = client()
    answer = fetched(browser, SCORES)
    start, end = answer.index(b"["), answer.rindex(b"]") + 1
    envelope = answer[:start], answer[end:]
    assert fetched(browser, "/bare/") == answer
    return measure(lambda: fetched(browser, SCORES), lambda: fetched(browser, "/bare/"))


@needs(Permission.SIGN_IN)
def bare(request) -> HttpResponse:
    """The rows of that page by one `values_list`, behind the same middleware, without paging or permissions."""
    rows = plain_rows()[:1000]
    return HttpResponse(b"".join((envelope[0], dumps([row_of(values) for values in rows]), envelope[1])))


def row_of(values: tuple) -> dict:
    given = iter(values)
    row = {name: next(given) if column else None for name, column in FIELDS.items()}
    for name in ("box", "previous_box", "stage", "stage_buyer", "stage_supplier"):
        row[name] = row[name] or None
    if row["net_revenue"] > 0:
        row["cost_to_serve_share"] = (row["cost_to_serve"] / row["net_revenue"]).quantize(SHARE_UNIT)
    return row


urlpatterns = [path("bare/", bare), *of_the_portal]


# Exports


def export(files: Path) -> Measured:
    """All scores as CSV through the API against the database's own way to write the same columns."""
    browser = client()
    return measure(lambda: drained(browser, EXPORT), by_copy if connection.vendor == "postgresql" else by_csv)


def drained(browser: Client, address: str) -> None:
    """Take what is sent and keep nothing, as a client that writes to a file does."""
    for _piece in browser.get(address).streaming_content:
        pass


def plain_rows():
    """Without paging, permissions or anything computed."""
    run = Publication.objects.values_list("run", flat=True).get()
    return Result.objects.filter(run=run, account__isnull=False).order_by("code").values_list(*COLUMNS)


def by_copy() -> None:
    with connection.cursor() as cursor:
        cursor.copy_expert(f"COPY ({plain_rows().query}) TO STDOUT WITH (FORMAT csv, HEADER)", Nowhere())


def by_csv() -> None:
    """SQLite has no COPY: its own cursor and the `csv` module."""
    rows = connection.connection.cursor().execute(str(plain_rows().query))
    csv.writer(Nowhere()).writerows(rows)


class Nowhere(io.TextIOBase):
    def write(self, text) -> int:
        return len(text)

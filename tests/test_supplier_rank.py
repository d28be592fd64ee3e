import csv
from datetime import date
from decimal import Decimal

import pytest
from django.db.utils import IntegrityError
from django.utils import timezone

from relationships.models import SupplierRank
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db

ADDRESS = "/accounts/N1/value/rank/"
TYPED = {"rank": "2", "suppliers": "4", "source": "Their buyer", "revision": "0"}


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def open_as(client, portfolio):
    def opened(role, address, **query):
        client.force_login(portfolio.user(role))
        return client.get(address, query)

    return opened


@pytest.fixture
def post(client, portfolio):
    def posted(role, **data):
        client.force_login(portfolio.user(role))
        return client.post(ADDRESS, TYPED | data)

    return posted


def stated(portfolio, code="N1", rank="1.5", suppliers=2):
    return SupplierRank.objects.create(
        account=portfolio.accounts[code],
        rank=Decimal(rank),
        suppliers=suppliers,
        source="Supplier day",
        stated_on=date(2026, 2, 1),
    )


def test_a_rank_is_kept_with_who_and_when_and_estimates_a_share(portfolio, post, open_as):
    answer = post("manager")

    row = SupplierRank.objects.get()
    assert answer.status_code == 302
    assert (row.rank, row.suppliers, row.source, row.share) == (2, 4, "Their buyer", Decimal("0.3"))
    assert (row.stated_by, row.stated_on) == (portfolio.user("manager"), timezone.localdate())
    page = open_as("member", "/accounts/N1/value/").content.decode()
    assert "≈ 30.0" in page
    assert "(1 − 2 ÷ (4 + 1)) × 2 ÷ 4" in page
    assert "estimate" in page


def test_the_estimate_never_replaces_the_stated_share(portfolio, open_as):
    stated(portfolio, rank="1", suppliers=2)
    before = open_as("finance", "/accounts/N1/value/").context["worth"]

    assert before.by_rank == Decimal(2) / 3
    assert before.their_dependence == before.result.share_of_wallet
    assert before.beyond_rank == before.result.share_of_wallet - before.by_rank


def test_without_a_rank_nothing_is_estimated(portfolio, open_as):
    stated(portfolio, "N2")

    answer = open_as("finance", "/accounts/N1/value/")

    assert answer.context["worth"].by_rank is None
    assert "Nobody has said which place we have" in answer.content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"rank": "0"},
        {"rank": "5"},
        {"rank": "1.3"},
        {"rank": ""},
        {"rank": "x"},
        {"suppliers": "1", "rank": "1"},
        {"suppliers": ""},
        {"suppliers": "51"},
        {"suppliers": "2.5"},
        {"source": "a\0b"},
        {"source": "a" * 501},
    ],
)
def test_what_cannot_be_is_refused_and_kept_in_its_fields(post, typed):
    answer = post("manager", **typed)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not SupplierRank.objects.exists()


def test_a_rank_is_changed_and_taken_back_by_who_saw_the_last_one(portfolio, post):
    assert post("manager", rank="1,5", suppliers="2").status_code == 302
    assert post("lead", rank="1").status_code == 409
    assert SupplierRank.objects.get().rank == Decimal("1.5")
    assert post("manager", withdraw="1", revision="0").status_code == 409
    assert post("lead", revision="1").status_code == 302
    assert (SupplierRank.objects.get().rank, SupplierRank.objects.get().revision) == (2, 2)

    assert post("manager", withdraw="1", revision="2").status_code == 302
    assert not SupplierRank.objects.exists()


def test_who_was_slower_sees_theirs_and_keeps_what_was_typed(portfolio, post):
    stated(portfolio)

    answer = post("manager", suppliers="7")

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "We are number 1.5 of 2 suppliers" in page
    assert 'name="suppliers" value="7"' in page
    assert answer.context["ranked"]["revision"] == "1"


def test_only_who_scores_accounts_says_it_and_only_of_accounts_seen(portfolio, post, client):
    assert post("member").status_code == 403
    client.force_login(portfolio.user("manager"))
    assert client.post("/accounts/S1/value/rank/", TYPED).status_code == 404


def test_the_list_and_its_file_have_the_estimate_beside_the_stated_share(portfolio, open_as):
    stated(portfolio)
    stated(portfolio, "S1")

    page = open_as("member", "/value/").content.decode()
    text = b"".join(open_as("member", "/value/", format="csv").streaming_content).decode("utf-8-sig")

    rows = {row["Code"]: row for row in csv.DictReader(text.splitlines())}
    assert page.count("(1.5 of 2)") == 1
    assert "S1" not in rows
    assert (rows["N1"]["Share by rank, estimated"], rows["N1"]["Our rank"], rows["N1"]["Suppliers"]) == (
        "0.500000",
        "1.5",
        "2",
    )
    assert (rows["N2"]["Share by rank, estimated"], rows["N2"]["Our rank"]) == ("", "")


def test_rest_gives_the_estimate_with_its_inputs(portfolio, open_as):
    stated(portfolio)

    rows = {row["code"]: row for row in open_as("member", "/api/v1/value/").json()["results"]}
    one = open_as("member", "/api/v1/accounts/N1/value/").json()

    names = ("share_by_rank", "supplier_rank", "suppliers", "rank_stated_on")
    assert [rows["N1"][name] for name in names] == [0.5, 1.5, 2, "2026-02-01"]
    assert [one[name] for name in names] == [0.5, 1.5, 2, "2026-02-01"]
    assert [rows["N2"][name] for name in names] == [None] * 4


def test_the_database_refuses_an_impossible_rank(portfolio):
    with pytest.raises(IntegrityError):
        stated(portfolio, rank="3", suppliers=2)

"""Contracts against the ledger: what came, who sees it, and that nobody saves over somebody else."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.utils.formats import date_format

from accounts.models import Account, Import
from profitability.models import OrderLine, Product
from relationships.agreements.actuals import Ask, answers, deliveries, families
from relationships.agreements.brought import brought, together
from relationships.agreements.standing import confidential, promised, with_levels
from relationships.core.agreements import Span
from relationships.models import Advocacy, Commitment, Contract, ServiceLevel, ServiceReading
from tests.factories import a_portfolio

pytestmark = pytest.mark.servers

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(f"2026-{text}")


def ledger(accounts: dict[str, Account], text: str) -> None:
    """Lines as one reads them: net amounts are list less discount."""
    imported = Import.objects.create(kind="order_lines", file_name="lines.csv")
    products = {name: Product.objects.create(code=name, name=name, category=name) for name in ("Bikes", "Parts")}
    for place, line in enumerate(text.strip().splitlines()[1:]):
        order, account, ordered, category, quantity, listed, discount, due, shipped = line.split()
        OrderLine.objects.create(
            order_id=order, line_no=place, ordered_on=day(ordered), month=202600 + day(ordered).month,
            account=accounts[account], product=products[category], quantity=Decimal(quantity),
            list_amount=Decimal(listed), discount_amount=Decimal(discount),
            net_amount=Decimal(listed) - Decimal(discount), cost_amount=0, freight_amount=0,
            due_on=day(due), shipped_on=day(shipped), is_return=quantity.startswith("-"), imported_in=imported,
        )  # fmt: skip


LINES = """
order account ordered category quantity list discount due   shipped
O1    N1      01-10   Bikes    10       1000 100      01-20 01-20
O1    N1      01-10   Parts    5        50   0        01-20 01-25
O2    N1      02-10   Bikes    2        200  0        02-20 02-18
O3    N1      03-10   Bikes    -1       -100 0        -     -
O4    N2      03-11   Parts    4        40   10       03-20 -
O5    N1      06-01   Bikes    1        100  0        06-05 06-06
"""


def ids(portfolio, *codes) -> frozenset[int]:
    return frozenset(portfolio.accounts[code].pk for code in codes)


@pytest.mark.parametrize(("measure", "category", "came"), [
    ("net_revenue", "", 900 + 50 + 200 - 100),
    ("net_revenue", "Bikes", 900 + 200 - 100),
    ("units", "", 17),
    ("orders", "", 2),
    ("orders", "Parts", 1),
    ("price", "Bikes", Fraction(1100, 12)),
    ("discount_share", "", Fraction(100, 1250)),
    ("price", "Wheels", None),
])  # fmt: skip
def test_what_came_is_counted_from_the_lines_up_to_the_day(portfolio, measure, category, came):
    ledger(portfolio.accounts, LINES)

    found = answers({"it": Ask(ids(portfolio, "N1"), YEAR, measure, category)}, date(2026, 5, 31))

    assert found == {"it": came}


def test_many_questions_are_one_query(portfolio, django_assert_num_queries):
    ledger(portfolio.accounts, LINES)
    asked = {
        f"c{place}": Ask(ids(portfolio, code), YEAR, measure)
        for place, (code, measure) in enumerate([("N1", "units"), ("N2", "net_revenue"), ("N3", "orders")])
    }
    later = {"later": Ask(ids(portfolio, "N1"), Span(date(2026, 7, 1), None), "units")}

    with django_assert_num_queries(1):
        found = answers(asked | later, date(2026, 5, 31))

    assert found == {"c0": 17, "c1": 30, "c2": 0, "later": None}


def test_orders_are_late_or_split_by_their_lines(portfolio):
    ledger(portfolio.accounts, LINES)

    found = deliveries(ids(portfolio, "N1", "N2"), Span(date(2026, 1, 1), date(2026, 5, 31)))

    # O1 late by one of its lines and in two deliveries, O2 on time, O4 not shipped yet, O3 a return
    assert found.share("on_time_share") == Fraction(1, 2)
    assert found.share("complete_share") == Fraction(1, 2)
    assert found.share("return_share") == Fraction(1, 4)
    assert deliveries(ids(portfolio, "N3"), YEAR).share("on_time_share") is None


def test_a_group_counts_as_far_as_the_reader_sees_it(portfolio):
    head, below = portfolio.accounts["N1"], portfolio.accounts["N4"]
    hidden = portfolio.accounts["S1"]
    Account.objects.filter(pk__in=[below.pk, hidden.pk]).update(parent=head)
    deep = portfolio.accounts["N5"]
    Account.objects.filter(pk=deep.pk).update(parent=below)

    assert {below.pk, deep.pk} <= families(portfolio.user("manager"), [head.pk])[head.pk]
    assert hidden.pk not in families(portfolio.user("manager"), [head.pk])[head.pk]
    assert hidden.pk in families(portfolio.user("executive"), [head.pk])[head.pk]


def a_contract(portfolio, code="N1", **fields) -> Contract:
    usual = {"from_on": YEAR.from_on, "until_on": YEAR.until_on, "name": "Supply 2026"}
    return Contract.objects.create(
        account=portfolio.accounts[code], created_by=portfolio.user("manager"), **(usual | fields)
    )


def test_commitments_and_levels_stand_by_the_ledger(portfolio):
    ledger(portfolio.accounts, LINES)
    contract = a_contract(portfolio)
    Commitment.objects.create(contract=contract, least=Decimal(1200), most=Decimal(9999))
    Commitment.objects.create(contract=contract, measure="price", category="Bikes", side="ours", most=Decimal(90))
    ServiceLevel.objects.create(contract=contract, measure="on_time_share", least=Decimal("0.9"))
    own = ServiceLevel.objects.create(contract=contract, measure="own", name="Answers", unit="h", most=Decimal(24))
    for month, value in ((202603, 20), (202605, 30), (202604, 10)):
        ServiceReading.objects.create(level=own, month=month, value=value, read_by=portfolio.user("manager"))

    manager, as_of = portfolio.user("manager"), date(2026, 5, 31)
    (found,) = promised(manager, [contract], date(2026, 6, 10), as_of)
    with_levels(manager, found, as_of)

    assert [each.actual for each in found.promises] == [1080, Fraction(1100, 12)]  # N2 stands under N1
    assert [each.standing for each in found.promises] == ["on_track", "missed"]  # 151 of 365 days: 496.44 asked so far
    assert [(each.actual, each.standing) for each in found.levels] == [(Fraction(1, 2), "missed"), (30, "missed")]
    assert found.broken == 3


def test_without_a_run_nothing_is_claimed(portfolio):
    contract = a_contract(portfolio)
    Commitment.objects.create(contract=contract, least=Decimal(1200))

    (found,) = promised(portfolio.user("manager"), [contract], date(2026, 6, 10), None)

    assert [(each.actual, each.standing) for each in found.promises] == [(None, "unknown")]


def test_many_contracts_take_as_many_queries_as_one(portfolio, django_assert_max_num_queries):
    contracts = [a_contract(portfolio, code) for code in ("N1", "N2", "N3", "N4") * 5]
    for contract in contracts:
        Commitment.objects.create(contract=contract, least=Decimal(1200))

    with django_assert_max_num_queries(6):
        promised(portfolio.user("manager"), contracts, date(2026, 6, 10), date(2026, 5, 31))


def test_the_confidentiality_agreement_in_force_is_known(portfolio):
    a_contract(portfolio, kind="confidentiality", until_on=date(2026, 3, 31))
    lasting = a_contract(portfolio, kind="confidentiality", until_on=None)

    found = promised(portfolio.user("manager"), list(Contract.objects.all()), date(2026, 6, 1), None)

    assert confidential(found).row == lasting
    assert confidential(found[:1]) is None


def signed_in(portfolio, role: str) -> Client:
    client = Client()
    client.force_login(portfolio.user(role))
    return client


FORM = {
    "name": "Supply 2026", "kind": "supply", "from_on": "2026-01-01", "until_on": "2026-12-31", "renewal": "renews",
    "renewal_months": "12", "notice_days": "90",
}  # fmt: skip
UNITS = {"measure": "units", "side": "ours", "period": "year"}


def test_a_contract_is_added_with_a_promise_and_a_level_and_shown(portfolio):
    client = signed_in(portfolio, "manager")

    assert client.post("/accounts/N1/contracts/edit/", FORM).status_code == 302
    contract = Contract.objects.get()
    promise = {"contract": contract.pk, "side": "ours", "measure": "discount_share", "period": "year", "most": "12.5"}
    assert client.post("/accounts/N1/contracts/part/commitment/", promise).status_code == 302
    level = {"contract": contract.pk, "measure": "on_time_share", "least": "95"}
    assert client.post("/accounts/N1/contracts/part/level/", level).status_code == 302

    assert Commitment.objects.get().most == Decimal("0.125")
    assert ServiceLevel.objects.get().least == Decimal("0.95")
    page = client.get("/accounts/N1/contracts/").content.decode()
    assert "at most 12.5" in " ".join(page.split()) or "12.5\u202f%" in page
    assert 'value="12.5"' in page
    assert "Supply 2026" in client.get("/contracts/").content.decode()
    assert b"Supply 2026" in b"".join(client.get("/contracts/?format=csv").streaming_content)


@pytest.mark.parametrize(("path", "sent", "said"), [
    ("edit/", FORM | {"until_on": "2025-12-31"}, "A contract ends after it begins."),
    ("edit/", FORM | {"renewal_months": ""}, "for how many months it renews"),
    ("edit/", FORM | {"ended_on": "2025-01-01"}, "It cannot end before it begins."),
    ("edit/", FORM | {"link": "javascript:alert(1)"}, "Enter a valid URL."),
    ("part/commitment/", UNITS, "Say the least, the most, or both."),
    ("part/commitment/", UNITS | {"least": "5", "most": "4"}, "below the least"),
    ("part/level/", {"measure": "on_time_share", "least": "101"}, "At most 100"),
    ("part/level/", {"measure": "own", "least": "1"}, "Say what is measured."),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_with_a_word(portfolio, path, sent, said):
    contract = a_contract(portfolio)

    answer = signed_in(portfolio, "manager").post(f"/accounts/N1/contracts/{path}", sent | {"contract": contract.pk})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert (Contract.objects.count(), Commitment.objects.count(), ServiceLevel.objects.count()) == (1, 0, 0)


def test_nobody_saves_over_somebody_else(portfolio):
    contract = a_contract(portfolio)
    first, second = signed_in(portfolio, "manager"), signed_in(portfolio, "lead")
    address = f"/accounts/N1/contracts/edit/?id={contract.pk}"

    assert first.post(address, FORM | {"revision": 1, "name": "Mine"}).status_code == 302
    answer = second.post(address, FORM | {"revision": 1, "name": "Yours"})

    assert answer.status_code == 409
    assert "theirs: Mine" in answer.content.decode()
    assert 'value="Yours"' in answer.content.decode()
    assert second.post(address, FORM | {"revision": 1, "do": "remove"}).status_code == 302
    assert Contract.objects.get().name == "Mine"
    assert second.post(address, FORM | {"revision": 2, "name": "Yours"}).status_code == 302
    assert (Contract.objects.get().name, Contract.objects.get().revision) == ("Yours", 3)


LINES_OF_A_CONTRACT = [
    ("commitment", Commitment, UNITS | {"category": ""}, {"least": "7"}, {"least": "9"}, "theirs: 7"),
    ("level", ServiceLevel, {"measure": "on_time_share"}, {"least": "90"}, {"least": "95"}, "theirs: 90"),
]


@pytest.mark.parametrize(("kind", "model", "fixed", "mine", "yours", "told"), LINES_OF_A_CONTRACT)
def test_nobody_saves_a_line_over_somebody_else(portfolio, kind, model, fixed, mine, yours, told):
    contract = a_contract(portfolio)
    line = model.objects.create(contract=contract, measure=fixed["measure"], least="0.5")
    first, second = signed_in(portfolio, "manager"), signed_in(portfolio, "lead")
    address = f"/accounts/N1/contracts/part/{kind}/"
    sent = fixed | {"contract": contract.pk, "id": line.pk, "revision": 1}
    assert 'name="revision" value="1"' in first.get("/accounts/N1/contracts/").content.decode()

    assert first.post(address, sent | mine).status_code == 302
    answer = second.post(address, sent | yours)
    kept = model.objects.get().least

    page = answer.content.decode()
    assert (answer.status_code, kept) == (409, Decimal(mine["least"]) / (100 if kind == "level" else 1))
    assert told in page and f'value="{yours["least"]}"' in page and 'name="revision" value="2"' in page
    assert second.post(address, sent | {"do": "remove"}).status_code == 302
    assert second.post(address, sent | yours | {"least": "-1"}).status_code == 422
    assert model.objects.get().least == kept
    assert second.post(address, sent | yours | {"revision": 2}).status_code == 302
    assert (model.objects.get().least != kept, model.objects.get().revision) == (True, 3)


@pytest.mark.parametrize(("kind", "model", "fixed", "mine", "yours", "told"), LINES_OF_A_CONTRACT)
def test_a_mistake_does_not_hide_what_somebody_else_saved(portfolio, kind, model, fixed, mine, yours, told):
    contract = a_contract(portfolio)
    line = model.objects.create(contract=contract, measure=fixed["measure"], least="0.5", revision=2)
    sent = fixed | {"contract": contract.pk, "id": line.pk, "revision": 1, "least": "-1"}

    page = signed_in(portfolio, "manager").post(f"/accounts/N1/contracts/part/{kind}/", sent)

    assert page.status_code == 422
    assert 'name="revision" value="1"' in page.content.decode()


@pytest.mark.parametrize(("kind", "model", "fixed", "mine", "yours", "told"), LINES_OF_A_CONTRACT)
def test_what_was_typed_into_a_line_that_is_gone_stays(portfolio, kind, model, fixed, mine, yours, told):
    contract = a_contract(portfolio)
    line = model.objects.create(contract=contract, measure=fixed["measure"], least="0.5")
    client, address = signed_in(portfolio, "manager"), f"/accounts/N1/contracts/part/{kind}/"
    sent = fixed | yours | {"contract": contract.pk, "id": line.pk, "revision": 1}
    line.delete()

    answer = client.post(address, sent)

    assert (answer.status_code, model.objects.count()) == (409, 0)
    assert f'value="{yours["least"]}"' in answer.content.decode()
    assert client.post(address, sent | {"id": ""}).status_code == 302
    assert client.post(address, sent | {"do": "remove"}).status_code == 302
    assert model.objects.count() == 1


def test_a_reading_takes_the_place_of_one_that_was_seen_alone(portfolio):
    contract = a_contract(portfolio)
    level = ServiceLevel.objects.create(contract=contract, measure="own", name="Calls", least=80)
    first, second = signed_in(portfolio, "manager"), signed_in(portfolio, "lead")
    address, sent = "/accounts/N1/contracts/reading/", {"level": level.pk, "month": "2026-01"}

    assert first.post(address, sent | {"value": "90"}).status_code == 302
    answer = second.post(address, sent | {"value": "70"})

    page = answer.content.decode()
    assert (answer.status_code, ServiceReading.objects.get().value) == (409, 90)
    assert "The month has a reading: 90, by Manager." in page
    assert 'name="instead" value="90"' in page and 'value="70"' in page
    assert second.post(address, sent | {"value": "70", "instead": "90"}).status_code == 302
    assert first.post(address, sent | {"value": "60", "instead": "90"}).status_code == 409
    assert first.post(address, sent | {"value": "70"}).status_code == 302
    assert first.post(address, sent | {"month": "2026-02", "value": "60", "instead": "90"}).status_code == 302
    assert sorted(ServiceReading.objects.values_list("month", "value")) == [(202601, 70), (202602, 60)]


def test_nobody_removes_a_deed_that_somebody_else_changed(portfolio):
    by = portfolio.user("manager")
    deed = Advocacy.objects.create(
        account=portfolio.accounts["N1"], happened_on="2026-02-02", text="Named us", noted_by=by, revision=2
    )
    client, sent = signed_in(portfolio, "lead"), {"id": deed.pk, "do": "remove"}

    client.post("/accounts/N1/contracts/advocacy/", sent | {"revision": 1})
    assert Advocacy.objects.exists()

    client.post("/accounts/N1/contracts/advocacy/", sent | {"revision": 2})
    assert not Advocacy.objects.exists()


@pytest.mark.parametrize("role", ["member", "finance", "executive"])
def test_who_may_not_edit_only_reads(portfolio, role):
    contract = a_contract(portfolio)
    client = signed_in(portfolio, role)

    page = client.get("/accounts/N1/contracts/")

    assert "Supply 2026" in page.content.decode()
    assert "Add a contract" not in page.content.decode()
    assert client.post("/accounts/N1/contracts/edit/", FORM).status_code == 403
    sent = {"contract": contract.pk, "measure": "on_time_share", "least": "95"}
    assert client.post("/accounts/N1/contracts/part/level/", sent).status_code == 403


def test_a_contract_of_another_account_is_not_found(portfolio):
    contract = a_contract(portfolio, "S1")
    client = signed_in(portfolio, "manager")

    assert client.get(f"/accounts/N1/contracts/edit/?id={contract.pk}").status_code == 404
    assert client.post("/accounts/N1/contracts/part/level/", {"contract": contract.pk}).status_code == 404
    assert "Supply 2026" not in client.get("/contracts/?show=all").content.decode()


def a_deed(portfolio, brought_by: str = "N1", account: str | None = None, **fields) -> Advocacy:
    return Advocacy.objects.create(
        account=portfolio.accounts[brought_by],
        text="Took a call",
        happened_on=date(2026, 2, 1),
        noted_by=portfolio.user("manager"),
        brought_account=portfolio.accounts[account] if account else None,
        **fields,
    )


def test_what_a_referral_brought_is_that_of_the_account_once(portfolio):
    rows = [a_deed(portfolio, account="N2"), a_deed(portfolio, account="N2"), a_deed(portfolio, account="S1")]

    for role, known in (("manager", {"N2"}), ("executive", {"N2", "S1"})):
        found = brought(portfolio.user(role), rows, portfolio.run)
        results = {row.code: row for row in portfolio.run.results.filter(code__in=known)}

        assert {each.account.code for each in found if each.account} == known
        assert together(found)["net_revenue"] == sum(row.net_revenue for row in results.values())
        assert together(found)["contribution"] == sum(row.contribution for row in results.values())
    assert together(brought(portfolio.user("member"), rows, portfolio.run))["contribution"] is None


def test_an_account_that_one_does_not_see_stays_when_the_deed_is_changed(portfolio):
    deed = a_deed(portfolio, account="S1", prospect="Somebody")
    client = signed_in(portfolio, "manager")
    sent = {
        "id": deed.pk,
        "revision": 1,
        "kind": "referral",
        "happened_on": "2026-02-02",
        "text": "Named us",
        "result": "won",
    }

    page = client.get("/accounts/N1/contracts/").content.decode()
    assert "Account S1" not in page
    assert 'value="S1"' not in page
    assert client.post("/accounts/N1/contracts/advocacy/", sent | {"brought": "S1"}).status_code == 422
    assert client.post("/accounts/N1/contracts/advocacy/", sent).status_code == 302
    deed.refresh_from_db()
    assert (deed.text, deed.brought_account.code) == ("Named us", "S1")
    assert client.post("/accounts/N1/contracts/advocacy/", sent).status_code == 409
    assert client.post("/accounts/N1/contracts/advocacy/", sent | {"revision": 2, "brought": "N2"}).status_code == 302
    deed.refresh_from_db()
    assert deed.brought_account.code == "N2"


def test_a_day_of_notice_that_has_passed_says_when_the_contract_renews(portfolio):
    today = date.today()
    until = today + timedelta(days=10)
    renews = {"renewal": Contract.Renewal.RENEWS, "renewal_months": 12, "notice_days": 30}
    a_contract(portfolio, from_on=today - timedelta(days=300), until_on=until, **renews)

    client, day = signed_in(portfolio, "manager"), date_format(until + timedelta(days=1), "j M Y")

    assert f"passed: renews on {day}" in client.get("/contracts/").content.decode()
    page = client.get("/accounts/N1/contracts/").content.decode()
    assert f"so it renews on {day}." in page
    assert "1 contract runs; no commitment and no service level is noted in it." in page


def test_where_a_contract_lies_is_an_address_also_without_its_beginning(portfolio):
    sent = FORM | {"link": "files.example.com/offer"}

    assert signed_in(portfolio, "manager").post("/accounts/N1/contracts/edit/", sent).status_code == 302
    assert Contract.objects.get().link == "https://files.example.com/offer"


def test_the_list_is_cut_by_time(portfolio):
    today = date.today()
    a_contract(portfolio, name="Lasting", from_on=today - timedelta(days=10), until_on=today + timedelta(days=400))
    a_contract(portfolio, name="Ends soon", from_on=today - timedelta(days=10), until_on=today + timedelta(days=40))
    a_contract(portfolio, name="Over", from_on=today - timedelta(days=50), until_on=today - timedelta(days=4))
    client = signed_in(portfolio, "manager")

    def shown(show: str) -> set[str]:
        page = client.get(f"/contracts/?show={show}").content.decode()
        return {name for name in ("Lasting", "Ends soon", "Over") if f">{name}<" in page}

    assert shown("running") == {"Lasting", "Ends soon"}
    assert shown("notice") == {"Ends soon"}
    assert shown("ended") == {"Over"}
    assert shown("all") == {"Lasting", "Ends soon", "Over"}
    assert shown("all&q=soon") == {"Ends soon"}

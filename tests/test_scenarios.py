import csv
import hashlib
import io
import json
import re
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core import serializers
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.models import Account
from kam_portal.tasks import prepare_window
from kam_portal.whatif.asked import spelled
from kam_portal.whatif.tables import finding
from profitability.models import ActivityTotal, MonthResult, PoolBalance, Publication, Ranking, Result, Run, Scenario
from profitability.scenarios import selection
from relationships.models import Position
from tests.factories import a_portfolio
from tests.markup import page_of

MOST_QUERIES = 30
NEW = "/what-if/new/"


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def see(portfolio, client):
    """`see("manager", "/what-if/new/?price=1")`: the text of the page."""

    def read(role: str, address: str, status: int = 200) -> str:
        client.force_login(portfolio.user(role))
        response = client.get(address)
        assert response.status_code == status
        return response.content.decode()

    return read


@pytest.fixture
def keep(portfolio, client):
    """`keep("manager", "price=1", name="More")`: the scenario that was kept."""

    def kept(role: str, query: str, **fields) -> Scenario:
        client.force_login(portfolio.user(role))
        response = client.post(f"{NEW}?{query}", {"sharing": "nobody", **fields})
        assert response.status_code == 302, response.context["save"].errors
        return Scenario.objects.get(name=fields["name"])

    return kept


def figures_of_runs() -> str:
    """A hash of every row that a run stored."""
    tables = (Run, Publication, Result, MonthResult, Ranking, PoolBalance, ActivityTotal, Position)
    rows = [json.loads(serializers.serialize("json", table.objects.order_by("pk"))) for table in tables]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def exported(client, user, scenario: Scenario) -> list[dict[str, str]]:
    client.force_login(user)
    response = client.get(reverse("scenario_export", args=[scenario.pk, "csv"]))
    content = b"".join(response.streaming_content)
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_scenario_shows_before_and_after(see):
    page = see("manager", f"{NEW}?codes=N1&price=1")

    # 1 % of 400,000 of sales without discounts
    assert "What if: contribution +4,000.00 USD" in page
    assert "1 active account is changed" in page
    assert "Account S1" not in page


def test_without_levers_it_is_the_published_statement(see):
    page = see("finance", f"{NEW}?all=on")

    assert '<h1><span id="finding">What if</span></h1>' in page
    assert "11 active accounts are changed" in page


def test_a_scenario_is_kept_shared_changed_and_deleted(keep, portfolio, client):
    kept = keep(
        "manager", "codes=N1,N3&price=2&event:sales_visit=-50", name="Fewer visits", sharing="team", note="Why not"
    )

    assert kept.levers == {"price": "2", "events": {"sales_visit": "-50"}}
    assert kept.accounts == {"codes": "N1 N3"}
    assert kept.run == portfolio.run
    address = reverse("scenario", args=[kept.pk])
    assert "Fewer visits: contribution" in client.get(address).content.decode()

    client.post(f"{address}?codes=N1&price=3", {"name": "Fewer visits", "sharing": "nobody", "note": ""})
    kept.refresh_from_db()
    assert (kept.levers, kept.accounts, kept.sharing) == ({"price": "3"}, {"codes": "N1"}, "nobody")

    asked = client.post(address, {"delete": "1"}).content.decode()
    assert "Delete “Fewer visits”?" in asked and Scenario.objects.exists()
    client.post(address, {"delete": "1", "sure": "1"})
    assert not Scenario.objects.exists()


@pytest.mark.parametrize(
    ("sharing", "seers"),
    [("nobody", set()), ("team", {"lead"}), ("everyone", {"lead", "stranger", "finance", "executive"})],
)
def test_who_opens_a_scenario(keep, portfolio, client, sharing, seers):
    kept = keep("manager", "price=1", name="Five percent dearer", sharing=sharing)

    for role in ("lead", "stranger", "finance", "executive"):
        client.cookies.clear()
        client.force_login(portfolio.user(role))
        status = 200 if role in seers else 404
        for name, arguments in (("scenario", [kept.pk]), ("scenario_export", [kept.pk, "csv"])):
            response = client.get(reverse(name, args=arguments))
            assert response.getvalue() and response.status_code == status, (role, name)
        assert (kept.name in client.get(reverse("scenarios")).content.decode()) == (role in seers)


def test_only_the_owner_changes_a_scenario(keep, portfolio, client):
    kept = keep("manager", "price=1", name="Price", sharing="everyone")
    client.force_login(portfolio.user("lead"))

    response = client.post(reverse("scenario", args=[kept.pk]), {"delete": "1"})

    assert response.status_code == 404
    assert Scenario.objects.filter(pk=kept.pk).exists()


def test_a_shared_scenario_shows_each_reader_own_accounts(keep, portfolio, client):
    kept = keep("finance", "price=1", name="Price", sharing="everyone")

    assert {row["Code"] for row in exported(client, portfolio.user("stranger"), kept)} == {"S1", "S2", "S3", "S4", "S5"}
    assert len(exported(client, portfolio.user("finance"), kept)) == 11


def test_the_file_sums_to_the_page(keep, portfolio, client):
    kept = keep("finance", "price=1&orders=-50&event:sales_visit=-20", name="All")

    rows = exported(client, portfolio.user("finance"), kept)

    total = client.get(reverse("scenario", args=[kept.pk])).context["study"].steps[-1]
    assert sum(Decimal(row["Contribution before"]) for row in rows) == total.before
    assert sum(Decimal(row["Contribution after"]) for row in rows) == total.after
    assert sum(Decimal(row["Change"]) for row in rows) == total.change


def test_the_file_comes_as_a_workbook_too(keep, client):
    kept = keep("finance", "price=1&codes=N1 N2&orders=-50&own1-codes=N2&own1-price=2", name="Dearer: all", note="=1+1")

    response = client.get(reverse("scenario_export", args=[kept.pk, "xlsx"]))

    book = load_workbook(io.BytesIO(response.getvalue()))
    assert book.sheetnames == ["Levers", "Profit and loss", "Capacity", "Accounts"]
    levers, statement, capacity, accounts = (list(sheet.values) for sheet in book)
    assert {("Scenario", "Dearer: all"), ("Note", "=1+1"), ("Lever of all", "price +1 %")} <= set(levers)
    assert ("Exception: N2", "price +2 %") in levers and ("Only these accounts", "N1 N2") in levers
    study = client.get(reverse("scenario", args=[kept.pk])).context["study"]
    (row,) = [row for row in statement if row[0] == "Contribution"]
    assert row[1:4] == tuple(map(float, (study.steps[-1].before, study.steps[-1].after, study.steps[-1].change)))
    assert ("Cash at once", None, None, float(study.cash_effect), "USD") in statement
    assert sum(row[4] for row in capacity[1:]) == float(study.usage_saved)
    assert [row[0] for row in accounts] == ["Code", "N1", "N2"]


def test_a_workbook_shows_capacity_to_those_who_see_costs_and_stands_without_accounts(keep, portfolio, client):
    kept = keep("finance", "price=1&codes=S1", name="定价", sharing="everyone")
    client.force_login(portfolio.user("manager"))

    response = client.get(reverse("scenario_export", args=[kept.pk, "xlsx"]))

    assert load_workbook(io.BytesIO(response.getvalue())).sheetnames == ["Levers", "Profit and loss", "Accounts"]
    assert f"-{kept.pk}-2" in response["Content-Disposition"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_of_scenarios_are_named_by_run_and_scenario(keep, client, ending):
    kept = keep("manager", "price=1&codes=N1", name="Fewer visits")

    response = client.get(reverse("scenario_export", args=[kept.pk, ending]))

    window = f"{kept.run.month_from}-{kept.run.month_to}"
    assert f'"what-if-run-{kept.run.pk}-{window}-fewer-visits-2' in response["Content-Disposition"]
    response.close()


def test_nothing_published_is_touched(keep, see, portfolio):
    before = figures_of_runs()

    kept = keep("finance", "drop=on&codes=N1 S1", name="Without the two largest")
    see("finance", reverse("scenario", args=[kept.pk]))
    see("finance", f"{NEW}?price=5&minimum_order=10000&small_orders=refuse&volume=10&discount_cap=3")

    assert figures_of_runs() == before


def test_capacity_is_for_those_who_see_costs(see):
    for role, shown in (("manager", False), ("finance", True)):
        page = see(role, f"{NEW}?event:sales_visit=-50&avoidable=sales&person_minutes=10")

        assert ("usage saved is not cash saved" in page) == shown
        assert ("Cash saved" in page) == shown
        assert "Cash at once" in page
        assert ('name="avoidable"' in page) == shown


def test_dropping_an_account_takes_it_out_of_ranks_and_classes(see):
    page = see("finance", f"{NEW}?drop=on&codes=N1")

    assert "contribution −80,000.00 USD" in page  # 120,000 − 40,000
    assert "1 → –" in page
    assert "A → –" in page


def test_a_lever_that_makes_no_sense_says_so_and_changes_nothing(see):
    page = see("manager", f"{NEW}?price=-200")

    assert "A lever makes no sense and changes nothing" in page
    assert "Ensure this value is greater than or equal to -100" in page


def test_a_lever_that_may_be_read_in_two_ways_is_named_where_the_result_stands(see):
    page = see("manager", f"{NEW}?minimum_order=1.250")

    assert "Minimum order value: “1.250” may be read in two ways: write 1,250 or 1.25." in page


def test_codes_that_are_hidden_and_codes_that_are_missing_read_alike(see):
    hidden, missing = (see("manager", f"{NEW}?codes={code}&price=1") for code in ("S1", "XX"))

    for page in (hidden, missing):
        assert "is no account you see." in page and "not among the active accounts" not in page
        assert "No account is chosen" in page and "Move a lever" not in page


def test_codes_are_found_whatever_their_capitals_and_unknown_ones_are_named_beside_the_field(client, portfolio):
    client.force_login(portfolio.user("manager"))
    page = page_of(client.get(f"{NEW}?codes=n1 XXXX&price=5&own1-codes=N1 YY&own1-price=1"))

    assert page.one("div", id="unknown-codes").text == "XXXX is no account you see."
    assert (
        "1 active account is changed" in page.text and "YY is no account you see." in page.one("div", id="outcome").text
    )
    assert "YY is no account you see." in page.one("fieldset", id="own1").text
    many = " ".join(f"X{number}" for number in range(12))
    assert "X8, X9 and 2 more are no accounts" in client.get(f"{NEW}?codes={many}").content.decode()


def test_a_scenario_keeps_codes_as_the_accounts_write_them(keep):
    assert keep("manager", "codes=n3 N3&price=1", name="Small").accounts["codes"] == "N3"


def test_capitals_count_where_two_accounts_differ_by_nothing_else(portfolio):
    for code, other in (("N2", "xA"), ("N3", "Xa")):
        Account.objects.filter(code=code).update(code=other)

    assert spelled({"XA", "n1", "nn"}, portfolio.user("finance")) == {"n1": "N1"}


def test_a_name_is_used_once_by_its_owner(keep, client):
    keep("manager", "price=1", name="Price")

    response = client.post(f"{NEW}?price=2", {"name": "Price", "sharing": "nobody"})

    assert response.status_code == 422
    assert "You have a scenario of this name already." in response.content.decode()


def test_scenarios_stand_side_by_side(keep, see):
    first = keep("finance", "price=1&codes=N1", name="Price")
    second = keep("finance", "event:sales_visit=-50&codes=N1", name="Visits")

    page = see("finance", f"{reverse('scenario_compare')}?scenario={first.pk}&scenario={second.pk}")

    assert "+4,000.00" in page
    assert "“Visits” brings most contribution, +10,000.00 USD; “Price” most cash, +4,000.00" in page
    assert "Cash of people and pools" in page


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"A": (5, 0), "B": (5, 0)}, "All change contribution by +5.00 USD; none brings cash at once"),
        ({"A": (5, 3), "B": (5, 3)}, "All change contribution by +5.00 USD; all bring the same cash, +3.00"),
        ({"A": (9, 0), "B": (5, 0)}, "“A” brings most contribution, +9.00 USD; none brings cash at once"),
        ({"A": (9, 0), "B": (9, -1), "C": (1, 0)}, "“A” and “B” bring most contribution, +9.00 USD; none brings cash"),
        ({"A": (9, 2), "B": (5, 2), "C": (1, 0)}, "“A” brings most contribution, +9.00 USD; “A” and “B” most cash"),
        ({"A": (9, 2), "B": (5, 1)}, "“A” brings most: contribution +9.00 USD, cash at once +2.00"),
    ],
)
def test_what_the_comparison_finds_depends_on_no_order(figures, said):
    studies = [
        (name, SimpleNamespace(steps=[SimpleNamespace(change=Decimal(gain))], cash_effect=Decimal(cash)))
        for name, (gain, cash) in figures.items()
    ]

    for listed in (studies, studies[::-1]):
        names, found = zip(*listed, strict=True)
        assert finding(list(names), list(found)).startswith(said)


def test_one_scenario_is_nothing_to_compare(keep, see):
    kept = keep("manager", "price=1", name="Price")

    assert "Nothing to compare" in see("manager", f"{reverse('scenario_compare')}?scenario={kept.pk}")


def test_the_number_of_queries_does_not_grow_with_the_accounts(portfolio, client):
    from tests.profitability.test_views import crowd

    def count(address: str) -> int:
        client.force_login(portfolio.user("finance"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        return len(captured)

    addresses = [f"{NEW}?price=1", f"{NEW}?minimum_order=1000&orders=-10", "/what-if/"]
    before = [count(address) for address in addresses]
    crowd(portfolio, 60)

    assert [count(address) for address in addresses] == before
    assert max(before) <= MOST_QUERIES


def test_of_very_many_accounts_a_worker_reads_the_months_first(see, portfolio, monkeypatch, settings, tmp_path):
    shown = see("finance", f"{NEW}?price=1")
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(selection, "FEW", 3)

    waiting = see("finance", f"{NEW}?price=1", status=503)
    prepare_window(portfolio.run.pk)

    assert "The months of all these accounts are being read" in waiting
    for address in (f"{NEW}?price=1", f"{NEW}?price=1&event:sales_visit=-50&segment=key"):
        told = see("finance", address)
        monkeypatch.setattr(selection, "FEW", 1000)
        assert outcome(told) == outcome(see("finance", address))
        monkeypatch.setattr(selection, "FEW", 3)
    assert outcome(see("finance", f"{NEW}?price=1")) == outcome(shown)


def outcome(page: str) -> str:
    return page.split('id="outcome"')[1].split("</main>")[0]


# Accounts that differ


def test_accounts_that_differ_have_their_own_levers_in_the_address(see):
    page = see("finance", f"{NEW}?codes=N1 N2&price=1&own1-codes=N2&own1-price=0")

    assert "What if: contribution +4,000.00 USD" in page  # 1 % of the 400,000 of N1 alone
    assert "price unchanged" in page
    assert 'value="N2"' in page


def test_an_account_is_dropped_while_the_others_get_dearer(see):
    page = see("finance", f"{NEW}?codes=N1 N2&price=1&own1-codes=N1&own1-drop=on")

    assert "contribution −78,500.00 USD" in page  # 1,500 of N2 less the 80,000 of N1
    assert "1 → –" in page


def test_exceptions_are_kept_compared_and_exported(keep, portfolio, client):
    kept = keep("finance", "price=1&own1-codes=N1 S1&own1-drop=on&own3-codes=N2&own3-minimum_order=500", name="Mixed")

    assert kept.levers["own"] == [
        {"codes": ["N1", "S1"], "drop": True},
        {"codes": ["N2"], "minimum_order": "500"},
    ]
    rows = {row["Code"]: row["Own levers"] for row in exported(client, portfolio.user("finance"), kept)}
    assert (rows["N1"], rows["N2"], rows["N3"]) == ("dropped", "minimum order value 500", "")
    page = client.get(reverse("scenario", args=[kept.pk])).content.decode()
    assert 'name="own2-minimum_order" value="500"' in page
    other = keep("finance", "price=1", name="Plain")
    side_by_side = client.get(f"{reverse('scenario_compare')}?scenario={kept.pk}&scenario={other.pk}").content.decode()
    assert "Accounts with levers of their own" in side_by_side


def test_an_exception_is_added_and_removed_without_scripts(portfolio, client):
    client.force_login(portfolio.user("finance"))

    added = client.get(f"{NEW}?price=1&own=1").content.decode()
    removed = client.get(f"{NEW}?price=1&own1-codes=N1&own1-price=2&own2-codes=N2&own2-price=3&without=1")

    assert 'name="own1-codes"' in added and "autofocus" in added
    assert removed.url == f"{NEW}?price=1&own2-codes=N2&own2-price=3"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("own1-price=2", "Name the accounts, or remove this exception."),
        ("own1-codes=N1&own1-price=2&own2-codes=N1&own2-price=3", "N1 is in another exception already."),
        ("own1-codes=N1&own1-price=-200", "Ensure this value is greater than or equal to -100"),
        ("own1-codes=XX&own1-price=1", "XX is no account you see."),
        ("codes=N1&own1-codes=N2&own1-price=1", "1 code of an exception is not among the accounts that are changed."),
    ],
)
def test_an_exception_that_makes_no_sense_says_so(see, query, said):
    assert said in see("manager", f"{NEW}?{query}")


def test_codes_of_hidden_accounts_are_not_told_by_a_shared_scenario(keep, portfolio, client):
    kept = keep("finance", "codes=N1 S1&own1-codes=S2 N1&own1-price=2", name="Shared", sharing="everyone")
    client.force_login(portfolio.user("manager"))

    page = client.get(reverse("scenario", args=[kept.pk])).content.decode()

    assert not re.search(r"\bS[12]\b", page)  # as a word: tokens of the page are chance
    assert 'value="N1 ?"' in page


def test_a_scenario_of_hidden_accounts_alone_shows_none(keep, portfolio, client):
    kept = keep("finance", "codes=S1&price=2", name="Shared", sharing="everyone")
    client.force_login(portfolio.user("manager"))

    assert "No account is chosen" in client.get(reverse("scenario", args=[kept.pk])).content.decode()


# Ways to a what-if


def test_an_account_leads_to_its_what_if_and_to_a_minimum_that_pays(see):
    for address in ("/accounts/N1/", "/accounts/N1/pnl/"):
        assert f'href="{NEW}?codes=N1"' in see("manager", address)
    assert f'href="{NEW}?codes=N1"' not in see("member", "/accounts/N1/")

    page = see("manager", f"{NEW}?codes=N1&price=1")

    # 20,000.00 of order entry for 400 orders is 50.00 each; 120,000 of 400,000 are margin: 166.67
    assert "pay for their own handling from about 167 USD on" in page
    assert f"{'?codes=N1&amp;price=1&amp;minimum_order=170'}" in page


def test_the_losers_of_the_whale_curve_lead_to_their_what_if(see):
    page = see("finance", "/whale/")

    assert f'href="{NEW}?codes=N3"' in page
    assert f'href="{NEW}?losing=on"' in page


# Contribution and cash


def test_the_heading_says_cash_too_where_it_goes_another_way(see):
    for role in ("manager", "finance"):
        page = see(role, f"{NEW}?codes=N3&drop=on")

        # 30,000 of gross margin are gone; no whole person is released
        assert "What if: contribution +15,000.00 USD, but cash at once −30,000.00" in page
        assert "Cash at once −30,000.00; 45,000.00 of usage is freed, no whole person." in page
        assert ("Minutes unused then" in page) == (role == "finance")


def test_more_usage_is_not_called_saved(see):
    page = see("finance", f"{NEW}?codes=N1&event:sales_visit=50")

    assert "more usage is needed" in page
    assert "is freed" not in page


def test_how_a_shared_scenario_values_capacity_is_the_same_for_everyone(keep, portfolio, client):
    kept = keep(
        "finance", "codes=N1&event:sales_visit=-50&avoidable=sales&person_minutes=10", name="C", sharing="everyone"
    )

    def cash(role: str):
        client.force_login(portfolio.user(role))
        return client.get(reverse("scenario", args=[kept.pk])).context["study"].cash_effect

    assert cash("manager") == cash("finance") != 0


# One scenario, several readers


def test_an_account_has_the_same_figures_for_every_reader(keep, portfolio, client):
    kept = keep("finance", "price=33.33&volume=33.33&volume_in_orders=1&orders=7.77", name="Odd", sharing="everyone")
    everyone = {row["Code"]: row for row in exported(client, portfolio.user("finance"), kept)}

    for role in ("manager", "lead", "stranger"):
        for row in exported(client, portfolio.user(role), kept):
            whole = everyone[row["Code"]]
            assert {name: row[name] for name in row if "Rank" not in name and name != "Class after"} == {
                name: whole[name] for name in row if "Rank" not in name and name != "Class after"
            }


def test_a_class_that_depends_on_hidden_accounts_is_not_told(keep, portfolio, client):
    hidden = keep("finance", "codes=N1 S1&price=5", name="Partly", sharing="everyone")
    seen = keep("finance", "codes=N1 N2&price=5", name="Wholly", sharing="everyone")
    client.force_login(portfolio.user("manager"))

    partly = client.get(reverse("scenario", args=[hidden.pk])).content.decode()
    wholly = client.get(reverse("scenario", args=[seen.pk])).content.decode()

    assert "for the one of its accounts that you see" in partly and "for the" not in title_of(wholly)
    assert "Depends on accounts that you do not see" in partly
    assert "Depends on accounts that you do not see" not in wholly
    assert {row["Class after"] for row in exported(client, portfolio.user("manager"), hidden)} == {""}


def title_of(page: str) -> str:
    return page.split('id="finding">')[1].split("<")[0]


def test_a_scenario_changes_the_accounts_of_its_owner(keep, portfolio, client):
    kept = keep("manager", "price=1", name="Mine", sharing="everyone")

    mine = {row["Code"] for row in exported(client, portfolio.user("manager"), kept)}

    assert {row["Code"] for row in exported(client, portfolio.user("finance"), kept)} == mine
    assert len(mine) < 11


# Keeping and changing


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("all=on", "This changes nothing yet. Move a lever, then keep it."),
        ("codes=N1&price=0", "This changes nothing yet. Move a lever, then keep it."),
        ("codes=XX&price=1", "No account is chosen, so there is nothing to keep."),
    ],
)
def test_what_changes_nothing_is_not_kept(portfolio, client, query, said):
    client.force_login(portfolio.user("manager"))

    response = client.post(f"{NEW}?{query}", {"name": "Nothing", "sharing": "nobody"})

    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Scenario.objects.exists()


def test_levers_that_are_not_kept_yet_say_so(keep, portfolio, client):
    kept = keep("manager", "codes=N1&price=2", name="Dearer")
    address = reverse("scenario", args=[kept.pk])

    same = client.get(f"{address}?codes=N1&price=2").content.decode()
    other = client.get(f"{address}?codes=N1&price=3").content.decode()
    none = client.get(f"{address}?changed=on").content.decode()

    assert "not kept" not in same
    assert "Dearer (changed, not kept): contribution" in other and "Changed, not kept." in other
    assert "Dearer (changed, not kept)" in none and "contribution +" not in title_of(none)


def test_an_order_stays_where_there_is_volume(see):
    assert "Ensure this value is greater than or equal to -99.99." in see("manager", f"{NEW}?orders=-100")


def test_a_dropped_account_does_not_change_its_box(see):
    assert "0 accounts change their box" in see("finance", f"{NEW}?codes=N1&drop=on")


def test_no_cap_is_told_from_a_cap_of_nothing(see):
    assert 'placeholder="none"' in see("manager", f"{NEW}?price=1")
    assert 'name="discount_cap" value="0"' in see("manager", f"{NEW}?discount_cap=0")


# Which accounts


def test_a_what_if_asks_for_accounts_first(see, portfolio):
    page = see("manager", NEW)

    assert "What if: which accounts?" in page
    for query in ("all=on", "losing=on", f"manager={portfolio.user('manager').pk}", "segment=key"):
        assert f'href="?{query}"' in page
    assert 'value="N1"' in see("manager", f"{NEW}?find=account N1")
    assert "No active account that you see" in see("manager", f"{NEW}?find=S1")


def test_accounts_that_are_ticked_are_those_of_the_what_if(portfolio, client):
    client.force_login(portfolio.user("manager"))

    assert client.get(f"{NEW}?pick=N1&pick=N3").url == f"{NEW}?codes=N1+N3"

"""The advice on hours from end to end: whose accounts it rests on, what is typed, what leaks and what does not."""

import csv
import io
import re
from copy import deepcopy
from decimal import Decimal

import pytest
from django.test import Client

from accounts.models import Account
from kam_portal.effort import Words, apart
from profitability.models import MonthResult, Publication, Result
from relationships.effort import advice
from relationships.models import EffortCapacity, EffortLimit, EffortResponse, Position
from tests import factories
from tests.markup import page_of

MINUTES = {"N1": 600, "N2": 1200, "N3": 60, "N4": 240, "N5": 600, "S1": 1200}  # of visits a month


@pytest.fixture
def portfolio(db, monkeypatch):
    """As it is made, but visits say how long they took."""
    model = deepcopy(factories.MODEL)
    model["activities"][1]["driver"] = "sales_visit.minutes"
    monkeypatch.setattr(factories, "MODEL", model)
    made = factories.a_portfolio()
    Account.objects.update(annual_potential=10_000_000)
    for code, minutes in MINUTES.items():
        for month in MonthResult.objects.filter(run=made.run, account=made.accounts[code]):
            month.measures["sales_visit.minutes"] = minutes * 10_000
            month.save()
    return made


@pytest.fixture
def sign_in(portfolio):
    def signed(role: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(role))
        return client

    return signed


def by_code(found) -> dict:
    return {row.account.code: row for row in found.rows}


def test_hours_today_are_the_minutes_of_visits(portfolio):
    found = advice(portfolio.user("lead"), portfolio.run)

    assert {code: row.today for code, row in by_code(found).items()} == {
        "N1": 10, "N2": 20, "N3": 1, "N4": 4, "N5": 10, "N6": 0
    }  # fmt: skip
    assert found.measured_by == ["visits"]


def test_without_minutes_a_full_month_is_shared_out(portfolio):
    MonthResult.objects.filter(run=portfolio.run).update(measures={})

    found = advice(portfolio.user("lead"), portfolio.run)

    assert found.measured_by == []
    assert sum(row.today for row in found.rows) == pytest.approx(Decimal(128), abs=Decimal("0.06"))
    assert by_code(found)["N3"].today > by_code(found)["N1"].today  # more cost at customer level


def test_advice_brings_more_within_the_hours_there_are(portfolio):
    found = advice(portfolio.user("lead"), portfolio.run)

    assert found.extra > 0
    assert sum(row.advised for row in found.rows) <= found.hours == 45
    moves = [abs(row.difference) for row in found.rows]
    assert moves == sorted(moves, reverse=True)


@pytest.mark.parametrize(
    ("role", "codes"), [("manager", 6), ("lead", 6), ("stranger", 5), ("executive", 11), ("finance", 11)]
)
def test_each_reader_is_advised_on_the_accounts_he_looks_after(portfolio, role, codes):
    rows = advice(portfolio.user(role), portfolio.run).rows

    assert len(rows) == codes
    assert role in ("executive", "finance") or len({row.account.team_id for row in rows}) == 1


def test_accounts_of_a_colleague_are_not_a_managers_business(portfolio):
    Account.objects.filter(code="N1").update(manager=portfolio.user("lead"))

    assert "N1" not in by_code(advice(portfolio.user("manager"), portfolio.run))
    assert "N1" in by_code(advice(portfolio.user("lead"), portfolio.run))


def test_nothing_hidden_changes_the_advice(sign_in, portfolio):
    for role in ("manager", "lead"):
        before = sign_in(role).get("/api/v1/effort/").content
        Result.objects.filter(run=portfolio.run, code__startswith="S").update(gross_margin=1, growth=Decimal(1))
        MonthResult.objects.filter(run=portfolio.run, account__code="S1").update(measures={})
        EffortCapacity.objects.update_or_create(
            manager=portfolio.user("stranger"), team=portfolio.accounts["S1"].team,
            defaults={"hours": 3, "changed_at": "2026-03-01T00:00:00Z"},
        )  # fmt: skip

        assert sign_in(role).get("/api/v1/effort/").content == before


def test_stated_hours_shares_and_expectations_count(portfolio):
    lead, team = portfolio.user("lead"), portfolio.accounts["N1"].team
    said = {"changed_at": "2026-03-01T00:00:00Z", "changed_by": lead}
    EffortCapacity.objects.create(manager=portfolio.user("manager"), team=team, hours=60, **said)
    EffortLimit.objects.create(team=team, box="streamline", least_share=Decimal("0.1"), **said)
    EffortResponse.objects.create(account=portfolio.accounts["N5"], most_hours=15, **said)

    found = advice(lead, portfolio.run)

    assert found.hours == 60
    given = by_code(found)["N5"].advised
    assert given >= Decimal("0.1") * sum(row.advised for row in found.rows) - Decimal("0.1")
    assert by_code(found)["N5"].is_stated


def test_limits_that_contradict_are_named_and_nothing_breaks(sign_in, portfolio):
    team = portfolio.accounts["N1"].team
    said = {"changed_at": "2026-03-01T00:00:00Z"}
    EffortCapacity.objects.create(manager=portfolio.user("manager"), team=team, hours=2, **said)

    page = sign_in("lead").get("/effort/").content.decode()

    assert "The limits contradict each other" in page
    assert "Manager’s 2.0 hours a month" in page
    assert "hours that Manager’s accounts need at least" in page
    assert sign_in("lead").get("/api/v1/effort/").json()["contradictions"]


def test_where_limits_contradict_no_figure_is_shown_as_a_zero(sign_in, portfolio):
    team = portfolio.accounts["N1"].team
    EffortCapacity.objects.create(
        manager=portfolio.user("manager"), team=team, hours=2, changed_at="2026-03-01T00:00:00Z"
    )

    text = page_of(sign_in("lead").get("/effort/")).text

    for tile in ("Hours to move", "Extra contribution", "One more hour brings"):
        assert re.search(rf"{tile}.{{0,300}}?–.{{0,20}}?limits contradict each other", text), tile
    answer = sign_in("lead").get("/api/v1/effort/").json()
    assert answer["hours_to_move"] is None and answer["extra_contribution"] is None


def test_a_share_for_a_box_without_accounts_is_told_and_not_applied(sign_in, portfolio):
    team = portfolio.accounts["N1"].team
    Position.objects.filter(box="status").update(box="streamline")
    EffortLimit.objects.create(team=team, box="status", least_share=Decimal("0.45"), changed_at="2026-03-01T00:00:00Z")

    page = page_of(sign_in("lead").get("/effort/")).text

    assert "At least 45.0 % of the hours for Status accounts: no account stands there, not applied" in page


def test_hours_that_a_share_takes_away_say_so(portfolio):
    lead, team = portfolio.user("lead"), portfolio.accounts["N1"].team
    EffortLimit.objects.create(
        team=team, box="streamline", least_share=Decimal("0.4"), changed_at="2026-03-01T00:00:00Z"
    )
    EffortResponse.objects.create(
        account=portfolio.accounts["N5"],
        most_hours=40,
        lost_at_half=0,
        gained_at_double=0,
        changed_at="2026-03-01T00:00:00Z",
    )

    found = advice(lead, portfolio.run)
    words = Words(found)

    told = [words.why(row) for row in found.rows if row.difference < 0 and row.per_hour >= row.price and row.extra]
    assert told and all("given up for: at least 40.0\u202f% of the hours for Streamline" in why for why in told)
    assert not any("or more elsewhere" in why for why in told)


def test_amounts_that_would_look_alike_get_more_digits():
    assert apart(Decimal("24.80"), Decimal("25.20")) == ("24.8", "25.2")
    assert apart(Decimal(12), Decimal(30)) == ("12", "30")


def test_what_moving_brings_is_told_apart_from_what_more_hours_bring(sign_in, portfolio):
    lead, team = portfolio.user("lead"), portfolio.accounts["N1"].team
    before = advice(lead, portfolio.run)
    EffortCapacity.objects.create(
        manager=portfolio.user("manager"), team=team, hours=60, changed_at="2026-03-01T00:00:00Z"
    )

    found = advice(lead, portfolio.run)

    assert before.by_moving is None
    assert abs(found.by_moving - before.extra) < 1 and found.by_more_hours > 0
    assert found.by_moving + found.by_more_hours == found.extra
    assert "by moving hours" in page_of(sign_in("lead").get("/effort/")).text


# What is typed


def test_a_lead_types_hours_and_balance(sign_in, portfolio):
    client, manager = sign_in("lead"), portfolio.user("manager")

    answer = client.post("/effort/inputs/hours/", {f"hours:{manager.pk}": "80", "least:status": "12.5"})

    assert answer.status_code == 302
    assert EffortCapacity.objects.get().hours == 80
    assert EffortLimit.objects.get().least_share == Decimal("0.125")
    seen = EffortLimit.objects.get().changed_at.isoformat()
    client.post("/effort/inputs/hours/", {f"hours:{manager.pk}": "", "seen": seen})
    assert not EffortCapacity.objects.exists() and not EffortLimit.objects.exists()


def test_a_manager_types_what_own_accounts_answer(sign_in, portfolio):
    n1, s1 = portfolio.accounts["N1"].pk, portfolio.accounts["S1"].pk

    answer = sign_in("manager").post(
        "/effort/inputs/responses/",
        {f"lost:{n1}": "500", f"gained:{n1}": "800", f"movable:{n1}": "on", f"lost:{s1}": "9"},
    )

    assert answer.status_code == 302
    row = EffortResponse.objects.get()
    assert (row.account_id, row.lost_at_half, row.gained_at_double, row.is_movable) == (n1, 500, 800, True)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"lost": "100", "gained": "300"}, "at most twice"),
        ({"least": "9", "most": "4"}, "more than the most useful"),
        ({"lost": "-1"}, "must not be negative"),
        ({"most": "900"}, "0 to 744"),
        ({"gained": "many"}, "not a number"),
        ({"lost": "999999999999"}, "more than the account brings"),
        ({"gained": "999999999999"}, "more than twice what the account brings"),
    ],
)
def test_an_expectation_that_makes_no_sense_stays_in_the_cell(sign_in, portfolio, cells, told):
    n1 = portfolio.accounts["N1"].pk

    answer = sign_in("lead").post("/effort/inputs/responses/", {f"{name}:{n1}": text for name, text in cells.items()})

    assert answer.status_code == 422
    assert told in answer.content.decode() and all(
        f'value="{text}"' in answer.content.decode() for text in cells.values()
    )
    assert not EffortResponse.objects.exists()


def test_shares_above_the_whole_are_refused(sign_in):
    answer = sign_in("lead").post("/effort/inputs/hours/", {"least:status": "60", "least:star": "50"})

    assert answer.status_code == 422
    assert "sum to 110" in answer.content.decode()


def test_who_types_over_a_colleague_is_told(sign_in, portfolio):
    manager = portfolio.user("manager")
    sign_in("executive").post("/effort/inputs/hours/", {"team": "north", f"hours:{manager.pk}": "70"})

    answer = sign_in("lead").post("/effort/inputs/hours/", {f"hours:{manager.pk}": "90", "seen": ""})

    assert answer.status_code == 409
    assert "Somebody has saved meanwhile" in answer.content.decode() and 'value="90"' in answer.content.decode()
    assert EffortCapacity.objects.get().hours == 70


def test_a_lead_cannot_type_hours_of_another_team(sign_in, portfolio):
    stranger = portfolio.user("stranger")

    sign_in("lead").post("/effort/inputs/hours/", {"team": "south", f"hours:{stranger.pk}": "1"})

    assert not EffortCapacity.objects.exists()


@pytest.mark.parametrize(("role", "hours", "responses"), [("finance", 403, 403), ("executive", 302, 403),
                                                         ("manager", 403, 302), ("lead", 302, 302)])  # fmt: skip
def test_who_may_type_what(sign_in, role, hours, responses):
    client = sign_in(role)

    assert client.post("/effort/inputs/hours/", {}).status_code == hours
    assert client.post("/effort/inputs/responses/", {}).status_code == responses


def test_the_queries_do_not_grow_with_accounts(sign_in, portfolio, django_assert_max_num_queries):
    client = sign_in("executive")
    client.get("/effort/")

    for path in ("/effort/", "/effort/inputs/", "/api/v1/effort/"):
        with django_assert_max_num_queries(26):
            assert client.get(path).status_code == 200


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_list_in_view_is_a_file(sign_in, ending):
    answer = sign_in("lead").get("/effort/", {"box": "star", "format": ending})
    content = b"".join(answer.streaming_content)

    if ending == "csv":
        head, *rows = content.decode().splitlines()
        assert head.startswith("Code,Account,Team,Manager,Box,Hours a month today")
        assert [row.split(",")[0] for row in rows] == ["N3"]
    assert answer["Content-Disposition"].endswith(f'.{ending}"')


def test_the_file_says_who_serves_an_account_that_moves(sign_in, portfolio):
    lead, team = portfolio.user("lead"), portfolio.accounts["N1"].team
    said = {"changed_at": "2026-03-01T00:00:00Z"}
    Account.objects.filter(code="N2").update(manager=lead)
    EffortCapacity.objects.create(manager=portfolio.user("manager"), team=team, hours=15, **said)
    EffortCapacity.objects.create(manager=lead, team=team, hours=90, **said)
    EffortResponse.objects.create(account=portfolio.accounts["N1"], is_movable=True, **said)

    content = b"".join(sign_in("lead").get("/effort/", {"format": "csv"}).streaming_content).decode()

    head, *rows = list(csv.reader(io.StringIO(content)))
    served = {row[0]: row[head.index("Served by")] for row in rows}
    assert served["N2"] == "Lead" and served["N3"] == "Manager"
    assert "Lead 30.0 h" in served["N1"]


def test_the_rest_of_an_account_names_hours_and_reason(sign_in):
    answer = sign_in("manager").get("/api/v1/effort/").json()

    assert [row["code"] for row in answer["results"]] == ["N1", "N2", "N3", "N4", "N5", "N6"]
    row = answer["results"][0]
    assert row["hours_today"] == 10 and row["why"] and row["stated"] is False
    assert answer["extra_contribution"] == pytest.approx(sum(row["extra_contribution"] for row in answer["results"]))


def test_of_too_many_accounts_a_team_is_to_be_chosen(sign_in, monkeypatch):
    monkeypatch.setattr("relationships.effort.MOST_ACCOUNTS", 8)
    client = sign_in("executive")

    assert "Choose a team" in client.get("/effort/").content.decode()
    assert client.get("/api/v1/effort/").status_code == 400
    assert client.get("/api/v1/effort/", {"team": "north"}).status_code == 200
    assert "Choose a team" not in client.get("/effort/", {"team": "north"}).content.decode()


def test_before_the_first_run_there_is_nothing_to_advise(sign_in, portfolio):
    Publication.objects.all().delete()
    client = sign_in("lead")

    assert "Nothing is calculated yet" in client.get("/effort/").content.decode()
    assert client.get("/effort/inputs/").url == "/effort/"
    assert client.get("/api/v1/effort/").json()["results"] == []

"""Stages of accounts: what the portal knows of them, what people say, and what a run stores."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account, Import, User
from profitability.models import OrderLine, Run
from relationships import stages
from relationships.core.stage import CHECKLIST, StageOf, rank
from relationships.models import Contact, Counterpart, ExitBarrier, StageEvidence, StatedStage, Touchpoint
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 1)
PEOPLE = """
name   function    level  ours
Ada    Purchasing  3      manager
Bob    Logistics   2      member
Cyd    Quality     4      executive
"""


@pytest.fixture
def portfolio():
    found = a_portfolio()
    found.run.started_at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    found.run.save(update_fields=["started_at"])
    return found


def stage(portfolio, code: str) -> StageOf:
    account = portfolio.accounts[code].pk
    return stages.of(portfolio.run, [account])[account]


def meet(portfolio, code: str, text: str = PEOPLE) -> None:
    for line in text.strip().splitlines()[1:]:
        name, function, level, role = line.split()
        contact = Contact.objects.create(
            account=portfolio.accounts[code], name=name, function=function, level=int(level)
        )
        Counterpart.objects.create(contact=contact, user=portfolio.user(role))


def find(portfolio, code: str, *items: str, holds: bool = True, on: date = DAY) -> None:
    for item in items:
        StageEvidence.objects.create(
            account=portfolio.accounts[code], item=item, holds=holds, found_on=on, found_by=portfolio.user("manager")
        )


def find_all(portfolio, code: str, up_to: str) -> None:
    judged = [item.code for item in CHECKLIST if item.source == "judged" and rank(item.stage) <= rank(up_to)]
    find(portfolio, code, *judged)


def say(portfolio, code: str, view: str, stage: str, on: date = DAY, who: str = "") -> None:
    StatedStage.objects.create(account=portfolio.accounts[code], view=view, stage=stage, stated_on=on, said_by=who)


def bind(portfolio, code: str, **costs) -> None:
    for side, cost in costs.items():
        ExitBarrier.objects.create(
            account=portfolio.accounts[code],
            side=side,
            text="Tools",
            cost=cost,
            noted_on=DAY,
            noted_by=portfolio.user("manager"),
        )


def order(portfolio, code: str, month: int, is_return: bool = False) -> None:
    record = Import.objects.create(kind="order_lines", file_name="lines.csv")
    OrderLine.objects.create(
        order_id=f"{code}-{month}",
        line_no=1,
        ordered_on=date(month // 100, month % 100, 1),
        month=month,
        account=portfolio.accounts[code],
        is_return=is_return,
        imported_in=record,
        **dict.fromkeys(
            ("quantity", "list_amount", "discount_amount", "net_amount", "cost_amount", "freight_amount"), Decimal(1)
        ),
    )


def test_orders_alone_make_it_basic_and_unheard_buyers_make_it_provisional(portfolio):
    assert stage(portfolio, "N1") == StageOf("basic", "basic", "", is_provisional=True)


def test_nothing_known_is_no_stage(portfolio):
    assert stage(portfolio, "S6") == StageOf("", "", "", is_provisional=False)


def test_somebody_known_without_an_order_is_exploratory(portfolio):
    meet(portfolio, "S6")

    assert stage(portfolio, "S6").stage == "exploratory"


@pytest.mark.parametrize(
    ("month", "is_return", "expected"),
    [(202403, False, "basic"), (202402, False, ""), (202403, True, ""), (202603, False, "")],
)
def test_an_order_counts_for_24_months_up_to_the_end_of_the_window(portfolio, month, is_return, expected):
    order(portfolio, "S6", month, is_return)

    assert stage(portfolio, "S6").stage == expected


def test_every_rung_of_the_ladder_is_within_reach(portfolio):
    found = [stage(portfolio, "N1").supplier]
    meet(portfolio, "N1")
    for rung in ("co-operative", "interdependent", "integrated"):
        StageEvidence.objects.all().delete()
        find_all(portfolio, "N1", rung)
        if rung == "integrated":
            bind(portfolio, "N1", ours=100, theirs=200)
        found.append(stage(portfolio, "N1").supplier)

    assert found == ["basic", "co-operative", "interdependent", "integrated"]


def test_leaving_must_cost_both_sides(portfolio):
    meet(portfolio, "N1")
    find_all(portfolio, "N1", "integrated")
    bind(portfolio, "N1", ours=100, theirs=None)

    assert stage(portfolio, "N1").supplier == "interdependent"


def touch(portfolio, code: str, on: date, role: str = "lead") -> None:
    """A meeting with somebody new, of a function of his own."""
    account = portfolio.accounts[code]
    contact = Contact.objects.create(account=account, name=f"Met {on} {role}", function="Service", level=5)
    made = Touchpoint.objects.create(account=account, held_on=on, logged_by=portfolio.user("manager"))
    made.contacts.add(contact)
    made.people.add(portfolio.user(role))


def test_who_met_within_a_year_is_in_contact_without_being_a_counterpart(portfolio):
    account = portfolio.accounts["N1"].pk
    touch(portfolio, "N1", date(2026, 3, 20))
    touch(portfolio, "N1", date(2026, 3, 19), "manager")
    touch(portfolio, "N1", date(2026, 3, 21), "executive")  # the day after
    touch(portfolio, "N1", date(2025, 3, 20), "executive")  # longer ago than a year

    facts = stages.facts_of(portfolio.run, [account], date(2026, 3, 20))[account]

    assert (facts.functions, facts.their_levels, facts.our_levels) == (1, 1, 2)


def test_a_stated_level_of_ours_goes_before_the_role(portfolio):
    meet(portfolio, "N1", PEOPLE.replace("executive", "manager"))
    account = portfolio.accounts["N1"].pk
    assert stages.facts_of(portfolio.run, [account])[account].our_levels == 1

    User.objects.filter(pk=portfolio.user("member").pk).update(seniority=5)

    assert stages.facts_of(portfolio.run, [account])[account].our_levels == 2


def test_who_has_left_is_in_contact_no_more(portfolio):
    meet(portfolio, "N1")
    find(portfolio, "N1", "commitment")
    assert stage(portfolio, "N1").supplier == "co-operative"

    Contact.objects.exclude(name="Ada").update(left_on=DAY)

    assert stage(portfolio, "N1").supplier == "basic"


def test_levels_are_counted_on_our_side_too(portfolio):
    meet(portfolio, "N1", PEOPLE.replace("executive", "manager"))
    find_all(portfolio, "N1", "interdependent")

    assert stage(portfolio, "N1").supplier == "co-operative"


def test_a_finding_stands_in_for_a_fact_that_is_not_known_but_not_against_one(portfolio):
    find(portfolio, "N1", "two_functions", "commitment")
    assert stage(portfolio, "N1").supplier == "co-operative"

    Contact.objects.create(account=portfolio.accounts["N1"], name="Ada", function="Purchasing")

    assert stage(portfolio, "N1").supplier == "basic"


def test_the_latest_finding_counts_and_none_from_after_the_day(portfolio):
    meet(portfolio, "N1")
    find(portfolio, "N1", "commitment", on=date(2026, 1, 1))
    find(portfolio, "N1", "commitment", holds=False, on=date(2026, 2, 1))
    assert stage(portfolio, "N1").supplier == "basic"

    find(portfolio, "N1", "commitment", on=date(2999, 1, 1))

    assert stage(portfolio, "N1").supplier == "basic"


def test_the_lower_view_counts_and_a_statement_can_be_taken_back(portfolio):
    meet(portfolio, "N1")
    find(portfolio, "N1", "commitment")
    say(portfolio, "N1", "buyer", "basic")
    assert stage(portfolio, "N1") == StageOf("basic", "co-operative", "basic", is_provisional=False)

    say(portfolio, "N1", "supplier", "disintegrating")
    assert stage(portfolio, "N1").stage == "disintegrating"

    say(portfolio, "N1", "supplier", "")
    assert stage(portfolio, "N1").supplier == "co-operative"


def test_of_several_buyers_the_lowest_counts_whoever_answered_last(portfolio):
    say(portfolio, "N1", "buyer", "disintegrating", who="Jo Doe")
    say(portfolio, "N1", "buyer", "integrated", on=date(2026, 3, 5), who="Kim Roe")
    assert stage(portfolio, "N1").buyer == "disintegrating"

    say(portfolio, "N1", "buyer", "co-operative", on=date(2026, 3, 6), who="jo doe ")

    assert stage(portfolio, "N1").buyer == "co-operative"


def test_an_answer_older_than_a_year_gives_way_to_a_recent_one_and_stands_where_there_is_none(portfolio):
    say(portfolio, "N1", "buyer", "basic", on=date(2024, 3, 1), who="Jo Doe")
    assert stage(portfolio, "N1").buyer == "basic"

    say(portfolio, "N1", "buyer", "integrated", who="Kim Roe")

    assert stage(portfolio, "N1").buyer == "integrated"


def test_a_look_back_does_not_hear_what_was_said_after_its_window(portfolio):
    say(portfolio, "N1", "supplier", "disintegrating", on=date(2026, 3, 1))
    Run.objects.filter(pk=portfolio.run.pk).update(month_to=202510)
    portfolio.run.refresh_from_db()

    assert stage(portfolio, "N1").supplier != "disintegrating"


def test_many_accounts_take_as_many_reads_as_one(portfolio, django_assert_num_queries):
    few, many = [portfolio.accounts["N1"].pk], list(Account.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(
        connection,
    ) as taken:
        stages.of(portfolio.run, few)

    with django_assert_num_queries(len(taken)):
        found = stages.of(portfolio.run, many)

    assert set(found) == set(many)
    assert len(taken) <= 9


def test_of_too_many_to_be_named_all_are_read(portfolio, monkeypatch):
    many = list(Account.objects.values_list("pk", flat=True))
    named = stages.of(portfolio.run, many)
    monkeypatch.setattr(stages, "FEW", 1)

    assert stages.of(portfolio.run, many) == named

"""What the evidence says of the strength of a relationship: each component from its source, beside the scored one."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Account
from relationships import asking
from relationships.core import survey
from relationships.models import Contact, Counterpart, CriteriaSet, ExitBarrier, Invitation, Position, Touchpoint
from relationships.strengths import Reading, reading_of
from tests.factories import CRITERIA, a_portfolio
from tests.markup import page_of, rows_of
from tests.relationships.test_contracts import ledger

pytestmark = pytest.mark.servers
URL, SCORING = "/accounts/N1/relationship/", "/accounts/N1/scoring/"
TABLE = "Components of the evidence, each from 0 to 10"
ORDERS = """
order account ordered category quantity list discount due   shipped
A1    N1      01-10   Bikes    1        300  0        01-20 01-20
A1    N1      01-10   Parts    1        100  0        01-20 01-20
A2    N1      02-10   Bikes    1        300  0        02-20 02-25
A3    N2      02-11   Bikes    1        100  0        02-25 02-20
A3    N2      02-11   Parts    1        100  0        02-25 02-21
A4    N1      02-12   Bikes    1        100  0        02-25 02-20
A5    N1      03-12   Bikes    1        900  0        03-25 03-30
"""


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def people(portfolio) -> None:
    """Of four buying roles one is in touch; of two pairs one is a level apart."""
    manager = portfolio.user("manager")
    manager.seniority = 4
    manager.save()
    for name, level, role, ours, days in (
        ("Olga", 5, "decider", "executive", 5),
        ("Paul", 3, "buyer", "manager", 300),
        ("Sven", 1, "user", None, None),
        ("Kira", 4, "approver", None, None),
    ):
        made = person(portfolio, name, level, role, ours)
        if days:
            met = Touchpoint.objects.create(
                account=made.account, held_on=timezone.localdate() - timedelta(days=days), logged_by=manager
            )
            met.contacts.add(made)


def person(
    portfolio, name: str, level: int | None, role: str = "", ours: str | None = None, known: int = 1000
) -> Contact:
    made = Contact.objects.create(account=portfolio.accounts["N1"], name=name, level=level, buying_role=role)
    Contact.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=known))
    if ours:
        Counterpart.objects.create(contact=made, user=portfolio.user(ours))
    return made


def answer(portfolio, kind: str, points: int, who: str, ago: int = 10) -> None:
    then = timezone.now() - timedelta(days=ago)
    row, _secret = asking.invite(portfolio.accounts["N1"], asking.Guest(who), portfolio.user("manager"), then, kind)
    codes = survey.TRUST_ITEMS if kind == "trust" else [survey.RECOMMEND]
    Invitation.objects.filter(pk=row.pk).update(
        created_at=then, answered_at=then, answers={code: str(points) for code in codes}
    )


def hold(portfolio, cost: int | None, side: str = "theirs", **more) -> None:
    by, today = portfolio.user("manager"), timezone.localdate()
    account = portfolio.accounts["N1"]
    ExitBarrier.objects.create(account=account, side=side, text="Tools", cost=cost, noted_on=today, noted_by=by, **more)


def answers(portfolio) -> None:
    for who, points in (("Ada", 6), ("Bob", 5)):
        answer(portfolio, "trust", points, who)
    for who, points in (("Ada", 9), ("Bob", 9), ("Cyd", 5), ("Dan", 8)):
        answer(portfolio, "nps", points, who, ago=20)


def everything(portfolio) -> None:
    people(portfolio)
    answers(portfolio)
    hold(portfolio, 100)
    ledger(portfolio.accounts, ORDERS)


def reading(portfolio, who: str = "manager", code: str = "N1") -> Reading:
    account = Account.objects.get(code=code)
    position = Position.objects.get(account=account, run=portfolio.run)
    return reading_of(portfolio.user(who), account, portfolio.run, position, timezone.now())


def part(found: Reading, code: str):
    [one] = [each for each in found.components if each.code == code]
    return one.shown, one.words, one.lacking


def panel(portfolio, who: str = "manager"):
    guest = Client()
    guest.force_login(portfolio.user(who))
    return page_of(guest.get(URL)).one("section", id="evidence-strength")


def test_a_worked_example_from_every_source(portfolio):
    everything(portfolio)

    found = reading(portfolio)

    assert [part(found, each.code) for each in found.components] == [
        (Decimal("2.5"), "1 of 4 in touch", "not in touch: Kira, Paul, Sven"),
        (Decimal("8.8"), "0.5 levels apart, 2 pairs", ""),
        (Decimal("5.0"), "1 of 2 heard of in time", "quiet: Paul (300 days)"),
        (Decimal("7.5"), "5.5 of 7, 2 answers, the latest 10 days ago", "few answers say little"),
        (Decimal("6.3"), "NPS +25, 4 answers, the latest 20 days ago", "few answers say little"),
        (Decimal("4.0"), "10\u202f% of a year’s net revenue", ""),
        (Decimal("7.5"), "75\u202f% on time, 75\u202f% in one delivery, 4 orders up to 28 Feb 2026", "1 order late"),
    ]
    # (2.5 + 8.75 + 5 + 7.5 + 6.25 + 4 + 7.5) / 7 = 41.5 / 7
    assert (found.index.score, found.index.is_provisional) == (Fraction(83, 14), False)
    assert (found.scored_shown, found.shown, found.gap) == (Decimal("7.0"), Decimal("5.9"), Decimal("-1.1"))


def test_the_page_sets_it_beside_the_scored_one_with_the_gap(portfolio):
    everything(portfolio)

    shown = panel(portfolio)

    figures = {each.one("dt").text: each.one("dd").text for each in shown.one("dl").all("div")}
    assert figures == {"Scored": "7.0", "Evidence": "5.9", "Gap": "−1.1", "Known": "7 of 7 (100 %)"}
    assert "it enters no score and no box" in shown.text
    rows = rows_of(shown, TABLE)
    assert [row[2] for row in rows] == ["2.5", "8.8", "5.0", "7.5", "6.3", "4.0", "7.5"]
    links = [link.attributes["href"] for link in shown.all("a")]
    assert {"/accounts/N1/contacts/", "/accounts/N1/contracts/", "#ask", "#barriers"} <= set(links)
    assert {"/glossary/#evidence-strength", "/glossary/#trust", "/glossary/#exit-barrier"} <= set(links)


def test_what_is_not_known_is_missing_with_its_reason_and_four_of_seven_are_no_index(portfolio):
    people(portfolio)
    ledger(portfolio.accounts, ORDERS)
    hold(portfolio, None)

    found = reading(portfolio)

    assert part(found, "trust") == part(found, "recommendation") == (None, "nobody answered within a year", "")
    assert part(found, "barriers") == (None, "what is noted is not estimated", "")
    assert (found.index.known, found.shown, found.gap, found.known_words) == (4, None, None, "4 of 7 (57\u202f%)")
    assert "Too little is known to compare" in panel(portfolio).text

    answer(portfolio, "trust", 4, "Ada")
    assert (reading(portfolio).index.is_provisional, reading(portfolio).gap is None) == (True, False)
    assert "provisional" in panel(portfolio).text


def test_where_nothing_is_known_every_component_says_why(portfolio):
    found = reading(portfolio)

    assert [(each.points, each.words) for each in found.components] == [
        (None, "no buying role is noted"),
        (None, "no contact of a known level has a counterpart"),
        (None, "nobody with a counterpart was due to be heard of"),
        (None, "nobody answered within a year"),
        (None, "nobody answered within a year"),
        (None, "nothing is noted that holds the customer"),
        (None, "no order with a day of shipping within a year"),
    ]
    assert found.index.known == 0
    assert panel(portfolio).text.count("missing") == 9


def test_without_a_run_there_is_nothing_to_hold_a_cost_against(portfolio):
    hold(portfolio, 100)

    found = reading_of(portfolio.user("manager"), portfolio.accounts["N1"], None, None, timezone.now())

    assert part(found, "barriers") == (None, "no net revenue to hold the cost against", "")
    assert found.scored is None


def test_only_the_customers_present_barriers_bind_him(portfolio):
    ledger(portfolio.accounts, ORDERS)
    hold(portfolio, 50)
    hold(portfolio, None)
    hold(portfolio, 700, side="ours")
    hold(portfolio, 700, removed_on=timezone.localdate())

    assert part(reading(portfolio), "barriers") == (
        Decimal("2.0"), "5\u202f% of a year’s net revenue", "1 more is not estimated",
    )  # fmt: skip


def test_an_answer_older_than_a_year_does_not_count(portfolio):
    answer(portfolio, "trust", 7, "Ada", ago=366)

    assert part(reading(portfolio), "trust")[0] is None


def test_who_is_new_and_was_not_heard_of_yet_counts_for_neither(portfolio):
    person(portfolio, "Nia", 3, ours="manager", known=1)
    assert part(reading(portfolio), "frequency")[0] is None

    person(portfolio, "Old", 3, ours="manager")
    assert part(reading(portfolio), "frequency") == (Decimal("0.0"), "0 of 1 heard of in time", "quiet: Old (never)")


def test_more_than_three_names_are_counted(portfolio):
    for name in ("Ada", "Bob", "Cyd", "Dan", "Eve"):
        person(portfolio, name, 3, role="user")

    assert part(reading(portfolio), "coverage")[2] == "not in touch: Ada, Bob, Cyd and 2 more"


@pytest.mark.parametrize("role", ["member", "manager", "lead", "finance", "executive"])
def test_whoever_sees_the_account_sees_it_without_any_money(portfolio, role):
    everything(portfolio)

    text = panel(portfolio, role).text

    assert "5.9" in text and "7.0" in text and "−1.1" in text
    assert not any(sum_ in text for sum_ in ("100.00", "1,000", "1000", "USD"))  # the cost of leaving, the revenue


@pytest.mark.parametrize(("role", "status"), [("stranger", 404), ("admin", 403)])
def test_nobody_else_sees_it(portfolio, client, role, status):
    client.force_login(portfolio.user(role))

    assert client.get(URL).status_code == status


def test_a_scored_strength_that_tells_profit_is_not_for_members(portfolio):
    everything(portfolio)
    measured = {"axis": "relationship", "code": "margin", "name": "Margin", "measure": "contribution_margin"}
    Position.objects.filter(account__code="N1").update(scores=[measured | {"weight": 100, "score": 7}])

    hidden, open_ = reading(portfolio, "member"), reading(portfolio, "manager")

    assert (hidden.scored, hidden.gap, hidden.is_hidden, hidden.shown) == (None, None, True, Decimal("5.9"))
    assert (open_.scored_shown, open_.gap) == (Decimal("7.0"), Decimal("-1.1"))
    text = panel(portfolio, "member").text
    assert "7.0" not in text and "−1.1" not in text


def test_orders_of_a_group_count_as_far_as_the_reader_sees_it(portfolio):
    ledger(portfolio.accounts, ORDERS.replace("N2 ", "N4 ").replace("N1 ", "S1 "))

    assert part(reading(portfolio, "stranger", "S1"), "delivery")[1].endswith("3 orders up to 28 Feb 2026")
    assert part(reading(portfolio, "executive", "S1"), "delivery")[1].endswith("4 orders up to 28 Feb 2026")


def test_it_takes_as_many_queries_for_many_people_as_for_few(portfolio):
    everything(portfolio)
    few = queries(portfolio)
    for place in range(20):
        person(portfolio, f"P{place}", 1 + place % 5, role="user", ours="manager")
        answer(portfolio, "nps", place % 11, f"P{place}")
        hold(portfolio, 10)

    assert queries(portfolio) == few <= 15


def queries(portfolio) -> int:
    account = Account.objects.get(code="N1")
    position = Position.objects.get(account=account, run=portfolio.run)
    user = portfolio.user("manager")
    with CaptureQueriesContext(connection) as found:
        reading_of(user, account, portfolio.run, position, timezone.now())
    return len(found)


def test_the_card_of_trust_shows_what_surveys_say_of_it(portfolio, client):
    answers(portfolio)
    client.force_login(portfolio.user("manager"))

    [hint] = page_of(client.get(SCORING)).all("p", **{"class": "hint trust-heard"})

    assert hint.text == (
        "Trust in surveys: 5.5 of 7, 2 answers, the latest 10 days ago. "
        "From 0 to 10 that is 7.5; it is no rating and enters no score."
    )
    Invitation.objects.all().delete()
    assert "nobody answered within a year" in page_of(client.get(SCORING)).text


def test_other_criteria_have_no_such_hint(portfolio, client):
    answers(portfolio)
    access = CRITERIA | {"relationship": [CRITERIA["relationship"][0] | {"code": "access"}]}
    CriteriaSet.objects.create(code="default", version=2, document=access, valid_from=timezone.localdate())
    client.force_login(portfolio.user("manager"))

    assert not page_of(client.get(SCORING)).all("p", **{"class": "hint trust-heard"})

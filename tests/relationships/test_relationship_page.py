"""The relationship page: evidence ticked in place, both views, what it costs to leave, contacts, and who may."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from profitability.models import Publication
from relationships import asking
from relationships.models import Contact, Counterpart, ExitBarrier, Forecast, Invitation, StageEvidence, StatedStage
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.test_stages import bind, find, find_all, meet, say

pytestmark = pytest.mark.django_db
URL = "/accounts/N1/relationship/"
CONTACTS = "/accounts/N1/contacts/"


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def heading(client) -> str:
    return page_of(client.get(URL)).one("h1").text


def lacking(client) -> list[str]:
    [box] = page_of(client.get(URL)).all("div", **{"class": "next-rung"})
    return [link.text for link in box.all("a")]


def test_the_page_says_what_the_next_rung_lacks_first(portfolio, manager):
    assert heading(manager) == "Basic, by our view alone: nobody asked the buyer"
    assert lacking(manager) == [
        "At least 2 of their functions are in contact with us",
        "A contract, a framework agreement or a shared forecast",
    ]


def test_a_tick_counts_at_once_on_the_page_and_in_the_next_run(portfolio, manager):
    meet(portfolio, "N1")

    answer = manager.post(f"{URL}find/", {"item": "commitment", "holds": "yes", "note": "Signed", "link": ""})

    assert (answer.status_code, answer.url) == (302, f"{URL}#commitment")
    found = StageEvidence.objects.get()
    assert (found.holds, found.note, found.found_by) == (True, "Signed", portfolio.user("manager"))
    text = page_of(manager.get(URL)).text
    assert "Co-operative, by our view alone" in text
    assert "counts from the next run" in text


def test_the_last_of_several_on_one_day_counts_whoever_comes_back(portfolio, client):
    meet(portfolio, "N1")
    for role, holds in (("manager", "yes"), ("lead", "no"), ("manager", "yes")):
        client.force_login(portfolio.user(role))
        client.post(f"{URL}find/", {"item": "commitment", "holds": holds})

    assert "Co-operative" in heading(client)
    assert StageEvidence.objects.count() == 2


@pytest.mark.parametrize("item", ["repeat_orders", "nothing", ""])
def test_what_the_portal_knows_itself_is_not_for_judging(portfolio, manager, item):
    assert manager.post(f"{URL}find/", {"item": item, "holds": "yes"}).status_code == 422
    assert not StageEvidence.objects.exists()


def test_a_link_that_is_a_script_is_refused(portfolio, manager):
    sent = {"item": "commitment", "holds": "yes", "link": "javascript:alert(1)"}

    assert manager.post(f"{URL}find/", sent).status_code == 422


def test_both_views_and_the_gap_are_told(portfolio, manager):
    meet(portfolio, "N1")
    find_all(portfolio, "N1", "integrated")
    bind(portfolio, "N1", ours=100, theirs=200)
    say(portfolio, "N1", "buyer", "basic")

    assert heading(manager) == "Basic: we see it 3 rungs higher"
    say(portfolio, "N1", "buyer", "integrated", on=date(2026, 3, 2))
    assert heading(manager) == "Integrated, and the buyer sees it as we do"


def test_who_is_about_to_leave_is_in_the_heading_whoever_answered_later(portfolio, manager):
    say(portfolio, "N1", "buyer", "disintegrating", who="Jo Doe")
    say(portfolio, "N1", "buyer", "integrated", on=date(2026, 3, 2), who="Kim Roe")

    assert heading(manager) == "The buyer is about to leave: Jo Doe on 1 Mar 2026"
    views = page_of(manager.get(URL)).one("section", id="views").text
    assert "Jo Doe, 1 Mar 2026, Disintegrating" in views and "Kim Roe, 2 Mar 2026, Integrated" in views


def test_while_a_link_is_open_the_buyer_was_asked(portfolio, manager):
    account, now = portfolio.accounts["N1"], timezone.now()
    row, _secret = asking.invite(account, asking.Guest("Jo"), portfolio.user("manager"), now)
    day = f"{now.day} {now:%b %Y}"
    assert heading(manager) == f"Basic, by our view alone: the buyer was asked on {day}, no answer yet"

    asking.revoke(account, row.pk, now)

    assert heading(manager).endswith("nobody asked the buyer")


def test_a_survey_that_does_not_ask_for_the_view_is_told_as_such(portfolio, manager):
    account, now = portfolio.accounts["N1"], timezone.now()
    row, _secret = asking.invite(account, asking.Guest("Jo"), portfolio.user("manager"), now, "nps")
    assert heading(manager) == "Basic, by our view alone: the buyer was not asked for this view"
    asking.answer(row, {"recommend_0_10": "9"}, now)

    assert heading(manager).endswith("the buyer was not asked for this view")
    assert "not asked for this view" in page_of(manager.get(URL)).one("section", id="views").text


def test_a_link_that_ended_without_an_answer_is_told_with_its_day(portfolio, manager):
    long_ago = timezone.now() - timedelta(days=60)
    row, _secret = asking.invite(portfolio.accounts["N1"], asking.Guest("Jo"), portfolio.user("manager"), long_ago)
    Invitation.objects.filter(pk=row.pk).update(created_at=long_ago)

    assert heading(manager).endswith(f"the buyer was last asked on {long_ago.day} {long_ago:%b %Y}")
    assert "no answer that counts" in page_of(manager.get(URL)).one("section", id="views").text


def test_falling_apart_needs_a_reason_and_can_be_taken_back(portfolio, manager):
    assert manager.post(f"{URL}state/", {"reason": " "}).status_code == 422
    manager.post(f"{URL}state/", {"reason": "New owner"})
    assert heading(manager).startswith("Disintegrating")

    manager.post(f"{URL}state/", {"do": "take_back"})

    assert heading(manager).startswith("Basic")
    assert StatedStage.objects.count() == 2


def test_what_binds_is_added_changed_and_removed_and_the_past_stays(portfolio, manager):
    sent = {"side": "theirs", "text": "Tools", "cost": "1000.50"}
    manager.post(f"{URL}barrier/", sent)
    first = ExitBarrier.objects.get()
    assert (first.side, first.cost, first.noted_by) == ("theirs", 1000.5, portfolio.user("manager"))

    manager.post(f"{URL}barrier/", sent | {"id": first.pk, "cost": "2000"})
    second = ExitBarrier.objects.get(removed_on__isnull=True)
    assert second.cost == 2000 and ExitBarrier.objects.count() == 2

    manager.post(f"{URL}barrier/", {"id": second.pk, "do": "remove"})
    assert not ExitBarrier.objects.filter(removed_on__isnull=True).exists()
    assert manager.post(f"{URL}barrier/", sent | {"id": second.pk}).status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"cost": "-1"}, {"text": ""}, {"side": "nobody"}, {"cost": "much"}, {"cost": "9" * 18}]
)
def test_what_cannot_bind_is_refused_with_what_was_typed(portfolio, manager, wrong):
    sent = {"side": "ours", "text": "Special stock", "cost": "10"} | wrong

    assert manager.post(f"{URL}barrier/", sent).status_code == 422
    assert not ExitBarrier.objects.exists()


@pytest.mark.parametrize(
    ("typed", "cost"),
    [("12500,50", "12500.5"), ("12.500,50", "12500.5"), ("12 500", "12500"), ("12,500", "12500"), ("", None)],
)
def test_a_cost_is_read_with_a_comma_as_with_a_point(portfolio, manager, typed, cost):
    manager.post(f"{URL}barrier/", {"side": "theirs", "text": "Tools", "cost": typed})

    assert ExitBarrier.objects.get().cost == (cost and Decimal(cost))


def test_a_cost_that_may_be_read_in_two_ways_is_asked_for_again(portfolio, manager):
    answer = manager.post(f"{URL}barrier/", {"side": "theirs", "text": "Tools", "cost": "12.500"})

    assert answer.status_code == 422 and "write 12,500 or 12.5." in page_of(answer).text
    assert not ExitBarrier.objects.exists()


def test_figures_of_a_forecast_may_have_a_decimal_comma(portfolio, manager):
    manager.post(
        f"{URL}forecast/",
        FORECAST | {"attractiveness": "6,5", "relationship_strength": "7,25", "net_revenue": "300000,00"},
    )

    found = Forecast.objects.get()
    figures = (found.attractiveness, found.relationship_strength, found.net_revenue)
    assert figures == (Decimal("6.5"), Decimal("7.25"), 300_000)


FORECAST = {
    "attractiveness": "7.5",
    "relationship_strength": "8",
    "net_revenue": "",
    "horizon_on": f"{date.today().year + 2}-06-30",
    "reason": "Joint plan",
}


def test_a_forecast_is_kept_beside_earlier_ones_and_drawn_in_the_matrix(portfolio, manager):
    answer = manager.post(f"{URL}forecast/", FORECAST)
    manager.post(f"{URL}forecast/", FORECAST | {"relationship_strength": "9"})

    assert (answer.status_code, answer.url) == (302, f"{URL}#forecast")
    assert [float(row.relationship_strength) for row in Forecast.objects.order_by("pk")] == [8, 9]
    assert "Joint plan" in page_of(manager.get(URL)).text
    point = manager.get("/api/v1/matrix/").json()["points"][0]
    assert (point["code"], point["forecast_relationship_strength"]) == ("N1", 9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"attractiveness": "11"},
        {"relationship_strength": "-1"},
        {"horizon_on": "2020-01-01"},
        {"horizon_on": "2099-01-01"},
        {"reason": ""},
        {"attractiveness": "", "relationship_strength": ""},
        {"net_revenue": "9" * 20},
    ],
)
def test_a_forecast_that_cannot_be_is_refused_with_what_was_typed(portfolio, manager, wrong):
    assert manager.post(f"{URL}forecast/", FORECAST | wrong).status_code == 422
    assert not Forecast.objects.exists()


def test_who_sees_no_profit_sees_no_attractiveness_in_a_forecast(portfolio, manager, client):
    manager.post(f"{URL}forecast/", FORECAST)
    client.force_login(portfolio.user("member"))

    text = page_of(client.get(URL)).one("section", id="forecast").text

    assert "Joint plan" in text and "7.5" not in text
    assert client.post(f"{URL}forecast/", FORECAST).status_code == 403


def test_a_contact_is_added_and_changed_with_those_of_us_who_answer_to_it(portfolio, manager):
    ours = [portfolio.user("manager").pk, portfolio.user("executive").pk]
    manager.post(f"{CONTACTS}person/", {"name": "Ada", "email": "ada@n1.example", "level": "3", "ours": ours})
    ada = Contact.objects.get()
    assert set(ada.counterparts.values_list("user", flat=True)) == set(ours)
    served = {"name": "Ada B.", "email": "ada@n1.example", "ours": ours[:1], "service": [portfolio.user("member").pk]}
    Counterpart.objects.create(contact=ada, user=portfolio.user("member"), kind="service")

    manager.post(f"{CONTACTS}person/?id={ada.pk}", served)

    ada.refresh_from_db()
    assert (ada.name, ada.level) == ("Ada B.", None)
    assert sorted(ada.counterparts.values_list("kind", flat=True)) == ["sales", "service"]


@pytest.mark.parametrize(
    "wrong",
    [{"name": ""}, {"support": "3"}, {"influence": "11"}, {"level": "6"}, {"email": "ADA@n1.example"}, {"ours": "999"}],
)
def test_a_contact_that_cannot_be_is_refused(portfolio, manager, wrong):
    Contact.objects.create(account=portfolio.accounts["N1"], name="Ada", email="ada@n1.example")

    assert manager.post(f"{CONTACTS}person/", {"name": "Bob"} | wrong).status_code == 422
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("wrong", [{"support": "3"}, {"influence": "-1"}, {"left_on": "2999-01-01"}])
def test_what_is_out_of_range_is_told_beside_its_field(portfolio, manager, wrong):
    page = page_of(manager.post(f"{CONTACTS}person/", {"name": "Bob"} | wrong))

    [name] = wrong
    assert page.one("div", id=f"contact-new-{name}_error").text
    assert not Contact.objects.exists()


def test_who_serves_a_contact_is_kept_beside_who_sells(portfolio, manager):
    sells, serves = portfolio.user("manager").pk, portfolio.user("executive").pk
    manager.post(f"{CONTACTS}person/", {"name": "Ada", "ours": [sells], "service": [serves]})

    pairs = set(Counterpart.objects.values_list("user", "kind"))
    assert pairs == {(sells, "sales"), (serves, "service")}


def test_an_address_that_takes_what_is_sent_leads_back_to_the_page(portfolio, manager):
    for part in ("find", "state", "barrier", "ask", "revoke"):
        answer = manager.get(f"{URL}{part}/")
        assert (answer.status_code, answer.url) == (302, URL)


def test_what_was_found_not_to_hold_is_told_to_who_may_tick_it(portfolio, manager):
    def told() -> list[str]:
        evidence = page_of(manager.get(URL)).one("li", id="commitment")
        return [chip.text for chip in evidence.all("span", **{"class": "note-chip is-warning"})]

    assert told() == []
    manager.post(f"{URL}find/", {"item": "commitment", "holds": "no"})
    assert told() == ["does not hold"]


def test_nobody_reports_to_himself_in_the_end(portfolio, manager):
    account = portfolio.accounts["N1"]
    ada = Contact.objects.create(account=account, name="Ada")
    bob = Contact.objects.create(account=account, name="Bob", reports_to=ada)
    other = Contact.objects.create(account=portfolio.accounts["N2"], name="Eve")

    for boss in (bob, other):
        assert manager.post(f"{CONTACTS}person/?id={ada.pk}", {"name": "Ada", "reports_to": boss.pk}).status_code == 422


def test_contacts_of_other_accounts_are_not_found_here(portfolio, manager):
    other = Contact.objects.create(account=portfolio.accounts["S1"], name="Eve")

    assert manager.get(f"{CONTACTS}person/?id={other.pk}").status_code == 404
    assert manager.post(f"{CONTACTS}person/?id={other.pk}", {"name": "Eva"}).status_code == 404
    assert manager.get(f"{CONTACTS}person/?id=x").status_code == 404


def test_who_reads_sees_no_buttons_and_changes_nothing(portfolio, client):
    meet(portfolio, "N1")
    find(portfolio, "N1", "commitment")
    for role in ("member", "executive", "finance"):
        client.force_login(portfolio.user(role))
        page = page_of(client.get(URL))
        assert not page.one("main").all("form")
        assert "Ada" in page.text
        for address in (f"{URL}find/", f"{URL}state/", f"{URL}barrier/", f"{CONTACTS}person/"):
            assert client.post(address, {"item": "commitment", "holds": "no"}).status_code == 403


def test_many_contacts_and_findings_take_no_more_reads(portfolio, manager, django_assert_max_num_queries):
    account, user = portfolio.accounts["N1"], portfolio.user("manager")
    for number in range(40):
        contact = Contact.objects.create(account=account, name=f"Person {number}", function=f"F{number % 5}")
        Counterpart.objects.create(contact=contact, user=user)
    bind(portfolio, "N1", ours=1, theirs=2)
    with django_assert_max_num_queries(46):
        manager.get(URL)


def test_without_a_run_contacts_still_count(portfolio, manager):
    Publication.objects.all().delete()
    meet(portfolio, "N1")

    assert heading(manager).startswith("Exploratory")


def test_the_stage_is_in_the_list_its_filter_and_its_files(portfolio, manager):
    position = portfolio.run.positions.get(account__code="N1")
    position.stage, position.stage_supplier, position.stage_buyer = "basic", "co-operative", "basic"
    position.save()

    page = page_of(manager.get("/accounts/?stage=basic"))
    assert "Account N1" in page.text and "Account N2" not in page.text
    assert "Account N1" not in page_of(manager.get("/accounts/?stage=none")).text.partition("accounts")[2]
    file = b"".join(manager.get("/accounts/?stage=basic&format=csv").streaming_content).decode("utf-8-sig")
    assert "Stage, the buyer’s view" in file and "Co-operative" in file


def test_the_stage_is_in_the_scores_of_the_api(portfolio, manager):
    position = portfolio.run.positions.get(account__code="N1")
    position.stage, position.stage_supplier, position.stage_is_provisional = "basic", "basic", True
    position.save()

    [row] = manager.get("/api/v1/scores/?stage=basic").json()["results"]

    assert (row["stage"], row["stage_supplier"], row["stage_buyer"]) == ("basic", "basic", None)
    assert row["stage_provisional"] is True


def test_a_survey_for_a_contact_is_linked_to_it(portfolio, manager):
    ada = Contact.objects.create(account=portfolio.accounts["N1"], name="Ada", email="ada@n1.example")

    manager.post(f"{URL}ask/", {"contact": ada.pk, "name": "", "email": ""})
    manager.post(f"{URL}ask/", {"contact": "", "name": "Somebody else", "email": ""})

    assert list(Invitation.objects.order_by("pk").values_list("name", "contact")) == [
        ("Ada", ada.pk),
        ("Somebody else", None),
    ]

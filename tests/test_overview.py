from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Team
from kam_portal.matrix import bubbles
from kam_portal.overview import kept
from profitability.models import Run
from relationships.models import Position, PositionChange
from tests.factories import a_portfolio
from tests.markup import page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def portfolio():
    return a_portfolio()


def page(user, address: str):
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser.get(address)


def test_what_is_kept_is_of_one_run_and_only_for_readers_of_all_accounts(portfolio):
    def read(role, run, answer):
        return kept("figure", run, portfolio.user(role), lambda: answer)

    assert read("executive", portfolio.run, "first") == "first"
    assert read("finance", portfolio.run, "second") == "first"
    assert read("executive", portfolio.earlier, "third") == "third"
    assert read("manager", portfolio.run, "own") == "own"
    assert read("manager", portfolio.run, "own, anew") == "own, anew"


def test_a_run_calculated_anew_under_the_same_number_is_not_answered_from_the_cache(portfolio):
    executive = portfolio.user("executive")
    kept("figure", portfolio.run, executive, lambda: "old")
    Run.objects.filter(pk=portfolio.run.pk).update(result_hash="d" * 64)
    portfolio.run.refresh_from_db()

    assert kept("figure", portfolio.run, executive, lambda: "new") == "new"


@pytest.mark.parametrize("address", ["/accounts/", "/matrix/"])
def test_what_senior_management_has_looked_at_does_not_show_to_a_manager(portfolio, address):
    everything = page(portfolio.user("executive"), address)
    own = page(portfolio.user("manager"), address)

    assert b"Account S1" in everything.content
    assert b"Account S" not in own.content
    assert own.context["page"].paginator.count == 6
    assert page(portfolio.user("executive"), address).content.count(b"Account S1") == everything.content.count(
        b"Account S1"
    )


@pytest.mark.parametrize("address", ["/accounts/", "/matrix/"])
def test_an_account_that_is_given_away_is_gone_at_once(portfolio, address):
    page(portfolio.user("manager"), address)
    gone = portfolio.accounts["N1"]
    gone.team, gone.manager = Team.objects.get(code="south"), portfolio.user("stranger")
    gone.save()

    assert b"Account N1" not in page(portfolio.user("manager"), address).content


def test_the_matrix_counts_every_account_once_as_box_bubble_or_density(portfolio, monkeypatch):
    monkeypatch.setattr(bubbles, "MOST_BUBBLES", 3)

    context = page(portfolio.user("executive"), "/matrix/").context

    chart = context["chart"]
    beyond = sum(count for _across, _up, count, _stage in chart["density"])
    assert len(chart["points"]) == 3
    assert len(chart["points"]) + beyond == sum(box["count"] for box in context["boxes"]) == 10
    assert context["unplaced"] == 2
    assert context["page"].paginator.count == 12


def test_the_boxes_hold_the_money_of_their_accounts(portfolio):
    boxes = {box["code"]: box for box in page(portfolio.user("executive"), "/matrix/?team=north").context["boxes"]}

    assert (boxes["strategic"]["count"], boxes["strategic"]["net_revenue"]) == (2, 550_000)
    assert boxes["strategic"]["contribution"] == 130_000
    assert boxes["star"]["contribution"] == -15_000


def test_a_bubble_opens_the_page_of_its_account_whatever_its_code(portfolio):
    odd = portfolio.run.results.get(code="S1")
    odd.code = "S 1/é?#"
    odd.save()

    points = page(portfolio.user("executive"), "/matrix/").context["chart"]["points"]

    assert [point[10] for point in points] == [reverse("account", args=[point[0]]) for point in points]


def test_accounts_are_filtered_by_firmness_and_by_whether_the_run_moved_them(client):
    made = a_portfolio()
    Position.objects.filter(run=made.run).update(stability=None, is_provisional=True)
    Position.objects.filter(run=made.run, account__code="N1").update(stability="0.5", is_provisional=False)
    client.force_login(made.user("executive"))
    PositionChange.objects.exclude(account__code="N3").delete()
    PositionChange.objects.create(
        run=made.run, attempt=1, account=made.accounts["N2"], kind="box", before="star", after="status",
        changed_on=date(2026, 3, 2),
    )  # fmt: skip

    fragile = page_of(client.get("/accounts/?firmness=fragile"))
    chip = fragile.one("tbody").all("span", **{"class": "box-chip strategic fragile"})
    assert [each.text for each in chip] == ["Strategic (fragile)"]
    moved = b"".join(client.get("/accounts/?moved=on&format=csv").streaming_content).decode()
    assert "N2" in moved and "N1" not in moved
    assert ",Firmness," in moved and ",Unknown," in moved
    home = page_of(client.get("/?whole=1")).text
    assert "10 of 11 accounts have a box, 1 fragile, 9 unknown" in home


def test_the_panel_that_starts_a_run_names_the_criteria_it_goes_by(portfolio):
    assert (
        "It will place accounts by the criteria default v1." in page_of(page(portfolio.user("finance"), "/runs/")).text
    )


def test_the_box_before_is_told_with_its_day_and_leads_to_the_parts(portfolio):
    position = Position.objects.get(run=portfolio.run, account__code="N1")
    Position.objects.filter(pk=position.pk).update(previous_box="star", changed_on=date(2026, 3, 2))

    shown = page_of(page(portfolio.user("finance"), "/accounts/N1/"))

    [said] = shown.all("p", **{"class": "hint account-change"})
    assert said.text.startswith("Was Star until 2 Mar 2026")
    assert "figure=box" in said.one("a").attributes["href"]

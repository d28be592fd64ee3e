from datetime import date
from decimal import Decimal

import pytest

from kam_portal.space_cells import MOST_CELLS
from profitability.models import Product
from relationships.models import CategoryPotential
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db

SPEND, COMPETITOR = "?edit=annual_spend", "?edit=competitor"


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    for category in ("Bikes", "Cloth: warm"):
        Product.objects.create(code=category, name=category, category=category)
    return made


@pytest.fixture
def post(client, portfolio):
    def posted(role, query, *cells, **extra):
        client.force_login(portfolio.user(role))
        sent = {}
        for code, category, was, text in cells:
            place = f"{portfolio.accounts[code].pk}:{category}"
            sent |= {f"s:{place}": text, f"w:{place}": was}
        return client.post(f"/whitespace/save/{query}", sent | extra)

    return posted


@pytest.fixture
def page(client, portfolio):
    def opened(role, query):
        client.force_login(portfolio.user(role))
        return client.get(f"/whitespace/{query}")

    return opened


def said(portfolio, code, category, spend, competitor="", by="lead"):
    return CategoryPotential.objects.create(
        account=portfolio.accounts[code],
        category=category,
        annual_spend=spend,
        competitor=competitor,
        source="Visit",
        stated_by=portfolio.user(by),
        stated_on=date(2026, 2, 1),
    )


def kept():
    rows = CategoryPotential.objects.order_by("account__code", "category")
    return [tuple(row) for row in rows.values_list("account__code", "category", "annual_spend", "competitor")]


def test_cells_of_several_accounts_are_kept_with_who_and_when(portfolio, post):
    answer = post("manager", SPEND, ("N1", "Bikes", "", "1,200.50"), ("N2", "Cloth: warm", "", "90000"))

    assert (answer.status_code, answer["Location"]) == (302, "/whitespace/?edit=annual_spend")
    assert kept() == [("N1", "Bikes", Decimal("1200.5"), ""), ("N2", "Cloth: warm", Decimal(90_000), "")]
    assert CategoryPotential.objects.first().stated_by == portfolio.user("manager")


def test_one_part_is_changed_and_the_others_stay(portfolio, post):
    said(portfolio, "N1", "Bikes", 300, "Velo")

    post("manager", COMPETITOR, ("N1", "Bikes", "Velo", "Alpine"))
    post("manager", SPEND, ("N1", "Bikes", "300", "500"))

    assert kept() == [("N1", "Bikes", 500, "Alpine")]
    assert CategoryPotential.objects.get().source == "Visit"


def test_an_emptied_cell_of_which_nothing_else_is_said_goes(portfolio, post):
    row = said(portfolio, "N1", "Bikes", 300)
    CategoryPotential.objects.filter(pk=row.pk).update(source="")

    post("manager", SPEND, ("N1", "Bikes", "300", ""))

    assert kept() == []


def test_what_was_not_touched_is_not_written_over_by_an_old_page(portfolio, post):
    said(portfolio, "N1", "Bikes", 300)

    answer = post("manager", SPEND, ("N1", "Bikes", "200", "200"), ("N2", "Bikes", "", "50"))

    assert answer.status_code == 302
    assert kept() == [("N1", "Bikes", 300, ""), ("N2", "Bikes", 50, "")]


def test_who_was_slower_sees_theirs_yours_and_before_and_loses_nothing(portfolio, post):
    said(portfolio, "N1", "Bikes", 1_300)

    answer = post("manager", SPEND, ("N1", "Bikes", "1,000", "1,700"), ("N2", "Bikes", "", "50"))

    name = portfolio.user("lead").name
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f"{name} meanwhile: 1,300. Before: 1,000. Yours: 1,700. Save again to keep yours." in page
    assert 'value="1,700"' in page
    assert kept() == [("N1", "Bikes", 1_300, ""), ("N2", "Bikes", 50, "")]

    assert post("manager", SPEND, ("N1", "Bikes", "1,300", "1,700")).status_code == 302
    assert kept()[0] == ("N1", "Bikes", 1_700, "")


def test_two_who_type_the_same_do_not_disagree(portfolio, post):
    said(portfolio, "N1", "Bikes", 1_300)

    assert post("manager", SPEND, ("N1", "Bikes", "", "1300")).status_code == 302
    assert CategoryPotential.objects.get().stated_by == portfolio.user("lead")


@pytest.mark.parametrize(("query", "text"), [(SPEND, "-5"), (SPEND, "x"), (SPEND, "579.700"), (COMPETITOR, "a\0b")])
def test_a_wrong_cell_is_told_and_the_sound_ones_are_kept(portfolio, post, query, text):
    sound = "70" if query == SPEND else "Velo"

    answer = post("manager", query, ("N1", "Bikes", "", text), ("N2", "Bikes", "", sound))

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert [row[0] for row in kept()] == ["N2"]


def test_accounts_of_others_and_unknown_categories_are_left_alone(portfolio, post):
    answer = post("manager", SPEND, ("S1", "Bikes", "", "5"), ("N1", "Yachts", "", "5"))

    assert answer.status_code == 422
    assert kept() == []


def test_members_read_the_grid_and_change_nothing(portfolio, post, page):
    assert post("member", SPEND, ("N1", "Bikes", "", "5")).status_code == 403
    answer = page("member", SPEND)
    assert "edit annual spend" not in answer.content.decode()
    assert answer.context["edit"] == ""
    assert page("manager", SPEND).context["edit"] == "annual_spend"
    assert page("manager", "?edit=annual_spend&by=parent").context["edit"] == ""


def test_names_that_are_no_cells_are_left_alone(portfolio, post):
    assert post("manager", SPEND, **{"s:x:Bikes": "5", "s:": "5", f"s:{'9' * 40}:Bikes": "5"}).status_code == 302
    assert kept() == []


def test_a_whole_page_of_cells_fits_into_one_form():
    assert MOST_CELLS >= 25 * 8 * 2


def test_an_address_of_a_refused_page_leads_back_to_the_grid(portfolio, client):
    client.force_login(portfolio.user("manager"))

    assert client.get("/whitespace/save/?edit=competitor&page=2")["Location"] == "/whitespace/?edit=competitor&page=2"

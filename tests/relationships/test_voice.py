"""Surveys of each kind, what their answers feed, and what is told of them to whom."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from kam_portal.views.voice import chart
from relationships import asking, voice
from relationships.models import Contact, Invitation, Rating, StatedStage
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
ASK = "/accounts/N1/relationship/ask/"


@pytest.fixture(autouse=True)
def unhurried():
    cache.clear()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def manager(portfolio):
    client = Client()
    client.force_login(portfolio.user("manager"))
    return client


def asked(portfolio, kind: str = "nps", code: str = "N1", name: str = "Jo", ago: int = 1) -> tuple[Invitation, str]:
    then = timezone.now() - timedelta(days=ago)
    account, user = portfolio.accounts[code], portfolio.user("manager")
    row, secret = asking.invite(account, asking.Guest(name), user, then, kind)
    Invitation.objects.filter(pk=row.pk).update(created_at=then)
    return row, f"/ask/{secret}/"


def said(portfolio, points: int, ago: int = 1, **more) -> Invitation:
    row, _url = asked(portfolio, ago=ago, **more)
    asking.answer(row, {"recommend_0_10": str(points), "comment": f"Because {points}"}, row.expires_at - asking.LASTS)
    return row


def heard(portfolio, who: str = "manager"):
    return voice.voice_of(voice.asked_of(portfolio.user(who)), timezone.now())


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("nps", ["recommend_0_10", "comment"]),
        ("trust", ["trust_1_7", "trust_promises", "trust_openness", "trust_competence", "trust_interest", "comment"]),
        ("factors", ["score_trust", "comment"]),
    ],
)
def test_the_kind_that_is_chosen_is_asked(portfolio, manager, kind, codes):
    manager.post(ASK, {"name": "Jo", "kind": kind})

    row = Invitation.objects.get()
    assert (row.kind, [question["code"] for question in row.questions]) == (kind, codes)


def test_a_recommendation_takes_one_click_and_its_reason_is_free(portfolio):
    row, url = asked(portfolio)
    guest = Client()

    page = guest.get(url).content.decode()
    assert "about a minute" in page and "How likely are you to recommend us?" in page
    assert guest.post(url, {"comment": "Nice"}).status_code == 422  # the number is what it is about
    assert guest.post(url, {"recommend_0_10": "9"}).status_code == 302
    row.refresh_from_db()
    assert row.answers == {"recommend_0_10": "9"}
    assert not StatedStage.objects.exists() and not Rating.objects.exists()


def test_success_factors_rated_by_the_customer_are_the_buyers_ratings(portfolio):
    _row, url = asked(portfolio, "factors")

    Client().post(url, {"score_trust": "8"})

    rating = Rating.objects.get()
    assert (rating.criterion, rating.score, rating.perspective, rating.said_by) == ("trust", 8, "buyer", "Jo")


def test_promoters_less_detractors_and_how_many_there_are(portfolio):
    for number, points in enumerate((10, 9, 8, 3)):
        said(portfolio, points, name=f"Person {number}")

    found = heard(portfolio)

    assert (found.nps.score, found.nps.count) == (25, 4)
    assert found.is_few


def test_the_latest_answer_of_each_person_counts_for_a_year(portfolio):
    said(portfolio, 2, ago=40)
    said(portfolio, 10, ago=10)
    said(portfolio, 0, ago=400, name="Kim")

    assert (heard(portfolio).nps.score, heard(portfolio).nps.count) == (100, 1)


def test_the_answer_rate_leaves_out_who_still_has_time_and_whose_link_was_ended(portfolio):
    said(portfolio, 9)
    asked(portfolio, name="Late", ago=60)
    asked(portfolio, name="Open", ago=2)
    row, _url = asked(portfolio, name="Ended")
    asking.revoke(row.account, row.pk, timezone.now())

    found = heard(portfolio)

    assert (found.answered, found.asked, found.open) == (1, 2, 1)
    assert found.response_share * 2 == 1


def test_trust_is_the_mean_of_its_questions(portfolio):
    row, _url = asked(portfolio, "trust")
    asking.answer(row, {"trust_1_7": "7", "trust_promises": "6", "trust_openness": "4"}, timezone.now())

    assert str(heard(portfolio).trust) == "5.7"


def test_the_trend_tells_each_quarter_as_it_stood_then(portfolio):
    said(portfolio, 0, ago=200, name="Early")
    said(portfolio, 10, ago=1, name="Late")
    listed = voice.asked_of(portfolio.user("manager"))

    found = voice.trend(listed, timezone.now())

    assert found[-1][0] == timezone.localdate() and found[-1][1].nps.count == 2
    assert found[-2][1].nps.score == -100  # before the second one answered
    assert [day for day, _voice in found] == sorted(day for day, _voice in found)


def test_the_trend_is_drawn_over_all_that_a_score_can_be():
    points = [(date(2026, month, 1), SimpleNamespace(score=score)) for month, score in ((3, -20), (6, 10))]

    drawn = chart(points)

    assert drawn["limits"] == [-100, 100]
    assert drawn["series"][0]["values"] == [-20, 10]


def test_nobody_reads_what_customers_of_other_teams_said(portfolio, manager):
    said(portfolio, 9)
    said(portfolio, 1, code="S1", name="Secret Person")

    page = manager.get("/voice/").content.decode()

    assert "+100" in page and "from a single answer" in page
    assert "Because 9" in page and "Secret Person" not in page and "Account S1" not in page
    assert manager.get("/voice/?account=S1").status_code == 404
    everyone = Client()
    everyone.force_login(portfolio.user("executive"))
    assert "from 2 answers" in everyone.get("/voice/").content.decode()


def test_without_an_answer_there_is_no_score(portfolio, manager):
    assert "Nobody was asked yet" in manager.get("/voice/").content.decode()

    asked(portfolio)

    page = manager.get("/voice/").content.decode()
    assert "0 of 0" in page and "Net promoter score 0" not in page


def test_the_page_takes_few_queries(portfolio, manager, django_assert_max_num_queries):
    for number in range(40):
        said(portfolio, number % 11, code=f"N{number % 6 + 1}", name=f"Person {number}")

    with django_assert_max_num_queries(15):
        manager.get("/voice/")


def test_the_survey_is_linked_to_the_contact_who_was_asked(portfolio, manager):
    jo = Contact.objects.create(account=portfolio.accounts["N1"], name="Jo", email="jo@n1.example")

    manager.post(ASK, {"contact": jo.pk, "kind": "nps"})

    assert Invitation.objects.get().contact == jo

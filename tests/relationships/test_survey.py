"""The survey that customers answer by a link: who gets in, what it shows, and what an answer becomes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from relationships import asking, stages
from relationships.core.scoring import median_of_latest
from relationships.core.survey import QUESTIONS
from relationships.evidence import ratings
from relationships.judging import Cell, rate
from relationships.models import Contact, Invitation, Notice, Rating, StatedStage
from tests.factories import a_portfolio
from tests.markup import page_of

pytestmark = pytest.mark.django_db
ANSWERS = {"standing": "buying", **{question.code: "2" for question in QUESTIONS}, "score_trust": "7"}
ASK = "/accounts/N1/relationship/ask/"


@pytest.fixture(autouse=True)
def unhurried():
    cache.clear()


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def stranger():
    """Whoever has the link: no login, and forgery is checked as in earnest."""
    return Client(enforce_csrf_checks=True)


def invited(portfolio, name: str = "Jo Doe", ago: timedelta = timedelta()) -> tuple[Invitation, str]:
    now = timezone.now() - ago
    row, secret = asking.invite(portfolio.accounts["N1"], asking.Guest(name), portfolio.user("manager"), now)
    return row, f"/ask/{secret}/"


def test_an_answer_becomes_the_buyers_stage_and_confirmed_ratings_recorded_by_the_sender(portfolio, stranger):
    Contact.objects.create(account=portfolio.accounts["N1"], name="Jo Doe")
    row, url = invited(portfolio)

    response = stranger.post(url, ANSWERS | {"comment": "Call back faster", "recommend_0_10": "9"})

    assert (response.status_code, response.url) == (302, url)
    said = StatedStage.objects.get()
    assert (said.view, said.stage, said.said_by, said.reason) == ("buyer", "co-operative", "Jo Doe", "Call back faster")
    rating = Rating.objects.get()
    assert (rating.criterion, rating.score, rating.perspective, rating.status) == ("trust", 7, "buyer", "confirmed")
    assert (said.stated_by, rating.rater) == (portfolio.user("manager"), portfolio.user("manager"))
    row.refresh_from_db()
    assert (row.answers["score_trust"], row.answers["recommend_0_10"]) == ("7", "9")
    account, today = portfolio.accounts["N1"].pk, timezone.localdate()
    portfolio.run.month_to = 100 * today.year + today.month
    assert stages.of(portfolio.run, [account])[account].buyer == "co-operative"


def test_who_is_not_on_the_contact_map_assumes_and_is_told_as_such(portfolio, stranger, client):
    _row, url = invited(portfolio, "Nobody Known")
    stranger.post(url, ANSWERS)

    rating = Rating.objects.get()
    assert (rating.status, rating.evidence) == (
        "assumed",
        "Survey answered by Nobody Known, who is not on the contact map",
    )
    client.force_login(portfolio.user("manager"))
    page = page_of(client.get("/accounts/N1/relationship/"))
    views = page.one("section", id="views").text
    assert "1 answer" in views and "Nobody Known (not on the contact map)" in views
    assert "not on the contact map" in page.one("section", id="ask").text

    Contact.objects.create(account=portfolio.accounts["N1"], name="nobody known")
    assert "not on the contact map" not in page_of(client.get("/accounts/N1/relationship/")).text


@pytest.mark.parametrize(
    ("standing", "score", "is_warned"), [("leaving", "9", True), ("leaving", "2", False), ("buying", "9", False)]
)
def test_an_answer_that_contradicts_itself_is_pointed_out(portfolio, stranger, client, standing, score, is_warned):
    _row, url = invited(portfolio)
    stranger.post(url, ANSWERS | {"standing": standing, "score_trust": score})

    client.force_login(portfolio.user("manager"))
    views = page_of(client.get("/accounts/N1/relationship/")).one("section", id="views").text
    assert ("The answer of Jo Doe contradicts itself: Disintegrating" in views) == is_warned


def test_whoever_asked_is_told_of_the_answer_and_nobody_else(portfolio, stranger):
    _row, url = invited(portfolio)
    stranger.post(url, {"standing": "buying"})
    assert not Notice.objects.exists()  # not answered in full
    stranger.post(url, ANSWERS)
    stranger.post(url, ANSWERS)

    told = Notice.objects.get()
    assert (told.user, told.account) == (portfolio.user("manager"), portfolio.accounts["N1"])
    assert told.text == "Jo Doe of Account N1 answered: Relationship"
    assert told.url == "/accounts/N1/relationship/#ask"


def test_trust_is_asked_once_and_on_its_own_scale_where_no_criterion_asks_it(portfolio, monkeypatch):
    row, _url = invited(portfolio)
    codes = [question["code"] for question in row.questions]
    assert "score_trust" in codes and "trust_1_7" not in codes

    monkeypatch.setattr(asking, "judged", lambda day: [("openness", "Openness")])
    assert "trust_1_7" in [question["code"] for question in asking.questions(timezone.localdate())]


def test_the_survey_says_whom_it_comes_from(portfolio, stranger, settings):
    _row, url = invited(portfolio)
    page = page_of(stranger.get(url))
    assert page.one("h1").text == "How do you see working with us?"
    assert "Manager would like to know" in page.text

    settings.COMPANY = "Northern Bicycles"
    page = page_of(stranger.get(url))
    assert page.one("h1").text == "How do you see working with Northern Bicycles?"
    assert "Manager of Northern Bicycles would like to know how Account N1 sees" in page.text


def test_a_link_is_answered_once_and_then_says_thanks(portfolio, stranger):
    _row, url = invited(portfolio)
    stranger.post(url, ANSWERS)

    assert "Thank you" in stranger.get(url).content.decode()
    second = stranger.post(url, ANSWERS | {"standing": "leaving"})
    assert second.status_code == 409
    assert "A link counts once" in second.content.decode() and "Thank you" not in second.content.decode()
    assert [said.stage for said in StatedStage.objects.all()] == ["co-operative"]


def test_a_link_that_is_ended_after_its_answer_opens_nothing_and_the_answer_stays(portfolio, stranger):
    row, url = invited(portfolio)
    stranger.post(url, ANSWERS)

    asking.revoke(row.account, row.pk, timezone.now())

    assert stranger.get(url).status_code == 404
    assert StatedStage.objects.get().stage == "co-operative"


def test_two_answers_that_cross_count_once(portfolio):
    row, _url = invited(portfolio)

    assert asking.answer(row, ANSWERS, timezone.now())
    assert not asking.answer(row, ANSWERS, timezone.now())
    assert StatedStage.objects.count() == 1


def test_unknown_forged_expired_and_revoked_links_read_alike(portfolio, stranger):
    _row, expired = invited(portfolio, ago=timedelta(days=31))
    row, revoked = invited(portfolio)
    asking.revoke(row.account, row.pk, timezone.now())
    unknown = f"/ask/{asking.SIGNED.sign('unknown')}/"

    answers = [stranger.get(url) for url in ("/ask/forged/", unknown, expired, revoked)]
    answers += [stranger.post(url, ANSWERS) for url in ("/ask/forged/", unknown, expired, revoked)]

    assert {response.status_code for response in answers} == {404}
    assert len({response.content for response in answers}) == 1
    assert not StatedStage.objects.exists()


def test_a_forged_link_never_reaches_the_database(portfolio, stranger, django_assert_num_queries):
    with django_assert_num_queries(0):
        stranger.get("/ask/forged:signature/")


def test_only_a_hash_of_the_secret_is_kept(portfolio):
    row, url = invited(portfolio)
    secret = url.split("/")[2]

    stored = Invitation.objects.filter(pk=row.pk).values().get()
    assert secret not in str(stored) and stored["secret_hash"] == asking.hashed(secret)


def test_the_page_shows_the_customer_and_who_asks_and_nothing_else_of_the_account(portfolio, stranger):
    _row, url = invited(portfolio)

    response = stranger.get(url)

    text = response.content.decode()
    assert "Jo Doe" in text and "Account N1" in text and "Manager" in text
    for told in ("N1<", "north", "strategic", "400", "manager@example.com", "DE<"):
        assert told not in text
    assert "<script" not in text and "<a " not in text


def test_no_referrer_no_index_no_cache_no_cookie(portfolio, stranger):
    _row, url = invited(portfolio)

    for response in (stranger.get(url), stranger.get("/ask/forged/"), stranger.post(url, ANSWERS)):
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "no-store" in response["Cache-Control"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert not response.cookies


def test_what_is_missing_is_marked_and_what_was_chosen_stays(portfolio, stranger):
    _row, url = invited(portfolio)

    response = stranger.post(url, {name: value for name, value in ANSWERS.items() if name != "ordering"})

    assert response.status_code == 422
    page = page_of(response)
    assert len(page.all("p", **{"class": "field-error"})) == 1
    assert len([each for each in page.all("input", type="radio") if "checked" in each.attributes]) == len(ANSWERS) - 1
    assert not StatedStage.objects.exists()


@pytest.mark.parametrize(("standing", "stage"), [("not_yet", "exploratory"), ("leaving", "disintegrating")])
def test_who_does_not_buy_answers_one_question(portfolio, stranger, standing, stage):
    _row, url = invited(portfolio)

    assert stranger.post(url, {"standing": standing}).status_code == 302
    assert StatedStage.objects.get().stage == stage
    assert not Rating.objects.exists()


@pytest.mark.parametrize("wrong", [{"standing": "friends"}, {"ordering": "5"}, {"score_trust": "11"}, {}])
def test_answers_that_were_not_offered_are_refused(portfolio, stranger, wrong):
    _row, url = invited(portfolio)

    assert stranger.post(url, ANSWERS | wrong if wrong else {}).status_code == 422
    assert not StatedStage.objects.exists() and not Rating.objects.exists()


def test_of_several_who_answer_each_is_a_rater_and_their_spread_is_seen(portfolio, stranger):
    for name, score in (("Jo", "2"), ("Kim", "9"), ("Lou", "10")):
        stranger.post(invited(portfolio, name)[1], ANSWERS | {"score_trust": score})

    said = ratings(timezone.localdate())[portfolio.accounts["N1"].pk]["trust"]
    found = median_of_latest(said, timezone.localdate())
    assert (found.value, found.spread, found.raters) == (9, 8, 3)


def test_whoever_answers_again_is_still_one_rater(portfolio, stranger):
    for name, score in (("Jo", "2"), ("jo ", "9"), ("Jo", "4")):
        stranger.post(invited(portfolio, name)[1], ANSWERS | {"score_trust": score})

    assert Rating.objects.filter(said_by="Jo").get().score == 4
    said = ratings(timezone.localdate())[portfolio.accounts["N1"].pk]["trust"]
    assert median_of_latest(said, timezone.localdate()).raters == 1


def test_what_the_sender_records_himself_stands_beside_the_buyers_own_answer(portfolio, stranger, client):
    stranger.post(invited(portfolio)[1], ANSWERS | {"score_trust": "2"})
    cell = Cell(portfolio.accounts["N1"], "trust", portfolio.user("manager"), timezone.localdate(), "buyer")

    rate(cell, Decimal(8))

    assert sorted(Rating.objects.values_list("said_by", "score")) == [("", 8), ("Jo Doe", 2)]


def test_too_many_looks_and_tries_are_put_off(portfolio, stranger):
    _row, url = invited(portfolio)
    for _try in range(10):
        assert stranger.post(url, {}).status_code == 422
    late = stranger.post(url, ANSWERS)
    assert (late.status_code, late["Retry-After"]) == (429, "60")

    cache.clear()
    looks = [stranger.get("/ask/forged/").status_code for _look in range(61)]
    assert looks == [404] * 60 + [429]
    assert Client(REMOTE_ADDR="10.0.0.9").get("/ask/forged/").status_code == 404


def test_tries_are_counted_by_link_from_wherever_they_come(portfolio):
    _row, url = invited(portfolio)

    statuses = [Client(REMOTE_ADDR=f"10.0.0.{number}").post(url, {}).status_code for number in range(21)]

    assert statuses == [422] * 20 + [429]


def test_behind_a_proxy_the_address_that_it_saw_counts(portfolio, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for _look in range(60):
        Client(HTTP_X_FORWARDED_FOR="1.1.1.1, 10.0.0.1").get("/ask/forged/")

    assert Client(HTTP_X_FORWARDED_FOR="2.2.2.2, 10.0.0.1").get("/ask/forged/").status_code == 429
    assert Client(HTTP_X_FORWARDED_FOR="1.1.1.1, 10.0.0.2").get("/ask/forged/").status_code == 404


def test_the_link_is_shown_once_and_works(portfolio, client, stranger):
    client.force_login(portfolio.user("manager"))

    sent = client.post(ASK, {"name": "Jo Doe", "email": ""})
    assert (sent.status_code, sent.url) == (302, "/accounts/N1/relationship/")
    assert not page_of(client.get("/accounts/N2/relationship/")).all("input", id="link")

    link = page_of(client.get(sent.url)).one("input", id="link").attributes["value"]
    assert stranger.get(link).status_code == 200
    assert link not in client.get("/accounts/N1/relationship/").content.decode()
    assert not mail.outbox


def test_a_contact_is_asked_by_choice_alone(portfolio, client):
    client.force_login(portfolio.user("manager"))
    ada = Contact.objects.create(account=portfolio.accounts["N1"], name="Ada", email="ada@n1.example")
    other = Contact.objects.create(account=portfolio.accounts["N2"], name="Eve")

    assert client.post(ASK, {"contact": ada.pk, "name": "", "email": ""}).status_code == 302
    assert client.post(ASK, {"contact": other.pk}).status_code == 422
    assert client.post(ASK, {"name": " "}).status_code == 422

    row = Invitation.objects.get()
    assert (row.name, row.email) == ("Ada", "ada@n1.example")


def test_line_breaks_count_once_and_a_comment_that_cannot_be_kept_is_marked(portfolio, stranger):
    _row, url = invited(portfolio)
    for wrong in ("x" * 5001, "a\0b"):
        response = stranger.post(url, ANSWERS | {"comment": wrong})
        assert response.status_code == 422
        assert len(page_of(response).all("p", **{"class": "field-error"})) == 1

    assert stranger.post(url, ANSWERS | {"comment": "x\r\n" * 2500}).status_code == 302


def test_an_email_takes_the_link_and_answers_go_to_the_sender(portfolio, client, settings):
    settings.SENDS_EMAIL = True
    client.force_login(portfolio.user("manager"))

    response = client.post(ASK, {"name": "Jo Doe", "email": "jo@customer.example"}, follow=True)

    [sent] = mail.outbox
    assert (sent.to, sent.reply_to) == (["jo@customer.example"], ["manager@example.com"])
    assert page_of(response).one("input", id="link").attributes["value"] in sent.body


def test_without_email_the_link_is_there_to_copy(portfolio, client, settings):
    settings.SENDS_EMAIL = False
    client.force_login(portfolio.user("manager"))

    assert (
        "copy the link"
        in client.post(ASK, {"name": "Jo", "email": "jo@customer.example"}, follow=True).content.decode()
    )
    assert not mail.outbox


def test_whoever_scores_the_account_asks_and_ends_links(portfolio, client):
    row, _url = invited(portfolio)
    revoke = "/accounts/N1/relationship/revoke/"
    for role in ("member", "executive", "finance"):
        client.force_login(portfolio.user(role))
        assert client.post(ASK, {"name": "Jo"}).status_code == 403
        assert client.post(revoke, {"id": row.pk}).status_code == 403

    client.force_login(portfolio.user("stranger"))
    assert client.post(revoke, {"id": row.pk}).status_code == 404
    client.force_login(portfolio.user("lead"))
    assert client.post(revoke, {"id": row.pk}).status_code == 302
    row.refresh_from_db()
    assert row.revoked_at

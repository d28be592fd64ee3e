"""What a person reads, and the log keeps, where the policy says no."""

import logging

from django.test import Client


def test_a_page_that_a_role_does_not_include_says_so_and_nothing_of_time(visit):
    page = visit("manager", "/capacity/")

    assert page.status_code == 403
    assert "Your role does not include it." in page.content.decode()
    assert "open too long" not in page.content.decode()


def test_a_form_that_is_refused_may_have_been_open_too_long(portfolio):
    client = Client(enforce_csrf_checks=True)
    client.force_login(portfolio.user("finance"))

    answer = client.post("/months/")

    assert answer.status_code == 403
    assert "The page was open too long" in answer.content.decode()


def test_a_refusal_is_one_line_in_the_log(visit, caplog):
    with caplog.at_level(logging.WARNING, "django.request"):
        visit("manager", "/capacity/")

    (record,) = [record for record in caplog.records if record.name == "django.request"]
    assert "/capacity/" in record.getMessage()
    assert not record.exc_info


def test_a_part_of_a_page_whose_session_has_ended_sends_the_whole_page_to_sign_in(portfolio, client):
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/?segment=key"}

    response = client.get("/today/scores/", headers=headers, follow=True)

    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Faccounts%2F%3Fsegment%3Dkey"
    assert response.content == b""

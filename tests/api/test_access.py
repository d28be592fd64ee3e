from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from rest_framework.test import APIClient
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import ApiToken
from accounts.rest.scopes import READ_SCOPES
from relationships.api import Scores

SCORES = "/api/v1/scores/"


def test_without_token_the_answer_says_how_to_sign_in(api):
    response = api().get(SCORES)

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert response.json()["status"] == 401


def test_a_token_reads_what_its_user_may_see(with_token):
    answer = with_token("manager", "scores:read").get(SCORES)

    assert [row["code"] for row in answer.json()["results"]] == ["N1", "N2", "N3", "N4", "N5", "N6"]


def test_a_token_without_the_scope_is_refused(with_token):
    assert with_token("finance", "rankings:read").get(SCORES).status_code == 403


def test_a_scope_does_not_widen_what_the_user_may(with_token):
    assert with_token("manager").post("/api/v1/runs/").status_code == 403
    assert with_token("admin").get(SCORES).status_code == 403


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer a b", "Bearer kam_wrong", "Bearer \xff\xfe"])
def test_every_bad_token_is_refused_in_the_same_words(api, header):
    client = APIClient()
    refused = client.get(SCORES, HTTP_AUTHORIZATION=header)

    assert refused.status_code == 401
    assert refused.content == client.get(SCORES, HTTP_AUTHORIZATION="Bearer other").content


def test_an_expired_token_is_refused(with_token):
    client = with_token("manager")
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))

    assert client.get(SCORES).status_code == 401


def test_the_token_of_a_deactivated_user_is_refused(with_token, portfolio):
    client = with_token("manager")
    user = portfolio.user("manager")
    user.is_active = False
    user.save()

    assert client.get(SCORES).status_code == 401


def test_the_database_holds_no_token_that_can_be_used(with_token):
    with_token("manager")
    row = ApiToken.objects.values().get()

    for value in row.values():
        assert APIClient().get(SCORES, HTTP_AUTHORIZATION=f"Bearer {value}").status_code == 401


def test_the_use_of_a_token_is_noted_but_not_at_each_call(with_token, django_assert_num_queries):
    client = with_token("manager")
    client.get(SCORES)
    first = ApiToken.objects.get().last_used_at

    client.get(SCORES)

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_too_many_calls_are_told_when_to_come_back(api, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
    client = api("manager")
    client.get(SCORES)
    client.get(SCORES)

    response = client.get(SCORES)

    assert response.status_code == 429
    assert 0 < int(response.headers["Retry-After"]) <= 60


def test_a_session_may_not_write_without_the_csrf_token(portfolio):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(portfolio.user("finance"))

    assert client.post("/api/v1/runs/").status_code == 403


def test_an_answer_that_did_not_change_is_not_sent_again(api):
    client = api("manager")
    first = client.get(SCORES)

    second = client.get(SCORES, HTTP_IF_NONE_MATCH=first.headers["ETag"])

    assert second.status_code == 304
    assert second.content == b""
    assert second.headers["ETag"] == first.headers["ETag"]


def test_the_tag_changes_with_what_the_reader_sees(api, portfolio):
    client = api("manager")
    first = client.get(SCORES).headers["ETag"]
    renamed = portfolio.accounts["N1"]
    renamed.name = "New name"
    renamed.save()

    assert client.get(SCORES, HTTP_IF_NONE_MATCH=first).status_code == 200
    assert client.get(SCORES).headers["Vary"] == "Authorization, Cookie"


UNKNOWN = [
    "", "nowhere", "nowhere/", "nowhere/?x=1&x=2", "scores", "accounts/N1", "accounts/N1/nothing/", "runs/x/", "runs/1",
    "exports/foo.csv", "exports/scores.exe", "exports/scores.tar.gz", "exports/", "docs",
]  # fmt: skip


@pytest.mark.parametrize("address", UNKNOWN)
def test_an_unknown_address_is_a_problem_in_json(api, address):
    for method in methods_of(address):
        response = getattr(api("manager"), method)(f"/api/v1/{address}")

        assert response.status_code == 404, method
        assert response.headers["Content-Type"] == "application/problem+json"


def test_the_root_of_the_api_is_no_page_either(api):
    assert api("manager").get("/api/v1").status_code == 404
    assert api().get("/api/v1").status_code == 401


def methods_of(address: str) -> tuple[str, ...]:
    """An export of an unknown type and an account of a longer name are addresses, which can be read only."""
    read_only = address in ("accounts/N1/nothing/", "exports/scores.exe")
    return ("get", "head") if read_only else ("get", "post", "put", "patch", "delete", "options", "head")


@pytest.mark.parametrize("address", UNKNOWN)
def test_to_a_stranger_unknown_addresses_are_like_all_others(api, address):
    response = api().get(f"/api/v1/{address}")

    assert response.status_code == 401
    assert response.content == api().get(SCORES).content


def test_what_is_below_an_account_is_not_taken_for_its_code(api):
    for tail in ("scores", "profitability"):
        assert api("manager").get(f"/api/v1/accounts/N1/{tail}/").status_code == 200
        assert api("manager").get(f"/api/v1/accounts/N1/{tail}").status_code == 404


def test_a_hidden_account_and_a_missing_one_are_told_in_the_same_bytes(api):
    for tail in ("", "scores/", "profitability/", "profitability/?from=2026-01"):
        hidden = api("manager").get(f"/api/v1/accounts/S1/{tail}")
        missing = api("manager").get(f"/api/v1/accounts/XX/{tail}")

        assert hidden.status_code == missing.status_code == 404
        assert (hidden.content, dict(hidden.headers)) == (missing.content, dict(missing.headers))


def test_codes_with_slashes_and_nul_do_no_harm(api, portfolio):
    account = portfolio.accounts["N1"]
    account.code = "N/1"
    account.save()

    assert api("manager").get("/api/v1/accounts/N%2F1/").json()["code"] == "N/1"
    assert api("manager").get("/api/v1/accounts/N%00/").status_code == 404


def test_the_command_prints_a_token_that_works_as_its_last_word(portfolio, capsys):
    call_command("create_token", "Manager@example.com")
    token = capsys.readouterr().out.split()[-1]

    row = ApiToken.objects.get()
    assert row.scopes == sorted(READ_SCOPES)
    assert row.expiry > timezone.now() + timedelta(days=300)
    assert APIClient().get(SCORES, HTTP_AUTHORIZATION=f"Bearer {token}").status_code == 200


def test_the_command_takes_scopes_and_days(portfolio, capsys):
    call_command("create_token", "manager@example.com", "--scope", "scores:read", "--expires", "7")

    row = ApiToken.objects.get()
    assert row.scopes == ["scores:read"]
    assert row.expiry < timezone.now() + timedelta(days=8)


@pytest.mark.parametrize(
    "arguments",
    [["nobody@example.com"], ["manager@example.com", "--expires", "0"], ["manager@example.com", "--scope", "x"]],
)
def test_the_command_refuses_what_makes_no_sense(portfolio, arguments):
    with pytest.raises(CommandError):
        call_command("create_token", *arguments)


def test_a_database_that_does_not_answer_is_told_as_busy(api, monkeypatch):
    def timeout(self, request):
        raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(Scores, "run", timeout)

    response = api("manager").get(SCORES)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert b"statement" not in response.content

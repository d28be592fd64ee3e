import pytest
from jsonschema import Draft202012Validator

from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.rest.scopes import Scope
from kam_portal.webhooks import endpoints
from kam_portal.webhooks.sending import secret_of

HOOKS = "/api/v1/webhooks/"
ASKED = {"url": "https://example.com/hook", "events": ["run.published", "account.box_changed"]}


@pytest.fixture
def hook(api):
    return api("manager").post(HOOKS, ASKED, format="json").json()


def test_a_new_webhook_shows_its_secret_once(api, hook):
    answer = api("manager").post(HOOKS, ASKED, format="json")

    assert answer.status_code == 201
    row = WebhookEndpoint.objects.get(pk=answer.json()["id"])
    assert answer.json()["secret"] == secret_of(row.salt)
    assert row.owner.email == row.created_by.email == "manager@example.com"
    [again, first] = api("manager").get(HOOKS).json()["results"]
    assert again == {name: value for name, value in answer.json().items() if name != "secret"}
    assert api("manager").get(answer.headers["Location"]).json() == again
    assert first["events"] == sorted(ASKED["events"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "url"),
        ([], ""),
        ({"url": 5, "events": ["run.published"]}, "url"),
        ({**ASKED, "url": "http://example.com"}, "url"),
        ({**ASKED, "url": "https://" + "a" * 600}, "url"),
        ({**ASKED, "events": []}, "events"),
        ({**ASKED, "events": "run.published"}, "events"),
        ({**ASKED, "events": ["everything"]}, "events"),
        ({**ASKED, "events": [["run.published"]]}, "events"),
        ({**ASKED, "owner": 1}, "owner"),
    ],
)
def test_what_is_not_right_is_named(api, body, field):
    answer = api("manager").post(HOOKS, body, format="json")

    assert answer.status_code == 400
    assert field in {error["field"] for error in answer.json()["errors"]}
    assert not WebhookEndpoint.objects.exists()


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "10.1.2.3", "[::1]", "[::ffff:10.0.0.1]", "localhost", "a.localhost.",
     "vault.internal", "169.254.169.254"],
)  # fmt: skip
def test_an_address_in_a_private_network_is_refused_at_once(api, host, settings):
    asked = {**ASKED, "url": f"https://{host}/hook"}
    answer = api("manager").post(HOOKS, asked, format="json")

    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["field"] == "url" and "private network" in str(error)
    assert not WebhookEndpoint.objects.exists()
    settings.WEBHOOKS_TO_PRIVATE = True
    assert api("manager").post(HOOKS, asked, format="json").status_code == 201


def test_one_person_has_only_so_many(api, portfolio):
    for _number in range(endpoints.MOST):
        assert api("manager").post(HOOKS, ASKED, format="json").status_code == 201

    assert api("manager").post(HOOKS, ASKED, format="json").status_code == 400
    assert api("member").post(HOOKS, ASKED, format="json").status_code == 201


def test_nobody_sees_tries_or_ends_the_webhooks_of_others(api, hook):
    address = f"{HOOKS}{hook['id']}/"

    assert api("finance").get(HOOKS).json()["results"] == []
    for answer in (
        api("finance").get(address),
        api("finance").delete(address),
        api("finance").get(f"{address}deliveries/"),
        api("finance").post(f"{address}ping/"),
    ):
        assert answer.status_code == 404
    assert WebhookEndpoint.objects.count() == 1


def test_a_ping_waits_in_the_queue_and_its_delivery_tells_what_came_of_it(api, hook):
    address = f"{HOOKS}{hook['id']}/"

    told = api("manager").post(f"{address}ping/")

    assert told.status_code == 202
    assert (told.json()["event"], told.json()["state"], told.json()["attempts"]) == ("ping", "waiting", 0)
    assert api("manager").get(f"{address}deliveries/").json()["results"] == [told.json()]
    assert api("manager").get(f"{address}deliveries/?state=dead").json()["results"] == []


def test_an_end_takes_along_what_still_waits(api, hook):
    api("manager").post(f"{HOOKS}{hook['id']}/ping/")

    assert api("manager").delete(f"{HOOKS}{hook['id']}/").status_code == 204
    assert not WebhookDelivery.objects.exists()
    assert api("manager").delete(f"{HOOKS}{hook['id']}/").status_code == 404


def test_tokens_need_the_scope(with_token, hook):
    reading, writing = with_token("manager", Scope.READ_WEBHOOKS), with_token("manager", Scope.WRITE_WEBHOOKS)

    assert reading.get(HOOKS).status_code == 200
    assert reading.post(HOOKS, ASKED, format="json").status_code == 403
    assert writing.get(HOOKS).status_code == 403
    assert writing.post(HOOKS, ASKED, format="json").status_code == 201


def test_an_administrator_has_no_accounts_to_be_told_of(api):
    assert api("admin").post(HOOKS, ASKED, format="json").status_code == 403


def test_answers_fit_their_description(api, hook):
    paths = api("manager").get("/api/v1/schema/").json()["paths"]

    def described(path: str, method: str, status: str):
        return Draft202012Validator(paths[path][method]["responses"][status]["content"]["application/json"]["schema"])

    described("/api/v1/webhooks/", "post", "201").validate(hook)
    described("/api/v1/webhooks/", "get", "200").validate(api("manager").get(HOOKS).json())
    ping = api("manager").post(f"{HOOKS}{hook['id']}/ping/").json()
    described("/api/v1/webhooks/{webhook_id}/ping/", "post", "202").validate(ping)
    assert "content" not in paths["/api/v1/webhooks/{webhook_id}/"]["delete"]["responses"]["204"]

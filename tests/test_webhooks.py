"""Webhooks: what is told to whom, signed, sent, tried again and given up; where they must not lead."""

import hashlib
import hmac
import json
import socket
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import urllib3
from django.utils import timezone

from accounts.models import WebhookDelivery, WebhookEndpoint
from kam_portal.webhooks import endpoints, guard, queue, sending
from kam_portal.webhooks.events import BOX_CHANGED, EVENTS, RUN_PUBLISHED, announce
from profitability import releases
from profitability.models import Publication, Run
from relationships.models import PositionChange
from tests.factories import a_portfolio

pytestmark = pytest.mark.django_db
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
JUST_BEFORE = datetime(2026, 3, 1, 12, tzinfo=UTC)  # between the two runs of the portfolio


@pytest.fixture
def portfolio():
    return a_portfolio()


@pytest.fixture
def debug(settings):
    settings.DEBUG = settings.WEBHOOKS_TO_PRIVATE = True


@contextmanager
def listening(answer=200, headers=(), sleep=None):
    """A real server that keeps what it gets."""
    got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append((self.path, dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            if sleep:
                sleep.wait(30)
            self.send_response(answer if isinstance(answer, int) else answer[min(len(got), len(answer)) - 1])
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/hook?of=kam", got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def endpoint(portfolio, who: str, url: str = "https://example.com/hook", events=EVENTS, since=JUST_BEFORE):
    row, secret = endpoints.create(portfolio.user(who), url, list(events), portfolio.user(who))
    WebhookEndpoint.objects.filter(pk=row.pk).update(told_until=since)
    return row, secret


def bodies(row) -> list[dict]:
    return [json.loads(body) for body in row.deliveries.order_by("pk").values_list("body", flat=True)]


def later(seconds: float) -> None:
    """Let that much time go by for everything that waits."""
    for row in WebhookDelivery.objects.all():
        WebhookDelivery.objects.filter(pk=row.pk).update(next_at=row.next_at - timedelta(seconds=seconds))


def change(portfolio, code: str, *causes: dict) -> None:
    PositionChange.objects.create(
        run=portfolio.run,
        attempt=1,
        account=portfolio.accounts[code],
        kind="box",
        before="star",
        after="strategic",
        causes=list(causes),
        changed_on=portfolio.run.published_at.date(),
    )


# What is told


def test_a_published_run_and_the_changed_boxes_are_told_once(portfolio):
    row, _secret = endpoint(portfolio, "manager")

    assert announce() == 2
    assert announce() == 0
    run, box = bodies(row)
    assert (run["event"], run["run"]["id"]) == (RUN_PUBLISHED, portfolio.run.pk)
    assert (box["event"], box["account"]["code"]) == (BOX_CHANGED, "N4")
    assert (box["before"], box["after"]) == ("streamline", "status")
    assert box["causes"][0]["name"] == "Trust"
    assert run["id"] != box["id"]


def test_a_run_that_is_published_again_is_told_again_without_its_boxes(portfolio):
    row, _secret = endpoint(portfolio, "manager")
    deaf, _secret = endpoint(portfolio, "manager", events=[BOX_CHANGED])
    announce()
    earlier = Run.objects.get(state=Run.State.SUPERSEDED)

    releases.publish_again(earlier.pk, portfolio.user("finance"), "Wrong costs")

    assert (announce(), announce()) == (1, 0)
    told = [body["run"] for body in bodies(row) if body["event"] == RUN_PUBLISHED]
    assert [(run["id"], run["published_again_at"]) for run in told] == [
        (portfolio.run.pk, None),
        (earlier.pk, Publication.objects.get().published_at.isoformat()),
    ]
    assert [body["event"] for body in bodies(deaf)] == [BOX_CHANGED]


def test_only_the_events_asked_for_and_only_from_now_on(portfolio):
    only_runs, _secret = endpoint(portfolio, "manager", events=[RUN_PUBLISHED])
    from_now, _secret = endpoints.create(
        portfolio.user("manager"), "https://example.com", [RUN_PUBLISHED], portfolio.user("manager")
    )
    announce()

    assert [body["event"] for body in bodies(only_runs)] == [RUN_PUBLISHED]
    assert bodies(from_now) == []


def test_each_hears_only_of_the_accounts_that_the_owner_sees(portfolio):
    change(portfolio, "S1")
    seen = {}
    for who in ("manager", "stranger", "finance"):
        row, _secret = endpoint(portfolio, who, events=[BOX_CHANGED])
        announce()
        seen[who] = [body["account"]["code"] for body in bodies(row)]

    assert seen == {"manager": ["N4"], "stranger": ["S1"], "finance": ["N4", "S1"]}


def test_who_may_not_see_profit_is_not_told_causes_that_rest_on_it(portfolio):
    shared = {"code": "x", "name": "X", "effect": 1.0}
    change(portfolio, "N1", {"cause": "data", "axis": "attractiveness", **shared},
           {"cause": "rating", "axis": "relationship", **shared})  # fmt: skip
    told = {}
    for who in ("member", "manager"):
        row, _secret = endpoint(portfolio, who, events=[BOX_CHANGED])
        announce()
        told[who] = [
            cause["axis"] for body in bodies(row) if body["account"]["code"] == "N1" for cause in body["causes"]
        ]

    assert told == {"member": ["relationship"], "manager": ["attractiveness", "relationship"]}


@pytest.mark.parametrize("fate", ["gone", "administrator", "switched off"])
def test_nothing_is_told_for_somebody_who_may_not_see_accounts(portfolio, fate):
    row, _secret = endpoint(portfolio, "manager")
    user = portfolio.user("manager")
    user.is_active, user.role = fate != "gone", "admin" if fate == "administrator" else user.role
    user.save()
    WebhookEndpoint.objects.filter(pk=row.pk).update(is_active=fate != "switched off")
    announce()

    assert bodies(row) == []


# How it is sent


def test_what_is_sent_is_signed_over_its_time_and_body(portfolio, debug):
    with listening() as (url, got):
        row, secret = endpoint(portfolio, "manager", url, [RUN_PUBLISHED])
        announce()
        assert queue.send_due(row.pk) == 1

    [(path, headers, body)] = got
    stamp, signed = (part.partition("=")[2] for part in headers["KAM-Signature"].split(","))
    expected = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(signed, expected)
    assert abs(int(stamp) - timezone.now().timestamp()) < 60
    assert path == "/hook?of=kam"
    assert headers["Host"] == url.split("/")[2]
    assert (headers["KAM-Event"], headers["Content-Type"]) == (RUN_PUBLISHED, "application/json")
    assert json.loads(body)["run"]["id"] == portfolio.run.pk
    delivery = row.deliveries.get()
    assert (delivery.state, delivery.attempts, delivery.last_status) == ("delivered", 1, 200)


def test_the_database_does_not_hold_the_secret(portfolio):
    row, secret = endpoint(portfolio, "manager")
    stored = WebhookEndpoint.objects.values().get(pk=row.pk)

    assert secret not in str(stored)
    assert secret.removeprefix("whsec_") not in str(stored)
    assert sending.secret_of(stored["salt"]) == secret


def test_a_failure_ends_the_round_and_is_tried_again_in_order(portfolio, debug):
    with listening([500, 200]) as (url, got):
        row, _secret = endpoint(portfolio, "manager", url)
        announce()
        assert queue.send_due(row.pk) == 0
        first, second = row.deliveries.order_by("pk")
        assert (first.state, first.attempts, first.last_status, second.attempts) == ("waiting", 1, 500, 0)
        later(60)
        assert queue.send_due(row.pk) == 2

    assert [headers["KAM-Event"] for _path, headers, _body in got] == [RUN_PUBLISHED, RUN_PUBLISHED, BOX_CHANGED]
    assert got[0][2] == got[1][2]


def test_who_never_listens_is_given_up_after_ever_longer_waits(portfolio, debug):
    with listening(503) as (url, got):
        row, _secret = endpoint(portfolio, "manager", url, [RUN_PUBLISHED])
        announce()
        waits = []
        for _round in range(queue.ATTEMPTS + 2):
            queue.send_due(row.pk)
            delivery = row.deliveries.get()
            waits.append(delivery.next_at - timezone.now())
            later(24 * 60 * 60)

    assert (delivery.state, delivery.attempts, len(got)) == ("dead", queue.ATTEMPTS, queue.ATTEMPTS)
    assert waits[:5] == sorted(waits[:5])
    assert delivery.finished_at is not None


def test_a_redirect_is_not_followed(portfolio, debug):
    with listening() as (other, elsewhere), listening(302, [("Location", other)]) as (url, _got):
        row, _secret = endpoint(portfolio, "manager", url, [RUN_PUBLISHED])
        announce()
        assert queue.send_due(row.pk) == 0

    assert elsewhere == []
    assert row.deliveries.get().last_status == 302


def test_a_slow_endpoint_is_left_after_the_time_limit(portfolio, debug, monkeypatch):
    monkeypatch.setattr(sending, "LIMITS", urllib3.Timeout(connect=1, read=0.2, total=1))
    sleep = threading.Event()
    with listening(sleep=sleep) as (url, _got):
        row, _secret = endpoint(portfolio, "manager", url, [RUN_PUBLISHED])
        announce()
        assert queue.send_due(row.pk) == 0
        sleep.set()

    delivery = row.deliveries.get()
    assert (delivery.state, delivery.last_status, delivery.last_error) == ("waiting", None, "ReadTimeoutError")


def test_nobody_there_is_a_failure_too(portfolio, debug):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    row, _secret = endpoint(portfolio, "manager", f"http://localhost:{port}/", [RUN_PUBLISHED])
    announce()

    assert queue.send_due(row.pk) == 0
    assert row.deliveries.get().last_error


def test_a_delivery_is_claimed_by_one_worker(portfolio):
    row, _secret = endpoint(portfolio, "manager", events=[RUN_PUBLISHED])
    announce()
    pk = row.deliveries.get().pk

    assert queue.claimed(pk).attempts == 1
    assert queue.claimed(pk) is None
    later(queue.LEASE.total_seconds())
    assert queue.claimed(pk).attempts == 2


def test_what_is_due_is_handed_to_a_worker_by_endpoint(portfolio, monkeypatch):
    from kam_portal import tasks

    row, _secret = endpoint(portfolio, "manager")
    woken = []
    monkeypatch.setattr(tasks.send_webhooks, "delay", woken.append)

    assert queue.hand_over() == 1
    assert woken == [row.pk]


def test_finished_deliveries_are_forgotten_after_thirty_days(portfolio):
    row, _secret = endpoint(portfolio, "manager")
    announce()
    old, _new = row.deliveries.order_by("pk")
    WebhookDelivery.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=31))
    queue.tidy()

    assert row.deliveries.count() == 1


# Where it may lead


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "https://",
        "https:///path",
        "https://user@example.com/",
        "https://user:pass@example.com/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "https://example.com:99999/",
        "https://[::1",
        "https://exämple.com/",
        "https://example.com/\nHost: other",
        "http://localhost/",
        "javascript:alert(1)",
        "",
    ],
)
def test_addresses_that_are_not_kept(url):
    with pytest.raises(guard.Refused):
        guard.checked(url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fc00::1", "fd12::1", "fe80::1", "fe80::1%eth0", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:a00:1::", "2001:0:7f00:1::f5ff:fffe",
    ],
)  # fmt: skip
def test_private_network_addresses_are_not_public(address):
    assert not guard.is_public(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::808:808"]
)
def test_public_ones_are(address):
    assert guard.is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "0x7f000001", "2130706433", "0177.0.0.1", "127.1", "localhost", "[::1]",
                                  "[::ffff:127.0.0.1]", "0"])  # fmt: skip
def test_no_spelling_of_this_machine_is_called(host):
    answer = sending.send(f"https://{host}/", "secret", b"{}", 0, "ping", 1)

    assert answer.status is None
    assert not answer.is_good


def test_a_name_that_stands_for_a_private_address_too_is_refused(monkeypatch):
    def both(*_words, **_options):
        return [(2, 1, 6, "", (address, 443)) for address in ("93.184.215.14", "10.0.0.1")]

    monkeypatch.setattr(guard.socket, "getaddrinfo", both)

    with pytest.raises(guard.Refused):
        guard.address_of(guard.checked("https://example.com/"))


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch):
    """A name that leads elsewhere at the second look gains nothing: there is none."""
    asked, connected = [], []
    monkeypatch.setattr(sending.guard, "address_of", lambda parts: asked.append(parts.hostname) or "93.184.215.14")

    class Pool(urllib3.HTTPSConnectionPool):
        def urlopen(self, *_words, **_options):
            connected.append((self.host, self.conn_kw["server_hostname"], self.assert_hostname, _options))
            raise urllib3.exceptions.ProtocolError("enough seen")

    monkeypatch.setattr(urllib3, "HTTPSConnectionPool", Pool)
    sending.send("https://example.com/hook", "secret", b"{}", 0, "ping", 1)

    assert asked == ["example.com"]
    [(host, name, asserted, options)] = connected
    assert host == "93.184.215.14"
    assert name == asserted == options["headers"]["Host"] == "example.com"
    assert options["redirect"] is False


# The administrator's pages


@pytest.fixture
def admin(portfolio, client):
    client.force_login(portfolio.user("admin"))
    return client


ADMIN = "/admin/accounts/webhookendpoint/"


def test_an_administrator_makes_one_for_somebody_and_sees_the_secret_once(portfolio, admin):
    owner = portfolio.user("manager")
    asked = {"owner": owner.pk, "url": "https://example.com/hook", "events": [RUN_PUBLISHED]}

    page = admin.post(f"{ADMIN}add/", asked, follow=True).content.decode()

    row = WebhookEndpoint.objects.get()
    assert (row.owner, row.created_by, row.events) == (owner, portfolio.user("admin"), [RUN_PUBLISHED])
    assert sending.secret_of(row.salt) in page
    again = admin.get(f"{ADMIN}{row.pk}/change/").content.decode()
    assert "https://example.com/hook" in again
    assert sending.secret_of(row.salt) not in again
    assert row.salt not in again


@pytest.mark.parametrize(
    "wrong", [{"url": "http://example.com/"}, {"events": ["everything"]}, {"events": []}, {"owner": "admin"}]
)
def test_what_is_not_right_makes_none(portfolio, admin, wrong):
    asked = {"owner": portfolio.user("manager").pk, "url": "https://example.com/hook", "events": [RUN_PUBLISHED]}
    wrong = {name: portfolio.user("admin").pk if value == "admin" else value for name, value in wrong.items()}

    assert admin.post(f"{ADMIN}add/", asked | wrong).status_code == 200
    assert not WebhookEndpoint.objects.exists()


def test_an_administrator_switches_one_off_tries_it_and_reads_what_came_of_it(portfolio, admin):
    row, _secret = endpoint(portfolio, "manager")
    announce()

    admin.post(ADMIN, {"action": "ping", "_selected_action": [row.pk]})
    listed = admin.get("/admin/accounts/webhookdelivery/").content.decode()
    one = admin.get(f"/admin/accounts/webhookdelivery/{row.deliveries.first().pk}/change/").content.decode()
    admin.post(f"{ADMIN}{row.pk}/change/", {})

    assert "ping" in listed
    assert BOX_CHANGED in listed
    assert "N4" not in listed + one
    row.refresh_from_db()
    assert not row.is_active

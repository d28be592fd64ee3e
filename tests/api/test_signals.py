"""Signals over REST and by webhook: read only, each once, and none to who may not see it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import WebhookDelivery
from kam_portal.webhooks import endpoints, queue
from kam_portal.webhooks.events import SIGNAL_OPENED
from kam_portal.webhooks.opened import announce_signals
from relationships.models import Plan
from relationships.signals import kinds
from tests.relationships.signals import a_plan, a_signal

SLIPPED = {"kind": "stage_slipping", "facts": {"before": "integrated", "after": "basic", "on": "2025-05-01"}}


@pytest.fixture
def signals(portfolio):
    """One of each sort: plain, of profit, of a confidential plan, of another team, of the company."""
    today = timezone.localdate()
    mine, plan = portfolio.accounts["N1"], a_plan(portfolio, "N1", visibility=Plan.Visibility.PLAN_TEAM)
    for account, key, fields in (
        (mine, "plain", {}),
        (mine, "profit", {"tells_profit": True}),
        (mine, "plan", {"plan": plan}),
        (portfolio.accounts["S1"], "other", {}),
        (None, "company", {"tells_company": True}),
    ):
        row = a_signal(account, key, **SLIPPED | fields)
        type(row).objects.filter(pk=row.pk).update(since_on=today, facts=row.facts | {"key": key})
    return portfolio


SEEN = [
    ("member", {"plain"}),
    ("manager", {"plain", "profit", "plan"}),
    ("stranger", {"other"}),
    ("finance", {"plain", "profit", "other", "company"}),
    ("executive", {"plain", "profit", "plan", "other", "company"}),
]


@pytest.mark.parametrize(("who", "seen"), SEEN)
def test_each_reads_what_he_may_see_and_counts_no_more(with_token, signals, who, seen):
    answer = with_token(who, "signals:read").get("/api/v1/signals/?count=1").json()

    assert {row["facts"]["key"] for row in answer["results"]} == seen
    assert answer["count"] == len(seen)


def test_a_row_tells_the_cause_and_what_to_do(api, signals):
    (row,) = api("member").get("/api/v1/signals/?account_code=N1&state=open&kind=stage_slipping").json()["results"]

    assert row["text"] == "The relationship slipped from Integrated to Basic on 1 May 2025."
    assert row["action"] == "Talk about the relationship with the customer"
    assert (row["account_code"], row["owner"], row["answer"]) == ("N1", "manager@example.com", None)


def test_it_takes_the_scope_and_nothing_can_be_written(with_token, signals):
    assert with_token("manager", "scores:read").get("/api/v1/signals/").status_code == 403
    assert with_token("manager").post("/api/v1/signals/", {}).status_code == 405


def test_an_unknown_kind_is_refused(api, signals):
    assert api("manager").get("/api/v1/signals/?kind=nothing").status_code == 400


@pytest.mark.parametrize("who", ["member", "manager", "lead", "stranger", "finance", "executive"])
def test_a_kind_that_one_is_told_nothing_of_answers_empty(api, signals, who, monkeypatch):
    monkeypatch.setattr("kam_portal.api.signals.told", lambda kind, _facts: kind)
    for account in signals.accounts.values():
        for kind in kinds.ALL:
            flags = {"tells_profit": kind.tells_profit, "tells_company": kind.tells_company}
            a_signal(None if kind.tells_company else account, f"{kind.code}:{account.code}", kind=kind.code, **flags)
    told = {kind.code for kind in kinds.told_to(signals.user(who))}
    withheld = set(kinds.KINDS) - told
    client = api(who)

    for code in withheld:
        for query in ("", "&state=open", "&account_code=N1"):
            answer = client.get(f"/api/v1/signals/?kind={code}&count=1{query}").json()
            assert (answer["results"], answer["count"], answer["next"]) == ([], 0, None), code
    everything = client.get("/api/v1/signals/?page_size=1000").json()["results"]
    assert not {row["kind"] for row in everything} & withheld
    assert bool(withheld) == (who not in ("finance", "executive"))


@pytest.mark.parametrize(("who", "seen"), SEEN)
def test_a_webhook_tells_each_opened_one_once_and_no_hidden_one(signals, who, seen):
    user, now = signals.user(who), timezone.now()
    row, _secret = endpoints.create(user, "https://example.com/hook", [SIGNAL_OPENED], user)

    told = announce_signals(now)
    again = announce_signals(now + timedelta(hours=1))

    assert (told, again) == (len(seen), 0)
    bodies = [json.loads(each.body) for each in WebhookDelivery.objects.filter(endpoint=row)]
    assert {body["event"] for body in bodies} == {SIGNAL_OPENED}
    assert all(body["signal"]["text"] for body in bodies)


def test_an_endpoint_that_did_not_ask_hears_nothing(signals, monkeypatch):
    from kam_portal import tasks

    monkeypatch.setattr(tasks.send_webhooks, "delay", lambda _endpoint: None)
    user = signals.user("manager")
    endpoints.create(user, "https://example.com/hook", ["run.published"], user)

    queue.hand_over()

    assert not WebhookDelivery.objects.filter(event=SIGNAL_OPENED).exists()

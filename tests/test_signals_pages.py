"""The pages of signals: who sees which, filters, acting in place, and thresholds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account
from relationships.models import Action, Plan, Signal, SignalThreshold
from relationships.signals import thresholds
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.signals import a_plan, a_signal, admit

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def portfolio():
    return a_portfolio()


@pytest.fixture
def open_as(portfolio):
    """`open_as("lead")`: a browser in which that person is signed in."""

    def signed_in(who: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(who))
        return client

    return signed_in


@pytest.fixture
def signal(portfolio) -> Signal:
    return a_signal(portfolio.accounts["N1"])


def act(client: Client, signal: Signal, do: str, **fields):
    return client.post(f"/signals/{signal.pk}/act/", {"do": do, "back": "/signals/?kind=no_plan"} | fields)


def grouped(client: Client, query: str = "") -> list[tuple[str, list[str]]]:
    """The code of each account of the page, "" for the whole portfolio, with the keys of its signals."""
    groups = client.get(f"/signals/{query}").context["groups"]
    return [(each.account.code if each.account else "", [line.signal.key for line in each.lines]) for each in groups]


def listed(client: Client, query: str = "") -> set[str]:
    return {key for _code, keys in grouped(client, query) for key in keys}


# Who sees which


LATE = {
    "kind": "action_overdue",
    "facts": {"text": "Call back", "on": "2026-03-01", "days": 2, "owner": "", "count": 1},
}


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("manager", {"plain", "profit", "plan"}),
        ("lead", {"plain", "profit", "plan"}),
        ("member", {"plain"}),
        ("finance", {"plain", "profit", "company", "other"}),
        ("executive", {"plain", "profit", "company", "other", "plan"}),
        ("stranger", {"other"}),
    ],
)
def test_each_reader_sees_what_he_may(portfolio, open_as, who, seen):
    mine, theirs = portfolio.accounts["N1"], portfolio.accounts["S1"]
    plan = a_plan(portfolio, "N1", visibility=Plan.Visibility.PLAN_TEAM)
    a_signal(mine, "plain", **LATE)
    a_signal(mine, "profit", tells_profit=True, **LATE)
    a_signal(mine, "plan", plan=plan, **LATE)
    a_signal(theirs, "other", **LATE)
    a_signal(None, "company", kind="no_plan", tells_company=True)
    client = open_as(who)

    assert listed(client) == seen
    assert client.get("/signals/").context["tabs"][0]["count"] == len(seen)


@pytest.mark.parametrize(
    ("who", "is_told"), [("executive", 1), ("manager", 1), ("lead", 1), ("member", 0), ("finance", 0)]
)
def test_that_a_plan_is_missing_is_told_to_those_from_whom_none_is_hidden(portfolio, open_as, who, is_told):
    a_signal(portfolio.accounts["N1"], "no-plan", kind="no_plan")

    assert Signal.objects.visible_to(portfolio.user(who)).count() == is_told


def test_a_hidden_signal_and_a_missing_one_read_alike(portfolio, open_as):
    hidden = a_signal(portfolio.accounts["S1"])
    client = open_as("manager")

    answers = [client.post(f"/signals/{pk}/act/", {"do": "done"}) for pk in (hidden.pk, 999_999)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Signal.objects.get().state == "open"


def test_the_account_shows_its_open_ones(portfolio, open_as):
    secret = LATE["facts"] | {"text": "PROFIT"}
    a_signal(portfolio.accounts["N1"], "plain", **LATE)
    a_signal(portfolio.accounts["N1"], "secret", tells_profit=True, kind="action_overdue", facts=secret)

    page = open_as("member").get("/accounts/N1/").content.decode()

    assert "Needs attention" in page
    assert "Call back" in page
    assert "PROFIT" not in page


# Filters


def test_filters_stand_in_the_address(portfolio, open_as):
    accounts, today = portfolio.accounts, timezone.localdate()
    a_signal(accounts["N1"], "a")
    a_signal(accounts["N2"], "b", kind="review_due", facts={"on": "2026-03-01", "days": 1, "planned": True})
    a_signal(accounts["S1"], "c")
    a_signal(accounts["S1"], "later", snoozed_until=today + timedelta(days=3))
    client = open_as("executive")

    assert listed(client) == {"a", "b", "c"}
    assert listed(client, "?kind=review_due") == {"b"}
    assert listed(client, "?account=n1") == {"a"}
    assert listed(client, "?team=south") == {"c"}
    assert listed(client, f"?owner={portfolio.user('stranger').pk}&show=later") == {"later"}
    assert listed(open_as("manager"), "?owner=me") == {"a", "b"}
    assert listed(client, "?kind=nothing") == set()


@pytest.mark.parametrize(
    ("who", "kind", "is_offered"),
    [("member", "unprofitable", False), ("member", "contribution_falling", False), ("member", "gone_quiet", True),
     ("manager", "unprofitable", True)],
)  # fmt: skip
def test_a_kind_of_which_one_is_told_nothing_is_no_choice_and_unknown(portfolio, open_as, who, kind, is_offered):
    page = open_as(who).get(f"/signals/?kind={kind}")

    assert (f'value="{kind}"' in page.content.decode()) is is_offered
    assert ("kind" in page.context["form"].errors) is not is_offered


def test_the_list_asks_the_database_as_often_for_many(portfolio, open_as, django_assert_max_num_queries):
    for place in range(45):
        a_signal(portfolio.accounts[f"N{place % 6 + 1}"], f"k{place}")
    client = open_as("manager")

    with django_assert_max_num_queries(16):
        page = client.get("/signals/")

    assert sum(len(each.lines) for each in page.context["groups"]) == 45


# By account


def test_the_signals_of_an_account_stand_under_it_the_heaviest_first(portfolio, open_as):
    accounts = portfolio.accounts
    a_signal(accounts["N1"], "light", weight=Decimal(1))
    a_signal(accounts["N2"], "middle", weight=Decimal(5))
    a_signal(accounts["N1"], "heavy", weight=Decimal(9))
    a_signal(None, "company", weight=Decimal(3))

    assert grouped(open_as("executive")) == [("N1", ["heavy", "light"]), ("N2", ["middle"]), ("", ["company"])]


def test_each_tab_has_its_own_order_of_accounts(portfolio, open_as):
    accounts, today = portfolio.accounts, timezone.localdate()
    for days, code in ((1, "N1"), (2, "N2")):
        a_signal(accounts[code], f"soon{days}", snoozed_until=today + timedelta(days=days), weight=Decimal(days))
        ended = {"state": "done", "ended_on": today - timedelta(days=days), "ended_by": portfolio.user("lead")}
        a_signal(accounts[code], f"ended{days}", weight=Decimal(days), **ended)
    client = open_as("manager")

    assert [code for code, _keys in grouped(client, "?show=later")] == ["N1", "N2"]
    assert [code for code, _keys in grouped(client, "?show=done")] == ["N1", "N2"]


def test_a_page_tears_no_account_apart(portfolio, open_as, monkeypatch):
    monkeypatch.setattr("kam_portal.views.signals.A_PAGE", 2)
    for place in range(9):
        a_signal(portfolio.accounts[f"N{place % 3 + 1}"], f"k{place}", weight=Decimal(place))
    client = open_as("manager")

    first, second = grouped(client), grouped(client, "?page=2")

    assert first == [("N3", ["k8", "k5", "k2"]), ("N2", ["k7", "k4", "k1"])]
    assert second == [("N1", ["k6", "k3", "k0"])]
    assert "the signals of one stand together" in client.get("/signals/").content.decode()


def test_what_one_may_not_see_moves_no_account_up(portfolio, open_as):
    a_signal(portfolio.accounts["N1"], "hidden", weight=Decimal(9), tells_profit=True, **LATE)
    a_signal(portfolio.accounts["N1"], "light", weight=Decimal(1), **LATE)
    a_signal(portfolio.accounts["N2"], "middle", weight=Decimal(5), **LATE)

    assert grouped(open_as("member")) == [("N2", ["middle"]), ("N1", ["light"])]


def test_an_account_is_named_once_with_its_manager(portfolio, open_as):
    for key in "abc":
        a_signal(portfolio.accounts["N1"], key)

    page = open_as("manager").get("/signals/").content.decode()

    assert page.count('<h2 id="signals-') == 1
    assert "3 signals</p>" in page
    assert page.count(f"{portfolio.accounts['N1'].manager} · 3 signals") == 1


# Acting


def test_done_with_an_answer_and_open_again(open_as, portfolio, signal):
    client = open_as("manager")

    answer = act(client, signal, "done", answer="Called Ada")
    signal.refresh_from_db()
    done = (signal.state, signal.answer, signal.ended_by)
    act(client, signal, "reopen")
    signal.refresh_from_db()

    assert answer.url == "/signals/?kind=no_plan"
    assert done == ("done", "Called Ada", portfolio.user("manager"))
    assert (signal.state, signal.answer, signal.ended_by, signal.ended_on) == ("open", "", None, None)


def test_put_off_and_shown_again(open_as, signal):
    client, today = open_as("manager"), timezone.localdate()

    act(client, signal, "snooze", days="14")
    later = Signal.objects.get().snoozed_until
    act(client, signal, "wake")

    assert later == today + timedelta(days=14)
    assert Signal.objects.get().snoozed_until is None


@pytest.mark.parametrize("fields", [{"days": "9999"}, {"until": "2020-01-01"}, {"until": "x"}, {}])
def test_not_put_off_to_no_day(open_as, signal, fields):
    act(open_as("manager"), signal, "snooze", **fields)

    assert Signal.objects.get().snoozed_until is None


def test_made_an_action_in_place(open_as, portfolio, signal):
    due = timezone.localdate() + timedelta(days=5)
    member = portfolio.user("member")

    act(open_as("manager"), signal, "action", text="Begin the plan", owner=member.pk, due_on=due.isoformat())

    action = Action.objects.get()
    signal.refresh_from_db()
    assert (action.text, action.owner, action.due_on) == ("Begin the plan", member, due)
    assert action.account == portfolio.accounts["N1"]
    assert signal.state == "done"
    assert signal.answer.endswith(": Begin the plan")


def test_an_action_for_a_stranger_changes_nothing(open_as, portfolio, signal):
    act(open_as("manager"), signal, "action", text="Call", owner=portfolio.user("stranger").pk)

    assert not Action.objects.exists()
    assert Signal.objects.get().state == "open"


def test_who_comes_second_is_told_and_adds_no_second_action(open_as, portfolio, signal):
    act(open_as("lead"), signal, "done", answer="Called")

    answer = open_as("manager").post(
        f"/signals/{signal.pk}/act/",
        {"do": "action", "text": "Call", "owner": portfolio.user("manager").pk},
        **HTMX,
    )

    assert "Somebody was faster" in answer.content.decode()
    assert not Action.objects.exists()
    assert Signal.objects.get().answer == "Called"


@pytest.mark.parametrize("do", ["done", "snooze", "action", "nothing"])
def test_a_member_reads_and_changes_nothing(open_as, signal, do):
    act(open_as("member"), signal, do, days="7", text="Call")

    assert Signal.objects.get().state == "open"
    assert Signal.objects.get().snoozed_until is None
    assert not Action.objects.exists()


def test_of_the_whole_portfolio_only_who_steers_it_disposes(open_as):
    signal = a_signal(None)

    act(open_as("lead"), signal, "done")
    before = Signal.objects.get().state
    act(open_as("executive"), signal, "done")

    assert (before, Signal.objects.get().state) == ("open", "done")


def test_htmx_gets_the_line_as_it_is_then(open_as, signal):
    answer = open_as("manager").post(f"/signals/{signal.pk}/act/", {"do": "done", "answer": "Called"}, **HTMX)

    page = answer.content.decode()
    assert page.lstrip().startswith("<li")
    assert "Called" in page
    assert "Open it again" in page
    assert "signals-heading" not in page  # it was no list


def test_htmx_gets_the_counts_of_the_list_as_it_is_filtered(open_as, signal):
    sent = {"do": "done", "back": "/signals/?kind=no_plan&owner=me"}
    page = open_as("manager").post(f"/signals/{signal.pk}/act/", sent, **HTMX).content.decode()

    assert "No signal is open" in page
    assert 'href="/signals/?kind=no_plan&amp;owner=me&amp;show=done">Dealt with <span class="quiet">1</span>' in page
    assert 'value="/signals/?kind=no_plan&amp;owner=me"' in page


@pytest.mark.parametrize("back", ["https://evil.example/x", "//evil.example", "javascript:alert(1)", ""])
def test_one_goes_back_to_no_other_site(open_as, signal, back):
    answer = act(open_as("manager"), signal, "done", back=back)

    assert answer.url.startswith("/") and not answer.url.startswith("//")


# Thresholds


def typed(**changes) -> dict[str, str]:
    """The form as it is shown, with changes."""
    data = {"seen": thresholds.revision()}
    for each in thresholds.every():
        data[f"limit_{each.kind.code}"] = each.typed
        if each.is_on:
            data[f"on_{each.kind.code}"] = "on"
    return data | changes


def test_only_what_differs_is_kept_and_signals_follow_at_once(open_as, portfolio):
    admit(portfolio, "N3")  # loses 15,000
    client = open_as("executive")

    client.post("/signals/settings/", typed(do="save"))
    loses = set(Signal.objects.filter(state="open", kind="unprofitable").values_list("account__code", flat=True))
    client.post("/signals/settings/", typed(do="save", limit_unprofitable="20,000", limit_contribution_falling="25,5"))

    assert loses == {"N3"}
    assert not Signal.objects.filter(state="open", kind="unprofitable").exists()
    kept = {row.kind: str(row.limit) for row in SignalThreshold.objects.all()}
    assert kept == {"unprofitable": "20000.0000", "contribution_falling": "0.2550"}


def test_trying_counts_and_keeps_nothing(open_as, portfolio):
    admit(portfolio, "N3")

    page = open_as("executive").post("/signals/settings/", typed(do="try")).content.decode()

    assert "With these thresholds" in page
    assert not Signal.objects.exists()
    assert not SignalThreshold.objects.exists()


@pytest.mark.parametrize("limit", ["", "x", "-1", "NaN", "1e99", "2.5", "2.500"])
def test_a_limit_that_is_none_is_told_beside_it(open_as, limit):
    answer = open_as("executive").post("/signals/settings/", typed(do="save", limit_no_plan=limit))

    assert answer.status_code == 422
    assert 'id="problem-no_plan"' in answer.content.decode()
    assert not SignalThreshold.objects.exists()


@pytest.mark.parametrize(
    ("limit", "said"), [("x", "“x” is not a number."), ("-1", "From 0 to 1,000,000,000."), ("", "A number is missing.")]
)
def test_the_message_stands_in_a_line_of_its_own_after_the_hint(open_as, limit, said):
    page = page_of(open_as("executive").post("/signals/settings/", typed(do="save", limit_unprofitable=limit)))

    assert page.one("p", id="problem-unprofitable").text == said
    assert f"shipped: 0 {said}" in page.text


def test_somebody_elses_newer_thresholds_are_not_overwritten(open_as):
    outdated = typed(do="save", limit_no_plan="200")
    open_as("finance").post("/signals/settings/", typed(do="save", limit_no_plan="300"))

    open_as("executive").post("/signals/settings/", outdated)

    assert SignalThreshold.objects.get().limit == 300


@pytest.mark.parametrize("who", ["manager", "lead", "member"])
def test_thresholds_are_for_who_steers_the_programme(open_as, who):
    assert open_as(who).get("/signals/settings/").status_code == 403


def test_what_is_looked_at_after_a_publication_does_not_fail_it(portfolio, monkeypatch):
    from kam_portal import recompute, tasks

    def broken(*_args, **_options):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.find_signals, "apply_async", broken)

    recompute.look_for_signals()

    assert Account.objects.exists()

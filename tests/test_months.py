"""Closing months: what may be closed, what a closed month refuses, and corrections as a new run."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Import, User
from kam_portal import months
from kam_portal.recompute import recompute
from profitability.closed_figures import changes_of
from profitability.models import ArchivedMonth, ClosedMonth, MonthClosing, Run
from tests.bringing import bring
from tests.factories import a_portfolio
from tests.ledger import imported
from tests.profitability.test_explain import ACCOUNTS, COSTS, EVENTS, LINES, MODEL

CORRECTED = """\
order_id,line_no,ordered_on,account_code,quantity,list_amount,net_amount,cost_amount
{order},1,{day},A,2,90,90,30
"""


@pytest.fixture
def run(transactional_db, tmp_path, settings):
    settings.VAR_DIR = tmp_path
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    found = recompute(202601, 202602)
    assert found.state == Run.State.PUBLISHED, found.message
    return found


@pytest.fixture
def finance(transactional_db):
    return User.objects.create_user("finance@example.com", "Fin", "finance", "x")


@pytest.fixture
def second(transactional_db):
    return User.objects.create_user("cfo@example.com", "Cfo", "executive", "x")


def ask(month: int, user: User, reason: str = "Wrong invoice") -> int:
    months.ask_to_reopen(month, user, reason)
    return ClosedMonth.objects.get(month=month).asked_id


def reopen(month: int, user: User, second: User) -> None:
    months.confirm_reopening(month, ask(month, user), second)


def log() -> list[tuple]:
    return list(MonthClosing.objects.order_by("pk").values_list("step", "reason", "by__name", "asked_by__name"))


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """What a worker would do is done in the test."""
    monkeypatch.setattr(months, "keep_file", months.keep)


def test_a_closed_month_refuses_imports_by_name_until_it_is_reopened(run, finance, second, tmp_path):
    months.close([202601], finance)

    refused = bring(tmp_path, "order_lines", CORRECTED.format(order="N-1", day="2026-01-25"))
    open_month = bring(tmp_path, "order_lines", CORRECTED.format(order="N-2", day="2026-02-25"))
    assert (refused.state, open_month.state) == (Import.State.REFUSED, Import.State.DONE)
    assert refused.problems[0]["value"] == "2026-01"
    assert "reopen it with a reason" in refused.problems[0]["reason"]

    reopen(202601, finance, second)
    again = bring(tmp_path, "order_lines", CORRECTED.format(order="N-3", day="2026-01-25"))
    assert again.state == Import.State.DONE


def test_a_correction_is_a_new_run_that_says_which_closed_months_changed(run, finance, second, tmp_path):
    months.close([202601], finance)
    months.close([202602], finance)
    reopen(202601, finance, second)
    bring(tmp_path, "order_lines", CORRECTED.format(order="1", day="2026-01-05"))

    corrected = recompute(202601, 202602)

    assert corrected.state == Run.State.PUBLISHED, corrected.message
    assert [(change.month, change.is_closed, change.accounts) for change in changes_of(corrected)] == [
        (202601, False, 1)
    ]
    assert changes_of(run) == []
    run.refresh_from_db()
    assert run.state == Run.State.SUPERSEDED


def test_closing_keeps_the_ledger_as_a_file_and_reopening_drops_it(run, finance, second):
    months.close([202601], finance)
    assert list(ArchivedMonth.objects.values_list("month", flat=True)) == [202601]

    reopen(202601, finance, second)
    assert not ArchivedMonth.objects.exists() and not ClosedMonth.objects.exists()
    months.keep(202601)  # a late message
    assert not ArchivedMonth.objects.exists()
    assert log() == [
        ("closed", "", "Fin", None),
        ("asked", "Wrong invoice", "Fin", None),
        ("reopened", "Wrong invoice", "Cfo", "Fin"),
    ]


def test_nobody_reopens_a_month_alone(run, finance, second):
    months.close([202601], finance)
    asked = ask(202601, finance)

    with pytest.raises(months.CannotClose, match="another person has to confirm"):
        months.confirm_reopening(202601, asked, finance)
    with pytest.raises(months.CannotClose, match="asked to reopen it already"):
        months.ask_to_reopen(202601, second, "Me too")
    assert ClosedMonth.objects.exists() and ArchivedMonth.objects.exists()

    months.confirm_reopening(202601, asked, second)
    assert not ClosedMonth.objects.exists()


def test_a_month_stays_closed_when_the_request_is_declined_or_withdrawn(run, finance, second):
    months.close([202601], finance)
    declined = ask(202601, finance)
    months.leave_closed(202601, declined, second)
    withdrawn = ask(202601, finance)
    months.leave_closed(202601, withdrawn, finance)

    for asked in (declined, withdrawn):
        with pytest.raises(months.CannotClose, match="settled this in the meantime"):
            months.confirm_reopening(202601, asked, second)
    assert ClosedMonth.objects.exists()
    assert [step for step, *_rest in log()] == ["closed", "asked", "declined", "asked", "withdrawn"]


def test_whoever_confirms_answers_the_request_that_was_read(run, finance, second):
    months.close([202601], finance)
    read = ask(202601, finance)
    months.leave_closed(202601, read, finance)
    ask(202601, finance, "Another reason")

    with pytest.raises(months.CannotClose, match="settled this in the meantime"):
        months.confirm_reopening(202601, read, second)


def test_what_no_published_run_covers_or_shows_cannot_be_closed(run, finance, tmp_path):
    with pytest.raises(months.CannotClose, match="No published run has covered"):
        months.close([202512], finance)
    bring(tmp_path, "order_lines", CORRECTED.format(order="N-2", day="2026-02-25"))
    with pytest.raises(months.CannotClose, match="recompute first"):
        months.close([202602], finance)
    months.close([202601], finance)
    with pytest.raises(months.CannotClose, match="already"):
        months.close([202601], finance)
    with pytest.raises(months.CannotClose, match="not closed"):
        months.ask_to_reopen(202602, finance, "x")


def test_nothing_is_closed_while_an_import_runs(run, finance):
    Import.objects.create(kind="order_lines", file_name="x.csv", state=Import.State.RUNNING)

    with pytest.raises(months.CannotClose, match="import is running"):
        months.close([202601], finance)


@pytest.mark.django_db
def test_the_database_wants_a_reason_and_two_persons_for_reopening():
    one, other = (User.objects.create_user(f"{name}@example.com", name, "finance", "x") for name in ("one", "other"))
    for stated in ({"asked_by": one}, {"asked_by": other, "reason": "Wrong invoice"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            MonthClosing.objects.create(month=202601, step="reopened", by=other, **stated)
    MonthClosing.objects.create(month=202601, step="reopened", by=other, asked_by=one, reason="Wrong invoice")


# The page


@pytest.fixture
def portfolio(db):
    return a_portfolio()


def test_finance_closes_and_management_confirms_reopening_on_the_page(portfolio, client):
    client.force_login(portfolio.user("finance"))
    assert "Close Jan 2026" in client.get("/months/").content.decode()

    closed = client.post("/months/202601/close/", follow=True).content.decode()
    assert "Jan 2026 is closed" in closed and "Ask to reopen Jan 2026" in closed and "closed by Finance" in closed

    without = client.post("/months/202601/reopen/", {"reason": " "})
    assert without.status_code == 422 and "This field is required" in without.content.decode()
    asked = client.post("/months/202601/reopen/", {"reason": "Wrong invoice"}, follow=True).content.decode()
    assert "stays closed until another person confirms" in asked and "Withdraw" in asked
    assert "/months/202601/confirm/" not in asked
    request = {"asked": ClosedMonth.objects.get().asked_id}
    alone = client.post("/months/202601/confirm/", request, follow=True).content.decode()
    assert "another person has to confirm" in alone and ClosedMonth.objects.exists()

    client.force_login(portfolio.user("executive"))
    listed = client.get("/months/").content.decode()
    assert "Finance asked to reopen it: Wrong invoice" in listed and "Close Feb 2026" not in listed
    reopened = client.post("/months/202601/confirm/", request, follow=True).content.decode()
    assert "reopened by Executive, asked for by Finance: Wrong invoice" in reopened
    assert not ClosedMonth.objects.exists()


def test_a_request_may_be_declined_on_the_page(portfolio, client):
    client.force_login(portfolio.user("finance"))
    client.post("/months/202601/close/")
    client.post("/months/202601/reopen/", {"reason": "Wrong invoice"})
    request = {"asked": ClosedMonth.objects.get().asked_id}

    client.force_login(portfolio.user("executive"))
    declined = client.post("/months/202601/leave/", request, follow=True).content.decode()

    assert "Executive declined" in declined and "Jan 2026 stays closed" in declined
    assert client.post("/months/202601/leave/").status_code == 404


def test_the_page_says_when_nobody_else_may_confirm(portfolio, client):
    User.objects.filter(role="executive").update(is_active=False)
    client.force_login(portfolio.user("finance"))
    client.post("/months/202601/close/")

    asked = client.post("/months/202601/reopen/", {"reason": "Wrong invoice"}, follow=True).content.decode()

    assert "Nobody else may confirm" in asked


def test_what_cannot_be_closed_says_why(portfolio, client):
    client.force_login(portfolio.user("finance"))

    refused = client.post("/months/202512/close/", follow=True).content.decode()

    assert "Dec 2025: No published run has covered it yet." in refused
    assert client.post("/months/202613/close/").status_code == 404


@pytest.mark.parametrize("role", ["manager", "member", "lead", "executive", "admin"])
def test_only_finance_closes_months(portfolio, client, role):
    client.force_login(portfolio.user(role))

    assert client.get("/months/").status_code == (200 if role == "executive" else 403)
    assert client.post("/months/202601/close/").status_code == 403
    assert not ClosedMonth.objects.exists()

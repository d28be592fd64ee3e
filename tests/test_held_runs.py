"""Figures of a closed month stay as published: a run that would change them waits; an earlier run can be published
again."""

import copy

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import User
from kam_portal import months
from kam_portal.recompute import recompute
from profitability import releases
from profitability.closed_figures import changes, changes_of
from profitability.models import ClosedMonth, MonthClosing, MonthResult, Result, Run, RunDecision
from profitability.queries import earlier_run, published_run
from relationships.models import PositionChange
from tests.bringing import bring
from tests.ledger import imported
from tests.markup import page_of
from tests.profitability.test_explain import ACCOUNTS, COSTS, EVENTS, LINES, MODEL

State = Run.State
NEXT = """\
order_id,line_no,ordered_on,account_code,quantity,list_amount,net_amount,cost_amount
N-1,1,2026-03-05,A,3,10.015,10.015,3.335
"""


@pytest.fixture
def first(transactional_db, tmp_path, settings, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(months, "keep_file", lambda month: None)
    tables = {"accounts": ACCOUNTS, "order_lines": LINES, "activity_events": EVENTS, "resource_costs": COSTS}
    imported(tmp_path / "in", cost_model=MODEL, **tables)
    return ended(recompute(202601, 202602), State.PUBLISHED)


@pytest.fixture
def finance(transactional_db):
    return User.objects.create_user("finance@example.com", "Fin", "finance", "x")


@pytest.fixture
def other_model(first, tmp_path):
    """Another cost model that gives the months other costs to serve."""
    document = copy.deepcopy(MODEL) | {"version": 2}
    document["activities"][0]["minutes"] = {"orders": 1}
    imported(tmp_path / "model", cost_model=document)


def ended(run: Run, state: str) -> Run:
    assert run.state == state, run.message
    return run


def contribution(run: Run, month: int) -> int:
    return sum(MonthResult.objects.filter(run=run, month=month).values_list("contribution", flat=True))


# A run that would change closed months


def test_a_run_that_would_change_a_closed_month_waits_and_says_by_how_much(first, finance, other_model):
    months.close([202601], finance)

    held = ended(recompute(202601, 202602), State.HELD)

    assert published_run() == first and held.published_at is None
    (change,) = changes_of(held)
    moved = {
        account
        for account, _cost in MonthResult.objects.filter(run=first, month=202601, account__isnull=False)
        .values_list("account", "cost_to_serve")
        .difference(
            MonthResult.objects.filter(run=held, month=202601, account__isnull=False).values_list(
                "account", "cost_to_serve"
            )
        )
    }
    assert (change.month, change.accounts, change.is_closed) == (202601, len(moved), True)
    assert change.contribution == int(100 * (contribution(held, 202601) - contribution(first, 202601)))
    assert "Jan 2026: contribution" in held.message and "Feb 2026" not in held.message


def test_the_next_run_with_the_same_difference_waits_too_and_takes_its_place(first, finance, other_model):
    months.close([202601], finance)
    held = recompute(202601, 202602)

    later = ended(recompute(202601, 202602), State.HELD)

    held.refresh_from_db()
    assert held.state == State.DISCARDED and published_run() == first
    assert RunDecision.objects.get(run=held).reason == f"Run {later.pk} took its place."


def test_an_approved_run_is_published_and_its_figures_count_from_then_on(first, finance, other_model):
    months.close([202601], finance)
    held = recompute(202601, 202602)

    with pytest.raises(releases.CannotRelease, match="Say why"):
        releases.approve(held.pk, finance, " ")
    releases.approve(held.pk, finance, "Orders take one minute")

    held.refresh_from_db()
    assert (published_run(), held.state, earlier_run(held)) == (held, State.PUBLISHED, first)
    entry = MonthClosing.objects.latest("pk")
    assert (entry.month, entry.step, entry.run, entry.by, entry.reason) == (
        202601,
        "changed",
        held,
        finance,
        "Orders take one minute",
    )
    ended(recompute(202601, 202602), State.PUBLISHED)
    with pytest.raises(releases.CannotRelease, match="does not wait"):
        releases.approve(held.pk, finance, "Once more")


def test_a_discarded_run_changes_nothing(first, finance, other_model):
    months.close([202601], finance)
    held = recompute(202601, 202602)

    releases.discard(held.pk, finance, "A mistake")

    held.refresh_from_db()
    assert held.state == State.DISCARDED and published_run() == first
    with pytest.raises(releases.CannotRelease, match="does not wait"):
        releases.approve(held.pk, finance, "After all")


def test_what_somebody_approves_is_what_was_read(first, finance, other_model):
    months.close([202601], finance)
    held = recompute(202601, 202602)
    months.close([202602], finance)

    with pytest.raises(releases.CannotRelease, match="closed or reopened since"):
        releases.approve(held.pk, finance, "Orders take one minute")

    assert published_run() == first


def test_a_run_that_no_longer_says_what_it_would_change_offers_recomputing_instead(first, finance, other_model, client):
    months.close([202601], finance)
    held = recompute(202601, 202602)
    address = reverse("run", args=[held.pk])
    client.force_login(finance)
    assert "Approve and publish" in client.get(address).content.decode()
    months.ask_to_reopen(202601, finance, "Wrong invoice")
    assert "Approve and publish" in client.get(address).content.decode()

    second = User.objects.create_user("cfo@example.com", "Cfo", "executive", "x")
    months.confirm_reopening(202601, ClosedMonth.objects.get().asked_id, second)

    page = page_of(client.get(address))
    said = page.one("main").text
    assert "it can no longer be approved" in said and "Approve and publish" not in said
    assert page.one("form", action=reverse("discard_run", args=[held.pk])).text.endswith("Discard")
    fields = {
        each.attributes["name"]: each.attributes["value"]
        for each in page.one("form", action="/runs/start/").all("input")
    }
    client.post(reverse("start_run"), fields)
    later = Run.objects.latest("pk")
    assert (later.asked_from, later.asked_to, later.created_by) == (202601, 202602, finance)


def test_figures_of_a_run_that_waits_are_frozen(first, finance, other_model):
    months.close([202601], finance)
    held = recompute(202601, 202602)

    with pytest.raises(DatabaseError, match="published run"), transaction.atomic():
        Result.objects.filter(run=held).update(orders=7)


def test_another_window_rounds_otherwise_and_is_published_all_the_same(first, finance, tmp_path):
    bring(tmp_path, "order_lines", NEXT.replace("2026-03", "2026-02").replace("N-1", "N-2"))
    bring(tmp_path, "order_lines", NEXT.replace("2026-03", "2026-01").replace("N-1", "N-3").replace(".015", ".018"))
    before = ended(recompute(202601, 202602), State.PUBLISHED)
    months.close([202601, 202602], finance)
    bring(tmp_path, "order_lines", NEXT.replace(".015", ".011"))
    bring(tmp_path, "resource_costs", "pool_code,month,amount,practical_minutes\n" + MARCH)

    later = ended(recompute(202602, 202603), State.PUBLISHED)

    assert changes_of(later) == []
    rows = MonthResult.objects.filter(month=202602, account__code="A")
    assert len(set(rows.filter(run__in=[before, later]).values_list("net_revenue"))) == 2


MARCH = "".join(f"{pool['code']},2026-03,10,100\n" for pool in MODEL["pools"])


def test_who_asked_for_a_run_discards_it_but_another_person_approves_it(first, finance, other_model, client):
    months.close([202601], finance)
    held = recompute(202601, 202602, user=finance)
    client.force_login(finance)

    page = page_of(client.get(reverse("run", args=[held.pk]))).one("main").text
    assert "nobody else may approve it" in page and "Approve and publish" not in page and "Discard" in page
    with pytest.raises(releases.CannotRelease, match="You asked for it yourself"):
        releases.approve(held.pk, finance, "Orders take one minute")
    refused = client.post(reverse("approve_run", args=[held.pk]), {"reason": "One minute"}, follow=True)
    assert "another person has to approve" in refused.content.decode() and published_run() == first

    second = User.objects.create_user("cfo@example.com", "Cfo", "executive", "x")
    page = page_of(client.get(reverse("run", args=[held.pk]))).one("main").text
    assert "another person of finance or senior management has to approve it" in page
    releases.approve(held.pk, second, "Orders take one minute")
    assert published_run() == held


def test_senior_management_approves_a_nightly_run_that_waits(first, finance, other_model, client):
    months.close([202601], finance)
    held = recompute(202601, 202602)
    client.force_login(User.objects.create_user("cfo@example.com", "Cfo", "executive", "x"))

    page = page_of(client.get(reverse("run", args=[held.pk]))).one("main").text
    assert "Approve and publish" in page and "You asked for this run" not in page
    client.post(reverse("approve_run", args=[held.pk]), {"reason": "One minute"})
    assert published_run() == held and held.decisions.get().by.name == "Cfo"


# Publishing an earlier run again


def test_an_earlier_run_is_published_again_and_the_next_run_follows_it(first, finance):
    wrong = ended(recompute(202601, 202601), State.PUBLISHED)

    releases.publish_again(first.pk, finance, "Wrong window")

    first.refresh_from_db()
    wrong.refresh_from_db()
    assert (published_run(), first.state, wrong.state) == (first, State.PUBLISHED, State.SUPERSEDED)
    assert published_run().put_up_at > first.published_at and earlier_run(first) is None
    decision = RunDecision.objects.get(run=first)
    assert (decision.step, decision.by, decision.reason) == ("again", finance, "Wrong window")

    later = ended(recompute(202601, 202602), State.PUBLISHED)
    assert earlier_run(later) == first and earlier_run(wrong) == first
    assert not PositionChange.objects.filter(run=later).exists()


def test_a_run_that_never_was_published_cannot_be_published_again(first, finance):
    failed = Run.objects.create(state=State.FAILED)

    for run in (failed, first):
        with pytest.raises(releases.CannotRelease, match="published before"):
            releases.publish_again(run.pk, finance, "Why not")


def test_an_earlier_run_is_not_published_again_against_a_closed_month(first, finance, other_model):
    ended(recompute(202601, 202602), State.PUBLISHED)
    months.close([202601], finance)

    assert [change.month for change in changes(first)] == [202601]
    with pytest.raises(releases.CannotRelease, match=r"Closed months would change\. Jan 2026"):
        releases.publish_again(first.pk, finance, "The old model")


# The pages


def test_finance_approves_on_the_page_of_the_run(first, finance, other_model, client):
    months.close([202601], finance)
    held = recompute(202601, 202602)
    client.force_login(finance)

    home, listed = (client.get(reverse(name)).content.decode() for name in ("home", "months"))
    assert f"Run {held.pk}: Waits for approval" in home and "waits for approval" in listed
    page = client.get(reverse("run", args=[held.pk])).content.decode()
    assert "Jan 2026: contribution" in page and f"before={first.pk}&amp;after={held.pk}" in page
    compared = client.get(reverse("runs_compare"), {"before": first.pk, "after": held.pk}).content.decode()
    assert f"from run {first.pk} to run {held.pk}" in compared

    approve = reverse("approve_run", args=[held.pk])
    assert "say why" in client.post(approve, {"reason": ""}, follow=True).content.decode()
    page = client.post(approve, {"reason": "One minute"}, follow=True).content.decode()
    assert "approved by Fin: One minute" in page and published_run() == held
    assert "approved by Fin: One minute" in client.get(reverse("months")).content.decode()


def test_who_may_not_approve_runs_reads_that_one_waits_and_decides_nothing(first, finance, other_model, client):
    months.close([202601], finance)
    held = recompute(202601, 202602)
    client.force_login(User.objects.create_user("lead@example.com", "Lea", "lead", "x"))

    page = client.get(reverse("run", args=[held.pk])).content.decode()
    assert "waits for approval" in page and "Approve and publish" not in page
    for name in ("approve_run", "discard_run", "publish_run"):
        assert client.post(reverse(name, args=[held.pk]), {"reason": "x"}).status_code == 403
    compared = client.get(reverse("runs_compare"), {"before": first.pk, "after": held.pk}).content.decode()
    assert f"to run {held.pk}" not in compared


def test_an_earlier_run_is_published_again_on_its_page(first, finance, client):
    recompute(202601, 202601)
    client.force_login(finance)

    assert f"Publish run {first.pk} again" in client.get(reverse("run", args=[first.pk])).content.decode()
    again = reverse("publish_run", args=[first.pk])
    assert "Reason" in client.get(again).content.decode()
    page = client.post(again, {"reason": "Wrong window"}, follow=True).content.decode()

    assert "published again by Fin: Wrong window" in page and "published again today" in page
    assert client.get(again).status_code == 302


@pytest.mark.parametrize(
    ("window", "said"),
    [(("2026-01", "2026-01"), "It has 1 months"), (("2025-12", "2026-01"), "It ends in Jan 2026")],
)
def test_a_window_that_does_not_go_on_from_the_published_one_is_asked_about(first, finance, client, window, said):
    client.force_login(finance)
    asked = dict(zip(("month_from", "month_to"), window, strict=True))

    page = client.post(reverse("start_run"), asked).content.decode()
    assert said in page and Run.objects.count() == 1

    client.post(reverse("start_run"), asked | {"sure": "yes"})
    assert Run.objects.count() == 2


@pytest.mark.parametrize("asked", [{}, {"month_from": "2026-02", "month_to": "2026-03"}])
def test_a_window_that_goes_on_is_not_asked_about(first, finance, client, asked):
    client.force_login(finance)

    client.post(reverse("start_run"), asked)

    assert Run.objects.count() == 2


# Closing in order


def test_earlier_open_months_are_closed_together_once_that_is_confirmed(first, finance, client):
    client.force_login(finance)
    address = reverse("close_month", args=[202602])

    asked = client.get(address).content.decode()
    assert "Close these 2 months together" in asked and "Close only Feb 2026" in asked
    client.post(address, {"together": [202601], "only": "yes"})
    assert ClosedMonth.objects.get().month == 202602
    ClosedMonth.objects.all().delete()
    done = client.post(address, {"together": [202601]}, follow=True).content.decode()

    assert "2 months up to Feb 2026 are closed" in done
    assert sorted(ClosedMonth.objects.values_list("month", flat=True)) == [202601, 202602]
    assert client.get(address).status_code == 302
    assert client.post(address, {"together": ["x"]}).status_code == 404


def test_a_month_outside_the_published_window_is_closed_on_the_run_that_covered_it(first, finance, client):
    ended(recompute(202602, 202602), State.PUBLISHED)
    client.force_login(finance)

    assert "Jan 2026" in client.get(reverse("months")).content.decode()
    months.close([202601], finance)

    assert MonthClosing.objects.get().run == first


def test_months_that_no_run_covered_are_listed_and_stay_open_with_a_warning(first, finance, client, tmp_path):
    bring(tmp_path, "order_lines", NEXT.replace("2026-03", "2025-11"))
    client.force_login(finance)

    assert "Nov 2025" in client.get(reverse("months")).content.decode()
    page = client.get(reverse("close_month", args=[202601])).content.decode()

    assert "2 earlier months from Nov 2025 on stay open" in page
    with pytest.raises(months.CannotClose, match="Nov 2025: No published run has covered it"):
        months.close([202511, 202601], finance)
    assert not ClosedMonth.objects.exists()


def test_who_confirms_a_reopening_reads_of_it_at_home(first, finance, client):
    months.close([202601], finance)
    months.ask_to_reopen(202601, finance, "Wrong invoice")
    client.force_login(User.objects.create_user("cfo@example.com", "Cfo", "executive", "x"))

    assert "Reopen: Jan 2026 Wrong invoice Fin" in page_of(client.get("/?whole=1")).one("main").text
    client.force_login(finance)
    assert "asks to reopen" not in client.get("/").content.decode()

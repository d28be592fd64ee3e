"""The demo imported and calculated for real: it must look like what is published of customers' profit."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db.models import F, OuterRef, Subquery, Sum
from django.http import QueryDict

from accounts.models import Account, Decision, Import, User
from kam_portal import statements
from kam_portal.demo.people import demo_logins, login_email
from kam_portal.frozen import thawed
from kam_portal.today.lines import Urgency
from kam_portal.today.plans import plans_near
from kam_portal.today.reviews import planned_reviews
from kam_portal.today.sources import lines_of, said_to
from profitability.balances import pool_names
from profitability.explain.figures import ACTIVITY, FIGURES, activity_names, explained, figure_of
from profitability.explain.forward import cost_line
from profitability.models import ActivityEvent, OrderLine, PoolBalance, Publication, Result, Run
from profitability.periods import LENGTHS, periods
from profitability.queries import published_run
from relationships import booking, touching
from relationships.models import Complaint, Invitation, Objective, Position, Review, Touchpoint
from relationships.models.plan import Plan, PlanApproval, PlanVersion
from relationships.plans import standing

pytestmark = pytest.mark.servers  # imports and calculates the whole demo

TODAY = date(2026, 3, 14)
NET_OF_THE_SOURCE = Decimal("80450596.9823")  # AdventureWorksDW, FactResellerSales: sum of SalesAmount


@pytest.fixture(scope="module")
def seeded(django_db_setup, django_db_blocker):
    """Seeded once for all tests here: committed, and emptied afterwards."""
    with django_db_blocker.unblock():
        call_command("seed_demo", today=TODAY, verbosity=0)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def run(seeded, db):
    return Publication.objects.get().run


@pytest.fixture
def results(run):
    return list(Result.objects.in_run(run).of_accounts().filter(is_active=True))


def test_the_ledger_holds_the_sales_of_the_source(seeded, db):
    of_source = OrderLine.objects.current().exclude(order_id__startswith="gen-")
    total = of_source.aggregate(net=Sum("net_amount"))["net"]

    assert total == NET_OF_THE_SOURCE


def test_the_run_covers_the_last_twelve_months_and_closes(run):
    assert (run.month_from, run.month_to) == (202503, 202602)
    assert run.state == Run.State.PUBLISHED
    assert run.difference == 0


def test_margins_are_those_of_a_distributor(results):
    sales = sum(result.net_revenue for result in results)

    margin = sum(result.gross_margin for result in results) / sales
    served = sum(result.cost_to_serve for result in results) / sales

    assert Decimal("0.20") < margin < Decimal("0.28")
    assert Decimal("0.12") < served < Decimal("0.18")


def test_the_whale_peaks_between_110_and_160_percent(results):
    profits = [result.contribution for result in results]

    peak = sum(profit for profit in profits if profit > 0)

    assert Decimal("1.1") < peak / sum(profits) < Decimal("1.6")


def test_several_of_the_thirty_largest_lose_money(results):
    largest = sorted(results, key=lambda result: -result.net_revenue)[:30]

    assert largest[0].contribution < 0
    assert sum(result.contribution < 0 for result in largest) >= 3


def test_all_four_boxes_are_populated(run):
    boxes = Counter(Position.objects.in_run(run).exclude(box="").values_list("box", flat=True))

    assert set(boxes) == {"strategic", "status", "star", "streamline"}
    assert min(boxes.values()) >= 0.08 * boxes.total()
    assert boxes.total() >= 300


def test_the_manager_sees_a_strategic_a_star_and_a_large_loser(run):
    manager = User.objects.get(email=login_email("manager"))

    own = Position.objects.in_run(run).visible_to(manager).select_related("result")

    losers = [position for position in own if position.result.contribution < 0]
    assert 15 <= len(own) <= 20
    assert {"strategic", "star", "status"} <= {position.box for position in own}
    assert max(position.result.net_revenue for position in losers) > 500_000


def test_costs_reach_accounts_channel_and_company_and_some_capacity_is_unused(run):
    totals = PoolBalance.objects.filter(run=run, attempt=run.attempts).aggregate(
        **{name: Sum(name) for name in ("input", "accounts", "unused", "channel", "corporate", "unassigned")}
    )

    assert Decimal("0.04") < totals["unused"] / totals["input"] < Decimal("0.15")
    assert totals["channel"] > 0
    assert totals["corporate"] > 0
    assert totals["unassigned"] == 0


def test_returns_and_sales_without_a_customer_are_seen(run, results):
    nobody = Result.objects.in_run(run).get(account__isnull=True)

    assert sum(result.return_amount > 0 for result in results) > 20
    assert nobody.net_revenue > 0 and nobody.cost_to_serve > 0


def test_everybody_can_sign_in(seeded, db, rf):
    for role, name, email, password in demo_logins():
        user = authenticate(rf.post("/"), username=email, password=password)

        assert (user.role, user.name) == (role, name)
    assert not User.objects.get(email="jae.pak@demo.kam-portal.example").has_usable_password()


def test_every_figure_of_an_account_adds_up_from_the_ledger(run):
    finance = User.objects.get(role="finance")
    for account in Account.objects.order_by("code")[::25]:
        for name in (*FIGURES, *(f"{ACTIVITY}{code}" for code in activity_names(run))):
            found = explained(run, account, figure_of(run, name, finance))

            assert found.closes, (account, name, found)


def test_every_resource_cost_of_a_month_is_borne_to_the_cent(run):
    for pool in pool_names(run):
        assert cost_line(run, pool, run.month_to).closes, pool


def test_seeding_again_changes_nothing(seeded, db):
    before = (Account.objects.count(), Import.objects.count(), Run.objects.count())

    call_command("seed_demo", today=date(2027, 1, 1), verbosity=0)

    assert (Account.objects.count(), Import.objects.count(), Run.objects.count()) == before


def forget_plans() -> None:
    """Plans are laid after the runs, and keep those whose figures they show."""
    for model in (PlanApproval, PlanVersion, Review, Plan):
        model.objects.all().delete()


def test_a_seed_that_was_stopped_before_its_runs_is_finished(seeded, db):
    Publication.objects.all().delete()
    with thawed():
        forget_plans()
        Run.objects.update(follows=None)  # or else they keep one another
        Run.objects.all().delete()

    call_command("seed_demo", verbosity=0)

    assert Publication.objects.get().run.month_to == 202602
    assert list(Run.objects.order_by("pk").values_list("month_to", flat=True)) == [202502, 202601, 202602]


def test_a_seed_that_was_stopped_between_its_runs_is_finished(seeded, db):
    with thawed():
        forget_plans()
        Publication.objects.update(run=Run.objects.get(month_to=202601))
        Run.objects.get(month_to=202602).delete()

    call_command("seed_demo", verbosity=0)

    assert Publication.objects.get().run.month_to == 202602
    assert Run.objects.count() == 3


def test_touchpoints_of_nine_months_are_alive_and_none_of_their_time_counts_twice(seeded, db):
    held = Touchpoint.objects.filter(held_on__lte=TODAY)
    last = touching.last_days(list(held.values_list("account", flat=True)), TODAY)

    assert len(last) >= 25
    assert sum((TODAY - day).days > 60 for day in last.values()) >= 4  # gone quiet
    assert (TODAY - min(held.values_list("held_on", flat=True))).days > 200
    assert Touchpoint.objects.filter(held_on__gt=TODAY).exists()
    booked = booking.take_over(TODAY)
    assert (booked.added, booked.changed, booked.withdrawn) == (0, 0, 0)
    assert {row.closed_on is None for row in Complaint.objects.all()} == {True, False}
    assert set(Invitation.objects.values_list("kind", flat=True)) >= {"relationship", "nps", "trust"}


def test_every_period_of_the_window_has_the_one_before(run):
    finance = User.objects.get(role="finance")
    for kind in LENGTHS:
        for period in periods((run.month_from, run.month_to), kind):
            found = statements.asked(run, QueryDict(f"period={kind}&at={period.key}"))
            told = statements.shown(found, finance, None, profit=True)

            assert found.sources, period
            assert told.before["net_revenue"] > 0, period
            assert told.before["cost_to_serve"] > 0, period
            assert told.before.closes


def test_some_accounts_changed_their_box_since_the_month_before(run):
    positions = Position.objects.in_run(run).exclude(box="").exclude(previous_box="")

    changed = positions.exclude(previous_box=F("box"))

    assert 10 <= changed.count() <= 60


def test_plans_are_in_every_state_and_most_of_them_full_of_life(run):
    plans = list(Plan.objects.select_related("account"))
    found = standing.of(plans, run, TODAY)

    assert len(plans) >= 12
    assert {plan.state for plan in plans} == {"draft", "in_review", "approved"}
    assert {plan.visibility for plan in plans} == set(Plan.Visibility.values)
    assert set(PlanVersion.objects.values_list("state", flat=True)) == set(PlanVersion.State.values)
    assert sum(each.is_stale for each in found.values()) >= 2
    assert sum(each.filled == len(each.needed) for each in found.values()) >= 10
    assert 3 * sum(each.is_sound for each in found.values()) >= len(found)
    southwest = [found[plan.pk].is_sound for plan in plans if plan.account.team.code == "southwest"]
    assert len(southwest) >= 6 and 0.4 <= sum(southwest) / len(southwest) <= 0.6
    assert not Objective.objects.filter(baseline_on__gt=F("from_on")).exists()
    assert all(each.objectives >= 3 for each in found.values())


def day_of(user):
    found = lines_of(user, TODAY, planned_reviews(user), said_to(user), plans_near(user, published_run()))
    return [line for line in found if line.urgency != Urgency.SOON], found


def test_a_day_of_the_manager_holds_a_dozen_things_at_most_and_few_are_late(seeded, db):
    due, found = day_of(User.objects.get(email=login_email("manager")))

    late = [line for line in due if line.urgency == Urgency.LATE]
    assert 8 <= len(due) <= 12
    assert 1 <= len(late) <= 5
    assert max(Counter(line.text for line in found).values()) < 3
    assert len({line.tag for line in due}) >= 5  # of many kinds


def test_own_measures_of_plans_say_what_the_ledger_says(seeded, db):
    found = Objective.objects.filter(unit="offers an order").select_related("plan__account")

    assert found.count() >= 2
    for objective in found:
        account, until = objective.plan.account, objective.baseline_on
        year = {"account": account}
        quotes = ActivityEvent.objects.current().filter(
            **year, event_type="quote", occurred_on__gt=until - timedelta(days=365), occurred_on__lte=until
        )
        lines = OrderLine.objects.current().filter(
            **year, ordered_on__gt=until - timedelta(days=365), ordered_on__lte=until, is_return=False
        )
        orders = len(set(lines.values_list("order_id", flat=True)))
        assert abs(objective.baseline - Decimal(quotes.count()) / orders) <= Decimal("0.05"), account


def test_competitors_and_we_sell_no_more_than_a_customer_buys(run):
    for plan in Plan.objects.select_related("account"):
        ours = Result.objects.in_run(run).get(account=plan.account).share_of_wallet or 0
        theirs = sum(each.wallet_share or 0 for each in plan.competitors.all())

        assert ours + theirs <= 1, plan.account


def test_nobody_is_admitted_or_planned_for_before_the_first_order(seeded, db):
    ever = (
        OrderLine.objects.current().filter(account=OuterRef("account")).order_by("ordered_on").values("ordered_on")[:1]
    )
    admitted = Decision.objects.filter(outcome="admit", state="approved").annotate(first=Subquery(ever))

    assert admitted.exists()
    assert not admitted.filter(decided_on__lt=F("first"))
    assert not Plan.objects.annotate(first=Subquery(ever)).filter(created_at__date__lt=F("first"))

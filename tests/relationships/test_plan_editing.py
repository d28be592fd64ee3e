"""What is typed into a plan: kept, refused, in conflict, removed, put back, moved."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.models import User
from relationships.models import (
    Action,
    Contact,
    Investment,
    Objective,
    ObjectiveReading,
    Plan,
    PlanChange,
    PlanComment,
    PlanSection,
)
from relationships.plans import begin, editing, measures, peers, removing
from relationships.plans.editing import Conflict, Gone, Refused, Saved
from relationships.plans.readers import may_edit, readers, sees
from relationships.plans.readings import read
from relationships.plans.sections import SECTIONS
from relationships.plans.typed import shown, text_of
from tests.factories import a_portfolio
from tests.relationships.plans_made import a_plan

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 10)


@pytest.fixture
def portfolio():
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    made = a_plan(portfolio)
    made.objectives.filter(measure="contribution").update(target=120_000)
    return made


@pytest.fixture
def objective(plan):
    return plan.objectives.get(text="More contribution")


def changed(plan):
    rows = PlanChange.objects.filter(plan=plan).order_by("pk")
    return list(rows.values_list("section", "field", "before", "after"))


def test_a_field_is_kept_with_who_changed_it_from_what(portfolio, plan, objective):
    manager = portfolio.user("manager")

    outcome = editing.change(manager, plan, "objectives", objective.pk, "target", "130,000", base="120000")

    objective.refresh_from_db()
    assert isinstance(outcome, Saved)
    assert (objective.target, objective.revision, objective.changed_by) == (130_000, 2, manager)
    assert changed(plan) == [("objectives", "target", "120000", "130000")]
    assert PlanSection.objects.get(plan=plan, section="objectives").changed_by == manager


def test_somebody_else_s_change_of_the_same_field_is_a_conflict_with_all_three_versions(portfolio, plan, objective):
    editing.change(portfolio.user("lead"), plan, "objectives", objective.pk, "target", "125000", base="120000")

    found = editing.change(portfolio.user("manager"), plan, "objectives", objective.pk, "target", "130000", "120000")

    objective.refresh_from_db()
    assert isinstance(found, Conflict)
    assert (found.yours, found.theirs, found.before, found.by) == ("130000", "125000", "120000", "Lead")
    assert found.at is not None and found.revision == 2
    assert objective.target == 125_000


def test_somebody_else_s_change_of_another_field_is_none(portfolio, plan, objective):
    editing.change(portfolio.user("lead"), plan, "objectives", objective.pk, "text", "Earn more", "More contribution")

    outcome = editing.change(portfolio.user("manager"), plan, "objectives", objective.pk, "target", "130000", "120000")

    assert isinstance(outcome, Saved)
    objective.refresh_from_db()
    assert (objective.text, objective.target) == ("Earn more", 130_000)


def test_two_who_type_the_same_agree(portfolio, plan, objective):
    for who in ("lead", "manager"):
        outcome = editing.change(portfolio.user(who), plan, "objectives", objective.pk, "target", "130000", "120000")
        assert isinstance(outcome, Saved)

    assert len(changed(plan)) == 1


def test_a_conflict_is_settled_by_what_was_chosen_knowing_theirs(portfolio, plan, objective):
    editing.change(portfolio.user("lead"), plan, "objectives", objective.pk, "target", "125000", base="120000")

    outcome = editing.change(portfolio.user("manager"), plan, "objectives", objective.pk, "target", "130000", "125000")

    assert isinstance(outcome, Saved)


def test_a_line_that_was_removed_is_gone_and_says_by_whom(portfolio, plan, objective):
    removing.remove(portfolio.user("lead"), plan, "objectives", objective.pk, objective.revision)

    found = editing.change(portfolio.user("manager"), plan, "objectives", objective.pk, "target", "1", base="120000")

    assert found == Gone("More contribution", "Lead", found.at)


BAD = [
    ("objectives", "target", "a lot", "number"),
    ("objectives", "target", "1.23456", "decimals"),
    ("objectives", "target", "NaN", "not a number"),
    ("objectives", "target", "9.500", "write 9,500 or 9.5"),
    ("objectives", "text", "  ", "remove the line"),
    ("objectives", "text", "x" * 301, "300"),
    ("objectives", "measure", "luck", "measure"),
    ("objectives", "owner", "999", "list"),
    ("objectives", "until_on", "2024-01-01", "ends after"),
    ("objectives", "until_on", "soon", "2026-03-31"),
    ("risks", "likelihood", "6", "1 to 5"),
    ("risks", "likelihood", "two", "whole"),
    ("investments", "expected_cost", "-5", "not negative"),
    ("investments", "kind", "love", "list"),
]


@pytest.mark.parametrize(("kind", "field", "typed", "reason"), BAD)
def test_what_cannot_be_kept_is_refused_with_a_reason(portfolio, plan, kind, field, typed, reason):
    entry = SECTIONS[kind].rows(plan).first()

    found = editing.change(portfolio.user("manager"), plan, kind, entry.pk, field, typed, revision=entry.revision)

    assert isinstance(found, Refused) and reason in found.message
    assert changed(plan) == []


TYPED = [
    ("competitors", "wallet_share", "35", Decimal("0.35")),
    ("competitors", "wallet_share", "12.5 %", Decimal("0.125")),
    ("competitors", "wallet_share", "9,5 %", Decimal("0.095")),
    ("investments", "expected_cost", "1.500,50", Decimal("1500.50")),
    ("value", "worth", "1,250.50", Decimal("1250.50")),
    ("value", "worth", "\u22123", Decimal(-3)),
    ("value", "worth", "", None),
]


@pytest.mark.parametrize(("kind", "field", "typed", "kept"), TYPED)
def test_numbers_are_read_as_people_write_them(portfolio, plan, kind, field, typed, kept):
    outcome = editing.add(portfolio.user("manager"), plan, kind, {"text": "One", field: typed})

    assert isinstance(outcome, Saved)
    assert getattr(SECTIONS[kind].rows(plan).get(pk=outcome.entry.pk), field) == kept


def test_what_stands_in_a_field_is_read_as_the_same_number(portfolio, plan):
    manager = portfolio.user("manager")
    for typed in ("1.1250", "1,250.125", "12.3450", "1,250", "-9.1250"):
        line = editing.add(manager, plan, "value", {"text": typed, "worth": typed}).entry
        stands = shown(line, "worth", text_of(line, "worth"))

        assert stands == typed.replace("-", "−")
        found = editing.change(manager, plan, "value", line.pk, "worth", stands, revision=line.revision)
        assert found.texts in ({}, {"worth": text_of(line, "worth")})


def test_only_who_edits_plans_and_sees_this_one_changes_it(portfolio, plan, objective):
    for who in ("member", "finance", "executive", "stranger"):
        with pytest.raises(PermissionDenied):
            editing.change(portfolio.user(who), plan, "objectives", objective.pk, "text", "x", revision=1)
    plan.people.add(portfolio.user("stranger"))
    outcome = editing.change(portfolio.user("stranger"), plan, "objectives", objective.pk, "text", "x", revision=1)
    assert isinstance(outcome, Saved)


def test_a_closed_plan_is_not_changed(portfolio, plan):
    plan.state = Plan.State.CLOSED
    plan.save()

    assert not may_edit(portfolio.user("manager"), plan)
    with pytest.raises(PermissionDenied):
        editing.add(portfolio.user("manager"), plan, "risks", {"text": "New"})


@pytest.mark.parametrize("visibility", Plan.Visibility.values)
@pytest.mark.parametrize("named", [(), ("stranger", "member")])
def test_readers_are_those_to_whom_the_plan_is_visible(portfolio, plan, visibility, named):
    plan.visibility = visibility
    plan.save()
    plan.people.set([portfolio.user(who) for who in named])

    assert set(readers(plan)) == {user for user in User.objects.all() if sees(user, plan)}


def test_nobody_locks_himself_out(portfolio, plan):
    colleague = User.objects.create_user("second@example.com", "Second", "manager", "x")
    colleague.teams.add(portfolio.accounts["N1"].team)

    found = editing.change(colleague, plan, "purpose", None, "visibility", "plan_team", base="everyone")

    plan.refresh_from_db()
    assert isinstance(found, Refused) and "plan team" in found.message
    assert (plan.visibility, plan.revision) == ("everyone", 1)
    assert changed(plan) == []


# What the portal fills in


def test_choosing_a_measure_fills_in_where_the_account_stands(portfolio, plan, objective):
    editing.change(portfolio.user("manager"), plan, "objectives", objective.pk, "measure", "cost_to_serve_share",
                   base="contribution")  # fmt: skip

    objective.refresh_from_db()
    assert (objective.baseline, objective.direction) == (Decimal("0.1"), "down")  # 40,000 of 400,000
    assert objective.baseline_on == portfolio.run.business_date
    assert objective.target is None


def test_the_median_of_peers_is_there_from_five_of_them_on_and_kept_nowhere(portfolio, plan, objective):
    manager, account = portfolio.user("manager"), portfolio.accounts["N1"]
    for code in ("N1", "N2", "N3", "N4", "N5"):
        type(account).objects.filter(code=code).update(segment="same", parent=None)
    account.refresh_from_db()
    assert peers.medians(manager, portfolio.run, account) == {}  # four others
    type(account).objects.filter(code="N6").update(segment="same")

    medians = peers.medians(manager, portfolio.run, account)
    editing.change(manager, plan, "objectives", objective.pk, "measure", "net_revenue", base="contribution")

    objective.refresh_from_db()
    assert medians["net_revenue"] == peers.Typical(Decimal(80_000), 5, is_company=False)  # of 12, 30, 80, 120, 150 k
    assert objective.benchmark is None and objective.benchmark_source == ""  # whoever reads it may see other accounts


def test_peers_are_only_those_one_sees(portfolio):
    account = portfolio.accounts["N1"]
    type(account).objects.update(segment="same", parent=None)
    account.refresh_from_db()

    north = peers.medians(portfolio.user("manager"), portfolio.run, account)["net_revenue"]
    whole = peers.medians(portfolio.user("executive"), portfolio.run, account)["net_revenue"]

    assert (north.value, north.count, north.is_company) == (80_000, 5, False)
    assert (whole.value, whole.is_company) == (70_000, True)
    assert whole.count > north.count
    assert "contribution" not in peers.medians(portfolio.user("member"), portfolio.run, account)


def test_measures_are_those_of_the_published_run_as_far_as_one_may_see_them(portfolio, django_assert_num_queries):
    accounts = [account.pk for account in portfolio.accounts.values()]
    n1 = portfolio.accounts["N1"].pk

    with django_assert_num_queries(1):
        everything = measures.values(accounts, portfolio.run)
    manager = measures.values(accounts, portfolio.run, portfolio.user("manager"))
    member = measures.values(accounts, portfolio.run, portfolio.user("member"))

    assert everything[n1]["contribution_margin"] == Decimal("0.2")
    assert everything[n1]["average_order_value"] == 1000
    assert set(everything) == set(accounts) > set(manager)
    assert portfolio.accounts["S1"].pk not in manager
    assert not {"contribution", "contribution_margin", "cost_to_serve", "cost_to_serve_share"} & set(member[n1])
    assert "gross_margin" in member[n1]
    assert "net_revenue" not in everything[portfolio.accounts["S6"].pk]  # no activity: nothing, not zero
    assert measures.values(accounts, None) == {}


def test_what_is_done_was_done_on_a_day(portfolio, plan):
    manager, action = portfolio.user("manager"), plan.actions.get()

    editing.change(manager, plan, "actions", action.pk, "state", "done", base="to_do")
    action.refresh_from_db()
    assert action.done_on is not None

    editing.change(manager, plan, "actions", action.pk, "state", "waiting", base="done")
    action.refresh_from_db()
    assert action.done_on is None


def test_actions_never_wait_for_each_other_in_a_circle(portfolio, plan):
    manager, first = portfolio.user("manager"), plan.actions.get()
    second = editing.add(manager, plan, "actions", {"text": "Second", "needs": str(first.pk)}).entry

    found = editing.change(manager, plan, "actions", first.pk, "needs", str(second.pk), base="")

    assert isinstance(found, Refused) and "circle" in found.message
    assert list(second.needs.all()) == [first]


def test_an_action_has_an_owner_on_each_side(portfolio, plan):
    manager = portfolio.user("manager")
    ada = Contact.objects.create(account=plan.account, name="Ada")
    elsewhere = Contact.objects.create(account=portfolio.accounts["N2"], name="Bob")
    typed = {"text": "Visit", "owner": str(manager.pk), "customer_owner": str(ada.pk)}

    action = editing.add(manager, plan, "actions", typed).entry
    refused = editing.change(manager, plan, "actions", action.pk, "customer_owner", str(elsewhere.pk), str(ada.pk))

    assert (action.owner, action.customer_owner, action.account) == (manager, ada, plan.account)
    assert isinstance(refused, Refused)


# Lines


def test_lines_are_counted_and_stand_in_the_order_they_were_added(portfolio, plan):
    manager = portfolio.user("manager")

    for text in ("One", "Two", "Three"):
        editing.add(manager, plan, "risks", {"text": text})

    assert [row.text for row in SECTIONS["risks"].rows(plan)] == ["A chain buys it", "One", "Two", "Three"]
    assert PlanSection.objects.get(plan=plan, section="risks").entries == 4


def test_a_line_moves_among_those_it_is_shown_with(portfolio, plan):
    manager = portfolio.user("manager")
    made = {
        text: editing.add(manager, plan, "swot", {"text": text, "kind": kind}).entry
        for text, kind in (("A", "strength"), ("T", "threat"), ("B", "strength"))
    }

    assert removing.move(manager, plan, "swot", made["B"].pk, -1)
    assert not removing.move(manager, plan, "swot", made["B"].pk, -1)

    strengths = [row.text for row in SECTIONS["swot"].rows(plan) if row.kind == "strength"]
    assert strengths == ["B", "A"]


def test_a_removed_line_comes_back_with_all_that_hung_on_it(portfolio, plan):
    manager = portfolio.user("manager")
    objective = plan.objectives.get(text="Open all shops")
    read(manager, plan, objective, "3", "2026-03-01", TODAY)
    action = editing.add(manager, plan, "actions", {"text": "Open", "objective": str(objective.pk)}).entry
    PlanComment.objects.create(plan=plan, section="objectives", entry=objective.pk, text="?", said_by=manager,
                               said_at="2026-03-01T00:00Z")  # fmt: skip
    before = Objective.objects.filter(pk=objective.pk).values("text", "unit", "baseline", "target", "place").get()

    change = removing.remove(manager, plan, "objectives", objective.pk, objective.revision)
    assert not Objective.objects.filter(pk=objective.pk).exists()
    back = removing.restore(manager, plan, change.pk)

    assert isinstance(back, Saved) and back.entry.pk == objective.pk
    assert Objective.objects.filter(pk=objective.pk).values(*before).get() == before
    assert ObjectiveReading.objects.get(objective=objective).value == 3
    assert Action.objects.get(pk=action.pk).objective_id == objective.pk
    assert isinstance(removing.restore(manager, plan, change.pk), Refused)  # twice


def test_a_removed_action_comes_back_with_what_it_waits_for(portfolio, plan):
    manager, first = portfolio.user("manager"), plan.actions.get()
    second = editing.add(manager, plan, "actions", {"text": "Second", "needs": str(first.pk)}).entry
    third = editing.add(manager, plan, "actions", {"text": "Third", "needs": str(second.pk)}).entry

    change = removing.remove(manager, plan, "actions", second.pk, second.revision)
    removing.restore(manager, plan, change.pk)

    back = Action.objects.get(pk=second.pk)
    assert list(back.needs.all()) == [first]
    assert list(third.needs.all()) == [back]


def test_who_removes_an_outdated_copy_is_told(portfolio, plan, objective):
    editing.change(portfolio.user("lead"), plan, "objectives", objective.pk, "text", "New", base=objective.text)

    found = removing.remove(portfolio.user("manager"), plan, "objectives", objective.pk, 1)

    assert isinstance(found, Conflict) and found.by == "Lead"
    assert Objective.objects.filter(pk=objective.pk).exists()


def test_several_fields_are_set_at_once_or_not_at_all(portfolio, plan, objective):
    manager = portfolio.user("manager")

    refused = editing.save(manager, plan, "objectives", objective.pk, {"text": "A", "target": Decimal("0.00001")}, 1)
    saved = editing.save(manager, plan, "objectives", objective.pk, {"text": "A", "target": Decimal(7)}, 1)
    late = editing.save(manager, plan, "objectives", objective.pk, {"text": "B"}, 1)

    objective.refresh_from_db()
    assert isinstance(refused, Refused) and isinstance(saved, Saved)
    assert isinstance(late, Conflict) and late.revision == 2
    assert (objective.text, objective.target) == ("A", 7)


# Beginning


def test_a_plan_begins_with_objectives_that_know_where_they_stand(portfolio):
    account, manager = portfolio.accounts["N1"], portfolio.user("manager")

    plan = begin.begin(manager, account, "grow", TODAY, portfolio.run)

    rows = {row.measure: row for row in plan.objectives.all()}
    assert (rows["net_revenue"].baseline, rows["net_revenue"].target) == (400_000, 520_000)
    assert (rows["share_of_wallet"].baseline, rows["share_of_wallet"].target) == (Decimal("0.5"), Decimal("0.6"))
    assert rows["stage"].baseline is rows["stage"].target is None  # the run knows no stage
    assert (plan.until_on, plan.template) == (date(2029, 3, 10), "grow")
    assert plan.actions.filter(owner=account.manager).exists()
    assert PlanSection.objects.get(plan=plan, section="objectives").entries == 4


@pytest.mark.parametrize("template", begin.TEMPLATES)
def test_every_template_asks_for_more_of_what_is_good(portfolio, template):
    plan = begin.begin(portfolio.user("manager"), portfolio.accounts["N3"], template, TODAY, portfolio.run, years=10)

    for row in plan.objectives.exclude(baseline=None):
        better = row.target >= row.baseline if row.direction == "up" else row.target <= row.baseline
        assert better, row.measure
    assert plan.until_on == date(2036, 3, 10)


@pytest.mark.parametrize(("discount", "asks"), [(5_000, True), (3, False)])
def test_less_discount_is_aimed_at_only_where_there_is_some_to_give_up(portfolio, discount, asks):
    manager, account = portfolio.user("manager"), portfolio.accounts["N3"]
    portfolio.run.results.filter(account=account).update(discount_amount=discount)

    told = {each.code: each for each in begin.offered(manager, account, portfolio.run)}["turn_around"]
    plan = begin.begin(manager, account, "turn_around", TODAY, portfolio.run)

    assert plan.objectives.filter(measure="discount_share").exists() == asks
    assert ("discount_share" in {each.measure for each in told.objectives}) == asks


BOXES = [("N1", "grow"), ("N3", "turn_around"), ("N4", "defend"), ("N5", "streamline"), ("N6", "turn_around")]


@pytest.mark.parametrize(("code", "template"), BOXES)
def test_what_is_proposed_fits_the_box_and_the_loss(portfolio, code, template):
    account = portfolio.accounts[code]

    assert begin.proposed(portfolio.user("manager"), account, portfolio.run) == template


def test_a_plan_begins_once_and_only_by_those_who_may(portfolio):
    account = portfolio.accounts["N1"]
    first = begin.begin(portfolio.user("manager"), account, "grow", TODAY, portfolio.run)

    assert begin.begin(portfolio.user("lead"), account, "defend", TODAY, portfolio.run) == first
    for who in ("member", "stranger", "finance", "executive"):
        with pytest.raises(PermissionDenied):
            begin.begin(portfolio.user(who), portfolio.accounts["N2"], "grow", TODAY, portfolio.run)


def test_a_reading_of_an_own_measure_counts_from_its_day(portfolio, plan):
    manager, objective = portfolio.user("manager"), plan.objectives.get(text="Open all shops")
    read(manager, plan, objective, "2", "2026-02-01", TODAY)
    read(manager, plan, objective, "4", "2026-03-01", TODAY)
    read(manager, plan, objective, "3", "2026-03-01", TODAY)  # mistyped before

    value, progress = measures.standings([objective], {}, TODAY)[objective.pk]

    assert value == 3
    assert progress.state == "on_track" and progress.share == Decimal("0.5")


def test_money_of_investments_adds_up_to_the_cent(portfolio, plan):
    row = Investment.objects.get(plan=plan)

    assert (row.expected_profit - row.expected_cost) / row.expected_cost == Decimal("0.8001")

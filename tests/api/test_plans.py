"""Plans over REST: begun, changed against their tag, submitted and approved; hidden ones are as if missing."""

import pytest
from django.utils import timezone

from accounts.models import Account, User
from relationships.models import Action, Contact, Objective, Plan, PlanChange, Review, ReviewPoint
from tests.api.writing import fields, patch, post
from tests.relationships.plans_made import TODAY, a_plan, submitted

PLANS = "/api/v1/plans/"


@pytest.fixture
def plan(portfolio) -> Plan:
    return a_plan(portfolio)


def at(plan: Plan, rest: str = "") -> str:
    return f"{PLANS}{plan.pk}/{rest}"


# Plans


def test_a_row_tells_how_a_plan_stands(api, plan):
    row = api("manager").get(PLANS).json()["results"][0]

    assert row["id"] == plan.pk
    assert (row["account_code"], row["state"], row["visibility"]) == ("N1", "draft", "everyone")
    assert (row["sections"], row["sections_filled"], row["objectives_behind"]) == (11, 9, 1)
    assert (row["high_risks"], row["version_in_force"], row["people"]) == (1, None, [])
    assert row["from_on"] == "2026-01-01"


@pytest.mark.parametrize(
    ("visibility", "seen_by"),
    [
        ("everyone", {"manager", "member", "lead", "finance", "executive"}),
        ("team", {"manager", "member", "lead", "executive"}),
        ("plan_team", {"manager", "lead", "executive"}),
    ],
)
def test_who_may_not_see_a_plan_gets_what_a_missing_one_answers(api, plan, visibility, seen_by):
    Plan.objects.update(visibility=visibility)

    for role in ("manager", "member", "lead", "finance", "executive", "stranger"):
        client = api(role)
        answer = client.get(at(plan))
        assert answer.status_code == (200 if role in seen_by else 404), role
        assert len(client.get(PLANS).json()["results"]) == int(role in seen_by)
        for part in ("", "objectives/", "actions/", "reviews/", "contacts/", "ratings/", "versions/"):
            hidden, missing = client.get(at(plan, part)), client.get(f"{PLANS}999999/{part}")
            assert role in seen_by or hidden.content == missing.content


def test_administrators_are_refused(api, plan):
    assert api("admin").get(PLANS).status_code == 403


def test_a_token_needs_the_scope(with_token, plan):
    assert with_token("manager", "accounts:read").get(PLANS).status_code == 403
    assert with_token("manager", "plans:read").get(PLANS).status_code == 200
    reading = with_token("manager", "plans:read")
    assert post(reading, at(plan, "objectives/"), {"text": "More"}).status_code == 403
    assert post(with_token("manager", "plans:write"), at(plan, "objectives/"), {"text": "More"}).status_code == 201


def test_a_plan_is_begun_once_for_an_account_in_sight(api, portfolio):
    client = api("manager")

    made = post(client, PLANS, {"account_code": "N3", "years": 5}, **{"Idempotency-Key": "a"})
    again = post(client, PLANS, {"account_code": "N3", "years": 5}, **{"Idempotency-Key": "a"})

    assert made.status_code == 201, made.content
    assert made.content == again.content
    assert made.headers["Location"].endswith(f"/plans/{made.json()['id']}/")
    assert post(client, PLANS, {"account_code": "N3"}).status_code == 409
    assert fields(post(client, PLANS, {"account_code": "S1"})) == {"account_code"}
    assert fields(post(client, PLANS, {"account_code": "XX"})) == {"account_code"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "account_code"),
        ({"account_code": 7}, "account_code"),
        ({"account_code": "N3", "template": "dream"}, "template"),
        ({"account_code": "N3", "years": 11}, "years"),
        ({"account_code": "N3", "years": True}, "years"),
        ({"account_code": "N3", "colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_a_new_plan_is_named(api, portfolio, body, field):
    assert fields(post(api("manager"), PLANS, body)) == {field}
    assert not Plan.objects.exists()


def test_a_plan_is_changed_against_its_tag(api, plan):
    client = api("manager")
    tag = client.get(at(plan)).headers["ETag"]

    first = patch(client, at(plan), {"purpose": "Grow faster", "people": ["member@example.com"]}, tag)
    late = patch(client, at(plan), {"purpose": "Grow slower"}, tag)
    without = client.patch(at(plan), {"purpose": "Grow slower"}, format="json")

    assert (first.status_code, late.status_code, without.status_code) == (200, 412, 428)
    assert (first.json()["purpose"], first.json()["people"]) == ("Grow faster", ["member@example.com"])
    assert PlanChange.objects.filter(plan=plan, field="purpose").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"visibility": "nobody"}, "visibility"),
        ({"visibility": None}, "visibility"),
        ({"until_on": "2025-01-01"}, "until_on"),
        ({"until_on": "2026-02-31"}, "until_on"),
        ({"people": ["nobody@example.com"]}, "people"),
        ({"people": "member@example.com"}, "people"),
        ({"state": "approved"}, "state"),
    ],
)
def test_what_is_wrong_with_a_change_is_named(api, plan, body, field):
    assert fields(patch(api("manager"), at(plan), body)) == {field}


def test_only_who_edits_plans_changes_one(api, plan):
    for role in ("member", "finance", "executive"):
        assert patch(api(role), at(plan), {"purpose": "Mine"}).status_code == 403
    assert patch(api("lead"), at(plan), {"purpose": "Ours"}).status_code == 200


def test_a_closed_plan_is_not_changed(api, plan):
    Plan.objects.update(state="closed")

    assert patch(api("manager"), at(plan), {"purpose": "Again"}).status_code == 409


def test_many_plans_take_no_more_queries(api, portfolio, django_assert_max_num_queries):
    for code in ("N1", "N2", "N3", "N4", "N5", "N6"):
        a_plan(portfolio, code)
    client = api("manager")

    with django_assert_max_num_queries(22):
        assert len(client.get(PLANS).json()["results"]) == 6


# Versions


def test_a_plan_is_submitted_and_approved_by_both_sides(api, plan):
    made = post(api("manager"), at(plan, "versions/"), {"note": "First"})
    assert made.status_code == 201, made.content
    assert post(api("manager"), at(plan, "versions/"), {}).status_code == 409

    for role in ("lead", "executive"):
        answer = patch(api(role), at(plan, "versions/1/"), {"state": "approved", "answer": "Good"})
        assert answer.status_code == 200, answer.content

    assert answer.json()["state"] == "approved"
    assert [each["said_by"] for each in answer.json()["approvals"]] == ["lead@example.com", "executive@example.com"]
    assert api("manager").get(at(plan)).json()["version_in_force"] == 1
    assert answer.json()["document"]["account"]["code"] == "N1"


def test_who_is_not_asked_does_not_answer(api, plan, portfolio):
    submitted(portfolio, plan)

    assert fields(patch(api("finance"), at(plan, "versions/1/"), {"state": "approved"})) == {"state"}
    assert fields(patch(api("manager"), at(plan, "versions/1/"), {"state": "approved"})) == {"state"}
    assert fields(patch(api("lead"), at(plan, "versions/1/"), {"state": "returned"})) == {"answer"}
    assert patch(api("manager"), at(plan, "versions/1/"), {"state": "withdrawn"}).status_code == 200
    assert patch(api("lead"), at(plan, "versions/1/"), {"state": "approved"}).status_code == 409


def test_a_document_tells_members_no_money_below_gross_margin(api, plan, portfolio):
    submitted(portfolio, plan)

    told = api("member").get(at(plan, "versions/1/")).content.decode()

    assert "Gross margin" in told
    assert "80,000.00" not in told and "9,000.50" not in told


# Objectives and actions


def test_an_objective_with_a_measure_starts_from_the_run(api, plan):
    made = post(api("manager"), at(plan, "objectives/"), {"text": "Sell more", "measure": "net_revenue"})

    assert made.status_code == 201, made.content
    assert (made.json()["baseline"], made.json()["value"]) == (400000, 400000)
    assert made.json()["direction"] == "up"


def test_members_are_not_told_of_objectives_on_profit(api, plan):
    objective = plan.objectives.get(measure="contribution")
    Action.objects.filter(plan=plan).update(objective=objective)

    told = api("member").get(at(plan, "objectives/")).json()["results"]

    assert [row["text"] for row in told] == ["Open all shops"]
    for who, served in (("member", None), ("manager", objective.pk)):
        assert api(who).get(at(plan, "actions/")).json()["results"][0]["objective_id"] == served


def test_a_baseline_is_not_told_to_who_does_not_see_the_account(api, plan, portfolio):
    plan.people.add(portfolio.user("stranger"))
    Objective.objects.filter(measure="contribution").update(measure="net_revenue")

    row = api("stranger").get(at(plan, "objectives/")).json()["results"][0]

    assert (row["baseline"], row["value"], row["target"]) == (None, None, 125000)
    assert api("stranger").get(at(plan, "contacts/")).status_code == 404


def test_an_objective_is_changed_against_its_tag(api, plan):
    path = at(plan, f"objectives/{Objective.objects.get(text='Open all shops').pk}/")
    client = api("manager")
    tag = client.get(path).headers["ETag"]

    assert patch(client, path, {"target": 7.5, "owner_email": "lead@example.com"}, tag).json()["target"] == 7.5
    assert patch(client, path, {"target": 8}, tag).status_code == 412
    assert PlanChange.objects.filter(section="objectives", field="target").count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 301}, "text"),
        ({"measure": "luck"}, "measure"),
        ({"baseline": "much"}, "baseline"),
        ({"baseline": 0.00001}, "baseline"),
        ({"target": 1e30}, "target"),
        ({"from_on": "2026-05-01", "until_on": "2026-04-01"}, "until_on"),
        ({"owner_email": "stranger@example.com"}, "owner_email"),
        ({"owner_email": 3}, "owner_email"),
        ({"progress": 1}, "progress"),
    ],
)
def test_what_is_wrong_with_an_objective_is_named(api, plan, body, field):
    assert fields(post(api("manager"), at(plan, "objectives/"), {"text": "More"} | body)) == {field}


def test_an_entry_of_another_plan_is_missing(api, plan, portfolio):
    other = a_plan(portfolio, "N2")

    for kind, model in (("objectives", Objective), ("actions", Action)):
        number = model.objects.filter(plan=other).first().pk
        assert api("manager").get(at(plan, f"{kind}/{number}/")).status_code == 404


def test_an_action_has_an_owner_on_each_side_and_waits_for_others(api, plan):
    ada = Contact.objects.create(account=plan.account, name="Ada")
    first = Action.objects.get()
    body = {"text": "Deliver", "owner_email": "member@example.com", "customer_owner_id": ada.pk, "needs": [first.pk]}

    made = post(api("lead"), at(plan, "actions/"), body | {"due_on": "2026-05-01"})

    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["owner_email"], told["customer_owner_id"], told["needs"]) == ("member@example.com", ada.pk, [first.pk])
    assert told["state"] == "to_do"


def test_an_action_that_is_done_was_done_on_a_day(api, plan):
    path = at(plan, f"actions/{Action.objects.get().pk}/")

    done = patch(api("manager"), path, {"state": "done"}).json()
    assert done["state"] == "done" and done["done_on"] is not None
    assert patch(api("manager"), path, {"state": "doing"}).json()["done_on"] is None


def test_who_has_to_do_an_action_says_how_it_stands_and_nothing_else(api, plan, portfolio):
    action = Action.objects.get()
    path = at(plan, f"actions/{action.pk}/")
    member = api("member")
    assert patch(member, path, {"state": "done"}).status_code == 403

    Action.objects.update(owner=portfolio.user("member"))

    assert patch(member, path, {"text": "Something easier"}).status_code == 403
    assert patch(member, path, {"state": "done"}).json()["state"] == "done"
    assert patch(member, path, {"state": "doing"}).json()["state"] == "doing"


def test_customers_owners_are_of_the_account(api, plan, portfolio):
    eve = Contact.objects.create(account=portfolio.accounts["N2"], name="Eve")

    assert fields(post(api("manager"), at(plan, "actions/"), {"text": "Call", "customer_owner_id": eve.pk})) == {
        "customer_owner_id"
    }


# Reviews


@pytest.fixture
def review(plan) -> Review:
    made = Review.objects.create(plan=plan, kind="joint", due_on="2099-01-04")
    ReviewPoint.objects.create(review=made, text="Delivery", place=1)
    ReviewPoint.objects.create(review=made, text="Contribution fell to 80,000", tells_profit=True, place=2)
    return made


def test_a_review_is_planned_and_held(api, plan, review):
    day = timezone.localdate().isoformat()
    made = post(api("manager"), at(plan, "reviews/"), {"kind": "team", "due_on": day})
    assert made.status_code == 201, made.content

    held = patch(api("manager"), at(plan, f"reviews/{made.json()['id']}/"), {"state": "held", "summary": "All well"})

    assert held.status_code == 200, held.content
    assert (held.json()["held_on"], held.json()["summary"]) == (day, "All well")
    assert api("manager").get(at(plan)).json()["reviewed_on"] == day


def test_what_is_wrong_with_a_review_is_named(api, plan, review):
    client = api("manager")

    assert fields(post(client, at(plan, "reviews/"), {"kind": "team", "due_on": "2001-01-01"})) == {"due_on"}
    assert fields(post(client, at(plan, "reviews/"), {"kind": "joint", "due_on": "2027-01-04"})) == {"kind"}
    assert fields(post(client, at(plan, "reviews/"), {"due_on": "2027-01-04"})) == {"kind"}
    assert fields(patch(client, at(plan, f"reviews/{review.pk}/"), {"contact_ids": [1]})) == {"contact_ids"}


def test_a_review_that_was_cancelled_is_not_held(api, plan, review):
    path = at(plan, f"reviews/{review.pk}/")
    client = api("manager")

    assert patch(client, path, {"state": "cancelled"}).status_code == 200
    assert patch(client, path, {"state": "held"}).status_code == 409


def test_points_on_profit_are_for_those_who_may_see_it(api, plan, review):
    assert len(api("manager").get(at(plan, "reviews/")).json()["results"][0]["points"]) == 2
    told = api("member").get(at(plan, f"reviews/{review.pk}/")).json()["points"]
    assert [point["text"] for point in told] == ["Delivery"]


# Contacts and ratings


def test_a_contact_is_added_and_changed(api, plan, portfolio):
    client = api("manager")
    body = {"name": "Ada", "email": "ada@n1.example", "level": 3, "counterpart_emails": ["lead@example.com"]}

    made = post(client, at(plan, "contacts/"), body, **{"Idempotency-Key": "k"})
    assert made.status_code == 201, made.content
    assert post(client, at(plan, "contacts/"), body, **{"Idempotency-Key": "k"}).content == made.content
    path = at(plan, f"contacts/{made.json()['id']}/")
    changed = patch(client, path, {"support": 2, "level": None, "service_emails": ["member@example.com"]})

    assert changed.status_code == 200, changed.content
    told = changed.json()
    assert (told["name"], told["support"], told["level"]) == ("Ada", 2, None)
    assert (told["counterpart_email"], told["service_email"]) == ("lead@example.com", "member@example.com")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": ""}, "name"),
        ({"email": "no address"}, "email"),
        ({"level": 6}, "level"),
        ({"support": 3}, "support"),
        ({"influence": 0.5}, "influence"),
        ({"buying_role": "king"}, "buying_role"),
        ({"left_on": "2199-01-01"}, "left_on"),
        ({"counterpart_emails": ["stranger@example.com"]}, "counterpart_emails"),
    ],
)
def test_what_is_wrong_with_a_contact_is_named(api, plan, body, field):
    assert fields(post(api("manager"), at(plan, "contacts/"), {"name": "Ada"} | body)) == {field}


def test_nobody_reports_to_himself(api, plan):
    ada = Contact.objects.create(account=plan.account, name="Ada")
    bob = Contact.objects.create(account=plan.account, name="Bob", reports_to=ada)

    assert fields(patch(api("manager"), at(plan, f"contacts/{ada.pk}/"), {"reports_to": bob.pk})) == {"reports_to"}


def test_members_read_contacts_and_do_not_write_them(api, plan):
    assert api("member").get(at(plan, "contacts/")).status_code == 200
    assert post(api("member"), at(plan, "contacts/"), {"name": "Ada"}).status_code == 403


def test_ratings_of_a_plan_are_those_of_its_account(api, plan):
    made = post(api("manager"), at(plan, "ratings/"), {"criterion": "trust", "score": 7})

    assert made.status_code == 201, made.content
    assert made.json()["account_code"] == "N1"
    assert len(api("finance").get(at(plan, "ratings/")).json()["results"]) == 1


def test_a_plan_whose_account_nobody_looks_after_is_still_told(api, portfolio):
    Account.objects.filter(code="N5").update(manager=None, team=None)
    plan = Plan.objects.create(
        account=portfolio.accounts["N5"], from_on=TODAY, until_on="2028-12-31", created_by=User.objects.first()
    )

    assert api("executive").get(at(plan)).status_code == 200

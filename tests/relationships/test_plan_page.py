"""The page of a key account plan: what it shows to whom, and what becomes of what is sent to it."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from relationships.models import (
    Action,
    Contract,
    Notice,
    Objective,
    Plan,
    PlanChange,
    PlanComment,
    Review,
    SwotPoint,
)
from relationships.plans import comments, editing
from relationships.plans.editing import Refused
from relationships.plans.page import said
from tests.factories import a_portfolio
from tests.relationships.plans_made import TODAY, a_plan, approved, submitted

pytestmark = pytest.mark.django_db
PAGE = "/accounts/N1/plan/"
JSON = {"Accept": "application/json"}


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


@pytest.fixture
def sign_in(portfolio):
    def signed(who: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(who))
        return client

    return signed


def text_of(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def keep(client, entry, field: str, was: str, typed: str, kind: str = "objectives", **headers):
    sent = {"section": kind, "entry": entry.pk if entry else "", "revision": 1, f"was.{field}": was, field: typed}
    return client.post(f"{PAGE}keep/", sent, headers=headers)


# Who sees what


def test_the_page_shows_the_position_and_each_section_filled_in(portfolio, plan, sign_in):
    text = text_of(sign_in("manager").get(PAGE))

    for words in ("Grow together", "400,000", "80,000", "10.0", "Strategic", "An engineer", "A chain buys it", "15"):
        assert words in text
    assert "80.0" in text  # the return that is expected
    assert "Behind" in text and "overdue" in text


def test_who_does_not_see_profit_gets_no_money_that_rests_on_it(portfolio, plan, sign_in):
    plan.objectives.filter(measure="contribution").update(target=123_457)

    response = sign_in("member").get(PAGE)

    html = response.content.decode()
    assert response.status_code == 200 and "Open all shops" in html
    for secret in ("80,000", "80000", "123,457", "123457", "5,000", "9,000.5", "80.0"):
        assert secret not in html
    assert "400,000" in html  # net revenue
    assert "plan/keep" not in html  # nothing to type


def test_who_is_on_the_plan_team_but_does_not_see_the_account_gets_the_plan_without_its_figures(
    portfolio, plan, sign_in
):
    plan.people.add(portfolio.user("stranger"))
    Contract.objects.create(account=plan.account, name="Secret terms", from_on="2026-01-01", until_on="2027-01-01",
                            created_by=portfolio.user("manager"))  # fmt: skip

    html = sign_in("stranger").get(PAGE).content.decode()

    assert "Grow together" in html
    for secret in ("400,000", "Secret terms", "Strategic</", "/accounts/N1/pnl/"):
        assert secret not in html
    assert "Secret terms" in sign_in("manager").get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["", "?part=objectives", "comments/", "keep/", "line/", "reading/", "tick/"])
def test_a_plan_one_does_not_see_answers_like_none(portfolio, plan, sign_in, address):
    plan.visibility = Plan.Visibility.PLAN_TEAM
    plan.save()
    client = sign_in("member")
    confidential = client.get(f"{PAGE}{address}")
    Plan.objects.update(account=portfolio.accounts["S1"])

    none = client.get(f"{PAGE}{address}")

    assert confidential.status_code == none.status_code
    assert "Grow together" not in confidential.content.decode()
    clean = [re.sub(rb"\b[A-Za-z0-9]{64}\b", b"", each.content) for each in (confidential, none)]
    assert clean[0] == clean[1]


def test_a_comment_on_a_plan_one_does_not_see_goes_nowhere(portfolio, plan, sign_in):
    plan.visibility = Plan.Visibility.PLAN_TEAM
    plan.save()

    assert sign_in("member").post(f"{PAGE}comments/", {"text": "Hi"}).status_code == 302
    assert sign_in("stranger").post(f"{PAGE}comments/", {"text": "Hi"}).status_code == 404
    assert not PlanComment.objects.exists()


def test_nobody_but_an_editor_changes_anything(portfolio, plan, objective, sign_in):
    sent = {"section": "objectives", "entry": objective.pk, "revision": 1, "do": "remove", "text": "x"}
    for who in ("member", "finance", "executive"):
        for address in ("keep/", "add/", "line/", "begin/", "reading/"):
            assert sign_in(who).post(f"{PAGE}{address}", sent).status_code == 403

    assert not PlanChange.objects.exists()


def test_a_page_of_many_lines_takes_no_more_queries(portfolio, plan, sign_in, django_assert_max_num_queries):
    manager = portfolio.user("manager")
    for number in range(15):
        for kind in ("objectives", "actions", "needs", "risks", "investments", "benefits"):
            editing.put(manager, plan, kind, {"text": f"{kind} {number}"})
    approved(portfolio, plan)
    editing.put(manager, plan, "needs", {"text": "Changed since"})
    client = sign_in("manager")
    client.get(PAGE)

    with django_assert_max_num_queries(52):
        assert "Changed since" in text_of(client.get(PAGE))


# Typed with scripts: one field at a time


def test_a_field_that_is_kept_answers_with_its_line(portfolio, plan, objective, sign_in):
    answer = keep(sign_in("manager"), objective, "target", "120000", "90,000", **JSON)

    said = answer.json()
    assert (answer.status_code, said["state"], said["texts"], said["revision"]) == (
        200,
        "saved",
        {"target": "90000"},
        2,
    )
    assert "Behind" in said["entry"] and 'value="90,000"' in said["entry"]
    objective.refresh_from_db()
    assert objective.target == 90_000


def test_showing_thousands_apart_changes_nothing(portfolio, plan, objective, sign_in):
    answer = keep(sign_in("manager"), objective, "target", "120000", "120,000", **JSON)

    assert answer.json()["state"] == "saved"
    assert not PlanChange.objects.exists()


@pytest.mark.parametrize(
    ("value", "text"), [("45513.4", "45,513.40"), ("-5", "−5"), ("264900.00", "264,900"), ("0.05", "0.05")]
)
def test_money_that_is_only_read_has_whole_units_or_two_decimals(objective, value, text):
    assert said(objective, Decimal(value)) == text


def test_a_conflict_answers_with_all_three_versions_and_the_choices(portfolio, plan, objective, sign_in):
    keep(sign_in("lead"), objective, "text", "More contribution", "Theirs <b>", **JSON)

    answer = keep(sign_in("manager"), objective, "text", "More contribution", "Mine", **JSON)

    said = answer.json()
    assert (answer.status_code, said["state"]) == (409, "conflict")
    for words in (
        "Mine",
        "Theirs &lt;b&gt;",
        "More contribution",
        "Lead has changed",
        "Take mine",
        "put both together",
    ):
        assert words in said["conflict"]


def test_what_is_refused_says_why(portfolio, plan, objective, sign_in):
    answer = keep(sign_in("manager"), objective, "target", "120000", "much", **JSON)

    assert (answer.status_code, answer.json()["state"]) == (422, "refused")
    assert "number" in answer.json()["message"]


@pytest.mark.parametrize("was", ["", "nonsense", "\u2212", "1e9"])
def test_a_made_up_version_does_no_harm(portfolio, plan, objective, sign_in, was):
    answer = keep(sign_in("manager"), objective, "target", was, "much more", **JSON)

    assert answer.status_code in (409, 422)


@pytest.mark.parametrize(
    "sent", [{"section": "luck"}, {"section": "purpose", "do": "remove"}, {"section": "risks", "do": "fly"}]
)
def test_what_is_no_section_is_not_found(portfolio, plan, sign_in, sent):
    assert sign_in("manager").post(f"{PAGE}line/", sent).status_code == 404


# Without scripts: the form of a whole line


def test_without_scripts_the_form_of_a_line_is_kept_as_a_whole(portfolio, plan, objective, sign_in):
    sent = {
        "section": "objectives", "entry": objective.pk, "revision": 1,
        "was.text": "More contribution", "text": "Earn more",
        "was.target": "120000", "target": "120,000",
        "was.until_on": "2026-12-31", "until_on": "2027-12-31",
    }  # fmt: skip

    answer = sign_in("manager").post(f"{PAGE}keep/", sent)

    assert answer.status_code == 302 and answer.url == f"{PAGE}#objectives-{objective.pk}"
    assert list(PlanChange.objects.order_by("pk").values_list("field", flat=True)) == ["text", "until_on"]


def test_without_scripts_a_conflict_has_a_page_on_which_nothing_typed_is_lost(portfolio, plan, objective, sign_in):
    keep(sign_in("lead"), objective, "text", "More contribution", "Theirs")
    sent = {
        "section": "objectives", "entry": objective.pk, "revision": 1,
        "was.text": "More contribution", "text": "Mine",
        "was.target": "120000", "target": "lots",
        "was.unit": "", "unit": "USD",
    }  # fmt: skip

    answer = sign_in("manager").post(f"{PAGE}keep/", sent)

    html = answer.content.decode()
    assert answer.status_code == 409
    for words in ("Mine", "Theirs", "lots", "Take mine", "The rest of what you typed is saved"):
        assert words in html
    chosen = {"section": "objectives", "entry": objective.pk, "was.text": "Theirs", "text": "Mine"}
    assert sign_in("manager").post(f"{PAGE}keep/", chosen).status_code == 302
    objective.refresh_from_db()
    assert (objective.text, objective.unit) == ("Mine", "USD")


def test_without_scripts_a_line_is_removed_and_put_back(portfolio, plan, objective, sign_in):
    client = sign_in("manager")
    removed = client.post(
        f"{PAGE}line/", {"section": "objectives", "entry": objective.pk, "revision": 1, "do": "remove"}
    )
    assert not Objective.objects.filter(pk=objective.pk).exists()

    page = client.get(removed.url.partition("#")[0]).content.decode()
    change = re.search(r'name="change" value="(\d+)"', page)[1]
    client.post(f"{PAGE}line/", {"section": "objectives", "change": change, "do": "restore"})

    assert Objective.objects.filter(pk=objective.pk).exists()


def test_a_line_is_added_with_its_group_and_an_action_belongs_to_who_types_it(portfolio, plan, sign_in):
    client = sign_in("manager")

    client.post(f"{PAGE}add/", {"section": "swot", "kind": "threat", "text": "Bought"})
    client.post(f"{PAGE}add/", {"section": "actions", "text": "Call them"})

    point = SwotPoint.objects.get(kind="threat")
    keep(client, point, "kind", "threat", "opportunity", "swot")
    point.refresh_from_db()
    assert (point.text, point.kind) == ("Bought", "opportunity")
    assert Action.objects.get(text="Call them").owner == portfolio.user("manager")


def test_an_objective_that_is_typed_is_judged_from_today_on_and_has_an_owner(portfolio, plan, sign_in):
    client = sign_in("manager")
    client.post(f"{PAGE}add/", {"section": "objectives", "text": "Half of what they spend"})
    row = Objective.objects.get(text="Half of what they spend")

    for name, was, value in (("measure", "", "share_of_wallet"), ("target", "", "60"), ("until_on", "", "2100-12-31")):
        keep(client, row, name, was, value)

    row.refresh_from_db()
    assert (row.from_on, row.owner) == (timezone.localdate(), portfolio.user("manager"))
    assert "On track" in client.get(f"{PAGE}?part=objectives").content.decode()


def test_an_address_is_a_web_page_and_no_script(portfolio, plan, sign_in):
    client = sign_in("manager")
    sent = {"section": "links", "text": "Terms", "url": "javascript:alert(1)"}

    assert client.post(f"{PAGE}add/", sent, headers=JSON).status_code == 422
    assert client.post(f"{PAGE}add/", sent | {"url": "https://example.com/a"}, headers=JSON).status_code == 200
    assert client.post(f"{PAGE}add/", sent | {"url": "files.example.com/b"}, headers=JSON).status_code == 200
    text = sign_in("member").get(PAGE).content.decode()
    for address in ("https://example.com/a", "https://files.example.com/b"):
        assert f'href="{address}" rel="noopener noreferrer"' in text


# Own actions


def test_whoever_has_to_do_an_action_says_that_it_is_done(portfolio, plan, sign_in):
    member = portfolio.user("member")
    action = plan.actions.get()
    client = sign_in("member")
    client.post(f"{PAGE}tick/", {"entry": action.pk, "revision": action.revision, "do": "done"})
    action.refresh_from_db()
    assert action.state == "to_do"  # it is nobody's yet

    Action.objects.update(owner=member)
    assert f'name="entry" value="{action.pk}"' in client.get(PAGE).content.decode()
    client.post(f"{PAGE}tick/", {"entry": action.pk, "revision": action.revision, "do": "done"})

    action.refresh_from_db()
    assert (action.state, action.changed_by) == ("done", member)


# Comments


def test_who_is_named_is_told_and_finds_the_place(portfolio, plan, objective, sign_in):
    about = f"{PAGE}comments/?section=objectives&entry={objective.pk}"

    answer = sign_in("manager").post(about, {"text": "What do you say, @Lead? <b>"})

    notice = Notice.objects.get()
    assert answer.status_code == 302 and notice.user == portfolio.user("lead")
    page = sign_in("lead").get(notice.url.partition("#")[0]).content.decode()
    assert "<strong>@Lead</strong>? &lt;b&gt;" in page


def test_whoever_may_not_see_the_plan_is_not_told(portfolio, plan, sign_in):
    for who, reason in (("Stranger", "may not see"), ("admin@example.com", "may not see"), ("Nobody", "called")):
        answer = sign_in("manager").post(f"{PAGE}comments/", {"text": f"Look, @{who}"})
        assert answer.status_code == 422 and reason in text_of(answer)

    assert f"Look, @{who}" in answer.content.decode()  # nothing typed is lost
    assert not Notice.objects.exists() and not PlanComment.objects.exists()


def test_of_two_names_the_longer_one_is_meant(portfolio, plan):
    User.objects.create_user("al@example.com", "Al", "executive", "x")
    long = User.objects.create_user("al.b@example.com", "Al Berg", "executive", "x")

    comment = comments.say(portfolio.user("manager"), plan, "@al berg: mail me at x@example.com, 5 @ 10")

    assert list(comment.mentioned.all()) == [long]


def test_a_comment_is_settled_and_opened_again(portfolio, plan, sign_in):
    comment = comments.say(portfolio.user("member"), plan, "Is this so?", "risks")
    client, sent = sign_in("manager"), {"comment": comment.pk, "do": "resolve"}

    client.post(f"{PAGE}comments/?section=risks", sent)
    comment.refresh_from_db()
    assert comment.resolved_by == portfolio.user("manager")
    client.post(f"{PAGE}comments/?section=risks", sent | {"do": "reopen"})
    comment.refresh_from_db()
    assert comment.resolved_at is comment.resolved_by is None
    assert sign_in("finance").post(f"{PAGE}comments/", sent).status_code == 404


def test_an_empty_comment_is_none(portfolio, plan):
    assert isinstance(comments.say(portfolio.user("manager"), plan, "  "), Refused)
    assert isinstance(comments.say(portfolio.user("manager"), plan, "x", "luck"), Refused)
    assert isinstance(comments.say(portfolio.user("manager"), plan, "x", "risks", 999), Refused)


# Beginning and the years


def test_a_plan_begins_on_its_page(portfolio, sign_in):
    client = sign_in("manager")
    assert 'value="grow" checked' in client.get(PAGE).content.decode()

    assert client.post(f"{PAGE}begin/", {"template": "luck"}).status_code == 422
    assert client.post(f"{PAGE}begin/", {"template": "grow", "years": "10"}).status_code == 302

    assert "520,000" in client.get(PAGE).content.decode()


def test_who_may_not_begin_is_told_that_there_is_nothing_to_see(portfolio, sign_in):
    text = text_of(sign_in("member").get(PAGE))

    assert "No plan to show" in text and "Begin" not in text


def test_the_years_show_everything_with_a_day_and_have_a_table(portfolio, plan, sign_in):
    manager = portfolio.user("manager")
    Review.objects.create(plan=plan, due_on="2026-06-01", created_by=manager)
    Contract.objects.create(account=plan.account, name="Supply", from_on="2025-01-01", until_on="2027-06-30",
                            created_by=manager)  # fmt: skip
    editing.put(manager, plan, "objectives", {"text": "In the far future", "until_on": TODAY.replace(year=2040)})

    html = sign_in("manager").get(f"{PAGE}?part=timeline").content.decode()

    drawn, table = html.split("<details")
    for name in ("Supply", "Team review", "Send the proposal", "More contribution"):
        assert name in drawn and name in table
    assert "In the far future" in table and "In the far future" not in drawn


def test_a_reading_of_an_own_measure_is_noted(portfolio, plan, sign_in):
    objective = plan.objectives.get(text="Open all shops")
    client, sent = sign_in("manager"), {"entry": objective.pk, "value": "3", "read_on": "2026-03-01"}

    assert client.post(f"{PAGE}reading/", sent, headers=JSON).json()["state"] == "saved"
    assert client.post(f"{PAGE}reading/", sent | {"read_on": "2999-01-01"}, headers=JSON).status_code == 422
    assert client.post(f"{PAGE}reading/", sent | {"value": ""}, headers=JSON).status_code == 422

    assert objective.readings.get().value == 3


def test_a_plan_in_review_says_that_later_changes_are_not_in_its_version(portfolio, plan, sign_in):
    words = "Changes from now on are not in version 1."
    before = text_of(sign_in("manager").get(PAGE))
    submitted(portfolio, plan)

    assert words not in before
    assert words in text_of(sign_in("manager").get(PAGE))

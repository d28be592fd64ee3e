"""What needs a person today: which lines there are, in which order, and what is done about them in place."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Import
from kam_portal.today.lines import due_words
from kam_portal.today.sources import imports, waiting_for_lead
from kam_portal.views.today import headline
from relationships import doing, notices
from relationships.models import Action, Notice, Plan, PlanApproval, PlanVersion, Review, ReviewCadence, Signal
from relationships.plans import lifecycle
from tests.factories import a_portfolio
from tests.markup import page_of

TODAY = timezone.localdate()
DAY = timedelta(days=1)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def sign_in(portfolio):
    def client_of(role: str) -> Client:
        client = Client()
        client.force_login(portfolio.user(role))
        return client

    return client_of


@pytest.fixture
def manager(sign_in):
    return sign_in("manager")


def an_action(portfolio, text: str, due=TODAY, who: str = "manager", code: str = "N1", **fields) -> Action:
    owner = portfolio.user(who) if who else None
    account = portfolio.accounts[code]
    return Action.objects.create(
        account=account, text=text, owner=owner, due_on=due, created_by=portfolio.user("manager"), **fields
    )


def a_plan(portfolio, code: str = "N1", **fields) -> Plan:
    """Begun today: the cadence asks for no review yet."""
    days = {"from_on": TODAY, "until_on": TODAY + 1000 * DAY}
    return Plan.objects.create(account=portfolio.accounts[code], created_by=portfolio.user("lead"), **days | fields)


def a_signal(portfolio, code: str = "N1", kind: str = "complaint_open", **fields) -> Signal:
    facts = {"text": "Late again", "on": str(TODAY - 3 * DAY), "days": 3}
    days = {"since_on": TODAY - 3 * DAY, "seen_on": TODAY}
    said = {"key": f"{kind}:{code}:{fields}", "facts": facts} | days | fields
    return Signal.objects.create(kind=kind, account=portfolio.accounts[code], **said)


def lines(client: Client, query: str = "") -> list[str]:
    return [line.text for line in client.get(f"/{query}").context["lines"]]


def headline_of(client: Client) -> str:
    return page_of(client.get("/")).one("h1").text.partition(". ")[2]


def act(client: Client, row: Action | Signal, do: str, **sent):
    kind = "action" if isinstance(row, Action) else "signal"
    seen = {"seen": row.revision} if kind == "action" else {}
    return client.post(
        "/today/act/", {"key": f"{kind}:{row.pk}", "do": do} | seen | sent, headers={"HX-Request": "true"}
    )


# Which lines


def test_the_latest_comes_first_then_today_then_what_concerns(portfolio, manager):
    an_action(portfolio, "Due today")
    an_action(portfolio, "Late by one", TODAY - DAY)
    an_action(portfolio, "Late by nine", TODAY - 9 * DAY)
    a_signal(portfolio, owner=portfolio.user("manager"))

    assert lines(manager)[:3] == ["Late by nine", "Late by one", "Due today"]
    assert "Late again" in lines(manager)[3]
    assert headline_of(manager) == "4 things need you today."


def test_nothing_stands_there_that_is_not_for_today_or_not_for_this_person(portfolio, manager):
    an_action(portfolio, "Due tomorrow", TODAY + DAY)
    an_action(portfolio, "Put off", snoozed_until=TODAY + DAY)
    an_action(portfolio, "Done", state="done", done_on=TODAY)
    an_action(portfolio, "Of the lead", who="lead")
    an_action(portfolio, "Of another team", code="S1", who="stranger")
    a_signal(portfolio, owner=portfolio.user("lead"))
    a_signal(portfolio, code="S1")
    a_signal(portfolio, owner=portfolio.user("manager"), snoozed_until=TODAY + DAY)

    assert lines(manager) == []
    assert headline_of(manager) == "Nothing needs you today."
    assert "All is dealt with." in page_of(manager.get("/")).text


def test_what_nobody_has_is_of_who_looks_after_the_account(portfolio, manager, sign_in):
    an_action(portfolio, "Nobody’s", who="")
    a_signal(portfolio)

    assert len(lines(manager)) == 2
    assert lines(sign_in("lead")) == []


def test_what_was_put_off_until_today_is_back(portfolio, manager):
    an_action(portfolio, "Back today", TODAY + 5 * DAY, snoozed_until=TODAY)

    assert lines(manager) == ["Back today"]


def test_a_review_is_told_two_weeks_ahead_and_counts_when_its_day_has_come(portfolio, manager):
    plan = a_plan(portfolio)
    Review.objects.create(plan=plan, due_on=TODAY + 14 * DAY, kind="joint")
    Review.objects.create(plan=plan, due_on=TODAY + 15 * DAY, kind="annual")
    Review.objects.create(plan=plan, due_on=TODAY - DAY)
    Review.objects.create(plan=plan, due_on=TODAY, state="cancelled")

    context = manager.get("/").context

    assert [line.text for line in context["lines"]] == ["Team review, not held"]
    assert [line.text for line in context["soon"]] == ["Joint review with the customer"]
    assert headline_of(manager) == "1 thing needs you today."


def test_a_plan_waits_for_the_lead_who_did_not_submit_it(portfolio, sign_in):
    version = PlanVersion.objects.create(
        plan=a_plan(portfolio),
        number=1,
        document={},
        submitted_at=timezone.now(),
        submitted_by=portfolio.user("manager"),
    )

    assert lines(sign_in("lead")) == ["Version 1 of the plan, by Manager"]
    assert lines(sign_in("manager")) == []

    PlanVersion.objects.filter(pk=version.pk).update(state="withdrawn")
    assert lines(sign_in("lead")) == []


def test_a_lead_is_asked_for_what_the_way_of_plans_asks_of_him(portfolio, sign_in):
    """Of his team and not his own, still in review, as sponsor too; not what he has spoken of."""
    lead, stranger = portfolio.user("lead"), portfolio.user("stranger")
    portfolio.accounts["S1"].sponsor = lead
    portfolio.accounts["S1"].save()
    by = {"N1": "manager", "N2": "lead", "N3": "manager", "S1": "stranger", "S2": "stranger"}
    for code, who in by.items():
        said = {"submitted_at": timezone.now(), "submitted_by": portfolio.user(who), "document": {}}
        version = PlanVersion.objects.create(plan=a_plan(portfolio, code), number=1, **said)
        if code == "N3":
            spoken = {"is_approved": True, "said_at": timezone.now(), "said_by": lead}
            PlanApproval.objects.create(version=version, side="lead", **spoken)

    found = [version.plan.account.code for version in waiting_for_lead(lead)]

    assert found == [version.plan.account.code for version in lifecycle.waiting_for(lead)] == ["N1", "S1"]
    assert not waiting_for_lead(stranger)


def submitted(portfolio, note: str = "") -> PlanVersion:
    said = {"submitted_at": timezone.now(), "submitted_by": portfolio.user("manager"), "document": {}, "note": note}
    return PlanVersion.objects.create(plan=a_plan(portfolio, state="in_review"), number=1, **said)


def answer_version(client: Client, version: PlanVersion, do: str, **sent):
    sent = {"key": f"version:{version.pk}", "do": do} | sent
    return client.post("/today/act/", sent, headers=HTMX).context["told"]


def test_a_version_is_approved_in_place_and_its_note_is_read_there(portfolio, sign_in):
    version, lead = submitted(portfolio, "Two objectives more"), sign_in("lead")
    assert "Two objectives more" in page_of(lead.get("/")).text

    told = answer_version(lead, version, "approve")

    assert "You approved version 1 of Account N1." in told.text and told.back is None
    assert PlanApproval.objects.get().said_by == portfolio.user("lead")
    assert not [text for text in lines(lead) if text.startswith("Version 1")]


def test_a_version_is_returned_in_place_with_what_is_to_be_done_first(portfolio, sign_in):
    version, lead = submitted(portfolio), sign_in("lead")

    assert answer_version(lead, version, "return", value=" ").is_problem
    told = answer_version(lead, version, "return", value="Name the risks")

    assert told.text == "Version 1 of Account N1 is returned."
    version.refresh_from_db()
    assert (version.state, PlanApproval.objects.get().answer) == ("returned", "Name the risks")


@pytest.mark.parametrize("role", ["manager", "member", "stranger"])
def test_a_version_is_answered_by_nobody_else(portfolio, sign_in, role):
    version = submitted(portfolio)

    assert answer_version(sign_in(role), version, "approve").text == "It is not there any more."
    assert not PlanApproval.objects.exists()


def test_a_mention_stands_there_until_it_is_read(portfolio, manager):
    told = {"plan": a_plan(portfolio), "account": portfolio.accounts["N1"]}
    notices.tell([portfolio.user("manager")], "mention", "Lead: what of stock?", "/", portfolio.user("lead"), **told)
    assert lines(manager) == ["Lead: what of stock?"]

    answer = manager.post("/today/act/", {"key": manager.get("/").context["lines"][0].key, "do": "done"})

    assert answer.url == "/" and lines(manager) == []


def test_a_mention_in_a_plan_that_is_hidden_by_now_is_not_told(portfolio, manager):
    plan = a_plan(portfolio, code="S1", visibility="plan_team")
    notices.tell([portfolio.user("manager")], "mention", "Secret merger", "/", None, plan=plan)

    assert "Secret merger" not in page_of(manager.get("/")).text


def test_signals_of_profit_are_not_for_members(portfolio, sign_in):
    member = portfolio.user("member")
    a_signal(portfolio, owner=member, kind="unprofitable", tells_profit=True, facts={})
    a_signal(portfolio, owner=member)

    assert len(lines(sign_in("member"))) == 1


def test_an_import_that_failed_is_told_to_who_brought_it(portfolio, sign_in):
    for who in ("finance", "admin"):
        Import.objects.create(
            kind="order_lines", file_name=f"{who}.csv", state="refused", created_by=portfolio.user(who)
        )

    assert [line.text.partition(" ")[0] for line in imports(portfolio.user("finance"))] == ["finance.csv"]
    assert imports(portfolio.user("manager")) == []


def test_the_first_screen_has_what_fits_and_the_rest_is_one_click_away(portfolio, manager):
    for number in range(13):
        an_action(portfolio, f"Action {number:02}", TODAY - DAY)

    assert len(lines(manager)) == 10
    assert "Show all 13" in page_of(manager.get("/")).text
    assert len(lines(manager, "?day=all")) == 13


# What is done about them


def test_done_takes_the_line_away_and_undo_brings_it_back(portfolio, manager):
    row = an_action(portfolio, "Send the proposal")

    answer = act(manager, row, "done")

    row.refresh_from_db()
    assert (row.state, row.done_on) == ("done", TODAY)
    assert "Done: Send the proposal" in page_of(answer).text and "Nothing needs you today." in page_of(answer).text

    back = answer.context["told"].back
    again = manager.post("/today/act/", {"key": back.key, "do": back.do, "seen": back.seen, "value": back.value})

    assert again.url == "/" and lines(manager) == ["Send the proposal"]


@pytest.mark.parametrize(
    ("do", "sent", "until"),
    [
        ("snooze:tomorrow", {}, TODAY + DAY),
        ("snooze:week", {}, TODAY + timedelta(days=7 - TODAY.weekday())),
        ("snooze:on", {"value": str(TODAY + 40 * DAY)}, TODAY + 40 * DAY),
    ],
)
def test_a_line_is_put_off_and_comes_back_by_undo(portfolio, manager, do, sent, until):
    row = an_action(portfolio, "Call them", TODAY - DAY)

    back = act(manager, row, do, **sent).context["told"].back

    row.refresh_from_db()
    assert row.snoozed_until == until and lines(manager) == []
    manager.post("/today/act/", {"key": back.key, "do": back.do, "seen": back.seen})
    assert lines(manager) == ["Call them"]


@pytest.mark.parametrize("value", ["", "soon", "2026-02-31", "2000-01-01"])
def test_a_day_that_is_none_or_past_changes_nothing_and_says_so(portfolio, manager, value):
    row = an_action(portfolio, "Call them")

    told = act(manager, row, "snooze:on", value=value).context["told"]

    assert told.is_problem and told.text == "Choose a day after today."
    row.refresh_from_db()
    assert row.revision == 1


def test_a_line_is_handed_on_to_the_people_of_the_account_and_back(portfolio, manager, sign_in):
    row = an_action(portfolio, "Send samples")
    people = manager.get("/").context["lines"][0].people
    assert [person.name for person in people] == ["Lead", "Member"]

    back = act(manager, row, "reassign", value=portfolio.user("member").pk).context["told"].back

    assert lines(manager) == [] and lines(sign_in("member")) == ["Send samples"]
    manager.post("/today/act/", {"key": back.key, "do": back.do, "seen": back.seen, "value": back.value})
    assert lines(manager) == ["Send samples"]


def test_nothing_is_handed_to_somebody_of_another_team(portfolio, manager):
    row = an_action(portfolio, "Send samples")

    assert act(manager, row, "reassign", value=portfolio.user("stranger").pk).context["told"].is_problem
    assert act(manager, row, "reassign", value="x").context["told"].is_problem
    row.refresh_from_db()
    assert row.owner == portfolio.user("manager")


def test_who_was_slower_is_told_and_changes_nothing(portfolio, manager):
    row = an_action(portfolio, "Send samples")
    doing.snooze(portfolio.user("lead"), Action.objects.get(pk=row.pk), 1, TODAY + DAY, TODAY)

    told = act(manager, row, "done").context["told"]

    assert told.is_problem and "Somebody has changed it meanwhile" in told.text
    row.refresh_from_db()
    assert row.state == "to_do"


def test_rows_of_others_and_rows_that_are_none_look_alike(portfolio, manager):
    hidden = an_action(portfolio, "Secret", code="S1", who="stranger")

    for key in (f"action:{hidden.pk}", "action:999999", "signal:7", "notice:7", "plan:1", "", "action:²"):
        answer = manager.post("/today/act/", {"key": key, "do": "done", "seen": "1"}, headers={"HX-Request": "true"})
        assert answer.context["told"].text == "It is not there any more."
    hidden.refresh_from_db()
    assert hidden.state == "to_do"


def test_a_signal_is_dealt_with_put_off_and_raised_again(portfolio, manager):
    signal = a_signal(portfolio)

    for do in ("done", "snooze:week"):
        back = act(manager, signal, do).context["told"].back
        assert lines(manager) == []
        manager.post("/today/act/", {"key": back.key, "do": back.do, "value": back.value})
        assert len(lines(manager)) == 1


def test_a_signal_that_is_handed_on_becomes_an_action_and_undo_drops_it(portfolio, manager):
    signal = a_signal(portfolio)

    back = act(manager, signal, "reassign", value=portfolio.user("member").pk).context["told"].back

    made = Action.objects.get()
    assert (made.text, made.owner.name, made.due_on) == ("Call them, and settle it", "Member", TODAY + 7 * DAY)
    assert lines(manager) == []
    manager.post("/today/act/", {"key": back.key, "do": back.do, "value": back.value})
    made.refresh_from_db()
    assert made.state == "dropped" and len(lines(manager)) == 1


def test_without_scripts_what_was_done_is_said_once_with_the_way_back(portfolio, manager):
    row = an_action(portfolio, "Send samples")

    answer = manager.post("/today/act/", {"key": f"action:{row.pk}", "do": "done", "seen": 1}, follow=True)

    assert "Done: Send samples" in page_of(answer).text
    assert "Done: Send samples" not in page_of(manager.get("/")).text


def undo_of(answer) -> str:
    return next(each.text for each in page_of(answer).all("button") if "data-day-undo" in each.attributes)


def test_what_was_taken_back_can_be_done_again(portfolio, manager):
    row = an_action(portfolio, "Send samples")

    first = act(manager, row, "done")
    back = {name: getattr(first.context["told"].back, name) for name in ("key", "do", "seen", "value")}
    again = manager.post("/today/act/", back | {"back": "1"}, headers={"HX-Request": "true"})

    assert undo_of(first) == "Undo"
    assert undo_of(again) == "Redo" and lines(manager) == ["Send samples"]
    back = {name: getattr(again.context["told"].back, name) for name in ("key", "do", "seen", "value")}
    last = manager.post("/today/act/", back, headers={"HX-Request": "true"})
    assert undo_of(last) == "Undo" and lines(manager) == []


# Reviews


def move(client: Client, row: Review, do: str = "move:on", **sent):
    row.refresh_from_db()
    key = {"key": f"review:{row.pk}", "seen": row.revision, "do": do}
    return client.post("/today/act/", key | sent, headers={"HX-Request": "true"}).context["told"]


def test_a_late_review_opens_or_gets_a_new_day_in_place_and_undo_brings_the_old_one_back(portfolio, manager):
    row = Review.objects.create(plan=a_plan(portfolio), due_on=TODAY - DAY)
    assert f"/reviews/{row.pk}/" in [each.attributes.get("href") for each in page_of(manager.get("/")).all("a")]

    told = move(manager, row, value=str(TODAY + 3 * DAY))

    assert told.text.startswith("Team review, Account N1: on ") and lines(manager) == []
    back = {"key": told.back.key, "do": told.back.do, "seen": told.back.seen, "value": told.back.value}
    manager.post("/today/act/", back)
    row.refresh_from_db()
    assert row.due_on == TODAY - DAY and lines(manager) == ["Team review, not held"]


@pytest.mark.parametrize("value", ["", "soon", "2000-01-01"])
def test_a_review_moves_to_no_day_that_is_past(portfolio, manager, value):
    row = Review.objects.create(plan=a_plan(portfolio), due_on=TODAY - DAY)

    assert move(manager, row, value=value).is_problem
    row.refresh_from_db()
    assert row.due_on == TODAY - DAY


def test_a_review_is_moved_by_who_edits_plans_and_is_not_faster_than_another(portfolio, manager, sign_in):
    row = Review.objects.create(plan=a_plan(portfolio), due_on=TODAY - DAY)
    Review.objects.filter(pk=row.pk).update(revision=5)
    stale = manager.post("/today/act/", {"key": f"review:{row.pk}", "seen": 1, "do": "move:week"}, headers=HTMX)

    assert stale.context["told"].is_problem and "changed it meanwhile" in stale.context["told"].text
    assert move(sign_in("member"), row, "move:week").is_problem
    assert move(sign_in("stranger"), row, "move:week").text == "It is not there any more."
    row.refresh_from_db()
    assert row.due_on == TODAY - DAY


# Reviews that nobody planned


def begun_long_ago(portfolio, code: str = "N1") -> Plan:
    return a_plan(portfolio, code, from_on=TODAY - 200 * DAY)


def plan_it(client: Client, plan: Plan, do: str = "plan:on", kind: str = "team", **sent):
    sent = {"key": f"asked-{kind}:{plan.pk}", "do": do} | sent
    return client.post("/today/act/", sent, headers=HTMX).context["told"]


def send_back(client: Client, told):
    sent = {"key": told.back.key, "do": told.back.do, "seen": told.back.seen, "value": told.back.value}
    return client.post("/today/act/", sent | {"back": "1"}, headers=HTMX).context["told"]


def test_reviews_that_nobody_planned_are_those_of_the_list_of_reviews_on_the_same_days(portfolio, manager):
    begun_long_ago(portfolio)
    soon = a_plan(portfolio, "N2", from_on=TODAY - 20 * DAY)
    Review.objects.create(plan=soon, due_on=TODAY + 3 * DAY, kind="joint")
    ReviewCadence.objects.create(box="team", kind="team", months=1, stale_days=100, changed_at=timezone.now())

    context = manager.get("/").context
    found = [(line.account.code, line.text.split(", not ")[0], line.day) for line in context["lines"]]
    coming = [(line.account.code, line.text.split(", not ")[0], line.day) for line in context["soon"]]
    listed = [
        (each.plan.account.code, str(each.kind_label), each.due_on) for each in manager.get("/reviews/").context["page"]
    ]

    assert sorted(found + coming) == sorted(listed)
    assert [code for code, *_rest in found] == ["N1", "N1"]
    assert "not planned" in context["lines"][0].text
    first = min(day for code, _text, day in found if code == "N1")
    plan_line = context["plans"][portfolio.accounts["N1"].pk]
    card = next(card for card in manager.get("/team/north/").context["cards"] if card.account.code == "N1")
    assert plan_line.next_review == card.next_review == first


def test_a_review_is_planned_in_place_with_its_agenda_and_undo_takes_it_back(portfolio, manager):
    plan = begun_long_ago(portfolio)
    plan.people.add(portfolio.user("member"))
    an_action(portfolio, "Late", TODAY - DAY, plan=plan, snoozed_until=TODAY + DAY)
    before = lines(manager)

    told = plan_it(manager, plan, value=str(TODAY + 3 * DAY))

    made = Review.objects.get()
    assert (made.kind, made.due_on, made.created_by) == ("team", TODAY + 3 * DAY, portfolio.user("manager"))
    assert [point.text for point in made.points.all()] == ["Late"]
    assert Notice.objects.filter(user=portfolio.user("member"), url=f"/reviews/{made.pk}/").exists()
    assert told.text.startswith("Team review, Account N1: planned on ")
    assert lines(manager) == [text for text in before if not text.startswith("Team review")]

    again = send_back(manager, told)

    made.refresh_from_db()
    assert (made.state, again.text) == ("cancelled", "Team review, Account N1: not planned any more")
    assert not Notice.objects.filter(user=portfolio.user("member")).exists()
    assert lines(manager) == before
    send_back(manager, again)
    assert Review.objects.planned().get().due_on == TODAY + 3 * DAY


@pytest.mark.parametrize(("kind", "value"), [("team", ""), ("team", "2000-01-01"), ("none", str(TODAY + 7 * DAY))])
def test_a_review_is_planned_on_no_past_day_and_of_no_unknown_kind(portfolio, manager, kind, value):
    assert plan_it(manager, begun_long_ago(portfolio), kind=kind, value=value).is_problem
    assert not Review.objects.exists()


def test_who_was_slower_to_plan_it_is_told(portfolio, manager):
    plan = begun_long_ago(portfolio)
    Review.objects.create(plan=plan, due_on=TODAY + DAY)

    assert plan_it(manager, plan, "plan:week").text == "A review of this kind is planned already."


def test_reviews_are_planned_by_who_edits_the_plan_alone(portfolio, sign_in):
    plan = begun_long_ago(portfolio)

    assert lines(sign_in("lead")) == lines(sign_in("member")) == []
    assert plan_it(sign_in("member"), plan, "plan:week").is_problem
    assert plan_it(sign_in("stranger"), plan, "plan:week").text == "It is not there any more."
    assert not Review.objects.exists()


def test_a_review_that_was_not_held_is_nothing_for_who_can_do_nothing_about_it(portfolio, manager, sign_in):
    row = Review.objects.create(plan=a_plan(portfolio), due_on=TODAY - DAY)
    row.people.add(portfolio.user("member"))

    assert lines(sign_in("member")) == []
    assert headline_of(sign_in("member")) == "Nothing needs you today."
    assert lines(manager) == ["Team review, not held"]
    Review.objects.filter(pk=row.pk).update(due_on=TODAY)
    assert lines(sign_in("member")) == ["Team review"]


@pytest.mark.parametrize(("day", "has_both"), [("2026-03-15", False), ("2026-03-14", True)])
def test_no_two_choices_are_the_same_day(portfolio, day, has_both):
    with time_machine.travel(f"{day}T09:00:00Z", tick=False):  # 15 March 2026 is a Sunday
        client = Client()
        client.force_login(portfolio.user("manager"))
        an_action(portfolio, "Call", date.fromisoformat(day))
        text = client.get("/").content.decode()

    assert 'value="snooze:tomorrow"' in text
    assert ('value="snooze:week"' in text) == has_both


# Words and size


@pytest.mark.parametrize(("days", "words"), [(-3, "3 days late"), (-1, "1 day late"), (0, "today"), (1, "tomorrow")])
def test_a_day_near_today_is_told_in_words(days, words):
    assert due_words(TODAY + days * DAY, TODAY) == words


def test_the_greeting_goes_by_the_hour():
    assert headline(5, 8) == "Good morning. 5 things need you today."
    assert headline(1, 13) == "Good afternoon. 1 thing needs you today."
    assert headline(0, 20) == "Good evening. Nothing needs you today."


@pytest.mark.parametrize("role", ["manager", "lead", "member"])
def test_home_takes_twenty_queries_with_thousands_of_actions(portfolio, sign_in, role):
    owner, account = portfolio.user(role), portfolio.accounts["N2"]
    Action.objects.bulk_create(
        Action(account=account, text=f"Action {number}", owner=owner, due_on=TODAY - DAY) for number in range(3000)
    )
    a_signal(portfolio, owner=owner)
    for code in ("N1", "N2", "N3"):
        plan = begun_long_ago(portfolio, code)
        Review.objects.create(plan=plan, due_on=TODAY + 3 * DAY)
        submitted = {"submitted_at": timezone.now(), "submitted_by": portfolio.user("stranger")}
        PlanVersion.objects.create(plan=plan, number=1, document={}, **submitted)
        notices.tell([owner], "mention", f"Of {code}", "/", None, plan=plan)
    client = sign_in(role)

    with CaptureQueriesContext(connection) as asked:
        assert "things need you today" in client.get("/").content.decode()

    assert len(asked) <= 20, [query["sql"][:80] for query in asked]

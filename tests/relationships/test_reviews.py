"""Reviews: which are due, what is on their agenda, and that they are held on figures that stay."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.versions import NotPossible
from profitability.models import Publication
from relationships.models import Action, Objective, ObjectiveReading, Plan, Position, Review, ReviewCadence, ReviewPoint
from relationships.reviews import agenda, cadence, meeting
from relationships.reviews.due import boxes_of, next_of, to_come, working_day
from relationships.reviews.figures import figures_of, readable
from tests.factories import a_portfolio
from tests.markup import page_of
from tests.relationships.reviewing import DAY, TODAY, a_plan, a_review, held, open_things

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(f"{TODAY} 09:00Z", tick=False):
        yield


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def plan(portfolio):
    return a_plan(portfolio)


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def dues(portfolio, *plans) -> list[tuple[str, date, bool]]:
    listed = to_come(plans, boxes_of(plans, portfolio.run), cadence.rhythms())
    return [(due.kind, due.due_on, due.review is not None) for due in listed]


# When


def test_each_box_has_its_cadence_and_the_team_meets_in_between(portfolio):
    strategic = a_plan(portfolio, "N1", from_on=date(2026, 1, 10))
    streamline = a_plan(portfolio, "N5", from_on=date(2026, 1, 10))

    assert dues(portfolio, strategic) == [("team", date(2026, 2, 10), False), ("joint", date(2026, 4, 10), False)]
    assert dues(portfolio, streamline)[1] == ("joint", date(2027, 1, 10), False)


def test_a_review_with_the_customer_counts_for_the_team_but_not_the_other_way_round(portfolio, plan):
    held(plan, date(2026, 3, 1), kind="team")
    held(plan, date(2026, 2, 1), kind="joint")

    assert dues(portfolio, plan) == [("team", date(2026, 4, 1), False), ("joint", date(2026, 5, 1), False)]


def test_what_is_planned_takes_the_place_of_what_is_asked_for(portfolio, plan):
    a_review(plan, kind="annual", due_on=date(2026, 6, 1))

    assert [due for due in dues(portfolio, plan) if due[0] != "team"] == [("annual", date(2026, 6, 1), True)]


def test_a_closed_plan_is_not_reviewed(portfolio, plan):
    plan.state = Plan.State.CLOSED

    assert dues(portfolio, plan) == []


def test_months_of_nought_ask_for_no_review(portfolio, plan):
    cadence.state({"team": ("team", 0, 120)}, {}, portfolio.user("executive"), plan.created_at)

    assert [kind for kind, _day, _planned in dues(portfolio, plan)] == ["joint"]


@pytest.mark.parametrize(("day", "working"), [("2026-03-13", "2026-03-13"), ("2026-03-14", "2026-03-16")])
def test_no_review_is_proposed_on_a_weekend(day, working):
    assert working_day(date.fromisoformat(day)) == date.fromisoformat(working)


def test_the_next_one_follows_the_box(portfolio):
    found = cadence.rhythms()

    assert next_of("joint", "star", found, date(2026, 1, 31)) == ("joint", date(2026, 4, 30))
    assert next_of("team", "star", found, date(2026, 1, 15)) == ("team", date(2026, 2, 16))


def test_only_those_who_steer_change_the_cadence_and_nobody_unseen(portfolio, client):
    fields = {f"{box}.{name}": value for box in cadence.SHIPPED for name, value in
              (("kind", "joint"), ("months", "4"), ("days", "150"), ("seen", ""))}  # fmt: skip
    client.force_login(portfolio.user("manager"))
    assert client.post("/reviews/cadence/save/", fields).status_code == 403

    client.force_login(portfolio.user("executive"))
    assert client.post("/reviews/cadence/save/", fields).status_code == 302
    assert ReviewCadence.objects.get(box="star").months == 4
    assert ReviewCadence.objects.get(box="team").kind == "team"

    assert client.post("/reviews/cadence/save/", fields | {"star.months": "5"}).status_code == 409
    assert client.post("/reviews/cadence/save/", fields | {"star.months": "x"}).status_code == 422
    assert ReviewCadence.objects.get(box="star").months == 4


# What about


def sources(portfolio, review, who: str = "manager") -> list[str]:
    return [each.kind for each in agenda.proposals(portfolio.user(who), review, portfolio.run, TODAY)]


def test_the_agenda_proposes_what_is_open_on_both_sides(portfolio, plan):
    made = open_things(portfolio, plan)

    listed = agenda.proposals(portfolio.user("manager"), a_review(plan), portfolio.run, TODAY)

    assert [each.kind for each in listed] == ["complaint", "action", "action", "objective", "signal", "contract"]
    marks = {each.source: each.is_internal for each in listed}
    assert marks[f"action:{made['ours'].pk}"] and not marks[f"action:{made['joint'].pk}"]
    assert marks[f"signal:{made['signal'].pk}"] and not marks[f"complaint:{made['complaint'].pk}"]
    assert [each.text for each in listed if each.kind == "contract"] == ["Supply 2024 ends on 30 Apr 2026"]
    assert [each.note for each in listed if each.text == "Send the offer"] == ["Manager, overdue since 5 Mar 2026"]


def test_an_objective_that_moved_away_is_talked_about(portfolio, plan):
    made = open_things(portfolio, plan)["objective"]
    Objective.objects.filter(pk=made.pk).update(baseline=90_000)

    listed = agenda.proposals(portfolio.user("manager"), a_review(plan), portfolio.run, TODAY)

    said = [each.text for each in listed if each.kind == "objective"]
    assert said == ["Objective moved away from its target: Earn more"]


def test_what_was_left_open_comes_first_and_once(portfolio, plan):
    made = open_things(portfolio, plan)
    last = held(plan, TODAY - 90 * DAY)
    ReviewPoint.objects.create(review=last, text="Prices", is_internal=True)
    ReviewPoint.objects.create(review=last, text="Stock", is_settled=True)
    ReviewPoint.objects.create(review=last, text="Offer", action=made["ours"], source=f"action:{made['ours'].pk}")

    listed = agenda.proposals(portfolio.user("manager"), a_review(plan), portfolio.run, TODAY)

    assert [each.text for each in listed[:2]] == ["Prices", "Offer"]
    assert listed[0].is_internal
    assert len([each for each in listed if each.action == made["ours"]]) == 1


def test_what_is_done_by_now_does_not_come_up_again(portfolio, plan):
    made = open_things(portfolio, plan)
    ReviewPoint.objects.create(review=held(plan, TODAY - 90 * DAY), text="Offer", action=made["ours"])
    Action.objects.filter(pk=made["ours"].pk).update(state="done", done_on=TODAY)

    assert "Offer" not in [
        each.text for each in agenda.proposals(portfolio.user("manager"), a_review(plan), None, TODAY)
    ]


def test_filling_twice_puts_nothing_there_twice(portfolio, plan):
    open_things(portfolio, plan)
    review, user = a_review(plan), portfolio.user("manager")
    listed = agenda.proposals(user, review, portfolio.run, TODAY)

    assert meeting.fill(review, listed) == 6
    assert meeting.fill(review, listed) == 0
    assert agenda.proposals(user, review, portfolio.run, TODAY) == []


# Prepared, held, closed


def test_a_review_is_prepared_in_a_few_clicks_held_on_frozen_figures_and_closed(portfolio, plan, manager):
    open_things(portfolio, plan)
    assert manager.post("/accounts/N1/plan/reviews/", {"kind": "joint", "day": "2026-03-12"}).status_code == 302
    review = Review.objects.get()
    url = f"/reviews/{review.pk}/"
    assert review.points.count() == 6  # the agenda is there before anybody typed a word

    manager.post(f"{url}step/", {"do": "hold", "revision": review.revision})
    review.refresh_from_db()
    assert (review.state, review.held_on, review.run) == ("held", TODAY, portfolio.run)
    assert review.figures["amounts"]["contribution"] == "80000.00"
    assert Plan.objects.get().reviewed_on == TODAY

    manager.post(f"{url}add/", {"kind": "decision", "text": "One forecast a month"})
    manager.post(f"{url}action/", {"text": "Send the forecast", "due_on": "2026-04-01"})
    text = page_of(manager.get(url)).text
    assert "One forecast a month" in text and "Send the forecast" in text
    made = Action.objects.get(text="Send the forecast")
    assert (made.plan, made.owner) == (plan, portfolio.user("manager"))

    manager.post(f"{url}step/", {"do": "close", "revision": review.revision, "day": "2026-06-10"})
    following = Review.objects.get(state="planned")
    assert (following.kind, following.due_on) == ("joint", date(2026, 6, 10))
    assert Review.objects.get(pk=review.pk).closed_by == portfolio.user("manager")


def test_the_next_day_is_proposed_from_the_cadence(portfolio, plan, manager):
    review = held(plan, TODAY, portfolio.run, closed_at=None)

    [field] = page_of(manager.get(f"/reviews/{review.pk}/")).all("input", id="next-day")

    assert field.attributes["value"] == "2026-06-10"


def test_figures_of_a_held_review_stay_when_another_run_is_published(portfolio, plan, manager):
    review = a_review(plan)
    meeting.hold(review, portfolio.earlier, TODAY, review.revision)
    kept = Review.objects.get().figures

    Publication.objects.update(run=portfolio.run)
    Position.objects.filter(run=portfolio.run).update(box="star")

    assert Review.objects.get().figures == kept
    assert f"Of run {portfolio.earlier.pk}, as they were on" in page_of(manager.get(f"/reviews/{review.pk}/")).text


def test_changes_since_the_review_before_are_said(portfolio, plan, manager):
    figures = figures_of(plan, portfolio.run, TODAY)
    figures["amounts"]["contribution"] = "60000.00"
    figures |= {"window": "Jan 2025–Dec 2025", "shares": figures["shares"] | {"growth": "-0.2"}}
    held(plan, TODAY - 90 * DAY, portfolio.earlier, figures=figures)

    text = page_of(manager.get(f"/reviews/{a_review(plan).pk}/")).text

    assert "+20.0 k" in text and " points" in text
    assert "Compared with Jan 2025–Dec 2025, as looked at on 10 Dec 2025." in text


def test_an_objective_says_where_it_stands_and_where_it_is_to_come(portfolio, plan, manager):
    Objective.objects.create(plan=plan, text="Earn more", measure="contribution", target=200_000)
    own = Objective.objects.create(plan=plan, text="Answer sooner", unit="hours", direction="down", target=12)
    ObjectiveReading.objects.create(objective=own, value=16, read_on=TODAY, read_by=portfolio.user("manager"))

    text = page_of(manager.get(f"/reviews/{a_review(plan).pk}/")).text

    assert "80.0 k → target 200.0 k" in text
    assert "16 → target 12 hours" in text


def test_an_earlier_review_does_not_set_back_the_day_of_the_plan(portfolio, plan):
    Plan.objects.update(reviewed_on=TODAY + DAY)
    review = a_review(plan)

    meeting.hold(review, None, TODAY, review.revision)

    assert Plan.objects.get().reviewed_on == TODAY + DAY


def test_the_database_keeps_a_review_in_order(plan):
    with pytest.raises(IntegrityError), transaction.atomic():
        a_review(plan, state="held")
    a_review(plan)
    with pytest.raises(ValidationError):
        Review(plan=plan, kind="joint", due_on=TODAY).full_clean()


@pytest.mark.parametrize("day", [None, TODAY - DAY, date(2030, 1, 1)])
def test_a_review_is_planned_for_a_day_to_come(portfolio, plan, day):
    with pytest.raises(NotPossible):
        meeting.plan_one(portfolio.user("manager"), plan, "joint", day, TODAY)


def test_those_of_the_last_review_are_asked_again(portfolio, plan):
    made = open_things(portfolio, plan)
    last = held(plan, TODAY - 90 * DAY)
    last.people.add(portfolio.user("lead"))
    last.contacts.add(made["contact"])

    review = meeting.plan_one(portfolio.user("manager"), plan, "joint", TODAY, TODAY)

    assert list(review.people.all()) == [portfolio.user("lead")]
    assert list(review.contacts.all()) == [made["contact"]]


# Two at once


def test_of_two_who_hold_it_one_is_told(portfolio, plan, manager):
    review = a_review(plan)
    first = manager.post(f"/reviews/{review.pk}/step/", {"do": "hold", "revision": 1})
    second = manager.post(f"/reviews/{review.pk}/step/", {"do": "hold", "revision": 1})

    assert (first.status_code, second.status_code) == (302, 409)
    assert "Somebody has changed this review meanwhile" in page_of(second).text


def step(client, review, do: str, **sent):
    return client.post(f"/reviews/{review.pk}/step/", {"do": do, "revision": review.revision} | sent)


def test_a_summary_is_kept_as_it_is_typed_and_with_the_next_step(portfolio, plan, manager):
    review = a_review(plan)
    typed = {"do": "summary", "revision": 1, "summary": "All\r\nwell", "summary_seen": ""}
    answer = manager.post(f"/reviews/{review.pk}/step/", typed, headers={"HX-Request": "true"})

    review.refresh_from_db()
    assert (review.summary, review.revision) == ("All\nwell", 2)
    assert page_of(answer).one("div", id="summary-told").text == "Saved" and 'value="2"' in answer.content.decode()
    assert step(manager, review, "hold", summary="All is well", summary_seen="All\r\nwell").status_code == 302
    review.refresh_from_db()
    assert (review.state, review.summary) == ("held", "All is well")
    assert step(manager, review, "close", summary="Well", summary_seen="All is well").status_code == 302
    review.refresh_from_db()
    assert (review.summary, review.closed_at is None) == ("Well", False)


def test_a_step_goes_on_where_the_summary_was_kept_a_moment_ago(portfolio, plan, manager):
    review = held(plan, TODAY, closed_at=None)
    Review.objects.filter(pk=review.pk).update(summary="Well", revision=2)

    assert step(manager, review, "close", summary="Well", summary_seen="").status_code == 302


def test_who_changes_something_else_does_not_hinder_a_summary_and_who_changes_it_too_is_seen(portfolio, plan, manager):
    review = a_review(plan)
    Review.objects.filter(pk=review.pk).update(revision=2, due_on=TODAY + DAY)
    url, typed = f"/reviews/{review.pk}/step/", {"do": "summary", "revision": 1, "summary_seen": ""}
    htmx = {"HX-Request": "true"}
    assert "Saved" in page_of(manager.post(url, typed | {"summary": "Mine"}, headers=htmx)).text

    answer = page_of(manager.post(url, typed | {"summary": "Again mine"}, headers=htmx))
    assert "Somebody has changed the summary meanwhile" in answer.text and "Mine" in answer.text
    refused = step(manager, review, "hold", summary="Again mine", summary_seen="")

    assert refused.status_code == 409 and "Again mine" in page_of(refused).text
    review.refresh_from_db()
    assert (review.state, review.summary) == ("planned", "Mine")


def test_the_next_review_that_is_told_is_one_of_the_kind_that_follows(portfolio, plan, manager):
    review = held(plan, TODAY, closed_at=None)
    a_review(plan, "team", due_on=TODAY + 3 * DAY)

    assert "Close and plan the next one" in page_of(manager.get(f"/reviews/{review.pk}/")).text
    annual = a_review(plan, "annual", due_on=TODAY + 30 * DAY)
    shown = page_of(manager.get(f"/reviews/{review.pk}/")).text
    assert f"The next one ({annual.get_kind_display()}) is planned for 9 Apr 2026 already." in shown
    assert "Close and plan the next one" not in shown

    step(manager, review, "close")

    assert Review.objects.planned().count() == 2
    assert (
        f"The next one ({annual.get_kind_display()}) is on 9 Apr 2026."
        in page_of(manager.get(f"/reviews/{review.pk}/")).text
    )


def test_of_two_who_change_a_point_the_second_sees_both_and_nothing_is_lost(portfolio, plan, manager):
    point = ReviewPoint.objects.create(review=a_review(plan), text="Stock")
    url = f"/reviews/{point.review_id}/points/{point.pk}/"
    htmx = {"HX-Request": "true"}
    manager.post(url, {"text": "Stock of frames", "revision": 1}, headers=htmx)

    answer = manager.post(url, {"text": "Stock of helmets", "revision": 1}, headers=htmx)

    text = page_of(answer).text
    assert "Stock of frames" in text and "Stock of helmets" in text
    assert ReviewPoint.objects.get().text == "Stock of frames"
    manager.post(url, {"text": "Stock of helmets", "revision": 2}, headers=htmx)
    assert ReviewPoint.objects.get().text == "Stock of helmets"


def test_points_are_moved_and_removed(portfolio, plan, manager):
    review = a_review(plan)
    one, two, three = (meeting.add_point(review, "agenda", text) for text in ("One", "Two", "Three"))

    def texts() -> list[str]:
        return list(review.points.order_by("place").values_list("text", flat=True))

    manager.post(f"/reviews/{review.pk}/points/{three.pk}/", {"do": "up"})
    assert texts() == ["One", "Three", "Two"]
    manager.post(f"/reviews/{review.pk}/points/{one.pk}/", {"do": "up"})
    assert texts() == ["One", "Three", "Two"]
    manager.post(f"/reviews/{review.pk}/points/{two.pk}/", {"do": "remove", "revision": 1})
    assert texts() == ["One", "Three"]


def test_a_closed_review_is_not_written_but_can_be_corrected(portfolio, plan, manager):
    review = held(plan, TODAY, portfolio.run)
    point = ReviewPoint.objects.create(review=review, text="Stock")
    url = f"/reviews/{review.pk}/points/{point.pk}/"

    assert manager.post(url, {"text": "Else", "revision": 1}).status_code == 404
    manager.post(f"/reviews/{review.pk}/step/", {"do": "reopen", "revision": 1})
    assert manager.post(url, {"text": "Else", "revision": 1}).status_code == 302
    assert ReviewPoint.objects.get().text == "Else"


# Who


def test_members_read_but_neither_profit_nor_what_rests_on_it(portfolio, plan, client):
    open_things(portfolio, plan)
    review = a_review(plan)
    meeting.fill(review, agenda.proposals(portfolio.user("manager"), review, portfolio.run, TODAY))
    client.force_login(portfolio.user("member"))

    text = page_of(client.get(f"/reviews/{review.pk}/")).text

    assert "Share the forecast" in text and "Net revenue" in text
    for hidden in ("Contribution", "80.0 k", "Objective behind: Earn more", "loses", "Hold it now"):
        assert hidden not in text
    assert client.post(f"/reviews/{review.pk}/step/", {"do": "hold", "revision": 1}).status_code == 403


def test_figures_are_for_those_who_see_the_account(portfolio, plan):
    figures = figures_of(plan, portfolio.run, TODAY)
    stranger = portfolio.user("stranger")
    plan.people.add(stranger)

    assert Review.objects.visible_to(stranger).model is Review
    assert Plan.objects.visible_to(stranger).filter(pk=plan.pk).exists()
    assert readable(figures, stranger, plan.account) is None


def test_reviews_of_a_confidential_plan_are_not_found(portfolio, client):
    plan = a_plan(portfolio, visibility="plan_team")
    Plan.objects.filter(pk=plan.pk).update(visibility="plan_team")
    review = a_review(plan)
    client.force_login(portfolio.user("member"))

    hidden, missing = client.get(f"/reviews/{review.pk}/"), client.get("/reviews/999999/")

    assert hidden.status_code == missing.status_code == 404
    assert "Account N1" not in page_of(client.get("/reviews/?show=planned")).text
    assert client.get("/accounts/N1/plan/pack/").status_code == 404


# The list


def test_the_list_says_what_is_overdue_first(portfolio, plan, manager):
    a_review(plan, due_on=TODAY - 3 * DAY)
    a_review(a_plan(portfolio, "N3"), kind="team", due_on=TODAY + 30 * DAY)

    page = page_of(manager.get("/reviews/"))

    assert "overdue" in page.one("h1").text
    assert "Account N1" in page.one("section", tabindex="0").text
    held(plan, TODAY - 40 * DAY)
    assert "Account N1" in page_of(manager.get("/reviews/?show=held")).text
    assert "Account N1" not in page_of(manager.get("/reviews/?q=N3&show=held")).one("main").text


def test_an_unknown_filter_leaves_nothing(portfolio, plan, manager):
    a_review(plan)

    assert "Account N1" not in page_of(manager.get("/reviews/?team=nowhere")).one("main").text


def test_many_plans_take_no_more_queries(portfolio, client, django_assert_max_num_queries):
    for code in portfolio.accounts:
        plan = a_plan(portfolio, code)
        a_review(plan)
        held(plan, TODAY - timedelta(days=50), kind="team")
    client.force_login(portfolio.user("executive"))

    with django_assert_max_num_queries(20):
        client.get("/reviews/")


def test_one_review_with_many_points_takes_no_more_queries(portfolio, plan, manager, django_assert_max_num_queries):
    open_things(portfolio, plan)
    review = a_review(plan)
    for number in range(20):
        meeting.add_point(review, "agenda", f"Point {number}")

    with django_assert_max_num_queries(30):
        manager.get(f"/reviews/{review.pk}/")

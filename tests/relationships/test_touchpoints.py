"""Touchpoints: logged from anywhere with what was agreed, changed with a version check, listed, in the history."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from relationships import touching
from relationships.contacts.heard import last_heard
from relationships.models import Action, Complaint, Contact, Plan, PositionChange, Touchpoint
from tests.factories import a_portfolio
from tests.markup import page_of

pytestmark = pytest.mark.django_db
NEW = "/touchpoints/new/"
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def portfolio(db):
    return a_portfolio()


@pytest.fixture
def visit(portfolio):
    signed_in: dict[str, Client] = {}

    def client(who: str) -> Client:
        if who not in signed_in:
            signed_in[who] = Client()
            signed_in[who].force_login(portfolio.user(who))
        return signed_in[who]

    return client


def contact(portfolio, code: str = "N1", name: str = "Jo Doe") -> Contact:
    return Contact.objects.create(account=portfolio.accounts[code], name=name, email=f"{name[:2]}@{code}.example")


def said(portfolio, **more) -> dict:
    me = portfolio.user("manager")
    return {"account": "Account N1 (N1)", "kind": "call", "held_on": "2026-03-02", "note": "", "people": me.pk} | more


def held(portfolio, code: str = "N1", **more) -> Touchpoint:
    fields = {"held_on": date(2026, 3, 1), "logged_by": portfolio.user("manager"), "note": "Old"} | more
    return Touchpoint.objects.create(account=portfolio.accounts[code], **fields)


# Logging


def test_a_call_is_logged_from_the_dialog_without_leaving_the_page(portfolio, visit):
    jo = contact(portfolio)

    response = visit("manager").post(NEW, said(portfolio, minutes="15", contacts=jo.pk, note="Good talk"), **HTMX)

    assert response.status_code == 204
    assert "Logged: Call with Account N1" in response["HX-Trigger"]
    row = Touchpoint.objects.get()
    assert (row.account.code, row.kind, row.held_on, row.minutes) == ("N1", "call", date(2026, 3, 2), 15)
    assert (list(row.contacts.all()), list(row.people.all())) == ([jo], [portfolio.user("manager")])
    assert (row.logged_by, row.source, row.note) == (portfolio.user("manager"), "typed", "Good talk")


def test_without_scripts_the_page_logs_and_leads_to_the_history(portfolio, visit):
    response = visit("member").post(NEW, said(portfolio, people=[]))

    assert (response.status_code, response.url) == (302, "/accounts/N1/activity/")
    assert Touchpoint.objects.get().logged_by == portfolio.user("member")


def test_an_action_in_the_note_is_shown_before_it_is_kept(portfolio, visit):
    note = "Fine.\n- Send the offer by 2026-12-04"

    first = visit("manager").post(NEW, said(portfolio, note=note))

    assert first.status_code == 422 and not Touchpoint.objects.exists()
    assert b"Look at the actions found" in first.content and b'value="2026-12-04"' in first.content
    lead = portfolio.user("lead")
    looked_at = {"action_text": "Send the offer", "action_kept": "Send the offer", "action_due": "2026-12-05"}
    second = visit("manager").post(NEW, said(portfolio, note=note, action_owner=f"us-{lead.pk}", **looked_at))
    assert second.status_code == 302
    action = Action.objects.get()
    assert (action.text, action.owner, action.due_on) == ("Send the offer", lead, date(2026, 12, 5))
    assert (action.touchpoint, action.account.code) == (Touchpoint.objects.get(), "N1")


def test_an_action_can_be_the_customers_and_one_that_is_unticked_is_none(portfolio, visit):
    jo = contact(portfolio)
    note = "- Send figures\n- Call us back"
    rows = {
        "action_text": ["Send figures", "Call us back"],
        "action_kept": ["Send figures"],
        "action_owner": [f"them-{jo.pk}", f"them-{jo.pk}"],
        "action_due": ["", ""],
    }

    visit("manager").post(NEW, said(portfolio, note=note, **rows), **HTMX)

    action = Action.objects.get()
    assert (action.text, action.customer_owner, action.owner) == ("Send figures", jo, portfolio.user("manager"))


def test_the_preview_keeps_what_was_chosen_while_one_types_on(portfolio, visit):
    lead = portfolio.user("lead")
    rows = {"action_text": "Call Jo", "action_kept": "Call Jo", "action_owner": f"us-{lead.pk}", "action_due": ""}

    response = visit("manager").post("/touchpoints/promises/", said(portfolio, note="- Call Jo\n- Ask Kim", **rows))

    page = response.content.decode()
    assert page.count('name="action_text"') == 2
    assert f'<option value="us-{lead.pk}" selected>' in page


def test_a_due_day_that_is_no_day_is_said_and_nothing_is_kept(portfolio, visit):
    rows = {"action_text": "Call Jo", "action_kept": "Call Jo", "action_owner": "us-1", "action_due": "soon"}

    response = visit("manager").post(NEW, said(portfolio, note="- Call Jo", **rows), **HTMX)

    assert response.status_code == 422 and "“soon” is no day" in response.content.decode()
    assert not Touchpoint.objects.exists() and not Action.objects.exists()


def test_a_form_that_is_sent_twice_logs_once(portfolio, visit):
    key = touching.new_key()

    for _time in range(2):
        visit("manager").post(NEW, said(portfolio, key=key), **HTMX)

    assert Touchpoint.objects.count() == 1


@pytest.mark.parametrize("account", ["Account S1 (S1)", "S1", "Nobody", "Account"])
def test_an_account_one_does_not_see_or_that_several_could_be_is_refused(portfolio, visit, account):
    response = visit("manager").post(NEW, said(portfolio, account=account), **HTMX)

    assert response.status_code == 422 and "Choose one of the accounts you see" in response.content.decode()
    assert not Touchpoint.objects.exists()


def test_a_contact_of_another_account_is_refused(portfolio, visit):
    stranger = contact(portfolio, "N2")

    response = visit("manager").post(NEW, said(portfolio, contacts=stranger.pk), **HTMX)

    assert response.status_code == 422 and not Touchpoint.objects.exists()


def test_typing_finds_own_accounts_and_none_of_other_teams(portfolio, visit):
    page = visit("manager").get("/touchpoints/accounts/?q=account").content.decode()

    assert "Account N1" in page and "Account S1" not in page


def test_before_an_account_is_chosen_nothing_is_said_of_its_contacts(portfolio, visit):
    assert "Choose an account first." in visit("manager").get("/touchpoints/people/").content.decode()
    chosen = visit("manager").get("/touchpoints/people/?account=N6").content.decode()
    assert "Choose an account first." not in chosen and "No contacts are known here." in chosen


def test_finance_reads_and_does_not_log(portfolio, visit):
    held(portfolio)

    assert visit("finance").get("/touchpoints/").status_code == 200
    assert visit("finance").get(NEW).status_code == 403
    assert b"data-shortcut" not in visit("finance").get("/touchpoints/").content


# Changing


def test_a_change_of_an_older_version_is_a_conflict_that_shows_both(portfolio, visit):
    row = held(portfolio)
    Touchpoint.objects.filter(pk=row.pk).update(note="Theirs", revision=2)

    response = visit("manager").post(f"/touchpoints/{row.pk}/", said(portfolio, note="Mine", revision="1"))

    page = response.content.decode()
    assert response.status_code == 409 and "Theirs" in page and "Mine" in page
    assert Touchpoint.objects.get().note == "Theirs"
    again = visit("manager").post(f"/touchpoints/{row.pk}/", said(portfolio, note="Mine", revision="2"))
    assert again.status_code == 302 and Touchpoint.objects.get().note == "Mine"
    assert Touchpoint.objects.get().revision == 3


def test_it_is_removed_only_as_it_was_seen_and_its_actions_stay(portfolio, visit):
    row = held(portfolio)
    Action.objects.create(account=row.account, text="Call", owner=portfolio.user("manager"), touchpoint=row)

    visit("manager").post(f"/touchpoints/{row.pk}/remove/", {"revision": "7"})
    assert Touchpoint.objects.exists()

    visit("manager").post(f"/touchpoints/{row.pk}/remove/", {"revision": "1"})
    assert not Touchpoint.objects.exists() and Action.objects.get().touchpoint is None


def test_a_member_changes_own_ones_only(portfolio, visit):
    others, own = held(portfolio), held(portfolio, logged_by=portfolio.user("member"))

    assert visit("member").post(f"/touchpoints/{others.pk}/", said(portfolio, revision="1")).status_code == 403
    assert b"<textarea" not in visit("member").get(f"/touchpoints/{others.pk}/").content
    assert visit("member").post(f"/touchpoints/{own.pk}/", said(portfolio, revision="1")).status_code == 302


def test_one_of_another_team_is_not_found(portfolio, visit):
    row = held(portfolio, "S1")

    assert visit("manager").get(f"/touchpoints/{row.pk}/").status_code == 404
    assert visit("manager").post(f"/touchpoints/{row.pk}/remove/", {"revision": "1"}).status_code == 404


def test_saving_again_does_not_agree_on_the_same_action_twice(portfolio, visit):
    row = held(portfolio, note="- Call Jo")
    Action.objects.create(account=row.account, text="Call Jo", owner=portfolio.user("manager"), touchpoint=row)

    visit("manager").post(f"/touchpoints/{row.pk}/", said(portfolio, note="- Call Jo\nMore", revision="1"))

    assert Action.objects.count() == 1 and Touchpoint.objects.get().note.endswith("More")


# The list


def test_the_list_filters_by_note_kind_and_time_and_goes_out_as_a_file(portfolio, visit):
    today = timezone.localdate()
    held(portfolio, note="About helmets", kind="visit", held_on=today)
    held(portfolio, note="About gears", kind="call", held_on=today - timedelta(days=60))
    held(portfolio, note="Quarter", held_on=today + timedelta(days=3))
    held(portfolio, "S1", note="About helmets")

    def listed(**query) -> str:
        return visit("manager").get("/touchpoints/", query).content.decode()

    assert "1 touchpoint<" in listed(q="helmet")
    assert "gears" in listed(kind="call") and "helmets" not in listed(kind="call")
    assert "gears" not in listed(span="30")
    assert "Quarter" in listed(span="planned") and "planned</span>" in listed(span="planned")
    export = b"".join(visit("manager").get("/touchpoints/", {"format": "csv", "q": "helmet"}).streaming_content)
    assert export.decode().count("About helmets") == 1


def test_the_list_takes_few_queries_however_long_it_is(portfolio, visit, django_assert_max_num_queries):
    for number in range(60):
        held(portfolio, note=f"Number {number}").contacts.add(contact(portfolio, name=f"{number:02d} Doe"))

    reader = visit("manager")

    with django_assert_max_num_queries(20):
        reader.get("/touchpoints/")


def test_of_many_people_three_are_named_and_the_others_counted(portfolio, visit):
    small, large = held(portfolio, note="small"), held(portfolio, note="large")
    for number in range(7):
        one = contact(portfolio, name=f"{number}o Doe")
        large.contacts.add(one)
        if number < 4:
            small.contacts.add(one)

    page = page_of(visit("manager").get("/touchpoints/"))

    assert [each.text for each in page.all("td", **{"class": "touch-there"})] == [
        "0o Doe, 1o Doe, 2o Doe and 4 more",
        "0o Doe, 1o Doe, 2o Doe, 3o Doe",
    ]
    assert page.one("span", **{"data-tip": "3o Doe, 4o Doe, 5o Doe, 6o Doe"}).text == "and 4 more"


# The history


def test_the_history_has_everything_in_order_and_few_queries(portfolio, visit, django_assert_max_num_queries):
    jo = contact(portfolio)
    for number in range(30):
        held(portfolio, held_on=date(2026, 2, 1) + timedelta(days=number)).contacts.add(jo)
    own = {"account": portfolio.accounts["N1"], "logged_by": portfolio.user("manager")}
    Complaint.objects.create(received_on=date(2026, 3, 20), text="Late again", cause="Fog", **own)

    reader = visit("manager")
    with django_assert_max_num_queries(20):
        page = reader.get("/accounts/N1/activity/").content.decode()

    assert "Late again" in page and "Cause: Fog" in page
    assert page.index("Late again") < page.index("2 Mar")
    only = visit("manager").get("/accounts/N1/activity/", {"kind": "complaint"}).content.decode()
    assert "Late again" in only and "Old" not in only


def test_a_move_to_another_box_says_why_as_far_as_the_reader_may_know(portfolio, visit):
    def told(who: str) -> int:
        return visit(who).get("/accounts/N4/activity/").content.decode().count("Trust rose by 3.0 (rating)")

    assert told("manager") == 2  # one in each run
    assert told("member") == 1  # what the scores of an older run rested on is not known
    change = PositionChange.objects.filter(run=portfolio.run).get()
    change.kind, change.before, change.after, change.causes = "stage", "basic", "exploratory", [{"cause": "buyer"}]
    change.save()
    assert "The buyer’s view</p>" in visit("member").get("/accounts/N4/activity/").content.decode()


def test_what_a_reader_may_not_see_is_not_in_his_history(portfolio, visit):
    account, lead = portfolio.accounts["N1"], portfolio.user("lead")
    plan = Plan.objects.create(
        account=account, visibility="plan_team", from_on="2026-01-01", until_on="2028-12-31", created_by=lead
    )
    Action.objects.create(account=account, plan=plan, text="Secret step", owner=lead)
    Action.objects.create(account=account, text="Open step", owner=lead)
    account.decisions.create(outcome="admit", reason="Because it pays", proposed_on="2026-03-01", proposed_by=lead)

    page = visit("member").get("/accounts/N1/activity/").content.decode()
    assert "Open step" in page
    assert "Secret step" not in page and "Because it pays" not in page and "Decisions" not in page
    assert "Because it pays" in visit("manager").get("/accounts/N1/activity/").content.decode()


def test_the_heading_says_how_long_ago_and_a_planned_one_does_not_count(portfolio, visit):
    today = timezone.localdate()
    held(portfolio, held_on=today - timedelta(days=41))
    held(portfolio, held_on=today + timedelta(days=5))

    assert "Last in contact 41 days ago" in visit("manager").get("/accounts/N1/activity/").content.decode()
    account = portfolio.accounts["N1"].pk
    assert touching.last_days([account], today) == {account: today - timedelta(days=41)}


def test_last_contact_of_people_counts_only_where_they_were_there(portfolio):
    jo, kim = contact(portfolio), contact(portfolio, name="Kim Roe")
    held(portfolio).contacts.add(jo)

    everybody = Contact.objects.filter(pk__in=[jo.pk, kim.pk])
    assert last_heard(everybody, date(2026, 4, 1)) == {jo.pk: date(2026, 3, 1)}

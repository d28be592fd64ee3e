"""The contact map of an account: what it shows and finds, who may see and change it, and that no change is lost."""

import csv
import io
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from relationships import asking
from relationships.contacts import editing, heard
from relationships.contacts.drawing import hull, network
from relationships.contacts.findings import findings
from relationships.contacts.mapping import map_of
from relationships.contacts.said import said_of
from relationships.models import Action, Complaint, Contact, ContactCadence, Counterpart, Touchpoint
from tests.factories import a_portfolio, table
from tests.markup import page_of

pytestmark = pytest.mark.django_db
URL = "/accounts/N1/contacts/"
PEOPLE = """
name   function    level  role     influence  boss  ours
Olga   Management  5      decider  10         -     executive
Paul   Purchasing  3      buyer    6          Olga  manager
Sven   Workshop    1      user     2          Paul  -
Kira   Finance     4      approver -          Olga  -
"""


@pytest.fixture
def portfolio(db):
    made = a_portfolio()
    people = {}
    for row in table(PEOPLE):
        people[row["name"]] = Contact.objects.create(
            account=made.accounts["N1"],
            name=row["name"],
            function=row["function"],
            level=int(row["level"]),
            buying_role=row["role"],
            influence=None if row["influence"] == "-" else int(row["influence"]),
            reports_to=people.get(row["boss"]),
        )
        if row["ours"] != "-":
            Counterpart.objects.create(contact=people[row["name"]], user=made.user(row["ours"]))
    return made


@pytest.fixture
def manager(portfolio, client):
    client.force_login(portfolio.user("manager"))
    return client


def person(name: str) -> Contact:
    return Contact.objects.get(name=name)


def known_for(days: int, *names: str) -> None:
    since = timezone.now() - timedelta(days=days)
    Contact.objects.filter(name__in=names).update(created_at=since)


def meet(portfolio, days_ago: int, theirs: str, *ours: str) -> Touchpoint:
    made = Touchpoint.objects.create(
        account=portfolio.accounts["N1"],
        held_on=timezone.localdate() - timedelta(days=days_ago),
        logged_by=portfolio.user("manager"),
    )
    made.contacts.set(Contact.objects.filter(name__in=theirs.split()))
    made.people.set([portfolio.user(role) for role in ours])
    return made


def found(portfolio):
    return map_of(portfolio.accounts["N1"], timezone.localdate())


def kinds(portfolio) -> list[str]:
    return [each.key for each in findings(found(portfolio))]


def key(kind: str, name: str) -> str:
    return f"{kind}-{person(name).pk}"


def change(client, **sent):
    return client.post(f"{URL}change/", sent)


def set_level(client, contact: Contact, value: str, **more):
    return change(client, contact=contact.pk, field="level", value=value, **more)


# What it shows


def test_the_heading_tells_what_is_covered_and_who_alone_holds_it(portfolio, manager):
    assert page_of(manager.get(URL)).one("h1").text == (
        "2 of 4 contacts have a counterpart, and Executive alone holds 62 %"
    )


def test_levels_are_rows_with_the_board_at_the_top_and_gaps_as_boxes(portfolio, manager):
    page = page_of(manager.get(URL))

    bands = [band.one("h3").text for band in page.all("section", **{"class": "band"})]
    assert bands == ["Board", "Division or general manager", "Head of department", "Team lead", "Shop floor"]
    gaps = [box.text for box in page.all("div", **{"class": "gap-box"})]
    assert gaps == ["No counterpart for Kira", "No counterpart for Sven"]


def test_the_network_shows_a_bow_tie_by_the_touchpoints_of_a_year(portfolio, manager):
    for days in (1, 20, 40):
        meet(portfolio, days, "Paul", "manager")
    meet(portfolio, 60, "Olga", "executive")
    meet(portfolio, 400, "Olga", "executive")  # longer ago than a year

    page = page_of(manager.get(URL, {"view": "network"}))

    assert "Bow-tie" in page.text and "75 % runs through Manager and Paul" in page.text
    shown = found(portfolio)
    assert (shown.shape.kind, float(shown.shape.pair_share), shown.counts_touchpoints) == ("bow_tie", 0.75, True)
    drawing = network(shown)
    paul = next(node for node in drawing.theirs if node.name == "Paul")
    assert paul.x == max(node.x for node in drawing.theirs)  # nearest to the middle


def test_counterparts_stand_in_where_no_meeting_is_noted(portfolio):
    shown = found(portfolio)

    assert not shown.counts_touchpoints
    assert float(shown.shape.pair_share) == 0.5


def test_the_outline_of_a_side_is_its_convex_hull():
    assert set(hull([(0, 0), (2, 0), (2, 2), (0, 2), (1, 1)])) == {(0, 0), (2, 0), (2, 2), (0, 2)}


def test_without_contacts_the_page_says_what_to_do(portfolio, manager):
    text = page_of(manager.get("/accounts/N2/contacts/")).text

    assert "Nobody at Account N2 is noted yet" in text and "Add the first contact" in text


def test_the_table_is_sorted_by_its_heads_and_is_the_same_as_a_file(portfolio, manager):
    page = page_of(manager.get(URL, {"view": "table", "order": "-influence"}))
    [body] = page.all("tbody")[:1]
    assert [row.one("th").text.split()[0] for row in body.all("tr")] == ["Olga", "Paul", "Sven", "Kira"]

    answer = manager.get(f"{URL}export/csv/?order=name")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert [row["Name"] for row in rows] == ["Kira", "Olga", "Paul", "Sven"]
    assert (rows[2]["Reports to"], rows[2]["Sales"], rows[2]["Level"]) == ("Olga", "Manager", "Head of department")
    workbook = manager.get(f"{URL}export/xlsx/")
    assert b"".join(workbook.streaming_content).startswith(b"PK")
    assert manager.get(f"{URL}export/pdf/").status_code == 404


def test_forty_people_take_no_more_reads_than_four(portfolio, manager, django_assert_max_num_queries):
    for number in range(40):
        contact = Contact.objects.create(account=portfolio.accounts["N1"], name=f"Person {number}", level=2)
        Counterpart.objects.create(contact=contact, user=portfolio.user("manager"))
        meet(portfolio, number, f"{contact.name}", "manager", "lead")
    for view in ("chart", "network", "table"):
        with django_assert_max_num_queries(34):
            assert manager.get(URL, {"view": view, "edit": "1"}).status_code == 200


# What it finds


def test_gaps_matter_by_influence_or_by_who_decides(portfolio):
    assert key("gap", "Kira") in kinds(portfolio)  # approves
    assert key("gap", "Sven") not in kinds(portfolio)  # influence 2

    Contact.objects.filter(name="Sven").update(influence=5)
    assert key("gap", "Sven") in kinds(portfolio)


def test_somebody_two_levels_above_our_people_is_a_finding_until_a_level_is_stated(portfolio):
    Counterpart.objects.filter(contact=person("Olga")).update(user=portfolio.user("manager"))
    assert key("apart", "Olga") in kinds(portfolio)

    User.objects.filter(pk=portfolio.user("manager").pk).update(seniority=4)

    assert key("apart", "Olga") not in kinds(portfolio)


def test_who_was_silent_for_longer_than_their_level_may_is_quiet(portfolio):
    known_for(400, "Olga", "Paul", "Sven")
    meet(portfolio, 90, "Paul", "manager")
    assert key("quiet", "Olga") in kinds(portfolio)  # never heard of
    assert key("quiet", "Paul") not in kinds(portfolio)  # 90 days may pass
    assert key("quiet", "Sven") not in kinds(portfolio)  # a gap, not quiet

    ContactCadence.objects.create(level=3, days=89, changed_at=timezone.now())

    assert key("quiet", "Paul") in kinds(portfolio)


def test_an_answered_survey_ends_a_silence(portfolio):
    known_for(400, "Olga")
    account, now = portfolio.accounts["N1"], timezone.now()
    row, _secret = asking.invite(account, asking.Guest("Olga", "", person("Olga")), portfolio.user("manager"), now)
    assert key("quiet", "Olga") in kinds(portfolio)

    asking.answer(row, {"standing": "never"}, now)

    assert key("quiet", "Olga") not in kinds(portfolio)


def test_quiet_contacts_of_many_accounts_take_five_reads(portfolio, django_assert_num_queries):
    known_for(400, "Olga", "Paul", "Kira")
    with django_assert_num_queries(5):
        quiet = heard.gone_quiet([account.pk for account in portfolio.accounts.values()], timezone.localdate())

    assert [each.contact.name for each in quiet[portfolio.accounts["N1"].pk]] == ["Paul", "Olga"]


def test_an_opponent_with_influence_is_a_finding(portfolio):
    Contact.objects.filter(name="Olga").update(support=-1)

    assert key("against", "Olga") in kinds(portfolio)


def test_a_finding_becomes_an_action_in_place_and_is_under_way_then(portfolio, manager):
    gap = next(each for each in findings(found(portfolio)) if each.key == key("gap", "Kira"))
    sent = {
        "text": gap.proposal,
        "owner": portfolio.user("lead").pk,
        "due_on": "2099-01-01",
        "contact": person("Kira").pk,
    }

    manager.post(f"{URL}act/", sent)

    made = Action.objects.get()
    assert (made.text, made.owner, made.customer_owner) == (gap.proposal, portfolio.user("lead"), person("Kira"))
    assert "Under way: Find a counterpart for Kira" in page_of(manager.get(URL)).text


@pytest.mark.parametrize("wrong", [{"text": ""}, {"owner": "1000000"}, {"due_on": "2001-01-01"}, {"due_on": "soon"}])
def test_an_action_that_cannot_be_is_refused_with_a_reason(portfolio, manager, wrong):
    sent = {"text": "Call", "owner": portfolio.user("lead").pk, "due_on": "2099-01-01"} | wrong

    answer = manager.post(f"{URL}act/", sent, follow=True)

    assert "No action was added" in page_of(answer).text
    assert not Action.objects.exists()


# Changing it


def test_a_level_a_boss_and_a_counterpart_are_set_in_place(portfolio, manager):
    paul, kira = person("Paul"), person("Kira")
    answer = set_level(manager, paul, "2", shown="view=table&edit=1")
    change(manager, contact=paul.pk, field="reports_to", value=kira.pk)
    change(manager, do="pair", contact=kira.pk, user=portfolio.user("member").pk, kind="service")
    change(manager, do="part", contact=paul.pk, user=portfolio.user("manager").pk, kind="sales")

    assert (answer.status_code, answer.url) == (302, f"{URL}?view=table&edit=1")
    paul.refresh_from_db()
    assert (paul.level, paul.reports_to, paul.revision) == (2, kira, 3)
    assert list(Counterpart.objects.values_list("contact__name", "user__name", "kind").order_by("pk")) == [
        ("Olga", "Executive", "sales"),
        ("Kira", "Member", "service"),
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("level", "6"), ("support", "3"), ("influence", "x"), ("buying_role", "king"), ("name", ""), ("revision", "9")],
)
def test_what_cannot_be_is_refused_in_place(portfolio, manager, field, value):
    before = said_of(person("Paul"))

    assert change(manager, contact=person("Paul").pk, field=field, value=value).status_code == 422
    assert said_of(person("Paul")) == before


def test_nobody_is_made_to_report_to_himself_or_to_another_account(portfolio, manager):
    stranger = Contact.objects.create(account=portfolio.accounts["N2"], name="Eve")
    for boss in (person("Paul"), person("Sven"), stranger):
        assert change(manager, contact=person("Paul").pk, field="reports_to", value=boss.pk).status_code == 422
    assert person("Paul").reports_to == person("Olga")


def test_somebody_elses_change_of_the_same_field_is_not_overwritten_unseen(portfolio, manager):
    paul = person("Paul")
    set_level(manager, paul, "4", revision=1, before="3")

    answer = set_level(manager, paul, "2", revision=1, before="3")

    assert answer.status_code == 422
    clash = page_of(answer).one("section", role="alert")
    told = [each.text for each in clash.all("dd")]
    assert told == ["Head of department", "Division or general manager", "Team lead"]
    assert person("Paul").level == 4
    sent = {field.attributes["name"]: field.attributes.get("value", "") for field in clash.all("input")}
    sent.pop("csrfmiddlewaretoken", None)
    assert change(manager, **sent).status_code == 302
    assert person("Paul").level == 2


def test_changes_of_different_fields_stay_side_by_side(portfolio, manager):
    paul = person("Paul")
    set_level(manager, paul, "4", revision=1, before="3")

    answer = change(manager, contact=paul.pk, field="influence", value="9", before="6", revision=1)

    assert answer.status_code == 302
    assert (person("Paul").level, person("Paul").influence) == (4, 9)


def value_of(part, name: str) -> str:
    [field] = [each for each in part.all("input") if each.attributes.get("name") == name]
    return field.attributes["value"]


def form_of(client, contact: Contact) -> dict:
    """What the opened form would send."""
    form = page_of(client.get(f"{URL}person/?id={contact.pk}")).one("form", **{"class": "contact-form"})
    seen = value_of(form, "seen")
    ours = list(contact.counterparts.values_list("user", flat=True))
    return said_of(contact) | {"seen": seen, "ours": ours}


def test_the_form_keeps_what_others_changed_meanwhile(portfolio, manager):
    paul = person("Paul")
    sent = form_of(manager, paul) | {"title": "Head of purchasing"}
    set_level(manager, paul, "4")
    change(manager, do="pair", contact=paul.pk, user=portfolio.user("lead").pk, kind="sales")

    answer = manager.post(f"{URL}person/?id={paul.pk}", sent)

    assert answer.status_code == 302
    paul = person("Paul")
    assert (paul.title, paul.level, paul.counterparts.count()) == ("Head of purchasing", 4, 2)


def test_the_form_shows_yours_theirs_and_before_and_saves_yours_when_told_again(portfolio, manager):
    paul = person("Paul")
    sent = form_of(manager, paul) | {"level": "2", "influence": "8"}
    set_level(manager, paul, "4")

    answer = manager.post(f"{URL}person/?id={paul.pk}", sent)

    assert answer.status_code == 422
    page = page_of(answer)
    row = page.one("div", role="alert").one("tbody").text
    assert "Head of department" in row and "Division or general manager" in row and "Team lead" in row
    assert person("Paul").influence == 6  # nothing was set
    seen = value_of(page, "seen")
    assert manager.post(f"{URL}person/?id={paul.pk}", sent | {"seen": seen}).status_code == 302
    assert (person("Paul").level, person("Paul").influence) == (2, 8)


def test_two_rows_of_one_person_become_one_with_all_that_belongs_to_them(portfolio, manager):
    paul, account = person("Paul"), portfolio.accounts["N1"]
    twin = Contact.objects.create(account=account, name="P. Paul", email="paul@n1.example", level=2, reports_to=paul)
    for role in ("manager", "lead"):
        Counterpart.objects.create(contact=twin, user=portfolio.user(role))
    Contact.objects.filter(name="Sven").update(reports_to=twin)
    meet(portfolio, 3, "Paul", "manager").contacts.add(twin)
    meet(portfolio, 4, "Kira", "manager").contacts.add(twin)
    action = Action.objects.create(account=account, text="Call", customer_owner=twin)
    complaint = Complaint.objects.create(
        account=account, contact=twin, received_on=date(2026, 3, 1), text="Late", logged_by=portfolio.user("manager")
    )

    manager.post(f"{URL}merge/?id={paul.pk}", {"other": twin.pk})

    paul.refresh_from_db()
    assert not Contact.objects.filter(pk=twin.pk).exists()
    assert (paul.name, paul.email, paul.level, paul.reports_to.name) == ("Paul", "paul@n1.example", 3, "Olga")
    assert sorted(paul.counterparts.values_list("user__name", flat=True)) == ["Lead", "Manager"]
    assert (paul.touchpoints.count(), person("Sven").reports_to) == (2, paul)
    action.refresh_from_db()
    complaint.refresh_from_db()
    assert action.customer_owner == complaint.contact == paul


def test_merging_leaves_nobody_under_himself(portfolio):
    paul = person("Paul")
    between = Contact.objects.create(account=paul.account, name="Between", reports_to=person("Sven"))
    Contact.objects.filter(pk=paul.pk).update(reports_to=between)
    Contact.objects.filter(name="Sven").update(reports_to=None)
    paul.refresh_from_db()

    editing.merge(paul, person("Sven"))

    between.refresh_from_db()
    paul.refresh_from_db()
    assert (between.reports_to, paul.reports_to) == (paul, None)


def test_who_leaves_is_no_gap_any_more_and_may_come_back(portfolio, manager):
    kira = person("Kira")
    manager.post(f"{URL}left/?id={kira.pk}")
    assert person("Kira").left_on == timezone.localdate()
    assert key("gap", "Kira") not in kinds(portfolio)

    manager.post(f"{URL}left/?id={kira.pk}", {"do": "back"})
    assert person("Kira").left_on is None


def test_days_of_silence_are_set_by_who_steers_and_levels_of_ours_by_leads(portfolio, client):
    days = {f"days_{level}": str(10 * level) for level in range(1, 6)}
    client.force_login(portfolio.user("executive"))
    client.post(f"{URL}cadence/", days)
    assert heard.expected_days()[5] == 50
    client.post(f"{URL}cadence/", days | {"days_5": "0"})
    assert heard.expected_days()[5] == 50

    client.force_login(portfolio.user("lead"))
    client.post(f"{URL}seniority/", {"user": portfolio.user("manager").pk, "level": "5"})
    assert User.objects.get(email="manager@example.com").level == 5
    client.post(f"{URL}seniority/", {"user": portfolio.user("stranger").pk, "level": "5"})
    assert User.objects.get(email="stranger@example.com").level == 3


# Who may


def test_members_read_the_map_and_act_but_change_nothing(portfolio, client):
    client.force_login(portfolio.user("member"))
    page = page_of(client.get(URL, {"view": "table", "edit": "1"}))

    assert "Olga" in page.text
    assert not page.all("form", **{"class": "cell-form"}) and not page.all("form", id="contact-drop")
    for part in ("change", "person", "merge", "left", "seniority", "cadence"):
        assert client.post(f"{URL}{part}/", {"contact": person("Paul").pk}).status_code == 403
    sent = {"text": "Call Olga", "owner": portfolio.user("member").pk, "due_on": "2099-01-01"}
    assert client.post(f"{URL}act/", sent).status_code == 302
    assert Action.objects.get().owner == portfolio.user("member")


def test_a_stranger_finds_nothing(portfolio, client):
    client.force_login(portfolio.user("stranger"))
    for part in ("", "export/csv/", "person/"):
        assert client.get(f"{URL}{part}").status_code == 404
    assert set_level(client, person("Paul"), "5").status_code == 404
    other = Contact.objects.create(account=portfolio.accounts["S1"], name="Eve")
    client.force_login(portfolio.user("manager"))
    assert set_level(client, other, "5").status_code == 404

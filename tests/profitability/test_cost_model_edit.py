"""Cost models in forms, without a browser: saving, checks, states, files, differences, and two people at once."""

import json
from decimal import Decimal

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from profitability.advice import told as told_of
from profitability.core.cost_model import parse, to_document
from profitability.core.model_form import lines_of
from profitability.differences import differences
from profitability.models import CostModel, Run
from tests.core.test_model_form import document, inputs
from tests.ledger import imported
from tests.markup import page_of

pytestmark = pytest.mark.django_db
EDIT = "/cost-model/standard/3/edit/"


@pytest.fixture
def finance(client) -> Client:
    client.force_login(User.objects.create_user("finance@example.com", "Finance", "finance", "pw"))
    return client


@pytest.fixture
def draft() -> CostModel:
    return CostModel.objects.create(code="standard", version=3, document=canonical(), state=CostModel.State.DRAFT)


def canonical(**changes) -> dict:
    model, problems = parse(document() | changes)
    assert model is not None, problems
    return to_document(model)


def sent(row: CostModel, do: str = "save", **changes: str) -> dict[str, str]:
    """What the browser sends; names of inputs to change with their dots and brackets written as they are."""
    return inputs(lines_of(row.document)) | {"revision": str(row.revision), "do": do} | changes


def message_at(response, name: str) -> str:
    """What is told at an input."""
    places = [each for each in page_of(response).all("div") if each.attributes.get("id") == f"{name}-told"]
    return places[0].text if places else ""


def value_at(page, name: str) -> str:
    return next(each for each in page.all("input") if each.attributes.get("name") == name).attributes["value"]


# Saving


def test_a_model_is_made_from_nothing(finance):
    response = finance.post("/cost-model/new/", {"code": "standard"})

    row = CostModel.objects.get()
    assert response.url == "/cost-model/standard/1/edit/"
    assert (row.state, row.created_by.email, row.document["currency"]) == ("draft", "finance@example.com", "USD")
    page = finance.get(response.url).content.decode()
    assert "Add a pool: resources with a monthly cost." in page


@pytest.mark.parametrize("code", ["", "a b", "../x", "x" * 65])
def test_a_code_that_is_none_is_refused(finance, code):
    assert finance.post("/cost-model/new/", {"code": code}).status_code == 422
    assert not CostModel.objects.exists()


def test_what_is_saved_is_what_was_typed(finance, draft):
    response = finance.post(EDIT, sent(draft, **{"activities[0].minutes[0].number": "9,5", "pools[0].name": "Desk"}))

    draft.refresh_from_db()
    assert response.url == EDIT
    assert draft.document["activities"][0]["minutes"]["orders"] == 9.5
    assert draft.document["pools"][0]["name"] == "Desk"
    assert (draft.revision, draft.changed_by.email) == (2, "finance@example.com")


def test_saving_what_is_there_changes_nothing_of_it(finance, draft):
    finance.post(EDIT, sent(draft))

    assert CostModel.objects.get().document == canonical()


def test_buttons_move_lines_and_save_nothing(finance, draft):
    response = finance.post(EDIT, sent(draft, "up:pools[1]"))

    page = page_of(response)
    assert value_at(page, "pools[0].code") == "sales"
    assert "Not saved yet." in page.text
    assert CostModel.objects.get().document == canonical()


def test_htmx_gets_the_form_alone(finance, draft):
    response = finance.post(EDIT, sent(draft, "add:activities"), headers={"HX-Request": "true"})

    assert response.content.decode().strip().startswith("<form") or b"<html" not in response.content
    focused = [each.attributes["name"] for each in page_of(response).all("input") if "autofocus" in each.attributes]
    assert focused == ["activities[2].code"]


def test_a_line_that_is_there_twice_is_not_saved_and_nothing_is_lost(finance, draft):
    twice = {"pools[2].serves[1].name": "service", "pools[2].serves[1].number": "0.3"}

    response = finance.post(EDIT, sent(draft, **twice))

    assert response.status_code == 422
    assert "service is there twice" in message_at(response, "pools-2-serves-1-name")
    assert value_at(page_of(response), "pools[2].serves[1].number") == "0.3"
    assert CostModel.objects.get().document == canonical()


# Checks


CHECKS = [
    ({"pools[2].serves[1].number": "0.2"}, "pools-2-serves", "the shares sum to 0.9, not to 1"),
    ({"activities[1].shares[0].number": "0.9"}, "pools-1-code", "sum to 0.9, not to 1"),
    ({"activities[0].minutes[0].name": "oders"}, "activities-0-minutes-0-name", "there is no measure oders"),
    ({"activities[1].driver": "nothing"}, "activities-1-driver", "there is no measure nothing"),
    ({"activities[0].pool": "nowhere"}, "activities-0-pool", "there is no pool nowhere"),
    ({"activities[0].minutes[1].number": "many"}, "activities-0-minutes-1-number", "must be a number"),
    ({"pools[0].code": ""}, "pools-0-code", "is missing"),
    ({"currency": "dollars"}, "currency", "must be three capital letters"),
    ({"order[0]": "sales"}, "order-0", "there is no support pool sales"),
    (
        {"activities[0].minutes[0].name": "", "activities[0].minutes[0].number": "",
         "activities[0].minutes[1].name": "", "activities[0].minutes[1].number": ""},
        "activities-0-minutes", "Fill in at least one line.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "place", "message"), CHECKS)
def test_each_check_tells_at_its_field(finance, draft, changes, place, message):
    live = finance.post("/cost-model/standard/3/check/", sent(draft, **changes)).content.decode()
    page = finance.post(EDIT, sent(draft, "add:order", **changes))

    assert f'data-input="{place}"' in live
    assert message in live
    assert message in message_at(page, place)
    assert CostModel.objects.get().document == canonical()


def test_minutes_of_0_are_a_warning_and_stay_allowed(finance, draft):
    changes = {"activities[0].minutes[0].number": "0"}

    live = finance.post("/cost-model/standard/3/check/", sent(draft, **changes)).content.decode()

    assert 'data-input="activities-0-minutes-0-number"' in live
    assert "0 minutes: by this measure no time is used" in live
    finance.post(EDIT, sent(draft, **changes))
    assert CostModel.objects.get().document["activities"][0]["minutes"]["orders"] == 0


def test_a_dead_loop_is_told_at_both_pools(finance, draft):
    loop = {
        "pools[2].serves[0].name": "hr", "pools[2].serves[0].number": "1",
        "pools[2].serves[1].name": "", "pools[2].serves[1].number": "",
        "pools[3].code": "hr", "pools[3].name": "HR", "pools[3].kind": "support",
        "pools[3].serves[0].name": "it", "pools[3].serves[0].number": "1",
        "support_method": "reciprocal", "order[0]": "",
    }  # fmt: skip

    live = finance.post("/cost-model/standard/3/check/", sent(draft, **loop)).content.decode()

    assert 'data-input="pools-2-serves"' in live
    assert 'data-input="pools-3-serves"' in live
    assert "serves only support pools that serve each other" in live


def test_a_ledger_that_does_not_fit_is_a_warning(tmp_path, draft):
    imported(
        tmp_path,
        accounts="code name\nA A",
        order_lines="""
            order_id line_no ordered_on  account_code quantity unit_price
            1        1       2026-02-01  A            1        10
        """,
        resource_costs="""
            pool_code month   amount practical_minutes
            service   2026-01 100    -
            service   2026-02 100    500
            sales     2026-02 100    -
            other     2026-02 100    -
        """,
    )
    lines = lines_of(draft.document)
    lines.activities[0].minutes[1].name = "late_orders"

    warnings = {(each.input, each.message) for each in told_of(lines) if each.is_warning}

    assert warnings == {
        ("pools[0].code", "No practical minutes in 2026-01: a run is refused."),
        ("activities[0].minutes[1].name", "No volume in the last twelve months: its cost would be unassigned."),
        ("activities[1].driver", "The ledger has no events of the type visit."),
        ("", "The ledger has costs of the pool other, which the model lacks: a run is refused."),
    }


def test_pools_of_the_ledger_that_are_missing_are_added_with_one_button(tmp_path, finance, draft):
    costs = "pool_code month amount\nspace_rent 2026-02 100\nother 2026-01 5\nnone 2026-01 0"
    imported(tmp_path, resource_costs=costs)
    before = len(draft.document["pools"])

    page = page_of(finance.get(EDIT))
    assert "Add the 2 pools of the ledger that are missing" in page.text

    added = page_of(finance.post(EDIT, sent(draft, "missing")))
    names = [value_at(added, f"pools[{place}].{part}") for place in (before, before + 1) for part in ("code", "name")]
    assert names == ["other", "Other", "space_rent", "Space rent"]
    assert "pools of the ledger that are missing" not in added.text
    assert CostModel.objects.get().document == canonical()


def test_a_driver_below_zero_names_every_account_and_month(tmp_path, draft):
    imported(
        tmp_path,
        accounts="code name\nA Alpha\nB Beta",
        order_lines="""
            order_id line_no ordered_on  account_code quantity unit_price
            1        1       2026-02-01  A            -1       10
            2        1       2026-03-01  A            -1       10
            3        1       2026-02-01  B            -2       10
            4        1       2026-03-01  B            1        10
        """,
    )
    lines = lines_of(draft.document)
    lines.activities[1].driver = "net_revenue"

    warnings = {each.input: each.message for each in told_of(lines) if each.is_warning}

    assert warnings["activities[1].driver"] == (
        "No cost can be spread by net revenue: it is negative for Alpha (A) in 2026-02–2026-03 "
        "and Beta (B) in 2026-02. A run is refused."
    )


def test_a_field_that_no_event_has_is_told_with_those_there_are(tmp_path, draft):
    imported(
        tmp_path,
        accounts="code name\nA A",
        activity_events="event_id account_code event_type occurred_on minutes x_km\n1 A visit 2026-02-01 30 12",
    )
    lines = lines_of(draft.document)
    lines.activities[1].driver = "visit.mk"

    warnings = {each.input: each.message for each in told_of(lines) if each.is_warning}

    assert warnings["activities[1].driver"] == (
        "No event “visit” has a field mk; there are count, km, minutes and quantity."
    )


def test_problems_speak_of_names_not_of_places(draft):
    lines = lines_of(draft.document)
    lines.pools[1].code = "service"
    lines.activities[0].minutes[0].name = "moons"

    told = {each.message for each in told_of(lines)}

    assert "Service has the code service already." in told
    assert "there is no measure moons; choose one of the list" in told


def test_measures_of_the_ledger_are_proposed(finance, draft, tmp_path):
    imported(
        tmp_path,
        accounts="code name\nA A",
        activity_events="event_id account_code event_type occurred_on minutes x_km\n1 A visit 2026-02-01 30 12",
    )

    proposed = [
        each.attributes["value"] for each in page_of(finance.get(EDIT)).one("datalist", id="measures").all("option")
    ]

    assert {"orders", "net_revenue", "visit.count", "visit.minutes", "visit.km"} <= set(proposed)
    assert "products" not in proposed


def test_the_form_takes_few_queries_however_long_the_model_is(finance, draft):
    long = document()
    long["pools"][0]["kind"] = "operating"
    long["activities"] += [
        long["activities"][0] | {"code": f"entry_{number}", "minutes": {"orders": 1}} for number in range(60)
    ]
    finance.get(EDIT)
    with CaptureQueriesContext(connection) as few:
        finance.get(EDIT)
    CostModel.objects.filter(pk=draft.pk).update(document=long)
    with CaptureQueriesContext(connection) as many:
        assert finance.get(EDIT).status_code == 200

    assert len(many) == len(few) <= 15


def test_what_a_button_removed_can_be_put_back(finance, draft):
    removed = page_of(finance.post(EDIT, sent(draft, "remove:pools[1]")))
    assert "Sales was removed." in removed.text
    fields = {each.attributes.get("name"): each.attributes.get("value", "") for each in removed.all("input")}
    assert fields["pools[1].code"] == "it"

    lines = lines_of(draft.document)
    lines.pools.pop(1)
    back = finance.post(EDIT, inputs(lines) | {"revision": "1", "do": "undo", "removed": fields["removed"]})
    assert value_at(page_of(back), "pools[1].code") == "sales"

    forged = finance.post(EDIT, inputs(lines) | {"revision": "1", "do": "undo", "removed": "forged"})
    assert value_at(page_of(forged), "pools[1].code") == "it"


# States


def test_a_draft_that_is_right_becomes_ready_and_current(finance, draft):
    response = finance.post(EDIT, sent(draft, "ready"))

    draft.refresh_from_db()
    assert response.url == "/cost-model/standard/3/"
    assert (draft.state, CostModel.objects.current()) == ("ready", draft)


def test_a_draft_that_is_wrong_is_saved_and_stays_a_draft(finance, draft):
    response = finance.post(EDIT, sent(draft, "ready", **{"pools[2].serves[1].number": "0.2"}), follow=True)

    draft.refresh_from_db()
    assert (draft.state, draft.document["pools"][2]["serves"]["sales"]) == ("draft", 0.2)
    assert "1 thing has to be settled first" in response.content.decode()


def test_a_new_ready_version_waits_until_it_is_chosen(finance, draft):
    before = CostModel.objects.create(code="standard", version=2, document=canonical(version=2))

    finance.post(EDIT, sent(draft, "ready"))
    assert CostModel.objects.current() == before
    finance.post("/cost-model/standard/3/choose/")

    assert CostModel.objects.current() == draft


def test_a_used_version_is_copied_not_changed(finance, draft):
    CostModel.objects.filter(pk=draft.pk).update(state="ready")
    Run.objects.create(cost_model=draft)

    assert finance.get(EDIT).url == "/cost-model/standard/3/"
    assert finance.post(EDIT, sent(draft, **{"pools[0].name": "X"})).status_code == 409
    finance.post("/cost-model/standard/3/reopen/")
    response = finance.post("/cost-model/standard/3/copy/")

    draft.refresh_from_db()
    assert (draft.state, draft.document) == ("ready", canonical())
    assert response.url == "/cost-model/standard/4/edit/"
    assert CostModel.objects.get(version=4).document == canonical(version=4)


def test_a_ready_version_that_no_run_used_may_become_a_draft_again(finance, draft):
    finance.post(EDIT, sent(draft, "ready"))

    finance.post("/cost-model/standard/3/reopen/")

    draft.refresh_from_db()
    assert (draft.state, draft.is_current, CostModel.objects.current()) == ("draft", False, None)


def test_only_drafts_are_discarded_and_only_ready_ones_chosen(finance, draft):
    finance.post("/cost-model/standard/3/choose/")
    assert CostModel.objects.current() is None

    finance.post(EDIT, sent(draft, "ready"))
    finance.post("/cost-model/standard/3/discard/")
    assert CostModel.objects.exists()

    finance.post("/cost-model/standard/3/reopen/")
    finance.post("/cost-model/standard/3/discard/")
    assert not CostModel.objects.exists()


def test_a_draft_that_is_wrong_is_shown_to_those_who_read(finance, draft):
    CostModel.objects.filter(pk=draft.pk).update(document=canonical() | {"pools": []})
    reader = Client()
    reader.force_login(User.objects.create_user("boss@example.com", "Boss", "executive", "pw"))

    page = reader.get("/cost-model/standard/3/").content.decode()

    assert "have to be settled" in page or "has to be settled" in page
    assert "edit/" not in page
    assert reader.get("/cost-model/standard/3/yaml/").status_code == 200
    assert reader.get(EDIT).status_code == 403
    assert reader.post("/cost-model/standard/3/discard/").status_code == 403


# Two people


def test_whoever_saves_second_sees_both_and_loses_nothing(finance, draft):
    other = User.objects.create_user("kim@example.com", "Kim", "finance", "pw")
    mine = sent(draft, **{"activities[0].minutes[0].number": "9"})
    kim = Client()
    kim.force_login(other)
    kim.post(EDIT, sent(draft, **{"pools[0].name": "Front desk"}))

    response = finance.post(EDIT, mine)

    page = page_of(response)
    assert response.status_code == 409
    assert "Kim has changed this version meanwhile" in page.text
    assert value_at(page, "activities[0].minutes[0].number") == "9"
    assert "minutes per order 8 → 9" in page.text
    assert "name Front desk → Service" in page.text
    draft.refresh_from_db()
    assert draft.document["pools"][0]["name"] == "Front desk"

    finance.post(EDIT, mine | {"do": "copy"})
    finance.post(EDIT, mine | {"revision": value_at(page, "revision")})

    draft.refresh_from_db()
    assert draft.document["activities"][0]["minutes"]["orders"] == 9
    assert CostModel.objects.get(version=4).document["activities"][0]["minutes"]["orders"] == 9


# Files


def test_a_file_goes_out_and_in_unchanged(finance, draft):
    content = finance.get("/cost-model/standard/3/yaml/").content

    finance.post(EDIT, sent(draft, **{"pools[0].name": "Something else"}))
    draft.refresh_from_db()
    answer = finance.post(
        "/cost-model/standard/3/upload/",
        {"file": SimpleUploadedFile("m.yaml", content), "revision": draft.revision},
    )

    draft.refresh_from_db()
    assert answer.url == EDIT
    assert draft.document == yaml.safe_load(content) == canonical()
    assert finance.get("/cost-model/standard/3/yaml/").content == content


def test_a_file_that_is_wrong_is_told_with_its_line(finance, draft):
    content = finance.get("/cost-model/standard/3/yaml/").content.replace(b"sales: 0.3", b"sales: 0.2")

    response = finance.post(
        "/cost-model/standard/3/upload/", {"file": SimpleUploadedFile("m.yaml", content), "revision": "1"}
    )

    assert response.status_code == 422
    assert "the shares sum to 0.9, not to 1" in response.content.decode()
    assert CostModel.objects.get().document == canonical()


@pytest.mark.parametrize("content", [b"", b"x", b"- a", b"\xff\xfe", b"a: [", b"a: 1\na: 2"])
def test_what_is_no_model_is_refused_with_a_sentence(finance, draft, content):
    file = SimpleUploadedFile("m.yaml", content)

    assert finance.post("/cost-model/standard/3/upload/", {"file": file, "revision": "1"}).status_code == 422
    file.seek(0)
    assert finance.post("/cost-model/new/", {"file": file}).status_code == 422


def test_a_file_of_another_version_does_not_replace_this_one(finance, draft):
    content = yaml.safe_dump(canonical(version=9)).encode()

    response = finance.post(
        "/cost-model/standard/3/upload/", {"file": SimpleUploadedFile("m.yaml", content), "revision": "1"}
    )

    assert "The file holds standard v9, and this is standard v3." in response.content.decode()


def test_a_model_begins_with_a_file(finance):
    content = yaml.safe_dump(json.loads(json.dumps(canonical()))).encode()

    first = finance.post("/cost-model/new/", {"file": SimpleUploadedFile("m.yaml", content)})
    again = finance.post("/cost-model/new/", {"file": SimpleUploadedFile("m.yaml", content)})

    assert first.url == again.url == EDIT
    assert CostModel.objects.get().state == "draft"


# Differences


def sentences(**changes) -> list[str]:
    """What differs after changes to the document, by paths such as activities.0.minutes."""
    after = document()
    for path, value in changes.items():
        *steps, last = path.split("__")
        part = after
        for step in steps:
            part = part[int(step) if step.isdecimal() else step]
        part[last] = value
    return [str(each) for each in differences(lines_of(document()), lines_of(after))]


def test_differences_read_as_sentences():
    assert sentences() == []
    assert sentences(activities__0__minutes={"orders": 9, "order_lines": "1/3"}) == ["Entry: minutes per order 8 → 9"]
    assert sentences(pools__2__serves={"service": 0.6, "sales": 0.4}) == [
        "IT: share for Service 0.7 → 0.6",
        "IT: share for Sales 0.3 → 0.4",
    ]
    assert sentences(activities__1__shares={"sales": 0.55, "service": 0.45}) == [
        "Visits: share of Sales 1.00 → 0.55",
        "Visits: share of Service added: 0.45",
    ]
    assert sentences(activities__1__driver="visit.minutes") == ["Visits: driver visits → minutes of visits"]
    assert sentences(activities__0__phase="delivery", activities__0__level="unit") == [
        "Entry: phase Production → Delivery",
        "Entry: level Batch → Unit",
    ]
    assert sentences(support_method="direct", order=[]) == [
        "Model: support method Step-down → Direct",
        "Model: order of the support pools IT → –",
    ]


def test_pools_and_activities_come_and_go():
    before, after = document(), document()
    after["pools"].append({"code": "fleet", "name": "Fleet", "kind": "operating"})
    after["activities"].pop()

    assert [str(each) for each in differences(lines_of(before), lines_of(after))] == [
        "Fleet: pool added",
        "Visits: activity removed",
    ]


def test_the_page_of_differences_counts_them(finance, draft):
    changed = canonical(version=4)
    changed["pools"][2]["serves"] = {"service": Decimal("0.55"), "sales": Decimal("0.45")}
    CostModel.objects.create(code="standard", version=4, document=json.loads(json.dumps(changed, default=float)))

    page = page_of(finance.get("/cost-model/standard/4/differences/3/")).text

    assert "2 differences from standard v3 to v4" in page
    assert "share for Service 0.70 → 0.55" in page

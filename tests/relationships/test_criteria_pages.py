"""Criteria sets in forms, without a browser: sums, states, files, differences, the look ahead, and who may."""

import copy
import json
import re
from pathlib import Path

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Account, User
from relationships import actions
from relationships.core.criteria import parse, to_document
from relationships.core.criteria_form import document_of, lines_of
from relationships.models import AccountCriterion, CriteriaSet, Position
from tests.factories import CRITERIA, a_portfolio
from tests.markup import page_of
from tests.relationships.criteria_inputs import sent

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[1] / "data"
TODAY = timezone.localdate


@pytest.fixture
def finance(client) -> Client:
    client.force_login(User.objects.create_user("fin@example.com", "Fin", "finance", "pw"))
    return client


@pytest.fixture
def draft(finance) -> CriteriaSet:
    finance.post("/criteria/new/", {"do": "default"})
    return CriteriaSet.objects.get()


def edit(row) -> str:
    return f"/criteria/{row.code}/{row.version}/edit/"


def told(response) -> str:
    return page_of(response).one("section", id="editor-told").text


def test_without_criteria_the_page_offers_the_default_set_and_makes_none_by_itself(finance):
    page = finance.get("/criteria/").content.decode()

    assert "Start with the default set" in page
    assert not CriteriaSet.objects.exists()


def test_the_default_set_is_sound_and_becomes_a_draft_from_today(draft):
    found, problems = parse(draft.document)

    assert problems == []
    assert (len(found.attractiveness), len(found.relationship)) == (5, 5)
    assert (draft.state, draft.valid_from) == ("draft", TODAY())
    assert all(dict(each.anchors).keys() >= {0, 5, 10} for each in found.relationship)


def test_what_is_saved_is_what_was_typed(finance, draft):
    finance.post(edit(draft), sent(draft, **{"relationship[0].weight": "24,5", "relationship[1].weight": "25.5"}))

    draft.refresh_from_db()
    assert [each["weight"] for each in draft.document["relationship"]] == [24.5, 25.5, 20, 15, 15]
    assert draft.changed_by.email == "fin@example.com"


def test_three_times_33_33_is_refused_and_mended_by_one_press(finance, draft):
    rest = {f"relationship[{place}].weight": "0" for place in (0, 1)}
    thirds = {f"relationship[{place}].weight": "33.33" for place in (2, 3, 4)}

    checked = finance.post(f"/criteria/{draft.code}/1/check/", sent(draft, **rest, **thirds))
    ready = finance.post(edit(draft), sent(draft, "ready", **rest, **thirds))
    mended = finance.post(edit(draft), sent(draft, "mend:relationship", **rest, **thirds))

    assert "The weights add up to 99.99, not to 100. Set Working together to 33.34" in told(checked)
    assert (ready.url, CriteriaSet.objects.get().state) == (edit(draft), "draft")
    assert "Nothing stands against it" in told(mended)
    assert 'value="33.34"' in mended.content.decode()


def golden(name: str) -> dict:
    """A published table as a document: its weights are fractions of 1."""
    example = json.loads((DATA / f"{name}.json").read_text())
    weights = {code: float(weight) * 100 for code, weight in example["weights"].items()}
    document = copy.deepcopy(CRITERIA)
    document["relationship"] = [
        {"code": code, "name": code.title(), "weight": round(weight, 6), "kind": "judged"}
        for code, weight in weights.items()
    ]
    return document


def test_a_published_table_whose_weights_make_105_is_refused_by_the_form(finance):
    row = CriteriaSet.objects.create(
        code="default", version=1, document=golden("scoring_weights_not_100"), state="draft"
    )

    response = finance.post(edit(row), sent(row, "ready"), follow=True)

    row.refresh_from_db()
    assert row.is_draft
    assert "The weights add up to 105, not to 100" in told(response).replace("the weights", "The weights")
    assert "Saved as a draft." in response.content.decode()


def test_a_version_becomes_ready_is_reopened_and_discarded(finance, draft):
    finance.post(edit(draft), sent(draft, "ready"))
    assert CriteriaSet.objects.in_force(TODAY()) == draft
    finance.post("/criteria/default/1/reopen/")
    assert CriteriaSet.objects.in_force(TODAY()) is None
    finance.post("/criteria/default/1/discard/")

    assert not CriteriaSet.objects.exists()


def test_a_later_day_comes_into_force_on_that_day(finance, draft):
    finance.post(edit(draft), sent(draft, "ready", valid_from="2026-01-01"))
    finance.post("/criteria/default/1/copy/")
    second = CriteriaSet.objects.get(version=2)
    finance.post(edit(second), sent(second, "ready", valid_from="2090-05-01"))

    in_force = [
        CriteriaSet.objects.in_force(timezone.datetime(*day).date()).version for day in ((2090, 4, 30), (2090, 5, 1))
    ]
    assert in_force == [1, 2]
    assert "comes into force later" in finance.get("/criteria/").content.decode()


def test_what_is_no_day_is_said_at_the_field_and_nothing_is_saved(finance, draft):
    response = finance.post(edit(draft), sent(draft, valid_from="2026-02-30"))

    assert response.status_code == 422
    assert page_of(response).one("div", id="valid_from-told").text == "This is no day. Write it like 2026-04-01."


def test_the_sum_of_weights_passes_over_none(finance, draft):
    finance.post(edit(draft), sent(draft, **{"relationship[0].weight": "x"}))
    page = page_of(finance.get(edit(draft)))

    assert "Weights: – of 100" in page.text and "Weights: 100 of 100" in page.text


def test_somebody_elses_change_is_not_overwritten_unseen(finance, draft):
    mine = sent(draft, **{"relationship[0].name": "Mine"})
    finance.post(edit(draft), sent(draft, **{"relationship[0].name": "Theirs"}))

    response = finance.post(edit(draft), mine)

    assert response.status_code == 409
    assert "name Theirs → Mine" in response.content.decode()
    assert CriteriaSet.objects.get().document["relationship"][0]["name"] == "Theirs"


def test_the_file_of_a_version_comes_back_as_the_very_same(finance, draft):
    file = finance.get("/criteria/default/1/yaml/").content

    assert parse(yaml.safe_load(file)) == parse(yaml.safe_load(actions.DEFAULT_SET.read_bytes()))
    answer = finance.post(
        edit(draft), {"do": "upload", "file": SimpleUploadedFile("c.yaml", file), "revision": draft.revision}
    )
    assert answer.url == edit(draft)
    assert finance.get("/criteria/default/1/yaml/").content == file
    again = finance.post("/criteria/new/", {"file": SimpleUploadedFile("c.yaml", file)})
    assert (again.url, CriteriaSet.objects.count()) == (edit(draft), 1)


def test_a_wrong_file_is_refused_with_its_line(finance, draft):
    file = finance.get("/criteria/default/1/yaml/").content.replace(b"weight: 30", b"weight: 31")

    answer = finance.post(
        edit(draft), {"do": "upload", "file": SimpleUploadedFile("c.yaml", file), "revision": draft.revision}
    )

    assert answer.status_code == 422
    assert "the weights add up to 101, not to 100" in answer.content.decode()


def test_differences_are_told_in_words(finance, draft):
    finance.post(edit(draft), sent(draft, "ready"))
    finance.post("/criteria/default/1/copy/")
    second = CriteriaSet.objects.get(version=2)
    changes = {
        "relationship[0].weight": "20",
        "relationship[1].weight": "30",
        "attractiveness[1].scale[0].value": "-0.1",
        "relationship[2].anchors.5": "is neutral",
        "cut.basis": "relative",
        "cut.relationship": "1",
    }
    finance.post(edit(second), sent(second, **changes))

    page = finance.get("/criteria/default/2/differences/1/").content.decode()

    assert "6 differences from default v1 to v2" in page
    assert "weight 25 → 20" in page
    assert "scale -0.05: 0, 0: 2, 0.1: 6, 0.25: 10 → -0.1: 0, 0: 2, 0.1: 6, 0.25: 10" in page
    assert "anchor of 5: keeps to what is written, as we do → is neutral" in page
    assert "strength is Our own score → Our score ÷ the best competitor’s" in page


@pytest.mark.parametrize("change", [{"state": "draft"}, {"valid_from": "2020-01-01"}, {"document": {}}, {"version": 9}])
def test_a_version_that_placed_accounts_cannot_be_changed_by_anybody(finance, change):
    a_portfolio()
    row = CriteriaSet.objects.get()

    finance.post("/criteria/default/1/reopen/")
    with pytest.raises(DatabaseError, match="cannot be changed"), transaction.atomic():
        CriteriaSet.objects.filter(pk=row.pk).update(**change)

    assert CriteriaSet.objects.get() == row
    assert Position.objects.filter(criteria_set=row).exists()


def test_the_list_names_the_runs_of_a_version(finance):
    made = a_portfolio()

    page = page_of(finance.get("/criteria/"))

    assert f"{made.run.pk}, {made.earlier.pk}" in page.text
    assert "default v1 in force today" in page.text


def judged_as_placed(run) -> None:
    """The scores of the run's positions, as a run stores them."""
    for position in Position.objects.filter(run=run).exclude(box=""):
        scores = {"attractiveness": position.attractiveness, "relationship": position.relationship_strength}
        rows = [("attractiveness", "potential"), ("relationship", "trust")]
        position.scores = [
            {"axis": axis, "code": code, "kind": "judged", "score": float(scores[axis]), "perspective": "supplier"}
            for axis, code in rows
        ]
        position.save()


def test_the_look_ahead_lists_the_accounts_that_would_move(finance):
    judged_as_placed(a_portfolio().run)
    finance.post("/criteria/default/1/copy/")
    row = CriteriaSet.objects.get(version=2)

    same = finance.post("/criteria/default/2/effect/", sent(row))
    other = finance.post("/criteria/default/2/effect/", sent(row, **{"cut.attractiveness": "6.5"}))
    wrong = finance.post("/criteria/default/2/effect/", sent(row, **{"cut.attractiveness": "x"}))

    assert "This version places 0 of 10 boxes elsewhere" in same.content.decode()
    moved = page_of(other).text
    assert "This version places 2 of 10 boxes elsewhere" in moved
    assert "S2 Strategic → Status" in moved
    assert "N3 Star → Streamline" in moved
    assert "First settle what stands against it." in wrong.content.decode()


def test_a_measured_criterion_shows_how_many_accounts_its_scale_puts_where(finance):
    a_portfolio()
    document = copy.deepcopy(CRITERIA)
    scale = {"kind": "measured", "measure": "net_revenue", "scale": [[5000, 0], [400000, 10]]}
    document["attractiveness"] = [{"code": "volume", "name": "Volume", "weight": 100} | scale]
    row = CriteriaSet.objects.create(code="default", version=2, document=document, state="draft")

    page = page_of(finance.get(edit(row)))

    seen = page.one("div", id="attractiveness-0-seen").text
    assert "Up to 5,000 the score is 0, from 400,000 on it is 10; along the line in between." in seen
    assert "Accounts in the published run: 1 at 0, 8 between, 2 at 10, 1 without the figure; median score 1.90." in seen


def test_the_form_warns_of_own_weights_that_would_not_count(finance, draft):
    account = Account.objects.create(code="A", name="Alpha")
    AccountCriterion.objects.create(account=account, criterion="luck", weight=100)

    page = finance.get(edit(draft)).content.decode()

    assert "1 account has own weights for criteria that are not here" in page


@pytest.mark.parametrize(("who", "status"), [("finance", 200), ("lead", 403), ("manager", 403), ("executive", 403)])
def test_only_who_answers_for_the_whole_portfolio_edits_criteria(db, client, who, status):
    made = a_portfolio()
    client.force_login(made.user(who))

    assert client.get("/criteria/new/").status_code == status
    assert client.get("/criteria/default/1/").status_code == 200


def test_a_lead_with_company_figures_edits_criteria(db, client):
    lead = a_portfolio().user("lead")
    lead.sees_company_figures = True
    lead.save()
    client.force_login(lead)

    assert client.get("/criteria/new/").status_code == 200


def test_every_document_survives_the_form(finance, draft):
    document = json.loads(json.dumps(to_document(parse(draft.document)[0])))

    assert json.loads(json.dumps(document_of(lines_of(document)))) == document


def test_what_moves_boxes_is_made_ready_at_the_second_press(finance):
    judged_as_placed(a_portfolio().run)
    finance.post("/criteria/default/1/copy/")
    row = CriteriaSet.objects.get(version=2)

    asked = finance.post(edit(row), sent(row, "ready", **{"cut.attractiveness": "6.5", "cut.relationship": "9.5"}))

    row.refresh_from_db()
    assert (row.is_draft, row.document["cut"]["attractiveness"]) == (True, 6.5)
    asks = page_of(asked).one("section", role="alert").text
    assert "boxes elsewhere" in asks
    assert "Strong from 9.5 on: nearly all accounts lie on one side of that." in asks
    finance.post(edit(row), sent(row, "ready-sure"))
    row.refresh_from_db()
    assert not row.is_draft


def test_what_moves_nothing_is_ready_at_once(finance):
    judged_as_placed(a_portfolio().run)
    finance.post("/criteria/default/1/copy/")
    row = CriteriaSet.objects.get(version=2)

    finance.post(edit(row), sent(row, "ready"))

    row.refresh_from_db()
    assert not row.is_draft


def test_a_removed_criterion_can_be_put_back(finance, draft):
    answer = finance.post(edit(draft), sent(draft, "remove:relationship[1]"))
    removed = re.search('name="removed" value="([^"]+)"', answer.content.decode())[1]
    left = {name: value for name, value in sent(draft, "undo").items() if not name.startswith("relationship[1]")}

    back = page_of(finance.post(edit(draft), left | {"removed": removed}))
    forged = page_of(finance.post(edit(draft), left | {"removed": "x" + removed}))

    before = draft.document["relationship"][1]
    assert f"{before['name']} was removed." in page_of(answer).text
    assert before["name"] in [legend.text for legend in back.all("legend")]
    assert before["name"] not in [legend.text for legend in forged.all("legend")]


def test_only_those_who_write_criteria_see_drafts(finance, client, draft):
    client.force_login(User.objects.create_user("exec@example.com", "Eve", "executive", "pw"))

    assert "default v1" not in client.get("/criteria/").content.decode()
    for page in ("", "yaml/", "differences/1/"):
        assert client.get(f"/criteria/default/1/{page}").status_code == 404


def test_a_day_that_is_over_or_is_taken_is_said(finance, draft):
    finance.post(edit(draft), sent(draft, "ready", valid_from="2020-01-01"))
    finance.post("/criteria/default/1/copy/")
    second = CriteriaSet.objects.get(version=2)

    same = finance.post("/criteria/default/2/check/", sent(second, valid_from="2020-01-01"))

    assert "It counts from the next run; earlier runs keep their boxes." in told(same)
    assert "It replaces default v1, which has the same first day." in told(same)


def test_a_cut_for_our_own_score_beside_the_quotient_is_explained(finance, draft):
    changes = {"cut.basis": "relative", "cut.relationship": "6"}
    checked = finance.post("/criteria/default/1/check/", sent(draft, **changes))
    assert "Against the best competitor strong begins at 1 then; 6 is for accounts without his scores." in told(checked)

    finance.post(edit(draft), sent(draft, **changes))
    page = page_of(finance.get("/criteria/default/1/")).text
    assert "Strong from 1 on" in page
    assert "placed by our own score, strong from 6 on" in page
    assert "5 criteria for attractiveness, 5 for the relationship" in page


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("relationship[1].code", "reliability!", "A code has small letters a to z, digits, _ and -."),
        ("relationship[1].weight", "many", "This is no number, or has more than six decimals."),
        ("relationship[1].weight", "101", "A number from 0 to 100."),
        ("relationship[1].weight", "", "A number is missing."),
        ("attractiveness[1].scale[1].value", "-9", "The value must be larger than that of the point before"),
        ("attractiveness[0].code", "taken", "“First” has this code already."),
    ],
)
def test_messages_speak_of_the_form(finance, draft, name, value, sentence):
    more = {"relationship[0].code": "taken", "attractiveness[0].name": "First"} if value == "taken" else {}

    found = told(finance.post("/criteria/default/1/check/", sent(draft, **{name: value} | more)))

    assert sentence in found
    assert "[" not in found


def test_one_thing_is_one_thing(finance, draft):
    page = finance.post(edit(draft), sent(draft, "ready", **{"relationship[0].weight": "many"}), follow=True)

    assert "1 thing has to be settled first." in page.content.decode()


def test_a_refused_file_is_said_at_the_address_of_the_draft(finance, draft):
    file = finance.get("/criteria/default/1/yaml/").content.replace(b"weight: 30", b"weight: 31")
    answer = finance.post(edit(draft), {"do": "upload", "file": SimpleUploadedFile("c.yaml", file)})

    assert answer.status_code == 422
    assert "Attractiveness: the weights add up to 101, not to 100" in page_of(answer).text

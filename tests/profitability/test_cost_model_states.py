"""Drafts, ready and used versions of cost models, and which one the next run uses."""

import pytest
from django.db import IntegrityError, transaction

from accounts import versions
from profitability.books import CannotRun, frozen, model_of
from profitability.models import CostModel, Run
from tests.bringing import bring
from tests.factories import MODEL

pytestmark = pytest.mark.django_db
Draft, Ready = CostModel.State.DRAFT, CostModel.State.READY


def stored(version: int, state: str = Ready, code: str = "standard", **more) -> CostModel:
    document = MODEL | {"version": version, "code": code}
    return CostModel.objects.create(code=code, version=version, document=document, state=state, **more)


@pytest.mark.parametrize("change", [{"document": {}}, {"version": 9}, {"code": "other"}, {"state": Draft}])
def test_the_database_refuses_to_change_a_used_version(change):
    row = stored(1)
    Run.objects.create(cost_model=row)

    with pytest.raises(IntegrityError, match="A run has used this version"), transaction.atomic():
        CostModel.objects.filter(pk=row.pk).update(**change)

    row.refresh_from_db()
    assert (row.document, row.version, row.code, row.state) == (MODEL, 1, "standard", Ready)


def test_a_used_version_may_still_be_chosen_and_a_free_one_changed():
    used, free = stored(1), stored(2)
    Run.objects.create(cost_model=used)

    CostModel.objects.choose(used)
    CostModel.objects.filter(pk=free.pk).update(document={})

    assert CostModel.objects.current() == used


def test_without_a_choice_the_newest_version_of_the_model_stored_last_is_used():
    stored(1, code="other")
    newest = stored(3)
    stored(2)

    assert CostModel.objects.current() == newest


def test_drafts_are_never_used():
    ready = stored(1)
    draft = stored(2, Draft)

    assert CostModel.objects.current() == ready
    assert model_of(Run(model_code="standard")) == ready
    with pytest.raises(IntegrityError), transaction.atomic():
        CostModel.objects.choose(draft)


def test_only_one_version_is_chosen():
    first, second = stored(1), stored(2)

    CostModel.objects.choose(first)
    assert model_of(Run()) == first
    CostModel.objects.choose(second)

    assert list(CostModel.objects.filter(is_current=True)) == [second]


def test_a_run_freezes_its_model_before_it_reads_it():
    row, run = stored(1), Run.objects.create()

    assert frozen(run, row) == row

    assert row.is_used


def test_a_model_that_became_a_draft_meanwhile_is_not_run():
    row, run = stored(1), Run.objects.create()
    CostModel.objects.filter(pk=row.pk).update(state=Draft)

    with pytest.raises(CannotRun, match="draft again"):
        frozen(run, row)


def test_an_import_makes_a_draft_ready_and_is_used_from_now_on(tmp_path):
    CostModel.objects.choose(stored(1))
    draft = stored(2, Draft)
    text = (
        "code: standard\nversion: 2\ncurrency: USD\npools:\n- {code: service, kind: operating}\n"
        "activities:\n- {code: a, phase: delivery, level: unit, pool: service, minutes: {orders: 1}}\n"
    )

    record = bring(tmp_path, "cost_model", text)

    draft.refresh_from_db()
    assert (record.changed, draft.state, draft.revision) == (1, Ready, 2)
    assert CostModel.objects.current() == draft


def test_importing_the_same_again_leaves_the_choice_alone(tmp_path):
    text = (
        "code: standard\nversion: {}\ncurrency: USD\npools:\n- {{code: service, kind: operating}}\n"
        "activities:\n- {{code: a, phase: delivery, level: unit, pool: service, minutes: {{orders: 1}}}}\n"
    )
    bring(tmp_path, "cost_model", text.format(1))
    bring(tmp_path, "cost_model", text.format(2))
    CostModel.objects.choose(CostModel.objects.get(version=1))

    record = bring(tmp_path, "cost_model", text.format(2))

    assert (record.unchanged, CostModel.objects.current().version) == (1, 1)


def test_a_version_that_only_failed_runs_name_is_mended_and_used_again():
    row = stored(1)
    run = Run.objects.create(cost_model=row, state=Run.State.RUNNING)
    assert row.is_used

    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED)

    assert not row.is_used
    versions.reopen(row, None, is_current=False)
    assert CostModel.objects.get(pk=row.pk).is_draft
    with pytest.raises(versions.NotPossible, match="failed"):
        versions.discard(row)


def test_one_run_that_did_not_fail_keeps_the_version_as_it_is():
    row = stored(1)
    Run.objects.create(cost_model=row, state=Run.State.FAILED)
    Run.objects.create(cost_model=row, state=Run.State.SUPERSEDED)

    with pytest.raises(versions.NotPossible, match="used"):
        versions.reopen(row, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        CostModel.objects.filter(pk=row.pk).update(document={})

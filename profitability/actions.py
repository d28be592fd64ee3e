"""What finance does with cost models and monthly costs: every change in one transaction, none that overwrites
somebody else's unseen."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import versions
from accounts.models import Import
from accounts.queue import take_turn
from accounts.versions import NotPossible, Outdated, bring_in, discard, save_draft
from profitability.core.cost_model import parse, to_document
from profitability.models import ClosedMonth, CostModel, ResourceCost
from profitability.models.closing import LEDGER_IS_CLOSED

__all__ = [
    "NotPossible",
    "Outdated",
    "add_from_file",
    "bring_in",
    "choose",
    "discard",
    "enter_costs",
    "make_ready",
    "new_model",
    "next_version",
    "reopen",
    "save_draft",
]
Document = dict[str, Any]


def new_model(code: str, currency: str, user) -> CostModel:
    """An empty draft: the first version of a model, or the next one."""
    versions.check_code(code)
    empty = {"currency": currency, "pools": [], "support_method": "direct", "activities": []}
    return versions.add(CostModel, code, empty, user)


def next_version(row: CostModel, user, document: Document | None = None) -> CostModel:
    """A draft that begins as a copy, or with what somebody has written who could not save it."""
    return versions.add(CostModel, row.code, document or row.document, user)


def add_from_file(document: Document, user) -> CostModel:
    """A draft of the model and version that a file states. What is stored already is left as it is."""
    return versions.add_from_file(CostModel, document, user)


def make_ready(row: CostModel, revision: int, user) -> None:
    """Let runs use the version. It is used by the next one only if there is no other, or once it is chosen."""
    model, problems = parse(row.document)
    if model is None:
        sentence = "%(count)s thing has to be settled first."
        words = ngettext(sentence, "%(count)s things have to be settled first.", len(problems))
        raise NotPossible(words % {"count": len(problems)})
    with transaction.atomic():
        before = CostModel.objects.current()
        ready = {"state": CostModel.State.READY, "document": to_document(model)}
        versions.update(row, revision, CostModel.State.DRAFT, user, **ready)
        CostModel.objects.choose(before or row)


def reopen(row: CostModel, user) -> None:
    """Make a ready version that no run has used a draft again; the next run then uses another one."""
    versions.reopen(row, user, is_current=False)


def choose(row: CostModel) -> None:
    """Have the next runs use this version."""
    if row.is_draft:
        raise NotPossible(_("A draft cannot be used by runs. Make it ready first."))
    CostModel.objects.choose(row)


# Monthly costs

Lines = dict[tuple[str, int], tuple[Decimal, Decimal | None]]


def enter_costs(lines: Lines, seen: int, user) -> Import:
    """Costs entered by hand into the ledger, by the rule of imports: an earlier line is superseded, never changed, and
    a closed month takes nothing. Raises Outdated if lines have come in since the sheet was looked at."""
    try:
        with transaction.atomic():
            if not take_turn(wait=False):
                raise NotPossible(_("An import is going on just now. Nothing was saved; try again in a moment."))
            return _enter(lines, seen, user)
    except IntegrityError as error:
        if LEDGER_IS_CLOSED not in str(error):
            raise
        raise NotPossible(_("A month has just been closed. Nothing was saved.")) from error
    except OperationalError as error:
        if "locked" not in str(error):
            raise
        raise NotPossible(_("The ledger is busy just now. Nothing was saved; try again in a moment.")) from error


def _enter(lines: Lines, seen: int, user) -> Import:
    pools, months = {pool for pool, _month in lines}, {month for _pool, month in lines}
    if ClosedMonth.objects.filter(month__in=months).exists():
        raise NotPossible(_("A month has just been closed. Nothing was saved."))
    rows = ResourceCost.objects.filter(pool_code__in=pools, month__in=months)
    if any((row.pool_code, row.month) in lines for row in rows.filter(pk__gt=seen)):
        raise Outdated(_("monthly costs"))
    before = [row for row in rows.current() if (row.pool_code, row.month) in lines]
    totals = _totals(lines.values())
    record = Import.objects.create(
        kind="resource_costs",
        file_name=_("entered on the page"),
        state=Import.State.DONE,
        rows=len(lines),
        added=len(lines) - len(before),
        changed=len(before),
        control_totals={"file": totals, "ledger": totals},
        created_by=user,
        finished_at=timezone.now(),
    )
    rows.filter(pk__in=[row.pk for row in before]).update(superseded_in=record)
    ResourceCost.objects.bulk_create(
        ResourceCost(pool_code=pool, month=month, amount=amount, practical_minutes=minutes, imported_in=record)
        for (pool, month), (amount, minutes) in lines.items()
    )
    stored = ResourceCost.objects.current().filter(imported_in=record)
    if _totals(stored.values_list("amount", "practical_minutes")) != totals:
        raise NotPossible(_("The ledger would not hold what was entered. Nothing was saved."))
    return record


def _totals(rows: Iterable[tuple[Decimal, Decimal | None]]) -> dict[str, str]:
    """Control totals as imports note them."""
    listed = list(rows)
    amount = sum((amount for amount, _minutes in listed), Decimal(0))
    minutes = sum((minutes or Decimal(0) for _amount, minutes in listed), Decimal(0))
    totals = {"rows": Decimal(len(listed)), "amount": amount, "practical_minutes": minutes}
    return {name: format(value.normalize(), "f") for name, value in totals.items()}

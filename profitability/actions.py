"""What finance does with cost models and monthly costs: every change in one transaction, none that overwrites
somebody else's unseen."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.queue import take_turn
from profitability.core.cost_model import parse, to_document
from profitability.core.document import CODE_LENGTH
from profitability.models import ClosedMonth, CostModel, ResourceCost

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
Document = dict[str, Any]


class Outdated(Exception):
    """Somebody has changed the version since it was opened, or it is no draft any more."""


class NotPossible(ValueError):
    """The message says why, in a sentence for the person."""


def new_model(code: str, currency: str, user) -> CostModel:
    """An empty draft: the first version of a model, or the next one."""
    if not CODE.fullmatch(code) or len(code) > CODE_LENGTH:
        raise NotPossible(_("A code has letters, digits, points, dashes and underscores, at most 64 of them."))
    empty = {"currency": currency, "pools": [], "support_method": "direct", "activities": []}
    return _add(code, empty, user)


def next_version(row: CostModel, user, document: Document | None = None) -> CostModel:
    """A draft that begins as a copy, or with what somebody has written who could not save it."""
    return _add(row.code, document or row.document, user)


def _add(code: str, document: Document, user) -> CostModel:
    for _try in range(3):
        version = (CostModel.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0) + 1
        try:
            with transaction.atomic():
                return CostModel.objects.create(
                    code=code,
                    version=version,
                    document={"code": code, "version": version} | _without_name(document),
                    state=CostModel.State.DRAFT,
                    created_by=user,
                    changed_by=user,
                    changed_at=timezone.now(),
                )
        except IntegrityError:  # somebody made the same version at the same moment
            continue
    raise NotPossible(_("Somebody is making versions of this model at the same moment. Try again."))


def _without_name(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("code", "version")}


def save_draft(row: CostModel, document: Document, revision: int, user) -> None:
    """Keep a draft as it is now, unless somebody has changed it since that revision: then Outdated."""
    named = {"code": row.code, "version": row.version} | _without_name(document)
    _update(row, revision, CostModel.State.DRAFT, user, document=named)


def make_ready(row: CostModel, revision: int, user) -> None:
    """Let runs use the version. It is used by the next one only if there is no other, or once it is chosen."""
    model, problems = parse(row.document)
    if model is None:
        raise NotPossible(_("%s things have to be settled first.") % len(problems))
    with transaction.atomic():
        before = CostModel.objects.current()
        _update(row, revision, CostModel.State.DRAFT, user, state=CostModel.State.READY, document=to_document(model))
        CostModel.objects.choose(before or row)


def reopen(row: CostModel, user) -> None:
    """Make a ready version that no run has used a draft again; the next run then uses another one."""
    if row.is_used:
        raise NotPossible(_("A run has used this version: it cannot be changed. Copy it to a new version."))
    try:
        with transaction.atomic():
            changes = {"state": CostModel.State.DRAFT, "is_current": False}
            _update(row, row.revision, CostModel.State.READY, user, **changes)
    except IntegrityError as error:
        raise NotPossible(_("A run has just used this version: it cannot be changed.")) from error


def choose(row: CostModel) -> None:
    """Have the next runs use this version."""
    if row.is_draft:
        raise NotPossible(_("A draft cannot be used by runs. Make it ready first."))
    CostModel.objects.choose(row)


def discard(row: CostModel) -> None:
    """Forget a draft."""
    if not CostModel.objects.filter(pk=row.pk, state=CostModel.State.DRAFT, runs__isnull=True).delete()[0]:
        raise NotPossible(_("Only a draft can be discarded."))


def bring_in(row: CostModel, document: Document, revision: int, user) -> None:
    """Replace a draft by a document from a file that is of the same model and version."""
    if (document["code"], document["version"]) != (row.code, row.version):
        names = {"file": f"{document['code']} v{document['version']}", "draft": row}
        raise NotPossible(_("The file holds %(file)s, and this is %(draft)s.") % names)
    save_draft(row, document, revision, user)


def add_from_file(document: Document, user) -> CostModel:
    """A draft of the model and version that a file states. What is stored already is left as it is."""
    stored = CostModel.objects.filter(code=document["code"], version=document["version"]).first()
    if stored and stored.document == document:
        return stored
    if stored:
        raise NotPossible(_("%s is there and says something else. Open it, or give the file a new version.") % stored)
    try:
        with transaction.atomic():
            return CostModel.objects.create(
                code=document["code"],
                version=document["version"],
                document=document,
                state=CostModel.State.DRAFT,
                created_by=user,
                changed_by=user,
                changed_at=timezone.now(),
            )
    except IntegrityError as error:
        raise NotPossible(_("Somebody has just added the same version. Try again.")) from error


def _update(row: CostModel, revision: int, was: str, user, **changes: Any) -> None:
    found = CostModel.objects.filter(pk=row.pk, revision=revision, state=was).update(
        **changes, revision=F("revision") + 1, changed_by=user, changed_at=timezone.now()
    )
    if not found:
        raise Outdated(str(row))
    row.refresh_from_db()


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

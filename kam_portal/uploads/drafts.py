"""Drafts: uploads that wait for somebody to match their columns, and what follows from them.

A draft is an Import that no worker imports. Started, it is a dry run; the import for real, and another try with
other rules, are rows of their own on the same file: nothing is uploaded twice, and every report stays.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Import
from accounts.tables import Mapping, kind_of
from kam_portal import tasks
from kam_portal.imports import PATIENCE, Rules, hand_over, keep
from kam_portal.uploads.guesses import rules_of
from kam_portal.uploads.kinds import kinds_of

State = Import.State
FORGOTTEN_AFTER = timedelta(days=7)
SAME = ("kind", "file_name", "file", "mapping", "encoding", "decimal", "sample")


def visible_to(user) -> QuerySet[Import]:
    """Imports of the kinds that this person may import; a draft is its owner's alone."""
    started = Q(kind__in=kinds_of(user)) & ~Q(state=State.DRAFT)
    return Import.objects.filter(started | Q(state=State.DRAFT, created_by=user))


def once(asked_as: UUID, user, make: Callable[[], Import]) -> Import:
    """What `make` makes; if the same form was sent before, or at the same moment, what that made."""
    first = Import.objects.filter(asked_as=asked_as, created_by=user).first()
    if first:
        return first
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        return Import.objects.get(asked_as=asked_as, created_by=user)


def open_draft(user, file, asked_as: UUID, kind: str = "", encoding: str = "utf-8", decimal: str = ".") -> Import:
    """Keep an upload and have a worker look into it. Raises Unusable for an ending or a size of no use."""
    draft = Import(
        state=State.DRAFT,
        kind=kind or kind_of(file.name, kinds_of(user)) or "",
        file_name=Path(file.name).name[-255:],
        dry_run=True,
        encoding=encoding,
        decimal=decimal,
        created_by=user,
        asked_as=asked_as,
    )

    def kept() -> Import:
        try:
            keep(draft, file)
        except IntegrityError:
            default_storage.delete(draft.file.name)
            raise
        have_it_read(draft)
        return draft

    return once(asked_as, user, kept)


def read_again(draft: Import, kind: str, encoding: str, decimal: str) -> None:
    """Have a worker look into the draft again, as another kind or in another encoding."""
    kind = kind or kind_of(draft.file_name, kinds_of(draft.created_by)) or ""
    if kind != draft.kind:
        draft.mapping = {}
    draft.kind, draft.encoding, draft.decimal, draft.sample = kind, encoding, decimal, {}
    draft.save(update_fields=["kind", "encoding", "decimal", "sample", "mapping"])
    have_it_read(draft)


def use_map(draft: Import, mapping: Mapping, name: str) -> None:
    """Take over the rules of a map, and what it says of kind, encoding and decimal mark."""
    other = (mapping.kind and mapping.kind != draft.kind) or (mapping.encoding and mapping.encoding != draft.encoding)
    draft.mapping = rules_of(mapping)
    draft.kind = mapping.kind or draft.kind
    draft.encoding, draft.decimal = mapping.encoding or draft.encoding, mapping.decimal or draft.decimal
    draft.sample = {} if other else {**draft.sample, "source": "map", "source_name": name}
    draft.save(update_fields=["kind", "encoding", "decimal", "sample", "mapping"])
    if other:
        have_it_read(draft)


def start(draft: Import, kind: str, rules: Rules, encoding: str, decimal: str) -> None:
    """Have the draft checked: a dry run. A draft that was started already goes on as it is."""
    fresh = Import.objects.filter(pk=draft.pk, state=State.DRAFT)
    stated = {"kind": kind, "mapping": rules, "encoding": encoding, "decimal": decimal}
    if fresh.update(state=State.WAITING, created_at=timezone.now(), **stated):
        transaction.on_commit(lambda: hand_over(draft.pk))


def import_checked(checked: Import, user, asked_as: UUID) -> Import:
    """Import the file of a dry run for real, by the same rules."""

    def made() -> Import:
        record = _on_the_same_file(checked, user, asked_as, dry_run=False, state=State.WAITING)
        transaction.on_commit(lambda: hand_over(record.pk))
        return record

    return once(asked_as, user, made)


def edit_again(record: Import, user, asked_as: UUID) -> Import:
    """A draft on the file of an earlier import, with its rules to start from."""

    def made() -> Import:
        draft = _on_the_same_file(record, user, asked_as, dry_run=True, state=State.DRAFT)
        if not draft.sample:
            have_it_read(draft)
        return draft

    return once(asked_as, user, made)


def _on_the_same_file(record: Import, user, asked_as: UUID, **more) -> Import:
    same = {name: getattr(record, name) for name in SAME}
    return Import.objects.create(**same, created_by=user, asked_as=asked_as, **more)


def discard(draft: Import) -> None:
    """Forget a draft, and its file if no other import is on it."""
    Import.objects.filter(pk=draft.pk, state=State.DRAFT).delete()
    if draft.file and not Import.objects.filter(file=draft.file.name).exists():
        default_storage.delete(draft.file.name)


def have_it_read(draft: Import) -> None:
    """Wake a worker once the row is there."""
    transaction.on_commit(lambda: _wake(draft.pk))


def _wake(draft_id: int) -> None:
    tasks.wake(tasks.look_into_draft, draft_id, expires=PATIENCE.total_seconds())


def tidy(now: datetime) -> None:
    """Wake a worker for drafts that nobody has looked into; forget those left lying for a week."""
    drafts = Import.objects.filter(state=State.DRAFT, created_at__lt=now - PATIENCE)
    for draft in drafts.filter(created_at__lt=now - FORGOTTEN_AFTER):
        discard(draft)
    for draft_id in drafts.filter(sample={}, created_at__gte=now - FORGOTTEN_AFTER).values_list("pk", flat=True):
        _wake(draft_id)

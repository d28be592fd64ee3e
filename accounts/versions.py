"""Versions of a document that people edit: a draft, then ready. Every change is one update, none that overwrites
somebody else's unseen.

A versioned model has code, version, document, state (draft, ready), revision, created_by, changed_by, changed_at,
`is_draft` and `is_used`.
"""

import re
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max, Model, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
CODE_LENGTH = 64
Document = dict[str, Any]


class Outdated(Exception):
    """Somebody has changed the version since it was opened, or it is no draft any more."""


class NotPossible(ValueError):
    """The message says why, in a sentence for the person."""


def check_code(code: str) -> None:
    """Refuse what cannot name a document in files and addresses."""
    if not CODE.fullmatch(code) or len(code) > CODE_LENGTH:
        raise NotPossible(_("A code has letters, digits, points, dashes and underscores, at most 64 of them."))


def add(model: type[Model], code: str, document: Document, user) -> Any:
    """A draft of the next version of that code."""
    for _try in range(3):
        version = (model.objects.filter(code=code).aggregate(last=Max("version"))["last"] or 0) + 1
        try:
            return _create(model, {"code": code, "version": version} | without_name(document), user)
        except IntegrityError:  # somebody made the same version at the same moment
            continue
    raise NotPossible(_("Somebody is making versions of it at the same moment. Try again."))


def add_from_file(model: type[Model], document: Document, user) -> Any:
    """A draft of the code and version that a file states. What is stored already is left as it is."""
    stored = model.objects.filter(code=document["code"], version=document["version"]).first()
    if stored and stored.document == document:
        return stored
    if stored:
        raise NotPossible(_("%s is there and says something else. Open it, or give the file a new version.") % stored)
    try:
        return _create(model, document, user)
    except IntegrityError as error:
        raise NotPossible(_("Somebody has just added the same version. Try again.")) from error


def _create(model: type[Model], document: Document, user) -> Any:
    with transaction.atomic():
        return model.objects.create(
            code=document["code"],
            version=document["version"],
            document=document,
            state=model.State.DRAFT,
            created_by=user,
            changed_by=user,
            changed_at=timezone.now(),
        )


def without_name(document: Document) -> Document:
    return {key: value for key, value in document.items() if key not in ("code", "version")}


def save_draft(row: Any, document: Document, revision: int, user, **more: Any) -> None:
    """Keep a draft as it is now, unless somebody has changed it since that revision: then Outdated."""
    named = {"code": row.code, "version": row.version} | without_name(document)
    update(row, revision, row.State.DRAFT, user, document=named, **more)


def bring_in(row: Any, document: Document, revision: int, user) -> None:
    """Replace a draft by a document from a file that is of the same code and version."""
    if (document["code"], document["version"]) != (row.code, row.version):
        names = {"file": f"{document['code']} v{document['version']}", "draft": row}
        raise NotPossible(_("The file holds %(file)s, and this is %(draft)s.") % names)
    save_draft(row, document, revision, user)


def reopen(row: Any, user, **changes: Any) -> None:
    """Make a ready version that no run has used a draft again."""
    if row.is_used:
        raise NotPossible(_("A run has used this version: it cannot be changed. Copy it to a new version."))
    try:
        with transaction.atomic():
            update(row, row.revision, row.State.READY, user, state=row.State.DRAFT, **changes)
    except IntegrityError as error:
        raise NotPossible(_("A run has just used this version: it cannot be changed.")) from error


def discard(row: Any) -> None:
    """Forget a draft."""
    drafts = type(row).objects.filter(pk=row.pk, state=row.State.DRAFT)
    try:
        gone = not row.is_used and drafts.delete()[0]
    except ProtectedError as error:
        raise NotPossible(_("A run that failed names this version, so it stays: edit it.")) from error
    if not gone:
        raise NotPossible(_("Only a draft can be discarded."))


def update(row: Any, revision: int, was: str, user, **changes: Any) -> None:
    """Change a version that still is of that revision and state: else Outdated."""
    found = (
        type(row)
        .objects.filter(pk=row.pk, revision=revision, state=was)
        .update(**changes, revision=F("revision") + 1, changed_by=user, changed_at=timezone.now())
    )
    if not found:
        raise Outdated(str(row))
    row.refresh_from_db()

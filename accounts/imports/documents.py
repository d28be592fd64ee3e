"""Documents: YAML files of which each is one row, checked by the core that understands them."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.tables.documents import Document

from .outcome import Outcome

Found = tuple[Any, Sequence[Any]]  # what a document states, or None, and its problems (path, message)


def load(
    path: Path,
    model: type[models.Model],
    parse: Callable[[object], Found],
    to_document: Callable[[Any], dict],
    is_used: Callable[[models.Model], bool],
    **always: Any,
) -> Outcome:
    """Bring one document in. A version that nothing rests on yet is replaced; a used one is refused."""
    document = Document.of_file(path)
    found, problems = parse(document.value)
    if found is None:
        told = [document.problem(each.path, each.message) for each in problems]
        return Outcome(problems=sorted(told, key=lambda problem: problem.line))
    plain = to_document(found)
    stored = model.objects.filter(code=plain["code"], version=plain["version"]).first()
    if stored is None:
        model.objects.create(code=plain["code"], version=plain["version"], document=plain, **always)
        return Outcome(added=1)
    if stored.document == json.loads(json.dumps(plain)):
        return Outcome(unchanged=1)
    if is_used(stored):
        return Outcome(problems=[document.problem("version", _used(stored))])
    stored.document = plain
    stored.save()
    return Outcome(changed=1)


def _used(stored: models.Model) -> str:
    names = {"code": stored.code, "version": stored.version, "next": stored.version + 1}
    return _("%(code)s version %(version)s says something else and a run has used it; make it version %(next)s") % names


def latest(model: type[models.Model]) -> models.Model | None:
    """The document in force: the highest version of the code that was stored last."""
    last = model.objects.order_by("-created_at", "-pk").first()
    return last and model.objects.filter(code=last.code).order_by("-version").first()

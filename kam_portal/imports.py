"""Imports: files of a call, or uploads that a worker takes up, into the portal: all of a call or nothing.

What reads files and writes the ledger is loaded when a file is imported: web processes only ask for imports.
"""

import logging
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.permissions import Permission, may
from accounts.tables import Mapping, Unusable, expand, kind_of
from accounts.tables.files import ENDINGS
from kam_portal import tasks

log = logging.getLogger(__name__)
KINDS = {  # in the order in which they can go in: what others refer to comes first
    "teams": "accounts.imports.teams",
    "users": "accounts.imports.users",
    "accounts": "accounts.imports.accounts",
    "products": "profitability.imports.products",
    "cost_model": "profitability.imports.cost_model",
    "criteria": "relationships.imports.criteria",
    "order_lines": "profitability.imports.order_lines",
    "activity_events": "profitability.imports.activity_events",
    "resource_costs": "profitability.imports.resource_costs",
    "category_potentials": "relationships.imports.category_potentials",
    "contacts": "relationships.imports.contacts",
    "touchpoints": "relationships.imports.touchpoints",
    "account_criteria": "relationships.imports.account_criteria",
    "ratings": "relationships.imports.ratings",
}
OF_ADMINISTRATORS = {"teams", "users"}  # who may sign in as what
PATIENCE = timedelta(minutes=1)
Rules = dict[str, Any]


def needed(kind: str) -> Permission:
    """The permission to import that kind."""
    return Permission.ADMINISTER if kind in OF_ADMINISTRATORS else Permission.IMPORT_DATA


def import_files(
    paths: Iterable[Path | str],
    user=None,
    dry_run: bool = False,
    kind: str | None = None,
    mapping: Mapping | Rules | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
) -> list[Import]:
    """All rows of all these files, or nothing. One Import for each file, stored either way.

    Raises Unusable when it is not clear which files are meant, or of which kind they are.
    """
    from kam_portal.attempts import Attempt, together

    mapping = mapping if isinstance(mapping, Mapping) else of_rules(mapping or {})
    kind = kind or mapping.kind or None
    if kind not in (None, *KINDS):
        raise Unusable(kind, _("is no kind of import; these are: %(kinds)s.") % {"kinds": ", ".join(KINDS)})
    attempts = []
    for path, its_kind in expand(paths, list(KINDS), kind):
        record = _record(its_kind, path.name, user, dry_run, mapping, encoding, decimal)
        attempts.append(Attempt(record, path, mapping))
    return together(attempts)


def request_import(
    user,
    file,
    kind: str = "",
    dry_run: bool = False,
    mapping: Rules | None = None,
    encoding: str = "",
    decimal: str = "",
) -> Import:
    """Keep an uploaded file and have a worker import it.

    Raises Unusable for what is no use trying, PermissionDenied when the user may not import that kind.
    """
    rules = of_rules(mapping or {})
    kind = kind or rules.kind or kind_of(file.name, list(KINDS)) or ""
    if kind not in KINDS:
        raise Unusable(file.name, _("is of no known kind; say which of these it is: %s.") % ", ".join(KINDS))
    if not may(user, needed(kind)):
        raise PermissionDenied
    record = _record(kind, file.name, user, dry_run, rules, encoding, decimal)
    keep(record, file)
    transaction.on_commit(lambda: hand_over(record.pk))
    return record


def _record(kind, name, user, dry_run, mapping, encoding, decimal) -> Import:
    return Import(
        kind=kind,
        file_name=Path(name).name[-255:],
        created_by=user,
        dry_run=dry_run,
        mapping={rule: value for rule, value in asdict(mapping).items() if value and rule != "file"},
        encoding=(encoding or mapping.encoding or "utf-8")[:32],
        decimal=decimal or mapping.decimal or ".",
    )


def keep(record: Import, file) -> None:
    """Store an upload under a name of our own; its ending says how to read it."""
    ending = next((ending for ending in ENDINGS if file.name.lower().endswith(ending)), None)
    if not ending:
        sentence = _("has an ending that is not read; these are: %(endings)s.")
        raise Unusable(file.name, sentence % {"endings": ", ".join(ENDINGS)})
    if file.size > settings.IMPORT_MAX_BYTES:
        sentence = _("is larger than %(size)s MB; on the server, import_data takes it.")
        raise Unusable(file.name, sentence % {"size": settings.IMPORT_MAX_BYTES >> 20})
    record.file.save(f"{secrets.token_hex(16)}{ending}", file)


def of_rules(rules: Rules) -> Mapping:
    """A map from its rules, checked like the text of a map file."""
    return Mapping.of(yaml.safe_dump(rules)) if rules else Mapping()


def perform_import(import_id: int) -> None:
    """Import an uploaded file, unless that is done already or somebody else is at it. Safe to repeat."""
    from kam_portal.attempts import Attempt, Busy, together

    record = Import.objects.get(pk=import_id)
    if record.is_finished:
        return
    Import.objects.filter(pk=import_id).update(state=Import.State.RUNNING)
    try:
        together([Attempt(record, Path(record.file.path), of_rules(record.mapping))], wait=False)
    except Busy:  # the beat asks again
        log.info("Import %s waits until another one is done.", import_id)


def take_up_waiting(now: datetime) -> int:
    """Hand every upload that nobody has finished, nor just asked for, to a worker. Returns how many."""
    alive = Import.objects.filter(state__in=[Import.State.WAITING, Import.State.RUNNING]).exclude(file="")
    forgotten = list(alive.filter(created_at__lt=now - PATIENCE).values_list("pk", flat=True))
    for import_id in forgotten:
        hand_over(import_id)
    return len(forgotten)


def hand_over(import_id: int) -> None:
    """Wake a worker for the import."""
    tasks.wake(tasks.import_file, import_id, expires=PATIENCE.total_seconds())

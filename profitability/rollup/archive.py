"""The file of each closed month: its lines, events and attributes as Parquet, immutable, known by its hash.

Light on purpose: pages close and reopen months; what writes the file is loaded when it is written, by a worker.
"""

import hashlib
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from profitability.models import ArchivedMonth, ClosedMonth, RolledMonth
from profitability.rollup import Damaged


def folder() -> Path:
    return settings.VAR_DIR / "ledger"


def write(month: int) -> ArchivedMonth:
    """Write the file of a month that has been closed; runs use it from then on. Writing it again changes nothing."""
    from profitability.rollup.parquet import write_month

    with transaction.atomic():
        ClosedMonth.objects.select_for_update().get(month=month)  # nobody reopens it meanwhile
        path, rows = write_month(month, folder())
        stated = {"path": str(path.relative_to(settings.VAR_DIR)), "sha256": hash_of(path), "rows": rows}
        archived, _made = ArchivedMonth.objects.update_or_create(
            month=month, defaults=stated | {"made_at": timezone.now()}
        )
    return archived


def drop(month: int) -> None:
    """Forget the file of a month that is being reopened, and what it came to."""
    with transaction.atomic():
        RolledMonth.objects.filter(month=month).delete()
        for archived in ArchivedMonth.objects.filter(month=month):
            archived.delete()
            transaction.on_commit(partial(path_of(archived).unlink, missing_ok=True))


def path_of(archived: ArchivedMonth) -> Path:
    return settings.VAR_DIR / archived.path


def verified(archived: ArchivedMonth) -> Path:
    """The file, once it is known to be what was written when the month was closed."""
    path = path_of(archived)
    if not path.exists():
        raise Damaged(_("The file %(path)s of the closed month %(month)s is missing. %(help)s") % _said(archived))
    if hash_of(path) != archived.sha256:
        raise Damaged(_("The file %(path)s of the closed month %(month)s is damaged. %(help)s") % _said(archived))
    return path


def _said(archived: ArchivedMonth) -> dict[str, str]:
    help = _("Put it back from a backup, or reopen the month and close it again.")
    return {"path": archived.path, "month": str(archived), "help": help}


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

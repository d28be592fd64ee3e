"""The file of each closed month: its lines, events and attributes as Parquet, immutable, known by its hash.

Light on purpose: pages close and reopen months; what writes the file is loaded when it is written, by a worker.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

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

    with transaction.atomic(), unfinished() as path:
        ClosedMonth.objects.select_for_update().get(month=month)  # nobody reopens it meanwhile
        stated = {"rows": write_month(month, path), "sha256": hash_of(path), "made_at": timezone.now()}
        name = f"{month // 100}-{month % 100:02d}-{stated['sha256'][:16]}.parquet"
        settle(path, folder() / name)
        stated["path"] = f"{folder().name}/{name}"
        archived, _made = ArchivedMonth.objects.update_or_create(month=month, defaults=stated)
    return archived


@contextmanager
def unfinished() -> Iterator[Path]:
    """A place beside the files; what is left there is removed."""
    folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="unfinished-", dir=folder()) as place:
        yield Path(place, "month.parquet")


def settle(path: Path, name: Path) -> None:
    """Give a file its name once it is on the disk: it is there whole or not at all."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.chmod(0o444)
    path.replace(name)


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

"""Exports of the import kinds: what `import_data` brings into an empty portal again."""

from importlib import import_module
from pathlib import Path

from django.utils.translation import gettext as _

from accounts.tables import Unusable, write
from kam_portal.imports import KINDS

DOCUMENTS = (".yaml", ".yml")


def export(kind: str, path: Path | str) -> int:
    """Write all rows of a kind to a file, in the format of its ending; into a folder under a name of ours.

    Documents: a file gets the version in force, a folder all versions. Returns how many rows or documents.
    """
    module, path = import_module(KINDS[kind]), Path(path)
    try:
        if not hasattr(module, "SCHEMA"):
            return _write_documents(kind, module, path)
        columns, rows = module.exported()
        return write(path / f"{kind}.csv" if path.is_dir() else path, columns, rows, module.SCHEMA)
    except OSError as error:
        raise Unusable(path, _("cannot be written: %s.") % error.strerror) from error


def _write_documents(kind: str, module, path: Path) -> int:
    from accounts.tables.documents import written

    if path.is_dir():
        stored = list(module.versions().order_by("created_at", "pk"))
        for each in stored:
            name = f"{kind}_{_safe(each.code)}_v{each.version}.yaml"
            (path / name).write_text(written(each.document), encoding="utf-8")
        return len(stored)
    if not path.name.lower().endswith(DOCUMENTS):
        raise Unusable(path, _("has an ending that is not written; a document goes to a .yaml file."))
    last = module.in_force()
    if last is None:
        raise Unusable(path, _("is not written: there is no document of that kind yet."))
    path.write_text(written(last.document), encoding="utf-8")
    return 1


def _safe(code: str) -> str:
    """A code as part of a file name."""
    return "".join(mark if mark.isalnum() or mark in "-_" else "-" for mark in code)

"""Which files a call means, of which kind each is, and in which order they can go in."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from django.utils.translation import gettext as _

from .problems import Unusable, listing

ENDINGS = (".csv", ".csv.gz", ".xlsx", ".parquet", ".yaml", ".yml")


def kind_of(path: Path | str, kinds: Sequence[str]) -> str | None:
    """The kind whose name the file name begins with: order_lines_2024.csv.gz holds order_lines."""
    name = Path(path).name.lower()
    fitting = [kind for kind in kinds if name.startswith(kind) and name.endswith(ENDINGS)]
    return max(fitting, key=len, default=None)


def expand(paths: Iterable[Path | str], kinds: Sequence[str], kind: str | None = None) -> list[tuple[Path, str]]:
    """Files and what folders hold, each with its kind, in the order of `kinds` (what others refer to first).

    Of a folder only files named after a kind count; a file given by name must be one, unless `kind` says.
    """
    found: dict[Path, str] = {}
    for path in map(Path, paths):
        if path.is_dir():
            found |= _in_folder(path, kinds, kind)
        else:
            found[path] = kind or _kind_or_refusal(path, kinds)
    return sorted(found.items(), key=lambda item: (kinds.index(item[1]), item[0].name))


def _in_folder(folder: Path, kinds: Sequence[str], kind: str | None) -> dict[Path, str]:
    files = [(path, kind_of(path, kinds)) for path in sorted(folder.iterdir()) if path.is_file()]
    named = {path: found for path, found in files if found and kind in (None, found)}
    if not named:
        raise Unusable(folder, _("holds no file named after a kind (%(kinds)s).") % {"kinds": listing(list(kinds))})
    return named


def _kind_or_refusal(path: Path, kinds: Sequence[str]) -> str:
    kind = kind_of(path, kinds)
    if kind:
        return kind
    sentence = _("is not named after a kind (%(kinds)s); say which it is with --kind.")
    raise Unusable(path, sentence % {"kinds": listing(list(kinds))})

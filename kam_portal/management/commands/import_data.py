"""import_data: files into the portal, all of them or nothing."""

import json

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.tables import Mapping, Unusable
from kam_portal.imports import KINDS, import_files

COUNTS = ("rows", "added", "changed", "unchanged", "skipped", "refused")
REFUSED, UNUSABLE = 1, 2


class Command(BaseCommand):
    help = _(
        "Import files or folders. The kind is told by the file's name (order_lines*.csv) or by --kind. "
        "Ends with 0 when all rows are in, 1 when some were refused, 2 when a file cannot be used; "
        "with 1 and 2 nothing was imported."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--kind", choices=list(KINDS))
        parser.add_argument("--map", metavar="MAP.yaml", help=_("how other people's columns become ours"))
        parser.add_argument("--encoding", help=_("of CSV files, UTF-8 if nothing is said"))
        parser.add_argument("--decimal", choices=[".", ","], help=_("the decimal mark, a point if nothing is said"))
        parser.add_argument("--dry-run", action="store_true", help=_("say what would change, change nothing"))
        parser.add_argument("--json", action="store_true", help=_("report as one JSON object"))

    def handle(self, *paths, **options):
        try:
            mapping = Mapping.load(options["map"]) if options["map"] else None
            records = import_files(
                options["paths"],
                dry_run=options["dry_run"],
                kind=options["kind"],
                mapping=mapping,
                encoding=options["encoding"],
                decimal=options["decimal"],
            )
        except Unusable as error:
            self._report_unusable(str(error), options["json"])
            raise SystemExit(UNUSABLE) from error
        self.stdout.write(_as_json(records) if options["json"] else _as_text(records))
        if status := _status(records):
            raise SystemExit(status)

    def _report_unusable(self, sentence: str, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({"imported": False, "message": sentence, "files": []}))
        else:
            self.stderr.write(sentence)


def _status(records: list[Import]) -> int:
    states = {record.state for record in records}
    if states & {Import.State.UNUSABLE, Import.State.FAILED}:
        return UNUSABLE
    return REFUSED if Import.State.REFUSED in states else 0


def _as_json(records: list[Import]) -> str:
    files = [
        {
            "id": record.pk,
            "file": record.file_name,
            "kind": record.kind,
            "state": record.state,
            "message": record.message,
            **{name: getattr(record, name) for name in (*COUNTS, "accepted")},
            "control_totals": record.control_totals,
            "notes": record.notes,
            "problems": record.problems,
        }
        for record in records
    ]
    dry_run = any(record.dry_run for record in records)
    imported = not dry_run and not _status(records)
    return json.dumps({"imported": imported, "dry_run": dry_run, "files": files}, ensure_ascii=False)


def _as_text(records: list[Import]) -> str:
    lines = _table([["file", "kind", *COUNTS], *map(_cells, records)])
    for record in records:
        lines += _remarks(record)
    return "\n".join([*lines, "", _verdict(records)])


def _cells(record: Import) -> list[str]:
    return [record.file_name, record.kind, *(str(getattr(record, name)) for name in COUNTS)]


def _table(rows: list[list[str]]) -> list[str]:
    """Texts to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    aligned = [
        [cell.ljust(width) if place < 2 else cell.rjust(width) for place, (cell, width) in enumerate(cells)]
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    return ["  ".join(cells).rstrip() for cells in aligned]


def _remarks(record: Import) -> list[str]:
    lines = []
    for name, totals in record.control_totals.items():
        stated = ", ".join(f"{total} {value}" for total, value in totals.items())
        lines.append(f"{record.file_name}: {_('control totals')}, {name}: {stated}")
    lines += [f"{record.file_name}: {note}" for note in record.notes]
    # The file itself is at fault: what other files did to it is said once, at the end.
    lines += [record.message] if record.message and record.state != Import.State.REFUSED else []
    lines += [_problem(problem) for problem in record.problems]
    if (unlisted := record.refused - len(record.problems)) > 0:
        lines.append(_("%(file)s: and %(count)s more") % {"file": record.file_name, "count": unlisted})
    return lines


def _problem(problem: dict) -> str:
    value = f" ({problem['value']})" if problem["value"] else ""
    column = f" {problem['column']}:" if problem["column"] else ""
    return f"{problem['file']}:{problem['line']}:{column} {problem['reason']}{value}"


def _verdict(records: list[Import]) -> str:
    if _status(records):
        at_fault = [record.file_name for record in records if record.state != Import.State.REFUSED or record.problems]
        told = _("Refused: %s.") % ", ".join(at_fault) + " " if len(records) > 1 else ""
        return told + _("Nothing was imported.")
    if any(record.dry_run for record in records):
        return _("Dry run: nothing was changed.")
    return _("Imported.")

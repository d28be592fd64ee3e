"""export_data: the rows of an import kind to a file that import_data takes."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.tables import Unusable
from kam_portal.exports import export
from kam_portal.imports import KINDS


class Command(BaseCommand):
    help = _("Write all rows of a kind to a file (.csv, .csv.gz, .xlsx, .parquet; documents: .yaml) or folder.")

    def add_arguments(self, parser):
        parser.add_argument("kind", choices=list(KINDS), metavar="KIND", help=", ".join(KINDS))
        parser.add_argument("path", metavar="PATH")

    def handle(self, *args, **options):
        try:
            count = export(options["kind"], options["path"])
        except Unusable as error:
            self.stderr.write(str(error))
            raise SystemExit(2) from error
        self.stdout.write(_("%(count)s written to %(path)s") % {"count": count, "path": options["path"]})

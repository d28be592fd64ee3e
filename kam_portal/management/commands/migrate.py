"""Django's migrate: what was published is thawed while tables change, and frozen again whatever happened."""

from django.core.management.commands import migrate

from kam_portal.frozen import thawed


class Command(migrate.Command):
    def handle(self, *args, **options):
        if options["plan"] or options["check_unapplied"]:
            return super().handle(*args, **options)
        with thawed():
            return super().handle(*args, **options)

"""Django's flush: empties every table, also those that otherwise refuse it."""

from django.core.management.commands import flush

from kam_portal.frozen import thawed


class Command(flush.Command):
    def handle(self, **options):
        with thawed():
            return super().handle(**options)

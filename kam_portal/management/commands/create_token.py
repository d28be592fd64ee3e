"""Make an API token for a user. It is shown once: only its hash is kept."""

from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.rest.scopes import READ_SCOPES, SCOPES

DEFAULT_DAYS = 365


class Command(BaseCommand):
    help = "Make an API token for a user and print it, once, as the last word."

    def add_arguments(self, parser):
        parser.add_argument("user", metavar="USER", help="e-mail of the user whose rights the token has")
        parser.add_argument(
            "--scope",
            dest="scopes",
            nargs="+",
            action="extend",
            choices=SCOPES,
            metavar="SCOPE",
            help=f"what it may be used for: {', '.join(SCOPES)}; default: every read scope",
        )
        parser.add_argument("--expires", type=int, default=DEFAULT_DAYS, metavar="DAYS")
        parser.add_argument("--name", default="", help="what the token is for")

    def handle(self, user, scopes, expires, name, **options):
        if expires < 1:
            raise CommandError(_("A token lasts at least a day."))
        scopes = sorted(set(scopes or READ_SCOPES))
        _row, token = ApiToken.objects.create(
            self.person(user), expiry=timedelta(days=expires), scopes=scopes, name=name
        )
        text = _("Token of %(user)s for %(scopes)s, good for %(days)d days; it is not shown again: %(token)s")
        told = {"user": user, "scopes": ", ".join(scopes), "days": expires, "token": token}
        self.stdout.write(text % told)

    def person(self, email: str) -> User:
        found = User.objects.filter(email__iexact=email, is_active=True).first()
        if found is None:
            raise CommandError(_("There is no active user %(email)s.") % {"email": email})
        return found

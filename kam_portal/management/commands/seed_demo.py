"""`manage.py seed_demo`: the demo portfolio, imported through the importer and calculated. Safe to repeat."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account, Import, User
from kam_portal.demo.contacts import map_contacts, meet_counterparts
from kam_portal.demo.contracts import lay_contracts
from kam_portal.demo.decisions import decide_programme
from kam_portal.demo.effort import state_hours
from kam_portal.demo.forecasts import state_forecasts
from kam_portal.demo.people import demo_logins
from kam_portal.demo.plans import lay_plans
from kam_portal.demo.potentials import state_potentials
from kam_portal.demo.programme import state_programme
from kam_portal.demo.relationships import state_relationships
from kam_portal.demo.reviews import hold_reviews
from kam_portal.demo.signals import raise_signals
from kam_portal.demo.supplier_ranks import state_supplier_ranks
from kam_portal.demo.touchpoints import log_touchpoints
from profitability.core.months import month_of, ordinal
from profitability.models import OrderLine, Publication, Run

ONCE_PUBLISHED = [Run.State.PUBLISHED, Run.State.SUPERSEDED]


class Command(BaseCommand):
    help = "Import and calculate the demo portfolio, once. What is there already stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help=_("The day the demo is seen from; its last month is the month before. Default: today."),
        )

    def handle(self, *, today: date | None, **options: Any) -> None:
        if settings.PUBLIC:
            raise CommandError(_("The demo has known passwords, so it is not for a public start."))
        if not is_seeded():
            self.stdout.write(_("Writing and importing the demo portfolio …"))
            with transaction.atomic():
                import_portfolio(today or timezone.localdate())
                give_passwords()
                state_hours(timezone.now())
                state_potentials(timezone.now())
                state_supplier_ranks(timezone.now())
                state_relationships(timezone.now())
                map_contacts(today or timezone.localdate())
                decide_programme(today or timezone.localdate())
                state_programme(timezone.now())
                state_forecasts(today or timezone.localdate())
        self.calculate(*last_months())
        lay_plans(today or timezone.localdate())
        lay_contracts(today or timezone.localdate())
        log_touchpoints(today or timezone.localdate())
        meet_counterparts()
        hold_reviews(today or timezone.localdate())
        raise_signals(today or timezone.localdate())  # last: of all that was laid

    def calculate(self, last: int, published: set[int]) -> None:
        """The runs that are still to come. A demo that is done has one of last month."""
        if not published:
            self.stdout.write(_("Calculating the year before, to have something to compare with …"))
            publish_run(earlier(last, 12))
            # Hardly anybody had judged the accounts by then, so that run is no history of their boxes.
            Publication.objects.all().delete()
        if len(published) < 2:
            self.stdout.write(_("Calculating the month before …"))
            publish_run(earlier(last, 1))
        if len(published) < 3 and last not in published:
            self.stdout.write(_("Calculating last month …"))
            publish_run(last)


def is_seeded() -> bool:
    """Whether the accounts of the demo are there."""
    from kam_portal.demo.characters import CAST

    return Account.objects.filter(code__in=CAST).count() == len(CAST)


def import_portfolio(today: date) -> None:
    """Write the import files and import them as anybody would."""
    from kam_portal.demo import files
    from kam_portal.imports import import_files

    imports = import_files(files.write(settings.VAR_DIR / "demo", today), user=None, dry_run=False)
    failed = [each for each in imports if each.state != Import.State.DONE]
    if failed:
        raise CommandError("\n".join(f"{each}: {each.message} {each.problems[:3]}" for each in failed))


def give_passwords() -> None:
    """Let the demo's people sign in."""
    for _role, _name, email, password in demo_logins():
        user = User.objects.get(email=email)
        user.set_password(password)
        user.save(update_fields=["password"])


def last_months() -> tuple[int, set[int]]:
    """The last month with order lines, and the last months of the runs that were published."""
    last = OrderLine.objects.current().aggregate(last=Max("month"))["last"]
    return last, set(Run.objects.filter(state__in=ONCE_PUBLISHED).values_list("month_to", flat=True))


def earlier(month: int, months: int) -> int:
    return month_of(ordinal(month) - months)


def publish_run(month_to: int) -> None:
    from kam_portal.recompute import recompute

    run = recompute(month_to=month_to)
    if run.state != Run.State.PUBLISHED:
        raise CommandError(_("The run was not published: %(reason)s") % {"reason": run.message})

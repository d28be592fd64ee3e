"""`manage.py recompute`: calculate here and now, publish, print the balance."""

import re
from argparse import ArgumentTypeError

import orjson
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from accounts.rest.columns import as_month
from kam_portal.api.rendering import dumps
from kam_portal.recompute import recompute
from profitability.models import Run
from profitability.queries import balance_of
from profitability.rollup import ENGINES


def month(text: str) -> int:
    """`2026-03` as 202603."""
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if not found:
        raise ArgumentTypeError(_("“%(text)s” is not a month: write YYYY-MM.") % {"text": text})
    return int(found[1] + found[2])


class Command(BaseCommand):
    help = "Roll up the ledger, cost, rank, place and publish. Exit 1, and nothing published, if it does not close."

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="month_from", type=month, metavar="YYYY-MM")
        parser.add_argument("--to", dest="month_to", type=month, metavar="YYYY-MM")
        parser.add_argument("--model", default="", metavar="CODE")
        parser.add_argument("--engine", default="database", choices=sorted(ENGINES))
        parser.add_argument("--json", action="store_true")

    def handle(self, *, month_from, month_to, model, engine, json: bool, **options):
        run = recompute(month_from, month_to, model, engine)
        if json:
            self.stdout.write(as_json(run))
        else:
            self.print(run)
        if run.state != Run.State.PUBLISHED:
            raise SystemExit(1)

    def print(self, run: Run) -> None:
        if run.state != Run.State.PUBLISHED:
            self.stderr.write(_("Run %(id)s was not published: %(reason)s") % {"id": run.pk, "reason": run.message})
            return
        balance = balance_of(run)
        self.stdout.write(f"Run {run.pk} · {run.window_label} · {run.model_label}")
        for row in [balance.names, *(row.texts for row in balance.rows), balance.total.texts]:
            self.stdout.write("".join(f"{cell:<22}" if not place else f"{cell:>15}" for place, cell in enumerate(row)))
        for notice in run.notices:
            self.stdout.write(_("Note: %(notice)s") % {"notice": notice})
        self.stdout.write(_("Published; difference %(difference)s.") % {"difference": run.difference})


def as_json(run: Run) -> str:
    """As the API tells it: months as YYYY-MM, amounts with the decimals of the currency."""
    first, last = as_month(run.month_from), as_month(run.month_to)
    told = {
        "id": run.pk,
        "state": run.state,
        "message": run.message,
        "from": first,
        "to": last,
        "month_from": first,
        "month_to": last,
        "input_fingerprint": run.input_fingerprint,
        "result_hash": run.result_hash,
        "notices": run.notices,
        "balance": balance_of(run).as_json() if run.state == Run.State.PUBLISHED else None,
    }
    return dumps(told, orjson.OPT_INDENT_2).decode()

"""Places, shares and concentration as one reader may see them: of the company, or only of the accounts seen."""

from calendar import monthrange
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.conf import settings
from django.db.models import BigIntegerField, F, Sum, Window
from django.db.models.functions import Greatest, RowNumber

from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.rest.columns import MONEY_UNIT, SHARE_UNIT
from profitability.core.concentration import Concentration as Figures
from profitability.core.concentration import by_parent, concentration
from profitability.models import Concentration, Ranking, Run

READABLE = (Run.State.PUBLISHED, Run.State.SUPERSEDED)
DIGITS = {"volume": 4, "potential": 4, "share_of_wallet": 6}  # of ranked values; all others are money
QUANTITY_UNIT = Decimal("0.0001")
FIGURES = Figures.__slots__
AMOUNTS_OF_CONCENTRATION = {"total", "total_positive", "whale_peak", "erosion"}


def readable_run(run_id: int) -> Run | None:
    """A run that is, or once was, behind every page."""
    return Run.objects.select_related("cost_model").filter(pk=run_id, state__in=READABLE).first()


def as_of(run: Run) -> date:
    """The last day of the run's window."""
    year, month = divmod(run.month_to, 100)
    return date(year, month, monthrange(year, month)[1])


def ranking(run: Run | None, measure: str, user):
    """The places by one measure of the accounts the reader sees: places and shares in the company for whoever may
    see company figures, else among these accounts. Each row has `place`, `value`, and in the second case the
    positive sums `running` (down to this place) and `whole` to take shares of."""
    rows = Ranking.objects.in_run(run).filter(measure=measure).visible_to(user)
    if may(user, Permission.SEE_COMPANY_FIGURES):
        return rows.annotate(place=F("rank"))
    positive = Greatest(F("value"), 0, output_field=BigIntegerField())
    by_rank = [F("rank").asc()]  # the company's order, of which the reader learns only that of the rows seen
    return rows.annotate(
        place=Window(RowNumber(), order_by=by_rank),
        running=Window(Sum(positive), order_by=by_rank),
        whole=Window(Sum(positive)),
    )


def concentration_of(run: Run | None, measure: str, level: str, user) -> dict:
    """How much hangs on how few: of the company for whoever may see its figures, else of the accounts seen."""
    if may(user, Permission.SEE_COMPANY_FIGURES):
        stored = Concentration.objects.filter(run=run, measure=measure, level=level).first()
        if stored:
            return written(stored.figures, measure)
        values = values_by(run, measure, level, Account.objects.all())
    else:
        values = values_by(run, measure, level, Account.objects.visible_to(user))
    figures = concentration(values)
    places = DIGITS.get(measure, settings.CURRENCY_DIGITS)
    found = {name: getattr(figures, name) for name in FIGURES}
    return written({name: _in_units(name, value, places) for name, value in found.items()}, measure)


def values_by(run: Run | None, measure: str, level: str, accounts) -> list[int]:
    """One value an account, or a family of accounts. A parent that is not among the accounts joins nobody."""
    rows = Ranking.objects.in_run(run).filter(measure=measure, account__in=accounts)
    values = dict(rows.values_list("code", "value"))
    if level == "account":
        return list(values.values())
    parents = dict(accounts.filter(parent__in=accounts).values_list("code", "parent__code"))
    return list(by_parent(values, parents).values())


def _in_units(name: str, value, places: int):
    if value is not None and name in AMOUNTS_OF_CONCENTRATION:
        return Decimal(value).scaleb(-places)
    return float(value) if isinstance(value, Fraction) else value


def written(figures: dict, measure: str) -> dict:
    """Amounts with the decimals of the measure, shares with six; counts as they are. In the order of the figures:
    PostgreSQL keeps the keys of a document in its own."""
    unit = QUANTITY_UNIT if measure == "volume" else MONEY_UNIT
    return {name: _written(figures[name], unit if name in AMOUNTS_OF_CONCENTRATION else SHARE_UNIT) for name in FIGURES}


def _written(value, unit: Decimal):
    if value is None or isinstance(value, int):
        return value
    return Decimal(str(value)).quantize(unit)

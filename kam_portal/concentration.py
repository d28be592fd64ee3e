"""On how few customers the company hangs: figures of families of accounts, who is large, and how it was before.

Entities under common control count as one customer (ASC 280-10-50-42; IFRS 8.34), so everything is of parents with all
accounts under them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.permissions import Permission, may
from profitability.core.concentration import by_parent
from profitability.core.lorenz import lorenz
from profitability.core.months import months_between
from profitability.ladder import MEASURES, Measure
from profitability.models import Concentration, Ranking, Run
from profitability.standings import READABLE, concentration_of

FEWEST = 5  # below that, shares and measures of inequality say nothing
LARGE = Fraction(1, 10)  # disclosed from here on, not only above
LONGEST_TREND = 24  # months
MOST_RUNS = 1_000  # looked at for the trend
MOST_NAMED = 1_000  # asked for by code; for more of them all names are read
MOST_POINTS = 400  # of the Lorenz curve
TOPS = (1, 3, 5, 10)
LOW, MODERATE, HIGH = (gettext_lazy("low"), gettext_lazy("moderate"), gettext_lazy("high"))
BANDS = {  # figure: the settings with its two bounds
    "top1_share": settings.CONCENTRATION_TOP_1,
    "top3_share": settings.CONCENTRATION_TOP_3,
    "top10_share": settings.CONCENTRATION_TOP_10,
    "hhi": settings.CONCENTRATION_HHI,
}


@dataclass(frozen=True)
class Family:
    """A parent with all accounts under it, or an account without any. `value` in the unit of the measure."""

    code: str
    name: str
    value: Decimal
    share: float | None


@dataclass(frozen=True)
class Line:
    """One figure with what its size means."""

    label: str
    name: str
    value: float
    band: str
    bounds: tuple[Decimal, Decimal] | None


class Hold:
    """How much of one measure hangs on how few families, in one run of the company."""

    def __init__(self, user, run: Run, measure: Measure) -> None:
        self.user, self.run, self.measure = user, run, measure
        self.figures = concentration_of(run, measure.code, "parent", user)

    @property
    def few(self) -> bool:
        return self.figures["n"] < FEWEST

    @cached_property
    def values(self) -> dict[str, int]:
        """What each family brings, by the code at its head."""
        rows = Ranking.objects.in_run(self.run).filter(measure=self.measure.code)
        return by_parent(dict(rows.values_list("code", "value")), self.parents)

    @cached_property
    def parents(self) -> dict[str, str]:
        return dict(Account.objects.filter(parent__isnull=False).values_list("code", "parent__code"))

    @cached_property
    def positive(self) -> int:
        return sum(value for value in self.values.values() if value > 0)

    @cached_property
    def ranked(self) -> list[str]:
        """The heads of families, the largest first."""
        return sorted(self.values, key=lambda code: (-self.values[code], code))

    @cached_property
    def large(self) -> list[str]:
        """The families with at least a tenth; of no company without sales."""
        if not self.positive:
            return []
        return [code for code in self.ranked[: TOPS[-1]] if Fraction(self.values[code], self.positive) >= LARGE]

    def named(self, codes: Collection[str]) -> list[Family]:
        """Those whose every account the reader may see."""
        open_to = set(codes) - self.partly_hidden(codes)
        accounts = Account.objects.filter(code__in=open_to) if len(open_to) <= MOST_NAMED else Account.objects.all()
        names = {code: name for code, name in accounts.values_list("code", "name") if code in open_to}
        return [self.family(code, names[code]) for code in codes if code in names]

    def partly_hidden(self, codes: Collection[str]) -> set[str]:
        if may(self.user, Permission.SEE_ALL_ACCOUNTS):
            return set()
        hidden = Account.objects.exclude(pk__in=Account.objects.visible_to(self.user).values("pk"))
        heads = by_parent(dict.fromkeys(hidden.values_list("code", flat=True), 1), self.parents)
        return heads.keys() & set(codes)

    def family(self, code: str, name: str) -> Family:
        value = self.values[code]
        part = float(Fraction(value, self.positive)) if self.positive else None
        return Family(code, name, Decimal(value).scaleb(-self.measure.digits), part)

    # What the page draws and tells

    def lines(self) -> list[Line]:
        """The shares of the largest, HHI, effective number and Gini, as far as they say something."""
        if self.few or not self.positive:
            return []
        tops = [(_("The largest"), "top1_share")]
        tops += [(_("The %(count)s largest") % {"count": count}, f"top{count}_share") for count in TOPS[1:]]
        rest = [(_("HHI"), "hhi"), (_("Effective number"), "effective_number"), (_("Gini"), "gini")]
        return [self.line(label, name) for label, name in (*tops, *rest) if self.figures[name] is not None]

    def line(self, label: str, name: str) -> Line:
        value, bounds = self.figures[name], BANDS.get(name)
        return Line(label, name, float(value), band(float(value), bounds) if bounds else "", bounds)

    def lorenz_chart(self) -> dict | None:
        """Families from the smallest to the largest; None of too few, or of nothing."""
        if self.few or not self.positive:
            return None
        curve = lorenz(list(self.values.values()))
        count, whole = len(curve), curve[-1]
        places = sorted({round(count * step / MOST_POINTS) for step in range(1, MOST_POINTS + 1)} - {0})
        return {
            "label": _("Lorenz curve: what the smaller customers bring together"),
            "points": [[0, 0], *([place / count, curve[place - 1] / whole] for place in places)],
            "count": count,
        }

    def trend(self) -> list[tuple[Run, dict]]:
        """The same figures of earlier windows of as many months, oldest first: of each last month the newest run."""
        rows = Concentration.objects.filter(measure=self.measure.code, level="parent", run__state__in=READABLE)
        rows = rows.filter(run__published_at__lte=self.run.published_at).select_related("run")
        found: dict[int, Concentration] = {self.run.month_to: None}
        for row in rows.order_by("-run__published_at")[:MOST_RUNS]:
            if months(row.run) == months(self.run) and not found.get(row.run.month_to):
                found[row.run.month_to] = row
        listed = [row for month, row in sorted(found.items()) if row is not None and month <= self.run.month_to]
        return [(row.run, row.figures) for row in listed[-LONGEST_TREND:]]


def months(run: Run) -> int:
    return 12 * (run.month_to // 100 - run.month_from // 100) + run.month_to % 100 - run.month_from % 100 + 1


def band(value: float, bounds: tuple[Decimal, Decimal]) -> str:
    """Low below the first bound, high above the second."""
    low, high = bounds
    return str(LOW if value < low else HIGH if value > high else MODERATE)


def trend_chart(told: list[tuple[Run, dict]]) -> dict:
    """Lines by last month; months without a window keep their place, so that time is to scale."""
    names = [("top1_share", _("The largest")), ("top5_share", _("The 5 largest")), ("top10_share", _("The 10 largest"))]
    by_month = {run.month_to: figures for run, figures in told}
    listed = months_between(min(by_month), max(by_month))
    return {
        "label": _("Share of the largest customers by last month of the window"),
        "format": "share",
        "connect": True,
        "months": [f"{month // 100}-{month % 100:02d}" for month in listed],
        "series": [
            {"code": name, "name": label, "values": [number(by_month.get(month, {}).get(name)) for month in listed]}
            for name, label in names
        ],
    }


def number(value) -> float | None:
    return None if value is None else float(value)


def summary(user, run: Run | None) -> dict | None:
    """For a dashboard of whoever may see company figures: the share of the five largest, HHI with its band, and those
    at or above a tenth of net revenue. None for others, without a run, or of too few customers."""
    if run is None or not may(user, Permission.SEE_COMPANY_FIGURES):
        return None
    held = Hold(user, run, MEASURES["revenue"])
    if held.few or not held.positive:
        return None
    return {
        "top5_share": number(held.figures["top5_share"]),
        "hhi": number(held.figures["hhi"]),
        "band": band(float(held.figures["hhi"]), BANDS["hhi"]),
        "large": held.named(held.large),
        "large_count": len(held.large),
    }

"""Where the amounts of a statement lead: to their trail, or to the list of what they are the sum of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from kam_portal.statements import Asked, Line, address
from profitability.models import Run
from profitability.periods import LENGTHS, periods
from profitability.pnl.sources import Source


class Link(NamedTuple):
    url: str
    is_trail: bool = False


@dataclass(frozen=True)
class Links:
    """The links of one statement. `account`: its code, if the amounts are those of one account; else they are sums, and
    `list_at` is the place on the page, or on that with the changes `by`, where the parts are listed."""

    query: QueryDict
    found: Asked
    published: Run | None
    account: str = ""
    list_at: str = ""
    by: tuple[tuple[str, str | None], ...] = ()

    def of(self, figure: str, source: Source) -> Link | None:
        """The trail of the figure, if one explains these months; else the list, or the same page in finer columns."""
        found = trail_of(self.account, figure, source, self.published) if self.account and figure else None
        return found or (self.listed(source) if self.list_at or not self.account else self.finer(source))

    def listed(self, source: Source) -> Link | None:
        place = self.place_of(source)
        return Link(address(self.query, **dict(self.by), **place) + self.list_at) if place else None

    def finer(self, source: Source) -> Link | None:
        """Of one account: the period by itself, and the period in view month by month."""
        if source != self.own:
            place = self.place_of(source)
            return Link(address(self.query, columns=None, **place)) if place else None
        if self.found.columns and self.found.columns[0].kind != "month":
            return Link(address(self.query, columns="month"))
        return None

    @property
    def own(self) -> Source:
        return Source(self.found.run, self.found.months)

    def place_of(self, source: Source) -> dict[str, str | None] | None:
        """How the address names these months of that run; None where it has no name for them."""
        kinds = sorted(LENGTHS, key=lambda kind: kind != self.found.period.kind)
        listed = ((kind, self.known(source.run, kind).get(source.months)) for kind in kinds)
        kind, key = next(((kind, key) for kind, key in listed if key is not None), ("", ""))
        run = None if source.run == self.published else str(source.run.pk)
        return {"run": run, "period": kind, "at": key or None} if kind else None

    def known(self, run: Run, kind: str) -> dict[tuple[int, ...], str]:
        return {period.months: period.key for period in self._periods(run)[kind]}

    def _periods(self, run: Run) -> dict:
        if run.pk not in self._windows:
            self._windows[run.pk] = {kind: periods((run.month_from, run.month_to), kind) for kind in LENGTHS}
        return self._windows[run.pk]

    @cached_property
    def _windows(self) -> dict:
        return {}


def trail_of(code: str, figure: str, source: Source, published: Run | None) -> Link | None:
    """A trail explains a figure of a run's window, or of one month of it."""
    if not (source.is_whole_run or len(source.months) == 1):
        return None
    query: dict = {"figure": figure} | ({} if source.is_whole_run else {"month": source.months[0]})
    query |= {} if source.run == published else {"run": source.run.pk}
    return Link(f"{reverse('trail', args=[code])}?{urlencode(query, safe=':')}", is_trail=True)


def linked(lines: Sequence[Line], links: Links) -> list[Line]:
    """The lines with where each amount leads; of nothing there is nothing to show."""
    earlier = links.found.sources[0] if len(links.found.sources) == 1 else None

    def link(line: Line, amount: Decimal | None, source: Source | None) -> Link | None:
        return links.of(line.name, source) if amount and source else None

    return [
        replace(
            line,
            links=[link(line, amount, Source(links.found.run, period.months)) for period, amount in line.cells],
            link=link(line, line.total, links.own),
            before_link=link(line, line.before, earlier),
        )
        for line in lines
    ]

"""The workbench of a what-if: what an address asks for, and what comes of it, as one page."""

from decimal import ROUND_UP, Decimal

from django.conf import settings
from django.core.paginator import Paginator
from django.http import QueryDict
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, may
from kam_portal.downloads import download, download_workbook
from kam_portal.templatetags.kam import signed, whole
from kam_portal.whatif.asked import MOST_OWN, Asked
from kam_portal.whatif.levers import LeverFields
from profitability.models import Run, Scenario
from profitability.runline import show_run

PAGE = 10  # accounts: those that change most, so that a phone shows the rest too

REST = ("all", "changed")  # say of an address without a lever that it is meant so


class Bench:
    """The levers and accounts in an address, and what they lead to for one reader. `kept`: the scenario that it is."""

    def __init__(self, user, run: Run, query: QueryDict, kept: Scenario | None = None) -> None:
        self.user, self.run, self.query = user, run, query
        self.asked = Asked(user, run, query, kept)
        self.costs = may(user, Permission.SEE_COSTS)

    @cached_property
    def study(self):
        from kam_portal.whatif.study import Study

        return Study(self.user, self.run, self.asked.results(), self.asked.what_if, self.asked.sees_all)

    @property
    def changes(self) -> bool:
        """Whether there is anything to tell."""
        return self.asked.what_if.changes_anything and bool(self.study.count)

    def heading(self, name: str) -> str:
        """The name and the finding; what cash does too, where it goes another way."""
        if not self.changes:
            return name
        change, cash = self.study.steps[-1].change, self.study.cash_effect
        words = {"name": name, "change": signed(change), "currency": settings.CURRENCY, "cash": signed(cash)}
        text = _("%(name)s: contribution %(change)s %(currency)s")
        if sign(change) != sign(cash):
            text = _("%(name)s: contribution %(change)s %(currency)s, but cash at once %(cash)s")
        return text % words if self.asked.sees_all else f"{text % words} {self.partly()}"

    def partly(self) -> str:
        """Whose figures these are, where the reader does not see them all."""
        count = self.study.count
        text = ngettext(
            "for the one of its accounts that you see", "for the %(count)s of its accounts that you see", count
        )
        return text % {"count": whole(count)}

    def page(self, request, context: dict, status: int = 200):
        show_run(request, self.run)
        context |= self.levers() | (self.outcome() if self.study.count else {"study": self.study})
        return render(request, "profitability/scenario.html", context, status=status)

    def levers(self) -> dict:
        """What the levers show."""
        from kam_portal.whatif.words import basis, cash_in_words

        asked = self.asked
        return {
            "form": asked.form,
            "exceptions": asked.exceptions,
            "another": self.another(),
            "errors": asked.errors,
            "filter": asked.filter,
            "costs": self.costs,
            "chips": asked.filter.chips(self.query),
            "base": self.run,
            "basis": basis(self.study.count),
            "cash_line": cash_in_words(self.study) if self.changes else "",
            "finding": self.study.steps[-1].change if self.changes else None,
            "query": self.address(),
            "missing_codes": self.missing([asked.form]),
            "missing_own": self.missing(asked.exceptions),
            "unknown_own": [form.unknown_text for form in asked.exceptions if form.unknown],
            "order_value": self.order_value(),
        }

    def outcome(self) -> dict:
        """What the figures show."""
        from kam_portal.whatif.charts import matrix_chart, whale_chart
        from kam_portal.whatif.words import assumptions, own_levers

        study = self.study
        said = own_levers(self.asked.what_if, study.selected.window.activities)
        page = Paginator(study.places, PAGE).get_page(self.query.get("page"))
        rows = [(place, study.moves.get(place.account), own_of(place, said)) for place in page]
        return {
            "study": study,
            "page": page,
            "rows": rows,
            "own_rows": [row for row in rows if row[2]],
            "whale": whale_chart(study),
            "whales": study.whales,
            "matrix": matrix_chart(study) if study.moves else None,
            "moved": sum(move.is_moved for move in study.moves.values()),
            "sensitivity": study.sensitivity(),
            "assumptions": assumptions(self.asked.what_if),
        }

    def another(self) -> int | None:
        """The number of the next exception; None when there are enough."""
        numbers = [form.number for form in self.asked.exceptions]
        return max(numbers, default=0) + 1 if len(numbers) < MOST_OWN else None

    def missing(self, forms: list[LeverFields]) -> int:
        """How many accounts that these name are there, but not among those in view."""
        named = {code for form in forms for code in form.listed_codes() if code not in form.unknown}
        return len(named - set(self.study.selected.codes))

    def order_value(self) -> dict | None:
        """From which value on an order pays for itself, and the address that tries it as minimum."""
        exact = self.study.break_even if self.study.count else None
        if exact is None:
            return None
        value = round_up(exact)
        return {"exact": exact, "value": value, "query": self.address(minimum_order=f"{value:f}")}

    def address(self, **more: str) -> str:
        """What is asked, without what only the page in view is about."""
        query = self.query.copy()
        for name in ("own", "page", *(REST if len(query) > 1 else ())):
            query.pop(name, None)
        for name, text in more.items():
            query[name] = text
        return query.urlencode()

    def file(self, ending: str, kept: Scenario):
        """The accounts as CSV; as a workbook with all that makes them understood."""
        said = [kept.name if slugify(kept.name) else kept.pk]
        if ending == "xlsx":
            from kam_portal.whatif.sheets import tables

            return download_workbook(tables(self, kept), "what-if", self.run, said)
        from kam_portal.whatif.tables import account_rows, export_columns

        return download(ending, "what-if", export_columns(), account_rows(self.study), self.run, said)


def sign(amount: Decimal) -> int:
    return (amount > 0) - (amount < 0)


def own_of(place, said: list[str]) -> str:
    """The levers that the account alone has, in words."""
    return "" if place.own is None else said[place.own]


def round_up(value: Decimal) -> Decimal:
    """To two figures, as one would set a minimum: 312.40 becomes 320. Never below a unit of the currency."""
    step = Decimal(1).scaleb(max(value.adjusted() - 1, 0))
    return (value / step).quantize(Decimal(1), ROUND_UP) * step

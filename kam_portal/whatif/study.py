"""A what-if from end to end for one reader: the accounts chosen, their figures before and after, their places among
all accounts, their boxes, and what becomes of capacity. Loads numpy, so pages import it when they are asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account
from accounts.permissions import Permission, may
from kam_portal.templatetags.kam import phase
from kam_portal.whatif.boxes_after import Move, moves
from kam_portal.whatif.names import name_of_driver
from profitability import scenarios
from profitability.balances import pool_names
from profitability.capacity import per_person
from profitability.core.concentration import Whale, whale
from profitability.core.cost_model import PHASES
from profitability.core.levers import WhatIf, volume_factor
from profitability.core.minimum_order import break_even_order
from profitability.core.remainder import round_half_up
from profitability.core.savings import Held, Saving, Valuation, savings
from profitability.core.scenario import Assigned, assigned
from profitability.core.sensitivity import Sensitivity, sensitivities
from profitability.core.statement import by_phase
from profitability.core.window import Outcome
from profitability.models import Result, Run
from profitability.scenarios import Chosen, Minimum, Standing

MOST_BOXES = 500  # of these accounts, the ones that change most, the matrix shows where they go
AMOUNTS = (
    ("list_sales", gettext_lazy("List sales"), 1, "total"),
    ("discounts", gettext_lazy("Discounts"), -1, "detail"),
    ("returns", gettext_lazy("Returns"), -1, "detail"),
    ("net_revenue", gettext_lazy("Net revenue"), 1, "total"),
    ("cost_of_goods", gettext_lazy("Cost of goods"), -1, "detail"),
    ("freight", gettext_lazy("Freight"), -1, "detail"),
    ("gross_margin", gettext_lazy("Gross margin"), 1, "total"),
)


def units(minor) -> Decimal:
    """Minor units as an amount of the currency."""
    return Decimal(int(minor)).scaleb(-settings.CURRENCY_DIGITS)


@dataclass(frozen=True)
class Step:
    """One line of the statement, before and after."""

    label: str
    before: Decimal
    after: Decimal
    kind: str

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class Place:
    """One account of the scenario: contribution, rank among the accounts seen, and class, before and after."""

    account: int
    code: str
    name: str
    before: Decimal
    after: Decimal
    rank_before: int | None
    rank_after: int | None
    class_before: str
    class_after: str | None  # "" when dropped; None when it depends on accounts that the reader does not see
    own: int | None = None  # the exception it belongs to

    @property
    def change(self) -> Decimal:
        return self.after - self.before


@dataclass(frozen=True)
class CapacityLine:
    """What the scenario does to one pool; minutes are None for a pool that is not consumed by time."""

    code: str
    name: str
    saved_minutes: Decimal | None
    left_minutes: Decimal | None  # practical minutes nobody uses under the scenario; below zero: too few
    usage: Decimal
    released: int | None
    hired: int | None
    cash: Decimal | None  # None: more usage, and nothing says where its capacity ends


class Study:
    """The figures of one what-if. Everything is of the accounts that the reader sees; nothing is written.

    `sees_all`: whether these are all accounts that the what-if changes. If not, nobody can say what class an account
    has then, since that depends on all of them.
    """

    def __init__(self, user, run: Run, results: QuerySet[Result], asked: WhatIf, sees_all: bool = True) -> None:
        self.user, self.run, self.asked, self.sees_all = user, run, asked, sees_all
        self.selected: Chosen = scenarios.chosen(run, results)
        self.levers: Assigned = assigned(asked, self.selected.codes)
        self.minimum: Minimum | None = scenarios.minimum_of(self.selected, self.levers)
        taken = self.minimum.taken if self.minimum else None
        self.outcome: Outcome = scenarios.outcome_of(self.selected, self.levers, taken)

    @property
    def count(self) -> int:
        return len(self.selected.ids)

    @property
    def own_count(self) -> int:
        """How many of the chosen accounts have levers of their own."""
        return sum(self.asked.own_of(code) is not None for code in self.selected.codes)

    # The statement

    @cached_property
    def steps(self) -> list[Step]:
        """From list sales down to contribution, of all chosen accounts together."""
        before, after = self.selected.window.statement, self.outcome.statement
        rows = [
            Step(label, sign * units(getattr(before, name).sum()), sign * units(getattr(after, name).sum()), kind)
            for name, label, sign, kind in AMOUNTS
        ]
        earlier, later = self.phases
        rows += [Step(phase(name), -units(earlier[name].sum()), -units(later[name].sum()), "detail") for name in PHASES]
        return [*rows, Step(_("Contribution"), *map(units, (sum(self.before), sum(self.after))), "total")]

    def step(self, place: int) -> Step:
        return self.steps[place]

    @cached_property
    def phases(self):
        window = self.selected.window
        return tuple(by_phase(costs, window.activities) for costs in (window.costs, self.outcome.costs))

    @cached_property
    def before(self) -> list[int]:
        """Contribution of each chosen account in the run, minor units."""
        window = self.selected.window
        return window.statement.contribution(window.costs.sum(axis=1)).tolist()

    @cached_property
    def after(self) -> list[int]:
        return self.outcome.statement.contribution(self.outcome.costs.sum(axis=1)).tolist()

    # Places among all accounts

    @cached_property
    def standings(self) -> tuple[Standing, Standing]:
        """All active accounts of the run, before and after."""
        standing = scenarios.standing_of(self.run)
        return standing, standing.under(self.selected, self.outcome, self.levers.dropped)

    @cached_property
    def seen(self) -> tuple[Standing, Standing]:
        """The accounts that the reader sees, before and after."""
        ids = None
        if not may(self.user, Permission.SEE_ALL_ACCOUNTS):
            ids = set(Account.objects.visible_to(self.user).values_list("pk", flat=True))
        before, after = self.standings
        return before.among(ids), after.among(ids)

    @cached_property
    def whales(self) -> tuple[Whale, Whale]:
        before, after = self.seen
        return whale(before.contribution.tolist(), before.codes), whale(after.contribution.tolist(), after.codes)

    @cached_property
    def places(self) -> list[Place]:
        """The chosen accounts, the largest change first."""
        ranks, classes = [each.ranks() for each in self.seen], [each.classes() for each in self.standings]
        selected = self.selected
        rows = zip(selected.ids, selected.codes, selected.names, self.before, self.after, strict=True)
        found = [
            Place(
                account,
                code,
                name,
                units(before),
                units(after),
                ranks[0].get(account),
                ranks[1].get(account),
                classes[0].get(account, "N"),
                classes[1].get(account, "") if self.sees_all else None,
                self.asked.own_of(code),
            )
            for account, code, name, before, after in rows
        ]
        return sorted(found, key=lambda place: (-abs(place.change), place.before, place.code))

    # The matrix

    @cached_property
    def moves(self) -> dict[int, Move]:
        """Where the accounts that change most stand before and after, by account id."""
        chosen = {place.account for place in self.places[:MOST_BOXES]}
        dropped = {self.selected.ids[row] for row in self.levers.dropped.nonzero()[0].tolist()}
        return moves(self.run, {key: row for key, row in self.figures() if key in chosen}, dropped)

    @cached_property
    def orders(self) -> list[int]:
        """How many orders each chosen account placed."""
        placed = dict(self.selected.results.values_list("account_id", "orders"))
        return [placed[account] for account in self.selected.ids]

    @property
    def orders_after(self) -> list[Decimal]:
        """The same under the scenario."""
        more = [Decimal(float(volume_factor(levers, "orders"))) for levers in self.levers.sets]
        less = self.minimum.orders.tolist() if self.minimum else [0] * self.count
        rows = zip(self.orders, less, self.levers.places.tolist(), strict=True)
        return [(placed - fewer) * more[place] for placed, fewer, place in rows]

    def figures(self) -> Iterator[tuple[int, dict[str, Decimal]]]:
        """The new amounts of each account, as measured criteria need them."""
        statement, costs = self.outcome.statement, self.outcome.costs.sum(axis=1).tolist()
        columns = (statement.net_revenue.tolist(), statement.gross_margin.tolist(), costs, self.orders_after)
        for account, net, margin, cost, orders in zip(self.selected.ids, *columns, strict=True):
            amounts = {"net_revenue": net, "gross_margin": margin, "cost_to_serve": cost, "contribution": margin - cost}
            yield account, {name: units(amount) for name, amount in amounts.items()} | {"orders": orders}

    # Small orders

    @cached_property
    def break_even(self) -> Decimal | None:
        """The net value from which on an order pays for its own handling, of all chosen accounts together."""
        found = break_even_order(self.selected.window, sum(self.orders))
        return None if found is None else units(round_half_up(found))

    @property
    def small_orders(self) -> dict | None:
        """The orders below a minimum value: how many of how many, what they are worth, how many are lost or joined,
        and how many remain that are still too small."""
        if self.minimum is None:
            return None
        return {
            "all": sum(self.orders),
            "below": self.minimum.below,
            "value": Decimal(self.minimum.value).scaleb(-4),
            "refused": self.minimum.refused,
            "fewer": int(self.minimum.orders.sum()) - self.minimum.refused,
            "still_small": self.minimum.still_small,
        }

    # Capacity; pools are for those who may see costs

    @cached_property
    def held(self) -> dict[str, Held]:
        return scenarios.held(self.run)

    @property
    def valuation(self) -> Valuation:
        return Valuation(self.asked.person_minutes or per_person(), self.asked.avoidable, self.held)

    @cached_property
    def charged(self) -> dict[str, int]:
        return scenarios.charged(self.run)

    @cached_property
    def savings(self) -> tuple[Saving, ...]:
        return savings(self.selected.window, self.outcome, self.charged, self.valuation)

    @property
    def cash_saved(self) -> Decimal:
        return units(sum(row.cash for row in self.savings))

    @property
    def usage_saved(self) -> Decimal:
        return units(sum(row.usage for row in self.savings))

    @property
    def released(self) -> int:
        """Whole people that are no longer needed."""
        return sum(row.released for row in self.savings)

    @property
    def hired(self) -> int:
        """Whole people that are needed beside those there are."""
        return sum(row.hired for row in self.savings)

    @property
    def not_counted(self) -> Decimal:
        """More usage of pools without minutes: nothing says what of it costs cash."""
        return units(-sum(row.usage for row in self.savings if not row.is_counted))

    @property
    def cash_effect(self) -> Decimal:
        """What changes in cash at once: the gross margin, people that are no longer paid, people that are hired."""
        return self.step(6).change + self.cash_saved

    def capacity(self) -> list[CapacityLine]:
        names = pool_names(self.run)
        return [self._capacity(row, names.get(row.pool, row.pool)) for row in self.savings]

    def _capacity(self, row: Saving, name: str) -> CapacityLine:
        held, timed = self.held.get(row.pool), row.minutes is not None
        return CapacityLine(
            code=row.pool,
            name=name,
            saved_minutes=Decimal(row.minutes).scaleb(-4) if row.minutes is not None else None,
            left_minutes=Decimal(held.free + row.minutes).scaleb(-4) if held and row.minutes is not None else None,
            usage=units(row.usage),
            released=row.released if timed else None,
            hired=row.hired if timed else None,
            cash=units(row.cash) if row.is_counted else None,
        )

    # Sensitivity

    def sensitivity(self) -> list[dict]:
        """Small changes of the figures of the run, whatever the levers say."""
        rows = sensitivities(self.selected.window, self.charged, self.valuation)
        activities = self.selected.window.activities
        return [{"label": _spoken(row, activities), "usage": units(row.usage), "cash": units(row.cash)} for row in rows]


def _spoken(row: Sensitivity, activities) -> str:
    if row.lever == "price":
        return _("Price +1 %")
    if row.lever == "volume":
        return _("Volume +1 %, by larger orders")
    name = name_of_driver(row.lever, activities)
    return _("%(driver)s −10 %%") % {"driver": name[:1].upper() + name[1:]}

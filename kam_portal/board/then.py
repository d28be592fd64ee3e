"""Two dates beside each other: the figures of an earlier run beside those of the run in view, and which boxes moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, F, OuterRef, Subquery

from kam_portal.board.figures import company_figures
from kam_portal.board.judging import of_boxes
from kam_portal.charts import whale_chart
from kam_portal.matrix.axes import across_by, criteria_of
from kam_portal.matrix.bubbles import Bubble
from kam_portal.overview import kept
from kam_portal.programme.baselines import length
from profitability.models import Concentration, Run
from profitability.standings import READABLE
from relationships.models import Box, Position
from relationships.queries import portfolio

OFFERED = 60
NAMED = 8  # of the accounts that changed their box


def offered(run: Run) -> list[Run]:
    """The latest runs that stood behind the pages, the newest first, without the one in view."""
    rows = Run.objects.filter(state__in=READABLE).exclude(pk=run.pk).order_by("-published_at", "-pk")
    return list(rows.defer("inputs", "changes", "notices")[:OFFERED])


def chosen(runs: Iterable[Run], asked: str) -> Run | None:
    return next((each for each in runs if str(each.pk) == asked), None)


@dataclass(frozen=True)
class Moves:
    """How many accounts changed from one box to another, and the largest of them."""

    pairs: list[tuple[str, str, int]]
    named: list[tuple[str, str, str, str]]  # code, name, box then, box now

    @property
    def count(self) -> int:
        """Of those that have had a box and have one."""
        return sum(count for then, now, count in self.pairs if then and now)

    @property
    def unnamed(self) -> int:
        """So many of them are not named."""
        return self.count - len(self.named)

    @property
    def first(self) -> int:
        """So many have a box that had none then."""
        return sum(count for then, _now, count in self.pairs if not then)

    @property
    def gone(self) -> int:
        """So many have none now."""
        return sum(count for _then, now, count in self.pairs if not now)

    @property
    def told(self) -> list[tuple[str, str, int, int]]:
        """From box to box, with their names, how many, and whether for the better."""
        pairs = [(then, now, count) for then, now, count in self.pairs if then and now]
        return [(label(then), label(now), count, of_boxes(then, now)) for then, now, count in pairs]

    @property
    def largest(self) -> list[dict]:
        return [
            {"code": code, "name": name, "then": label(then), "now": label(now), "side": of_boxes(then, now)}
            for code, name, then, now in self.named
        ]


def label(box: str) -> str:
    return str(Box(box).label)


class Then:
    """The earlier run with what a page, or one of its panels, asks of it."""

    def __init__(self, user, then: Run, now: Run) -> None:
        self.user, self.run, self.now = user, then, now

    @cached_property
    def figures(self) -> dict[str, dict]:
        return kept("company-figures", self.run, self.user, lambda: company_figures(self.run))

    @cached_property
    def concentration(self) -> dict | None:
        return kept("concentration", self.run, self.user, lambda: concentration(self.run))

    @cached_property
    def moves(self) -> Moves:
        return kept(moves_name(self.run), self.now, self.user, lambda: moves(self.user, self.run, self.now))


def moves_name(then: Run) -> str:
    return f"moves-{then.pk}-{then.result_hash}"


def concentration(run: Run) -> dict | None:
    found = Concentration.objects.filter(run=run, measure="revenue", level="parent").first()
    return found.figures if found else None


def moves(user, then: Run, now: Run) -> Moves:
    """Accounts that both runs know; from no box, or to none, is a move too."""
    before = Position.objects.filter(run=then, account=OuterRef("account")).values("box")[:1]
    rows = portfolio(user, now).annotate(then=Subquery(before)).filter(then__isnull=False)
    moved = rows.exclude(then=F("position__box"))
    pairs = moved.order_by().values_list("then", "position__box").annotate(count=Count("pk"))
    placed = moved.exclude(then="").exclude(position__box="")
    named = placed.order_by("-net_revenue", "code").values_list("code", "account__name", "then", "position__box")
    return Moves(sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])), list(named[:NAMED]))


# Charts with both


def since(bubbles: list[Bubble], user, then: Run, now: Run) -> list[Bubble]:
    """The bubbles with where those of another box stood then: arrows of all would hide each other."""
    accounts = [each.account for each in bubbles]
    name = f"places-{then.pk}-{then.result_hash}-{hash(tuple(accounts))}"
    places = kept(name, now, user, lambda: places_in(then, accounts))
    found = []
    for each in bubbles:
        box, place = places.get(each.account, ("", (None, None)))
        found.append(each._replace(before=place if box and box != each.box else (None, None)))
    return found


def places_in(run: Run, accounts: list[int]) -> dict[int, tuple]:
    axis = across_by(criteria_of(run))
    rows = Position.objects.filter(run=run, account__in=accounts)
    names = ("account_id", "box", "relationship_strength", "relative_strength", "attractiveness")
    return {
        account: (box, (axis.place(strength, relative), None if up is None else float(up)))
        for account, box, strength, relative, up in rows.values_list(*names)
    }


def both_curves(user, then: Run, now: dict) -> dict:
    """The whale curve with that of the earlier run behind it."""
    earlier = kept("whale-chart", then, user, lambda: whale_chart(portfolio(user, then)))
    points = [[place, cumulative] for place, _name, _contribution, cumulative, _url in earlier["points"]]
    last = max((places[-1][0] for places in (now["points"], points) if places), default=0)
    return now | {"before": {"name": then.window_label, "points": points}, "count": last}


def is_same_length(then: Run, now: Run) -> bool:
    """Whether both look at as many months: else sums differ for that alone."""
    return length(then) == length(now)

"""The figures and results of a review as its page and its pack tell them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from relationships.models import Action, Review, ReviewPoint
from relationships.plans import measures
from relationships.reviews.figures import Figures, amount

LINES = (
    ("net_revenue", _("Net revenue")),
    ("gross_margin", _("Gross margin")),
    ("cost_to_serve", _("Cost to serve")),
    ("contribution", _("Contribution")),
)
SHARES = (("growth", _("Growth")), ("share_of_wallet", _("Share of wallet")))
UNITS = {measures.MONEY, measures.SHARE, measures.SCORE, measures.COUNT, measures.STAGE}


@dataclass(frozen=True)
class Line:
    """One figure now and at the review before. `is_good`: whether the change is for the better."""

    name: str
    label: str | Promise
    now: Decimal
    before: Decimal | None = None
    trend: list[float | None] | None = None
    is_share: bool = False

    @property
    def change(self) -> Decimal | None:
        return None if self.before is None else self.now - self.before

    @property
    def is_good(self) -> bool | None:
        if not self.change:
            return None
        return (self.change > 0) != (self.name == "cost_to_serve")


def earlier_of(review: Review) -> Review | None:
    """The last review of the plan that was held before this one and kept its figures."""
    rows = Review.objects.held().filter(plan=review.plan_id, figures__isnull=False).exclude(pk=review.pk)
    if review.held_on:
        rows = rows.filter(Q(held_on__lt=review.held_on) | Q(held_on=review.held_on, pk__lt=review.pk))
    return rows.select_related("run").order_by("-held_on", "-pk").first()


def figures_shown(now: Figures | None, before: Figures | None) -> list[Line]:
    """Money lines with their trend, then shares; only those that are known."""
    if now is None or "amounts" not in now:
        return []
    lines = [
        Line(name, label, found, amount(before, name), trend_of(now, name))
        for name, label in LINES
        if (found := amount(now, name)) is not None
    ]
    shares = [
        Line(name, label, found, share(before, name), is_share=True)
        for name, label in SHARES
        if (found := share(now, name)) is not None
    ]
    return lines + shares


def share(found: Figures | None, name: str) -> Decimal | None:
    text = (found or {}).get("shares", {}).get(name)
    return None if text is None else Decimal(text)


def trend_of(found: Figures, name: str) -> list[float | None] | None:
    listed = found.get("series", {}).get(name)
    return None if listed is None else [None if each is None else float(each) for each in listed]


@dataclass(frozen=True)
class ObjectiveLine:
    """One objective: where it stands now, and where it stood at the review before."""

    text: str
    state: str
    label: str | Promise
    value: Decimal | None
    target: Decimal | None
    baseline: Decimal | None
    before: Decimal | None
    unit: str
    until_on: date | None
    share: float | None

    @property
    def is_measured(self) -> bool:
        return self.unit in UNITS

    @property
    def shown_unit(self) -> str:
        """Of a value beside its target: a unit of its own is said once, with the target."""
        return self.unit if self.is_measured or self.target is None else ""


def objectives_shown(now: Figures | None, before: Figures | None) -> list[ObjectiveLine]:
    was = {each["id"]: each for each in (before or {}).get("objectives", [])}
    return [objective_line(each, was.get(each["id"])) for each in (now or {}).get("objectives", [])]


def objective_line(now: dict, before: dict | None) -> ObjectiveLine:
    return ObjectiveLine(
        text=now["text"],
        state=now["state"],
        label=measures.STATES[now["state"]],
        value=number(now["value"]),
        target=number(now["target"]),
        baseline=number(now["baseline"]),
        before=number(before["value"]) if before else None,
        unit=now["unit"],
        until_on=date.fromisoformat(now["until_on"]) if now["until_on"] else None,
        share=now["share"],
    )


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def agreed_at(user, review: Review) -> list[Action]:
    """The actions that came out of it."""
    points = ReviewPoint.objects.filter(review=review, kind=ReviewPoint.Kind.ACTION).values("action")
    rows = Action.objects.visible_to(user).filter(pk__in=points)
    return list(rows.select_related("owner", "customer_owner").order_by("due_on", "pk"))

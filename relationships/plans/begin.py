"""How a plan begins: from a template that fits the account's box, with objectives that know where they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from accounts.permissions import Permission, may
from accounts.programme import in_years
from profitability.models import Run
from relationships.models import Box, Plan, Position
from relationships.plans import editing, measures
from relationships.plans.measures import MEASURES, SHARE, STAGE

HORIZON, LONGEST_HORIZON = 3, 10  # years: what is usual, and the furthest


@dataclass(frozen=True)
class Start:
    """One objective of a template: its target is so many times, or so much more than, where the measure stands. Where
    that is known to be below `least`, there is nothing to be reached."""

    text: str | Promise
    measure: str
    times: Decimal | None = None
    plus: Decimal | None = None
    least: Decimal | None = None

    def makes_sense(self, value: Decimal | None) -> bool:
        return value is None or self.least is None or value >= self.least


@dataclass(frozen=True)
class Template:
    """What a kind of plan begins with."""

    code: str
    name: str | Promise
    text: str | Promise
    objectives: tuple[Start, ...] = ()
    actions: tuple[str | Promise, ...] = ()

    def at(self, known: Mapping[str, Decimal]) -> "Template":
        """The template for an account of which this is known."""
        return replace(
            self, objectives=tuple(each for each in self.objectives if each.makes_sense(known.get(each.measure)))
        )


def _named(*templates: Template) -> dict[str, Template]:
    return {template.code: template for template in templates}


TEMPLATES: dict[str, Template] = _named(
    Template(
        "grow",
        _("Grow together"),
        _("Invest in an attractive customer who values us: more of their spend, a closer relationship."),
        (
            Start(_("Grow net revenue"), "net_revenue", times=Decimal("1.30")),
            Start(_("Win more of what they spend in our categories"), "share_of_wallet", plus=Decimal("0.10")),
            Start(_("Bring the relationship to the next stage"), "stage", plus=Decimal(1)),
            Start(_("Earn more after cost to serve"), "contribution", times=Decimal("1.25")),
        ),
        (_("Agree the plan with the customer’s management"), _("Name a counterpart for each who decides")),
    ),
    Template(
        "develop",
        _("Win the relationship"),
        _("An attractive customer who does not see us as a partner yet: earn trust, step by step."),
        (
            Start(_("Become a stronger supplier in their eyes"), "relationship_strength", plus=Decimal("1.5")),
            Start(_("Bring the relationship to the next stage"), "stage", plus=Decimal(1)),
            Start(_("Win more of what they spend in our categories"), "share_of_wallet", plus=Decimal("0.05")),
            Start(_("Sell them more of our range"), "breadth", times=Decimal("1.25")),
        ),
        (_("Ask the customer what we have to do better"), _("Show one quick improvement they asked for")),
    ),
    Template(
        "defend",
        _("Keep and defend"),
        _("A strong relationship with less to gain: hold what we have, and do not over-invest."),
        (
            Start(_("Hold net revenue"), "net_revenue", times=Decimal(1)),
            Start(_("Hold the share of what they spend"), "share_of_wallet", plus=Decimal(0)),
            Start(_("Hold the relationship"), "relationship_strength", plus=Decimal(0)),
            Start(_("Serve them for less"), "cost_to_serve_share", times=Decimal("0.90")),
        ),
        (_("Extend the agreement before it ends"),),
    ),
    Template(
        "turn_around",
        _("Turn around"),
        _("Serving them costs more than it brings: mend what makes it dear, or change the terms."),
        (
            Start(_("Earn after cost to serve"), "contribution_margin", plus=Decimal("0.10")),
            Start(_("Serve them for less"), "cost_to_serve_share", times=Decimal("0.75")),
            Start(_("Give away less discount"), "discount_share", times=Decimal("0.80"), least=Decimal("0.01")),
            Start(_("Take larger orders"), "average_order_value", times=Decimal("1.25")),
        ),
        (_("Go through the three dearest activities with the customer"), _("Agree terms for small and urgent orders")),
    ),
    Template(
        "streamline",
        _("Streamline"),
        _("Serve them simply: standard terms, larger orders, fewer visits."),
        (
            Start(_("Serve them for less"), "cost_to_serve_share", times=Decimal("0.80")),
            Start(_("Take larger orders"), "average_order_value", times=Decimal("1.20")),
            Start(_("Hold the gross margin"), "gross_margin_share", plus=Decimal(0)),
        ),
        (_("Move orders to the standard channel"),),
    ),
    Template("empty", _("Empty page"), _("Nothing is filled in but the figures of the published run.")),
)
OF_BOX = {Box.STRATEGIC: "grow", Box.STAR: "develop", Box.STATUS: "defend", Box.STREAMLINE: "streamline"}


def proposed(user, account: Account, run: Run | None) -> str:
    """The template that fits what the account's box asks for; one that loses money is to be turned around first, said
    only to whoever sees that."""
    contribution = measures.values([account.pk], run, user).get(account.pk, {}).get("contribution")
    position = Position.objects.in_run(run).filter(account=account).first() if run else None
    if contribution is not None and contribution < 0 and (position is None or position.box != Box.STREAMLINE):
        return "turn_around"
    return OF_BOX.get(position.box if position else "", "grow")


def offered(user, account: Account, run: Run | None) -> list[Template]:
    """What a plan of this account may begin with."""
    known = measures.values([account.pk], run, user).get(account.pk, {})
    return [template.at(known) for template in TEMPLATES.values()]


def may_begin(user, account: Account) -> bool:
    """Whoever edits plans and sees the account, which has none yet."""
    seen = Account.objects.visible_to(user).filter(pk=account.pk).exists()
    return may(user, Permission.EDIT_PLANS) and seen and not Plan.objects.filter(account=account).exists()


def begin(user, account: Account, template: str, today: date, run: Run | None, years: int = HORIZON) -> Plan:
    """The plan of an account, with what the template brings; the one that is there, if there is one already. Raises
    PermissionDenied."""
    if not (may(user, Permission.EDIT_PLANS) and Account.objects.visible_to(user).filter(pk=account.pk).exists()):
        raise PermissionDenied
    try:
        with transaction.atomic():
            return _begun(user, account, TEMPLATES[template], today, run, years)
    except IntegrityError:  # somebody began it at the same moment
        return Plan.objects.get(account=account)


def _begun(user, account: Account, template: Template, today: date, run: Run | None, years: int) -> Plan:
    years = min(max(years, 1), LONGEST_HORIZON)
    until = in_years(today, years)
    plan = Plan.objects.create(
        account=account, template=template.code, from_on=today, until_on=until, created_by=user
    )  # fmt: skip
    known = measures.values([account.pk], run, user).get(account.pk, {})
    template = template.at(known)
    for start in template.objectives:
        editing.put(user, plan, "objectives", _objective(start, plan, run, known))
    for text in template.actions:
        editing.put(user, plan, "actions", {"text": str(text), "owner": account.manager})
    return plan


def _objective(start: Start, plan: Plan, run: Run | None, known) -> dict:
    """The fields of an objective with what is known: without a value in the run it has no baseline, and no target."""
    measure, value = MEASURES[start.measure], known.get(start.measure)
    return {
        "text": str(start.text),
        "measure": measure.code,
        "direction": measure.direction,
        "baseline": value,
        "baseline_on": run.business_date if run and value is not None else None,
        "target": _target(start, value),
        "from_on": plan.from_on,
        "until_on": plan.until_on,
        "owner": plan.account.manager,
    }


def _target(start: Start, value: Decimal | None) -> Decimal | None:
    """As people would say it: round figures, a share of 100 % at most, a stage of the ladder."""
    if value is None:
        return None
    gained = max(value, Decimal(0))  # so many times a loss would be a larger one
    found = value + (start.plus or 0) if start.times is None else gained * start.times
    unit = MEASURES[start.measure].unit
    if unit == STAGE:
        return min(found, Decimal(5))
    if unit == SHARE:
        return min(found.quantize(Decimal("0.001")), Decimal(1))
    return measures.rounded(start.measure, found) if start.times == 1 or start.plus == 0 else _round(found)


def _round(value: Decimal) -> Decimal:
    """To two digits that count."""
    if not value:
        return value
    return Decimal(f"{value:.2g}" if abs(value) < 10 else f"{value:.3g}").quantize(Decimal("0.01"))

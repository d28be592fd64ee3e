"""Before the first run: what is there already, and what comes next."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from kam_portal.templatetags.kam import month, whole
from profitability.core.model_form import lines_of
from profitability.models import ActivityEvent, CostModel, OrderLine, ResourceCost, Run


@dataclass(frozen=True)
class FirstStep:
    """One thing a run needs: what there is of it, or what to do; `is_next` is the first that is missing."""

    name: str
    text: str
    url: str
    is_done: bool
    is_next: bool = False


def first_steps() -> list[FirstStep]:
    """In the order in which they are best done."""
    steps = [_accounts(), _order_lines(), _events(), _model(), *_costs(), _run()]
    missing = next((step for step in steps if not step.is_done), None)
    return [replace(step, is_next=step is missing) for step in steps]


def _accounts() -> FirstStep:
    count = Account.objects.count()
    found = ngettext("%s account", "%s accounts", count) % whole(count)
    text = found if count else _("Import the customer master.")
    return FirstStep(_("Accounts"), text, reverse("imports"), bool(count))


def _order_lines() -> FirstStep:
    text = _in_ledger(OrderLine, _("%(count)s order lines, %(months)s"))
    return FirstStep(_("Order lines"), text or _("Import what was sold."), reverse("imports"), bool(text))


def _events() -> FirstStep:
    text = _in_ledger(ActivityEvent, _("%(count)s events, %(months)s"))
    missing = _("Import visits, tickets and other work for accounts; without them, order lines alone drive costs.")
    return FirstStep(_("Activity events"), text or missing, reverse("imports"), bool(text))


def _in_ledger(model, sentence: str) -> str:
    """How many rows there are and of which months; "" without any."""
    found = model.objects.current().aggregate(count=Count("pk"), first=Min("month"), last=Max("month"))
    if not found["count"]:
        return ""
    return sentence % {"count": whole(found["count"]), "months": _between(found["first"], found["last"])}


def _between(first: int, last: int) -> str:
    return month(first) if first == last else f"{month(first)}–{month(last)}"


def _model() -> FirstStep:
    row = CostModel.objects.current()
    if row:
        return FirstStep(_("Cost model"), _("%s is ready") % row, reverse("cost_model"), True)
    draft = CostModel.objects.order_by("-created_at", "-pk").first()
    if draft:
        url = reverse("cost_model_edit", args=[draft.code, draft.version])
        return FirstStep(_("Cost model"), _("%s is a draft: finish it and make it ready.") % draft, url, False)
    text = _("Say which pools of resources there are and which activities they feed.")
    return FirstStep(_("Cost model"), text, reverse("cost_model_new"), False)


def _costs() -> Iterator[FirstStep]:
    """The monthly costs of the pools, and the practical minutes of those that are consumed by time."""
    grid = reverse("costs_grid")
    text = _in_ledger(ResourceCost, _("%(count)s monthly costs, %(months)s"))
    yield FirstStep(_("Costs"), text or _("Enter or import what each pool costs a month."), grid, bool(text))
    yield _capacity(grid, CostModel.objects.current())


def _capacity(grid: str, row: CostModel | None) -> FirstStep:
    name, lines = _("Capacity"), lines_of(row.document).activities if row else []
    timed = {activity.pool for activity in lines if activity.basis == "time"}
    costs = ResourceCost.objects.current().filter(pool_code__in=timed)
    lacking = costs.exclude(practical_minutes__gt=0).count()
    if row and not timed:
        return FirstStep(name, _("Not needed: no pool is consumed by time."), grid, True)
    if not costs.exists():
        return FirstStep(name, _("Enter the practical minutes of pools that are consumed by time."), grid, False)
    if lacking:
        text = ngettext(
            "Practical minutes are missing in %s monthly cost of a pool consumed by time: a run is refused.",
            "Practical minutes are missing in %s monthly costs of pools consumed by time: a run is refused.",
            lacking,
        )
        return FirstStep(name, text % whole(lacking), grid, False)
    return FirstStep(name, _("Practical minutes are there for every monthly cost that needs them."), grid, True)


def _run() -> FirstStep:
    failed = Run.objects.filter(state=Run.State.FAILED).order_by("-pk").first()
    if failed:
        return FirstStep(_("Run"), _("%s failed: see why.") % failed, reverse("run", args=[failed.pk]), False)
    return FirstStep(
        _("Run"), _("Recompute: everything is calculated and published once it closes."), reverse("runs"), False
    )

"""The first page after signing in: what matters to this person today."""

from django.db.models import Sum
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Import, Team, User
from accounts.permissions import Permission, Role, needs
from kam_portal.months import waiting_for
from kam_portal.navigation import run_of
from kam_portal.uploads.kinds import label
from kam_portal.views.first_steps import first_steps
from kam_portal.views.home_management import company_figures, company_result, management_home
from kam_portal.views.home_manager import manager_home
from profitability.core.cost_model import spoken
from profitability.models import PoolBalance, Run
from profitability.queries import balance_of


@require_safe
@needs(Permission.SIGN_IN)
def home(request):
    """Each role starts where its work is."""
    if request.user.role == Role.ADMIN:
        return admin_home(request)
    if request.user.role == Role.EXECUTIVE:
        return management_home(request)
    if request.user.role == Role.FINANCE:
        return finance_home(request)
    return manager_home(request)


# Finance


def finance_home(request):
    """Does it close, what is idle, what came in."""
    run = run_of(request)
    context = {
        "shown": run,
        "balance": balance_of(run) if run else None,
        "company": company_result(run) if run else None,
        "figures": company_figures(run) if run else None,
        "capacity": capacity(run) if run else [],
        "steps": [] if run else first_steps(),
        "runs": Run.objects.order_by("-pk")[:5],
        "imports": [(each, label(each.kind)) for each in Import.objects.order_by("-pk")[:6]],
        "waiting": waiting_for(request.user),
        "open_run": Run.objects.filter(state__in=[Run.State.WAITING, Run.State.RUNNING]).first(),
    }
    return render(request, "home/finance.html", context)


def capacity(run: Run) -> list[dict]:
    """Pools consumed by time, the costliest idle one first: minutes there were, minutes used, cost of the rest."""
    pools = run.cost_model.document["pools"] if run.cost_model else []
    names = {pool["code"]: pool.get("name") or spoken(pool["code"]) for pool in pools}
    rows = PoolBalance.objects.filter(run=run, practical_minutes__isnull=False).values("pool")
    found = rows.annotate(practical=Sum("practical_minutes"), used=Sum("used_minutes"), cost=Sum("unused"))
    return [
        row
        | {
            "name": names.get(row["pool"], row["pool"]),
            "share": row["used"] / row["practical"] if row["practical"] else None,
        }
        for row in found.order_by("-cost", "pool")
    ]


# Administration


def admin_home(request):
    """Users and teams; no business data."""
    context = {
        "people": User.objects.filter(is_active=True).count(),
        "teams": Team.objects.count(),
        "without_team": User.objects.filter(is_active=True, teams__isnull=True)
        .exclude(role__in=[Role.ADMIN, Role.FINANCE, Role.EXECUTIVE])
        .count(),
    }
    return render(request, "home/admin.html", context)

"""Who may read a plan, and who may change it: the same rules as `Plan.objects.visible_to`, asked of a plan."""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission, may, roles_with
from relationships.models import Plan


def readers(plan: Plan) -> QuerySet[User]:
    """Everyone active who may read the plan, by name: whom one may mention, or make an owner."""
    account = plan.account
    of_team = Q(teams=account.team_id) if account.team_id else Q(pk__in=[])
    sees = Q(pk__in=[account.manager_id, account.sponsor_id]) | Q(pk__in=plan.people.values("pk"))
    sees |= of_team & Q(role__in=roles_with(Permission.APPROVE_PLANS))
    if plan.visibility != Plan.Visibility.PLAN_TEAM:
        sees |= of_team
    if plan.visibility == Plan.Visibility.EVERYONE:
        sees |= Q(role__in=roles_with(Permission.SEE_ALL_ACCOUNTS))
    sees &= Q(role__in=roles_with(Permission.SEE_ACCOUNTS))
    sees |= Q(role__in=roles_with(Permission.SEE_ALL_PLANS))
    return User.objects.filter(sees, is_active=True).distinct().order_by("name", "pk")


def sees(user, plan: Plan) -> bool:
    return Plan.objects.visible_to(user).filter(pk=plan.pk).exists()


def may_edit(user, plan: Plan, is_seen: bool = False) -> bool:
    """Whoever edits plans and sees this one (which may be known already), as long as it is not closed."""
    edits = plan.state != Plan.State.CLOSED and may(user, Permission.EDIT_PLANS)
    return edits and (is_seen or sees(user, plan))

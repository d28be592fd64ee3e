"""The one policy table: which role may do what. Pages, API and querysets all ask here."""

from enum import StrEnum


class Role(StrEnum):
    MANAGER = "manager"
    MEMBER = "member"
    LEAD = "lead"
    FINANCE = "finance"
    EXECUTIVE = "executive"
    ADMIN = "admin"


class Permission(StrEnum):
    SIGN_IN = "sign_in"  # anyone with a login
    SEE_ACCOUNTS = "see_accounts"  # accounts of own teams, or looked after oneself
    SEE_ALL_ACCOUNTS = "see_all_accounts"  # the whole portfolio
    SEE_PROFITABILITY = "see_profitability"  # money below gross margin, of the accounts one sees
    SEE_COMPANY_FIGURES = "see_company_figures"  # ranks, shares and curves over all accounts
    SEE_COSTS = "see_costs"  # pools, resource costs, capacity, cost models
    SCORE_ACCOUNTS = "score_accounts"  # ratings, stages and weights of the accounts one sees
    PLAN_EFFORT = "plan_effort"  # hours of managers and how they may be spread, of own teams or all one sees
    PROPOSE_DECISIONS = "propose_decisions"  # on the programme, for the accounts one sees
    APPROVE_DECISIONS = "approve_decisions"  # that others proposed
    EDIT_PLANS = "edit_plans"  # key account plans, contacts, reviews and contracts of the accounts one sees
    LOG_TOUCHPOINTS = "log_touchpoints"  # and complaints, actions of one's own
    APPROVE_PLANS = "approve_plans"  # as the lead of the team or as the executive
    SEE_ALL_PLANS = "see_all_plans"  # however confidential they are
    ASSESS_PEOPLE = "assess_people"  # their competences, as lead of their team or as executive
    STEER_PROGRAMME = "steer_programme"  # its costs, the cadence of reviews, what raises a signal
    EDIT_GUIDANCE = "edit_guidance"  # what to do with the accounts of each box, and the mix aimed at
    EDIT_CRITERIA = "edit_criteria"  # the criteria all accounts are scored by
    OPEN_IMPORTS = "open_imports"  # the pages; which kinds one may import, the two below say
    IMPORT_DATA = "import_data"
    EDIT_COSTS = "edit_costs"  # cost models, monthly costs and capacity
    RECOMPUTE = "recompute"
    CLOSE_MONTHS = "close_months"  # and ask to reopen them, with a reason
    CONFIRM_REOPENING = "confirm_reopening"  # of a closed month, as the second person
    APPROVE_RUNS = "approve_runs"  # that would change closed months and that others asked for
    ADMINISTER = "administer"  # users, teams, roles, tokens: no business data


_EVERYONE = {Permission.SIGN_IN}
_ACCOUNTS = _EVERYONE | {Permission.SEE_ACCOUNTS}
_PROFIT = _ACCOUNTS | {Permission.SEE_PROFITABILITY}
_SCORING = _PROFIT | {
    Permission.SCORE_ACCOUNTS,
    Permission.PROPOSE_DECISIONS,
    Permission.EDIT_PLANS,
    Permission.LOG_TOUCHPOINTS,
}
_COMPANY = _PROFIT | {Permission.SEE_ALL_ACCOUNTS, Permission.SEE_COMPANY_FIGURES, Permission.SEE_COSTS}
_EXECUTIVE = _COMPANY | {Permission.CONFIRM_REOPENING, Permission.APPROVE_RUNS, Permission.EDIT_GUIDANCE}
_STEERING = {
    Permission.PLAN_EFFORT,
    Permission.PROPOSE_DECISIONS,
    Permission.APPROVE_DECISIONS,
    Permission.LOG_TOUCHPOINTS,
    Permission.APPROVE_PLANS,
    Permission.SEE_ALL_PLANS,
    Permission.ASSESS_PEOPLE,
    Permission.STEER_PROGRAMME,
}
_LEADING = {Permission.PLAN_EFFORT, Permission.APPROVE_PLANS, Permission.ASSESS_PEOPLE}
_FINANCE = _EXECUTIVE | {
    Permission.OPEN_IMPORTS,
    Permission.IMPORT_DATA,
    Permission.EDIT_COSTS,
    Permission.EDIT_CRITERIA,
    Permission.RECOMPUTE,
    Permission.CLOSE_MONTHS,
    Permission.STEER_PROGRAMME,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.MEMBER: frozenset(_ACCOUNTS | {Permission.LOG_TOUCHPOINTS}),
    Role.MANAGER: frozenset(_SCORING),
    Role.LEAD: frozenset(_SCORING | _LEADING),
    Role.EXECUTIVE: frozenset(_EXECUTIVE | _STEERING),
    Role.FINANCE: frozenset(_FINANCE),
    Role.ADMIN: frozenset(_EVERYONE | {Permission.OPEN_IMPORTS, Permission.ADMINISTER}),
}

# What a lead holds only when granted company figures: all concern the whole portfolio.
GRANTED_TO_LEADS = {Permission.SEE_COMPANY_FIGURES, Permission.EDIT_CRITERIA, Permission.EDIT_GUIDANCE}


def may(user, permission: Permission) -> bool:
    """Whether the user holds the permission; a lead may be granted company figures one by one."""
    if not (user.is_authenticated and user.is_active):
        return False
    if permission in GRANTED_TO_LEADS and user.role == Role.LEAD:
        return user.sees_company_figures
    return permission in PERMISSIONS[Role(user.role)]


def roles_with(permission: Permission) -> list[Role]:
    """The roles that hold the permission."""
    return [role for role, held in PERMISSIONS.items() if permission in held]


def needs(permission: Permission):
    """Declare the policy of a page: the middleware refuses a view that declares none."""

    def declare(view):
        view.policy = permission
        return view

    return declare

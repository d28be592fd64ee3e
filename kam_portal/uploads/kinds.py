"""The kinds of imports as a page shows them: their names, their columns, and whose they are."""

from django.utils.translation import gettext_lazy as _

from accounts.imports import schemas as master
from accounts.permissions import may
from accounts.tables import Schema
from kam_portal.imports import needed
from profitability.imports import schemas as ledger
from relationships.imports import schemas as judgements

LABELS = {  # in the order in which they can go in: what others refer to comes first
    "teams": _("Teams"),
    "users": _("People"),
    "accounts": _("Accounts"),
    "products": _("Products"),
    "cost_model": _("Cost model"),
    "criteria": _("Criteria set"),
    "order_lines": _("Order lines"),
    "activity_events": _("Activity events"),
    "resource_costs": _("Resource costs"),
    "category_potentials": _("Potentials by category"),
    "contacts": _("Contacts"),
    "touchpoints": _("Touchpoints"),
    "account_criteria": _("Criteria of single accounts"),
    "ratings": _("Ratings"),
}
ABOUT = {
    "teams": _("who looks after accounts together"),
    "users": _("who signs in, with which role and teams"),
    "accounts": _("the customer master, with parents, teams and managers"),
    "products": _("what is sold, by category"),
    "cost_model": _("pools, activities and how they are driven"),
    "criteria": _("what makes an account attractive, and a relationship strong"),
    "order_lines": _("who bought what, when, for how much"),
    "activity_events": _("visits, tickets, quotes: work done for an account"),
    "resource_costs": _("what each pool cost in a month, and the minutes it could work"),
    "category_potentials": _("what accounts spend in our categories, and with whom"),
    "contacts": _("who is who at a customer, and who of us answers to whom"),
    "touchpoints": _("meetings, visits and calls, with who was there"),
    "account_criteria": _("an account’s own weights, and its best competitor"),
    "ratings": _("what people think of an account, criterion by criterion"),
}
SCHEMAS: dict[str, Schema] = {
    schema.kind: schema
    for schema in (
        master.TEAMS,
        master.USERS,
        master.ACCOUNTS,
        ledger.PRODUCTS,
        ledger.ORDER_LINES,
        ledger.ACTIVITY_EVENTS,
        ledger.RESOURCE_COSTS,
        judgements.CATEGORY_POTENTIALS,
        judgements.CONTACTS,
        judgements.TOUCHPOINTS,
        judgements.ACCOUNT_CRITERIA,
        judgements.RATINGS,
    )
}
DOCUMENTS = tuple(kind for kind in LABELS if kind not in SCHEMAS)  # one YAML file each
OF_THE_RUN = ("accounts", "products", "cost_model", "criteria", "order_lines", "activity_events", "resource_costs")


def kinds_of(user) -> list[str]:
    """The kinds that this person may import."""
    return [kind for kind in LABELS if may(user, needed(kind))]


def label(kind: str) -> str:
    return str(LABELS.get(kind, kind))

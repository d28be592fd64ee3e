"""The panel that sets what the evidence says of a relationship’s strength beside the scored one."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from relationships.models import Position
from relationships.strengths import ASKED, BARRIERS, CONTACTS, CONTRACTS, Component, reading_of

NAMES = {  # what a component is called, how its figure becomes 0…10, and where the glossary says more
    "coverage": (
        _("Buying roles in touch"),
        _("Of those with a role in the buying decision, the share whose counterpart was in touch in time; all are 10"),
        "contact-coverage",
    ),
    "seniority": (
        _("Levels apart"),
        _("Mean over all pairs; equals are 10, four levels apart are 0"),
        "seniority-match",
    ),
    "frequency": (
        _("Heard of in time"),
        _("Of the contacts with a counterpart, the share heard of within the days planned for their level; all are 10"),
        "contact-coverage",
    ),
    "trust": (_("Trust"), _("What customers answered, from 1 to 7: 1 is 0, and 7 is 10"), "trust"),
    "recommendation": (_("Recommendation"), _("(Net promoter score + 100) ÷ 20"), "nps"),
    "barriers": (
        _("What leaving would cost them"),
        _("Against what they buy of us in a year: a quarter of that or more is 10"),
        "exit-barrier",
    ),
    "delivery": (
        _("Deliveries"),
        _("Mean of the orders on time and of those in one delivery, over twelve months; all are 10"),
        "service-level",
    ),
}
FROM = {
    CONTACTS: _("Contact map"),
    ASKED: _("Surveys"),
    BARRIERS: _("Estimates"),
    CONTRACTS: _("Contracts"),
}


@dataclass(frozen=True)
class Line:
    """One component as the panel shows it."""

    found: Component
    label: str
    definition: str
    term: str
    url: str
    url_text: str


def panel(request, account: Account, run, position: Position | None) -> dict:
    reading = reading_of(request.user, account, run, position, timezone.now())
    return {"reading": reading, "strength_lines": [line(each, account) for each in reading.components]}


def line(found: Component, account: Account) -> Line:
    urls = {
        CONTACTS: reverse("account_contacts", args=[account.code]),
        ASKED: "#ask",
        BARRIERS: "#barriers",
        CONTRACTS: reverse("account_contracts", args=[account.code]),
    }
    return Line(found, *NAMES[found.code], urls[found.source], FROM[found.source])

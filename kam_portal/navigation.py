"""The menu as data, and what the frame of every page shows."""

from dataclasses import replace

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from kam_portal.matrix.axes import criteria_of
from profitability.runline import RunLine, run_line, run_of, shown_run
from relationships import notices
from relationships.models import CriteriaSet

__all__ = ["MENU", "frame", "menu_of", "run_of"]

# Pages that go by the criteria in force, whichever the run went by
AHEAD = {"scoring", "account_scoring", "account_criteria"}

# Pages that show where accounts stand
PLACED = {
    "home",
    "accounts",
    "account",
    "matrix",
    "guidance",
    "selection",
    "selection_compare",
    "scoring",
    "account_scoring",
    "account_criteria",
    "account_relationship",
    "account_plan",
    "account_decisions",
    "account_brief",
    "effort",
    "team",
    "plans",
}

# group, icon, then its pages: (label, url name, permission, key after “g”)
MENU = [
    (_("Home"), "home", [(_("Home"), "home", Permission.SIGN_IN, "h")]),
    (
        _("Accounts"),
        "building",
        [
            (_("Accounts"), "accounts", Permission.SEE_ACCOUNTS, "a"),
            (_("Customer value"), "value", Permission.SEE_ACCOUNTS, "v"),
            (_("Whitespace"), "whitespace", Permission.SEE_ACCOUNTS, ""),
        ],
    ),
    (
        _("Plans"),
        "checklist",
        [
            (_("Key account plans"), "plans", Permission.SEE_ACCOUNTS, "q"),
            (_("Team"), "team_choice", Permission.SEE_ACCOUNTS, ""),
            (_("Touchpoints"), "touchpoints", Permission.SEE_ACCOUNTS, "t"),
            (_("Voice of the customer"), "voice", Permission.SEE_ACCOUNTS, ""),
            (_("Complaints"), "complaints", Permission.SEE_ACCOUNTS, ""),
            (_("Reviews"), "reviews", Permission.SEE_ACCOUNTS, "y"),
            (_("Contracts"), "contracts", Permission.SEE_ACCOUNTS, ""),
            (_("Signals"), "signals", Permission.SEE_ACCOUNTS, "n"),
            (_("Programme"), "programme", Permission.SEE_COMPANY_FIGURES, ""),
            (_("Competences"), "competences", Permission.SEE_ACCOUNTS, ""),
        ],
    ),
    (
        _("Position"),
        "layout-grid",
        [
            (_("Matrix"), "matrix", Permission.SEE_ACCOUNTS, "m"),
            (_("Criteria"), "criteria", Permission.SEE_ACCOUNTS, "k"),
            (_("Scoring"), "scoring", Permission.SCORE_ACCOUNTS, "s"),
            (_("Guidance"), "guidance", Permission.SEE_PROFITABILITY, "b"),
            (_("Selection"), "selection", Permission.SEE_PROFITABILITY, "l"),
            (_("Effort"), "effort", Permission.SEE_PROFITABILITY, "e"),
        ],
    ),
    (
        _("Ranking"),
        "chart-bar",
        [
            (_("Pareto ranking"), "ranking", Permission.SEE_ACCOUNTS, "r"),
            (_("Whale curve"), "whale", Permission.SEE_PROFITABILITY, "w"),
            (_("Concentration"), "concentration", Permission.SEE_COMPANY_FIGURES, ""),
            (_("Profit and loss"), "pnl", Permission.SEE_ACCOUNTS, "p"),
        ],
    ),
    (
        _("Cost to serve"),
        "coins",
        [
            (_("Cost model"), "cost_model", Permission.SEE_COSTS, "c"),
            (_("Monthly costs"), "costs_grid", Permission.SEE_COSTS, ""),
            (_("Runs"), "runs", Permission.SEE_ACCOUNTS, "u"),
            (_("What-if"), "scenarios", Permission.SEE_PROFITABILITY, "f"),
            (_("Unused capacity"), "capacity", Permission.SEE_COSTS, ""),
            (_("Method comparison"), "method_comparison", Permission.SEE_COSTS, ""),
        ],
    ),
    (
        _("Data"),
        "database-import",
        [
            (_("Imports"), "imports", Permission.OPEN_IMPORTS, "i"),
            (_("Closed months"), "months", Permission.CONFIRM_REOPENING, "o"),
        ],
    ),
    (_("Admin"), "settings", [(_("Admin"), "admin:index", Permission.ADMINISTER, "")]),
]


def menu_of(user, path: str) -> list[dict]:
    """The groups and pages this person may open, the one in view marked."""
    groups = [(label, icon, pages_of(user, pages)) for label, icon, pages in MENU]
    urls = [page["url"] for _label, _icon, pages in groups for page in pages]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    for _label, _icon, pages in groups:
        for page in pages:
            page["active"] = page["url"] == here and (here != "/" or path == "/")
    return [{"label": name_of(label, pages), "icon": icon, "items": pages} for label, icon, pages in groups if pages]


def name_of(label: str, pages: list[dict]) -> str:
    """A group of a single page goes by the name of that page."""
    return label if len(pages) > 1 else pages[0]["label"]


def pages_of(user, pages) -> list[dict]:
    return [
        {"label": label, "url": reverse(name), "key": key}
        for label, name, permission, key in pages
        if may(user, permission)
    ]


def line_of(request) -> RunLine | None:
    """The run line; where the page shows positions it names the criteria that placed them."""
    line, match = run_line(request), request.resolver_match
    if line is None or match is None or match.url_name not in PLACED:
        return line
    return replace(line, criteria_label=SimpleLazyObject(lambda: name_of_criteria(request)))  # parts do not show it


def name_of_criteria(request) -> str:
    used = criteria_of(shown_run(request))
    words = str(used) if used else _("none")
    if used is None or request.resolver_match.url_name not in AHEAD:
        return words
    ahead = CriteriaSet.objects.in_force(timezone.localdate())
    if ahead is None or ahead == used:
        return words
    said = {"ahead": ahead, "used": words}
    if ahead.valid_from is None:
        return _("%(ahead)s; the run went by %(used)s") % said
    day = date_format(ahead.valid_from, "j M Y")
    return _("%(ahead)s, valid from %(day)s; the run went by %(used)s") % (said | {"day": day})


def frame(request) -> dict:
    """Context of every page: the menu, and the run behind the figures. The run is read once a request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {
        "navigation": menu_of(user, request.path),
        "run": line_of(request),
        "unread_notices": SimpleLazyObject(notices.unread(user).count),  # parts of a page do not show it
        "currency_code": settings.CURRENCY,
    }

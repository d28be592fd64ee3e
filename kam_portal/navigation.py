"""The menu as data, and what the frame of every page shows."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission, may
from profitability.queries import published_run

# (label, icon, url name, permission)
MENU = [
    (_("Home"), "home", "home", Permission.SIGN_IN),
    (_("Accounts"), "users", "accounts", Permission.SEE_ACCOUNTS),
    (_("Matrix"), "layout-grid", "matrix", Permission.SEE_ACCOUNTS),
    (_("Ranking"), "chart-bar", "ranking", Permission.SEE_ACCOUNTS),
    (_("Whale curve"), "chart-line", "whale", Permission.SEE_PROFITABILITY),
    (_("Cost model"), "coins", "cost_model", Permission.SEE_COSTS),
    (_("Runs"), "history", "runs", Permission.SEE_ACCOUNTS),
    (_("Imports"), "database-import", "imports", Permission.IMPORT_DATA),
    (_("Admin"), "settings", "admin:index", Permission.ADMINISTER),
]


def menu_of(user, path):
    items = [(label, icon, reverse(name)) for label, icon, name, permission in MENU if may(user, permission)]
    here = max((url for _, _, url in items if path.startswith(url)), key=len, default="")
    return [{"label": label, "icon": icon, "url": url, "active": url == here} for label, icon, url in items]


def frame(request):
    """Context of every page: the menu, and the run behind the figures."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"navigation": menu_of(user, request.path), "run": published_run()}

"""The history of one account: what happened, day by day."""

from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from relationships import history, touching

PAGE = 40


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_history(request, code):
    """Everything that happened with the account, or one kind of it; hidden and missing accounts answer alike."""
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    kinds = history.kinds_of(request.user)
    asked = request.GET.get("kind", "")
    chosen = [asked] if asked in kinds else kinds
    page = Paginator(history.places(request.user, account, chosen), PAGE).get_page(request.GET.get("page"))
    page.object_list = history.entries(page.object_list)
    today = timezone.localdate()
    context = {
        "account": account,
        "heading": heading(touching.last_days([account.pk], today).get(account.pk), today),
        "page": page,
        "kinds": [link("", _("All"), asked not in kinds)]
        + [link(kind, str(history.KINDS[kind]), kind == asked) for kind in kinds],
        "may_log": may(request.user, Permission.LOG_TOUCHPOINTS),
        "today": today,
        "tab": "activity",
    }
    return render(request, "relationships/touch/history.html", context)


def link(kind: str, label: str, is_on: bool) -> dict:
    return {"label": label, "url": f"?kind={kind}" if kind else "?", "is_on": is_on}


def heading(last, today) -> str:
    """When they last heard from us."""
    if last is None:
        return _("No touchpoint yet")
    days = (today - last).days
    if not days:
        return _("In contact today")
    return ngettext("Last in contact %s day ago", "Last in contact %s days ago", days) % days

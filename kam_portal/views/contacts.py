"""The contacts of one account as a file."""

from collections.abc import Callable

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from kam_portal.downloads import CONTENT_TYPES, download
from relationships.contacts.mapping import Row, map_of
from relationships.views.contact_map import ORDERS, ordered


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def contacts_export(request, code, ending):
    """The table of the contact map, in the order in view."""
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    if ending not in CONTENT_TYPES:
        raise Http404
    order = request.GET.get("order", "")
    order = order if order.removeprefix("-") in ORDERS else "-level"
    rows = ordered(map_of(account, timezone.localdate()), order)
    return download(ending, "contacts", columns(), rows, said=[account.code])


def columns() -> dict[str, Callable[[Row], object]]:
    """Heads of the file and how each cell is found."""
    return {
        _("Name"): lambda row: row.contact.name,
        _("E-mail"): lambda row: row.contact.email,
        _("Title"): lambda row: row.contact.title,
        _("Function"): lambda row: row.contact.function,
        _("Level"): lambda row: row.contact.get_level_display(),
        _("Buying role"): lambda row: row.contact.get_buying_role_display(),
        _("Support"): lambda row: row.contact.support,
        _("Influence"): lambda row: row.contact.influence,
        _("Reports to"): lambda row: row.reports_to and row.reports_to.name,
        _("Sales"): lambda row: "; ".join(user.name for user in row.sales),
        _("Service"): lambda row: "; ".join(user.name for user in row.service),
        _("Last in touch"): lambda row: row.heard_on,
        _("Gone quiet"): lambda row: _("yes") if row.is_quiet and not row.is_gap else _("no"),
    }

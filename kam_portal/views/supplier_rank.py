"""Our rank among an account's suppliers, typed on its value page."""

from decimal import Decimal

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, needs
from accounts.versions import NotPossible, Outdated
from kam_portal.views.account_value import account_of, cells_of, page_of
from relationships import suppliers
from relationships.core.criteria import number_in

FIELDS = ("rank", "suppliers", "source")


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_supplier_rank_save(request, code):
    """State our rank among the account's suppliers, or take it back."""
    account = account_of(request, code)
    typed = {name: request.POST.get(name, "").strip() for name in FIELDS}
    try:
        keep(request, account, typed)
    except NotPossible as problem:
        told, status = str(problem), 422
        typed["revision"] = request.POST.get("revision", "")
    except Outdated:
        told = _("Somebody else has changed this rank meanwhile. Theirs stands above; save again to keep yours.")
        row, status = suppliers.of_accounts([account.pk]).get(account.pk), 409
        typed["revision"] = str(row.revision if row else 0)
    else:
        return redirect(f"{reverse('account_value', args=[account.code])}#rank")
    return page_of(request, account, cells_of(request, account), status, rank_error=told, ranked=typed)


def keep(request, account, typed: dict[str, str]) -> None:
    """Raises NotPossible and Outdated."""
    revision = whole_in(request.POST.get("revision", ""))
    if "withdraw" in request.POST:
        suppliers.withdraw(account, -1 if revision is None else revision)
        messages.success(request, _("Taken back. No share is estimated by rank any more."))
        return
    rank = rank_in(typed["rank"])
    count = whole_in(typed["suppliers"])
    suppliers.state(request.user, account, rank, count, typed["source"], -1 if revision is None else revision)
    messages.success(request, _("Saved. The share by rank goes by it at once."))


def rank_in(text: str) -> Decimal | None:
    return number_in(text.replace(",", "."))


def whole_in(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None

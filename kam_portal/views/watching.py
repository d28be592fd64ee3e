"""Keep an eye on an account, or no longer."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Account
from accounts.permissions import Permission, needs
from relationships import watching


@require_POST
@needs(Permission.SEE_ACCOUNTS)
def account_watch(request, code):
    """Put the account on one's own watch-list, or take it off."""
    account = get_object_or_404(Account.objects.visible_to(request.user), code=code)
    if request.POST.get("do") == "leave":
        watching.leave(request.user, account)
        messages.success(request, _("You no longer watch %(account)s.") % {"account": account.name})
    else:
        watching.watch(request.user, account, timezone.localdate())
        messages.success(
            request, _("You watch %(account)s. Your list of accounts shows it.") % {"account": account.name}
        )
    return redirect("account", account.code)

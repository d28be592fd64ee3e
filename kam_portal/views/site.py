"""Pages of the site itself: search and the glossary."""

from django.db.models import Q
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs

MOST_HITS = 50


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def search(request):
    """Accounts by a part of their name or code; a single hit opens at once."""
    text = request.GET.get("q", "").strip()[:100]
    found = Account.objects.visible_to(request.user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    hits = list(found.select_related("team").order_by("name", "code")[: MOST_HITS + 1]) if text else []
    if len(hits) == 1:
        return redirect("account", hits[0].code)
    return render(
        request, "site/search.html", {"text": text, "hits": hits[:MOST_HITS], "is_cut": len(hits) > MOST_HITS}
    )


@require_safe
@needs(Permission.SIGN_IN)
def glossary(request):
    """What each figure means and how it is calculated."""
    return render(request, "site/glossary.html")

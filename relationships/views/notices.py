"""What was said to the person who is signed in."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission, needs
from relationships import notices

A_PAGE = 50


@require_safe
@needs(Permission.SIGN_IN)
def notice_list(request):
    """The newest first; the unread ones alone, if that is asked for (?show=unread)."""
    only_unread = request.GET.get("show") == "unread"
    rows = notices.unread(request.user) if only_unread else notices.of(request.user)
    rows = rows.select_related("said_by").order_by("-said_at", "-pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "only_unread": only_unread, "unread": notices.unread(request.user).count()}
    return render(request, "relationships/signals/notices.html", context)


@require_POST
@needs(Permission.SIGN_IN)
def notice_open(request, notice_id):
    """Go to what a notice is about; with that it is read."""
    notice = notices.of(request.user).filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    notices.mark_read(request.user, timezone.now(), notice.pk)
    is_here = notice.url.startswith("/") and url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None)
    return redirect(notice.url if is_here else "notices")


@require_POST
@needs(Permission.SIGN_IN)
def notices_read(request):
    """All of them are read."""
    notices.mark_read(request.user, timezone.now())
    return redirect("notices")

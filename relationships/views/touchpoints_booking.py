"""Touchpoints into the ledger, when somebody asks for it."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission, needs
from profitability.booking import MonthClosed
from relationships import booking


@require_POST
@needs(Permission.EDIT_COSTS)
def touchpoints_book(request):
    """Bring the ledger's events up to what is logged; the next run counts them."""
    try:
        booked = booking.take_over(timezone.localdate(), request.user)
    except MonthClosed as problem:
        messages.error(request, str(problem))
        return redirect("touchpoints")
    words = {"added": booked.added, "changed": booked.changed, "withdrawn": booked.withdrawn}
    text = _("In the ledger: %(added)s new, %(changed)s corrected, %(withdrawn)s taken back.") % words
    if booked.left:
        text += " " + _("Left as they are, since their month is closed: %s.") % len(booked.left)
    messages.success(request, text + " " + _("The next run counts them."))
    return redirect("touchpoints")

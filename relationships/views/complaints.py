"""One complaint: logged, followed up, closed."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from accounts.versions import Outdated
from relationships import complaints
from relationships.models import Complaint
from relationships.touch_forms import ComplaintForm, account_in
from relationships.views.touchpoints import revision_in

PAGE = "relationships/touch/complaint.html"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.LOG_TOUCHPOINTS)
def complaint_new(request):
    """Log what a customer complained of."""
    account = account_in(request.user, request.POST.get("account") or request.GET.get("account", ""))
    form = ComplaintForm(request.user, account, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        context = {"form": form, "account": account}
        return render(request, PAGE, context, status=422 if form.is_bound else 200)
    made = complaints.log(request.user, form.cleaned_data["account"], fields_of(form))
    messages.success(request, _("Logged: complaint of %(account)s") % {"account": made.account.name})
    return redirect("complaint", made.pk)


def fields_of(form: ComplaintForm) -> dict:
    return {name: form.cleaned_data[name] for name in complaints.FIELDS}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_ACCOUNTS)
def complaint(request, complaint_id):
    """One complaint: to read, and for whoever may, to follow up."""
    row = one(request, complaint_id)
    may_change = complaints.may_change(request.user, row)
    if request.method != "POST":
        return page(request, row, ComplaintForm(request.user, row.account, instance=row) if may_change else None)
    if not may_change:
        raise PermissionDenied
    form = ComplaintForm(request.user, row.account, request.POST, instance=one(request, complaint_id))
    if not form.is_valid():
        return page(request, row, form, status=422)
    try:
        complaints.change(row, fields_of(form), revision_in(request))
    except Outdated:
        return page(request, row, form, status=409, stored=row)
    messages.success(request, _("Saved."))
    return redirect("complaint", row.pk)


def one(request, complaint_id: int) -> Complaint:
    rows = Complaint.objects.visible_to(request.user).select_related("account", "owner", "contact", "logged_by")
    return get_object_or_404(rows, pk=complaint_id)


def page(request, row: Complaint, form, status: int = 200, stored: Complaint | None = None):
    context = {
        "row": row,
        "account": row.account,
        "form": form,
        "stored": stored,
        "revision": row.revision if status != 422 else revision_in(request),
        "days": complaints.days_open(row, timezone.localdate()),
    }
    return render(request, PAGE, context, status=status)

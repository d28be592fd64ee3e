"""One contact of an account: added, changed, gone."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships import findings
from relationships.forms import ContactForm
from relationships.models import Contact
from relationships.views.relationship import back, visible


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
def account_contact(request, code):
    """The form of one contact of the account (?id=1), or of a new one."""
    account = visible(request, code)
    stored = named(account, request.GET.get("id", ""))
    form = ContactForm(account, request.POST if request.method == "POST" else None, stored)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        context = {"account": account, "form": form, "contact": stored, "tab": "relationship"}
        return render(request, "relationships/contact.html", context, status=status)
    findings.keep_contact(form.instance, form.pairs())
    messages.success(request, _("Saved. It counts from the next run."))
    return back(account, "#contacts")


def named(account, text: str) -> Contact | None:
    """The contact with the id in the address; none where there is no id."""
    if not text:
        return None
    id = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return get_object_or_404(Contact, account=account, pk=id)

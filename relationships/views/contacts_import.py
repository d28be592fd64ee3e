"""Contacts of one account from a file: it is looked into first, then comes in as a whole."""

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.permissions import Permission, needs
from accounts.tables.writing import csv_lines
from relationships import contact_files
from relationships.contact_files import CHANGED, COLUMNS, KNOWN, NEW, Row
from relationships.views.relationship import visible

PAGE = "relationships/contacts/import.html"
HOUR = 60 * 60
WORDS = {NEW: gettext_lazy("new"), CHANGED: gettext_lazy("changes"), KNOWN: gettext_lazy("as before")}


class FileForm(forms.Form):
    """Which file."""

    file = forms.FileField(
        label=gettext_lazy("File (.csv)"), widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"})
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > contact_files.LARGEST:
            raise ValidationError(_("It is larger than %s KB.") % (contact_files.LARGEST >> 10))
        return file


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def contacts_import(request, code):
    """Look into a file of contacts of the account, then bring all of them in."""
    account = visible(request, code)
    if request.method != "POST":
        return page(request, account, FileForm())
    if "rows" in request.POST:
        return brought_in(request, account)
    form = FileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            heads, rows = contact_files.rows_in(form.cleaned_data["file"].read())
        except contact_files.Unreadable as problem:
            form.add_error("file", str(problem))
        else:
            return preview(request, account, heads, rows)
    return page(request, account, form, 422)


def page(request, account: Account, form: FileForm, status: int = 200, **more):
    context = {"account": account, "form": form, "tab": "contacts", "most": contact_files.MOST_ROWS}
    return render(request, PAGE, context | more, status=status)


def preview(request, account: Account, heads, rows: list[Row]):
    """What would become of each row, or all that is wrong; nothing is kept yet."""
    brought = contact_files.bring(account, heads, rows, keep=False)
    kept = [dict(heads), [[row.line, row.cells] for row in rows]]
    sent = "" if brought.problems or not rows else signing.dumps(kept, salt=salt(request, account), compress=True)
    taken = [{"row": each, "words": WORDS[each.state]} for each in brought.taken]
    status = 422 if brought.problems else 200
    return page(request, account, FileForm(), status, brought=brought, taken=taken, rows=sent, heading=said(brought))


def said(brought: contact_files.Brought) -> str:
    if brought.problems:
        count = len(brought.problems)
        return ngettext("%s thing to mend in the file", "%s things to mend in the file", count) % count
    return _("%(new)s new, %(changed)s changed, %(known)s as before") % counts(brought)


def counts(brought: contact_files.Brought) -> dict[str, int]:
    return {state: brought.count(state) for state in (NEW, CHANGED, KNOWN)}


def salt(request, account: Account) -> str:
    """What one person looked at for one account."""
    return f"contacts-of-{account.pk}-by-{request.user.pk}"


def brought_in(request, account: Account):
    try:
        heads, listed = signing.loads(request.POST["rows"], salt=salt(request, account), max_age=HOUR)
    except signing.BadSignature:
        messages.error(request, _("That was looked at more than an hour ago. Choose the file again."))
        return redirect("contacts_import", account.code)
    rows = [Row(line, cells) for line, cells in listed]
    brought = contact_files.bring(account, heads, rows, keep=True)
    if brought.problems:  # somebody has changed the contacts meanwhile
        return preview(request, account, heads, rows)
    messages.success(request, _("Contacts: %(new)s new, %(changed)s changed, %(known)s as before.") % counts(brought))
    return redirect("account_contacts", account.code)


@require_safe
@needs(Permission.EDIT_PLANS)
def contacts_template(request, code):
    """An empty file to fill in."""
    visible(request, code)
    answer = HttpResponse("".join(csv_lines(list(COLUMNS), [])).encode(), content_type="text/csv")
    answer["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    return answer

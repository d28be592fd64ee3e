"""One contact of an account: added, changed, made one with another, gone."""

from django.contrib import messages
from django.core import signing
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import Account
from accounts.permissions import Permission, needs
from accounts.versions import Outdated
from relationships import findings
from relationships.contacts import editing
from relationships.contacts.said import said_of, spoken
from relationships.forms import PAIRED, ContactForm
from relationships.models import Contact
from relationships.views.relationship import visible

SEEN = "contact-seen"  # what the form's picture of the contact is signed for


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def account_contact(request, code):
    """The form of one contact of the account (?id=1), or of a new one."""
    account = visible(request, code)
    stored = named(account, request.GET.get("id", ""))
    form = ContactForm(account, request.POST if request.method == "POST" else None, stored)
    if not form.is_valid():
        return form_page(request, account, form, stored, 422 if form.is_bound else 200)
    if stored is None:
        findings.keep_contact(form.instance, form.pairs())
    else:
        clashes = changed(request, form, stored)
        if clashes:
            return clash_page(request, account, stored, clashes)
    messages.success(request, _("%s is saved. Functions and levels count from the next run.") % form.instance.name)
    return redirect("account_contacts", account.code)


def named(account: Account, text: str) -> Contact | None:
    """The contact with the id in the address; none where there is no id."""
    if not text:
        return None
    id = int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
    return get_object_or_404(Contact, account=account, pk=id)


def form_page(request, account: Account, form, contact, status: int, **more):
    """The whole page; into the side panel its form alone."""
    context = {"account": account, "form": form, "contact": contact, "tab": "contacts"} | more
    if contact is not None:
        picture = {"seen": said_of(contact), "revision": contact.revision, "pairs": pairs_of(contact)}
        context["seen"] = request.POST.get("seen") or signing.dumps(picture, salt=SEEN)
        if "again" in more:
            context["seen"] = signing.dumps(picture, salt=SEEN)
        context["others"] = Contact.objects.filter(account=account).exclude(pk=contact.pk).order_by("name", "pk")
    is_part = request.htmx and request.htmx.target == "panel"
    template = "relationships/contacts/_form.html" if is_part else "relationships/contacts/contact.html"
    return render(request, template, context, status=status)


def pairs_of(contact: Contact) -> dict[str, list[int]]:
    listed = list(contact.counterparts.values_list("kind", "user_id"))
    return {kind.value: sorted(user for of, user in listed if of == kind) for kind in PAIRED.values()}


def changed(request, form: ContactForm, contact: Contact) -> list[editing.Clash]:
    """Keep what the form changes of the picture it was made from."""
    said, wanted = form.said(), {kind: {user.pk for user in users} for kind, users in form.pairs().items()}
    contact.refresh_from_db()
    picture = picture_in(request, contact)
    seen = {field: form.seen(field, text) for field, text in picture["seen"].items()}
    try:
        clashes = editing.change(contact, said, seen, picture["revision"])
    except Outdated:
        return [editing.Clash("name", "", contact.name, said["name"])]
    if not clashes:
        editing.pair_as(contact, wanted, {kind: set(users) for kind, users in picture["pairs"].items()})
    return clashes


def picture_in(request, contact: Contact) -> dict:
    """What the form was made from; where it does not tell, the contact as it is."""
    try:
        return signing.loads(request.POST.get("seen", ""), salt=SEEN)
    except signing.BadSignature:
        return {"seen": said_of(contact), "revision": contact.revision, "pairs": pairs_of(contact)}


def clash_page(request, account: Account, contact: Contact, clashes: list[editing.Clash]):
    """Yours, theirs and before; saved again, yours counts."""
    contact.refresh_from_db()
    told = [
        {
            "label": Contact._meta.get_field(clash.field).verbose_name,
            "before": spoken(clash.field, clash.before),
            "theirs": spoken(clash.field, clash.theirs),
            "yours": spoken(clash.field, clash.yours),
        }
        for clash in clashes
    ]
    form = ContactForm(account, merged(request, contact, clashes), contact)
    form.is_valid()
    contact.refresh_from_db()  # checking a form changes its row: what is shown as seen is what is stored
    return form_page(request, account, form, contact, 422, clashes=told, again=True)


def merged(request, contact: Contact, clashes: list[editing.Clash]):
    """What was typed where both changed a field; else what is stored, unless it was changed here."""
    picture, found = picture_in(request, contact)["seen"], request.POST.copy()
    for field, text in said_of(contact).items():
        if found.get(field, "") == picture[field] and field not in {clash.field for clash in clashes}:
            found[field] = text
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def contact_merge(request, code):
    """Make two contacts one: ?id= stays, `other` goes into it."""
    account = visible(request, code)
    if request.method == "POST":
        kept = named(account, request.GET.get("id", "")) or get_object_or_404(Contact, pk=0)
        gone = named(account, request.POST.get("other", ""))
        if gone is None or gone.pk == kept.pk:
            messages.error(request, _("Choose another contact of this account."))
        else:
            together(request, kept, gone)
    return redirect("account_contacts", account.code)


def together(request, kept: Contact, gone: Contact) -> None:
    name = gone.name
    try:
        editing.merge(kept, gone)
    except Outdated:
        messages.error(request, _("Somebody has changed these contacts meanwhile. Look at them again."))
    else:
        messages.success(request, _("%(gone)s and %(kept)s are one now.") % {"gone": name, "kept": kept.name})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def contact_left(request, code):
    """Note that somebody has left today, or take that back."""
    account = visible(request, code)
    if request.method == "POST":
        contact = named(account, request.GET.get("id", "")) or get_object_or_404(Contact, pk=0)
        day = None if request.POST.get("do") == "back" else timezone.localdate()
        try:
            editing.change(contact, {"left_on": day}, {"left_on": contact.left_on}, contact.revision)
        except Outdated:
            messages.error(request, _("Others are changing this contact right now. Try again."))
    return redirect("account_contacts", account.code)

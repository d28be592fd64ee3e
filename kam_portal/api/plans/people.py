"""Contacts and ratings of a plan's account over REST: those of the account, for whoever sees the account too."""

from typing import Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.models import Account, User
from accounts.rest.columns import schema_of
from accounts.rest.scopes import Scope
from accounts.rest.views import row_or_404
from accounts.versions import Outdated
from kam_portal.api.idempotency import once
from kam_portal.api.plans.base import READ, WRITE, PlanEntry, made, plan_of
from kam_portal.api.plans.bodies import Field, asked, body
from kam_portal.api.preconditions import require_match
from kam_portal.api.problems import Stale
from kam_portal.api.ratings import AccountRatings
from relationships import findings
from relationships.api import CONTACTS, Contacts, counterparts_of
from relationships.contacts import editing
from relationships.forms import PAIRED, ContactForm, colleagues
from relationships.models import Contact

FIELDS = (
    Field("name", "text", needed=True, longest=200),
    Field("email", "text", longest=254),
    Field("title", "text", longest=200),
    Field("function", "text", longest=100),
    Field("level", "whole", largest=5),
    Field("buying_role", "choice", choices=tuple(Contact.BuyingRole.values)),
    Field("support", "number"),
    Field("influence", "number"),
    Field("reports_to", "id"),
    Field("left_on", "day"),
    Field("counterpart_emails", "emails", attr="ours"),
    Field("service_emails", "emails", attr="service"),
)


def account_of(request, plan_id: int) -> Account:
    """The account of a plan in sight, if it is in sight as well."""
    plan = plan_of(request, plan_id)
    if not Account.objects.visible_to(request.user).filter(pk=plan.account_id).exists():
        raise Http404
    return plan.account


class PlanRatings(AccountRatings):
    """The ratings of the plan's account, the newest first; a POST keeps one's own of today."""

    def rows_of(self, request, run, plan_id):
        return super().rows_of(request, run, account_of(request, plan_id).code)

    def post(self, request, plan_id):
        return super().post(request, account_of(request, plan_id).code)


class PlanContacts(Contacts):
    """Who is who at the plan's account; a POST adds somebody."""

    policy = {"GET": READ, "POST": WRITE}
    scope = {"GET": Scope.READ_CONTACTS, "POST": Scope.WRITE_CONTACTS}
    filters = {}
    takes_idempotency_key = True
    accepted = 201
    body_schema = {"application/json": body(FIELDS, is_new=True)}

    def rows_of(self, request, run, plan_id):
        return Contact.objects.filter(account=account_of(request, plan_id))

    def post(self, request, plan_id):
        account = account_of(request, plan_id)
        said = sent(account, Contact(account=account), request.data, is_new=True)
        return once(request, lambda: added(request, plan_id, filled(account, None, said)))

    def answer_schema(self, method):
        return schema_of(CONTACTS) if method == "POST" else super().answer_schema(method)


class PlanContactDetail(PlanEntry):
    """One person of the plan's account; a PATCH changes what is noted."""

    scope = {"GET": Scope.READ_CONTACTS, "PATCH": Scope.WRITE_CONTACTS}
    columns, fields = CONTACTS, FIELDS

    def get(self, request, plan_id, contact_id):
        return Response(row_of(request, account_of(request, plan_id), contact_id))

    @transaction.atomic
    def patch(self, request, plan_id, contact_id):
        account = account_of(request, plan_id)
        require_match(request, row_of(request, account, contact_id))
        contact = get_object_or_404(Contact, account=account, pk=contact_id)
        form = filled(account, contact, known(contact) | sent(account, contact, request.data, is_new=False))
        change(contact.pk, form)
        return Response(row_of(request, account, contact_id))


def sent(account: Account, contact: Contact, data: Any, is_new: bool) -> dict[str, Any]:
    """What was sent, as the form of a contact takes it."""
    rows = {"reports_to": Contact.objects.filter(account=account), "email": User.objects.none()}
    values = asked(data, FIELDS, lambda name: rows.get(name, colleagues(account, contact)), is_new)
    return {
        name: [each.pk for each in value] if isinstance(value, list) else plain(value) for name, value in values.items()
    }


def plain(value: Any) -> Any:
    """A row by its number."""
    return value.pk if isinstance(value, Contact) else value


def known(contact: Contact) -> dict[str, Any]:
    """What the form of the contact holds already."""
    pairs = list(contact.counterparts.all())
    ours = {name: [pair.user_id for pair in pairs if pair.kind == kind] for name, kind in PAIRED.items()}
    return editing.values_of(contact) | ours


def filled(account: Account, contact: Contact | None, data: dict[str, Any]) -> ContactForm:
    """The form, if it is right; else every problem by its field."""
    form = ContactForm(account, {name: value for name, value in data.items() if value is not None}, contact)
    if not form.is_valid():
        names = {field.column: field.name for field in FIELDS} | {"__all__": ""}
        raise ValidationError({names.get(name, name): list(errors) for name, errors in form.errors.items()})
    return form


def added(request, plan_id: int, form: ContactForm) -> Response:
    try:
        with transaction.atomic():
            findings.keep_contact(form.instance, form.pairs())
    except IntegrityError as error:  # somebody has just added the same person
        raise ValidationError({"email": [_("This account has a contact like this.")]}) from error
    row = row_of(request, form.instance.account, form.instance.pk)
    return made(request, "plan_contact", [plan_id, form.instance.pk], row)


def change(contact_id: int, form: ContactForm) -> None:
    """Keep it, unless somebody was faster than the tag that was sent could tell."""
    contact = Contact.objects.get(pk=contact_id)
    before, pairs = editing.values_of(contact), known(contact)
    try:
        clashes = editing.change(contact, form.said(), before, contact.revision)
    except Outdated:
        clashes = [None]
    if clashes:
        raise Stale(_("It has changed since. Read it again."))
    wanted = {kind: {user.pk for user in users} for kind, users in form.pairs().items()}
    editing.pair_as(contact, wanted, {kind: set(pairs[name]) for name, kind in PAIRED.items()})


def row_of(request, account: Account, contact_id: int) -> dict:
    row = row_or_404(Contact.objects.filter(account=account, pk=contact_id), CONTACTS, request.user)
    ours = counterparts_of([row["id"]])
    for name, kind in (("counterpart_email", "sales"), ("service_email", "service")):
        row[name] = "; ".join(ours[row["id"], kind]) or None
    return row

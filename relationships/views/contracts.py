"""The contracts of one account: terms, commitments against what came, service levels."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.versions import Outdated
from profitability.runline import run_of
from relationships.agreements.brought import brought, together
from relationships.agreements.changing import differing, keep, note
from relationships.agreements.changing import remove as forget
from relationships.agreements.forms import (
    AdvocacyForm,
    CommitmentForm,
    ContractForm,
    ReadingForm,
    ServiceLevelForm,
)
from relationships.agreements.standing import Agreed, confidential, promised, with_levels
from relationships.models import Advocacy, Commitment, Contract, ServiceLevel, ServiceReading
from relationships.views.relationship import visible

PARTS = {"commitment": (Commitment, CommitmentForm), "level": (ServiceLevel, ServiceLevelForm)}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_contracts(request, code):
    """What was agreed with the account, and whether it is kept."""
    return page(request, visible(request, code))


def page(request, account: Account, status: int = 200, **sent):
    run, today = run_of(request), timezone.localdate()
    as_of = min(run.as_of, today) if run else None
    rows = list(Contract.objects.filter(account=account).order_by("-from_on", "-pk"))
    found = [with_levels(request.user, each, as_of) for each in promised(request.user, rows, today, as_of)]
    found.sort(key=lambda each: (each.running is None, -each.row.from_on.toordinal()))
    deeds = brought(request.user, list(deeds_of(account)), run)
    may_edit = may(request.user, Permission.EDIT_PLANS)
    context = {
        "account": account,
        "tab": "contracts",
        "contracts": [parts_of(each, sent) for each in found],
        "running": sum(each.running is not None for each in found),
        "promised": sum(len(each.promises) + len(each.levels) for each in found if each.running),
        "broken": sum(each.broken for each in found if each.running),
        "confidential": confidential(found),
        "as_of": as_of,
        "deeds": [(each, deed_form(request, account, each.row, sent) if may_edit else None) for each in deeds],
        "brought": together(deeds),
        "new_deed": deed_form(request, account, None, sent),
        "may_edit": may_edit,
        "profit": may(request.user, Permission.SEE_PROFITABILITY),
    }
    return render(request, "relationships/contracts/page.html", context, status=status)


def deeds_of(account: Account):
    return (
        Advocacy.objects.filter(account=account).select_related("contact", "noted_by").order_by("-happened_on", "-pk")
    )


def deed_form(request, account: Account, row: Advocacy | None, sent: dict) -> AdvocacyForm:
    """The form of one deed, or of a new one; the one that was sent, with what was typed."""
    typed = sent_for("advocacy", row, sent) if row else new_of(sent, "advocacy")
    initial = None if row else {"happened_on": timezone.localdate()}
    name = f"advocacy-{row.pk if row else 'new'}-%s"
    return typed or AdvocacyForm(request.user, account, instance=row, initial=initial, auto_id=name)


def parts_of(found: Agreed, sent: dict) -> dict:
    """A contract with the forms of its parts."""
    return {
        "found": found,
        "promises": [(each, stored_form("commitment", each.row, sent)) for each in found.promises],
        "levels": [(each, stored_form("level", each.row, sent), reading_form(each, sent)) for each in found.levels],
        "new_commitment": new_of(sent, "commitment", found.row) or part_form("commitment", None, found.row),
        "new_level": new_of(sent, "level", found.row) or part_form("level", None, found.row),
    }


def stored_form(kind: str, row, sent: dict):
    return sent_for(kind, row, sent) or part_form(kind, row)


def reading_form(level, sent: dict):
    if level.row.measure != ServiceLevel.Measure.OWN:
        return None
    of, form = sent.get("reading", (None, None))
    return form if of == level.row else ReadingForm(auto_id=f"reading-{level.row.pk}-%s")


def part_form(kind: str, row=None, contract=None, data=None):
    """The form of a commitment or a service level; its ids stay apart from those of the others on the page."""
    model, form = PARTS[kind]
    name = row.pk if row else f"new-{contract.pk}"
    made = form(data, instance=row or model(contract=contract), auto_id=f"{kind}-{name}-%s")
    made.seen = id_in(data.get("revision", "")) if data else made.instance.revision
    return made


def sent_for(kind: str, row, sent: dict):
    form = sent.get(kind)
    return form if form is not None and form.instance.pk == row.pk else None


def new_of(sent: dict, kind: str, contract: Contract | None = None):
    form = sent.get(kind)
    if form is None or form.instance.pk is not None:
        return None
    return form if contract is None or form.instance.contract_id == contract.pk else None


def id_in(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def to_page(account: Account, part: str = ""):
    response = redirect("account_contracts", account.code)
    response["Location"] += part
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def account_contract(request, code):
    """The form of one contract of the account (?id=1), or of a new one."""
    account = visible(request, code)
    named = request.GET.get("id", "")
    stored = get_object_or_404(Contract, account=account, pk=id_in(named)) if named else None
    if stored and request.POST.get("do") == "remove":
        return remove(request, account, stored)
    instance = stored or Contract(account=account, created_by=request.user)
    form = ContractForm(request.POST if request.method == "POST" else None, instance=instance)
    seen = id_in(request.POST.get("revision", ""))
    if not form.is_valid():
        revision = (seen if form.is_bound else stored.revision) if stored else None
        return form_page(request, account, form, revision, 422 if form.is_bound else 200)
    try:
        keep(form, seen)
    except Outdated:
        theirs = Contract.objects.get(pk=stored.pk)
        return form_page(request, account, form, theirs.revision, 409, theirs)
    messages.success(request, _("Saved."))
    return to_page(account, f"#contract-{form.instance.pk}")


def form_page(request, account: Account, form: ContractForm, revision: int | None, status: int, theirs=None):
    """The form; after a conflict with what somebody else saved meanwhile, field by field."""
    found = differing(form, theirs) if theirs is not None else []
    context = {"account": account, "form": form, "revision": revision, "differing": found, "theirs": theirs}
    return render(request, "relationships/contracts/form.html", context | {"tab": "contracts"}, status=status)


def remove(request, account: Account, contract: Contract):
    if not Contract.objects.filter(pk=contract.pk, revision=id_in(request.POST.get("revision", ""))).delete()[0]:
        messages.error(request, _("Somebody has changed it meanwhile: look at it again."))
        return to_page(account, f"#contract-{contract.pk}")
    messages.success(request, _("Removed: %(name)s") % {"name": contract.name})
    return to_page(account)


@require_POST
@needs(Permission.EDIT_PLANS)
def contract_part(request, code, part):
    """Add, change or remove a commitment or a service level of a contract."""
    account = visible(request, code)
    contract = get_object_or_404(Contract, account=account, pk=id_in(request.POST.get("contract", "")))
    if part not in PARTS:
        raise Http404
    model, _form = PARTS[part]
    named = id_in(request.POST.get("id", ""))
    stored = model.objects.filter(contract=contract, pk=named).first() if named else None
    if named and request.POST.get("do") == "remove":
        return remove_part(request, account, contract, stored)
    form = part_form(part, stored, contract, request.POST)
    if not form.is_valid():
        return page(request, account, status=422, **{part: form})
    if named and stored is None:
        form.add_error(None, _("Somebody has removed it meanwhile. Saving adds it again, as it stands here."))
        return page(request, account, status=409, **{part: form})
    try:
        keep(form, form.seen)
    except Outdated:
        theirs = model.objects.get(pk=stored.pk)
        form.seen, form.theirs = theirs.revision, tuple(differing(form, theirs))
        form.add_error(None, _("Somebody has changed it meanwhile. Saving again puts yours in place of theirs."))
        return page(request, account, status=409, **{part: form})
    return to_page(account, f"#contract-{contract.pk}")


def remove_part(request, account: Account, contract: Contract, stored):
    """Unless somebody changed it since it was looked at; one that is gone already needs nothing."""
    try:
        if stored is not None:
            forget(stored, id_in(request.POST.get("revision", "")))
    except Outdated:
        messages.error(request, _("Somebody has changed it meanwhile: look at it again."))
    return to_page(account, f"#contract-{contract.pk}")


@require_POST
@needs(Permission.EDIT_PLANS)
def contract_reading(request, code):
    """Note the value of a service level in one month; one that is there it replaces only where that was seen."""
    account = visible(request, code)
    level = get_object_or_404(ServiceLevel, contract__account=account, pk=id_in(request.POST.get("level", "")))
    form = ReadingForm(request.POST, auto_id=f"reading-{level.pk}-%s")
    if not form.is_valid():
        return page(request, account, status=422, reading=(level, form))
    month = int(form.cleaned_data["month"].replace("-", ""))
    try:
        note(level, month, form.cleaned_data["value"], request.user, form.cleaned_data["instead"])
    except Outdated:
        return page(request, account, status=409, reading=(level, asked_again(form, level, month)))
    return to_page(account, f"#contract-{level.contract_id}")


def asked_again(form: ReadingForm, level: ServiceLevel, month: int) -> ReadingForm:
    """The form as it was typed, with the value that it would take the place of."""
    theirs = ServiceReading.objects.select_related("read_by").get(level=level, month=month)
    form.data = form.data.copy()
    form.data["instead"] = value = f"{theirs.value.normalize():f}"
    words = _("The month has a reading: %(value)s, by %(name)s. Saving again puts yours in its place.")
    form.add_error(None, words % {"value": value, "name": theirs.read_by.name})
    return form


@require_POST
@needs(Permission.EDIT_PLANS)
def account_advocacy(request, code):
    """Note, change or remove what the customer did for us with others."""
    account = visible(request, code)
    named = request.POST.get("id", "")
    stored = get_object_or_404(Advocacy, account=account, pk=id_in(named)) if named else None
    if stored and request.POST.get("do") == "remove":
        return remove_deed(request, account, stored)
    row = stored or Advocacy(account=account, noted_by=request.user)
    form = AdvocacyForm(request.user, account, request.POST, instance=row, auto_id=f"advocacy-{row.pk or 'new'}-%s")
    if not form.is_valid():
        return page(request, account, status=422, advocacy=form)
    try:
        keep(form, id_in(request.POST.get("revision", "")))
    except Outdated:
        form.add_error(None, _("Somebody has changed it meanwhile: look at it again before you save."))
        return page(request, account, status=409, advocacy=form)
    return to_page(account, "#advocacy")


def remove_deed(request, account: Account, stored: Advocacy):
    try:
        forget(stored, id_in(request.POST.get("revision", "")))
    except Outdated:
        messages.error(request, _("Somebody has changed it meanwhile: look at it again."))
    return to_page(account, "#advocacy")

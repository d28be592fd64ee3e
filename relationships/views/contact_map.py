"""The contact map of one account: as organisation chart, as network, as table; and changes made in place."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.models.user import SENIORITY_OF_ROLE, Seniority
from accounts.permissions import Permission, Role, may, needs
from accounts.versions import Outdated
from relationships import doing
from relationships.contacts import editing, heard
from relationships.contacts.chart import bands, drawn
from relationships.contacts.drawing import network
from relationships.contacts.findings import findings
from relationships.contacts.mapping import ContactMap, map_of
from relationships.contacts.said import said_of, spoken
from relationships.contacts.words import level_name, percent
from relationships.forms import ContactForm, colleagues
from relationships.models import Action, Contact, Counterpart
from relationships.views.contacts import named
from relationships.views.relationship import visible

VIEWS = {
    "chart": gettext_lazy("Organisation chart"),
    "network": gettext_lazy("Network"),
    "table": gettext_lazy("Table"),
}
SHAPES = {
    "bow_tie": (gettext_lazy("Bow-tie"), gettext_lazy("a bow-tie")),
    "hub": (gettext_lazy("Hub"), gettext_lazy("a hub with spokes")),
    "diamond": (gettext_lazy("Diamond"), gettext_lazy("a diamond")),
}
EDITS = Permission.EDIT_PLANS
MOST_OPEN = 6  # findings before the rest folds
DROPPED = ("do", "contact", "revision", "field", "before", "value", "user", "kind")  # what a drag sends
ORDERS = {
    "name": lambda row: row.contact.name.casefold(),
    "function": lambda row: row.contact.function.casefold(),
    "level": lambda row: row.contact.level or 0,
    "role": lambda row: row.contact.buying_role,
    "support": lambda row: -9 if row.contact.support is None else row.contact.support,
    "influence": lambda row: -1 if row.contact.influence is None else row.contact.influence,
    "heard": lambda row: row.heard_on or row.contact.created_at.date().replace(year=1),
}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_contacts(request, code):
    """Who is who, who of us answers to whom, and what is missing."""
    return page(request, visible(request, code))


def page(request, account: Account, status: int = 200, **more):
    """The page in the view that its address names; `more` is a clash to settle."""
    found = map_of(account, timezone.localdate())
    shown = shown_of(request)
    may_edit = may(request.user, EDITS)
    people = list(colleagues(account, Contact())) if may_edit else []
    context = {
        "account": account,
        "map": found,
        "heading": heading(found),
        "views": tabs(account, shown),
        "shown": shown,
        "may_edit": may_edit,
        "may_act": may(request.user, Permission.LOG_TOUCHPOINTS),
        "colleagues": people,
        "findings": (listed := with_actions(request.user, found))[:MOST_OPEN],
        "further": listed[MOST_OPEN:],
        "finding_count": len(listed),
        "owners": list(doing.people_for(account)) if may(request.user, Permission.LOG_TOUCHPOINTS) else [],
        "levels": Contact.Level.choices,
        "roles": Contact.BuyingRole.choices,
        "figures": figures(found),
        "parts": parts(found),
        "cadence": cadence(),
        "seniorities": Seniority.choices,
        "may_assess": may(request.user, Permission.ASSESS_PEOPLE),
        "may_steer": may(request.user, Permission.STEER_PROGRAMME),
        "ours": [(user, level_name(user.level), level_name(of_role(user))) for user in found.colleagues],
        "bosses": [(row.contact.pk, row.contact.name) for row in sorted(found.rows, key=lambda row: row.contact.name)],
        "shown_query": address(account, shown).partition("?")[2],
        "here": address(account, shown),
        "drop_fields": DROPPED,
        "tab": "contacts",
    }
    context |= {"bands": lambda: bands(found, people), "drawn": lambda: drawn(found), "network": lambda: network(found)}
    context["rows"] = lambda: ordered(found, shown["order"])
    return render(request, "relationships/contacts/page.html", context | more, status=status)


def shown_of(request) -> dict[str, str]:
    """What the address chooses; a form that was sent tells where it stood."""
    asked = QueryDict(request.POST.get("shown", "")) if request.method == "POST" else request.GET
    view = asked.get("view", "chart")
    order = asked.get("order", "-level")
    return {
        "view": view if view in VIEWS else "chart",
        "order": order if order.removeprefix("-") in ORDERS else "-level",
        "edit": "1" if asked.get("edit") == "1" and view == "table" and may(request.user, EDITS) else "",
    }


def address(account: Account, shown: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    usual = {"view": "chart", "order": "-level", "edit": ""}
    query.update({name: value for name, value in shown.items() if value != usual[name]})
    tail = query.urlencode()
    return reverse("account_contacts", args=[account.code]) + (f"?{tail}" if tail else "")


def tabs(account: Account, shown: dict[str, str]) -> list[dict]:
    return [
        {"label": label, "url": address(account, {"view": view}), "active": view == shown["view"]}
        for view, label in VIEWS.items()
    ]


def ordered(found: ContactMap, order: str) -> list:
    rows = sorted(found.rows, key=lambda row: row.contact.name.casefold())
    return sorted(rows, key=ORDERS[order.removeprefix("-")], reverse=order.startswith("-"))


# What it says


def heading(found: ContactMap) -> str:
    if not found.rows:
        return _("Nobody at %s is noted yet") % found.account.name
    met = len(found.rows) - len(found.gaps)
    words = {"met": met, "all": len(found.rows)}
    text = ngettext(
        "%(met)s of %(all)s contact has a counterpart",
        "%(met)s of %(all)s contacts have a counterpart",
        len(found.rows),
    ) % (words)
    single = next((hold for hold in found.holds if hold.is_single_point), None)
    if single:
        words = {"text": text, "name": found.users[single.colleague].name, "share": percent(single.share)}
        return _("%(text)s, and %(name)s alone holds %(share)s") % words
    if found.shape is None:
        return text
    return _("%(text)s: %(shape)s") % {"text": text, "shape": SHAPES[found.shape.kind][1]}


def figures(found: ContactMap) -> dict:
    """The four measures in words, each with what it rests on."""
    shape = found.shape
    return {
        "coverage": percent(found.coverage),
        "gaps_words": ngettext("%s gap", "%s gaps", len(found.gaps)) % len(found.gaps),
        "decision": percent(found.decision_coverage),
        "quiet_words": ngettext("%s gone quiet", "%s gone quiet", len(found.quiet)) % len(found.quiet),
        "shape": SHAPES[shape.kind][0] if shape else "–",
        "index_words": index_words(found) if shape else "",
        "seniority": "–" if found.seniority is None else f"{float(found.seniority):.1f}",
    }


def index_words(found: ContactMap) -> str:
    """Who bears the largest part of it."""
    shape = found.shape
    if shape.kind == "bow_tie":
        person, colleague = found.by_id[shape.pair[0]].contact.name, found.users[shape.pair[1]].name
        words = {"share": percent(shape.pair_share), "ours": colleague, "theirs": person}
        return _("%(share)s runs through %(ours)s and %(theirs)s") % words
    ours = shape.ours_share >= shape.theirs_share
    name = found.users[shape.ours].name if ours else found.by_id[shape.theirs].contact.name
    return _("%(share)s runs through %(name)s") % {"share": percent(shape.index), "name": name}


def parts(found: ContactMap) -> list[dict]:
    """Coverage by level and by function."""
    return [
        {"head": _("Level"), "rows": [part_row(level_name(level), part) for level, part in found.by_level]},
        {"head": _("Function"), "rows": [part_row(name or _("not known"), part) for name, part in found.by_function]},
    ]


def part_row(name: str, part) -> dict:
    share = part.share
    return {"name": name, "part": part, "share": percent(share), "width": round(float(share or 0) * 100)}


def of_role(user) -> int:
    return int(SENIORITY_OF_ROLE[Role(user.role)])


def cadence() -> list[dict]:
    days = heard.expected_days()
    return [{"level": level, "name": name, "days": days[level]} for level, name in reversed(Contact.Level.choices)]


def with_actions(user, found: ContactMap) -> list[dict]:
    """Findings, each with the open action that was made of it."""
    listed = findings(found)
    open_ones = Action.objects.visible_to(user).open().filter(account=found.account).select_related("owner")
    texts: dict[str, Action] = {}
    for action in open_ones.order_by("due_on", "pk"):
        texts[action.text] = action
    return [{"row": each, "under_way": texts.get(each.proposal)} for each in listed]


# Changes in place


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_PLANS)
def contacts_change(request, code):
    """One change of one contact: a field, or who of us is its counterpart. Nothing unseen is overwritten."""
    account = visible(request, code)
    if request.method != "POST":
        return redirect("account_contacts", account.code)
    contact = named(account, request.POST.get("contact", "")) or get_object_or_404(Contact, pk=0)
    wish = request.POST.get("do", "set")
    if wish in ("pair", "part"):
        return paired(request, account, contact, wish)
    return set_field(request, account, contact)


def paired(request, account: Account, contact: Contact, wish: str):
    kind = request.POST.get("kind", Counterpart.Kind.SALES)
    kind = kind if kind in Counterpart.Kind.values else Counterpart.Kind.SALES
    text = request.POST.get("user", "")
    user = colleagues(account, contact).filter(pk=int(text) if text.isdecimal() and len(text) < 19 else 0).first()
    if wish == "part":
        editing.part(contact, user.pk if user else 0, kind)
    elif user:
        editing.pair(contact, user, kind)
    else:
        messages.error(request, _("Choose one of us."))
    return done(request, account)


def set_field(request, account: Account, contact: Contact):
    """Check one field as the form does, and set it."""
    field = request.POST.get("field", "")
    if field not in editing.COLUMNS:
        return page(request, account, status=422, problem=_("There is no such field."))
    form = ContactForm(account, said_of(contact) | {field: request.POST.get("value", "")}, contact)
    if not form.is_valid():
        told = " ".join(error for errors in form.errors.values() for error in errors)
        return page(request, account, status=422, problem=_("Not changed: %s") % told)
    yours = form.said()[field]
    contact.refresh_from_db()
    seen = form.seen(field, request.POST.get("before", said_of(contact)[field]))
    try:
        clashes = editing.change(contact, {field: yours}, {field: seen}, revision_in(request, contact))
    except Outdated:
        return page(request, account, status=422, problem=_("Others are changing this contact right now. Try again."))
    if clashes:
        return page(request, account, status=422, clash=clash_words(contact, clashes[0], request.POST))
    return done(request, account)


def revision_in(request, contact: Contact) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else contact.revision


def clash_words(contact: Contact, clash: editing.Clash, sent) -> dict:
    return {
        "contact": contact,
        "field": clash.field,
        "label": Contact._meta.get_field(clash.field).verbose_name,
        "before": spoken(clash.field, clash.before),
        "theirs": spoken(clash.field, clash.theirs),
        "yours": spoken(clash.field, clash.yours),
        "value": sent.get("value", ""),
        "now": said_of(contact)[clash.field],
    }


def done(request, account: Account):
    return redirect(address(account, shown_of(request)))

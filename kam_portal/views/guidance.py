"""Guidance and balance: what each box asks for, what is spent on it, and how the programme is made up."""

from decimal import Decimal

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible, Outdated
from kam_portal import guidance as words
from kam_portal.downloads import download, in_currency
from kam_portal.filters import PortfolioFilter, without
from kam_portal.matrix.axes import in_criteria
from kam_portal.navigation import run_of
from profitability.models import Result
from relationships import guidance
from relationships.balance import balance, set_target, target_mix
from relationships.core.criteria import number_in
from relationships.models import Box, Guidance
from relationships.spent import Mismatch, Spent

PAGE = 25


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def guidance_page(request):
    """The portfolio's balance, the effort of each box, and the largest mismatches of accounts."""
    run, form = run_of(request), PortfolioFilter(request.GET, request.user)
    if run is None:
        return render(request, "relationships/guidance.html", {"form": form, "heading": _("Guidance and balance")})
    found, chips = Spent(request.user, run), form.chips(request.GET)
    shown = found.shown(accounts_in(form, run, request.user) if form.chosen() else None)
    if request.GET.get("format") in {"csv", "xlsx"}:
        rows = with_accounts(shown)
        return download(request.GET["format"], "guidance", columns(found) | in_criteria(run), rows, run, chips)
    mix, page = balance(request.user, run), Paginator(shown, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "relationships/guidance.html",
        {
            "form": form,
            "chips": chips,
            "heading": words.heading(found, mix),
            "export_query": without(request.GET, "format").removeprefix("?"),
            "found": found,
            "balance": mix,
            "mix_rows": [(each, words.gap(each)) for each in mix.boxes],
            "size_words": words.size(mix),
            "size_gap": words.difference(mix.size_gap),
            "stances": stances(found),
            "outside": [each for each in guidance.every().values() if each.place not in Box.values],
            "page": page,
            "rows": [row(found, account, each) for account, each in with_accounts(page.object_list)],
            "may_edit": may(request.user, Permission.EDIT_GUIDANCE),
        },
    )


def accounts_in(form: PortfolioFilter, run, user) -> set[int]:
    rows = form.narrow(Result.objects.in_run(run).visible_to(user))
    return set(rows.order_by().values_list("account_id", flat=True))


def with_accounts(shown: list[Mismatch]) -> list[tuple[Account, Mismatch]]:
    rows = Account.objects.select_related("team", "manager")
    accounts = rows.in_bulk([each.served.account for each in shown])
    return [(accounts[each.served.account], each) for each in shown]


def row(found: Spent, account: Account, each: Mismatch) -> dict:
    served = each.served
    return {
        "account": account,
        "each": each,
        "kind": words.kind_of(each),
        "side": words.side_of(each),
        "reason": words.reason(each),
        "hours": found.hours.of.get(served.account) if found.hours else None,
        "invested": found.invested.get(served.account),
        "cost_share": found.cost_share(served),
        "contribution_share": found.contribution_share(served),
    }


def stances(found: Spent) -> list[tuple]:
    """What goes to each box, with its words; those without a box have none."""
    said = guidance.every()
    return [(each, said[each.box] if each.box else None) for each in found.boxes]


def columns(found: Spent) -> dict:
    """Heads of the export and how each cell is found."""
    return {
        _("Code"): lambda pair: pair[0].code,
        _("Account"): lambda pair: pair[0].name,
        _("Team"): lambda pair: pair[0].team and pair[0].team.name,
        _("Manager"): lambda pair: pair[0].manager and pair[0].manager.name,
        _("Box"): lambda pair: Box(pair[1].served.box).label,
        _("What stands out"): lambda pair: words.kind_of(pair[1]),
        _("Net revenue"): lambda pair: pair[1].served.net_revenue,
        _("Cost to serve"): lambda pair: pair[1].served.cost_to_serve,
        _("Against usual"): lambda pair: pair[1].excess,
        _("Contribution"): lambda pair: pair[1].served.contribution,
        _("Attractiveness"): lambda pair: pair[1].served.attractiveness,
        _("Hours a month"): lambda pair: found.hours and found.hours.of.get(pair[0].pk),
        _("Plan investments"): lambda pair: found.invested.get(pair[0].pk),
        _("Why"): lambda pair: words.reason(pair[1]),
    } | in_currency()


@require_safe
@needs(Permission.EDIT_GUIDANCE)
def guidance_edit(request):
    """The words of each place and the target mix, to be typed over."""
    return edit_page(request)


def edit_page(request, typed=None, target=None, error: str = "", status: int = 200):
    said, aimed = guidance.every(), target_mix(active_accounts(run_of(request)))
    places = [
        {
            "place": place.value,
            "label": place.label,
            "is_box": place.value in Box.values,
            "name": typed[place][0] if typed else said[place].name,
            "text": typed[place][1] if typed else said[place].text,
            "shipped": guidance.SHIPPED[place],
        }
        for place in Guidance.Place
    ]
    shares = {name: plain(value) for name, value in {**aimed.boxes, "programme": aimed.programme}.items()}
    context = {
        "places": places,
        "shares": [(name, label_of(name), (target or shares)[name]) for name in shares],
        "revision": aimed.revision,
        "error": error,
        "words_changed": typed is not None,
        "target_changed": target is not None,
    }
    return render(request, "relationships/guidance_edit.html", context, status=status)


def active_accounts(run) -> int:
    """Of the whole company: the target is for all."""
    return Result.objects.in_run(run).of_accounts().filter(is_active=True).count() if run else 0


def label_of(name: str) -> str:
    return str(Box(name).label) if name in Box.values else _("Programme, of all active accounts")


def plain(share: Decimal) -> str:
    text = f"{share * 100:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@require_POST
@needs(Permission.EDIT_GUIDANCE)
def guidance_words_save(request):
    """Keep the words."""
    typed = {
        place: tuple(request.POST.get(f"{place.value}.{part}", "").strip() for part in ("name", "text"))
        for place in Guidance.Place
    }
    try:
        guidance.write(request.user, {place.value: pair for place, pair in typed.items()})
    except NotPossible as problem:
        return edit_page(request, typed=typed, error=str(problem), status=422)
    messages.success(request, _("Saved. Every page that advises says it now."))
    return redirect("guidance")


@require_POST
@needs(Permission.EDIT_GUIDANCE)
def guidance_target_save(request):
    """Aim at another mix."""
    names = [*Box.values, "programme"]
    typed = {name: request.POST.get(name, "").strip() for name in names}
    revision = request.POST.get("revision", "")
    try:
        shares = {name: share_in(text) for name, text in typed.items()}
        programme = shares.pop("programme")
        set_target(request.user, shares, programme, int(revision) if revision.isdecimal() else -1)
    except NotPossible as problem:
        return edit_page(request, target=typed, error=str(problem), status=422)
    except Outdated:
        error = _("Somebody else has changed the target meanwhile. Yours is below; save again to put it in place.")
        return edit_page(request, target=typed, error=error, status=409)
    messages.success(request, _("Saved. The balance goes by it at once."))
    return redirect("guidance")


def share_in(text: str) -> Decimal:
    """A percentage, also with a decimal comma, as a share. Raises NotPossible."""
    number = number_in(text.replace(",", "."))
    if number is None:
        raise NotPossible(_("Each share is a number from 0 to 100."))
    return number / 100

"""The value of one account: depth, breadth, duration, what it cost to win and keep, lifetime value, and whitespace."""

from decimal import Decimal
from fractions import Fraction

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible, Outdated
from kam_portal import potentials
from kam_portal.downloads import download, in_currency
from kam_portal.filters import without
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import compact
from profitability.models import Result
from profitability.pnl.statements import family_of
from relationships import assumptions
from relationships.core.criteria import number_in
from relationships.lifetime import money
from relationships.value import Costs, Worth, worths
from relationships.whitespace import Cell, Grid, categories_of

MOST_MEMBERS = 1_000  # of a family whose whitespace is added up
SHOWN_YEARS = 10  # of a lifetime without end
RATES = ("retention", "discount", "growth")


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_value(request, code):
    """The account's value in the published run; hidden and missing accounts answer alike."""
    account = account_of(request, code)
    cells = cells_of(request, account)
    if request.GET.get("format") in {"csv", "xlsx"} and cells:
        columns = whitespace_columns() | in_currency()
        rows = [(account, cell) for cell in cells]
        return download(request.GET["format"], f"whitespace-{account.code}", columns, rows, run_of(request))
    return page_of(request, account, cells)


def account_of(request, code: str) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), code=code)


def cells_of(request, account: Account) -> list[Cell]:
    """The categories of the account, the largest open potential first."""
    run = run_of(request)
    return Grid(run, {account.code: [account.pk]}).largest_first(account.code, mentioned(account)) if run else []


def mentioned(account: Account) -> list[str]:
    return categories_of(Account.objects.filter(pk=account.pk))


def page_of(request, account: Account, cells: list[Cell], status: int = 200, **more):
    run, context = run_of(request), {"account": account, "crumbs": crumbs(account)}
    result = run and Result.objects.in_run(run).filter(account=account).first()
    if not result:
        return render(request, "accounts/value.html", context | more, status=status)
    worth = worths(request.user, run, [result])[0]
    profit = may(request.user, Permission.SEE_PROFITABILITY)
    context |= {
        "worth": worth,
        "result": result,
        "profit": profit,
        "sees_company": may(request.user, Permission.SEE_COMPANY_FIGURES),
        "heading": heading(worth, cells, profit),
        "costs": Costs(request.user, run, account.pk, worth.first_order) if profit else None,
        "years": worth.lasting.years(worth.assumed.values, SHOWN_YEARS) if profit else [],
        "margin": money(worth.lasting.yearly) if profit else None,
        "beside": company_beside(worth) if profit else None,
        "assumed": typed_assumptions(worth),
        "changes": assumptions.changes_of(account) if profit else [],
        "form_categories": mentioned(account),
        "rows": rows_of(account, cells, more.get("typed")),
        "wallets": wallets_of(account, cells),
        "together": together(request.user, run, account),
        "may_state": may(request.user, Permission.SCORE_ACCOUNTS),
        "seen": potentials.mark(account),
        "ranked": typed_rank(worth),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "accounts/value.html", context | more, status=status)


def wallets_of(account: Account, cells: list[Cell]) -> dict | None:
    """The annual potential of the account beside the sum of its categories; None where nothing can be compared.

    A sum above the potential contradicts it, whatever is unknown; one below it says something only where every category
    that it buys of us is known.
    """
    known = [cell for cell in cells if cell.annual_spend is not None]
    stated, summed = account.annual_potential, sum((cell.annual_spend for cell in known), Decimal(0))
    if stated is None or not known:
        return None
    is_whole = all(cell.annual_spend is not None for cell in cells if cell.ours > 0)
    if summed <= stated and not is_whole:
        return None
    wallet = sum((cell.exact_wallet for cell in known), Fraction(0))
    ours = sum((cell.known_ours for cell in known), Decimal(0))
    share = float(Fraction(ours) / wallet) if wallet else None
    return {"stated": stated, "summed": summed, "share": share, "rest": stated - summed, "conflict": summed > stated}


def together(user, run, account: Account) -> dict | None:
    """Whitespace of the account with those under it that the reader sees; None where there are none."""
    family = family_of(user, account)
    accounts = list(family.values_list("pk", flat=True)[: MOST_MEMBERS + 1])
    if not 1 < len(accounts) <= MOST_MEMBERS:
        return None
    cells = Grid(run, {account.code: accounts}).largest_first(account.code, categories_of(family))
    return {"cells": cells, "count": len(accounts)}


def rows_of(account: Account, cells: list[Cell], typed: potentials.Typed | None) -> list[tuple[Cell, dict]]:
    """Each cell with the fields of its category in the form."""
    places = {category: place for place, category in enumerate(mentioned(account))}
    return [(cell, fields_of(cell, places[cell.category], typed)) for cell in cells]


def fields_of(cell: Cell, place: int, typed: potentials.Typed | None) -> dict[str, dict]:
    said = cell.single
    stored = {part: getattr(said, part) if said else "" for part in potentials.PARTS}
    stored["annual_spend"] = potentials.amount_out(said.annual_spend) if said else ""
    names = {part: f"{part}:{place}" for part in potentials.PARTS}
    return {
        part: {
            "name": name,
            "text": typed.texts[name] if typed else stored[part],
            "problem": typed.wrong.get(name, "") if typed else "",
        }
        for part, name in names.items()
    }


def plain(number: Decimal) -> str:
    """A number as it is typed, without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def crumbs(account: Account) -> list[dict]:
    accounts = {"label": _("Accounts"), "url": reverse("accounts")}
    return [accounts, {"label": account.name, "url": reverse("account", args=[account.code])}]


def heading(worth: Worth, cells: list[Cell], profit: bool) -> str:
    """The finding: what the account is worth over its lifetime, and the largest piece that others have."""
    name = worth.result.account.name
    parts = []
    if profit and worth.lifetime is not None:
        parts.append(
            _("%(name)s is worth %(money)s over its lifetime") % {"name": name, "money": compact(worth.lifetime)}
        )
    largest = cells[0] if cells and cells[0].open else None
    if largest:
        said = {"money": compact(largest.open), "category": largest.category, "name": name}
        parts.append(
            (_("%(money)s of %(category)s are open") if parts else _("%(name)s: %(money)s of %(category)s are open"))
            % said
        )
    return "; ".join(parts) or _("Value of %(name)s") % {"name": name}


def company_beside(worth: Worth) -> dict | None:
    """What the account would be worth by the company's assumptions, where it has its own."""
    if not worth.assumed.own or worth.lasting.reason:
        return None
    company = assumptions.of_company().values
    rates = {name: percent(getattr(company, name)) for name in RATES}
    return {"value": worth.lasting.value(company), "rates": rates, "years": company.years}


def typed_assumptions(worth: Worth) -> dict[str, str]:
    """As they are typed: rates in per cent."""
    values, row = worth.assumed.values, worth.assumed.row
    found = {name: percent(getattr(values, name)) for name in RATES}
    note = row.note if row and worth.assumed.own else ""
    return found | {"years": str(values.years or ""), "note": note, "revision": own_revision(worth)}


def typed_rank(worth: Worth) -> dict[str, str]:
    row = worth.rank
    if row is None:
        return {"rank": "", "suppliers": "", "source": "", "revision": "0"}
    return {
        "rank": row.place,
        "suppliers": str(row.suppliers),
        "source": row.source,
        "revision": str(row.revision),
    }


def own_revision(worth: Worth) -> str:
    return str(worth.assumed.revision if worth.assumed.own else 0)


def percent(rate: Fraction) -> str:
    return plain(Decimal(rate.numerator) / rate.denominator * 100)


# Saving


def read_assumptions(data) -> tuple[dict, int]:
    """What was typed, as it is stored. Raises NotPossible."""
    said: dict = {}
    for name in RATES:
        number = number_in(data.get(name, "").strip().replace(",", "."))
        said[name] = None if number is None else number / 100
        if number is not None and said[name] != round(said[name], 6):
            raise NotPossible(_("Rates have at most four decimals."))
    years = data.get("years", "").strip()
    if years and not (years.isascii() and years.isdecimal() and len(years) < 4):
        raise NotPossible(_("Years are a whole number, or empty for without end."))
    revision = data.get("revision", "")
    said |= {"years": int(years) if years else None, "note": data.get("note", "").strip()}
    return said, int(revision) if revision.isascii() and revision.isdecimal() and len(revision) < 10 else -1


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_assumptions_save(request, code):
    """State what the account's lifetime value rests on, or let the company's assumptions count again."""
    account, status = account_of(request, code), 422
    if not may(request.user, Permission.SEE_PROFITABILITY):
        raise PermissionDenied
    try:
        said, revision = ({}, 0) if "withdraw" in request.POST else read_assumptions(request.POST)
        if "withdraw" in request.POST:
            assumptions.withdraw(request.user, account, read_assumptions(request.POST)[1])
        else:
            assumptions.state(request.user, account, said, revision)
        messages.success(request, _("Saved. The lifetime value goes by it at once."))
        return redirect(f"{reverse('account_value', args=[account.code])}#lifetime")
    except NotPossible as problem:
        error = str(problem)
    except Outdated:
        error, status = (
            _("Somebody has changed these assumptions meanwhile. Look at theirs, then type yours again."),
            409,
        )
    typed = {name: request.POST.get(name, "") for name in (*RATES, "years", "note")}
    cells = cells_of(request, account)
    worth_revision = {"revision": request.POST.get("revision", "") if status == 422 else current_revision(account)}
    return page_of(request, account, cells, status, assumption_error=error, assumed=typed | worth_revision)


def current_revision(account: Account) -> str:
    found = assumptions.of_accounts([account.pk])[account.pk]
    return str(found.revision if found.own else 0)


@require_POST
@needs(Permission.SCORE_ACCOUNTS)
def account_potentials_save(request, code):
    """State what the account spends in our categories."""
    account = account_of(request, code)
    categories = mentioned(account)
    if request.POST.getlist("category") != categories:
        return potentials_refused(request, account, _("The categories have changed meanwhile. Type yours again."), 409)
    cells = potentials.typed(request.POST, categories)
    if cells.wrong:
        return potentials_refused(request, account, _("Not saved: some of what was typed cannot be."), 422, cells)
    try:
        potentials.store(request.user, account, categories, cells, request.POST.get("seen", ""))
    except Outdated:
        told = _("Somebody else has changed these potentials meanwhile. Yours stand below; save again to keep them.")
        return potentials_refused(request, account, told, 409, cells)
    messages.success(request, _("Saved. Shares of wallet by category go by it at once."))
    return redirect(f"{reverse('account_value', args=[account.code])}#whitespace")


def potentials_refused(request, account: Account, told: str, status: int, cells=None):
    found = cells_of(request, account)
    return page_of(request, account, found, status, potential_error=told, typed=cells)


def whitespace_columns(named: str = "") -> dict:
    """Heads of the file and how each cell is found, from an account and a cell; `named`: the head of what is no
    account."""
    return {
        _("Code"): lambda row: row[0].code,
        named or _("Account"): lambda row: row[0].name,
        _("Category"): lambda row: row[1].category,
        _("Our net revenue"): lambda row: row[1].ours,
        _("Annual spend"): lambda row: in_minor_units(row[1].annual_spend),
        _("Spend in the window"): lambda row: row[1].wallet,
        _("Share of wallet"): lambda row: row[1].share and round(row[1].share, 6),
        _("Open"): lambda row: row[1].open,
        _("Above the wallet"): lambda row: row[1].is_over,
        _("Competitor"): lambda row: row[1].competitors,
        _("Source"): lambda row: row[1].single and row[1].single.source,
        _("Stated on"): lambda row: row[1].single and row[1].single.stated_on,
    }


def in_minor_units(amount: Decimal | None) -> Decimal | None:
    """With as many decimals as the currency has."""
    return None if amount is None else money(Fraction(amount))

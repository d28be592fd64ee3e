"""Concentration: on how few customers the company hangs, and what would go with one of them."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from kam_portal.concentration import TOPS, Family, Hold, trend_chart
from kam_portal.downloads import download
from kam_portal.filters import without
from kam_portal.losing import Loss, loss_of
from kam_portal.navigation import run_of
from kam_portal.templatetags.kam import compact, share, tenths
from kam_portal.views.ranking import address
from profitability.ladder import MEASURES, Measure, measures_for
from profitability.models import Result, Run

OFFERED = 25  # customers to choose from
LISTED = 50
LEAST_PEOPLE = Decimal("0.05")  # is written as 0.1


@dataclass(frozen=True)
class Lost:
    """The customer asked for, and what would go with it; a text that finds nobody says so."""

    text: str
    loss: Loss | None = None
    account: Account | None = None
    alone: bool = False
    waits: bool = False


@require_safe
@needs(Permission.SEE_COMPANY_FIGURES)
def concentration(request):
    """The figures of the company by parent, one measure at a time."""
    run, measure = run_of(request), measure_of(request)
    context = {"heading": _("Concentration"), "measure": measure, "tabs": tabs(request, measure)}
    if run is None:
        return render(request, "profitability/concentration.html", context)
    held = Hold(request.user, run, measure)
    listed = held.named(held.ranked[:LISTED])
    if request.GET.get("format") in {"csv", "xlsx"}:
        rows = held.named(held.ranked)
        return download(request.GET["format"], f"concentration-{measure.code}", columns(measure), rows, run)
    lost, told = lost_of(request, run, held), held.trend()
    context |= {
        "heading": heading(held, lost.loss),
        "held": held,
        "lines": held.lines(),
        "large": [family for family in listed if family.code in held.large],
        "large_count": len(held.large),
        "largest": listed[: max(TOPS)],
        "lorenz": held.lorenz_chart(),
        "trend": trend_chart(told) if len(told) > 1 and not held.few else None,
        "told": list(reversed(told)),
        "lost": lost,
        "offered": held.named(held.ranked[:OFFERED]),
        "sees_pools": may(request.user, Permission.SEE_COSTS),
        "export_query": without(request.GET, "format").removeprefix("?"),
    }
    return render(request, "profitability/concentration.html", context)


def measure_of(request) -> Measure:
    found = {measure.code: measure for measure in summed(request.user)}
    return found.get(request.GET.get("measure", ""), MEASURES["revenue"])


def summed(user) -> list[Measure]:
    return [measure for measure in measures_for(user) if measure.adds_up]


def tabs(request, current: Measure) -> list[dict]:
    return [
        {"label": measure.label, "url": address(request.GET, measure=measure.code), "active": measure is current}
        for measure in summed(request.user)
    ]


def heading(held: Hold, loss: Loss | None) -> str:
    """The finding: how much the five largest make, and what would go with the customer in view."""
    parts = []
    if not held.few and held.positive and held.figures["n"] > TOPS[2]:
        said = {"share": share(held.figures["top5_share"]), "measure": str(held.measure.label).lower()}
        parts.append(_("The 5 largest customers make %(share)s of %(measure)s") % said)
    if loss is not None:
        parts.append(lost_sentence(loss))
    return "; ".join(parts) or _("Concentration")


def lost_sentence(loss: Loss) -> str:
    said = {"name": loss.account.name, "money": compact(abs(loss.falls)), "count": tenths(loss.people)}
    if loss.falls < 0:
        return _("losing %(name)s would gain %(money)s") % said
    if loss.people < LEAST_PEOPLE:
        return _("losing %(name)s costs %(money)s") % said
    return _("losing %(name)s costs %(money)s and idles %(count)s people") % said


def lost_of(request, run: Run, held: Hold) -> Lost:
    """What the address asks for; else the largest customer that the reader sees."""
    text, alone = request.GET.get("lost", "").strip()[:200], request.GET.get("alone") == "on"
    largest = next(iter(held.named(held.ranked[:OFFERED])), None)
    account = account_named(request.user, run, text) if text else account_of(request.user, largest)
    if account is None:
        return Lost(text)
    from profitability.scenarios import NotPrepared

    try:
        return Lost(text or account.code, loss_of(request.user, run, account, alone), account, alone)
    except NotPrepared:
        return Lost(text or account.code, None, account, alone, waits=True)


def account_of(user, family: Family | None) -> Account | None:
    return family and Account.objects.visible_to(user).filter(code=family.code).first()


def account_named(user, run: Run, text: str) -> Account | None:
    """By code, by name, or the largest whose name has the text."""
    if "\0" in text:
        return None
    seen = Account.objects.visible_to(user)
    exact = seen.filter(Q(code=text) | Q(name__iexact=text)).order_by("code").first()
    if exact:
        return exact
    rows = Result.objects.in_run(run).visible_to(user).filter(account__name__icontains=text)
    found = rows.select_related("account").order_by("-net_revenue", "code").first()
    return found.account if found else None


def columns(measure: Measure) -> dict:
    """Heads of the export and how each cell is found."""
    return {
        _("Code"): lambda family: family.code,
        _("Customer"): lambda family: family.name,
        str(measure.label): lambda family: family.value,
        _("Share"): lambda family: None if family.share is None else round(family.share, 6),
    }

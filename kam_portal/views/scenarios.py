"""What-if scenarios: the workbench with its levers, and the scenarios that people named, shared and compare."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission, may, needs
from kam_portal.downloads import CONTENT_TYPES
from kam_portal.navigation import run_of
from kam_portal.views.workbench import Bench
from kam_portal.whatif.asked import query_of
from kam_portal.whatif.choosing import START, groups, matching, picked
from kam_portal.whatif.saving import SaveForm, refusal
from kam_portal.whatif.waiting import when_prepared
from profitability.core.lever_document import to_document
from profitability.models import Scenario
from profitability.queries import published_run
from profitability.runline import show_run

FEWEST, MOST = 2, 4  # scenarios side by side
PAGE = 25
FRAME = {"page", "format", "csrfmiddlewaretoken"}


@require_safe
@needs(Permission.SEE_PROFITABILITY)
def scenarios(request):
    """Own scenarios and those that others shared, the latest change first."""
    rows = Scenario.objects.visible_to(request.user).select_related("owner", "run").order_by("-changed_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "profitability/scenarios.html", {"page": page, "most": MOST})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_new(request):
    """The workbench on the published run; a POST gives what is in the address a name."""
    run = run_of(request)
    if run is None:
        return render(request, "profitability/scenario.html", {"heading": _("What if")})
    if "without" in request.GET:
        return redirect(f"{request.path}?{without_exception(request.GET).urlencode()}")
    if "pick" in request.GET:
        return redirect(f"{request.path}?{picked(request.GET).urlencode()}")
    if request.method != "POST" and not set(request.GET) - FRAME - START:
        return choose(request, run)
    bench = Bench(request.user, run, request.GET)
    if request.method == "POST":
        return save(request, bench, Scenario(run=run), _("“%(name)s” is kept."))
    return bench.page(request, {"save": SaveForm(owner=request.user), "heading": bench.heading(_("What if"))})


def choose(request, run):
    """The first step: which accounts."""
    show_run(request, run)
    text = request.GET.get("find", "")
    context = {"groups": groups(request.user, run), "find": text, "found": matching(request.user, run, text)}
    return render(request, "profitability/scenario_choose.html", context | {"query": urlencode({"q": text})})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario(request, scenario_id):
    """A scenario that was kept. With other levers in the address it shows those; its owner may keep or delete it."""
    kept = kept_scenario(request.user, scenario_id)
    if "without" in request.GET:
        return redirect(f"{request.path}?{without_exception(request.GET).urlencode()}")
    bench, changed = bench_of(request, kept)
    mine = kept.owner_id == request.user.pk
    if request.method == "POST":
        if not mine:
            raise Http404
        return change(request, bench, kept)
    context = {
        "scenario": kept,
        "mine": mine,
        "changed": changed,
        "save": SaveForm(instance=kept, owner=request.user) if mine else SaveForm(owner=request.user),
        "newer": published_run() if published_run() != kept.run else None,
        "heading": bench.heading(changed_name(kept.name) if changed else kept.name),
    }
    return bench.page(request, context)


def bench_of(request, kept: Scenario) -> tuple[Bench, bool]:
    """What a scenario says, or what the address says instead, and whether that is something else."""
    if not set(request.GET) - FRAME:
        return Bench(request.user, kept.run, with_page(query_of(kept, request.user), request.GET), kept), False
    bench = Bench(request.user, kept.run, request.GET)
    said = (bench.asked.accounts, to_document(bench.asked.what_if))
    return bench, kept.owner_id != request.user.pk or said != (kept.accounts, kept.levers)


def changed_name(name: str) -> str:
    return _("%(name)s (changed, not kept)") % {"name": name}


def change(request, bench: Bench, kept: Scenario):
    """What its owner does with a scenario. To delete one is asked once more."""
    if "delete" in request.POST and "sure" not in request.POST:
        return render(request, "profitability/scenario_delete.html", {"scenario": kept})
    if "delete" in request.POST:
        kept.delete()
        messages.success(request, _("“%(name)s” is deleted.") % {"name": kept.name})
        return redirect("scenarios")
    return save(request, bench, kept, _("“%(name)s” is kept as it is now."))


@require_safe
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_export(request, scenario_id, ending):
    """Each account of the scenario before and after as CSV; as XLSX with its levers, statement and capacity."""
    if ending not in CONTENT_TYPES:
        raise Http404
    kept = kept_scenario(request.user, scenario_id)
    return Bench(request.user, kept.run, query_of(kept, request.user), kept).file(ending, kept)


@require_safe
@needs(Permission.SEE_PROFITABILITY)
@when_prepared
def scenario_compare(request):
    """Two to four scenarios side by side."""
    asked = [int(number) for number in request.GET.getlist("scenario") if number.isdecimal()][:MOST]
    found = Scenario.objects.visible_to(request.user).select_related("run__cost_model", "owner").in_bulk(asked)
    listed = [found[number] for number in dict.fromkeys(asked) if number in found]
    context: dict[str, Any] = {"listed": listed, "fewest": FEWEST, "most": MOST}
    if len(listed) >= FEWEST:
        from kam_portal.whatif.tables import compared, finding

        studies = [Bench(request.user, kept.run, query_of(kept, request.user), kept).study for kept in listed]
        context |= {
            "finding": finding([kept.name for kept in listed], studies),
            "rows": compared(studies, may(request.user, Permission.SEE_COSTS)),
            "columns": [kept.name for kept in listed],
            "runs_differ": len({kept.run_id for kept in listed}) > 1,
        }
    return render(request, "profitability/scenario_compare.html", context)


def kept_scenario(user, number: int) -> Scenario:
    rows = Scenario.objects.visible_to(user).select_related("owner", "run__cost_model")
    return get_object_or_404(rows, pk=number)


def with_page(query: QueryDict, asked: QueryDict) -> QueryDict:
    if "page" in asked:
        query["page"] = asked["page"]
    return query


def without_exception(query: QueryDict) -> QueryDict:
    """The same address less the exception that is to go."""
    left, gone = query.copy(), f"own{query['without']}-"
    for name in query:
        if name.startswith(gone) or name in ("without", "own", "page"):
            del left[name]
    return left


def save(request, bench: Bench, kept: Scenario, said: str):
    """Keep the accounts and levers of the bench under the name given."""
    form = SaveForm(request.POST, instance=kept, owner=request.user)
    refused = refusal(bench.asked)
    if not form.is_valid() or not bench.asked.is_valid or refused:
        if refused:
            form.add_error(None, refused[1])
        context = {"save": form, "heading": bench.heading(_("What if"))}
        if kept.pk:
            context |= {"scenario": Scenario.objects.get(pk=kept.pk), "mine": True, "changed": True}
        return bench.page(request, context, status=422)
    form.instance.accounts, form.instance.levers = bench.asked.accounts, to_document(bench.asked.what_if)
    form.save()
    messages.success(request, said % {"name": form.instance.name})
    return redirect("scenario", form.instance.pk)

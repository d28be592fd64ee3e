"""Submitted versions of a plan: the list, one as it was, and what differs between any two or from the plan of today."""

import re
from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, needs
from profitability.differences import Difference
from profitability.runline import run_of
from relationships.models import Plan, PlanVersion
from relationships.plans.differences import differences, moved
from relationships.plans.versions import Document, document, readable
from relationships.views.plan_state import may_answer, plan_or_404, sides_of

TODAY = "today"
MOST_COLUMNS = 8  # beside the name: more stand in rows below each other
FIGURE = re.compile(r"[−-]?\d[\d,.]*(\s?[^\W\d]{3}|\s?%)?")  # with its currency or a percent sign


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_plan_versions(request, code):
    """All versions of the plan, the newest first, with what was said of each."""
    plan = plan_or_404(request, code)
    rows = plan.versions.defer("document").select_related("submitted_by", "run")
    versions = list(rows.prefetch_related("approvals__said_by").order_by("-number"))
    context = frame(request, plan) | {"versions": versions, "heading": heading_of(versions)}
    return render(request, "relationships/plan/versions.html", context)


def frame(request, plan: Plan) -> dict:
    return {"plan": plan, "account": plan.account, "tab": "plan"}


def heading_of(versions: list[PlanVersion]) -> str:
    """How many there are, and which is in force."""
    if not versions:
        return _("No version has been submitted")
    words = ngettext("%(count)d version", "%(count)d versions", len(versions)) % {"count": len(versions)}
    force = next((each for each in versions if each.state == PlanVersion.State.APPROVED), None)
    if force is None:
        return _("%(versions)s, none in force") % {"versions": words}
    return _("%(versions)s, version %(number)d in force") % {"versions": words, "number": force.number}


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_plan_version(request, code, number):
    """One version as it was submitted: nothing in it changes any more."""
    plan = plan_or_404(request, code)
    version = version_of(plan, number)
    version.plan = plan
    found = readable(version.document, request.user, plan.account)
    context = frame(request, plan) | {
        "version": version,
        "document": found,
        "sections": sections_of(found),
        "frozen_on": parse_date(found["frozen_on"]),
        "as_of": as_of(found),
        "sides": sides_of(version) if version.state == PlanVersion.State.IN_REVIEW else [],
        "others": plan.versions.exclude(pk=version.pk).defer("document").order_by("-number"),
        "may_answer": may_answer(request.user, version),
    }
    return render(request, "relationships/plan/version.html", context)


def version_of(plan: Plan, number: int) -> PlanVersion:
    rows = plan.versions.select_related("submitted_by", "run").prefetch_related("approvals__said_by")
    return get_object_or_404(rows, number=number)


def as_of(found: Document) -> date | None:
    return parse_date(found["run"]["as_of"]) if found["run"] and found["run"]["as_of"] else None


@dataclass(frozen=True)
class Line:
    """One line of a section: what is said under each of its heads, with the head and whether figures stand there."""

    name: str
    cells: list[tuple[str, str, bool]]


@dataclass(frozen=True)
class Part:
    """One section as a version shows it: its lines by columns, in groups where it has such."""

    code: str
    label: str
    groups: list[tuple[str, list[Line]]]
    heads: list[tuple[str, bool]]  # of what some line says, in their order, and whether all of it is figures
    withheld: int = 0

    @property
    def count(self) -> int:
        return sum(len(lines) for _group, lines in self.groups)

    @property
    def is_table(self) -> bool:
        return 0 < len(self.heads) <= MOST_COLUMNS and all(line.name for _group, lines in self.groups for line in lines)

    @property
    def width(self) -> int:
        """Columns of the table."""
        return 1 + len(self.heads)


def sections_of(found: Document) -> list[Part]:
    """The sections with something in them."""
    return [_part(section) for section in found["sections"] if section["entries"] or section.get("withheld")]


def _part(section: Document) -> Part:
    found = [(entry, said_in(entry)) for entry in section["entries"]]
    columns: dict[str, list[str]] = {}
    for _entry, said in found:
        for label, text in said.items():
            columns.setdefault(label, []).append(text)
    heads = [(label, all(FIGURE.fullmatch(text) for text in texts)) for label, texts in columns.items()]
    groups: dict[str, list[Line]] = {}
    for entry, said in found:
        cells = [(label, said.get(label, ""), is_figure) for label, is_figure in heads]
        groups.setdefault(entry["group"], []).append(Line(entry["name"], cells))
    return Part(section["code"], section["label"], [*groups.items()], heads, section.get("withheld", 0))


def said_in(entry: Document) -> dict[str, str]:
    """By head; not what the group says already."""
    return {cell["label"]: cell["text"] for cell in entry["cells"] if cell["text"] != entry["group"]}


# Differences


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_plan_differences(request, code):
    """What differs from one version (?from=1) to another, or to the plan of today (?to=today)."""
    plan = plan_or_404(request, code)
    numbers = list(plan.versions.order_by("number").values_list("number", flat=True))
    before, after = asked(request, numbers)
    documents = [document_of(request, plan, each) for each in (before, after)]
    changes = differences(*documents)
    context = frame(request, plan) | {
        "before": before,
        "after": after,
        "numbers": numbers,
        "changes": grouped(changes),
        "count": len(changes),
        "figures": moved(*documents),
        "columns": [(parse_date(each["frozen_on"]), each["run"]) for each in documents],
    }
    return render(request, "relationships/plan/differences.html", context)


def asked(request, numbers: list[int]) -> tuple[str, str]:
    """The two of the address; without one the last version and the plan of today. Others are not there: 404."""
    known = {TODAY, *map(str, numbers)}
    before = request.GET.get("from") or (str(numbers[-1]) if numbers else TODAY)
    after = request.GET.get("to") or TODAY
    if not {before, after} <= known:
        raise Http404
    return before, after


def document_of(request, plan: Plan, name: str) -> Document:
    if name == TODAY:
        found = document(plan, run_of(request), timezone.localdate())
    else:
        found = version_of(plan, int(name)).document
    return readable(found, request.user, plan.account)


def grouped(changes: list[Difference]) -> list[tuple[str, list[Difference]]]:
    """The differences under what they are about, in their order."""
    found: dict[str, list[Difference]] = {}
    for each in changes:
        found.setdefault(each.subject, []).append(each)
    return [*found.items()]

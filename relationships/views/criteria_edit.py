"""Criteria sets in forms: a new one, its draft, checks and a look ahead while it is written, and what becomes of it."""

import json
from datetime import date
from functools import wraps

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts import versions
from accounts.permissions import Permission, needs
from accounts.tables import Unusable
from accounts.told import Told
from profitability.runline import run_of
from relationships import actions
from relationships.advice import checked, told
from relationships.core.criteria import Problem, to_document
from relationships.core.criteria_form import MOVE, Lines, document_of, lines_of, move, put_back, read, taken
from relationships.differences import differences
from relationships.effects import known_accounts
from relationships.models import CriteriaSet
from relationships.views.criteria_ahead import ahead, before_ready
from relationships.views.criteria_fields import Form
from relationships.wording import AXES, MEASURES

REMOVED = "criteria-line"  # what a removed line is signed for


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_CRITERIA)
def criteria_new(request):
    """Begin a set: with the one that comes with the product, empty, or from a file."""
    error = ""
    if request.method == "POST":
        try:
            return to_draft(begun(request))
        except (versions.NotPossible, Unusable, WrongDocument) as problem:
            error = problem
    context = {"error": error, "code": request.POST.get("code", "")}
    return render(request, "relationships/criteria_new.html", context, status=422 if error else 200)


def begun(request) -> CriteriaSet:
    if "file" in request.FILES:
        return actions.add_from_file(document_in(request.FILES["file"]), request.user)
    if request.POST.get("do") == "default":
        return actions.default_set(request.user)
    return actions.new_set(request.POST.get("code", "").strip(), request.user)


class WrongDocument(ValueError):
    """A file that holds no criteria set: `problems` has the line of each thing that is wrong."""

    def __init__(self, problems: list):
        super().__init__(_("The file was not taken: %s") % problems[0])
        self.problems = problems


def document_in(file) -> dict:
    """The document of an uploaded file, as it is stored."""
    from accounts.tables.documents import LARGEST, Document

    document = Document(file.name, file.read(LARGEST + 1))
    found, problems = checked(document.value)
    if found is None:
        raise WrongDocument([document.problem(each.path, _of_axis(each)) for each in problems])
    return json.loads(json.dumps(to_document(found)))


def _of_axis(problem: Problem) -> str:
    axis = AXES.get(problem.path)
    return f"{axis}: {problem.message}" if axis else problem.message


def to_draft(row: CriteriaSet) -> HttpResponse:
    return redirect("criteria_edit" if row.is_draft else "criteria_version", row.code, row.version)


# The draft


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_CRITERIA)
def criteria_edit(request, code, version):
    """The form of a draft: what a button wishes is done with its lines, or they are saved."""
    row = get_object_or_404(CriteriaSet, code=code, version=version)
    if request.method == "POST":
        return answer(request, row, request.POST.get("do", "save"))
    return edit_page(request, row, lines_of(row.document)) if row.is_draft else to_draft(row)


def answer(request, row: CriteriaSet, wish: str) -> HttpResponse:
    if wish == "upload":
        return brought_in(request, row)
    lines = sent_lines(request, row)
    if wish == "undo":
        return with_line_back(request, row, lines)
    if MOVE.fullmatch(wish):
        removed = taken(lines, wish)
        return edit_page(
            request, row, lines, focus=move(lines, wish), is_saved=False, removed=removed and kept(removed)
        )
    if wish == "effect":
        return edit_page(request, row, lines, is_saved=False, effect=ahead(request, lines))
    if wish == "copy":
        return to_draft(actions.next_version(row, request.user, document_of(lines)))
    try:
        day = day_of(request)
    except ValueError:
        return edit_page(request, row, lines, is_saved=False, status=422, error=_("Not saved: the day is no day."))
    return saved(request, row, lines, day, wish)


def kept(removed: dict) -> dict:
    """What was removed: its name, and signed, so that only what was here before can be put back."""
    line = removed["line"]
    name = line.get("name") or line.get("code") or (_("a point") if "score" in line else _("a criterion"))
    return {"name": name, "signed": signing.dumps(removed, salt=REMOVED, compress=True)}


def with_line_back(request, row: CriteriaSet, lines: Lines) -> HttpResponse:
    try:
        removed = signing.loads(request.POST.get("removed", ""), salt=REMOVED)
    except signing.BadSignature:
        return edit_page(request, row, lines, is_saved=False)
    return edit_page(request, row, lines, focus=put_back(lines, removed), is_saved=False)


def sent_lines(request, row: CriteriaSet) -> Lines:
    return read({name: request.POST[name] for name in request.POST}, row.code, row.version)


def day_of(request) -> date | None:
    """The first valid day as sent; nothing: ever since. Raises ValueError for what is no day."""
    text = request.POST.get("valid_from", "").strip()
    return date.fromisoformat(text) if text else None


def saved(request, row: CriteriaSet, lines: Lines, day: date | None, wish: str) -> HttpResponse:
    """Keep what was sent; if somebody else was first, show both. What moves boxes is made ready at the second press."""
    wants_ready = wish in ("ready", "ready-sure")
    try:
        versions.save_draft(row, document_of(lines), revision_of(request), request.user, valid_from=day)
        asks = before_ready(request, lines) if wish == "ready" else []
        if asks:
            return edit_page(request, row, lines, asks=asks)
        if wants_ready:
            actions.make_ready(row, row.revision, request.user)
    except versions.Outdated:
        return conflict(request, row, lines)
    except versions.NotPossible as problem:
        messages.warning(request, _("Saved as a draft. %s") % problem)
        return redirect("criteria_edit", row.code, row.version)
    messages.success(request, _("%s is ready.") % row if wants_ready else _("Saved."))
    return to_draft(row)


def revision_of(request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def conflict(request, row: CriteriaSet, lines: Lines) -> HttpResponse:
    """Somebody has changed the draft meanwhile: theirs is stored, yours is in the form, and what differs is listed."""
    row = get_object_or_404(CriteriaSet.objects.select_related("changed_by"), pk=row.pk)
    changes = differences(lines_of(row.document), lines)
    return edit_page(request, row, lines, is_saved=False, status=409, theirs=row, changes=changes)


def edit_page(request, row: CriteriaSet, lines: Lines, focus: str = "", status: int = 200, **more) -> HttpResponse:
    context = looked_at(request, row, lines, focus) | {"is_saved": True} | more
    template = (
        "relationships/_criteria_form.html" if request.htmx and status == 200 else "relationships/criteria_edit.html"
    )
    return render(request, template, context, status=status)


def looked_at(request, row: CriteriaSet, lines: Lines, focus: str = "") -> dict:
    """The form with what is told beside its fields, and what its scales would do in the published run."""
    told_now, day = told_of(request, row, lines)
    return {
        "row": row,
        "form": Form(lines, told_now, focus, known_of(request, lines)),
        "finding": finding(told_now),
        "valid_from": day,
        "edit_url": reverse("criteria_edit", args=[row.code, row.version]),
        "version_url": reverse("criteria_version", args=[row.code, row.version]),
    }


def told_of(request, row: CriteriaSet, lines: Lines) -> tuple[list[Told], str]:
    """What is told, and the first valid day as it was typed."""
    if request.method != "POST" or "valid_from" not in request.POST:
        return told(lines, row, row.valid_from), row.valid_from.isoformat() if row.valid_from else ""
    text = request.POST["valid_from"].strip()
    try:
        return told(lines, row, day_of(request)), text
    except ValueError:
        return [*told(lines), Told("valid_from", _("This is no day. Write it like 2026-04-01."))], text


def known_of(request, lines: Lines) -> list:
    """The accounts as the published run knows them, if a scale asks for their figures."""
    run = run_of(request)
    rows = (*lines.attractiveness, *lines.relationship)
    names = {line.measure for line in rows if line.kind == "measured"} & set(MEASURES)
    return known_accounts(run, request.user, names) if run and names else []


def finding(told_now: list[Told]) -> str:
    problems = sum(not each.is_warning for each in told_now)
    if not problems:
        return _("Nothing stands against it: the criteria can be made ready.")
    sentence = "%(count)s thing has to be settled before it is ready."
    return ngettext(sentence, "%(count)s things have to be settled before it is ready.", problems) % {"count": problems}


@require_POST
@needs(Permission.EDIT_CRITERIA)
def criteria_check(request, code, version):
    """What is to be told beside the fields as they are now; nothing is saved."""
    row = get_object_or_404(CriteriaSet, code=code, version=version)
    return render(request, "relationships/_criteria_checked.html", looked_at(request, row, sent_lines(request, row)))


def brought_in(request, row: CriteriaSet) -> HttpResponse:
    """Replace a draft by a file of the same set and version."""
    try:
        if "file" not in request.FILES:
            raise versions.NotPossible(_("Choose a file."))
        document = document_in(request.FILES["file"])
        versions.bring_in(row, document, revision_of(request), request.user)
    except versions.Outdated:
        return conflict(request, row, lines_of(document))
    except (versions.NotPossible, Unusable, WrongDocument) as problem:
        more = {"error": problem, "file_problems": getattr(problem, "problems", [])}
        lines = lines_of(row.document)
        return edit_page(request, row, lines, status=422, **more) if row.is_draft else refused(request, row, problem)
    messages.success(request, _("The file was taken over."))
    return to_draft(row)


# What becomes of a version


def step(act):
    """A button that changes one version; what is not possible is said on its page."""

    @require_POST
    @needs(Permission.EDIT_CRITERIA)
    @wraps(act)
    def view(request, code, version):
        row = get_object_or_404(CriteriaSet, code=code, version=version)
        try:
            return act(request, row)
        except versions.NotPossible as problem:
            return refused(request, row, problem)
        except versions.Outdated:
            return refused(request, row, _("Somebody has just changed %s. Look again.") % row)

    return view


def refused(request, row: CriteriaSet, problem) -> HttpResponse:
    messages.warning(request, str(problem))
    return to_draft(row)


@step
def criteria_copy(request, row):
    """A draft of the next version that begins as a copy."""
    return to_draft(actions.next_version(row, request.user))


@step
def criteria_reopen(request, row):
    """A ready version by which no run has placed accounts becomes a draft again."""
    versions.reopen(row, request.user)
    return to_draft(row)


@step
def criteria_discard(request, row):
    """Forget a draft."""
    versions.discard(row)
    messages.success(request, _("%s was discarded.") % row)
    return redirect("criteria")

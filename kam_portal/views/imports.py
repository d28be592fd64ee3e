"""Imports in the browser: upload, match the columns, check, import; and the report of each."""

from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form, UUIDField, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Import
from accounts.permissions import Permission, needs
from accounts.tables import Unusable
from kam_portal.downloads import CONTENT_TYPES, download
from kam_portal.uploads import blanks, drafts
from kam_portal.uploads.forms import DocumentForm, MapForm, Reading, UploadForm
from kam_portal.uploads.kinds import ABOUT, DOCUMENTS, SCHEMAS, kinds_of, label
from kam_portal.uploads.matching import MatchForm
from kam_portal.uploads.report import Report

EARLIER, PROBLEMS = 25, 100
State = Import.State


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OPEN_IMPORTS)
def imports(request):
    """Choose a file; what went in before."""
    if request.method == "POST":
        return upload(request)
    return imports_page(request, UploadForm(user=request.user, initial={"once": uuid4()}))


def upload(request) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES, user=request.user)
    if form.is_valid():
        given = form.cleaned_data
        try:
            draft = drafts.open_draft(
                request.user, given["file"], given["once"], given["kind"], given["encoding"], given["decimal"]
            )
            return redirect("import_detail", draft.pk)
        except Unusable as error:
            form.add_error("file", str(error))
    return imports_page(request, form, status=422)


def imports_page(request, form: UploadForm, status: int = 200) -> HttpResponse:
    rows = drafts.visible_to(request.user).select_related("created_by").defer("problems", "sample").order_by("-pk")
    page = Paginator(rows, EARLIER).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "reports": [Report(row, request.user) for row in page],
        "blanks": [blank(kind) for kind in kinds_of(request.user)],
        "limit": limit_in_megabytes(),
    }
    return render(request, "imports/list.html", context, status=status)


def blank(kind: str) -> dict:
    endings = ["yaml"] if kind in DOCUMENTS else ["csv", "xlsx"]
    return {"kind": kind, "label": label(kind), "about": ABOUT[kind], "endings": endings}


def limit_in_megabytes() -> int:
    return settings.IMPORT_MAX_BYTES >> 20


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.OPEN_IMPORTS)
def import_detail(request, import_id):
    """One import: a draft to match and check, work under way, or a report with what comes next."""
    record = visible_import(request, import_id)
    if request.method == "POST":
        act = ACTIONS.get(request.POST.get("action"))
        return act(request, record) if act else HttpResponseBadRequest(_("Unknown action."))
    if record.state == State.DRAFT:
        return draft_page(request, record)
    return render(request, "imports/report.html", report_context(request, record))


@require_safe
@needs(Permission.OPEN_IMPORTS)
def import_progress(request, import_id):
    """The part of an import's page that changes while work goes on."""
    record = visible_import(request, import_id)
    if record.state == State.DRAFT:
        answer = render(request, "imports/_looking.html", {"record": record})
        if record.sample:
            answer["HX-Refresh"] = "true"
        return answer
    return render(request, "imports/_report.html", report_context(request, record))


@require_safe
@needs(Permission.OPEN_IMPORTS)
def import_problems(request, import_id):
    """The problems of an import as CSV."""
    record = visible_import(request, import_id)
    columns = {
        _("File"): lambda row: row["file"],
        _("Line"): lambda row: row["line"],
        _("Column"): lambda row: row["column"],
        _("Value"): lambda row: row["value"],
        _("What is wrong"): lambda row: row["reason"],
    }
    return download("csv", f"problems-of-import-{record.pk}", columns, record.problems)


@require_safe
@needs(Permission.OPEN_IMPORTS)
def import_template(request, kind, ending):
    """An empty file of a kind, to fill in."""
    if kind in DOCUMENTS and ending == "yaml":
        content = blanks.blank_yaml(kind)
    elif kind in SCHEMAS and ending in BLANKS:
        content = BLANKS[ending](SCHEMAS[kind])
    else:
        raise Http404
    answer = HttpResponse(content, content_type=CONTENT_TYPES.get(ending, "application/yaml"))
    answer["Content-Disposition"] = f'attachment; filename="{kind}.{ending}"'
    return answer


BLANKS = {"csv": blanks.blank_csv, "xlsx": blanks.blank_xlsx}


def visible_import(request: HttpRequest, import_id: int) -> Import:
    return get_object_or_404(drafts.visible_to(request.user).select_related("created_by"), pk=import_id)


# A draft


def draft_page(request, draft: Import, form=None, map_form=None, status: int = 200) -> HttpResponse:
    if not draft.sample:
        return render(request, "imports/looking.html", {"record": draft})
    form = form or form_of(draft)(draft, request.user)
    context = {
        "record": draft,
        "form": form,
        "map_form": map_form or MapForm(draft, request.user),
        "sample": draft.sample,
        "once": uuid4(),
        "source_name": draft.sample.get("source_name", "").replace("_", " "),
    }
    return render(request, "imports/draft.html", context, status=status)


def form_of(draft: Import) -> type[Form]:
    return DocumentForm if draft.sample.get("document") else MatchForm


def check(request, draft: Import) -> HttpResponse:
    """Start the dry run, by the columns and rules of the form."""
    if draft.state == State.DRAFT:
        form = form_of(draft)(draft, request.user, request.POST)
        if not form.is_valid():
            return draft_page(request, draft, form, status=422)
        given = form.cleaned_data
        reading = given.get("encoding", draft.encoding), given.get("decimal", draft.decimal)
        drafts.start(draft, given["kind"], form.rules, *reading)
    return redirect("import_detail", draft.pk)


def read_again(request, draft: Import) -> HttpResponse:
    """Look into the file again: it holds something else, or is in another encoding."""
    if draft.state == State.DRAFT:
        reading = Reading(request.POST, user=request.user, encoding=draft.encoding)
        if not reading.is_valid():
            return draft_page(request, draft, form_of(draft)(draft, request.user, request.POST), status=422)
        drafts.read_again(draft, **reading.cleaned_data)
    return redirect("import_detail", draft.pk)


def use_map(request, draft: Import) -> HttpResponse:
    """Take over the rules of a map."""
    form = MapForm(draft, request.user, request.POST, request.FILES)
    if draft.state == State.DRAFT and not form.is_valid():
        return draft_page(request, draft, map_form=form, status=422)
    if draft.state == State.DRAFT:
        drafts.use_map(draft, form.mapping, form.name)
    return redirect("import_detail", draft.pk)


def discard(request, draft: Import) -> HttpResponse:
    """Forget the draft and its file."""
    if draft.state != State.DRAFT:
        return redirect("import_detail", draft.pk)
    drafts.discard(draft)
    messages.success(request, _("%s was discarded. Nothing was imported.") % draft.file_name)
    return redirect("imports")


# A report


def report_context(request, record: Import) -> dict:
    report = Report(record, request.user)
    problems = Paginator(report.problems, PROBLEMS).get_page(request.GET.get("page"))
    return {
        "record": record,
        "report": report,
        "problems": problems,
        "once": uuid4(),
        "elapsed": (timezone.now() - record.created_at).seconds,
    }


def import_now(request, checked: Import) -> HttpResponse:
    """Import for real what was checked; sent twice, it is imported once."""
    report = Report(checked, request.user)
    if not report.can_go_in:
        return redirect("import_detail", (report.imported or checked).pk)
    return redirect("import_detail", drafts.import_checked(checked, request.user, once_of(request)).pk)


def edit_again(request, record: Import) -> HttpResponse:
    """Match the columns of the same file once more."""
    if not Report(record, request.user).can_be_edited:
        return redirect("import_detail", record.pk)
    return redirect("import_detail", drafts.edit_again(record, request.user, once_of(request)).pk)


def once_of(request):
    """What tells one sending of a form from another; a form without it counts as new."""
    try:
        return UUIDField().clean(request.POST.get("once"))
    except ValidationError:
        return uuid4()


ACTIONS: dict[str | None, Callable[[HttpRequest, Import], HttpResponse]] = {
    "check": check,
    "read": read_again,
    "map": use_map,
    "discard": discard,
    "import": import_now,
    "edit": edit_again,
}

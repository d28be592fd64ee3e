"""Cost models in forms: a new one, its draft, checks while it is written, and what becomes of a version."""

from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission, needs
from accounts.tables import Unusable
from profitability import actions, advice
from profitability.core import model_form, model_moves
from profitability.core.cost_model import parse, spoken, to_document
from profitability.core.model_form import Lines, PoolLine, document_of, lines_of
from profitability.differences import differences
from profitability.models import CostModel
from profitability.views.cost_model_fields import Form
from profitability.wording import many_of

REMOVED = "a line of a cost model"
MISSING = "missing"  # the wish for lines of all pools that the ledger has costs of


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_COSTS)
def cost_model_new(request):
    """Begin a model: empty, or from a file."""
    error = ""
    if request.method == "POST":
        try:
            return to_draft(begun(request))
        except (actions.NotPossible, Unusable, WrongDocument) as problem:
            error = problem
    context = {"error": error, "code": request.POST.get("code", ""), "example": "standard"}
    return render(request, "profitability/model_new.html", context, status=422 if error else 200)


def begun(request) -> CostModel:
    if "file" in request.FILES:
        return actions.add_from_file(document_in(request.FILES["file"]), request.user)
    return actions.new_model(request.POST.get("code", "").strip(), settings.CURRENCY, request.user)


class WrongDocument(ValueError):
    """A file that holds no model: `problems` has the line of each thing that is wrong."""

    def __init__(self, problems: list):
        super().__init__(_("The file was not taken: %s") % problems[0])
        self.problems = problems


def document_in(file) -> dict:
    """The document of an uploaded file, as it is stored."""
    from accounts.tables.documents import LARGEST, Document

    document = Document(file.name, file.read(LARGEST + 1))
    model, problems = parse(document.value)
    if model is None:
        raise WrongDocument([document.problem(each.path, each.message) for each in problems])
    return to_document(model)


def to_draft(row: CostModel) -> HttpResponse:
    return redirect("cost_model_edit" if row.is_draft else "cost_model_version", row.code, row.version)


# The draft


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.EDIT_COSTS)
def cost_model_edit(request, code, version):
    """The form of a draft: what a button wishes is done with its lines, or they are saved."""
    row = get_object_or_404(CostModel, code=code, version=version)
    if request.method == "POST":
        return answer(request, row, request.POST.get("do", "save"))
    return edit_page(request, row, lines_of(row.document)) if row.is_draft else to_draft(row)


def answer(request, row: CostModel, wish: str) -> HttpResponse:
    lines = sent_lines(request, row)
    if wish == "undo":
        return with_line_back(request, row, lines)
    if model_moves.MOVE.fullmatch(wish):
        removed = model_moves.taken(lines, wish)
        focus = model_moves.move(lines, wish)
        return edit_page(request, row, lines, focus=focus, is_saved=False, removed=removed and kept(removed))
    if wish == MISSING:
        return with_missing_pools(request, row, lines)
    if list(model_form.twice(lines)):
        return edit_page(request, row, lines, is_saved=False, status=422, error=_("Not saved: a line is there twice."))
    if wish == "copy":
        return to_draft(actions.next_version(row, request.user, document_of(lines)))
    return saved(request, row, lines, wants_ready=wish == "ready")


def kept(removed: dict) -> dict:
    """What was removed: its name, and signed, so that only what was here before can be put back."""
    line = removed["line"]
    name = line if isinstance(line, str) else line.get("name") or line.get("code") or _("a line")
    return {"name": name, "signed": signing.dumps(removed, salt=REMOVED, compress=True)}


def with_line_back(request, row: CostModel, lines: Lines) -> HttpResponse:
    try:
        removed = signing.loads(request.POST.get("removed", ""), salt=REMOVED)
    except signing.BadSignature:
        return edit_page(request, row, lines, is_saved=False)
    return edit_page(request, row, lines, focus=model_moves.put_back(lines, removed), is_saved=False)


def with_missing_pools(request, row: CostModel, lines: Lines) -> HttpResponse:
    """Lines for the pools that the ledger has costs of; whether they are operating pools is for the person to say."""
    first = len(lines.pools)
    lines.pools += [PoolLine(code, spoken(code)) for code in advice.missing_pools(lines)]
    return edit_page(request, row, lines, focus=f"pools[{first}].code", is_saved=False)


def sent_lines(request, row: CostModel) -> Lines:
    return model_form.read({name: request.POST[name] for name in request.POST}, row.code, row.version)


def saved(request, row: CostModel, lines: Lines, wants_ready: bool) -> HttpResponse:
    """Keep what was sent; if somebody else was first, show both."""
    try:
        actions.save_draft(row, document_of(lines), revision_of(request), request.user)
        if wants_ready:
            actions.make_ready(row, row.revision, request.user)
    except actions.Outdated:
        return conflict(request, row, lines)
    except actions.NotPossible as problem:
        messages.warning(request, _("Saved as a draft. %s") % problem)
        return redirect("cost_model_edit", row.code, row.version)
    messages.success(request, _("%s is ready.") % row if wants_ready else _("Saved."))
    return to_draft(row)


def revision_of(request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def conflict(request, row: CostModel, lines: Lines) -> HttpResponse:
    """Somebody has changed the draft meanwhile: theirs is stored, yours is in the form, and what differs is listed."""
    row = get_object_or_404(CostModel.objects.select_related("changed_by"), pk=row.pk)
    theirs = lines_of(row.document)
    return edit_page(request, row, lines, is_saved=False, status=409, theirs=row, changes=differences(theirs, lines))


def edit_page(request, row: CostModel, lines: Lines, focus: str = "", status: int = 200, **more) -> HttpResponse:
    told = advice.told(lines)
    context = {
        "row": row,
        "form": Form(lines, told, focus),
        "measures": [(name, many_of(name)) for name in advice.known_measures()],
        "is_saved": True,
        "missing_pools": advice.missing_pools(lines),
        "finding": finding(told),
        "edit_url": reverse("cost_model_edit", args=[row.code, row.version]),
        "version_url": reverse("cost_model_version", args=[row.code, row.version]),
    } | more
    template = "profitability/_model_form.html" if request.htmx and status == 200 else "profitability/model_edit.html"
    return render(request, template, context, status=status)


def finding(told: list) -> str:
    problems = sum(not each.is_warning for each in told)
    if not problems and told:
        return _("It can be made ready. Look first at what a run would say.")
    if not problems:
        return _("Nothing stands against it: the model can be made ready.")
    sentence = "%(count)s thing has to be settled before it is ready."
    return ngettext(sentence, "%(count)s things have to be settled before it is ready.", problems) % {"count": problems}


@require_POST
@needs(Permission.EDIT_COSTS)
def cost_model_check(request, code, version):
    """What is to be told beside the fields as they are now; nothing is saved."""
    row = get_object_or_404(CostModel, code=code, version=version)
    lines = sent_lines(request, row)
    told = advice.told(lines)
    context = {"form": Form(lines, told), "finding": finding(told)}
    return render(request, "profitability/_model_checked.html", context)


@require_POST
@needs(Permission.EDIT_COSTS)
def cost_model_upload(request, code, version):
    """Replace a draft by a file of the same model and version."""
    row = get_object_or_404(CostModel, code=code, version=version)
    try:
        if "file" not in request.FILES:
            raise actions.NotPossible(_("Choose a file."))
        document = document_in(request.FILES["file"])
        actions.bring_in(row, document, revision_of(request), request.user)
    except actions.Outdated:
        return conflict(request, row, lines_of(document))
    except (actions.NotPossible, Unusable, WrongDocument) as problem:
        lines = lines_of(row.document)
        more = {"error": problem, "file_problems": getattr(problem, "problems", [])}
        return edit_page(request, row, lines, status=422, **more) if row.is_draft else refused(request, row, problem)
    messages.success(request, _("The file was taken over."))
    return redirect("cost_model_edit", code, version)


@require_safe
@needs(Permission.SEE_COSTS)
def cost_model_yaml(request, code, version):
    """The version as a file that can be brought in again."""
    from accounts.tables.documents import written

    row = get_object_or_404(CostModel, code=code, version=version)
    answer = HttpResponse(written(document_of(lines_of(row.document))), content_type="application/yaml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="cost_model_{row.code}_v{row.version}.yaml"'
    return answer


# What becomes of a version


def step(act):
    """A button that changes one version; what is not possible is said on its page."""

    @require_POST
    @needs(Permission.EDIT_COSTS)
    @wraps(act)
    def view(request, code, version):
        row = get_object_or_404(CostModel, code=code, version=version)
        try:
            return act(request, row)
        except actions.NotPossible as problem:
            return refused(request, row, problem)
        except actions.Outdated:
            return refused(request, row, _("Somebody has just changed %s. Look again.") % row)

    return view


def refused(request, row: CostModel, problem) -> HttpResponse:
    messages.warning(request, str(problem))
    return to_draft(row)


@step
def cost_model_copy(request, row):
    """A draft of the next version that begins as a copy."""
    return to_draft(actions.next_version(row, request.user))


@step
def cost_model_reopen(request, row):
    """A ready version that no run has used becomes a draft again."""
    actions.reopen(row, request.user)
    return to_draft(row)


@step
def cost_model_choose(request, row):
    """The next runs use this version."""
    actions.choose(row)
    messages.success(request, _("The next run uses %s.") % row)
    return to_draft(row)


@step
def cost_model_discard(request, row):
    """Forget a draft."""
    actions.discard(row)
    messages.success(request, _("%s was discarded.") % row)
    return redirect("cost_model")


@require_safe
@needs(Permission.SEE_COSTS)
def cost_model_differences(request, code, version, other):
    """What differs between two versions of a model."""
    rows = [get_object_or_404(CostModel, code=code, version=number) for number in (other, version)]
    before, after = (lines_of(row.document) for row in rows)
    context = {"before": rows[0], "after": rows[1], "changes": differences(before, after)}
    return render(request, "profitability/model_differences.html", context)

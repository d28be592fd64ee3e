"""What is typed into a plan: kept field by field, with an answer to each; lines added, removed, put back and moved.

Scripts ask for JSON and get what became of one field; without scripts the form of a line is sent and the page, or the
conflicts in it, come back.
"""

from functools import wraps

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission, needs
from relationships import doing
from relationships.models import Action, Plan
from relationships.plans import editing, removing
from relationships.plans.editing import Conflict, Gone, Refused, Saved
from relationships.plans.sections import OF_MODEL, SECTIONS
from relationships.plans.typed import shown, words_of
from relationships.views.plan import account_of, frame, looking, plan_of

STEPS = {"up": -1, "down": 1}
METHODS = ["GET", "HEAD", "POST"]


def wants_json(request) -> bool:
    return request.headers.get("Accept") == "application/json"


def back(plan: Plan, part: str = "", query: str = ""):
    response = redirect("account_plan", plan.account.code)
    response["Location"] += query + part
    return response


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def editable(view):
    """Only what is sent changes a plan; whoever follows the address comes to its page."""

    @wraps(view)
    def answer(request, code):
        plan = plan_of(request, code)
        if plan is None:
            return redirect("account_plan", account_of(request, code).code)
        kind = request.POST.get("section", "")
        if request.method != "POST":
            return back(plan)
        if kind not in SECTIONS:
            raise Http404
        return view(request, plan, kind)

    return answer


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
@editable
def plan_keep(request, plan: Plan, kind: str):
    """Keep fields of one line: those that were sent and differ from what they held."""
    entry_id = number(request.POST.get("entry", ""))
    names = [name for name in SECTIONS[kind].fields if f"was.{name}" in request.POST]
    outcomes = {}
    for name in names:
        typed, was = typed_in(request, kind, name), request.POST[f"was.{name}"]
        if not is_changed(plan, kind, entry_id, name, typed, was):
            continue
        outcomes[name] = editing.change(request.user, plan, kind, entry_id, name, typed, base=was)
    if wants_json(request):
        return answered(request, plan, kind, entry_id, outcomes)
    return page_after(request, plan, kind, entry_id, outcomes)


def typed_in(request, kind: str, name: str) -> str:
    """What the field was sent with; several choices as their ids in order, an unticked box as no."""
    field = SECTIONS[kind].field(name)
    sent = request.POST.getlist(name)
    if field.many_to_many:
        ids = {each for part in sent for each in part.split(",") if each}
        return ",".join(sorted(ids, key=lambda each: (len(each), each)))
    if field.get_internal_type() == "BooleanField":
        return "yes" if sent and sent[-1] in {"yes", "on", "1", "true"} else "no"
    return sent[-1] if sent else ""


def is_changed(plan: Plan, kind: str, entry_id: int | None, name: str, typed: str, was: str) -> bool:
    """Whether somebody typed: an input shows thousands apart, which is no change."""
    if typed == was:
        return False
    entry = editing.found(SECTIONS[kind], plan, entry_id)
    return entry is None or typed.replace("\r\n", "\n") not in (shown_or(entry, name, was), was)


def shown_or(entry, name: str, was: str) -> str:
    try:
        return shown(entry, name, was)
    except ArithmeticError:  # somebody made up what the field held
        return was


def answered(request, plan: Plan, kind: str, entry_id: int | None, outcomes: dict):
    """What became of the one field a script sent, with the line as it stands now."""
    outcome = next(iter(outcomes.values()), None)
    name = next(iter(outcomes), "")
    html = "" if kind == "purpose" else entry_html(request, plan, kind, entry_id)
    data = {"state": "saved", "entry": html, "message": ""}
    if isinstance(outcome, Saved):
        data |= {"texts": outcome.texts, "revision": outcome.revision}
    elif isinstance(outcome, Refused):
        data |= {"state": "refused", "message": outcome.message}
    elif isinstance(outcome, Gone):
        data |= {"state": "gone", "message": gone_words(outcome)}
    elif isinstance(outcome, Conflict):
        data |= {"state": "conflict", "message": conflict_words(outcome), "revision": outcome.revision}
        context = frame(looking(request, plan)) | {"conflict": told(outcome, kind), "kind": kind, "name": name}
        data["conflict"] = render_to_string("relationships/plan/_conflict.html", context, request)
    return JsonResponse(data, status={"saved": 200, "refused": 422}.get(data["state"], 409))


def entry_html(request, plan: Plan, kind: str, entry_id: int | None) -> str:
    seen = looking(request, plan)
    entry = seen.one(kind, entry_id) if entry_id else None
    if entry is None:
        return ""
    return render_to_string("relationships/plan/_entry.html", frame(seen) | {"entry": entry}, request)


def conflict_words(conflict: Conflict) -> str:
    if conflict.by:
        return _("%(name)s has changed this meanwhile. Nothing of yours is lost: choose.") % {"name": conflict.by}
    return _("This was changed meanwhile. Nothing of yours is lost: choose.")


def gone_words(gone: Gone) -> str:
    if gone.by:
        return _("%(name)s has removed this line meanwhile. Copy what you need before you reload.") % {"name": gone.by}
    return _("This line is not there any more. Copy what you need before you reload.")


def told(conflict: Conflict, kind: str) -> dict:
    """The three versions as people read them, and what a choice sends."""
    field = SECTIONS[kind].field(conflict.field)
    return {
        "row": conflict,
        "entry_id": None if SECTIONS[kind].is_of_plan else conflict.entry.pk,
        "field": conflict.field,
        "label": str(field.verbose_name),
        "yours": said(conflict, conflict.yours),
        "theirs": said(conflict, conflict.theirs),
        "before": said(conflict, conflict.before),
        "is_text": not field.is_relation and not field.choices and field.get_internal_type() in {
            "CharField", "TextField"
        } and conflict.field != "measure",
    }  # fmt: skip


def said(conflict: Conflict, text: str) -> str:
    """A version in words; what was typed may be no value of the field at all."""
    try:
        return words_of(conflict.entry, conflict.field, text)
    except (ArithmeticError, ValueError, LookupError):
        return text


def page_after(request, plan: Plan, kind: str, entry_id: int | None, outcomes: dict):
    """Without scripts: the page again, or what could not be kept with all that was typed."""
    conflicts = [told(each, kind) for each in outcomes.values() if isinstance(each, Conflict)]
    problems = [(name, each.message) for name, each in outcomes.items() if isinstance(each, Refused)]
    problems += [(name, gone_words(each)) for name, each in outcomes.items() if isinstance(each, Gone)]
    saved = sum(isinstance(each, Saved) for each in outcomes.values())
    if not conflicts and not problems:
        messages.success(request, _("Saved.") if saved else _("Nothing was changed."))
        return back(plan, f"#{kind}-{entry_id}" if entry_id else f"#{kind}")
    section = SECTIONS[kind]
    unsaved = [
        {"label": section.field(name).verbose_name, "message": message, "typed": typed_in(request, kind, name)}
        for name, message in problems
    ]
    context = frame(looking(request, plan)) | {"conflicts": conflicts, "unsaved": unsaved, "kind": kind, "saved": saved}
    return render(request, "relationships/plan/conflict.html", context, status=409 if conflicts else 422)


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
@editable
def plan_add(request, plan: Plan, kind: str):
    """A new line of a section."""
    section = SECTIONS[kind]
    if section.is_of_plan:
        raise Http404
    typed = at_first(kind, request.user) | {name: request.POST[name] for name in section.fields if name in request.POST}
    outcome = editing.add(request.user, plan, kind, typed)
    if isinstance(outcome, Refused):
        if wants_json(request):
            return JsonResponse({"state": "refused", "message": outcome.message}, status=422)
        messages.error(request, outcome.message)
        return back(plan, f"#{kind}")
    return line_answer(request, plan, kind, outcome.entry.pk)


def at_first(kind: str, user) -> dict[str, str]:
    """What a line holds before anybody says otherwise: it is for whoever types it, an objective from today on."""
    owner = {"owner": str(user.pk)} if kind in {"actions", "objectives"} else {}
    return owner | ({"from_on": timezone.localdate().isoformat()} if kind == "objectives" else {})


def line_answer(request, plan: Plan, kind: str, entry_id: int):
    """The new line for a script; else the page at that line."""
    if wants_json(request):
        return JsonResponse({"state": "saved", "entry": entry_html(request, plan, kind, entry_id)})
    return back(plan, f"#{kind}-{entry_id}")


@require_http_methods(METHODS)
@needs(Permission.EDIT_PLANS)
@editable
def plan_line(request, plan: Plan, kind: str):
    """What happens to a whole line: removed, put back, moved; or a whole section said to be still true."""
    do = request.POST.get("do", "")
    entry_id, revision = (number(request.POST.get(name, "")) or 0 for name in ("entry", "revision"))
    if do == "confirm":
        return confirmed(request, plan, kind)
    if SECTIONS[kind].is_of_plan:
        raise Http404
    if do == "remove":
        return removed(request, plan, kind, entry_id, revision)
    if do == "restore":
        return restored(request, plan, kind, number(request.POST.get("change", "")) or 0)
    if do not in STEPS:
        raise Http404
    removing.move(request.user, plan, kind, entry_id, STEPS[do])
    return JsonResponse({"state": "saved"}) if wants_json(request) else back(plan, f"#{kind}-{entry_id}")


def confirmed(request, plan: Plan, kind: str):
    editing.confirm(request.user, plan, kind)
    if wants_json(request):
        return JsonResponse({"state": "saved"})
    messages.success(request, _("Noted: it still holds."))
    return back(plan, f"#{kind}")


def removed(request, plan: Plan, kind: str, entry_id: int, revision: int):
    outcome = removing.remove(request.user, plan, kind, entry_id, revision)
    if isinstance(outcome, Conflict):
        words = {"name": outcome.by or _("Somebody")}
        return refusal(
            request, plan, kind, _("%(name)s has just changed this line. Look at it again.") % words, outcome
        )
    if isinstance(outcome, Gone):
        return refusal(request, plan, kind, _("It was removed already."))
    if wants_json(request):
        text = _("Removed: %(name)s") % {"name": outcome.name}
        return JsonResponse({"state": "saved", "change": outcome.pk, "message": text})
    return back(plan, f"#{kind}", f"?undo={outcome.pk}")


def refusal(request, plan: Plan, kind: str, message: str, conflict: Conflict | None = None):
    if wants_json(request):
        html = entry_html(request, plan, kind, conflict.entry.pk) if conflict else ""
        return JsonResponse({"state": "refused", "message": message, "entry": html}, status=409)
    messages.error(request, message)
    return back(plan, f"#{kind}")


def restored(request, plan: Plan, kind: str, change_id: int):
    outcome = removing.restore(request.user, plan, change_id)
    if isinstance(outcome, Refused):
        return refusal(request, plan, kind, outcome.message)
    return line_answer(request, plan, OF_MODEL[type(outcome.entry)], outcome.entry.pk)


@require_http_methods(METHODS)
@needs(Permission.LOG_TOUCHPOINTS)
def plan_tick(request, code):
    """Whoever has an action to do says that it is done, or is not."""
    plan = plan_of(request, code)
    if plan is None:
        return redirect("account_plan", account_of(request, code).code)
    if request.method != "POST":
        return back(plan)
    entry_id, revision = (number(request.POST.get(name, "")) or 0 for name in ("entry", "revision"))
    action = Action.objects.visible_to(request.user).filter(plan=plan, pk=entry_id).first()
    if action is None:
        raise Http404
    if request.POST.get("do") == "reopen":
        answer = doing.reopen(request.user, action, revision)
    else:
        answer = doing.done(request.user, action, revision, timezone.localdate())
    if answer.problem:
        messages.error(request, answer.problem)
    return back(plan, f"#actions-{action.pk}")

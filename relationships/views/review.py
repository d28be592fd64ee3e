"""One review: prepared, held on its figures, closed with the date of the next one."""

from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from accounts.versions import NotPossible
from profitability.runline import run_of, show_run
from relationships.models import Contact, Plan, Review, ReviewPoint
from relationships.plans.readers import may_edit, readers
from relationships.reviews import agenda, cadence, meeting, planning
from relationships.reviews.due import boxes_of, next_of, next_planned
from relationships.reviews.figures import Figures, figures_of, of_seen
from relationships.reviews.meeting import Outdated
from relationships.reviews.shown import agreed_at, earlier_of, figures_shown, objectives_shown

SUMMARY_SAVED = "relationships/review/_summary_saved.html"
CHANGED = gettext_lazy(
    "Somebody has changed this review meanwhile. This is how it is now; do it again if it still fits."
)


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def review(request, review_id):
    """The page of one review; hidden and missing ones answer alike."""
    return page(request, visible(request, review_id))


def visible(request, review_id: int) -> Review:
    rows = Review.objects.visible_to(request.user).select_related(
        "plan__account__manager", "plan__account__team", "run"
    )
    return get_object_or_404(rows, pk=review_id)


def page(request, row: Review, error: str = "", status: int = 200, **typed):
    """The page; `typed` is what was sent and could not be kept."""
    if row.state == Review.State.HELD and row.run is not None:
        show_run(request, row.run)
    edits = may_edit(request.user, row.plan, is_seen=True)
    sees_account = Account.objects.visible_to(request.user).filter(pk=row.plan.account_id).exists()
    now = row.figures if row.state == Review.State.HELD else figures_of(row.plan, run_of(request), timezone.localdate())
    context = {
        "review": row,
        "plan": row.plan,
        "account": row.plan.account,
        "sees_account": sees_account,
        "edits": edits and meeting.is_open(row),
        "may_reopen": edits and row.closed_at is not None,
        "error": error,
        "step": step_of(row),
        "typed": typed,
        "today": timezone.localdate(),
    }
    context |= figures_context(request, row, now, sees_account) | points_context(request, row, context["edits"], now)
    context |= people_context(row) | next_context(request, row)
    return render(request, "relationships/review/page.html", context, status=status)


def step_of(row: Review) -> int:
    """1 prepare, 2 hold, 3 closed; 0 of one that was cancelled."""
    if row.state == Review.State.CANCELLED:
        return 0
    if row.state == Review.State.PLANNED:
        return 1
    return 2 if row.closed_at is None else 3


def figures_context(request, row: Review, now: Figures | None, is_seen: bool) -> dict:
    is_held, before = row.state == Review.State.HELD, earlier_of(row)
    run_id = row.run_id if is_held else getattr(run_of(request), "pk", None)
    now = of_seen(now, request.user) if is_seen and now else None
    past = of_seen(before.figures, request.user) if is_seen and before and before.figures else None
    return {
        "figures": figures_shown(now, past),
        "objectives": objectives_shown(now, past),
        "withheld": now.get("withheld", 0) if now else 0,
        "is_frozen": is_held,
        "before": before,
        "same_run": run_id if before and before.run_id == run_id else None,
        "window": now["window"] if now else "",
        "window_before": past["window"] if past else "",
    }


def points_context(request, row: Review, edits: bool, now: Figures | None = None) -> dict:
    points = row.points.select_related("action__owner", "action__customer_owner").order_by("place", "pk")
    if not may(request.user, Permission.SEE_PROFITABILITY):
        points = points.filter(tells_profit=False)
    listed = list(points)
    of = {kind: [point for point in listed if point.kind == kind] for kind in ReviewPoint.Kind.values}
    waiting = proposed(request, row, now) if edits and row.state == Review.State.PLANNED else []
    return {
        "agenda": of["agenda"],
        "decisions": of["decision"],
        "improvements": of["improvement"],
        "proposals": waiting,
        "actions": agreed_at(request.user, row),
        "settled": sum(point.is_settled for point in of["agenda"]),
    }


def proposed(request, row: Review, now: Figures | None = None) -> list[agenda.Proposal]:
    stands = now["objectives"] if now else None
    return agenda.proposals(request.user, row, run_of(request), timezone.localdate(), stands)


def people_context(row: Review) -> dict:
    """Who was there, and who of both sides might have been."""
    people, contacts = list(row.people.order_by("name")), list(row.contacts.order_by("name"))
    present = Contact.objects.filter(account=row.plan.account_id).present().order_by("name")
    return {
        "people": people,
        "contacts": contacts,
        "all_people": sorted({*readers(row.plan), *people}, key=lambda user: (user.name, user.pk)),
        "all_contacts": sorted({*present, *contacts}, key=lambda contact: (contact.name, contact.pk)),
    }


def next_context(request, row: Review) -> dict:
    """When the next one is to be: planned already, or proposed from the cadence."""
    if row.state != Review.State.HELD:
        return {}
    kind, day = following(request, row)
    return {
        "later": next_planned(row.plan_id, kind),
        "next_on": max(day, timezone.localdate()),
        "next_kind": Review.Kind(kind),
    }


def following(request, row: Review) -> tuple[str, date]:
    box = boxes_of([row.plan], run_of(request)).get(row.plan.account_id, "")
    return next_of(row.kind, box, cadence.rhythms(), row.held_on)


# Planned


@require_POST
@needs(Permission.EDIT_PLANS)
def review_plan(request, code):
    """Plan a review of the account's plan, with its agenda filled from what is open."""
    plan = get_object_or_404(Plan.objects.visible_to(request.user).select_related("account"), account__code=code)
    if not may_edit(request.user, plan):
        raise Http404
    kind, run = request.POST.get("kind", ""), run_of(request)
    try:
        made = planning.plan(request.user, plan, kind, day_in(request), run, timezone.localdate())
    except NotPossible as problem:
        messages.error(request, str(problem))
        return redirect("reviews")
    return redirect("review", made.pk)


def day_in(request, name: str = "day") -> date | None:
    """The day in the form; None where there is none or it is no day."""
    try:
        return parse_date(request.POST.get(name, ""))
    except ValueError:
        return None


# One step on


def editable(request, review_id: int) -> Review:
    row = visible(request, review_id)
    if not may_edit(request.user, row.plan):
        raise Http404
    return row


@require_POST
@needs(Permission.EDIT_PLANS)
def review_step(request, review_id):
    """Hold it, close it, move it, cancel it, or open it again."""
    row = editable(request, review_id)
    step = STEPS.get(request.POST.get("do", ""))
    if step is None:
        raise Http404
    try:
        return done(request, row, step)
    except Outdated:
        if request.htmx:
            return render(request, SUMMARY_SAVED, {"review": row, "is_conflict": True})
        return page(request, row, str(CHANGED), 409, summary=request.POST.get("summary", ""))
    except NotPossible as problem:
        row.refresh_from_db()
        return page(request, row, str(problem), 422, summary=request.POST.get("summary", ""))


def done(request, row: Review, step):
    """The step, with the summary that stands on the page: typed and not kept yet, it must not be lost."""
    revision = revision_in(request)
    with transaction.atomic():
        if "summary" in request.POST and step is not sum_up:
            revision = keep_summary(request, row, revision)
        return step(request, row, revision) or redirect("review", row.pk)


def keep_summary(request, row: Review, revision: int) -> int:
    """The revision after it. It may just have been kept as it was typed, which the page does not know yet."""
    text, seen = meeting.plain(request.POST["summary"]), meeting.plain(request.POST.get("summary_seen", ""))
    if text == meeting.plain(row.summary):
        return revision + (text != seen and row.revision == revision + 1)
    meeting.sum_up(row, text, revision, seen)
    return row.revision


def revision_in(request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def hold(request, row: Review, revision: int):
    meeting.hold(row, run_of(request), timezone.localdate(), revision)
    messages.success(request, _("Under way: the figures of today are kept with it."))


def close(request, row: Review, revision: int):
    box = boxes_of([row.plan], run_of(request)).get(row.plan.account_id, "")
    day = day_in(request) if request.POST.get("day") else None
    made = meeting.close(row, request.user, timezone.now(), revision, day, cadence.rhythms(), box)
    if made is None:
        messages.success(request, _("Closed."))
        return
    planning.tell(request.user, made)
    messages.success(request, _("Closed. The next one is on %s.") % date_format(made.due_on, "j M Y"))


def move(request, row: Review, revision: int):
    meeting.move_to(row, day_in(request), revision, timezone.localdate())
    messages.success(request, _("Moved to %s.") % date_format(row.due_on, "j M Y"))


def cancel(request, row: Review, revision: int):
    meeting.cancel(row, revision)
    messages.success(request, _("Cancelled."))
    return redirect("reviews")


def reopen(request, row: Review, revision: int):
    meeting.reopen(row, revision)


def sum_up(request, row: Review, revision: int):
    """Kept as it is typed, or by its button."""
    meeting.sum_up(row, request.POST.get("summary", ""), revision, request.POST.get("summary_seen"))
    return render(request, SUMMARY_SAVED, {"review": row}) if request.htmx else after(row, "summary")


def attend(request, row: Review, revision: int):
    people = readers(row.plan).filter(pk__in=ids_in(request, "people"))
    contacts = Contact.objects.filter(account=row.plan.account_id, pk__in=ids_in(request, "contacts"))
    kept = row.people.filter(pk__in=ids_in(request, "people"))  # who sees the plan no more was there all the same
    meeting.attend(row, {*people, *kept}, list(contacts), revision)
    return after(row, "attendees")


def ids_in(request, name: str) -> list[int]:
    return [int(text) for text in request.POST.getlist(name) if text.isascii() and text.isdecimal() and len(text) < 19]


def after(row: Review, part: str):
    response = redirect("review", row.pk)
    response["Location"] += f"#{part}"
    return response


STEPS = {
    "hold": hold,
    "close": close,
    "move": move,
    "cancel": cancel,
    "reopen": reopen,
    "summary": sum_up,
    "attend": attend,
}

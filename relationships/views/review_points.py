"""What is written at a review: agenda, decisions, improvements and actions, each kept as soon as it is typed."""

from datetime import date

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission, needs
from accounts.versions import NotPossible
from relationships import doing
from relationships.models import Contact, Review, ReviewPoint
from relationships.reviews import meeting
from relationships.reviews.meeting import Outdated
from relationships.views.review import editable, people_context, points_context, proposed, revision_in

PARTS = {"agenda": "agenda", "decision": "decisions", "improvement": "improvements", "action": "actions"}
MOVES = {"up": -1, "down": 1}


def writable(request, review_id: int) -> Review:
    """A review whose points this person may still write."""
    row = editable(request, review_id)
    if not meeting.is_open(row):
        raise Http404
    return row


def answer(request, row: Review, kind: str, error: str = "", typed: str = ""):
    """The part of the page that shows points of this kind; without scripts, the page itself."""
    if not request.htmx:
        if error:
            messages.error(request, error)
        response = redirect("review", row.pk)
        response["Location"] += f"#{PARTS[kind]}"
        return response
    context = {"review": row, "plan": row.plan, "edits": True, "errors": {kind: error}, "typed": {kind: typed}}
    context |= points_context(request, row, True) | people_context(row) | {"today": timezone.localdate()}
    response = render(request, f"relationships/review/_{PARTS[kind]}.html", context, status=422 if error else 200)
    response["HX-Retarget"], response["HX-Reswap"] = f"#{PARTS[kind]}", "outerHTML show:none"
    return response


@require_POST
@needs(Permission.EDIT_PLANS)
def review_fill(request, review_id):
    """Put what is open on the agenda: all of it, or the one named."""
    row = writable(request, review_id)
    wanted = request.POST.get("source", "")
    listed = [each for each in proposed(request, row) if wanted in ("", each.source)]
    meeting.fill(row, listed)
    return answer(request, row, "agenda")


@require_POST
@needs(Permission.EDIT_PLANS)
def review_add(request, review_id):
    """A point that somebody types in."""
    row, kind, text = writable(request, review_id), request.POST.get("kind", ""), request.POST.get("text", "")
    if kind not in PARTS or kind == ReviewPoint.Kind.ACTION:
        raise Http404
    try:
        meeting.add_point(row, kind, text, request.POST.get("is_internal") == "on")
    except NotPossible as problem:
        return answer(request, row, kind, str(problem), text)
    return answer(request, row, kind)


@require_POST
@needs(Permission.EDIT_PLANS)
def review_point(request, review_id, point_id):
    """Change, move or remove one point."""
    row = writable(request, review_id)
    point = get_object_or_404(ReviewPoint, pk=point_id, review=row)
    do = request.POST.get("do", "save").partition(":")[0]  # up:7 is what the keys look for
    if do in MOVES:
        meeting.shift(point, MOVES[do])
        return answer(request, row, point.kind)
    try:
        if do == "remove":
            meeting.remove_point(point, revision_in(request))
            return answer(request, row, point.kind)
        meeting.change_point(point, revision_in(request), **typed_in(request, row, point))
    except Outdated as newer:
        return conflict(request, row, point, newer.row)
    except NotPossible as problem:
        return said(request, row, point, str(problem))
    return said(request, row, point)


def typed_in(request, row: Review, point: ReviewPoint) -> dict:
    """The fields that the form of this point has at this step."""
    sent = {"text": request.POST.get("text", ""), "is_internal": request.POST.get("is_internal") == "on"}
    if point.kind != ReviewPoint.Kind.AGENDA:
        return sent
    sent["note"] = request.POST.get("note", point.note).replace("\r\n", "\n").strip()[: meeting.LONGEST_NOTE]
    if row.state == Review.State.HELD:
        sent["is_settled"] = request.POST.get("is_settled") == "on"
    return sent


def said(request, row: Review, point: ReviewPoint, error: str = ""):
    """What is told beside the point, with its revision; the form stays as it is, so that typing goes on."""
    if not request.htmx:
        return answer(request, row, point.kind, error)
    context = {"point": point, "error": error}
    return render(request, "relationships/review/_point_saved.html", context, status=422 if error else 200)


def conflict(request, row: Review, point: ReviewPoint, theirs: ReviewPoint | None):
    """Somebody else was faster: yours and theirs, and the choice between them."""
    if theirs is None:
        return answer(
            request, row, point.kind, _("Somebody has removed the point meanwhile."), request.POST.get("text", "")
        )
    mine = typed_in(request, row, theirs)
    if not request.htmx:
        return answer(request, row, point.kind, _("Somebody has changed the point meanwhile: yours was not kept."))
    context = {"point": theirs, "mine": mine, "is_conflict": True}
    return render(request, "relationships/review/_point_saved.html", context)


@require_POST
@needs(Permission.EDIT_PLANS)
def review_action(request, review_id):
    """An action agreed on, with an owner on each side."""
    row = writable(request, review_id)
    owner = one_of(User.objects.all(), request.POST.get("owner", "")) or request.user
    customer = one_of(Contact.objects.filter(account=row.plan.account_id), request.POST.get("customer_owner", ""))
    more = {"plan": row.plan, "customer_owner": customer, "due_on": day_of(request.POST.get("due_on", ""))}
    made = doing.add(request.user, row.plan.account, request.POST.get("text", ""), owner, **more)
    if not made.is_done:
        return answer(request, row, "action", made.problem, request.POST.get("text", ""))
    ReviewPoint.objects.create(
        review=row,
        kind=ReviewPoint.Kind.ACTION,
        text=made.action.text,
        action=made.action,
        is_internal=customer is None,
        place=meeting.next_place(row),
    )
    return answer(request, row, "action")


def one_of(rows, text: str):
    return rows.filter(pk=int(text)).first() if text.isascii() and text.isdecimal() and len(text) < 19 else None


def day_of(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None

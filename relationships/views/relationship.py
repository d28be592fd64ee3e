"""The relationship with one account: its stage with the evidence, both views, what binds both sides, and contacts."""

from functools import wraps

from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Account
from accounts.permissions import Permission, may, needs
from profitability.runline import run_of
from relationships import findings, rungs
from relationships.asking import contradictions, is_open, strangers
from relationships.core.stage import DISINTEGRATING
from relationships.core.survey import KINDS
from relationships.findings import By
from relationships.forms import BarrierForm, FindingForm, ForecastForm, InvitationForm, ReasonForm
from relationships.models import Contact, ExitBarrier, Forecast, Invitation, Position, StageEvidence
from relationships.views.strength import panel

MOST_SHOWN = 30  # lines of a history
LINK = "link_of_an_invitation"  # in the session, until it is shown


@require_safe
@needs(Permission.SEE_ACCOUNTS)
def account_relationship(request, code):
    """The ladder with its evidence, and all that belongs to it; hidden and missing accounts answer alike."""
    account = visible(request, code)
    return page(request, account, link=link_once(request, account))


def link_once(request, account: Account) -> dict | None:
    """The link of the invitation just made here, which the session forgets now."""
    kept = request.session.get(LINK) if request.method == "GET" else None
    row = Invitation.objects.filter(account=account, pk=kept["row"]).first() if kept else None
    if row is None:
        return None
    del request.session[LINK]
    return kept | {"row": row}


def visible(request, code: str) -> Account:
    return get_object_or_404(Account.objects.visible_to(request.user), code=code)


def page(request, account: Account, status: int = 200, **sent):
    """The page; `sent` are forms with what was typed and cannot be kept, and the link of a new invitation."""
    run, today = run_of(request), timezone.localdate()
    found = rungs.ladder(account, run, today)
    heard = rungs.heard_of(account, timezone.now())
    position = Position.objects.filter(account=account, run=run).first() if run else None
    context = {
        "account": account,
        "ladder": found,
        "heading": rungs.gap_sentence(found.now, heard),
        "position": position,
        "differs": position is not None and views_differ(position, found.now),
        "drawing": rungs.drawing(found.now),
        "heard": heard,
        "contradictions": contradictions(heard.answers),
        "strangers": strangers(account),
        "we_said": rungs.we_stated(account, today),
        "may_edit": may(request.user, Permission.SCORE_ACCOUNTS),
        "disintegrating": DISINTEGRATING,
        "tab": "relationship",
    }
    context |= panel(request, account, run, position) | lists_of(account, sent)
    return render(request, "relationships/relationship.html", context, status=status)


def views_differ(position: Position, now) -> bool:
    return rungs.views(position) != (now.stage, now.supplier, now.buyer)


def lists_of(account: Account, sent: dict) -> dict:
    barriers = ExitBarrier.objects.filter(account=account, removed_on__isnull=True).select_related("noted_by")
    return {
        "sides": sides_of(list(barriers.order_by("side", "-cost", "pk")), sent.get("barrier_form")),
        "barrier_form": new_of(sent.get("barrier_form")) or BarrierForm(auto_id="barrier-new-%s"),
        "forecasts": Forecast.objects.filter(account=account)
        .select_related("stated_by")
        .order_by("-stated_on", "-pk")[:MOST_SHOWN],
        "forecast_form": sent.get("forecast_form") or ForecastForm(auto_id="forecast-%s"),
        "contacts": contacts_of(account),
        "invitations": invitations_of(account),
        "invitation_form": sent.get("invitation_form") or InvitationForm(account),
        "reason_form": sent.get("reason_form") or ReasonForm(),
        "finding_form": sent.get("finding_form"),
        "link": sent.get("link"),
        "past": rungs.positions_of(account)[:MOST_SHOWN],
        "statements": rungs.statements_of(account)[:MOST_SHOWN],
        "findings": StageEvidence.objects.filter(account=account)
        .select_related("found_by")
        .order_by("-found_on", "-pk")[:MOST_SHOWN],
    }


def new_of(form):
    """A form that was sent for something that is not there yet."""
    return form if form is not None and form.instance.pk is None else None


def sides_of(barriers: list[ExitBarrier], sent) -> list[dict]:
    """What holds each side, with its sum; each with a form to change it."""
    found = []
    for side in ExitBarrier.Side:
        own = [barrier for barrier in barriers if barrier.side == side]
        known = [barrier.cost for barrier in own if barrier.cost is not None]
        rows = [(barrier, edited(sent, barrier) or barrier_form(barrier)) for barrier in own]
        found.append({"side": side, "rows": rows, "total": sum(known) if known else None})
    return found


def edited(sent, row):
    return sent if sent is not None and sent.instance.pk == row.pk else None


def barrier_form(barrier: ExitBarrier) -> BarrierForm:
    return BarrierForm(instance=barrier, auto_id=f"barrier-{barrier.pk}-%s")


def contacts_of(account: Account) -> list[Contact]:
    """Those present first, the highest first."""
    rows = Contact.objects.filter(account=account).select_related("reports_to").prefetch_related("counterparts__user")
    return sorted(rows, key=lambda row: (row.left_on is not None, -(row.level or 0), row.name))


def invitations_of(account: Account) -> list[dict]:
    now = timezone.now()
    rows = Invitation.objects.filter(account=account).select_related("created_by").order_by("-created_at", "-pk")
    return [
        {"row": row, "is_open": is_open(row, now), "told": told(row), "survey": survey_name(row.kind)}
        for row in rows[:MOST_SHOWN]
    ]


def survey_name(kind: str) -> str:
    return _(KINDS[kind].name) if kind in KINDS else kind


def told(row: Invitation) -> list[tuple[str, str]]:
    """Questions with their answers, in words."""
    found = []
    for question in row.questions if row.answers else ():
        answer = row.answers.get(question["code"])
        if answer:
            found.append((question["text"], dict(question.get("answers", ())).get(answer, answer)))
    return found


# What is said


def by(request) -> By:
    return By(request.user, timezone.localdate())


def back(account: Account, part: str = ""):
    response = redirect("account_relationship", account.code)
    response["Location"] += part
    return response


def sent_or_back(view):
    """What is sent there is kept; whoever only follows the address comes to the page."""

    @wraps(view)
    def answer(request, code):
        return view(request, code) if request.method == "POST" else back(visible(request, code))

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
def relationship_find(request, code):
    """Note whether one piece of evidence holds."""
    account = visible(request, code)
    form = FindingForm(request.POST)
    if not form.is_valid():
        return page(request, account, status=422, finding_form=form)
    said = form.cleaned_data
    facts = rungs.facts_of(account, run_of(request))
    if not rungs.is_for_people(said["item"], facts):
        form.add_error("item", _("The portal knows this from its own figures."))
        return page(request, account, status=422, finding_form=form)
    findings.find(account, said["item"], said["holds"] == "yes", by(request), said["note"], said["link"])
    return back(account, f"#{said['item']}")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
def relationship_state(request, code):
    """State that it falls apart, with the reason; or take that back."""
    account = visible(request, code)
    if request.POST.get("do") == "take_back":
        findings.state(account, "", by(request))
        return back(account, "#views")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return page(request, account, status=422, reason_form=form)
    findings.state(account, DISINTEGRATING, by(request), form.cleaned_data["reason"])
    return back(account, "#views")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
def relationship_barrier(request, code):
    """Add, change or remove what it would cost one side to leave."""
    account = visible(request, code)
    stored = one_of(ExitBarrier.objects.filter(account=account, removed_on__isnull=True), request)
    if stored and request.POST.get("do") == "remove":
        findings.loosen(stored, by(request))
        return back(account, "#barriers")
    auto_id = f"barrier-{stored.pk if stored else 'new'}-%s"
    form = BarrierForm(request.POST, instance=stored or ExitBarrier(account=account), auto_id=auto_id)
    if not form.is_valid():
        return page(request, account, status=422, barrier_form=form)
    findings.bind(form.instance, by(request), instead_of=stored and ExitBarrier(pk=stored.pk))
    return back(account, "#barriers")


def one_of(rows, request):
    """The row that is named in the form; none for a new one, not found where there is no such row."""
    named = request.POST.get("id", "")
    if not named:
        return None
    return get_object_or_404(rows, pk=int(named) if named.isascii() and named.isdecimal() and len(named) < 19 else 0)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.SCORE_ACCOUNTS)
@sent_or_back
def relationship_forecast(request, code):
    """State where the account is expected to stand; earlier statements stay."""
    account = visible(request, code)
    stated = Forecast(account=account, stated_on=timezone.localdate(), stated_by=request.user)
    form = ForecastForm(request.POST, instance=stated, auto_id="forecast-%s")
    if not form.is_valid():
        return page(request, account, status=422, forecast_form=form)
    form.save()
    return back(account, "#forecast")

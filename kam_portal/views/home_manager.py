"""The first page of managers, team leads and team members: what needs this person, what changed, the own accounts."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Q, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, may
from kam_portal.changes import changes
from kam_portal.navigation import run_of
from kam_portal.steering import own_proposals, reviews_due
from kam_portal.templatetags.kam import money, share
from profitability.models import Result, Run
from profitability.queries import earlier_run
from relationships.gaps import to_score
from relationships.models import Position, Rating
from relationships.queries import portfolio, trends

MINE = 50  # accounts on the home page; the list has them all
WATCHED = 200  # the largest accounts, whose changes are looked for
STALE_RATING = timedelta(days=365)


@dataclass(frozen=True)
class Matter:
    """Something that needs this person: an account, what is wrong, in a sentence."""

    kind: str
    result: Result
    text: str
    figure: str = ""  # the figure whose trail it leads to
    url: str = ""  # where something is done about it


def manager_home(request):
    """What needs me, what changed, my accounts."""
    run = run_of(request)
    before = earlier_run(run) if run else None
    profit = may(request.user, Permission.SEE_PROFITABILITY)
    everything = portfolio(request.user, run) if run else Result.objects.none()
    own = everything.filter(account__manager=request.user)
    is_own = own.exists()
    rows = own if is_own else everything
    order = "contribution" if profit else "-net_revenue"
    listed = list(rows.order_by(order, "code")[:MINE])
    matters = programme_matters(run, request.user, is_own) if run else []
    matters += matters_of(run, listed, request.user) if run else []
    context = {
        "listed": listed,
        "total": rows.count(),
        "is_own": is_own,
        "matters": matters[:10],
        "changes": changes(request.user, largest(rows), before, profit),
        "has_earlier": before is not None,
        "spark": trends(run, [row.account_id for row in listed], "contribution" if profit else "net_revenue")
        if run
        else {},
        "headline": manager_headline(rows, profit) if run else "",
        "profit": profit,
        "to_score": to_score(request.user, timezone.localdate()),
    }
    return render(request, "home/manager.html", context)


def largest(rows):
    return rows.order_by("-net_revenue", "code")[:WATCHED]


def manager_headline(rows, profit: bool) -> str:
    """The finding of the day."""
    active = rows.filter(is_active=True)
    if not profit:
        return ngettext("%(count)s account is active.", "%(count)s accounts are active.", active.count()) % {
            "count": active.count()
        }
    losing = active.filter(contribution__lt=0).aggregate(count=Count("pk"), loss=Sum("contribution"))
    if not losing["count"]:
        return _("Every active account earns money after cost to serve.")
    text = ngettext(
        "%(count)s of %(all)s active accounts loses money after cost to serve: %(loss)s.",
        "%(count)s of %(all)s active accounts lose money after cost to serve: %(loss)s together.",
        losing["count"],
    )
    loss = f"{money(-losing['loss'])} {settings.CURRENCY}"
    return text % {"count": losing["count"], "all": active.count(), "loss": loss}


def matters_of(run, rows: list[Result], user) -> list[Matter]:
    """Losses first, the largest on top; then, for who may score, accounts whose box is not settled and scores that are
    old."""
    found = []
    if may(user, Permission.SEE_PROFITABILITY):
        losing = sorted(
            (row for row in rows if row.is_active and row.contribution < 0), key=lambda row: row.contribution
        )
        found += [Matter(_("loss"), row, loss_text(row), "contribution") for row in losing]
    if not may(user, Permission.SCORE_ACCOUNTS):
        return found
    open_boxes = [row for row in rows if row.is_active and not is_settled(row.position)]
    found += [Matter(_("score"), row, gap_text(row), "box") for row in open_boxes]
    old = old_ratings(run, [row.account_id for row in rows])
    found += [
        Matter(_("old"), row, _("the latest rating is more than a year old")) for row in rows if row.account_id in old
    ]
    return found


def programme_matters(run: Run, user, own: bool) -> list[Matter]:
    """Reviews that are due and the reader's own open proposals."""
    found = [(_("review"), *each) for each in reviews_due(user, run, own)]
    found += [(_("waits"), *each) for each in own_proposals(user, run)]
    return [Matter(kind, row, text, url=reverse("account_decisions", args=[row.code])) for kind, row, text in found]


def is_settled(position: Position) -> bool:
    return bool(position.box) and not position.is_provisional


def loss_text(row: Result) -> str:
    """How much is lost, and to what."""
    if row.gross_margin < 0:
        return _("loses %(loss)s: sold below cost of goods and freight") % {"loss": money(-row.contribution)}
    phases = {
        "presale": row.presale,
        "production": row.production,
        "delivery": row.delivery,
        "post-sale": row.post_sale,
    }
    dearest = max(phases, key=phases.get)
    return _("loses %(loss)s after cost to serve; %(phase)s alone costs %(cost)s") % {
        "loss": money(-row.contribution),
        "phase": dearest,
        "cost": money(phases[dearest]),
    }


def gap_text(row: Result) -> str:
    covered = min(row.position.attractiveness_coverage, row.position.relationship_coverage)
    if not row.position.box:
        return _("has no box: only %(share)s of an axis is scored") % {"share": share(covered)}
    return _("has a provisional box: %(share)s of an axis is scored") % {"share": share(covered)}


def old_ratings(run, accounts: list[int]) -> set[int]:
    """Accounts whose latest rating is more than a year older than the window's end."""
    rows = (
        Rating.objects.filter(account__in=accounts)
        .values_list("account")
        .annotate(fresh=Count("pk", filter=Q(rated_on__gte=run.as_of - STALE_RATING)))
    )
    return {account for account, fresh in rows if not fresh}

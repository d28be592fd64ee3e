"""The first page of managers, team leads and team members: what needs this person, what changed, the own accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Q, QuerySet, Sum
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.permissions import Permission, may
from kam_portal.changes import changes
from kam_portal.navigation import run_of
from kam_portal.steering import reminders
from kam_portal.templatetags.kam import money, share
from kam_portal.today.meetings import next_meeting
from kam_portal.today.plans import plan_lines, plans_near
from kam_portal.views.today import day_of
from profitability.models import Result, Run
from profitability.queries import earlier_run
from relationships.models import Position
from relationships.queries import portfolio, trends

MINE = 50  # accounts on the home page; the list has them all
WATCHED = 200  # the largest accounts, whose changes are looked for
MATTERS = 5
CHANGES = 5


@dataclass(frozen=True)
class Matter:
    """Something that needs this person: an account, what is wrong, in a sentence."""

    kind: str
    result: Result
    text: str
    figure: str = ""  # the figure whose trail it leads to
    url: str = ""  # where something is done about it


def manager_home(request):
    """What needs me, my next meeting, what changed, my accounts."""
    run, user = run_of(request), request.user
    accounts = accounts_of(user, run) if run else {}
    today, listed = timezone.localdate(), accounts.get("listed", ())
    plans = plans_near(user, run, [row.account_id for row in listed])
    context = accounts | day_of(request, plans=plans) | {"plans": plan_lines(plans, today)}
    context["meeting"] = next_meeting(user, today, context["planned"])
    return render(request, "home/manager.html", context)


def accounts_of(user, run: Run) -> dict:
    """Figures of the own accounts, what changed at them and what is wrong."""
    profit = may(user, Permission.SEE_PROFITABILITY)
    rows, found, is_own = in_charge(user, run)
    order = "contribution" if profit else "-net_revenue"
    listed = with_criteria(rows).order_by(order, "code")[:MINE]
    if listed:
        run.placed_by = listed[0].position.criteria_set  # so that the run line need not ask
    before = earlier_run(run)
    matters = programme_matters(run, user, is_own) + matters_of(listed, user)
    pks = [row.account_id for row in listed]
    return {
        "listed": listed,
        "total": found["accounts"],
        "is_own": is_own,
        "matters": matters[:MATTERS],
        "changes": changes(user, listed if found["accounts"] <= MINE else largest(rows), before, profit, CHANGES),
        "has_earlier": before is not None,
        "spark": trends(run, pks, "contribution" if profit else "net_revenue"),
        "headline": finding(found, profit),
        "profit": profit,
    }


def with_criteria(rows: QuerySet[Result]) -> QuerySet[Result]:
    """Each with the criteria that placed it, but not with the text of them."""
    return rows.select_related("position__criteria_set").defer("position__criteria_set__document")


def in_charge(user, run: Run) -> tuple[QuerySet[Result], dict, bool]:
    """The accounts this person looks after, else all in sight; their counts; whether they are the own."""
    everything, own = portfolio(user, run), Q(account__manager=user)
    found = everything.order_by().aggregate(**counts("own", own), **counts("all", Q()))
    if found["own_accounts"]:
        return everything.filter(own), named(found, "own"), True
    return everything, named(found, "all"), False


def counts(name: str, which: Q) -> dict:
    losing = which & Q(is_active=True, contribution__lt=0)
    return {
        f"{name}_accounts": Count("pk", filter=which),
        f"{name}_active": Count("pk", filter=which & Q(is_active=True)),
        f"{name}_losing": Count("pk", filter=losing),
        f"{name}_loss": Sum("contribution", filter=losing),
    }


def named(found: dict, name: str) -> dict:
    """The counts of one kind by their own names."""
    return {key.removeprefix(f"{name}_"): value for key, value in found.items() if key.startswith(f"{name}_")}


def largest(rows):
    return rows.order_by("-net_revenue", "code")[:WATCHED]


def manager_headline(rows, profit: bool) -> str:
    """The finding of the day."""
    active = rows.filter(is_active=True)
    counts = {"active": active.count()}
    if profit:
        counts |= active.filter(contribution__lt=0).aggregate(losing=Count("pk"), loss=Sum("contribution"))
    return finding(counts, profit)


def finding(counts: dict, profit: bool) -> str:
    """How many accounts there are, or how many of them lose money: for those who may know."""
    if not counts["active"]:
        return _("You see no active account.")
    if not profit:
        text = ngettext("%(count)s account is active.", "%(count)s accounts are active.", counts["active"])
        return text % {"count": counts["active"]}
    if not counts["losing"]:
        return _("Every active account earns money after cost to serve.")
    text = ngettext(
        "%(count)s of %(all)s active accounts loses money after cost to serve: %(loss)s.",
        "%(count)s of %(all)s active accounts lose money after cost to serve: %(loss)s together.",
        counts["losing"],
    )
    loss = f"{money(-counts['loss'])} {settings.CURRENCY}"
    return text % {"count": counts["losing"], "all": counts["active"], "loss": loss}


def matters_of(rows: Iterable[Result], user) -> list[Matter]:
    """Losses first, the largest on top; then, for who may score, accounts whose box is not settled."""
    active = [row for row in rows if row.is_active]
    found = []
    if may(user, Permission.SEE_PROFITABILITY):
        losing = sorted((row for row in active if row.contribution < 0), key=lambda row: row.contribution)
        found += [Matter(_("loss"), row, loss_text(row), "contribution") for row in losing]
    if may(user, Permission.SCORE_ACCOUNTS):
        found += [Matter(_("score"), row, gap_text(row), "box") for row in active if not is_settled(row.position)]
    return found


def programme_matters(run: Run, user, own: bool) -> list[Matter]:
    """Decisions that are due for review and the reader's own open proposals."""
    found = [(_("review") if is_due else _("waits"), row, text) for is_due, row, text in reminders(user, run, own)]
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

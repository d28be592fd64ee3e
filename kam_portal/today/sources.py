"""Where the lines of the day come from: actions, reviews, plans to approve, signals, mentions, imports that went wrong.

Each source is one question to the database, whatever the portfolio.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Import
from accounts.permissions import Permission, Role, may
from kam_portal.today.lines import ALL_ACTS, ANSWER, DONE, Line, Urgency, due_words, urgency_of
from kam_portal.today.plans import Plans
from kam_portal.today.reviews import reviews
from kam_portal.uploads.kinds import label
from relationships import notices
from relationships.models import Action, Notice, PlanApproval, PlanVersion, Review, Signal
from relationships.plans import lifecycle
from relationships.signals import kinds
from relationships.signals.sentences import sentence

MENTION = "mention"  # other notices are news, or stand among the actions and plans
TOLD_OTHERWISE = ("action_overdue", "review_due")
NOTE = 140  # characters of what was written with a version
MOST = 200  # of a source; who has more than that does not need to see the last
WENT_WRONG = (Import.State.DRAFT, Import.State.REFUSED, Import.State.UNUSABLE, Import.State.FAILED)
RECENTLY = timedelta(days=14)


def lines_of(
    user, today: date, planned: Sequence[Review], unread: Sequence[Notice], plans: Plans | None = None
) -> list[Line]:
    """All that needs this person today and what comes soon, the most urgent first. `plans`: those of the accounts
    one looks after, and maybe others."""
    found = reviews(user, today, planned, plans)
    found += [notice_line(row) for row in unread if row.kind == MENTION]
    found += [*actions(user, today), *approvals(user), *signals(user, today), *imports(user)]
    return sorted(found, key=lambda line: line.order)


def mine(user, owner: str = "owner") -> Q:
    """One's own, and those of nobody at the accounts one looks after."""
    return Q(**{owner: user}) | Q(**{f"{owner}__isnull": True, "account__manager": user})


def awake(today: date) -> Q:
    return Q(snoozed_until=None) | Q(snoozed_until__lte=today)


def due_actions(user, today: date) -> QuerySet[Action]:
    """Due or overdue, or put off until today."""
    rows = Action.objects.open().visible_to(user).filter(mine(user))
    return rows.filter(awake(today), Q(due_on__lte=today) | Q(snoozed_until__lte=today))


def actions(user, today: date) -> list[Line]:
    rows = due_actions(user, today).select_related("account", "plan").order_by("due_on", "pk")[:MOST]
    return [action_line(row, today) for row in rows]


def action_line(action: Action, today: date) -> Line:
    urgency = min(urgency_of(action.due_on, today), Urgency.TODAY)
    return Line(
        key=f"action:{action.pk}",
        urgency=urgency,
        tag=_("overdue") if urgency == Urgency.LATE else _("today"),
        text=action.text,
        url=action_url(action),
        account=action.account,
        day=action.due_on,
        when=due_words(action.due_on, today) if action.due_on else "",
        seen=str(action.revision),
        acts=ALL_ACTS,
    )


def action_url(action: Action) -> str:
    """Where it stands: in the plan it belongs to, or with the account."""
    code = action.account.code
    return f"{plan_url(code) if action.plan_id else reverse('account', args=[code])}#actions-{action.pk}"


def plan_url(code: str) -> str:
    return reverse("account_plan", args=[code])


def approvals(user) -> list[Line]:
    """Plans that wait for this person's word, as lead of the team or as sponsor."""
    versions = waiting_for_lead(user) if user.role == Role.LEAD else lifecycle.waiting_for(user)
    return [approval_line(version) for version in versions[:MOST]]


def waiting_for_lead(user) -> QuerySet[PlanVersion]:
    """What lifecycle.waiting_for tells a lead, in one question: the home page may not ask more."""
    rows = PlanVersion.objects.filter(state=PlanVersion.State.IN_REVIEW).exclude(submitted_by=user)
    rows = rows.exclude(approvals__said_by=user).filter(lead_asked(user) | sponsor_asked(user))
    return rows.select_related("plan__account", "submitted_by").defer("document").order_by("submitted_at", "pk")


def lead_asked(user) -> Q:
    said = PlanApproval.objects.filter(side=PlanApproval.Side.LEAD).values("version")
    return Q(plan__account__team__in=user.teams.values("pk")) & ~Q(pk__in=said)


def sponsor_asked(user) -> Q:
    said = PlanApproval.objects.filter(side=PlanApproval.Side.SPONSOR).values("version")
    return Q(plan__account__sponsor=user) & ~Q(pk__in=said)


def approval_line(version: PlanVersion) -> Line:
    account, day = version.plan.account, timezone.localdate(version.submitted_at)
    words = {"number": version.number, "name": version.submitted_by}
    return Line(
        key=f"version:{version.pk}",
        urgency=Urgency.WAITS,
        tag=_("approve"),
        text=_("Version %(number)s of the plan, by %(name)s") % words,
        url=plan_url(account.code),
        account=account,
        day=day,
        when=since(day),
        asks=Truncator(version.note).chars(NOTE),
        acts=frozenset({ANSWER}),
    )


def since(day: date) -> str:
    return _("since %(day)s") % {"day": date_format(day, "j M")}


def signals(user, today: date) -> list[Line]:
    """Those this person looks after; what stands among the actions and reviews is not said twice."""
    rows = Signal.objects.visible_to(user).open(today).filter(mine(user)).exclude(kind__in=TOLD_OTHERWISE)
    return [signal_line(row) for row in rows.select_related("account", "plan").order_by("-weight", "pk")[:MOST]]


def signal_line(signal: Signal) -> Line:
    return Line(
        key=f"signal:{signal.pk}",
        urgency=Urgency.CONCERN,
        tag=kinds.label(signal.kind),
        text=sentence(signal),
        url=signal_url(signal),
        account=signal.account,
        day=signal.since_on,
        when=since(signal.since_on),
        weight=int(signal.weight or 0),
        acts=ALL_ACTS,
        asks=kinds.asks(signal.kind),
    )


def signal_url(signal: Signal) -> str:
    return reverse("account", args=[signal.account.code]) if signal.account else reverse("concentration")


def said_to(user) -> list[Notice]:
    """What was said to this person and is not read yet."""
    rows = notices.unread(user).select_related("account", "plan__account", "said_by")
    return list(rows.order_by("said_at", "pk")[:MOST])


def notice_line(notice: Notice) -> Line:
    day = timezone.localdate(notice.said_at)
    return Line(
        key=f"notice:{notice.pk}",
        urgency=Urgency.SAID,
        tag=_("said"),
        text=notice.text,
        url=notice.url,
        account=notice.account or (notice.plan.account if notice.plan else None),
        day=day,
        when=since(day),
        acts=frozenset({DONE}),
    )


def imports(user) -> list[Line]:
    """Files this person brought and did not finish, or that went wrong lately."""
    if not may(user, Permission.OPEN_IMPORTS):
        return []
    rows = Import.objects.filter(created_by=user, state__in=WENT_WRONG, created_at__gte=timezone.now() - RECENTLY)
    return [import_line(row) for row in rows.defer("problems", "sample").order_by("created_at", "pk")[:MOST]]


def import_line(row: Import) -> Line:
    day = timezone.localdate(row.created_at)
    words = {"file": row.file_name, "kind": label(row.kind), "state": row.get_state_display()}
    return Line(
        key=f"import:{row.pk}",
        urgency=Urgency.WAITS,
        tag=_("data"),
        text=_("%(file)s (%(kind)s): %(state)s") % words,
        url=reverse("import_detail", args=[row.pk]),
        day=day,
        when=since(day),
    )

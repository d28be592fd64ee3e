"""What happened with one account, in one list: touchpoints, complaints, surveys, actions, decisions, reviews, and
moves to another box. Each reader sees what he may: what is not his to see is not counted either."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Account, Decision
from accounts.permissions import Permission, may
from relationships.core.survey import KINDS as SURVEYS
from relationships.models import Action, Box, Complaint, Invitation, PositionChange, Review, Stage, Touchpoint

KINDS = {
    "touchpoint": gettext_lazy("Touchpoints"),
    "action": gettext_lazy("Actions"),
    "complaint": gettext_lazy("Complaints"),
    "survey": gettext_lazy("Surveys"),
    "review": gettext_lazy("Reviews"),
    "decision": gettext_lazy("Decisions"),
    "change": gettext_lazy("Box and stage"),
}
ICONS = {
    "touchpoint": "users",
    "action": "circle-check",
    "complaint": "alert-triangle",
    "survey": "activity",
    "review": "calendar",
    "decision": "scale",
    "change": "layout-grid",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened on a day."""

    kind: str
    day: date
    title: str
    text: str = ""
    about: list[str] = field(default_factory=list)  # who, how long, how it stands
    url: str = ""
    change: PositionChange | None = None  # to be told why, as far as the reader may know

    @property
    def icon(self) -> str:
        return ICONS[self.kind]

    @property
    def label(self) -> str:
        return str(KINDS[self.kind])


def places(user, account: Account, kinds: Iterable[str]) -> QuerySet:
    """Kind, id and day of everything, the latest first; one query whatever the kinds."""
    chosen = [_keys(kind, rows, day) for kind, (rows, day) in _sources(user, account).items() if kind in kinds]
    first, *others = chosen or [_keys("touchpoint", Touchpoint.objects.none(), F("held_on"))]
    return first.union(*others, all=True).order_by("-happened_on", "entry", "-row")


def _keys(kind: str, rows: QuerySet, day) -> QuerySet:
    named = Cast(Value(kind), CharField(max_length=16))
    keys = rows.order_by().annotate(happened_on=Cast(day, DateField()), entry=named, row=F("pk"))
    return keys.values_list("happened_on", "entry", "row")


def _sources(user, account: Account) -> dict[str, tuple[QuerySet, Any]]:
    """The rows of each kind that this person may see, and the day that counts."""
    own = {"account": account}
    found = {
        "touchpoint": (Touchpoint.objects.visible_to(user).filter(**own), F("held_on")),
        "action": (
            Action.objects.visible_to(user).filter(**own).exclude(state=Action.State.DROPPED),
            Coalesce("done_on", TruncDate("created_at")),
        ),
        "complaint": (Complaint.objects.visible_to(user).filter(**own), F("received_on")),
        "survey": (Invitation.objects.filter(**own), TruncDate(Coalesce("answered_at", "created_at"))),
        "review": (
            Review.objects.visible_to(user).filter(plan__account=account, state=Review.State.HELD),
            F("held_on"),
        ),
        "change": (
            PositionChange.objects.filter(**own, kind__in=("box", "stage"), run__published_at__isnull=False),
            F("changed_on"),
        ),
    }
    if may(user, Permission.SEE_PROFITABILITY):  # as on the page of decisions
        found["decision"] = (Decision.objects.visible_to(user).filter(**own), F("proposed_on"))
    return found


def kinds_of(user) -> list[str]:
    """Those that this person may see anything of."""
    return [kind for kind in KINDS if kind != "decision" or may(user, Permission.SEE_PROFITABILITY)]


def entries(found: Iterable[tuple[date, str, int]]) -> list[Entry]:
    """The entries in their order: a few queries for each kind among them."""
    listed = list(found)
    wanted = defaultdict(list)
    for _day, kind, pk in listed:
        wanted[kind].append(pk)
    told = {kind: {row.pk: row for row in ROWS[kind](pks)} for kind, pks in wanted.items()}
    return [TOLD[kind](told[kind][pk], day) for day, kind, pk in listed if pk in told[kind]]


def spoken(day: date) -> str:
    return date_format(day, "j M Y")


def _touchpoints(pks: list[int]) -> QuerySet:
    return Touchpoint.objects.filter(pk__in=pks).prefetch_related("contacts", "people")


def _touchpoint(row: Touchpoint, day: date) -> Entry:
    names = [each.name for each in (*row.contacts.all(), *row.people.all())]
    length = [_("%s min") % row.minutes] if row.minutes else []
    title = f"{row.get_kind_display()}: {row.subject}" if row.subject else str(row.get_kind_display())
    return Entry("touchpoint", day, title, row.note, [*length, *names], reverse("touchpoint", args=[row.pk]))


def _action(row: Action, day: date) -> Entry:
    who = row.owner or row.customer_owner
    about = [str(row.get_state_display()), *([str(who)] if who else [])]
    if row.due_on and row.state in Action.OPEN:
        about.append(_("due %s") % spoken(row.due_on))
    return Entry("action", day, row.text, "", about)


def _complaint(row: Complaint, day: date) -> Entry:
    state = _("closed %s") % spoken(row.closed_on) if row.closed_on else _("open")
    about = [str(row.get_subject_display()), str(row.get_severity_display()), state]
    said = [(_("Cause: %s"), row.cause), (_("Remedy: %s"), row.remedy)]
    text = "\n".join(words % value for words, value in said if value)
    return Entry("complaint", day, row.text, text, about, reverse("complaint", args=[row.pk]))


def _survey(row: Invitation, day: date) -> Entry:
    asked = _("asked %s") % spoken(localdate(row.created_at))
    state = [asked, _("answered") if row.answered_at else _("not answered")]
    title = f"{_(SURVEYS[row.kind].name)}: {row.name}" if row.kind in SURVEYS else row.name
    return Entry("survey", day, title, (row.answers or {}).get("comment", ""), state)


def _review(row: Review, day: date) -> Entry:
    return Entry("review", day, str(row.get_kind_display()), row.summary)


def _decision(row: Decision, day: date) -> Entry:
    url = reverse("account_decisions", args=[row.account.code])
    title = _("Key account programme: %s") % row.get_outcome_display()
    return Entry("decision", day, title, row.reason, [str(row.get_state_display())], url)


def _change(row: PositionChange, day: date) -> Entry:
    names = dict((Box if row.kind == PositionChange.Kind.BOX else Stage).choices)
    before, after = (names.get(code) or _("none") for code in (row.before, row.after))
    words = {"what": row.get_kind_display(), "before": before, "after": after}
    return Entry("change", day, _("%(what)s: %(before)s → %(after)s") % words, change=row)


ROWS: dict[str, Callable[[list[int]], QuerySet]] = {
    "touchpoint": _touchpoints,
    "action": lambda pks: Action.objects.filter(pk__in=pks).select_related("owner", "customer_owner"),
    "complaint": lambda pks: Complaint.objects.filter(pk__in=pks),
    "survey": lambda pks: Invitation.objects.filter(pk__in=pks),
    "review": lambda pks: Review.objects.filter(pk__in=pks),
    "decision": lambda pks: Decision.objects.filter(pk__in=pks).select_related("account"),
    "change": lambda pks: PositionChange.objects.filter(pk__in=pks),
}
TOLD: dict[str, Callable[[Any, date], Entry]] = {
    "touchpoint": _touchpoint,
    "action": _action,
    "complaint": _complaint,
    "survey": _survey,
    "review": _review,
    "decision": _decision,
    "change": _change,
}
